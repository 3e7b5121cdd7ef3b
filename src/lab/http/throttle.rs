//! Graph that asks to wait: so many pages are answered, then none until the time is over.
//!
//! Relies on the scenario for how often and how long. Counts who did not wait. Deliberately absent: the sign-in and the
//! workspace's own interface, which have bounds of their own.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::tz::TimeZone;

use super::{Portal, refused};
use crate::clock::Instant;
use crate::lab::scenario::{Throttling, WaitForm};

/// Where it stands.
#[derive(Debug, Default)]
pub struct Throttled {
    /// Since the last time that it asked to wait.
    answered: u32,
    now: Option<(Throttling, Instant)>,
}

/// A request for a page of Graph: `None` if it is to be answered.
pub fn asks_to_wait(portal: &Portal) -> Option<Response> {
    let now = portal.shared.clock.now().at;
    let mut throttled = portal.throttled();
    if let Some((throttling, until)) = throttled.now.clone() {
        if now < until {
            portal.shared.impatient.fetch_add(1, Ordering::Relaxed);
            return Some(wait(portal, &throttling, until.since(now)));
        }
        throttled.now = None;
        throttled.answered = 0;
    }
    let mut world = portal.shared.world();
    let due =
        world.scenario.portal.throttled.first().is_some_and(|next| throttled.answered >= next.after_pages);
    if !due {
        throttled.answered = throttled.answered.saturating_add(1);
        return None;
    }
    let throttling = world.scenario.portal.throttled.remove(0);
    drop(world);
    let length = Duration::from_secs(throttling.seconds.into());
    throttled.now = Some((throttling.clone(), now.after(length)));
    Some(wait(portal, &throttling, length))
}

fn wait(portal: &Portal, throttling: &Throttling, left: Duration) -> Response {
    let status =
        if throttling.unavailable { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::TOO_MANY_REQUESTS };
    let mut response = refused(portal, status, "TooManyRequests", "Too many requests; try again later.");
    // Whole seconds, never fewer than are left.
    let seconds = left.as_secs().saturating_add(u64::from(left.subsec_nanos() > 0));
    let value = match throttling.form {
        WaitForm::Seconds => Some(HeaderValue::from(seconds)),
        WaitForm::Date => {
            let until = portal.shared.clock.now().wall.checked_add(Duration::from_secs(seconds)).ok();
            let text =
                until.map(|at| at.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
            text.and_then(|text| HeaderValue::from_str(&text).ok())
        }
    };
    if let Some(value) = value {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}
