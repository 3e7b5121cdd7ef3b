//! The loop of the program. Relies on its pure parts; deliberately absent for now: the loop itself.
pub mod pace;
