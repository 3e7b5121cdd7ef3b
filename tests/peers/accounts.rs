//! What is learnt of an account without a password and with one: whose it is, what it may do, what its keys are.

use mdi_console::clock::Clock;
use mdi_console::directory::probe::Found;
use mdi_console::directory::refusal::SubCode;
use mdi_console::directory::{Answer, Fault, Flag, Group, Protocol, Whose};

use crate::forest::{self, Forest, RIGHT, WRONG};

#[tokio::test]
async fn a_probe_tells_what_an_account_is_and_counts_nothing() {
    let Some(forest) = Forest::enter().await else { return };
    let client = forest::kerberos();
    for at in &forest.controllers {
        let (oracle, before) = (forest.watch(), forest.failures(at, "svc-mdi").await);
        let check = async |account: &str, expected: fn(&Found) -> bool| {
            let probe = client.probe(at, &forest::account(account)).await.expect("an answer");
            assert!(expected(&probe.found), "{account}: {probe:?}");
            probe
        };
        let probe = check("svc-mdi", |found| match found {
            Found::Keys(keys) => keys.aes256 && keys.salt.as_str() == "CONTOSO.TESTsvc-mdi",
            _ => false,
        })
        .await;
        let off = probe.controller_time.expect("a time").duration_since(Clock::system().now().wall);
        assert!(off.abs().as_secs() < 5, "{off:?}");
        check("svc-nobody", |found| *found == Found::NoSuchAccount).await;
        check("svc-nopreauth", |found| *found == Found::NoPreauthentication).await;
        // Windows would say so at once; this one tells of it only to those who have proved themselves.
        check("svc-disabled", |found| matches!(found, Found::Keys(_))).await;
        assert_eq!(forest.failures(at, "svc-mdi").await, before);
        assert_eq!(oracle.count("svc-mdi"), 0);
    }
}

#[tokio::test]
async fn a_clock_that_is_off_is_not_judged_and_the_controllers_time_mends_it() {
    let Some(forest) = Forest::enter().await else { return };
    let [at, _] = &forest.controllers;
    let test = async |client: mdi_console::directory::kerberos::Client| {
        let permit = forest.permit(at, Protocol::Kerberos, "svc-apart");
        client.test(permit, at, forest::credential("svc-apart", RIGHT)).await
    };
    let off = forest::kerberos().with_skew(jiff::SignedDuration::from_hours(1));
    let tested = test(off.clone()).await;
    assert_eq!(tested.answer, Answer::NotSent(Fault::ClockSkew));
    assert_eq!(forest.failures(at, "svc-apart").await, 0);
    let theirs = tested.controller_time.expect("a time");
    let skew = theirs.duration_since(Clock::system().now().wall);
    assert_eq!(test(off.with_skew(skew)).await.answer, Answer::Accepted);
}

#[tokio::test]
async fn an_account_without_preauthentication_is_judged_by_its_ticket() {
    let Some(forest) = Forest::enter().await else { return };
    let [at, _] = &forest.controllers;
    let right = forest.answer(at, Protocol::Kerberos, ("svc-nopreauth", RIGHT)).await;
    assert_eq!(right, Answer::Accepted);
    let wrong = forest.answer(at, Protocol::Kerberos, ("svc-nopreauth", WRONG)).await;
    let Answer::Refused(refusal) = wrong else { panic!("{wrong:?}") };
    assert_eq!(refusal.code, SubCode::WrongPassword);
    assert_eq!(forest.failures(at, "svc-nopreauth").await, 0);
}

/// svc-claimant has svc-claimed@contoso.test as its own user principal name.
#[tokio::test]
async fn a_bind_that_was_another_accounts_is_told_before_and_after_it() {
    let Some(forest) = Forest::enter().await else { return };
    for at in &forest.controllers {
        let tested = forest.test(at, Protocol::Ldap, ("svc-claimed", "Claimant-Pass-1!")).await;
        assert_eq!(tested.answer, Answer::Accepted, "Samba takes the explicit name before the implied one");
        let read = tested.account.expect("the account that bound");
        assert_eq!((read.name.as_str(), read.whose), ("svc-claimant", Whose::Another));
        let seen = forest.standing(at, "svc-reader", "svc-claimed").await.account;
        assert_eq!((seen.name.as_str(), seen.claimed_by.as_deref()), ("svc-claimed", Some("svc-claimant")));
        assert!(seen.differs_from(&read), "{seen:?} {read:?}");
        // Its own password is refused under that name, which no retry would mend.
        let own = forest.answer(at, Protocol::Ldap, ("svc-claimed", RIGHT)).await;
        assert!(matches!(own, Answer::Refused(_)), "{own:?}");
        let read = forest.test(at, Protocol::Ldap, ("svc-mdi", RIGHT)).await.account.expect("svc-mdi");
        assert_eq!((read.name.as_str(), read.whose, read.claimed_by), ("svc-mdi", Whose::Meant, None));
    }
}

#[tokio::test]
async fn what_an_account_may_do_beyond_reading_is_read_over_its_own_bind() {
    let Some(forest) = Forest::enter().await else { return };
    for at in &forest.controllers {
        let read = async |name: &str| {
            let tested = forest.test(at, Protocol::Ldap, (name, RIGHT)).await;
            tested.account.unwrap_or_else(|| panic!("{name}: {:?}", tested.answer))
        };
        let plain = read("svc-mdi").await;
        assert_eq!((plain.flags, plain.groups), (Some(vec![]), Some(vec![])));
        assert_eq!((plain.password_never_expires, plain.service_principal_count), (true, 0));
        let grand = read("svc-grand").await;
        assert_eq!(grand.flags, Some(vec![Flag::Delegation, Flag::Rc4Only, Flag::AdminCount]));
        let groups = [Group::DomainAdmins, Group::Administrators, Group::BackupOperators];
        assert_eq!(grand.groups.as_deref(), Some(&groups[..]), "through a group within a group too");
        assert_eq!(grand.service_principal_count, 2);
        let seen = forest.standing(at, "svc-reader", "svc-grand").await.account;
        assert_eq!(seen.groups.as_deref(), Some(&groups[..]), "by a reader");
        assert_eq!(read("svc-nopreauth").await.flags, Some(vec![Flag::NoPreauthentication]));
        let ages = read("svc-reader").await;
        assert!(!ages.password_never_expires && ages.password_expires > ages.password_changed, "{ages:?}");
    }
}
