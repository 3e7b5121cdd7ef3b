//! Reads why ssh came back with nothing, from what it says in its fixed English.
//!
//! Pure. It ends with 255 when it is its own failure; then its last line is the one that tells, banners stand before it.
//! Deliberately absent: what the far side says, which is the service control manager's.

use super::ProbeFault;
use super::scm;
use crate::text::Safe;

/// The code with which ssh ends when it failed itself.
pub const OWN_FAILURE: i32 = 255;

/// What it means that ssh failed and said this.
#[must_use]
pub fn failure(said: &str) -> ProbeFault {
    let says = |words: &str| said.contains(words);
    if says("REMOTE HOST IDENTIFICATION HAS CHANGED") || says(" has changed and you have requested strict") {
        ProbeFault::HostKeyChanged
    } else if says(" host key is known for ") {
        ProbeFault::HostKeyUnknown
    } else if says("Permission denied (") {
        ProbeFault::PermissionDenied(last_words(said))
    } else {
        ProbeFault::Ssh(last_words(said))
    }
}

fn last_words(said: &str) -> Safe {
    scm::first_words(said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_in_which_ssh_fails_has_its_own_name() {
        let check = |said: &str, fault: ProbeFault| assert_eq!(failure(said), fault, "{said}");
        check(
            "No ED25519 host key is known for s1.contoso.test and you have requested strict checking.\r\n\
             Host key verification failed.\r\n",
            ProbeFault::HostKeyUnknown,
        );
        check(
            "@@@@@@@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n@@@@@@@@@@@\r\n\
             Host key for s1.contoso.test has changed and you have requested strict checking.\r\n\
             Host key verification failed.\r\n",
            ProbeFault::HostKeyChanged,
        );
        let denied = "ana@s1.contoso.test: Permission denied (publickey,keyboard-interactive).";
        check(
            &format!("Authorized users only!\r\n{denied}\r\n"),
            ProbeFault::PermissionDenied(denied.into()),
        );
        let refused = "ssh: connect to host s1.contoso.test port 22: Connection refused";
        check(&format!("{refused}\r\n"), ProbeFault::Ssh(refused.into()));
        check("", ProbeFault::Ssh("nothing at all".into()));
        let escape = failure("\u{1b}[2Jgone");
        assert!(!escape.to_string().contains('\u{1b}'), "{escape}");
    }
}
