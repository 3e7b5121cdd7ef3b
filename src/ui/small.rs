//! What is shown in a window too small for the walk: one sentence, and nothing else.

use ratatui::Frame;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::model::Size;
use crate::walkthrough::words;

use super::fit;

pub fn draw(size: Size, frame: &mut Frame) {
    let said = words::too_small(size.columns, size.rows);
    let lines: Vec<Line> = fit::wrap(&said, usize::from(size.columns))
        .iter()
        .map(|line| Line::from(line.as_str().to_owned()))
        .collect();
    frame.render_widget(Paragraph::new(lines), frame.area());
}
