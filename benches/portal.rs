//! What two thousand sensors cost over the network: the built program signs in, fetches them in pages of a hundred over TLS,
//! reads, sorts and prints them.
//!
//! Relies on the lab in this process, whose own work is not counted, and on Linux's /proc for the program's. Prints the
//! processor time of one run, start to end, and ends with 1 when that is more than it may be. Deliberately absent: drawing
//! the table on a screen, which `pure.rs` has.

#![expect(dead_code, reason = "of what the tests have only the quiet part is needed")]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench may end where it stands"
)]
#![expect(clippy::print_stdout, reason = "a bench may end where it stands")]

#[path = "../tests/support/place.rs"]
mod place;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::ExitCode;
use std::time::Duration;

use place::Place;

const RUNS: u32 = 20;
const MOST: Duration = Duration::from_millis(150);

fn main() -> ExitCode {
    let place = Place::of("large-fleet");
    let at = &place.addresses;
    let cloud = format!(
        "tenant = \"{}\"\nclient_id = \"{}\"\nlogin_address = \"{}\"\ngraph_address = \"{}\"\n\
         client_secret_file = \"./client-secret\"\n",
        at.tenant, at.client_id, at.login_url, at.graph_url
    );
    place.write(&place.file("").replace("graph = false\n", &cloud));
    let secret = place.path("client-secret");
    fs::write(&secret, "Lab-Client-Secret-2026").expect("the secret's file");
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).expect("its mode");
    let roots = place.path("ca.pem");
    let environment = [("SSL_CERT_FILE", roots.to_str().expect("a path in UTF-8"))];
    let before = childrens_time();
    for _ in 0..RUNS {
        let said = place.run_with(&["sensors"], "", &environment);
        assert!(said.out.contains("2000 sensors: "), "{}{}", said.out, said.complaint);
    }
    let took = childrens_time().saturating_sub(before) / RUNS;
    println!(
        "2000 sensors signed in for, fetched, read, sorted and printed: {took:?} of processor time (at most {MOST:?})"
    );
    place.close();
    if took <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Processor time of the children that this process has waited for, in the hundredths of a second that Linux tells.
fn childrens_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("what the kernel tells");
    // The name may hold anything, up to the last bracket; after it, these times are the 14th and 15th.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks = rest.split_whitespace().skip(13).take(2).map(|ticks| ticks.parse::<u64>().expect("a number"));
    Duration::from_millis(ticks.sum::<u64>().saturating_mul(10))
}
