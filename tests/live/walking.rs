//! Walks at a live site without Graph, in lines: as far as the portal is not needed.

use crate::place::{Place, READER, RIGHT, files};

/// Who can edit; on; used elsewhere; on; changed already.
const TO_THE_PASSWORD: &str = "1\n\n1\n\n1\n";

#[test]
fn four_steps_are_walked_without_graph_with_the_account_of_the_site_file() {
    let place = Place::open();
    let state = place.path("records");
    let arguments = ["--plain", "--password-stdin", "--state-dir", state.to_str().unwrap()];
    let said = place.run(&arguments, &format!("{TO_THE_PASSWORD}{RIGHT}\n\nq\n1\n"));
    said.says(&[
        "Finding the domain controllers of contoso.test.",
        "mdi-console: contoso-live, LIVE, ana at",
        "Site file: ",
        "Step 1 of 7",
        "without the portal's interface",
        "Can someone present edit",
        "Step 3 of 7",
        "svc-mdi in contoso.test",
        "Step 4 of 7",
        "dc1.contoso.test, PDC emulator: current (Kerberos).",
        "Step 5 of 7",
        "Goes to: the portal, by your own hand",
        "Type the domain, contoso.test, to be shown what to save.",
        "record ",
    ]);
    assert!(!said.out.contains("How do you want to read the portal?"), "{}", said.out);
    assert_eq!(said.code, Some(0), "{}", said.complaint);
    let written = files(place.folder.path());
    let of = |name: &str| {
        let found = written.iter().find(|(path, _)| path.to_string_lossy().contains(name));
        found.map(|(_, text)| text.as_str())
    };
    let began = of("records/2").unwrap().lines().next().unwrap();
    assert!(began.contains("\"site_file\":{\"path\":") && began.contains("\"hash\":"), "{began}");
    // The ledger stays where every walk of this user counts, wherever the records go.
    assert!(of("own/mdi-console/attempts.jsonl").is_some_and(|text| text.contains("svc-mdi")));
    assert_eq!(of("records/attempts"), None);
    let mine = written.iter().filter(|(path, _)| !path.starts_with(place.path("lab")));
    mine.for_each(|(path, text)| assert!(!text.contains(RIGHT), "{} holds the password", path.display()));
    place.close();
}

/// The domain, for the sensors are not known; saved, and how it got there.
fn to_the_watch(entered: &str) -> String {
    format!("{TO_THE_PASSWORD}{RIGHT}\n\ncontoso.test\n\n1\n{entered}\n")
}

#[test]
fn a_hand_off_is_walked_past_the_portal_and_what_was_done_there_is_on_record() {
    let place = Place::open();
    place.write(&place.file("[save]\nclipboard = \"allow\"\n"));
    let said = place.run(&["--plain", "--password-stdin"], &format!("{}q\n1\n", to_the_watch("2")));
    said.says(&[
        "Step 5 of 7",
        "Open: https://security.microsoft.com/settings/identities",
        "Menu: Settings > Identities > Directory service accounts",
        "Account: svc-mdi: edit this entry",
        "Domain: contoso.test",
        "Switches: gMSA off, single label domain off",
        "Save it there as shown",
        "Is the password saved at the portal?",
        "How did it get into the portal's password field?",
        "Step 6 of 7",
        "not confirmed",
    ]);
    assert_eq!(said.code, Some(1), "{}\n{}", said.out, said.complaint);
    assert!(!said.out.contains("\u{1b}]52"), "no password goes to a clipboard that is no terminal's");
    let written = files(&place.path("own"));
    let record = written.iter().find(|(path, _)| {
        path.extension().is_some_and(|end| end == "jsonl") && !path.ends_with("attempts.jsonl")
    });
    let record = &record.unwrap().1;
    let at = |what: &str| record.find(what).unwrap_or_else(|| panic!("{what} is not in {record}"));
    assert!(at("\"fact\":\"save-intended\"") < at("\"entered\":\"typed-by-hand\""));
    at("\"hand_off\":true");
    at("\"verdict\":\"not-confirmed\"");
    assert!(written.iter().all(|(_, text)| !text.contains(RIGHT)), "{written:?}");
    place.close();
}

#[test]
fn the_reader_is_asked_for_before_the_walk_and_may_be_left_out() {
    let place = Place::open();
    place.write(&place.file(READER));
    let arguments = ["--plain", "--password-stdin"];
    let said = place.run(&arguments, "\n");
    said.says(&["The reader account svc-reader in contoso.test", "Going on without the reader account"]);
    let password = place.addresses.reader.password.clone();
    let said = place.run(&arguments, &format!("{}\n{TO_THE_PASSWORD}{RIGHT}\n\nq\n1\n", password.as_str()));
    said.says(&["The reader account svc-reader in contoso.test", "lockout at 5"]);
    // Whichever of the two is told first.
    said.says(&["The reader account svc-reader in contoso.test", "current (Kerberos)"]);
    assert!(!said.out.contains(password.as_str()) && !said.complaint.contains(password.as_str()));
    place.close();
}

#[test]
fn where_kerberos_alone_is_allowed_no_password_leaves_by_ldap() {
    let place = Place::open();
    place.write(&place.file("").replace("[directory]\n", "[directory]\nproof = \"kerberos\"\n"));
    let said = place.run(&["--plain", "--password-stdin"], &format!("{TO_THE_PASSWORD}{RIGHT}\n\nq\n1\n"));
    said.says(&["current (Kerberos)"]);
    let outcomes = place.outcomes();
    assert!(!outcomes.is_empty() && outcomes.iter().all(|one| *one == "kerberos accepted"), "{outcomes:?}");
    place.close();
}

#[test]
fn without_a_site_file_or_a_controller_nothing_is_started_and_the_code_says_which() {
    let place = Place::open();
    let check = |text: Option<&str>, code: i32, sentence: &str| {
        match text {
            Some(text) => place.write(text),
            None => std::fs::remove_file(place.path("site.toml")).unwrap(),
        }
        let said = place.run(&["--plain", "--password-stdin"], "");
        assert!(said.complaint.contains(sentence), "{} lacks {sentence}", said.complaint);
        assert_eq!(said.code, Some(code), "{}", said.complaint);
    };
    let good = place.file("");
    check(Some(&good.replace("connect_seconds", "conect_seconds")), 2, "did you mean `connect_seconds`?");
    check(Some(&good.replace("ca.pem", "nowhere.pem")), 2, "isn't there");
    // Nobody listens on that port of this machine's own, so DNS is known to be out of reach at once.
    let (before, rest) = good.split_once("[[controller]]").unwrap();
    let after = &rest[rest.find("[directory]").unwrap()..];
    let by_dns = format!("{before}{after}").replace("\"listed\"", "\"dns\"\ndns_servers = [\"127.0.0.1:9\"]");
    check(Some(&by_dns), 3, "no domain controller is known");
    check(None, 2, "there is no site file");
    place.close();
}
