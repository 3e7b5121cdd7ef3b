//! The console's own screen without its engine: a model with logs in it, drawn by the real view on a page over a wire.
//!
//! For what a frame costs, in bytes and in time. Deliberately absent: the walk's steps, and any terminal.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use mdi_console::clock::{Instant, Now};
use mdi_console::logs::{Record, SourceId, parse};
use mdi_console::model::{Model, Size};
use mdi_console::sensor::{Server, Way};
use mdi_console::terminal::page::{self, Page};
use mdi_console::terminal::traits::{Colour, Traits};
use mdi_console::text::Safe;
use mdi_console::ui;
use mdi_console::ui::look::Look;
use mdi_console::walkthrough::{Clipboard, ControllerTerms, Terms};
use ratatui::Terminal;

/// Each write, as it went out.
#[derive(Clone, Default)]
pub struct Wire(Rc<RefCell<Vec<Vec<u8>>>>);

impl io::Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub struct Desk {
    pub model: Model,
    look: Look,
    screen: Terminal<Page<Wire>>,
    wire: Wire,
}

impl Desk {
    pub fn new(columns: u16, rows: u16) -> io::Result<Self> {
        let wire = Wire::default();
        let traits = Traits {
            colour: Colour::Ansi16,
            ascii: false,
            ssh: false,
            multiplexer: None,
            synchronized: true,
            title: true,
            is_terminal: true,
            dumb: false,
        };
        let screen = Page::new(wire.clone(), (columns, rows).into(), traits).into_terminal()?;
        let model = Model::new(terms(), now(), Size { columns, rows });
        Ok(Self { model, look: Look::new(true, false), screen, wire })
    }

    /// Draws as the loop does; what was written for it.
    pub fn draw(&mut self) -> io::Result<Vec<Vec<u8>>> {
        let (model, look) = (&self.model, &self.look);
        self.screen.draw(|frame| {
            ui::view(model, look, frame);
            page::settle(frame.buffer_mut());
        })?;
        Ok(self.wire.0.take())
    }
}

pub fn now() -> Now {
    let wall = jiff::Timestamp::new(1_795_528_990, 0).unwrap_or_default();
    Now { at: Instant(Duration::from_secs(100)), wall }
}

/// Lines of a busy sensor's log; one of a hundred is a refusal of several lines.
pub fn log(from: usize, lines: usize) -> String {
    (from..from + lines).map(line).collect()
}

fn line(nth: usize) -> String {
    let time =
        format!("2026-11-24 {:02}:{:02}:{:02}.{:04}", nth / 3600 % 24, nth / 60 % 60, nth % 60, nth % 7919);
    match nth % 100 {
        99 => format!(
            "{time} Error DirectoryServicesClient+<CreateLdapConnectionAsync>d__47 \
             Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed \
             [DomainControllerDnsName=dc{}.contoso.test] ---> \
             System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.\n   \
             at System.DirectoryServices.Protocols.LdapConnection.BindHelper(NetworkCredential newCredential)\n",
            nth % 9
        ),
        rest if rest % 3 == 0 => format!("{time} Info  SensorService Sensor is running, cycle {nth}\n"),
        rest if rest % 3 == 1 => {
            format!("{time} Warn  RegistryKey Access to the key 'Global' is slow [Span={nth}]\n")
        }
        _ => format!(
            "{time} Info  ImpersonationManager CreateImpersonatorAsync finished \
             [UserName=svc-mdi Domain=contoso.test Call={nth} IsSuccess=True]\n"
        ),
    }
}

pub fn records(log: &str) -> Vec<Record> {
    parse::read_all(SourceId(1), &Safe::new("dc1.contoso.test"), log.as_bytes())
}

fn terms() -> Terms {
    let hosts = ["dc1.contoso.test", "dc2.contoso.test", "dc3.contoso.test"].map(Safe::new);
    Terms {
        site: Safe::new("contoso-corp"),
        lab: true,
        origin: None,
        operator: Safe::new("ana"),
        host: Safe::new("jump-01"),
        portal_address: Safe::new("https://security.microsoft.com/settings/identities"),
        graph: true,
        application: false,
        hand_off: false,
        clipboard: Clipboard::NotAllowed,
        second_person: false,
        entries: Vec::new(),
        save_host: Safe::new("contoso-corp.atp.lab"),
        controllers: hosts
            .clone()
            .map(|host| ControllerTerms { host, domain: Safe::new("contoso.test") })
            .to_vec(),
        search_faults: Vec::new(),
        kerberos_alone: false,
        reader: false,
        sources: Vec::new(),
        servers: hosts.map(|host| Server { host, standalone: false, way: Way::Sc }).to_vec(),
        old_password: Duration::from_hours(1),
        poll: Duration::from_mins(1),
        watch: Duration::from_mins(35),
        settle: Duration::from_mins(3),
        tour: false,
        options: Safe::default(),
        banner: None,
    }
}
