//! The room of what acts: the attempts on disk and the secrets held.
//!
//! Relies on `directory` and `secret`. Deliberately absent: decisions; they are made by pure code and only carried out here.

pub mod ledger;
pub mod vault;
