//! The ways back: reached from where they are needed, copied one command at a time, and nothing of them run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mdi_console::key::{Code, Key};
use mdi_console::model::{Focus, Overlay};
use mdi_console::walkthrough::hand_over::HandOver;
use mdi_console::walkthrough::step::{Phase, Question, Step};
use mdi_console::walkthrough::words;

use crate::play;
use crate::stage::{Stage, Tried};

impl Stage {
    fn shows_ways_back(&self) -> Tried {
        self.hold(self.model()?.overlay == Some(Overlay::WaysBack), "the ways back")?;
        self.hold(self.console()?.reads("The console runs none of these."), "that none is run")
    }

    /// The marked command, as it goes to the operator's own clipboard.
    async fn copies(&mut self, command: &str) -> Tried {
        self.press(Key::char('y')).await?;
        let sent = format!("\u{1b}]52;c;{}", STANDARD.encode(command)).into_bytes();
        let bytes = self.console()?.bytes();
        let there = bytes.windows(sent.len()).any(|window| window == sent);
        self.hold(there, &format!("on the clipboard: {command}"))?;
        self.until_reads("Copied.").await
    }

    async fn mark(&mut self, command: &str) -> Tried {
        let all = words::commands(&words::ways_back(self.walk()?));
        let place = all.iter().position(|one| one.contains(command));
        let place = place.ok_or_else(|| self.missed(&format!("{command} among {all:?}")))?;
        for _ in 0..place {
            self.press(Key::char('j')).await?;
        }
        Ok(())
    }
}

#[test]
fn from_locked_out_the_command_that_unlocks_is_a_few_keys_away() {
    play(async {
        let mut stage = Stage::open("locked-out").await?;
        stage.sign_in().await?;
        stage.enter().await?;
        stage.until_step(Step::DirectoryServices).await?;
        stage
            .until("a block", |model| matches!(model.walk.phase(model.walk.current), Phase::Blocked(_)))
            .await?;
        stage.until_reads("R ways back").await?;
        stage.press(Key::char('R')).await?;
        stage.shows_ways_back()?;
        stage.hold(!stage.console()?.reads("Enter back"), "nothing saved: Enter leads nowhere")?;
        stage.until_reads("↓ mark").await?;
        stage.press(Key::char('G')).await?;
        stage.copies("mdi-console verify --account OTHER --domain DOMAIN").await?;
        stage.press(Key::char('g')).await?;
        let all = words::commands(&words::ways_back(stage.walk()?));
        let unlock = all.iter().position(|one| one.contains("Unlock-ADAccount"));
        stage.hold(unlock == Some(2), &format!("two keys away: {all:?}"))?;
        stage.mark("Unlock-ADAccount").await?;
        stage.copies("Unlock-ADAccount -Identity 'svc-mdi' -Server dc1.contoso.test").await?;
        stage.press(Key::plain(Code::Esc)).await?;
        stage.hold(stage.model()?.overlay.is_none(), "back at the step")?;
        stage.hold(stage.lab.account_locked(), "an account as it was: nothing was run")?;
        stage.leave().await?;
        stage.check_traces()
    });
}

#[test]
fn at_a_managed_account_nothing_is_promised_that_does_not_come() {
    play(async {
        let mut stage = Stage::open("gmsa").await?;
        stage.sign_in().await?;
        stage.enter().await?;
        stage.until_reads("Enter read again").await?;
        stage.until_reads("Where another entry is listed, Enter chooses it; else leave with q.").await?;
        stage.hold(!stage.console()?.reads("typed and tested"), "no password to come")?;
        stage.press(Key::char('R')).await?;
        stage.shows_ways_back()?;
        stage.until_reads("none was changed here").await?;
        stage.hold(!stage.console()?.reads("from step 3 on"), "step 3 is here")?;
        stage.leave().await
    });
}

#[test]
fn the_help_leads_to_the_ways_back_even_from_the_masked_field() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.sign_in().await?;
        stage.reach_password().await?;
        stage.choose("Yes").await?;
        stage.press(Key::plain(Code::Function(1))).await?;
        stage.press(Key::char('R')).await?;
        stage.shows_ways_back()?;
        stage.mark("-Reset").await?;
        stage.copies(
            "Set-ADAccountPassword -Identity 'svc-mdi' -Server dc1.contoso.test -Reset -NewPassword (Read-Host -AsSecureString 'Old password')",
        )
        .await?;
        stage.leave().await?;
        stage.check_traces()
    });
}

#[test]
fn after_a_refusal_the_hosts_that_refused_stand_in_the_commands_and_enter_leads_back_to_step_4() {
    play(async {
        let mut stage = Stage::open("one-sensor-refuses").await?;
        stage.play_script().await?;
        let refusing = stage.walk()?.watch.as_ref().and_then(|watch| watch.refusing_hosts().next().cloned());
        let host = refusing.ok_or_else(|| stage.missed("a host that refuses"))?;
        stage.press(Key::char('R')).await?;
        stage.shows_ways_back()?;
        stage.until_reads("Enter back to step 4").await?;
        stage.mark("stop AATPSensorUpdater").await?;
        stage.copies(&format!(r"sc.exe \\{host} stop AATPSensorUpdater")).await?;
        stage.enter().await?;
        stage.until_asked(&Question::Recover).await?;
        stage.choose("Back").await?;
        stage.until_step(Step::Password).await?;
        // At step 4 again the portal still holds what was saved.
        stage.press(Key::plain(Code::Function(1))).await?;
        stage.press(Key::char('R')).await?;
        stage.shows_ways_back()?;
        let all = words::commands(&words::ways_back(stage.walk()?));
        stage.hold(!all.iter().any(|one| one.contains("Old password")), "no reset to the old password")?;
        stage.hold(!all.first().is_some_and(|one| one.contains("-Reset")), "a harmless first command")?;
        stage.leave().await?;
        stage.check_traces()
    });
}

#[test]
fn a_hand_over_and_a_note_are_on_record_and_neither_takes_the_password() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.reach_save().await?;
        stage.press(Key::plain(Code::Esc)).await?;
        stage.press(Key::char('i')).await?;
        stage.until_asked(&Question::Note).await?;
        let told = format!("it is {}", stage.right);
        stage.answer(&told).await?;
        stage.until_asked(&Question::Note).await?;
        stage.until_reads("What you typed contains the password.").await?;
        stage.answer("told the change board").await?;
        stage.until_reads("The note is in the record.").await?;
        // Outside the step's own field the keys were commands, and are so again.
        stage.press(Key::char('H')).await?;
        stage.choose("Owner").await?;
        stage.answer("Ben, 4711").await?;
        stage.until_asked(&Question::HandOver).await?;
        stage.choose("Done").await?;
        let owner = stage.walk()?.noted_for_hand_over().get(&HandOver::Owner).map(ToString::to_string);
        stage.hold(owner.as_deref() == Some("Ben, 4711"), "the owner on record")?;
        let record = std::fs::read_to_string(&stage.console()?.record)?;
        stage.hold(record.contains("told the change board"), "the note in the record")?;
        stage.hold(!record.contains(&stage.right), "a record without the password")?;
        stage.leave().await
    });
}

#[test]
fn after_a_note_or_a_hand_over_no_key_is_taken_for_a_password() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.sign_in().await?;
        stage.reach_password().await?;
        stage.choose("Yes").await?;
        stage.test("Wrong-Pass-2026!").await?;
        stage.until_reads("refused the password").await?;
        let tests = stage.lab.attempts().len();
        // In the field R is a letter: the footer says how it becomes a key.
        stage.until_reads("Esc then R ways back").await?;
        stage.press(Key::plain(Code::Esc)).await?;
        stage.until_reads("Enter type it").await?;
        stage.press(Key::char('R')).await?;
        stage.shows_ways_back()?;
        stage.press(Key::plain(Code::Esc)).await?;
        stage.press(Key::char('i')).await?;
        stage.answer("asked Ben").await?;
        stage.until_reads("The note is in the record.").await?;
        stage.press(Key::char('H')).await?;
        stage.choose("Owner").await?;
        stage.answer("Ben, 4711").await?;
        stage.choose("Done").await?;
        stage.settle().await?;
        stage.hold(stage.model()?.focus() != Focus::MaskedField, "a field that stays left")?;
        stage.hold(stage.walk()?.field.length == 0, "an empty field")?;
        stage.enter().await?;
        stage.hold(stage.model()?.focus() == Focus::MaskedField, "a field that Enter returns to")?;
        stage.hold(stage.lab.attempts().len() == tests, "no further test")?;
        stage.leave().await
    });
}
