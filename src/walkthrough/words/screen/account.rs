//! What is known of the account itself: whether it can be used, how old its password is, and what it should not be able to do.
//!
//! From the account's own bind, else from a reader's. What shuts the account stands first, then what will, then what is
//! merely unwise: nothing of that is to be changed while sensors may be stopped. Deliberately absent: why a step is blocked
//! (`reasons`).

use jiff::Timestamp;

use crate::clock::Now;
use crate::directory::{AccountFacts, Flag};
use crate::text::Safe;
use crate::walkthrough::Walkthrough;
use crate::walkthrough::trial::Row;

use super::{Truth, ago, ahead, safe};

/// The portal opens an issue of its own below this.
const EXPIRES_SHORTLY_HOURS: i64 = 30 * 24;

/// Everything, the weightiest first.
pub fn account_facts(walk: &Walkthrough, now: Now) -> Vec<Truth> {
    let read = walk.trial.as_ref().and_then(|trial| trial.account.as_ref());
    match read.or(walk.standing.as_ref().map(|standing| &standing.account)) {
        Some(facts) => truths(facts, now.wall),
        None => Vec::new(),
    }
}

/// The first of them, and how many more there are, where the room is short.
pub fn account_facts_in_short(walk: &Walkthrough, now: Now, most: usize) -> (Vec<Truth>, Option<Safe>) {
    let mut all = account_facts(walk, now);
    let more = all.len().saturating_sub(most);
    all.truncate(most);
    let pointer = match more {
        0 => None,
        1 => Some(Safe::new("1 more of the account: Space on a row.")),
        more => Some(safe(format!("{more} more of the account: Space on a row."))),
    };
    (all, pointer)
}

/// What one controller read of the account, field by field; nothing where it could not.
pub fn account_at(walk: &Walkthrough, row: &Row) -> Vec<(&'static str, Safe)> {
    let Some(facts) = walk.trial.as_ref().and_then(|trial| trial.account_at(&row.host)) else {
        return Vec::new();
    };
    let mut fields = vec![("Account", safe(format!("{}, {}", facts.known_as(), facts.sid)))];
    if let Some(count) = facts.bad_password_count {
        fields.push(("Failures", safe(format!("{count} counted there"))));
    }
    let mut label = "Known";
    for truth in truths(facts, walk.now.wall) {
        let (Truth::Good(text) | Truth::Warn(text) | Truth::Bad(text) | Truth::Plain(text)) = truth;
        fields.push((std::mem::replace(&mut label, "Also"), text));
    }
    fields
}

fn truths(facts: &AccountFacts, now: Timestamp) -> Vec<Truth> {
    let mut truths = shut(facts);
    truths.extend(password_age(facts, now));
    truths.extend(memberships(facts));
    let flags = facts.flags.iter().flatten();
    // Privileged groups that were read say more.
    let told = facts.groups.as_ref().is_some_and(|groups| !groups.is_empty());
    let flags = flags.filter(|flag| !(told && **flag == Flag::AdminCount));
    truths.extend(flags.map(|flag| Truth::Warn(Safe::new(unusual(*flag)))));
    truths.extend(service_principals(facts));
    truths
}

fn shut(facts: &AccountFacts) -> Vec<Truth> {
    [
        (facts.disabled, "The directory says that the account is disabled."),
        (facts.account_expired, "The directory says that the account has expired."),
        (facts.locked, "The directory says that the account is locked out."),
        (facts.must_change, "The directory says that its password must be changed at the next logon."),
        (facts.password_expired && !facts.must_change, "The directory says that its password has expired."),
    ]
    .into_iter()
    .filter_map(|(shut, sentence)| shut.then(|| Truth::Bad(Safe::new(sentence))))
    .collect()
}

/// When it was changed and when it expires; in one line while that is far away.
fn password_age(facts: &AccountFacts, now: Timestamp) -> Vec<Truth> {
    let expires = facts.password_expires.filter(|at| !facts.password_never_expires && *at > now);
    let shortly = |at: &Timestamp| at.duration_since(now).as_hours() < EXPIRES_SHORTLY_HOURS;
    let mut truths = Vec::new();
    if let Some(at) = expires.filter(shortly) {
        truths.push(Truth::Warn(safe(format!(
            "The password expires {}; the portal opens \"Read-only user password to expire shortly\". Have the next one set, and walk these steps, before that.",
            ahead(at, now)
        ))));
    }
    let never = facts.password_never_expires.then(|| "never expires".to_owned());
    let expiry = expires.filter(|at| !shortly(at)).map(|at| format!("expires {}", ahead(at, now))).or(never);
    let changed = facts.password_changed.map(|at| ago(at, now));
    let plain = match (changed, expiry) {
        (Some(changed), Some(expiry)) => Some(format!("Changed in the directory {changed}; {expiry}.")),
        (Some(changed), None) => Some(format!("Changed in the directory {changed}.")),
        (None, expiry) => expiry.map(|expiry| format!("The password {expiry}.")),
    };
    truths.extend(plain.map(|plain| Truth::Plain(safe(plain))));
    truths
}

fn memberships(facts: &AccountFacts) -> Option<Truth> {
    let names: Vec<&str> = facts.groups.iter().flatten().map(|group| group.name()).collect();
    let (last, others) = names.split_last()?;
    let names =
        if others.is_empty() { (*last).to_owned() } else { format!("{} and {last}", others.join(", ")) };
    Some(Truth::Warn(safe(format!(
        "A member of {names}: Defender for Identity needs read rights only. Not a change to make now."
    ))))
}

fn service_principals(facts: &AccountFacts) -> Option<Truth> {
    let first = facts.service_principals.first()?;
    let names = match facts.service_principal_count.saturating_sub(1) {
        0 => format!("a service principal name ({first})"),
        more => format!("service principal names ({first} and {more} more)"),
    };
    Some(Truth::Warn(safe(format!(
        "It has {names}: anybody in the domain can fetch a ticket to guess its password from. Keep the password long and random; remove the name, if nothing uses it, another day."
    ))))
}

fn unusual(flag: Flag) -> &'static str {
    match flag {
        Flag::Delegation => {
            "Trusted for delegation to any service: it can act as whoever signs in to it. Defender for Identity needs none. Not a change to make now."
        }
        Flag::ProtocolTransition => {
            "May act as anybody towards some services (protocol transition): Defender for Identity needs none. Not a change to make now."
        }
        Flag::ConstrainedDelegation => {
            "May act towards some services as whoever signs in to it (delegation): Defender for Identity needs none. Not a change to make now."
        }
        Flag::NoPreauthentication => {
            "Kerberos preauthentication is not required of it: anybody can fetch what it takes to guess the password. Have it required, another day."
        }
        Flag::ReversiblePassword => {
            "Its password is kept with reversible encryption: whoever copies the directory can read it. Have that undone before the next change."
        }
        Flag::DesOnly => {
            "Takes DES keys only, which controllers refuse by now. Have AES allowed before the next change."
        }
        Flag::Rc4Only => "Takes RC4 keys only, and no AES. Have AES allowed before the next change.",
        Flag::SmartCardRequired => {
            "A smart card is required of it: the directory may replace its password by itself. Have that undone before the next change."
        }
        Flag::AdminCount => {
            "Marked as protected (adminCount): it is or was in a privileged group. Defender for Identity needs read rights only."
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use crate::directory::Group;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(days: i64) -> Option<Timestamp> {
        NOW.checked_add(SignedDuration::from_hours(24 * days)).ok()
    }

    fn said(facts: &AccountFacts) -> Vec<String> {
        let mark = |truth| match truth {
            Truth::Good(text) => format!("+ {text}"),
            Truth::Plain(text) => format!("  {text}"),
            Truth::Warn(text) => format!("! {text}"),
            Truth::Bad(text) => format!("x {text}"),
        };
        truths(facts, NOW).into_iter().map(mark).collect()
    }

    fn check(facts: &AccountFacts, beginnings: &[&str]) {
        let said = said(facts);
        assert_eq!(said.len(), beginnings.len(), "{said:#?}");
        for (line, beginning) in said.iter().zip(beginnings) {
            assert!(line.starts_with(beginning), "{line:?} does not begin with {beginning:?}");
        }
    }

    #[test]
    fn nothing_is_said_of_what_could_not_be_read() {
        check(&AccountFacts::default(), &[]);
    }

    #[test]
    fn an_expiry_within_thirty_days_is_a_warning_and_a_later_one_is_not() {
        let facts = |expires: Option<Timestamp>| AccountFacts {
            password_changed: after(-12),
            password_expires: expires,
            ..AccountFacts::default()
        };
        check(&facts(None), &["  Changed in the directory 12 days ago."]);
        check(&facts(after(30)), &["  Changed in the directory 12 days ago; expires in 30 days."]);
        check(&facts(after(29)), &["! The password expires in 29 days; the portal opens", "  Changed in"]);
        let expired = AccountFacts { password_expired: true, ..facts(after(-1)) };
        check(&expired, &["x The directory says that its password has expired.", "  Changed in"]);
        let never = AccountFacts { password_never_expires: true, ..facts(None) };
        check(&never, &["  Changed in the directory 12 days ago; never expires."]);
        check(&AccountFacts { password_changed: None, ..never }, &["  The password never expires."]);
    }

    #[test]
    fn what_shuts_the_account_stands_before_what_is_unwise() {
        let facts = AccountFacts {
            locked: true,
            disabled: true,
            password_expires: after(3),
            flags: Some(vec![Flag::Delegation, Flag::AdminCount]),
            groups: Some(vec![Group::DomainAdmins, Group::BackupOperators]),
            service_principals: vec!["MSSQLSvc/app1".into(), "HTTP/app1".into()],
            service_principal_count: 4,
            ..AccountFacts::default()
        };
        check(
            &facts,
            &[
                "x The directory says that the account is disabled.",
                "x The directory says that the account is locked out.",
                "! The password expires in 3 days;",
                "! A member of Domain Admins and Backup Operators: Defender for Identity needs read rights only.",
                "! Trusted for delegation",
                "! It has service principal names (MSSQLSvc/app1 and 3 more):",
            ],
        );
        let hint = AccountFacts { flags: Some(vec![Flag::AdminCount]), ..AccountFacts::default() };
        check(&hint, &["! Marked as protected (adminCount)"]);
    }
}
