//! Plays the engine to a walk: keeps the effects that wait for an answer, and gives one.
//!
//! The checker sees every event and every effect that goes by. The record answers at once unless `slow_record` is set.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::clock::Now;
use crate::directory::{Account, AccountFacts, Protocol, Standing};
use crate::logs::Known;
use crate::text::Safe;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{self, Event, Intent};
use crate::walkthrough::fact::Durable;
use crate::walkthrough::resume::Dated;
use crate::walkthrough::step::{Phase, Step};
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::words;
use crate::walkthrough::{Terms, Walkthrough};

use super::checker::Checker;
use super::entering;
use super::site::{PDC, SENSOR, SOURCE, entry, facts, hand_off, now, place, terms};

#[derive(Clone, Debug)]
pub struct Player {
    pub walk: Walkthrough,
    pub out: Vec<Effect>,
    pub checker: Checker,
    pub disk_full: bool,
    pub slow_record: bool,
    pub seconds: u64,
    /// What stands in the record.
    pub disk: Vec<Dated>,
    pub(super) attempts: u64,
    pub(super) secrets: u64,
    pub(super) changes: u64,
}

/// How an errand ends: well, or in one of the ways it can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Well,
    Badly(u8),
}

impl Player {
    pub fn new() -> Self {
        Self::at(terms())
    }

    /// At a site of its own terms.
    pub fn at(terms: Terms) -> Self {
        let mut player = Self::of(Walkthrough::new(terms, now(0)));
        let effects = player.walk.begin();
        player.take(effects);
        player
    }

    /// A test of the entry's account alone, with the password in the field.
    pub fn alone() -> Self {
        let (name, domain) = (entry().account, entry().domain);
        let mut player = Self::of(Walkthrough::alone(terms(), Account { name, domain }, now(0)));
        let effects = player.walk.begin_alone();
        player.take(effects);
        player.edit(12);
        player
    }

    pub(super) fn of(walk: Walkthrough) -> Self {
        Self {
            walk,
            out: Vec::new(),
            checker: Checker::default(),
            disk_full: false,
            slow_record: false,
            seconds: 0,
            disk: Vec::new(),
            attempts: 0,
            secrets: 0,
            changes: 0,
        }
    }

    /// At the masked field, with a password frozen for its test.
    pub fn testing() -> Self {
        let mut player = walked_to(Step::Password);
        player.choose(0);
        player.edit(12);
        player.enter();
        assert!(player.answer("freeze", Way::Well));
        player
    }

    pub fn verdict(&self) -> Option<VerdictWord> {
        self.walk.watch.as_ref().and_then(|watch| Some(watch.verdict.as_ref()?.word))
    }

    pub fn phase(&self) -> &Phase {
        self.walk.phase(self.walk.current)
    }

    /// How many errands of this kind wait for an answer.
    pub fn count(&self, kind: &str) -> usize {
        self.out.iter().filter(|effect| kind_of(effect) == kind).count()
    }

    pub fn now(&self) -> Now {
        now(self.seconds)
    }

    pub fn send(&mut self, event: Event) {
        self.checker.happened(&event, self.now());
        let proceeds = matches!(event, Event::Intended(Intent::Proceed));
        let word = proceeds.then(|| entering::promised(&self.walk)).flatten();
        let effects = self.walk.handle(event, now(self.seconds));
        assert!(
            word.is_none_or(|word| entering::kept(word, &self.walk)),
            "Enter, as the footer says: {word:?}"
        );
        self.take(effects);
    }

    pub(super) fn take(&mut self, effects: Vec<Effect>) {
        self.checker.wanted(&effects, &self.walk);
        for effect in effects {
            match effect {
                Effect::Record(..) if !self.slow_record => self.give(&effect, self.disk()),
                Effect::ClearField
                | Effect::PutOnClipboard(_)
                | Effect::OverwriteClipboard
                | Effect::Follow(_)
                | Effect::Wipe(_)
                | Effect::Release(_)
                | Effect::End => {}
                other => self.out.push(other),
            }
        }
        self.checker.settled(&self.walk);
    }

    fn disk(&self) -> Way {
        if self.disk_full { Way::Badly(0) } else { Way::Well }
    }

    pub fn wait(&mut self, seconds: u64) {
        let until = self.seconds + seconds;
        while let Some(due) = self.walk.due().map(|due| due.0.as_secs())
            && due > self.seconds
            && due < until
        {
            self.seconds = due;
            self.send(Event::Timer);
        }
        self.seconds = until;
        self.send(Event::Timer);
    }

    /// Waits as long as the machine asks for.
    pub fn tick(&mut self) {
        if let Some(due) = self.walk.due() {
            self.seconds = self.seconds.max(due.0.as_secs());
            self.send(Event::Timer);
        }
    }

    pub fn intend(&mut self, intent: Intent) {
        self.send(Event::Intended(intent));
    }

    pub fn enter(&mut self) {
        self.intend(Intent::Proceed);
    }

    pub fn choose(&mut self, option: usize) {
        self.intend(Intent::Chose(option));
    }

    /// Types what the question wants, or a few words.
    pub fn type_it(&mut self) {
        let question = self.walk.question().cloned();
        let wanted = question.and_then(|question| words::wanted(&self.walk, &question));
        self.intend(Intent::Typed(wanted.unwrap_or_else(|| "because".into())));
    }

    /// What the operator says of the portal: whether it is saved, and how it got there.
    pub fn say_saved(&mut self, (saved, entered): (usize, usize)) {
        if self.walk.handed_over() {
            self.enter();
            self.choose(saved);
            self.choose(entered);
        }
    }

    pub fn edit(&mut self, length: usize) {
        self.send(Event::Secret(event::Secret::Edited(event::Field {
            length,
            cursor: length,
            ..event::Field::default()
        })));
    }

    pub fn found(&mut self, known: Known) {
        let (host, at) = (Safe::new(SENSOR), place(200 + self.seconds));
        self.send(Event::Logs(event::Logs::Found {
            source: SOURCE,
            host,
            at,
            context: false,
            written: None,
            known,
        }));
    }

    /// Answers the first errand of this kind. True if there was one.
    pub fn answer(&mut self, kind: &str, way: Way) -> bool {
        let Some(place) = self.out.iter().position(|effect| kind_of(effect) == kind) else { return false };
        let effect = self.out.remove(place);
        self.give(&effect, way);
        true
    }

    /// The first test of this kind is accepted, and this was read of the account.
    pub fn tell_test(&mut self, kind: &str, change: fn(&mut AccountFacts)) {
        let place = self.out.iter().position(|effect| kind_of(effect) == kind).expect("a test is out");
        let effect = self.out.remove(place);
        self.send(Self::read_back(&effect, change));
    }

    /// What a reader saw before the test that is out.
    pub fn see_standing(&mut self, change: fn(&mut AccountFacts)) {
        let mut account = facts(240);
        change(&mut account);
        let read_at = now(self.seconds).wall;
        self.walk.standing = Some(Standing { controller: PDC.into(), read_at, policy: None, account });
    }

    /// Answers everything that waits, well, until nothing does.
    pub fn settle(&mut self) {
        for _ in 0..200 {
            if self.out.is_empty() {
                return;
            }
            let effect = self.out.remove(0);
            self.give(&effect, Way::Well);
        }
        panic!("it never comes to rest: {:?}", self.out);
    }

    pub fn answer_records(&mut self) {
        while let Some(place) = self.out.iter().position(|effect| matches!(effect, Effect::Record(..))) {
            let effect = self.out.remove(place);
            let way = self.disk();
            self.give(&effect, way);
        }
    }

    pub fn give(&mut self, effect: &Effect, way: Way) {
        let event = match way {
            Way::Well => self.well(effect),
            Way::Badly(how) => self.badly(effect, how).unwrap_or_else(|| self.well(effect)),
        };
        self.send(event);
    }

    /// What tells two states apart: all but the time, the tickets and the figures that only grow.
    pub fn print(&self) -> u64 {
        struct Into<'a>(&'a mut DefaultHasher);
        impl std::fmt::Write for Into<'_> {
            fn write_str(&mut self, text: &str) -> std::fmt::Result {
                text.hash(self.0);
                Ok(())
            }
        }
        let mut hasher = DefaultHasher::new();
        let walk = &self.walk;
        let errands: Vec<_> = walk.errands.values().collect();
        let place = (walk.current, &walk.progress, &walk.dialog, &walk.signing_in, walk.over, walk.leaving);
        let what =
            (&walk.entry, &walk.stations, &walk.trial, &walk.acceptance, walk.waiting, walk.field.length);
        let then = (&walk.saving, &walk.services, &walk.watch, &walk.next_watch, &walk.marking, &errands);
        let kinds: Vec<_> = self.out.iter().map(kind_of).collect();
        // Nothing depends on what whoever takes over is told.
        let durable = Durable { hand_over: std::collections::BTreeMap::new(), ..walk.durable.clone() };
        let rest = (&walk.copied, &durable, &walk.unwritten, self.disk_full, &kinds, walk.hurried, walk.left);
        let more = (
            &walk.second_person,
            walk.can_edit,
            walk.used_elsewhere,
            walk.without_controller,
            walk.changed_in_directory,
        );
        let _ = std::fmt::write(
            &mut Into(&mut hasher),
            format_args!("{place:?}{what:?}{then:?}{rest:?}{more:?}"),
        );
        hasher.finish()
    }
}

/// Short names for the errands, by which a test picks one.
pub fn kind_of(effect: &Effect) -> &'static str {
    match effect {
        Effect::RequestCode(_) => "code",
        Effect::PollSignIn(_) => "sign-in",
        Effect::ReadEntries(_) => "entries",
        Effect::ReadEntry(..) => "entry",
        Effect::ReadPortal(_) => "portal",
        Effect::ReadIssuer(_) => "issuer",
        Effect::Reach(_, host, _) if **host == *PDC => "reach-pdc",
        Effect::Reach(..) => "reach",
        Effect::Freeze(_) => "freeze",
        Effect::ClearField => "clear",
        Effect::PutOnClipboard(_) => "copy",
        Effect::OverwriteClipboard => "overwrite",
        Effect::Wipe(_) => "wipe",
        Effect::Reserve(..) => "reserve",
        Effect::Test { protocol: Protocol::Ldap, .. } => "ldap",
        Effect::Test { .. } => "kerberos",
        Effect::Release(_) => "release",
        Effect::ReadStanding(..) => "standing",
        Effect::TakeMark(..) => "mark",
        Effect::Save { .. } => "save",
        Effect::AskService { .. } => "service",
        Effect::OpenRecord(..) => "open",
        Effect::Follow(_) => "follow",
        Effect::Record(..) => "record",
        Effect::End => "end",
    }
}

type Leg = fn(&mut Player);

/// Walks well from the beginning to where step `to` waits for the operator.
pub fn walked_to(to: Step) -> Player {
    walked(Player::new(), to)
}

/// The same at a site whose operator saves at the portal, and may have the password on the clipboard.
pub fn handed_off_to(to: Step) -> Player {
    walked(Player::at(hand_off()), to)
}

/// The portal's page is shown.
pub fn at_the_page() -> Player {
    let mut player = handed_off_to(Step::Save);
    player.type_it();
    player.settle();
    assert!(player.walk.handed_over(), "{:?}", player.phase());
    player
}

pub fn walked(mut player: Player, to: Step) -> Player {
    player.choose(0);
    player.settle();
    player.tick();
    player.settle();
    let legs: [(Step, Leg); 6] = [
        (Step::Configuration, |player| player.choose(0)),
        (Step::DirectoryServices, Player::enter),
        (Step::Password, |player| {
            player.choose(0);
            player.enter();
        }),
        (Step::Save, |player| {
            player.choose(0);
            player.edit(12);
            player.enter();
            player.settle();
            player.enter();
        }),
        (Step::Services, |player| {
            player.type_it();
            player.settle();
            player.say_saved((0, 0));
        }),
        (Step::Sensors, |player| {
            player.wait(10);
            player.settle();
            player.wait(20);
            player.settle();
            player.enter();
        }),
    ];
    for (step, leg) in legs.into_iter().filter(|(step, _)| *step <= to) {
        leg(&mut player);
        player.settle();
        assert_eq!(player.walk.current, step, "{:?}", player.walk.phase(player.walk.current));
    }
    player
}
