//! A controller that has stopped, and one that is a black hole: nothing is judged, and nothing counts.

use std::time::Duration;

use mdi_console::clock::Clock;
use mdi_console::directory::ldap::Patience;
use mdi_console::directory::stages::StageName;
use mdi_console::directory::{Answer, Fault, Protocol};

use crate::forest::{self, Forest, RIGHT};

const SHORT: Patience = Patience { connect: Duration::from_secs(1), answer: Duration::from_secs(2) };

#[tokio::test]
async fn a_stopped_controller_refuses_the_connection_and_the_other_one_still_proves_the_password() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, dc2] = &forest.controllers;
    let _stopped = forest.stopped("2");
    let reached = forest.ldap().reach(dc2, "contoso.test").await;
    assert_eq!(reached, Err(StageName::Connection.failed(Fault::ConnectionRefused)));
    for protocol in [Protocol::Ldap, Protocol::Kerberos] {
        let answer = forest.answer(dc2, protocol, ("svc-mdi", RIGHT)).await;
        assert_eq!(answer, Answer::NotSent(Fault::ConnectionRefused), "{protocol:?}");
        assert_eq!(forest.answer(dc1, protocol, ("svc-mdi", RIGHT)).await, Answer::Accepted, "{protocol:?}");
    }
}

#[tokio::test]
async fn a_black_hole_is_left_within_the_time_for_a_connection_and_is_never_given_the_password() {
    let Some(forest) = Forest::enter().await else { return };
    let [_, dc2] = &forest.controllers;
    let (oracle, clock) = (forest.watch(), Clock::system());
    let began = clock.now().at;
    {
        let _frozen = forest.frozen("2");
        let client = forest.ldap().with_patience(SHORT);
        let reached = client.reach(dc2, "contoso.test").await;
        // The system takes the connection; the TLS behind it is what never comes.
        assert_eq!(reached, Err(StageName::Tls.failed(Fault::TimedOut)));
        let reached = clock.now().at.since(began);
        assert!(reached < SHORT.connect + Duration::from_secs(2), "{reached:?}");
        let permit = forest.permit(dc2, Protocol::Ldap, "svc-mdi");
        let tested = client.test(permit, dc2, forest::credential("svc-mdi", RIGHT)).await;
        assert_eq!(tested.answer, Answer::NotSent(Fault::TimedOut));
        let permit = forest.permit(dc2, Protocol::Kerberos, "svc-mdi");
        let client = forest::kerberos().with_patience(SHORT);
        let tested = client.test(permit, dc2, forest::credential("svc-mdi", RIGHT)).await;
        assert_eq!(tested.answer, Answer::NotSent(Fault::TimedOut));
    }
    // Awake again, it finds nothing in what waited that it could judge.
    assert_eq!(forest.answer(dc2, Protocol::Ldap, ("svc-mdi", RIGHT)).await, Answer::Accepted);
    assert_eq!(oracle.count("svc-mdi"), 1);
}
