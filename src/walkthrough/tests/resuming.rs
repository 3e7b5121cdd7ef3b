//! A walk that is ended after any line of its record, and taken up again, comes to the same end.
//!
//! What SIGKILL leaves is a prefix of the record and nothing else. The checker watches over the resumed walk too.

use crate::directory::refusal::SubCode;
use crate::logs::Known;
use crate::walkthrough::Walkthrough;
use crate::walkthrough::effect::{Effect, Ticket};
use crate::walkthrough::event::{self, Event, Intent, Opened};
use crate::walkthrough::fact::{Fact, SaveWord};
use crate::walkthrough::resume::{Beside, Dated, Offer, Opening};
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::{Terms, words};

use super::player::{Player, Way, handed_off_to, walked_to};
use super::site::{SENSOR, hand_off, now, refused, terms};

/// Longer than a watch.
const AWAY: u64 = 7200;

impl Player {
    /// As it is found on the disk.
    pub(super) fn opens(&self, ticket: Ticket) -> Event {
        let (path, hash) = ("record".into(), "h".into());
        let opened = Opened { path, lines: self.disk.clone(), hash, torn: None };
        Event::Record(ticket, event::Record::Opened(Box::new(opened)))
    }

    /// Another process takes up what these lines say; `changed`: the save of this name has reached the portal.
    pub(super) fn resumed(
        lines: &[Dated],
        terms: Terms,
        (away, changed): (u64, Option<&Fact>),
    ) -> Option<Self> {
        let offer = Offer::of("record", lines)?;
        let last = lines.last()?.0.as_second() - now(0).wall.as_second();
        let seconds = u64::try_from(last).unwrap() + away;
        let mut walk = Walkthrough::new(terms, now(seconds));
        walk.open_with(Opening::TakenUp(offer));
        let mut player = Self::of(walk);
        (player.seconds, player.disk) = (seconds, lines.to_vec());
        let numbers = 1000 * lines.len() as u64;
        (player.attempts, player.secrets, player.changes) = (numbers, numbers, numbers);
        player.checker.reads(lines.iter().map(|(_, fact)| fact.clone()).collect());
        if let Some(Fact::SaveIntended { change, .. }) = changed {
            player.checker.last_change = Some(change.clone());
        }
        player.checker.resumed = true;
        let effects = player.walk.begin();
        player.take_opening(&effects);
        Some(player)
    }

    /// The record is taken up before the checker looks at anything.
    fn take_opening(&mut self, effects: &[Effect]) {
        let [Effect::OpenRecord(..)] = effects else { panic!("{effects:?}") };
        let opened = self.well(&effects[0]);
        let effects = self.walk.handle(opened, self.now());
        self.take(effects);
    }

    /// Does what anybody would, until there is a verdict and the walk is over or asks what now.
    pub(super) fn walk_on(&mut self) {
        for _ in 0..300 {
            self.settle();
            if self.walk.over || self.walk.question() == Some(&Question::Recover) {
                return;
            }
            match (self.walk.question().cloned(), self.phase().clone()) {
                (Some(Question::Password), _) => {
                    self.edit(12);
                    self.enter();
                }
                (Some(Question::GoOnOrRetest), _) => self.choose(1),
                (Some(question), _) if words::options(&self.walk, &question).is_empty() => self.type_it(),
                (Some(_), _) => self.choose(0),
                (None, Phase::Working) => self.wait(10),
                (None, _) => self.enter(),
            }
        }
        panic!("it comes to no end: {:?} {:?}", self.walk.current, self.walk.progress);
    }
}

/// Cuts the record after every line and walks on from there. Returns how many cuts were walked on from.
fn cut(whole: &Player, terms: &Terms, end: VerdictWord) -> usize {
    assert_eq!(whole.verdict(), Some(end), "{:?}", whole.walk.watch);
    let mut walked = 0;
    for cut in 1..=whole.disk.len() {
        let (lines, rest) = whole.disk.split_at(cut);
        let intended = |(_, fact): &&Dated| matches!(fact, Fact::SaveIntended { .. });
        let saved = |(_, fact): &&Dated| matches!(fact, Fact::SaveEnded { result: SaveWord::Saved, .. });
        let last = lines.iter().rev().find(intended).map(|(_, fact)| fact);
        let answered =
            lines.iter().rev().find(|line| intended(line) || saved(line)).is_some_and(|l| saved(&l));
        // A request that was sent may have arrived, or not.
        let ways = match (last, answered) {
            (Some(last), false) => vec![None, Some(last)],
            (last, _) => vec![last],
        };
        for changed in ways {
            for away in [0, AWAY] {
                let Some(mut player) = Player::resumed(lines, terms.clone(), (away, changed)) else {
                    continue;
                };
                player.walk_on();
                if player.walk.question() == Some(&Question::Recover) && end != VerdictWord::Refused {
                    player.choose(0);
                    player.walk_on();
                }
                let word = player.verdict();
                assert_eq!(word, Some(end), "cut after {:?}, before {:?}", lines.last(), rest.first());
                walked += 1;
            }
        }
    }
    walked
}

fn ended(mut player: Player) -> Player {
    player.walk_on();
    player
}

#[test]
fn a_clean_walk_cut_after_any_line_is_confirmed_all_the_same() {
    assert!(cut(&ended(walked_to(Step::Portal)), &terms(), VerdictWord::Confirmed) > 30);
}

#[test]
fn a_hand_off_cut_after_any_line_is_confirmed_all_the_same() {
    assert!(cut(&ended(handed_off_to(Step::Portal)), &hand_off(), VerdictWord::Confirmed) > 30);
}

#[test]
fn a_walk_whose_first_password_was_refused_is_confirmed_all_the_same() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Well);
    let test = player.out.remove(0);
    let told = Player::outcome(&test, refused(SubCode::WrongPassword));
    player.send(told);
    assert!(matches!(player.phase(), Phase::Blocked(Reason::PasswordRefused { .. })));
    assert!(cut(&ended(player), &terms(), VerdictWord::Confirmed) > 30);
}

#[test]
fn a_walk_without_the_portal_ends_as_it_would_have() {
    let terms = Terms { graph: false, entries: hand_off().entries, ..hand_off() };
    let mut player = Player::at(terms.clone());
    player.walk_on();
    let end = player.verdict().unwrap();
    assert!(cut(&player, &terms, end) > 20);
}

#[test]
fn a_refused_save_stays_refused_until_another_one_replaces_it() {
    let mut player = walked_to(Step::Sensors);
    player.wait(10);
    player.answer("portal", Way::Badly(1));
    player.settle();
    assert_eq!(player.verdict(), Some(VerdictWord::Refused));
    let mut resumed = Player::resumed(&player.disk, terms(), (AWAY, None)).unwrap();
    assert_eq!(resumed.verdict(), Some(VerdictWord::Refused));
    resumed.walk_on();
    assert_eq!(resumed.walk.question(), Some(&Question::Recover));
    resumed.choose(0);
    resumed.walk_on();
    assert_eq!(resumed.verdict(), Some(VerdictWord::Confirmed));
    assert!(cut(&resumed, &terms(), VerdictWord::Confirmed) > 30);
}

#[test]
fn what_the_logs_gained_meanwhile_is_evidence_and_waits_for_the_operator() {
    let player = walked_to(Step::Services);
    let mut resumed = Player::resumed(&player.disk, terms(), (AWAY, None)).unwrap();
    let refusal = || Known::Refused { account: Some("svc-mdi".into()), domain: None, controller: None };
    resumed.found(refusal());
    assert_eq!(resumed.verdict(), None, "nobody has opened the portal yet, which tells who uses the entry");
    // The directory counts a failure too.
    resumed.walk.terms.reader = true;
    let evidence = |player: &Player| {
        player.disk.iter().filter(|(_, fact)| matches!(fact, Fact::Evidence { .. })).count()
    };
    assert_eq!(evidence(&resumed), 1);
    let mut again = Player::resumed(&resumed.disk, terms(), (AWAY, None)).unwrap();
    again.found(refusal());
    assert_eq!(evidence(&again), 1, "what is on record is not recorded twice");
    again.walk_on();
    assert_eq!(again.verdict(), Some(VerdictWord::NotConfirmed), "one line of one host alone");
}

#[test]
fn a_walk_that_is_left_and_resumed_again_and_again_continues_where_it_was() {
    let mut player = walked_to(Step::Services);
    for _ in 0..4 {
        player.intend(Intent::LeaveNow);
        player.settle();
        assert!(player.walk.over);
        player = Player::resumed(&player.disk, terms(), (AWAY, None)).unwrap();
        player.choose(0);
        player.settle();
        player.tick();
        player.settle();
        assert_eq!(player.walk.current, Step::Services);
        assert_eq!(player.verdict(), None, "leaving early was no end");
    }
    player.walk_on();
    assert_eq!(player.verdict(), Some(VerdictWord::Confirmed));
}

#[test]
fn what_is_left_of_the_watch_waits_for_the_sign_in_in_this_process_and_in_the_next() {
    let left = |player: &Player| -> Vec<String> {
        let left = words::watch_left(&player.walk, player.now());
        left.iter().map(ToString::to_string).collect()
    };
    let mut player = walked_to(Step::Sensors);
    player.wait(600);
    player.intend(Intent::LeaveNow);
    player.settle();
    let mut resumed = Player::resumed(&player.disk, terms(), (AWAY, None)).unwrap();
    let at_once = left(&resumed);
    assert_eq!(at_once.last().map(String::as_str), Some("after the sign-in"), "{at_once:?}");
    resumed.wait(1200);
    assert_eq!(left(&resumed), at_once, "nobody has signed in");
    // Left at the sign-in, and taken up once more: nothing was watched meanwhile.
    resumed.intend(Intent::LeaveNow);
    resumed.settle();
    let mut again = Player::resumed(&resumed.disk, terms(), (AWAY, None)).unwrap();
    assert_eq!(left(&again), at_once);
    again.choose(0);
    for _ in 0..20 {
        again.settle();
        again.tick();
    }
    assert_eq!(left(&again).len(), 1, "{:?}", left(&again));
}

#[test]
fn until_it_is_there_a_resumed_walk_says_where_it_was_left() {
    let next = |player: &Player| words::next(&player.walk, player.walk.current).as_str().to_owned();
    let player = walked_to(Step::Password);
    let mut resumed = Player::resumed(&player.disk, terms(), (AWAY, None)).unwrap();
    assert_eq!(resumed.walk.current, Step::Portal);
    assert_eq!(next(&resumed), "Next: step 4, where this walk was left.");
    resumed.choose(0);
    for _ in 0..20 {
        resumed.settle();
        resumed.tick();
    }
    assert_eq!(resumed.walk.current, Step::Password);
    assert_eq!(next(&resumed), next(&player));
}

#[test]
fn who_edits_the_portal_and_who_uses_the_account_is_not_asked_again() {
    let player = walked_to(Step::Password);
    let mut resumed = Player::resumed(&player.disk, terms(), (0, None)).unwrap();
    let mut asked = Vec::new();
    for _ in 0..20 {
        resumed.settle();
        match resumed.walk.question().cloned() {
            Some(Question::ChangedInDirectory) => break,
            Some(question) => {
                asked.push(question);
                resumed.choose(0);
            }
            None => resumed.tick(),
        }
    }
    assert_eq!(asked, [Question::HowToBegin]);
    let host = crate::text::Safe::new(SENSOR);
    assert!(resumed.walk.services.iter().any(|row| row.server.host == host));
}

#[test]
fn while_the_record_is_opened_nothing_else_is_said_to_be_done() {
    let player = walked_to(Step::Services);
    let offer = Offer::of("record", &player.disk).unwrap();
    let mut walk = Walkthrough::new(terms(), now(0));
    walk.open_with(Opening::Asked(offer.clone()));
    walk.begin();
    assert_eq!(
        words::next(&walk, Step::Portal),
        "Next: step 6, where it was left, or a new walk's sign-in.".into()
    );
    walk.open_with(Opening::TakenUp(offer));
    assert!(matches!(walk.begin().as_slice(), [Effect::OpenRecord(..)]));
    assert_eq!(words::asked(&walk), "Opening the record of the walk that goes on.".into());
}

#[test]
fn beside_another_walk_a_new_one_is_begun_only_when_that_is_chosen() {
    let player = walked_to(Step::Services);
    let Some(walked) = Beside::walked(&player.disk) else { panic!("nobody walks it") };
    let unread = Beside::Unread { id: "20260304T050607Z".into(), line: 7, older: Some("older".into()) };
    let check = |beside: &Beside, said: &[&str]| {
        let opened = || {
            let mut walk = Walkthrough::new(terms(), now(0));
            walk.open_with(Opening::Beside(beside.clone()));
            assert_eq!((walk.begin(), walk.question()), (Vec::new(), Some(&Question::Beside)));
            walk
        };
        let asked = words::asked(&opened());
        assert!(said.iter().all(|part| asked.contains(part)), "{asked}");
        let leave = opened().handle(Event::Intended(Intent::Chose(0)), now(1));
        assert!(leave.contains(&Effect::End) && !leave.iter().any(|out| matches!(out, Effect::Record(..))));
        let mut walk = opened();
        let begun = walk.handle(Event::Intended(Intent::Chose(1)), now(1));
        assert!(begun.iter().any(|out| matches!(out, Effect::Record(_, Fact::Began { .. }))), "{begun:?}");
        assert_eq!(walk.question(), Some(&Question::HowToBegin));
    };
    check(&walked, &["walks this site now", "ana@", "since", "at step 6", "save over each other"]);
    check(&unread, &["20260304T050607Z", "from line 7 on", "report", "--resume older"]);
}
