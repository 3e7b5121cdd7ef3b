//! TCP to a controller: at every address of its name, until one answers.
//!
//! Relies on RFC 8305's way of it: the next address is tried while the last is still silent, and at once when it
//! refused; all within the time for one connection. Deliberately absent: TLS.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::net::TcpStream as Connecting;

use super::{Client, fault};
use crate::directory::{Controller, Fault};

/// What an address has over the next one.
const HEAD_START: Duration = Duration::from_millis(250);

impl Client {
    /// Whichever address answers first. `address` is tried first, then the name's others at the same port.
    pub(super) async fn tcp(&self, to: &Controller, address: SocketAddr) -> Result<TcpStream, Fault> {
        let others = to.also.iter().map(|other| SocketAddr::new(*other, address.port()));
        let all: Vec<SocketAddr> = std::iter::once(address).chain(others).collect();
        let connected = self.clock.timeout(self.patience.connect, self.first_to_answer(all)).await;
        let stream = connected.map_err(|_| Fault::TimedOut)??;
        // A bind is two small packets; waiting to fill one costs 40 ms.
        stream.set_nodelay(true).and_then(|()| stream.into_std()).map_err(|error| fault::of_io(&error))
    }

    async fn first_to_answer(&self, addresses: Vec<SocketAddr>) -> Result<Connecting, Fault> {
        let mut untried = addresses.into_iter().peekable();
        let mut under_way = FuturesUnordered::new();
        let mut failed = None;
        loop {
            under_way.extend(untried.next().map(Connecting::connect));
            tokio::select! {
                biased;
                connected = under_way.next() => match connected {
                    Some(Ok(stream)) => return Ok(stream),
                    Some(Err(error)) => failed = failed.or_else(|| Some(fault::of_io(&error))),
                    None => return Err(failed.unwrap_or(Fault::NoRoute)),
                },
                () = self.clock.sleep(HEAD_START), if untried.peek().is_some() => {}
            }
        }
    }
}
