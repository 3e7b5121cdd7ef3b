//! The device-code machine, answer by answer.

use super::*;

fn at(seconds: u64) -> Instant {
    Instant(Duration::from_secs(seconds))
}

/// A code shown at second 0, good for a minute, to be asked for every five seconds.
fn started() -> SignIn {
    let code = DeviceCode {
        user_code: "ABCD-EFGH".into(),
        verification_uri: "https://microsoft.com/devicelogin".into(),
        expires: at(60),
        interval: Duration::from_secs(5),
    };
    SignIn::started(code, at(0))
}

fn rejection(error: &str) -> Rejection {
    Rejection {
        error: error.into(),
        code: None,
        description: "why".into(),
        trace: Some("t-1".into()),
        correlation: Some("c-1".into()),
    }
}

fn rejected(error: &str) -> Answer {
    Answer::Rejected(rejection(error))
}

#[test]
fn the_first_poll_comes_one_interval_after_the_code_is_shown() {
    assert_eq!(started().next_poll(), at(5));
    assert_eq!(started().outcome(), None);
}

#[test]
fn each_answer_has_its_next_move() {
    let check = |answer: Answer, next: Next| assert_eq!(started().handle(answer, at(5)), next);
    let finished = Next::Finished;
    check(rejected("authorization_pending"), Next::PollAt(at(10)));
    check(rejected("slow_down"), Next::PollAt(at(15)));
    check(rejected("temporarily_unavailable"), Next::PollAt(at(10)));
    check(rejected("server_error"), Next::PollAt(at(10)));
    check(rejected("authorization_declined"), finished(Outcome::Declined));
    check(rejected("access_denied"), finished(Outcome::Declined));
    check(rejected("expired_token"), finished(Outcome::Expired));
    check(
        rejected("bad_verification_code"),
        finished(Outcome::Failed(Fault::Refused(
            400,
            "bad_verification_code: the sign-in code is not known any more".into(),
        ))),
    );
    let named = Answer::Granted { name: Some("ana@contoso.test".into()) };
    check(named, finished(Outcome::SignedIn { name: Some("ana@contoso.test".into()) }));
    check(Answer::Granted { name: None }, finished(Outcome::SignedIn { name: None }));
    for transient in [
        Fault::Unreachable("no route".into()),
        Fault::TimedOut,
        Fault::CutShort,
        Fault::Server(503),
        Fault::Garbled("an HTML page".into()),
        Fault::Throttled(Duration::from_secs(1)),
    ] {
        check(Answer::Lost(transient), Next::PollAt(at(10)));
    }
    check(Answer::Lost(Fault::Throttled(Duration::from_secs(30))), Next::PollAt(at(35)));
    for lasting in [Fault::Certificate("unknown issuer".into()), Fault::NotFound, Fault::Unauthorized] {
        check(Answer::Lost(lasting.clone()), finished(Outcome::Failed(lasting)));
    }
}

#[test]
fn a_policy_that_blocks_keeps_everything_an_administrator_needs() {
    let blocked = |code: Option<&str>, shown: &str| {
        let answer = Answer::Rejected(Rejection { code: code.map(Safe::new), ..rejection("invalid_grant") });
        let outcome = Outcome::Blocked {
            code: shown.into(),
            description: "why".into(),
            trace: Some("t-1".into()),
            correlation: Some("c-1".into()),
        };
        assert_eq!(started().handle(answer, at(5)), Next::Finished(outcome));
    };
    blocked(Some("AADSTS53003"), "AADSTS53003");
    blocked(None, "invalid_grant");
}

#[test]
fn slowing_down_lasts_and_adds_up() {
    let mut sign_in = started();
    sign_in.handle(rejected("slow_down"), at(5));
    assert_eq!(sign_in.handle(rejected("authorization_pending"), at(15)), Next::PollAt(at(25)));
    assert_eq!(sign_in.handle(rejected("slow_down"), at(25)), Next::PollAt(at(40)));
}

#[test]
fn the_last_poll_is_at_the_codes_end_and_then_it_is_over() {
    let mut sign_in = started();
    assert_eq!(sign_in.handle(rejected("authorization_pending"), at(58)), Next::PollAt(at(60)));
    assert_eq!(sign_in.handle(Answer::Lost(Fault::TimedOut), at(60)), Next::Finished(Outcome::Expired));
}

#[test]
fn a_grant_that_arrives_late_still_counts() {
    let granted = Answer::Granted { name: None };
    assert_eq!(started().handle(granted, at(75)), Next::Finished(Outcome::SignedIn { name: None }));
}

#[test]
fn trouble_is_told_while_it_lasts() {
    let mut sign_in = started();
    sign_in.handle(Answer::Lost(Fault::TimedOut), at(5));
    assert_eq!(sign_in.trouble(), Some(&Fault::TimedOut));
    sign_in.handle(rejected("authorization_pending"), at(10));
    assert_eq!(sign_in.trouble(), None);
}

#[test]
fn once_finished_a_late_answer_changes_nothing() {
    let mut sign_in = started();
    sign_in.handle(rejected("access_denied"), at(5));
    let late = Answer::Granted { name: None };
    assert_eq!(sign_in.handle(late, at(6)), Next::Finished(Outcome::Declined));
    assert_eq!(sign_in.outcome(), Some(&Outcome::Declined));
}

#[test]
fn a_server_that_asks_for_no_pause_gets_one_all_the_same() {
    let code = DeviceCode { interval: Duration::ZERO, ..started().code().clone() };
    assert_eq!(SignIn::started(code, at(0)).next_poll(), at(1));
}

#[test]
fn where_there_is_no_code_to_wait_for_every_answer_is_the_outcome() {
    let check = |answer: Answer, outcome: Outcome| assert_eq!(at_once(answer), outcome);
    check(Answer::Granted { name: None }, Outcome::SignedIn { name: None });
    check(Answer::Lost(Fault::TimedOut), Outcome::Failed(Fault::TimedOut));
    let Outcome::Blocked { code, trace, .. } = at_once(rejected("invalid_client")) else { panic!() };
    assert_eq!((code.as_str(), trace.as_deref()), ("invalid_client", Some("t-1")));
}
