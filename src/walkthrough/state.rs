//! The parts of the walk's state, as types.
//!
//! Only what stands here is shown; how it changes is said by the step that owns it. Pure.

use std::time::Duration;

use crate::clock::{Instant, Now};
use crate::directory::{self, Account, Fault, Host, KerberosService, Reach, Tls};
use crate::logs::SourceId;
use crate::logs::source::SourceState;
use crate::portal::{Entry, Reading, signin};
use crate::secret::SecretId;
use crate::sensor;
use crate::text::Safe;

use super::fact::{Origin, ProofWord};
use super::step::{Reason, Step};
use super::trial::{Candidate, Misgiving};
use super::watch::Mark;

/// What a site fixes for the whole walk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is said of a site by itself, and any of them may be so"
)]
pub struct Terms {
    /// What the frame calls the place.
    pub site: Safe,
    pub lab: bool,
    /// The site file, for the record; the lab has none.
    pub origin: Option<Origin>,
    pub operator: Safe,
    pub host: Safe,
    /// The portal's address for the operator's own browser.
    pub portal_address: Safe,
    /// Sensors and issues can be read from Graph, after a sign-in.
    pub graph: bool,
    /// The application itself signs in, and nobody enters a code.
    pub application: bool,
    /// The operator saves at the portal, which lists its entries to nobody else.
    pub hand_off: bool,
    /// Save wants a second person's name on record, or a reason for going on without.
    pub second_person: bool,
    /// Whether the tested password may be put on the operator's own clipboard; asked of a hand-off alone.
    pub clipboard: Clipboard,
    /// The credential entries that the site file lists; used where the portal is not asked for them.
    pub entries: Vec<Entry>,
    /// The host that the password would be sent to; empty with a hand-off.
    pub save_host: Safe,
    pub controllers: Vec<ControllerTerms>,
    /// What finding the controllers ran into, and what can be done.
    pub search_faults: Vec<Safe>,
    /// No password leaves but as a key's proof: nobody binds over LDAP.
    pub kerberos_alone: bool,
    /// Servers whose services are asked for, standalone ones marked.
    pub servers: Vec<sensor::Server>,
    /// Log sources, and the number that stands for each in the record.
    pub sources: Vec<(SourceId, u32)>,
    /// A reader account can tell what stands with the account before anything is tried.
    pub reader: bool,
    /// How long the directory may accept the previous password.
    pub old_password: Duration,
    pub poll: Duration,
    pub watch: Duration,
    pub settle: Duration,
    /// A newcomer is told at each step what it is about.
    pub tour: bool,
    /// Options that name this site and its records, as they are typed in a shell; each behind a space.
    pub options: Safe,
    /// What the lab tells its visitor; empty live.
    pub banner: Option<Safe>,
}

impl Terms {
    /// The number that stands for a log source in the record.
    pub(super) fn recorded(&self, source: SourceId) -> u32 {
        let known = self.sources.iter().find(|(own, _)| *own == source);
        known.map_or(source.0 | SourceId::RECORDED, |(_, recorded)| *recorded)
    }
}

/// Whether the tested password may be put on the operator's own clipboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clipboard {
    /// The site file doesn't allow it.
    #[default]
    NotAllowed,
    /// The site file allows it, but what stands between here and the operator's terminal would keep it.
    NotHere,
    Allowed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerTerms {
    pub host: Host,
    /// The domain among the site's that it lies in.
    pub domain: Safe,
}

/// Where the sign-in stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningIn {
    NotBegun,
    Requesting,
    Waiting(Box<signin::SignIn>),
    SignedIn { name: Option<Safe> },
    Without,
}

/// One controller, as far as it was asked without a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    pub host: Host,
    pub state: Reaching,
    pub at: Option<Now>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaching {
    NotAsked,
    Asking,
    Reached(Reach),
    Failed(directory::Fault),
}

impl Station {
    /// Why it can't prove the password although it should; `None` for one that can, or needn't, or was not asked yet.
    pub fn unproving(&self, kerberos_alone: bool) -> Option<Fault> {
        match &self.state {
            Reaching::Failed(fault) => Some(fault.clone()),
            Reaching::Reached(reach) if reach.read_only => None,
            Reaching::Reached(reach) if Candidate::from_reach(reach, kerberos_alone).is_some() => None,
            Reaching::Reached(reach) if !reach.own_domain => Some(Fault::Referral),
            Reaching::Reached(reach) => Some(match (&reach.tls, &reach.kerberos) {
                (Tls::Failed(fault), _) if !kerberos_alone => fault.clone(),
                (_, KerberosService::Failed(fault)) => fault.clone(),
                (_, KerberosService::NotAsked | KerberosService::Available) => Fault::NoKerberos,
            }),
            Reaching::NotAsked | Reaching::Asking => None,
        }
    }
}

/// What is known from the portal, and how old that is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortalView {
    pub reading: Option<Reading>,
    pub read_at: Option<Now>,
    /// Why the last attempt to read failed, since when, and when it is tried again.
    pub fault: Option<(crate::portal::Fault, Now)>,
    pub next_poll: Option<Instant>,
    pub failures: u32,
    /// A save was turned away for its sign-in, renewed though it was: only another one mends that.
    pub sign_in_refused: bool,
}

/// The state before anything was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    pub reading: Reading,
    pub at: Now,
}

/// A tested password, bound to its account. Save sends exactly this secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    pub secret: SecretId,
    pub account: Account,
    pub proof: ProofWord,
    pub misgivings: Vec<Misgiving>,
    /// Past the misgivings by a typed reason, on record.
    pub overridden: bool,
    pub at: Now,
}

impl Acceptance {
    /// The same secret, proved as much, with the same against it; however long ago.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.secret == other.secret
            && self.account == other.account
            && self.proof == other.proof
            && self.misgivings == other.misgivings
    }
}

/// How far the save is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    NotBegun,
    Marking,
    /// The intention is on its way to the disk.
    Recording {
        change: Safe,
        mark: Mark,
    },
    Sending {
        change: Safe,
        mark: Mark,
        since: Now,
    },
    /// The page to save at is shown, and the operator may have saved since.
    HandedOver {
        mark: Mark,
        since: Now,
        /// It went unused for too long: what was tested can't be shown, copied or proved again.
        secret_gone: bool,
    },
    /// The answer was lost; the entry is read back to tell.
    AskingBack {
        change: Safe,
        mark: Mark,
        since: Now,
        tries: u32,
        again: Option<Instant>,
    },
    Saved {
        at: Now,
    },
    NotKnown {
        at: Now,
    },
}

/// A sensor server's services, as last learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceRow {
    pub server: sensor::Server,
    pub sensor: sensor::Standing,
    pub updater: sensor::Standing,
    pub(crate) trails: [sensor::Trail; 2],
    /// Why the walk went on although it is not running.
    pub excused: Option<Safe>,
    /// What the operator's own word that it runs rests on.
    pub marked: Option<Safe>,
    /// A sensor of version 3 has no such service, or a disabled one.
    pub not_applicable: bool,
}

/// A log source that would show a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceView {
    pub host: Safe,
    pub readable: bool,
    pub state: SourceState,
}

/// Where the record stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordView {
    /// The file it is written to.
    pub path: Safe,
    pub lines: u64,
    pub hash: Safe,
    pub fault: Option<Safe>,
    /// When the first came of the lines that are not written yet.
    pub(super) unwritten_since: Option<Instant>,
}

/// What a sentence on the screen just said; the last one stays until something else happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    Blocked(Reason),
    ReasonRecorded,
    NoteRecorded,
    HandOverRecorded,
    /// The walk was taken up, and whoever left it at this step left word.
    HandedOver(Step),
    Approved,
    /// The password stands on the operator's clipboard.
    PasswordCopied,
    ClipboardOverwritten,
    /// Why the clipboard is not offered.
    NoClipboard(Safe),
    /// What was tested is not held any more, and nothing was saved of it.
    PasswordGone,
    TooEarly,
    /// The console did not run for so long, and watched nothing.
    Paused(Duration),
    /// The save that was on record was never made.
    NeverSent,
    Waiting,
}
