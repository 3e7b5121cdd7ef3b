//! What the loop says, and the prompt it leaves standing: lines, the half-minute word, the echo off before a password.
//!
//! Deliberately absent: which lines (`telling`, `known`).

use std::io;
use std::time::Duration;

use crate::terminal::page;
use crate::terminal::signals::Ending;
use crate::text::Safe;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::step::Step;
use crate::walkthrough::{Walkthrough, words};

use super::known;
use super::looping::{Looping, Source};
use super::prompt::{self, Prompt};
use super::telling::at_its_time;

/// How often a walk that is at work says so.
const STILL: Duration = Duration::from_secs(30);

impl<W: io::Write> Looping<W> {
    pub(super) fn help(&mut self) {
        let step = self.walk.current;
        let mut lines = vec![Safe::new(words::purpose(&self.walk, step))];
        lines.extend(words::wrong(step).iter().map(|line| Safe::new(line)));
        lines.push(Safe::new(words::HELP_WAYS_BACK));
        lines.push(Safe::new(prompt::COMMANDS));
        self.say(&lines);
        self.telling.forget_place();
    }

    pub(super) fn ways_back(&mut self) {
        let lines = words::ways_back_lines(&self.walk);
        self.say(&lines);
    }

    pub(super) fn sources(&mut self) {
        let lines = words::source_lines(&self.walk, None, self.clock.now());
        self.say(&lines);
    }

    /// Everything new; then the prompt, if one is open and not there already.
    pub(super) fn tell(&mut self) {
        let mut lines = self.telling.news(&self.walk, self.leaving != Ending::Quit);
        lines.extend(self.still_at_work());
        self.say(&lines);
        let prompt = prompt::open(&self.walk);
        self.echo_for(&prompt);
        let mark: &str = match prompt {
            _ if self.source == Source::Script || self.prompting || self.leaving != Ending::Quit => return,
            Prompt::Nothing => return,
            Prompt::Masked => "Password (not shown): ",
            Prompt::GoOn => "Enter> ",
            Prompt::Choice(_) | Prompt::Text(_) => "> ",
        };
        self.prompting = true;
        self.write(mark.as_bytes());
    }

    /// Off before the prompt is seen, and on again before anything else is.
    fn echo_for(&mut self, prompt: &Prompt) {
        let Some(echo) = &self.ends.echo else { return };
        let hide = *prompt == Prompt::Masked && self.ending.is_none() && self.leaving == Ending::Quit;
        if !hide {
            echo.show();
        } else if let Err(why) = echo.hide() {
            // A password that would be seen is not asked for.
            let line = format!("The terminal's echo can't be switched off: {why}. The walk is left.");
            self.say(&[Safe::from(line)]);
            self.leave(Ending::LinkLost);
        } else if !self.prompting {
            // What was typed before this prompt was not meant for it.
            while self.ends.lines.try_recv().is_ok() {}
        }
    }

    /// A line every half minute while nothing is asked.
    fn still_at_work(&mut self) -> Option<Safe> {
        if self.walk.over || prompt::open(&self.walk) != Prompt::Nothing {
            self.at_work = None;
            return None;
        }
        let now = self.clock.now().at;
        let (step, since, next) = self.at_work.filter(|(step, ..)| *step == self.walk.current).unwrap_or((
            self.walk.current,
            now,
            now.after(STILL),
        ));
        self.at_work = Some((step, since, next));
        if now < next {
            return None;
        }
        self.at_work = Some((step, since, now.after(STILL)));
        let so_far = words::watch_so_far(&self.walk, self.clock.now()).filter(|_| step == Step::Sensors);
        let what = so_far.map_or_else(|| words::asked(&self.walk), known::truth);
        let line = format!("Still at work, {} s. {what}", now.since(since).as_secs());
        Some(at_its_time(self.clock.now().wall, &Safe::from(line)))
    }

    /// Lines begin at the line's beginning, also behind an open prompt.
    pub(super) fn say(&mut self, lines: &[Safe]) {
        if lines.is_empty() {
            return;
        }
        let mut text = String::new();
        if std::mem::take(&mut self.prompting) {
            text.push('\n');
        }
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        self.write(text.as_bytes());
    }

    /// The terminal's effects are done here, all others by the engine.
    pub(super) fn act(&mut self, effect: Effect) {
        match effect {
            Effect::PutOnClipboard(secret) => {
                // The vault lends it for this one call; every copy on the way out is wiped.
                if let Some(secret) = self.engine.vault().get(secret) {
                    self.clipboard_holds(true);
                    self.write(&page::clipboard(secret.expose().as_bytes()));
                }
            }
            Effect::OverwriteClipboard => {
                self.write(&page::clipboard(page::OVERWRITTEN));
                self.clipboard_holds(false);
            }
            other => self.engine.act(other),
        }
    }

    fn clipboard_holds(&mut self, holds: bool) {
        self.on_clipboard = holds;
        if let Some(echo) = &self.ends.echo {
            echo.clipboard_holds(holds);
        }
    }

    /// Before the program ends; nothing where there is no terminal any more.
    pub(super) fn clear_clipboard(&mut self, ending: Ending) {
        if self.on_clipboard && ending != Ending::LinkLost {
            self.act(Effect::OverwriteClipboard);
        }
    }

    fn write(&mut self, text: &[u8]) {
        let written = self.ends.out.write_all(text).and_then(|()| self.ends.out.flush());
        if written.is_err() && self.ending.is_none() {
            self.link_lost();
        }
    }
}

pub(super) fn beginning(walk: &Walkthrough) -> Vec<Safe> {
    let terms = &walk.terms;
    let place = words::live_or_lab(terms);
    let first = format!("mdi-console: {}, {place}, {} at {}.", terms.site, terms.operator, terms.host);
    let mut lines = vec![Safe::from(first)];
    lines.extend(terms.banner.clone());
    let origin = terms.origin.as_ref();
    lines.extend(origin.map(|one| Safe::from(format!("Site file: {} (SHA-256 {}).", one.path, one.hash))));
    lines.push(Safe::new(prompt::COMMANDS));
    lines
}
