//! The operator's own clipboard: the loop has both ends in hand, the vault that holds the password and the terminal.
//!
//! Written at once rather than with the next frame, for at the end there is none. The session knows of it too, and
//! overwrites where this loop can't: in a panic, and before it is suspended. Deliberately absent: when, which the walk
//! says; and a terminal that is gone.

use std::io;

use ratatui::backend::Backend as _;

use crate::terminal::page;
use crate::terminal::signals::Ending;
use crate::walkthrough::effect::Effect;

use super::App;

impl<W: io::Write> App<'_, W> {
    /// The terminal's effects are done here, all others by the engine.
    pub(super) fn act(&mut self, effect: Effect) {
        match effect {
            Effect::PutOnClipboard(secret) => {
                // The vault lends it for this one call; every copy on the way out is wiped.
                if let Some(secret) = self.engine.vault().get(secret) {
                    self.clipboard_holds(true);
                    self.write_clipboard(secret.expose().as_bytes());
                }
            }
            Effect::OverwriteClipboard => self.overwrite_clipboard(),
            other => self.engine.act(other),
        }
    }

    /// Before the terminal goes back; nothing where there is no terminal any more.
    pub(super) fn clear_clipboard(&mut self) {
        if self.on_clipboard && self.ending != Some(Ending::LinkLost) {
            self.overwrite_clipboard();
        }
    }

    fn overwrite_clipboard(&mut self) {
        self.write_clipboard(page::OVERWRITTEN);
        self.clipboard_holds(false);
    }

    fn clipboard_holds(&mut self, holds: bool) {
        self.on_clipboard = holds;
        if let Some(stopping) = self.ends.stopping {
            stopping.clipboard_holds(holds);
        }
    }

    fn write_clipboard(&mut self, text: &[u8]) {
        let page = self.ends.screen.backend_mut();
        page.copy(text);
        if page.flush().is_err() {
            self.link_lost();
        }
    }
}
