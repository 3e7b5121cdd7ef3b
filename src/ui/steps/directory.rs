//! Step 3: the chosen entry, and the domain's controllers as reached without a password.

use crate::directory::Reach;
use crate::model::Model;
use crate::text::Safe;
use crate::walkthrough::step::{Phase, Question};
use crate::walkthrough::words::{self, Truth};
use crate::walkthrough::{Reaching, Station};

use crate::ui::look::{Look, Tone};
use crate::ui::stage::{Part, selected, truth};
use crate::ui::table::{Cell, Column, Table, column, number};

const COLUMNS: &[Column] = &[
    column("controller", (18, 24), 0),
    number("answers", 7, 1),
    column("can be proved by", (16, 18), 0),
    column("certificate", (11, 14), 2),
    number("clock", 6, 3),
    number("checked", 7, 4),
];

pub fn known<'a>(model: &'a Model, look: &'a Look) -> Vec<Part<'a>> {
    let walk = &model.walk;
    let mut parts = Vec::new();
    match &walk.entry {
        Some(entry) => {
            parts.push(Part::fact("Account", Safe::from(format!("{} in {}", entry.account, entry.domain))));
            parts.extend(words::elsewhere(walk).map(|answer| Part::Fact("Used", answer)));
            parts.extend(words::fleet_order(walk).into_iter().map(truth));
        }
        None if matches!(walk.phase(walk.current), Phase::Asking(Question::WhichEntry)) => {
            parts.push(Part::dim(words::entries_order()));
        }
        None => parts.push(Part::fact("Entries", words::entries(walk))),
    }
    parts.push(Part::Gap);
    parts.push(Part::Table(Table {
        columns: COLUMNS,
        total: walk.stations.len(),
        row: Box::new(move |row| walk.stations.get(row).map_or_else(Vec::new, |one| cells(model, look, one))),
        selected: selected(model),
        top: model.row_top,
        empty: words::no_controllers(),
    }));
    parts.extend(words::reached_so_far(walk).map(Part::dim));
    parts.extend(words::account_found(walk).map(truth));
    parts.extend(about(model).map(truth));
    parts.extend(words::search_troubles(walk).into_iter().take(2).map(truth));
    parts
}

fn cells(model: &Model, look: &Look, station: &Station) -> Vec<Cell> {
    let age = station.at.map_or_else(Safe::default, |at| words::age_of(at.at, model.now.at));
    let empty = || Cell::dim(Safe::default());
    match &station.state {
        Reaching::NotAsked | Reaching::Asking => {
            let word = if station.state == Reaching::Asking { "asking" } else { "not asked" };
            let state = Cell::state(look, Tone::Neutral, &Safe::new(word));
            vec![Cell::name(station.host.clone()), empty(), state, empty(), empty(), empty()]
        }
        Reaching::Failed(fault) => {
            let state = Cell::state(look, Tone::Bad, &Safe::from(fault.to_string()));
            vec![Cell::name(station.host.clone()), empty(), state, empty(), empty(), Cell::dim(age)]
        }
        Reaching::Reached(reach) => vec![
            Cell::marked_name(station.host.clone(), role_mark(look, reach)),
            Cell::plain(words::milliseconds(reach.latency)),
            Cell::state(look, tone(reach), &Safe::new(words::provable(reach))),
            Cell::plain(words::certificate(&reach.tls)),
            Cell::plain(words::skew(reach)),
            Cell::dim(age),
        ],
    }
}

fn role_mark(look: &Look, reach: &Reach) -> &'static str {
    if reach.read_only {
        look.glyphs().read_only
    } else if reach.pdc_emulator {
        look.glyphs().pdc_emulator
    } else {
        ""
    }
}

fn tone(reach: &Reach) -> Tone {
    if reach.provable() {
        Tone::Good
    } else if reach.read_only {
        Tone::Neutral
    } else {
        Tone::Warn
    }
}

/// One sentence about the marked controller, or about the first that is in trouble.
fn about(model: &Model) -> Option<Truth> {
    let stations = &model.walk.stations;
    let marked = selected(model).and_then(|row| stations.get(row));
    marked.and_then(words::controller_trouble).or_else(|| stations.iter().find_map(words::controller_trouble))
}
