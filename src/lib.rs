//! The map of the program.
pub mod app;
pub mod clock;
pub mod directory;
pub mod engine;
pub mod journal;
pub mod logs;
pub mod portal;
pub mod secret;
pub mod sensor;
pub mod terminal;
pub mod text;
pub mod walkthrough;
