//! The terminal.
pub mod key;
pub mod page;
pub mod traits;
