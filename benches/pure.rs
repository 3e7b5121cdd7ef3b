//! What the pure rooms cost: a frame, a key, reading a log, finding a word in it.
//!
//! Relies on criterion for the statistics. Deliberately absent: the terminal (`terminal.rs`), the network.

#[path = "../tests/support/desk.rs"]
mod desk;
#[path = "../tests/support/pages.rs"]
mod pages;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use desk::{Desk, log, now, records};
use mdi_console::key::Key;
use mdi_console::logs::window::Search;
use mdi_console::logs::{SourceId, parse};
use mdi_console::model::msg::Msg;
use mdi_console::model::update::update;
use mdi_console::portal::Reading;
use mdi_console::portal::graph::shape;
use mdi_console::text::Safe;
use mdi_console::walkthrough::step::Step;

const MEGABYTE: usize = 1_000_000;

fn frames(bench: &mut Criterion) {
    for (columns, rows) in [(80, 24), (120, 40)] {
        let Ok(mut desk) = Desk::new(columns, rows) else { return };
        desk.model.logs.push_batch(records(&log(0, 5_000)));
        bench.bench_function(&format!("draw an unchanged frame at {columns}x{rows}"), |bench| {
            bench.iter(|| desk.draw().map(|writes| writes.len()));
        });
        let mut nth = 5_000;
        bench.bench_function(&format!("draw one more log line at {columns}x{rows}"), |bench| {
            bench.iter(|| {
                desk.model.logs.push_batch(records(&log(nth, 1)));
                nth += 1;
                desk.draw().map(|writes| writes.len())
            });
        });
    }
}

fn keys(bench: &mut Criterion) {
    let Ok(mut desk) = Desk::new(120, 40) else { return };
    desk.model.logs.push_batch(records(&log(0, 5_000)));
    let mut down = true;
    bench.bench_function("update for a key", |bench| {
        bench.iter(|| {
            down = !down;
            let key = Key::char(if down { 'j' } else { 'k' });
            update(&mut desk.model, Msg::Key { key, waiting: false }, now())
        });
    });
}

/// A whole refresh of a large fleet, short of the network.
fn fleet(bench: &mut Criterion) {
    let bodies = pages::of(2_000, 100);
    let Ok(mut desk) = Desk::new(120, 40) else { return };
    desk.model.walk.current = Step::Sensors;
    bench.bench_function("read, sort and draw 2,000 sensors", |bench| {
        bench.iter(|| {
            let pages = bodies.iter().filter_map(|body| shape::sensors(body.as_bytes()).ok());
            let sensors = pages.flat_map(|page| page.items).collect();
            desk.model.walk.portal.reading = Some(Reading { sensors, issues: Vec::new(), portal_time: None });
            desk.draw().map(|writes| writes.len())
        });
    });
}

fn logs(bench: &mut Criterion) {
    let mut text = String::new();
    while text.len() < MEGABYTE {
        text.push_str(&log(text.len(), 100));
    }
    let host = Safe::new("dc1.contoso.test");
    let mut group = bench.benchmark_group("logs");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("read a megabyte of log", |bench| {
        bench.iter(|| parse::read_all(SourceId(1), &host, black_box(text.as_bytes())).len());
    });
    let records = records(&text);
    let Ok(search) = Search::new("nowhere to be found") else { return };
    group.bench_function("find a word that is not in it", |bench| {
        bench.iter(|| {
            records.iter().filter(|record| search.lines_of(black_box(record)).next().is_some()).count()
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = frames, keys, fleet, logs
}
criterion_main!(benches);
