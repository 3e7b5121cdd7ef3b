//! To come.
#[derive(Debug, Default)]
pub struct Window;
