//! What strangers' bytes are put to, one function a reader: each must come to an end, and keep what its reader promises.
//!
//! Run by `cargo +nightly fuzz run NAME --fuzz-dir tests/fuzz`, and for a short, repeatable while by `tests/fuzzing.rs`.
//! Deliberately absent: anything that talks; these readers are pure.

use std::io::Read as _;

use mdi_console::directory::refusal::{Refusal, SubCode};
use mdi_console::directory::{Account, kerberos};
use mdi_console::logs::parse::{Encoding, read_all};
use mdi_console::logs::scan::{self, Sieve, Sizes, Wanted};
use mdi_console::logs::{Record, SourceId};
use mdi_console::portal::graph::shape;
use mdi_console::portal::order::{self, Reliance};
use mdi_console::sensor::{ServiceState, scm, ssh};
use mdi_console::site::file;
use mdi_console::text::Safe;

pub type Target = fn(&[u8]);

/// Every target by its name, with what its readers do understand: changes to these come further than noise.
pub const ALL: &[(&str, Target, &[&[u8]])] = &[
    (
        "bind_diagnostics",
        bind_diagnostics,
        &[
            b"80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1\0",
            b"80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 775, v4563",
            b"Simple Bind Failed: NT_STATUS_ACCOUNT_LOCKED_OUT",
        ],
    ),
    ("kdc_answers", kdc_answers, &[PREAUTHENTICATION_REQUIRED, CLIENT_REVOKED]),
    ("site_files", site_files, &[include_bytes!("../../assets/site.example.toml")]),
    (
        "log_records",
        log_records,
        &[
            b"2024-04-15 21:28:12.4525 Error DirectoryServicesClient+<CreateLdapConnectionAsync>d__47 \
              Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed \
              [DomainControllerDnsName=DC.domain.local] ---> System.DirectoryServices.Protocols.LdapException: \
              The supplied credential is invalid.\n   at x\n",
            b"2024-04-15 21:28:12.4525 Info Updater EncryptedBytes=AAECAwQ= [UserName=svc-mdi IsSuccess=True]\r\n",
            b"\xff\xfe2\x000\x002\x004\x00-\x00",
        ],
    ),
    (
        "log_scan",
        log_scan,
        &[
            b"   at x\n2024-04-15 21:28:12.4525 Error A failed [UserName=a ErrorCode=49]\n ---> LdapException: y\n\
              2024-04-15 21:28:12 Info B [Message=The supplied credential is invalid.\n\
              2024-04-15 21:28:13 Warn C The supplied credential is invalid\r\n",
            b"02\x000\x002\x004\x00-\x000\x004\x00-\x001\x005\x00 \x002\x001\x00:\x002\x008\x00:\x001\x002\x00\n\x00\
              L\x00D\x00A\x00P\x00 \x00r\x00e\x00s\x00u\x00l\x00t\x00 \x004\x009\x00 \x00L\x00d\x00a\x00p\x00\
              E\x00x\x00c\x00e\x00p\x00t\x00i\x00o\x00n\x00",
        ],
    ),
    (
        "service_control",
        service_control,
        &[
            b"\r\nSERVICE_NAME: AATPSensor\r\n        TYPE               : 10  WIN32_OWN_PROCESS\r\n        \
              STATE              : 4  RUNNING\r\n                                (STOPPABLE, ACCEPTS_SHUTDOWN)\r\n        \
              WIN32_EXIT_CODE    : 0  (0x0)\r\n        SERVICE_EXIT_CODE  : 0  (0x0)\r\n        \
              CHECKPOINT         : 0x0\r\n        WAIT_HINT          : 0x0\r\n        \
              PID                : 1234\r\n        FLAGS              : \r\n",
            "\r\nSERVICE_NAME: AATPSensor\r\n        TYP                : 10  WIN32_OWN_PROCESS\r\n        \
             STATUS             : 1  STOPPED\r\n        WIN32_EXITCODE     : 1067  (0x42b)\r\n        \
             DIENST_EXITCODE    : 0  (0x0)\r\n        PRÜFPUNKT          : 0x0\r\n        WARTEHINWEIS       : 0x0\r\n        \
             PID                : 0\r\n        KENNZ.             : \r\n"
                .as_bytes(),
            b"[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n",
            b"[SC] OpenService FAILED 5:\r\n\r\nAccess is denied.\r\n",
            b"AATPSensor service is stopped.\nConfiguration details:\n\tStart Type           = 0x4\n",
            b"Could not connect to server dc9\nConnection failed: NT_STATUS_CONNECTION_REFUSED\n",
            b"No ED25519 host key is known for s1 and you have requested strict checking.\r\nHost key verification failed.\r\n",
        ],
    ),
    (
        "graph_bodies",
        graph_bodies,
        &[
            br#"{"value":[{"id":"1","displayName":"DC1","domainName":"contoso.test","sensorType":"somethingNew",
                "deploymentStatus":"unknownFutureValue","serviceStatus":null,"openHealthIssuesCount":"3",
                "settings":{"domainControllerDnsNames":[null]}}],"@odata.nextLink":"https://graph.microsoft.com/x"}"#,
            br#"{"value":[{"displayName":"Directory services user credentials are incorrect","healthIssueType":"Global",
                "status":"suppressed","createdDateTime":"2026-08-20T10:00:00Z","sensorDNSNames":["a\u001b[31m\u202e"],
                "recommendations":["Verify the password."],"domainNames":"contoso.test"}]}"#,
        ],
    ),
    ("safe_text", safe_text, &["a\u{202e}b\x1b]52;c;AAAA\x07\r\n\0".as_bytes()]),
];

/// Puts bytes to the target of this name.
pub fn run(name: &str, bytes: &[u8]) {
    for (_, target, _) in ALL.iter().filter(|(known, _, _)| *known == name) {
        target(bytes);
    }
}

/// KRB-ERROR 25 with ETYPE-INFO2 for AES-256, as a controller sends it.
const PREAUTHENTICATION_REQUIRED: &[u8] = include_bytes!("seeds/preauthentication-required.bin");
/// KRB-ERROR 18 with Windows's status in its data.
const CLIENT_REVOKED: &[u8] = include_bytes!("seeds/client-revoked.bin");

fn bind_diagnostics(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let refusal = Refusal::parse(&text);
    // Whatever the text is, it is a refusal, with words of our own.
    assert!(!refusal.code.meaning().is_empty() && !refusal.code.remedy().is_empty());
    assert!(refusal.code == SubCode::from_number(refusal.code.number()) || refusal.code.number() == 0);
    shown(&refusal.text);
}

fn kdc_answers(bytes: &[u8]) {
    let account = Account { name: "svc-mdi".into(), domain: "contoso.test".into() };
    if let Err(fault) = kerberos::told(&account, bytes) {
        shown(&fault.to_string());
        assert!(!fault.remedy().is_empty());
    }
}

fn site_files(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(faults) = file::parse("site.toml", &text) {
        assert!(!faults.all.is_empty());
        shown(&faults.to_string());
    }
}

fn log_records(bytes: &[u8]) {
    let records = read_all(SourceId(1), &Safe::new("dc1"), bytes);
    let lines = |records: &[Record]| records.iter().map(|one| one.lines().count()).sum::<usize>();
    assert!(lines(&records) <= bytes.len().saturating_add(1));
    for line in records.iter().flat_map(Record::lines) {
        shown(line);
    }
}

/// What is found without parsing the rest is what the parser finds, wherever reads and parts of the file end. The first
/// byte says where.
fn log_scan(bytes: &[u8]) {
    let (first, bytes) = bytes.split_first().map_or((0, bytes), |(first, rest)| (usize::from(*first), rest));
    let sizes = Sizes { read: first % 61 + 1, record: first };
    let records = read_all(SourceId(0), &Safe::default(), bytes);
    let refusals = records.into_iter().filter(Record::is_refusal);
    let parsed: Vec<Record> = refusals.map(|record| Record { finds: Vec::new(), ..record }).collect();
    let mut found = Vec::new();
    let mut sieve = Sieve::new(Wanted::Records, sizes);
    sift(&mut sieve, bytes, &mut found);
    let whole: Vec<Record> = found.drain(..).filter_map(|one| one.record).map(|one| *one).collect();
    assert_eq!(whole, parsed);
    let encoding = Encoding::of(bytes.get(..4).unwrap_or(bytes)).unwrap_or_default();
    let middle = (bytes.len() as u64 * first as u64 / 256) & !1;
    for (from, until) in [(0, middle), (middle, u64::MAX)] {
        sieve.begin_part(from, until, encoding);
        let rest = usize::try_from(sieve.offset()).ok().and_then(|offset| bytes.get(offset..));
        sift(&mut sieve, rest.unwrap_or(&[]), &mut found);
    }
    let parts: Vec<Record> = found.into_iter().filter_map(|one| one.record).map(|one| *one).collect();
    assert_eq!(parts, parsed);
}

fn sift(sieve: &mut Sieve, mut rest: &[u8], found: &mut Vec<scan::Refusal>) {
    while !sieve.is_finished() {
        let read = rest.read(sieve.room()).unwrap_or(0);
        if read == 0 {
            sieve.finish(found);
        } else {
            sieve.take(read, found);
        }
    }
}

/// A state is said only of what tells one; an error is never *stopped*, and nobody runs as process 0.
fn service_control(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).replace('\0', "");
    match scm::read(bytes) {
        Err(why) => shown(&why.0),
        Ok(ServiceState::Unknown(why)) => {
            shown(&why.to_string());
            assert!(!why.meaning().is_empty() && !why.remedy().is_empty());
        }
        Ok(ServiceState::Running { pid }) => {
            assert!(pid != Some(0));
            assert!(text.contains('4') || text.contains(" service is running."), "{text:?}");
        }
        Ok(ServiceState::Stopped) => {
            assert!(text.contains('1') || text.contains(" service is stopped."), "{text:?}");
            assert!(!text.lines().any(|line| line.trim() == "[SC] OpenService FAILED 5:"), "{text:?}");
        }
        Ok(_) => {}
    }
    // What ssh says of itself is a failure with a name, whatever it is.
    shown(&ssh::failure(&text).to_string());
}

/// A page is a list, or a fault with words; whatever its rows hold, nothing of it steers a terminal.
fn graph_bodies(bytes: &[u8]) {
    match shape::sensors(bytes) {
        Ok(page) => {
            for sensor in &page.items {
                shown(&sensor.host);
                shown(&sensor.id);
                shown(&sensor.version);
                assert_eq!(order::reliance(&[], sensor, ""), Reliance::NotUsed);
            }
        }
        Err(fault) => shown(&fault.to_string()),
    }
    for issue in shape::issues(bytes).map(|page| page.items).unwrap_or_default() {
        let texts = [&issue.id, &issue.name, &issue.severity];
        let lists = [&issue.sensors, &issue.domains, &issue.recommendations];
        for text in texts.into_iter().chain(lists.into_iter().flatten()) {
            shown(text);
        }
    }
}

fn safe_text(bytes: &[u8]) {
    let safe = Safe::from_bytes(bytes);
    shown(&safe);
    // Once safe, always the same.
    assert_eq!(Safe::new(&safe), safe);
    assert!(safe.in_ascii().is_ascii());
}

/// Nothing in it steers a terminal.
pub fn shown(text: &str) {
    let steers = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(steers), "{text:?}");
}
