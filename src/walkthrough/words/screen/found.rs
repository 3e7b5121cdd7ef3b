//! What one question without a password told of the account, in words.

use crate::directory::probe::Found;
use crate::text::Safe;
use crate::walkthrough::Walkthrough;

use super::{Truth, ago, safe};

/// Only what should make the operator think; an account that is there and open needs no sentence.
pub fn account_found(walk: &Walkthrough) -> Option<Truth> {
    let (host, found) = walk.account_found()?;
    match found {
        Found::Keys(keys) if keys.aes256 || keys.aes128 => None,
        // What shuts the gate stands there already.
        Found::NoSuchAccount => None,
        Found::Closed(_) if walk.account_is_unusable() => None,
        Found::Keys(_) => Some(Truth::Warn(safe(format!(
            "{host} names no AES key for the account: Kerberos can't prove its password here."
        )))),
        Found::Closed(Some(code)) => Some(Truth::Warn(safe(format!(
            "{host} says of the account, before any password: {}. {}",
            code.meaning(),
            code.remedy()
        )))),
        Found::Closed(None) => Some(Truth::Warn(safe(format!(
            "{host} says that the account is closed now, and not why: disabled, locked, expired or outside its \
             logon hours. Look before testing."
        )))),
        Found::NoPreauthentication => Some(Truth::Warn(safe(format!(
            "{host} hands out a ticket for the account unasked (no preauthentication): anybody may guess its \
             password unnoticed. Have that switched off after this."
        )))),
    }
}

/// In the row's detail.
pub fn found(found: &Found) -> Safe {
    match found {
        Found::NoSuchAccount => Safe::new("not known here"),
        Found::Closed(Some(code)) => safe(format!("closed: {} ({code})", code.meaning())),
        Found::Closed(None) => Safe::new("closed, without a reason"),
        Found::Keys(keys) => safe(format!(
            "there, with {}",
            match (keys.aes256, keys.aes128) {
                (true, true) => "AES-256 and AES-128 keys",
                (true, false) => "an AES-256 key",
                (false, true) => "an AES-128 key",
                (false, false) => "no AES key",
            }
        )),
        Found::NoPreauthentication => Safe::new("there, without preauthentication"),
    }
}

/// What the reader account saw of the last change, for the question whether there was one.
pub fn last_change(walk: &Walkthrough) -> Option<Safe> {
    let changed = walk.standing.as_ref()?.account.password_changed?;
    Some(safe(format!("Active Directory says: changed {}.", ago(changed, walk.now.wall))))
}
