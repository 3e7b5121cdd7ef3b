//! What a walk in lines leaves of the terminal when it panics.
//!
//! Relies on the child of `session.rs`. Deliberately absent: the walk, of which nothing is needed here but its terminal.

use mdi_console::plain::echo::Echo;
use mdi_console::terminal::page;
use rustix::termios::LocalModes;

use crate::pty::PATIENCE;
use crate::{Tried, alone};

#[test]
fn a_panic_of_a_walk_in_lines_returns_the_echo_and_overwrites_the_clipboard_before_it_is_reported() -> Tried {
    let overwriting = String::from_utf8(page::clipboard(page::OVERWRITTEN).to_vec())?;
    let check = |holds: &str, times: usize| -> Tried {
        let mut pty = alone(&[("MDI_CONSOLE_LINES", holds)])?;
        pty.wait_for("HIDDEN")?;
        assert!(!pty.settings()?.local_modes.contains(LocalModes::ECHO));
        pty.send("\n")?;
        assert_eq!(pty.exit(PATIENCE)?.exit_code(), 101);
        assert!(pty.settings()?.local_modes.contains(LocalModes::ECHO), "the echo is still off");
        let output = String::from_utf8_lossy(&pty.output()).into_owned();
        assert_eq!(output.matches(&overwriting).count(), times, "{output:?}");
        assert!(times == 0 || output.find(&overwriting) < output.find("the walk fell"), "{output:?}");
        assert!(output.contains("the walk fell"), "{output:?}");
        Ok(())
    };
    check("with the clipboard", 1)?;
    check("", 0)
}

/// A walk in lines that panics as soon as a line is typed, a clone of its echo being held elsewhere, as it always is.
pub fn fall(holds: bool) -> Tried {
    let echo = Echo::of(rustix::stdio::stdin().try_clone_to_owned()?)?;
    std::mem::forget(echo.clone());
    echo.watch_panics();
    echo.hide()?;
    echo.clipboard_holds(holds);
    let mut line = [0; 16];
    rustix::io::write(rustix::stdio::stdout(), b"HIDDEN\r\n")?;
    rustix::io::read(rustix::stdio::stdin(), &mut line)?;
    crate::fall("the walk fell");
    Ok(())
}
