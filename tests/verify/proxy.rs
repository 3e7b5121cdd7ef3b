//! Between the program and the lab: passes bytes on, and tells of each piece before it does, so that a test can hold it
//! back or end the program at exactly that moment.
//!
//! Relies on threads that end with their connections. Deliberately absent: any knowledge of what the bytes say.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Where a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// From the program, and not passed on yet.
    Asked,
    /// From the program, and passed on.
    PassedOn,
    /// From the lab, and not passed on yet.
    Answered,
}

type Told = Arc<dyn Fn(Moment) + Send + Sync>;
type Threads = Arc<Mutex<Vec<JoinHandle<()>>>>;

pub struct Proxy {
    pub address: SocketAddr,
    ending: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
    threads: Threads,
}

impl Proxy {
    pub fn start(to: SocketAddr, told: Told) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let (ending, threads) = (Arc::new(AtomicBool::new(false)), Threads::default());
        let (ends, begun) = (Arc::clone(&ending), Arc::clone(&threads));
        let accepting = thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if ends.load(Ordering::Acquire) {
                    return;
                }
                if let Ok(server) = TcpStream::connect(to) {
                    let pair = pass(&client, &server, &told).unwrap_or_default();
                    begun.lock().unwrap_or_else(PoisonError::into_inner).extend(pair);
                }
            }
        });
        Ok(Self { address, ending, accepting: Some(accepting), threads })
    }

    /// Waits until every connection has ended: whatever was passed on has been taken in.
    pub fn finish(mut self) {
        self.ending.store(true, Ordering::Release);
        // Wakes whoever waits for the next connection.
        let _ = TcpStream::connect(self.address);
        let accepting = self.accepting.take().map(JoinHandle::join);
        assert!(accepting.is_none_or(|ended| ended.is_ok()), "the proxy failed");
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            assert!(thread.join().is_ok(), "a connection of the proxy failed");
        }
    }
}

fn pass(client: &TcpStream, server: &TcpStream, told: &Told) -> io::Result<Vec<JoinHandle<()>>> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (asks, answers) =
        ((client.try_clone()?, server.try_clone()?), (server.try_clone()?, client.try_clone()?));
    let (asked, answered) = (Arc::clone(told), Arc::clone(told));
    let there = thread::spawn(move || {
        copy(asks.0, asks.1, |moment| asked(if moment { Moment::Asked } else { Moment::PassedOn }));
    });
    let back = thread::spawn(move || {
        copy(answers.0, answers.1, |before| {
            if before {
                answered(Moment::Answered);
            }
        });
    });
    Ok(vec![there, back])
}

/// Tells before each piece (`true`) and after it (`false`).
fn copy(mut from: TcpStream, mut to: TcpStream, told: impl Fn(bool)) {
    let mut piece = [0_u8; 16 * 1024];
    loop {
        // A connection that was reset has ended like any other.
        let count = from.read(&mut piece).unwrap_or(0);
        if count == 0 {
            break;
        }
        told(true);
        if to.write_all(&piece[..count]).is_err() {
            break;
        }
        told(false);
    }
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}
