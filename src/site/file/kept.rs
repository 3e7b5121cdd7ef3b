//! Looks through a whole site file for what looks like a secret, wherever it stands: in keys, values and comments.
//!
//! Pure. Deliberately absent: what a secret looks like; see `secrets`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::fault::Wrong;
use super::super::keys;
use super::super::table::Reported;
use super::secrets::{self, Suspicion};

/// Reports every key, value and comment that looks like a secret.
pub(super) fn no_secrets(reported: &Reported<'_>, text: &str, document: &DeTable<'_>) {
    in_table(reported, "", document);
    let mut from = 0_usize;
    for line in text.split_inclusive('\n') {
        if let Some((at, why)) = comment(line).and_then(|(at, text)| Some((at, secrets::in_comment(text)?))) {
            let at = from.saturating_add(at);
            reported.say(&(at..at), "", Wrong::Secret(why));
        }
        from = from.saturating_add(line.len());
    }
}

/// What follows the first `#` that stands outside quotes, and where that is.
fn comment(line: &str) -> Option<(usize, &str)> {
    line.match_indices('#').find_map(|(at, _)| {
        let (before, text) = line.split_at_checked(at)?;
        (before.matches('"').count() % 2 == 0).then_some((at, text))
    })
}

fn in_table(reported: &Reported<'_>, table: &str, entries: &DeTable<'_>) {
    for (key, value) in entries {
        let name: &str = key.get_ref();
        let known = keys::ROOT.contains(&name) || keys::ALL.iter().any(|(_, keys)| keys.contains(&name));
        // A key that is itself long and random is not repeated either.
        if let Some(why) = secrets::in_value(name) {
            reported.say(&key.span(), "", Wrong::Secret(why));
        } else if !known && secrets::in_name(name) {
            reported.say(&key.span(), &dotted(table, name), Wrong::Secret(Suspicion::Name));
        }
        in_one(reported, &dotted(table, name), value);
    }
}

fn in_one(reported: &Reported<'_>, key: &str, value: &Spanned<DeValue<'_>>) {
    match value.get_ref() {
        DeValue::String(text) => {
            let command = key.ends_with("command");
            let why = if command { secrets::in_argument(text) } else { secrets::in_value(text) };
            if let Some(why) = why {
                reported.say(&value.span(), key, Wrong::Secret(why));
            }
        }
        DeValue::Array(list) => list.iter().for_each(|one| in_one(reported, key, one)),
        DeValue::Table(table) => in_table(reported, key, table),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

fn dotted(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}
