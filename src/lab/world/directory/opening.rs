//! The controllers and the accounts as they stand when the lab begins.
//!
//! Relies on the scenario's settings. Pure. Deliberately absent: what has happened to the entry's account before.

use jiff::{SignedDuration, Timestamp};

use super::{CLAIMANT_PASSWORD, Controller, Place, Role, SERVICE_PASSWORDS};
use crate::lab::scenario::DirectorySettings;
use crate::lab::world::account::{Account, Restriction};
use crate::lab::world::{ACCOUNT, DOMAIN, OLDER_PASSWORD, PREVIOUS_PASSWORD, READER, READER_PASSWORD};

pub fn seconds(count: u32) -> SignedDuration {
    SignedDuration::from_secs(count.into())
}

pub fn controllers(settings: &DirectorySettings) -> Vec<Controller> {
    let writable = settings.controllers.saturating_sub(settings.read_only);
    let named = (0..settings.controllers).map(|index| {
        let short = format!("dc{}", index.saturating_add(1));
        Controller {
            listening: !settings.down.contains(&short),
            host: format!("{short}.{DOMAIN}"),
            role: match index {
                0 => Role::PdcEmulator,
                index if index < writable => Role::Writable,
                _ => Role::ReadOnly,
            },
            stale: false,
            place: Place::Main,
            ahead: SignedDuration::ZERO,
        }
    });
    let stale = |short: &String, place| Controller {
        host: format!("{short}.{DOMAIN}"),
        role: Role::Writable,
        listening: true,
        stale: true,
        place,
        ahead: SignedDuration::ZERO,
    };
    let behind = settings.behind.iter().map(|short| stale(short, Place::Branch));
    let unknown = settings.stale.iter().map(|short| stale(short, Place::Unlisted));
    let mut all: Vec<Controller> = named.chain(behind).chain(unknown).collect();
    for controller in &mut all {
        let short = controller.host.split('.').next().unwrap_or_default();
        let ahead = settings.ahead_seconds.get(short).copied().unwrap_or_default();
        controller.ahead = SignedDuration::from_secs(ahead);
    }
    all
}

pub fn accounts(settings: &DirectorySettings, right: &str, now: Timestamp) -> Vec<Account> {
    let ago = |seconds_ago: u32| now.saturating_sub(seconds(seconds_ago)).unwrap_or(now);
    let month = ago(30 * 24 * 3600);
    let mut main = Account::new(
        ACCOUNT,
        1104,
        [right, PREVIOUS_PASSWORD, OLDER_PASSWORD],
        ago(settings.changed_seconds_ago),
    );
    main.service_principal = Some("MSSQLSvc/app1.contoso.test:1433".into());
    let reader = Account::new(READER, 1105, [READER_PASSWORD, "Lab-Reader-2025!", "Lab-Reader-2024!"], month);
    let rotate = Account::new("svc-rotate", 1106, SERVICE_PASSWORDS, ago(30));
    let lockme = Account::new("svc-lockme", 1107, SERVICE_PASSWORDS, month);
    let restricted = [
        ("svc-disabled", Restriction::Disabled),
        ("svc-acctexpired", Restriction::AccountExpired),
        ("svc-hours", Restriction::LogonHours),
        ("svc-workstation", Restriction::Workstation),
        ("svc-mustchange", Restriction::MustChange),
        ("svc-pwexpired", Restriction::PasswordExpired),
    ];
    let restricted = restricted.into_iter().zip(1108..).map(|((name, restriction), relative_id)| {
        let mut account = Account::new(name, relative_id, SERVICE_PASSWORDS, ago(43 * 24 * 3600));
        account.restriction = Some(restriction);
        account
    });
    // One account has the other's name as the one given to it.
    let mut claimed = Account::new("svc-claimed", 1114, SERVICE_PASSWORDS, month);
    claimed.user_principal = Some("svc-claimed@elsewhere.test".into());
    let claimant_passwords = [CLAIMANT_PASSWORD, "Claimant-Pass-0!", "Claimant-Pass-9!"];
    let mut claimant = Account::new("svc-claimant", 1115, claimant_passwords, month);
    claimant.user_principal = Some(claimed.principal());
    let named = [claimed, claimant];
    [main, reader, rotate, lockme].into_iter().chain(restricted).chain(named).collect()
}
