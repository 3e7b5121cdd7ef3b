//! What is found, in whatever form a log has, and how it is said.

use serde_json::json;

use super::place::{CALM, Place, QUOTED, REFUSED, TRANSLATED, wide};

#[test]
fn a_refusal_is_told_with_file_place_time_and_whom_it_names() {
    let text = format!("{CALM}{REFUSED}{CALM}{QUOTED}{TRANSLATED}");
    let place = Place::with(&[("a.log", text.as_bytes())]);
    let said = place.scan(&["a.log"]);
    let offset = CALM.len();
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(
        lines[0],
        format!(
            "a.log:{offset}: 2024-04-15 21:28:12.4525  controller DC.contoso.test, account svc-mdi in contoso.test  \
             Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed \
             [DomainControllerDnsName=DC.contoso.test UserName=svc-mdi Domain=contoso.test] ---> \
             System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid."
        )
    );
    let second = text.find(TRANSLATED).unwrap();
    assert!(
        lines[1].starts_with(&format!(
            "a.log:{second}: 2024-04-15 22:00:00  controller dc2.contoso.test  failed"
        ))
    );
    assert_eq!((lines.len(), said.code), (2, Some(0)));
    assert!(
        said.aside.starts_with("2 refused credentials in a.log. A domain controller refused"),
        "{said:?}"
    );
    assert!(place.scan(&["--ascii", "a.log"]).out.is_ascii());
}

#[test]
fn programs_get_an_object_for_each_refusal_or_for_each_file() {
    let text = format!("{CALM}{REFUSED}{TRANSLATED}");
    let place = Place::with(&[("a.log", text.as_bytes()), ("b.log", CALM.as_bytes())]);
    let said = place.scan(&["--json", "a.log", "b.log"]);
    assert_eq!((said.code, said.aside.as_str()), (Some(0), ""));
    assert_eq!(
        said.objects()[0],
        json!({
            "event": "refused", "file": "a.log", "offset": CALM.len(), "length": REFUSED.len(),
            "time": "2024-04-15T21:28:12.4525", "level": "Error", "component": "DirectoryServicesClient",
            "host": null, "controller": "DC.contoso.test", "account": "svc-mdi", "domain": "contoso.test",
            "message": "Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed \
                [DomainControllerDnsName=DC.contoso.test UserName=svc-mdi Domain=contoso.test] ---> \
                System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.",
        })
    );
    assert_eq!(said.objects().len(), 2);
    let counted = place.scan(&["--count", "a.log", "b.log"]);
    assert_eq!(
        counted.objects(),
        [
            json!({
                "file": "a.log", "matches": 2, "first": "2024-04-15T21:28:12.4525", "last": "2024-04-15T22:00:00",
                "bytes": text.len(), "whole": true,
            }),
            json!({
                "file": "b.log", "matches": 0, "first": null, "last": null, "bytes": CALM.len(), "whole": true,
            }),
        ]
    );
    assert_eq!((counted.code, counted.aside.as_str()), (Some(0), ""));
    // Both ask for objects; the shorter ones are meant.
    assert_eq!(place.scan(&["--count", "--json", "a.log", "b.log"]).out, counted.out);
}

#[test]
fn every_form_a_log_has_is_read() {
    let text = format!("{CALM}{REFUSED}{QUOTED}{CALM}{TRANSLATED}");
    let marked = format!("\u{feff}{text}");
    let broken = [b"\0\0\0\xff\xfe\xc3\x28\n".as_slice(), text.as_bytes(), b"\0\xff half a li"].concat();
    let check = |form: &str, bytes: &[u8]| {
        let place = Place::with(&[("a.log", bytes)]);
        assert_eq!(place.scan(&["--count", "a.log"]).objects()[0]["matches"], 2, "{form}");
        assert_eq!(place.scan(&["--json", "a.log"]).objects().len(), 2, "{form}");
    };
    check("plain", text.as_bytes());
    check("marked", marked.as_bytes());
    check("CRLF", text.replace('\n', "\r\n").as_bytes());
    check("UTF-16LE", &wide(&text));
    check("UTF-16LE, marked", &wide(&marked));
    check("UTF-16LE, CRLF", &wide(&text.replace('\n', "\r\n")));
    check("broken bytes", &broken);
    check("cut off", &text.as_bytes()[..text.len() - 1]);
    check("half a unit", &[wide(&text), vec![b'x']].concat());
}

#[test]
fn the_time_since_which_is_asked_is_compared_as_it_is_written() {
    let undated = "   ---> LdapException: The supplied credential is invalid.\n";
    let text = format!("{undated}{REFUSED}{TRANSLATED}");
    let place = Place::with(&[("a.log", text.as_bytes())]);
    let check = |since: &str, matches: u64| {
        let counted = place.scan(&["--count", "--since", since, "a.log"]);
        assert_eq!(counted.objects()[0]["matches"], matches, "{since}");
    };
    check("2024-04-15", 3);
    check("2024-04-15 21:28:12.4525", 3);
    check("2024-04-15 21:28:13", 2);
    // Nothing says when the first was written, so it is never left out.
    check("2024-04-16", 1);
    let said = place.scan(&["--since", "2024-04-15 22:00", "a.log"]);
    assert!(said.out.contains("a.log:0: no time written  ---> LdapException"), "{said:?}");
    assert!(
        said.aside.contains("since 2024-04-15 22:00:00, by the clocks of the hosts that wrote the logs"),
        "{said:?}"
    );
}

#[test]
fn nothing_that_steers_a_terminal_and_no_secret_is_printed() {
    let hostile = "2024-04-15 21:28:12 Error A\u{1b}[2J\u{1b}]52;c;AAAA\u{7}\u{202e}\u{9b}31m \
        [EncryptedBytes=AQAAANCMnd8BFdERjHoA UserName=\u{1b}c\u{202e}x] The supplied credential is invalid.\n";
    let name = "evil\u{1b}[31m\u{202e}.log";
    let place = Place::with(&[(name, hostile.as_bytes())]);
    for arguments in [&[name][..], &["--json", name], &["--count", name], &[name, "gone\u{1b}[31m\u{202e}"]] {
        let said = place.scan(arguments);
        let all = format!("{}{}", said.out, said.aside);
        let steers = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!all.contains(steers), "{all:?}");
        assert!(!all.contains("\\u001b") && !all.contains("AQAAANCM"), "{all:?}");
    }
    let said = place.scan(&[name]);
    assert!(said.out.contains("EncryptedBytes=▇▇▇"), "{said:?}");
}

#[test]
fn a_long_line_is_searched_to_its_end_and_printed_in_part() {
    let long = "x".repeat(3_000_000);
    let text =
        format!("{CALM}2024-04-15 21:28:12 Error A {long} The supplied credential is invalid.\n{CALM}");
    let place = Place::with(&[("a.log", text.as_bytes()), ("b.log", &wide(&text))]);
    for name in ["a.log", "b.log"] {
        let said = place.scan(&[name]);
        assert_eq!((said.code, said.out.lines().count()), (Some(0), 1));
        assert!(said.out.len() < 400 && said.out.contains("xxx…"), "{}", said.out.len());
        let object = place.scan(&["--json", name]).objects().remove(0);
        assert!(object["message"].as_str().unwrap().len() <= 4096);
        assert!(object["length"].as_u64().unwrap() > 3_000_000);
    }
}
