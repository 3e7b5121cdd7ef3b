//! A directory for the tests: it answers as it is told, and writes down what it was asked.
//!
//! Relies on `ldap3_proto`, `tokio-rustls` and `rcgen`. Deliberately absent: any rule of Active Directory; the lab has those.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use ldap3_proto::proto::*;
use ldap3_proto::{LdapCodec, LdapFilter, LdapMsg, LdapResultCode, LdapSearchScope};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_util::codec::Framed;

use crate::directory::Controller;
use crate::directory::ldap::decode;

const WHO_AM_I: &str = "1.3.6.1.4.1.4203.1.11.3";
const STARTTLS: &str = "1.3.6.1.4.1.1466.20037";

/// What becomes of a bind.
#[derive(Clone)]
pub enum OnBind {
    Accept,
    Answer(i64, &'static str),
    Close,
    Silence,
    Bytes(&'static [u8]),
    /// One byte more each time it is told to.
    ByteByByte(&'static [u8], Arc<Notify>),
    /// Accepts once told to.
    Wait(Arc<Notify>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum OnTls {
    Agree,
    /// The socket is closed as TLS begins; `StartTLS` is answered with result 52, as Windows does without a certificate.
    NoCertificate,
    /// The socket is closed as TLS begins, whichever way.
    Close,
}

pub type Object = (&'static str, Vec<(&'static str, Vec<Vec<u8>>)>);

#[derive(Clone)]
pub struct Script {
    pub bind: OnBind,
    pub tls: OnTls,
    pub certificate_name: &'static str,
    pub certificate_until: i32,
    pub root: Vec<(&'static str, &'static str)>,
    pub token: Vec<Vec<u8>>,
    /// Answers *who am I*; none: the question is not known.
    pub who: Option<&'static str>,
    pub objects: Vec<Object>,
    /// Whoever asks for this is told that the controller is busy.
    pub busy: Option<&'static str>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            bind: OnBind::Accept,
            tls: OnTls::Agree,
            certificate_name: "dc1.contoso.test",
            certificate_until: 2090,
            root: vec![("defaultNamingContext", "DC=contoso,DC=test"), ("currentTime", "20260102030405.0Z")],
            token: vec![],
            who: None,
            objects: vec![],
            busy: None,
        }
    }
}

/// What the directory was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Bind { name: String, password: String, tls: bool },
    Search { base: String, tls: bool },
    Unbind,
}

pub struct Stage {
    pub ldaps: SocketAddr,
    pub ldap: SocketAddr,
    pub ca: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub changed: Arc<Notify>,
}

impl Stage {
    pub async fn set(script: Script) -> Self {
        let (ca, config) = certificates(&script);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (asked, changed) = (Arc::default(), Arc::new(Notify::new()));
        let mut addresses = Vec::new();
        for ldaps in [true, false] {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            addresses.push(listener.local_addr().unwrap());
            let player = Player {
                script: script.clone(),
                asked: Arc::clone(&asked),
                changed: Arc::clone(&changed),
                acceptor: acceptor.clone(),
            };
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    stream.set_nodelay(true).unwrap();
                    tokio::spawn(player.clone().meet(stream, ldaps));
                }
            });
        }
        Self { ldaps: addresses[0], ldap: addresses[1], ca, asked, changed }
    }

    pub fn controller(&self) -> Controller {
        Controller {
            host: "dc1.contoso.test".into(),
            ldaps: Some(self.ldaps),
            ldap: Some(self.ldap),
            kerberos: None,
            also: vec![],
            pdc_emulator: Some(true),
        }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn binds(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| matches!(asked, Asked::Bind { .. })).collect()
    }
}

#[derive(Clone)]
struct Player {
    script: Script,
    asked: Arc<Mutex<Vec<Asked>>>,
    changed: Arc<Notify>,
    acceptor: TlsAcceptor,
}

impl Player {
    async fn meet(self, stream: TcpStream, ldaps: bool) {
        let stream = if ldaps { Some(stream) } else { self.serve(stream, false).await };
        if self.script.tls == OnTls::Agree
            && let Some(stream) = stream
            && let Ok(stream) = self.acceptor.accept(stream).await
        {
            self.serve(stream, true).await;
        }
    }

    fn note(&self, asked: Asked) {
        self.asked.lock().unwrap().push(asked);
        self.changed.notify_one();
    }

    /// Gives the stream back when `StartTLS` was agreed on.
    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, tls: bool) -> Option<S> {
        let mut framed = Framed::new(stream, LdapCodec::default());
        while let Some(Ok(LdapMsg { msgid, op, .. })) = framed.next().await {
            let answers = match op {
                LdapOp::BindRequest(LdapBindRequest { dn, cred: LdapBindCred::Simple(password), .. }) => {
                    self.note(Asked::Bind { name: dn, password, tls });
                    self.answer_bind(&mut framed).await?
                }
                LdapOp::SearchRequest(request) => {
                    self.note(Asked::Search { base: request.base.clone(), tls });
                    self.find(&request)
                }
                LdapOp::ExtendedRequest(request) if request.name == STARTTLS => {
                    let agreed = self.script.tls != OnTls::NoCertificate;
                    let answer = LdapOp::ExtendedResponse(LdapExtendedResponse {
                        res: result(if agreed { 0 } else { 52 }, ""),
                        name: Some(STARTTLS.into()),
                        value: None,
                    });
                    framed.send(LdapMsg::new(msgid, answer)).await.ok()?;
                    if agreed {
                        return Some(framed.into_inner());
                    }
                    continue;
                }
                LdapOp::ExtendedRequest(request) if request.name == WHO_AM_I => {
                    let code = if self.script.who.is_some() { 0 } else { 2 };
                    vec![LdapOp::ExtendedResponse(LdapExtendedResponse {
                        res: result(code, ""),
                        name: None,
                        value: self.script.who.map(|who| who.as_bytes().to_vec()),
                    })]
                }
                LdapOp::UnbindRequest => {
                    self.note(Asked::Unbind);
                    return None;
                }
                _ => return None,
            };
            for answer in answers {
                framed.send(LdapMsg::new(msgid, answer)).await.ok()?;
            }
        }
        None
    }

    async fn answer_bind<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        framed: &mut Framed<S, LdapCodec>,
    ) -> Option<Vec<LdapOp>> {
        let (code, text) = match &self.script.bind {
            OnBind::Accept => (0, ""),
            OnBind::Answer(code, text) => (*code, *text),
            OnBind::Close => return None,
            OnBind::Silence => std::future::pending().await,
            OnBind::Bytes(bytes) => {
                framed.get_mut().write_all(bytes).await.ok()?;
                framed.get_mut().flush().await.ok()?;
                return Some(vec![]);
            }
            OnBind::ByteByByte(bytes, told) => {
                for byte in *bytes {
                    told.notified().await;
                    framed.get_mut().write_all(&[*byte]).await.ok()?;
                    framed.get_mut().flush().await.ok()?;
                    self.changed.notify_one();
                }
                return Some(vec![]);
            }
            OnBind::Wait(told) => {
                told.notified().await;
                (0, "")
            }
        };
        Some(vec![LdapOp::BindResponse(LdapBindResponse { res: result(code, text), saslcreds: None })])
    }

    fn find(&self, request: &LdapSearchRequest) -> Vec<LdapOp> {
        if self.script.busy.is_some_and(|busy| request.attrs.iter().any(|one| one == busy)) {
            return vec![LdapOp::SearchResultDone(result(51, ""))];
        }
        let mut objects = self.script.objects.clone();
        let mut root: Vec<_> =
            self.script.root.iter().map(|(name, value)| (*name, vec![value.as_bytes().to_vec()])).collect();
        if !self.script.token.is_empty() {
            root.push(("tokenGroups", self.script.token.clone()));
        }
        objects.push(("", root));
        let under = |dn: &str| {
            dn.strip_suffix(&request.base).is_some_and(|rest| rest.is_empty() || rest.ends_with(','))
        };
        let in_scope = |dn: &str| match request.scope {
            LdapSearchScope::Base => dn.eq_ignore_ascii_case(&request.base),
            LdapSearchScope::OneLevel => {
                under(dn) && dn.split(',').count() == request.base.split(',').count() + 1
            }
            _ => under(dn),
        };
        if request.scope == LdapSearchScope::Base && !objects.iter().any(|(dn, _)| in_scope(dn)) {
            return vec![LdapOp::SearchResultDone(result(32, "no such object"))];
        }
        let found = objects.iter().filter(|object| in_scope(object.0) && matches(&request.filter, object));
        let wanted = |name: &str| request.attrs.iter().any(|wanted| wanted.eq_ignore_ascii_case(name));
        found
            .map(|(dn, attributes)| {
                LdapOp::SearchResultEntry(LdapSearchResultEntry {
                    dn: (*dn).into(),
                    attributes: attributes
                        .iter()
                        .filter(|(name, _)| wanted(name))
                        .map(|(name, values)| LdapPartialAttribute {
                            atype: (*name).into(),
                            vals: values.clone(),
                        })
                        .collect(),
                })
            })
            .chain([LdapOp::SearchResultDone(result(0, ""))])
            .collect()
    }
}

fn matches(filter: &LdapFilter, object: &Object) -> bool {
    match filter {
        LdapFilter::And(all) => all.iter().all(|filter| matches(filter, object)),
        LdapFilter::Or(any) => any.iter().any(|filter| matches(filter, object)),
        LdapFilter::Not(filter) => !matches(filter, object),
        LdapFilter::Equality(name, value) => object.1.iter().any(|(found, values)| {
            found.eq_ignore_ascii_case(name)
                && values.iter().any(|found| {
                    found.eq_ignore_ascii_case(value.as_bytes())
                        || name == "objectSid" && decode::sid(found).as_ref() == Some(value)
                })
        }),
        LdapFilter::Present(name) => name.eq_ignore_ascii_case("objectClass"),
        _ => false,
    }
}

fn result(code: i64, message: &str) -> LdapResult {
    LdapResult {
        code: LdapResultCode::try_from(code).unwrap(),
        matcheddn: String::new(),
        message: message.into(),
        referral: vec![],
    }
}

fn certificates(script: &Script) -> (String, ServerConfig) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Stage CA");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new(vec![script.certificate_name.to_owned()]).unwrap();
    leaf.distinguished_name.push(DnType::CommonName, script.certificate_name);
    leaf.not_after = rcgen::date_time_ymd(script.certificate_until, 1, 1);
    let leaf = leaf.signed_by(&key, &authority).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    (authority.pem(), config)
}
