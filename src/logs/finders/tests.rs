//! What a record is found to be, and that spans never overlap.

use proptest::prelude::*;

use super::*;
use crate::logs::parse::read_all;
use crate::logs::{Record, SourceId};

fn record(text: &str) -> Record {
    let mut records = read_all(SourceId(1), &Safe::new("dc1"), text.as_bytes());
    assert_eq!(records.len(), 1, "{records:?}");
    records.remove(0)
}

fn known(rest: &str) -> Option<Known> {
    record(&format!("2024-04-15 21:28:12.4525 {rest}\n")).known
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what a record is known to say, if anything")]
fn refused(account: Option<&str>, domain: Option<&str>, controller: Option<&str>) -> Option<Known> {
    let safe = |text: Option<&str>| text.map(Safe::new);
    Some(Known::Refused { account: safe(account), domain: safe(domain), controller: safe(controller) })
}

#[test]
fn a_refusal_is_known_from_exception_text_or_code_and_never_from_a_value() {
    let check = |rest: &str, expected: Option<Known>| assert_eq!(known(rest), expected, "{rest}");
    check(
        "Error DirectoryServicesClient Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed [DomainControllerDnsName=DC.domain.local]\n ---> System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.\n   at System.X()",
        refused(None, None, Some("DC.domain.local")),
    );
    check(
        "Error A failed [DomainControllerDnsName=dc1 ErrorCode=49 UserName=svc-mdi Domain=contoso.test] ---> System.DirectoryServices.Protocols.LdapException: Die angegebenen Anmeldeinformationen sind ungültig.",
        refused(Some("svc-mdi"), Some("contoso.test"), Some("dc1")),
    );
    check(
        "Error A failed\nSystem.DirectoryServices.Protocols.LdapException: LDAP result 49",
        refused(None, None, None),
    );
    check(
        "Error A 80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1",
        refused(None, None, None),
    );
    check(
        "Error A x [UserName=a] [UserName=b] The supplied credential is invalid",
        refused(None, None, None),
    );
    check("Error A failed [ErrorCode=49]", None);
    check("Info HealthIssue raised [Message=The supplied credential is invalid.]", None);
    check("Error A [UserName=ErrorCode=49] LdapException", None);
    check("Info A LDAP result 49", None);
}

#[test]
fn a_taken_credential_needs_the_sensors_own_words_and_one_undoubted_account() {
    let took = |account: &str| {
        Some(Known::TookCredential { account: account.into(), domain: Some("contoso.test".into()) })
    };
    let check = |rest: &str, expected: Option<Known>| assert_eq!(known(rest), expected, "{rest}");
    let good = "CreateImpersonatorAsync finished [UserName=svc-mdi Domain=contoso.test IsSuccess=True]";
    check(&format!("Info  ImpersonationManager {good}"), took("svc-mdi"));
    check(&format!("Info  ImpersonationManager+<CreateImpersonatorAsync>d__9 {good}"), took("svc-mdi"));
    check(
        "Info ImpersonationManager CreateImpersonatorAsync finished [UserName=g$ Domain=contoso.test IsSuccess=False]",
        Some(Known::DidNotTakeCredential { account: Some("g$".into()), domain: Some("contoso.test".into()) }),
    );
    check(&format!("Info  SomethingElse {good}"), None);
    check(&format!("Info  ImpersonationManager [Message={good}]"), None);
    check(&format!("Info  ImpersonationManager it said: {good}"), None);
    check(
        "Info ImpersonationManager CreateImpersonatorAsync finished [Domain=contoso.test IsSuccess=True]",
        None,
    );
    check(
        "Info ImpersonationManager CreateImpersonatorAsync finished [UserName=a UserName=b Domain=c IsSuccess=True]",
        None,
    );
    check(
        "Info ImpersonationManager CreateImpersonatorAsync finished [UserName=x IsSuccess=True Domain=c IsSuccess=False]",
        None,
    );
}

#[test]
fn the_neighbours_of_a_refusal_are_told_apart() {
    let check = |rest: &str, expected: Option<Known>| assert_eq!(known(rest), expected, "{rest}");
    let code = |code: u16| {
        format!("Error A x [ErrorCode={code}] ---> System.DirectoryServices.Protocols.LdapException: ?")
    };
    check(&code(81), Some(Known::ServerUnavailable));
    check(&code(82), Some(Known::LocalError));
    check(&code(8), Some(Known::StrongAuthentication));
    check(&code(91), Some(Known::NotEstablished));
    check(&code(85), Some(Known::TimedOut));
    check(&code(1), None);
    check("Error A ---> LdapException: The LDAP server is unavailable.", Some(Known::ServerUnavailable));
    check(
        "Error DirectoryServicesClient Microsoft.Tri.Infrastructure.ExtendedException: Failed to communicate with configured domain controllers [ _domainControllerConnectionDatas=DC.domain.local]",
        Some(Known::ControllersUnreachable),
    );
    check(
        "Warn GroupManagedServiceAccountImpersonationHelper GetGroupManagedServiceAccountAccessTokenAsync failed GMSA password could not be retrieved [errorCode=AccessDenied AccountName=account_name DomainDnsName=domain1.test.local]",
        Some(Known::GroupManagedAccount),
    );
    check(
        "Error RegistryKey System.UnauthorizedAccessException: Access to the registry key 'Global' is denied.",
        Some(Known::RegistryDenied),
    );
}

#[test]
fn finds_point_at_what_they_name() {
    let record = record(
        "2024-04-15 21:28:12.4525 Error A failed [DomainControllerDnsName=dc1.x UserName=svc mdi ErrorCode=49 EncryptedBytes=AQAA]\n ---> LdapException: The supplied credential is invalid. at 21:28:12\n",
    );
    let found: Vec<(FindKind, usize, &str)> = record
        .finds
        .iter()
        .map(|find| (find.kind, find.line, &record.line(find.line).unwrap()[find.range.clone()]))
        .collect();
    assert_eq!(
        found,
        [
            (FindKind::Host, 0, "dc1.x"),
            (FindKind::Account, 0, "svc mdi"),
            (FindKind::CredentialRefused, 0, "ErrorCode=49"),
            (FindKind::Secret, 0, "▇▇▇"),
            (FindKind::CredentialRefused, 1, "The supplied credential is invalid"),
            (FindKind::Time, 1, "21:28:12"),
        ]
    );
}

#[test]
fn every_pattern_is_well_formed() {
    assert!(TIME.is_some() && LEVEL.is_some());
}

proptest! {
    #[test]
    fn finds_never_overlap_and_always_fit_the_text(
        parts in proptest::collection::vec(prop_oneof![
            Just("[UserName=".to_owned()), Just("The supplied credential is invalid".to_owned()), Just("]".to_owned()),
            Just(" DomainDnsName=".to_owned()), Just("▇▇▇".to_owned()), Just("12:00:00".to_owned()), any::<String>(),
        ], 0..10),
    ) {
        let line = Safe::from(parts.concat());
        let mut end = 0;
        for found in find(std::slice::from_ref(&line), true) {
            prop_assert!(found.range.start >= end && line.get(found.range.clone()).is_some());
            end = found.range.end;
        }
    }
}
