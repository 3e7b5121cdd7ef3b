//! Active Directory's ways of writing things: times, spans, SIDs, and names of domains.
//!
//! Sources: MS-DTYP (FILETIME, SID), RFC 4517 (generalized time), MS-ADTS (attributes of accounts and policies). Pure.
//! Deliberately absent: the attributes' meaning for an account (`facts`).

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Seconds from 1601, where FILETIME begins, to 1970.
const EPOCHS_APART: i64 = 11_644_473_600;
const TICKS_A_SECOND: i64 = 10_000_000;

/// A FILETIME in decimal: 100 ns ticks since 1601. 0 and the greatest number mean "never" or "not set".
pub(super) fn filetime(text: &str) -> Option<Timestamp> {
    let ticks: i64 = text.trim().parse().ok()?;
    if ticks <= 0 || ticks == i64::MAX {
        return None;
    }
    let second = ticks.div_euclid(TICKS_A_SECOND).checked_sub(EPOCHS_APART)?;
    let nanosecond = i32::try_from(ticks.rem_euclid(TICKS_A_SECOND)).ok()?.checked_mul(100)?;
    Timestamp::new(second, nanosecond).ok()
}

/// A span as policies write it: negative 100 ns ticks. The least number means for ever.
pub(super) fn span(text: &str) -> Option<Duration> {
    let ticks: i64 = text.trim().parse().ok()?;
    if ticks > 0 || ticks == i64::MIN {
        return None;
    }
    Some(Duration::from_nanos(ticks.unsigned_abs().saturating_mul(100)))
}

/// `20260102030405.0Z`, as `currentTime` has it: fraction optional, zone `Z` or an offset.
pub(super) fn generalized_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i8>().ok();
    let year: i16 = text.get(..4)?.parse().ok()?;
    let at = DateTime::new(
        year,
        number(4, 6)?,
        number(6, 8)?,
        number(8, 10)?,
        number(10, 12)?,
        number(12, 14)?,
        0,
    );
    let rest = text.get(14..)?;
    let rest = rest
        .strip_prefix(['.', ','])
        .map_or(rest, |fraction| fraction.trim_start_matches(|c: char| c.is_ascii_digit()));
    let ahead = match (rest, rest.get(..1)?) {
        ("Z", _) => SignedDuration::ZERO,
        (_, sign @ ("+" | "-")) => {
            let hours: i64 = rest.get(1..3)?.parse().ok()?;
            let minutes: i64 =
                rest.get(3..).filter(|text| !text.is_empty()).map_or(Some(0), |text| text.parse().ok())?;
            let ahead = SignedDuration::try_from_mins(hours.checked_mul(60)?.checked_add(minutes)?)?;
            if sign == "-" { -ahead } else { ahead }
        }
        _ => return None,
    };
    TimeZone::UTC.to_timestamp(at.ok()?).ok()?.checked_sub(ahead).ok()
}

/// A binary SID as `S-1-5-21-…`.
pub(super) fn sid(bytes: &[u8]) -> Option<String> {
    let (&[revision, count, authority @ ..], rest) = bytes.split_first_chunk::<8>()?;
    let (parts, odd) = rest.as_chunks::<4>();
    if parts.len() != usize::from(count) || !odd.is_empty() {
        return None;
    }
    let authority = authority.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    let start = format!("S-{revision}-{authority}");
    Some(parts.iter().fold(start, |sid, part| format!("{sid}-{}", u32::from_le_bytes(*part))))
}

/// The domain that a naming context stands for: `DC=contoso,DC=test` is `contoso.test`.
pub(super) fn domain_of(naming_context: &str) -> Option<String> {
    let label = |part: &str| {
        let (kind, label) = part.split_once('=')?;
        (kind.trim().eq_ignore_ascii_case("dc") && !label.trim().is_empty())
            .then(|| label.trim().to_lowercase())
    };
    let labels: Option<Vec<_>> = naming_context.split(',').map(label).collect();
    labels.map(|labels| labels.join("."))
}

pub(super) fn same_domain(naming_context: &str, domain: &str) -> bool {
    domain_of(naming_context).is_some_and(|own| own == domain.trim_end_matches('.').to_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> Option<Timestamp> {
        text.parse().ok()
    }

    #[test]
    fn a_filetime_is_read_and_its_ways_of_saying_never_are_known() {
        let check = |text: &str, expected: Option<Timestamp>| assert_eq!(filetime(text), expected, "{text}");
        check("133497846000000000", time("2024-01-15T09:30:00Z"));
        check("116444736000000000", time("1970-01-01T00:00:00Z"));
        check("116444736000000001", time("1970-01-01T00:00:00.0000001Z"));
        check("1", time("1601-01-01T00:00:00.0000001Z"));
        check("0", None);
        check("-1", None);
        check("9223372036854775807", None);
        check("9223372036854775806", None);
        check("99999999999999999999", None);
        check("", None);
        check("soon", None);
    }

    #[test]
    fn a_span_is_negative_ticks() {
        let check = |text: &str, expected: Option<Duration>| assert_eq!(span(text), expected, "{text}");
        check("-18000000000", Some(Duration::from_mins(30)));
        check("0", Some(Duration::ZERO));
        check("-9223372036854775808", None);
        check("18000000000", None);
        check("x", None);
    }

    #[test]
    fn a_generalized_time_is_read_with_or_without_fraction_and_offset() {
        let check =
            |text: &str, expected: Option<Timestamp>| assert_eq!(generalized_time(text), expected, "{text}");
        check("20260102030405.0Z", time("2026-01-02T03:04:05Z"));
        check("20260102030405Z", time("2026-01-02T03:04:05Z"));
        check("20260102030405.123456Z", time("2026-01-02T03:04:05Z"));
        check("20260102030405.0+0130", time("2026-01-02T01:34:05Z"));
        check("20260102030405-01", time("2026-01-02T04:04:05Z"));
        check("20261302030405.0Z", None);
        check("20260102030405.0", None);
        check("20260102030405+01900000000000000000", None);
        check("20260102030405-019223372036854775807", None);
        check("2026", None);
        check("é0260102030405.0Z", None);
        check("", None);
    }

    #[test]
    fn a_sid_is_written_as_people_write_it() {
        let check =
            |bytes: &[u8], expected: Option<&str>| assert_eq!(sid(bytes).as_deref(), expected, "{bytes:?}");
        check(&[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0], Some("S-1-5-18"));
        check(
            &[1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 3, 4, 255, 255, 255, 255, 0, 0, 0, 0, 80, 4, 0, 0],
            Some("S-1-5-21-67305985-4294967295-0-1104"),
        );
        check(&[1, 2, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0], None);
        check(&[1, 0, 0, 0, 0, 0, 0, 5, 18], None);
        check(&[1], None);
    }

    #[test]
    fn a_naming_context_tells_its_domain() {
        let check = |context: &str, domain: Option<&str>| assert_eq!(domain_of(context).as_deref(), domain);
        check("DC=contoso,DC=test", Some("contoso.test"));
        check("dc=EMEA, dc=Contoso,dc=test", Some("emea.contoso.test"));
        check("CN=Configuration,DC=contoso,DC=test", None);
        check("", None);
        assert!(same_domain("DC=contoso,DC=test", "Contoso.Test."));
        assert!(!same_domain("DC=contoso,DC=test", "emea.contoso.test"));
        assert!(!same_domain("DC=emea,DC=contoso,DC=test", "contoso.test"));
    }

    proptest! {
        #[test]
        fn nothing_breaks_the_decoding(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            let _ = (filetime(&text), span(&text), generalized_time(&text), sid(&bytes), domain_of(&text));
        }

        #[test]
        fn digits_never_break_the_decoding(text in "[0-9]{0,22}[.Z+-]{0,2}[0-9]{0,5}") {
            let _ = (filetime(&text), span(&text), generalized_time(&text));
        }
    }
}
