//! Whose bind it was, and what that account may do beyond reading.

use super::reading::{OWN_SID, read_back, standing, svc_mdi};
use super::stage::{Object, Script, Stage};
use super::*;
use crate::directory::{AccountFacts, Flag, Group, Whose};

const OTHER_SID: &[u8] = &[1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 81, 4, 0, 0];
/// Of the same domain.
const OWN_GROUP: &[u8] = &[1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 0, 0];
const FOREIGN: &[u8] = &[1, 3, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 7, 0, 0, 0, 90, 4, 0, 0];
/// Authenticated Users: of every token, and of no account.
const EVERYBODY: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 11, 0, 0, 0];
const ADMINISTRATORS: &[u8] = &[1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0];
const OPERATORS: &[u8] = &[1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x27, 2, 0, 0];

/// An account that has svc-mdi's name as its own user principal name.
fn somebody() -> Object {
    let mut other = svc_mdi(&[("sAMAccountName", "somebody"), ("userPrincipalName", "SVC-MDI@contoso.test")]);
    other.0 = "CN=somebody,DC=contoso,DC=test";
    other.1.retain(|(name, _)| *name != "objectSid");
    other.1.push(("objectSid", vec![OTHER_SID.to_vec()]));
    other
}

async fn bound(token: &[&[u8]], who: Option<&'static str>) -> (String, Whose) {
    let token = token.iter().map(|sid| sid.to_vec()).collect();
    let objects = vec![svc_mdi(&[]), somebody()];
    let stage = Stage::set(Script { token, who, objects, ..Script::default() }).await;
    let tested = client(&stage).test(permitted(), &stage.controller(), credential("right")).await;
    let facts = tested.account.unwrap();
    (facts.known_as().to_string(), facts.whose)
}

#[tokio::test]
async fn facts_are_of_the_account_that_bound_and_not_of_the_one_that_was_meant() {
    let check = async |token: &[&[u8]], who: Option<&'static str>, expected: (&str, Whose)| {
        let (name, whose) = bound(token, who).await;
        assert_eq!((name.as_str(), whose), expected, "{token:?} {who:?}");
    };
    check(&[OWN_SID, EVERYBODY], None, ("svc-mdi", Whose::Meant)).await;
    check(&[OTHER_SID, EVERYBODY], None, ("somebody", Whose::Another)).await;
    // Only groups, as a controller may have it that does not count the account itself among them.
    check(&[OWN_GROUP, EVERYBODY], None, ("svc-mdi", Whose::NotKnown)).await;
    check(&[OWN_GROUP, EVERYBODY], Some("u:CONTOSO\\SVC-MDI"), ("svc-mdi", Whose::Meant)).await;
    check(&[OWN_GROUP, EVERYBODY], Some("u:CONTOSO\\somebody"), ("somebody", Whose::Another)).await;
    // Of another domain: it can't be read here, and is not the one that was meant.
    check(&[FOREIGN, EVERYBODY], None, ("S-1-5-21-7-1114", Whose::Another)).await;
    check(&[FOREIGN], Some("u:FABRIKAM\\svc-elsewhere"), ("svc-elsewhere", Whose::Another)).await;
    check(&[], None, ("svc-mdi", Whose::NotKnown)).await;
    check(&[], Some("u:CONTOSO\\svc-mdi"), ("svc-mdi", Whose::Meant)).await;
    // Another form than Windows': it repeats what was asked.
    check(&[], Some("u:svc-mdi@contoso.test"), ("svc-mdi", Whose::NotKnown)).await;
}

#[tokio::test]
async fn without_a_token_a_name_that_another_account_claims_is_told() {
    let claimed = async |objects: Vec<Object>, token: &[&[u8]]| {
        let facts = read_back(objects, token).await.unwrap();
        (facts.claimed_by.clone(), facts.another())
    };
    let somebody_else = || Some("somebody".into());
    assert_eq!(claimed(vec![svc_mdi(&[]), somebody()], &[]).await, (somebody_else(), somebody_else()));
    assert_eq!(claimed(vec![svc_mdi(&[])], &[]).await, (None, None));
    // The token tells, so the name no longer matters.
    assert_eq!(claimed(vec![svc_mdi(&[]), somebody()], &[OWN_SID]).await, (None, None));
    let own = svc_mdi(&[("userPrincipalName", "svc-mdi@contoso.test")]);
    assert_eq!(claimed(vec![own], &[]).await, (None, None));
}

#[tokio::test]
async fn a_reader_sees_before_any_test_that_the_name_is_another_accounts() {
    let seen = standing(vec![svc_mdi(&[]), somebody()]).await.unwrap();
    assert_eq!(seen.account.claimed_by, Some("somebody".into()));
    assert_eq!(seen.account.name.as_str(), "svc-mdi");
    assert_eq!(standing(vec![svc_mdi(&[])]).await.unwrap().account.claimed_by, None);
}

#[tokio::test]
async fn privileged_groups_are_read_from_the_account_and_else_from_the_connection() {
    let check = async |own: &[&[u8]], primary: &'static str, token: &[&[u8]], expected: Option<&[Group]>| {
        let mut account = svc_mdi(&[("primaryGroupID", primary)]);
        if !own.is_empty() {
            account.1.push(("tokenGroups", own.iter().map(|sid| sid.to_vec()).collect()));
        }
        let facts = read_back(vec![account], token).await.unwrap();
        assert_eq!(facts.groups.as_deref(), expected, "{own:?} {primary} {token:?}");
    };
    let both: &[Group] = &[Group::Administrators, Group::BackupOperators];
    check(&[OPERATORS, ADMINISTRATORS, EVERYBODY], "513", &[OWN_SID], Some(both)).await;
    check(&[EVERYBODY], "513", &[OWN_SID], Some(&[])).await;
    check(&[], "513", &[OWN_SID, OPERATORS], Some(&[Group::BackupOperators])).await;
    check(&[EVERYBODY], "512", &[OWN_SID], Some(&[Group::DomainAdmins])).await;
    check(&[], "513", &[], None).await;
}

#[tokio::test]
async fn what_is_unusual_about_the_account_is_read_from_its_own_attributes() {
    let check = async |more: &[(&'static str, &'static str)], expected: &[Flag]| {
        let facts = read_back(vec![svc_mdi(more)], &[]).await.unwrap();
        assert_eq!(facts.flags.as_deref(), Some(expected), "{more:?}");
    };
    check(&[("userAccountControl", "512")], &[]).await;
    check(&[("userAccountControl", "66048"), ("msDS-SupportedEncryptionTypes", "0")], &[]).await;
    check(&[("msDS-SupportedEncryptionTypes", "28")], &[]).await;
    check(&[("msDS-SupportedEncryptionTypes", "4")], &[Flag::Rc4Only]).await;
    check(&[("userAccountControl", "524800")], &[Flag::Delegation]).await;
    check(
        &[("userAccountControl", "16777728"), ("msDS-AllowedToDelegateTo", "cifs/files.contoso.test")],
        &[Flag::ProtocolTransition, Flag::ConstrainedDelegation],
    )
    .await;
    check(&[("userAccountControl", "4194816")], &[Flag::NoPreauthentication]).await;
    check(&[("userAccountControl", "640")], &[Flag::ReversiblePassword]).await;
    check(&[("userAccountControl", "2097664")], &[Flag::DesOnly]).await;
    check(
        &[("userAccountControl", "262656"), ("adminCount", "1")],
        &[Flag::SmartCardRequired, Flag::AdminCount],
    )
    .await;
    let mut bare = svc_mdi(&[]);
    bare.1.retain(|(name, _)| *name != "userAccountControl");
    assert_eq!(read_back(vec![bare], &[]).await.unwrap().flags, None);
}

#[tokio::test]
async fn the_first_service_principal_names_are_kept_and_all_are_counted() {
    let mut account = svc_mdi(&[]);
    let names = ["a/1", "b/2", "c/3", "d/4"].map(|name| name.as_bytes().to_vec());
    account.1.push(("servicePrincipalName", names.to_vec()));
    let facts = read_back(vec![account], &[]).await.unwrap();
    let AccountFacts { service_principals, service_principal_count, .. } = facts;
    assert_eq!((service_principals.len(), service_principal_count), (3, 4));
}
