//! The sensors' servers, how their services are asked about, their logs, and how long all of it is watched.
//!
//! Pure. Presets are argument vectors, never text for a shell. Deliberately absent: running anything.

use super::super::keys;
use super::super::names;
use super::super::table::Table;
use super::{Asked, Log, LogFrom, Probe, Reading, Sensor, Watch, minutes, seconds};
use crate::sensor::Way;

const PRESETS: [(&str, Way); 5] = [
    ("sc", Way::Sc),
    ("ssh", Way::Ssh),
    ("net-rpc", Way::NetRpc),
    ("command", Way::Command),
    ("none", Way::ByHand),
];

const SC: [&str; 4] = ["sc.exe", "\\\\{host}", "queryex", "{service}"];
/// It asks nothing of anybody, believes known hosts alone, hands nothing on, and leaves no connection behind.
const SSH: [&str; 19] = [
    "ssh",
    "-T",
    "-n",
    "-o",
    "BatchMode=yes",
    "-o",
    "StrictHostKeyChecking=yes",
    "-o",
    "ForwardAgent=no",
    "-o",
    "ClearAllForwardings=yes",
    "-o",
    "ControlMaster=no",
    "-o",
    "ConnectTimeout=10",
    "{host}",
    "sc.exe",
    "queryex",
    "{service}",
];
/// With the ticket that `kinit` got; it must never ask for a password itself.
const NET_RPC: [&str; 9] =
    ["net", "rpc", "service", "status", "{service}", "-S", "{host}", "--use-kerberos=required", "--no-pass"];

pub(super) fn probe(file: &Reading<'_, '_>) -> Probe {
    let usual = Probe { asked: None, limit: seconds(20) };
    let Some(table) = file.table(keys::PROBE) else { return usual };
    let limit = table.number("timeout_seconds", &(1..=120)).map_or(usual.limit, seconds);
    if table.get("preset").is_none() {
        table.missing("preset", "`sc`, `ssh`, `net-rpc`, `command` or `none`");
    }
    Probe { asked: asked(&table).flatten(), limit }
}

/// How a table says services are to be asked about; `None`: it doesn't.
#[expect(
    clippy::option_option,
    reason = "not said and said to be none are two things: the site's own way holds, or none does"
)]
fn asked(table: &Table<'_, '_>) -> Option<Option<Asked>> {
    let command = table.texts("command", &names::ARGUMENT);
    let preset = table.choice("preset", &PRESETS);
    if let (Some(value), true) = (table.get("command"), preset.is_some_and(|one| one != Way::Command)) {
        table.together(&value.span(), "command", "it is used only with preset = \"command\"");
    }
    if let (Some(value), None) = (table.get("command"), table.get("preset")) {
        table.together(&value.span(), "command", "say preset = \"command\" beside it");
    }
    let fixed = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
    let way = preset?;
    let command: Option<Vec<String>> = match way {
        Way::Sc => fixed(&SC),
        Way::Ssh => fixed(&SSH),
        Way::NetRpc => fixed(&NET_RPC),
        Way::ByHand => None,
        Way::Command => own_command(table, command.map(|all| all.into_iter().map(|one| one.value).collect())),
    };
    Some(command.map(|command| Asked { way, command }))
}

fn own_command(table: &Table<'_, '_>, command: Option<Vec<String>>) -> Option<Vec<String>> {
    let expected = "a list of the program and its arguments, with {host} and {service} in it";
    let Some(value) = table.get("command") else {
        table.missing("command", expected);
        return None;
    };
    let command = command?;
    let has = |word: &str| command.iter().skip(1).any(|argument| argument.contains(word));
    if !has("{host}") || !has("{service}") {
        table.together(&value.span(), "command", &format!("expected {expected}"));
        return None;
    }
    Some(command)
}

pub(super) fn sensors(file: &Reading<'_, '_>) -> Vec<Sensor> {
    let mut sensors: Vec<Sensor> = Vec::new();
    for table in file.tables(keys::SENSOR) {
        let probe = asked(&table);
        let standalone = table.flag("standalone").unwrap_or(false);
        let Some(host) = table.needed("host", &names::HOST) else { continue };
        if sensors.iter().any(|one| one.host == host.value) {
            table.together(&host.at, "host", "this server is named twice");
            continue;
        }
        sensors.push(Sensor { host: host.value, standalone, probe });
    }
    sensors
}

pub(super) fn logs(file: &Reading<'_, '_>) -> Vec<Log> {
    let tables = file.tables(keys::LOG);
    tables.iter().filter_map(log).collect()
}

fn log(table: &Table<'_, '_>) -> Option<Log> {
    let patterns = table.texts("patterns", &names::PATTERN);
    let command = table.texts("command", &names::ARGUMENT);
    let host = table.needed("host", &names::HOST);
    let from = match (table.get("patterns"), table.get("command")) {
        (Some(_), None) => LogFrom::Patterns(patterns?.into_iter().map(|one| one.value).collect()),
        (None, Some(_)) => LogFrom::Command(command?.into_iter().map(|one| one.value).collect()),
        (Some(_), Some(value)) => {
            table.together(&value.span(), "command", "a log has either patterns or a command, not both");
            return None;
        }
        (None, None) => {
            table.missing("patterns", "where the log's files are, or a command whose output is followed");
            return None;
        }
    };
    Some(Log { host: host?.value, from })
}

pub(super) fn watch(file: &Reading<'_, '_>) -> Watch {
    let usual = Watch { watch: minutes(35), settle: seconds(180), poll: seconds(15) };
    let Some(table) = file.table(keys::WATCH) else { return usual };
    let watch = Watch {
        watch: table.number("watch_minutes", &(1..=1440)).map_or(usual.watch, minutes),
        settle: table.number("settle_seconds", &(30..=3600)).map_or(usual.settle, seconds),
        poll: table.number("poll_seconds", &(10..=600)).map_or(usual.poll, seconds),
    };
    if let (true, Some(value)) = (watch.settle > watch.watch, table.get("settle_seconds")) {
        table.together(&value.span(), "settle_seconds", "it is longer than the whole watch time");
    }
    watch
}
