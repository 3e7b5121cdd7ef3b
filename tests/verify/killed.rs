//! Ended without warning at every step: no password ever reaches a controller whose attempt is not on disk.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process};

use super::place::{Place, RIGHT};
use super::proxy::{Moment, Proxy};

/// Ends a program once so many moments have gone by; waits for the program to be known.
#[derive(Default)]
struct Killer {
    program: (Mutex<Option<Pid>>, Condvar),
    gone_by: AtomicUsize,
    at: AtomicUsize,
}

impl Killer {
    fn moment(&self, _: Moment) {
        let known = self.program.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.program.1.wait_while(known, |program| program.is_none());
        let program = *known.unwrap_or_else(PoisonError::into_inner);
        if self.gone_by.fetch_add(1, Ordering::AcqRel) == self.at.load(Ordering::Acquire)
            && let Some(program) = program
        {
            // One that has just ended by itself can't be ended again.
            let _ = kill_process(program, Signal::KILL);
        }
    }

    fn next(&self, at: usize) {
        *self.program.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.gone_by.store(0, Ordering::Release);
        self.at.store(at, Ordering::Release);
    }

    fn meet(&self, program: u32) {
        let pid = i32::try_from(program).ok().and_then(Pid::from_raw);
        *self.program.0.lock().unwrap_or_else(PoisonError::into_inner) = pid;
        self.program.1.notify_all();
    }
}

/// One run that is ended at its `at`th moment: its code, and how many attempts the lab saw and the ledger holds.
fn run(place: &Place, killer: &Arc<Killer>, at: usize) -> (Option<i32>, usize, usize) {
    use std::io::Write as _;
    let _ = std::fs::remove_dir_all(place.path("state"));
    killer.next(at);
    let mut proxies = Vec::new();
    place.write_site("", |address| {
        let killer = Arc::clone(killer);
        let proxy = Proxy::start(address, Arc::new(move |moment| killer.moment(moment))).expect("a proxy");
        let address = proxy.address;
        proxies.push(proxy);
        address
    });
    let before = place.outcomes().len();
    let site = place.path("site.toml");
    let mut child =
        place.command(&["--password-stdin", "--site", &site.to_string_lossy()]).spawn().expect("the program");
    killer.meet(child.id());
    let _ = writeln!(child.stdin.take().expect("its input"), "{RIGHT}");
    let output = child.wait_with_output().expect("its end");
    proxies.into_iter().for_each(Proxy::finish);
    (output.status.code(), place.outcomes().len() - before, place.reserved())
}

#[test]
fn no_attempt_is_made_that_is_not_on_disk_wherever_it_is_killed() {
    let place = Place::with(|directory| {
        (directory.controllers, directory.read_only) = (1, 0);
    });
    let killer = Arc::new(Killer::default());
    let (mut killed_reserved, mut killed_seen) = (0, 0);
    for at in 0..200 {
        let (code, seen, reserved) = run(&place, &killer, at);
        assert!(seen <= reserved, "killed at {at}: {seen} attempts were seen, and {reserved} are on disk");
        if code.is_some() {
            // It got through: every moment has been tried.
            assert_eq!((code, seen, reserved), (Some(0), 2, 2), "at {at}");
            assert!(at > 8, "only {at} moments were seen");
            assert!(killed_reserved > 0 && killed_seen > 0, "no kill fell between a reservation and its end");
            return place.close();
        }
        killed_reserved += usize::from(reserved > 0 && seen < reserved);
        killed_seen += usize::from(seen > 0);
    }
    panic!("it never came to an end");
}
