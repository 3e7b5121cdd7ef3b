//! What becomes of a site file's words in the site that the engine is given.

use super::*;
use crate::directory::search::Ports;
use crate::site::{Origin, file};

const EXAMPLE: &str = include_str!("../../../assets/site.example.toml");

fn site(text: &str) -> Site {
    let file = file::parse("site.toml", text).unwrap();
    let origin = Origin { path: "/etc/site.toml".into(), hash: "00".into() };
    let address = "10.0.0.10".parse().unwrap();
    let controller = Controller::at("dc1.contoso.test".into(), &[address], Ports::default()).unwrap();
    Site::of_file(Opened { file, ca: None, origin }, vec![controller]).unwrap()
}

#[test]
fn a_hand_off_has_a_portal_and_no_address_to_save_at() {
    let site = site(EXAMPLE);
    assert_eq!((site.lab, site.save.clone(), site.workspace.as_str()), (false, Save::HandOff, ""));
    let terms = site.terms("ana".into(), "jump-01".into());
    assert_eq!(terms.portal_address.as_str(), "https://security.microsoft.com/settings/identities");
    assert_eq!((terms.save_host.as_str(), terms.probe, terms.controllers.len()), ("", true, 1));
    assert_eq!(site.reader.unwrap().principal(), "svc-mdi-reader@contoso.test");
}

#[test]
fn a_sign_in_goes_to_the_clouds_own_hosts_for_the_clouds_own_graph() {
    let check = |cloud: &str, authority: &str, graph: &str| {
        let site = site(&EXAMPLE.replace("\"global\"", cloud));
        assert_eq!(site.login.authority, format!("{authority}/contoso.onmicrosoft.com"));
        assert!(site.login.scope.starts_with(&format!("{graph}/SecurityIdentitiesSensors.Read.All ")));
        assert!(site.login.verification_hosts.iter().any(|host| host == "login.microsoftonline.us"));
        assert_eq!(site.graph, graph);
    };
    check("\"global\"", "https://login.microsoftonline.com", "https://graph.microsoft.com");
    check("\"dod\"", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us");
}

#[test]
fn a_server_is_asked_in_its_own_way_or_as_all_are() {
    let site = site(EXAMPLE);
    assert!(site.probe_of(&"dc1.contoso.test".into()).is_some());
    assert!(site.probe_of(&"mdi-standalone-1.contoso.test".into()).is_none());
}

#[test]
fn logs_are_numbered_as_the_file_lists_them() {
    let site = site(EXAMPLE);
    assert_eq!((site.sources[0].id, site.commands[0].id), (SourceId(0), SourceId(1)));
    assert_eq!(site.commands[0].command[0], "ssh");
}

#[test]
fn without_kerberos_no_controller_is_asked_at_its_port() {
    let off = site(&EXAMPLE.replace("#: kerberos = true", "kerberos = false"));
    assert!(
        off.proof == Proof::Ldap
            && off.controllers[0].kerberos.is_none()
            && off.controllers[0].ldaps.is_some()
    );
    let only = site(&EXAMPLE.replace("#: proof = \"any\"", "proof = \"kerberos\""));
    assert!(only.proof == Proof::Kerberos && only.controllers[0].kerberos.is_some());
}
