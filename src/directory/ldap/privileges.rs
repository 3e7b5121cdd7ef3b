//! What an account may do beyond reading, and what weakens it, from its own attributes.
//!
//! Sources: MS-ADTS 2.2.16 (`userAccountControl`), MS-KILE 2.2.7 (`msDS-SupportedEncryptionTypes`), MS-ADTS 6.1.1.6 (well-known
//! principals). Pure. Deliberately absent: rights that access lists grant, which no attribute of the account tells.

use super::decode;
use super::entry::Entry;
use crate::directory::{Flag, Group};

const ENCRYPTION_AES: i64 = 0x8 | 0x10;
const ENCRYPTION_RC4: i64 = 0x4;

/// Bits of `userAccountControl`.
const CONTROL: [(i64, Flag); 6] = [
    (0x8_0000, Flag::Delegation),
    (0x100_0000, Flag::ProtocolTransition),
    (0x40_0000, Flag::NoPreauthentication),
    (0x80, Flag::ReversiblePassword),
    (0x20_0000, Flag::DesOnly),
    (0x4_0000, Flag::SmartCardRequired),
];

pub(super) fn flags(control: i64, account: &Entry) -> Vec<Flag> {
    let kinds = account.number("msDS-SupportedEncryptionTypes").unwrap_or(0);
    let controlled = CONTROL.iter().map(|(bit, flag)| (control & bit != 0, *flag));
    let others = [
        (account.text("msDS-AllowedToDelegateTo").is_some(), Flag::ConstrainedDelegation),
        (kinds & ENCRYPTION_RC4 != 0 && kinds & ENCRYPTION_AES == 0, Flag::Rc4Only),
        (account.number("adminCount").is_some_and(|count| count > 0), Flag::AdminCount),
    ];
    let mut flags: Vec<Flag> =
        controlled.chain(others).filter_map(|(set, flag)| set.then_some(flag)).collect();
    flags.sort_unstable();
    flags
}

/// The privileged among these SIDs and the primary group; `None`: neither could be read.
pub(super) fn groups(sids: &[&[u8]], primary: Option<i64>) -> Option<Vec<Group>> {
    // The primary group is of the account's own domain, and only its relative identifier is told.
    let primary = primary.and_then(|relative| Group::of_sid(&format!("S-1-5-21-{relative}")));
    if sids.is_empty() {
        return primary.map(|group| vec![group]);
    }
    let named = sids.iter().filter_map(|sid| decode::sid(sid)).filter_map(|sid| Group::of_sid(&sid));
    let mut groups: Vec<Group> = named.chain(primary).collect();
    groups.sort_unstable();
    groups.dedup();
    Some(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileged_groups_are_found_once_and_the_primary_one_too() {
        let sid = |relative: u8, high: u8| {
            vec![
                1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, relative, high, 0, 0,
            ]
        };
        let (admins, users) = (sid(0, 2), sid(1, 2));
        let backup = vec![1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x27, 2, 0, 0];
        let check = |sids: &[&Vec<u8>], primary: Option<i64>, expected: Option<&[Group]>| {
            let sids: Vec<&[u8]> = sids.iter().map(|sid| sid.as_slice()).collect();
            assert_eq!(groups(&sids, primary).as_deref(), expected, "{sids:?} {primary:?}");
        };
        check(&[&users], Some(513), Some(&[]));
        check(
            &[&backup, &admins, &users, &admins],
            Some(513),
            Some(&[Group::DomainAdmins, Group::BackupOperators]),
        );
        check(&[&users], Some(512), Some(&[Group::DomainAdmins]));
        check(&[], Some(519), Some(&[Group::EnterpriseAdmins]));
        check(&[], Some(513), None);
        check(&[], None, None);
    }
}
