//! Holds the secrets, in memory that is wiped when they go; gives them to adapters for the time of a call.
//!
//! Relies on `secret` for the wiping, and on `harden` having been called at the start. Everybody else knows a `SecretId`.
//! Promised is "wiped where we hold it": adapters and the libraries under them make copies of their own. Deliberately
//! absent: timers (the engine asks `next_wipe`), and any way to look at a secret but to use it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use crate::clock::Instant;
use crate::secret::{Secret, SecretId};

mod harden;
mod masked;
#[cfg(test)]
mod tests;

pub use harden::{HardeningOutcome, Measure, harden};
pub use masked::{Edit, EditRefused, Edited, Masked};

/// How long a secret is held that nobody uses.
pub const IDLE: Duration = Duration::from_mins(15);

/// Anything shorter stands in ordinary text by accident, and is looked for only as the whole text.
const SHORTEST_WORD: usize = 4;

/// How long a secret is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Until it was not used for [`IDLE`]: what the operator typed.
    WhileUsed,
    /// Until the program ends: what the site names, such as the reader's, which nobody could type again.
    ToTheEnd,
}

#[derive(Default)]
pub struct Vault {
    held: BTreeMap<SecretId, Held>,
    last: u64,
}

struct Held {
    secret: Arc<Secret>,
    keep: Keep,
    used: Instant,
}

impl Vault {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a secret over; its name is never given again.
    pub fn insert(&mut self, text: Zeroizing<String>, keep: Keep, now: Instant) -> SecretId {
        self.last = self.last.saturating_add(1);
        let id = SecretId(self.last);
        self.held.insert(id, Held { secret: Arc::new(Secret::new(text)), keep, used: now });
        id
    }

    /// The secret, for one call. What is lent out outlives a wipe until it is given back, and is wiped then.
    pub fn get(&mut self, id: SecretId, now: Instant) -> Option<Arc<Secret>> {
        let held = self.held.get_mut(&id)?;
        held.used = held.used.max(now);
        Some(Arc::clone(&held.secret))
    }

    pub fn holds(&self, id: SecretId) -> bool {
        self.held.contains_key(&id)
    }

    /// Whether there was such a secret.
    pub fn wipe(&mut self, id: SecretId) -> bool {
        self.held.remove(&id).is_some()
    }

    pub fn wipe_all(&mut self) {
        self.held.clear();
    }

    /// When the next secret will have been unused for too long.
    pub fn next_wipe(&self) -> Option<Instant> {
        self.held.values().filter(|held| held.keep == Keep::WhileUsed).map(|held| held.used.after(IDLE)).min()
    }

    /// Wipes what was unused for too long, and says what.
    pub fn wipe_idle(&mut self, now: Instant) -> Vec<SecretId> {
        let idle = |held: &Held| held.keep == Keep::WhileUsed && held.used.after(IDLE) <= now;
        let wiped: Vec<_> = self.held.iter().filter(|(_, held)| idle(held)).map(|(id, _)| *id).collect();
        self.held.retain(|_, held| !idle(held));
        wiped
    }

    /// Free text bound for the record holds a secret: as it is, or in base64 (of its UTF-8 or UTF-16).
    pub fn contains_secret(&self, text: &str) -> bool {
        self.held.values().any(|held| gives_away(text, held.secret.expose()))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({} held)", self.held.len())
    }
}

fn gives_away(text: &str, secret: &str) -> bool {
    if secret.chars().count() < SHORTEST_WORD {
        return !secret.is_empty() && (text == secret || text.trim() == secret);
    }
    let wide: Zeroizing<Vec<u8>> = Zeroizing::new(secret.encode_utf16().flat_map(u16::to_le_bytes).collect());
    let encoded = |bytes: &[u8]| Zeroizing::new(STANDARD_NO_PAD.encode(bytes));
    text.contains(secret)
        || text.contains(encoded(secret.as_bytes()).as_str())
        || text.contains(encoded(&wide).as_str())
}
