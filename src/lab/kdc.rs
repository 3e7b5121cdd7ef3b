//! The controllers' key distribution centre: the AS exchange over TCP, on loopback.
//!
//! Relies on picky for ciphers and messages, so that it shares no code with the client, and on the world for every answer.
//! Deliberately absent: UDP, service tickets, RC4, and armoring itself, which is only asked for; what is granted is good
//! for nothing.

use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::Shared;
use super::scenario::KdcManner;
use super::world::directory::Arrival;
use super::world::kerberos::Refused;

mod message;

use message::{Request, Told};

/// More than any request needs.
const LONGEST: u32 = 16 * 1024;
/// `KDC_ERR_PREAUTH_REQUIRED`, `KDC_ERR_WRONG_REALM`, `KDC_ERR_ETYPE_NOSUPP`.
const PROVE_YOURSELF: u32 = 25;
const WRONG_REALM: u32 = 68;
const NO_COMMON_KEY: u32 = 14;

/// One controller's listener.
#[derive(Clone)]
pub struct Port {
    pub shared: Arc<Shared>,
    /// Counted from 0 in the directory's order.
    pub controller: usize,
}

/// Accepts until dropped.
pub async fn serve(port: Port, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // What fails at once, as without a free file descriptor, would fail at once again.
            port.shared.clock.sleep(super::BREATH).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let port = port.clone();
        connections.spawn(async move {
            // A connection that breaks is the client's affair.
            let _ = converse(&port, stream).await;
        });
    }
}

async fn converse(port: &Port, mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    loop {
        let length = stream.read_u32().await?;
        if length > LONGEST {
            return Ok(());
        }
        let mut request = Vec::new();
        (&mut stream).take(length.into()).read_to_end(&mut request).await?;
        // What is not an AS-REQ is not answered.
        let Some(answer) = Request::read(&request).and_then(|request| port.answer(&request)) else {
            return Ok(());
        };
        stream.write_u32(u32::try_from(answer.len()).unwrap_or(0)).await?;
        stream.write_all(&answer).await?;
    }
}

impl Port {
    fn answer(&self, request: &Request) -> Option<Vec<u8>> {
        let now = self.shared.clock.now().wall;
        let mut world = self.shared.world();
        let (manner, at) = (world.directory.kdc, world.directory.time_at(self.controller, now));
        let refuse =
            |refused: Refused| request.refuse(at, refused.error().0, refused.error().1.map(Told::Status));
        if manner == KdcManner::Elsewhere || !request.realm.eq_ignore_ascii_case(super::world::DOMAIN) {
            return request.refuse(at, WRONG_REALM, None);
        }
        let salt = match world.directory.salt(&request.name, now) {
            Ok(salt) => salt,
            Err(refused) => return refuse(refused),
        };
        let Some(suite) = request.suite().filter(|_| manner != KdcManner::WithoutAes) else {
            return request.refuse(at, NO_COMMON_KEY, None);
        };
        let timestamp = match (&request.timestamp, manner) {
            (_, KdcManner::Armored) => return request.refuse(at, PROVE_YOURSELF, Some(Told::Armor(&salt))),
            (None, KdcManner::Unasked) => {
                let key = world.directory.unasked(self.controller, &request.name)?;
                return request.grant(at, &suite, (&key, &salt));
            }
            (None, _) => return request.refuse(at, PROVE_YOURSELF, Some(Told::Recipes(&salt))),
            (Some(timestamp), _) => timestamp,
        };
        let arrival = Arrival { controller: self.controller, encrypted: true, by_sensor: false, now };
        let opens = |password: &str| -> Option<Timestamp> { timestamp.open(&suite, password, &salt) };
        match world.directory.prove(arrival, &request.name, opens) {
            Ok(password) => request.grant(at, &suite, (&password, &salt)),
            Err(refused) => refuse(refused),
        }
    }
}
