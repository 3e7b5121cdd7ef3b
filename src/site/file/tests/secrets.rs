//! A site file that holds a secret is refused, and what is said of it doesn't repeat the secret.

use super::*;

/// Made up for this test.
const SECRET: &str = "8mV8Q~kP2xT7wZ4nB6yR9sD3fG5hJ1lK0qE2uA7c";

#[test]
fn a_secret_is_named_by_its_place_and_never_repeated() {
    let check = |line: &str, secret: &str, expected: &str| {
        let faults = parse("site.toml", &format!("{LEAST}{line}")).expect_err(line);
        let said = format!("{faults} {faults:?}");
        assert!(said.contains(expected), "{said}");
        assert!(said.contains("A site file holds no secret"), "{said}");
        assert!(!said.contains(secret), "{said}");
    };
    check(
        "[reader]\npassword = \"hunter2\"",
        "hunter2",
        "11:1: reader.password: this key is named like a secret",
    );
    check("# 8mV8Q~kP2xT7wZ4nB6yR9sD3fG5hJ1lK0qE2uA7c", SECRET, "10:1: this looks like a password");
    check("client_secret = \"hunter2\"", "hunter2", "10:1: domain.client_secret: this key");
    check("[reader]\nclient-secret = \"hunter2\"", "hunter2", "reader.client-secret: this key");
    check("[graph]\napi_token = \"hunter2\"", "hunter2", "11:1: graph.api_token: this key");
    check("[reader.password]\nvalue = \"hunter2\"", "hunter2", "reader.password: this key");
    check(&format!("[save]\nmode = \"{SECRET}\""), SECRET, "11:8: save.mode: this looks like a password");
    check(&format!("[save]\n\"{SECRET}\" = 1"), SECRET, "11:1: this looks like a password");
    check(&format!("[[log]]\npatterns = [\"/a\", \"{SECRET}\"]"), SECRET, "11:19: log.patterns: this looks");
    check(
        "[probe]\ncommand = [\"net\", \"-U\", \"ana%hunter2\"]",
        "hunter2",
        "11:25: probe.command: this gives",
    );
    check("[save]\naddress = \"https://ana:hunter2@a.test\"", "hunter2", "save.address: this address has");
    check("# password = \"hunter2\"", "hunter2", "10:1: this gives a secret by its name");
    check("site = \"a\" # token=hunter2", "hunter2", "10:12: this gives a secret by its name");
    check("password = hunter2", "hunter2", "10:1: domain.password: this key");
}

#[test]
fn a_wrong_value_is_not_repeated_either() {
    let text = format!("{LEAST}[save]\nmode = \"hunter2\"\nclipboard = 7\n[watch]\npoll_seconds = 123456789");
    let said = parse("site.toml", &text).unwrap_err().to_string();
    assert!(!said.contains("hunter2") && !said.contains("123456789"), "{said}");
}
