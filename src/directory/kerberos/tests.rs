//! The client against a key distribution centre that answers as it is told, byte by byte.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use zeroize::Zeroizing;

use super::der::{self, application, element, field};
use super::key::{Aes, FOR_REPLY, Key};
use super::message::Recipe;
use super::{Client, Credential};
use crate::clock::{Clock, Driven};
use crate::directory::lockout::{Attempt, AttemptId, Charge, Permit};
use crate::directory::{Account, Answer, Controller, Fault, Protocol, Tested};
use crate::secret::Secret;

mod attempts;
mod hostile;
mod lab;

/// What the stage does with the next request.
#[derive(Clone)]
enum Act {
    Say(Vec<u8>),
    /// Makes the answer of the request's nonce.
    Grant(fn(u32) -> Vec<u8>),
    /// The bytes as they are, without a length before them.
    Raw(Vec<u8>),
    Close,
    /// Tells that the request is there, and nothing more.
    Silence(Arc<Notify>),
}

/// Takes one request for each act, in order, and then answers no more.
async fn stage(acts: Vec<Act>) -> Controller {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let kerberos = Some(listener.local_addr().unwrap());
    tokio::spawn(async move {
        for act in acts {
            let (mut stream, _) = listener.accept().await.unwrap();
            let length = stream.read_u32().await.unwrap();
            let mut request = vec![0; length.try_into().unwrap()];
            stream.read_exact(&mut request).await.unwrap();
            let answer = match act {
                Act::Say(answer) => answer,
                Act::Grant(make) => make(nonce(&request)),
                Act::Raw(bytes) => {
                    stream.write_all(&bytes).await.unwrap();
                    continue;
                }
                Act::Close => continue,
                Act::Silence(asked) => {
                    asked.notify_one();
                    tokio::spawn(async move {
                        let _kept = stream;
                        std::future::pending::<()>().await;
                    });
                    continue;
                }
            };
            stream.write_u32(answer.len().try_into().unwrap()).await.unwrap();
            stream.write_all(&answer).await.unwrap();
        }
    });
    Controller {
        also: Vec::new(),
        host: "dc1.contoso.test".into(),
        ldaps: None,
        ldap: None,
        kerberos,
        pdc_emulator: Some(true),
    }
}

fn nonce(request: &[u8]) -> u32 {
    let mut fields =
        der::Cursor::new(request).inside(application(10)).unwrap().inside(der::SEQUENCE).unwrap();
    let mut body = fields.skip_to(field(4)).unwrap().inside(der::SEQUENCE).unwrap();
    body.skip_to(field(7)).unwrap().integer().unwrap().try_into().unwrap()
}

fn account() -> Account {
    Account { name: "svc-mdi".into(), domain: "contoso.test".into() }
}

fn permit(controller: &str, protocol: Protocol) -> Permit {
    Permit::granted(&Attempt {
        id: AttemptId(1),
        at: Timestamp::UNIX_EPOCH,
        settled_at: None,
        account: account().key(),
        controller: controller.into(),
        protocol,
        charge: Charge::Account,
        outcome: None,
    })
}

fn credential(password: &str) -> Credential {
    let secret = Arc::new(Secret::new(Zeroizing::new(password.to_owned())));
    Credential { account: account(), secret }
}

async fn test(acts: Vec<Act>) -> Tested {
    let permit = permit("dc1.contoso.test", Protocol::Kerberos);
    Client::new(Clock::system()).test(permit, &stage(acts).await, credential("right")).await
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(der::SEQUENCE, parts)
}

fn number(tag: u8, value: u32) -> Vec<u8> {
    element(field(tag), &[&der::integer(value)])
}

fn octets(tag: u8, value: &[u8]) -> Vec<u8> {
    element(field(tag), &[&element(der::OCTET_STRING, &[value])])
}

fn text(tag: u8, value: &str) -> Vec<u8> {
    element(field(tag), &[&der::text(value)])
}

fn time(tag: u8) -> Vec<u8> {
    element(field(tag), &[&element(der::GENERALIZED_TIME, &[b"20260102030405Z"])])
}

fn principal(tag: u8, names: &[&str]) -> Vec<u8> {
    let names: Vec<u8> = names.iter().flat_map(|name| der::text(name)).collect();
    element(field(tag), &[&sequence(&[&number(0, 1), &element(field(1), &[&sequence(&[&names])])])])
}

/// An error as MIT's and Windows' controllers write it: with the client's time, which not all do.
fn error(code: u32, words: &str, data: &[u8]) -> Vec<u8> {
    let data = if data.is_empty() { Vec::new() } else { octets(12, data) };
    let words = if words.is_empty() { Vec::new() } else { text(11, words) };
    let parts = [
        [number(0, 5), number(1, 30), time(2), number(3, 7), time(4), number(5, 0), number(6, code)].concat(),
        [text(9, "CONTOSO.TEST"), principal(10, &["krbtgt", "CONTOSO.TEST"]), words, data].concat(),
    ]
    .concat();
    element(application(30), &[&sequence(&[&parts])])
}

fn padata(kind: u32, value: &[u8]) -> Vec<u8> {
    sequence(&[&number(1, kind), &octets(2, value)])
}

/// Keys of these kinds and rounds, with a salt that no rule gives.
fn recipes(of: &[(u32, Option<u32>)]) -> Vec<u8> {
    let one = |(etype, rounds): &(u32, Option<u32>)| {
        let rounds = rounds.map_or(Vec::new(), |rounds| octets(2, &rounds.to_be_bytes()));
        sequence(&[&number(0, *etype), &text(1, "CONTOSO.TESTold-nàme"), &rounds])
    };
    padata(19, &sequence(&[&of.iter().flat_map(one).collect::<Vec<u8>>()]))
}

fn prove_yourself() -> Vec<u8> {
    prove_by(&[recipes(&[(18, None)]), padata(2, &[]), padata(136, &[])])
}

fn prove_by(offers: &[Vec<u8>]) -> Vec<u8> {
    error(25, "", &sequence(&[&offers.concat()]))
}

fn key(password: &str) -> Key {
    let salt = "CONTOSO.TESTold-nàme".into();
    Key::of_password(password, &Recipe { aes: Aes::Bits256, salt, rounds: 4096 }).unwrap()
}

/// A reply for `name`, sealed with `password`'s key for `realm`'s service.
fn reply(nonce: u32, password: &str, name: &str, realm: &str) -> Vec<u8> {
    let inside = [number(2, nonce), time(5), time(7), text(9, realm), principal(10, &["krbtgt", realm])];
    let part = element(application(25), &[&sequence(&[&inside.concat()])]);
    let sealed = key(password).seal(FOR_REPLY, &part).unwrap();
    let sealed = element(field(6), &[&sequence(&[&number(0, 18), &number(1, 2), &octets(2, &sealed)])]);
    let padata = element(field(2), &[&sequence(&[&recipes(&[(18, None)])])]);
    let parts = [number(0, 5), number(1, 11), padata, text(3, "CONTOSO.TEST"), principal(4, &[name])];
    let ticket = element(field(5), &[&sequence(&[])]);
    element(application(11), &[&sequence(&[&parts.concat(), &ticket, &sealed])])
}

fn grant(nonce: u32) -> Vec<u8> {
    reply(nonce, "right", "svc-mdi", "CONTOSO.TEST")
}

fn short(answer: &Answer) -> String {
    match answer {
        Answer::Accepted => "accepted".into(),
        Answer::Refused(refusal) => format!("refused: {}", refusal.code),
        Answer::NotKnown(fault) => format!("not known: {fault}"),
        Answer::NotSent(fault) => format!("not sent: {fault}"),
    }
}
