//! The gates: what must be true before the walk goes on. A gate that is shut says why.

use crate::directory::Host;

use super::fact::ProofWord;
use super::password::PROOF_GOOD_FOR;
use super::step::Reason;
use super::{Acceptance, Walkthrough};

/// Whether this acceptance may be saved: every misgiving passed by a typed reason, and never a refused password.
pub(super) fn may_be_saved(held: &Acceptance) -> bool {
    held.overridden || (held.misgivings.is_empty() && held.proof != ProofWord::Untested)
}

/// Step 5: signed in where the console saves, tested, recently, and for the entry chosen; approved, where the site wants it. That it can be recorded is found out by recording it.
pub(super) fn save(walk: &Walkthrough) -> Result<(), Reason> {
    if !walk.terms.hand_off && !walk.signed_in() {
        return Err(Reason::SaveNeedsPortal);
    }
    let held = walk.acceptance.as_ref().ok_or(Reason::NotTested)?;
    if !may_be_saved(held) || walk.account().as_ref() != Some(&held.account) {
        return Err(Reason::NotTested);
    }
    if held.proof != ProofWord::Untested && walk.now.at.since(held.at.at) > PROOF_GOOD_FOR {
        return Err(Reason::ProofTooOld);
    }
    if walk.terms.second_person && walk.approval().is_none() {
        return Err(Reason::NotApproved);
    }
    Ok(())
}

/// Step 6: every standalone sensor's service runs, or has a reason for not running.
pub(super) fn services(walk: &Walkthrough) -> Result<(), Vec<Host>> {
    let open: Vec<Host> =
        walk.services.iter().filter(|row| row.open()).map(|row| row.server.host.clone()).collect();
    if open.is_empty() { Ok(()) } else { Err(open) }
}
