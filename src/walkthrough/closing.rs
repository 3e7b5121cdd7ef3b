//! The lines that close the record of a walk which can't wait for what is out.

use crate::clock::Now;

use super::Walkthrough;
use super::fact::Fact;
use super::watch::{Missing, VerdictWord};
use super::words;

impl Walkthrough {
    /// A bind that is out stays without an outcome: it reads as *interrupted*, and counts.
    pub fn closing(&self, now: Now) -> Vec<Fact> {
        if self.left || !self.begun {
            return Vec::new();
        }
        // There may be room by now.
        let mut facts = self.unwritten.clone();
        facts.extend(self.written_late(now));
        facts.extend(self.pause_on_record(now));
        // As whoever leaves in time: a save that is out is given up, and what is judged is its own watch.
        let mut walk = self.clone();
        walk.give_up_save();
        let verdict = walk.watch.as_ref().map(|watch| watch.verdict.as_ref().map(|verdict| verdict.word));
        if verdict == Some(None) {
            let missing = vec![words::missing(&Missing::LeftEarly)];
            let (basis, listed) = (walk.basis(), walk.listed());
            facts.push(Fact::Verdict { verdict: VerdictWord::NotConfirmed, missing, basis, listed });
        }
        let verdict = verdict.map(|reached| reached.unwrap_or(VerdictWord::NotConfirmed));
        facts.push(Fact::Left { step: self.current, verdict });
        facts
    }
}
