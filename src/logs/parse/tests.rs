//! Records from bytes, however they come.

use proptest::prelude::*;

use super::*;
use crate::logs::{Known, Level};

const SAMPLE: &str = "\
2024-04-15 21:28:12.4525 Error DirectoryServicesClient+<CreateLdapConnectionAsync>d__47 Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed [DomainControllerDnsName=DC.domain.local]\r
 ---> System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.\r
   at System.DirectoryServices.Protocols.LdapConnection.BindHelper()\r
2024-04-15 21:28:13.0000 Info  Grüße [a=1]\r
";

fn origin() -> Origin {
    Origin { source: SourceId(3), host: "dc1".into(), at: Position { file: 9, offset: 0 } }
}

fn parse(pieces: &[&[u8]]) -> Vec<Record> {
    let mut parser = Parser::new(origin(), Beginning::File);
    let mut records = Vec::new();
    for piece in pieces {
        parser.push(piece, &mut records);
    }
    parser.finish(&mut records);
    records
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn lines_fold_into_records_and_keep_their_place() {
    let records = parse(&[SAMPLE.as_bytes()]);
    assert_eq!(records.len(), 2);
    let first = &records[0];
    assert_eq!((first.source, first.host.as_str(), first.level), (SourceId(3), "dc1", Some(Level::Error)));
    assert_eq!(first.component.as_deref(), Some("DirectoryServicesClient"));
    assert_eq!(first.method.as_deref(), Some("CreateLdapConnectionAsync"));
    assert_eq!((first.more.len(), first.cut, first.is_refusal()), (2, 0, true));
    assert_eq!(first.at, Position { file: 9, offset: 0 });
    let second = SAMPLE.find("2024-04-15 21:28:13").unwrap() as u64;
    assert_eq!((records[1].at.offset, first.length), (second, second));
    assert_eq!(records[1].message.as_str(), "[a=1]");
}

#[test]
fn every_encoding_gives_the_same_records() {
    let text = |records: &[Record]| -> Vec<(Vec<Safe>, Option<Known>)> {
        records.iter().map(|record| (record.lines().cloned().collect(), record.known.clone())).collect()
    };
    let plain = text(&parse(&[SAMPLE.as_bytes()]));
    let marked = format!("\u{feff}{SAMPLE}");
    assert_eq!(text(&parse(&[marked.as_bytes()])), plain);
    assert_eq!(text(&parse(&[&utf16(&marked)])), plain);
    assert_eq!(text(&parse(&[&utf16(SAMPLE)])), plain);
}

#[test]
fn broken_bytes_and_nulls_are_shown_and_lose_nothing_else() {
    let records =
        parse(&[b"\0\0\x002024-04-15 21:28:13 Info A x\xff\x1b[31m\0y\n2024-04-15 21:28:14 Info A \xc3\n"]);
    let messages: Vec<&str> = records.iter().map(|record| record.message.as_str()).collect();
    assert_eq!(messages, ["x\u{fffd}␛[31m␀y", "\u{fffd}"]);
}

#[test]
fn a_line_of_any_length_is_cut_but_seen_to_its_end() {
    let long = "x".repeat(300_000);
    let line = format!(
        "2024-04-15 21:28:13 Error A {long} ---> LdapException: The supplied credential is invalid.\n"
    );
    let inside =
        format!("2024-04-15 21:28:14 Error A [Message={long} The supplied credential is invalid.]\n");
    for text in [format!("{line}{inside}").into_bytes(), utf16(&format!("{line}{inside}"))] {
        let records = parse(&[&text]);
        let refusals: Vec<bool> = records.iter().map(Record::is_refusal).collect();
        assert_eq!(refusals, [true, false]);
        assert!(records[0].message.len() <= LINE_KEPT && records[0].message.ends_with('…'));
        assert_eq!(records.iter().map(|record| record.length).sum::<u64>(), text.len() as u64);
    }
}

#[test]
fn a_record_of_very_many_lines_is_bounded_and_seen_to_its_end() {
    let frames = "   at System.Something()\n".repeat(5000);
    let text = format!(
        "2024-04-15 21:28:13 Error A x\n{frames}LdapException: The supplied credential is invalid.\n"
    );
    let records = parse(&[text.as_bytes()]);
    assert_eq!((records.len(), records[0].more.len(), records[0].cut), (1, LINES_KEPT, 4801));
    assert!(records[0].is_refusal());
}

#[test]
fn a_record_is_complete_when_the_next_begins_or_the_file_is_quiet() {
    let mut parser = Parser::new(origin(), Beginning::File);
    let mut records = Vec::new();
    parser.push(b"2024-04-15 21:28:13 Error A one\n   at X()\n", &mut records);
    assert!(records.is_empty());
    parser.push(b"   at half", &mut records);
    parser.flush(&mut records);
    assert!(records.is_empty(), "half a line may be its last");
    parser.push(b"()\n2024-04-15 21:28:14 Error A tw", &mut records);
    parser.flush(&mut records);
    assert_eq!(records.len(), 1, "half a line is not a record yet, but ends the one above");
    parser.push(b"o\n", &mut records);
    parser.flush(&mut records);
    assert_eq!(records[1].message.as_str(), "two");
    parser.push(b"   at Late()\n", &mut records);
    parser.flush(&mut records);
    assert_eq!((records[2].time, records[2].message.as_str()), (None, "   at Late()"));
}

#[test]
fn from_the_middle_of_a_file_the_cut_line_is_passed_over() {
    for (bytes, encoding) in [(SAMPLE.as_bytes().to_vec(), Encoding::Utf8), (utf16(SAMPLE), Encoding::Utf16)]
    {
        let mut origin = origin();
        origin.at.offset = 40;
        let mut parser = Parser::new(origin, Beginning::Middle(encoding));
        let mut records = Vec::new();
        parser.push(&bytes[40..], &mut records);
        parser.finish(&mut records);
        assert_eq!((records.len(), records[0].time, records[0].is_refusal()), (2, None, true));
        let end = records[1].at.offset + records[1].length;
        assert_eq!(end, bytes.len() as u64);
    }
}

#[test]
fn a_value_that_goes_on_below_its_record_s_first_line_is_still_a_value() {
    let open = "2024-04-15 21:28:13 Info A x\n2024-04-15 21:28:13 Info A [Message=first\n";
    let check = |below: &str, refused: bool| {
        let records = parse(&[format!("{open}{below}\n").as_bytes()]);
        assert_eq!(records.last().unwrap().is_refusal(), refused, "{below}");
    };
    check("The supplied credential is invalid.]", false);
    check("and so on] The supplied credential is invalid.", true);
    check(" ---> LdapException: The supplied credential is invalid.", true);
    check("2024-04-15 21:28:14 Error A The supplied credential is invalid.", true);
    // A date alone, with whatever ends its line, begins a record as well.
    check("2024-04-15 21:28:14\r\nThe supplied credential is invalid.", true);
}

#[test]
fn a_record_judged_alone_is_judged_as_the_parser_does() {
    let codes: String = (100..300).map(|code| format!(" ErrorCode={code}\n")).collect();
    for text in [
        SAMPLE.to_owned(),
        format!("2024-04-15 21:28:13 Error A x\n{codes}LdapException ErrorCode=49\n"),
        format!("2024-04-15 21:28:13 Error A x\n{codes}LdapException ErrorCode=490\n"),
    ] {
        for (bytes, encoding) in
            [(text.clone().into_bytes(), Encoding::Utf8), (utf16(&text), Encoding::Utf16)]
        {
            let first = parse(&[&bytes]).remove(0);
            let end = usize::try_from(first.length).unwrap();
            assert_eq!(is_refusal(encoding, &bytes[..end]), first.is_refusal(), "{text}");
        }
    }
}

#[test]
fn what_must_not_be_seen_is_nowhere_in_a_record() {
    let text = "2024-04-15 21:28:13 Info Updater [EncryptedBytes=AQAAANCMnd8BFdERjHoA\r\nwE/Cl+sBAAAAjHoAwE== A=b]\r\n";
    let records = parse(&[text.as_bytes()]);
    let all = format!("{records:?}");
    assert!(!all.contains("AQAAANCM") && !all.contains("wE/Cl") && all.contains("A=b"), "{all}");
}

fn texts() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("2024-04-15 21:28:12.4525 Error A failed [DomainControllerDnsName=dc1 ErrorCode=49]".to_owned()),
        Just("2024-04-15 21:28:12 Info ImpersonationManager CreateImpersonatorAsync finished [UserName=a Domain=b IsSuccess=True]".to_owned()),
        Just(" ---> LdapException: The supplied credential is invalid.".to_owned()),
        Just("   at System.X()".to_owned()),
        Just("2024-04-15 21:28:12 Info A [Message=open".to_owned()),
        Just("2024-04-15 21:28:12 Info A [EncryptedBytes=AQAAANCMnd8BFdERjHoA".to_owned()),
        any::<String>(),
    ];
    (proptest::collection::vec(line, 0..8), prop_oneof![Just("\n"), Just("\r\n")], any::<bool>())
        .prop_map(|(lines, end, last)| lines.join(end) + if last { end } else { "" })
}

fn check_splits(bytes: &[u8], cuts: &[prop::sample::Index]) -> Result<(), TestCaseError> {
    let whole = parse(&[bytes]);
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.sort_unstable();
    let mut pieces = Vec::new();
    let mut from = 0;
    for to in places {
        pieces.push(&bytes[from..to]);
        from = to;
    }
    pieces.push(&bytes[from..]);
    prop_assert_eq!(&parse(&pieces), &whole);
    let mut end = 0;
    for record in &whole {
        prop_assert_eq!(record.at.offset, end, "records lie end to end");
        end += record.length;
    }
    prop_assert_eq!(end, bytes.len() as u64, "and are the whole file");
    Ok(())
}

proptest! {
    #[test]
    fn any_split_into_reads_gives_the_same_records(
        text in texts(), wide in any::<bool>(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        check_splits(&if wide { utf16(&text) } else { text.into_bytes() }, &cuts)?;
    }

    #[test]
    fn any_bytes_at_all_can_be_read(
        bytes in any::<Vec<u8>>(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        check_splits(&bytes, &cuts)?;
    }
}
