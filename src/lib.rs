//! The map of the program.
pub mod app;
pub mod clock;
pub mod secret;
pub mod terminal;
pub mod text;
