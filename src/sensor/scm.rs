//! Reads what the service control manager says, in any language, by its numbers.
//!
//! `sc queryex` prints eight fields in a fixed order whose labels are translated: `TYPE`, `STATE`, `WIN32_EXIT_CODE`,
//! `SERVICE_EXIT_CODE`, `CHECKPOINT`, `WAIT_HINT`, `PID`, `FLAGS`. Errors are lines `[SC] … 1060:`. Samba's
//! `net rpc service status` speaks fixed English under `LC_ALL=C`. Pure.
//! Deliberately absent: a guess. What isn't plainly one of these is *not understood*.

use super::{ServiceState, Why};
use crate::text::Safe;

/// The output is not the service control manager's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood(pub Safe);

/// Reads the output of `sc queryex`, or of `net rpc service status`, whichever it is.
pub fn read(output: &[u8]) -> Result<ServiceState, NotUnderstood> {
    let text: String = String::from_utf8_lossy(output).chars().filter(|c| *c != '\0').collect();
    read_error(&text)
        .or_else(|| read_fields(&text))
        .or_else(|| read_samba(&text))
        .ok_or_else(|| NotUnderstood(first_words(&text)))
}

/// The beginning of what was said, for a message.
#[must_use]
pub fn first_words(text: &str) -> Safe {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("nothing at all");
    if line.chars().count() <= 120 {
        return Safe::new(line);
    }
    let start: String = line.chars().take(119).collect();
    Safe::from(start + "…")
}

fn read_error(text: &str) -> Option<ServiceState> {
    let line = text.lines().map(str::trim).find(|line| line.starts_with("[SC]"))?;
    // The number stands last, before the colon: whatever word was translated stands before it.
    let number = line
        .trim_end_matches([':', ' ', '.', '\u{a0}'])
        .rsplit(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()?;
    Some(match number {
        5 => ServiceState::Unknown(Why::AccessDenied),
        1058 => ServiceState::Disabled,
        1060 => ServiceState::Absent,
        1722 => ServiceState::Unknown(Why::Unreachable),
        number => ServiceState::Unknown(Why::Windows(number)),
    })
}

/// A field's value: what follows the first colon of an indented line, if it begins with a digit.
fn field(line: &str) -> Option<&str> {
    let value = line.starts_with([' ', '\t']).then(|| line.split_once(':'))??.1.trim();
    value.starts_with(|c: char| c.is_ascii_digit()).then_some(value)
}

fn read_fields(text: &str) -> Option<ServiceState> {
    let mut fields = text.lines().filter_map(field);
    let kind = fields.next()?;
    u32::from_str_radix(first(kind), 16).ok()?;
    let state: u32 = first(fields.next()?).parse().ok()?;
    let shaped = |value: &str, with: &str| value.contains(with).then_some(());
    shaped(fields.next()?, "(0x")?;
    shaped(fields.next()?, "(0x")?;
    shaped(fields.next()?, "0x")?;
    shaped(fields.next()?, "0x")?;
    let pid = fields.next().and_then(|value| first(value).parse().ok()).filter(|pid| *pid != 0);
    Some(match state {
        1 => ServiceState::Stopped,
        2 | 5 => ServiceState::Starting,
        3 => ServiceState::Stopping,
        4 => ServiceState::Running { pid },
        6 | 7 => ServiceState::Paused,
        _ => return None,
    })
}

fn first(value: &str) -> &str {
    value.split_whitespace().next().unwrap_or(value)
}

fn read_samba(text: &str) -> Option<ServiceState> {
    if let Some(name) = samba_error(text) {
        return Some(named(name));
    }
    if text.contains("Unable to find a suitable server") {
        return Some(ServiceState::Unknown(Why::NotReached("no server of that name".into())));
    }
    let said = text
        .lines()
        .find_map(|line| line.trim().strip_suffix('.')?.split_once(" service is ").map(|(_, state)| state))?;
    let disabled = text.lines().any(|line| {
        line.split_once('=')
            .is_some_and(|(label, value)| label.trim() == "Start Type" && value.trim() == "0x4")
    });
    Some(match said {
        "running" => ServiceState::Running { pid: None },
        "stopped" if disabled => ServiceState::Disabled,
        "stopped" => ServiceState::Stopped,
        "start pending" | "resume pending" => ServiceState::Starting,
        "stop pending" => ServiceState::Stopping,
        "paused" | "pause pending" => ServiceState::Paused,
        _ => return None,
    })
}

/// What Samba's name for an error means. Without a ticket it says that a parameter is invalid.
fn named(name: &str) -> ServiceState {
    ServiceState::Unknown(match name {
        "WERR_NO_SUCH_SERVICE" | "WERR_SERVICE_DOES_NOT_EXIST" => return ServiceState::Absent,
        "WERR_ACCESS_DENIED" | "NT_STATUS_ACCESS_DENIED" => Why::AccessDenied,
        "WERR_RPC_S_SERVER_UNAVAILABLE" => Why::Unreachable,
        "NT_STATUS_CONNECTION_REFUSED"
        | "NT_STATUS_CONNECTION_RESET"
        | "NT_STATUS_CONNECTION_DISCONNECTED"
        | "NT_STATUS_HOST_UNREACHABLE"
        | "NT_STATUS_NETWORK_UNREACHABLE"
        | "NT_STATUS_PORT_UNREACHABLE"
        | "NT_STATUS_IO_TIMEOUT"
        | "NT_STATUS_BAD_NETWORK_NAME"
        | "NT_STATUS_NOT_FOUND" => Why::NotReached(Safe::new(name)),
        "NT_STATUS_INVALID_PARAMETER"
        | "NT_STATUS_LOGON_FAILURE"
        | "NT_STATUS_NO_LOGON_SERVERS"
        | "NT_STATUS_NO_SUCH_USER"
        | "NT_STATUS_NETWORK_CREDENTIAL_CONFLICT"
        | "NT_STATUS_TIME_DIFFERENCE_AT_DC" => Why::NotSignedIn(Safe::new(name)),
        other => Why::Named(Safe::new(other)),
    })
}

fn samba_error(text: &str) -> Option<&str> {
    let starts = ["WERR_", "NT_STATUS_"];
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .find(|word| starts.iter().any(|start| word.starts_with(start)) && *word != "NT_STATUS_OK")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn queryex(labels: [&str; 8], state: &str, pid: u32) -> String {
        let [kind, status, exit, service_exit, checkpoint, hint, process, flags] = labels;
        [
            String::new(),
            "SERVICE_NAME: AATPSensor ".to_owned(),
            format!("        {kind:<19}: 10  WIN32_OWN_PROCESS  "),
            format!("        {status:<19}: {state}"),
            "                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)".to_owned(),
            format!("        {exit:<19}: 0  (0x0)"),
            format!("        {service_exit:<19}: 0  (0x0)"),
            format!("        {checkpoint:<19}: 0x0"),
            format!("        {hint:<19}: 0x0"),
            format!("        {process:<19}: {pid}"),
            format!("        {flags:<19}: "),
            String::new(),
        ]
        .join("\r\n")
    }

    const ENGLISH: [&str; 8] =
        ["TYPE", "STATE", "WIN32_EXIT_CODE", "SERVICE_EXIT_CODE", "CHECKPOINT", "WAIT_HINT", "PID", "FLAGS"];

    #[test]
    fn a_service_is_read_in_any_language_by_its_numbers() {
        let german = [
            "TYP",
            "STATUS",
            "WIN32_EXITCODE",
            "DIENST_EXITCODE",
            "PRÜFPUNKT",
            "WARTEHINWEIS",
            "PID",
            "KENNZ.",
        ];
        let japanese = [
            "種類",
            "状態",
            "WIN32_EXIT_CODE",
            "SERVICE_EXIT_CODE",
            "CHECKPOINT",
            "WAIT_HINT",
            "PID",
            "フラグ",
        ];
        let check = |labels, state: &str, pid, read_as: ServiceState| {
            assert_eq!(read(queryex(labels, state, pid).as_bytes()), Ok(read_as), "{state}");
        };
        for labels in [ENGLISH, german, japanese] {
            check(labels, "4  RUNNING ", 4711, ServiceState::Running { pid: Some(4711) });
            check(labels, "1  STOPPED ", 0, ServiceState::Stopped);
            check(labels, "2  START_PENDING ", 88, ServiceState::Starting);
            check(labels, "3  STOP_PENDING ", 88, ServiceState::Stopping);
            check(labels, "7  PAUSED ", 88, ServiceState::Paused);
        }
    }

    #[test]
    fn labels_in_a_code_page_nobody_knows_are_no_hindrance() {
        let text = queryex(ENGLISH, "4  RUNNING", 12);
        let mut bytes = Vec::new();
        for byte in text.bytes() {
            bytes.push(if byte == b'T' { 0x84 } else { byte });
        }
        assert_eq!(read(&bytes), Ok(ServiceState::Running { pid: Some(12) }));
    }

    #[test]
    fn errors_are_known_by_their_number() {
        let check =
            |output: &str, state: ServiceState| assert_eq!(read(output.as_bytes()), Ok(state), "{output}");
        check(
            "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\nThe specified service does not exist as an installed service.\r\n",
            ServiceState::Absent,
        );
        check("[SC] EnumQueryServicesStatus:OpenService FEHLER 1060:\r\n", ServiceState::Absent);
        check("[SC] OpenSCManager ÉCHEC(S) 1722 :\r\n", ServiceState::Unknown(Why::Unreachable));
        check(
            "[SC] OpenSCManager FAILED 5:\r\n\r\nAccess is denied.\r\n",
            ServiceState::Unknown(Why::AccessDenied),
        );
        check("[SC] StartService FAILED 1058:\r\n", ServiceState::Disabled);
        check("[SC] OpenSCManager FAILED 1115:\r\n", ServiceState::Unknown(Why::Windows(1115)));
    }

    #[test]
    fn samba_is_read_in_its_fixed_english() {
        let check =
            |output: &str, state: ServiceState| assert_eq!(read(output.as_bytes()), Ok(state), "{output}");
        check("AATPSensor service is running.\n", ServiceState::Running { pid: None });
        check(
            "AATPSensor service is stopped.\nConfiguration details:\n\tStart Type           = 0x2\n",
            ServiceState::Stopped,
        );
        check(
            "AATPSensor service is stopped.\nConfiguration details:\n\tStart Type           = 0x4\n",
            ServiceState::Disabled,
        );
        check("AATPSensor service is start pending.\n", ServiceState::Starting);
        check("Failed to open service.  [WERR_NO_SUCH_SERVICE]\n", ServiceState::Absent);
        check(
            "Failed to open Service Control Manager.  [WERR_ACCESS_DENIED]\n",
            ServiceState::Unknown(Why::AccessDenied),
        );
        check("Failed to open service.  [WERR_SERVICE_DOES_NOT_EXIST]\n", ServiceState::Absent);
        let failed = |name: &str, why: &dyn Fn(Safe) -> Why| {
            let output = format!("Could not connect to server dc9\nConnection failed: {name}\n");
            check(&output, ServiceState::Unknown(why(name.into())));
        };
        failed("NT_STATUS_HOST_UNREACHABLE", &Why::NotReached);
        failed("NT_STATUS_CONNECTION_REFUSED", &Why::NotReached);
        failed("NT_STATUS_INVALID_PARAMETER", &Why::NotSignedIn);
        failed("NT_STATUS_LOGON_FAILURE", &Why::NotSignedIn);
        failed("NT_STATUS_INTERNAL_ERROR", &Why::Named);
        check(
            "Unable to find a suitable server for domain WORKGROUP\n",
            ServiceState::Unknown(Why::NotReached("no server of that name".into())),
        );
    }

    #[test]
    fn what_is_neither_is_not_understood_and_never_a_state() {
        let check = |output: &str, words: &str| {
            assert_eq!(read(output.as_bytes()), Err(NotUnderstood(words.into())), "{output}");
        };
        check("", "nothing at all");
        check("bash: sc.exe: command not found\n", "bash: sc.exe: command not found");
        check("\r\n  a: 10\r\n  b: 4\r\n", "a: 10");
        check(&queryex(ENGLISH, "9  ODD", 4), "SERVICE_NAME: AATPSensor");
        check("AATPSensor service is Unknown State [9].", "AATPSensor service is Unknown State [9].");
    }

    proptest! {
        #[test]
        fn anything_at_all_can_be_read(output in any::<Vec<u8>>()) {
            let _ = read(&output);
        }
    }
}
