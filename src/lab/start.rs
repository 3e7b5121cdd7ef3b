//! Bringing the lab up: ports, certificates, the files that are there from the start, the tasks.
//!
//! Relies on every other part of the lab. Ports are the system's choice, all on 127.0.0.1.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

use super::address::{Addresses, ControllerAddress, LogSource, Reader, SensorHost};
use super::http::{self, Portal};
use super::kdc;
use super::ldap::{self, Port};
use super::logfile::LogFolder;
use super::pki::Authority;
use super::scenario::Certificates;
use super::sensors::{self, Lines};
use super::world::directory::{Place, Role};
use super::world::fleet::{Sensor, SensorKind};
use super::world::{DOMAIN, NETBIOS, READER, READER_PASSWORD, RIGHT_PASSWORD, WORKSPACE, World};
use super::{Lab, LabFault, Shared, StartOptions, service};

/// The file that holds the lab's certificate authority, in the lab's folder.
const AUTHORITY: &str = "authority.pem";

/// What was settled at the start.
pub struct Site {
    controllers: Vec<ControllerAddress>,
    ca_pem: String,
    portal: String,
    service_probe: Vec<String>,
    right: Zeroizing<String>,
    logs: LogFolder,
}

impl Lab {
    /// Starts the lab that the options describe, inside the tokio runtime that calls.
    ///
    /// # Errors
    /// [`LabFault`] when a port, a file or a certificate could not be had.
    pub fn start(options: StartOptions) -> Result<Self, LabFault> {
        let StartOptions { scenario, clock, folder, program, password } = options;
        let right = Zeroizing::new(password.unwrap_or_else(|| RIGHT_PASSWORD.into()));
        let world = World::new(&scenario, Some(&right), clock.now());
        let (nudges, nudges_in) = mpsc::unbounded_channel();
        let logs = LogFolder::new(&folder, scenario.fleet.log_bytes);
        let services = folder.join("services");
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            clock,
            nudges,
            logs: logs.clone(),
            services,
            impatient: AtomicU32::default(),
        });

        let authority = Authority::new()?;
        write_first_files(&shared)
            // What a person's own browser may be told to trust.
            .and_then(|()| std::fs::write(folder.join(AUTHORITY), authority.pem()))
            .map_err(|source| LabFault::Folder { folder: folder.clone(), source })?;

        let mut tasks = JoinSet::new();
        let mut silent = Vec::new();
        let controllers = start_controllers(&shared, &authority, &mut tasks, &mut silent)?;
        let lines = Arc::new(Lines::new(Arc::clone(&shared), authority.client()?, &controllers));
        // A driven clock must not run before the sensors' first wake-up is known to it.
        shared.nudge(shared.clock.work());
        tasks.spawn(sensors::play(Arc::clone(&shared), lines, nudges_in));

        let listener = listen()?;
        let portal = format!("https://{}", listener.local_addr().map_err(LabFault::Listen)?);
        let tls = TlsAcceptor::from(authority.server("portal.contoso.test")?);
        tasks.spawn(http::serve(Arc::new(Portal::new(Arc::clone(&shared), &portal)), listener, tls));

        let service_probe = probe(&program, &shared.services);
        let site = Site { controllers, ca_pem: authority.pem(), portal, service_probe, right, logs };
        Ok(Self { shared, site, tasks, _silent: silent })
    }
}

impl Site {
    pub fn addresses(&self, world: &World) -> Addresses {
        let sensors = &world.fleet.sensors;
        let settings = &world.scenario.fleet;
        let listed = self.controllers.iter().zip(&world.directory.controllers);
        Addresses {
            workspace: WORKSPACE.into(),
            domain: DOMAIN.into(),
            netbios: NETBIOS.into(),
            account: world.entry.account().into(),
            entry_id: world.entry.id().into(),
            controllers: listed
                .filter(|(_, known)| known.place != Place::Unlisted)
                .map(|(at, _)| at.clone())
                .collect(),
            ca_pem: self.ca_pem.clone(),
            login_url: self.portal.clone(),
            tenant: http::TENANT.into(),
            client_id: http::CLIENT.into(),
            graph_url: self.portal.clone(),
            workspace_url: self.portal.clone(),
            reader: Reader {
                account: format!("{READER}@{DOMAIN}"),
                password: Zeroizing::new(READER_PASSWORD.into()),
            },
            log_sources: sensors.iter().take(world.fleet.logging()).map(|one| self.source(one)).collect(),
            service_probe: self.service_probe.clone(),
            servers: sensors
                .iter()
                .enumerate()
                .map(|(index, one)| (index, one.host(), one.kind == SensorKind::Standalone))
                .filter(|(index, _, standalone)| *standalone || *index < world.fleet.logging())
                .map(|(_, host, standalone)| SensorHost { host, standalone })
                .collect(),
            old_password_minutes: world.scenario.directory.old_password_minutes,
            watch_seconds: settings.watch_seconds,
            poll_seconds: settings.poll_seconds,
            settle_seconds: settings.settle_seconds,
            banner: world.scenario.banner.then(|| self.banner(world)),
        }
    }

    fn source(&self, sensor: &Sensor) -> LogSource {
        LogSource { host: sensor.host(), patterns: self.logs.patterns(&sensor.host()) }
    }

    fn banner(&self, world: &World) -> String {
        let account = world.entry.account();
        let password = if world.entry.managed() {
            "a group managed one: it has no password to type".to_owned()
        } else {
            format!("its right password {}", self.right.as_str())
        };
        format!(
            "A simulator: nothing outside this machine is touched. The account is {account} in {DOMAIN}, {password}"
        )
    }
}

fn probe(program: &Path, services: &Path) -> Vec<String> {
    let words = [
        program.to_string_lossy().into_owned(),
        "lab-service".into(),
        "--state".into(),
        services.to_string_lossy().into_owned(),
        "{host}".into(),
        "{service}".into(),
    ];
    words.into()
}

fn write_first_files(shared: &Shared) -> std::io::Result<()> {
    let now = shared.clock.now().wall;
    let world = shared.world();
    std::fs::create_dir_all(&shared.services)?;
    service::write_first(&shared.services, &world.fleet.sensors)?;
    let at_start = world.scenario.fleet.at_start;
    for (index, sensor) in world.fleet.sensors.iter().take(world.fleet.logging()).enumerate() {
        shared.logs.append(sensor, &super::logfile::history(sensor, index, at_start, now))?;
    }
    Ok(())
}

fn listen() -> Result<TcpListener, LabFault> {
    let listen = || {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        socket.listen(512)
    };
    listen().map_err(LabFault::Listen)
}

/// A port that refuses every connection for as long as it is held.
fn refuse() -> Result<TcpSocket, LabFault> {
    let socket = TcpSocket::new_v4().map_err(LabFault::Listen)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).map_err(LabFault::Listen)?;
    Ok(socket)
}

fn start_controllers(
    shared: &Arc<Shared>,
    authority: &Authority,
    tasks: &mut JoinSet<()>,
    silent: &mut Vec<TcpSocket>,
) -> Result<Vec<ControllerAddress>, LabFault> {
    let controllers = shared.world().directory.controllers.clone();
    let (has_kerberos, certified) = {
        let world = shared.world();
        (world.scenario.directory.kerberos, world.scenario.directory.certificates == Certificates::Held)
    };
    let mut addresses = Vec::new();
    for (controller, known) in controllers.into_iter().enumerate() {
        let tls = certified.then(|| authority.server(&known.host)).transpose()?.map(TlsAcceptor::from);
        let mut open = |service: Service| {
            if known.listening {
                let listener = listen()?;
                let address = listener.local_addr().map_err(LabFault::Listen)?;
                let shared = Arc::clone(shared);
                match service {
                    Service::Kerberos => tasks.spawn(kdc::serve(kdc::Port { shared, controller }, listener)),
                    Service::Ldap { implicit } => {
                        let port = Port { shared, controller, tls: tls.clone(), implicit };
                        tasks.spawn(ldap::serve(port, listener))
                    }
                };
                Ok::<_, LabFault>(address)
            } else {
                let socket = refuse()?;
                let address = socket.local_addr().map_err(LabFault::Listen)?;
                silent.push(socket);
                Ok(address)
            }
        };
        let ldaps = open(Service::Ldap { implicit: true })?;
        let ldap = open(Service::Ldap { implicit: false })?;
        let kerberos = if has_kerberos { Some(open(Service::Kerberos)?) } else { None };
        addresses.push(ControllerAddress {
            host: known.host,
            ldaps,
            ldap,
            kerberos,
            pdc_emulator: known.role == Role::PdcEmulator,
        });
    }
    Ok(addresses)
}

/// What a controller's port is for.
#[derive(Clone, Copy)]
enum Service {
    Ldap { implicit: bool },
    Kerberos,
}
