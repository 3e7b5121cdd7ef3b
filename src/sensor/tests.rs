//! What a row of observations adds up to.

use jiff::Timestamp;

use super::*;

const SETTLE: Duration = Duration::from_mins(3);

fn now(seconds: u64) -> Now {
    let wall = Timestamp::from_second(1_700_000_000 + i64::try_from(seconds).unwrap()).unwrap();
    Now { at: Instant(Duration::from_secs(seconds)), wall }
}

fn trail(looks: &[(u64, ServiceState)]) -> Trail {
    let mut trail = Trail::default();
    for (at, state) in looks {
        trail.observe(Observation {
            server: Server { host: "sensor1".into(), standalone: true, way: Way::Sc },
            service: Service::Sensor,
            state: state.clone(),
            how: How::Probe,
            at: now(*at),
        });
    }
    trail
}

fn up(pid: u32) -> ServiceState {
    ServiceState::Running { pid: Some(pid) }
}

#[test]
fn running_is_said_only_of_one_process_seen_twice_the_settle_time_apart() {
    use ServiceState::{Starting, Stopped, Unknown};
    let check = |looks: &[(u64, ServiceState)], standing: Standing| {
        assert_eq!(trail(looks).standing(SETTLE), standing, "{looks:?}");
    };
    let denied = || Unknown(Why::AccessDenied);
    check(&[], Standing::NotObserved);
    check(&[(0, up(7))], Standing::Settling { pid: 7, since: now(0) });
    check(&[(0, up(7)), (179, up(7))], Standing::Settling { pid: 7, since: now(0) });
    check(&[(0, up(7)), (180, up(7))], Standing::Running { pid: 7, since: now(0) });
    check(&[(0, up(7)), (90, denied()), (180, up(7))], Standing::Running { pid: 7, since: now(0) });
    check(&[(0, up(7)), (60, up(8))], Standing::Restarting { pid: 8, before: 7, since: now(60) });
    check(&[(0, up(7)), (60, up(8)), (300, up(8))], Standing::Running { pid: 8, since: now(60) });
    check(
        &[(0, up(7)), (60, Stopped), (90, up(8))],
        Standing::Restarting { pid: 8, before: 7, since: now(90) },
    );
    check(&[(0, up(7)), (60, Stopped), (600, up(8))], Standing::Settling { pid: 8, since: now(600) });
    check(&[(0, up(7)), (200, up(7)), (260, Stopped)], Standing::Stopped { since: now(260) });
    check(&[(0, Stopped), (60, Stopped)], Standing::Stopped { since: now(0) });
    check(&[(0, Stopped), (60, Starting)], Standing::Starting { since: now(60) });
    check(
        &[(0, Stopped), (30, up(9)), (60, Stopped), (250, up(9))],
        Standing::Settling { pid: 9, since: now(250) },
    );
    check(
        &[(0, ServiceState::Running { pid: None }), (900, ServiceState::Running { pid: None })],
        Standing::RunningUnproved { since: now(0) },
    );
}

#[test]
fn not_having_been_able_to_ask_is_unknown_and_never_stopped() {
    let whys = [
        Why::AccessDenied,
        Why::Unreachable,
        Why::Windows(1115),
        Why::Probe(ProbeFault::TimedOut { seconds: 20 }),
    ];
    for why in whys {
        let looks = [(0, up(7)), (200, up(7)), (260, ServiceState::Unknown(why.clone()))];
        assert_eq!(trail(&looks).standing(SETTLE), Standing::Unknown(why));
    }
}

#[test]
fn what_the_operator_marked_is_shown_as_marked() {
    let mut trail = trail(&[(0, ServiceState::Stopped)]);
    trail.observe(Observation {
        server: Server { host: "sensor1".into(), standalone: true, way: Way::Sc },
        service: Service::Sensor,
        state: ServiceState::Running { pid: None },
        how: How::MarkedByOperator("seen on the console of sensor1".into()),
        at: now(60),
    });
    assert!(matches!(trail.standing(SETTLE), Standing::MarkedByOperator { .. }));
    assert!(!trail.ran_after(Instant::default(), Duration::ZERO));
}

#[test]
fn running_counts_after_the_mark_only_when_the_settle_time_passed_after_it() {
    let seen = trail(&[(0, up(7)), (200, up(7)), (350, up(7))]);
    assert!(seen.ran_after(now(100).at, SETTLE));
    assert!(!seen.ran_after(now(200).at, SETTLE));
}
