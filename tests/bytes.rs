//! What the real screen costs on the wire at 120×40: nothing when nothing changed, little when a log line arrives.
//!
//! Relies on `support/story.rs`, which drives the real machine. The figures are printed and held.

#![expect(clippy::expect_used, reason = "a test may end where it stands; it says why")]

#[path = "support/scenes.rs"]
#[expect(dead_code, reason = "the screens' tests use the rest")]
mod scenes;
#[path = "support/story.rs"]
mod story;

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use mdi_console::key::Key;
use mdi_console::logs::{self, SourceId};
use mdi_console::model::msg::Msg;
use mdi_console::model::update::update;
use mdi_console::model::{LogRoom, Model, Pane, Size, Sort};
use mdi_console::portal::{Deployment, Sensor, ServiceStatus};
use mdi_console::terminal::page::{self, Page};
use mdi_console::terminal::traits::{ColourChoice, Traits, Wishes};
use mdi_console::text::Safe;
use mdi_console::ui::{self, Look};
use ratatui::Terminal;
use ratatui::layout::Size as Area;

const COLUMNS: u16 = 120;
const ROWS: u16 = 40;
const SCROLLED: usize = 300;
const REFRESHED: usize = 600;

#[derive(Clone, Default)]
struct Wire(Rc<RefCell<Vec<u8>>>);

impl io::Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn screen(wire: &Wire) -> Terminal<Page<Wire>> {
    let wishes = Wishes { colour: ColourChoice::Always, ascii: false };
    let environment = |name: &str| (name == "TERM").then(|| "xterm-256color".to_owned());
    let traits = Traits::decide(wishes, environment, true);
    Page::new(wire.clone(), Area::new(COLUMNS, ROWS), traits).into_terminal().expect("a page in memory")
}

/// Draws once; how many bytes left.
fn draw(screen: &mut Terminal<Page<Wire>>, model: &Model, wire: &Wire) -> usize {
    wire.0.borrow_mut().clear();
    let look = Look::new(true, false);
    let drawn = screen.draw(|frame| {
        ui::view(model, &look, frame);
        page::settle(frame.buffer_mut());
    });
    drawn.expect("drawn");
    wire.0.borrow().len()
}

/// A refresh in which five sensors changed, with the rows in the order they are in by default.
#[test]
fn a_refresh_in_which_five_sensors_changed_costs_few_bytes() {
    let check = |sort: Sort, change: fn(&mut Sensor), what: &str| {
        let mut model = scenes::model(story::Story::new(story::Names::Usual).at_sensors());
        model.size = Size { columns: COLUMNS, rows: ROWS };
        model.sort = sort;
        let wire = Wire::default();
        let mut screen = screen(&wire);
        draw(&mut screen, &model, &wire);
        let reading = model.walk.portal.reading.as_mut().expect("a reading");
        reading.sensors.iter_mut().skip(2).take(5).for_each(change);
        let refreshed = draw(&mut screen, &model, &wire);
        println!("120×40: five sensors {what}: {refreshed} bytes");
        assert!(refreshed > 0 && refreshed <= REFRESHED, "{what}: {refreshed} bytes");
    };
    let syncing: fn(&mut Sensor) = |sensor| sensor.deployment = Deployment::Syncing;
    let stopped: fn(&mut Sensor) = |sensor| sensor.service = ServiceStatus::Stopped;
    let issues: fn(&mut Sensor) = |sensor| sensor.open_issues = Some(1);
    for sort in [Sort::TroubleFirst, Sort::ByName] {
        check(sort, issues, "with an issue more");
        check(sort, syncing, "syncing");
        check(sort, stopped, "stopped");
    }
}

/// Records as sensors write them, another one each second; some are longer than the screen is wide, some are faults.
fn line(second: u32) -> String {
    let text = match second % 4 {
        0 => format!("Info  WebClient SendHeartbeatAsync finished [duration={second}]"),
        1 => format!(
            "Error DirectoryServicesClient+<CreateLdapConnectionAsync>d__47 Microsoft.Tri.Infrastructure.ExtendedException: \
             CreateLdapConnectionAsync failed [DomainControllerDnsName=dc{second}.contoso.test] ---> \
             System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.\n   at A.B()"
        ),
        2 => format!(
            "Warn  EntityResolver {} [domain=contoso.test UserName=svc-{second}]",
            "resolved entities ".repeat(12)
        ),
        _ => format!(
            "Info  NetworkListener captured packets [perSecond={second} dropped=0] {}",
            "0123456789".repeat(20)
        ),
    };
    format!("2026-11-22 14:10:{second:02}.0000 {text}\n")
}

fn push(model: &mut Model, seconds: std::ops::Range<u32>) {
    let text: String = seconds.map(line).collect();
    let records = logs::parse::read_all(SourceId(1), &Safe::new("dc1.contoso.test"), text.as_bytes());
    model.logs.push_batch(records);
}

fn with_logs(room: LogRoom, pane: Pane) -> Model {
    let mut model = scenes::model(story::Story::new(story::Names::Usual).accepted());
    model.size = Size { columns: COLUMNS, rows: ROWS };
    model.room = room;
    model.pane = pane;
    push(&mut model, 0..40);
    model
}

#[test]
fn a_log_line_that_arrives_costs_few_bytes_and_a_still_screen_none() {
    for room in [LogRoom::Small, LogRoom::Half, LogRoom::Most] {
        for pane in [Pane::Stage, Pane::Logs] {
            let mut model = with_logs(room, pane);
            let wire = Wire::default();
            let mut screen = screen(&wire);
            let whole = draw(&mut screen, &model, &wire);
            let still = draw(&mut screen, &model, &wire);
            push(&mut model, 40..41);
            let scrolled = draw(&mut screen, &model, &wire);
            println!(
                "120×40, logs {room:?}, keys in {pane:?}: first frame {whole} bytes, nothing changed {still}, one log line more {scrolled}"
            );
            assert_eq!(still, 0);
            assert!(scrolled > 0 && scrolled <= SCROLLED, "{room:?} {pane:?}: {scrolled} bytes");
        }
    }
}

#[test]
fn scrolling_the_logs_by_a_line_costs_few_bytes_however_large_the_pane() {
    for room in [LogRoom::Small, LogRoom::Half, LogRoom::Most] {
        let mut model = with_logs(room, Pane::Logs);
        let wire = Wire::default();
        let mut screen = screen(&wire);
        let press = |model: &mut Model, c: char| {
            update(model, Msg::Key { key: Key::char(c), waiting: false }, model.now);
        };
        press(&mut model, 'k');
        draw(&mut screen, &model, &wire);
        let mut most = 0;
        for _ in 0..29 {
            press(&mut model, 'k');
            let moved = draw(&mut screen, &model, &wire);
            most = most.max(moved);
            assert!(moved > 0 && moved <= SCROLLED, "{room:?}: {moved} bytes");
        }
        for _ in 0..29 {
            press(&mut model, 'j');
            let moved = draw(&mut screen, &model, &wire);
            most = most.max(moved);
            assert!(moved > 0 && moved <= SCROLLED, "{room:?}: {moved} bytes down");
        }
        println!(
            "120×40, logs {room:?}: the cursor up and down through the records, at most {most} bytes a line"
        );
    }
}
