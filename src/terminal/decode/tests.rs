//! Bytes as terminals send them, and as they arrive torn.

use proptest::prelude::*;

use super::*;

fn key_of(code: Code) -> Decoded {
    Decoded::Key(Key::plain(code))
}

fn char_of(c: char) -> Decoded {
    Decoded::Key(Key::char(c))
}

fn paste_of(text: &str) -> Decoded {
    Decoded::Paste(Zeroizing::new(text.to_owned()))
}

#[test]
fn bytes_mean_what_terminals_mean_by_them() {
    let check = |bytes: &[u8], expected: &[Decoded]| {
        let mut decoder = Decoder::default();
        let mut whole = decoder.feed(bytes);
        whole.extend(decoder.give_up());
        assert!(whole == expected, "{:?}", String::from_utf8_lossy(bytes));
        // Torn at every byte the meaning is the same.
        let mut torn = Vec::new();
        for byte in bytes {
            torn.extend(decoder.feed(std::slice::from_ref(byte)));
        }
        torn.extend(decoder.give_up());
        assert!(torn == expected, "torn: {:?}", String::from_utf8_lossy(bytes));
    };
    let alt = |c| Decoded::Key(Key { alt: true, ..Key::char(c) });
    let held = |code, ctrl, alt, shift| Decoded::Key(Key { code, ctrl, alt, shift });
    check(b"", &[]);
    check(b"aG", &[char_of('a'), char_of('G')]);
    check("é漢🎉".as_bytes(), &[char_of('é'), char_of('漢'), char_of('🎉')]);
    check(b"\r", &[key_of(Code::Enter)]);
    check(b"\t\x7f\x08", &[key_of(Code::Tab), key_of(Code::Backspace), key_of(Code::Backspace)]);
    check(b"\x03\x1a\x0c", &[Key::ctrl('c'), Key::ctrl('z'), Key::ctrl('l')].map(Decoded::Key));
    check(b"\x00\x1c", &[Key::ctrl(' '), Key::ctrl('\\')].map(Decoded::Key));
    check(b"\x1b", &[key_of(Code::Esc)]);
    check(b"\x1b\x1b", &[key_of(Code::Esc), key_of(Code::Esc)]);
    check(b"\x1bx", &[alt('x')]);
    check(b"\x1b[", &[alt('[')]);
    check(b"\x1b[A\x1bOB\x1b[C", &[key_of(Code::Up), key_of(Code::Down), key_of(Code::Right)]);
    check(b"\x1b[1;5D", &[held(Code::Left, true, false, false)]);
    check(
        b"\x1b[1;2A\x1b[3;3~",
        &[held(Code::Up, false, false, true), held(Code::Delete, false, true, false)],
    );
    check(b"\x1b[Z", &[key_of(Code::BackTab)]);
    check(b"\x1b[5~\x1b[6~", &[key_of(Code::PageUp), key_of(Code::PageDown)]);
    check(b"\x1bOP\x1b[[A\x1b[11~", &[1, 1, 1].map(|number| key_of(Code::Function(number))));
    check(b"\x1b[15~\x1b[17~\x1b[24~", &[5, 6, 12].map(|number| key_of(Code::Function(number))));
    check(b"\x1b[97;5u", &[Decoded::Key(Key::ctrl('a'))]);
    check(b"\x1b[I\x1b[O", &[Decoded::FocusGained, Decoded::FocusLost]);
    // What is no key is swallowed whole, and what follows is not.
    check(b"\x1b[?62;1;4cq", &[char_of('q')]);
    check(b"\xff\xc3(q", &[char_of('('), char_of('q')]);
    check(b"\x1b[200~pass\rword\x1b[201~q", &[paste_of("pass\rword"), char_of('q')]);
    check(b"\x1b[200~\x1b[20\x1b[201~", &[paste_of("\x1b[20")]);
    check(b"\x1b[200~\xff\x1b[201~", &[paste_of("\u{fffd}")]);
}

#[test]
fn a_paste_that_never_ends_is_given_up_and_the_keys_work_again() {
    let mut decoder = Decoder::default();
    assert!(decoder.feed(b"\x1b[200~half").is_empty());
    assert_eq!(decoder.unfinished(), Some(Unfinished::Paste));
    assert!(decoder.give_up() == Some(paste_of("half")));
    assert!(decoder.feed(b"\x03") == [Decoded::Key(Key::ctrl('c'))]);
}

#[test]
fn a_paste_without_measure_is_refused_whole() {
    let mut decoder = Decoder::default();
    decoder.feed(b"\x1b[200~");
    for _ in 0..70 {
        assert!(decoder.feed(&[b'a'; 1024]).is_empty());
    }
    assert!(decoder.feed(b"\x1b[201~") == [Decoded::PasteTooLong]);
}

#[test]
fn only_the_beginning_of_a_key_waits_for_more() {
    let check = |bytes: &[u8], expected: Option<Unfinished>| {
        let mut decoder = Decoder::default();
        decoder.feed(bytes);
        assert_eq!(decoder.unfinished(), expected, "{bytes:?}");
    };
    check(b"a", None);
    check(b"\x1b", Some(Unfinished::Sequence));
    check(b"\x1b[1;", Some(Unfinished::Sequence));
    check(b"\xc3", Some(Unfinished::Sequence));
    check(b"\x1b[A", None);
}

proptest! {
    #[test]
    fn any_bytes_are_decoded_and_nothing_is_kept_for_ever(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut decoder = Decoder::default();
        decoder.feed(&bytes);
        decoder.give_up();
        prop_assert_eq!(decoder.unfinished(), None);
        prop_assert!(decoder.feed(b"q") == [char_of('q')]);
    }
}
