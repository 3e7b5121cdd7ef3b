//! How a directory answers simple binds, as a table that holds for the lab and for a real directory alike.
//!
//! Relies on nothing, so that any test may include it by its path. Where Windows and Samba differ both answers stand
//! side by side. The accounts are those both directories are filled with; each directory says what their passwords
//! and names are.

/// Which of an account's passwords is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Password {
    Right,
    /// The one before, inside the window in which it is still taken.
    Previous,
    /// The one before that.
    BeforePrevious,
    Wrong,
    Empty,
}

/// How the account is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `user@domain`
    Principal,
    /// `NETBIOS\user`
    NetBios,
    Dn,
    /// `user@NETBIOS`
    AtNetBios,
    Bare,
    /// `domain\user`
    DomainSlash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Accepted,
    /// Success, but nobody is signed in.
    Anonymous,
    /// Result 49 with this sub-code.
    Refused(&'static str),
    /// Result 8.
    StrongerAuthentication,
}

/// One bind on a fresh connection.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub title: &'static str,
    pub account: &'static str,
    pub form: Form,
    pub password: Password,
    pub encrypted: bool,
    /// Wrong passwords tried just before.
    pub failures_before: u32,
    pub windows: Answer,
    pub samba: Answer,
    /// By how much the controller's count of failures grows on Windows; none where the account can't tell.
    pub counted: Option<i64>,
}

const fn case(title: &'static str, account: &'static str, password: Password, answer: Answer) -> Case {
    Case {
        title,
        account,
        form: Form::Principal,
        password,
        encrypted: true,
        failures_before: 0,
        windows: answer,
        samba: answer,
        counted: None,
    }
}

const WRONG: Answer = Answer::Refused("52e");

/// The LDAP columns of the table.
pub fn cases() -> Vec<Case> {
    let mut all = vec![
        Case { counted: Some(0), ..case("normal", "svc-mdi", Password::Right, Answer::Accepted) },
        Case { counted: Some(1), ..case("wrong", "svc-mdi", Password::Wrong, WRONG) },
        Case { counted: Some(0), ..case("previous", "svc-rotate", Password::Previous, Answer::Accepted) },
        Case { counted: Some(0), ..case("before previous", "svc-rotate", Password::BeforePrevious, WRONG) },
        Case {
            samba: WRONG,
            ..case("unknown account", "svc-nobody", Password::Right, Answer::Refused("525"))
        },
        Case {
            encrypted: false,
            counted: Some(0),
            ..case("clear text", "svc-mdi", Password::Right, Answer::StrongerAuthentication)
        },
        Case {
            samba: WRONG,
            counted: Some(0),
            ..case("empty password", "svc-mdi", Password::Empty, Answer::Anonymous)
        },
    ];
    for (account, code) in [
        ("svc-disabled", "533"),
        ("svc-acctexpired", "701"),
        ("svc-hours", "530"),
        ("svc-workstation", "531"),
        ("svc-mustchange", "773"),
        ("svc-pwexpired", "532"),
    ] {
        all.push(Case {
            counted: Some(0),
            ..case("restricted, right", account, Password::Right, Answer::Refused(code))
        });
        all.push(case("restricted, wrong", account, Password::Wrong, WRONG));
    }
    for (form, answer) in [
        (Form::NetBios, Answer::Accepted),
        (Form::Dn, Answer::Accepted),
        (Form::AtNetBios, Answer::Accepted),
        (Form::Bare, Answer::Refused("525")),
        (Form::DomainSlash, Answer::Refused("525")),
    ] {
        let samba = if answer == Answer::Accepted { answer } else { WRONG };
        all.push(Case { form, samba, ..case("name form", "svc-mdi", Password::Right, answer) });
    }
    // Last, since it leaves the account locked.
    let locked = Answer::Refused("775");
    all.push(Case { failures_before: 5, ..case("locked, right", "svc-lockme", Password::Right, locked) });
    all.push(case("locked, wrong", "svc-lockme", Password::Wrong, locked));
    all
}
