//! Step 6 in words: what was seen of each server's services, why one could not be asked, and how one is started by hand.
//!
//! The commands are to be copied; nothing here or elsewhere runs them.

use crate::clock::Now;
use crate::sensor::{How, Service, Standing, Way, Why};
use crate::text::Safe;
use crate::walkthrough::{ServiceRow, Walkthrough};

use super::{Truth, age_of, clock, safe};

pub fn no_servers() -> Safe {
    Safe::new("No sensor server is named at this site, so there is no service to check.")
}

/// A service's state, or why the walk went on without it.
pub fn service_of(row: &ServiceRow) -> Safe {
    let seen = super::super::service(&row.sensor);
    if row.running() {
        return seen;
    }
    match (&row.marked, &row.excused) {
        _ if row.not_applicable => Safe::new("not applicable"),
        (Some(_), _) => Safe::new("marked by operator"),
        (None, Some(_)) => safe(format!("{seen}, by reason")),
        (None, None) => seen,
    }
}

pub fn process(standing: &Standing) -> Safe {
    match standing {
        Standing::Running { pid, .. } | Standing::Settling { pid, .. } | Standing::Restarting { pid, .. } => {
            safe(pid.to_string())
        }
        Standing::NotObserved
        | Standing::RunningUnproved { .. }
        | Standing::Starting { .. }
        | Standing::Stopping { .. }
        | Standing::Stopped { .. }
        | Standing::Paused { .. }
        | Standing::Disabled
        | Standing::Absent
        | Standing::Unknown(_)
        | Standing::MarkedByOperator { .. } => Safe::default(),
    }
}

pub fn server_kind(row: &ServiceRow) -> Safe {
    Safe::new(if row.server.standalone { "standalone" } else { "integrated" })
}

/// How a server is asked, in a few words.
pub fn way(way: Way) -> &'static str {
    match way {
        Way::Sc => "sc.exe",
        Way::Ssh => "sc.exe over ssh",
        Way::NetRpc => "Samba's net rpc",
        Way::Command => "the site's own command",
        Way::ByHand => "nobody; you look, and mark it",
    }
}

pub fn learnt_by(row: &ServiceRow) -> Safe {
    match (&row.marked, last(row)) {
        (Some(evidence), _) => safe(format!("by hand: {evidence}")),
        (None, Some((How::Probe, _))) => Safe::new("probe"),
        (None, Some((How::MarkedByOperator(evidence), _))) => safe(format!("by hand: {evidence}")),
        (None, None) => Safe::default(),
    }
}

/// How old the last look is.
pub fn seen(row: &ServiceRow, now: Now) -> Safe {
    last(row).map_or_else(Safe::default, |(_, at)| age_of(at.at, now.at))
}

fn last(row: &ServiceRow) -> Option<(&How, Now)> {
    row.trails.first()?.last().map(|last| (&last.how, last.at))
}

/// Ten minutes: a service that was just refused would be refused again.
const NOT_BEFORE: std::time::Duration = std::time::Duration::from_mins(10);

/// What to mind in starting the services that `start_commands` start.
pub fn start_by_hand(walk: &Walkthrough, row: &ServiceRow) -> Safe {
    let from = walk.watch.as_ref().and_then(|watch| watch.saved_at.wall.checked_add(NOT_BEFORE).ok());
    let from = from.filter(|from| *from > walk.now.wall);
    let from = from.map(|from| format!(", not before {}", clock(from))).unwrap_or_default();
    let there = match row.server.way {
        Way::Sc | Way::Ssh | Way::NetRpc => Safe::default(),
        Way::Command | Way::ByHand => safe(format!(", on {}", row.server.host)),
    };
    safe(format!("The console starts nothing. By hand{from}, one host first{there}:"))
}

/// Said behind the commands, where there is room for it.
pub fn start_in_order() -> Safe {
    Safe::new("Once that one keeps running, one host of each site, then the rest.")
}

/// How to start what is stopped there, in the way in which the server is asked; empty where nothing is.
pub fn start_commands(row: &ServiceRow) -> Vec<Safe> {
    let standings = [&row.sensor, &row.updater];
    let stopped = Service::ALL
        .into_iter()
        .zip(standings)
        .filter(|(_, standing)| matches!(standing, Standing::Stopped { .. }));
    stopped.map(|(service, _)| start(row, service)).collect()
}

fn start(row: &ServiceRow, service: Service) -> Safe {
    let host = &row.server.host;
    safe(match row.server.way {
        Way::Sc => format!(r"sc.exe \\{host} start {service}"),
        Way::Ssh => format!("ssh {host} sc.exe start {service}"),
        Way::NetRpc => format!("net rpc service start {service} -S {host} --use-kerberos=required"),
        // What asks there can't be known to start anything.
        Way::Command | Way::ByHand => format!("sc.exe start {service}"),
    })
}

/// What stands between this service and *running*, and what to do about it.
pub fn service_trouble(row: &ServiceRow) -> Vec<Truth> {
    let host = &row.server.host;
    if row.settled() {
        return Vec::new();
    }
    match &row.sensor {
        Standing::Unknown(why) => unknown(host, why),
        Standing::RunningUnproved { .. } => vec![Truth::Warn(safe(format!(
            "{host} says that it runs, but this way of asking tells no process id: nobody can see whether it stays \
             up. Look at it, and mark it with m, or give a reason."
        )))],
        Standing::Restarting { pid, before, .. } => vec![Truth::Warn(safe(format!(
            "{host} is restarting: process {before} became {pid}. It runs once one process lasts the settle time."
        )))],
        Standing::Absent => vec![Truth::Warn(safe(format!(
            "{host} has no service AATPSensor (1060). A version 3 sensor has none; else the sensor isn't installed."
        )))],
        Standing::NotObserved if !row.server.is_asked() => vec![Truth::Warn(safe(format!(
            "Nobody asks {host}: look at its service there, and mark it with m."
        )))],
        Standing::NotObserved
        | Standing::Running { .. }
        | Standing::Settling { .. }
        | Standing::Starting { .. }
        | Standing::Stopping { .. }
        | Standing::Stopped { .. }
        | Standing::Paused { .. }
        | Standing::Disabled
        | Standing::MarkedByOperator { .. } => Vec::new(),
    }
}

/// What to do about a service that could not be asked for.
pub fn service_remedy(row: &ServiceRow) -> Option<&'static str> {
    match &row.sensor {
        Standing::Unknown(why) if !row.settled() => Some(why.remedy()),
        Standing::Unknown(_)
        | Standing::NotObserved
        | Standing::Running { .. }
        | Standing::Settling { .. }
        | Standing::Restarting { .. }
        | Standing::RunningUnproved { .. }
        | Standing::Starting { .. }
        | Standing::Stopping { .. }
        | Standing::Stopped { .. }
        | Standing::Paused { .. }
        | Standing::Disabled
        | Standing::Absent
        | Standing::MarkedByOperator { .. } => None,
    }
}

fn unknown(host: &Safe, why: &Why) -> Vec<Truth> {
    vec![
        Truth::Warn(safe(format!("{host} could not be asked: {why}. {}", why.meaning()))),
        Truth::Plain(Safe::new(why.remedy())),
    ]
}

/// How many standalone servers are accounted for.
pub fn services_known(walk: &Walkthrough) -> Vec<Truth> {
    let standalone = walk.services.iter().filter(|row| row.server.standalone);
    let all = standalone.clone().count();
    let settled = standalone.clone().filter(|row| row.settled()).count();
    let mut truths = Vec::new();
    if all > 0 {
        let sentence = safe(format!("{settled} of {all} standalone servers accounted for."));
        truths.push(if settled == all { Truth::Good(sentence) } else { Truth::Plain(sentence) });
    }
    if !walk.services.is_empty() && !walk.asks_services() {
        truths.push(Truth::Plain(Safe::new(
            "No way of asking is set up here: look at each server, and mark it with m.",
        )));
    }
    truths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;
    use crate::sensor::Server;

    fn row(way: Way, sensor: bool, updater: bool) -> ServiceRow {
        let since = Now { at: Instant::default(), wall: jiff::Timestamp::UNIX_EPOCH };
        let standing =
            |up: bool| if up { Standing::Running { pid: 7, since } } else { Standing::Stopped { since } };
        let server = Server { host: "s1.contoso.test".into(), standalone: true, way };
        ServiceRow { sensor: standing(sensor), updater: standing(updater), ..ServiceRow::new(server) }
    }

    #[test]
    fn a_stopped_service_is_started_in_the_way_in_which_it_is_asked() {
        let check = |way: Way, sensor: &str, updater: &str| {
            assert_eq!(start_commands(&row(way, false, false)), [sensor, updater].map(Safe::new));
            assert_eq!(start_commands(&row(way, true, false)), [Safe::new(updater)]);
            assert_eq!(start_commands(&row(way, true, true)), Vec::<Safe>::new());
        };
        check(
            Way::Sc,
            r"sc.exe \\s1.contoso.test start AATPSensor",
            r"sc.exe \\s1.contoso.test start AATPSensorUpdater",
        );
        check(
            Way::Ssh,
            "ssh s1.contoso.test sc.exe start AATPSensor",
            "ssh s1.contoso.test sc.exe start AATPSensorUpdater",
        );
        check(
            Way::NetRpc,
            "net rpc service start AATPSensor -S s1.contoso.test --use-kerberos=required",
            "net rpc service start AATPSensorUpdater -S s1.contoso.test --use-kerberos=required",
        );
        check(Way::Command, "sc.exe start AATPSensor", "sc.exe start AATPSensorUpdater");
        check(Way::ByHand, "sc.exe start AATPSensor", "sc.exe start AATPSensorUpdater");
    }
}
