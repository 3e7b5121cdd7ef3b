//! The loop, on a driven clock.
