//! Who is asked, in which order, and what the answers come to: scripts in, verdicts out.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::directory::Whose;
use crate::directory::refusal::Refusal;
use crate::text::Safe;
use crate::walkthrough::fact::ProofWord;

const HOUR: Duration = Duration::from_hours(1);

fn at() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// `a:lk` is `a` with LDAP and Kerberos; a star marks the PDC emulator.
fn candidate(text: &str) -> Candidate {
    let (host, speaks) = text.split_once(':').unwrap();
    Candidate {
        host: host.trim_end_matches('*').into(),
        pdc_emulator: host.ends_with('*'),
        ldap: speaks.contains('l'),
        kerberos: speaks.contains('k'),
    }
}

fn answer(word: &str) -> Answer {
    let refused = |code| Answer::Refused(Refusal { code, text: "".into() });
    match word {
        "yes" | "yes-old" | "theirs" | "claimed" | "other-sid" => Answer::Accepted,
        "no" => refused(SubCode::WrongPassword),
        "locked" => refused(SubCode::LockedOut),
        "hours" => refused(SubCode::LogonHours),
        "odd" => refused(SubCode::Restricted(0x569)),
        "silent" => Answer::NotKnown(Fault::TimedOut),
        "skewed" => Answer::NotSent(Fault::ClockSkew),
        other => panic!("{other}"),
    }
}

/// Plays a script of `host/protocol=answer`, where `shut` is the guard's refusal. Returns what was asked, and the trial.
fn play(candidates: &str, script: &[(&str, &str)]) -> (Vec<String>, Trial) {
    let candidates = candidates.split(' ').map(candidate).collect();
    let mut trial = Trial::begin(SecretId(1), candidates, HOUR);
    let mut steps: Vec<Step> = trial.first().into_iter().collect();
    let (mut asked, mut sent) = (Vec::new(), Vec::new());
    let mut number = 0;
    while !steps.is_empty() {
        let step = steps.remove(0);
        match step {
            Step::Reserve { controllers, protocol, charge } => {
                let letter = if protocol == Protocol::Ldap { "l" } else { "k" };
                let alone = if charge == Charge::Account { "" } else { "+" };
                let hosts: Vec<&str> = controllers.iter().map(Safe::as_str).collect();
                let line = format!("{}/{letter}{alone}", hosts.join(","));
                asked.push(line.clone());
                if script.contains(&(line.as_str(), "shut")) {
                    steps.extend(trial.shut().unwrap_or_default());
                    continue;
                }
                let attempts: Vec<_> = controllers
                    .into_iter()
                    .map(|host| {
                        number += 1;
                        (AttemptId(number), host)
                    })
                    .collect();
                steps.extend(trial.reserved(&attempts, protocol));
            }
            Step::Test(attempt) => {
                let letter = if attempt.protocol == Protocol::Ldap { "l" } else { "k" };
                let name = format!("{}/{letter}", attempt.host);
                let word = script.iter().find(|(asked, _)| *asked == name).map_or("yes", |(_, word)| *word);
                // "then" divides what is answered at first from what is answered ever after.
                let before = sent.iter().filter(|sent| **sent == name).count();
                let word = word.split(" then ").nth(before.min(1)).unwrap_or(word);
                sent.push(name);
                steps.extend(trial.tested(&attempt, &tested(word), at()));
            }
            Step::Done(_) => {}
        }
    }
    (asked, trial)
}

fn tested(word: &str) -> Tested {
    let age = if word == "yes-old" { 7200 } else { 240 };
    let facts = AccountFacts {
        name: "svc-sql".into(),
        sid: if word == "other-sid" { "S-1-5-21-2".into() } else { "S-1-5-21-1".into() },
        whose: if word == "theirs" { Whose::Another } else { Whose::NotKnown },
        claimed_by: (word == "claimed").then(|| "svc-old".into()),
        password_changed: Some(at() - SignedDuration::from_secs(age)),
        ..AccountFacts::default()
    };
    let answer = answer(word);
    let account = (answer == Answer::Accepted).then_some(facts);
    Tested {
        answer,
        account,
        from: None,
        controller_time: Some(at()),
        latency: Duration::ZERO,
        elapsed: Duration::ZERO,
    }
}

#[test]
fn controllers_are_asked_in_the_order_that_risks_least() {
    let check = |candidates: &str, script: &[(&str, &str)], order: &str| {
        let (asked, _) = play(candidates, script);
        assert_eq!(asked.join(" "), order, "{candidates} {script:?}");
    };
    // The PDC emulator first; once current, all others at once and charged to themselves.
    check("b:lk a*:lk c:l", &[], "a/l a/k b,c/l+");
    check("a*:l b:l", &[("a/l", "yes-old")], "a/l b/l+");
    check("a*:lk b:k c:l", &[], "a/l a/k c/l+ b/k+");
    check("a*:k b:l", &[], "a/k b/l+");
    // Not proved current: one at a time.
    check("a*:l b:l c:l", &[], "a/l b/l c/l");
    check("a*:lk b:l c:l", &[("a/k", "silent")], "a/l a/k b/l c/l");
    check("b:lk c:l", &[], "b/l b/k c/l");
    // The first refusal ends it.
    check("a*:lk b:l", &[("a/l", "no")], "a/l");
    check("a*:lk b:l", &[("a/k", "no")], "a/l a/k");
    check("a*:l b:l c:l", &[("b/l", "no")], "a/l b/l");
    check("a*:lk b:l", &[("a/l", "locked")], "a/l");
    check("a*:lk b:l", &[("a/l", "hours")], "a/l");
    // A controller that says nothing of the password is passed over.
    check("a*:lk b:lk", &[("a/l", "silent")], "a/l b/l b/k");
    check("a*:lk b:lk", &[("a/l", "odd")], "a/l b/l b/k");
    // A clock that differs: once more by the controller's own time, and only once.
    check("a*:lk b:l", &[("a/k", "skewed then yes")], "a/l a/k a/k b/l+");
    check("a*:lk b:l", &[("a/k", "skewed")], "a/l a/k a/k b/l");
    check("a*:k b:l", &[("a/k", "skewed then no")], "a/k a/k");
    check("b:lk c:lk d:k", &[("d/k", "skewed then yes")], "b/l b/k c/l d/k d/k");
    check("a*:lk b:k c:k", &[("b/k", "skewed then yes")], "a/l a/k b,c/k+ b/k+");
    check("a*:lk b:k c:k", &[("b/k", "skewed"), ("c/k", "skewed")], "a/l a/k b,c/k+ b,c/k+");
    check("a*:lk b:k c:k", &[("b/k", "skewed"), ("b/k+", "shut")], "a/l a/k b,c/k+ b/k+");
    // What the guard leaves out is left out.
    check("a*:lk b:l", &[("a/l", "shut")], "a/l");
    check("a*:lk b:l c:k", &[("b/l+", "shut")], "a/l a/k b/l+ c/k+");
    check("a*:l b:l c:l", &[("b/l", "shut")], "a/l b/l");
}

#[test]
fn the_answers_come_to_a_verdict() {
    use ProofWord::{CurrentByAge, CurrentByKerberos, CurrentElsewhere, PerhapsPrevious, RestrictedHere};
    let check = |candidates: &str, script: &[(&str, &str)], proof: ProofWord, against: &[&str]| {
        let (_, trial) = play(candidates, script);
        let Some(Verdict::Accepted { proof: reached, misgivings }) = trial.verdict() else {
            panic!("{candidates} {script:?}: {:?}", trial.verdict())
        };
        assert_eq!(*reached, proof, "{candidates} {script:?}");
        let words: Vec<String> = misgivings.iter().map(|one| format!("{one:?}")).collect();
        assert_eq!(words.len(), against.len(), "{words:?}");
        for (word, against) in words.iter().zip(against) {
            assert!(word.starts_with(against), "{word} for {against}");
        }
    };
    check("a*:lk b:l", &[], CurrentByKerberos, &[]);
    check("a*:k b:l", &[], CurrentByKerberos, &[]);
    check("a*:l", &[("a/l", "yes-old")], CurrentByAge, &[]);
    check("a*:lk", &[("a/l", "yes-old"), ("a/k", "silent")], CurrentByAge, &[]);
    check("a*:lk", &[("a/l", "yes-old"), ("a/k", "shut")], CurrentByAge, &[]);
    check("a*:l", &[], PerhapsPrevious, &["PerhapsPrevious { until: Some"]);
    check("b:l", &[("b/l", "yes-old")], PerhapsPrevious, &["PerhapsPrevious { until: None"]);
    check("b:lk", &[], CurrentElsewhere, &["NotAtPdcEmulator"]);
    check("a*:lk b:lk", &[("a/l", "silent")], CurrentElsewhere, &["NotKnownElsewhere", "NotAtPdcEmulator"]);
    check("a*:lk b:l", &[("b/l", "no")], CurrentByKerberos, &["RefusedElsewhere"]);
    check("a*:lk b:l", &[("b/l", "locked")], CurrentByKerberos, &["RefusedElsewhere"]);
    check("a*:lk b:l", &[("b/l", "silent")], CurrentByKerberos, &["NotKnownElsewhere"]);
    check("a*:lk b:l", &[("b/l", "hours")], CurrentByKerberos, &["RestrictedHere"]);
    check("a*:lk b:l c:k", &[("b/l+", "shut")], CurrentByKerberos, &["NotTried"]);
    check("a*:lk", &[("a/k", "skewed then yes")], CurrentByKerberos, &[]);
    check("a*:lk b:k", &[("b/k", "skewed then yes")], CurrentByKerberos, &[]);
    check("a*:lk b:k", &[("b/k", "skewed")], CurrentByKerberos, &["NotKnownElsewhere"]);
    check("a*:lk b:k", &[("b/k", "skewed then no")], CurrentByKerberos, &["RefusedElsewhere"]);
    check("a*:lk b:k", &[("b/k", "skewed"), ("b/k+", "shut")], CurrentByKerberos, &["NotTried"]);
    check("a*:lk", &[("a/l", "yes-old"), ("a/k", "skewed")], CurrentByAge, &[]);
    check("a*:l b:l c:l", &[("b/l", "shut")], PerhapsPrevious, &["PerhapsPrevious", "NotTried", "NotTried"]);
    check("a*:lk b:l", &[("a/l", "hours")], RestrictedHere, &["RestrictedHere"]);
}

#[test]
fn what_is_not_accepted_is_refused_closed_or_unproved() {
    let check = |candidates: &str, script: &[(&str, &str)], verdict: &str| {
        let (_, trial) = play(candidates, script);
        let reached = format!("{:?}", trial.verdict());
        assert!(reached.starts_with(&format!("Some({verdict}")), "{candidates} {script:?}: {reached}");
    };
    check("a*:lk b:l", &[("a/l", "no")], "Refused { host: \"a\", code: WrongPassword, previous: false");
    check("a*:lk b:l", &[("a/k", "no")], "Refused { host: \"a\", code: WrongPassword, previous: true");
    check("a*:l b:l", &[("b/l", "no")], "Refused { host: \"b\"");
    check("a*:lk", &[("a/l", "locked")], "Closed");
    check("a*:k", &[("a/k", "skewed")], "Unproved { host: \"a\", fault: ClockSkew");
    check(
        "a*:lk",
        &[("a/k", "skewed then no")],
        "Refused { host: \"a\", code: WrongPassword, previous: true",
    );
    check("a*:lk b:l", &[("a/l", "silent"), ("b/l", "silent")], "Unproved { host: \"a\"");
    check("a*:lk b:l", &[("a/l", "silent"), ("b/l", "shut")], "Unproved { host: \"a\"");
    check("a*:lk b:l", &[("a/l", "silent"), ("b/l", "no")], "Refused { host: \"b\"");
}

#[test]
fn another_accounts_bind_ends_the_trial_before_anything_else_is_asked() {
    let check = |script: &[(&str, &str)], order: &str, verdict: Option<&str>| {
        let (asked, trial) = play("a*:lk b:l c:l", script);
        assert_eq!(asked.join(" "), order, "{script:?}");
        let read = match trial.verdict() {
            Some(Verdict::AnotherAccounts { read, .. }) => Some(read.as_str()),
            _ => None,
        };
        assert_eq!(read, verdict, "{script:?}");
    };
    // No Kerberos exchange after it, which would cost the right account a failure.
    check(&[("a/l", "theirs")], "a/l", Some("svc-sql"));
    check(&[("a/l", "claimed")], "a/l", Some("svc-old"));
    check(&[("b/l", "theirs")], "a/l a/k b,c/l+", Some("svc-sql"));
    check(&[("c/l", "other-sid")], "a/l a/k b,c/l+", Some("svc-sql"));
    check(&[], "a/l a/k b,c/l+", None);
}

#[test]
fn each_controllers_own_count_is_kept() {
    let (_, mut trial) = play("a*:l b:l", &[("a/l", "yes-old")]);
    assert_eq!(trial.bad_password_counts(), []);
    let facts = AccountFacts { bad_password_count: Some(2), ..AccountFacts::default() };
    trial.read_back(&"b".into(), Some(&facts));
    assert_eq!(trial.bad_password_counts(), [("b".into(), 2)]);
    assert_eq!(trial.account_at(&"b".into()), Some(&facts));
}

#[test]
fn a_guard_that_is_shut_before_anything_was_sent_leaves_the_trial_as_it_was() {
    let (_, trial) = play("a*:lk", &[("a/l", "shut")]);
    assert_eq!((trial.over(), trial.verdict()), (false, None));
}
