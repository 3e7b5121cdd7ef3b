//! What is said of a site file that is wrong: the place, what was expected, the nearest thing that would do.

use proptest::prelude::*;

use super::*;

const PATTERN: &str = r"12:13: log.patterns: expected a path from /, with *, ? or […] where wanted; of a Windows share (\\host\share) the path it is mounted at";

/// What is said of one file, a line each, without the file's name.
fn said(text: &str) -> Vec<String> {
    let faults = parse("site.toml", text).expect_err("it is wrong");
    faults.all.iter().map(ToString::to_string).collect()
}

/// What is said when `line` is appended to the least file, which has nine lines.
fn check(line: &str, expected: &[&str]) {
    assert_eq!(said(&format!("{LEAST}{line}")), expected, "{line}");
}

#[test]
fn everything_that_is_wrong_is_said_at_once_in_the_order_of_the_lines() {
    let text = r#"
[workspace]
nmae = "contoso-corp"
[cloud]
name = "globl"
tenant = 7
client_id = "nonsense"
[[domain]]
name = "contoso.test"
connect_seconds = 5
[watch]
watch_minutes = 0
settle_seconds = "180"
"#;
    assert_eq!(
        parse("/etc/mdi.toml", text).unwrap_err().to_string(),
        "/etc/mdi.toml can't be used: 8 things are wrong in it. Nothing was started. Correct them and start again.
  /etc/mdi.toml:2:1: workspace.name: it is missing; expected a name of 1 to 64 characters
  /etc/mdi.toml:3:1: workspace.nmae: there is no such key here; did you mean `name`?
  /etc/mdi.toml:5:8: cloud.name: expected `global`, `gcc-high` or `dod`; did you mean `global`?
  /etc/mdi.toml:6:10: cloud.tenant: expected the tenant's id (a GUID) or its domain, like contoso.onmicrosoft.com, found integer
  /etc/mdi.toml:7:13: cloud.client_id: expected the application's id, a GUID like 11111111-2222-3333-4444-555555555555
  /etc/mdi.toml:10:1: domain.connect_seconds: there is no such key here; it belongs under [directory]
  /etc/mdi.toml:12:17: watch.watch_minutes: expected a whole number of minutes from 1 to 1440
  /etc/mdi.toml:13:18: watch.settle_seconds: expected a whole number of seconds from 30 to 3600, found string"
    );
}

#[test]
fn an_empty_file_is_told_what_it_needs() {
    assert_eq!(
        said(""),
        [
            "1:1: it is missing; expected [cloud]: a table with the cloud's name, the tenant and the application's id",
            "1:1: it is missing; expected [workspace]: a table with the workspace's name",
            "1:1: it is missing; expected [[domain]]: a table for each domain whose account is to be changed",
        ]
    );
}

#[test]
fn broken_toml_is_told_with_its_place_and_without_what_merely_follows() {
    let faults = said("[workspace]\nname = contoso\n[cloud\ntenent = 1\n");
    assert!(faults.iter().any(|fault| fault.starts_with("2:8: this is not TOML: ")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.starts_with("3:")), "{faults:?}");
    assert!(!faults.iter().any(|fault| fault.contains("missing")), "{faults:?}");
    let twice = said(&format!("{LEAST}name = \"b.test\""));
    assert!(twice[0].starts_with("10:1: this is not TOML: duplicate key"), "{twice:?}");
}

#[test]
fn tables_are_known_as_well_as_keys() {
    check(
        "[contrller]\nhost = 1",
        &["10:2: contrller: there is no such key here; did you mean `controller`?"],
    );
    check(
        "[sensor]\nhost = \"a.test\"",
        &["10:1: sensor: expected tables that begin with [[sensor]], in double brackets, found table"],
    );
    check("[[watch]]", &["10:1: watch: expected the table [watch], found array"]);
    check(
        "[domain.reader]",
        &[
            "10:9: domain.reader: there is no such key here; it belongs under no other table; begin it with its own header",
        ],
    );
}

#[test]
fn names_stand_where_they_can_be_meant() {
    let outside = "it lies in none of the domains that this file names";
    check("[[controller]]\nhost = \"dc1.evil.test\"", &[&format!("11:8: controller.host: {outside}")]);
    check(
        "[[controller]]\nhost = \"dc1.contoso.test.evil.test\"",
        &[&format!("11:8: controller.host: {outside}")],
    );
    check(
        "[[account]]\nname = \"svc-mdi\"\ndomain = \"fabrikam.test\"",
        &["12:10: account.domain: there is no [[domain]] of this name in the file"],
    );
    check(
        "[[account]]\nname = \"svc-mdi@contoso.test\"\ndomain = \"contoso.test\"",
        &[
            "11:8: account.name: expected the bare account name (sAMAccountName, 1 to 20 characters) without domain, @ or \\",
        ],
    );
    check(
        "[[account]]\nname = \"svc\"\ndomain = \"contoso.test\"\n[reader]\nname = \"SVC\"\ndomain = \"Contoso.test\"",
        &["14:8: reader.name: the reader must be another account than the one whose password is changed"],
    );
}

#[test]
fn the_application_signs_in_by_one_means_and_its_secret_goes_to_no_other_address() {
    let check = |cloud: &str, expected: &[&str]| {
        assert_eq!(said(&LEAST.replacen("[cloud]", &format!("[cloud]\n{cloud}"), 1)), expected, "{cloud}");
    };
    let path =
        "expected the path of a file, with a slash in it, like ./client-secret; never the secret itself";
    check("client_secret_file = \"hunter2\"", &[&format!("5:22: cloud.client_secret_file: {path}")]);
    check(
        "sign_in = \"certificate\"\nkey_file = \"./a.key\"",
        &[
            "4:1: cloud.certificate_file: it is missing; expected a file's path, from this file's folder or from /",
        ],
    );
    let other = "the application signs in by one means; this belongs to another";
    check("client_secret_file = \"./a\"\nkey_file = \"./b\"", &[&format!("6:12: cloud.key_file: {other}")]);
    check(
        "sign_in = \"device-code\"\nclient_secret_file = \"./a\"",
        &[&format!("6:22: cloud.client_secret_file: {other}")],
    );
    check(
        "sign_in = \"client-secret\"\nlogin_address = \"https://login.contoso.test\"",
        &[
            "6:17: cloud.login_address: a client secret is never sent to an address but the cloud's own; use a certificate",
        ],
    );
    let service = "expected an address that begins with https:// (or http:// on loopback) and has no user, ? or # in it";
    check("graph_address = \"http://graph.test\"", &[&format!("5:17: cloud.graph_address: {service}")]);
    check(
        "sign_in = \"device\"",
        &[
            "5:11: cloud.sign_in: expected `device-code`, `client-secret` or `certificate`; did you mean `device-code`?",
        ],
    );
}

#[test]
fn what_is_said_twice_is_refused() {
    check(
        "[[domain]]\nname = \"Contoso.test.\"",
        &["11:8: domain.name: this domain is named twice; put everything of it in one table"],
    );
    let pdc = |host: &str| format!("[[controller]]\nhost = \"{host}.contoso.test\"\npdc_emulator = true\n");
    check(
        &[pdc("dc1"), pdc("dc2")].concat(),
        &["14:8: controller.pdc_emulator: a domain has one PDC emulator, and another is marked already"],
    );
    check(&[pdc("dc1"), pdc("DC1")].concat(), &["14:8: controller.host: this controller is named twice"]);
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    check(
        "[directory]\nkerberos = false\nproof = \"kerberos\"",
        &["12:9: directory.proof: kerberos = false leaves no way to prove a password then"],
    );
    check(
        "[save]\nmode = \"hand-off\"\naddress = \"https://a.test\"",
        &[
            "12:11: save.address: it is where mode = \"workspace\" saves; with a hand-off, the operator saves at the portal",
        ],
    );
    check(
        "[save]\nmode = \"workspace\"",
        &[
            "10:1: save.address: it is missing; expected an address that begins with https:// and has no user, ? or # in it",
        ],
    );
    check("[save]\nclipboard = \"yes\"", &["11:13: save.clipboard: expected `allow`"]);
    check(
        "[save]\nsecond_person = \"yes\"",
        &["11:17: save.second_person: expected true or false, without quotes, found string"],
    );
    check(
        "[probe]\npreset = \"sc\"\ncommand = [\"a\", \"{host}\", \"{service}\"]",
        &["12:11: probe.command: it is used only with preset = \"command\""],
    );
    check(
        "[probe]\npreset = \"command\"\ncommand = [\"a\", \"{host}\"]",
        &[
            "12:11: probe.command: expected a list of the program and its arguments, with {host} and {service} in it",
        ],
    );
    check(
        "[[log]]\nhost = \"dc1.contoso.test\"",
        &[
            "10:1: log.patterns: it is missing; expected where the log's files are, or a command whose output is followed",
        ],
    );
    check("[[log]]\nhost = \"dc1.contoso.test\"\npatterns = [\"logs/*.log\"]", &[PATTERN]);
    for share in [r"'\\dc1\c$\Logs\*.log'", "'//dc1/logs/*.log'"] {
        check(&format!("[[log]]\nhost = \"dc1.contoso.test\"\npatterns = [{share}]"), &[PATTERN]);
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_fall_over(text in any::<String>(), cut in 0..EXAMPLE.len(), put in any::<char>()) {
        let _ = parse("site.toml", &text);
        let cut = EXAMPLE.floor_char_boundary(cut);
        let (before, after) = EXAMPLE.split_at(cut);
        if let Err(faults) = parse("site.toml", &format!("{before}{put}{after}")) {
            prop_assert!(!faults.all.is_empty());
        }
    }
}
