//! A whole walk with a hand-off: the real console on a terminal, the portal in a real browser, and one operator at both.
//!
//! Relies on the file of the lab's authority for the browser's trust, and on the console's screen for the address.
//! Deliberately absent: the clipboard; the driver puts the password into the field, as a paste does.

use std::path::PathBuf;

use crate::browser::Tried;
use crate::pty::PATIENCE;
use crate::seat::{Seat, Stop, Way, files, said};
use crate::{Browser, pty};

/// The certificate authority of the lab that the console has started.
fn authority(seat: &Seat) -> Tried<String> {
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| name == "authority.pem");
    let file = files(&seat.temporary())?.into_iter().find(named).ok_or("no authority")?;
    Ok(std::fs::read_to_string(file)?)
}

fn wait_and_enter(pty: &mut pty::Pty, words: &str) -> Tried {
    pty.wait_until(words, |screen| said(screen).contains(words))?;
    Ok(pty.send("\r")?)
}

#[test]
fn what_is_saved_by_hand_in_a_browser_the_console_sees_confirmed() -> Tried {
    let mut seat = Seat::take(&Way { arguments: &["--hand-off"], size: (40, 120), ..Way::default() })?;
    seat.go_to(Stop::Count)?;
    let Some(browser) = Browser::open(&authority(&seat)?)? else { return Ok(()) };
    seat.type_slowly("12")?;
    seat.pty.send("\r")?;
    seat.pty.wait_until("the page to save at", |screen| said(screen).contains("Menu"))?;
    let page = said(&seat.pty.screen());
    let address = page.split_whitespace().find(|word| word.starts_with("https://127.0.0.1:"));
    browser.go(address.ok_or_else(|| format!("no address in: {page}"))?)?;

    // Along the menu that the console names.
    assert!(page.contains("Configuration > Directory Services"), "{page}");
    assert_eq!(browser.find("//h1")?.text()?, "Configuration");
    browser.find("//nav//a[.='Directory Services']")?.click()?;
    browser.find("//input[@id='password']")?.enter(&seat.right)?;
    browser.find("//button[@id='save']")?.click()?;
    browser.find("//*[@id='message'][contains(., 'Saved.')]")?;

    seat.pty.send("\r")?;
    wait_and_enter(&mut seat.pty, "Is the password saved at the portal?")?;
    wait_and_enter(&mut seat.pty, "How did it get into the portal's password field?")?;
    wait_and_enter(&mut seat.pty, "Enter goes on to the sensors.")?;
    seat.pty.wait_until("the verdict", |screen| said(screen).contains("Confirmed:"))?;
    seat.pty.send("\x03\x03")?;
    seat.pty.exit(PATIENCE)?;

    let facts = seat.facts()?;
    let ended = facts.iter().find(|fact| fact["fact"] == "save-ended").ok_or("no save on record")?;
    assert_eq!((&ended["result"], &ended["entered"]), (&"saved".into(), &"pasted".into()), "{ended}");
    let output = String::from_utf8_lossy(&seat.pty.output()).into_owned();
    assert!(!output.contains(&seat.right));
    Ok(())
}
