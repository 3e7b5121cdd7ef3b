//! Reading again and again: as often as the site says, more slowly while the portal fails or asks for it, never two at
//! once.
//!
//! Relies on the clock. Deliberately absent: what a reading says.

use std::io;

use crate::portal::{Fault, pace};
use crate::site::Site;

use super::NotRead;
use super::seat::Seat;
use super::telling::Telling;

/// Reads until that can't come to anything any more; says why.
pub(super) async fn watch<O: io::Write, A: io::Write>(
    seat: &mut Seat<'_>,
    site: &Site,
    telling: &mut Telling<O, A>,
) -> NotRead {
    let clock = seat.client.clock().clone();
    let mut failures: u32 = 0;
    loop {
        // From the beginning of a reading, so that its own length doesn't add up.
        let begun = clock.now().at;
        let (since, wait) = match seat.read(&site.graph).await {
            Ok(reading) => {
                failures = 0;
                telling.changed(&reading, clock.now().wall);
                (begun, site.poll)
            }
            Err(fault @ (Fault::Unauthorized | Fault::Foreign(_))) => return fault.into(),
            Err(fault) => {
                failures = failures.saturating_add(1);
                let wait = pace::wait(&fault, failures, site.poll, clock.now());
                telling.failed(&fault, wait, clock.now().wall);
                (clock.now().at, wait)
            }
        };
        if let Err(cut) = telling.whole() {
            return cut.into();
        }
        clock.sleep_until(since.after(wait)).await;
    }
}

#[cfg(test)]
mod tests;
