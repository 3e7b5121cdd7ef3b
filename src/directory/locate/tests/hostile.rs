//! Answers that are wrong on purpose.

use super::*;

#[tokio::test]
async fn a_target_outside_the_domain_is_left_out_and_told() {
    for evil in [
        "dc1.evil.test.",
        "dc1.contoso.test.evil.test.",
        "dc1.evilcontoso.test.",
        "contoso.test.",
        "10.0.0.66.",
    ] {
        let mut answers = two();
        answers.retain(|(name, _)| *name != DC);
        answers.push((DC, srv(&[(0, 100, 389, evil), (0, 100, 389, "dc1.contoso.test.")])));
        let server = Server::answering(answers).await;
        let found = located(&server, |search| search).await;
        assert_eq!(found.controllers, [dc2(Some(true)), dc1(Some(false))], "{evil}");
        let host = evil.trim_end_matches('.').into();
        assert_eq!(found.faults, [LocateFault::Outside { host, domain: "contoso.test".into() }]);
        assert!(!server.asked().iter().any(|name| name == evil), "{evil} was asked for");
    }
}

#[tokio::test]
async fn a_pdc_emulator_outside_the_domain_is_none() {
    let mut answers = two();
    answers.retain(|(name, _)| *name != PDC);
    answers.push((PDC, srv(&[(0, 100, 389, "dc.evil.test.")])));
    let server = Server::answering(answers).await;
    let found = located(&server, |search| search).await;
    assert_eq!(found.controllers, [dc1(None), dc2(None)]);
    assert_eq!(found.faults.len(), 1);
}

#[tokio::test]
async fn names_that_no_host_can_have_are_made_visible_and_not_used() {
    let check = async |label: &[u8]| {
        let mut answers = two();
        answers.retain(|(name, _)| *name != DC);
        answers.push((DC, server::srv_with_label(label, "contoso.test.")));
        let server = Server::answering(answers).await;
        let found = located(&server, |search| search).await;
        assert_eq!(found.controllers, [dc2(Some(true))]);
        let said: String = found.faults.iter().map(ToString::to_string).collect();
        assert!(said.contains("lies outside") && !said.contains(|c: char| c.is_control()), "{said:?}");
    };
    check(b"dc1\x1b[31m").await;
    check(b"dc1/../x").await;
    check(b"-oProxyCommand=x").await;
    check("dc\u{202e}1".as_bytes()).await;
    check(b"*").await;
}

#[tokio::test]
async fn addresses_where_no_host_can_be_are_not_used() {
    let mut answers = two();
    answers.retain(|(name, _)| *name != "dc1.contoso.test.");
    let nowhere = ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "10.0.0.9", "10.0.0.9"];
    answers.push(("dc1.contoso.test.", Answer::Addresses(ips(&nowhere))));
    let server = Server::answering(answers).await;
    let found = located(&server, |search| search).await;
    assert_eq!(found.controllers[1], controller("dc1.contoso.test", &["10.0.0.9"], Some(false)));

    let only = vec![("dc1.contoso.test.", Answer::Addresses(ips(&["0.0.0.0"])))];
    let server = Server::answering(only).await;
    let listed = vec![by_hand("dc1.contoso.test", &[])];
    let found = located(&server, |search| Search { records: false, by_hand: listed.clone(), ..search }).await;
    assert_eq!(found.faults, [LocateFault::NoAddress { host: "dc1.contoso.test".into() }]);
}

#[tokio::test]
async fn a_flood_of_targets_and_of_addresses_is_cut() {
    let many: Vec<String> = (0..400).map(|number| format!("dc{number:03}.contoso.test.")).collect();
    let records: Vec<_> = many.iter().map(|host| (0, 100, 389, host.as_str())).collect();
    let addresses: Vec<String> = (0..100).map(|number| format!("10.0.0.{number}")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let mut answers = vec![(DC, srv(&records)), (PDC, srv(&[(0, 100, 389, "dc000.contoso.test.")]))];
    answers.extend(many.iter().map(|host| (host.as_str(), Answer::Addresses(ips(&addresses)))));
    let server = Server::answering(answers).await;
    let found = located(&server, |search| search).await;
    assert_eq!(found.controllers.len(), targets::MOST);
    assert!(found.controllers.iter().all(|one| one.also.len() < MOST_ADDRESSES));
    let told = LocateFault::TooMany { domain: "contoso.test".into(), count: 400, most: targets::MOST };
    assert_eq!(found.faults, [told]);
}

#[tokio::test]
async fn bytes_that_are_no_answer_end_nothing() {
    let server = Server::answering(vec![(DC, Answer::Garbage), (PDC, Answer::Garbage)]).await;
    let (found, _) = waited_out(search(server.address), server.until_asked(2)).await;
    assert!(matches!(&found.faults[..], [LocateFault::ControllersOf { .. }]), "{:?}", found.faults);
}
