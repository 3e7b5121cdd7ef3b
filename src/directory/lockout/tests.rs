//! The guard, rule by rule, and against a model of how Active Directory counts.

use proptest::prelude::*;

use super::*;
use crate::directory::AccountFacts;

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

/// What two users of one ledger may do, in any order.
#[derive(Clone, Debug)]
enum Step {
    Reserve {
        user: usize,
        retest: bool,
    },
    /// The password reaches the controller.
    Arrive {
        user: usize,
        right: bool,
    },
    Settle {
        user: usize,
    },
    /// The user is gone; what it had under way stays without an outcome.
    Crash {
        user: usize,
    },
    Wait {
        seconds: i64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let user = 0..2_usize;
    let step = prop_oneof![
        4 => (user.clone(), any::<bool>()).prop_map(|(user, retest)| Step::Reserve { user, retest }),
        4 => (user.clone(), prop::bool::weighted(0.1)).prop_map(|(user, right)| Step::Arrive { user, right }),
        3 => user.clone().prop_map(|user| Step::Settle { user }),
        1 => user.prop_map(|user| Step::Crash { user }),
        3 => prop_oneof![0..90_i64, 1500..1900_i64].prop_map(|seconds| Step::Wait { seconds }),
    ];
    prop::collection::vec(step, 0..120)
}

#[derive(Clone, Copy)]
struct Under {
    index: usize,
    arrived: Option<bool>,
}

/// Plays the steps and gives the highest `badPwdCount` the directory came to.
fn play(steps: &[Step], threshold: u32, judged_on: impl Fn(&[Attempt]) -> Vec<Attempt>) -> u32 {
    let (mut now, mut bad, mut highest) = (0_i64, 0_u32, 0_u32);
    let mut last_bad = i64::MIN / 2;
    let mut ledger: Vec<Attempt> = Vec::new();
    let mut under: [Option<Under>; 2] = [None, None];
    for step in steps {
        match *step {
            Step::Reserve { user, retest } if under[user].is_none() => {
                let request = Request { retest_of_current: retest, ..typed(request()) };
                let standing = [seen(Some(lockout(threshold)), 0)];
                let judged = judge(&judged_on(&ledger), &request, &standing, second(now));
                if matches!(judged, Judgement::Granted { .. }) {
                    ledger.push(attempt(now, None));
                    under[user] = Some(Under { index: ledger.len() - 1, arrived: None });
                }
            }
            Step::Arrive { user, right } => {
                let Some(sent) = under[user].as_mut().filter(|sent| sent.arrived.is_none()) else { continue };
                // Nothing is sent so late: the adapter's time-outs end before that.
                if second(now).duration_since(ledger[sent.index].at).as_secs() > 60 {
                    continue;
                }
                sent.arrived = Some(right);
                if !right {
                    bad = if now - last_bad >= WINDOW { 1 } else { bad + 1 };
                    last_bad = now;
                    highest = highest.max(bad);
                }
            }
            Step::Settle { user } => {
                let Some(sent) = under[user].filter(|sent| sent.arrived.is_some()) else { continue };
                let right = sent.arrived == Some(true);
                ledger[sent.index].outcome = Some(if right { Outcome::Accepted } else { Outcome::Refused });
                ledger[sent.index].settled_at = Some(second(now));
                under[user] = None;
            }
            Step::Crash { user } => under[user] = None,
            Step::Wait { seconds } => now += seconds,
            Step::Reserve { .. } => {}
        }
    }
    highest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_interleaving_of_two_users_of_one_ledger_locks_the_account(steps in steps(), threshold in 2..8_u32) {
        let highest = play(&steps, threshold, <[Attempt]>::to_vec);
        // Of the two in hand a retest may use the first, and nobody the second.
        prop_assert!(highest < threshold, "badPwdCount came to {highest} of {threshold}");
    }
}

#[test]
fn a_judge_that_did_not_see_the_ledger_would_lock_the_account() {
    let one = [
        Step::Reserve { user: 0, retest: false },
        Step::Arrive { user: 0, right: false },
        Step::Settle { user: 0 },
    ];
    let steps: Vec<_> = one.iter().cycle().take(30).cloned().collect();
    assert!(play(&steps, 5, <[Attempt]>::to_vec) == 3);
    assert!(play(&steps, 5, |_| Vec::new()) >= 5);
    // Nor would one do that overlooked attempts still under way.
    let settled = |ledger: &[Attempt]| -> Vec<Attempt> {
        ledger.iter().filter(|attempt| attempt.outcome.is_some()).cloned().collect()
    };
    let crashing = [one[0].clone(), one[1].clone(), Step::Crash { user: 0 }];
    let steps: Vec<_> = crashing.iter().cycle().take(30).cloned().collect();
    assert!(play(&steps, 5, settled) >= 5);
}
