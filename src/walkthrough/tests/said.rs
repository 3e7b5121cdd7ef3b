//! Every reason and every question has its words; a new variant doesn't compile before it stands here.

use crate::directory::lockout::{Budget, Why};
use crate::directory::names::{EntryFault, Form, NameFault};
use crate::directory::{Fault, refusal::SubCode};
use crate::logs::Known;
use crate::portal;
use crate::text::Safe;
use crate::walkthrough::Walkthrough;
use crate::walkthrough::event::{self, Event, Intent};
use crate::walkthrough::fact::SaveWord;
use crate::walkthrough::hand_over::HandOver;
use crate::walkthrough::step::{AnswerKind, Question, Reason};
use crate::walkthrough::words;

use super::player::{Player, handed_off_to, walked_to};
use super::site::{SENSOR, now};
use crate::walkthrough::step::Step;

/// The variant after this one, with contents; a match without a wildcard, so that none can be left out.
fn next_reason(reason: &Reason) -> Option<Reason> {
    let host = || Safe::new("dc1.contoso.test");
    let why = || Safe::new("one failure is counted");
    Some(match reason {
        Reason::NotResumed(_) => Reason::SignInDeclined,
        Reason::SignInDeclined => Reason::SignInExpired,
        Reason::SignInExpired => Reason::SignInBlocked {
            code: "AADSTS53003".into(),
            description: "Blocked.".into(),
            trace: Some("t-1".into()),
            correlation: Some("c-1".into()),
        },
        Reason::SignInBlocked { .. } => Reason::PortalUnread(portal::Fault::TimedOut),
        Reason::PortalUnread(_) => Reason::NobodyCanEdit,
        Reason::NobodyCanEdit => Reason::NoEntry,
        Reason::NoEntry => Reason::NoAccountListed,
        Reason::NoAccountListed => Reason::ManagedAccount,
        Reason::ManagedAccount => {
            Reason::EntryName(EntryFault::Form { form: Form::Principal, bare: Some("svc-mdi".into()) })
        }
        Reason::EntryName(fault) => after_entry_name(fault),
        Reason::AccountUnusable(_) => Reason::NoProvableController,
        Reason::NoProvableController => Reason::NotYetChanged,
        Reason::NotYetChanged => Reason::PasswordEmpty,
        Reason::PasswordEmpty => {
            Reason::PasswordRefused { host: host(), code: SubCode::WrongPassword, previous: false }
        }
        Reason::PasswordRefused { previous: false, .. } => {
            Reason::PasswordRefused { host: host(), code: SubCode::WrongPassword, previous: true }
        }
        Reason::PasswordRefused { .. } => Reason::PasswordClosed { host: host(), code: SubCode::LockedOut },
        Reason::PasswordClosed { .. } => Reason::PasswordUnproved { host: host(), fault: Fault::TimedOut },
        Reason::PasswordUnproved { .. } => Reason::WrongAccount { read: "svc-sql".into() },
        Reason::WrongAccount { .. } => Reason::AcceptedButShut(SubCode::LockedOut),
        Reason::AcceptedButShut(_) => Reason::NameClaimed { by: "svc-sql".into() },
        Reason::NameClaimed { .. } => Reason::GuardNotBefore { until: now(60).wall, why: why() },
        Reason::GuardNotBefore { .. } => Reason::GuardUntilUnlocked,
        Reason::GuardUntilUnlocked => Reason::GuardNever,
        Reason::GuardNever => Reason::LedgerFailed("no space".into()),
        Reason::LedgerFailed(_) => Reason::RecordFailed("no space".into()),
        Reason::RecordFailed(_) => Reason::TextHoldsSecret,
        Reason::TextHoldsSecret => Reason::TextNamesSecret,
        Reason::TextNamesSecret => Reason::TextEmpty,
        Reason::TextEmpty => Reason::TypedMismatch,
        Reason::TypedMismatch => Reason::SamePerson,
        Reason::SamePerson => Reason::ProofTooOld,
        Reason::ProofTooOld => Reason::NotApproved,
        Reason::NotApproved => Reason::NotTested,
        Reason::NotTested => Reason::SaveNeedsPortal,
        Reason::SaveNeedsPortal => Reason::SomeoneElseChanged,
        Reason::SomeoneElseChanged => Reason::NotSaved(portal::Fault::Server(503)),
        Reason::NotSaved(portal::Fault::Server(_)) => Reason::NotSaved(portal::Fault::Unauthorized),
        Reason::NotSaved(_) => Reason::NotSavedThere,
        Reason::NotSavedThere => Reason::ServicesOpen(vec![SENSOR.into()]),
        Reason::ServicesOpen(_) => Reason::WatchRunning,
        Reason::WatchRunning => return None,
    })
}

fn after_entry_name(fault: &EntryFault) -> Reason {
    Reason::EntryName(match fault {
        EntryFault::Form { bare: Some(_), .. } => EntryFault::Form { form: Form::Prefixed, bare: None },
        EntryFault::Form { .. } => EntryFault::ShortDomain { domain: "CONTOSO".into() },
        EntryFault::ShortDomain { .. } => EntryFault::Name(NameFault::Managed),
        EntryFault::Name(_) => return Reason::AccountUnusable(SubCode::Disabled),
    })
}

fn next_question(question: &Question) -> Option<Question> {
    Some(match question {
        Question::Resume => Question::Beside,
        Question::Beside => Question::HowToBegin,
        Question::HowToBegin => Question::CanEdit,
        Question::CanEdit => Question::WhichEntry,
        Question::WhichEntry => Question::UsedElsewhere,
        Question::UsedElsewhere => Question::WithoutController,
        Question::WithoutController => Question::ChangedInDirectory,
        Question::ChangedInDirectory => Question::Password,
        Question::Password => Question::AccountName,
        Question::AccountName => Question::GoOnOrRetest,
        Question::GoOnOrRetest => Question::ReasonToGoOn,
        Question::ReasonToGoOn => Question::UntestedName,
        Question::UntestedName => Question::SecondPerson,
        Question::SecondPerson => Question::RecordedBy,
        Question::RecordedBy => Question::ApprovedBy,
        Question::ApprovedBy => Question::WithoutSecondPerson,
        Question::WithoutSecondPerson => Question::ConfirmSave,
        Question::ConfirmSave => Question::SavedThere,
        Question::SavedThere => Question::HowEntered(SaveWord::Saved),
        Question::HowEntered(_) => Question::CopyPassword,
        Question::CopyPassword => Question::ReasonForService(SENSOR.into()),
        Question::ReasonForService(_) => Question::EvidenceForService(SENSOR.into()),
        Question::EvidenceForService(_) => Question::Note,
        Question::Note => Question::HandOver,
        Question::HandOver => Question::HandOverField(HandOver::Ticket),
        Question::HandOverField(field) => {
            let next = HandOver::ALL.into_iter().find(|next| next > field);
            next.map_or(Question::Leave, Question::HandOverField)
        }
        Question::Leave => Question::Recover,
        Question::Recover => return None,
    })
}

fn every_reason() -> impl Iterator<Item = Reason> {
    std::iter::successors(Some(Reason::NotResumed("it is held by another one".into())), next_reason)
}

#[test]
fn every_reason_has_three_parts() {
    for reason in every_reason() {
        let said = words::reason(&reason);
        for part in [&said.what, &said.means, &said.remedy] {
            assert!(part.ends_with(['.', ')']), "{reason:?}: {part:?}");
            assert!(!part.contains(".."), "{reason:?}: {part:?}");
        }
    }
}

/// A reason knows of no earlier save, so it may only speak of itself.
#[test]
fn no_reason_claims_that_nothing_was_ever_saved() {
    for reason in every_reason() {
        let said = words::blocked(&reason).to_lowercase();
        assert!(!said.contains("nothing has been saved"), "{said}");
    }
}

#[test]
fn after_going_back_from_a_save_leaving_says_that_it_stands() {
    let check = |player: &Player, stands: bool| {
        let told = words::explained(&player.walk, &Question::Leave);
        assert_eq!(told.iter().any(|line| line.contains("What was saved before stands")), stands, "{told:?}");
        assert_eq!(told.iter().any(|line| line.contains("Nothing has been saved")), !stands, "{told:?}");
    };
    check(&walked_to(Step::Password), false);
    let mut player = walked_to(Step::Sensors);
    player.found(Known::Refused { account: Some("svc-mdi".into()), domain: None, controller: None });
    player.intend(Intent::BackTo(Step::Password));
    player.choose(0);
    assert!(!player.walk.saved());
    player.walk.watch = None;
    check(&player, true);
    assert!(words::farewell(&player.walk).starts_with("saved, without a verdict"));
}

#[test]
fn every_question_asks_something_that_can_be_answered() {
    let walks: [Walkthrough; 3] =
        [walked_to(Step::Password), walked_to(Step::Save), handed_off_to(Step::Save)]
            .map(|player| player.walk);
    for walk in &walks {
        for question in std::iter::successors(Some(Question::Resume), next_question) {
            let asked = words::question(walk, &question);
            assert!(asked.ends_with(['.', '?', ':']), "{question:?}: {asked:?}");
            let choice = question.kind() == AnswerKind::Choice;
            assert_eq!(!words::options(walk, &question).is_empty(), choice, "{question:?}");
            let wanted = words::wanted(walk, &question);
            assert!(wanted.is_none_or(|wanted| asked.contains(wanted.as_str())), "{question:?}: {asked}");
        }
    }
}

#[test]
fn that_a_pasted_password_waits_for_enter_is_said_while_enter_tests_it() {
    let mut player = walked_to(Step::Password);
    let said = |player: &Player| words::field_warnings(&player.walk).len();
    player.choose(0);
    assert_eq!(said(&player), 0);
    let field = event::Field { length: 12, cursor: 12, pasted: true, ..event::Field::default() };
    player.send(Event::Secret(event::Secret::Edited(field)));
    assert_eq!((player.walk.question(), said(&player)), (Some(&Question::Password), 1));
    player.enter();
    player.settle();
    assert_ne!(player.walk.question(), Some(&Question::Password));
    assert_eq!((player.walk.field.pasted, said(&player)), (true, 0));
}

#[test]
fn what_can_t_be_read_in_the_ledger_is_said_where_it_counts() {
    let check = |unreadable: u32, said: &str| {
        let budget = Budget { threshold: Some(5), counted: 3, unreadable, safe: 0, in_hand: 2 };
        let why = words::why_shut(&Why::AccountSpent(budget));
        assert_eq!(why.as_str(), format!("3 of 5 failures are counted{said}, and 2 stay in hand"));
        assert!(
            words::budget(&budget).as_str().starts_with(&format!("3 failures counted{said}; 0 are safe"))
        );
    };
    check(0, "");
    check(1, " (1 is a line of the ledger, attempts.jsonl, that can't be read)");
    check(3, " (3 are lines of the ledger, attempts.jsonl, that can't be read)");
}
