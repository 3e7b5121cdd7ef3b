//! A refusal as a line for people, or as an object for programs. Pure.
//!
//! Relies on the record being safe to show. Deliberately absent: the lines below a record's first; file and offset lead
//! to them.

use serde::Serialize;

use crate::logs::finders::fields::Fields;
use crate::logs::{Known, Record, WrittenTime};
use crate::text::Safe;

/// So many characters of a message stand on a line for people.
const SHOWN: usize = 320;

/// One object; its keys and their words stay.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(super) enum Line<'a> {
    Refused {
        file: &'a Safe,
        offset: u64,
        length: u64,
        time: Option<WrittenTime>,
        level: Option<&'static str>,
        component: Option<&'a Safe>,
        host: Option<Safe>,
        controller: Option<&'a Safe>,
        account: Option<&'a Safe>,
        domain: Option<&'a Safe>,
        message: &'a Safe,
    },
}

/// How many there are in a file.
#[derive(Debug, Serialize)]
pub(super) struct Count<'a> {
    pub file: &'a Safe,
    /// Unknown if the file could not be read.
    pub matches: Option<u64>,
    pub first: Option<WrittenTime>,
    pub last: Option<WrittenTime>,
    /// Unknown if the reading failed.
    pub bytes: Option<u64>,
    pub whole: bool,
}

/// What a refusal names.
struct Named<'a> {
    host: Option<Safe>,
    controller: Option<&'a Safe>,
    account: Option<&'a Safe>,
    domain: Option<&'a Safe>,
}

impl<'a> Named<'a> {
    fn of(record: &'a Record) -> Self {
        let host = Fields::of_record(record).host();
        match &record.known {
            Some(Known::Refused { account, domain, controller }) => Self {
                host,
                controller: controller.as_ref(),
                account: account.as_ref(),
                domain: domain.as_ref(),
            },
            _ => Self { host, controller: None, account: None, domain: None },
        }
    }
}

impl<'a> Line<'a> {
    pub fn of(file: &'a Safe, record: &'a Record) -> Self {
        let Named { host, controller, account, domain } = Named::of(record);
        Self::Refused {
            file,
            offset: record.at.offset,
            length: record.length,
            time: record.time,
            level: record.level.map(crate::logs::Level::word),
            component: record.component.as_ref(),
            host,
            controller,
            account,
            domain,
            message: &record.message,
        }
    }
}

/// Where, when, whom and what, in this order, so that lines can be sorted and cut.
pub(super) fn text(file: &Safe, record: &Record) -> Safe {
    let named = Named::of(record);
    let time = record.time.map_or_else(
        || "no time written".to_owned(),
        |time| time.strftime("%Y-%m-%d %H:%M:%S%.f").to_string(),
    );
    let account = named.account.map(|account| match named.domain {
        Some(domain) => format!("account {account} in {domain}"),
        None => format!("account {account}"),
    });
    let controller = named.controller.map(|controller| format!("controller {controller}"));
    let host = named.host.map(|host| format!("host {host}"));
    let whom: Vec<String> = [host, controller, account].into_iter().flatten().collect();
    let whom = if whom.is_empty() { String::new() } else { format!("  {}", whom.join(", ")) };
    let said = shortened(record.message.trim_start());
    Safe::from(format!("{file}:{}: {time}{whom}  {said}", record.at.offset))
}

fn shortened(message: &str) -> String {
    match message.char_indices().nth(SHOWN) {
        Some((end, _)) => message.get(..end).unwrap_or("").to_owned() + "…",
        None => message.to_owned(),
    }
}
