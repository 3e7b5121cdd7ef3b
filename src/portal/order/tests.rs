//! The order, for the forests in which it matters.

use super::*;
use crate::portal::{Deployment, Health, SensorKind, ServiceStatus};

fn sensor(domain: &str, version: &str) -> Sensor {
    Sensor {
        id: "s".into(),
        host: format!("dc1.{domain}").into(),
        domain: domain.into(),
        kind: SensorKind::DomainControllerIntegrated,
        version: version.into(),
        deployment: Deployment::UpToDate,
        service: ServiceStatus::Running,
        health: Health::Healthy,
        open_issues: Some(0),
    }
}

/// `svc@contoso.test`; a name that ends with `$` is a gMSA's.
fn entries(list: &str) -> Vec<Entry> {
    let entry = |text: &str| {
        let (account, domain) = text.split_once('@').unwrap();
        Entry {
            id: text.into(),
            account: account.into(),
            domain: domain.into(),
            managed: account.ends_with('$'),
            single_label: false,
            etag: "".into(),
            last_change: None,
            changed_by: None,
            changed_at: None,
        }
    };
    list.split_whitespace().map(entry).collect()
}

#[test]
fn the_nearest_domain_comes_first_and_a_managed_account_before_a_regular_one() {
    let check = |domain: &str, list: &str, order: &str| {
        let entries = entries(list);
        let tried = tried(&entries, &sensor(domain, "2.240"));
        let ids: Vec<&str> = tried.iter().map(|one| one.entry.id.as_str()).collect();
        assert_eq!(ids.join(" "), order, "{domain}: {list}");
    };
    check("contoso.test", "a@contoso.test", "a@contoso.test");
    check("contoso.test", "a@fabrikam.test b@contoso.test", "b@contoso.test a@fabrikam.test");
    check(
        "emea.contoso.test",
        "t@other.test s@apac.contoso.test p@contoso.test e@emea.contoso.test g$@emea.contoso.test",
        "g$@emea.contoso.test e@emea.contoso.test p@contoso.test s@apac.contoso.test t@other.test",
    );
    // A gMSA that is farther away does not overtake a regular account that is nearer.
    check("contoso.test", "g$@other.test a@contoso.test", "a@contoso.test g$@other.test");
    // In turn: the list's own order is kept, gMSA first.
    check("contoso.test", "b@y.test a@x.test g$@z.test", "g$@z.test b@y.test a@x.test");
    check("EMEA.Contoso.test", "a@x.test e@emea.contoso.TEST.", "e@emea.contoso.TEST. a@x.test");
    check("", "a@contoso.test", "a@contoso.test");
    check("contoso.test", "", "");
}

#[test]
fn two_domains_right_under_a_top_level_are_strangers() {
    let check = |sensor: &str, entry: &str, near: Nearness| {
        assert_eq!(nearness(sensor, entry), near, "{sensor} {entry}");
    };
    check("contoso.test", "fabrikam.test", Nearness::InTurn);
    check("contoso.test", "test", Nearness::InTurn);
    check("a.contoso.test", "b.contoso.test", Nearness::Sibling);
    check("a.contoso.test", "contoso.test", Nearness::Parent);
    check("contoso.test", "a.contoso.test", Nearness::InTurn);
    check("x.a.contoso.test", "contoso.test", Nearness::InTurn);
    check("contoso", "contoso", Nearness::Same);
    check("", "", Nearness::InTurn);
}

#[test]
fn a_sensor_relies_on_an_entry_alone_first_perhaps_or_not_at_all() {
    let check = |domain: &str, list: &str, id: &str, reliance_then: Reliance| {
        let entries = entries(list);
        assert_eq!(
            reliance(&entries, &sensor(domain, "2.240"), id),
            reliance_then,
            "{domain}: {id} of {list}"
        );
    };
    check("contoso.test", "a@contoso.test", "a@contoso.test", Reliance::Alone);
    check("contoso.test", "a@contoso.test b@x.test", "a@contoso.test", Reliance::First);
    check("contoso.test", "a@contoso.test b@x.test", "b@x.test", Reliance::Behind);
    check("contoso.test", "a@contoso.test b@contoso.test", "a@contoso.test", Reliance::Undecided);
    check("contoso.test", "a@contoso.test g$@contoso.test", "a@contoso.test", Reliance::Behind);
    check("contoso.test", "a@x.test b@y.test", "b@y.test", Reliance::Undecided);
    check("contoso.test", "a@contoso.test", "gone", Reliance::NotUsed);
    let entries = entries("a@contoso.test");
    assert_eq!(reliance(&entries, &sensor("contoso.test", "3.0"), "a@contoso.test"), Reliance::NotUsed);
}

#[test]
fn thirty_entries_are_all_tried() {
    let list: Vec<String> = (0..30).map(|n| format!("a{n}@d{n}.test")).collect();
    let entries = entries(&list.join(" "));
    let tried = tried(&entries, &sensor("d29.test", "2.240"));
    assert_eq!((tried.len(), tried[0].entry.id.as_str()), (30, "a29@d29.test"));
}
