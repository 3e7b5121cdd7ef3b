//! The first line: where this is, whether it is real, who works, what time it is. And the banner of a refusal under it.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::model::Model;
use crate::model::regions::Regions;
use crate::text::Safe;
use crate::walkthrough::words;

use super::fit;
use super::look::{Look, Role};

/// The terminal window's own title: the place, the step, and the verdict or a refusal as soon as there is one.
pub fn title(model: &Model) -> Safe {
    words::window_title(&model.walk)
}

pub(super) fn draw(model: &Model, look: &Look, regions: &Regions, frame: &mut Frame) {
    let terms = &model.walk.terms;
    let columns = usize::from(regions.frame.width);
    let mark = if terms.lab { Role::Heading } else { Role::Alarm };
    let clock = words::clock(model.now.wall);
    let who = Safe::from(format!("{}@{}", terms.operator, terms.host));
    let who = fit::in_the_middle(&who, columns.saturating_sub(24).div_euclid(2));
    let fixed = fit::width(&who).saturating_add(20);
    let site = fit::in_the_middle(&terms.site, columns.saturating_sub(fixed));
    let left = vec![
        Span::raw(" "),
        look.span(Role::Heading, &site),
        Span::raw("  "),
        Span::styled(format!(" {} ", words::live_or_lab(terms)), look.style(mark)),
    ];
    let right = vec![
        look.span(Role::Secondary, &who),
        Span::raw("  "),
        look.span(Role::Plain, &clock),
        Span::raw(" "),
    ];
    frame.render_widget(Line::from(left), regions.frame);
    frame.render_widget(Line::from(right).right_aligned(), regions.frame);
    if let Some(watch) = model.walk.watch.as_ref().filter(|_| !regions.banner.is_empty()) {
        let said = words::refused_banner(watch);
        let said = Safe::from(format!(" {} {said}", look.glyphs().bad));
        let said = fit::at_end(&said, columns);
        let said = Safe::from(format!("{said:<columns$}"));
        frame.render_widget(look.line(Role::Alarm, &said), regions.banner);
    }
}
