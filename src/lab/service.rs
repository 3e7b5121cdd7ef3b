//! What `sc.exe queryex` would print of a sensor server's services, from a small file beside the lab's logs.
//!
//! Relies on `std::fs` alone: the probe runs as a process of its own. A state file has one line for each service,
//! `name state process`, and is replaced whole; how all servers stood at the start is in one file, `host name state
//! process`, because two thousand would keep the first frame waiting. Deliberately absent: starting and stopping.

use std::fs;
use std::io;
use std::path::Path;

use super::world::fleet::{Sensor, Service};

const NO_SERVICE: (u32, &str, &str) = (
    1060,
    "EnumQueryServicesStatus:OpenService",
    "The specified service does not exist as an installed service.",
);
const NO_SERVER: (u32, &str, &str) = (1722, "OpenSCManager", "The RPC server is unavailable.");

/// No host's name begins so.
const AT_START: &str = ".at-start";

/// Writes the states of all sensors' services, before any of them changes.
pub fn write_first(folder: &Path, sensors: &[Sensor]) -> io::Result<()> {
    let mut text = String::new();
    for sensor in sensors {
        let host = sensor.host();
        // A line for the server itself: it is there, whatever runs on it.
        for line in std::iter::once("").chain(states(sensor).lines()) {
            text.extend([host.as_str(), " ", line, "\n"]);
        }
    }
    fs::write(folder.join(AT_START), text)
}

/// Writes the state of one sensor's services.
pub fn write(folder: &Path, sensor: &Sensor) -> io::Result<()> {
    let path = folder.join(sensor.host());
    let fresh = folder.join(format!(".{}.new", sensor.host()));
    fs::write(&fresh, states(sensor))?;
    fs::rename(fresh, path)
}

fn states(sensor: &Sensor) -> String {
    // Version 3 is no service of this name.
    let (state, process) = match sensor.service {
        Service::Running => (4, sensor.process),
        Service::Stopped => (1, 0),
    };
    if sensor.uses_entry() {
        let updater = sensor.process.wrapping_add(2096);
        format!("AATPSensor {state} {process}\nAATPSensorUpdater 4 {updater}\n")
    } else {
        String::new()
    }
}

/// The states of the services of one host, if there is such a host.
fn known(state: &Path, host: &str) -> Option<String> {
    fs::read_to_string(state.join(host)).ok().or_else(|| {
        let all = fs::read_to_string(state.join(AT_START)).ok()?;
        let own = all.lines().filter_map(|line| line.strip_prefix(host)?.strip_prefix(' '));
        let own: Vec<&str> = own.collect();
        (!own.is_empty()).then(|| own.join("\n"))
    })
}

/// The text and the exit code that `sc.exe \\HOST queryex SERVICE` gives.
pub fn answer(state: &Path, host: &str, service: &str) -> (String, i32) {
    let legal =
        !host.starts_with('.') && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
    let Some(known) = Some(host).filter(|_| legal).and_then(|host| known(state, host)) else {
        return failed(NO_SERVER);
    };
    let mut lines = known.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let found = lines.find_map(|words| match words.as_slice() {
        [name, state, process] if name.eq_ignore_ascii_case(service) => {
            Some(((*name).to_owned(), (*state).to_owned(), (*process).to_owned()))
        }
        _ => None,
    });
    match found {
        Some((name, state, process)) => (described(&name, &state, &process), 0),
        None => failed(NO_SERVICE),
    }
}

fn failed((code, call, meaning): (u32, &str, &str)) -> (String, i32) {
    (format!("[SC] {call} FAILED {code}:\r\n\r\n{meaning}\r\n\r\n"), i32::try_from(code & 255).unwrap_or(1))
}

fn described(name: &str, state: &str, process: &str) -> String {
    let (word, accepts) = match state {
        "4" => ("RUNNING", "STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN"),
        _ => ("STOPPED", "NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN"),
    };
    // A service that stopped by itself says so.
    let exit = if state == "4" { "0  (0x0)" } else { "1067  (0x42b)" };
    [
        String::new(),
        format!("SERVICE_NAME: {name}"),
        "        TYPE               : 10  WIN32_OWN_PROCESS  ".into(),
        format!("        STATE              : {state}  {word} "),
        format!("                                ({accepts})"),
        format!("        WIN32_EXIT_CODE    : {exit}"),
        "        SERVICE_EXIT_CODE  : 0  (0x0)".into(),
        "        CHECKPOINT         : 0x0".into(),
        "        WAIT_HINT          : 0x0".into(),
        format!("        PID                : {process}"),
        "        FLAGS              : ".into(),
        String::new(),
    ]
    .join("\r\n")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::lab::scenario;
    use crate::lab::world::fleet::Fleet;

    #[test]
    fn the_text_is_that_of_sc_and_so_is_the_exit_code() {
        let folder = tempfile::tempdir().expect("a folder");
        let scenario = scenario::find("controller-down").expect("a scenario");
        let mut fleet = Fleet::new(&scenario, Timestamp::UNIX_EPOCH);
        write_first(folder.path(), &fleet.sensors).expect("written");
        fleet.gave_up(1);
        write(folder.path(), &fleet.sensors[1]).expect("written");
        let check = |host: &str, service: &str, code: i32, says: &str| {
            let (text, exit) = answer(folder.path(), host, service);
            assert_eq!(exit, code, "{host} {service}");
            assert!(text.contains(says), "{host} {service}: {text}");
            assert!(text.split_inclusive('\n').all(|line| line.ends_with("\r\n") || !line.contains('\n')));
        };
        check("dc1.contoso.test", "AATPSensor", 0, "STATE              : 4  RUNNING");
        check("dc1.contoso.test", "aatpsensorupdater", 0, "SERVICE_NAME: AATPSensorUpdater");
        check("dc2.contoso.test", "AATPSensor", 0, "STATE              : 1  STOPPED");
        check("dc2.contoso.test", "AATPSensor", 0, "PID                : 0");
        check("dc1.contoso.test", "Spooler", 36, "FAILED 1060");
        check("ca1.contoso.test", "AATPSensor", 36, "FAILED 1060");
        check("nobody.contoso.test", "AATPSensor", 186, "FAILED 1722");
        check("../../etc/passwd", "root", 186, "FAILED 1722");
    }
}
