//! What a walk leaves for whoever reads it later: the report, and the bundle for the ticket, with nothing secret in either.
//!
//! Relies on a walk in lines, as far as the watch. Secrets are planted wherever something is read from.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use mdi_console::journal::file::JournalFile;
use serde_json::Value;

use crate::place::{Place, RIGHT, Said};

/// Who can edit; on; used elsewhere; on; changed already; the password; on; the domain; saved, pasted; and left.
fn walk(place: &Place) -> Said {
    let keys = format!("1\n\n1\n\n1\n{RIGHT}\n\ncontoso.test\n\n1\n1\nq\n1\n");
    place.run(&["--plain", "--password-stdin"], &keys)
}

fn bundle(place: &Place) -> (Said, String) {
    let file = place.path("bundle.md");
    let said = place.run(&["report", "--bundle", file.to_str().unwrap()], "");
    (said, fs::read_to_string(file).unwrap_or_default())
}

#[test]
fn the_newest_record_is_reported_to_people_and_to_programs() {
    let place = Place::open();
    let none = place.run(&["report"], "");
    assert!(none.complaint.contains("there is no record in"), "{}", none.complaint);
    assert_eq!(none.code, Some(2));
    walk(&place);
    let said = place.run(&["report"], "");
    said.says(&[
        "# The password of svc-mdi in contoso.test was saved, and is not confirmed.",
        "**consistent**",
        "## Who",
        "`ana`",
        "site file",
        "## Overridden",
        "## Sensors before and after",
        "no portal interface (no Graph)",
        "## Controllers",
        "## The console's own password tests",
        "(127.0.0.1)",
        "accepted",
        "## Time line",
        "## How to check this report",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.complaint);
    let json = place.run(&["report", "--format", "json"], "");
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["verdict_word"], "not-confirmed");
    assert_eq!(report["record"]["consistent"], true);
    assert_eq!(report["tests"][0]["from"], "127.0.0.1");
    place.close();
}

#[test]
fn a_password_test_alone_has_its_own_report() {
    let place = Place::open();
    let account = ["--account", "svc-mdi", "--domain", "contoso.test"];
    place.run(&[&["verify", "--password-stdin"][..], &account].concat(), &format!("{RIGHT}\n"));
    let said = place.run(&["report"], "");
    said.says(&["# The password of svc-mdi in contoso.test was tested alone: accepted by", "`verify/2"]);
    place.close();
}

#[test]
fn a_record_that_was_changed_is_reported_as_far_as_it_is_as_it_was() {
    let place = Place::open();
    walk(&place);
    let folder = place.path("own").join("mdi-console");
    let mut records = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let record = records.find(|path| path.to_string_lossy().contains("/20")).unwrap();
    let good = fs::read_to_string(&record).unwrap();
    let check = |text: &str, code: i32, sentence: &str| {
        fs::write(&record, text).unwrap();
        let said = place.run(&["report"], "");
        let all = format!("{}{}", said.out, said.complaint);
        assert!(all.contains(sentence), "{sentence}\n{all}");
        assert_eq!(said.code, Some(code), "{all}");
        // What stands first is read alone.
        let first = said.out.lines().next().unwrap();
        let cautious = ["what came after is not known", "Nothing can be told"];
        assert_eq!(cautious.iter().any(|words| first.contains(words)), code == 1, "{first}");
    };
    check(&good, 0, "**consistent**");
    check(
        &good.replacen("contoso-live", "contoso-dead", 1),
        1,
        "not consistent: line 1 or the one before it",
    );
    let without_fifth: String = good
        .split_inclusive('\n')
        .enumerate()
        .filter(|(number, _)| *number != 4)
        .map(|(_, line)| line)
        .collect();
    check(&without_fifth, 1, "not consistent: line 5");
    check(&good[..good.len() - 9], 0, "was cut off while it was being written");
    // Changed before the save: whether one followed can't be told any more.
    check(&good.replacen("\"used-elsewhere\"", "\"used-anywhere\"", 1), 1, "not consistent: line");
    let json = place.run(&["report", "--format", "json"], "");
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&report["saved"], &report["verdict_word"]), (&Value::Null, &Value::Null));
    assert!(report["record"]["unread_from"].is_u64(), "{}", report["record"]);
    fs::write(&record, &good).unwrap();

    // A record is found by its name, wherever it is kept, and by its file, wherever that was brought.
    let name = record.file_stem().unwrap().to_str().unwrap();
    let elsewhere = place.path("brought.jsonl");
    fs::copy(&record, &elsewhere).unwrap();
    fs::create_dir_all(record.with_file_name("lab")).unwrap();
    fs::rename(&record, record.with_file_name("lab").join(record.file_name().unwrap())).unwrap();
    for named in [name, &format!("lab/{name}"), elsewhere.to_str().unwrap()] {
        let said = place.run(&["report", named], "");
        said.says(&["**consistent**"]);
        assert_eq!(said.code, Some(0), "{}", said.complaint);
    }
    let said = place.run(&["report", "nowhere/record.jsonl"], "");
    assert!(said.complaint.contains("there is no record record.jsonl in nowhere"), "{}", said.complaint);
    assert_eq!(said.code, Some(2));
    place.close();
}

#[test]
fn a_line_of_a_later_version_ends_the_report_and_not_what_stands_before_it() {
    let place = Place::open();
    walk(&place);
    let folder = place.path("own").join("mdi-console");
    let mut records = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let record = records.find(|path| path.to_string_lossy().contains("/20")).unwrap();
    let (mut later, read) =
        JournalFile::open_existing(&folder, record.file_name().unwrap().to_str().unwrap()).unwrap();
    later.append(read.lines[0].time, &serde_json::json!({ "fact": "teleported", "to": "x" })).unwrap();
    drop(later);
    let said = place.run(&["report"], "");
    said.says(&["what came after is not known", "says what this version doesn't know", "teleported"]);
    assert!(!said.out.contains("expected one of"), "{}", said.out);
    said.says(&["## Time line", "Left at step"]);
    assert_eq!(said.code, Some(1), "{}", said.complaint);
    place.close();
}

/// What somebody's program could write into a log, by all the ways of naming a secret.
const SECRETS: [&str; 18] = [
    "client_secret=Planted1",
    "Authorization: Bearer eyJPlanted2.x.y",
    "access_token=Planted3&scope=x",
    "refresh_token: \"Planted4\"",
    "pwd=Planted5",
    "passwd=Planted6",
    "<Password>Planted7</Password>",
    "Password: Planted8",
    "Password=Correct Planted9 Battery",
    "{\"password\":\"a\\\"Planted10\"}",
    "{\\\"password\\\":\\\"Planted11\\\"}",
    "{\"\"password\"\":\"\"a\"\"\"\"Planted12\"\"}",
    "password=a;bPlanted13",
    "https://ana:Planted14@mdi.contoso.test/",
    "<add key=\"Password\" value=\"Planted15\"/>",
    "run --client-secret Planted16",
    "passphrase = 'Planted 17'",
    "clientSecret=a]Planted18",
];

#[test]
fn a_bundle_holds_the_last_log_lines_and_nothing_secret_and_replaces_no_file() {
    let place = Place::open();
    // What a site file names a secret's file by may be there; what stands in the file may not.
    fs::write(place.path("client-secret"), "Planted-Client-Secret").unwrap();
    fs::set_permissions(place.path("client-secret"), Permissions::from_mode(0o600)).unwrap();
    walk(&place);
    let log = &place.addresses.log_sources[0];
    let path = glob::glob(&log.patterns[0]).unwrap().next().unwrap().unwrap();
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    let head = "2026-03-04 05:06:07.0000 Error DirectoryServicesClient";
    for line in 0..300 {
        writeln!(file, "{head} line {line}\r").unwrap();
    }
    writeln!(file, "{head} saved [EncryptedBytes=Planted-Bytes, Password=Planted-Password]\r").unwrap();
    writeln!(file, "{head} {{\"accountPassword\": \"Planted-Json\", \"clientSecret\":\"Planted-Client\"}}\r")
        .unwrap();
    for form in SECRETS {
        writeln!(file, "{head} {form}\r").unwrap();
    }
    writeln!(file, "{head} bytes \"EncryptedBytes\": [\r\n  Planted, 17, 42,\r\n  99 ]\r").unwrap();
    writeln!(file, "{head} \u{1b}]52;c;UGxhbnRlZA==\u{7} # heading <b>\r").unwrap();
    let (said, text) = bundle(&place);
    assert_eq!(said.code, Some(0), "{}", said.complaint);
    for part in ["# The password of", "## Versions", "mdi-console 0", "## Logs", "line 299"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("Planted"), "{text}");
    assert!(!text.contains(RIGHT) && !text.contains('\u{1b}') && !text.contains("line 9\n"), "{text}");
    assert!(text.lines().filter(|line| line.starts_with("    2026-03-04 05:06:07")).count() <= 200);
    assert_eq!(place.path("bundle.md").metadata().unwrap().mode() & 0o777, 0o600);
    let (again, _) = bundle(&place);
    assert!(again.complaint.contains("is there already, and nothing is overwritten"), "{}", again.complaint);
    assert_eq!(again.code, Some(2));
    place.close();
}

#[test]
fn a_bundle_holds_the_logs_of_the_records_own_site_alone_and_names_its_commands() {
    let place = Place::open();
    place.write(&place.file("[[log]]\nhost = \"dc9.contoso.test\"\ncommand = [\"tail\", \"x\"]\n"));
    walk(&place);
    let own = fs::read_to_string(place.path("site.toml")).unwrap();
    let (said, text) = bundle(&place);
    assert!(text.contains("### dc9.contoso.test\n\nIts log is what a command prints, and that is not kept."));
    assert!(text.contains(", commit ") && !text.contains("not as it was"), "{text}");
    assert!(!said.out.contains("site"), "{}", said.out);
    let check = |site: &str, sentence: &str, logs: bool| {
        place.write(site);
        fs::remove_file(place.path("bundle.md")).unwrap();
        let (said, text) = bundle(&place);
        assert_eq!(said.code, Some(0), "{}", said.complaint);
        assert!(said.out.contains(sentence), "{sentence}\n{}", said.out);
        assert!(text.contains(sentence.split(':').next().unwrap()), "{sentence}\n{text}");
        assert_eq!(text.contains("### "), logs, "{text}");
    };
    check(&format!("{own}# edited\n"), "The site file is not as it was when the record was written", true);
    let other = own.replace("contoso-live", "contoso-other");
    check(&other, "The site's logs are not here: the record is of the site contoso-live", false);
    place.close();
}
