//! The sensors' connections to the controllers: LDAP over TLS, kept and shared, a few at a time.
//!
//! Relies on the ldap3 client and the lab's own authority. One bind at a time goes over a connection; a connection
//! that broke is thrown away. Deliberately absent: deciding which controller, and what a refusal means.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, StdStream};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::lab::Shared;
use crate::lab::address::ControllerAddress;
use crate::lab::world::fleet::Bound;

/// How many sensors bind at once.
const AT_ONCE: usize = 16;
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Lines {
    shared: Arc<Shared>,
    tls: Arc<ClientConfig>,
    /// In the directory's order.
    controllers: Vec<(String, SocketAddr)>,
    idle: Mutex<HashMap<usize, Vec<Line>>>,
    turns: Semaphore,
}

/// One connection; its driver and its mark as a sensor's end with it.
struct Line {
    ldap: Ldap,
    _mark: Mark,
    _driver: JoinSet<()>,
}

/// Tells the directory that a local port is a sensor's.
struct Mark {
    shared: Arc<Shared>,
    port: u16,
}

impl Mark {
    fn new(shared: &Arc<Shared>, port: u16) -> Self {
        shared.world().sensor_ports.insert(port);
        Self { shared: Arc::clone(shared), port }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.shared.world().sensor_ports.remove(&self.port);
    }
}

impl Lines {
    pub fn new(shared: Arc<Shared>, tls: Arc<ClientConfig>, controllers: &[ControllerAddress]) -> Self {
        let controllers = controllers.iter().map(|known| (known.host.clone(), known.ldaps)).collect();
        Self { shared, tls, controllers, idle: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }

    /// One bind at one controller.
    pub async fn bind(&self, controller: usize, name: &str, password: &str) -> Bound {
        let host = self.controllers.get(controller).map(|(host, _)| host.clone()).unwrap_or_default();
        let Ok(_turn) = self.turns.acquire().await else { return Bound::Unreachable { controller: host } };
        let clock = &self.shared.clock;
        let answer = clock.timeout(PATIENCE, async {
            let mut line = match self.take_idle(controller) {
                Some(line) => line,
                None => self.connect(controller).await?,
            };
            let answer = line.ldap.simple_bind(name, password).await.map_err(io::Error::other)?;
            self.keep(controller, line);
            Ok::<_, io::Error>(answer.rc)
        });
        match answer.await {
            Ok(Ok(0)) => Bound::Accepted { controller: host },
            Ok(Ok(code)) => Bound::Refused { controller: host, code },
            Ok(Err(_)) | Err(_) => Bound::Unreachable { controller: host },
        }
    }

    fn take_idle(&self, controller: usize) -> Option<Line> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.get_mut(&controller)?;
        std::iter::from_fn(|| kept.pop()).find_map(|mut line| (!line.ldap.is_closed()).then_some(line))
    }

    fn keep(&self, controller: usize, line: Line) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.entry(controller).or_default().push(line);
    }

    async fn connect(&self, controller: usize) -> io::Result<Line> {
        let (host, address) = self.controllers.get(controller).ok_or(io::ErrorKind::NotFound)?;
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mark = Mark::new(&self.shared, stream.local_addr()?.port());
        let settings = LdapConnSettings::new()
            .set_config(Arc::clone(&self.tls))
            .set_std_stream(StdStream::Tcp(stream.into_std()?));
        let url = format!("ldaps://{host}");
        let (connection, ldap) =
            LdapConnAsync::with_settings(settings, &url).await.map_err(io::Error::other)?;
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // A broken connection is seen by whoever binds over it.
            let _ = connection.drive().await;
        });
        Ok(Line { ldap, _mark: mark, _driver: driver })
    }
}
