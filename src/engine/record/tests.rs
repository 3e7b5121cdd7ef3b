//! Lines that wait go to the disk together, and each is answered for by itself.

use std::io;

use zeroize::Zeroizing;

use super::*;
use crate::clock::Driven;

#[derive(Default)]
struct Played {
    writes: usize,
    forces: usize,
    fails: bool,
}

impl Disk for Played {
    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        self.writes += 1;
        Ok(())
    }
    fn force(&mut self) -> io::Result<()> {
        self.forces += 1;
        if self.fails { Err(io::Error::other("I/O error")) } else { Ok(()) }
    }
    fn cut(&mut self, _: u64) -> io::Result<()> {
        Ok(())
    }
}

fn writer(disk: Played) -> (Writer<Played>, tokio::sync::mpsc::Receiver<Answer>) {
    let clock = Driven::new(jiff::Timestamp::UNIX_EPOCH).clock();
    let vault = Arc::new(Secrets::new(clock.clone()));
    vault.keep(Zeroizing::new("Svc-Pass-123!".to_owned()));
    let (out, answers) = tokio::sync::mpsc::channel(16);
    (Writer { file: JournalFile::over("w.jsonl".into(), disk), clock, vault, out }, answers)
}

fn line(writer: &Writer<Played>, ticket: u64, text: &str) -> Line {
    let fact = Box::new(Fact::CanEdit { answer: Safe::new(text) });
    Line::Fact { ticket: Ticket(ticket), fact, work: writer.clock.work() }
}

fn told(answers: &mut tokio::sync::mpsc::Receiver<Answer>) -> Vec<(u64, event::Record)> {
    std::iter::from_fn(|| answers.try_recv().ok())
        .filter_map(|answer| match answer.told {
            Told::Event(event) => match *event {
                Event::Record(Ticket(number), record) => Some((number, record)),
                _ => None,
            },
            Told::Records(_) | Told::Counted(_) | Told::Loaded(_) => None,
        })
        .collect()
}

#[test]
fn waiting_lines_are_forced_to_disk_once_and_answered_in_order() {
    let (mut writer, mut answers) = writer(Played::default());
    let waiting = vec![line(&writer, 1, "yes"), line(&writer, 2, "Svc-Pass-123!"), line(&writer, 3, "no")];
    writer.take(waiting);
    let disk = writer.file.disk();
    assert_eq!((disk.writes, disk.forces), (1, 1));
    let told = told(&mut answers);
    assert!(matches!(
        told.as_slice(),
        [
            (1, event::Record::Recorded { count: 1, .. }),
            (2, event::Record::HoldsSecret),
            (3, event::Record::Recorded { count: 2, .. })
        ]
    ));
    writer.take(vec![line(&writer, 4, "Svc-Pass-123!")]);
    assert_eq!(writer.file.disk().writes, 1, "nothing was to be written");
}

#[test]
fn when_the_disk_fails_none_of_them_is_called_written_and_the_next_is_numbered_as_if_they_had_never_been() {
    let (mut writer, mut answers) = writer(Played { fails: true, ..Played::default() });
    writer.take(vec![line(&writer, 1, "yes"), line(&writer, 2, "no")]);
    assert!(told(&mut answers).iter().all(|(_, record)| matches!(record, event::Record::Failed(_))));
    writer.file.disk().fails = false;
    writer.take(vec![line(&writer, 3, "yes")]);
    assert!(matches!(told(&mut answers).as_slice(), [(3, event::Record::Recorded { count: 1, .. })]));
}
