//! The controllers' directory service: LDAP over TLS, and plain LDAP with `StartTLS`, on loopback.
//!
//! Relies on `ldap3_proto` for the wire and on the world for every answer. One listener's connections end with it.
//! Deliberately absent: SASL, changes, paging, referrals.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use ldap3_proto::LdapCodec;
use ldap3_proto::proto::{
    LdapBindCred, LdapBindRequest, LdapBindResponse, LdapExtendedRequest, LdapExtendedResponse, LdapMsg,
    LdapOp, LdapResult, LdapResultCode,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_util::codec::Framed;

use super::Shared;
use super::world::directory::{Arrival, BindAnswer};

mod search;

const START_TLS: &str = "1.3.6.1.4.1.1466.20037";
const WHO_AM_I: &str = "1.3.6.1.4.1.4203.1.11.3";
const NOT_ENCRYPTED: &str = "00002028: LdapErr: DSID-0C090259, comment: The server requires binds to turn on integrity checking if SSL\\TLS are not already active on the connection, data 0, v4563\0";
const NOT_BOUND: &str = "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563\0";

const NO_CERTIFICATE: &str =
    "00000000: LdapErr: DSID-0C090DFF, comment: Error initializing SSL/TLS, data 0, v4563\0";

/// One controller's listener: which controller, and how it speaks TLS.
#[derive(Clone)]
pub struct Port {
    pub shared: Arc<Shared>,
    /// Counted from 0 in the directory's order.
    pub controller: usize,
    /// None: it has no server certificate.
    pub tls: Option<TlsAcceptor>,
    /// TLS from the first byte.
    pub implicit: bool,
}

/// Accepts until dropped.
pub async fn serve(port: Port, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // What fails at once, as without a free file descriptor, would fail at once again.
            port.shared.clock.sleep(super::BREATH).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let port = port.clone();
        connections.spawn(async move {
            // A connection that breaks is the client's affair.
            let _ = converse(&port, stream, peer).await;
        });
    }
}

async fn converse(port: &Port, stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let plain = Connection::new(port, peer, false);
    let stream = if port.implicit { Some(stream) } else { plain.serve(stream).await? };
    if let Some((stream, tls)) = stream.zip(port.tls.as_ref()) {
        let stream = tls.accept(stream).await?;
        Connection::new(port, peer, true).serve(stream).await?;
    }
    Ok(())
}

struct Connection<'port> {
    port: &'port Port,
    peer: SocketAddr,
    encrypted: bool,
    bound: Option<String>,
}

impl<'port> Connection<'port> {
    fn new(port: &'port Port, peer: SocketAddr, encrypted: bool) -> Self {
        Self { port, peer, encrypted, bound: None }
    }

    /// Answers until the client leaves; gives the stream back when it asks for `StartTLS`.
    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut self, stream: S) -> io::Result<Option<S>> {
        let mut frames = Framed::new(stream, LdapCodec::default());
        while let Some(LdapMsg { msgid, op, .. }) = frames.next().await.transpose()? {
            let start_tls = !self.encrypted
                && matches!(&op, LdapOp::ExtendedRequest(request) if request.name == START_TLS);
            if start_tls && self.port.tls.is_none() {
                let refused = extended(result(LdapResultCode::Unavailable, NO_CERTIFICATE), None, None);
                frames.send(LdapMsg::new(msgid, refused)).await?;
                continue;
            }
            if start_tls {
                let granted = extended(result(LdapResultCode::Success, ""), Some(START_TLS), None);
                frames.send(LdapMsg::new(msgid, granted)).await?;
                return Ok(Some(frames.into_inner()));
            }
            if matches!(op, LdapOp::UnbindRequest) {
                return Ok(None);
            }
            for answer in self.answer(op) {
                frames.feed(LdapMsg::new(msgid, answer)).await?;
            }
            SinkExt::<LdapMsg>::flush(&mut frames).await?;
        }
        Ok(None)
    }

    fn answer(&mut self, op: LdapOp) -> Vec<LdapOp> {
        match op {
            LdapOp::BindRequest(request) => {
                let res = self.bind(request);
                vec![LdapOp::BindResponse(LdapBindResponse { res, saslcreds: None })]
            }
            LdapOp::SearchRequest(request) if self.bound.is_none() && !request.base.is_empty() => {
                vec![LdapOp::SearchResultDone(result(LdapResultCode::OperationsError, NOT_BOUND))]
            }
            LdapOp::SearchRequest(request) => {
                let now = self.port.shared.clock.now().wall;
                let mut world = self.port.shared.world();
                if self.bound.is_some() {
                    world.directory.read(now);
                }
                let asked = search::Asked { controller: self.port.controller, by: self.bound.as_deref() };
                search::answer(&world.directory, asked, &request, now)
            }
            LdapOp::ExtendedRequest(request) => vec![self.extended(&request)],
            LdapOp::AbandonRequest(_) => Vec::new(),
            LdapOp::ModifyRequest(_) => vec![LdapOp::ModifyResponse(unwilling())],
            LdapOp::AddRequest(_) => vec![LdapOp::AddResponse(unwilling())],
            LdapOp::DelRequest(_) => vec![LdapOp::DelResponse(unwilling())],
            LdapOp::ModifyDNRequest(_) => vec![LdapOp::ModifyDNResponse(unwilling())],
            LdapOp::CompareRequest(_) => vec![LdapOp::CompareResult(unwilling())],
            _ => vec![extended(result(LdapResultCode::ProtocolError, "unexpected message"), None, None)],
        }
    }

    fn bind(&mut self, request: LdapBindRequest) -> LdapResult {
        self.bound = None;
        let LdapBindCred::Simple(password) = request.cred else {
            return result(
                LdapResultCode::AuthMethodNotSupported,
                "00002027: only simple binds in this lab\0",
            );
        };
        let password = zeroize::Zeroizing::new(password);
        let shared = &self.port.shared;
        let now = shared.clock.now().wall;
        let mut world = shared.world();
        let by_sensor = world.sensor_ports.contains(&self.peer.port());
        let arrival = Arrival { controller: self.port.controller, encrypted: self.encrypted, by_sensor, now };
        match world.directory.bind(arrival, &request.dn, &password) {
            BindAnswer::Anonymous => result(LdapResultCode::Success, ""),
            BindAnswer::Accepted => {
                self.bound = Some(request.dn);
                result(LdapResultCode::Success, "")
            }
            BindAnswer::NotEncrypted => result(LdapResultCode::StrongerAuthRequired, NOT_ENCRYPTED),
            BindAnswer::Refused(code) => result(
                LdapResultCode::InvalidCredentials,
                format!(
                    "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data {code}, v4563\0"
                ),
            ),
        }
    }

    fn extended(&self, request: &LdapExtendedRequest) -> LdapOp {
        if request.name == WHO_AM_I {
            let who = self.bound.as_ref().map(|name| format!("u:{name}")).unwrap_or_default();
            return extended(result(LdapResultCode::Success, ""), None, Some(who.into_bytes()));
        }
        extended(
            result(LdapResultCode::ProtocolError, "0000203D: LdapErr: unknown extended request\0"),
            None,
            None,
        )
    }
}

fn extended(res: LdapResult, name: Option<&str>, value: Option<Vec<u8>>) -> LdapOp {
    LdapOp::ExtendedResponse(LdapExtendedResponse { res, name: name.map(Into::into), value })
}

fn unwilling() -> LdapResult {
    result(LdapResultCode::UnwillingToPerform, "0000209A: the directory of this lab can only be read\0")
}

fn result(code: LdapResultCode, message: impl Into<String>) -> LdapResult {
    LdapResult { code, matcheddn: String::new(), message: message.into(), referral: Vec::new() }
}

#[cfg(test)]
mod tests;
