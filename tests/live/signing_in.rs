//! Signing in at a live site, by a person and by the application itself, with the tool's log at its most talkative: not a
//! token, not a secret and no password is afterwards in it, in the record or on the terminal.
//!
//! Relies on the lab's portal, which the site file names in place of the cloud's, and on the system's roots, which are the
//! lab's authority here. Deliberately absent: what a certificate signs; a provider of other makers judges that.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use regex::Regex;

use crate::disguises::holds;
use crate::place::{Place, RIGHT, Said, files};

/// Of the lab's application.
pub const SECRET: &str = "Lab-Client-Secret-2026";

/// Every form in which the lab gives out a token or a code that is a secret.
fn tokens() -> Regex {
    Regex::new(r"eyJhbGciOiJub25l|1\.LAB[0-9a-f]{32}|LAB[0-9a-f]{32}").unwrap()
}

/// Asks those that would print a request to do so, too.
const TALKATIVE: &str =
    "trace,hyper::proto=trace,hyper_util::client=trace,reqwest::connect=trace,ldap3::conn=trace";

/// A walk at that site with everything told that can be, by a machine whose one root is the lab's.
fn walk(place: &Place, input: &str) -> Said {
    let roots = place.path("ca.pem");
    let environment = [("MDI_CONSOLE_LOG", TALKATIVE), ("SSL_CERT_FILE", roots.to_str().unwrap())];
    place.run_with(&["--plain", "--password-stdin"], input, &environment)
}

/// Nothing secret is left of it.
fn leaves_nothing(place: &Place, said: &Said) {
    let own = files(&place.path("own"));
    let log = own.iter().find(|(path, _)| path.ends_with("mdi-console.log"));
    assert!(log.is_some_and(|(_, text)| !text.is_empty()), "there is no log to look through");
    assert!(own.iter().any(|(_, text)| text.contains("\"fact\":\"signed-in\"")), "nobody signed in");
    let screen = ("the terminal".into(), format!("{}{}", said.out, said.complaint));
    for (path, text) in own.iter().chain([&screen]) {
        let token = tokens().find(text).map(|found| found.as_str().to_owned());
        assert_eq!(token, None, "{}", path.display());
        assert!(!text.contains(SECRET) && !text.contains(RIGHT), "{}", path.display());
    }
}

#[test]
fn a_person_signs_in_with_a_code_and_the_password_is_tested() {
    let place = Place::open();
    place.write(&place.file_with_graph(""));
    let said = walk(&place, &format!("1\n1\n\n1\n\n1\n{RIGHT}\n\nq\n1\n"));
    said.says(&[
        "How do you want to read the portal?",
        "enter the code LAB",
        "signed in as ",
        "Step 4 of 7",
        "current (Kerberos)",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.complaint);
    leaves_nothing(&place, &said);
    place.close();
}

#[test]
fn an_application_signs_in_by_the_secret_in_its_file_and_nobody_is_asked() {
    let place = Place::open();
    place.write(&place.file_with_graph("client_secret_file = \"./client-secret\"\n"));
    let put = |text: &str, mode: u32| {
        fs::write(place.path("client-secret"), text).unwrap();
        fs::set_permissions(place.path("client-secret"), Permissions::from_mode(mode)).unwrap();
    };
    put(SECRET, 0o644);
    let refused = walk(&place, "");
    assert!(refused.complaint.contains("can be read by others (mode 644)"), "{}", refused.complaint);
    assert_eq!(refused.code, Some(2));
    put(&format!("{SECRET}\n"), 0o600);
    let said = walk(&place, "1\nq\n1\n");
    said.says(&["signed in", "Can someone present edit", "Step 2 of 7"]);
    assert!(!said.out.contains("How do you want to read the portal?"), "{}", said.out);
    leaves_nothing(&place, &said);
    let roots = place.path("ca.pem");
    let table = place.run_with(&["sensors"], "", &[("SSL_CERT_FILE", roots.to_str().unwrap())]);
    table.says(&["sensor ", "12 sensors: 12 running."]);
    assert!(!table.complaint.contains("enter the code"), "{}", table.complaint);
    put("another", 0o600);
    let said = walk(&place, "q\n1\n");
    said.says(&["The sign-in was blocked: AADSTS7000215.", "trace id ", "correlation id "]);
    place.close();
}

#[test]
fn a_client_secret_without_a_file_is_asked_for() {
    let place = Place::open();
    place.write(&place.file_with_graph("sign_in = \"client-secret\"\n"));
    let said = walk(&place, &format!("{SECRET}\n1\nq\n1\n"));
    said.says(&["Its client secret (not shown): ", "signed in", "Can someone present edit"]);
    leaves_nothing(&place, &said);
    let said = walk(&place, "\n");
    assert!(said.complaint.contains("no client secret was given"), "{}", said.complaint);
    assert_eq!(said.code, Some(2));
    place.close();
}

#[test]
fn a_password_that_is_tested_alone_leaves_nothing_whatever_comes_of_it() {
    const WRONG: &str = "Wrong-Canary-4711!";
    let place = Place::open();
    let verify = ["verify", "--account", "svc-mdi", "--domain", "contoso.test", "--password-stdin"];
    let roots = place.path("ca.pem");
    let environment = [("MDI_CONSOLE_LOG", TALKATIVE), ("SSL_CERT_FILE", roots.to_str().unwrap())];
    for (password, code) in [(RIGHT, 0), (WRONG, 1)] {
        let said = place.run_with(&verify, &format!("{password}\n"), &environment);
        assert_eq!(said.code, Some(code), "{}{}", said.out, said.complaint);
        let own = files(&place.path("own"));
        let log = own.iter().find(|(path, _)| path.ends_with("mdi-console.log"));
        assert!(log.is_some_and(|(_, text)| !text.is_empty()), "there is no log to look through");
        assert!(own.iter().any(|(_, text)| text.contains("\"fact\":\"attempting\"")), "nothing was tested");
        let screen = ("the terminal".into(), format!("{}{}", said.out, said.complaint));
        for (path, text) in own.iter().chain([&screen]) {
            for password in [RIGHT, WRONG] {
                assert!(!holds(text.as_bytes(), password), "{}", path.display());
            }
        }
    }
    place.close();
}

#[test]
fn what_must_not_be_left_would_be_found() {
    for planted in ["Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.x", "1.LAB0123456789abcdef0123456789abcdef"] {
        assert!(tokens().is_match(planted), "{planted}");
    }
    assert!(!tokens().is_match("LAB12AB9F"), "a code to enter is to be seen");
}
