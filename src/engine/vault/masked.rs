//! The masked field: a buffer that a password is typed into, and that tells nothing of it but its length.
//!
//! Relies on `secret::MAX_UTF16` as the most a password can be. The buffer has its full size from the start and never
//! moves, so no copy is left behind by growing; what is deleted is overwritten at once. It steps by characters, as the
//! dots on the screen stand for characters. Deliberately absent: undo, a clipboard, word steps, and normalising: what was
//! typed is what is tested.

use zeroize::{Zeroize, Zeroizing};

use super::{Instant, Keep, SecretId, Vault, gives_away};
use crate::secret::MAX_UTF16;

/// What the operator does to the field. Not printable: it carries what was typed.
pub enum Edit {
    Insert(char),
    /// Line breaks at its end are dropped; a line break or control character inside refuses it whole.
    Paste(Zeroizing<String>),
    Backspace,
    Delete,
    Left,
    Right,
    Home,
    End,
    Clear,
}

/// What may be known of the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edited {
    /// In characters.
    pub length: usize,
    /// Characters before the cursor.
    pub cursor: usize,
    /// The last edit changed nothing, and why.
    pub refused: Option<EditRefused>,
    /// A blank stands at the beginning or at the end.
    pub edge_space: bool,
    /// Some of it was pasted.
    pub pasted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditRefused {
    #[error(
        "That is longer than a password in Active Directory can be (256 UTF-16 units). Nothing was taken over."
    )]
    TooLong,
    #[error(
        "There is a line break, a tab or another control character in it, which can't be part of the password. Nothing \
         was taken over."
    )]
    ControlCharacter,
}

pub struct Masked {
    /// In a box, so that moving the field moves no character.
    text: Box<Zeroizing<[char; MAX_UTF16]>>,
    length: usize,
    cursor: usize,
    pasted: bool,
}

impl Default for Masked {
    fn default() -> Self {
        Self { text: Box::new(Zeroizing::new(['\0'; MAX_UTF16])), length: 0, cursor: 0, pasted: false }
    }
}

impl Masked {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub fn edit(&mut self, edit: Edit) -> Edited {
        let refused = match edit {
            Edit::Insert(c) => self.insert(c.encode_utf8(Zeroizing::new([0; 4]).as_mut())).err(),
            Edit::Paste(text) => self.paste(&text).err(),
            Edit::Backspace => self.backspace(),
            Edit::Delete => self.remove(self.cursor),
            Edit::Left => self.go(self.cursor.saturating_sub(1)),
            Edit::Right => self.go(self.cursor.saturating_add(1)),
            Edit::Home => self.go(0),
            Edit::End => self.go(self.length),
            Edit::Clear => self.clear(),
        };
        self.pasted &= self.length > 0;
        Edited { refused, ..self.look() }
    }

    pub fn look(&self) -> Edited {
        let typed = self.typed();
        let blank = |c: Option<&char>| c.is_some_and(|c| c.is_whitespace());
        Edited {
            length: self.length,
            cursor: self.cursor,
            refused: None,
            edge_space: blank(typed.first()) || blank(typed.last()),
            pasted: self.pasted,
        }
    }

    /// Keys that came too fast for fingers count as a paste.
    pub fn mark_pasted(&mut self) -> Edited {
        self.pasted = self.length > 0;
        self.look()
    }

    /// Copies the field into the vault, as a new secret; `None` when it is empty. The field stays as it is.
    pub fn freeze(&self, vault: &mut Vault, now: Instant) -> Option<SecretId> {
        (self.length > 0).then(|| vault.insert(self.copied(), Keep::WhileUsed, now))
    }

    /// Free text holds what stands in the field, though nothing of it is frozen yet.
    pub fn is_given_away_by(&self, text: &str) -> bool {
        gives_away(text, &self.copied())
    }

    fn typed(&self) -> &[char] {
        self.text.get(..self.length).unwrap_or_default()
    }

    fn copied(&self) -> Zeroizing<String> {
        // Exactly as large as it has to be: growing would leave a copy behind.
        let size = self.typed().iter().map(|c| c.len_utf8()).sum();
        let mut text = Zeroizing::new(String::with_capacity(size));
        text.extend(self.typed());
        text
    }

    fn paste(&mut self, text: &str) -> Result<(), EditRefused> {
        let text = text.trim_end_matches(['\r', '\n']);
        self.insert(text)?;
        self.pasted |= !text.is_empty();
        Ok(())
    }

    fn insert(&mut self, new: &str) -> Result<(), EditRefused> {
        if new.chars().any(char::is_control) {
            return Err(EditRefused::ControlCharacter);
        }
        let units: usize = self.typed().iter().map(|c| c.len_utf16()).sum();
        // Every character is at least one unit, so whatever fits in units fits in the buffer.
        if units.saturating_add(new.encode_utf16().count()) > MAX_UTF16 {
            return Err(EditRefused::TooLong);
        }
        let added = new.chars().count();
        let after = self.cursor.saturating_add(added);
        self.text.copy_within(self.cursor..self.length, after);
        for (place, c) in self.text.iter_mut().skip(self.cursor).zip(new.chars()) {
            *place = c;
        }
        self.length = self.length.saturating_add(added);
        self.cursor = after;
        Ok(())
    }

    fn backspace(&mut self) -> Option<EditRefused> {
        if let Some(before) = self.cursor.checked_sub(1) {
            self.cursor = before;
            self.remove(before);
        }
        None
    }

    fn remove(&mut self, at: usize) -> Option<EditRefused> {
        if at < self.length {
            self.text.copy_within(at.saturating_add(1)..self.length, at);
            self.length = self.length.saturating_sub(1);
            if let Some(last) = self.text.get_mut(self.length) {
                last.zeroize();
            }
        }
        None
    }

    fn go(&mut self, to: usize) -> Option<EditRefused> {
        self.cursor = to.min(self.length);
        None
    }

    fn clear(&mut self) -> Option<EditRefused> {
        self.text.as_mut_slice().zeroize();
        (self.length, self.cursor) = (0, 0);
        None
    }

    /// What lies beyond the password in the buffer.
    #[cfg(test)]
    pub(super) fn beyond(&self) -> &[char] {
        self.text.get(self.length..).unwrap_or_default()
    }
}
