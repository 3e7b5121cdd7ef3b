//! This machine's roots: read where a certificate has to lead to them, once, and left alone everywhere else.
//!
//! Relies on a pipe in the place of the file that `SSL_CERT_FILE` names: whoever reads it is counted.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};

use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};

use crate::place::{Place, RIGHT, Said};

/// A file of roots that tells how often it was read.
struct Counted {
    path: PathBuf,
    reads: Arc<AtomicU32>,
    over: Arc<AtomicBool>,
    giving: JoinHandle<()>,
}

impl Counted {
    fn lay(place: &Place) -> Self {
        let path = place.path("roots.pem");
        pipe(&path);
        let (reads, over) = (Arc::<AtomicU32>::default(), Arc::<AtomicBool>::default());
        let (count, ends, at) = (Arc::clone(&reads), Arc::clone(&over), path.clone());
        let roots = place.addresses.ca_pem.clone();
        let giving = thread::spawn(move || {
            loop {
                // Waits for a reader.
                let mut end = OpenOptions::new().write(true).open(&at).unwrap();
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                count.fetch_add(1, Ordering::SeqCst);
                // The next reader gets a pipe of its own, or this one would be counted again.
                let next = at.with_extension("next");
                pipe(&next);
                fs::rename(&next, &at).unwrap();
                end.write_all(roots.as_bytes()).unwrap();
            }
        });
        Self { path, reads, over, giving }
    }

    /// How often, at the end of it all.
    fn reads(self) -> u32 {
        self.over.store(true, Ordering::SeqCst);
        let reader: File = OpenOptions::new()
            .read(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open(&self.path)
            .unwrap();
        self.giving.join().unwrap();
        drop(reader);
        fs::remove_file(self.path).unwrap();
        self.reads.load(Ordering::SeqCst)
    }
}

fn pipe(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

#[test]
fn the_machines_roots_are_read_once_and_only_where_a_certificate_has_to_lead_to_them() {
    let place = Place::open();
    let run = |text: &str, arguments: &[&str], input: &str| -> (Said, u32) {
        place.write(text);
        let roots = Counted::lay(&place);
        let said = place.run_with(arguments, input, &[("SSL_CERT_FILE", roots.path.to_str().unwrap())]);
        (said, roots.reads())
    };
    let own = place.file("");
    let machines = own.replace("ca_file = \"ca.pem\"\n", "");
    let (verify, walk) = (["verify", "--password-stdin"], ["--plain", "--password-stdin"]);
    let password = format!("{RIGHT}\n");
    let tested = "This is the current password";

    let (said, reads) = run(&own, &verify, &password);
    said.says(&[tested]);
    assert_eq!(reads, 0, "the CA file speaks for the controllers, and nobody else is asked");
    let (said, reads) = run(&machines, &verify, &password);
    said.says(&[tested]);
    assert_eq!(reads, 1, "the same roots, by the machine's word");

    let (said, reads) = run(&own, &walk, "1\nq\n1\n");
    said.says(&["without the portal's interface", "Step 2 of 7"]);
    assert_eq!(reads, 0, "nothing speaks HTTPS without Graph");
    let graph = place.file_with_graph("");
    let (said, reads) = run(&graph, &walk, "1\n1\nq\n1\n");
    said.says(&["signed in as ", "Step 2 of 7"]);
    assert_eq!(reads, 1, "Graph alone needs them");
    let both = graph.replace("ca_file = \"ca.pem\"\n", "");
    let (said, reads) = run(&both, &walk, &format!("1\n1\n\n1\n\n1\n{RIGHT}\n\nq\n1\n"));
    said.says(&["signed in as ", "current (Kerberos)"]);
    assert_eq!(reads, 1, "controllers and portal share what was read");
    place.close();
}
