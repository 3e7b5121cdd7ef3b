//! A portal for the tests: HTTPS on loopback, answering whatever the test says. Knows nothing of the program's types.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use futures_util::future::BoxFuture;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::client::{Client, Patience};
use crate::clock::{Clock, Driven};
use crate::trust::Trust;

/// A request, as the stand-in saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

pub type Reply = Response<Body>;

pub struct StandIn {
    pub base: String,
    pub trust: Trust,
    /// PEM of the authority that is trusted.
    pub authority: String,
    pub seen: Arc<Mutex<Vec<Seen>>>,
}

impl StandIn {
    /// Answers every request by `answer`.
    pub async fn answering(answer: impl Fn(Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::answering_later(move |seen| {
            let reply = answer(seen);
            Box::pin(async move { reply })
        })
        .await
    }

    pub async fn answering_later(
        answer: impl Fn(Seen) -> BoxFuture<'static, Reply> + Send + Sync + 'static,
    ) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, all) = (Arc::new(answer), Arc::clone(&seen));
        let router = Router::new().fallback(move |request: Request| {
            let (answer, all) = (Arc::clone(&answer), Arc::clone(&all));
            async move {
                let (head, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap();
                let seen = Seen {
                    method: head.method.to_string(),
                    path: head.uri.to_string(),
                    headers: head.headers,
                    body: String::from_utf8_lossy(&body).into_owned(),
                };
                all.lock().unwrap().push(seen.clone());
                answer(seen).await
            }
        });
        let (base, authority) = serve(move |stream| {
            let service = TowerToHyperService::new(router.clone());
            Box::pin(async move {
                let http = hyper::server::conn::http1::Builder::new();
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            })
        })
        .await;
        Self { base, trust: trust(&authority), authority, seen }
    }

    /// Reads a request's head, writes `bytes` as they are, and hangs up.
    pub async fn saying(bytes: &'static str) -> Self {
        let (base, authority) = serve(move |mut stream| {
            Box::pin(async move {
                let mut head = Vec::new();
                while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                    let mut part = [0; 1024];
                    match stream.read(&mut part).await {
                        Ok(read) if read > 0 => head.extend_from_slice(&part[..read]),
                        _ => return,
                    }
                }
                let _ = stream.write_all(bytes.as_bytes()).await;
                let _ = stream.shutdown().await;
            })
        })
        .await;
        Self { base, trust: trust(&authority), authority, seen: Arc::default() }
    }

    pub fn client(&self, clock: &Clock) -> Client {
        Client::new(&self.trust, clock, Patience::default())
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// A clock that stands still, for tests that aren't about time.
pub fn still() -> Clock {
    Driven::new(Timestamp::UNIX_EPOCH).clock()
}

pub fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Reply {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

async fn serve(
    connection: impl Fn(TlsStream<TcpStream>) -> BoxFuture<'static, ()> + Send + Sync + 'static,
) -> (String, String) {
    let (config, pem) = certified();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let connection = Arc::new(connection);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, connection) = (acceptor.clone(), Arc::clone(&connection));
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    connection(stream).await;
                }
            });
        }
    });
    (base, pem)
}

fn trust(authority: &str) -> Trust {
    Trust::pinned(authority.as_bytes()).unwrap()
}

/// A certificate for 127.0.0.1 by an issuer of its own, and the issuer's certificate.
fn certified() -> (ServerConfig, String) {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Stand-in Issuer");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let mut leaf = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    leaf.distinguished_name.push(DnType::CommonName, "stand-in");
    let key = KeyPair::generate().unwrap();
    let certificate = leaf.signed_by(&key, &issuer).unwrap();
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    (config, issuer.pem())
}
