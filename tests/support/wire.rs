//! A wire between a console and its lab that fails once, at a chosen call, and is well before and after.
//!
//! A call is what a client says before it is answered, so those of a handshake count too. Relies on nobody waiting for
//! what was lost: whatever fails is closed as well. Deliberately absent: any idea of what is said.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mdi_console::lab::Addresses;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::stage::{Missed, Tried};

/// What becomes of the one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// The connection ends before anything is said on it; connections are counted, not calls.
    Refused,
    /// It is never heard.
    Closed,
    /// It is heard, and its answer never arrives.
    Lost,
    /// Its answer arrives as rubbish.
    Garbled,
}

#[derive(Debug)]
struct Fate {
    /// Counted from 1; 0 never comes.
    at: usize,
    failing: Failing,
    counted: AtomicUsize,
}

impl Fate {
    /// Whether this call is the one.
    fn strikes(&self) -> bool {
        self.counted.fetch_add(1, Ordering::SeqCst).saturating_add(1) == self.at
    }
}

pub struct Wires {
    fate: Arc<Fate>,
    tasks: JoinSet<()>,
}

impl Wires {
    /// Puts a wire before every port of the lab, and gives the addresses of this end.
    pub async fn before(mut lab: Addresses, failing: Failing, at: usize) -> Tried<(Self, Addresses)> {
        let fate = Arc::new(Fate { at, failing, counted: AtomicUsize::new(0) });
        let mut wires = Self { fate, tasks: JoinSet::new() };
        for controller in &mut lab.controllers {
            controller.ldaps = wires.to(controller.ldaps).await?;
            controller.ldap = wires.to(controller.ldap).await?;
            if let Some(kerberos) = &mut controller.kerberos {
                *kerberos = wires.to(*kerberos).await?;
            }
        }
        let port = lab.graph_url.rsplit(':').next().and_then(|port| port.parse().ok());
        let port: u16 = port.ok_or_else(|| Missed::because("the portal has no port"))?;
        let portal = wires.to((Ipv4Addr::LOCALHOST, port).into()).await?;
        for url in [&mut lab.login_url, &mut lab.graph_url, &mut lab.workspace_url] {
            *url = format!("https://{portal}");
        }
        Ok((wires, lab))
    }

    /// How many calls there were.
    pub fn counted(&self) -> usize {
        self.fate.counted.load(Ordering::SeqCst)
    }

    async fn to(&mut self, far: SocketAddr) -> Tried<SocketAddr> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let near = listener.local_addr()?;
        let fate = Arc::clone(&self.fate);
        self.tasks.spawn(async move {
            let mut wires = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while wires.try_join_next().is_some() {}
                let fate = Arc::clone(&fate);
                if fate.failing == Failing::Refused && fate.strikes() {
                    continue;
                }
                // A connection that breaks is what this is for.
                wires.spawn(async move { drop(carry(&fate, client, far).await) });
            }
        });
        Ok(near)
    }
}

/// Carries both ways until either end is done, or the one call has failed.
async fn carry(fate: &Fate, mut client: TcpStream, far: SocketAddr) -> std::io::Result<()> {
    let mut server = TcpStream::connect(far).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut said, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    let (mut asking, mut struck) = (false, false);
    loop {
        tokio::select! {
            read = client.read(&mut said) => {
                let heard = said.get(..read?).unwrap_or_default();
                if heard.is_empty() {
                    return Ok(());
                }
                if !std::mem::replace(&mut asking, true) && fate.failing != Failing::Refused {
                    struck = fate.strikes();
                }
                if struck && fate.failing == Failing::Closed {
                    return Ok(());
                }
                server.write_all(heard).await?;
            }
            read = server.read(&mut answered) => {
                let heard = answered.get_mut(..read?).unwrap_or_default();
                if struck && fate.failing == Failing::Garbled {
                    for byte in heard.iter_mut() {
                        *byte ^= 0x55;
                    }
                    client.write_all(heard).await?;
                }
                if struck || heard.is_empty() {
                    return Ok(());
                }
                asking = false;
                client.write_all(heard).await?;
            }
        }
    }
}
