//! A sensor's log as it would be after a bad day: the shapes of public samples, every thousandth record a refusal.
//!
//! The same bytes each time. Deliberately absent: randomness.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

const STACK: &str = "\r\n   at System.DirectoryServices.Protocols.LdapConnection.BindHelper(NetworkCredential newCredential, Boolean needSetCredential)\r\n   at System.DirectoryServices.Protocols.LdapConnection.Connect()\r\n   at Microsoft.Tri.Sensor.DirectoryServicesClient.CreateLdapConnectionAsync()";
const FAILED: &str = "Microsoft.Tri.Infrastructure.ExtendedException:";
const LDAP: &str = "System.DirectoryServices.Protocols.LdapException:";

/// Writes about so many bytes, and says how many refusals are in them.
pub fn write(path: &Path, bytes: u64) -> io::Result<u64> {
    let mut out = BufWriter::new(File::create(path)?);
    let (mut written, mut nth, mut refusals) = (0, 0_u64, 0);
    while written < bytes {
        let record = record(nth);
        out.write_all(record.as_bytes())?;
        written += record.len() as u64;
        refusals += u64::from(is_refused(nth));
        nth += 1;
    }
    out.flush()?;
    Ok(refusals)
}

const fn is_refused(nth: u64) -> bool {
    nth % 1_000 == 500
}

fn record(nth: u64) -> String {
    let (second, fraction, some) = (nth / 40, nth * 7_919 % 10_000, nth * 2_654_435_761 % 99_991);
    let (day, hour, minute, second) =
        (second / 86_400 % 28 + 1, second / 3_600 % 24, second / 60 % 60, second % 60);
    let controller = format!("dc{}.contoso.test", some % 9 + 1);
    let (level, component, message) = match some % 50 {
        _ if is_refused(nth) => (
            "Error",
            "DirectoryServicesClient+<CreateLdapConnectionAsync>d__47",
            format!(
                "{FAILED} CreateLdapConnectionAsync failed [DomainControllerDnsName={controller}] ---> {LDAP} The supplied credential is invalid.{STACK}"
            ),
        ),
        0 => (
            "Error",
            "DirectoryServicesClient+<CreateLdapConnectionAsync>d__47",
            format!(
                "{FAILED} Failed to connect to domain controller [DomainControllerDnsName={controller} ErrorCode=81] ---> {LDAP} The LDAP server is unavailable.{STACK}"
            ),
        ),
        1..=15 => (
            "Info ",
            "EntityReceiver",
            format!("ReceiveEntityBatchAsync finished [Count={some} Elapsed=00:00:00.{fraction:04}]"),
        ),
        16..=30 => (
            "Info ",
            "WorkspaceApplicationSensorApiJsonProxy",
            format!(
                "SendAsync finished [EntityCount={some} Endpoint=https://contoso-corpsensorapi.atp.azure.com Size={fraction}]"
            ),
        ),
        31..=40 => {
            ("Debug", "NetworkListener", format!("connected [DomainControllerDnsName={controller} Port=389]"))
        }
        _ => (
            "Info ",
            "ResourceManager",
            format!("UpdateState finished [State=Running Memory={some} Cpu={}]", some % 90),
        ),
    };
    format!(
        "2026-04-{day:02} {hour:02}:{minute:02}:{second:02}.{fraction:04} {level} {component} {message}\r\n"
    )
}
