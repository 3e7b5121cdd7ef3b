//! The map of the program.
pub mod clock;
pub mod lab;
pub mod secret;
pub mod text;
