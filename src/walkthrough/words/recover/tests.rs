//! What the ways back say at a site, and that no name in them can act.

use super::*;
use crate::logs::Known;
use crate::sensor::Way;
use crate::walkthrough::event::Intent;
use crate::walkthrough::fact::Origin;
use crate::walkthrough::step::{Question, Step};
use crate::walkthrough::tests::player::{Player, Way as Answered, walked, walked_to};
use crate::walkthrough::tests::site::{PDC, SENSOR, terms};
use crate::walkthrough::{Saving, Terms};

fn listed(walk: &Walkthrough) -> Vec<String> {
    commands(&ways_back(walk)).iter().map(ToString::to_string).collect()
}

#[test]
fn a_live_sites_commands_name_its_account_its_pdc_emulator_its_site_file_and_the_host_that_refused() {
    let origin = Some(Origin { path: "/etc/it's/site.toml".into(), hash: "00".into() });
    let mut player = walked(Player::at(Terms { lab: false, origin, ..terms() }), Step::Sensors);
    player.found(Known::Refused { account: Some("svc-mdi".into()), domain: None, controller: None });
    assert_eq!(
        listed(&player.walk),
        [
            r"mdi-console verify --site '/etc/it'\''s/site.toml' --account svc-mdi --domain contoso.test",
            "Get-ADUser -Identity 'svc-mdi' -Server dc1.contoso.test -Properties LockedOut,BadLogonCount,PasswordLastSet,PasswordExpired",
            "Set-ADAccountPassword -Identity 'svc-mdi' -Server dc1.contoso.test -Reset -NewPassword (Read-Host -AsSecureString 'Password that was saved')",
            "Get-ADUser -Identity 'svc-mdi' -Server dc1.contoso.test -Properties LockedOut,BadLogonCount,PasswordLastSet,PasswordExpired",
            "Get-WinEvent -ComputerName dc1.contoso.test -FilterHashtable @{LogName='Security';Id=4740} -MaxEvents 20",
            r"sc.exe \\s1.contoso.test stop AATPSensorUpdater",
            r"sc.exe \\s1.contoso.test stop AATPSensor",
            "Unlock-ADAccount -Identity 'svc-mdi' -Server dc1.contoso.test",
            r"sc.exe \\s1.contoso.test start AATPSensorUpdater",
            r"sc.exe \\s1.contoso.test start AATPSensor",
            "mdi-console verify --account OTHER --domain DOMAIN",
        ]
    );
    assert_eq!((PDC, SENSOR), ("dc1.contoso.test", "s1.contoso.test"));
}

#[test]
fn a_server_is_stopped_and_started_in_the_way_in_which_it_is_asked() {
    let check = |way: Way, command: &str| {
        let mut player = walked_to(Step::Sensors);
        player.walk.services.iter_mut().for_each(|row| row.server.way = way);
        player.found(Known::Refused { account: Some("svc-mdi".into()), domain: None, controller: None });
        let all = listed(&player.walk);
        assert!(all.iter().any(|one| one == command), "{way:?}: {all:?}");
    };
    check(Way::Sc, r"sc.exe \\s1.contoso.test stop AATPSensor");
    check(Way::Ssh, "ssh s1.contoso.test sc.exe stop AATPSensor");
    check(Way::NetRpc, "net rpc service stop AATPSensor -S s1.contoso.test --use-kerberos=required");
    check(Way::Command, r"sc.exe \\s1.contoso.test stop AATPSensor");
    check(Way::ByHand, r"sc.exe \\s1.contoso.test stop AATPSensor");
}

#[test]
fn a_name_that_could_act_in_a_shell_stands_in_no_command() {
    let check = |change: &dyn Fn(&mut Walkthrough)| {
        let mut walk = walked_to(Step::Sensors).walk;
        change(&mut walk);
        let all = listed(&walk).join("\n");
        assert!(!all.contains(['&', '|', '`', '"', '<', '>', '\u{2019}']), "{all}");
        assert!(!all.contains("calc"), "{all}");
        let said = ways_back(&walk).into_iter().flat_map(|way| way.lines);
        let warned =
            said.into_iter().any(|line| matches!(line, WayLine::Said(text) if text.contains("with care")));
        assert!(warned, "and what is missing is said");
    };
    let rename = |walk: &mut Walkthrough, name: &str| {
        if let Some(entry) = &mut walk.entry {
            entry.account = name.into();
        }
    };
    check(&|walk| rename(walk, "svc' ; calc '"));
    check(&|walk| rename(walk, "svc\u{2019}; calc"));
    check(&|walk| rename(walk, "--calc"));
    check(&|walk| {
        if let Some(reading) = &mut walk.portal.reading {
            reading.sensors.iter_mut().for_each(|sensor| sensor.host = "s1 & calc".into());
        }
    });
}

#[test]
fn a_locked_account_is_unlocked_first_and_sensors_stop_only_where_they_were_seen_refusing() {
    let place = |walk: &Walkthrough, command: &str| {
        let all = listed(walk);
        all.iter().position(|one| one.contains(command)).unwrap_or_else(|| panic!("{command}: {all:?}"))
    };
    let mut player = walked_to(Step::Sensors);
    assert!(place(&player.walk, "-Reset") < place(&player.walk, "Unlock-"), "not locked: as it was");
    player.walk.set(Step::Sensors, Phase::Blocked(Reason::GuardUntilUnlocked));
    assert_eq!(place(&player.walk, "Get-ADUser"), 0);
    assert_eq!(place(&player.walk, "Unlock-"), 2, "no host was seen refusing");
    assert!(place(&player.walk, "Unlock-") < place(&player.walk, "stop"));
    player.found(Known::Refused { account: Some("svc-mdi".into()), domain: None, controller: None });
    player.walk.set(Step::Sensors, Phase::Blocked(Reason::GuardUntilUnlocked));
    assert!(place(&player.walk, "stop AATPSensor") < place(&player.walk, "Unlock-"));
    assert!(place(&player.walk, "Unlock-") < place(&player.walk, "-Reset"));
}

#[test]
fn who_was_named_for_the_hand_over_stands_beside_what_they_are_needed_for() {
    let mut player = walked_to(Step::Password);
    player.intend(Intent::HandOver);
    player.choose(2);
    player.intend(Intent::Typed("the duty administrator, 4711".into()));
    let ways = ways_back(&player.walk);
    let named = Safe::new("Can unlock: the duty administrator, 4711");
    assert!(ways.iter().any(|way| way.lines.contains(&WayLine::Said(named.clone()))), "{ways:?}");
}

#[test]
fn before_an_entry_is_chosen_nothing_is_named_and_the_lab_is_not_verified_from_outside() {
    assert_eq!(listed(&Player::new().walk), Vec::<String>::new());
    let walk = walked_to(Step::Password).walk;
    assert_eq!(walk.saving, Saving::NotBegun);
    assert!(
        !listed(&walk).iter().any(|one| one.contains("svc-mdi --domain")),
        "no directory outside knows it"
    );
}

#[test]
fn the_directory_is_only_ever_reset_to_what_the_portal_holds() {
    const OLD: &str = "'Old password'";
    const SAVED: &str = "'Password that was saved'";
    let check = |player: &Player, prompt: Option<&str>| {
        let walk = &player.walk;
        let all = listed(walk);
        let resets: Vec<&String> = all.iter().filter(|one| one.contains("-Reset")).collect();
        assert_eq!(resets.len(), usize::from(prompt.is_some()), "{all:?}");
        assert!(resets.iter().all(|one| prompt.is_some_and(|prompt| one.contains(prompt))), "{resets:?}");
        assert!(!all.first().is_some_and(|one| one.contains("-Reset") || one.contains("stop")), "{all:?}");
        let text = ways_back_lines(walk).iter().map(Safe::as_str).collect::<Vec<_>>().join("\n");
        let unsaved = prompt == Some(OLD);
        assert!(!text.contains("nothing: the portal holds the old one"), "nobody saw that: {text}");
        assert_eq!(text.contains("Only where that is the old one"), unsaved, "{text}");
        assert_eq!(text.contains("Nothing is saved yet"), unsaved, "{text}");
        assert_eq!(text.contains("NEVER reset the account to the old one"), prompt == Some(SAVED), "{text}");
        let asked = super::super::question(walk, &Question::Recover);
        assert_eq!(asked.contains("Nothing is saved"), unsaved, "{asked}");
    };
    check(&walked_to(Step::Password), Some(OLD));
    check(&walked_to(Step::Save), Some(OLD));
    let mut saved = walked_to(Step::Sensors);
    check(&saved, Some(SAVED));
    saved.found(Known::Refused { account: Some("svc-mdi".into()), domain: None, controller: None });
    check(&saved, Some(SAVED));
    saved.intend(Intent::BackTo(Step::Password));
    saved.choose(0);
    assert_eq!((saved.walk.current, saved.walk.saved()), (Step::Password, false));
    check(&saved, Some(SAVED));
    if let Some(entry) = &mut saved.walk.entry {
        entry.account = "svc-other".into();
    }
    check(&saved, None);
    let mut sending = walked_to(Step::Save);
    sending.type_it();
    sending.answer("mark", Answered::Well);
    sending.answer("portal", Answered::Well);
    let mut not_saved = sending.clone();
    check(&sending, None);
    not_saved.answer("save", Answered::Badly(3));
    check(&not_saved, Some(OLD));
}

#[test]
fn where_what_the_portal_holds_did_not_work_the_account_is_reset_to_nothing() {
    let mut player = walked_to(Step::Password);
    let resets = |player: &Player| listed(&player.walk).iter().filter(|one| one.contains("-Reset")).count();
    assert_eq!(resets(&player), 1);
    let baseline = player.walk.baseline.as_mut().unwrap();
    assert!(!baseline.reading.sensors.is_empty());
    for sensor in &mut baseline.reading.sensors {
        sensor.service = ServiceStatus::Stopped;
    }
    assert_eq!(resets(&player), 0);
    let text = ways_back_lines(&player.walk).iter().map(Safe::as_str).collect::<Vec<_>>().join("\n");
    assert!(text.contains("did not work when it began"), "{text}");
}
