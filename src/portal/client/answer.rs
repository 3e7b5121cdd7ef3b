//! What is common to all the portal's answers: which status means what, how long to wait, what time it is there.
//!
//! Pure. Deliberately absent: the JSON of sensors, entries and tokens.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, LOCATION, RETRY_AFTER};
use serde::Deserialize;
use url::Url;

use super::Answer;
use crate::portal::Fault;
use crate::text::Safe;

/// When 429 doesn't say how long.
const DEFAULT_PAUSE: Duration = Duration::from_secs(10);
/// A pause beyond this is no pause; by then somebody looks.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// Foreign text in one message.
const EXCERPT: usize = 300;

impl Answer {
    /// The body of a success that isn't a web page.
    pub fn json(&self) -> Result<&[u8], Fault> {
        if let Some(fault) = self.refusal() {
            return Err(fault);
        }
        let body = self.body.as_ref().map_err(Clone::clone)?;
        if self.is_page() {
            return Err(Fault::Garbled(
                "a web page instead of data; a proxy or a sign-in page may stand between".into(),
            ));
        }
        Ok(body)
    }

    /// What a status other than success means.
    pub fn refusal(&self) -> Option<Fault> {
        Some(match self.status {
            200..=299 => return None,
            300..=399 => Fault::Refused(self.status, self.redirect()),
            401 => Fault::Unauthorized,
            403 => Fault::Forbidden(self.message()),
            404 => Fault::NotFound,
            // A proxy's answer says nothing about the portal.
            407 => Fault::Refused(407, "a proxy on the way wants a sign-in of its own".into()),
            429 => Fault::Throttled(self.pause().unwrap_or(DEFAULT_PAUSE)),
            503 => self.pause().map_or(Fault::Server(503), Fault::Throttled),
            500..=599 => Fault::Server(self.status),
            status => Fault::Refused(status, self.message()),
        })
    }

    pub fn is_page(&self) -> bool {
        let kind = text(&self.headers, CONTENT_TYPE.as_str()).unwrap_or_default();
        let first = self.body.as_ref().ok().and_then(|body| body.trim_ascii_start().first());
        kind.trim_start().to_ascii_lowercase().starts_with("text/html") || first == Some(&b'<')
    }

    /// The answer's own `Date`.
    pub fn date(&self) -> Option<Timestamp> {
        text(&self.headers, DATE.as_str()).and_then(http_date)
    }

    pub fn header(&self, name: &str) -> Option<Safe> {
        text(&self.headers, name).map(Safe::new)
    }

    /// `Retry-After`, if it was sent and can be read.
    fn pause(&self) -> Option<Duration> {
        pause(text(&self.headers, RETRY_AFTER.as_str())?, self.date().unwrap_or(self.received))
    }

    fn redirect(&self) -> Safe {
        let target = text(&self.headers, LOCATION.as_str()).unwrap_or_default();
        // Without its path and query: a sign-in address may carry more than belongs on a screen.
        let target = Url::parse(target).map_or_else(|_| "another page".into(), |url| super::origin(&url));
        format!("it points to {target}, which was not followed").into()
    }

    fn message(&self) -> Safe {
        let body = self.body.as_ref().map(|body| body.as_slice()).unwrap_or_default();
        match serde_json::from_slice::<ErrorBody>(body) {
            Ok(ErrorBody { error: Told { code, message } }) => {
                let told = [code, message].into_iter().flatten().collect::<Vec<_>>().join(": ");
                excerpt(&told)
            }
            Err(_) => "no reason given".into(),
        }
    }
}

/// Graph's way to say what is wrong.
#[derive(Deserialize)]
struct ErrorBody {
    error: Told,
}

#[derive(Deserialize)]
struct Told {
    code: Option<String>,
    message: Option<String>,
}

/// `Retry-After`: seconds, or the time by the server's clock.
fn pause(asked: &str, now: Timestamp) -> Option<Duration> {
    let asked = asked.trim();
    let pause = match asked.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => Duration::try_from(http_date(asked)?.duration_since(now)).unwrap_or_default(),
    };
    Some(pause.min(LONGEST_PAUSE))
}

fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The beginning of a foreign text, safe to show.
pub fn excerpt(foreign: &str) -> Safe {
    match foreign.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", foreign.get(..end).unwrap_or_default()).into(),
        None => Safe::new(foreign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_its_forms() {
        let now = "1994-11-06T08:49:00Z".parse().unwrap();
        let check = |asked: &str, seconds: Option<u64>| {
            assert_eq!(pause(asked, now), seconds.map(Duration::from_secs), "{asked}");
        };
        check("7", Some(7));
        check(" 120 ", Some(120));
        check("0", Some(0));
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(37));
        check("Sun, 06 Nov 1994 08:00:00 GMT", Some(0));
        check("999999999", Some(3600));
        check("soon", None);
        check("-1", None);
        check("", None);
    }

    #[test]
    fn an_excerpt_ends_at_a_character_and_is_safe() {
        assert_eq!(&*excerpt("ok\u{1b}"), "ok\u{241b}");
        let long = excerpt(&"ü".repeat(1000));
        assert_eq!(long.chars().count(), EXCERPT + 1);
    }
}
