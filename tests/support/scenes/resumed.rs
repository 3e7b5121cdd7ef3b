//! A walk that another process left, saved and in its watch: offered, and taken up with what it was handed over with.

use jiff::Timestamp;
use mdi_console::directory::Account;
use mdi_console::model::msg::Msg;
use mdi_console::model::update::update;
use mdi_console::model::{Model, Size};
use mdi_console::walkthrough::effect::Effect;
use mdi_console::walkthrough::event::{self, Event, Opened};
use mdi_console::walkthrough::fact::{Fact, SaveWord};
use mdi_console::walkthrough::hand_over::HandOver;
use mdi_console::walkthrough::resume::{Dated, Offer, Opening};
use mdi_console::walkthrough::step::{Outcome, Step};

use crate::story::Story;

pub const FIELDS: [(HandOver, &str); 6] = [
    (HandOver::Ticket, "CHG-20261124-0071, the quarterly change of the service accounts"),
    (HandOver::Owner, "Ben Brandt of the night shift, extension 4711, mobile in the roster"),
    (HandOver::Unlocks, "Cid of the directory team, on call until 06:00Z, pager 88-21"),
    (HandOver::Resets, "Dora Dimitrova, directory team lead, at home, only if Cid can't"),
    (HandOver::EditsPortal, "Eve of the security operations, Security Operator until nine"),
    (HandOver::NextCheck, "at 22:30Z: sensor2 was syncing when I left; its log first"),
];

pub const NOTES: [&str; 2] =
    ["asked Cid to stand by", "sensor2 was restarted by the server team at 21:55Z, not because of this walk"];

fn lines(before: &Story) -> Vec<Dated> {
    let began = before.now.wall;
    let at = |seconds: i64| -> Timestamp {
        Timestamp::from_second(began.as_second() - 7200 + seconds).expect("a time")
    };
    let settled = |step| Fact::Settled { step, outcome: Outcome::Done };
    let terms = &before.walk.terms;
    let account = Account { name: "svc-mdi".into(), domain: "contoso.test".into() };
    let mut facts = vec![
        Fact::Began {
            site: terms.site.clone(),
            lab: terms.lab,
            operator: "ana".into(),
            host: "jump-01".into(),
            program: "0".into(),
            site_file: None,
        },
        Fact::Baseline { sensors: 12, running: 12, credential_issues: 0, listed: Vec::new() },
        Fact::CanEdit { answer: "Yes".into() },
        settled(Step::Portal),
        settled(Step::Configuration),
        Fact::EntryChosen { id: "1".into(), account },
        settled(Step::DirectoryServices),
        settled(Step::Password),
        Fact::SaveIntended {
            entry: "1".into(),
            change: "c1".into(),
            tested: true,
            hand_off: false,
            positions: Vec::new(),
            open_issues: Vec::new(),
            bad_password_count: None,
            portal_time: None,
            etag: Some("1".into()),
        },
        Fact::SaveEnded { result: SaveWord::Saved, why: None, entered: None },
        settled(Step::Save),
    ];
    facts.extend(NOTES.map(|text| Fact::Noted { text: text.into() }));
    facts.extend(FIELDS.map(|(field, text)| Fact::HandOverNoted { field, text: text.into() }));
    facts.into_iter().zip(0..).map(|(fact, number)| (at(number * 10), fact)).collect()
}

fn opened_with(opening: impl Fn(Offer) -> Opening) -> (Model, Vec<Effect>) {
    let before = Story::live();
    let offer = Offer::of("20261124T120310Z", &lines(&before)).expect("unfinished");
    let mut model = Model::new(before.walk.terms.clone(), before.now, Size { columns: 80, rows: 24 });
    model.walk.open_with(opening(offer));
    let effects = model.walk.begin();
    (model, effects)
}

/// Whether it goes on is the first question.
pub fn offered() -> Model {
    opened_with(Opening::Asked).0
}

/// It goes on, and nobody was asked.
pub fn taken_up() -> Model {
    let (mut model, effects) = opened_with(Opening::TakenUp);
    let now = model.now;
    let ticket = effects.iter().find_map(|effect| match effect {
        Effect::OpenRecord(ticket, _) => Some(*ticket),
        _ => None,
    });
    let ticket = ticket.expect("the record is opened");
    let opened = Opened { path: "record".into(), lines: lines(&Story::live()), hash: "h".into(), torn: None };
    let event = Event::Record(ticket, event::Record::Opened(Box::new(opened)));
    update(&mut model, Msg::Happened(Box::new(event)), now);
    model
}
