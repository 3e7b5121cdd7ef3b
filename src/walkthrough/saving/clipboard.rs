//! Step 5 at the portal: the tested password on the operator's own clipboard, once, on request, and not for long.
//!
//! On record before it happens. Deliberately absent: the password, of which only the name is known here; the terminal,
//! which writes it; and any reading of the clipboard.

use std::time::Duration;

use crate::clock::Instant;
use crate::secret::SecretId;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::errand::Then;
use crate::walkthrough::fact::Fact;
use crate::walkthrough::step::Question;
use crate::walkthrough::{Clipboard, Notice, Saving, Walkthrough, words};

/// How long it stands there.
pub const COPIED_FOR: Duration = Duration::from_secs(45);

/// What was put on the clipboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::walkthrough) struct Copied {
    /// The last one; never a second time.
    secret: Option<SecretId>,
    /// When it is overwritten, while it stands there.
    pub until: Option<Instant>,
}

impl Walkthrough {
    /// The password that may be put on the clipboard now.
    fn copyable(&self) -> Option<SecretId> {
        let shown = matches!(self.saving, Saving::HandedOver { secret_gone: false, .. });
        let allowed = shown && self.terms.clipboard == Clipboard::Allowed && !self.leaving;
        let held = self.acceptance.as_ref().map(|held| held.secret).filter(|_| allowed)?;
        (self.copied.secret != Some(held)).then_some(held)
    }

    pub fn offers_clipboard(&self) -> bool {
        self.copyable().is_some()
    }

    /// When what stands on the clipboard is overwritten.
    pub fn on_clipboard_until(&self) -> Option<Instant> {
        self.copied.until
    }

    pub(in crate::walkthrough) fn ask_to_copy(&mut self) {
        if self.offers_clipboard() {
            self.dialog = Some(Question::CopyPassword);
        } else {
            self.notice = Some(Notice::NoClipboard(words::no_clipboard(self)));
        }
    }

    pub(in crate::walkthrough) fn record_copy(&mut self) {
        if let Some(secret) = self.copyable() {
            self.record_then(Fact::PasswordCopied, Then::CopyPassword(secret));
        }
    }

    pub(in crate::walkthrough) fn copy_password(&mut self, secret: SecretId) {
        if self.copyable() != Some(secret) {
            return;
        }
        self.copied = Copied { secret: Some(secret), until: Some(self.now.at.after(COPIED_FOR)) };
        self.notice = Some(Notice::PasswordCopied);
        self.out(Effect::PutOnClipboard(secret));
    }

    /// Its time is over.
    pub(in crate::walkthrough) fn clipboard_due(&mut self) {
        if self.copied.until.is_some_and(|until| until <= self.now.at) {
            self.overwrite_clipboard();
            self.notice = Some(Notice::ClipboardOverwritten);
        }
    }

    pub(in crate::walkthrough) fn overwrite_clipboard(&mut self) {
        if self.copied.until.take().is_some() {
            self.out(Effect::OverwriteClipboard);
        }
    }
}
