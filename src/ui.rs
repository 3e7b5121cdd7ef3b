//! The whole screen from the model: draws what stands there and changes nothing.
//!
//! Relies on the model, on `walkthrough::words` for every sentence and on the domain's types; the only foreign text it
//! takes is `Safe`. Deliberately absent: I/O, the clock, and any decision about the walk.

pub mod frame;
pub mod look;

mod dialog;
mod fit;
mod footer;
mod glyphs;
mod help;
mod password;
mod rail;
mod recover;
mod small;
mod sources;
mod stage;
mod steps;
mod table;
mod tape;

use ratatui::Frame;

use crate::model::regions::Regions;
use crate::model::{Model, Size};

pub use look::Look;

/// Draws everything.
pub fn view(model: &Model, look: &Look, frame: &mut Frame) {
    let area = frame.area();
    let size = Size { columns: area.width, rows: area.height };
    if size.too_small() {
        small::draw(size, frame);
    } else {
        let regions = Regions::new(area, model.log_room(), model.refused());
        frame::draw(model, look, &regions, frame);
        rail::draw(model, look, regions.rail, frame);
        help::draw_beside(model, look, regions.help, frame);
        stage::draw(model, look, regions.stage, frame);
        tape::draw(model, look, regions.tape, frame);
        footer::draw(model, look, regions.footer, frame);
        dialog::draw(model, look, &regions, frame);
        help::draw_over(model, look, &regions, frame);
    }
    if look.ascii() {
        glyphs::only_ascii(frame.buffer_mut());
    }
}
