//! What is printed for packagers and shells.

use std::io::Write as _;
use std::process::{Command, Stdio};

fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mdi-console")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a program makes of this on its standard input, unless this machine lacks it.
fn through(program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        let required = std::env::var_os("MDI_CONSOLE_PEERS").is_some_and(|value| value == "require");
        assert!(!required, "MDI_CONSOLE_PEERS=require, and this machine lacks {program}");
        println!("skipped: this machine lacks {program}");
        return None;
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaint.is_empty(), "{program}: {complaint}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_manual_is_one_page_with_every_command_and_option() {
    let page = printed(&["man"]);
    insta::assert_snapshot!("manual", page);
    assert!(page.is_ascii(), "troff reads no other text everywhere");
    assert_eq!(page.matches("\n.TH ").count(), 1);
    // What only the machinery asks for.
    assert!(!page.contains("lab\\-service") && !page.contains("password\\-file"));
    through("groff", &["-man", "-Tutf8", "-ww"], &page);
}

/// The names on two levels, of what the report's own tests hold to be its JSON.
fn names(value: &serde_json::Value, level: u8) -> Vec<String> {
    match value {
        serde_json::Value::Object(fields) if level > 0 => {
            let below = fields.values().flat_map(|value| names(value, level - 1));
            fields.keys().cloned().chain(below).collect()
        }
        serde_json::Value::Array(all) => all.iter().flat_map(|value| names(value, level)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_help_names_what_is_in_a_report_as_json() {
    let golden = include_str!("../snapshots/reports/clean-as-json.snap");
    let json = golden.splitn(3, "---\n").nth(2).unwrap();
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let help = printed(&["report", "--help"]);
    let told: Vec<&str> = help.split(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).collect();
    let observed = json.get("after").cloned().unwrap();
    for name in names(&json, 2).iter().filter(|name| observed.get(name).is_none()) {
        assert!(told.contains(&name.as_str()), "{name}: {help}");
    }
}

#[test]
fn completions_are_made_for_every_shell_and_bash_takes_them() {
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(&["completions", shell]);
        assert!(!script.contains("lab-service") && !script.contains("password-file"), "{shell}");
        insta::assert_snapshot!(format!("completions-{shell}"), script);
    }
    let ask = "\nCOMP_WORDS=(mdi-console verify --cont); COMP_CWORD=2\n\
               _mdi__console mdi-console --cont verify\necho \"${COMPREPLY[*]}\"\n";
    let told = through("bash", &["--norc"], &(printed(&["completions", "bash"]) + ask));
    assert_eq!(told.as_deref().map(str::trim), Some("--controller"));
}

#[test]
fn the_version_tells_the_commit_and_the_forms_of_the_files() {
    let long = printed(&["--version"]);
    let lines: Vec<&str> = long.lines().collect();
    let [version, commit, forms] = lines.as_slice() else { panic!("{long}") };
    assert_eq!(*version, concat!("mdi-console ", env!("CARGO_PKG_VERSION")));
    assert!(commit.strip_prefix("commit ").is_some_and(|commit| !commit.is_empty()), "{commit}");
    assert_eq!(*forms, "forms of its files: record 1, ledger 1, site file 1");
    assert_eq!(printed(&["-V"]).trim_end(), *version);
}
