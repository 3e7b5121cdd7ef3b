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

/// A sentence, and the same in a few words for a row that has room for no more.
struct Told {
    truth: Truth,
    short: String,
}

impl Told {
    fn warn(short: impl Into<String>, sentence: impl Into<Safe>) -> Self {
        Self { truth: Truth::Warn(sentence.into()), short: short.into() }
    }

    fn plain(sentence: String) -> Self {
        Self { truth: Truth::Plain(safe(sentence)), short: String::new() }
    }
}

/// Everything, the weightiest first.
pub fn account_facts(walk: &Walkthrough, now: Now) -> Vec<Truth> {
    known(walk, now).into_iter().map(|told| told.truth).collect()
}

/// What warns, in one line that names the first two of it; and what is said in full all the same.
pub fn account_in_short(walk: &Walkthrough, now: Now) -> (Option<Truth>, Vec<Truth>) {
    in_short(known(walk, now))
}

fn in_short(known: Vec<Told>) -> (Option<Truth>, Vec<Truth>) {
    let (warnings, rest): (Vec<Told>, Vec<Told>) =
        known.into_iter().partition(|told| matches!(told.truth, Truth::Warn(_)));
    let mut named: Vec<String> = warnings.iter().take(2).map(|told| told.short.clone()).collect();
    let more = warnings.len().saturating_sub(named.len());
    if more > 0 {
        named.push(format!("{more} more"));
    }
    let warning = named.join("; ");
    let mut letters = warning.chars();
    let first = letters.next().map(char::to_uppercase);
    let warning = first.map(|first| Truth::Warn(safe(format!("{first}{} (Space).", letters.as_str()))));
    (warning, rest.into_iter().map(|told| told.truth).collect())
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
    for told in all(facts, walk.now.wall) {
        let (Truth::Good(text) | Truth::Warn(text) | Truth::Bad(text) | Truth::Plain(text)) = told.truth;
        fields.push((std::mem::replace(&mut label, "Also"), text));
    }
    fields
}

fn known(walk: &Walkthrough, now: Now) -> Vec<Told> {
    let read = walk.trial.as_ref().and_then(|trial| trial.account.as_ref());
    match read.or(walk.standing.as_ref().map(|standing| &standing.account)) {
        Some(facts) => all(facts, now.wall),
        None => Vec::new(),
    }
}

fn all(facts: &AccountFacts, now: Timestamp) -> Vec<Told> {
    let mut all = shut(facts);
    all.extend(expires_shortly(facts, now));
    all.extend(
        facts.password_changed.map(|at| Told::plain(format!("Changed in the directory {}.", ago(at, now)))),
    );
    all.extend(memberships(facts));
    let flags = facts.flags.iter().flatten();
    // Privileged groups that were read say more.
    let told = facts.groups.as_ref().is_some_and(|groups| !groups.is_empty());
    let flags = flags.filter(|flag| !(told && **flag == Flag::AdminCount));
    all.extend(flags.map(|flag| {
        let (short, sentence) = unusual(*flag);
        Told::warn(short, Safe::new(sentence))
    }));
    all.extend(service_principals(facts));
    all.extend(expires_later(facts, now));
    all
}

fn shut(facts: &AccountFacts) -> Vec<Told> {
    [
        (facts.disabled, "The directory says that the account is disabled."),
        (facts.account_expired, "The directory says that the account has expired."),
        (facts.locked, "The directory says that the account is locked out."),
        (facts.must_change, "The directory says that its password must be changed at the next logon."),
        (facts.password_expired && !facts.must_change, "The directory says that its password has expired."),
    ]
    .into_iter()
    .filter(|(shut, _)| *shut)
    .map(|(_, sentence)| Told { truth: Truth::Bad(Safe::new(sentence)), short: String::new() })
    .collect()
}

fn expires_shortly(facts: &AccountFacts, now: Timestamp) -> Option<Told> {
    let at = ahead(expires(facts, now).filter(|at| is_shortly(*at, now))?, now);
    Some(Told::warn(
        format!("expires {at}"),
        safe(format!(
            "Expires {at}: the portal opens \"Read-only user password to expire shortly\". Walk these steps with the next one before that."
        )),
    ))
}

fn expires_later(facts: &AccountFacts, now: Timestamp) -> Option<Told> {
    if facts.password_never_expires {
        return Some(Told::plain("Never expires.".into()));
    }
    let later = expires(facts, now).filter(|at| !is_shortly(*at, now))?;
    Some(Told::plain(format!("Expires {}.", ahead(later, now))))
}

fn expires(facts: &AccountFacts, now: Timestamp) -> Option<Timestamp> {
    facts.password_expires.filter(|at| !facts.password_never_expires && *at > now)
}

fn is_shortly(at: Timestamp, now: Timestamp) -> bool {
    at.duration_since(now).as_hours() < EXPIRES_SHORTLY_HOURS
}

fn memberships(facts: &AccountFacts) -> Option<Told> {
    let names: Vec<&str> = facts.groups.iter().flatten().map(|group| group.name()).collect();
    let (first, (last, others)) = (names.first()?, names.split_last()?);
    let all =
        if others.is_empty() { (*last).to_owned() } else { format!("{} and {last}", others.join(", ")) };
    let sentence =
        format!("A member of {all}: Defender for Identity needs read rights only. Not a change to make now.");
    Some(Told::warn(format!("member of {first}"), safe(sentence)))
}

fn service_principals(facts: &AccountFacts) -> Option<Told> {
    let first = facts.service_principals.first()?;
    let names = match facts.service_principal_count.saturating_sub(1) {
        0 => format!("a service principal name ({first})"),
        more => format!("service principal names ({first} and {more} more)"),
    };
    let sentence = format!(
        "It has {names}: anybody in the domain can fetch a ticket to guess its password from. Keep the password long and random; remove the name, if nothing uses it, another day."
    );
    Some(Told::warn("has a service principal name", safe(sentence)))
}

/// In short, and in full.
fn unusual(flag: Flag) -> (&'static str, &'static str) {
    match flag {
        Flag::Delegation => (
            "trusted for delegation",
            "Trusted for delegation to any service: it can act as whoever signs in to it. Defender for Identity needs none. Not a change to make now.",
        ),
        Flag::ProtocolTransition => (
            "may act as anybody",
            "May act as anybody towards some services (protocol transition): Defender for Identity needs none. Not a change to make now.",
        ),
        Flag::ConstrainedDelegation => (
            "may delegate",
            "May act towards some services as whoever signs in to it (delegation): Defender for Identity needs none. Not a change to make now.",
        ),
        Flag::NoPreauthentication => (
            "no preauthentication",
            "Kerberos preauthentication is not required of it: anybody can fetch what it takes to guess the password. Have it required, another day.",
        ),
        Flag::ReversiblePassword => (
            "reversible password",
            "Its password is kept with reversible encryption: whoever copies the directory can read it. Have that undone before the next change.",
        ),
        Flag::DesOnly => (
            "DES keys only",
            "Takes DES keys only, which controllers refuse by now. Have AES allowed before the next change.",
        ),
        Flag::Rc4Only => {
            ("RC4 keys only", "Takes RC4 keys only, and no AES. Have AES allowed before the next change.")
        }
        Flag::SmartCardRequired => (
            "smart card required",
            "A smart card is required of it: the directory may replace its password by itself. Have that undone before the next change.",
        ),
        Flag::AdminCount => (
            "marked as protected",
            "Marked as protected (adminCount): it is or was in a privileged group. Defender for Identity needs read rights only.",
        ),
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
        let mark = |told: Told| match told.truth {
            Truth::Good(text) => format!("+ {text}"),
            Truth::Plain(text) => format!("  {text}"),
            Truth::Warn(text) => format!("! {text}"),
            Truth::Bad(text) => format!("x {text}"),
        };
        all(facts, NOW).into_iter().map(mark).collect()
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
        let changed = "  Changed in the directory 12 days ago.";
        check(&facts(None), &[changed]);
        check(&facts(after(30)), &[changed, "  Expires in 30 days."]);
        check(&facts(after(29)), &["! Expires in 29 days: the portal opens", changed]);
        let expired = AccountFacts { password_expired: true, ..facts(after(-1)) };
        check(&expired, &["x The directory says that its password has expired.", changed]);
        let never = AccountFacts { password_never_expires: true, ..facts(None) };
        check(&never, &[changed, "  Never expires."]);
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
                "! Expires in 3 days:",
                "! A member of Domain Admins and Backup Operators: Defender for Identity needs read rights only.",
                "! Trusted for delegation",
                "! It has service principal names (MSSQLSvc/app1 and 3 more):",
            ],
        );
        let hint = AccountFacts { flags: Some(vec![Flag::AdminCount]), ..AccountFacts::default() };
        check(&hint, &["! Marked as protected (adminCount)"]);
    }
    #[test]
    fn in_short_two_warnings_are_named_and_the_others_counted() {
        let check = |flags: &[Flag], warning: Option<&str>| {
            let facts = AccountFacts {
                flags: Some(flags.to_vec()),
                password_never_expires: true,
                ..AccountFacts::default()
            };
            let (said, rest) = in_short(all(&facts, NOW));
            assert_eq!(said, warning.map(|warning| Truth::Warn(Safe::new(warning))), "{flags:?}");
            assert_eq!(rest, [Truth::Plain(Safe::new("Never expires."))]);
        };
        check(&[], None);
        check(&[Flag::Delegation], Some("Trusted for delegation (Space)."));
        check(
            &[Flag::Delegation, Flag::NoPreauthentication, Flag::DesOnly, Flag::Rc4Only],
            Some("Trusted for delegation; no preauthentication; 2 more (Space)."),
        );
    }
}
