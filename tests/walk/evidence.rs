//! What counts as evidence after a save, and what doesn't: what lay before the mark, and sources that fell silent.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use mdi_console::walkthrough::step::{Phase, Step};
use mdi_console::walkthrough::watch::{Finding, Missing, VerdictWord};

use crate::play;
use crate::stage::{Missed, Stage, Tried, files};

const REFUSED: &str = "2026-03-04 05:06:07.0000 Error DirectoryServicesClient+<CreateLdapConnectionAsync>d__47 Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed [DomainControllerDnsName=dc1.contoso.test] ---> System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.\r\n";

impl Stage {
    /// The file in which the sensor on `host` writes its errors.
    fn errors_of(&self, host: &str) -> Tried<PathBuf> {
        files(&self.lab_folder().join(host))?
            .into_iter()
            .find(|path| path.ends_with("Microsoft.Tri.Sensor-Errors.log"))
            .ok_or_else(|| Missed::because("no log of errors"))
    }

    fn write_refusal(&self, host: &str) -> Tried {
        let mut file = OpenOptions::new().append(true).open(self.errors_of(host)?)?;
        Ok(file.write_all(REFUSED.as_bytes())?)
    }

    async fn walk_on_to_the_verdict(&mut self) -> Tried {
        self.until("services that run", |model| *model.walk.phase(Step::Services) == Phase::Ready).await?;
        self.enter().await?;
        self.until_verdict().await
    }
}

#[test]
fn a_refusal_written_before_the_mark_and_read_after_it_is_no_evidence() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.reach_save().await?;
        // No time passes up to the mark, so nobody has read these lines when it is taken.
        stage.write_refusal("dc1.contoso.test")?;
        stage.write_refusal("dc4.contoso.test")?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.walk_on_to_the_verdict().await?;
        stage.hold(stage.verdict()? == Some(VerdictWord::Confirmed), "confirmed")?;
        stage.leave().await?;
        stage.check_traces()
    });
}

#[test]
fn a_refusal_on_two_hosts_after_the_mark_is_a_refused_verdict_on_every_step() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.reach_save().await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.write_refusal("dc1.contoso.test")?;
        stage.write_refusal("dc4.contoso.test")?;
        stage.until_verdict().await?;
        stage.hold(stage.verdict()? == Some(VerdictWord::Refused), "refused")?;
        stage.hold(stage.walk()?.current == Step::Services, "wherever the operator is")?;
        stage.until_reads("dc1.contoso.test").await?;
        let rang = stage.console()?.bytes().contains(&7);
        stage.hold(rang, "the bell")?;
        stage.leave().await?;
        stage.check_traces()
    });
}

#[test]
fn one_line_of_one_host_alone_is_a_suspicion_and_not_a_refusal() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.reach_save().await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.write_refusal("dc4.contoso.test")?;
        stage.walk_on_to_the_verdict().await?;
        stage.hold(stage.verdict()? == Some(VerdictWord::NotConfirmed), "not confirmed")?;
        let watch = stage.walk()?.watch.as_ref();
        let missing = watch.and_then(|watch| watch.verdict.as_ref()).map(|verdict| verdict.missing.clone());
        let named = missing.is_some_and(|missing| {
            missing.iter().any(|one| matches!(one, Missing::Suspected(host) if host.contains("dc4")))
        });
        stage.hold(named, "dc4 named as suspected")?;
        stage.leave().await?;
        stage.check_traces()
    });
}

#[test]
fn a_source_that_falls_silent_during_the_watch_was_not_watched_throughout() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.reach_save().await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        fs::remove_dir_all(stage.lab_folder().join("dc4.contoso.test"))?;
        stage
            .until("a source that can't be read", |model| {
                model.walk.sources.values().any(|source| !source.readable)
            })
            .await?;
        stage.hold(stage.verdict()?.is_none(), "the watch still going on")?;
        stage.walk_on_to_the_verdict().await?;
        // The portal was read throughout, and would have shown a refusal.
        stage.hold(stage.verdict()? == Some(VerdictWord::Confirmed), "confirmed by what was watched")?;
        stage.leave().await?;
        stage.check_traces()
    });
}

#[test]
fn through_every_rotation_each_record_keeps_its_side_of_the_change() {
    play(async {
        let mut stage = Stage::open("log-rotates").await?;
        stage.reach_save().await?;
        // Written and rotated away before the mark, and read after it.
        for host in ["dc1.contoso.test", "dc4.contoso.test"] {
            stage.write_refusal(host)?;
            let log = stage.errors_of(host)?;
            fs::rename(&log, log.with_file_name("Microsoft.Tri.Sensor-Errors-Archived-00000.log"))?;
            fs::write(&log, "")?;
        }
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.until_verdict().await?;
        stage.hold(stage.verdict()? == Some(VerdictWord::Refused), "refused")?;
        let watch = stage.walk()?.watch.clone().ok_or_else(|| Missed::because("a watch"))?;
        let refusing: Vec<&str> = watch.refusing_hosts().map(mdi_console::text::Safe::as_str).collect();
        stage.hold(
            refusing == ["dc8.contoso.test"],
            &format!("dc8 alone, by its log, and not {refusing:?}"),
        )?;
        let sensors = stage.walk()?.sensors().to_vec();
        let others = sensors.iter().filter(|sensor| sensor.host.as_str() != "dc8.contoso.test");
        let took = others.filter(|sensor| watch.finding(sensor) == Finding::TookIt).count();
        stage.hold(took + 1 == sensors.len(), "every other sensor's log to show that it took it")?;
        // It tries once more, and gives up; nothing else is found, and nothing twice.
        stage.wait(Duration::from_secs(5)).await?;
        let counted = stage.console()?.model().logs.count_refusals();
        stage.hold((counted.before, counted.after) == (2, 2), &format!("{counted:?}"))?;
        stage.leave().await?;
        stage.check_traces()
    });
}
