//! Step 6: the sensor services on their servers, standalone ones first, and how to start a stopped one by hand.

use crate::model::Model;
use crate::sensor::Standing;
use crate::walkthrough::ServiceRow;
use crate::walkthrough::words;

use crate::ui::look::{Look, Role, Tone};
use crate::ui::stage::{Part, selected, truth};
use crate::ui::table::{Cell, Column, Table, column, number};

const COLUMNS: &[Column] = &[
    column("server", (20, 36), 0),
    column("AATPSensor", (19, 24), 0),
    column("Updater", (11, 24), 3),
    number("pid", 5, 2),
    column("kind", (10, 10), 4),
    column("learnt by", (9, 24), 5),
    number("seen", 6, 1),
];

pub fn known<'a>(model: &'a Model, look: &'a Look) -> Vec<Part<'a>> {
    let rows = model.services();
    let marked = rows.get(model.row).copied();
    // The marked row's own, else the first one's that has any.
    let stopped = |row: &ServiceRow| !words::start_commands(row).is_empty();
    let stopped = marked.filter(|row| stopped(row)).or_else(|| rows.iter().copied().find(|row| stopped(row)));
    let troubled = |row: &ServiceRow| !words::service_trouble(row).is_empty();
    let troubled = marked
        .filter(|row| troubled(row))
        .or_else(|| rows.iter().copied().find(|row| row.server.standalone && troubled(row)));
    let mut parts = Vec::new();
    parts.push(Part::Table(Table {
        columns: COLUMNS,
        total: rows.len(),
        row: Box::new(move |row| rows.get(row).map_or_else(Vec::new, |row| cells(model, look, row))),
        selected: selected(model),
        top: model.row_top,
        empty: words::no_servers(),
    }));
    parts.push(Part::Gap);
    if let Some(row) = stopped {
        parts.push(Part::plain(words::start_by_hand(&model.walk, row)));
        let commands = words::start_commands(row);
        parts.extend(commands.into_iter().map(|command| Part::Sentence(None, Role::Marked, command)));
    }
    parts.extend(words::services_known(&model.walk).into_iter().map(truth));
    parts.extend(troubled.map(words::service_trouble).unwrap_or_default().into_iter().map(truth));
    parts.extend(stopped.map(|_| Part::dim(words::start_in_order())));
    parts
}

fn cells(model: &Model, look: &Look, row: &ServiceRow) -> Vec<Cell> {
    vec![
        Cell::name(row.server.host.clone()),
        Cell::state(look, tone(row), &words::service_of(row)),
        Cell::state(look, tone_of(&row.updater), &words::service(&row.updater)),
        Cell::plain(words::process(&row.sensor)),
        Cell::dim(words::server_kind(row)),
        Cell::dim(words::learnt_by(row)),
        Cell::dim(words::seen(row, model.now)),
    ]
}

/// A mark or a reason settles the row, but doesn't make it observed.
fn tone(row: &ServiceRow) -> Tone {
    match tone_of(&row.sensor) {
        Tone::Good => Tone::Good,
        _ if row.not_applicable => Tone::Neutral,
        _ if row.settled() => Tone::Warn,
        tone => tone,
    }
}

fn tone_of(standing: &Standing) -> Tone {
    match standing {
        Standing::Running { .. } => Tone::Good,
        Standing::Stopped { .. } | Standing::Stopping { .. } | Standing::Paused { .. } => Tone::Bad,
        Standing::Settling { .. }
        | Standing::Starting { .. }
        | Standing::Restarting { .. }
        | Standing::RunningUnproved { .. }
        | Standing::MarkedByOperator { .. } => Tone::Warn,
        Standing::NotObserved | Standing::Unknown(_) => Tone::Unknown,
        Standing::Disabled | Standing::Absent => Tone::Neutral,
    }
}
