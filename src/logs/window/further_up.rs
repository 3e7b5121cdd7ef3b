//! What was counted in the files above where their records begin here.
//!
//! Pure. A large log is opened at its end; the refused credentials further up are counted in the background, and stand
//! here as figures alone. Deliberately absent: counting (`count`), and showing what lies that far up (`scan`).

use super::{Refusals, Window};
use crate::logs::{Position, SourceId};

/// How far the counting of one file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub source: SourceId,
    /// As in [`Position::file`].
    pub file: u64,
    pub refusals: usize,
    /// Bytes looked at, of so many that lie above.
    pub read: u64,
    pub of: u64,
    pub state: Counting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    UnderWay,
    Done,
    /// The file could not be read to the end.
    BrokenOff,
}

/// All files together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FurtherUp {
    pub refusals: usize,
    /// While it is counted, how much of it has been, in percent.
    pub percent: Option<u64>,
    /// Something could not be counted: there may be more.
    pub broken_off: bool,
}

impl Window {
    /// Takes the news of one file's counting.
    pub fn take_count(&mut self, news: Counted) {
        match self.counted.iter_mut().find(|one| (one.source, one.file) == (news.source, news.file)) {
            Some(known) => *known = news,
            None => self.counted.push(news),
        }
    }

    #[must_use]
    pub fn further_up(&self) -> FurtherUp {
        let of = |files: &[&Counted]| {
            let sum =
                |part: fn(&Counted) -> u64| files.iter().fold(0, |sum, one| part(one).saturating_add(sum));
            sum(|one| one.read).saturating_mul(100).checked_div(sum(|one: &Counted| one.of)).unwrap_or(0)
        };
        let in_state =
            |state| self.counted.iter().filter(|one| one.state == state).collect::<Vec<&Counted>>();
        let under_way = in_state(Counting::UnderWay);
        FurtherUp {
            refusals: self.counted.iter().map(|one| one.refusals).sum(),
            percent: (!under_way.is_empty()).then(|| of(&under_way).min(99)),
            broken_off: !in_state(Counting::BrokenOff).is_empty(),
        }
    }

    /// They were there when their file was opened: what the mark says of the file's beginning holds for them all.
    pub(super) fn count_further_up(&self, count: &mut Refusals) {
        for one in &self.counted {
            let at = Position { file: one.file, offset: 0 };
            let side = self.mark.as_ref().map(|mark| mark.side_of(one.source, at, true));
            count.add(side, one.refusals);
        }
    }
}
