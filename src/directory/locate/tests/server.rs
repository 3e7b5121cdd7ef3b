//! A name server for the tests, by UDP and TCP at one port: it answers as it is told, and writes down what it was asked.
//!
//! Relies on hickory's own encoding of messages. Deliberately absent: recursion, zones.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::Notify;

#[derive(Clone)]
pub enum Answer {
    Services(Vec<SRV>),
    Addresses(Vec<IpAddr>),
    Refuse,
    Silence,
    Garbage,
}

/// Priority, weight, port, target.
pub fn srv(records: &[(u16, u16, u16, &str)]) -> Answer {
    let service = |(priority, weight, port, target): &(u16, u16, u16, &str)| {
        SRV::new(*priority, *weight, *port, Name::from_str(target).unwrap())
    };
    Answer::Services(records.iter().map(service).collect())
}

/// A target whose first label is any bytes.
pub fn srv_with_label(label: &[u8], domain: &str) -> Answer {
    let domain = Name::from_str(domain).unwrap();
    let labels = std::iter::once(label).chain(domain.iter());
    Answer::Services(vec![SRV::new(0, 100, 389, Name::from_labels(labels).unwrap())])
}

#[derive(Clone)]
struct Player {
    answers: Arc<HashMap<String, Answer>>,
    asked: Arc<Mutex<Vec<String>>>,
    tcp: Arc<AtomicUsize>,
    changed: Arc<Notify>,
}

pub struct Server {
    pub address: SocketAddr,
    player: Player,
}

impl Server {
    pub async fn answering(answers: Vec<(&str, Answer)>) -> Self {
        let answers = answers.into_iter().map(|(name, answer)| (name.to_lowercase(), answer)).collect();
        let player = Player {
            answers: Arc::new(answers),
            asked: Arc::default(),
            tcp: Arc::default(),
            changed: Arc::default(),
        };
        let (listener, socket) = both().await;
        let address = socket.local_addr().unwrap();
        tokio::spawn(player.clone().by_udp(socket));
        tokio::spawn(player.clone().by_tcp(listener));
        Self { address, player }
    }

    /// An address at which there was one.
    pub async fn gone() -> SocketAddr {
        both().await.1.local_addr().unwrap()
    }

    pub fn asked(&self) -> Vec<String> {
        self.player.asked.lock().unwrap().clone()
    }

    pub fn asked_by_tcp(&self) -> usize {
        self.player.tcp.load(Ordering::Relaxed)
    }

    pub async fn until_asked(&self, times: usize) {
        while self.asked().len() < times {
            self.player.changed.notified().await;
        }
    }
}

/// One port, both ways.
async fn both() -> (TcpListener, UdpSocket) {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        if let Ok(socket) = UdpSocket::bind(listener.local_addr().unwrap()).await {
            return (listener, socket);
        }
    }
}

impl Player {
    async fn by_udp(self, socket: UdpSocket) {
        let mut packet = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut packet).await {
            let Some(answer) = self.answer(&packet[..length], 512) else { continue };
            socket.send_to(&answer, from).await.unwrap();
        }
    }

    async fn by_tcp(self, listener: TcpListener) {
        while let Ok((mut stream, _)) = listener.accept().await {
            let player = self.clone();
            tokio::spawn(async move {
                while let Ok(length) = stream.read_u16().await {
                    let mut packet = vec![0; usize::from(length)];
                    stream.read_exact(&mut packet).await.ok()?;
                    player.tcp.fetch_add(1, Ordering::Relaxed);
                    let answer = player.answer(&packet, usize::from(u16::MAX))?;
                    stream.write_u16(u16::try_from(answer.len()).ok()?).await.ok()?;
                    stream.write_all(&answer).await.ok()?;
                }
                Some(())
            });
        }
    }

    /// Cut, and marked so, where it is longer than `most`.
    fn answer(&self, packet: &[u8], most: usize) -> Option<Vec<u8>> {
        let question = Message::from_vec(packet).unwrap();
        let query = question.queries.first()?.clone();
        let name = query.name().to_ascii();
        let answer = self.answers.get(&name.to_lowercase());
        self.asked.lock().unwrap().push(name);
        self.changed.notify_one();
        let mut message = Message::response(question.metadata.id, OpCode::Query);
        message.metadata.recursion_available = true;
        message.add_query(query.clone());
        let records: Vec<RData> = match answer {
            None => {
                message.metadata.response_code = ResponseCode::NXDomain;
                vec![]
            }
            Some(Answer::Refuse) => {
                message.metadata.response_code = ResponseCode::Refused;
                vec![]
            }
            Some(Answer::Silence) => return None,
            Some(Answer::Garbage) => return Some(b"not an answer at all".to_vec()),
            Some(Answer::Services(services)) => services.iter().cloned().map(RData::SRV).collect(),
            Some(Answer::Addresses(all)) => all.iter().copied().map(address).collect(),
        };
        let records = records.into_iter().filter(|record| record.record_type() == query.query_type());
        message.add_answers(records.map(|record| Record::from_rdata(query.name().clone(), 60, record)));
        let whole = message.to_vec().unwrap();
        if whole.len() <= most {
            return Some(whole);
        }
        message.answers.clear();
        message.metadata.truncation = true;
        Some(message.to_vec().unwrap())
    }
}

fn address(address: IpAddr) -> RData {
    match address {
        IpAddr::V4(address) => RData::A(A(address)),
        IpAddr::V6(address) => RData::AAAA(AAAA(address)),
    }
}
