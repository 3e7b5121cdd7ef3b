//! Each known fault, from the record that shows it to what is said of it.

use super::*;
use crate::logs::parse::read_all;
use crate::logs::{Record, SourceId};

fn record(text: &str) -> Record {
    let mut records = read_all(SourceId(1), &Safe::new("dc1"), text.as_bytes());
    assert_eq!(records.len(), 1, "{text}");
    records.remove(0)
}

fn explained(text: &str) -> Explanation {
    record(text).known.unwrap_or_else(|| panic!("nothing is known of {text}")).explanation()
}

/// The shapes of public documentation and of issue threads, what each is called, whether it has more than one cause,
/// and what an operator has to be told of it.
const FAULTS: &[(&str, &str, bool, &str)] = &[
    (
        "2024-04-15 21:28:12.4525 Error DirectoryServicesClient+<CreateLdapConnectionAsync>d__47 \
         Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed \
         [DomainControllerDnsName=DC.domain.local] ---> System.DirectoryServices.Protocols.LdapException: \
         The supplied credential is invalid.\n   at X()",
        "Credential refused (LDAP 49)",
        false,
        "Look whether the record stands after the save",
    ),
    (
        "2024-04-15 21:28:12.4525 Error A failed [DomainControllerDnsName=dc1 ErrorCode=49] ---> \
         System.DirectoryServices.Protocols.LdapException: Die Anmeldeinformationen sind ungültig.",
        "Credential refused (LDAP 49)",
        false,
        "Sensors go on trying, so the account can lock",
    ),
    (
        "2024-04-15 21:28:12.4525 Error A Failed to connect to domain controller \
         [DomainControllerDnsName=dc1 ErrorCode=81] ---> System.DirectoryServices.Protocols.LdapException: \
         The LDAP server is unavailable.",
        "LDAP server unavailable (81)",
        false,
        "says nothing about the password",
    ),
    (
        "2024-04-15 21:28:12.4525 Error A x ---> System.DirectoryServices.Protocols.LdapException: \
         A local error occurred.",
        "Local error (82)",
        true,
        "the clocks are more than five minutes apart",
    ),
    (
        "2024-04-15 21:28:12.4525 Error A x ---> System.DirectoryServices.Protocols.LdapException: \
         Strong authentication is required for this operation.",
        "Stronger authentication required (8)",
        false,
        "Saving another password doesn't help",
    ),
    (
        "2024-04-15 21:28:12.4525 Error A x ---> System.DirectoryServices.Protocols.LdapException: \
         The connection cannot be established. ",
        "Connection can't be established (91)",
        false,
        "The password was not judged",
    ),
    (
        "2024-04-15 21:28:12.4525 Error A x ---> System.DirectoryServices.Protocols.LdapException: The operation was \
         aborted because the client side timeout limit was exceeded.",
        "No answer in time (85)",
        false,
        "the sensor tries again by itself",
    ),
    (
        "2024-04-15 21:28:12.4525 Error A x [ErrorCode=85] ---> \
         System.DirectoryServices.Protocols.LdapException: Zeitüberschreitung.",
        "No answer in time (85)",
        false,
        "The password was not judged",
    ),
    (
        "2024-04-15 21:28:12.4837 Error DirectoryServicesClient Microsoft.Tri.Infrastructure.ExtendedException: \
         Failed to communicate with configured domain controllers [ _domainControllerConnectionDatas=DC.domain.local]",
        "No controller could be used",
        true,
        "Alone it proves nothing",
    ),
    (
        "2020-02-17 14:02:19.6258 Warn GroupManagedServiceAccountImpersonationHelper \
         GetGroupManagedServiceAccountAccessTokenAsync failed GMSA password could not be retrieved \
         [errorCode=AccessDenied AccountName=account_name DomainDnsName=domain1.test.local]",
        "Group managed account not readable",
        false,
        "the entry being changed here is another one",
    ),
    (
        "2021-01-19 03:45:00.0000 Error RegistryKey System.UnauthorizedAccessException: Access to the registry key \
         'Global' is denied.\n   at Microsoft.Win32.RegistryKey.Win32Error()",
        "Performance counters not readable",
        false,
        "says nothing about the password",
    ),
    (
        "2024-04-15 21:28:12.4525 Info ImpersonationManager CreateImpersonatorAsync finished \
         [UserName=svc-mdi Domain=contoso.test IsSuccess=False]",
        "Credential not taken up",
        true,
        "doesn't say why",
    ),
    (
        "2024-04-15 21:28:12.4525 Info ImpersonationManager CreateImpersonatorAsync finished \
         [UserName=svc-mdi Domain=contoso.test IsSuccess=True]",
        "Credential taken up",
        false,
        "positive evidence",
    ),
];

#[test]
fn every_known_fault_is_explained_from_the_record_that_shows_it() {
    for (text, title, ambiguous, told) in FAULTS {
        let explanation = explained(text);
        assert_eq!((explanation.title, explanation.ambiguous), (*title, *ambiguous), "{text}");
        let all = format!("{} {}", explanation.meaning, explanation.remedy);
        assert!(all.contains(told), "{title}: {all}");
    }
}

#[test]
fn what_has_more_than_one_cause_says_so_in_its_own_words_too() {
    let check = |title: &str, words: &str| {
        let (text, ..) = FAULTS.iter().find(|(_, name, ..)| *name == title).unwrap();
        let explanation = explained(text);
        assert!(explanation.ambiguous && explanation.meaning.contains(words), "{}", explanation.meaning);
    };
    check("Local error (82)", "most often because");
    check("No controller could be used", "but as well");
    check("Credential not taken up", "doesn't say why");
}

#[test]
fn every_known_thing_has_a_title_a_meaning_and_a_remedy_and_a_sample_above() {
    let all = [
        Known::Refused { account: None, domain: None, controller: None },
        Known::TookCredential { account: "a".into(), domain: None },
        Known::DidNotTakeCredential { account: None, domain: None },
        Known::ServerUnavailable,
        Known::LocalError,
        Known::StrongAuthentication,
        Known::NotEstablished,
        Known::TimedOut,
        Known::ControllersUnreachable,
        Known::GroupManagedAccount,
        Known::RegistryDenied,
    ];
    for known in &all {
        let Explanation { title, meaning, remedy, .. } = known.explanation();
        assert!(title.len() < 60 && meaning.ends_with('.') && remedy.ends_with('.'), "{known:?}");
        assert!(!meaning.contains("  ") && !remedy.contains("  "), "{known:?}");
        assert!(FAULTS.iter().any(|(_, name, ..)| *name == title), "no sample of {title}");
    }
}
