//! Step 5 where the operator saves at the portal: the page is shown, then what was done there is asked.
//!
//! The page is shown once the mark is on record, so that whatever follows a click lies after it. What the operator says
//! is on record as said, and bounds the verdict. Deliberately absent: the page's sentences (`words`).

use crate::text::Safe;
use crate::walkthrough::fact::{Entered, Fact, SaveWord};
use crate::walkthrough::resume::doubt_of;
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::watch::{Mark, Watch};
use crate::walkthrough::{Notice, Saving, Walkthrough, words};

impl Walkthrough {
    /// The mark is on record: from here on the operator may save.
    pub(super) fn hand_over(&mut self, mark: Mark) {
        self.saving = Saving::HandedOver { mark, since: self.now, secret_gone: false };
        self.set(Step::Save, Phase::Ready);
    }

    /// The page to save at is shown.
    pub fn handed_over(&self) -> bool {
        matches!(self.saving, Saving::HandedOver { .. })
    }

    /// The page is still shown, and what was tested for it is not held any more.
    pub fn secret_gone(&self) -> bool {
        matches!(self.saving, Saving::HandedOver { secret_gone: true, .. })
    }

    /// The watch over the page that is shown: evidence lies after its mark, and nothing is judged yet.
    pub fn watch_of_page(&self) -> Option<&Watch> {
        self.next_watch.as_ref().filter(|_| self.handed_over())
    }

    pub(in crate::walkthrough) fn ask_saved_there(&mut self) {
        self.dialog = Some(Question::SavedThere);
    }

    pub(in crate::walkthrough) fn saved_there(&mut self, option: usize) {
        match option {
            words::SAVED_THERE => self.dialog = Some(Question::HowEntered(SaveWord::Saved)),
            words::NOT_SAVED_THERE => self.not_saved_there(),
            _ => self.dialog = Some(Question::HowEntered(SaveWord::NotKnown)),
        }
    }

    /// Both are known now: it counts as saved, and is watched.
    pub(in crate::walkthrough) fn entered_there(&mut self, result: SaveWord, option: usize) {
        let Saving::HandedOver { mark, .. } = self.saving.clone() else { return };
        let entered = match option {
            words::PASTED => Entered::Pasted,
            words::TYPED_BY_HAND => Entered::TypedByHand,
            _ => Entered::NotSure,
        };
        let known = result == SaveWord::Saved;
        let why = Some(Safe::new(if known { "the operator's word" } else { "the operator was not sure" }));
        self.record(Fact::SaveEnded { result, why, entered: Some(entered) });
        if let Some(watch) = &mut self.next_watch {
            watch.doubt(doubt_of(entered));
        }
        self.overwrite_clipboard();
        self.watch_save(mark, known);
    }

    /// Nothing is watched. A password that is no longer held has to be typed and tested again.
    fn not_saved_there(&mut self) {
        let Saving::HandedOver { secret_gone, .. } = self.saving else { return };
        let (result, why) = (SaveWord::NotSaved, Some(Safe::new("the operator's word")));
        self.record(Fact::SaveEnded { result, why, entered: None });
        self.next_watch = None;
        self.saving = Saving::NotBegun;
        self.overwrite_clipboard();
        if secret_gone {
            self.void_acceptance();
            self.empty_field();
            self.back_to_password();
            self.notice = Some(Notice::PasswordGone);
        } else {
            self.block(Step::Save, Reason::NotSavedThere);
        }
        self.judge();
    }
}
