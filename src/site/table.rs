//! Reads one table of a site file key by key, and reports what is wrong with it instead of stopping there.
//!
//! Pure; relies on `toml`'s own values with their spans. A key that was asked for and is wrong reads as absent, after
//! having been reported; so a value that is taken in its place is never used. Deliberately absent: what the keys mean.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text::Safe;

use super::fault::{Fault, Instead, Wrong, nearest_of, one_of};
use super::keys::{self, Known};
use super::names::Form;
use super::secrets;

/// The file's text, and what is wrong with it so far.
pub(super) struct Reported<'i> {
    text: &'i str,
    faults: RefCell<Vec<Fault>>,
}

impl<'i> Reported<'i> {
    pub(super) fn new(text: &'i str) -> Self {
        Self { text, faults: RefCell::default() }
    }

    pub(super) fn say(&self, at: &Range<usize>, key: &str, wrong: Wrong) {
        let fault = Fault::new(self.text, at, key, wrong);
        let mut faults = self.faults.borrow_mut();
        // What looks like a secret is told once, and nothing else of it.
        let place = |one: &Fault| (one.line, one.column);
        let told = |one: &Fault| matches!(one.wrong, Wrong::Secret(_)) && place(one) == place(&fault);
        if !faults.iter().any(told) {
            faults.push(fault);
        }
    }

    pub(super) fn any(&self) -> bool {
        !self.faults.borrow().is_empty()
    }

    /// In the order of the lines.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| (fault.line, fault.column));
        faults
    }
}

pub(super) struct Table<'r, 'i> {
    reported: &'r Reported<'i>,
    name: &'static str,
    /// Where it begins.
    pub(super) at: Range<usize>,
    entries: &'r DeTable<'i>,
}

/// A value that was read, and where it stands: for what is wrong only together with another.
#[derive(Clone, Debug)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) at: Range<usize>,
}

impl<'r, 'i> Table<'r, 'i> {
    /// Keys that aren't known are reported at once.
    pub(super) fn new(
        reported: &'r Reported<'i>,
        (name, known): Known,
        at: Range<usize>,
        entries: &'r DeTable<'i>,
    ) -> Self {
        for key in entries.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let path = path(name, key.get_ref());
            reported.say(&key.span(), &path, unknown(key.get_ref(), known));
        }
        Self { reported, name, at, entries }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'r Spanned<DeValue<'i>>> {
        self.entries.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    pub(super) fn say(&self, at: &Range<usize>, key: &str, wrong: Wrong) {
        self.reported.say(at, &path(self.name, key), wrong);
    }

    /// Two things that don't go together, told at `key`.
    pub(super) fn together(&self, at: &Range<usize>, key: &str, why: &str) {
        self.say(at, key, Wrong::Together(Safe::new(why)));
    }

    pub(super) fn missing(&self, key: &str, expected: &str) {
        self.say(&self.at, key, Wrong::Missing(Safe::new(expected)));
    }

    fn wrong_type(&self, key: &str, expected: &str, value: &Spanned<DeValue<'_>>) {
        let found = value.get_ref().type_str();
        self.say(&value.span(), key, Wrong::Type { expected: Safe::new(expected), found });
    }

    pub(super) fn text<T>(&self, key: &str, form: &Form<T>) -> Option<Placed<T>> {
        let value = self.get(key)?;
        self.in_form(key, form, value)
    }

    fn in_form<T>(&self, key: &str, form: &Form<T>, value: &Spanned<DeValue<'_>>) -> Option<Placed<T>> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, form.expected, value);
            return None;
        };
        let Some(read) = (form.read)(text) else {
            self.say(&value.span(), key, Wrong::Value { expected: form.expected.into(), nearest: None });
            return None;
        };
        Some(Placed { value: read, at: value.span() })
    }

    /// As [`Table::text`]; absence is reported.
    pub(super) fn needed<T>(&self, key: &str, form: &Form<T>) -> Option<Placed<T>> {
        if self.get(key).is_none() {
            self.missing(key, form.expected);
        }
        self.text(key, form)
    }

    /// A list of texts, with at least one in it.
    pub(super) fn texts<T>(&self, key: &str, form: &Form<T>) -> Option<Vec<Placed<T>>> {
        let value = self.get(key)?;
        let expected = format!("a list, each of it {}", form.expected);
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(key, &expected, value);
            return None;
        };
        if list.is_empty() {
            let expected = format!("{expected}; it is empty");
            self.say(&value.span(), key, Wrong::Value { expected: expected.into(), nearest: None });
            return None;
        }
        Some(list.iter().filter_map(|one| self.in_form(key, form, one)).collect())
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, key: &str, words: &[(&'static str, T)]) -> Option<T> {
        let value = self.get(key)?;
        let known: Vec<&'static str> = words.iter().map(|(word, _)| *word).collect();
        let expected = one_of(known.iter().copied());
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, &expected, value);
            return None;
        };
        let chosen = words.iter().find(|(word, _)| *word == text).map(|(_, chosen)| *chosen);
        if chosen.is_none() {
            let nearest = nearest_of(text, &known);
            self.say(&value.span(), key, Wrong::Value { expected: expected.into(), nearest });
        }
        chosen
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(key, "true or false, without quotes", value);
        }
        flag
    }

    /// A whole number; its unit is in the key's name.
    pub(super) fn number(&self, key: &str, range: &RangeInclusive<u32>) -> Option<u32> {
        let value = self.get(key)?;
        let unit = key.rsplit_once('_').map_or("", |(_, unit)| unit);
        let unit = if matches!(unit, "seconds" | "minutes") { format!(" of {unit}") } else { String::new() };
        let expected = format!("a whole number{unit} from {} to {}", range.start(), range.end());
        let Some(number) = value.get_ref().as_integer() else {
            self.wrong_type(key, &expected, value);
            return None;
        };
        let read = u32::from_str_radix(number.as_str(), number.radix()).ok();
        let read = read.filter(|number| range.contains(number));
        if read.is_none() {
            self.say(&value.span(), key, Wrong::Value { expected: expected.into(), nearest: None });
        }
        read
    }
}

fn path(table: &str, key: &str) -> String {
    let table = table.trim_matches(['[', ']']);
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

/// What there is to say of a key that there isn't.
fn unknown(key: &str, known: &'static [&'static str]) -> Wrong {
    if secrets::in_name(key) && !keys::ALL.iter().any(|(_, keys)| keys.contains(&key)) {
        return Wrong::Secret(secrets::Suspicion::Name);
    }
    let table = keys::ALL.iter().any(|(table, _)| table.trim_matches(['[', ']']) == key);
    let instead = match (nearest_of(key, known), keys::home(key)) {
        (_, Some(home)) => Instead::Table(home),
        (Some(nearest), None) => Instead::Nearest(nearest),
        (None, None) if table => Instead::Table("no other table; begin it with its own header"),
        (None, None) => Instead::OneOf(known),
    };
    Wrong::UnknownKey(instead)
}
