//! When the screen will next differ by itself: the only tick. An idle program writes nothing in between.

use std::time::Duration;

use crate::clock::Instant;
use crate::walkthrough::SigningIn;
use crate::walkthrough::step::{Phase, Reason, Step};

use super::{Model, Overlay};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

/// The next moment at which `view` would draw something else, or the walk has something due.
pub fn next_change(model: &Model) -> Option<Instant> {
    if model.walk.over {
        return None;
    }
    let now = model.now.at;
    let mut next: Vec<Instant> = Vec::new();
    next.extend(model.walk.due());
    if counts_seconds(model) {
        next.push(whole(now, SECOND));
    }
    next.push(next_minute(model));
    for shown in ages(model) {
        next.push(next_age(shown, now));
    }
    next.into_iter().filter(|at| *at > now).min().or_else(|| model.walk.due())
}

/// Elapsed seconds are shown only for work in progress and for countdowns.
pub fn counts_seconds(model: &Model) -> bool {
    let watching = model.walk.watch.as_ref().is_some_and(|watch| watch.verdict.is_none());
    model.walk.busy()
        || matches!(model.walk.signing_in, SigningIn::Waiting(_))
        || model.walk.on_clipboard_until().is_some()
        || (watching && model.walk.current >= Step::Services)
        || guard_until(model).is_some_and(|until| until > model.now.wall)
}

/// Until when the guard is shut, if it says so.
fn guard_until(model: &Model) -> Option<jiff::Timestamp> {
    match model.walk.phase(Step::Password) {
        Phase::Blocked(Reason::GuardNotBefore { until, .. }) => Some(*until),
        _ => None,
    }
}

fn whole(now: Instant, unit: Duration) -> Instant {
    let into = now.0.as_nanos().checked_rem(unit.as_nanos()).unwrap_or(0);
    let left = unit.as_nanos().saturating_sub(into);
    now.after(Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX)))
}

/// The clock in the frame changes with the wall's minute.
fn next_minute(model: &Model) -> Instant {
    let into = model.now.wall.as_millisecond().rem_euclid(60_000);
    let left = u64::try_from(60_000_i64.saturating_sub(into)).unwrap_or(60_000);
    model.now.at.after(Duration::from_millis(left))
}

/// Every moment whose age is on the screen.
fn ages(model: &Model) -> impl Iterator<Item = Instant> {
    let walk = &model.walk;
    let portal = walk.portal.read_at.map(|now| now.at);
    let stations = walk.stations.iter().filter_map(|station| station.at.map(|now| now.at));
    let held = walk.acceptance.as_ref().map(|held| held.at.at);
    let listed = matches!(model.overlay, Some(Overlay::Sources(_)));
    let sources = walk.sources.values().filter(move |_| listed).map(|view| &view.state);
    let sources = sources.flat_map(|state| [Some(state.since), state.active]).flatten().map(|now| now.at);
    portal.into_iter().chain(stations).chain(held).chain(sources)
}

/// `now`, `<1 min`, whole minutes, whole hours.
fn next_age(of: Instant, now: Instant) -> Instant {
    let age = now.since(of);
    let step = if age < Duration::from_secs(15) {
        Duration::from_secs(15)
    } else if age < MINUTE {
        MINUTE
    } else {
        let unit = if age < MINUTE.saturating_mul(60) { MINUTE } else { MINUTE.saturating_mul(60) };
        let whole = age.as_secs().checked_div(unit.as_secs()).unwrap_or(0).saturating_add(1);
        unit.saturating_mul(u32::try_from(whole).unwrap_or(u32::MAX))
    };
    of.after(step)
}
