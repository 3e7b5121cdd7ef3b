//! Interrupted while a bind is out: it is awaited and recorded, or stands as begun, and counts.

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process};

use super::place::{Place, RIGHT};
use super::proxy::{Moment, Proxy};

/// Holds back whatever the lab says once it has seen an attempt, until it is let go.
struct Held {
    arrived: Receiver<()>,
    go: SyncSender<()>,
    proxies: Vec<Proxy>,
}

fn hold(place: &Arc<Place>) -> Held {
    let (arrive, arrived) = sync_channel(16);
    let (go, wait) = sync_channel::<()>(16);
    let wait = Arc::new(Mutex::new(wait));
    let mut proxies = Vec::new();
    place.write_site("", |address| {
        let (place, arrive, wait) = (Arc::clone(place), arrive.clone(), Arc::clone(&wait));
        let told = move |moment| {
            if moment == Moment::Answered && !place.outcomes().is_empty() {
                let _ = arrive.try_send(());
                // Let go for good when nobody holds the other end any more.
                let _ = wait.lock().unwrap_or_else(PoisonError::into_inner).recv();
            }
        };
        let proxy = Proxy::start(address, Arc::new(told)).expect("a proxy");
        let address = proxy.address;
        proxies.push(proxy);
        address
    });
    Held { arrived, go, proxies }
}

fn begin(place: &Place) -> Child {
    use std::io::Write as _;
    let site = place.path("site.toml");
    let mut child = place
        .command(&["--json", "--password-stdin", "--site", &site.to_string_lossy()])
        .spawn()
        .expect("the program");
    let _ = writeln!(child.stdin.take().expect("its input"), "{RIGHT}");
    child
}

fn send(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("its id");
    kill_process(pid, signal).expect("a signal");
}

/// Waits until it says that it is leaving.
fn heard(child: &mut Child) {
    let out = child.stdout.as_mut().expect("its output");
    let said = BufReader::new(out).lines().map_while(Result::ok).any(|line| line.contains("Leaving"));
    assert!(said, "it never said that it is leaving");
}

fn facts(place: &Place, fact: &str) -> usize {
    place.records().iter().filter(|line| line["body"]["fact"] == fact).count()
}

fn settled(place: &Place) -> usize {
    place.ledger().iter().filter(|line| line.get("settled").is_some()).count()
}

#[test]
fn what_was_sent_is_awaited_and_recorded() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let place = Arc::new(Place::open());
        let held = hold(&place);
        let mut child = begin(&place);
        held.arrived.recv().expect("an attempt");
        send(&child, signal);
        heard(&mut child);
        drop(held.go);
        let status = child.wait().expect("its end");
        held.proxies.into_iter().for_each(Proxy::finish);
        assert_eq!(status.code(), Some(code), "{signal:?}");
        assert_eq!(facts(&place, "attempting"), facts(&place, "attempted"), "{:?}", place.records());
        assert_eq!(facts(&place, "left"), 1);
        assert_eq!((place.reserved(), settled(&place)), (1, 1), "{:?}", place.ledger());
        assert_eq!(place.outcomes(), ["accepted"]);
        close(place);
    }
}

#[test]
fn what_is_not_awaited_stands_as_begun_and_counts() {
    for (signals, code) in [(&[Signal::HUP][..], 129), (&[Signal::INT, Signal::TERM], 143)] {
        let place = Arc::new(Place::open());
        let held = hold(&place);
        let mut child = begin(&place);
        held.arrived.recv().expect("an attempt");
        for (number, signal) in signals.iter().enumerate() {
            if number > 0 {
                heard(&mut child);
            }
            send(&child, *signal);
        }
        let status = child.wait().expect("its end");
        drop(held.go);
        held.proxies.into_iter().for_each(Proxy::finish);
        assert_eq!(status.code(), Some(code), "{signals:?}");
        assert_eq!((facts(&place, "attempting"), facts(&place, "attempted")), (1, 0), "{signals:?}");
        assert_eq!((place.reserved(), settled(&place)), (1, 0), "{:?}", place.ledger());
        place.write_site("", |address| address);
        assert_eq!(place.verify(RIGHT).verdict()["word"], "guard-shut", "{signals:?}");
        close(place);
    }
}

fn close(place: Arc<Place>) {
    if let Ok(place) = Arc::try_unwrap(place) {
        place.close();
    }
}
