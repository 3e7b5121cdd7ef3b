//! The points of the story that are drawn: for each step, its phases, and what may lie over them.

use std::time::Duration;

use mdi_console::directory::{Answer, Fault};
use mdi_console::logs::{self, Mark, MarkedSource, Position, Record, SourceId};
use mdi_console::model::{LineInput, LineKind, LogRoom, Model, Overlay, Pane, Size};
use mdi_console::portal::{self, SaveAnswer, ServiceStatus};
use mdi_console::text::Safe;
use mdi_console::walkthrough::Clipboard;
use mdi_console::walkthrough::event::{Field, FieldRefusal, Intent};
use mdi_console::walkthrough::step::Step;

use crate::story::{Kind, Names, Story};

#[path = "scenes/resumed.rs"]
pub mod resumed;
#[path = "scenes/told.rs"]
pub mod told;

pub type Scene = (&'static str, Model);

const LOG: &str = "\
2026-11-24 13:41:01.1000 Error DirectoryServicesClient+<CreateLdapConnectionAsync>d__47 Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed [DomainControllerDnsName=dc1.contoso.test] ---> System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.
   at System.DirectoryServices.Protocols.LdapConnection.BindHelper(NetworkCredential newCredential)
   at Microsoft.Tri.Sensor.DirectoryServicesClient.CreateLdapConnectionAsync()
2026-11-24 14:02:51.2500 Info  ImpersonationManager CreateImpersonatorAsync finished [UserName=svc-mdi Domain=contoso.test IsSuccess=True]
2026-11-24 14:02:58.0400 Warn  RegistryKey Access to the registry key 'Global' is slow
2026-11-24 14:03:02.1200 Error DirectoryServicesClient Failed to connect to domain controller [DomainControllerDnsName=dc2.contoso.test ErrorCode=81] ---> System.DirectoryServices.Protocols.LdapException: The LDAP server is unavailable.
2026-11-24 14:03:05.7700 Info  SensorService Sensor is running
";

pub fn records(host: &str) -> Vec<Record> {
    logs::parse::read_all(SourceId(1), &Safe::new(host), LOG.as_bytes())
}

/// The model at this point of the story, with the same logs everywhere.
pub fn model(story: Story) -> Model {
    let now = story.now;
    let mut model = Model::new(story.walk.terms.clone(), now, Size { columns: 80, rows: 24 });
    model.walk = story.walk;
    model.logs.push_batch(records("dc1.contoso.test"));
    let files = vec![Position { file: 0, offset: 100_000 }];
    model.logs.set_mark(
        model
            .walk
            .watch
            .as_ref()
            .map(|_| Mark { sources: vec![MarkedSource { source: SourceId(1), files }] }),
    );
    model
}

fn with(story: Story, change: impl Fn(&mut Model)) -> Model {
    let mut model = model(story);
    change(&mut model);
    model
}

pub fn step(step: Step) -> Vec<Scene> {
    match step {
        Step::Portal => portal(),
        Step::Configuration => configuration(),
        Step::DirectoryServices => directory(),
        Step::Password => password(),
        Step::Save => save().into_iter().chain(hand_off()).chain(told::for_two()).collect(),
        Step::Services => services(),
        Step::Sensors => sensors(),
    }
}

fn usual() -> Story {
    Story::new(Names::Usual).sources()
}

fn portal() -> Vec<Scene> {
    let away = portal::Fault::Unreachable("connection refused".into());
    vec![
        ("how to begin", model(Story::new(Names::Usual))),
        ("the code, 25 s later", model(usual().code().pass(Duration::from_secs(25)))),
        ("reading the baseline", model(usual().signed_in())),
        ("the portal can't be read", model(usual().signed_in().entries(1).portal_fails(away))),
        ("declined", model(usual().declined())),
        ("can someone edit", {
            let story = usual().signed_in().entries(2);
            let reading = story.reading(|_, _| {});
            model(story.read(reading))
        }),
        ("nobody can edit, live", {
            let story = Story::live().sources().signed_in().entries(1);
            let reading = story.reading(|_, _| {});
            model(story.read(reading).choose(1))
        }),
    ]
}

fn configuration() -> Vec<Scene> {
    let troubled = || {
        let story = usual().signed_in().entries(2);
        let mut reading = story.reading(|number, sensor| {
            if number == 4 {
                sensor.service = ServiceStatus::Stopped;
            }
        });
        reading.issues.push(story.credential_issue());
        story.read(reading).choose(0)
    };
    vec![
        ("all is well", model(usual().configured())),
        ("trouble already", model(troubled())),
        ("stale, and away", {
            let story = troubled().pass(Duration::from_secs(70)).portal_fails(portal::Fault::TimedOut);
            model(story.pass(Duration::from_secs(150)))
        }),
        ("without the portal", model(usual().choose(1).choose(0))),
        ("leave", model(usual().configured().intend(Intent::Leave))),
        (
            "a note",
            with(usual().configured().intend(Intent::Note), |model| {
                model.input = tui_input::Input::new("ticket INC-4711, on the phone with Bea".into());
            }),
        ),
        ("help", with(usual().configured(), |model| model.overlay = Some(Overlay::Help))),
    ]
}

fn directory() -> Vec<Scene> {
    let two = || {
        let story = usual().signed_in().entries(2);
        let reading = story.reading(|_, _| {});
        story.read(reading).choose(0).enter()
    };
    let one = || usual().configured().enter();
    vec![
        ("which entry", model(two())),
        ("a gMSA", model(two().choose(1))),
        ("reaching", {
            let story = one();
            let dc1 = story.reach("dc1", |_| {});
            model(story.reached("dc1", Ok(dc1)))
        }),
        ("used elsewhere", model(one().all_reached())),
        ("reached", model(one().all_reached().choose(1).pass(Duration::from_secs(130)))),
        ("the third row marked", with(one().all_reached().choose(0), |model| model.row = 1)),
        ("no controller can prove it", {
            let story = ["dc1", "dc2", "dc3", "rodc1"]
                .into_iter()
                .fold(one(), |story, host| story.reached(host, Err(Fault::NoRoute)));
            model(story.choose(2))
        }),
        ("without a controller", {
            let story = ["dc1", "dc2", "dc3", "rodc1"]
                .into_iter()
                .fold(one(), |story, host| story.reached(host, Err(Fault::TimedOut)));
            model(story.choose(2).enter())
        }),
        (
            "a row whole",
            with(one().all_reached().choose(0), |model| {
                model.overlay = model.whole_row().map(Overlay::Row);
            }),
        ),
    ]
}

fn password() -> Vec<Scene> {
    let field = Field { length: 14, cursor: 14, pasted: true, edge_space: true, refused: None };
    let too_long = Field { refused: Some(FieldRefusal::TooLong), ..Field::default() };
    vec![
        ("changed already", model(usual().at_password())),
        ("not yet changed", model(usual().at_password().choose(1))),
        ("the empty field", model(usual().at_password().choose(0))),
        ("pasted", model(usual().at_password().choose(0).field(field))),
        ("too long", model(usual().at_password().choose(0).field(too_long))),
        ("outside the field", with(usual().at_field(), |model| model.in_field = false)),
        ("testing", model(usual().testing())),
        ("accepted, with a misgiving", model(usual().accepted().pass(Duration::from_secs(20)))),
        ("accepted, with much to say of the account", model(usual().account_is(Kind::Powerful).accepted())),
        (
            "the row of a controller that read it",
            with(usual().account_is(Kind::Powerful).accepted(), |model| {
                model.in_field = false;
                model.overlay = model.whole_row().map(Overlay::Row);
            }),
        ),
        ("another account's", model(usual().account_is(Kind::Anothers).testing().tested(Answer::Accepted))),
        ("the account is shut", model(usual().account_is(Kind::Locked).accepted())),
        ("the clock set back", model(usual().accepted().set_back(Duration::from_hours(1)))),
        ("what now", model(usual().accepted().enter())),
        ("a reason", model(usual().accepted().enter().choose(1))),
        ("refused", model(usual().testing().tested(Story::wrong_password()))),
        ("the previous one", {
            model(usual().testing().tested(Answer::Accepted).reserved().tested(Story::wrong_password()))
        }),
        ("not proved", model(usual().testing().tested(Answer::NotKnown(Fault::TimedOut)))),
        ("the guard is shut", model(usual().at_field().enter().frozen().budget_spent())),
        ("the account's name", model(usual().at_field().enter().frozen().policy_not_known())),
        (
            "looking at step 3",
            with(usual().at_field(), |model| model.looking_at = Some(Step::DirectoryServices)),
        ),
        (
            "searching the logs",
            with(usual().at_field(), |model| {
                model.in_field = false;
                model.pane = Pane::Logs;
                model.line =
                    Some(LineInput { kind: LineKind::Search, input: tui_input::Input::new("ldap".into()) });
                model.logs.search("ldap").expect("a search");
            }),
        ),
    ]
}

fn save() -> Vec<Scene> {
    let lost = || usual().sending().save_answered(SaveAnswer::Lost(portal::Fault::CutShort));
    vec![
        ("confirm", with(usual().at_save(), |model| model.input = tui_input::Input::new("1".into()))),
        ("typed wrong", model(usual().at_save().typed("11"))),
        ("too old", model(usual().at_save().pass(Duration::from_secs(301)).typed("12"))),
        ("sending", model(usual().sending().pass(Duration::from_secs(4)))),
        ("the answer is lost", model(lost())),
        ("not saved", {
            let refused = portal::Fault::Forbidden("role Security Operator".into());
            model(usual().sending().save_answered(SaveAnswer::NotSaved(refused)))
        }),
        ("somebody else changed it", model(usual().sending().save_answered(SaveAnswer::Conflict))),
    ]
}

fn at_ways_back(mut model: Model, command: usize) -> Model {
    model.overlay = Some(Overlay::WaysBack);
    model.command = command;
    model
}

/// Step 5 where the operator saves at the portal.
fn hand_off() -> Vec<Scene> {
    let story = Story::hand_off;
    let page = || story(Clipboard::Allowed).handed_over();
    let syncing = || {
        let story = story(Clipboard::NotHere).handed_over().pass(Duration::from_secs(61));
        let reading = story.reading(|number, sensor| {
            if number < 2 {
                sensor.deployment = portal::Deployment::Syncing;
            }
        });
        story.read(reading)
    };
    let copied = || page().intend(Intent::CopyPassword).choose(1);
    vec![
        ("confirm, at the portal", model(story(Clipboard::NotAllowed).sources().hand_off_at_save())),
        ("the portal's page", model(page())),
        ("the page whole", with(page(), |model| model.overlay = model.whole_row().map(Overlay::Row))),
        ("the page, sensors syncing", model(syncing())),
        ("the page, six minutes on", model(page().pass(Duration::from_mins(6)))),
        ("the clipboard", model(page().intend(Intent::CopyPassword))),
        ("on the clipboard", model(copied().pass(Duration::from_secs(5)))),
        ("the clipboard overwritten", model(copied().pass(Duration::from_secs(46)))),
        ("saved there", model(page().enter())),
        ("how it got there", model(page().enter().choose(0))),
        ("not saved there", model(page().enter().choose(1))),
        ("leave the page", model(page().intend(Intent::Leave))),
    ]
}

fn services() -> Vec<Scene> {
    vec![
        ("asking", model(usual().saved())),
        ("one is stopped", model(usual().saved().services("sensor1"))),
        ("a reason for it", model(usual().saved().services("sensor1").enter())),
        ("all run", with(usual().saved().services_settled(), |model| model.row = 1)),
        (
            "most room for the logs",
            with(usual().saved().services(""), |model| {
                model.room = LogRoom::Most;
                model.pane = Pane::Logs;
            }),
        ),
        (
            "a record whole",
            with(usual().saved(), |model| {
                model.overlay =
                    records("dc1").into_iter().next().map(|record| Overlay::Record(Box::new(record)));
            }),
        ),
    ]
}

fn sensors() -> Vec<Scene> {
    let troubled = || {
        let story = usual().at_sensors().pass(Duration::from_secs(61));
        let reading = story.reading(|number, sensor| {
            if number == 6 {
                sensor.service = ServiceStatus::Stopped;
                sensor.deployment = portal::Deployment::StartFailure;
                sensor.health = portal::Health::High;
                sensor.open_issues = Some(2);
            }
        });
        story.read(reading)
    };
    let over = |story: Story| story.pass(Duration::from_mins(36));
    let refused = || {
        let mut model = model(troubled().refusal_in_log(1, "dc1").refusal_in_log(3, "sensor1"));
        let mut late = records("dc1.contoso.test");
        late.truncate(1);
        for record in &mut late {
            record.at.offset = 200_000;
        }
        model.logs.push_batch(late);
        model
    };
    vec![
        ("watching", model(usual().at_sensors())),
        ("the clock set back twice", {
            let back = Duration::from_secs(5399);
            model(usual().at_sensors().set_back(back).set_back(back))
        }),
        ("trouble", model(troubled())),
        ("one line of one host", model(usual().at_sensors().refusal_in_log(1, "dc1"))),
        ("refused", refused()),
        ("the ways back, whole", at_ways_back(refused(), 0)),
        ("the ways back, further down", at_ways_back(refused(), 6)),
        ("the ways back", {
            model(troubled().refusal_in_log(1, "dc1").refusal_in_log(3, "sensor1").intend(Intent::Recover))
        }),
        (
            "refused, seen from step 4",
            with(troubled().refusal_in_log(1, "dc1").refusal_in_log(3, "sensor1"), |model| {
                model.looking_at = Some(Step::Password);
            }),
        ),
        ("confirmed", model(over(usual().at_sensors()))),
        ("not confirmed", model(over(troubled()))),
        (
            "a toast",
            with(usual().at_sensors(), |model| {
                let text = Safe::new("That step has not been reached yet.");
                model.toast = Some(mdi_console::model::Toast { text, since: model.now.at });
            }),
        ),
        ("leave", model(usual().at_sensors().intend(Intent::Leave))),
        ("the hand-over", {
            let story = usual().at_sensors().intend(Intent::HandOver).choose(0);
            model(story.intend(Intent::Typed("CHG-2026-1124, password of svc-mdi".into())))
        }),
        ("a field of the hand-over", model(usual().at_sensors().intend(Intent::HandOver).choose(2))),
    ]
}

/// The whole story with names that would act on a terminal if they could.
pub fn hostile() -> Vec<Scene> {
    let story = || Story::new(Names::Hostile).sources();
    let mut scenes = vec![
        ("begin", story()),
        ("code", story().code()),
        ("baseline", story().signed_in().entries(2)),
        ("configuration", story().configured()),
        ("entry's name", story().configured_with(Names::Hostile).enter()),
        ("reaching", story().configured().enter()),
        ("reached", story().configured().enter().all_reached()),
        ("field", story().at_field()),
        ("testing", story().testing()),
        ("accepted", story().accepted()),
        ("what now", story().accepted().enter()),
        ("save", story().at_save()),
        ("sending", story().sending()),
        ("services", story().saved().services("sensor1")),
        ("reason", story().saved().services("sensor1").enter()),
        ("sensors", story().at_sensors()),
        ("refused", story().at_sensors().refusal_in_log(1, "dc1").refusal_in_log(3, "sensor1")),
    ]
    .into_iter()
    .map(|(name, story)| (name, model(story)))
    .collect::<Vec<_>>();
    let hostile = "2026-11-24 14:03:05.7700 Info  A\u{202e}B \u{1b}[2J\u{9b}31m 漢字 \u{7}\u{200b} end\n   \u{1b}]0;x\u{7}\n";
    for (_, model) in &mut scenes {
        let records = logs::parse::read_all(SourceId(2), &Safe::new("\u{1b}c\u{202e}"), hostile.as_bytes());
        model.logs.push_batch(records);
        model.input = tui_input::Input::new("\u{202e}\u{1b}漢字".into());
    }
    scenes
}
