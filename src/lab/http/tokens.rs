//! Device codes under way and tokens given out.
//!
//! Relies on clock's moments. Pure. Tokens look like JSON Web Tokens but nobody signed them: only this lab takes
//! them, and only by comparing. Deliberately absent: the endpoint's wording.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{CLIENT, TENANT};
use crate::clock::{Instant, Now};
use crate::lab::seeded;
use crate::lab::world::OPERATOR;

pub const CODE_LIFE: Duration = Duration::from_mins(15);
pub const TOKEN_LIFE: Duration = Duration::from_secs(3599);

/// What a poll of a device code comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Polled {
    Approved {
        scope: String,
    },
    /// An error code of the protocol.
    NotYet(String),
    Unknown,
    Expired,
}

struct Code {
    polls: usize,
    /// What the first polls are answered.
    script: Vec<String>,
    expires: Instant,
    scope: String,
}

struct Token {
    holder: String,
    expires: Instant,
}

pub struct SignedIn {
    /// What the first polls of the next code are answered.
    script: Vec<String>,
    /// And of every code after it, if not the same.
    again: Option<Vec<String>>,
    codes: HashMap<String, Code>,
    tokens: HashMap<String, Token>,
    refreshes: HashSet<String>,
    issued: u64,
}

impl SignedIn {
    pub fn new(script: Vec<String>, again: Option<Vec<String>>) -> Self {
        Self {
            script,
            again,
            codes: HashMap::new(),
            tokens: HashMap::new(),
            refreshes: HashSet::new(),
            issued: 0,
        }
    }

    fn number(&mut self) -> u64 {
        self.issued = self.issued.wrapping_add(1);
        self.issued
    }

    /// The code for people and the one for the program.
    pub fn begin(&mut self, scope: &str, now: Instant) -> (String, String) {
        let number = self.number();
        let device = format!("LAB{}", seeded::guid(0xc0de ^ number).replace('-', ""));
        let person = format!("LAB{:06X}", seeded::number(0xc0df ^ number) & 0xff_ffff);
        let script = self.script.clone();
        if let Some(again) = &self.again {
            self.script.clone_from(again);
        }
        let code = Code { polls: 0, script, expires: now.after(CODE_LIFE), scope: scope.into() };
        self.codes.insert(device.clone(), code);
        (person, device)
    }

    pub fn poll(&mut self, device: &str, now: Instant) -> Polled {
        let Some(code) = self.codes.get_mut(device) else { return Polled::Unknown };
        if now >= code.expires {
            return Polled::Expired;
        }
        let scripted = code.script.get(code.polls).cloned();
        code.polls = code.polls.saturating_add(1);
        if let Some(answer) = scripted {
            return Polled::NotYet(answer);
        }
        let scope = std::mem::take(&mut code.scope);
        self.codes.remove(device);
        Polled::Approved { scope }
    }

    /// The endpoint's answer that gives tokens for this scope. An application has no name and no refresh token.
    pub fn grant(&mut self, scope: &str, application: bool, now: Now) -> Value {
        let number = self.number();
        let holder = if application { CLIENT } else { OPERATOR };
        let access = token(&claims(holder, application, number, now.wall));
        self.tokens
            .insert(access.clone(), Token { holder: holder.into(), expires: now.at.after(TOKEN_LIFE) });
        let mut answer = json!({
            "token_type": "Bearer",
            "scope": scope,
            "expires_in": TOKEN_LIFE.as_secs(),
            "ext_expires_in": TOKEN_LIFE.as_secs(),
            "access_token": access,
        });
        let has = |wanted: &str| scope.split(' ').any(|part| part == wanted);
        if let (Some(fields), false) = (answer.as_object_mut(), application) {
            if has("offline_access") {
                let refresh = format!("1.LAB{}", seeded::guid(0x4ef4 ^ number).replace('-', ""));
                self.refreshes.insert(refresh.clone());
                fields.insert("refresh_token".into(), refresh.into());
            }
            if has("openid") || has("profile") {
                fields.insert("id_token".into(), token(&claims(holder, false, number, now.wall)).into());
            }
        }
        answer
    }

    /// Takes a refresh token, which works once.
    pub fn redeem(&mut self, refresh: &str) -> bool {
        self.refreshes.remove(refresh)
    }

    pub fn holder(&self, token: &str, now: Instant) -> Option<String> {
        let known = self.tokens.get(token)?;
        (now < known.expires).then(|| known.holder.clone())
    }
}

fn claims(holder: &str, application: bool, number: u64, now: Timestamp) -> Value {
    let issued = now.as_second();
    let mut claims = json!({
        "aud": CLIENT, "tid": TENANT, "ver": "2.0", "iat": issued, "nbf": issued,
        "exp": issued.saturating_add(3599), "jti": seeded::guid(0x7070 ^ number), "appid": CLIENT,
    });
    if let (Some(fields), false) = (claims.as_object_mut(), application) {
        fields.insert("preferred_username".into(), holder.into());
        fields.insert("upn".into(), holder.into());
        fields.insert("name".into(), "Ana".into());
    }
    claims
}

fn token(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.bGFi", part(&json!({ "alg": "none", "typ": "JWT" })), part(claims))
}
