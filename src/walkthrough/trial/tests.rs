//! The order in which controllers are asked.
