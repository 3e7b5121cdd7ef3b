//! The pictures of the README, drawn from the real screen and compared with what is kept.
//!
//! Relies on `support/story.rs`, which drives the real machine, and on a real page painted into a terminal in memory.
//! `MDI_CONSOLE_DRAW=1` draws the pictures anew; look at them before they are kept.

#![expect(clippy::expect_used, reason = "a test may end where it stands; it says why")]

#[path = "support/scenes.rs"]
#[expect(dead_code, reason = "the screens' tests use the rest")]
mod scenes;
#[path = "support/story.rs"]
mod story;
#[path = "support/svg.rs"]
mod svg;

use std::fs;
use std::path::Path;

use mdi_console::model::{Model, Size};
use mdi_console::terminal::page::{self, Page};
use mdi_console::terminal::traits::{ColourChoice, Traits, Wishes};
use mdi_console::ui::{self, Look};
use ratatui::layout::Size as Area;

const COLUMNS: u16 = 100;
const ROWS: u16 = 30;

/// What a terminal shows after one frame.
fn painted(mut model: Model) -> vt100::Parser {
    model.size = Size { columns: COLUMNS, rows: ROWS };
    let mut bytes = Vec::new();
    {
        let wishes = Wishes { colour: ColourChoice::Always, ascii: false };
        let environment = |name: &str| (name == "TERM").then(|| "xterm-256color".to_owned());
        let traits = Traits::decide(wishes, environment, true);
        let page = Page::new(&mut bytes, Area::new(COLUMNS, ROWS), traits);
        let mut terminal = page.into_terminal().expect("a page in memory");
        let look = Look::new(true, false);
        terminal
            .draw(|frame| {
                ui::view(&model, &look, frame);
                page::settle(frame.buffer_mut());
            })
            .expect("drawn");
    }
    let size = |cells: u16| cells.try_into().expect("not zero");
    let mut parser = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
    parser.process(&bytes);
    parser
}

#[test]
fn the_picture_in_the_readme_is_what_the_screen_shows() {
    let model = scenes::model(story::Story::new(story::Names::Usual).accepted());
    let picture = svg::render(painted(model).screen());
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screens/password.svg");
    if std::env::var_os("MDI_CONSOLE_DRAW").is_some() {
        fs::create_dir_all(kept.parent().expect("a folder")).expect("the folder of pictures");
        fs::write(&kept, &picture).expect("the picture is written");
    }
    let before = fs::read_to_string(&kept).expect("a picture is kept; MDI_CONSOLE_DRAW=1 draws it");
    assert!(before == picture, "the screen has changed; MDI_CONSOLE_DRAW=1 draws it anew, then look at it");
    assert!(picture.contains("•"), "the masked field is in it");
}
