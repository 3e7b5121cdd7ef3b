//! What a sensor's known faults mean while a password is being changed, and what to do about each.
//!
//! Pure words. The facts are Microsoft's documentation and .NET's own texts for LDAP results.
//! Deliberately absent: deciding that a record is one of these (`finders`), and what follows for the walk.

use std::fmt;

use crate::text::Safe;

/// Something a record is known to say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Known {
    /// A controller refused the credential: LDAP result 49. What the record doesn't name is absent.
    Refused {
        account: Option<Safe>,
        domain: Option<Safe>,
        controller: Option<Safe>,
    },
    /// The sensor took the credential up: the only positive evidence there is.
    TookCredential {
        account: Safe,
        domain: Option<Safe>,
    },
    /// The sensor tried to take a credential up and failed, without saying why.
    DidNotTakeCredential {
        account: Option<Safe>,
        domain: Option<Safe>,
    },
    /// LDAP 81.
    ServerUnavailable,
    /// LDAP 82.
    LocalError,
    /// LDAP 8.
    StrongAuthentication,
    /// LDAP 91.
    NotEstablished,
    /// LDAP 85.
    TimedOut,
    ControllersUnreachable,
    GroupManagedAccount,
    /// The registry's `Global`: this host's performance counters.
    RegistryDenied,
}

/// A fault in the words of someone who has met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub title: &'static str,
    /// What it means for this walk.
    pub meaning: &'static str,
    pub remedy: &'static str,
    /// It has more than one cause: alone it proves nothing about the password.
    pub ambiguous: bool,
}

impl Known {
    #[must_use]
    pub const fn explanation(&self) -> Explanation {
        match self {
            Self::Refused { .. } => REFUSED,
            Self::TookCredential { .. } => TOOK,
            Self::DidNotTakeCredential { .. } => DID_NOT_TAKE,
            Self::ServerUnavailable => UNAVAILABLE,
            Self::LocalError => LOCAL,
            Self::StrongAuthentication => STRONG,
            Self::NotEstablished => NOT_ESTABLISHED,
            Self::TimedOut => TIMED_OUT,
            Self::ControllersUnreachable => CONTROLLERS,
            Self::GroupManagedAccount => GROUP_MANAGED,
            Self::RegistryDenied => REGISTRY,
        }
    }

    /// Whether it tells of trouble.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        !matches!(self, Self::TookCredential { .. })
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.explanation().title)
    }
}

const REFUSED: Explanation = Explanation {
    title: "Credential refused (LDAP 49)",
    meaning: "A domain controller refused the credential this sensor holds. Before the save that is the old password \
              failing; after it, the saved one is wrong, not yet taken up, not yet replicated to that controller, or \
              the account is locked or disabled. Sensors go on trying, so the account can lock.",
    remedy: "Look whether the record stands after the save and names this account. If so: test the saved password \
             again at the PDC emulator; if it is refused there, save the right one now. If the account is locked, \
             unlock it first.",
    ambiguous: false,
};
const TOOK: Explanation = Explanation {
    title: "Credential taken up",
    meaning: "The sensor signed in with this account. After the save, it is positive evidence that the new password \
              works on that host.",
    remedy: "Nothing to do.",
    ambiguous: false,
};
const DID_NOT_TAKE: Explanation = Explanation {
    title: "Credential not taken up",
    meaning: "The sensor could not sign in with this account, and doesn't say why: a wrong password, a locked or \
              disabled account, a group managed account it may not read, or a missing right to log on.",
    remedy: "Read the records around it. For a group managed account: let the host read its password, and see that \
             the account may log on as a service.",
    ambiguous: true,
};
const UNAVAILABLE: Explanation = Explanation {
    title: "LDAP server unavailable (81)",
    meaning: "The sensor didn't reach a domain controller at all. That says nothing about the password.",
    remedy: "Check that the controller is up, its name resolves on the sensor's host, and port 389 is open from there.",
    ambiguous: false,
};
const LOCAL: Explanation = Explanation {
    title: "Local error (82)",
    meaning: "Signing in failed on the sensor's own side, most often because a name doesn't resolve or the clocks are \
              more than five minutes apart. It is not an answer about the password.",
    remedy: "On the sensor's host compare the time with a domain controller's, and look the controller's full name up.",
    ambiguous: true,
};
const STRONG: Explanation = Explanation {
    title: "Stronger authentication required (8)",
    meaning: "The controller demands signing or TLS that the sensor didn't offer. The password was not judged.",
    remedy: "Look at the domain's LDAP signing and channel binding policy. Saving another password doesn't help.",
    ambiguous: false,
};
const NOT_ESTABLISHED: Explanation = Explanation {
    title: "Connection can't be established (91)",
    meaning: "The connection to the controller broke off before anyone signed in. The password was not judged.",
    remedy: "Look at the network and the firewall between the sensor's host and the controller, and at its load.",
    ambiguous: false,
};
const TIMED_OUT: Explanation = Explanation {
    title: "No answer in time (85)",
    meaning: "The controller took too long. The password was not judged, or the answer was lost.",
    remedy: "Look at the controller's load and the way to it; the sensor tries again by itself.",
    ambiguous: false,
};
const CONTROLLERS: Explanation = Explanation {
    title: "No controller could be used",
    meaning: "The sensor could use none of its controllers. That follows a refused credential, but as well a fault of a \
              group managed account, a missing right to log on, or the network. Alone it proves nothing.",
    remedy: "Look for the record just before it: that one has the cause. `e` goes to the next refused credential.",
    ambiguous: true,
};
const GROUP_MANAGED: Explanation = Explanation {
    title: "Group managed account not readable",
    meaning: "The sensor's host may not read the password of a group managed account. That entry has no password to \
              change; the entry being changed here is another one.",
    remedy: "Let the host (or a group it is in) retrieve the account's password, then purge the host's tickets or \
             restart it. Check the right to log on as a service.",
    ambiguous: false,
};
const REGISTRY: Explanation = Explanation {
    title: "Performance counters not readable",
    meaning: "The account the sensor acts as may not read its host's performance counters, so the sensor may not start \
              there. No controller was asked: it says nothing about the password.",
    remedy: "On that host put the account (most often a group managed one) into the local group Performance Monitor \
             Users, then restart the sensor's service. Saving another password doesn't help.",
    ambiguous: false,
};

#[cfg(test)]
mod tests;
