//! The map of the program.
pub mod clock;
pub mod directory;
pub mod portal;
pub mod secret;
pub mod text;
