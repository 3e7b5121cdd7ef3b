//! One run of a probe to its end: what it printed, capped, and how it ended.
//!
//! Relies on `child` for the program and all it may have started. Deliberately absent: what the program is for, and a
//! process that leaves its group.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::child::{Family, NotStarted, Running};
use crate::clock::Clock;
use crate::sensor::ProbeFault;
use crate::text::Safe;

/// The most that is read of what a program prints, on either stream.
pub const MOST: usize = 64 * 1024;

/// How long output may still come after the program has ended, from something it left behind.
pub(super) const GRACE: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(super) struct Finished {
    pub(super) status: ExitStatus,
    pub(super) output: Vec<u8>,
    pub(super) errors: Vec<u8>,
}

pub(super) fn start(family: &Family, program: &str, arguments: &[String]) -> Result<Running, ProbeFault> {
    family.start(program, arguments).map_err(|error| match error {
        NotStarted::Leaving => ProbeFault::Cut("the console is leaving".into()),
        NotStarted::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            ProbeFault::NoProgram(Safe::new(program))
        }
        NotStarted::Io(error) => {
            ProbeFault::NotStarted { program: Safe::new(program), reason: Safe::from(error.to_string()) }
        }
    })
}

pub(super) async fn finish(running: &mut Running, clock: &Clock) -> Result<Finished, ProbeFault> {
    let (mut output, mut errors) = (Capped::default(), Capped::default());
    let (out, err) = running.pipes();
    let status = {
        let reading = async { tokio::try_join!(output.read(out), errors.read(err)).map(drop) };
        tokio::pin!(reading);
        tokio::select! {
            read = &mut reading => {
                read?;
                running.wait().await
            }
            status = running.wait() => {
                // A program that leaves something behind (ssh's shared connection does) must not be waited for.
                match clock.timeout(GRACE, &mut reading).await {
                    Ok(read) => read?,
                    Err(_) => running.kill(),
                }
                status
            }
        }
    };
    let status = status.map_err(|error| ProbeFault::Cut(Safe::from(error.to_string())))?;
    running.let_go();
    Ok(Finished { status, output: output.0, errors: errors.0 })
}

#[derive(Debug, Default)]
struct Capped(Vec<u8>);

impl Capped {
    async fn read(&mut self, from: Option<impl AsyncRead + Unpin>) -> Result<(), ProbeFault> {
        let Some(mut from) = from else { return Ok(()) };
        loop {
            let room = (MOST + 1).saturating_sub(self.0.len());
            let mut piece = (&mut from).take(room as u64);
            match piece.read_buf(&mut self.0).await {
                Ok(0) => return Ok(()),
                Ok(_) if self.0.len() > MOST => return Err(ProbeFault::TooLong { kibibytes: MOST / 1024 }),
                Ok(_) => {}
                Err(error) => return Err(ProbeFault::Cut(Safe::from(error.to_string()))),
            }
        }
    }
}
