//! Step 6: who is asked and how often, what the operator's word is worth, and what opens the gate.

use crate::sensor::{ProbeFault, Server, Service, ServiceState, Standing, Way as Asked, Why};
use crate::text::Safe;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{self, Event, Intent};
use crate::walkthrough::fact::Fact;
use crate::walkthrough::step::{Outcome, Phase, Question, Reason, Step};
use crate::walkthrough::{ServiceRow, Terms, words};

use super::player::{Player, Way, walked};
use super::site::{NEW_SENSOR, SENSOR, terms};

const SECOND: &str = "s9.contoso.test";

fn server(host: &str, standalone: bool, way: Asked) -> Server {
    Server { host: host.into(), standalone, way }
}

/// Step 6, entered, with nothing answered of what it asks.
fn at_services(servers: Vec<Server>) -> Player {
    let mut player = walked(Player::at(Terms { servers, ..terms() }), Step::Save);
    player.type_it();
    while player.walk.current != Step::Services {
        assert!(!player.out.is_empty(), "{:?}", player.phase());
        let effect = player.out.remove(0);
        player.give(&effect, Way::Well);
    }
    player
}

/// What is asked and not answered yet, in its order.
fn asked(player: &Player) -> Vec<(String, Service)> {
    let asked = player.out.iter().filter_map(|effect| match effect {
        Effect::AskService { host, service, .. } => Some((host.to_string(), *service)),
        _ => None,
    });
    asked.collect()
}

/// The sensor's service on that host is so; everything else that is asked stays out.
fn seen(player: &mut Player, host: &str, state: ServiceState) {
    let place = player.out.iter().position(|effect| {
        matches!(effect, Effect::AskService { host: asked, service: Service::Sensor, .. } if **asked == *host)
    });
    let Effect::AskService { ticket, host, service } = player.out.remove(place.expect("it is asked")) else {
        unreachable!()
    };
    player.send(Event::Sensor(ticket, event::Sensor::ServiceAnswered { host, service, state }));
}

/// The same at the next poll.
fn seen_later(player: &mut Player, host: &str, state: ServiceState) {
    player.out.retain(|effect| !matches!(effect, Effect::ReadPortal(_)));
    player.tick();
    seen(player, host, state);
}

fn row<'a>(player: &'a Player, host: &str) -> &'a ServiceRow {
    player.walk.services.iter().find(|row| *row.server.host == *host).expect("a row")
}

fn up(pid: u32) -> ServiceState {
    ServiceState::Running { pid: Some(pid) }
}

fn denied() -> ServiceState {
    ServiceState::Unknown(Why::AccessDenied)
}

fn mark(player: &mut Player, host: &str) {
    player.intend(Intent::MarkService(host.into()));
    player.intend(Intent::Typed("services.msc on its console".into()));
}

#[test]
fn standalone_servers_are_asked_first_and_one_that_nobody_asks_not_at_all() {
    let player = at_services(vec![
        server("dc1.contoso.test", false, Asked::Sc),
        server("s3.contoso.test", true, Asked::ByHand),
        server(SENSOR, true, Asked::Ssh),
        server("dc2.contoso.test", false, Asked::Sc),
        server(SECOND, true, Asked::NetRpc),
    ]);
    let order = [SENSOR, SECOND, "dc1.contoso.test", "dc2.contoso.test"];
    let both = order.into_iter().flat_map(|host| Service::ALL.map(|service| (host.to_owned(), service)));
    assert_eq!(asked(&player), both.collect::<Vec<_>>());
}

#[test]
fn r_asks_again_what_is_not_being_asked_and_time_does_so_by_itself_while_the_step_is_open() {
    let mut player = at_services(vec![server(SENSOR, true, Asked::Sc)]);
    assert_eq!(asked(&player).len(), 2);
    player.intend(Intent::Refresh);
    assert_eq!(asked(&player).len(), 2, "what is out already is not asked twice");
    seen(&mut player, SENSOR, up(7));
    assert_eq!(asked(&player), [(SENSOR.to_owned(), Service::Updater)]);
    player.intend(Intent::Refresh);
    assert_eq!(asked(&player).len(), 2);
    seen(&mut player, SENSOR, up(7));
    // By itself: a third of the settle time, or the poll's, whichever is longer.
    seen_later(&mut player, SENSOR, up(7));
    seen_later(&mut player, SENSOR, up(7));
    assert!(row(&player, SENSOR).running(), "{:?}", row(&player, SENSOR));
    assert_eq!(*player.phase(), Phase::Ready);
}

#[test]
fn a_mark_takes_a_word_of_evidence_is_recorded_before_it_counts_and_is_called_what_it_is() {
    let mut player = at_services(vec![server(SENSOR, true, Asked::Ssh)]);
    seen(&mut player, SENSOR, denied());
    assert_eq!(*player.phase(), Phase::Working);
    player.intend(Intent::MarkService(SENSOR.into()));
    assert_eq!(player.walk.dialog, Some(Question::EvidenceForService(SENSOR.into())));
    player.intend(Intent::Typed(Safe::new("  ")));
    assert!(
        player.walk.dialog.is_some() && row(&player, SENSOR).marked.is_none(),
        "without a word there is no mark"
    );
    player.slow_record = true;
    player.intend(Intent::Typed("services.msc on its console".into()));
    assert!(row(&player, SENSOR).marked.is_none(), "it counts once it is on record");
    let recorded = player.out.iter().any(|effect| {
        matches!(effect, Effect::Record(_, Fact::ServiceMarked { host, evidence })
            if **host == *SENSOR && evidence.as_str() == "services.msc on its console")
    });
    assert!(recorded, "{:?}", player.out);
    player.answer_records();
    let marked = row(&player, SENSOR);
    assert!(marked.settled() && !marked.running());
    assert_eq!(words::service_of(marked).as_str(), "marked by operator");
    assert_eq!(words::learnt_by(marked).as_str(), "by hand: services.msc on its console");
    player.enter();
    player.answer_records();
    assert_eq!(*player.walk.phase(Step::Services), Phase::Settled(Outcome::Done));
}

#[test]
fn a_mark_outlives_not_being_able_to_ask_and_gives_way_to_what_is_seen() {
    let check = |then: ServiceState, stands: bool, says: &str| {
        let mut player = at_services(vec![server(SENSOR, true, Asked::Ssh)]);
        seen(&mut player, SENSOR, denied());
        mark(&mut player, SENSOR);
        let timed_out = ServiceState::Unknown(Why::Probe(ProbeFault::TimedOut { seconds: 20 }));
        seen_later(&mut player, SENSOR, timed_out);
        seen_later(&mut player, SENSOR, then);
        let row = row(&player, SENSOR);
        assert_eq!((row.settled(), words::service_of(row).as_str()), (stands, says));
        assert_eq!(*player.phase() == Phase::Ready, stands);
    };
    check(denied(), true, "marked by operator");
    check(ServiceState::Running { pid: None }, true, "marked by operator");
    check(up(7), true, "marked by operator");
    check(ServiceState::Stopped, false, "stopped");
    check(ServiceState::Absent, false, "absent");
}

#[test]
fn what_could_not_be_asked_is_unknown_and_says_why_and_what_to_do() {
    let whys = [
        denied_by(ProbeFault::HostKeyChanged),
        denied_by(ProbeFault::PermissionDenied("Permission denied (publickey).".into())),
        denied_by(ProbeFault::TimedOut { seconds: 20 }),
        Why::Unreachable,
        Why::NotSignedIn("NT_STATUS_INVALID_PARAMETER".into()),
    ];
    for why in whys {
        let mut player = at_services(vec![server(SENSOR, true, Asked::Ssh)]);
        seen(&mut player, SENSOR, ServiceState::Unknown(why.clone()));
        let row = row(&player, SENSOR);
        assert_eq!(row.sensor, Standing::Unknown(why.clone()));
        assert_eq!(words::service_of(row).as_str(), format!("unknown: {why}"));
        let told: Vec<Safe> = words::service_trouble(row).into_iter().map(words::sentence).collect();
        assert!(told.iter().any(|line| line.contains(&why.to_string())), "{told:?}");
        assert!(told.iter().any(|line| **line == *why.remedy()), "{told:?}");
        assert!(words::start_commands(row).is_empty(), "nobody knows that it is stopped");
    }
}

fn denied_by(fault: ProbeFault) -> Why {
    Why::Probe(fault)
}

#[test]
fn a_version_3_host_without_the_service_needs_none_and_any_other_needs_a_reason() {
    let mut player =
        at_services(vec![server(NEW_SENSOR, true, Asked::Sc), server(SENSOR, true, Asked::NetRpc)]);
    player.settle();
    seen_later(&mut player, NEW_SENSOR, ServiceState::Absent);
    assert_eq!(words::service_of(row(&player, NEW_SENSOR)).as_str(), "not applicable");
    seen(&mut player, SENSOR, ServiceState::Disabled);
    assert_eq!(words::service_of(row(&player, SENSOR)).as_str(), "disabled");
    assert_eq!(*player.phase(), Phase::Working);
    player.enter();
    assert_eq!(
        player.walk.dialog,
        Some(Question::ReasonForService(SENSOR.into())),
        "the other one needs no reason"
    );
    player.type_it();
    assert_eq!(*player.phase(), Phase::Ready);
    // Once there is a service after all, it has to run.
    seen_later(&mut player, NEW_SENSOR, ServiceState::Stopped);
    assert_eq!(words::service_of(row(&player, NEW_SENSOR)).as_str(), "stopped");
}

#[test]
fn a_site_that_asks_nobody_is_walked_by_hand() {
    let mut player =
        at_services(vec![server(SENSOR, true, Asked::ByHand), server(SECOND, true, Asked::ByHand)]);
    assert!(asked(&player).is_empty());
    let both = Reason::ServicesOpen(vec![SENSOR.into(), SECOND.into()]);
    assert_eq!(*player.phase(), Phase::Blocked(both));
    mark(&mut player, SENSOR);
    assert_eq!(*player.phase(), Phase::Blocked(Reason::ServicesOpen(vec![SECOND.into()])));
    mark(&mut player, SECOND);
    assert_eq!(*player.phase(), Phase::Ready);
}

#[test]
fn beside_servers_that_are_asked_the_others_wait_for_the_operator() {
    let mut player = at_services(vec![server(SENSOR, true, Asked::ByHand), server(SECOND, true, Asked::Sc)]);
    assert_eq!(*player.phase(), Phase::Working, "more is to be learnt by itself");
    seen(&mut player, SECOND, up(7));
    seen_later(&mut player, SECOND, up(7));
    seen_later(&mut player, SECOND, up(7));
    assert_eq!(*player.phase(), Phase::Blocked(Reason::ServicesOpen(vec![SENSOR.into()])));
    let told = words::service_trouble(row(&player, SENSOR)).into_iter().map(words::sentence);
    assert!(told.into_iter().any(|line| line.contains("mark it with m")));
}
