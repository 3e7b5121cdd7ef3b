//! The text behind a command's help, as the manual's: paragraphs, and indented lines that keep their shape.
//!
//! Pure. Relies on how such text is written here: an empty line between paragraphs, indented what is to be kept.

use clap_mangen::roff::{Roff, bold, roman};

/// A paragraph that begins with one of these is a section of its own in the page's outermost part.
const SECTIONS: [(&str, &str); 2] = [("Examples:", "EXAMPLES"), ("Exit codes:", "EXIT STATUS")];

/// The text of the table's top, with sections of its own.
pub(super) fn sections(text: &str) -> String {
    let mut roff = Roff::new();
    let mut rest = Vec::new();
    for paragraph in text.split("\n\n") {
        let titled =
            SECTIONS.iter().find_map(|(begins, title)| Some((title, paragraph.strip_prefix(begins)?)));
        let Some((title, paragraph)) = titled else {
            rest.push(paragraph);
            continue;
        };
        roff.control("SH", [*title]);
        write(&mut roff, paragraph);
    }
    if !rest.is_empty() {
        roff.control("SH", ["NOTES"]);
        for paragraph in rest {
            write(&mut roff, paragraph);
        }
    }
    roff.to_roff()
}

/// The text of one command.
pub(super) fn plain(text: &str) -> String {
    let mut roff = Roff::new();
    for paragraph in text.split("\n\n") {
        write(&mut roff, paragraph);
    }
    roff.to_roff()
}

fn write(roff: &mut Roff, paragraph: &str) {
    roff.control("PP", []);
    let mut kept = false;
    for line in paragraph.lines().filter(|line| !line.trim().is_empty()) {
        let indented = line.starts_with("  ");
        if indented != kept {
            let controls = if indented { ["RS", "nf"] } else { ["fi", "RE"] };
            for control in controls {
                roff.control(control, if control == "RS" { vec!["4"] } else { vec![] });
            }
            kept = indented;
        }
        // A line of text begins where roff puts it; of what is kept the first two spaces are the indentation.
        let line = if indented { line.get(2..).unwrap_or_default() } else { line.trim_start() };
        let heading = !indented && line.ends_with(':');
        roff.text([if heading { bold(line) } else { roman(line) }]);
    }
    if kept {
        roff.control("fi", []);
        roff.control("RE", []);
    }
}
