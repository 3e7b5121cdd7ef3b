//! Walks whose operator saves at the portal, by another door of the lab than the console's; and the clipboard.
//!
//! Relies on the lab's application secret for that other door. Deliberately absent: a browser.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mdi_console::key::Key;
use mdi_console::lab::scenario;
use mdi_console::portal::SaveAnswer;
use mdi_console::portal::client::{Client, Patience};
use mdi_console::portal::token;
use mdi_console::portal::workspace::{Change, Workspace};
use mdi_console::secret::Secret;
use mdi_console::site::Site;
use mdi_console::terminal::page;
use mdi_console::terminal::signals::Signal;
use mdi_console::trust::Trust;
use mdi_console::walkthrough::fact::{Entered, Fact, SaveWord};
use mdi_console::walkthrough::step::{Phase, Question, Step};
use mdi_console::walkthrough::watch::VerdictWord;
use zeroize::Zeroizing;

use crate::play;
use crate::stage::{Missed, Stage, Tried};

impl Stage {
    /// The lab in hand-off mode, walked to where the portal's page is shown.
    async fn at_the_page() -> Tried<Self> {
        let found = scenario::find("clean").ok_or_else(|| Missed::because("no scenario"))?;
        let mut stage = Self::empty(found)?;
        let addresses = stage.lab.addresses();
        stage.sit_down_at(Site::of_lab(&addresses)?.handed_off(&addresses))?;
        stage.settle().await?;
        stage.reach_save().await?;
        stage.confirm_save().await?;
        stage.page_shown().await?;
        Ok(stage)
    }

    async fn page_shown(&mut self) -> Tried {
        self.until("the portal's page", |model| model.walk.handed_over()).await
    }

    /// What the operator's browser would do.
    async fn save_at_the_portal(&self, password: &str) -> Tried {
        let lab = self.lab.addresses();
        let site = Site::of_lab(&lab)?;
        let trust = Trust::pinned(lab.ca_pem.as_bytes())?;
        let client = Client::new(&trust, &self.driven.clock(), Patience::default());
        let own = Secret::new(Zeroizing::new("Lab-Client-Secret-2026".to_owned()));
        let tokens = token::client_credentials(&client, &site.login, (&token::Proof::Secret, &own)).await;
        let tokens = tokens.map_err(|denial| Missed::because(format!("{denial:?}")))?;
        let workspace = Workspace { client: &client, base: &lab.workspace_url, token: &tokens.access };
        let entry = workspace.entry(&lab.entry_id).await?;
        let change = Change {
            entry: entry.id,
            etag: entry.etag,
            id: "by-hand".into(),
            account: entry.account,
            domain: entry.domain,
            single_label: false,
        };
        let saved = workspace.save(&change, &Secret::new(Zeroizing::new(password.to_owned()))).await;
        self.hold(matches!(saved, SaveAnswer::Saved { .. }), "a save at the portal")
    }

    async fn say_saved(&mut self, saved: &str, entered: &str) -> Tried {
        self.enter().await?;
        self.until_asked(&Question::SavedThere).await?;
        self.choose(saved).await?;
        self.choose(entered).await?;
        self.until_step(Step::Services).await
    }

    async fn reach_verdict(&mut self, word: VerdictWord) -> Tried {
        self.until("services that run", |model| *model.walk.phase(Step::Services) == Phase::Ready).await?;
        self.enter().await?;
        self.until_verdict().await?;
        self.hold(self.verdict()? == Some(word), &format!("{word:?}"))
    }

    fn copied(&self) -> Tried<Vec<String>> {
        copied(&self.console()?.bytes())
    }

    async fn copy(&mut self) -> Tried {
        self.press(Key::char('p')).await?;
        self.until_asked(&Question::CopyPassword).await?;
        self.choose("Put it there").await
    }
}

/// What went to the clipboard, in its order.
fn copied(bytes: &[u8]) -> Tried<Vec<String>> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let after = text.split("\u{1b}]52;c;").skip(1);
    let encoded = after.filter_map(|rest| rest.split('\u{1b}').next());
    let decoded = encoded.map(|text| STANDARD.decode(text).map_err(Missed::from));
    decoded.map(|bytes| Ok(String::from_utf8_lossy(&bytes?).into_owned())).collect()
}

fn overwritten() -> String {
    String::from_utf8_lossy(page::OVERWRITTEN).into_owned()
}

#[test]
fn a_password_pasted_at_the_portal_is_confirmed() {
    play(async {
        let mut stage = Stage::at_the_page().await?;
        stage.until_reads("Configuration > Directory Services").await?;
        let intended =
            stage.facts()?.iter().any(|fact| matches!(fact, Fact::SaveIntended { hand_off: true, .. }));
        stage.hold(intended && stage.lab.saves() == 0, "on record, and nothing saved by the console")?;
        let right = stage.right.clone();
        stage.save_at_the_portal(&right).await?;
        stage.until_reads("went to syncing: the first sign that it arrived").await?;
        stage.say_saved("Saved", "Pasted").await?;
        stage.reach_verdict(VerdictWord::Confirmed).await?;
        let said = stage.facts()?.iter().any(|fact| {
            matches!(fact, Fact::SaveEnded { result: SaveWord::Saved, entered: Some(Entered::Pasted), .. })
        });
        stage.hold(said && stage.lab.stored_is_right(), "the operator's word on record")?;
        stage.enter().await?;
        stage.until_over().await?;
        stage.check_traces()
    });
}

#[test]
fn another_password_typed_at_the_portal_is_refused_by_the_sensors() {
    play(async {
        let mut stage = Stage::at_the_page().await?;
        stage.save_at_the_portal("Lab-Pass-2026?").await?;
        stage.say_saved("Saved", "Typed by hand").await?;
        stage.until_verdict().await?;
        stage.hold(stage.verdict()? == Some(VerdictWord::Refused), "refused")
    });
}

/// Without Graph nobody tells of the sensors but their services, and their logs where those are read.
#[test]
fn a_live_site_without_graph_is_confirmed_by_its_logs_and_else_no_refusal_is_seen() {
    let check = |logs: bool, word: VerdictWord| {
        play(async {
            let found = scenario::find("clean").ok_or_else(|| Missed::because("no scenario"))?;
            let mut stage = Stage::empty(found)?;
            let addresses = stage.lab.addresses();
            let site = Site::of_lab(&addresses)?.handed_off(&addresses);
            let sources = if logs { site.sources.clone() } else { Vec::new() };
            stage.sit_down_at(Site { lab: false, uses_graph: false, sources, ..site })?;
            stage.settle().await?;
            stage.until_asked(&Question::CanEdit).await?;
            stage.choose("Yes").await?;
            stage.until_step(Step::Configuration).await?;
            stage.reach_password().await?;
            stage.choose("Yes").await?;
            let right = stage.right.clone();
            stage.test(&right).await?;
            stage.enter().await?;
            stage.until_step(Step::Save).await?;
            stage.confirm_save().await?;
            stage.page_shown().await?;
            stage.until_reads("Settings > Identities > Directory service accounts").await?;
            stage.save_at_the_portal(&right).await?;
            stage.say_saved("Not sure", "Typed by hand").await?;
            stage.reach_verdict(word).await
        });
    };
    check(true, VerdictWord::Confirmed);
    check(false, VerdictWord::NoRefusalSeen);
}

#[test]
fn the_clipboard_is_overwritten_after_45_seconds_and_never_filled_twice() {
    play(async {
        let mut stage = Stage::at_the_page().await?;
        stage.hold(stage.copied()?.is_empty(), "nothing on the clipboard unasked")?;
        stage.copy().await?;
        stage.hold(stage.copied()? == [stage.right.clone()], "the password, once")?;
        stage.wait(Duration::from_secs(44)).await?;
        stage.hold(stage.copied()?.len() == 1, "the password, for 45 s")?;
        stage.wait(Duration::from_secs(2)).await?;
        stage.hold(stage.copied()? == [stage.right.clone(), overwritten()], "overwritten")?;
        stage.press(Key::char('p')).await?;
        stage.hold(stage.walk()?.dialog.is_none(), "no second offer")?;
        stage.say_saved("Not sure", "Not sure").await?;
        stage.hold(stage.copied()?.len() == 2, "overwritten once")
    });
}

#[test]
fn whatever_ends_the_program_overwrites_the_clipboard_first() {
    let check = |signal: Option<Signal>| {
        play(async {
            let mut stage = Stage::at_the_page().await?;
            stage.copy().await?;
            match signal {
                Some(signal) => stage.console()?.signal(signal)?,
                None => {
                    stage.press(Key::ctrl('c')).await?;
                    stage.press(Key::ctrl('c')).await?;
                }
            }
            stage.settle().await?;
            let right = stage.right.clone();
            let seat = stage.seat;
            let bytes = stage.console()?.bytes_later();
            stage.consoles.remove(seat).close();
            let copied = copied(&bytes())?;
            let missed = format!("overwritten, not {} times", copied.len());
            stage.hold(copied == [right, overwritten()], &missed)
        });
    };
    check(None);
    check(Some(Signal::Terminate));
}
