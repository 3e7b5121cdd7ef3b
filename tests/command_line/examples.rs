//! Every example of the help, taken out of the help's own text and run by a shell on a terminal.
//!
//! Relies on a lab for what has to be reached. An example that asks or shows something is left there by Ctrl-C; each other
//! has to end by itself.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use clap::CommandFactory as _;
use jiff::Timestamp;
use mdi_console::cli::Arguments;
use mdi_console::journal::file::JournalFile;
use mdi_console::walkthrough::fact::Fact;

use crate::place::{Place, RIGHT};
use crate::pty::{PATIENCE, Pty};

/// What stands on the last line where an example would wait for ever for an answer.
const PROMPTS: [&str; 2] = [">", "(not shown):"];

/// What stands in an example for something of the operator's own.
const STANDS_FOR: [(&str, &str); 1] = [("LOG…", "sensor.log")];

/// The record that an example names.
const RECORD: &str = "20260304T050607Z.jsonl";

const LOG: &str = "Microsoft.Tri.Sensor-Errors.log";
const REFUSAL: &str = "2026-11-03 14:05:00.0000 Error DirectoryServicesClient Microsoft.Tri.Infrastructure.ExtendedException: \
    CreateLdapConnectionAsync failed ---> System.DirectoryServices.Protocols.LdapException: The supplied credential is \
    invalid.\n";

/// The commands of a help's examples.
fn examples(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    let lines = lines.take_while(|line| !line.trim().is_empty()).map(str::trim);
    // Behind the command stands, at some distance, what it is for.
    let commands = lines.map(|line| line.split("   ").next().unwrap_or_default().to_owned());
    commands.filter(|command| command.split(' ').any(|word| word == "mdi-console")).collect()
}

fn all_examples() -> Vec<String> {
    let mut table = Arguments::command().term_width(500);
    table.build();
    let helps =
        table.get_subcommands().map(|command| command.clone().term_width(500).render_help().to_string());
    let helps: Vec<String> = helps.chain([table.clone().render_help().to_string()]).collect();
    helps.iter().flat_map(|help| examples(help)).collect()
}

/// A lab behind a site file, in each place where an example looks for one.
fn lay() -> Place {
    let place = Place::open();
    let file = place.file("");
    let configuration = place.path("config/mdi-console");
    for folder in ["bin", "dc1/Logs", "config/mdi-console", "state"] {
        fs::create_dir_all(place.path(folder)).unwrap();
    }
    fs::write(configuration.join("mdi-console.toml"), &file).unwrap();
    fs::write(place.path("contoso.toml"), &file).unwrap();
    for copy in ["contoso-ca.pem", "config/mdi-console/ca.pem"] {
        fs::copy(place.path("ca.pem"), place.path(copy)).unwrap();
    }
    for log in [LOG, "sensor.log", "dc1/Logs/sensor.log"] {
        fs::write(place.path(log), REFUSAL).unwrap();
    }
    fs::write(place.path("password"), format!("{RIGHT}\n")).unwrap();
    let began = Fact::Began {
        site: "contoso".into(),
        lab: true,
        operator: "ana".into(),
        host: "jump".into(),
        program: "mdi-console".into(),
        site_file: None,
    };
    let mut record = JournalFile::create(&place.path("state/mdi-console"), RECORD).unwrap();
    record.append(Timestamp::UNIX_EPOCH, &began).unwrap();
    symlink(env!("CARGO_BIN_EXE_mdi-console"), place.path("bin/mdi-console")).unwrap();
    // The other end of a link: whatever is asked of it, it prints the log.
    fs::write(place.path("bin/ssh"), "#!/bin/sh\ncat sensor.log\n").unwrap();
    fs::set_permissions(place.path("bin/ssh"), fs::Permissions::from_mode(0o755)).unwrap();
    place
}

fn run(place: &Place, example: &str) {
    let command =
        STANDS_FOR.iter().fold(example.to_owned(), |command, (name, own)| command.replace(name, own));
    let told = |folder: &str| place.path(folder).to_str().unwrap().to_owned();
    let script = format!("trap : INT; cd '{}' && {command}", told(""));
    let path = format!("{}:/usr/bin:/bin", told("bin"));
    let (home, state, configuration) = (told(""), told("state"), told("config"));
    let environment = [
        ("PATH", path.as_str()),
        ("HOME", &home),
        ("XDG_STATE_HOME", &state),
        ("XDG_CONFIG_HOME", &configuration),
        ("USER", "ana"),
    ];
    let mut pty = Pty::start("/bin/sh", &["-c", &script], &environment, (40, 120)).unwrap();
    let contains = |screen: &vt100::Screen, text: &str| screen.contents().contains(text);
    let waits = |screen: &vt100::Screen| {
        // The footer, once a walk is drawn.
        let walks = screen.alternate_screen() && contains(screen, "Ctrl-C leave");
        walks || PROMPTS.iter().any(|prompt| screen.contents().trim_end().ends_with(prompt))
    };
    let waited = pty.wait_until("something to answer", waits).is_ok();
    if waited {
        pty.send("\u{3}").unwrap();
        // Whether a walk asks back depends on how far it came by itself.
        let asks = |screen: &vt100::Screen| contains(screen, "Leave") && screen.alternate_screen();
        let told =
            pty.wait_until("a question, or the end", |screen| asks(screen) || !screen.alternate_screen());
        told.unwrap_or_else(|missed| panic!("{example}: {missed}"));
        if asks(&pty.screen()) {
            pty.send("\u{3}").unwrap();
        }
    }
    let status = pty.exit(PATIENCE).unwrap_or_else(|missed| panic!("{example}: {missed}"));
    let code = status.exit_code();
    assert!(code == 0 || (code == 130 && waited), "{example}: {code}\n{}", pty.text());
}

#[test]
fn examples_are_told_from_what_stands_around_them() {
    let check = |help: &str, expected: &[&str]| assert_eq!(examples(help), expected, "{help}");
    check(
        "Usage: a\n\nExamples:\n  mdi-console       walk\n  mdi-console lab   try\n\nmdi-console",
        &["mdi-console", "mdi-console lab"],
    );
    check("Examples:\n  mdi-console a --b c\n                what it is for\n", &["mdi-console a --b c"]);
    check("Examples:\n  ssh a b | mdi-console scan\n", &["ssh a b | mdi-console scan"]);
    check("Nothing: mdi-console", &[]);
}

#[test]
fn every_example_of_the_help_runs() {
    let examples = all_examples();
    assert!(examples.len() > 12, "{examples:?}");
    let place = lay();
    for example in &examples {
        run(&place, example);
    }
    place.close();
}
