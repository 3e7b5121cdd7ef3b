//! Three users of one ledger, in any order, against a model of how Active Directory counts.

use proptest::prelude::*;

use super::*;

/// What three users of one ledger may do, in any order.
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
    let user = 0..3_usize;
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

/// Plays the steps and gives the highest `badPwdCount` that an attempt of theirs brought the directory to. `others`: the
/// failures of somebody else before, which a reader sees as it sees all that has arrived; `None`: there is no reader.
fn play(
    steps: &[Step],
    (threshold, others): (u32, Option<u32>),
    judged_on: impl Fn(&[Attempt]) -> Vec<Attempt>,
) -> u32 {
    let (mut now, mut bad, mut highest) = (0_i64, others.unwrap_or_default(), 0_u32);
    let mut last_bad = if others.is_some() { 0 } else { i64::MIN / 2 };
    let mut ledger: Vec<Attempt> = Vec::new();
    let mut under: [Option<Under>; 3] = [None, None, None];
    for step in steps {
        match *step {
            Step::Reserve { user, retest } if under[user].is_none() => {
                let request = Request { retest_of_current: retest, ..typed(request()) };
                let remembered = if now - last_bad >= WINDOW { 0 } else { bad };
                let standing = [seen(Some(lockout(threshold)), others.map_or(0, |_| remembered))];
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
    fn no_interleaving_of_the_users_of_one_ledger_locks_the_account(
        steps in steps(),
        threshold in 2..8_u32,
        others in prop::option::of(0..8_u32),
    ) {
        let others = others.map(|others| others.min(threshold - 1));
        let highest = play(&steps, (threshold, others), <[Attempt]>::to_vec);
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
    assert!(play(&steps, (5, None), <[Attempt]>::to_vec) == 3);
    assert!(play(&steps, (5, None), |_| Vec::new()) >= 5);
    // Nor would one do that overlooked attempts still under way.
    let settled = |ledger: &[Attempt]| -> Vec<Attempt> {
        ledger.iter().filter(|attempt| attempt.outcome.is_some()).cloned().collect()
    };
    let crashing = [one[0].clone(), one[1].clone(), Step::Crash { user: 0 }];
    let steps: Vec<_> = crashing.iter().cycle().take(30).cloned().collect();
    assert!(play(&steps, (5, None), settled) >= 5);
}
