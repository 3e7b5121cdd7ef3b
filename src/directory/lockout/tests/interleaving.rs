//! Two users of one ledger, in any order, against a model of how Active Directory counts.

use proptest::prelude::*;

use super::*;

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
