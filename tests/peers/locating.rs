//! The controllers as the domain's own DNS names them.

use std::time::Duration;

use mdi_console::clock::Clock;
use mdi_console::directory::locate::{self, LocateFault};
use mdi_console::directory::search::{Named, Ports, Search};

use crate::forest::{DOMAIN, Forest};

fn search(forest: &Forest, site: Option<&str>, domain: &str) -> Search {
    let servers = forest.controllers.iter().filter_map(|one| one.ldap).map(|mut server| {
        server.set_port(53);
        server
    });
    Search {
        domain: domain.into(),
        site: site.map(Into::into),
        servers: servers.collect(),
        by_hand: Vec::new(),
        records: true,
    }
}

async fn find(search: &Search) -> locate::Located {
    locate::find(search, &Clock::system(), Duration::from_secs(5)).await
}

#[tokio::test]
async fn the_domains_own_dns_names_both_controllers_and_the_pdc_emulator() {
    let Some(forest) = Forest::enter().await else { return };
    for site in [None, Some("Default-First-Site-Name")] {
        let located = find(&search(&forest, site, DOMAIN)).await;
        assert_eq!(located.faults, [], "{site:?}");
        assert_eq!(located.controllers, forest.controllers, "{site:?}");
    }
}

#[tokio::test]
async fn a_site_or_domain_that_is_not_there_is_said_to_be_so() {
    let Some(forest) = Forest::enter().await else { return };
    let located = find(&search(&forest, Some("Atlantis"), DOMAIN)).await;
    assert!(matches!(located.faults.as_slice(), [LocateFault::NoSuchSite { .. }]), "{located:?}");
    let located = find(&search(&forest, None, "atlantis.contoso.test")).await;
    assert!(matches!(located.faults.as_slice(), [LocateFault::NoSuchDomain { .. }]), "{located:?}");
}

#[tokio::test]
async fn what_is_named_by_hand_wins_over_the_records() {
    let Some(forest) = Forest::enter().await else { return };
    let by_hand = Named {
        host: "dc2.contoso.test".into(),
        addresses: Vec::new(),
        ports: Ports { ldaps: 0, ldap: 389, kerberos: 88 },
        pdc_emulator: None,
    };
    let located = find(&Search { by_hand: vec![by_hand], ..search(&forest, None, DOMAIN) }).await;
    assert_eq!(located.faults, []);
    let dc2 = located.controllers.iter().find(|one| one.host == forest.controllers[1].host);
    assert_eq!(dc2.map(|dc2| (dc2.ldaps, dc2.ldap)), Some((None, forest.controllers[1].ldap)));
    assert_eq!(located.controllers.first(), forest.controllers.first());
}
