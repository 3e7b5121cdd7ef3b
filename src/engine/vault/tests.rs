//! The vault and the masked field: what they keep, what they tell, and what they leave behind.

use proptest::prelude::*;
use tui_input::{Input, InputRequest};

use super::*;

const START: Instant = Instant(Duration::ZERO);

fn at(minutes: u64) -> Instant {
    Instant(Duration::from_mins(minutes))
}

fn text(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

fn typed(characters: &str) -> Masked {
    let mut field = Masked::new();
    for c in characters.chars() {
        field.edit(Edit::Insert(c));
    }
    field
}

fn frozen(field: &Masked) -> Option<String> {
    let mut vault = Vault::new();
    let id = field.freeze(&mut vault, START)?;
    vault.get(id, START).map(|secret| secret.expose().to_owned())
}

#[test]
fn a_secret_is_lent_until_it_is_wiped() {
    let mut vault = Vault::new();
    let (one, two) =
        (vault.insert(text("one"), Keep::WhileUsed, START), vault.insert(text("two"), Keep::ToTheEnd, START));
    assert_ne!(one, two);
    assert_eq!(vault.get(one, START).unwrap().expose(), "one");
    assert!(vault.wipe(one) && !vault.wipe(one));
    assert!(vault.get(one, START).is_none() && vault.holds(two));
    vault.wipe_all();
    assert!(!vault.holds(two));
    // No name is given twice, or an old message would mean a new secret.
    assert!(vault.insert(text("three"), Keep::WhileUsed, START) > two);
}

#[test]
fn what_is_lent_out_survives_the_wipe_for_the_call_it_was_lent_for_and_no_longer() {
    let mut vault = Vault::new();
    let id = vault.insert(text("secret"), Keep::WhileUsed, START);
    let lent = vault.get(id, START).unwrap();
    vault.wipe_all();
    assert_eq!((lent.expose(), Arc::strong_count(&lent)), ("secret", 1));
}

#[test]
fn fifteen_minutes_unused_and_a_secret_is_wiped() {
    let mut vault = Vault::new();
    let kept = vault.insert(text("reader"), Keep::ToTheEnd, START);
    assert_eq!(vault.next_wipe(), None);
    let (idle, used) = (
        vault.insert(text("idle"), Keep::WhileUsed, START),
        vault.insert(text("used"), Keep::WhileUsed, START),
    );
    vault.get(used, at(10));
    assert_eq!(vault.next_wipe(), Some(at(15)));
    assert_eq!(vault.wipe_idle(at(14)), []);
    assert_eq!(vault.wipe_idle(at(15)), [idle]);
    assert_eq!(vault.next_wipe(), Some(at(25)));
    assert_eq!(vault.wipe_idle(at(60)), [used]);
    assert!(vault.holds(kept));
}

#[test]
fn text_that_gives_a_secret_away_is_noticed() {
    let mut vault = Vault::new();
    vault.insert(text("Lab-Pass-2026!"), Keep::WhileUsed, START);
    vault.insert(text("abc"), Keep::WhileUsed, START);
    vault.insert(text(""), Keep::WhileUsed, START);
    let check = |text: &str, expected: bool| assert_eq!(vault.contains_secret(text), expected, "{text}");
    check("we set it to Lab-Pass-2026! at ten", true);
    check("TGFiLVBhc3MtMjAyNiE=", true);
    check("password=TABhAGIALQBQAGEAcwBzAC0AMgAwADIANgAhAA==", true);
    check("lab-pass-2026!", false);
    check("Lab-Pass-2026", false);
    check("the abc of it", false);
    check(" abc ", true);
    check("", false);
}

#[test]
fn neither_vault_nor_refusal_prints_what_it_holds() {
    let mut vault = Vault::new();
    vault.insert(text("Lab-Pass-2026!"), Keep::WhileUsed, START);
    assert_eq!(format!("{vault:?}"), "Vault(1 held)");
}

#[test]
fn an_empty_field_freezes_to_nothing_and_another_to_exactly_what_was_typed() {
    let check = |characters: &str| {
        let expected = (!characters.is_empty()).then(|| characters.to_owned());
        assert_eq!(frozen(&typed(characters)), expected);
    };
    check("");
    check("Lab-Pass-2026!");
    check(" edge ");
    check("e\u{301} and é are not made one");
    check("𝒳漢字ü\u{200d}\u{feff}");
}

#[test]
fn a_password_may_be_as_long_as_active_directory_takes_it_and_no_longer() {
    let check = |c: char, most: usize| {
        let mut field = typed(&c.to_string().repeat(most));
        assert_eq!(field.look().length, most);
        let edited = field.edit(Edit::Insert(c));
        assert_eq!((edited.length, edited.refused), (most, Some(EditRefused::TooLong)));
        field.edit(Edit::Home);
        let edited = field.edit(Edit::Paste(text("x")));
        assert_eq!((edited.length, edited.refused, edited.pasted), (most, Some(EditRefused::TooLong), false));
    };
    check('a', 256);
    check('漢', 256);
    check('𝒳', 128);
    let mut field = typed(&"𝒳".repeat(127));
    assert_eq!(field.edit(Edit::Paste(text("𝒳a"))).refused, Some(EditRefused::TooLong));
    assert_eq!(field.edit(Edit::Paste(text("ab"))).length, 129);
}

#[test]
fn a_paste_loses_the_line_breaks_at_its_end_and_is_refused_with_any_other() {
    let check = |pasted: &str, expected: &str, refused: Option<EditRefused>| {
        let mut field = typed("()");
        field.edit(Edit::Left);
        let edited = field.edit(Edit::Paste(text(pasted)));
        assert_eq!((frozen(&field).as_deref(), edited.refused), (Some(expected), refused), "{pasted:?}");
        assert_eq!(edited.pasted, expected != "()", "{pasted:?}");
    };
    check("secret", "(secret)", None);
    check("secret\n", "(secret)", None);
    check("secret\r\n\r\n", "(secret)", None);
    check(" secret ", "( secret )", None);
    check("\n", "()", None);
    check("", "()", None);
    check("two\nlines", "()", Some(EditRefused::ControlCharacter));
    check("\nsecret", "()", Some(EditRefused::ControlCharacter));
    check("a\tb", "()", Some(EditRefused::ControlCharacter));
    check("a\u{1b}[31m", "()", Some(EditRefused::ControlCharacter));
    check("a\0", "()", Some(EditRefused::ControlCharacter));
}

#[test]
fn blanks_at_the_edges_and_pastes_are_told_until_the_field_is_empty() {
    let edges = |characters: &str| typed(characters).look().edge_space;
    assert!(edges(" a") && edges("a ") && edges("a\u{a0}") && edges(" "));
    assert!(!edges("a b") && !edges(""));
    let mut field = typed("");
    assert!(!field.mark_pasted().pasted);
    assert!(field.edit(Edit::Paste(text("ab"))).pasted);
    assert!(field.edit(Edit::Backspace).pasted);
    assert!(!field.edit(Edit::Backspace).pasted);
    assert!(!field.edit(Edit::Insert('a')).pasted);
    assert!(field.mark_pasted().pasted);
    assert!(!field.edit(Edit::Clear).pasted);
}

#[test]
fn a_field_that_is_not_frozen_yet_gives_itself_away_all_the_same() {
    let field = typed("Lab-Pass-2026!");
    assert!(field.is_given_away_by("it is Lab-Pass-2026!") && !field.is_given_away_by("it is not"));
    assert!(!typed("").is_given_away_by(""));
}

#[test]
fn the_process_says_of_each_measure_whether_it_took() {
    let outcomes = harden();
    let measures: Vec<_> = outcomes.iter().map(|outcome| outcome.measure).collect();
    assert_eq!(measures, [Measure::NotDumpable, Measure::NoCoreFile, Measure::Locked]);
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string("/proc/self/limits").unwrap();
        let core = status.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().nth(4), Some("0"));
        assert!(outcomes[0].result.is_ok() && outcomes[1].result.is_ok());
    }
}

/// The same edit for the field and for the model.
#[derive(Clone, Debug)]
enum Both {
    Insert(char),
    Paste(String),
    Key(InputRequest),
}

fn edits() -> impl Strategy<Value = Vec<Both>> {
    // No combining marks: an ordinary field steps over them together with their letter, this one does not.
    let letters = prop::sample::select("ab Zé漢𝒳!".chars().collect::<Vec<_>>());
    let keys = vec![
        InputRequest::DeletePrevChar,
        InputRequest::DeleteNextChar,
        InputRequest::GoToPrevChar,
        InputRequest::GoToNextChar,
        InputRequest::GoToStart,
        InputRequest::GoToEnd,
        InputRequest::DeleteLine,
    ];
    let edit = prop_oneof![
        10 => letters.clone().prop_map(Both::Insert),
        2 => prop::collection::vec(letters, 0..6).prop_map(|letters| Both::Paste(letters.into_iter().collect())),
        8 => prop::sample::select(keys).prop_map(Both::Key),
    ];
    prop::collection::vec(edit, 0..60)
}

fn key(request: InputRequest) -> Edit {
    match request {
        InputRequest::DeletePrevChar => Edit::Backspace,
        InputRequest::DeleteNextChar => Edit::Delete,
        InputRequest::GoToPrevChar => Edit::Left,
        InputRequest::GoToNextChar => Edit::Right,
        InputRequest::GoToStart => Edit::Home,
        InputRequest::GoToEnd => Edit::End,
        _ => Edit::Clear,
    }
}

proptest! {
    #[test]
    fn the_field_is_edited_as_any_other_field(edits in edits()) {
        let (mut field, mut model) = (Masked::new(), Input::default());
        for both in edits {
            match both {
                Both::Insert(c) => {
                    field.edit(Edit::Insert(c));
                    model.handle(InputRequest::InsertChar(c));
                }
                Both::Paste(pasted) => {
                    for c in pasted.chars() {
                        model.handle(InputRequest::InsertChar(c));
                    }
                    field.edit(Edit::Paste(text(&pasted)));
                }
                Both::Key(request) => {
                    field.edit(key(request));
                    model.handle(request);
                }
            }
            let look = field.look();
            prop_assert_eq!(frozen(&field).unwrap_or_default(), model.value());
            prop_assert_eq!((look.length, look.cursor), (model.value().chars().count(), model.cursor()));
            prop_assert!(field.beyond().iter().all(|c| *c == '\0'), "something is left behind the text");
        }
    }

    #[test]
    fn whatever_is_pasted_is_taken_whole_or_not_at_all(pasted in any::<String>()) {
        let mut field = Masked::new();
        let edited = field.edit(Edit::Paste(text(&pasted)));
        let expected = if edited.refused.is_some() { "" } else { pasted.trim_end_matches(['\r', '\n']) };
        prop_assert_eq!(frozen(&field).unwrap_or_default(), expected);
    }
}
