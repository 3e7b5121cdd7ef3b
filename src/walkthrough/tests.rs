//! The machine, proved: whole walks, every state within reach, and chance; watched by a checker that is itself checked.

#![expect(clippy::wildcard_enum_match_arm, reason = "a test picks out what it looks for")]

mod alone;
mod chance;
mod checker;
mod controls;
mod engine;
mod entering;
mod entries;
mod explore;
mod hand_off;
mod hand_over;
mod parting;
mod paused;
pub mod player;
mod proving;
mod reports;
mod resuming;
mod said;
mod saves;
mod second_person;
mod services;
pub mod site;
mod sites;
mod taken_up;
mod wall_clock;
