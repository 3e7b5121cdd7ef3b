//! The ledger on a real file system: what it keeps, what it forgives, and that there is one judge at a time.

use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;
use crate::directory::lockout::{Charge, Why};
use crate::directory::{AccountFacts, AccountKey, Host, LockoutPolicy, Protocol};

fn second(number: i64) -> Timestamp {
    Timestamp::from_second(number).unwrap()
}

fn ledger() -> (tempfile::TempDir, LedgerFile) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = LedgerFile::in_folder(&folder.path().join("state")).unwrap();
    (folder, ledger)
}

fn request(controllers: &[&str]) -> Request {
    Request {
        account: AccountKey("svc-mdi@contoso.test".into()),
        controllers: controllers.iter().map(|host| Host::from(*host)).collect(),
        protocol: Protocol::Ldap,
        charge: Charge::Account,
        typed_account_name: false,
        retest_of_current: false,
        unseen: false,
        lockout_window: Duration::from_hours(1),
    }
}

fn five() -> Vec<Standing> {
    vec![Standing {
        controller: "dc1".into(),
        read_at: second(0),
        policy: Some(LockoutPolicy { threshold: 5, window: Duration::from_mins(30), duration: None }),
        account: AccountFacts::default(),
    }]
}

fn write(ledger: &LedgerFile, text: &[u8]) {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(ledger.path()).unwrap();
    file.write_all(text).unwrap();
}

fn safe_now(ledger: &LedgerFile, now: i64) -> u32 {
    budget_now(ledger, now).map_or(0, |budget| budget.safe)
}

/// `None`: the gate is shut.
fn budget_now(ledger: &LedgerFile, now: i64) -> Option<Budget> {
    match ledger.reserve(&request(&["dc1"]), &five(), second(now)) {
        Ok(reserved) => {
            let not_sent = |attempt| Settled { attempt, outcome: Outcome::NotSent, at: second(now) };
            ledger.settle(&reserved.attempts.into_iter().map(not_sent).collect::<Vec<_>>()).unwrap();
            Some(reserved.budget)
        }
        Err(ReserveRefused::Shut(_)) => None,
        Err(ReserveRefused::Fault(fault)) => panic!("{fault}"),
    }
}

#[test]
fn a_reserved_attempt_is_on_disk_and_counts_until_it_is_settled() {
    let (_folder, ledger) = ledger();
    let reserved = ledger.reserve(&request(&["dc1"]), &five(), second(10)).unwrap();
    assert_eq!(reserved.budget.safe, 3);
    assert_eq!(reserved.permits.len(), 1);
    assert!(reserved.permits[0].covers(
        &AccountKey("svc-mdi@contoso.test".into()),
        &"dc1".into(),
        Protocol::Ldap
    ));
    assert_eq!(ledger.page(second(11)).unwrap().attempts[0].outcome, None);
    assert_eq!(safe_now(&ledger, 11), 2);
    ledger
        .settle(&[Settled { attempt: reserved.attempts[0], outcome: Outcome::Accepted, at: second(12) }])
        .unwrap();
    let settled = &ledger.page(second(13)).unwrap().attempts[0];
    assert_eq!((settled.outcome, settled.settled_at), (Some(Outcome::Accepted), Some(second(12))));
    assert_eq!(safe_now(&ledger, 13), 3);
}

#[test]
fn attempts_at_several_controllers_are_reserved_together_or_not_at_all() {
    let (_folder, ledger) = ledger();
    let refused = ledger.reserve(&request(&["a", "b", "c", "d"]), &five(), second(10)).unwrap_err();
    assert_eq!(refused, ReserveRefused::Shut(Shut::Never(Why::TooManyAtOnce { asked: 4, safe: 3 })));
    assert!(ledger.page(second(10)).unwrap().attempts.is_empty());
    let reserved = ledger.reserve(&request(&["a", "b", "c"]), &five(), second(10)).unwrap();
    assert_eq!(reserved.attempts, [AttemptId(1), AttemptId(2), AttemptId(3)]);
    assert_eq!(safe_now(&ledger, 11), 0);
}

#[test]
fn requests_judged_together_count_each_other_and_one_that_is_shut_does_not_shut_out_the_rest() {
    let (_folder, ledger) = ledger();
    let (one, too_many, standing) = (request(&["dc1"]), request(&["a", "b", "c"]), five());
    let asked = [&one, &one, &too_many, &one, &one];
    let requests: Vec<_> = asked.map(|request| (request, standing.as_slice())).to_vec();
    let judged = ledger.reserve_each(&requests, second(10)).unwrap();
    let safe = |one: &Result<Reserved, Shut>| one.as_ref().ok().map(|reserved| reserved.budget.safe);
    let seen: Vec<_> = judged.iter().map(safe).collect();
    assert_eq!(seen, [Some(3), Some(2), None, Some(1), None]);
    let ids: Vec<_> = judged.iter().flatten().flat_map(|one| one.attempts.clone()).collect();
    assert_eq!(ids, [AttemptId(1), AttemptId(2), AttemptId(3)]);
    let on_disk: Vec<_> = ledger.page(second(11)).unwrap().attempts.iter().map(|one| one.id).collect();
    assert_eq!(on_disk, ids);
}

#[test]
fn folder_and_file_are_for_their_owner_alone() {
    let (folder, ledger) = ledger();
    ledger.page(second(0)).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder.path().join("state")), mode(ledger.path())), (0o700, 0o600));
    std::fs::set_permissions(ledger.path(), std::fs::Permissions::from_mode(0o666)).unwrap();
    ledger.page(second(0)).unwrap();
    assert_eq!(mode(ledger.path()), 0o600);
}

#[test]
fn a_link_in_the_place_of_the_file_is_not_followed() {
    let (folder, ledger) = ledger();
    symlink(folder.path().join("elsewhere"), ledger.path()).unwrap();
    assert!(matches!(ledger.page(second(0)), Err(LedgerFault::Disk { .. })));
    assert!(!folder.path().join("elsewhere").exists());
}

#[test]
fn a_torn_last_line_is_cut_and_noted_and_a_whole_one_without_its_break_is_kept() {
    let (_folder, ledger) = ledger();
    let reserved = ledger.reserve(&request(&["dc1"]), &five(), second(10)).unwrap();
    write(&ledger, br#"{"v":1,"settled":1,"at":"1970-0"#);
    let page = ledger.page(second(11)).unwrap();
    assert_eq!((page.attempts[0].outcome, page.notes), (None, vec![Note::TornLineCut(2)]));
    ledger
        .settle(&[Settled { attempt: reserved.attempts[0], outcome: Outcome::Refused, at: second(12) }])
        .unwrap();
    let page = ledger.page(second(13)).unwrap();
    assert_eq!((page.attempts[0].outcome, page.notes), (Some(Outcome::Refused), vec![]));

    let text = std::fs::read(ledger.path()).unwrap();
    std::fs::write(ledger.path(), text.trim_ascii_end()).unwrap();
    assert_eq!(safe_now(&ledger, 14), 2);
    let page = ledger.page(second(15)).unwrap();
    assert_eq!((page.attempts[0].outcome, page.notes), (Some(Outcome::Refused), vec![]));
}

#[test]
fn a_damaged_line_counts_against_every_account_for_a_while() {
    let check = |damage: &[u8]| {
        let (_folder, ledger) = ledger();
        assert_eq!(safe_now(&ledger, 10), 3);
        write(&ledger, damage);
        assert_eq!(safe_now(&ledger, 11), 2, "{damage:?}");
        let notes = ledger.page(second(12)).unwrap().notes;
        assert_eq!(notes, [Note::DamagedLine(3)], "{damage:?}");
        assert_eq!(budget_now(&ledger, 12).map(|budget| budget.unreadable), Some(1), "{damage:?}");
        // It stands where the line before it stands in time.
        assert_eq!(safe_now(&ledger, 10 + 30 * 60 + 60), 3, "{damage:?}");
    };
    check(b"garbage\n");
    check(b"\xff\xfe\0\n");
    check(b"{}\n");
    check(br#"{"v":2,"attempt":7,"at":"1970-01-01T00:00:10Z","account":"a@b","controller":"c","protocol":"ldap","charge":"account"}
"#);
    check(br#"{"v":1,"attempt":1,"at":"1970-01-01T00:00:10Z","account":"a@b","controller":"c","protocol":"ldap","charge":"account"}
"#);
}

#[test]
fn a_file_of_nothing_but_damage_shuts_the_gate() {
    let (_folder, ledger) = ledger();
    write(&ledger, b"x\ny\nz\n");
    assert_eq!(safe_now(&ledger, 11), 0);
}

#[test]
fn numbers_are_never_given_twice_even_beside_damage() {
    let (_folder, ledger) = ledger();
    let first = ledger.reserve(&request(&["dc1"]), &five(), second(10)).unwrap().attempts;
    write(&ledger, b"was attempt 2\n");
    let second_ = ledger.reserve(&request(&["dc1"]), &five(), second(11)).unwrap().attempts;
    assert_eq!((first, second_), (vec![AttemptId(1)], vec![AttemptId(3)]));
}

#[test]
fn attempts_of_yesterday_are_not_shown_any_more() {
    let (_folder, ledger) = ledger();
    ledger.reserve(&request(&["dc1"]), &five(), second(10)).unwrap();
    assert_eq!(ledger.page(second(10 + 24 * 3600)).unwrap().attempts.len(), 1);
    assert_eq!(ledger.page(second(11 + 24 * 3600)).unwrap().attempts.len(), 0);
}

#[test]
fn a_ledger_that_cant_be_written_grants_nothing() {
    let (_folder, ledger) = ledger();
    std::fs::create_dir(ledger.path()).unwrap();
    assert!(matches!(
        ledger.reserve(&request(&["dc1"]), &five(), second(10)),
        Err(ReserveRefused::Fault(LedgerFault::Disk { doing: "opened", .. }))
    ));
}

#[derive(Debug)]
struct Patience(Duration);

impl Paper for Patience {
    fn patience(&self) -> Duration {
        self.0
    }
}

#[test]
fn a_ledger_that_another_holds_is_not_waited_for_for_ever() {
    let (_folder, ledger) = ledger();
    write(&ledger, b"");
    let other = std::fs::File::open(ledger.path()).unwrap();
    other.lock().unwrap();
    let refused = ledger.clone().on(Arc::new(Patience(Duration::ZERO))).reserve(
        &request(&["dc1"]),
        &five(),
        second(10),
    );
    let Err(ReserveRefused::Fault(fault @ LedgerFault::Busy { .. })) = refused else { panic!("{refused:?}") };
    assert!(fault.to_string().contains("held by another process"), "{fault}");
    // Nothing stands there that would count, and whoever waits longer gets it.
    assert_eq!(std::fs::read(ledger.path()).unwrap(), b"");
    let patient = ledger.on(Arc::new(Patience(Duration::from_hours(1))));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| patient.reserve(&request(&["dc1"]), &five(), second(10)).is_ok());
        drop(other);
        assert!(waiting.join().unwrap());
    });
}

/// Many users at once, each failing whatever it is granted; gives the failures made in all.
fn rush(ledgers: &[LedgerFile]) -> usize {
    std::thread::scope(|scope| {
        let users: Vec<_> = ledgers
            .iter()
            .map(|ledger| {
                scope.spawn(move || {
                    let mut failures = 0;
                    while let Ok(reserved) = ledger.reserve(&request(&["dc1"]), &five(), second(10)) {
                        failures += 1;
                        ledger
                            .settle(&[Settled {
                                attempt: reserved.attempts[0],
                                outcome: Outcome::Refused,
                                at: second(10),
                            }])
                            .unwrap();
                    }
                    failures
                })
            })
            .collect();
        users.into_iter().map(|user| user.join().unwrap()).sum()
    })
}

#[test]
fn users_at_once_share_one_budget() {
    let (_folder, ledger) = ledger();
    let path = ledger.path().parent().unwrap().to_owned();
    let same: Vec<_> = (0..8).map(|_| LedgerFile::in_folder(&path).unwrap()).collect();
    assert_eq!(rush(&same), 3);
}

#[test]
fn users_with_a_ledger_each_would_not_share_one() {
    let folders: Vec<_> = (0..8).map(|_| tempfile::tempdir().unwrap()).collect();
    let apart: Vec<_> = folders.iter().map(|folder| LedgerFile::in_folder(folder.path()).unwrap()).collect();
    assert_eq!(rush(&apart), 24);
}
