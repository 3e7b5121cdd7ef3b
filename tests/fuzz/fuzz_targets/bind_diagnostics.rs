//! See `targets::bind_diagnostics`.
#![no_main]

#[path = "../targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::run("bind_diagnostics", bytes));
