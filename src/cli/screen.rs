//! Puts the walk on the screen: engine first, so that what fails is said in a line; then the terminal is taken.

use std::io;

use tokio::sync::mpsc;

use crate::app::{App, Ends, Manner, Stopping};
use crate::engine::{Engine, EngineFault, Parts};
use crate::model::{Model, Size};
use crate::terminal::page::Page;
use crate::terminal::signals::{self, Ending};
use crate::terminal::traits::{Colour, Traits};
use crate::terminal::tty::Tty;
use crate::terminal::{Refused, Session, input};
use crate::text::{self, Safe};
use crate::ui::look::Look;
use crate::walkthrough::resume::Opening;

/// Why the walk was not shown.
#[derive(Debug, thiserror::Error)]
pub enum NotShown {
    #[error(transparent)]
    Engine(#[from] EngineFault),
    #[error(transparent)]
    Terminal(#[from] Refused),
    #[error("the terminal can't be used: {}. Nothing was started. Try --plain.", text::told(.0))]
    Io(#[from] io::Error),
}

impl Stopping for Session {
    fn suspend(&self) -> Result<(), Safe> {
        Session::suspend(self).map_err(|why| Safe::from(why.to_string()))
    }

    fn retake(&self) {
        // What fails here shows at the next frame.
        let _ = Session::retake(self);
    }

    fn clipboard_holds(&self, holds: bool) {
        Session::clipboard_holds(self, holds);
    }
}

/// Inputs that may wait for the loop.
const WAITING: usize = 1024;

/// Walks on this terminal, to the end.
pub async fn walk(
    (parts, opening): (Parts, Opening),
    traits: Traits,
    bell: bool,
) -> Result<(Ending, Model), NotShown> {
    let clock = parts.clock.clone();
    let (operator, host) = who();
    let terms = parts.site.terms(operator, host);
    let tty = Tty::standard()?;
    if !traits.is_terminal {
        return Err(Refused::NotATerminal.into());
    }
    let (engine, answers) = Engine::start(parts)?;
    let session = Session::take(tty.clone(), traits)?;
    let (say, signals) = mpsc::unbounded_channel();
    let _signals = signals::catch(&session, say)?;
    let (type_, inputs) = mpsc::channel(WAITING);
    let _keys = input::read(tty.clone(), type_)?;
    let area = tty.size()?;
    let screen = Page::new(tty, area, traits).into_terminal()?;
    let size = Size { columns: area.width, rows: area.height };
    let mut model = Model::new(terms, clock.now(), size);
    model.walk.record.path = engine.recorder().name();
    model.walk.open_with(opening);
    let ends = Ends { inputs, signals, answers, screen, stopping: Some(&session) };
    let look = Look::new(traits.colour == Colour::Ansi16, traits.ascii);
    let manner = Manner { look, ssh: traits.ssh, bell };
    let (ending, model) = App::new(model, engine, clock, (ends, manner)).run().await;
    match session.give_back() {
        Err(error) if ending != Ending::LinkLost => Err(error.into()),
        // A terminal that is gone takes nothing back, and how the walk ended still counts.
        Ok(()) | Err(_) => Ok((ending, model)),
    }
}

/// Who is at the keyboard, and of which machine.
pub fn who() -> (Safe, Safe) {
    let told = |name: &&str| std::env::var(name).ok().filter(|user| !user.trim().is_empty());
    let user = ["LOGNAME", "USER"].iter().find_map(told);
    let user = user.or_else(login_name).unwrap_or_else(|| "unknown".to_owned());
    let host = gethostname::gethostname();
    (Safe::from(user), Safe::new(&host.to_string_lossy()))
}

/// By the system's own table of users, where the environment doesn't tell.
fn login_name() -> Option<String> {
    let own = rustix::process::getuid().as_raw().to_string();
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.split(':').nth(2) == Some(&own))?;
    line.split(':').next().map(str::to_owned)
}

/// What this terminal can do.
pub fn traits(everywhere: &super::Everywhere) -> io::Result<Traits> {
    let terminal = Tty::standard()?.is_terminal();
    Ok(Traits::decide(everywhere.wishes(), |name| std::env::var(name).ok(), terminal))
}
