//! Notes: a clinician's record of a session.

use crate::{
    form::{Errors, Form, Reader},
    ids::PersonId,
    scheduling::attendance::Presence,
};

crate::words! {
    /// Whose record a note belongs to. The author chooses it before writing.
    pub enum NoteScope {
        Joint = "joint", "Both partners (joint record)";
        PartnerA = "partner_a", "The first partner only";
        PartnerB = "partner_b", "The second partner only";
        Process = "process", "Process note (private to you, never exported)";
    }
}

impl NoteScope {
    /// The scope that fits a note on a session: the record of the one partner
    /// who came, or the joint record if both did. `people` are those of the
    /// client, by seat, and `attended` what is known of the session's attendees.
    /// `None`: nobody came, or it is not known who did.
    pub fn for_session(people: &[PersonId], attended: &[(PersonId, Option<Presence>)]) -> Option<Self> {
        if let [_] = people {
            return Some(Self::Joint);
        }
        let came = |(_, presence): &&(PersonId, Option<Presence>)| *presence == Some(Presence::Present);
        let present: Vec<PersonId> = match attended {
            // A session with one partner is about that partner, marked or not.
            [(alone, None)] => vec![*alone],
            _ => attended.iter().filter(came).map(|(person, _)| *person).collect(),
        };
        match present.as_slice() {
            [] => None,
            [one] => match people.iter().position(|person| person == one)? {
                0 => Some(Self::PartnerA),
                _ => Some(Self::PartnerB),
            },
            _ if attended.iter().all(|(_, presence)| presence.is_some()) => Some(Self::Joint),
            _ => None,
        }
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
        let scope = r.word("scope", "Choose whose record this note belongs to.");
        let body = r.lines("body", 1..=NOTE_MAX, "Write the note.");
        if form.get("do") == "sign" && form.get("read_through").is_empty() {
            let _ = r.fail::<()>("read_through", "Review the note, and tick the box to sign it.");
        }
        r.finish()?;
        Ok(Self { scope: scope?, body: body? })
    }

    /// Reads a note that is still being typed. Until its author has chosen the
    /// record ([`NoteText::is_undecided`]), its scope is that of a process note,
    /// which nobody else reads.
    pub fn read_typing(form: &Form) -> Result<Self, Errors> {
        let mut form = form.clone();
        form.set("do", "");
        if Self::is_undecided(&form) {
            form.set("scope", NoteScope::Process.word());
        }
        Self::read(&form)
    }

    /// Whether the author has not chosen yet whose record the note belongs to.
    pub fn is_undecided(form: &Form) -> bool {
        form.get("scope").is_empty()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn scope_of_a_note_follows_from_who_came() {
        const IN: Option<Presence> = Some(Presence::Present);
        const OUT: Option<Presence> = Some(Presence::Absent);
        let [elif, yusuf] = [1, 2].map(|n| PersonId(Uuid::from_u128(n)));
        let fits = |attended: &[(PersonId, Option<Presence>)]| NoteScope::for_session(&[elif, yusuf], attended);
        assert_eq!(fits(&[(elif, IN), (yusuf, IN)]), Some(NoteScope::Joint));
        assert_eq!(fits(&[(elif, IN), (yusuf, OUT)]), Some(NoteScope::PartnerA));
        assert_eq!(fits(&[(elif, OUT), (yusuf, IN)]), Some(NoteScope::PartnerB));
        assert_eq!(fits(&[(yusuf, None)]), Some(NoteScope::PartnerB), "the session is with Yusuf alone");
        assert_eq!(fits(&[(elif, OUT), (yusuf, OUT)]), None);
        assert_eq!(fits(&[(elif, None), (yusuf, None)]), None);
        assert_eq!(fits(&[(PersonId(Uuid::nil()), IN)]), None, "a person who left the couple");
        assert_eq!(NoteScope::for_session(&[elif], &[]), Some(NoteScope::Joint));
    }

    #[test]
    fn typed_text_is_kept_before_a_record_is_chosen() {
        let form = Form::from_pairs([("body", "They came in"), ("do", "sign")]);
        let typed = NoteText::read_typing(&form).unwrap();
        assert_eq!((typed.scope, typed.body.as_str()), (NoteScope::Process, "They came in"));
        assert!(NoteText::is_undecided(&form));
        let errors = NoteText::read(&form).unwrap_err();
        assert!(errors.message("scope").is_some() && errors.message("read_through").is_some());
        assert_eq!(errors.message("body"), None, "only what is missing is said");
        let chosen = Form::from_pairs([("body", "x"), ("scope", "partner_b")]);
        assert_eq!(NoteText::read_typing(&chosen).unwrap().scope, NoteScope::PartnerB);
        assert!(!NoteText::is_undecided(&chosen));
        assert!(NoteText::read_typing(&Form::default()).is_err(), "an empty note is not kept");
    }
}
