//! Notes: a clinician's record of a session, written in the sections of a
//! template, with a header.

pub mod document;
pub mod header;
pub mod header_edits;
pub mod naming;
pub mod template;

use uuid::Uuid;

pub use self::{
    document::{NoteDocument, NoteSection, TypedDocument, TypedSection},
    header::NoteHeader,
    header_edits::TypedHeader,
    template::{NoteTemplate, TemplateSection},
};
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
        Process = "process", "Process note (only you can read it)";
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

    /// The seat of the partner whom a note of this scope is not about: 1 for a note
    /// about the first partner. `None`: it is about both, or a process note.
    pub const fn other_seat(self) -> Option<usize> {
        match self {
            Self::PartnerA => Some(1),
            Self::PartnerB => Some(0),
            Self::Joint | Self::Process => None,
        }
    }
}

/// The longest note, in characters: all its sections together.
pub const NOTE_MAX: usize = 40_000;

/// The longest reason that an author gives, in characters.
pub const REASON_MAX: usize = 1_000;

/// The name of a section's field in the form.
pub fn section_field(key: &str) -> String {
    format!("s.{key}")
}

/// The name of the field with the mark of a section's text as the page showed it.
pub fn shown_field(key: &str) -> String {
    format!("was.{key}")
}

/// The name of the field with the mark of a section's copied text.
pub fn copied_field(key: &str) -> String {
    format!("copied.{key}")
}

/// What a form of a note is made for: its sections, the people whose attendance it
/// asks for, and the policy in force.
#[derive(Clone, Debug, Default)]
pub struct NoteLayout {
    pub template: NoteTemplate,
    /// Sections that the draft has and its template has not: key and heading.
    pub extra: Vec<(String, String)>,
    pub people: Vec<(PersonId, String)>,
    /// The secrets policy in force, in words; empty: none applies.
    pub policy: String,
}

impl NoteLayout {
    /// The keys and headings of all sections, in order.
    pub fn sections(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.template.sections.iter().map(|s| (s.key.as_str(), s.label.as_str()));
        own.chain(self.extra.iter().map(|(key, label)| (key.as_str(), label.as_str())))
    }
}

/// A note as a page or the program writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteText {
    pub scope: NoteScope,
    /// Whether the author chose another scope than the page showed.
    pub is_scope_touched: bool,
    pub body: TypedDocument,
    /// The header; `None`: it has none, or the stored one is kept.
    pub header: Option<TypedHeader>,
    /// Why a joint note is begun without a secrets policy in force; empty: no
    /// reason is given.
    pub without_policy: String,
}

impl NoteText {
    /// A note that replaces whatever is stored. A joint one says that it is written
    /// without a secrets policy, where none is in force.
    pub fn new(scope: NoteScope, document: NoteDocument, header: Option<NoteHeader>) -> Self {
        let touched = |section| TypedSection { section, is_touched: true };
        let sections = document.sections.into_iter().map(touched).collect();
        Self {
            scope,
            is_scope_touched: true,
            body: TypedDocument { sections, revision: i64::MAX, page: None },
            header: header.map(TypedHeader::whole),
            without_policy: "Written before a policy was signed.".to_owned(),
        }
    }

    /// A note in free text that replaces whatever is stored.
    pub fn free(scope: NoteScope, text: impl Into<String>) -> Self {
        Self::new(scope, NoteDocument::free(text), None)
    }

    /// Reads a note from its form. Signing (`do` is `sign`) also requires the
    /// sections that its template requires, the box `read_through` and a password.
    pub fn read(form: &Form, layout: &NoteLayout) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let scope = r.word("scope", "Choose whose record this note belongs to.");
        let body = read_sections(&mut r, form, layout);
        let header = read_header(form, layout);
        let without_policy = r.lines("without_policy", 0..=REASON_MAX, "");
        if let Ok(body) = &body {
            let is_signed = form.get("do") == "sign";
            refuse_gaps(&mut r, &body.document(), layout, is_signed);
            if is_signed && form.get("read_through").is_empty() {
                let _ = r.fail::<()>("read_through", "Review the note, and tick the box to sign it.");
            }
            if is_signed && form.get("current_password").is_empty() {
                let _ = r.fail::<()>("current_password", "Enter your password to sign the note.");
            }
        }
        let (read, header) = match (r.finish(), header) {
            (Ok(()), Ok(header)) => (scope, header),
            (found, header) => {
                let errors = found.err().unwrap_or_default();
                return Err(errors.and(header.err().unwrap_or_default()));
            }
        };
        Ok(Self {
            scope: read?,
            is_scope_touched: form.get("was_scope") != form.get("scope"),
            body: body?,
            header,
            without_policy: without_policy?,
        })
    }

    /// Reads a note that is still being typed. Until its author has chosen the
    /// record ([`NoteText::is_undecided`]), its scope is that of a process note,
    /// which nobody else reads. A header that cannot be read yet is left as it is
    /// stored.
    pub fn read_typing(form: &Form, layout: &NoteLayout) -> Result<Self, Errors> {
        let mut form = form.clone();
        form.set("do", "");
        if Self::is_undecided(&form) {
            form.set("scope", NoteScope::Process.word());
        }
        if read_header(&form, layout).is_err() {
            form.0.retain(|(name, _)| !name.starts_with("h."));
        }
        Self::read(&form, layout)
    }

    /// What the page typed that the signed note does not say. The header's changed
    /// fields are a section of their own, as the scope allows them.
    #[must_use]
    pub fn left_over(&self, signed: &NoteDocument, header: Option<&NoteHeader>, scope: NoteScope) -> NoteDocument {
        let touched = self.body.sections.iter().filter(|typed| typed.is_touched);
        let mut left = NoteDocument { sections: touched.map(|typed| typed.section.clone()).collect() }.without(signed);
        let kept = header.map(|header| TypedHeader::whole(header.clone()).changed_lines()).unwrap_or_default();
        let typed = self.header.clone().map(|typed| TypedHeader { header: typed.header.for_scope(scope), ..typed });
        let changed = typed.iter().flat_map(TypedHeader::changed_lines).filter(|line| !kept.contains(line));
        let lines: Vec<String> = changed.map(|(label, value)| format!("{label}: {value}")).collect();
        if !lines.is_empty() {
            left.sections.push(NoteSection::new("header", "Session details", lines.join("\n")));
        }
        left
    }

    /// Whether the author has not chosen yet whose record the note belongs to.
    pub fn is_undecided(form: &Form) -> bool {
        form.get("scope").is_empty()
    }
}

/// Reads the header, with the fields that are as the page showed them.
fn read_header(form: &Form, layout: &NoteLayout) -> Result<Option<TypedHeader>, Errors> {
    let header = NoteHeader::read(form, &layout.people, &layout.policy)?;
    Ok(header.map(|header| TypedHeader { header, untouched: header_edits::untouched(form) }))
}

/// Reads the sections of a note.
fn read_sections(r: &mut Reader<'_>, form: &Form, layout: &NoteLayout) -> Result<TypedDocument, Errors> {
    let mut sections = Vec::new();
    let mut failed = false;
    for (key, label) in layout.sections() {
        let Ok(text) = r.lines(&section_field(key), 0..=NOTE_MAX, "") else {
            failed = true;
            continue;
        };
        let mark = document::mark(&text);
        let is_touched = form.get(&shown_field(key)) != mark;
        let copied = form.get(&copied_field(key)) == mark && !text.is_empty();
        sections
            .push(TypedSection { section: NoteSection { copied, ..NoteSection::new(key, label, text) }, is_touched });
    }
    if failed {
        return Err(Errors::default());
    }
    Ok(TypedDocument { sections, revision: form.get("revision").parse().unwrap_or(0), page: page_of(form) })
}

/// The page that a form is on: the form key with which it was first shown. A form
/// that is shown again has another key and keeps the first one in `page`. `None`: it
/// has none.
pub fn page_of(form: &Form) -> Option<Uuid> {
    form.get("page").parse().or_else(|_| form.get("key").parse()).ok()
}

/// Adds an error for what the note lacks: any words, or, to be signed, the sections
/// that its template requires.
fn refuse_gaps(r: &mut Reader<'_>, body: &NoteDocument, layout: &NoteLayout, is_signed: bool) {
    let first = layout.sections().next().map_or_else(String::new, |(key, _)| section_field(key));
    if body.length() > NOTE_MAX {
        let _ = r.fail::<()>(&first, format!("Shorten the note: use at most {NOTE_MAX} characters in all."));
    }
    let required: Vec<&TemplateSection> = layout.template.sections.iter().filter(|s| s.required).collect();
    let is_empty = |key: &str| body.section(key).is_none_or(|section| section.text.trim().is_empty());
    if body.is_empty() && (!is_signed || required.is_empty()) {
        let _ = r.fail::<()>(&first, "Write the note.");
    }
    if is_signed {
        for section in required.into_iter().filter(|section| is_empty(&section.key)) {
            let _ =
                r.fail::<()>(&section_field(&section.key), format!("Fill in “{}” to sign the note.", section.label));
        }
    }
}

#[cfg(test)]
mod tests {
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

    fn layout() -> NoteLayout {
        let section = |key: &str, required| TemplateSection {
            key: key.into(),
            label: key.to_uppercase(),
            hint: String::new(),
            required,
        };
        let sections = vec![section("report", true), section("plan", true)];
        NoteLayout { template: NoteTemplate { sections, ..NoteTemplate::default() }, ..NoteLayout::default() }
    }

    #[test]
    fn typed_text_is_kept_before_a_record_is_chosen() {
        let form = Form::from_pairs([("s.report", "They came in"), ("do", "sign")]);
        let typed = NoteText::read_typing(&form, &layout()).unwrap();
        assert_eq!((typed.scope, typed.body.document().plain().as_str()), (NoteScope::Process, "REPORT\nThey came in"));
        assert!(NoteText::is_undecided(&form));
        let chosen = Form::from_pairs([("s.plan", "x"), ("scope", "partner_b"), ("h.date", "soon")]);
        let typed = NoteText::read_typing(&chosen, &layout()).unwrap();
        assert_eq!((typed.scope, typed.header), (NoteScope::PartnerB, None));
        assert!(!NoteText::is_undecided(&chosen));
        assert!(NoteText::read_typing(&Form::default(), &layout()).is_err(), "an empty note is not kept");
    }

    #[test]
    fn signing_names_each_gap_at_its_field() {
        let form = Form::from_pairs([("s.report", "They came in"), ("do", "sign"), ("h.date", "")]);
        let errors = NoteText::read(&form, &layout()).unwrap_err();
        let at: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(at, ["current_password", "h.date", "read_through", "s.plan", "scope"]);
        let saved = Form::from_pairs([("s.plan", "x"), ("scope", "joint")]);
        assert!(NoteText::read(&saved, &layout()).is_ok(), "a draft may have gaps");
        let long = Form::from_pairs([("s.plan", "x".repeat(30_000)), ("s.report", "x".repeat(30_000))]);
        assert!(NoteText::read(&long, &layout()).unwrap_err().message("s.report").is_some());
    }

    #[test]
    fn only_what_differs_from_the_page_is_touched() {
        let mut form = Form::from_pairs([("s.report", "Seen\r\nbefore "), ("s.plan", "walks"), ("scope", "joint")]);
        form.set(&shown_field("report"), document::mark("Seen\nbefore"));
        form.set(&shown_field("plan"), document::mark(""));
        form.set(&copied_field("plan"), document::mark("walks"));
        form.set("revision", "7");
        form.set("was_scope", "joint");
        let text = NoteText::read(&form, &layout()).unwrap();
        let touched: Vec<bool> = text.body.sections.iter().map(|s| s.is_touched).collect();
        assert_eq!((touched, text.body.revision, text.is_scope_touched), (vec![false, true], 7, false));
        assert!(text.body.sections[1].section.copied);
        form.set("s.plan", "walks and talks");
        assert!(!NoteText::read(&form, &layout()).unwrap().body.sections[1].section.copied, "edited");
    }
}
