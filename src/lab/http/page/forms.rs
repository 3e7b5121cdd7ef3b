//! Which forms were given out: each may be sent once, by whoever could read it.
//!
//! Relies on the system's random numbers. Another site can make a browser send a form, and can't read the page that
//! holds its token. Deliberately absent: cookies and sessions; a form belongs to nobody.

use std::collections::VecDeque;

use crate::lab::seeded;

/// More forms than a person has open; the oldest is forgotten.
const OPEN: usize = 64;

struct Form {
    token: String,
    change: String,
}

#[derive(Default)]
pub struct Forms {
    open: VecDeque<Form>,
}

impl Forms {
    /// The token of a new form; none when the system has no random numbers.
    pub fn give(&mut self) -> Option<String> {
        let (mut token, mut change) = ([0_u8; 16], [0_u8; 8]);
        getrandom::fill(&mut token).and_then(|()| getrandom::fill(&mut change)).ok()?;
        let token = format!("{:032x}", u128::from_be_bytes(token));
        if self.open.len() >= OPEN {
            self.open.pop_front();
        }
        self.open.push_back(Form { token: token.clone(), change: seeded::guid(u64::from_be_bytes(change)) });
        Some(token)
    }

    /// Takes a form that comes back; the name of the change that it asks for.
    pub fn take(&mut self, token: &str) -> Option<String> {
        let at = self.open.iter().position(|form| form.token == token)?;
        self.open.remove(at).map(|form| form.change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_taken_once_and_the_oldest_is_forgotten() {
        let mut forms = Forms::default();
        let first = forms.give().expect("a token");
        let second = forms.give().expect("a token");
        assert_ne!(first, second);
        assert!(forms.take(&second).is_some());
        assert_eq!(forms.take(&second), None);
        assert_eq!(forms.take(""), None);
        for _ in 0..OPEN {
            forms.give().expect("a token");
        }
        assert_eq!(forms.take(&first), None);
    }
}
