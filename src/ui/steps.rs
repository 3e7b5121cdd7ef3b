//! What is known, step by step: each gives its parts, the weightiest first; the stage lays them out.
//!
//! Deliberately absent: what is asked, which the stage draws in the same place for every step.

mod code;
mod configuration;
mod directory;
mod password;
mod portal;
mod qr;
mod save;
mod sensors;
mod services;

use crate::model::Model;
use crate::walkthrough::step::Step;

use super::look::Look;
use super::stage::{Part, Room};

pub fn known<'a>(model: &'a Model, look: &'a Look, room: Room) -> Vec<Part<'a>> {
    match model.step() {
        Step::Portal => portal::known(model, look, room),
        Step::Configuration => configuration::known(model),
        Step::DirectoryServices => directory::known(model, look),
        Step::Password => password::known(model, look, room),
        Step::Save => save::known(model),
        Step::Services => services::known(model, look),
        Step::Sensors => sensors::known(model, look),
    }
}
