//! The map of the program.
pub mod clock;
pub mod directory;
pub mod engine;
pub mod journal;
pub mod portal;
pub mod secret;
pub mod sensor;
pub mod text;
