//! The clients against real servers of other makers, where this machine has them: Samba as a domain controller.
//!
//! Relies on `tests/support/samba-dc.sh`, on Debian's samba and on root; without them the tests say that they were skipped.
//! `MDI_CONSOLE_PEERS=require` makes a missing peer a failure. The table is the lab's own: what holds there holds here.
//! Deliberately absent: Windows, which can't be had for a test; the columns where it differs are the lab's alone.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unused_self,
    reason = "a test may end where it stands; it says why"
)]

#[expect(dead_code, reason = "the column for Windows is read where the table runs against the lab")]
#[path = "support/directory_cases.rs"]
mod directory_cases;
#[path = "support/peer.rs"]
mod peer;

use directory_cases::{Answer as Expected, Case, Form, Password, Proof, cases};
use mdi_console::clock::Clock;
use mdi_console::directory::probe::Found;
use mdi_console::directory::refusal::SubCode;
use mdi_console::directory::{Answer, Fault, Flag, Group, Protocol, Whose};
use peer::Samba;

const PASSWORDS: [&str; 3] = ["Svc-Pass-123!", "Svc-Pass-122!", "Svc-Pass-121!"];
const CLAIMANTS_PASSWORD: &str = "Claimant-Pass-1!";

fn password(case: &Case) -> &'static str {
    match case.password {
        Password::Right => PASSWORDS[0],
        Password::Previous => PASSWORDS[1],
        Password::BeforePrevious => PASSWORDS[2],
        Password::Wrong => "Not-The-Password-1!",
        Password::Empty => "",
    }
}

fn bind(case: &Case, answer: &Answer) {
    let matches = match (case.samba, answer) {
        (Expected::Accepted, Answer::Accepted) => true,
        (Expected::Refused(code), Answer::Refused(refusal)) => refusal.code.to_string() == code,
        _ => false,
    };
    assert!(matches, "{}, LDAP: {case:?} was answered {answer:?}", case.title);
}

fn exchange(case: &Case, expected: Proof, answer: &Answer) {
    let matches = match (expected, answer) {
        (Proof::Current, Answer::Accepted) => true,
        (Proof::Refused { code, error, status }, Answer::Refused(refusal)) => {
            let status = status.map(|status| format!(", status {status:08X}")).unwrap_or_default();
            let words = format!("Kerberos error {error}{status} (");
            refusal.code.to_string() == code && refusal.text.starts_with(&words)
        }
        _ => false,
    };
    assert!(matches, "{}, Kerberos: {case:?} was answered {answer:?}", case.title);
}

/// The clients never bind in clear, without a password, or by another form of the name.
fn is_asked(case: &Case) -> bool {
    case.encrypted && case.form == Form::Principal && case.password != Password::Empty
}

/// One domain for all: making it takes longer than all that is asked of it.
#[tokio::test]
async fn samba_answers_both_clients_as_the_lab_does() {
    let Some(samba) = Samba::start("127.0.0.52") else { return };
    a_probe_tells_what_an_account_is_and_counts_nothing(&samba).await;
    a_clock_that_is_off_is_not_judged_and_the_controllers_time_mends_it(&samba).await;
    an_account_without_preauthentication_is_judged_by_its_ticket(&samba).await;
    a_bind_that_was_another_accounts_is_told_before_and_after_it(&samba).await;
    what_an_account_may_do_beyond_reading_is_read_over_its_own_bind(&samba).await;
    every_case_of_the_table_is_answered_as_the_lab_has_it(&samba).await;
}

/// svc-claimant has svc-claimed@contoso.test as its own user principal name.
async fn a_bind_that_was_another_accounts_is_told_before_and_after_it(samba: &Samba) {
    let tested = samba.test(Protocol::Ldap, "svc-claimed", CLAIMANTS_PASSWORD).await;
    assert_eq!(tested.answer, Answer::Accepted, "Samba takes the explicit name before the implied one");
    let read = tested.account.expect("the account that bound");
    assert_eq!((read.name.as_str(), read.whose), ("svc-claimant", Whose::Another));
    let seen = samba.seen("svc-claimed").await;
    assert_eq!((seen.name.as_str(), seen.claimed_by.as_deref()), ("svc-claimed", Some("svc-claimant")));
    assert!(seen.differs_from(&read), "{seen:?} {read:?}");
    // Its own password is refused under that name, which no retry would mend.
    let own = samba.test(Protocol::Ldap, "svc-claimed", PASSWORDS[0]).await;
    assert!(matches!(own.answer, Answer::Refused(_)), "{own:?}");
    let read = samba.test(Protocol::Ldap, "svc-mdi", PASSWORDS[0]).await.account.expect("svc-mdi");
    assert_eq!((read.name.as_str(), read.whose, read.claimed_by), ("svc-mdi", Whose::Meant, None));
}

async fn what_an_account_may_do_beyond_reading_is_read_over_its_own_bind(samba: &Samba) {
    let read = async |name: &str| {
        let tested = samba.test(Protocol::Ldap, name, PASSWORDS[0]).await;
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
    assert_eq!(samba.seen("svc-grand").await.groups.as_deref(), Some(&groups[..]), "by a reader");
    assert_eq!(read("svc-nopreauth").await.flags, Some(vec![Flag::NoPreauthentication]));
    let ages = read("svc-reader").await;
    assert!(!ages.password_never_expires && ages.password_expires > ages.password_changed, "{ages:?}");
}

async fn every_case_of_the_table_is_answered_as_the_lab_has_it(samba: &Samba) {
    for case in cases().iter().filter(|case| is_asked(case)) {
        for _ in 0..case.failures_before {
            samba.test(Protocol::Ldap, case.account, "Not-The-Password-2!").await;
        }
        let known = case.account != "svc-nobody";
        let counted = async || if known { samba.failures(case.account).await } else { 0 };
        let before = counted().await;
        bind(case, &samba.test(Protocol::Ldap, case.account, password(case)).await.answer);
        let between = counted().await;
        if let Some(growth) = case.counted.filter(|_| case.samba != Expected::Accepted && known) {
            assert_eq!(between - before, growth, "{}, LDAP: {case:?}", case.title);
        }
        let Some(expected) = case.kerberos else { continue };
        exchange(case, expected, &samba.test(Protocol::Kerberos, case.account, password(case)).await.answer);
        let growth = if expected == Proof::Current { -between } else { case.kerberos_counted };
        assert_eq!(counted().await - between, growth, "{}, Kerberos: {case:?}", case.title);
    }
}

async fn a_probe_tells_what_an_account_is_and_counts_nothing(samba: &Samba) {
    let client = samba.kerberos();
    let check = async |account: &str, expected: fn(&Found) -> bool| {
        let probe = client.probe(&samba.controller, &samba.account(account)).await.expect("an answer");
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
    assert_eq!(samba.failures("svc-mdi").await, 0);
}

async fn a_clock_that_is_off_is_not_judged_and_the_controllers_time_mends_it(samba: &Samba) {
    let hour = jiff::SignedDuration::from_hours(1);
    let off = samba.kerberos().with_skew(hour);
    let tested = samba.test_by(&off, "svc-mdi", PASSWORDS[0]).await;
    assert_eq!(tested.answer, Answer::NotSent(Fault::ClockSkew));
    assert_eq!(samba.failures("svc-mdi").await, 0);
    let theirs = tested.controller_time.expect("a time");
    let skew = theirs.duration_since(Clock::system().now().wall);
    let mended = samba.test_by(&off.with_skew(skew), "svc-mdi", PASSWORDS[0]).await;
    assert_eq!(mended.answer, Answer::Accepted);
}

async fn an_account_without_preauthentication_is_judged_by_its_ticket(samba: &Samba) {
    let right = samba.test(Protocol::Kerberos, "svc-nopreauth", PASSWORDS[0]).await;
    assert_eq!(right.answer, Answer::Accepted);
    let wrong = samba.test(Protocol::Kerberos, "svc-nopreauth", "Not-The-Password-1!").await;
    let Answer::Refused(refusal) = wrong.answer else { panic!("{wrong:?}") };
    assert_eq!(refusal.code, SubCode::WrongPassword);
    assert_eq!(samba.failures("svc-nopreauth").await, 0);
}
