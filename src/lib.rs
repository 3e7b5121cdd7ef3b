//! The map of the program.
pub mod app;
pub mod clock;
pub mod directory;
pub mod engine;
pub mod journal;
pub mod key;
pub mod logs;
pub mod model;
pub mod portal;
pub mod secret;
pub mod sensor;
pub mod terminal;
pub mod text;
pub mod ui;
pub mod walkthrough;
