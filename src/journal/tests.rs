//! The record's form, held against truncation and changed bytes.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn record(bodies: &[serde_json::Value]) -> (Vec<u8>, Chain) {
    let mut bytes = Vec::new();
    let mut chain = Chain::default();
    for (at, body) in bodies.iter().enumerate() {
        let time = Timestamp::from_second(1_700_000_000 + i64::try_from(at).unwrap()).unwrap();
        let line = append(&chain, time, body).unwrap();
        chain = chain.advance(&line);
        bytes.extend_from_slice(line.text.as_bytes());
        bytes.push(b'\n');
    }
    (bytes, chain)
}

fn three() -> Vec<serde_json::Value> {
    vec![json!({"walk": "begun"}), json!({"note": "line\nbreak, \"h\":\"", "x": ",\"h\":\"0"}), json!(null)]
}

#[test]
fn a_line_has_the_documented_form_and_a_hash_anyone_can_check() {
    let (bytes, _) = record(&[json!({"a": 1}), json!({"b": 2})]);
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let start = r#"{"v":1,"n":1,"t":"2023-11-14T22:13:20Z","body":{"a":1}"#;
    assert!(lines[0].starts_with(start), "{}", lines[0]);
    let hash = |text: String| {
        Sha256::digest(text.as_bytes()).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
    };
    let h1 = hash(start.to_owned());
    assert_eq!(lines[0], format!(r#"{start},"h":"{h1}"}}"#));
    let second = r#"{"v":1,"n":2,"t":"2023-11-14T22:13:21Z","body":{"b":2}"#;
    assert_eq!(lines[1], format!(r#"{second},"h":"{}"}}"#, hash(format!("{h1}{second}"))));
}

#[test]
fn what_was_written_is_read_back() {
    let (bytes, chain) = record(&three());
    let back = read(&bytes);
    assert_eq!(back.consistency, Consistency::Consistent);
    assert_eq!((back.torn, back.chain, back.length), (None, chain, bytes.len() as u64));
    let bodies: Vec<serde_json::Value> =
        back.lines.iter().map(|line| serde_json::from_str(line.body.get()).unwrap()).collect();
    assert_eq!(bodies, three());
}

#[test]
fn an_empty_record_is_consistent_and_begins_at_one() {
    let back = read(b"");
    assert_eq!((back.consistency, back.torn, back.chain.count), (Consistency::Consistent, None, 0));
}

#[test]
fn every_kind_of_damage_is_told_apart_and_placed() {
    let (bytes, _) = record(&three());
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let check = |bytes: Vec<u8>, line: u64, damage: Damage| {
        assert_eq!(read(&bytes).consistency, Consistency::NotConsistent { line, damage });
    };
    check([lines[0], lines[2]].concat(), 2, Damage::SealDiffers);
    check([lines[1], lines[0], lines[2]].concat(), 1, Damage::SealDiffers);
    check([lines[0], b"\n", lines[1]].concat(), 2, Damage::NoSeal);
    check([lines[0], lines[0]].concat(), 2, Damage::SealDiffers);
    check([b"# my notes\n".as_slice(), lines[0]].concat(), 1, Damage::NoSeal);
    let sealed = |text: &str| format!(r#"{text},"h":"{}"}}{}"#, Seal::over(None, text.as_bytes()), "\n");
    check(sealed("hello").into(), 1, Damage::NotALine);
    check(
        sealed(r#"{"v":1,"n":7,"t":"2023-11-14T22:13:20Z","body":1"#).into(),
        1,
        Damage::Number { found: 7 },
    );
}

#[test]
fn a_later_programs_line_is_named_as_such_and_not_as_damage() {
    let text = r#"{"v":2,"n":1,"when":"x""#;
    let line = format!(r#"{text},"h":"{}"}}{}"#, Seal::over(None, text.as_bytes()), "\n");
    assert_eq!(read(line.as_bytes()).consistency, Consistency::Newer { line: 1, version: 2 });
}

#[test]
fn a_body_with_a_raw_line_break_is_not_written() {
    let body = RawValue::from_string("{\"a\":\n1}".to_owned()).unwrap();
    let refused = append(&Chain::default(), Timestamp::UNIX_EPOCH, &body);
    assert!(matches!(refused, Err(Unwritable::LineBreak)));
}

fn bodies() -> impl Strategy<Value = Vec<serde_json::Value>> {
    proptest::collection::vec(any::<String>().prop_map(|text| json!({ "note": text })), 1..6)
}

proptest! {
    #[test]
    fn any_truncation_gives_a_torn_line_or_fewer_lines(bodies in bodies(), cut in any::<prop::sample::Index>()) {
        let (bytes, _) = record(&bodies);
        let kept = &bytes[..cut.index(bytes.len())];
        let back = read(kept);
        prop_assert_eq!(back.consistency, Consistency::Consistent);
        prop_assert!(back.lines.len() < bodies.len());
        prop_assert_eq!(back.torn.is_some(), back.length < kept.len() as u64);
        prop_assert_eq!(back.length + back.torn.map_or(0, |torn| torn.bytes), kept.len() as u64);
    }

    #[test]
    fn any_changed_byte_shows(bodies in bodies(), at in any::<prop::sample::Index>(), by in 1u8..=255) {
        let (mut bytes, _) = record(&bodies);
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        let back = read(&bytes);
        if at + 1 == bytes.len() {
            prop_assert!(back.torn.is_some(), "without its line feed the last line is torn");
        } else {
            let shown = matches!(back.consistency, Consistency::NotConsistent { .. });
            prop_assert!(shown, "{:?}", back.consistency);
        }
    }

    #[test]
    fn anything_at_all_can_be_read(bytes in any::<Vec<u8>>()) {
        let back = read(&bytes);
        prop_assert!(back.length <= bytes.len() as u64);
    }
}
