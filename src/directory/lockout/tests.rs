//! The guard, rule by rule.

use super::*;
use crate::directory::AccountFacts;

mod interleaving;

const WINDOW: i64 = 30 * 60;

fn second(number: i64) -> Timestamp {
    Timestamp::from_second(number).unwrap()
}

fn account() -> AccountKey {
    AccountKey("svc-mdi@contoso.test".into())
}

fn request() -> Request {
    Request {
        account: account(),
        controllers: vec!["dc1".into()],
        protocol: Protocol::Ldap,
        charge: Charge::Account,
        typed_account_name: false,
        retest_of_current: false,
        unseen: false,
        lockout_window: Duration::from_hours(1),
    }
}

fn typed(request: Request) -> Request {
    Request { typed_account_name: true, ..request }
}

fn attempt(at: i64, outcome: Option<Outcome>) -> Attempt {
    Attempt {
        id: AttemptId(u64::try_from(at).unwrap()),
        at: second(at),
        settled_at: outcome.map(|_| second(at)),
        account: account(),
        controller: "dc1".into(),
        protocol: Protocol::Ldap,
        charge: Charge::Account,
        outcome,
    }
}

fn refused(times: &[i64]) -> Vec<Attempt> {
    times.iter().map(|at| attempt(*at, Some(Outcome::Refused))).collect()
}

fn lockout(threshold: u32) -> LockoutPolicy {
    LockoutPolicy {
        threshold,
        window: Duration::from_secs(WINDOW.unsigned_abs()),
        duration: Some(Duration::from_mins(15)),
    }
}

fn seen(policy: Option<LockoutPolicy>, bad: u32) -> Standing {
    let account = AccountFacts { bad_password_count: Some(bad), ..AccountFacts::default() };
    Standing { controller: "dc1".into(), read_at: second(0), policy, account }
}

/// What a table of cases compares: the failures that are safe, or the word for why not.
fn verdict(judgement: &Judgement) -> String {
    match judgement {
        Judgement::Granted { left } => format!("{} safe", left.safe),
        Judgement::Shut(Shut::NotBefore(at, why)) => format!("not before {}, {}", at.as_second(), word(why)),
        Judgement::Shut(Shut::UntilUnlocked) => "until unlocked".into(),
        Judgement::Shut(Shut::TypeAccountName { why }) => format!("type the name, {}", word(why)),
        Judgement::Shut(Shut::Never(why)) => format!("never, {}", word(why)),
    }
}

fn word(why: &Why) -> String {
    match why {
        Why::AccountSpent(budget) => format!("account at {}", budget.counted),
        Why::ControllerSpent(host, budget) => format!("{host} at {}", budget.counted),
        Why::Locked => "locked".into(),
        Why::StandingNotRead => "standing not read".into(),
        Why::PolicyNotKnown => "policy not known".into(),
        Why::SmallThreshold(threshold) => format!("threshold {threshold}"),
        Why::FirstFailureLocks => "first failure locks".into(),
        Why::TooManyAtOnce { asked, safe } => format!("{asked} asked, {safe} safe"),
    }
}

#[test]
fn the_budget_is_the_threshold_less_what_counts_less_two() {
    let check = |threshold: u32, own: &[i64], bad: u32, expected: &str| {
        let judged = judge(&refused(own), &request(), &[seen(Some(lockout(threshold)), bad)], second(1000));
        assert_eq!(verdict(&judged), expected, "threshold {threshold}, own {own:?}, bad {bad}");
    };
    check(5, &[], 0, "3 safe");
    check(5, &[900], 0, "2 safe");
    check(5, &[900], 1, "2 safe");
    check(5, &[900], 2, "1 safe");
    check(5, &[700, 800, 900], 0, "not before 2700, account at 3");
    check(5, &[], 3, "not before 2800, account at 3");
    check(5, &[900], 4, "not before 2800, account at 4");
    check(4, &[900], 0, "1 safe");
    check(4, &[800, 900], 0, "not before 2700, account at 2");
    check(3, &[], 0, "type the name, threshold 3");
    check(2, &[], 0, "type the name, threshold 2");
    check(2, &[], 1, "not before 2800, account at 1");
    check(1, &[], 0, "never, first failure locks");
    check(0, &[700, 800, 900], 50, "4294967295 safe");
}

#[test]
fn what_is_under_way_is_added_to_what_was_seen() {
    let check = |open: &[i64], bad: u32, expected: &str| {
        let attempts: Vec<Attempt> = open.iter().map(|at| attempt(*at, None)).collect();
        let judged = judge(&attempts, &request(), &[seen(Some(lockout(5)), bad)], second(1000));
        assert_eq!(verdict(&judged), expected, "open {open:?}, bad {bad}");
    };
    check(&[998], 1, "1 safe");
    check(&[998], 2, "not before 2858, account at 3");
    check(&[998, 999], 1, "not before 2859, account at 3");
    // By now it has arrived, and is among them.
    check(&[900], 2, "1 safe");
}

#[test]
fn small_thresholds_have_one_attempt_after_the_name_was_typed() {
    let check = |threshold: u32, own: &[i64], bad: u32, expected: &str| {
        let standing = [seen(Some(lockout(threshold)), bad)];
        let judged = judge(&refused(own), &typed(request()), &standing, second(1000));
        assert_eq!(verdict(&judged), expected, "threshold {threshold}, own {own:?}, bad {bad}");
    };
    check(3, &[], 0, "1 safe");
    check(3, &[], 1, "1 safe");
    check(3, &[], 2, "not before 2800, account at 2");
    check(3, &[900], 0, "not before 2700, account at 1");
    check(2, &[], 0, "1 safe");
    check(2, &[900], 0, "not before 2700, account at 1");
    check(1, &[], 0, "never, first failure locks");
}

#[test]
fn where_the_reader_should_have_told_and_did_not_the_name_is_wanted_for_the_account_alone() {
    let unseen = |request: Request| Request { unseen: true, ..request };
    let check = |request: Request, expected: &str| {
        assert_eq!(verdict(&judge(&[], &request, &[], second(1000))), expected, "{request:?}");
    };
    check(unseen(request()), "type the name, standing not read");
    check(unseen(typed(request())), "1 safe");
    // After a proof the others are asked together, and nobody could type it in the midst of that.
    let alone = Request { charge: Charge::ControllerOnly, ..unseen(request()) };
    check(alone, "1 safe");
}

#[test]
fn a_policy_nobody_knows_allows_one_failure_a_second_by_name_and_then_none_for_the_window() {
    let check = |own: &[i64], standing: &[Standing], request: Request, expected: &str| {
        assert_eq!(verdict(&judge(&refused(own), &request, standing, second(1000))), expected, "{own:?}");
    };
    check(&[], &[], request(), "1 safe");
    check(&[900], &[], request(), "type the name, policy not known");
    check(&[900], &[], typed(request()), "1 safe");
    check(&[800, 900], &[], typed(request()), "not before 4500, account at 2");
    check(&[], &[seen(None, 0)], request(), "1 safe");
    check(&[], &[seen(None, 4)], request(), "type the name, policy not known");
    check(&[], &[seen(None, 4)], typed(request()), "1 safe");
    // One reading that can't exclude a fine-grained policy outweighs one that can.
    check(&[], &[seen(Some(lockout(50)), 0), seen(None, 0)], request(), "1 safe");
    check(&[], &[seen(Some(lockout(50)), 0), seen(Some(lockout(5)), 0)], request(), "3 safe");
    check(&[], &[seen(Some(lockout(0)), 0), seen(Some(lockout(5)), 0)], request(), "3 safe");
}

#[test]
fn what_counts_and_what_does_not() {
    let check = |outcome: Option<Outcome>, expected: &str| {
        let judged = judge(&[attempt(900, outcome)], &request(), &[seen(Some(lockout(5)), 0)], second(1000));
        assert_eq!(verdict(&judged), expected, "{outcome:?}");
    };
    check(Some(Outcome::Accepted), "3 safe");
    check(Some(Outcome::NotSent), "3 safe");
    check(Some(Outcome::Refused), "2 safe");
    check(Some(Outcome::NotKnown), "2 safe");
    check(Some(Outcome::Interrupted), "2 safe");
    check(None, "2 safe");
}

#[test]
fn failures_are_forgotten_together_once_a_whole_window_passed_without_one() {
    let check = |own: &[i64], now: i64, expected: &str| {
        let judged = judge(&refused(own), &request(), &[seen(Some(lockout(5)), 0)], second(now));
        assert_eq!(verdict(&judged), expected, "{own:?} at {now}");
    };
    check(&[0], WINDOW - 1, "2 safe");
    check(&[0], WINDOW, "3 safe");
    // Not a sliding window: the second failure keeps the first one alive.
    check(&[0, WINDOW - 1], WINDOW + 1, "1 safe");
    check(&[0, WINDOW - 1], 2 * WINDOW - 1, "3 safe");
    check(&[0, WINDOW], WINDOW + 1, "2 safe");
    // A clock that was set back forgives nothing.
    check(&[10_000_000], 0, "2 safe");
}

#[test]
fn an_attempt_without_outcome_is_remembered_from_the_last_moment_it_can_have_arrived() {
    let check = |now: i64, expected: &str| {
        let judged = judge(&[attempt(0, None)], &request(), &[seen(Some(lockout(5)), 0)], second(now));
        assert_eq!(verdict(&judged), expected, "at {now}");
    };
    check(WINDOW + 59, "2 safe");
    check(WINDOW + 60, "3 safe");
}

#[test]
fn a_retest_of_a_current_secret_may_use_the_first_of_the_two_in_hand() {
    let retest = || Request { retest_of_current: true, ..request() };
    let check = |request: Request, own: &[i64], expected: &str| {
        let judged = judge(&refused(own), &request, &[seen(Some(lockout(5)), 0)], second(1000));
        assert_eq!(verdict(&judged), expected, "{own:?}");
    };
    check(request(), &[700, 800, 900], "not before 2700, account at 3");
    check(retest(), &[700, 800, 900], "1 safe");
    check(retest(), &[600, 700, 800, 900], "not before 2700, account at 4");
}

#[test]
fn a_locked_account_is_left_alone() {
    let check = |lockout_time: Option<i64>, locked: bool, policy: Option<LockoutPolicy>, expected: &str| {
        let mut standing = seen(policy, 0);
        standing.account.locked = locked;
        standing.account.lockout_time = lockout_time.map(second);
        assert_eq!(verdict(&judge(&[], &request(), &[standing], second(1000))), expected);
    };
    let for_ever = LockoutPolicy { duration: None, ..lockout(5) };
    check(None, false, Some(lockout(5)), "3 safe");
    check(Some(900), true, Some(lockout(5)), "not before 1800, locked");
    check(Some(50), false, Some(lockout(5)), "3 safe");
    check(Some(50), true, Some(lockout(5)), "until unlocked");
    check(Some(900), true, Some(for_ever), "until unlocked");
    check(Some(900), false, None, "until unlocked");
    check(None, true, None, "until unlocked");
}

#[test]
fn each_attempt_is_charged_to_the_account_and_to_its_controller_or_to_the_controller_alone() {
    let at_dc2 = |charge| {
        let more = |at| Attempt { controller: "dc2".into(), charge, ..attempt(at, Some(Outcome::Refused)) };
        vec![more(700), more(800), more(900)]
    };
    let asked = |controllers: &[&str], charge| Request {
        controllers: controllers.iter().map(|host| Host::from(*host)).collect(),
        charge,
        ..request()
    };
    let check = |attempts: Vec<Attempt>, request: Request, expected: &str| {
        let judged = judge(&attempts, &request, &[seen(Some(lockout(5)), 0)], second(1000));
        assert_eq!(verdict(&judged), expected);
    };
    check(at_dc2(Charge::ControllerOnly), asked(&["dc1"], Charge::Account), "3 safe");
    check(at_dc2(Charge::Account), asked(&["dc1"], Charge::Account), "not before 2700, account at 3");
    check(at_dc2(Charge::Account), asked(&["dc1"], Charge::ControllerOnly), "3 safe");
    check(
        at_dc2(Charge::ControllerOnly),
        asked(&["dc2"], Charge::ControllerOnly),
        "not before 2700, dc2 at 3",
    );
    check(
        at_dc2(Charge::ControllerOnly),
        asked(&["dc1", "dc2"], Charge::ControllerOnly),
        "not before 2700, dc2 at 3",
    );
    check(vec![], asked(&["dc1", "dc2", "dc3"], Charge::Account), "3 safe");
    check(vec![], asked(&["dc1", "dc2", "dc3", "dc4"], Charge::Account), "never, 4 asked, 3 safe");
    check(vec![], asked(&["a", "b", "c", "d", "e"], Charge::ControllerOnly), "3 safe");
    check(vec![], asked(&[], Charge::Account), "never, 0 asked, 0 safe");
}

#[test]
fn attempts_of_other_accounts_count_nothing_and_damaged_lines_count_against_everyone() {
    let check = |account: AccountKey, expected: &str| {
        let other = Attempt { account, controller: "gone".into(), ..attempt(900, None) };
        let judged = judge(&[other], &request(), &[seen(Some(lockout(5)), 0)], second(1000));
        assert_eq!(verdict(&judged), expected);
    };
    check(AccountKey("svc-other@contoso.test".into()), "3 safe");
    check(AccountKey::UNKNOWN, "2 safe");
}

#[test]
fn a_permit_covers_what_it_was_granted_for_and_nothing_else() {
    let permit = Permit::granted(&attempt(1, None));
    let dc1 = Host::from("dc1");
    assert!(permit.covers(&account(), &dc1, Protocol::Ldap));
    assert!(!permit.covers(&AccountKey("other@contoso.test".into()), &dc1, Protocol::Ldap));
    assert!(!permit.covers(&account(), &"dc2".into(), Protocol::Ldap));
    assert!(!permit.covers(&account(), &dc1, Protocol::Kerberos));
}

#[test]
fn the_gate_opens_a_window_after_the_last_failure_that_others_made_and_asking_again_does_not_move_it() {
    let check = |last: Option<i64>, now: i64, expected: &str| {
        let mut standing = seen(Some(lockout(5)), 3);
        standing.account.last_failure = last.map(second);
        let judged = judge(&[], &request(), &[standing], second(now));
        assert_eq!(verdict(&judged), expected, "{last:?} at {now}");
    };
    let opens = |at: i64| format!("not before {}, {}", at + WINDOW, word(&spent()));
    check(Some(40), 100, &opens(40));
    check(Some(40), 130, &opens(40));
    // A controller that doesn't tell may have counted it just now.
    check(None, 100, &opens(100));
    // So may one whose clock is ahead.
    check(Some(400), 100, &opens(100));
}

fn spent() -> Why {
    Why::AccountSpent(Budget { threshold: Some(5), counted: 3, unreadable: 0, safe: 0, in_hand: 2 })
}
