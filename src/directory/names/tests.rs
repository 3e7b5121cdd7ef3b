//! Each form of a name, what it comes to, and what is wrong with the others.

use super::*;

fn named(name: &str, domain: &str, form: Form) -> (String, String, Form) {
    (name.into(), domain.into(), form)
}

#[test]
fn each_form_comes_to_the_bare_name_and_the_full_domain() {
    let check = |text: &str, domain: Option<&str>, expected: (String, String, Form)| {
        let read = read(text, domain).unwrap();
        let found = (read.account.name.to_string(), read.account.domain.to_string(), read.form);
        assert_eq!(found, expected, "{text}");
    };
    let own = Some("contoso.test");
    check("svc-mdi", own, named("svc-mdi", "contoso.test", Form::Bare));
    check("Svc MDI", Some("Contoso.TEST."), named("Svc MDI", "contoso.test", Form::Bare));
    check("müller", own, named("müller", "contoso.test", Form::Bare));
    check("svc-mdi@contoso.test", None, named("svc-mdi", "contoso.test", Form::Principal));
    check("svc-mdi@Contoso.Test", own, named("svc-mdi", "contoso.test", Form::Principal));
    check("CONTOSO\\svc-mdi", own, named("svc-mdi", "contoso.test", Form::Prefixed));
    let distinguished = "CN=svc-mdi,OU=Service Accounts,DC=contoso,DC=test";
    check(distinguished, None, named("svc-mdi", "contoso.test", Form::Distinguished));
    check(distinguished, own, named("svc-mdi", "contoso.test", Form::Distinguished));
    check("cn=svc\\20mdi , dc=contoso, dc=test", None, named("svc mdi", "contoso.test", Form::Distinguished));
}

#[test]
fn what_a_form_leaves_open_is_told() {
    let open = |text: &str, domain: &str| read(text, Some(domain)).unwrap().open;
    assert_eq!(open("svc-mdi", "contoso.test"), None);
    assert_eq!(open("contoso\\svc-mdi", "contoso.test"), None);
    assert_eq!(open("contoso.test\\svc-mdi", "contoso.test"), None);
    // The short name is cut at 15 characters.
    assert_eq!(open("SEVENTEENLETTER\\svc-mdi", "seventeenletters.test"), None);
    let other = Open::ShortName { prefix: "CONTOSO".into(), domain: "ad.contoso.test".into() };
    assert_eq!(open("CONTOSO\\svc-mdi", "ad.contoso.test"), Some(other));
    assert!(matches!(open("svc-mdi@contoso.test", "contoso.test"), Some(Open::Principal { .. })));
    assert!(matches!(open("CN=a,DC=contoso,DC=test", "contoso.test"), Some(Open::CommonName { .. })));
}

#[test]
fn what_names_no_account_is_refused_and_says_why() {
    let check = |text: &str, domain: Option<&str>, expected: NameFault| {
        assert_eq!(read(text, domain), Err(expected), "{text:?}");
    };
    let own = Some("contoso.test");
    let illegal = |found: &str| NameFault::Illegal { found: Safe::from(found.to_owned()) };
    check("", own, NameFault::Empty);
    check("  ", own, NameFault::Empty);
    check(" svc", own, NameFault::EdgeSpace);
    check("svc-mdi-for-the-sensors", own, NameFault::TooLong { length: 23 });
    check("svc/mdi", own, illegal("/"));
    check("svc\0mdi", own, illegal("\u{2400}"));
    check("svc\u{202e}mdi", own, illegal("<U+202E>"));
    check("A\\B\\svc", own, illegal("\\"));
    check("svc.", own, NameFault::EndsWithDot);
    check("gmsa-mdi$", own, NameFault::Managed);
    check("CONTOSO\\dc1$", own, NameFault::Managed);
    check("svc-mdi", None, NameFault::NoDomain);
    check("CONTOSO\\svc-mdi", None, NameFault::NoDomain);
    check("svc-mdi", Some("contoso..test"), NameFault::NotADomain { given: "contoso..test".into() });
    check("svc-mdi@", own, NameFault::NotADomain { given: "".into() });
    let other = NameFault::OtherDomain { named: "corp.test".into(), told: "contoso.test".into() };
    check("svc-mdi@corp.test", own, other.clone());
    check("CN=svc-mdi,DC=corp,DC=test", own, other);
    check("CN=svc-mdi", own, NameFault::BrokenDistinguishedName);
    check("OU=a,DC=contoso,DC=test", own, NameFault::BrokenDistinguishedName);
    check("CN=a\\,DC=contoso,DC=test\\", own, NameFault::BrokenDistinguishedName);
    check("CN=a,DC=contoso,DC=test,OU=b", own, NameFault::BrokenDistinguishedName);
    check("CN=a+SN=b,DC=contoso,DC=test", own, NameFault::BrokenDistinguishedName);
}

#[test]
fn every_fault_says_what_to_do() {
    let given = Safe::new("x");
    for fault in [
        NameFault::Empty,
        NameFault::EdgeSpace,
        NameFault::TooLong { length: 21 },
        NameFault::Illegal { found: given.clone() },
        NameFault::EndsWithDot,
        NameFault::Managed,
        NameFault::NoDomain,
        NameFault::NotADomain { given: given.clone() },
        NameFault::OtherDomain { named: given.clone(), told: given },
        NameFault::BrokenDistinguishedName,
    ] {
        assert!(!fault.to_string().ends_with('.'), "{fault}");
        assert!(fault.remedy().ends_with('.'), "{fault}");
    }
}

#[test]
fn distinguished_names_are_the_same_however_they_are_written() {
    let check =
        |one: &str, other: &str, same: bool| assert_eq!(same_object(one, other), same, "{one} {other}");
    check("CN=svc-mdi,DC=contoso,DC=test", "cn=SVC-MDI, dc=Contoso,dc=TEST", true);
    check("CN=M\\C3\\BCller\\, Ana,DC=a", "CN=Müller\\2C Ana,DC=a", true);
    check("CN=svc-mdi,OU=a,DC=contoso,DC=test", "CN=svc-mdi,OU=b,DC=contoso,DC=test", false);
    check("CN=a\\", "CN=a\\", false);
    check("", "", false);
}

#[test]
fn the_portals_rule_is_held() {
    let check = |name: &str, domain: &str, expected: Result<(), EntryFault>| {
        let account = Account { name: Safe::new(name), domain: Safe::new(domain) };
        assert_eq!(of_entry(&account, false), expected, "{name} {domain}");
    };
    let form = |form, bare: Option<&str>| Err(EntryFault::Form { form, bare: bare.map(Safe::new) });
    check("svc-mdi", "contoso.test", Ok(()));
    check("svc-mdi@contoso.test", "contoso.test", form(Form::Principal, Some("svc-mdi")));
    check("svc-mdi@corp.test", "contoso.test", form(Form::Principal, None));
    check("CONTOSO\\svc-mdi", "contoso.test", form(Form::Prefixed, Some("svc-mdi")));
    check("CN=svc-mdi,DC=contoso,DC=test", "contoso.test", form(Form::Distinguished, Some("svc-mdi")));
    check("svc-mdi", "CONTOSO", Err(EntryFault::ShortDomain { domain: "CONTOSO".into() }));
    check("gmsa$", "contoso.test", Err(EntryFault::Name(NameFault::Managed)));
    let single = Account { name: "svc-mdi".into(), domain: "CONTOSO".into() };
    assert_eq!(of_entry(&single, true), Ok(()));
}
