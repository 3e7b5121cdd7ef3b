//! To come.
#[derive(Debug, Default)]
pub struct Window;
impl Window {
    pub fn push_batch(&mut self, _: Vec<super::Record>) {}
}
