//! The session on a real pseudo-terminal: taken once, returned once, whichever way the program ends.
//!
//! The program under test is this very file, started again on the terminal with `MDI_CONSOLE_CHILD` set.
//! Deliberately absent: the console itself.

#[path = "session/in_lines.rs"]
mod in_lines;
#[expect(dead_code, reason = "the session needs no process ids and no silence")]
#[path = "support/pty.rs"]
mod pty;
#[path = "support/svg.rs"]
mod svg;

use std::error::Error;
use std::sync::Mutex;
use std::time::Duration;

use mdi_console::key::Key;
use mdi_console::terminal::input::{self, Input};
use mdi_console::terminal::page::{self, Page};
use mdi_console::terminal::signals::{self, Ending, Signal};
use mdi_console::terminal::traits::{Traits, Wishes};
use mdi_console::terminal::tty::Tty;
use mdi_console::terminal::{NotSuspended, Session};
use pty::{PATIENCE, Pty};
use ratatui::Terminal;
use ratatui::widgets::Paragraph;
use rustix::process::Signal as Kill;
use rustix::termios::LocalModes;
use tokio::sync::mpsc;

type Tried = Result<(), Box<dyn Error>>;

/// What a shell tells of the program it ran: its code, the terminal's settings, and the next line it can read.
const SHELL: &str = r#"before=$(stty -g); "$0" "$@"; code=$?; after=$(stty -g)
[ "$before" = "$after" ] && echo "settings: same" || echo "settings: changed"
echo "code: $code"; IFS= read -r line; echo "line: [$line]""#;

/// A shell with job control: says when the program stopped, and brings it back when a line is typed.
const JOBS: &str = r#"set -m; "$0" "$@"; echo "stopped, stty $(stty -a | grep -o '[-]*icanon')"
IFS= read -r line; fg >/dev/null; echo "code: $?""#;

fn under(script: &str) -> Result<Pty, Box<dyn Error>> {
    let this = std::env::current_exe()?;
    let arguments = ["-c", script, this.to_str().ok_or("an odd path")?, "child", "--exact", "--nocapture"];
    Ok(Pty::start("sh", &[&arguments[..], &["--test-threads=1"]].concat(), CHILD, (24, 80))?)
}

fn alone(environment: &[(&str, &str)]) -> Result<Pty, Box<dyn Error>> {
    let this = std::env::current_exe()?;
    let arguments = ["child", "--exact", "--nocapture", "--test-threads=1"];
    let environment = [CHILD, environment].concat();
    Ok(Pty::start(this.to_str().ok_or("an odd path")?, &arguments, &environment, (24, 80))?)
}

const CHILD: &[(&str, &str)] = &[("MDI_CONSOLE_CHILD", "1")];

/// The screen is the one from before, and what was switched on is off.
fn assert_returned(pty: &Pty) {
    let screen = pty.screen();
    assert!(!screen.alternate_screen(), "still on the alternate screen");
    assert!(!screen.hide_cursor(), "the cursor is hidden");
    assert!(!screen.bracketed_paste(), "pastes are still marked");
    let output = String::from_utf8_lossy(&pty.output()).into_owned();
    assert_eq!(output.matches("\x1b[?1049h").count(), output.matches("\x1b[?1049l").count());
}

#[test]
fn the_terminal_comes_back_however_the_program_ends() -> Tried {
    let check = |act: &dyn Fn(&mut Pty) -> Tried, code: &str| -> Tried {
        let mut pty = under(SHELL)?;
        pty.wait_for("READY")?;
        assert!(pty.screen().alternate_screen() && pty.screen().bracketed_paste());
        act(&mut pty)?;
        pty.wait_for(&format!("code: {code}"))?;
        assert!(pty.text().contains("settings: same"), "{}", pty.text());
        assert_returned(&pty);
        assert_eq!(String::from_utf8_lossy(&pty.output()).matches("\x1b[?1049l").count(), 1);
        Ok(())
    };
    check(&|pty| Ok(pty.send("q")?), "0")?;
    check(&|pty| Ok(pty.send("i")?), "130")?;
    check(&|pty| Ok(pty.send("k")?), "143")?;
    check(&|pty| Ok(pty.send("p")?), "101")?;
    check(&|pty| Ok(pty.send("e")?), "101")
}

#[test]
fn a_program_that_keeps_the_terminal_would_be_noticed() -> Tried {
    let mut pty = under(SHELL)?;
    pty.wait_for("READY")?;
    pty.send("x")?;
    pty.wait_for("code: 137")?;
    assert!(pty.text().contains("settings: changed"), "{}", pty.text());
    assert!(pty.screen().alternate_screen());
    Ok(())
}

#[test]
fn a_panic_is_logged_then_the_terminal_returned_then_reported() -> Tried {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("log");
    let pty = alone(&[("MDI_CONSOLE_LOG", log.to_str().ok_or("an odd path")?)]);
    let mut pty = pty?;
    pty.wait_for("READY")?;
    pty.send("p")?;
    assert_eq!(pty.exit(PATIENCE)?.exit_code(), 101);
    assert_returned(&pty);
    let output = String::from_utf8_lossy(&pty.output()).into_owned();
    let returned = output.find("\x1b[?1049l").ok_or("never returned")?;
    let reported = output.find("the owner fell").ok_or("never reported")?;
    assert!(returned < reported, "{output:?}");
    assert!(std::fs::read_to_string(log)?.contains("the owner fell"));
    Ok(())
}

#[test]
fn what_stands_on_the_clipboard_is_overwritten_before_the_terminal_goes_back_in_a_panic_too() -> Tried {
    let overwriting = String::from_utf8(page::clipboard(page::OVERWRITTEN).to_vec())?;
    let check = |keys: [&str; 2], times: usize| -> Tried {
        let mut pty = alone(&[])?;
        pty.wait_for("READY")?;
        for (key, shown) in keys.into_iter().zip(["HOLDS", "FREE"]).filter(|(key, _)| !key.is_empty()) {
            pty.send(key)?;
            pty.wait_for(shown)?;
        }
        pty.send("p")?;
        assert_eq!(pty.exit(PATIENCE)?.exit_code(), 101);
        let output = String::from_utf8_lossy(&pty.output()).into_owned();
        assert_eq!(output.matches(&overwriting).count(), times, "{output:?}");
        assert!(times == 0 || output.find(&overwriting) < output.find("\x1b[?1049l"), "{output:?}");
        assert_returned(&pty);
        Ok(())
    };
    check(["c", ""], 1)?;
    check(["c", "C"], 0)
}

#[test]
fn a_task_that_panics_leaves_the_screen_to_the_living_program() -> Tried {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("log");
    let mut pty = alone(&[("MDI_CONSOLE_LOG", log.to_str().ok_or("an odd path")?)])?;
    pty.wait_for("READY")?;
    pty.send("t")?;
    pty.wait_for("SURVIVED")?;
    assert!(pty.screen().alternate_screen());
    assert!(!pty.text().contains("panicked"), "{}", pty.text());
    assert!(std::fs::read_to_string(log)?.contains("a task fell"));
    pty.send("q")?;
    assert_eq!(pty.exit(PATIENCE)?.exit_code(), 0);
    assert_returned(&pty);
    Ok(())
}

#[test]
fn what_was_typed_ahead_does_not_land_in_the_shell() -> Tried {
    let mut pty = under(SHELL)?;
    pty.wait_for("READY")?;
    pty.send("d")?;
    pty.wait_for("DEAF")?;
    pty.send("half a password\r")?;
    pty.wait_for("code: 0")?;
    pty.send("mine\r")?;
    pty.wait_for("line: [")?;
    pty.wait_for("line: [mine]")?;
    assert!(!String::from_utf8_lossy(&pty.output()).contains("half a password"));
    Ok(())
}

#[test]
fn ctrl_z_hands_the_terminal_to_the_shell_and_fg_brings_the_screen_back() -> Tried {
    let mut pty = under(JOBS)?;
    pty.wait_for("READY")?;
    pty.send("\x1a")?;
    pty.wait_for("stopped, stty icanon")?;
    assert_returned(&pty);
    pty.send("\r")?;
    pty.wait_until("the screen again", |screen| {
        screen.alternate_screen() && screen.contents().contains("RESUMED")
    })?;
    pty.send("q")?;
    pty.wait_for("code: 0")?;
    assert_returned(&pty);
    Ok(())
}

#[test]
fn without_a_shell_there_is_no_stopping() -> Tried {
    let mut pty = alone(&[])?;
    pty.wait_for("READY")?;
    pty.send("\x1a")?;
    pty.wait_for("NOT STOPPED")?;
    pty.kill()?;
    assert!(!pty.exit(PATIENCE)?.success());
    Ok(())
}

#[test]
fn after_a_hang_up_the_program_is_gone_within_two_seconds() -> Tried {
    let check = |first: &str, shown: &str| -> Tried {
        let mut pty = alone(&[])?;
        pty.wait_for("READY")?;
        pty.send(first)?;
        pty.wait_for(shown)?;
        pty.hang_up()?;
        assert_eq!(pty.exit(Duration::from_secs(2))?.exit_code(), 129);
        Ok(())
    };
    // In good order, and stuck where nothing but the watchdog ends it.
    check("", "READY")?;
    check("s", "STUCK")
}

#[test]
fn a_hang_up_of_a_terminal_that_lives_on_returns_it_even_when_the_program_is_stuck() -> Tried {
    let mut pty = alone(&[])?;
    pty.wait_for("READY")?;
    assert!(!pty.settings()?.local_modes.contains(LocalModes::ICANON));
    pty.send("s")?;
    pty.wait_for("STUCK")?;
    pty.signal(Kill::HUP)?;
    assert_eq!(pty.exit(Duration::from_secs(2))?.exit_code(), 129);
    assert!(pty.settings()?.local_modes.contains(LocalModes::ICANON));
    assert_returned(&pty);
    Ok(())
}

#[test]
fn a_new_size_a_paste_and_a_burst_arrive_as_what_they_are() -> Tried {
    let mut pty = alone(&[])?;
    pty.wait_for("READY")?;
    pty.resize((10, 40))?;
    pty.wait_for("SIZE 40x10")?;
    pty.send("\x1b[200~two\rlines\x1b[201~")?;
    pty.wait_for("PASTED 9")?;
    pty.send("y\r")?;
    pty.wait_for("BURST")?;
    let quiet = pty.bytes();
    // Drawn again as it is, twice, and then once with something to say.
    pty.send("u")?;
    pty.send("u")?;
    pty.send("v")?;
    pty.wait_for("VARIED")?;
    let written = pty.bytes().saturating_sub(quiet);
    assert!(written < 60, "{written} bytes for one frame of six letters");
    assert!(svg::render(&pty.screen()).contains(">V</text>"));
    Ok(())
}

/// The program on the terminal. Does nothing when it is run as a test.
#[test]
fn child() {
    if std::env::var_os("MDI_CONSOLE_CHILD").is_none() {
        return;
    }
    if let Some(path) = std::env::var_os("MDI_CONSOLE_LOG") {
        let file = std::fs::File::create(path).unwrap();
        tracing_subscriber::fmt().with_writer(Mutex::new(file)).with_ansi(false).init();
    }
    if let Some(holds) = std::env::var_os("MDI_CONSOLE_LINES") {
        in_lines::fall(!holds.is_empty()).unwrap();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let ending = runtime.block_on(live()).unwrap();
    std::process::exit(ending.exit_code().into());
}

struct Life {
    session: Session,
    terminal: Terminal<Page<Tty>>,
    reader: Option<input::Reader>,
}

async fn live() -> Result<Ending, Box<dyn Error>> {
    let tty = Tty::standard()?;
    let traits = Traits::decide(Wishes::default(), |name| std::env::var(name).ok(), tty.is_terminal());
    let session = Session::take(tty, traits)?;
    let terminal = Page::new(session.tty(), session.tty().size()?, traits).into_terminal()?;
    let (deliver, mut inputs) = mpsc::channel(64);
    let reader = Some(input::read(session.tty(), deliver)?);
    let (deliver, mut heard) = mpsc::unbounded_channel();
    let _signals = signals::catch(&session, deliver)?;
    let mut life = Life { session, terminal, reader };
    life.show("READY")?;
    loop {
        let ending = tokio::select! {
            Some(input) = inputs.recv() => life.take_in(input).await?,
            Some(signal) = heard.recv() => life.hear(signal)?,
            else => Some(Ending::LinkLost),
        };
        if let Some(ending) = ending {
            return Ok(ending);
        }
    }
}

impl Life {
    fn show(&mut self, text: &str) -> std::io::Result<()> {
        self.terminal.draw(|frame| frame.render_widget(Paragraph::new(text), frame.area())).map(|_| ())
    }

    fn hear(&mut self, signal: Signal) -> Result<Option<Ending>, Box<dyn Error>> {
        match signal {
            Signal::Interrupt => return Ok(Some(Ending::Interrupt)),
            Signal::Terminate => return Ok(Some(Ending::Terminate)),
            Signal::HangUp => return Ok(Some(Ending::LinkLost)),
            Signal::Suspend => self.stop()?,
            Signal::Continue => {}
            Signal::Resized(size) => {
                page::resize(&mut self.terminal, size)?;
                self.show(&format!("SIZE {}x{}", size.width, size.height))?;
            }
        }
        Ok(None)
    }

    fn stop(&mut self) -> Result<(), Box<dyn Error>> {
        match self.session.suspend() {
            Ok(()) => {
                self.terminal.backend_mut().repaint();
                self.show("RESUMED")?;
            }
            Err(NotSuspended::NoShell) => self.show("NOT STOPPED")?,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn take_in(&mut self, input: Input) -> Result<Option<Ending>, Box<dyn Error>> {
        let (key, burst) = match input {
            Input::Key(key, burst) => (key, burst),
            Input::Paste(text) => {
                self.show(&format!("PASTED {}", text.len()))?;
                return Ok(None);
            }
            Input::Lost => return Ok(Some(Ending::LinkLost)),
            Input::PasteTooLong | Input::FocusGained | Input::FocusLost => return Ok(None),
        };
        if burst.right_behind {
            self.show("BURST")?;
        }
        let own = rustix::process::getpid();
        match key {
            key if key == Key::char('q') => return Ok(Some(Ending::Quit)),
            key if key == Key::char('e') => return Err("an error came up".into()),
            key if key == Key::char('p') => fall("the owner fell"),
            key if key == Key::char('i') => rustix::process::kill_process(own, Kill::INT)?,
            key if key == Key::char('k') => rustix::process::kill_process(own, Kill::TERM)?,
            key if key == Key::char('x') => rustix::process::kill_process(own, Kill::KILL)?,
            key if key == Key::ctrl('z') => self.stop()?,
            key if key == Key::char('t') => {
                assert!(tokio::spawn(async { fall("a task fell") }).await.is_err());
                self.show("SURVIVED")?;
            }
            key if key == Key::char('c') => {
                self.session.clipboard_holds(true);
                self.show("HOLDS")?;
            }
            key if key == Key::char('C') => {
                self.session.clipboard_holds(false);
                self.show("FREE")?;
            }
            key if key == Key::char('d') => return self.deaf().map(Some),
            key if key == Key::char('s') => {
                self.show("STUCK")?;
                loop {
                    std::thread::park();
                }
            }
            key if key == Key::char('u') => self.show("BURST")?,
            key if key == Key::char('v') => self.show("VARIED")?,
            _ => {}
        }
        Ok(None)
    }

    /// Stops reading, waits until something lies there, and leaves it lying.
    fn deaf(&mut self) -> Result<Ending, Box<dyn Error>> {
        self.reader = None;
        self.show("DEAF")?;
        let tty = self.session.tty();
        let mut keys = [rustix::event::PollFd::from_borrowed_fd(tty.input(), rustix::event::PollFlags::IN)];
        rustix::event::poll(&mut keys, None)?;
        Ok(Ending::Quit)
    }
}

#[expect(clippy::panic, reason = "what is tested is what a panic does")]
fn fall(why: &str) {
    panic!("{why}");
}
