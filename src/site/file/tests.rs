//! Site files, right and wrong, by what is said of them.

use super::super::keys;
use super::*;
use crate::directory::search::{Named, Ports};

mod secrets;
mod wrong;

const EXAMPLE: &str = include_str!("../../../assets/site.example.toml");

/// The least a site file says.
const LEAST: &str = r#"
[workspace]
name = "contoso-corp"
[cloud]
name = "global"
tenant = "contoso.onmicrosoft.com"
client_id = "11111111-2222-3333-4444-555555555555"
[[domain]]
name = "contoso.test"
"#;

fn read(text: &str) -> SiteFile {
    parse("site.toml", text).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn the_readme_shows_a_site_file() {
    let readme = include_str!("../../../README.md");
    let (_, shown) = readme.split_once("```toml\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let site = read(shown);
    assert!(site.application.is_none() && site.searches[0].records);
}

#[test]
fn the_example_is_a_site_file() {
    let site = read(EXAMPLE);
    assert_eq!(site.name.as_str(), "contoso-corp");
    assert_eq!(site.save, Save::HandOff);
    let [contoso, emea] = site.searches.as_slice() else { panic!("{:?}", site.searches) };
    assert!(contoso.records && emea.records && emea.servers.is_empty());
    assert_eq!(contoso.servers.len(), 2);
    let dc1 = Named {
        host: "dc1.contoso.test".into(),
        addresses: vec!["10.0.0.10".parse().unwrap(), "10.0.1.10".parse().unwrap()],
        ports: Ports::default(),
        pdc_emulator: Some(true),
    };
    assert_eq!(contoso.by_hand, [dc1]);
    assert_eq!(site.probe.asked.unwrap().way, Way::Ssh);
    assert_eq!(site.sensors[0].probe, Some(None));
    assert!(matches!(&site.logs[1].from, LogFrom::Command(command) if command[0] == "ssh"));
}

/// The example with all that is commented out in it.
fn uncommented() -> String {
    let full: Vec<String> = EXAMPLE
        .lines()
        .map(|line| line.strip_prefix("#: ").unwrap_or(line).to_owned())
        .map(|line| match line.strip_prefix("# ") {
            Some(key) if key.contains(" = ") && !key.starts_with(char::is_uppercase) => key.to_owned(),
            _ => line,
        })
        .collect();
    full.join("\n")
}

/// Less what can't stand beside the rest.
fn example_in_full() -> String {
    uncommented()
        .replace("client_secret_file = \"./client-secret\"\n", "")
        .replace("sign_in = \"device-code\"", "sign_in = \"certificate\"")
        .replace("mode = \"hand-off\"", "mode = \"workspace\"")
        .replace("preset = \"ssh\"", "preset = \"command\"")
}

#[test]
fn the_example_shows_every_key_and_tells_the_defaults() {
    let full = example_in_full();
    let site = read(&full);
    for (table, keys) in keys::ALL {
        let key = |key: &&&str| uncommented().lines().any(|line| line.starts_with(&format!("{key} = ")));
        assert!(full.contains(table), "{table}");
        assert_eq!(keys.iter().filter(|one| !key(one)).count(), 0, "{table}: {keys:?}");
    }
    let plain = read(EXAMPLE);
    let with_ca = Directory { ca_file: Some("contoso-ca.pem".into()), ..plain.directory };
    assert_eq!((site.directory, site.watch, site.searches), (with_ca, plain.watch, plain.searches));
    assert_eq!(site.probe.limit, plain.probe.limit);
    assert_eq!(site.save, Save::Workspace { address: "https://workspace.contoso.test".into() });
    assert_eq!(site.accounts[0].entry.as_deref(), Some("svc-mdi-1"));
    assert!(site.clipboard && !plain.clipboard);
    assert!(site.second_person && !plain.second_person);
    let (application, by_code) = (site.application.unwrap(), plain.application.unwrap());
    let (certificate, key) = ("application.pem".into(), "./application.key".into());
    assert_eq!(application.sign_in, SignIn::Certificate { certificate, key });
    assert_eq!(
        (by_code.sign_in, application.login.as_str()),
        (SignIn::DeviceCode, "https://login.contoso.test")
    );
}

#[test]
fn little_needs_to_be_said() {
    let site = read(LEAST);
    assert_eq!(site.portal, "https://security.microsoft.com/settings/identities");
    assert_eq!(site.directory.old_password, Duration::from_hours(1));
    assert_eq!(site.watch.watch, Duration::from_mins(35));
    assert_eq!(site.probe.asked, None);
    assert!(site.searches[0].records && !site.clipboard && site.directory.proof == Proof::Any);
}

#[test]
fn each_cloud_has_its_own_addresses() {
    let check = |name: &str, portal: &str, graph: &str, login: &str| {
        let site = read(&LEAST.replace("global", name));
        assert_eq!((site.cloud.graph(), site.cloud.login()), (graph, login));
        assert!(site.portal.starts_with(portal));
    };
    let us = "https://login.microsoftonline.us";
    check(
        "global",
        "https://security.microsoft.com/",
        "https://graph.microsoft.com",
        "https://login.microsoftonline.com",
    );
    check("gcc-high", "https://security.microsoft.us/", "https://graph.microsoft.us", us);
    check("dod", "https://security.microsoft.us/", "https://dod-graph.microsoft.us", us);
}

#[test]
fn a_site_works_without_graph_if_it_names_its_sensors() {
    let without = "[workspace]\nname = \"x\"\n[cloud]\nname = \"dod\"\ngraph = false\n[[domain]]\nname = \"contoso.test\"";
    let faults = parse("site.toml", without).unwrap_err();
    assert!(faults.to_string().contains("[[sensor]]: without Graph"), "{faults}");
    let site = read(&format!("{without}\n[[sensor]]\nhost = \"S1.contoso.test\""));
    assert_eq!((site.application, site.sensors[0].host.as_str()), (None, "s1.contoso.test"));
}

#[test]
fn controllers_by_hand_are_all_there_is_unless_the_file_says_otherwise() {
    let check = |domain: &str, rest: &str, records: bool, by_hand: usize| {
        let site = read(&format!("{LEAST}{domain}\n{rest}"));
        assert_eq!((site.searches[0].records, site.searches[0].by_hand.len()), (records, by_hand));
    };
    let dc1 = "[[controller]]\nhost = \"dc1.contoso.test\"";
    check("", "", true, 0);
    check("", dc1, false, 1);
    check("controllers = \"both\"", dc1, true, 1);
    check("controllers = \"listed\"", dc1, false, 1);
    // A child domain's controller is not its parent's.
    let child = "[[domain]]\nname = \"emea.contoso.test\"\n[[controller]]\nhost = \"dc1.emea.contoso.test\"";
    check("", child, true, 0);
}

#[test]
fn presets_are_these_arguments_for_a_site_and_for_a_server_of_it() {
    let check = |preset: &str, asked: Option<(Way, &[&str])>| {
        let asked = asked.map(|(way, command)| Asked {
            way,
            command: command.iter().map(|argument| (*argument).to_owned()).collect(),
        });
        let of_all = read(&format!("{LEAST}[probe]\n{preset}"));
        assert_eq!(of_all.probe.asked, asked, "{preset}");
        let of_one = read(&format!("{LEAST}[[sensor]]\nhost = \"other.contoso.test\"\n{preset}"));
        assert_eq!(of_one.sensors.last().unwrap().probe, Some(asked), "{preset}");
        assert_eq!(of_one.probe.asked, None);
    };
    check("preset = \"sc\"", Some((Way::Sc, &["sc.exe", r"\\{host}", "queryex", "{service}"])));
    let ssh = "ssh -T -n -o BatchMode=yes -o StrictHostKeyChecking=yes -o ForwardAgent=no -o ClearAllForwardings=yes \
               -o ControlMaster=no -o ConnectTimeout=10 {host} sc.exe queryex {service}";
    check("preset = \"ssh\"", Some((Way::Ssh, &ssh.split_whitespace().collect::<Vec<_>>())));
    let net_rpc = "net rpc service status {service} -S {host} --use-kerberos=required --no-pass";
    check("preset = \"net-rpc\"", Some((Way::NetRpc, &net_rpc.split(' ').collect::<Vec<_>>())));
    let own = "preset = \"command\"\ncommand = [\"/opt/ask me\", \"--at={host}\", \"{service}\"]";
    check(own, Some((Way::Command, &["/opt/ask me", "--at={host}", "{service}"])));
    check("preset = \"none\"", None);
}
