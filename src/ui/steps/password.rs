//! Step 4: what each controller said of the password, how many attempts are safe, what is known of the account.

use crate::model::Model;
use crate::text::Safe;
use crate::walkthrough::trial::{Row, RowWord};
use crate::walkthrough::words::{self, Truth};

use crate::ui::look::{Look, Tone};
use crate::ui::stage::{Part, Room, selected, truth};
use crate::ui::table::{Cell, Column, Table, column, number};

use super::portal::banner;

const COLUMNS: &[Column] = &[
    column("controller", (18, 36), 0),
    number("answers", 9, 1),
    column("password", (21, 40), 0),
    number("checked", 7, 2),
];

/// Below these what warns of the account is said in one line, and in full under Space.
const WIDE: u16 = 80;
const TALL: u16 = 18;

pub fn known<'a>(model: &'a Model, look: &'a Look, room: Room) -> Vec<Part<'a>> {
    let walk = &model.walk;
    let rows = model.trial_rows();
    let mut parts = vec![Part::fact("Account", words::account(walk))];
    parts.push(Part::Gap);
    parts.push(Part::Table(Table {
        columns: COLUMNS,
        total: rows.len(),
        row: Box::new(move |row| rows.get(row).map_or_else(Vec::new, |row| cells(model, look, row))),
        selected: selected(model),
        top: model.row_top,
        empty: words::no_controllers(),
    }));
    if let Some(held) = &walk.acceptance {
        let passed = held.overridden;
        parts.extend(held.misgivings.iter().map(|one| {
            let text = words::misgiving(one);
            truth(if passed { Truth::Plain(text) } else { Truth::Warn(text) })
        }));
    }
    parts.push(Part::Gap);
    let roomy = room.columns >= WIDE && room.rows >= TALL;
    let (in_short, in_full) = if roomy {
        (None, words::account_facts(walk, model.now))
    } else {
        words::account_in_short(walk, model.now)
    };
    parts.extend(in_short.map(truth));
    parts.push(Part::plain(words::guard(walk)));
    parts.extend(in_full.into_iter().map(truth));
    parts.push(Part::dim(words::whose_attempts(&walk.terms)));
    parts.extend(banner(walk));
    parts
}

fn cells(model: &Model, look: &Look, row: &Row) -> Vec<Cell> {
    let mark = if row.pdc_emulator { look.glyphs().pdc_emulator } else { "" };
    let answers = match row.latency {
        Some(latency) => words::milliseconds(latency),
        None => words::not_answering(&model.walk, &row.host),
    };
    let checked = row.checked.map_or_else(Safe::default, |at| words::age_at(at, model.now.wall));
    vec![
        Cell::marked_name(row.host.clone(), mark),
        Cell::plain(answers),
        Cell::state(look, tone(&row.word), &words::row(&row.word)),
        Cell::dim(checked),
    ]
}

fn tone(word: &RowWord) -> Tone {
    match word {
        RowWord::NotChecked | RowWord::Testing => Tone::Neutral,
        RowWord::CurrentByKerberos | RowWord::CurrentByAge | RowWord::Accepted => Tone::Good,
        RowWord::Previous | RowWord::AnotherAccounts | RowWord::Refused(_) => Tone::Bad,
        RowWord::NotKnown(_) => Tone::Unknown,
    }
}
