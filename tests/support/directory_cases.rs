//! How a directory answers simple binds and AS exchanges, as a table that holds for the lab and for a real one alike.
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

/// What becomes of a sealed timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A ticket that the account's key opens.
    Current,
    Refused {
        /// The sub-code that means the same.
        code: &'static str,
        error: u32,
        status: Option<u32>,
    },
}

/// One bind on a fresh connection, and one AS exchange with the same account and password.
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
    /// What Samba answers; none where Kerberos has no such case.
    pub kerberos: Option<Proof>,
    /// By how much the exchange lets the count grow there.
    pub kerberos_counted: i64,
    /// What Windows answers where it differs: it tells of a closed account before anything is proved, and counts nothing.
    pub windows_closed: Option<Proof>,
}

impl Case {
    /// The exchange with Windows, and what it counts.
    pub fn kerberos_on_windows(&self) -> (Option<Proof>, i64) {
        match self.windows_closed {
            Some(closed) => (Some(closed), 0),
            None => (self.kerberos, self.kerberos_counted),
        }
    }
}

const fn proof(error: u32, status: Option<u32>, code: &'static str) -> Proof {
    Proof::Refused { code, error, status }
}

const PREAUTHENTICATION_FAILED: Option<Proof> = Some(proof(24, None, "52e"));

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
        kerberos: None,
        kerberos_counted: 0,
        windows_closed: None,
    }
}

const WRONG: Answer = Answer::Refused("52e");

/// The whole table, in an order that leaves no case in another's way.
pub fn cases() -> Vec<Case> {
    let mut all = passwords();
    all.extend(restrictions());
    all.extend(name_forms());
    // Last, since it leaves the account locked.
    let locked = Answer::Refused("775");
    let kerberos = Some(proof(18, None, "775"));
    let windows_closed = Some(proof(18, Some(0xc000_0234), "775"));
    all.push(Case {
        failures_before: 5,
        kerberos,
        windows_closed,
        ..case("locked, right", "svc-lockme", Password::Right, locked)
    });
    all.push(Case {
        kerberos,
        windows_closed,
        ..case("locked, wrong", "svc-lockme", Password::Wrong, locked)
    });
    all
}

fn passwords() -> Vec<Case> {
    vec![
        Case {
            counted: Some(0),
            kerberos: Some(Proof::Current),
            ..case("normal", "svc-mdi", Password::Right, Answer::Accepted)
        },
        Case {
            counted: Some(1),
            kerberos: PREAUTHENTICATION_FAILED,
            kerberos_counted: 1,
            ..case("wrong", "svc-mdi", Password::Wrong, WRONG)
        },
        Case {
            counted: Some(0),
            kerberos: PREAUTHENTICATION_FAILED,
            kerberos_counted: 1,
            ..case("previous", "svc-rotate", Password::Previous, Answer::Accepted)
        },
        Case {
            counted: Some(0),
            kerberos: PREAUTHENTICATION_FAILED,
            kerberos_counted: 1,
            ..case("before previous", "svc-rotate", Password::BeforePrevious, WRONG)
        },
        Case {
            samba: WRONG,
            kerberos: Some(proof(6, None, "525")),
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
    ]
}

fn restrictions() -> Vec<Case> {
    let mut all = Vec::new();
    for (account, code, kerberos) in [
        ("svc-disabled", "533", proof(18, Some(0xc000_0072), "533")),
        ("svc-acctexpired", "701", proof(18, Some(0xc000_0193), "701")),
        ("svc-hours", "530", proof(18, Some(0xc000_006f), "530")),
        // Kerberos doesn't look at workstations.
        ("svc-workstation", "531", Proof::Current),
        ("svc-mustchange", "773", proof(23, Some(0xc000_0224), "773")),
        ("svc-pwexpired", "532", proof(23, Some(0xc000_0071), "532")),
    ] {
        all.push(Case {
            counted: Some(0),
            kerberos: Some(kerberos),
            ..case("restricted, right", account, Password::Right, Answer::Refused(code))
        });
        let closed = matches!(kerberos, Proof::Refused { error: 18, .. });
        all.push(Case {
            kerberos: PREAUTHENTICATION_FAILED,
            kerberos_counted: 1,
            windows_closed: closed.then_some(kerberos),
            ..case("restricted, wrong", account, Password::Wrong, WRONG)
        });
    }
    all
}

fn name_forms() -> Vec<Case> {
    // The name was given to another account, and so the bind is of that one.
    let mut all =
        vec![Case { counted: Some(0), ..case("claimed name", "svc-claimed", Password::Right, WRONG) }];
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
    all
}
