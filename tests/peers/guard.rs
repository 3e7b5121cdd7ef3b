//! The guard at a real domain: a loop of wrong passwords never locks the account, and no attempt leaves unreserved.

use std::io::{BufRead as _, BufReader};
use std::thread;

use crate::forest::{Forest, RIGHT, WRONG, started};

#[tokio::test]
async fn a_loop_of_wrong_passwords_stops_long_before_the_lock_across_two_processes_started_together() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, dc2] = &forest.controllers;
    let (operator, oracle) = (forest.operator(), forest.watch());
    let words: Vec<String> = thread::scope(|scope| {
        let wrong = |_| operator.verify("svc-guarded", WRONG).word();
        let loops = [0, 1].map(|_| scope.spawn(move || (0..3).map(wrong).collect::<Vec<_>>()));
        loops.into_iter().flat_map(|words| words.join().expect("a loop")).collect()
    });
    assert_eq!(words.iter().filter(|word| *word == "refused").count(), 1, "{words:?}");
    assert_eq!(words.iter().filter(|word| *word == "guard-shut").count(), 5, "{words:?}");
    // The policy isn't known without a reader account: one failure, and then a name to be typed.
    assert_eq!((oracle.count("svc-guarded"), operator.reserved("svc-guarded")), (1, 1));
    for at in [dc1, dc2] {
        assert!(!forest.standing(at, "svc-reader", "svc-guarded").await.account.locked);
    }
}

#[tokio::test]
async fn with_a_reader_account_two_processes_share_what_the_policy_leaves_and_two_are_kept_in_hand() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, dc2] = &forest.controllers;
    let (operator, oracle) = (forest.operator(), forest.watch());
    let wrong = |_| operator.verify_by_site("svc-shared", (WRONG, RIGHT)).word();
    let counted = forest.failures(dc1, "svc-shared").await;
    let words: Vec<String> = thread::scope(|scope| {
        let loops = [0, 1].map(|_| scope.spawn(|| (0..4).map(wrong).collect::<Vec<_>>()));
        loops.into_iter().flat_map(|words| words.join().expect("a loop")).collect()
    });
    let refused = words.iter().filter(|word| *word == "refused").count();
    assert_eq!(oracle.count("svc-shared"), refused, "{words:?}");
    let now = forest.failures(dc1, "svc-shared").await;
    assert!(now <= 3, "{now} of 5 are counted, {counted} of them before: {words:?}");
    assert!(words.iter().all(|word| word == "refused" || word == "guard-shut"), "{words:?}");
    assert!(words.iter().any(|word| word == "guard-shut"), "{words:?}");
    for at in [dc1, dc2] {
        assert!(!forest.standing(at, "svc-auditor", "svc-shared").await.account.locked);
    }
}

/// What it says is told as it happens: ended behind each line, it has made no attempt that isn't on disk.
#[tokio::test]
async fn killed_wherever_it_is_it_has_made_no_attempt_that_the_ledger_does_not_hold() {
    let Some(forest) = Forest::enter().await else { return };
    for lines in 0.. {
        let (operator, oracle) = (forest.operator(), forest.watch());
        let mut child = started(operator.command("svc-killed"), RIGHT);
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let read = out.lines().take(lines).count();
        child.kill().expect("it can be ended");
        child.wait().expect("its end");
        let (seen, reserved) = (oracle.count("svc-killed"), operator.reserved("svc-killed"));
        assert!(seen <= reserved, "ended behind line {lines}: {seen} were seen, {reserved} are on disk");
        if read < lines {
            assert_eq!((seen, reserved), (3, 3), "it got through");
            return;
        }
    }
}
