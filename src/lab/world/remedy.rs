//! What others put right a while after it was first met: an unlock, a reset, a replication.
//!
//! Relies on moments handed in. Pure. It waits for the first meeting rather than for the start, so that whoever walks
//! slowly meets the trouble too. Deliberately absent: who mends what; the directory does.

use jiff::{SignedDuration, Timestamp};

#[derive(Clone, Copy, Debug, Default)]
pub struct Remedy {
    /// How long it takes; none where nobody comes.
    after: Option<SignedDuration>,
    met: Option<Timestamp>,
}

impl Remedy {
    pub fn after(seconds: Option<u32>) -> Self {
        Self { after: seconds.map(|seconds| SignedDuration::from_secs(seconds.into())), met: None }
    }

    /// Somebody met the trouble, so whoever can mend it is called.
    pub fn meet(&mut self, now: Timestamp) {
        self.met.get_or_insert(now);
    }

    /// Whether it is mended by now; once for each time it was met.
    pub fn comes(&mut self, now: Timestamp) -> bool {
        let due = self.met.zip(self.after).is_some_and(|(met, after)| now.duration_since(met) >= after);
        if due {
            self.met = None;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_a_while_after_the_first_meeting_and_once() {
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let mut remedy = Remedy::after(Some(8));
        assert!(!remedy.comes(at(100)), "nobody has met it");
        remedy.meet(at(100));
        remedy.meet(at(105));
        assert!(!remedy.comes(at(107)));
        assert!(remedy.comes(at(108)));
        assert!(!remedy.comes(at(109)));
        remedy.meet(at(200));
        assert!(remedy.comes(at(208)), "and again, when it is met again");
        let mut nobody = Remedy::after(None);
        nobody.meet(at(0));
        assert!(!nobody.comes(at(1_000_000)));
    }
}
