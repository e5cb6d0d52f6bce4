//! Supervision: a therapist whose signed notes another one co-signs, and what the
//! supervisor answers.

use chrono::NaiveDate;

use crate::{
    form::{Errors, Form, Reader},
    ids::AccountId,
};

crate::words! {
    /// How a note that was sent to a supervisor ended.
    pub enum CosignOutcome {
        Signed = "signed", "Co-signed";
        Returned = "returned", "Returned";
        /// By its author, before the supervisor answered.
        TakenBack = "taken_back", "Taken back";
    }
}

/// The supervisor of a therapist, from one day to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSupervision {
    pub supervisor: AccountId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; `None`: no end is set.
    pub until: Option<NaiveDate>,
}

impl NewSupervision {
    /// Reads a supervision from its form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let supervisor = r.word("supervisor", "Choose the supervisor.");
        let from = r.date("from", "Enter the first day.");
        let mut until = r.optional_date("until", "Enter the last day, or leave it empty.");
        if let (Ok(first), Ok(Some(last))) = (&from, &until)
            && last < first
        {
            until = r.fail("until", "The last day is before the first.");
        }
        r.finish()?;
        Ok(Self { supervisor: supervisor?, from: from?, until: until? })
    }
}

/// The longest comment on a note that is returned, in characters.
pub const COMMENT_MAX: usize = 4_000;

/// Reads what a supervisor writes to a note that is returned.
pub fn read_comment(form: &Form) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let comment = r.lines("comment", 1..=COMMENT_MAX, "Write what is to be changed.");
    r.finish()?;
    comment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supervision_ends_after_it_begins() {
        let id = uuid::Uuid::from_u128(5).to_string();
        let form = |from: &str, until: &str| Form::from_pairs([("supervisor", &*id), ("from", from), ("until", until)]);
        let read = NewSupervision::read(&form("2026-11-01", "2026-11-01")).unwrap();
        assert_eq!(read.until, Some(read.from), "one day is a supervision");
        assert_eq!(NewSupervision::read(&form("2026-11-01", "")).unwrap().until, None);
        let errors = NewSupervision::read(&form("2026-11-02", "2026-11-01")).unwrap_err();
        assert!(errors.message("until").is_some() && errors.message("from").is_none());
        let errors = NewSupervision::read(&Form::from_pairs([("from", "tomorrow"), ("until", "x")])).unwrap_err();
        assert!(["supervisor", "from", "until"].iter().all(|field| errors.message(field).is_some()));
    }

    #[test]
    fn note_is_returned_with_words() {
        assert!(read_comment(&Form::from_pairs([("comment", " \n ")])).is_err());
        assert_eq!(read_comment(&Form::from_pairs([("comment", " Add the risk. ")])).unwrap(), "Add the risk.");
    }
}
