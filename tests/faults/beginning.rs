//! What is wrong before a walk begins: one line, its exit code, and nothing started.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

use crate::Tried;
use crate::machine::can_be_played;
use crate::seat::PROGRAM;

/// What a program said, and how it ended.
struct Ended {
    code: Option<i32>,
    said: String,
    complained: String,
}

/// Runs a shell's script in a namespace of its own, with the program as `$0`, a folder as `$1`, and `lab` as what `l` runs.
fn played(script: &str, folder: &Path) -> Tried<Ended> {
    let lab = r#"l() { "$0" lab --plain --password-stdin --state-dir "$@"; }"#;
    let mut child = Command::new("unshare")
        .args(["-m", "sh", "-c", &format!("{lab}\n{script}"), PROGRAM])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // A program that doesn't begin reads nothing.
        drop(input.write_all(b"2\n"));
    }
    let output = child.wait_with_output()?;
    Ok(Ended {
        code: output.status.code(),
        said: String::from_utf8_lossy(&output.stdout).into_owned(),
        complained: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

#[test]
fn what_is_wrong_with_the_machine_is_one_line_that_says_what_to_do() -> Tried {
    if !can_be_played() {
        return Ok(());
    }
    let check = |script: &str, code: i32, happened: &str, remedy: &str| -> Tried {
        let folder = tempfile::tempdir()?;
        let ended = played(script, folder.path())?;
        assert_eq!(ended.code, Some(code), "{script}\n{}\n{}", ended.said, ended.complained);
        let line = ended.complained.trim_end();
        assert!(line.starts_with("mdi-console: ") && !line.contains('\n'), "{script}\n{line}");
        assert!(line.contains(happened) && line.contains(remedy), "{script}\n{line}");
        assert!(line.ends_with('.') && ended.said.is_empty(), "{script}\n{line}\n{}", ended.said);
        Ok(())
    };
    check(
        r#"mount -t tmpfs none "$1" && mount -o remount,ro "$1" && l "$1""#,
        3,
        "could not be created: Read-only file system",
        "name another with --state-dir",
    )?;
    check(
        r#"mkdir "$1"/lab && chown 4242 "$1"/lab && l "$1""#,
        3,
        "is owned by someone else",
        "Name a folder of your own with --state-dir",
    )?;
    check(r#"mkdir -m 777 "$1"/lab && l "$1""#, 3, "is writable by others", "Name a folder of your own")?;
    // Whoever may write to the state folder could put another `lab` or `verify` in its place.
    let verify = r#""$0" verify --account a --domain contoso.test --controller dc1.contoso.test=127.0.0.1 \
                     --password-stdin --state-dir "$1""#;
    for begin in [r#"l "$1""#, verify] {
        let writable = format!(r#"chmod 777 "$1" && {begin}"#);
        check(&writable, 3, "is writable by others", "Name a folder of your own")?;
        let foreign = format!(r#"chown 4242 "$1" && {begin}"#);
        check(&foreign, 3, "is owned by someone else", "Name a folder of your own")?;
    }
    check(
        r#"mount -t tmpfs -o size=4k none /mnt && export TMPDIR=/mnt && head -c 4096 /dev/zero > "$TMPDIR"/x && l "$1""#,
        3,
        "No space left on device",
        "make room there, or name another folder by TMPDIR",
    )?;
    check(
        r#"export TMPDIR=/nowhere && l "$1""#,
        3,
        "the lab has no folder",
        "name another folder by TMPDIR",
    )?;
    // Nobody's home: no such user, and no environment.
    check(
        r#"mount --bind "$(dirname "$0")" /mnt && cd /mnt && exec setpriv --reuid 4242 --regid 4242 --clear-groups \
           env -i ./"$(basename "$0")" lab --plain --password-stdin"#,
        2,
        "no home folder is known for this user",
        "Name a folder with --state-dir",
    )
}

/// How many descriptors a test's own process hands down is not ours to know, so every limit is tried until one is enough.
#[test]
fn however_few_files_may_be_open_one_line_says_so_until_they_are_enough() -> Tried {
    if !can_be_played() {
        return Ok(());
    }
    let mut said = Vec::new();
    for limit in 3..100 {
        let folder = tempfile::tempdir()?;
        let ended = played(
            &format!(r#"exec prlimit --nofile={limit} "$0" lab --plain --password-stdin --state-dir "$1""#),
            folder.path(),
        )?;
        let line = ended.complained.trim_end().to_owned();
        if line.contains("while loading shared libraries") || line.contains("prlimit: ") {
            continue;
        }
        if ended.code != Some(3) {
            assert!(ended.said.contains("nothing was saved"), "{limit}\n{}\n{line}", ended.said);
            assert!(said.iter().any(|line: &String| line.contains("could not be started")), "{said:#?}");
            assert!(said.iter().any(|line| line.contains("could not open a port")), "{said:#?}");
            return Ok(());
        }
        assert!(line.starts_with("mdi-console: ") && !line.contains('\n'), "{limit}\n{line}");
        assert!(line.contains("ulimit -n") && line.ends_with('.'), "{limit}\n{line}");
        assert!(ended.said.is_empty(), "{limit}\n{}", ended.said);
        said.push(line);
    }
    Err(format!("no limit was enough: {said:#?}").into())
}

#[test]
fn nothing_is_left_in_a_folder_of_someone_elses() -> Tried {
    if !can_be_played() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    played(r#"mkdir "$1"/lab && chown 4242 "$1"/lab && l "$1""#, folder.path())?;
    assert_eq!(fs::read_dir(folder.path().join("lab"))?.count(), 0);
    let folder = tempfile::tempdir()?;
    played(r#"chmod 777 "$1" && l "$1""#, folder.path())?;
    assert_eq!(fs::read_dir(folder.path())?.count(), 0);
    // As it stands in a place that everybody may use, and nobody may take from another.
    let ended = played(r#"chmod 1777 "$1" && l "$1""#, folder.path())?;
    assert!(ended.said.contains("Step 1 of 7"), "{}\n{}", ended.said, ended.complained);
    Ok(())
}

#[test]
fn without_a_locale_the_walk_is_told_in_ascii() -> Tried {
    if !can_be_played() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let script = r#"exec env -i "$0" lab --plain --password-stdin --state-dir "$1""#;
    let ended = played(script, folder.path())?;
    assert!(ended.said.contains("Step 1 of 7") && ended.said.contains("nothing was saved"), "{}", ended.said);
    assert!(ended.said.is_ascii() && ended.complained.is_ascii(), "{}", ended.said);
    Ok(())
}

#[test]
fn on_a_disk_that_is_full_from_the_start_the_walk_says_that_nothing_is_on_record() -> Tried {
    if !can_be_played() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let ended = played(
        r#"mount -t tmpfs -o size=4k,mode=700 none "$1" && head -c 4096 /dev/zero > "$1"/x && l "$1""#,
        folder.path(),
    )?;
    for sentence in [
        "The record can't be written: ",
        "No space left on device",
        "Nothing is tested or saved that would not be on record.",
        "nothing could be written to it",
    ] {
        assert!(ended.said.contains(sentence), "{sentence}\n{}\n{}", ended.said, ended.complained);
    }
    Ok(())
}

#[test]
fn a_bundle_that_found_no_room_is_not_left_in_half_and_can_be_written_again() -> Tried {
    if !can_be_played() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("lab"))?;
    // More than a page, so that one page that is free takes the half of it.
    fs::write(folder.path().join("lab/20260304T050607Z.jsonl"), line(1, &"ana ".repeat(1500)))?;
    let script = r#"mount -t tmpfs -o size=64k none /mnt && cd /mnt && echo mine > there
        b() { "$0" report --state-dir "$1" --bundle "$2"; echo "code: $?"; ls; }
        head -c "$3" /dev/zero > x; b "$1" half.md; b "$1" there; cat there; rm x; b "$1" half.md; tail -n 1 half.md"#;
    for free in [0, 4096] {
        let script = script.replace("\"$3\"", &(60 * 1024 - free).to_string());
        let ended = played(&script, folder.path())?;
        let said = ended.said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            said.starts_with("code: 3 there x code: 2 there x mine Written to"),
            "{said}\n{}",
            ended.complained
        );
        assert!(said.ends_with("code: 0 half.md there The logs of a lab end with it."), "{said}");
        for part in ["No space left on device", "there is there already, and nothing is overwritten"] {
            assert!(ended.complained.contains(part), "{part}\n{}", ended.complained);
        }
    }
    Ok(())
}

/// A record's first line, in a form of the version given.
fn line(version: u32, operator: &str) -> String {
    let began =
        r#"{"fact":"began","site":"contoso-corp","lab":true,"operator":"ana","host":"jump","program":"9"}"#
            .replace("ana", operator);
    let sealed = format!(r#"{{"v":{version},"n":1,"t":"2026-03-04T05:06:07Z","body":{began}"#);
    let hash = Sha256::digest(sealed.as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{sealed},\"h\":\"{hash}\"}}\n")
}

fn resumed(state: &Path) -> Tried<Ended> {
    let asked = ["lab", "--plain", "--password-stdin", "--resume", "20260304T050607Z", "--state-dir"];
    let output = Command::new(PROGRAM).args(asked).arg(state).stdin(Stdio::null()).output()?;
    Ok(Ended {
        code: output.status.code(),
        said: String::from_utf8_lossy(&output.stdout).into_owned(),
        complained: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

#[test]
fn a_record_that_is_newer_changed_or_in_use_is_left_as_it_is() -> Tried {
    let folder = tempfile::tempdir()?;
    let record = folder.path().join("lab/20260304T050607Z.jsonl");
    fs::create_dir(folder.path().join("lab"))?;
    let check = |text: &str, code: i32, sentence: &str| -> Tried {
        fs::write(&record, text)?;
        let ended = resumed(folder.path())?;
        assert_eq!(ended.code, Some(code), "{}", ended.complained);
        assert!(ended.complained.contains(sentence) && ended.said.is_empty(), "{}", ended.complained);
        assert_eq!(fs::read_to_string(&record)?, text);
        Ok(())
    };
    check(
        &line(2, "ana"),
        3,
        "in form 2 of a later mdi-console; read it with that one. Nothing was started.",
    )?;
    check(&line(1, "ana").replace("ana", "eve"), 3, "It is not continued, so that it stays as it is.")?;
    fs::write(&record, line(1, "ana"))?;
    let held = fs::File::open(&record)?;
    held.lock()?;
    check(
        &line(1, "ana"),
        2,
        "is locked by another mdi-console, which is walking it now. Nothing was started.",
    )
}
