//! The loop on a driven clock, against a lab: a walk that waits says so every half minute, and is left in good order.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::looping::{Ends, Looping, Source};
use super::typed::Typed;
use crate::clock::{Driven, Instant};
use crate::engine::secrets::Secrets;
use crate::engine::{Engine, Parts};
use crate::lab::{Lab, StartOptions, scenario};
use crate::site::Site;
use crate::terminal::signals::Ending;
use crate::text::Safe;
use crate::walkthrough::Walkthrough;

/// Turns without a consequence before everybody is taken to be waiting.
const YIELDS: usize = 200;
/// Longer than anything here takes, by the driven clock.
const MOST: Duration = Duration::from_mins(5);

/// What was written, for whoever looks on.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a page").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Page {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("a page").clone()).expect("text")
    }
}

struct Stage {
    driven: Driven,
    page: Page,
    lines: mpsc::Sender<Typed>,
    signals: mpsc::UnboundedSender<Ending>,
    walking: tokio::task::JoinHandle<(Ending, Walkthrough)>,
    _lab: Lab,
    folder: tempfile::TempDir,
}

/// A lab whose sign-in takes long.
fn stage(source: Source) -> Stage {
    let driven = Driven::new("2026-03-01T14:00:00Z".parse::<Timestamp>().expect("a time"));
    let clock = driven.clock();
    let folder = tempfile::tempdir().expect("a folder");
    let mut scenario = scenario::find(scenario::DEFAULT).expect("the default");
    scenario.portal.sign_in = vec!["authorization_pending".into(); 200];
    let (logs, program) = (folder.path().join("lab"), "mdi-console".into());
    std::fs::create_dir(&logs).expect("a folder");
    let options = StartOptions { scenario, clock: clock.clone(), folder: logs, program, password: None };
    let lab = Lab::start(options).expect("a lab");
    let site = Site::of_lab(&lab.addresses()).expect("a site");
    let vault = Arc::new(Secrets::new(clock.clone()));
    let walk = Walkthrough::new(site.terms(Safe::new("ana"), Safe::new("jump-01")), clock.now());
    let (ledger, records) = (folder.path().join("ledger"), folder.path().join("records"));
    for made in [&ledger, &records] {
        std::fs::create_dir(made).expect("a folder");
    }
    let parts = Parts { site, clock: clock.clone(), vault, ledger, records, reader: None, application: None };
    let (engine, answers) = Engine::start(parts).expect("an engine");
    let page = Page::default();
    let (lines, typed) = mpsc::channel(8);
    let (signals, caught) = mpsc::unbounded_channel();
    let ends = Ends { lines: typed, signals: caught, answers, out: page.clone(), echo: None };
    let looping = Looping::new(walk, (engine, clock), (ends, source));
    let walking = tokio::spawn(looping.run());
    Stage { driven, page, lines, signals, walking, _lab: lab, folder }
}

impl Stage {
    /// Lets everybody run until nothing more comes of it.
    async fn settle(&self) {
        let mut calm = 0;
        while calm < YIELDS {
            self.driven.idle().await;
            tokio::task::yield_now().await;
            calm = if self.driven.working() == 0 { calm + 1 } else { 0 };
        }
    }

    async fn types(&self, line: &str) {
        let line = Typed::Line(Zeroizing::new(line.to_owned()));
        self.lines.send(line).await.expect("a loop that listens");
    }

    /// Moves the clock on, wake-up by wake-up, and returns the time at which `sentence` was there.
    async fn until_said(&self, sentence: &str) -> Instant {
        loop {
            self.settle().await;
            let now = self.driven.clock().now().at;
            if self.page.text().contains(sentence) {
                return now;
            }
            assert!(now < Instant(MOST), "never said: {sentence}\n{}", self.page.text());
            self.driven.move_to(self.driven.next().unwrap_or(now.after(Duration::from_secs(1))));
        }
    }

    fn record(&self) -> String {
        let mut files = std::fs::read_dir(self.folder.path().join("records")).expect("records");
        let record = files.find_map(|file| Some(file.ok()?.path()).filter(|path| path.extension().is_some()));
        std::fs::read_to_string(record.expect("a record")).expect("text")
    }
}

#[tokio::test]
async fn a_walk_at_work_says_so_every_half_minute_and_ends_in_good_order() {
    let stage = stage(Source::Script);
    stage.until_said("1) Sign in with a code").await;
    stage.types("1").await;
    // Must stay unread while nothing is asked.
    stage.types("1").await;
    stage.until_said("and enter the code").await;
    let first = stage.until_said("Still at work, 30 s.").await;
    let second = stage.until_said("Still at work, 60 s.").await;
    assert_eq!(second.since(first), Duration::from_secs(30));
    assert!(stage.page.text().contains("14:00:30Z  Still at work"), "{}", stage.page.text());
    stage.signals.send(Ending::Interrupt).expect("a loop that listens");
    let (ending, walk) = stage.walking.await.expect("an end");
    assert_eq!(ending, Ending::Interrupt);
    assert!(walk.over);
}

#[tokio::test]
async fn a_lost_link_closes_the_record_at_once() {
    let stage = stage(Source::Terminal);
    stage.until_said("1) Sign in with a code").await;
    stage.types("nonsense").await;
    stage.until_said("Answer with the number of one of these.").await;
    stage.signals.send(Ending::LinkLost).expect("a loop that listens");
    stage.settle().await;
    assert!(stage.walking.is_finished());
    assert!(stage.record().contains(r#""fact":"left","step":"portal""#), "{}", stage.record());
    let (ending, _) = stage.walking.await.expect("an end");
    assert_eq!(ending, Ending::LinkLost);
}

#[tokio::test]
async fn a_clock_that_is_set_back_is_said_once_and_so_is_its_being_set_right() {
    let stage = stage(Source::Script);
    stage.until_said("1) Sign in with a code").await;
    stage.types("1").await;
    stage.until_said("Still at work, 30 s.").await;
    stage.driven.set_wall(jiff::SignedDuration::from_hours(-1));
    stage.until_said("Still at work, 60 s.").await;
    stage.driven.set_wall(jiff::SignedDuration::from_hours(1));
    stage.until_said("This machine's clock is where it was before it was set back.").await;
    let text = stage.page.text();
    assert_eq!(text.matches("This machine's clock was set back about 1 h.").count(), 1, "{text}");
    let record = stage.record();
    for fact in
        [r#""fact":"clock-set-back","by_seconds":3600"#, r#""fact":"clock-set-forward","by_seconds":3600"#]
    {
        assert_eq!(record.matches(fact).count(), 1, "{record}");
    }
    stage.signals.send(Ending::Interrupt).expect("a loop that listens");
    let (_, walk) = stage.walking.await.expect("an end");
    assert!(walk.over);
}
