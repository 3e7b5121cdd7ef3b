//! The machine, proved: whole walks, every state within reach, and chance; watched by a checker that is itself checked.

mod chance;
mod checker;
mod controls;
mod engine;
mod explore;
mod parting;
mod player;
mod proving;
mod said;
mod saves;
mod site;
