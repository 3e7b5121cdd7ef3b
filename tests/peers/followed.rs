//! Logs that are followed over a real ssh: what is written on the far side is evidence here, once, and a lost link is said.
//!
//! Relies on a lab for everything else of the walk; its own logs are not followed. ssh takes its time while the walk's
//! stands still. Deliberately absent: a Windows behind the server.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use mdi_console::lab::scenario;
use mdi_console::logs::SourceId;
use mdi_console::logs::source::{SourceState, State, Unreachable};
use mdi_console::logs::tail::LogCommand;
use mdi_console::model::Model;
use mdi_console::site::Site;
use mdi_console::walkthrough::step::Step;
use mdi_console::walkthrough::watch::VerdictWord;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::sensor_servers::SensorServers;
use crate::stage::{Missed, Stage, Tried};

const HOSTS: [&str; 2] = ["dc1.contoso.test", "dc4.contoso.test"];
const SECOND: Duration = Duration::from_secs(1);
/// So often the loop comes to rest while ssh takes its time.
const RESTS: usize = 2_000_000;

/// The far side's logs.
struct Logs(TempDir);

impl Logs {
    fn new() -> Self {
        let logs = Self(tempfile::tempdir().expect("a folder"));
        for (host, text) in HOSTS.into_iter().zip(["The supplied credential is invalid.", "started"]) {
            logs.write(host, &error(1, text));
        }
        logs
    }

    fn of(&self, host: &str) -> PathBuf {
        self.0.path().join(host)
    }

    fn write(&self, host: &str, line: &str) {
        let file = OpenOptions::new().create(true).append(true).open(self.of(host));
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("a line is written");
    }

    fn length(&self, host: &str) -> u64 {
        std::fs::metadata(self.of(host)).expect("a log").len()
    }

    /// Living processes of ssh that follow this log.
    fn links(&self, host: &str) -> Vec<i32> {
        let log = self.of(host).display().to_string();
        let processes = std::fs::read_dir("/proc").expect("the processes").flatten();
        let ids = processes.filter_map(|one| one.file_name().to_str()?.parse::<i32>().ok());
        let follows = |id: &i32| {
            let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
            words.first().is_some_and(|program| program.ends_with(b"ssh")) && words.contains(&log.as_bytes())
        };
        ids.filter(follows).collect()
    }
}

fn error(second: u32, text: &str) -> String {
    let head = "Error DirectoryServicesClient System.DirectoryServices.Protocols.LdapException:";
    format!("2026-03-04 05:06:{second:02}.0000 {head} {text}\n")
}

fn refusal(second: u32) -> String {
    error(second, "The supplied credential is invalid.")
}

fn standing<'a>(model: &'a Model, host: &str) -> Option<&'a SourceState> {
    model.walk.sources.values().find(|view| view.host.as_str() == host).map(|view| &view.state)
}

impl Stage {
    /// A lab whose logs are these instead.
    fn following(servers: &SensorServers, logs: &Logs) -> Tried<Self> {
        let found = scenario::find("clean").ok_or_else(|| Missed::because("no scenario"))?;
        let mut stage = Self::empty(found)?;
        let site = Site::of_lab(&stage.lab.addresses())?;
        let ssh = servers.programs().join("ssh").display().to_string();
        let command = |(host, id): (&str, u32)| {
            let words = [&ssh, "-T", "-n", "-o", "BatchMode=yes", host, "tail", "-n", "10", "-F"];
            let log = logs.of(host).display().to_string();
            let command = words.map(str::to_owned).into_iter().chain([log]).collect();
            LogCommand { id: SourceId(id), host: host.into(), command }
        };
        let commands = HOSTS.into_iter().zip(0..).map(command).collect();
        stage.sit_down_at(Site { sources: Vec::new(), commands, ..site })?;
        Ok(stage)
    }

    /// Waits for the far side, while the walk's time stands still.
    async fn far_side(&mut self, what: &str, so: impl Fn(&Model) -> bool) -> Tried {
        for _ in 0..RESTS {
            self.settle().await?;
            if so(self.model()?) {
                return Ok(());
            }
        }
        Err(self.missed(what))
    }

    /// Waits until all of the log has come, and until it is clear that the last record is whole.
    async fn has_come(&mut self, logs: &Logs, host: &str, printed: u64) -> Tried {
        let wanted = |model: &Model| standing(model, host).is_some_and(|state| state.offset() >= printed);
        if let Err(missed) = self.far_side("the log to come", wanted).await {
            let (links, length) = (logs.links(host), logs.length(host));
            return Err(Missed::because(format!("{missed}\n{host}: links {links:?}, {length} bytes")));
        }
        self.wait(SECOND + SECOND / 4).await
    }

    fn counted(&self, before: usize, after: usize) -> Tried {
        let counted = self.model()?.logs.count_refusals();
        if (counted.before, counted.after, counted.not_known) == (before, after, 0) {
            Ok(())
        } else {
            Err(self.missed(&format!("{before} refusals before and {after} after, not {counted:?}")))
        }
    }

    fn suspects(&self, host: &str) -> Tried {
        let watch = self.walk()?.watch.as_ref();
        let refusing: Vec<&str> = watch
            .iter()
            .flat_map(|watch| watch.refusing_hosts())
            .map(mdi_console::text::Safe::as_str)
            .collect();
        let suspected = watch.is_some_and(mdi_console::walkthrough::watch::Watch::suspected);
        if suspected && refusing == [host] { Ok(()) } else { Err(self.missed(&format!("{host} suspected"))) }
    }
}

async fn walked(servers: &SensorServers, logs: &Logs) -> Tried {
    let [first, second] = HOSTS;
    let mut stage = Stage::following(servers, logs)?;
    for host in HOSTS {
        stage.has_come(logs, host, logs.length(host)).await?;
    }
    // Until it is clear that all that was there has been printed.
    stage.wait(3 * SECOND).await?;
    stage.reach_save().await?;
    stage.confirm_save().await?;
    stage.until_step(Step::Services).await?;
    stage.counted(1, 0)?;
    logs.write(first, &refusal(11));
    stage.has_come(logs, first, logs.length(first)).await?;
    stage.counted(1, 1)?;
    stage.suspects(first)?;
    lost_and_found(&mut stage, logs, first).await?;
    logs.write(second, &refusal(13));
    stage.has_come(logs, second, logs.length(second)).await?;
    stage.counted(1, 3)?;
    if stage.walk()?.watch.as_ref().and_then(|watch| watch.verdict.as_ref()).map(|verdict| verdict.word)
        != Some(VerdictWord::Refused)
    {
        return Err(stage.missed("refused, as two hosts agree"));
    }
    stage.leave().await?;
    stage.consoles.clear();
    Ok(())
}

/// The link is killed; what is written meanwhile comes with the next one, and what that repeats is nothing new.
async fn lost_and_found(stage: &mut Stage, logs: &Logs, host: &str) -> Tried {
    for link in logs.links(host) {
        kill_process(Pid::from_raw(link).expect("an id"), Signal::TERM)?;
    }
    let ended = |model: &Model| {
        let standing = standing(model, host).map(|stand| &stand.state);
        matches!(standing, Some(State::Unreachable(Unreachable::Ended { .. })))
    };
    stage.far_side("a link that ended", ended).await?;
    logs.write(host, &refusal(12));
    stage.wait(SECOND).await?;
    stage.far_side("a new link", |model| standing(model, host).is_some_and(SourceState::is_readable)).await?;
    stage.has_come(logs, host, logs.length(host)).await?;
    stage.wait(SECOND).await?;
    stage.counted(1, 2)?;
    stage.suspects(host)
}

#[tokio::test]
async fn what_is_refused_on_the_far_side_is_evidence_here_and_a_lost_link_makes_none_of_it_twice() {
    let Some(servers) = SensorServers::start() else { return };
    for host in HOSTS {
        servers.host(host, &[]);
    }
    let logs = Logs::new();
    let walked = walked(&servers, &logs).await;
    assert!(walked.is_ok(), "{}", walked.err().map(|missed| missed.to_string()).unwrap_or_default());
    // The console has left, and its links with it.
    while HOSTS.iter().any(|host| !logs.links(host).is_empty()) {
        tokio::task::yield_now().await;
    }
}
