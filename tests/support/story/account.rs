//! What the story's account is, as its own bind reads it: an ordinary one, or one with something to say of it.

use std::time::Duration;

use mdi_console::directory::{AccountFacts, Flag, Group, Whose};
use mdi_console::walkthrough::event::Event;

use super::Story;

/// What is particular about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Ordinary,
    /// Expires shortly, and may do what a reading account should not.
    Powerful,
    /// The name that was tested is another account's.
    Anothers,
    Locked,
}

impl Story {
    /// The clock on the wall alone.
    #[must_use]
    pub fn set_back(mut self, by: Duration) -> Self {
        self.now.wall = self.now.wall.checked_sub(by).expect("a time");
        self.tell(Event::Timer)
    }

    pub fn account_is(self, account: Kind) -> Self {
        Self { account, ..self }
    }

    pub(super) fn account_facts(&self) -> AccountFacts {
        let wall = self.now.wall;
        let days = |days: u64| wall.checked_add(Duration::from_hours(24 * days)).ok();
        let facts = AccountFacts {
            name: "svc-mdi".into(),
            sid: "S-1-5-21-1-2-3-1105".into(),
            whose: Whose::Meant,
            password_changed: wall.checked_sub(Duration::from_mins(4)).ok(),
            password_expires: days(90),
            ..AccountFacts::default()
        };
        match self.account {
            Kind::Ordinary => facts,
            Kind::Powerful => AccountFacts {
                password_expires: days(12),
                bad_password_count: Some(0),
                flags: Some(vec![Flag::Delegation, Flag::Rc4Only]),
                groups: Some(vec![Group::DomainAdmins, Group::BackupOperators]),
                service_principals: vec![self.names.of("MSSQLSvc/app1.contoso.test:1433")],
                service_principal_count: 2,
                ..facts
            },
            Kind::Anothers => AccountFacts {
                name: self.names.of("svc-sql"),
                sid: "S-1-5-21-1-2-3-1190".into(),
                whose: Whose::Another,
                ..facts
            },
            Kind::Locked => AccountFacts { locked: true, ..facts },
        }
    }
}
