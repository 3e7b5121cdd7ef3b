//! Evidence to verdict.
