//! Counting, locking and forwarding, by moments handed in.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::lab::world::{OLDER_PASSWORD, PREVIOUS_PASSWORD};

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + second)
}

fn directory(settings: &DirectorySettings) -> Directory {
    Directory::new(settings, "right", at(0))
}

fn bind(directory: &mut Directory, controller: usize, password: &str, second: i64) -> BindAnswer {
    let arrival = Arrival { controller, encrypted: true, by_sensor: false, now: at(second) };
    directory.bind(arrival, "svc-mdi@contoso.test", password)
}

fn counts(directory: &Directory) -> Vec<u32> {
    directory.accounts[0].counts.iter().map(|count| count.bad).collect()
}

const WRONG: BindAnswer = BindAnswer::Refused("52e");

#[test]
fn a_failure_counts_where_it_was_made_and_at_the_pdc_emulator_and_nowhere_twice() {
    let mut directory = directory(&DirectorySettings::default());
    assert_eq!(bind(&mut directory, 1, "wrong", 0), WRONG);
    assert_eq!(counts(&directory), [1, 1, 0]);
    assert_eq!(bind(&mut directory, 0, "wrong", 1), WRONG);
    assert_eq!(counts(&directory), [2, 1, 0]);
}

#[test]
fn the_account_locks_at_the_threshold_everywhere_until_the_lockout_ends() {
    let mut directory = directory(&DirectorySettings::default());
    for second in 0..5 {
        assert_eq!(bind(&mut directory, 1, "wrong", second), WRONG);
    }
    for controller in 0..3 {
        assert_eq!(bind(&mut directory, controller, "right", 10), BindAnswer::Refused("775"));
    }
    assert_eq!(bind(&mut directory, 2, "right", 64), BindAnswer::Accepted);
    assert_eq!(directory.accounts[0].locked, None);
}

#[test]
fn failures_further_apart_than_the_window_never_lock() {
    let mut directory = directory(&DirectorySettings::default());
    for round in 0..10 {
        assert_eq!(bind(&mut directory, 0, "wrong", round * 60), WRONG);
    }
    assert_eq!(bind(&mut directory, 0, "right", 601), BindAnswer::Accepted);
    assert_eq!(counts(&directory), [0, 0, 0]);
}

#[test]
fn success_forgets_the_failures_of_that_controller_alone() {
    let mut directory = directory(&DirectorySettings::default());
    bind(&mut directory, 1, "wrong", 0);
    assert_eq!(bind(&mut directory, 1, "right", 1), BindAnswer::Accepted);
    assert_eq!(counts(&directory), [1, 0, 0]);
}

#[test]
fn the_previous_password_is_taken_inside_its_window_and_never_counted() {
    let settings = DirectorySettings { changed_seconds_ago: 45, ..DirectorySettings::default() };
    let mut directory = directory(&settings);
    assert_eq!(bind(&mut directory, 0, PREVIOUS_PASSWORD, 0), BindAnswer::Accepted);
    assert_eq!(bind(&mut directory, 0, PREVIOUS_PASSWORD, 15), WRONG);
    assert_eq!(bind(&mut directory, 0, OLDER_PASSWORD, 0), WRONG);
    assert_eq!(counts(&directory), [0, 0, 0]);
}

#[test]
fn a_stale_controller_refuses_the_right_password_and_tells_nobody() {
    let settings = DirectorySettings { stale: vec!["dc8".into()], ..DirectorySettings::default() };
    let mut directory = directory(&settings);
    assert_eq!(bind(&mut directory, 3, "right", 0), WRONG);
    assert_eq!(bind(&mut directory, 3, PREVIOUS_PASSWORD, 0), BindAnswer::Accepted);
    assert_eq!(bind(&mut directory, 3, "right", 1), WRONG);
    assert_eq!(counts(&directory), [0, 0, 0, 1]);
}

#[test]
fn a_threshold_of_nought_never_locks() {
    let mut directory =
        directory(&DirectorySettings { lockout_threshold: 0, ..DirectorySettings::default() });
    for _ in 0..50 {
        bind(&mut directory, 0, "wrong", 0);
    }
    assert_eq!(bind(&mut directory, 0, "right", 1), BindAnswer::Accepted);
}

#[test]
fn the_account_can_start_locked_and_be_unlocked() {
    let mut directory = directory(&DirectorySettings { locked: true, ..DirectorySettings::default() });
    assert_eq!(bind(&mut directory, 0, "right", 1), BindAnswer::Refused("775"));
    directory.unlock(ACCOUNT);
    assert_eq!(bind(&mut directory, 0, "right", 2), BindAnswer::Accepted);
}

#[test]
fn a_branch_office_counts_for_itself_until_it_hears_of_the_change_and_then_forwards() {
    let settings = DirectorySettings {
        behind: vec!["dc9".into()],
        replicated_after_seconds: Some(20),
        ..DirectorySettings::default()
    };
    let mut directory = directory(&settings);
    assert_eq!(bind(&mut directory, 3, "wrong", 0), WRONG);
    assert_eq!(bind(&mut directory, 3, "wrong", 30), WRONG, "a wrong one calls nobody");
    assert_eq!(bind(&mut directory, 3, "right", 40), WRONG);
    assert_eq!(counts(&directory), [0, 0, 0, 3]);
    assert_eq!(bind(&mut directory, 3, "right", 60), BindAnswer::Accepted);
    assert_eq!(bind(&mut directory, 3, "wrong", 61), WRONG);
    assert_eq!(counts(&directory), [1, 0, 0, 1]);
}

/// A timestamp that this password's key seals, made at this second by the client's clock.
fn prove(directory: &mut Directory, controller: usize, password: &str, second: i64) -> Result<String, u32> {
    let arrival = Arrival { controller, encrypted: true, by_sensor: false, now: at(second) };
    let opens = |held: &str| (held == password).then_some(at(second));
    directory.prove(arrival, "svc-mdi", opens).map_err(|refused| refused.error().0)
}

#[test]
fn kerberos_takes_the_current_password_alone_and_counts_every_other_one() {
    let settings = DirectorySettings { changed_seconds_ago: 20, ..DirectorySettings::default() };
    let mut directory = directory(&settings);
    assert_eq!(prove(&mut directory, 1, PREVIOUS_PASSWORD, 0), Err(24));
    assert_eq!(counts(&directory), [1, 1, 0]);
    assert_eq!(prove(&mut directory, 0, "right", 1), Ok("right".into()));
    assert_eq!(counts(&directory), [0, 1, 0]);
    for second in 2..6 {
        assert_eq!(prove(&mut directory, 1, OLDER_PASSWORD, second), Err(24));
    }
    assert_eq!(prove(&mut directory, 0, "right", 7), Err(18), "locked");
}

#[test]
fn a_branch_office_holds_the_previous_key_until_it_hears_of_the_change() {
    let settings = DirectorySettings {
        behind: vec!["dc9".into()],
        replicated_after_seconds: Some(20),
        ..DirectorySettings::default()
    };
    let mut directory = directory(&settings);
    assert_eq!(prove(&mut directory, 3, "right", 0), Err(24));
    assert_eq!(prove(&mut directory, 3, PREVIOUS_PASSWORD, 1), Ok(PREVIOUS_PASSWORD.into()));
    assert_eq!(prove(&mut directory, 3, "right", 20), Ok("right".into()));
}

#[test]
fn an_expired_password_is_told_only_to_who_has_it_and_set_again_after_that() {
    let settings =
        DirectorySettings { expired: true, reset_after_seconds: Some(10), ..DirectorySettings::default() };
    let mut directory = directory(&settings);
    assert!(directory.salt("svc-mdi", at(0)).is_ok());
    assert_eq!(prove(&mut directory, 0, "wrong", 0), Err(24));
    assert_eq!(prove(&mut directory, 0, "right", 100), Err(23));
    assert_eq!(bind(&mut directory, 0, "right", 109), BindAnswer::Refused("532"));
    assert_eq!(bind(&mut directory, 0, "right", 110), BindAnswer::Accepted);
    assert_eq!(directory.accounts[0].changed, at(110));
    assert_eq!(bind(&mut directory, 0, PREVIOUS_PASSWORD, 111), WRONG, "it is the one before the last now");
}
