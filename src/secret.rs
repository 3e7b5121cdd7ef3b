//! A secret: wiped when dropped; it can't be printed, cloned, compared or serialised.
//!
//! Only `engine::vault` keeps secrets, and only adapters see one, for the time of one call.
//! Everything else knows a `SecretId`.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The most a password may hold, in UTF-16 code units: Active Directory's own limit for `unicodePwd`.
pub const MAX_UTF16: usize = 256;

/// Names a secret that the vault holds; says nothing of what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SecretId(pub u64);

/// The secret itself.
pub struct Secret(Zeroizing<String>);

impl Secret {
    #[must_use]
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// Gives the text to another keeper.
    #[must_use]
    pub fn into_text(self) -> Zeroizing<String> {
        self.0
    }

    /// The text, for the one call that needs it. Never store what this returns.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
