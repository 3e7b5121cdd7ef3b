//! The preset `ssh` against a real OpenSSH server: each answer and each failure, and step 6 walked with all of them.
//!
//! Relies on a lab for everything else of the walk; its own probe is not used. Deliberately absent: a Windows behind the
//! server; what it prints is played.

use std::time::Duration;

use mdi_console::clock::{Clock, Driven};
use mdi_console::key::{Code, Key};
use mdi_console::lab::scenario;
use mdi_console::sensor::probe::{Prober, Template};
use mdi_console::sensor::{ProbeFault, Server, Service, ServiceState, Way, Why};
use mdi_console::site::Site;
use mdi_console::walkthrough::step::{Outcome, Phase, Question, Step};
use mdi_console::walkthrough::{ServiceRow, words};

use crate::sensor_servers::SensorServers;
use crate::stage::{Missed, Stage, Tried};

const SENSOR: &str = "AATPSensor";
const UPDATER: &str = "AATPSensorUpdater";
const LIMIT: Duration = Duration::from_secs(20);

fn server(host: &str) -> Server {
    Server { host: host.into(), standalone: true, way: Way::Ssh }
}

fn template(servers: &SensorServers) -> Template {
    Template::new(Way::Ssh, servers.probe()).expect("a command")
}

/// One host for each thing that can be seen or go wrong.
fn hosts(servers: &SensorServers) {
    servers.host("runs.contoso.test", &[(SENSOR, "4 4711"), (UPDATER, "4 815")]);
    servers.host("stopped.contoso.test", &[(SENSOR, "1"), (UPDATER, "4 815")]);
    servers.host("starting.contoso.test", &[(SENSOR, "2 77")]);
    servers.host("absent.contoso.test", &[]);
    servers.host("denied.contoso.test", &[(SENSOR, "error 5")]);
    servers.host("no-rpc.contoso.test", &[(SENSOR, "error 1722")]);
    servers.host("no-sc.contoso.test", &[(SENSOR, "missing")]);
    servers.host("hangs.contoso.test", &[(SENSOR, "hang")]);
    for how in ["stranger", "impostor", "refused"] {
        let host = format!("{how}.contoso.test");
        servers.host(&host, &[(SENSOR, "4 4711")]);
        servers.spoil(&host, how);
    }
}

#[tokio::test]
async fn every_answer_and_every_failure_of_ssh_is_known_for_what_it_is() {
    let Some(servers) = SensorServers::start() else { return };
    hosts(&servers);
    let (prober, template) = (Prober::new(Clock::system(), LIMIT), template(&servers));
    let check = async |host: &str, seen: Result<ServiceState, ProbeFault>| {
        let server = server(&format!("{host}.contoso.test"));
        assert_eq!(prober.ask(&template, &server, Service::Sensor).await, seen, "{host}");
    };
    check("runs", Ok(ServiceState::Running { pid: Some(4711) })).await;
    check("stopped", Ok(ServiceState::Stopped)).await;
    check("starting", Ok(ServiceState::Starting)).await;
    check("absent", Ok(ServiceState::Absent)).await;
    check("denied", Ok(ServiceState::Unknown(Why::AccessDenied))).await;
    check("no-rpc", Ok(ServiceState::Unknown(Why::Unreachable))).await;
    check("no-sc", Err(ProbeFault::CommandNotFound("sh: 1: sc.exe: not found".into()))).await;
    check("stranger", Err(ProbeFault::HostKeyUnknown)).await;
    check("impostor", Err(ProbeFault::HostKeyChanged)).await;
    let asked = prober.ask(&template, &server("refused.contoso.test"), Service::Sensor).await;
    let Err(ProbeFault::PermissionDenied(said)) = asked else { panic!("refused: {asked:?}") };
    assert!(said.ends_with("Permission denied (publickey)."), "{said}");
    // No host's key was taken to be good, and no host that wasn't let in to was asked anything.
    let none = ["stranger", "impostor", "refused"]
        .map(|host| format!("{host}.contoso.test sc.exe queryex {SENSOR}"));
    assert_eq!(none.map(|asked| servers.asked(&asked)), [0; 3]);
    // A name that leads nowhere: ssh says so, and nobody is asked.
    let nowhere = Template::new(Way::Ssh, crate::sensor_servers::preset("ssh")).expect("a command");
    let asked = prober.ask(&nowhere, &server("nowhere.invalid"), Service::Sensor).await;
    assert!(matches!(&asked, Err(ProbeFault::Ssh(said)) if said.contains("resolve hostname")), "{asked:?}");
}

#[tokio::test]
async fn a_host_that_hangs_is_given_up_in_time_and_ssh_with_it() {
    let Some(servers) = SensorServers::start() else { return };
    hosts(&servers);
    let driven = Driven::new(jiff::Timestamp::UNIX_EPOCH);
    let (prober, template) = (Prober::new(driven.clock(), LIMIT), template(&servers));
    let asked =
        tokio::spawn(
            async move { prober.ask(&template, &server("hangs.contoso.test"), Service::Sensor).await },
        );
    while servers.asked(&format!("hangs.contoso.test sc.exe queryex {SENSOR}")) == 0 {
        tokio::task::yield_now().await;
    }
    driven.move_to(driven.next().expect("a time-out"));
    assert_eq!(asked.await.expect("an end"), Err(ProbeFault::TimedOut { seconds: 20 }));
    let left = ssh_to("hangs.contoso.test");
    assert!(left.is_empty(), "still there: {left:?}");
}

/// Living processes of ssh that ask this host.
fn ssh_to(host: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("the processes").flatten();
    let lines = processes.filter_map(|one| std::fs::read(one.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.starts_with("ssh ") && line.contains(host)).collect()
}

impl Stage {
    /// A lab whose sensor servers are these instead, walked to step 6.
    async fn at_services(servers: &SensorServers, hosts: &[&str]) -> Tried<Self> {
        let found = scenario::find("clean").ok_or_else(|| Missed::because("no scenario"))?;
        let mut stage = Self::empty(found)?;
        let site = Site::of_lab(&stage.lab.addresses())?;
        let servers = Site {
            servers: hosts.iter().map(|host| server(&format!("{host}.contoso.test"))).collect(),
            probe: Some(Template::new(Way::Ssh, servers.probe())?),
            ..site
        };
        stage.sit_down_at(servers)?;
        stage.settle().await?;
        stage.reach_save().await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        Ok(stage)
    }

    fn row(&self, host: &str) -> Tried<&ServiceRow> {
        let host = format!("{host}.contoso.test");
        let row = self.walk()?.services.iter().find(|row| *row.server.host == *host);
        row.ok_or_else(|| self.missed("that server"))
    }

    fn is(&self, host: &str, is: &str) -> Tried {
        let word = words::service_of(self.row(host)?);
        if says(&word, is) { Ok(()) } else { Err(self.missed(&format!("{host} {is}, which is {word}"))) }
    }

    async fn until_state(&mut self, host: &str, is: &str) -> Tried {
        let host = format!("{host}.contoso.test");
        self.until(&format!("{host} {is}"), |model| {
            let mut rows = model.walk.services.iter().filter(|row| *row.server.host == *host);
            rows.any(|row| says(&words::service_of(row), is))
        })
        .await
    }

    /// The marked row becomes this host's.
    async fn go_to(&mut self, host: &str) -> Tried {
        let host = format!("{host}.contoso.test");
        let place = self.model()?.services().iter().position(|row| *row.server.host == *host);
        self.press(Key::char('g')).await?;
        for _ in 0..place.ok_or_else(|| self.missed("that row"))? {
            self.press(Key::plain(Code::Down)).await?;
        }
        Ok(())
    }
}

/// Why it is not known may go on behind that.
fn says(word: &str, is: &str) -> bool {
    word == is || (is.starts_with("unknown") && word.starts_with(is))
}

/// What happens to the servers while they are looked at.
async fn watched(servers: &SensorServers) -> Tried {
    let all = ["absent", "impostor", "no-sc", "refused", "restarts", "runs", "stopped", "stranger"];
    let mut stage = Stage::at_services(servers, &all).await?;
    stage.until_state("runs", "running").await?;
    // Looked at more than once: what was the same process stays it, and another one is a restart.
    servers.set("restarts.contoso.test", SENSOR, "4 4712");
    stage.press(Key::char('r')).await?;
    stage.until_state("restarts", "restarting").await?;
    stage.until_state("runs", "running").await?;
    stage.is("stopped", "stopped")?;
    stage.is("absent", "absent")?;
    stage.is("stranger", "unknown: the host key is not known")?;
    stage.is("impostor", "unknown: the host key has changed")?;
    stage.is("refused", "unknown: permission denied")?;
    stage.is("no-sc", "unknown: command not found")?;
    stage.go_to("impostor").await?;
    stage.until_reads("impostor.contoso.test could not be asked: the host key has changed.").await?;
    stage.until_reads("Find out why before anything else.").await?;
    stage.go_to("stopped").await?;
    stage.until_reads("ssh stopped.contoso.test sc.exe start AATPSensor").await?;
    stage.press(Key::char('y')).await?;
    stage.until_reads("Copied.").await?;
    accounted_for(&mut stage, servers).await
}

/// Each is mended, marked or given a reason, until the gate opens.
async fn accounted_for(stage: &mut Stage, servers: &SensorServers) -> Tried {
    servers.set("stopped.contoso.test", SENSOR, "4 99");
    servers.set("absent.contoso.test", SENSOR, "4 98");
    for host in ["stopped", "absent", "restarts"] {
        stage.until_state(host, "running").await?;
    }
    for host in ["stranger", "impostor", "refused"] {
        stage.go_to(host).await?;
        stage.press(Key::char('m')).await?;
        stage.answer("services.msc on its console").await?;
        stage.is(host, "marked by operator")?;
    }
    stage.enter().await?;
    stage.until_asked(&Question::ReasonForService("no-sc.contoso.test".into())).await?;
    stage.answer("it is being set up anew").await?;
    stage.until("an open gate", |model| *model.walk.phase(Step::Services) == Phase::Ready).await?;
    stage.enter().await?;
    stage.until_step(Step::Sensors).await?;
    let settled = stage.walk()?.phase(Step::Services).clone();
    if settled == Phase::Settled(Outcome::Overridden) {
        Ok(())
    } else {
        Err(stage.missed("the override said"))
    }
}

#[tokio::test]
async fn step_6_is_walked_over_ssh_with_servers_in_every_state() {
    let Some(servers) = SensorServers::start() else { return };
    hosts(&servers);
    servers.host("restarts.contoso.test", &[(SENSOR, "4 4711"), (UPDATER, "4 815")]);
    let walked = watched(&servers).await;
    assert!(walked.is_ok(), "{}", walked.err().map(|missed| missed.to_string()).unwrap_or_default());
}
