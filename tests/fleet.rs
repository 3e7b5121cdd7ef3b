//! A large fleet and a long time: polls that neither overlap nor drift, memory that doesn't grow, and what two thousand
//! sensors cost.
//!
//! Relies on `support/story.rs`, which drives the real machine; time is made up. Deliberately absent: the network, which
//! `portal::graph` is tested over, and statistics, which are `benches/pure.rs`'s.

#![expect(clippy::expect_used, reason = "a test may end where it stands; it says why")]

#[path = "support/pages.rs"]
mod pages;
#[path = "terminal/process.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod process;
#[path = "support/story.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod story;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mdi_console::clock::{Instant, Now};
use mdi_console::model::{Model, Size};
use mdi_console::portal::graph::shape;
use mdi_console::portal::{self, Reading, Sensor, ServiceStatus};
use mdi_console::ui::{self, Look};
use mdi_console::walkthrough::Walkthrough;
use mdi_console::walkthrough::effect::{Effect, Ticket};
use mdi_console::walkthrough::event::{self, Event};
use mdi_console::walkthrough::step::Step;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use story::{Names, Story};

/// One at a time: what one test takes would be counted as another's.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const POLL: Duration = Duration::from_secs(15);
const DAY: Duration = Duration::from_hours(24);

/// A walk that is signed in and reads the portal again and again, with time that passes as fast as it is asked to.
struct Polling {
    walk: Walkthrough,
    now: Now,
    /// When each reading was asked for.
    asked: Vec<Instant>,
    out: Option<Ticket>,
    reading: Reading,
}

impl Polling {
    fn begin() -> Self {
        let story = Story::new(Names::Usual).configured();
        let reading = story.reading(|_, _| {});
        let (mut walk, now) = (story.walk, story.now);
        walk.terms.poll = POLL;
        let mut polling = Self { walk, now, asked: Vec::new(), out: None, reading };
        // From here on by the new rhythm.
        let effects = polling.walk.handle(Event::Intended(event::Intent::Refresh), now);
        polling.take(effects);
        polling
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::ReadPortal(ticket) = effect {
                assert!(self.out.is_none(), "a reading was asked for while another was out");
                self.out = Some(ticket);
                self.asked.push(self.now.at);
            }
        }
    }

    fn pass_to(&mut self, at: Instant) {
        let by = at.since(self.now.at);
        self.now = Now { at, wall: self.now.wall.checked_add(by).expect("a time") };
    }

    /// The reading that is out is answered so, this much later; meanwhile the timer does what it wants.
    fn answer(&mut self, later: Duration, answer: Result<Reading, portal::Fault>) {
        let at = self.now.at.after(later);
        self.run_until(at);
        self.pass_to(at);
        let ticket = self.out.take().expect("a reading is out");
        let event = answer.map_or_else(event::Portal::Failed, event::Portal::Read);
        let effects = self.walk.handle(Event::Portal(ticket, event), self.now);
        self.take(effects);
    }

    /// The timer, as often as it is wanted.
    fn run_until(&mut self, end: Instant) {
        while let Some(due) = self.walk.due().filter(|due| *due < end) {
            self.pass_to(due.max(self.now.at));
            let effects = self.walk.handle(Event::Timer, self.now);
            self.take(effects);
        }
    }

    fn until_asked(&mut self) {
        while self.out.is_none() {
            let due = self.walk.due().expect("the next reading is due at some time");
            self.run_until(due.after(Duration::from_nanos(1)));
        }
    }
}

#[test]
fn a_day_of_polling_neither_overlaps_nor_drifts() {
    let _alone = alone();
    let mut polling = Polling::begin();
    let begun = polling.now.at;
    let mut nth: u64 = 0;
    while polling.now.at.since(begun) < DAY {
        polling.until_asked();
        // Fast and slow answers, never as slow as the next poll.
        let reading = polling.reading.clone();
        polling.answer(Duration::from_millis(nth * 997 % 9_000), Ok(reading));
        nth += 1;
    }
    let expected: Vec<Instant> =
        (0..u32::try_from(nth).expect("few")).map(|nth| begun.after(POLL.saturating_mul(nth))).collect();
    assert!(nth >= 5_760, "{nth} readings in a day");
    assert_eq!(polling.asked, expected);
}

#[test]
fn a_portal_that_fails_is_asked_more_slowly_and_never_before_it_allowed() {
    let _alone = alone();
    let mut polling = Polling::begin();
    let mut throttled = 0;
    for nth in 0..2_000_u32 {
        polling.until_asked();
        let reading = polling.reading.clone();
        let asked = Duration::from_secs(u64::from(nth % 90));
        let answer = match nth % 5 {
            0 => Err(portal::Fault::Throttled(asked)),
            1 => Err(portal::Fault::Server(500)),
            2 => Err(portal::Fault::TimedOut),
            _ => Ok(reading),
        };
        let slow = Duration::from_secs(if nth % 5 == 2 { 30 } else { 1 });
        polling.answer(slow, answer);
        let answered = polling.now.at;
        polling.until_asked();
        let waited = polling.now.at.since(answered);
        let least = match nth % 5 {
            0 => {
                throttled += 1;
                asked.max(POLL)
            }
            1 | 2 => POLL,
            _ => POLL.saturating_sub(Duration::from_secs(1)),
        };
        assert!(waited >= least && waited <= Duration::from_mins(2), "{nth}: {waited:?}, at least {least:?}");
    }
    assert_eq!(throttled, 400);
}

/// What a process keeps is told by the kernel: a list that grows with each reading would show.
#[test]
fn memory_stays_flat_over_ten_thousand_polls() {
    const MOST_KIB: u64 = 1024;
    let _alone = alone();
    let mut polling = Polling::begin();
    let here = i32::try_from(std::process::id()).expect("a process id");
    let mut settled = 0;
    for nth in 0..10_000_usize {
        polling.until_asked();
        let mut reading = polling.reading.clone();
        for (place, sensor) in reading.sensors.iter_mut().enumerate() {
            sensor.service =
                if nth % 7 == place % 7 { ServiceStatus::Stopped } else { ServiceStatus::Running };
        }
        let answer = if nth % 11 == 0 { Err(portal::Fault::TimedOut) } else { Ok(reading) };
        polling.answer(Duration::from_secs(2), answer);
        if nth == 2_000 {
            settled = process::resident(here).expect("Linux tells it");
        }
    }
    let grown = process::resident(here).expect("Linux tells it").saturating_sub(settled);
    println!("memory after 10,000 polls: {grown} KiB more than after 2,000");
    assert!(grown <= MOST_KIB, "{grown} KiB more");
}

/// Twenty pages of a hundred, as Graph writes them, to a page on the screen. Held is the work: each page once, each sensor
/// in its place; the time is printed, and measured by the benches.
#[test]
fn two_thousand_sensors_are_read_sorted_and_drawn_whole() {
    let _alone = alone();
    let bodies = pages::of(2_000, 100);
    let mut model = on_the_table(Vec::new());
    let look = Look::new(true, false);
    let mut screen = Terminal::new(TestBackend::new(120, 40)).expect("a screen in memory");
    let here = i32::try_from(std::process::id()).expect("a process id");
    let begun = process::threads_time(here).expect("Linux tells it");
    let mut sensors: Vec<Sensor> = Vec::new();
    for body in &bodies {
        sensors.extend(shape::sensors(body.as_bytes()).expect("a page").items);
    }
    assert_eq!((bodies.len(), sensors.len()), (20, 2_000));
    model.walk.portal.reading = Some(Reading { sensors, issues: Vec::new(), portal_time: None });
    screen.draw(|frame| ui::view(&model, &look, frame)).expect("drawn");
    let took = process::threads_time(here).expect("Linux tells it").saturating_sub(begun);
    println!("2,000 sensors parsed, sorted and drawn: {took:?} of this process, built for tests");
    let text: String =
        screen.backend().buffer().content().iter().map(ratatui::buffer::Cell::symbol).collect();
    assert!(text.contains("of 2000"), "the range is not shown: {text}");
    // The one that is stopped stands first, wherever it came in the list.
    assert_eq!(model.sensors().first().map(|sensor| sensor.host.as_str()), Some("s1234.contoso.test"));
}

/// At step 7, over these sensors.
fn on_the_table(sensors: Vec<Sensor>) -> Model {
    let story = Story::new(Names::Usual).at_sensors();
    let mut model = Model::new(story.walk.terms.clone(), story.now, Size { columns: 120, rows: 40 });
    model.walk = story.walk;
    assert_eq!(model.walk.current, Step::Sensors);
    model.walk.portal.reading = Some(Reading { sensors, issues: Vec::new(), portal_time: None });
    model
}
