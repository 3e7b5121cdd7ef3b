//! Diagnostic texts as controllers write them, and as nobody should.

use proptest::prelude::*;

use super::*;

#[test]
fn the_sub_code_is_read_from_the_texts_controllers_send() {
    let check = |text: &str, code: SubCode| assert_eq!(Refusal::parse(text).code, code, "{text:?}");
    let windows = |data: &str| {
        format!(
            "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {data}, v4563\0"
        )
    };
    check(&windows("525"), SubCode::NoSuchAccount);
    check(&windows("52e"), SubCode::WrongPassword);
    check(&windows("52E"), SubCode::WrongPassword);
    check(&windows("0x52e"), SubCode::WrongPassword);
    check(&windows("530"), SubCode::LogonHours);
    check(&windows("531"), SubCode::Workstation);
    check(&windows("532"), SubCode::PasswordExpired);
    check(&windows("533"), SubCode::Disabled);
    check(&windows("701"), SubCode::AccountExpired);
    check(&windows("773"), SubCode::MustChange);
    check(&windows("775"), SubCode::LockedOut);
    check(&windows("52f"), SubCode::Restricted(0x52f));
    check(&windows("534"), SubCode::Restricted(0x534));
    check(&windows("569"), SubCode::Restricted(0x569));
    check(&windows("57"), SubCode::Other(0x57));
    check(&windows("0"), SubCode::Other(0));
    check(
        "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e",
        SubCode::WrongPassword,
    );
    check("80090308: LdapErr: DSID-0C0903A9, data 525, comment: data 52e, v1db1", SubCode::WrongPassword);
    check(
        "80090346: LdapErr: DSID-0C09062A, comment: AcceptSecurityContext error, data 0, v4563\0",
        SubCode::Other(0x8009_0346),
    );
    check(
        "80090346: LdapErr: DSID-0C09062A, comment: AcceptSecurityContext error, data 80090346, v4563\0",
        SubCode::Other(0x8009_0346),
    );
    check("Simple Bind Failed: NT_STATUS_LOGON_FAILURE", SubCode::Other(0));
    check("Decoding error", SubCode::Other(0));
    check("", SubCode::Other(0));
    check("data", SubCode::Other(0));
    check("data ", SubCode::Other(0));
    check("data 52ez, v1", SubCode::Other(0));
    check("data 1234567890abcdef, v1", SubCode::Other(0));
    check("metadata 52e", SubCode::WrongPassword);
}

#[test]
fn every_code_shows_itself_in_hexadecimal_and_comes_back_from_it() {
    for number in (0..=0x7ff).chain([0x8009_0346, u32::MAX]) {
        let code = SubCode::from_number(number);
        assert_eq!(code.number(), number);
        assert_eq!(code.to_string(), format!("{number:x}"));
        assert!(!code.meaning().is_empty() && !code.remedy().is_empty());
    }
}

#[test]
fn what_a_code_says_of_the_password_and_does_to_the_trial() {
    let check = |number: u32, says: SaysOfPassword, class: Class| {
        let code = SubCode::from_number(number);
        assert_eq!((code.says_of_password(), code.class()), (says, class), "{code}");
    };
    check(0x525, SaysOfPassword::NotLookedAt, Class::Refused);
    check(0x52e, SaysOfPassword::Wrong, Class::Refused);
    check(0x530, SaysOfPassword::Right, Class::RestrictedHere);
    check(0x531, SaysOfPassword::Right, Class::RestrictedHere);
    check(0x532, SaysOfPassword::Right, Class::Closed);
    check(0x533, SaysOfPassword::Right, Class::Closed);
    check(0x701, SaysOfPassword::Right, Class::Closed);
    check(0x773, SaysOfPassword::Right, Class::Closed);
    check(0x775, SaysOfPassword::NotKnown, Class::Closed);
    check(0x52f, SaysOfPassword::NotKnown, Class::NotKnown);
    check(0x569, SaysOfPassword::NotKnown, Class::NotKnown);
    check(0x57, SaysOfPassword::NotKnown, Class::NotKnown);
    check(0x8009_0346, SaysOfPassword::NotKnown, Class::NotKnown);
    check(0, SaysOfPassword::NotKnown, Class::Refused);
}

#[test]
fn a_text_that_acts_on_terminals_or_never_ends_is_made_harmless() {
    let refusal = Refusal::parse(&format!("\u{1b}[2J\u{202e}data 52e, {}", "x".repeat(100_000)));
    assert_eq!(refusal.code, SubCode::WrongPassword);
    assert!(refusal.text.len() < 2_000);
    assert!(!refusal.text.contains('\u{1b}'));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reading(text in any::<String>()) {
        let _ = Refusal::parse(&text);
    }

    #[test]
    fn no_text_built_of_the_real_words_breaks_the_reading(
        words in prop::collection::vec(
            prop::sample::select(vec!["data ", "52e", "LdapErr", ":", ", ", "\0", "0x", "80090346", "é", "🔑", " "]), 0..20)
    ) {
        let text = words.concat();
        let refusal = Refusal::parse(&text);
        prop_assert!(!refusal.text.contains('\0'));
    }

    #[test]
    fn a_code_is_found_between_any_words(number in 1u32.., before in "[^d]{0,40}", after in "[^d]{0,40}") {
        let text = format!("{before}data {number:x}, {after}");
        prop_assert_eq!(Refusal::parse(&text).code, SubCode::from_number(number));
    }
}
