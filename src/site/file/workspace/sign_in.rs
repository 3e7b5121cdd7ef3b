//! Who signs in: a person with a code, or the application by a secret or a certificate.
//!
//! Pure. What the file names is where a secret is, never the secret. Deliberately absent: reading those files.

use super::super::SignIn;
use super::names;
use crate::site::table::{Placed, Table};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    DeviceCode,
    ClientSecret,
    Certificate,
}

/// `login` is the address that the file gives in place of the cloud's own. `None` only after a fault was reported.
pub(super) fn read(table: &Table<'_, '_>, login: Option<&Placed<String>>) -> Option<SignIn> {
    let words = [
        ("device-code", Way::DeviceCode),
        ("client-secret", Way::ClientSecret),
        ("certificate", Way::Certificate),
    ];
    let said = table.get("sign_in").is_some();
    let named = |key: &str| table.get(key).is_some();
    let way = match (said, named("client_secret_file"), named("certificate_file") || named("key_file")) {
        (true, ..) => table.choice("sign_in", &words)?,
        (false, true, _) => Way::ClientSecret,
        (false, false, true) => Way::Certificate,
        (false, false, false) => Way::DeviceCode,
    };
    let secret = table.text("client_secret_file", &names::SECRET_FILE);
    let certificate = table.text("certificate_file", &names::FILE);
    let key = table.text("key_file", &names::SECRET_FILE);
    let needless = [
        ("client_secret_file", &secret, way != Way::ClientSecret),
        ("certificate_file", &certificate, way != Way::Certificate),
        ("key_file", &key, way != Way::Certificate),
    ];
    let mut together = true;
    for (name, file, needless) in needless {
        if let Some(file) = file.as_ref().filter(|_| needless) {
            table.together(&file.at, name, "the application signs in by one means; this belongs to another");
            together = false;
        }
    }
    match way {
        _ if !together => None,
        Way::DeviceCode => Some(SignIn::DeviceCode),
        Way::ClientSecret => {
            if let Some(login) = login.filter(|login| !names::is_loopback(&login.value)) {
                let why =
                    "a client secret is never sent to an address but the cloud's own; use a certificate";
                table.together(&login.at, "login_address", why);
                return None;
            }
            let wrong = named("client_secret_file") && secret.is_none();
            (!wrong).then(|| SignIn::ClientSecret { file: secret.map(|file| file.value) })
        }
        Way::Certificate => {
            for (name, form) in [("certificate_file", &names::FILE), ("key_file", &names::SECRET_FILE)] {
                if !named(name) {
                    table.missing(name, form.expected);
                }
            }
            Some(SignIn::Certificate { certificate: certificate?.value, key: key?.value })
        }
    }
}
