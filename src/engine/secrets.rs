//! The vault and the masked field behind one lock, on the engine's clock.
//!
//! Deliberately absent: any way to see what is held; adapters get one secret for one call.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::clock::{Clock, Instant};
use crate::secret::{Secret, SecretId};

use super::vault::{Edit, Edited, Keep, Masked, Vault};

/// Shared by the loop, which edits the field, and the errands, which use what is held.
pub struct Secrets {
    clock: Clock,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    vault: Vault,
    field: Masked,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    pub fn new(clock: Clock) -> Self {
        Self { clock, held: Mutex::default() }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Instant {
        self.clock.now().at
    }

    /// Takes over what the site names: kept until the program ends.
    pub fn keep(&self, text: Zeroizing<String>) -> SecretId {
        let now = self.now();
        self.held().vault.insert(text, Keep::ToTheEnd, now)
    }

    /// Takes over a token or a code that an adapter was given.
    pub fn keep_secret(&self, secret: Secret) -> SecretId {
        self.keep(secret.into_text())
    }

    /// One secret, for one call.
    pub fn get(&self, id: SecretId) -> Option<Arc<Secret>> {
        let now = self.now();
        self.held().vault.get(id, now)
    }

    pub fn wipe(&self, id: SecretId) {
        self.held().vault.wipe(id);
    }

    /// Everything held, and what stands in the field.
    pub fn wipe_all(&self) {
        let mut held = self.held();
        held.vault.wipe_all();
        held.field.edit(Edit::Clear);
    }

    /// The field's content as a secret of its own; `None`: it is empty.
    pub fn freeze(&self) -> Option<SecretId> {
        let now = self.now();
        let mut held = self.held();
        let Held { vault, field } = &mut *held;
        field.freeze(vault, now)
    }

    pub fn edit(&self, edit: Edit) -> Edited {
        self.held().field.edit(edit)
    }

    pub fn look(&self) -> Edited {
        self.held().field.look()
    }

    pub fn mark_pasted(&self) -> Edited {
        self.held().field.mark_pasted()
    }

    /// Whether free text would give away what is held or typed.
    pub fn given_away_by(&self, text: &str) -> bool {
        let held = self.held();
        held.vault.contains_secret(text) || held.field.is_given_away_by(text)
    }

    pub fn next_wipe(&self) -> Option<Instant> {
        self.held().vault.next_wipe()
    }

    /// Wipes what was not used for a quarter of an hour, and names it.
    pub fn wipe_idle(&self) -> Vec<SecretId> {
        let now = self.now();
        self.held().vault.wipe_idle(now)
    }
}
