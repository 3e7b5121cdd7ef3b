//! Stub.
use crate::clock::{Clock, Instant};
use crate::secret::{Secret, SecretId};
use std::sync::Arc;
use zeroize::Zeroizing;
#[derive(Debug)]
pub struct Vault;
pub enum Edit {
    Insert(char),
    Paste(Zeroizing<String>),
    Backspace,
    Delete,
    Left,
    Right,
    Home,
    End,
    Clear,
}
pub enum EditRefused {
    TooLong,
    ControlCharacter,
}
pub struct Edited {
    pub length: usize,
    pub cursor: usize,
    pub refused: Option<EditRefused>,
    pub edge_space: bool,
    pub pasted: bool,
}
impl Vault {
    pub fn new(_: Clock) -> Self {
        Self
    }
    pub fn insert(&self, _: Zeroizing<String>) -> SecretId {
        SecretId(0)
    }
    pub fn keep(&self, _: Secret) -> SecretId {
        SecretId(0)
    }
    pub fn get(&self, _: SecretId) -> Option<Arc<Secret>> {
        None
    }
    pub fn freeze(&self) -> Option<SecretId> {
        None
    }
    pub fn clear_field(&self) {}
    pub fn wipe(&self, _: SecretId) {}
    pub fn wipe_all(&self) {}
    pub fn contains_secret(&self, _: &str) -> bool {
        false
    }
    pub fn next_wipe(&self) -> Option<Instant> {
        None
    }
    pub fn wipe_unused(&self, _: Instant) -> Vec<SecretId> {
        Vec::new()
    }
    pub fn edit(&self, _: Edit) -> Edited {
        self.edited()
    }
    pub fn edited(&self) -> Edited {
        Edited { length: 0, cursor: 0, refused: None, edge_space: false, pasted: false }
    }
}
pub fn harden() -> Vec<String> {
    Vec::new()
}
