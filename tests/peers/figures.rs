//! How long a test takes, against a whole `ldapsearch -s base` of the same account at the same controller.
//!
//! Relies on the medians of runs that take turns, so that a busy machine is busy for both. The program is built as the
//! tests are: where that is without optimisation, the whole is held to less, since more than half of it is then the
//! program's own. Deliberately absent: what a figure is on any one machine.

use std::time::Duration;

use mdi_console::clock::Clock;
use serde_json::Value;

use crate::forest::{Forest, Over, RIGHT, fed};

const RUNS: usize = 9;

#[tokio::test]
async fn a_bind_takes_little_longer_than_ldapsearch_and_a_whole_test_a_few_times_as_long() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, _] = &forest.controllers;
    let clock = Clock::system();
    let mut took: [Vec<Duration>; 3] = [const { Vec::new() }; 3];
    for _ in 0..RUNS {
        let (mut search, _kept) = forest.ldapsearch(dc1, Over::Tls, ("svc-mdi@contoso.test", RIGHT));
        let began = clock.now().at;
        assert!(search.output().expect("ldapsearch runs").status.success());
        let searched = clock.now().at.since(began);

        let operator = forest.operator();
        let command = operator.command_at("svc-mdi", std::slice::from_ref(dc1));
        let began = clock.now().at;
        let output = fed(command, format!("{RIGHT}\n").as_bytes());
        let verified = clock.now().at.since(began);
        assert!(output.status.success(), "{output:?}");
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        let bound =
            lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find_map(|line| {
                let by_ldap = line.get("protocol").is_some_and(|protocol| protocol == "ldap");
                by_ldap.then(|| line.get("elapsed_ms")?.as_u64()).flatten()
            });
        let bound = Duration::from_millis(bound.expect("a bind"));
        for (all, one) in took.iter_mut().zip([searched, bound, verified]) {
            all.push(one);
        }
    }
    let [searched, bound, verified] = took.map(median);
    let times = |what: Duration| what.as_secs_f64() / searched.as_secs_f64();
    println!(
        "ldapsearch {searched:.1?}; to the bind's answer {bound:.1?}, {:.2} times that; verify {verified:.1?}, {:.2} times",
        times(bound),
        times(verified)
    );
    assert!(times(bound) <= 1.3, "a bind took {bound:?}, ldapsearch {searched:?}");
    let most = if cfg!(debug_assertions) { 8.0 } else { 3.0 };
    assert!(times(verified) < most, "verify took {verified:?}, ldapsearch {searched:?}");
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    *all.get(all.len() / 2).expect("a run")
}
