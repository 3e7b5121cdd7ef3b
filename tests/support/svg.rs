//! A picture of a vt100 screen as SVG, for the README and for looking at what a test saw.
//!
//! Relies on a monospaced font at the viewer's end. Deliberately absent: blinking, and fonts of its own.

use std::fmt::Write as _;

const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 10.0;
const BACKGROUND: &str = "#14171c";
const FOREGROUND: &str = "#d7dae0";
const SIXTEEN: [&str; 16] = [
    "#1d1f21", "#cc6666", "#8fbf6a", "#e6c062", "#6f9fd8", "#b294bb", "#70c0b1", "#c5c8c6", "#666666",
    "#ff6b6b", "#a7d98a", "#ffd97a", "#8fb8f0", "#d0a8e0", "#8ad8c8", "#ffffff",
];

pub fn render(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (width, height) = (f32::from(columns.get()) * CELL.0, f32::from(rows.get()) * CELL.1);
    let mut svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{:.0}' height='{:.0}' \
         font-family='DejaVu Sans Mono,monospace' font-size='14'>\
         <rect width='100%' height='100%' rx='6' fill='{BACKGROUND}'/><g transform='translate({MARGIN},{MARGIN})'>",
        width + 2.0 * MARGIN,
        height + 2.0 * MARGIN,
    );
    for y in 0..rows.get() {
        for x in 0..columns.get() {
            if let Some(cell) = screen.cell(y, x).filter(|cell| !cell.is_wide_continuation()) {
                draw(&mut svg, (f32::from(x) * CELL.0, f32::from(y) * CELL.1), cell);
            }
        }
    }
    svg.push_str("</g></svg>\n");
    svg
}

fn draw(svg: &mut String, at: (f32, f32), cell: &vt100::Cell) {
    let (x, y) = at;
    let (mut ink, mut paper) = (colour(cell.fgcolor(), FOREGROUND), colour(cell.bgcolor(), BACKGROUND));
    if cell.inverse() {
        std::mem::swap(&mut ink, &mut paper);
    }
    let width = if cell.is_wide() { 2.0 * CELL.0 } else { CELL.0 };
    if paper != BACKGROUND {
        // A hair wider than the cell, so that no seam shows between two of them.
        let (wide, high) = (width + 0.2, CELL.1);
        let _ = write!(svg, "<rect x='{x:.1}' y='{y:.1}' width='{wide:.1}' height='{high}' fill='{paper}'/>");
    }
    if cell.contents().trim().is_empty() {
        return;
    }
    let text = cell.contents().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let bold = if cell.bold() { " font-weight='bold'" } else { "" };
    let dim = if cell.dim() { " opacity='.6'" } else { "" };
    let line = if cell.underline() { " text-decoration='underline'" } else { "" };
    let _ = write!(svg, "<text x='{x:.1}' y='{:.1}' fill='{ink}'{bold}{dim}{line}>{text}</text>", y + 14.0);
}

fn colour(colour: vt100::Color, default: &str) -> String {
    match colour {
        vt100::Color::Default => default.to_owned(),
        vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        vt100::Color::Idx(index) => {
            SIXTEEN.get(usize::from(index)).map_or(default, |colour| *colour).to_owned()
        }
    }
}
