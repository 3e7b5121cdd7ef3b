//! Commands written out, every name in them quoted or left out.
//!
//! What a directory, a portal or a log calls something may be made to act in a shell: only plain names are written, and
//! what is quoted can't end its own quotation. Deliberately absent: passwords.

use crate::directory::Account;
use crate::sensor::Way;
use crate::text::Safe;
use crate::walkthrough::Walkthrough;

use super::safe;

/// The controller that counts for lockouts, else the domain, which finds one.
pub(super) fn directory(walk: &Walkthrough, account: &Account) -> Safe {
    walk.pdc_emulator().unwrap_or_else(|| account.domain.clone())
}

/// Letters, digits, dots and hyphens: nothing a shell could read otherwise. An option begins with a hyphen.
fn host(name: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let fits = !name.is_empty() && !name.starts_with('-') && name.chars().all(plain);
    fits.then_some(name)
}

/// An account's name may hold blanks; between single quotes they are harmless in either shell.
fn account(name: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '$' | ' ');
    let fits = !name.is_empty() && !name.starts_with('-') && name.chars().all(plain);
    fits.then(|| format!("'{name}'"))
}

/// For `sh`: as it is where it is plain, else between single quotes.
fn path(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    if name.chars().all(plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}

/// The test of step 4 alone, with this walk's own site file where it has one.
pub(super) fn verify(walk: &Walkthrough, of: &Account) -> Option<Safe> {
    let (name, domain) = (account(&of.name)?, host(&of.domain)?);
    let name = if host(&of.name).is_some() { of.name.to_string() } else { name };
    let site = walk.terms.origin.as_ref().filter(|_| !walk.terms.lab);
    let site = site.map_or_else(String::new, |origin| format!(" --site {}", path(&origin.path)));
    Some(safe(format!("mdi-console verify{site} --account {name} --domain {domain}")))
}

pub(super) fn reset(of: &Account, server: &str, prompt: &'static str) -> Option<Safe> {
    let (name, server) = (account(&of.name)?, host(server)?);
    Some(safe(format!(
        "Set-ADAccountPassword -Identity {name} -Server {server} -Reset -NewPassword (Read-Host -AsSecureString '{prompt}')"
    )))
}

pub(super) fn unlock(of: &Account, server: &str) -> Option<Safe> {
    let (name, server) = (account(&of.name)?, host(server)?);
    Some(safe(format!("Unlock-ADAccount -Identity {name} -Server {server}")))
}

pub(super) fn account_state(of: &Account, server: &str) -> Option<Safe> {
    let (name, server) = (account(&of.name)?, host(server)?);
    Some(safe(format!(
        "Get-ADUser -Identity {name} -Server {server} -Properties LockedOut,BadLogonCount,PasswordLastSet,PasswordExpired"
    )))
}

/// 4740: an account was locked out, by whom.
pub(super) fn lockouts(server: &str) -> Option<Safe> {
    let server = host(server)?;
    Some(safe(format!(
        "Get-WinEvent -ComputerName {server} -FilterHashtable @{{LogName='Security';Id=4740}} -MaxEvents 20"
    )))
}

/// In the way in which that server is asked, where it is known to work.
pub(super) fn service(
    walk: &Walkthrough,
    of: &str,
    (verb, service): (&'static str, &'static str),
) -> Option<Safe> {
    let of = host(of)?;
    let row = walk.services.iter().find(|row| row.server.host.eq_ignore_ascii_case(of));
    Some(safe(match row.map(|row| row.server.way) {
        Some(Way::Ssh) => format!("ssh {of} sc.exe {verb} {service}"),
        Some(Way::NetRpc) => format!("net rpc service {verb} {service} -S {of} --use-kerberos=required"),
        Some(Way::Sc | Way::Command | Way::ByHand) | None => format!(r"sc.exe \\{of} {verb} {service}"),
    }))
}
