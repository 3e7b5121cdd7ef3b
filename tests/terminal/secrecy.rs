//! A random password goes through the whole walk and is nowhere afterwards: not on the screen, not in a file, not in
//! what the kernel tells of the process.
//!
//! Relies on a lab without its banner, told the password by a file. Deliberately absent: the process's memory, which the lab
//! shares here; `secrets.rs` searches it beside a lab of another process.

use std::io::ErrorKind;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::Tried;
use crate::disguises::{disguises, holds, random};
use crate::seat::{Seat, Stop, Way, files};

fn holds_words(bytes: &[u8], words: &str) -> bool {
    memchr::memmem::find(bytes, words.as_bytes()).is_some()
}

/// The files that hold the secret, in their content or their name.
fn leaks(folder: &Path, secret: &str) -> Tried<Vec<String>> {
    let mut leaks = Vec::new();
    for path in files(folder)? {
        let name = path.to_string_lossy().into_owned();
        // The lab may have taken it away by now.
        let bytes = std::fs::read(&path).or_else(|error| match error.kind() {
            ErrorKind::NotFound => Ok(Vec::new()),
            _ => Err(error),
        })?;
        if holds(&bytes, secret) || holds(name.as_bytes(), secret) {
            leaks.push(name);
        }
    }
    Ok(leaks)
}

/// What the kernel tells of the process; nothing, where even this user may not read it.
fn told(pid: i32, what: &str) -> Tried<Vec<u8>> {
    match std::fs::read(format!("/proc/{pid}/{what}")) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(Vec::new()),
        told => Ok(told?),
    }
}

#[test]
fn a_random_password_walks_to_confirmed_and_is_nowhere() -> Tried {
    let environment = &[("MDI_CONSOLE_LOG", "trace")];
    let mut seat = Seat::take(&Way { environment, ..Way::default() })?;
    let secret = seat.right.clone();
    seat.go_to(Stop::Verdict)?;
    for what in ["cmdline", "environ"] {
        let told = told(seat.pty.pid(), what)?;
        assert!(what != "cmdline" || told.windows(3).any(|word| word == b"lab"));
        assert!(!holds(&told, &secret), "in {what}");
    }
    assert_eq!(leaks(&seat.temporary(), &secret)?, Vec::<String>::new());
    seat.pty.send("\r")?;
    assert_eq!(seat.pty.exit(crate::pty::PATIENCE)?.exit_code(), 0);
    let output = seat.pty.output();
    assert!(holds_words(&output, "contoso.test"), "the search finds not even what is shown");
    assert!(!holds(&output, &secret), "{secret}: {:?}", String::from_utf8_lossy(&output));
    assert_eq!(leaks(&seat.state(), &secret)?, Vec::<String>::new());
    assert_eq!(leaks(&seat.temporary(), &secret)?, Vec::<String>::new());
    // As the lab gives them out: access tokens, refresh tokens and the program's half of a sign-in code.
    let tokens = regex::bytes::Regex::new(r"eyJhbGciOiJub25l|LAB[0-9a-f]{32}")?;
    assert!(tokens.is_match(b"1.LAB0123456789abcdef0123456789abcdef") && !tokens.is_match(b"LAB12AB9F"));
    assert!(!tokens.is_match(&output));
    let kept = files(&seat.state())?;
    assert!(kept.iter().any(|path| path.ends_with("mdi-console.log")), "{kept:?}");
    for path in kept {
        assert!(!tokens.is_match(&std::fs::read(&path)?), "{}", path.display());
    }
    assert_eq!(seat.count_facts("save-ended")?, 1);
    Ok(())
}

#[test]
fn a_planted_password_would_be_found_in_every_disguise() -> Tried {
    let secret = random()?;
    let folder = tempfile::tempdir()?;
    for (nth, form) in disguises(&secret).iter().enumerate() {
        let planted = [b"before: ".as_slice(), &form.bytes, b" :behind"].concat();
        let path = folder.path().join(format!("planted-{nth}"));
        std::fs::write(&path, &planted)?;
        assert_eq!(leaks(folder.path(), &secret)?.len(), 1, "{}", form.name);
        std::fs::remove_file(path)?;
    }
    // In the midst of a longer text in base64, wherever it falls there.
    for before in 0..7 {
        let planted = STANDARD_NO_PAD.encode([&vec![b'x'; before], secret.as_bytes(), b"yz"].concat());
        assert!(holds(planted.as_bytes(), &secret), "{before} bytes before it");
    }
    std::fs::write(folder.path().join(&secret), "")?;
    assert_eq!(leaks(folder.path(), &secret)?.len(), 1);
    assert!(!holds(b"nothing of the kind", &secret));
    Ok(())
}
