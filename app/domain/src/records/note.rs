//! Notes: a clinician's record of a session.

use crate::form::{Errors, Form, Reader};

crate::words! {
    /// Whose record a note belongs to. The author chooses it before writing.
    pub enum NoteScope {
        Joint = "joint", "Both partners (joint record)";
        PartnerA = "partner_a", "The first partner only";
        PartnerB = "partner_b", "The second partner only";
        Process = "process", "Process note (mine alone, never exported)";
    }
}

/// The longest note, in characters.
pub const NOTE_MAX: usize = 40_000;

/// The scope and the text of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteText {
    pub scope: NoteScope,
    pub body: String,
}

impl NoteText {
    /// Reads a note from its form. Signing (`do` is `sign`) also requires the box
    /// `read_through`.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let scope = r.word("scope", "Please choose whose record this note belongs to.");
        let body = r.lines("body", 1..=NOTE_MAX, "This note is empty.");
        if form.get("do") == "sign" && form.get("read_through").is_empty() {
            let _ = r.fail::<()>("read_through", "Please read it through once more, and tick this to sign.");
        }
        r.finish()?;
        Ok(Self { scope: scope?, body: body? })
    }
}
