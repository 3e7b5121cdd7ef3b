//! The map of the program.
pub mod clock;
pub mod journal;
pub mod logs;
pub mod secret;
pub mod sensor;
pub mod text;
