//! Stub.
pub fn title(_: &crate::model::Model) -> crate::text::Safe {
    crate::text::Safe::default()
}
