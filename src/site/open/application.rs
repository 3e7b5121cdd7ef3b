//! ● The application's secret or its certificate with the key, read from the files that the site file names.
//!
//! Relies on `safety`: what holds a secret must be this user's own and readable by nobody else. Deliberately absent: a
//! secret that is typed; whoever has a terminal asks for it.

use std::path::Path;

use zeroize::Zeroizing;

use crate::portal::token::Application;
use crate::site::file::SignIn;

use super::{NotOpened, missing, read, read_if, safety, shown};

const SECRET: (&str, &str) = ("the client secret's file", "cloud.client_secret_file");
const CERTIFICATE: (&str, &str) = ("the certificate's file", "cloud.certificate_file");
const KEY: (&str, &str) = ("the key's file", "cloud.key_file");

/// What the application signs in with; `None`: a person does, or the secret is to be asked for.
pub fn application(sign_in: &SignIn) -> Result<Option<Application>, NotOpened> {
    Ok(match sign_in {
        SignIn::DeviceCode | SignIn::ClientSecret { file: None } => None,
        SignIn::ClientSecret { file: Some(file) } => {
            let text = secret(Path::new(file)).map_err(|why| missing(why, SECRET))?;
            let text = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
            if text.is_empty() {
                return Err(NotOpened::Empty { path: shown(Path::new(file)) });
            }
            Some(Application::by_secret(text))
        }
        SignIn::Certificate { certificate, key } => {
            let certificate = read(Path::new(certificate)).map_err(|why| missing(why, CERTIFICATE))?;
            let key = secret(Path::new(key)).map_err(|why| missing(why, KEY))?;
            Some(Application::by_certificate(&certificate, key)?)
        }
    })
}

/// Paths as they are written, from the site file's folder.
pub(super) fn from_folder(sign_in: &mut SignIn, folder: &Path) {
    let files = match sign_in {
        SignIn::DeviceCode => [None, None],
        SignIn::ClientSecret { file } => [file.as_mut(), None],
        SignIn::Certificate { certificate, key } => [Some(certificate), Some(key)],
    };
    for file in files.into_iter().flatten() {
        // `join` takes an absolute path as it is.
        *file = folder.join(&*file).to_string_lossy().into_owned();
    }
}

fn secret(path: &Path) -> Result<Zeroizing<String>, NotOpened> {
    let bytes = read_if(path, safety::private)?;
    let text = str::from_utf8(&bytes).map_err(|_| NotOpened::NotText { path: shown(path) })?;
    Ok(Zeroizing::new(text.to_owned()))
}
