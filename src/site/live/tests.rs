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
    assert_eq!((terms.save_host.as_str(), terms.controllers.len()), ("", 1));
    assert_eq!(site.reader.unwrap().principal(), "svc-mdi-reader@contoso.test");
}

#[test]
fn a_sign_in_goes_to_the_clouds_own_hosts_for_the_clouds_own_graph() {
    let check = |cloud: &str, (authority, graph): (&str, &str), page: &str, foreign: &str| {
        let site = site(&EXAMPLE.replace("\"global\"", cloud));
        assert_eq!(site.login.authority, format!("{authority}/contoso.onmicrosoft.com"));
        assert!(site.login.scope.starts_with(&format!("{graph}/SecurityIdentitiesSensors.Read.All ")));
        let sent_to = |host: &str| site.login.verification_hosts.iter().any(|own| own == host);
        assert!(sent_to(page) && !sent_to(foreign), "{:?}", site.login.verification_hosts);
        assert_eq!(site.graph, graph);
    };
    let (global, us) = ("login.microsoftonline.com", "login.microsoftonline.us");
    let global_graph = ("https://login.microsoftonline.com", "https://graph.microsoft.com");
    check("\"global\"", global_graph, global, us);
    let us_login = "https://login.microsoftonline.us";
    check("\"gcc-high\"", (us_login, "https://graph.microsoft.us"), us, global);
    check("\"dod\"", (us_login, "https://dod-graph.microsoft.us"), us, global);
}

#[test]
fn another_sign_in_sends_nobody_but_to_its_own_pages_and_its_tokens_name_its_own_graph() {
    let other = "graph_address = \"http://127.0.0.1:9/graph\"\nlogin_address = \"https://login.contoso.test\"\ntenant = ";
    let site = site(&EXAMPLE.replacen("tenant = ", other, 1));
    assert_eq!(site.login.authority, "https://login.contoso.test/contoso.onmicrosoft.com");
    assert_eq!(site.login.verification_hosts, ["login.contoso.test"]);
    assert_eq!(site.graph, "http://127.0.0.1:9/graph");
    assert!(site.login.scope.starts_with("http://127.0.0.1:9/graph/SecurityIdentitiesSensors.Read.All "));
}

#[test]
fn an_application_asks_for_what_was_consented_to_and_for_no_refresh_token() {
    let site = site(&EXAMPLE.replacen("tenant = ", "client_secret_file = \"./client-secret\"\ntenant = ", 1));
    assert!(site.application && site.terms("ana".into(), "jump-01".into()).application);
    assert_eq!(site.login.scope, "https://graph.microsoft.com/.default");
}

#[test]
fn a_server_is_asked_in_its_own_way_or_as_all_are() {
    let more = "[[sensor]]\nhost = \"s2.contoso.test\"\n[[sensor]]\nhost = \"s3.contoso.test\"\npreset = \"net-rpc\"\n";
    let site = site(&format!("{EXAMPLE}{more}"));
    let check = |host: &str, way: Way| {
        let host = Safe::new(host);
        let server = site.servers.iter().find(|server| server.host == host).unwrap();
        let asked = site.probe_of(&host).map(Template::way);
        assert_eq!((server.way, asked), (way, Some(way).filter(|way| *way != Way::ByHand)), "{host}");
    };
    check("mdi-standalone-1.contoso.test", Way::ByHand);
    check("s2.contoso.test", Way::Ssh);
    check("s3.contoso.test", Way::NetRpc);
    assert!(site.probe_of(&"dc1.contoso.test".into()).is_some());
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
