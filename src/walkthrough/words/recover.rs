//! The ways back, with the commands for this site's hosts and account: to copy, none of them run.
//!
//! Relies on the walk for names. A password stands in no command: where one is needed, the command asks for it.
//! Deliberately absent: running anything, and how it is laid out.

use crate::directory::Account;
use crate::directory::refusal::SubCode;
use crate::portal::ServiceStatus;
use crate::text::Safe;
use crate::walkthrough::Walkthrough;
use crate::walkthrough::fact::DurableSave;
use crate::walkthrough::hand_over::HandOver;
use crate::walkthrough::step::{Phase, Reason, Step};
use crate::walkthrough::watch::Watch;

use super::safe;

mod command;
#[cfg(test)]
mod tests;

/// One way back, its lines in the order in which it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    pub title: &'static str,
    pub lines: Vec<WayLine>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayLine {
    Said(Safe),
    Command(Safe),
}

/// As many hosts are written out; all that were seen refusing always are.
const MOST_HOSTS: usize = 4;

/// What stands above them all.
pub const WAYS_BACK: &str = "The console runs none of these. Those of mdi-console, ssh and net are for a host such as this, all others for PowerShell on Windows.";

/// In the help.
pub const HELP_WAYS_BACK: &str =
    "R shows the ways back: what to do when it was refused or locked, with this site's commands to copy.";

/// Which keys act on the page.
pub fn ways_back_keys(walk: &Walkthrough) -> &'static str {
    if walk.account().is_none() {
        "Esc closes."
    } else if walk.saved() {
        "↑ ↓ mark a command, y copies it. Enter asks whether to go back to step 4."
    } else {
        "↑ ↓ mark a command, y copies it. Esc closes."
    }
}

/// Whether this is a moment for them: a saved password is refused, or the account is locked or keeps refusing.
pub fn ways_back_wanted(walk: &Walkthrough) -> bool {
    let watched = walk.watch.as_ref().is_some_and(|watch| watch.refused() || watch.suspected());
    let blocked = matches!(
        walk.phase(walk.current),
        Phase::Blocked(
            Reason::PasswordRefused { .. }
                | Reason::PasswordClosed { .. }
                | Reason::AcceptedButShut(_)
                | Reason::AccountUnusable(_)
                | Reason::GuardUntilUnlocked
                | Reason::GuardNotBefore { .. }
        )
    );
    watched || blocked
}

/// Every way back there is here, the one that fits what happened first. The first command changes nothing.
pub fn ways_back(walk: &Walkthrough) -> Vec<WayBack> {
    let Some(account) = walk.account() else { return vec![nothing_chosen(walk)] };
    let (right, reset) = (right_password(walk, &account), reset(walk, &account));
    let (locking, second) = (locking(walk, &account), second(walk));
    if locked(walk) { vec![locking, right, reset, second] } else { vec![right, reset, locking, second] }
}

/// As far as the last that was heard of it.
fn locked(walk: &Walkthrough) -> bool {
    let counted = walk.standing.as_ref().is_some_and(|standing| standing.account.locked);
    let blocked = matches!(
        walk.phase(walk.current),
        Phase::Blocked(
            Reason::GuardUntilUnlocked
                | Reason::AccountUnusable(SubCode::LockedOut)
                | Reason::AcceptedButShut(SubCode::LockedOut)
                | Reason::PasswordClosed { code: SubCode::LockedOut, .. }
        )
    );
    counted || blocked
}

/// The page as lines of text; a command stands on one of its own, behind two blanks.
pub fn ways_back_lines(walk: &Walkthrough) -> Vec<Safe> {
    let mut lines = vec![Safe::new(WAYS_BACK)];
    for way in ways_back(walk) {
        lines.push(safe(format!("{}:", way.title)));
        lines.extend(way.lines.into_iter().map(|line| match line {
            WayLine::Said(sentence) => sentence,
            WayLine::Command(command) => safe(format!("  {command}")),
        }));
    }
    lines
}

/// The commands alone, in their order.
pub fn commands(ways: &[WayBack]) -> Vec<Safe> {
    let lines = ways.iter().flat_map(|way| &way.lines);
    let command = |line: &WayLine| match line {
        WayLine::Command(command) => Some(command.clone()),
        WayLine::Said(_) => None,
    };
    lines.filter_map(command).collect()
}

fn said(sentence: &str) -> WayLine {
    WayLine::Said(Safe::new(sentence))
}

/// A name that could be more than a name in a command is left to be typed with care.
fn typed(command: Option<Safe>) -> WayLine {
    command.map_or_else(
        || said("A name here holds characters that could act in a command, so none is written: type it with care."),
        WayLine::Command,
    )
}

fn nothing_chosen(walk: &Walkthrough) -> WayBack {
    let managed = matches!(walk.phase(Step::DirectoryServices), Phase::Blocked(Reason::ManagedAccount));
    let why = if managed {
        "Active Directory keeps this account's password itself: none was changed here, so there is nothing to undo."
    } else {
        "No account is chosen yet, so there is nothing to undo. The commands stand here once one is."
    };
    WayBack { title: "Nothing is changed", lines: vec![said(why)] }
}

fn right_password(walk: &Walkthrough, account: &Account) -> WayBack {
    let mut lines = vec![said(match saved(walk, account) {
        DurableSave::No => "Nothing is saved yet: type it at step 4, where it is tested before it is saved.",
        DurableSave::Saved | DurableSave::NotKnown => {
            "Test it at step 4, and save it once more. The watch begins anew."
        }
    })];
    if !walk.terms.lab {
        lines.push(said("Where no controller can be reached from here, test it on a host that does:"));
        lines.push(typed(command::verify(walk, account)));
    }
    WayBack { title: "Save the right password", lines }
}

/// What the portal holds of this account by this walk's record, also after going back. A save of another entry leaves it open.
fn saved(walk: &Walkthrough, account: &Account) -> DurableSave {
    let watched = walk.watch.as_ref().map(|watch| &watch.account);
    match walk.durable.save {
        DurableSave::Saved if watched != Some(account) => DurableSave::NotKnown,
        save @ (DurableSave::No | DurableSave::Saved | DurableSave::NotKnown) => save,
    }
}

/// The directory is made to hold what the portal holds; the other way round every sensor would fail.
fn reset(walk: &Walkthrough, account: &Account) -> WayBack {
    let (title, told, prompt) = match saved(walk, account) {
        DurableSave::No if began_in_trouble(walk) => (
            "The portal is out of reach",
            "This walk saved nothing, and what the portal holds did not work when it began: a credential was reported, or no sensor ran. Resetting the account would not mend that: save the right password.",
            None,
        ),
        DurableSave::No => (
            "The old password is known, the portal out of reach",
            "This walk saved nothing: the portal holds what was saved there last, which the console can't read. Only where that is the old one, sensors ran with it, and Active Directory has another by now, an administrator resets the account to the old one. The command asks for it.",
            Some("Old password"),
        ),
        DurableSave::Saved => (
            "What was saved is known, the portal out of reach",
            "The portal holds what was saved. NEVER reset the account to the old one: every sensor would be refused. Where Active Directory has another than what was saved, an administrator resets the account to what was saved. The command asks for it.",
            Some("Password that was saved"),
        ),
        DurableSave::NotKnown => (
            "The portal is out of reach",
            "Whether the portal holds the old one or what was saved is not known. Reset the account to neither before that is known: if it is the wrong one, every sensor is refused.",
            None,
        ),
    };
    let server = command::directory(walk, account);
    let mut lines = vec![
        said("Look first when the directory's password was last set:"),
        typed(command::account_state(account, &server)),
        said(told),
    ];
    if let Some(prompt) = prompt {
        lines.push(typed(command::reset(account, &server, prompt)));
        lines = who(walk, HandOver::Resets, lines);
    }
    WayBack { title, lines }
}

/// What was saved before this walk did not work: an incident that a reset to the old password would not end.
fn began_in_trouble(walk: &Walkthrough) -> bool {
    walk.baseline.as_ref().is_some_and(|baseline| {
        let reading = &baseline.reading;
        let reported = reading.issues.iter().any(|issue| issue.about_credential() && issue.open());
        let stopped = reading.sensors.iter().any(|sensor| sensor.service == ServiceStatus::Stopped);
        reported || stopped && !reading.sensors.iter().any(super::is_running)
    })
}

fn locking(walk: &Walkthrough, account: &Account) -> WayBack {
    let server = command::directory(walk, account);
    let mut lines = vec![said("Look who locks it: the PDC emulator names the host of each lockout.")];
    lines.push(typed(command::account_state(account, &server)));
    lines.push(typed(command::lockouts(&server)));
    let (hosts, more) = hosts(walk);
    let stopping = stopping(walk, &hosts).into_iter().chain(more.clone());
    let unlocking = vec![
        said("Unlock it on the PDC emulator, and test it at step 4 in the same minute."),
        typed(command::unlock(account, &server)),
    ];
    let unlocking = who(walk, HandOver::Unlocks, unlocking);
    // Where nobody is known to lock it, sensors are stopped only when it locks again.
    if refusing(walk) {
        lines.extend(stopping.chain(unlocking));
    } else {
        lines.extend(unlocking.into_iter().chain(stopping));
    }
    lines.push(said(
        "Save it at step 5; then start what was stopped, one host first. Unlock once more if needed.",
    ));
    for host in &hosts {
        lines.extend(
            ["AATPSensorUpdater", "AATPSensor"]
                .map(|one| typed(command::service(walk, host, ("start", one)))),
        );
    }
    lines.extend(more);
    WayBack { title: "The account keeps locking", lines }
}

fn refusing(walk: &Walkthrough) -> bool {
    walk.watch.as_ref().is_some_and(|watch| watch.refusing_hosts().any(|host| !host.is_empty()))
}

/// The updater first, for it starts the sensor again.
fn stopping(walk: &Walkthrough, hosts: &[Safe]) -> Vec<WayLine> {
    let mut lines = vec![said(match (refusing(walk), hosts.is_empty()) {
        (true, _) => {
            "Stop the updater, which starts the sensor again, and then the sensor, on the hosts seen refusing."
        }
        (false, false) => {
            "No host was seen refusing. Where it locks again, stop the updater and then the sensor on those that lock it, such as these, and unlock it once more:"
        }
        (false, true) => {
            "Where it locks again, stop the updater and then the sensor on the hosts that lock it, and unlock it once more; none is known here."
        }
    })];
    for host in hosts {
        lines.extend(
            ["AATPSensorUpdater", "AATPSensor"].map(|one| typed(command::service(walk, host, ("stop", one)))),
        );
    }
    lines
}

/// Those seen refusing; else some of those that use the entry. And what to say of the rest.
fn hosts(walk: &Walkthrough) -> (Vec<Safe>, Option<WayLine>) {
    let refusing: Vec<Safe> =
        walk.watch.iter().flat_map(Watch::refusing_hosts).filter(|host| !host.is_empty()).cloned().collect();
    if !refusing.is_empty() {
        return (refusing, None);
    }
    let using = walk.sensors().iter().filter(|sensor| sensor.uses_entry());
    let mut hosts: Vec<Safe> = using.map(|sensor| sensor.host.clone()).collect();
    let more = hosts.len().saturating_sub(MOST_HOSTS);
    hosts.truncate(MOST_HOSTS);
    let more = (more > 0)
        .then(|| WayLine::Said(safe(format!("And {more} more that use the entry: the same there."))));
    (hosts, more)
}

fn second(walk: &Walkthrough) -> WayBack {
    let mut lines = vec![said(
        "Prove another account, and add it at the portal as a further entry, without touching this one.",
    )];
    let others = walk
        .entries
        .iter()
        .filter(|entry| !entry.managed && Some(&entry.id) != walk.entry.as_ref().map(|own| &own.id));
    let others: Vec<Account> =
        others.map(|entry| Account { name: entry.account.clone(), domain: entry.domain.clone() }).collect();
    if others.is_empty() {
        lines.push(said(
            "The portal lists no other account here. With its name and domain for OTHER and DOMAIN:",
        ));
        lines.push(WayLine::Command(Safe::new("mdi-console verify --account OTHER --domain DOMAIN")));
    }
    lines.extend(others.iter().map(|other| typed(command::verify(walk, other))));
    WayBack { title: "A second account", lines: who(walk, HandOver::EditsPortal, lines) }
}

/// Whoever was named for it, behind what they are needed for.
fn who(walk: &Walkthrough, field: HandOver, mut lines: Vec<WayLine>) -> Vec<WayLine> {
    if let Some(text) = walk.noted_for_hand_over().get(&field) {
        lines.push(WayLine::Said(safe(format!("{}: {text}", super::hand_over_field(field)))));
    }
    lines
}
