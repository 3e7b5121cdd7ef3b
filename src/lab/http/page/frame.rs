//! What every page has around it: its name, that it is a simulator, where else one may go.
//!
//! Relies on markup. Pure. Deliberately absent: anything from elsewhere, a script, an image, a font.

use super::markup::{Node, said, tag, text};
use crate::lab::world::{OPERATOR, WORKSPACE};

pub const CONFIGURATION: &str = "/";
pub const DIRECTORY_SERVICES: &str = "/configuration/directory-services";
pub const SENSORS: &str = "/configuration/sensors";
pub const STYLE: &str = "/portal.css";

const PLACES: [(&str, &str); 3] =
    [(CONFIGURATION, "Configuration"), (DIRECTORY_SERVICES, "Directory Services"), (SENSORS, "Sensors")];

/// A page before its frame is put around it.
pub struct Page {
    /// Where it is; its name there is its heading.
    pub place: &'static str,
    /// Stands before the name in the title, where a screen reader begins.
    pub first: Option<&'static str>,
    /// Seconds after which the browser asks again.
    pub refresh: Option<u32>,
    pub content: Vec<Node>,
}

impl Page {
    pub fn document(self) -> String {
        self.framed().document()
    }

    pub fn framed(self) -> Node {
        let known = PLACES.iter().find(|(place, _)| *place == self.place);
        let name = known.map_or("Portal", |(_, name)| *name);
        let first = self.first.map(|words| format!("{words} · ")).unwrap_or_default();
        let mut head = vec![
            tag("meta", &[("charset", "utf-8")], vec![]),
            tag("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")], vec![]),
            said("title", format!("{first}{name} · {WORKSPACE} · LAB")),
            tag("link", &[("rel", "stylesheet"), ("href", STYLE)], vec![]),
        ];
        if let Some(seconds) = self.refresh {
            let seconds = seconds.to_string();
            head.push(tag("meta", &[("http-equiv", "refresh"), ("content", &seconds)], vec![]));
        }
        let mut main = vec![said("h1", name)];
        main.extend(self.content);
        let skip = tag("a", &[("href", "#content"), ("class", "skip")], vec![text("To the content")]);
        let body =
            vec![skip, banner(), places(self.place), tag("main", &[("id", "content")], main), footer()];
        tag("html", &[("lang", "en")], vec![tag("head", &[], head), tag("body", &[], body)])
    }
}

fn banner() -> Node {
    let words = vec![
        said("strong", "LAB"),
        text(format!(" {WORKSPACE}, a simulator: nothing outside this machine is touched. ")),
        tag("span", &[("class", "who")], vec![text(OPERATOR)]),
    ];
    tag("header", &[], vec![tag("p", &[], words)])
}

fn places(here: &str) -> Node {
    let place = |(place, name): &(&str, &str)| {
        let current: &[_] = if *place == here { &[("aria-current", "page")] } else { &[] };
        let attributes = [&[("href", *place)], current].concat();
        tag("li", &[], vec![tag("a", &attributes, vec![text(*name)])])
    };
    let list = tag("ul", &[], PLACES.iter().map(place).collect());
    tag("nav", &[("aria-label", "Workspace")], vec![list])
}

fn footer() -> Node {
    let words = "Played by mdi-console. This is not Microsoft's portal, and ends with the program.";
    tag("footer", &[], vec![said("p", words)])
}
