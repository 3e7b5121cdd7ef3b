//! What is seen on a line, and what isn't because it is somebody's value.

use proptest::prelude::*;

use super::*;

fn signs(line: &str) -> Vec<Sign> {
    let mut signs: Vec<Sign> = look_at(line).signs.into_iter().map(|(sign, _)| sign).collect();
    signs.sort();
    signs
}

#[test]
fn every_sentence_can_be_searched_without_going_back() {
    for text in SENTENCES.iter().map(|(_, text)| *text).chain([CODE]) {
        assert_eq!(memchr::memchr_iter(text[0], text).count(), 1, "{text:?}");
    }
}

#[test]
fn sentences_are_seen_outside_of_values_only() {
    use Sign::{Code, CredentialInvalid, LdapException, ServerUnavailable};
    let check = |line: &str, expected: &[Sign]| assert_eq!(signs(line), expected, "{line}");
    check("The supplied credential is invalid.", &[CredentialInvalid]);
    check(
        " ---> System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.",
        &[CredentialInvalid, LdapException],
    );
    check(
        "x [DomainControllerDnsName=dc1 ErrorCode=81] ---> LdapException: The LDAP server is unavailable.",
        &[LdapException, ServerUnavailable, Code(81)],
    );
    check("x [Message=The supplied credential is invalid.]", &[]);
    check("x [ Message=The supplied credential is invalid.]", &[]);
    check("x [A=b Message=The supplied [credential] is. The supplied credential is invalid.] y", &[]);
    check("x [Component] The supplied credential is invalid.", &[CredentialInvalid]);
    check("x System.Byte[] The supplied credential is invalid.", &[CredentialInvalid]);
    check("x [The supplied credential is invalid]", &[CredentialInvalid]);
    check(
        "List`1[[System.String, mscorlib, Version=4.0.0.0]] The supplied credential is invalid",
        &[CredentialInvalid],
    );
    check("TheThe supplied credential is invalid", &[CredentialInvalid]);
    check("the supplied credential is INVALID", &[]);
}

#[test]
fn an_unbalanced_value_hides_no_more_than_itself() {
    let check = |line: &str, expected: &[Sign]| assert_eq!(signs(line), expected, "{line}");
    check(
        "x [UserName=[ y] ---> LdapException: The supplied credential is invalid.",
        &[Sign::CredentialInvalid, Sign::LdapException],
    );
    check("x [UserName=[ y ErrorCode=49] ---> LdapException: no", &[Sign::LdapException]);
    check("x [UserName=y", &[]);
    check("x [UserName=y The supplied credential is invalid", &[]);
}

#[test]
fn a_code_is_a_key_of_its_own() {
    use Sign::Code;
    let check = |line: &str, expected: &[Sign]| assert_eq!(signs(line), expected, "{line}");
    check("[DomainControllerDnsName=dc1 ErrorCode=49]", &[Code(49)]);
    check("[ErrorCode=49]", &[Code(49)]);
    check("ErrorCode=49", &[Code(49)]);
    check("ErrorCode=49, x", &[Code(49)]);
    check("ErrorCode=490", &[Code(490)]);
    check("ErrorCode=999999999", &[Code(u16::MAX)]);
    check("ErrorCode=", &[]);
    check("ErrorCode=0", &[Code(0)]);
    check("ErrorCode=049", &[]);
    check("InnerErrorCode=49", &[]);
    check("[A=b [ErrorCode=49]]", &[]);
    check("[UserName=x ErrorCode=49 ErrorCode=81]", &[]);
    check("[a=1 ErrorCode=81] [b=2 ErrorCode=49]", &[Code(49), Code(81)]);
}

#[test]
fn a_value_of_several_lines_stays_a_value() {
    let mut sight = Sight::default();
    sight.begin(true);
    sight.push(b"x [Message=first");
    assert!(sight.end().signs.is_empty() && sight.is_open());
    sight.begin(false);
    sight.push(b"The supplied credential is invalid.] The LDAP server is unavailable");
    let seen: Vec<Sign> = sight.end().signs.into_iter().map(|(sign, _)| sign).collect();
    assert_eq!(seen, [Sign::ServerUnavailable]);
}

#[test]
fn however_much_there_is_on_a_line_what_decides_is_seen() {
    let check = |much: String| {
        let seen = signs(&format!("{much}ErrorCode=49 The supplied credential is invalid"));
        assert!(seen.contains(&Sign::CredentialInvalid) && seen.contains(&Sign::Code(49)), "{seen:?}");
        assert!(seen.len() <= MOST + SENTENCES.len(), "{}", seen.len());
    };
    check("LdapException ".repeat(1_000));
    check((100..400).map(|code| format!("ErrorCode={code} ")).collect());
    check("[a=b ErrorCode=81] ".repeat(200));
}

proptest! {
    #[test]
    fn what_is_passed_over_means_nothing(
        parts in proptest::collection::vec(prop_oneof![
            Just("The supplied"), Just(" credential is invalid"), Just("[a=b "), Just("["), Just("]"), Just("x"),
            Just("ErrorCode=4"), Just("9"), Just("0"), Just("LdapException"), Just("LdapTAEFC"), Just(" "), Just("="),
        ], 0..16),
    ) {
        let line = parts.concat();
        let mut every = Sight::default();
        every.begin(true);
        for byte in line.bytes() {
            every.look(byte);
        }
        prop_assert_eq!(look_at(&line), every.end());
    }

    #[test]
    fn the_way_a_line_is_cut_into_reads_changes_nothing(
        parts in proptest::collection::vec(prop_oneof![
            Just("The supplied credential is invalid"), Just("["), Just("]"), Just("[a=b "), Just(" ErrorCode=49"),
            Just("ErrorCode=8"), Just(" "), Just("LdapException"), Just("T"), Just("x="),
        ], 0..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let line = parts.concat();
        let whole = look_at(&line);
        let mut sight = Sight::default();
        sight.begin(true);
        let at = cut.index(line.len() + 1);
        sight.push(&line.as_bytes()[..at]);
        sight.push(&line.as_bytes()[at..]);
        prop_assert_eq!(sight.end(), whole.clone());
        for (sign, range) in &whole.signs {
            let text = &line[range.clone()];
            match sign {
                Sign::Code(code) => prop_assert_eq!(text, format!("ErrorCode={code}")),
                Sign::LdapException => prop_assert_eq!(text, "LdapException"),
                _ => prop_assert_eq!(text, "The supplied credential is invalid"),
            }
        }
    }
}
