//! What a walk leaves for whoever reads it later: the report, and the bundle for the ticket, with nothing secret in either.
//!
//! Relies on a walk in lines, as far as the watch. Secrets are planted wherever something is read from.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;

use mdi_console::journal::file::JournalFile;
use serde_json::Value;

use super::signing_in::SECRET as CLIENT_SECRET;
use crate::disguises::holds;
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
const SECRETS: [&str; 32] = [
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
    "userPassword:: UGxhbnRlZA==",
    "userPass=Planted19",
    "Kennwort: Planted20",
    "device_code=Planted21",
    "client_assertion=Planted22&assertion=Planted23",
    "ntHash=Planted24",
    "NetworkCredential(\"u\",\"Planted25\")",
    "ConvertTo-SecureString \"Planted26\"",
    "decryptionKey=Planted27",
    "password -> Planted28",
    "-----BEGIN PRIVATE KEY-----\\nPlanted29\\n-----END PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\r\nPlanted30\r\nPlanted31=\r\n-----END PRIVATE KEY-----",
    "saved [EncryptedBytes=Planted-Bytes, Password=Planted-Password]",
    "{\"accountPassword\": \"Planted-Json\", \"clientSecret\":\"Planted-Client\"}",
];

/// Puts a secret into everything that a bundle has something of, and leaves the names of its two log files.
fn planted(place: &Place) -> [PathBuf; 2] {
    fs::write(place.path("client-secret"), CLIENT_SECRET).unwrap();
    fs::set_permissions(place.path("client-secret"), Permissions::from_mode(0o600)).unwrap();
    let pattern = place.addresses.log_sources.first().unwrap().patterns.first().unwrap();
    let site = place.file_with_graph("client_secret_file = \"./client-secret\"\n");
    let folder = place.path("logs");
    fs::create_dir(&folder).unwrap();
    place.write(&site.replace(pattern, &format!("{}/Microsoft.Tri.Sensor*.log", folder.display())));
    let [errors, all] = ["-Errors", ""].map(|what| folder.join(format!("Microsoft.Tri.Sensor{what}.log")));
    let older = |line| format!("2026-03-04 01:06:07.0000 Info DirectoryServicesClient older {line}\r\n");
    fs::write(&all, (0..300).map(older).collect::<Vec<_>>().concat()).unwrap();
    let bytes = "bytes \"EncryptedBytes\": [\r\n  Planted, 17, 42,\r\n  99 ]";
    let forms = SECRETS.into_iter().chain([bytes, "\u{1b}]52;c;Y2xpcA==\u{7} # heading <b>"]);
    let newer = (0..50).map(|line| format!("line {line}")).chain(forms.map(str::to_owned));
    let newer =
        newer.map(|line| format!("2026-03-04 06:06:07.0000 Error DirectoryServicesClient {line}\r\n"));
    fs::write(&errors, newer.collect::<Vec<_>>().concat()).unwrap();
    [errors, all]
}

#[test]
fn a_bundle_holds_the_newest_log_lines_and_nothing_secret_and_replaces_no_file() {
    let place = Place::open();
    let [_, all] = planted(&place);
    let note = "asked Ben, and he says Lab-Pass-2026! as well";
    assert!(note.contains(RIGHT));
    // Who can edit; on; used elsewhere; on; changed already; the password; and a note with it, then one without.
    let keys = format!("1\n\n1\n\n1\n{RIGHT}\ni\n{note}\ntold the board\n\n1\n1\nq\n1\n");
    let roots = place.path("ca.pem");
    let roots = [("SSL_CERT_FILE", roots.to_str().unwrap())];
    let said = place.run_with(&["--plain", "--password-stdin"], &keys, &roots);
    said.says(&["signed in", "What you typed contains the password. It was not recorded."]);
    let (said, text) = bundle(&place);
    assert_eq!(said.code, Some(0), "{}", said.complaint);
    for part in ["# Nothing was saved", "## Versions", "mdi-console 0", "## Logs", "line 0\n", "line 49\n"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for part in ["told the board", "older 299\n"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for secret in [RIGHT, CLIENT_SECRET, "Planted"] {
        assert!(!holds(text.as_bytes(), secret), "{secret}\n{text}");
    }
    assert!(!text.contains('\u{1b}') && !text.contains("older 9\n"), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("    ")).count(), 200);
    assert_eq!(place.path("bundle.md").metadata().unwrap().mode() & 0o777, 0o600);
    let (again, _) = bundle(&place);
    assert!(again.complaint.contains("is there already, and nothing is overwritten"), "{}", again.complaint);
    assert_eq!(again.code, Some(2));

    // Lines without a time are there too, and whoever reads a bundle is told what was not read, and nothing to do.
    fs::remove_dir_all(all.parent().unwrap()).unwrap();
    fs::remove_file(place.path("bundle.md")).unwrap();
    let (_, text) = bundle(&place);
    assert!(text.contains("Not read: ") && text.contains("isn't there.\n"), "{text}");
    assert!(!text.contains("New refusals"), "{text}");
    fs::create_dir(all.parent().unwrap()).unwrap();
    fs::write(&all, "no time here\nnor here: password=Planted\n").unwrap();
    fs::remove_file(place.path("bundle.md")).unwrap();
    let (_, text) = bundle(&place);
    assert!(text.contains("    no time here\n    nor here: password=▇▇▇\n"), "{text}");
    fs::remove_file(place.path("site.toml")).unwrap();
    fs::remove_file(place.path("bundle.md")).unwrap();
    let (said, text) = bundle(&place);
    assert!(text.contains("The site's logs are not here. Not read: there is no site file"), "{text}");
    assert!(!text.contains("Nothing was started") && said.out.contains("--site"), "{text}\n{}", said.out);
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
