//! Stub.
pub mod frame;
pub mod look;
pub fn view(_: &crate::model::Model, _: &look::Look, _: &mut ratatui::Frame<'_>) {}
