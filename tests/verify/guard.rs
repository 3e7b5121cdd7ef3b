//! The guard over runs and processes: a loop of wrong passwords stops before the account could lock.

use std::thread;

use super::place::{Place, RIGHT, Said, WRONG};

/// Behind a site file; its password is the second line of standard input.
const READER: &str = "[reader]\nname = \"svc-reader\"\ndomain = \"contoso.test\"\n";

fn verify_with_reader(place: &Place, password: &str) -> Said {
    let reader = place.addresses.reader.password.as_str();
    place.verify(&format!("{password}\n{reader}"))
}

/// Attempts with the account itself.
fn tried(place: &Place) -> usize {
    let own = |name: &str| name.to_lowercase().starts_with("svc-mdi");
    place.lab.attempts().iter().filter(|attempt| own(&attempt.name)).count()
}

#[test]
fn where_the_policy_is_not_known_one_failure_is_all_a_script_has() {
    let place = Place::open();
    let words: Vec<_> = (0..4).map(|_| place.verify(WRONG).verdict()["word"].clone()).collect();
    assert_eq!(words, ["refused", "guard-shut", "guard-shut", "guard-shut"]);
    assert_eq!((tried(&place), place.reserved()), (1, 1));
    // Nor does the right one get past it.
    let said = place.verify(RIGHT);
    assert_eq!((said.code, &said.verdict()["word"]), (Some(1), &"guard-shut".into()), "{said:?}");
    assert!(said.events("attempt").is_empty());
    assert!(said.verdict()["remedy"].as_str().is_some_and(|remedy| remedy.contains("on a terminal")));
    assert!(!place.lab.account_locked());
    place.close();
}

#[test]
fn a_reader_account_shows_how_many_are_safe_and_the_account_is_never_locked() {
    let place = Place::open();
    place.write_site(READER, |address| address);
    let said: Vec<_> = (0..6).map(|_| verify_with_reader(&place, WRONG)).collect();
    let words: Vec<_> = said.iter().map(|said| said.verdict()["word"].clone()).collect();
    assert_eq!(
        words,
        ["refused", "refused", "refused", "guard-shut", "guard-shut", "guard-shut"],
        "{said:?}"
    );
    assert_eq!(said[0].verdict()["budget"]["threshold"], 5);
    assert!(said.iter().all(|said| said.code == Some(1)), "{said:?}");
    assert_eq!(tried(&place), 3);
    assert!(!place.lab.account_locked());
    place.close();
}

#[test]
fn processes_that_run_together_share_one_budget() {
    let loops = |place: &Place, reader: bool| {
        thread::scope(|scope| {
            let runs: Vec<_> = (0..2)
                .map(|_| {
                    scope.spawn(move || {
                        for _ in 0..4 {
                            if reader {
                                verify_with_reader(place, WRONG);
                            } else {
                                place.verify(WRONG);
                            }
                        }
                    })
                })
                .collect();
            for run in runs {
                assert!(run.join().is_ok(), "a run failed");
            }
        });
    };
    let place = Place::open();
    loops(&place, false);
    assert_eq!(tried(&place), 1);
    place.close();

    let place = Place::open();
    place.write_site(READER, |address| address);
    loops(&place, true);
    assert!(tried(&place) <= 3, "{}", tried(&place));
    assert!(!place.lab.account_locked());
    place.close();
}

#[test]
fn an_account_has_one_budget_whatever_form_its_name_has() {
    let place = Place::open();
    let site = place.path("site.toml");
    let words = ["svc-mdi", "SVC-MDI@contoso.test", "contoso\\Svc-Mdi", "CN=svc-mdi,DC=contoso,DC=test"].map(
        |account| {
            let arguments =
                ["--json", "--password-stdin", "--site", &*site.to_string_lossy(), "--account", account];
            let said =
                place.run(&[&arguments[..], &["--domain", "contoso.test"]].concat(), &format!("{WRONG}\n"));
            said.verdict()["word"].clone()
        },
    );
    assert_eq!(words, ["refused", "guard-shut", "guard-shut", "guard-shut"]);
    assert_eq!(tried(&place), 1);
    place.close();
}

/// Without one ledger for all, the same loops would go on: what the guard does would be seen.
#[test]
fn a_ledger_apart_for_each_run_would_not_stop_it() {
    let place = Place::open();
    for _ in 0..3 {
        std::fs::remove_dir_all(place.path("state")).unwrap_or_default();
        assert_eq!(place.verify(WRONG).verdict()["word"], "refused");
    }
    assert_eq!(tried(&place), 3);
    place.close();
}

#[test]
fn the_state_dir_moves_the_record_and_not_the_ledger() {
    let place = Place::open();
    let (site, elsewhere) = (place.path("site.toml"), place.path("elsewhere"));
    let (site, elsewhere) = (site.to_string_lossy(), elsewhere.to_string_lossy());
    let arguments = ["--json", "--password-stdin", "--site", &*site, "--state-dir", &*elsewhere];
    let said = place.run(&arguments, &format!("{WRONG}\n"));
    assert_eq!(said.verdict()["word"], "refused");
    let record = said.events("record").pop().expect("a record");
    assert!(record["path"].as_str().is_some_and(|path| path.starts_with(&*elsewhere)), "{record}");
    assert_eq!(place.reserved(), 1);
    assert_eq!(place.verify(WRONG).verdict()["word"], "guard-shut");
    place.close();
}
