//! What the program reads and writes around itself: the manual's tables of files and of the environment.
//!
//! Pure but for writing the page. Deliberately absent: what the site file may say; its example tells that.

use std::io::{self, Write};

use clap_mangen::roff::{Roff, roman};

use super::entry;

const FILES: [(&str, &str); 6] = [
    (
        "$XDG_CONFIG_HOME/mdi-console/mdi-console.toml",
        "The site file, unless --site names another; ~/.config where XDG_CONFIG_HOME is not set. It holds no secret, and \
         is refused if anybody but its owner and root could have written it.",
    ),
    (
        "$XDG_STATE_HOME/mdi-console/",
        "Records, one file of JSON lines for each walk, and the program's own log, mdi-console.log; ~/.local/state where \
         XDG_STATE_HOME is not set. --state-dir names another folder. Folders are 0700, files 0600.",
    ),
    ("$XDG_STATE_HOME/mdi-console/attempts.jsonl", "The ledger of attempts, which --state-dir doesn't move."),
    ("$XDG_STATE_HOME/mdi-console/lab/", "Records of walks in the lab."),
    ("$XDG_STATE_HOME/mdi-console/verify/", "Records of passwords that verify tested."),
    (
        "/etc/resolv.conf, /etc/hosts",
        "Name servers and names, where the site file doesn't name servers or addresses of its own.",
    ),
];

const ENVIRONMENT: [(&str, &str); 9] = [
    (
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
        "The proxy to the sign-in and to Graph; never to loopback.",
    ),
    ("SSL_CERT_FILE, SSL_CERT_DIR", "Roots to believe certificates by, instead of the system's."),
    ("NO_COLOR, TERM, LC_ALL, LC_CTYPE, LANG", "Whether there are colours, and more than ASCII."),
    ("TMUX, STY, SSH_CONNECTION, SSH_TTY", "What stands between the program and the operator's terminal."),
    ("LOGNAME, USER", "The operator's name, for the record."),
    (
        "MDI_CONSOLE_LOG",
        "How much the program's own log says: info, debug, or for a part of it, as in info,mdi_console::engine=debug.",
    ),
    ("HOME, XDG_CONFIG_HOME, XDG_STATE_HOME", "Where site file and records are."),
    ("TMPDIR", "Where a lab keeps its servers' files while it runs; /tmp without it."),
    (
        "PATH, HOME, SSH_AUTH_SOCK, KRB5CCNAME, KRB5_CONFIG",
        "Handed on to the site's own programs (probe.command, log.command), which get nothing else.",
    ),
];

pub(super) fn write(into: &mut dyn Write) -> io::Result<()> {
    let mut roff = Roff::new();
    for (title, entries) in [("FILES", FILES.as_slice()), ("ENVIRONMENT", ENVIRONMENT.as_slice())] {
        roff.control("SH", [title]);
        for (name, told) in entries {
            entry(&mut roff, name, told);
        }
    }
    roff.control("PP", []);
    roff.text([roman("No password is ever read from the environment or from an argument.")]);
    into.write_all(roff.to_roff().as_bytes())
}
