//! The header of a note: when and where a session was, and who attended. The
//! program fills it in, and the author corrects it.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use super::{NoteScope, header_edits::HeaderEdits};
use crate::{
    form::{Errors, Form, Reader},
    ids::PersonId,
};

crate::words! {
    /// Whether a person attended a session, as a note says it.
    pub enum Attended {
        Present = "present", "Present";
        Absent = "absent", "Absent";
        Unknown = "unknown", "Not noted";
    }
}

/// The header of a note. Times are wall times at the practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteHeader {
    pub date: NaiveDate,
    /// When the session really began; `None`: not noted, or a process note.
    pub starts: Option<NaiveTime>,
    /// When it really ended; `None`: not noted, or a process note.
    pub ends: Option<NaiveTime>,
    /// The place, such as "Garden room" or "Video"; empty: not noted.
    pub place: String,
    /// The kind of session, such as "Intake session"; empty: not noted.
    pub kind: String,
    /// Who attended, in the order of the client's seats.
    pub attendance: Vec<Attendance>,
    /// Other people who were present; empty: nobody.
    pub others: String,
    /// The secrets policy that was in force, in words; empty: none applies.
    pub policy: String,
    /// How the fields came about while the note is a draft.
    #[serde(default, skip_serializing_if = "HeaderEdits::is_empty")]
    pub edits: HeaderEdits,
}

/// Whether one person attended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    pub person: PersonId,
    pub name: String,
    pub attended: Attended,
    /// When the person arrived late; `None`: they did not, or a process note.
    pub late_from: Option<NaiveTime>,
    /// When the person left early; `None`: they did not, or a process note.
    pub left_at: Option<NaiveTime>,
}

/// The longest text of a field, in characters.
const FIELD_MAX: usize = 200;

/// The name of a field of the header: `h.date`, or `h.1.late` of the second person.
pub fn field(name: impl std::fmt::Display) -> String {
    format!("h.{name}")
}

/// A time as a form shows it, such as `09:30`.
fn clock(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

impl Attendance {
    /// The attendance in words, such as "present, late from 10:10".
    pub fn words(&self) -> String {
        let mut words = self.attended.label().to_lowercase();
        if let Some(at) = self.late_from {
            words = format!("{words}, late from {}", clock(at));
        }
        if let Some(at) = self.left_at {
            words = format!("{words}, left at {}", clock(at));
        }
        words
    }
}

impl NoteHeader {
    /// The header without the times, which are never part of a process note
    /// (45 CFR 164.501).
    #[must_use]
    pub fn without_times(mut self) -> Self {
        (self.starts, self.ends) = (None, None);
        for person in &mut self.attendance {
            (person.late_from, person.left_at) = (None, None);
        }
        self.edits.forget_times();
        self
    }

    /// The header as it is kept with a note of this scope.
    #[must_use]
    pub fn for_scope(self, scope: NoteScope) -> Self {
        match scope {
            NoteScope::Process => self.without_times(),
            NoteScope::Joint | NoteScope::PartnerA | NoteScope::PartnerB => self,
        }
    }

    /// Fills the fields of the form.
    pub fn fill(&self, form: &mut Form) {
        form.set(&field("date"), self.date.to_string());
        form.set(&field("starts"), self.starts.map(clock).unwrap_or_default());
        form.set(&field("ends"), self.ends.map(clock).unwrap_or_default());
        form.set(&field("place"), self.place.as_str());
        form.set(&field("kind"), self.kind.as_str());
        form.set(&field("others"), self.others.as_str());
        for (n, person) in self.attendance.iter().enumerate() {
            form.set(&field(format!("{n}.attended")), person.attended.word());
            form.set(&field(format!("{n}.late")), person.late_from.map(clock).unwrap_or_default());
            form.set(&field(format!("{n}.left")), person.left_at.map(clock).unwrap_or_default());
        }
    }

    /// Reads the header from its form. `people` are those whose attendance the form
    /// asks for, in its order, and `policy` is the secrets policy in force. The
    /// fields of a form without `h.date` are none: `None`.
    pub fn read(form: &Form, people: &[(PersonId, String)], policy: &str) -> Result<Option<Self>, Errors> {
        if !form.has(&field("date")) {
            return Ok(None);
        }
        let mut r = Reader::new(form);
        let date = r.date(&field("date"), "Enter the date of the session.");
        let starts = r.optional_time(&field("starts"), "Enter the start as a time, such as 10:00.");
        let ends = r.optional_time(&field("ends"), "Enter the end as a time, such as 10:50.");
        let place = r.text(&field("place"), 0..=FIELD_MAX, "");
        let kind = r.text(&field("kind"), 0..=FIELD_MAX, "");
        let others = r.text(&field("others"), 0..=FIELD_MAX, "");
        let mut attendance = Vec::new();
        for (n, (person, name)) in people.iter().enumerate() {
            let attended = r.optional(&field(format!("{n}.attended")), "Choose whether they attended.");
            let late_from = r.optional_time(&field(format!("{n}.late")), "Enter a time, such as 10:10.");
            let left_at = r.optional_time(&field(format!("{n}.left")), "Enter a time, such as 10:40.");
            if let (Ok(attended), Ok(late_from), Ok(left_at)) = (attended, late_from, left_at) {
                attendance.push(Attendance {
                    person: *person,
                    name: name.clone(),
                    attended: attended.unwrap_or(Attended::Unknown),
                    late_from,
                    left_at,
                });
            }
        }
        r.finish()?;
        Ok(Some(Self {
            date: date?,
            starts: starts?,
            ends: ends?,
            place: place?,
            kind: kind?,
            attendance,
            others: others?,
            policy: policy.to_owned(),
            edits: HeaderEdits::default(),
        }))
    }

    /// The start and the end in words, such as "10:00 to 10:50"; empty: neither is
    /// noted.
    pub fn times(&self) -> String {
        match (self.starts, self.ends) {
            (Some(starts), Some(ends)) => format!("{} to {}", clock(starts), clock(ends)),
            (Some(starts), None) => format!("from {}", clock(starts)),
            (None, Some(ends)) => format!("until {}", clock(ends)),
            (None, None) => String::new(),
        }
    }

    /// The lines of the header, each with its label: for a page and a print. Fields
    /// without a value are left out.
    pub fn lines(&self) -> Vec<(String, String)> {
        let mut lines = self.lines_without_policy();
        if !self.policy.is_empty() {
            lines.push(("Secrets policy".to_owned(), self.policy.clone()));
        }
        lines
    }

    /// The lines of the header without the secrets policy: its state may tell one
    /// client what the other withdrew, so it is not part of what a client gets.
    pub fn lines_without_policy(&self) -> Vec<(String, String)> {
        let mut lines = vec![("Date".to_owned(), self.date.format("%a %-d %b %Y").to_string())];
        let mut add = |label: &str, value: String| {
            if !value.is_empty() {
                lines.push((label.to_owned(), value));
            }
        };
        add("Time", self.times());
        add("Place", self.place.clone());
        add("Kind", self.kind.clone());
        for person in &self.attendance {
            add(&person.name, person.words());
        }
        add("Also present", self.others.clone());
        lines
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn people() -> Vec<(PersonId, String)> {
        ["Amara", "Jonas"].iter().zip(1..).map(|(n, i)| (PersonId(Uuid::from_u128(i)), (*n).to_owned())).collect()
    }

    #[test]
    fn header_is_read_as_it_was_filled_and_told_in_lines() {
        let time = |h, m| NaiveTime::from_hms_opt(h, m, 0);
        let attendance = people().into_iter().zip([Attended::Present, Attended::Absent]);
        let mut header = NoteHeader {
            date: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            starts: time(10, 5),
            ends: time(10, 55),
            place: "Garden room".into(),
            kind: "Session".into(),
            attendance: attendance
                .map(|((person, name), attended)| Attendance { person, name, attended, late_from: None, left_at: None })
                .collect(),
            others: "An interpreter".into(),
            policy: "No secrets".into(),
            edits: HeaderEdits::default(),
        };
        header.attendance[0].late_from = time(10, 12);
        let mut form = Form::default();
        header.fill(&mut form);
        assert_eq!(NoteHeader::read(&form, &people(), "No secrets"), Ok(Some(header.clone())));
        let lines = header.lines();
        assert!(lines.contains(&("Time".into(), "10:05 to 10:55".into())), "{lines:?}");
        assert!(lines.contains(&("Amara".into(), "present, late from 10:12".into())), "{lines:?}");
        let policy = ("Secrets policy".to_owned(), "No secrets".to_owned());
        assert!(lines.contains(&policy) && !header.lines_without_policy().contains(&policy));
        assert_eq!(NoteHeader::read(&Form::default(), &people(), ""), Ok(None));
        form.set("h.date", "");
        form.set("h.1.late", "soon");
        let errors = NoteHeader::read(&form, &people(), "").unwrap_err();
        assert!(errors.message("h.date").is_some() && errors.message("h.1.late").is_some());
    }

    #[test]
    fn process_note_has_no_times() {
        let mut form = Form::from_pairs([("h.date", "2026-11-23"), ("h.starts", "10:00"), ("h.ends", "10:50")]);
        form.set("h.0.attended", "present");
        form.set("h.0.late", "10:10");
        form.set("h.0.left", "10:40");
        let read = NoteHeader::read(&form, &people(), "").unwrap().unwrap();
        let process = read.clone().for_scope(NoteScope::Process);
        assert!(process.lines().iter().all(|(_, value)| !value.contains(':')), "{process:?}");
        assert_eq!(process.attendance[0].attended, Attended::Present);
        assert_eq!(read.clone().for_scope(NoteScope::PartnerA), read);
    }
}
