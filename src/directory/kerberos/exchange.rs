//! One question and one answer over TCP: four bytes of length before each (RFC 4120 §7.2.2).
//!
//! Relies on the clock for patience. A connection for each question, since controllers may close after the first.
//! Deliberately absent: UDP, whose answers don't fit, and what is said.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Client;
use crate::directory::ldap::fault::of_io;
use crate::directory::{Controller, Fault};

/// A reply holds two tickets' worth of an account's groups; the largest that Windows makes is 65,535 bytes.
const LONGEST: u32 = 128 * 1024;

impl Client {
    pub(super) async fn exchange(&self, controller: &Controller, question: &[u8]) -> Result<Vec<u8>, Fault> {
        let address = controller.kerberos.ok_or(Fault::NoRoute)?;
        let stream = self.clock.timeout(self.patience.connect, connect(address)).await;
        let stream = stream.map_err(|_| Fault::TimedOut)??;
        let answer = self.clock.timeout(self.patience.answer, ask(stream, question)).await;
        answer.map_err(|_| Fault::TimedOut)?
    }
}

async fn connect(address: SocketAddr) -> Result<TcpStream, Fault> {
    let stream = TcpStream::connect(address).await.map_err(|error| of_io(&error))?;
    stream.set_nodelay(true).map_err(|error| of_io(&error))?;
    Ok(stream)
}

async fn ask(mut stream: TcpStream, question: &[u8]) -> Result<Vec<u8>, Fault> {
    let length =
        u32::try_from(question.len()).map_err(|_| Fault::Internal("the question is too long".into()))?;
    let framed = [&length.to_be_bytes(), question].concat();
    stream.write_all(&framed).await.map_err(|error| of_io(&error))?;
    let length = stream.read_u32().await.map_err(|error| of_io(&error))?;
    if length > LONGEST {
        return Err(Fault::Garbled("it is longer than Kerberos answers are".into()));
    }
    let mut answer = Vec::new();
    let read = stream.take(length.into()).read_to_end(&mut answer).await.map_err(|error| of_io(&error))?;
    if u32::try_from(read) != Ok(length) {
        return Err(Fault::ConnectionClosed);
    }
    Ok(answer)
}
