//! The machine, proved: whole walks, every state within reach, and chance; watched by a checker that is itself checked.

mod chance;
mod checker;
mod controls;
mod explore;
mod player;
mod said;
mod site;
mod stories;
