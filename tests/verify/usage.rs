//! What is refused before anything starts, and the forms that arguments may have.

use std::process::{Command, Stdio};

use super::place::{PROGRAM, Place, RIGHT};

#[test]
fn what_cant_be_meant_is_refused_before_anything_starts() {
    let place = Place::open();
    let own = ["--account", "svc-mdi", "--domain", "contoso.test"];
    let check = |arguments: &[&str], input: &str, complaint: &str| {
        let said = place.run(arguments, input);
        assert_eq!(said.code, Some(2), "{arguments:?}: {said:?}");
        assert!(said.complaint.contains(complaint), "{arguments:?}: {said:?}");
        assert!(said.out.is_empty(), "{arguments:?}: {said:?}");
    };
    let with = |more: &[&'static str]| -> Vec<&'static str> {
        own.iter().chain(&["--password-stdin"]).chain(more).copied().collect()
    };
    check(&[], RIGHT, "whose password is to be tested is not told");
    check(&["--account", "svc-mdi"], RIGHT, "the account's domain is not told");
    check(&["--account", "gmsa$", "--domain", "contoso.test"], RIGHT, "group managed service account");
    check(&["--account", "svc/mdi", "--domain", "contoso.test"], RIGHT, "can't stand in an account's name");
    check(&["--account", "a@corp.test", "--domain", "contoso.test"], RIGHT, "the name itself says corp.test");
    check(&with(&["--controller", "10.0.0.1"]), RIGHT, "its certificate is for that name");
    check(&with(&["--controller", "dc1.corp.test"]), RIGHT, "lies outside the account's domain");
    check(
        &with(&["--controller", "dc1.contoso.test", "--controller", "DC1.contoso.test:636"]),
        RIGHT,
        "dc1.contoso.test is named twice",
    );
    check(
        &with(&["--controller", "dc1.contoso.test=127.0.0.1", "--pdc-emulator", "dc2.contoso.test"]),
        RIGHT,
        "--controller doesn't",
    );
    check(&with(&["--ca-file", "/nowhere/ca.pem"]), RIGHT, "there is no CA file");
    check(&with(&["--site", "/nowhere/site.toml"]), RIGHT, "there is no site file");
    check(&with(&["--password", "x"]), RIGHT, "unexpected argument");
    let here = with(&["--controller", "dc1.contoso.test=127.0.0.1"]);
    check(&here, "", "the password is empty");
    check(&here, "\n", "the password is empty");
    check(&here, "\r\n", "the password is empty");
    check(&here, "nul\0inside\n", "control character");
    check(&here, "tab\tinside\n", "control character");
    check(&here, "return\r\r\n", "control character");
    check(&here, &format!("{}\n", "x".repeat(300)), "longer than a password");
    check(&here, &format!("{}\n", "x".repeat(5000)), "too long for a password");
    assert_eq!((place.outcomes().len(), place.reserved()), (0, 0));
    assert!(place.records().is_empty());
    place.close();
}

#[test]
fn without_a_terminal_a_password_is_only_taken_from_standard_input() {
    let place = Place::open();
    let mut command = Command::new("setsid");
    command.args(["--wait", PROGRAM, "verify", "--account", "svc-mdi", "--domain", "contoso.test"]);
    for (name, value) in place.environment() {
        command.env(name, value);
    }
    let output = command.stdin(Stdio::null()).output().expect("setsid, of util-linux");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(
        complaint.contains("there is no terminal") && complaint.contains("--password-stdin"),
        "{complaint}"
    );
    place.close();
}

#[test]
fn controllers_named_by_hand_need_no_site_file() {
    let place = Place::open();
    let ca = place.path("ca.pem").to_string_lossy().into_owned();
    let (first, second) = (&place.addresses.controllers[0], &place.addresses.controllers[1]);
    let forward = |one: &mdi_console::lab::address::ControllerAddress| format!("{}={}", one.host, one.ldaps);
    let (first_at, second_at) = (forward(first), forward(second));
    let arguments = [
        "--json",
        "--password-stdin",
        "--ca-file",
        &ca,
        "--controller",
        &second_at,
        "--controller",
        &first_at,
        "--pdc-emulator",
        &first.host,
    ];
    let check = |account: &[&str], code: i32, word: &str| {
        let said = place.run(&[account, &arguments].concat(), &format!("{RIGHT}\n"));
        assert_eq!((said.code, &said.verdict()["word"]), (Some(code), &word.into()), "{account:?}: {said:?}");
        said
    };
    // Changed four minutes ago, and without a site file an hour has to pass.
    let said = check(&["--account", "svc-mdi", "--domain", "contoso.test"], 1, "not-proved");
    assert_eq!(said.events("attempt")[0]["host"], "dc1.contoso.test");
    assert_eq!(said.verdict()["proof"], "perhaps-previous");
    check(&["--account", "svc-mdi@contoso.test"], 1, "not-proved");
    check(&["--account", "CONTOSO\\svc-mdi", "--domain", "contoso.test"], 1, "not-proved");
    check(&["--account", "CN=svc-mdi,OU=Service Accounts,DC=contoso,DC=test"], 1, "not-proved");
    let said = check(&["--account", "CN=svc-mdi,OU=Elsewhere,DC=contoso,DC=test"], 1, "another-account");
    assert!(said.events("note")[0]["text"].as_str().is_some_and(|text| text.contains("common name")));
    let said = check(&["--account", "CORP\\svc-mdi", "--domain", "contoso.test"], 1, "not-proved");
    assert!(said.events("note")[0]["text"].as_str().is_some_and(|text| text.contains("short name")));
    place.close();
}

#[test]
fn arguments_win_over_the_site_file() {
    let place = Place::open();
    let site = place.path("site.toml").to_string_lossy().into_owned();
    let common = ["--json", "--password-stdin", "--site", &site];
    let said = place.run(
        &[&common, ["--account", "svc-nobody"].as_slice(), &["--domain", "contoso.test"]].concat(),
        "x\n",
    );
    assert_eq!(said.code, Some(1), "{said:?}");
    std::fs::write(place.path("other.pem"), rcgen_pem()).expect("another CA file");
    let other = place.path("other.pem").to_string_lossy().into_owned();
    let before = place.outcomes().iter().filter(|outcome| !outcome.starts_with("kerberos")).count();
    let said = place.run(&[&common, ["--ca-file", &other].as_slice()].concat(), &format!("{RIGHT}\n"));
    let reached = said.events("reached");
    assert!(reached.iter().all(|one| one["ldap"] == false), "{said:?}");
    // No TLS that can be trusted: Kerberos alone, and no password over LDAP.
    let after = place.outcomes().iter().filter(|outcome| !outcome.starts_with("kerberos")).count();
    assert_eq!(before, after);
    place.close();
}

/// A certificate authority that signed none of the lab's servers.
fn rcgen_pem() -> String {
    Place::with(|directory| directory.controllers = 1).addresses.ca_pem
}

#[test]
fn kerberos_alone_sends_no_password() {
    let place = Place::open();
    let text = std::fs::read_to_string(place.path("site.toml")).expect("the site file");
    let text = text.replace("ca_file = \"ca.pem\"", "ca_file = \"ca.pem\"\nproof = \"kerberos\"");
    std::fs::write(place.path("site.toml"), text).expect("the site file");
    let said = place.verify(RIGHT);
    assert_eq!((said.code, &said.verdict()["proof"]), (Some(0), &"current-by-kerberos".into()), "{said:?}");
    assert!(place.outcomes().iter().all(|outcome| outcome.starts_with("kerberos")), "{:?}", place.outcomes());
    place.close();
}
