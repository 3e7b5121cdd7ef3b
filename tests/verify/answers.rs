//! What the directory says of a password, and what the command makes of it.

use mdi_console::lab::scenario::Certificates;

use super::place::{PREVIOUS, Place, RIGHT, WRONG};

#[test]
fn the_right_password_is_current_everywhere_and_costs_nothing() {
    let place = Place::open();
    let said = place.verify(RIGHT);
    assert_eq!(said.code, Some(0), "{said:?}");
    let verdict = said.verdict();
    assert_eq!((&verdict["word"], &verdict["proof"]), (&"current".into(), &"current-by-kerberos".into()));
    assert_eq!(verdict["host"], "dc1.contoso.test");
    assert_eq!((&verdict["account"]["name"], &verdict["exit_code"]), (&"svc-mdi".into(), &0.into()));
    assert_eq!(verdict["budget"]["counted"], 0);
    let reached: Vec<_> = said.events("reached").iter().map(|one| one["read_only"] == true).collect();
    assert_eq!(reached.iter().filter(|read_only| **read_only).count(), 1, "{said:?}");
    let attempts = said.events("attempt");
    assert_eq!(attempts.len(), 3, "{said:?}");
    assert!(attempts.iter().all(|one| one["answer"] == "accepted" && one["counted"] == false), "{said:?}");
    assert_eq!(attempts[0]["host"], "dc1.contoso.test");
    assert_eq!(place.outcomes(), ["accepted", "kerberos accepted", "accepted"]);
    place.close();
}

#[test]
fn the_record_is_the_tests_own_and_says_so() {
    let place = Place::open();
    let said = place.verify(RIGHT);
    let record = said.events("record").pop().expect("a record");
    assert!(record["path"].as_str().is_some_and(|path| path.contains("/verify/")), "{record}");
    let lines = place.records();
    assert_eq!(record["lines"], lines.len());
    let facts: Vec<_> = lines.iter().filter_map(|line| line["body"]["fact"].as_str()).collect();
    assert_eq!(facts.first(), Some(&"began"), "{facts:?}");
    assert_eq!(facts.get(1), Some(&"tested-alone"), "{facts:?}");
    assert_eq!(facts.last(), Some(&"left"), "{facts:?}");
    assert_eq!(lines.last().map(|line| &line["h"]), Some(&record["hash"]), "{record}");
    place.close();
}

#[test]
fn a_wrong_password_costs_exactly_one_attempt() {
    let place = Place::open();
    let said = place.verify(WRONG);
    assert_eq!(said.code, Some(1), "{said:?}");
    let verdict = said.verdict();
    assert_eq!((&verdict["word"], &verdict["host"]), (&"refused".into(), &"dc1.contoso.test".into()));
    let attempts = said.events("attempt");
    assert_eq!(attempts.len(), 1, "{said:?}");
    assert_eq!((&attempts[0]["sub_code"], &attempts[0]["counted"]), (&"52e".into(), &true.into()));
    assert_eq!(place.outcomes(), ["52e"]);
    assert_eq!(place.reserved(), 1);
    place.close();
}

#[test]
fn the_previous_password_is_told_from_the_current_one() {
    let place = Place::with(|directory| {
        directory.old_password_window_seconds = 3600;
    });
    let said = place.verify(PREVIOUS);
    assert_eq!((said.code, &said.verdict()["word"]), (Some(1), &"previous".into()), "{said:?}");
    assert_eq!(place.outcomes(), ["accepted", "kerberos 24"]);
    place.close();
}

#[test]
fn without_kerberos_age_proves_it_and_a_change_too_young_does_not() {
    let place = Place::with(|directory| directory.kerberos = false);
    let said = place.verify(RIGHT);
    assert_eq!((said.code, &said.verdict()["proof"]), (Some(0), &"current-by-age".into()), "{said:?}");
    place.close();

    let place = Place::with(|directory| {
        directory.kerberos = false;
        directory.changed_seconds_ago = 5;
    });
    let said = place.verify(RIGHT);
    let verdict = said.verdict();
    assert_eq!((said.code, &verdict["word"]), (Some(1), &"not-proved".into()), "{said:?}");
    assert_eq!(verdict["proof"], "perhaps-previous");
    assert!(
        verdict["remedy"].as_str().is_some_and(|remedy| remedy.starts_with("Test again after")),
        "{verdict}"
    );
    place.close();
}

#[test]
fn a_dead_controller_is_told_and_ends_with_its_own_code() {
    let place = Place::with(|directory| {
        directory.down = vec!["dc2".into()];
    });
    let said = place.verify(RIGHT);
    assert_eq!((said.code, &said.verdict()["word"]), (Some(3), &"current-where-asked".into()), "{said:?}");
    let dead = said.events("reached").into_iter().find(|one| one["host"] == "dc2.contoso.test");
    let dead = dead.expect("its line");
    assert_eq!((&dead["reached"], &dead["why_not"]), (&false.into(), &"the connection was refused".into()));
    place.close();
}

#[test]
fn where_nothing_answers_nothing_is_tested() {
    let place = Place::with(|directory| {
        directory.down = ["dc1", "dc2", "dc3"].map(str::to_owned).to_vec();
    });
    let said = place.verify(RIGHT);
    assert_eq!((said.code, &said.verdict()["word"]), (Some(3), &"not-reached".into()), "{said:?}");
    assert_eq!((place.outcomes().len(), place.reserved()), (0, 0));
    place.close();
}

#[test]
fn a_locked_account_says_nothing_of_the_password() {
    // Kerberos tells it before a password is tested.
    for (kerberos, word, outcomes) in [(true, "unusable", &[][..]), (false, "closed", &["775"])] {
        let place = Place::with(|directory| (directory.locked, directory.kerberos) = (true, kerberos));
        let said = place.verify(RIGHT);
        assert_eq!((said.code, &said.verdict()["word"]), (Some(1), &word.into()), "{said:?}");
        assert_eq!((place.outcomes().as_slice(), place.reserved()), (outcomes, outcomes.len()), "{said:?}");
        place.close();
    }
}

#[test]
fn directories_that_prove_less_end_with_what_they_prove() {
    type Change = fn(&mut mdi_console::lab::scenario::DirectorySettings);
    let check = |change: Change, code: i32, word: &str, proof: Option<&str>, outcomes: &[&str]| {
        let place = Place::with(change);
        let said = place.verify(RIGHT);
        let verdict = said.verdict();
        let expected = proof.map_or(serde_json::Value::Null, Into::into);
        let found = (said.code, &verdict["word"], &verdict["proof"]);
        assert_eq!(found, (Some(code), &word.into(), &expected), "{said:?}");
        // Those that are asked at once answer in any order.
        let mut seen = place.outcomes();
        seen.sort_unstable();
        assert_eq!(seen, outcomes, "{said:?}");
        place.close();
    };
    // The change has not reached the branch office: it refuses once, and is not asked again.
    check(
        |directory| directory.behind = vec!["dc9".into()],
        1,
        "not-proved",
        Some("current-by-kerberos"),
        &["52e", "accepted", "accepted", "kerberos accepted"],
    );
    // No certificate anywhere: Kerberos alone, and no password leaves.
    check(
        |directory| directory.certificates = Certificates::Missing,
        0,
        "current",
        Some("current-by-kerberos"),
        &["kerberos accepted", "kerberos accepted"],
    );
    check(|directory| directory.expired = true, 1, "closed", None, &["532"]);
}

#[test]
fn passwords_of_every_kind_arrive_as_they_are() {
    for password in [
        " in spaces ",
        "it's \"quoted\" \\ $HOME `x`",
        "Müßiggänger-Straße-7",
        "👩‍🚒🔥-ключ-密码",
        &"long-Pass-1 ".repeat(11)[..127],
        "a",
    ] {
        let place = Place::with_password(Some(password), |_| {});
        let said = place.verify(password);
        assert_eq!(said.code, Some(0), "{password:?}: {said:?}");
        // A line may end as Windows ends it.
        let crlf = place.verify(&format!("{password}\r"));
        assert_eq!(crlf.code, Some(0), "{password:?}: {crlf:?}");
        place.close();
    }
}

#[test]
fn only_one_line_break_is_taken_off() {
    let place = Place::with_password(Some("ends-with-blank "), |_| {});
    assert_eq!(place.verify("ends-with-blank ").code, Some(0));
    assert_eq!(place.verify("ends-with-blank").code, Some(1));
    place.close();
}

#[test]
fn as_text_it_is_a_table_a_verdict_and_what_is_left() {
    let place = Place::open();
    let site = place.path("site.toml");
    let said = place.run(&["--password-stdin", "--site", &site.to_string_lossy()], &format!("{RIGHT}\n"));
    assert_eq!(said.code, Some(0), "{said:?}");
    let mut rest = said.out.as_str();
    for sentence in [
        "The password of svc-mdi in contoso.test. Counted: attempts of ana on ",
        "dc1.contoso.test (PDC emulator)",
        "current (Kerberos)",
        "dc2.contoso.test",
        "accepted",
        "not checked: read-only",
        "This is the current password (Kerberos). Every controller that was asked accepts it.",
        "No failure counted; the lockout policy is not known",
        "Changed in the directory",
        "Record ",
    ] {
        let at = rest.find(sentence).unwrap_or_else(|| panic!("not said here: {sentence}\n{}", said.out));
        rest = &rest[at + sentence.len()..];
    }
    place.close();
}
