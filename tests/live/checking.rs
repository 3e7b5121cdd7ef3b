//! `check` at a live site.
