//! A real browser that a test goes about in: Chromium without a window, told what to do by its own driver.
//!
//! Relies on Debian's `chromium` and `chromium-driver` and on the `WebDriver` protocol, which is JSON over HTTP on
//! loopback; the few calls that are needed stand here, where a client's crate would bring a second HTTP stack. What is
//! looked for is waited for by the driver itself, so nothing here sleeps. Deliberately absent: any knowledge of the pages.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

pub type Tried<T = ()> = Result<T, Box<dyn Error>>;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// The name under which the protocol hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const PROGRAMS: [&str; 2] = ["/usr/bin/chromium", "/usr/bin/chromedriver"];
pub const TAB: &str = "\u{e004}";

/// Ends with everything it started.
pub struct Browser {
    driver: Child,
    port: u16,
    /// Of the session; empty until there is one.
    path: String,
    profile: TempDir,
}

/// A thing on the page.
pub struct Element<'a> {
    browser: &'a Browser,
    path: String,
}

impl Browser {
    /// A browser that trusts this one authority, beside those of the system. `None`, said aloud: this machine has no
    /// browser.
    pub fn open(authority: &str) -> Tried<Option<Self>> {
        let lacks: Vec<&str> =
            PROGRAMS.into_iter().filter(|path| !std::path::Path::new(path).exists()).collect();
        if !lacks.is_empty() {
            let required = std::env::var_os("MDI_CONSOLE_PEERS").is_some_and(|value| value == "require");
            assert!(!required, "MDI_CONSOLE_PEERS=require, and this machine lacks {lacks:?}");
            println!("skipped: no browser to meet; this machine lacks {lacks:?}");
            return Ok(None);
        }
        let profile = tempfile::tempdir()?;
        let (driver, port) = drive()?;
        let mut browser = Self { driver, port, path: String::new(), profile };
        let begun = browser.call("POST", "/session", Some(&browser.wishes(&key_hash(authority)?)))?;
        browser.path = format!("/session/{}", begun["sessionId"].as_str().ok_or("no session")?);
        Ok(Some(browser))
    }

    fn wishes(&self, trusted_key: &str) -> Value {
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-first-run".into(),
            "--no-proxy-server".into(),
            "--disable-background-networking".into(),
            "--disable-dev-shm-usage".into(),
            "--disable-gpu".into(),
            format!("--user-data-dir={}", self.profile.path().display()),
            format!("--ignore-certificate-errors-spki-list={trusted_key}"),
        ];
        // Chromium has no sandbox for root.
        if rustix::process::geteuid().is_root() {
            arguments.push("--no-sandbox".into());
        }
        json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "acceptInsecureCerts": false,
            "timeouts": { "implicit": 20_000, "pageLoad": 30_000 },
            "goog:chromeOptions": { "binary": PROGRAMS[0], "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        }}})
    }

    pub fn go(&self, address: &str) -> Tried {
        self.ask("POST", "/url", &json!({ "url": address })).map(|_| ())
    }

    pub fn address(&self) -> Tried<String> {
        self.told("/url")
    }

    pub fn title(&self) -> Tried<String> {
        self.told("/title")
    }

    /// The page as it was served and changed since.
    pub fn source(&self) -> Tried<String> {
        self.told("/source")
    }

    /// The first element that this `XPath` fits, waited for.
    pub fn find(&self, path: &str) -> Tried<Element<'_>> {
        let found = self.ask("POST", "/element", &json!({ "using": "xpath", "value": path }))?;
        self.element(&found)
    }

    pub fn find_all(&self, path: &str) -> Tried<Vec<Element<'_>>> {
        let found = self.ask("POST", "/elements", &json!({ "using": "xpath", "value": path }))?;
        found.as_array().ok_or("no list")?.iter().map(|one| self.element(one)).collect()
    }

    /// What a script returns. The page's own policy doesn't bind the driver.
    pub fn run(&self, script: &str) -> Tried<Value> {
        self.ask("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Presses a key wherever the focus is.
    pub fn press(&self, key: &str) -> Tried {
        let keys = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        let actions = json!({ "actions": [{ "type": "key", "id": "keys", "actions": keys }] });
        self.ask("POST", "/actions", &actions).map(|_| ())
    }

    /// What the browser complained of since it was asked last.
    pub fn complaints(&self) -> Tried<Vec<String>> {
        let log = self.ask("POST", "/se/log", &json!({ "type": "browser" }))?;
        Ok(log.as_array().ok_or("no log")?.iter().map(|line| line["message"].to_string()).collect())
    }

    fn element(&self, found: &Value) -> Tried<Element<'_>> {
        let name = found[ELEMENT].as_str().ok_or_else(|| format!("no element: {found}"))?;
        Ok(Element { browser: self, path: format!("/element/{name}") })
    }

    fn told(&self, path: &str) -> Tried<String> {
        let value = self.call("GET", &format!("{}{path}", self.path), None)?;
        Ok(value.as_str().ok_or_else(|| format!("no text: {value}"))?.to_owned())
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Tried<Value> {
        self.call(method, &format!("{}{path}", self.path), Some(body))
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Tried<Value> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let body = body.map(Value::to_string).unwrap_or_default();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes())?;
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            if answer.read_line(&mut line)? == 0 || line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) =
                line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            {
                length = value.trim().parse().map_err(|why| format!("{name}: {why}"))?;
            }
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body)?;
        let mut body: Value = serde_json::from_slice(&body)?;
        match body["value"]["error"].as_str() {
            Some(error) => Err(format!("{method} {path}: {error}: {}", body["value"]["message"]).into()),
            None => Ok(body["value"].take()),
        }
    }
}

impl Element<'_> {
    pub fn text(&self) -> Tried<String> {
        self.browser.told(&format!("{}/text", self.path))
    }

    /// What a screen reader calls it.
    pub fn label(&self) -> Tried<String> {
        self.browser.told(&format!("{}/computedlabel", self.path))
    }

    pub fn role(&self) -> Tried<String> {
        self.browser.told(&format!("{}/computedrole", self.path))
    }

    pub fn enter(&self, text: &str) -> Tried {
        self.browser.ask("POST", &format!("{}/value", self.path), &json!({ "text": text })).map(|_| ())
    }

    pub fn click(&self) -> Tried {
        self.browser.ask("POST", &format!("{}/click", self.path), &json!({})).map(|_| ())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser is not in the driver's process group: only the driver can end it.
        let _ = self.call("GET", "/shutdown", None);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// SHA-256 of the public key of a certificate, which is in PEM: what the browser is told to trust.
fn key_hash(certificate: &str) -> Tried<String> {
    let (_, pem) = x509_parser::pem::parse_x509_pem(certificate.as_bytes())?;
    let hash = Sha256::digest(pem.parse_x509()?.public_key().raw);
    Ok(base64::engine::general_purpose::STANDARD.encode(hash))
}

/// The driver, and the port that the system chose for it.
fn drive() -> Tried<(Child, u16)> {
    let mut driver = Command::new(PROGRAMS[1])
        .args(["--port=0", "--log-level=SEVERE"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let output = driver.stdout.take().ok_or("no output")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            return Ok((driver, port.trim_end_matches('.').parse()?));
        }
    }
    driver.kill()?;
    Err("the driver said nothing of its port".into())
}
