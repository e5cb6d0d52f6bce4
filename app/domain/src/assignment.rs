//! An exercise given to a couple or to one partner.

use chrono::NaiveDate;

use crate::{
    form::{Errors, Form, Reader},
    ids::PersonId,
};

crate::words! {
    /// When an assignment is due.
    pub enum Due {
        OnDate = "on_date", "By a date";
        BeforeNext = "before_next", "Before the next session";
    }
}

/// For whom an assignment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Everyone of the treatment unit.
    Everyone,
    One(PersonId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAssignment {
    pub for_whom: For,
    pub due: Due,
    /// Set where it is due by a date.
    pub due_on: Option<NaiveDate>,
    /// A line from the therapist that the clients read; may be empty.
    pub word_along: String,
}

impl NewAssignment {
    /// Reads the form; `today` is the practice's.
    pub fn read(form: &Form, today: NaiveDate) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let for_whom = match form.get("for") {
            "everyone" => Ok(For::Everyone),
            id => match id.parse() {
                Ok(person) => Ok(For::One(person)),
                Err(_) => r.fail("for", "Please choose whom this is for."),
            },
        };
        let due = r.word("due", "Please choose when this is due.");
        let due_on = match due {
            Ok(Due::OnDate) => match r.date("due_on", "Please give the date it is due on.") {
                Ok(date) if date < today => r.fail("due_on", "This date has passed."),
                read => read.map(Some),
            },
            // A date that was typed is not quietly left aside.
            Ok(Due::BeforeNext) if !form.get("due_on").is_empty() => {
                r.fail("due_on", "Choose “By a date” for this date, or leave it empty.")
            }
            _ => Ok(None),
        };
        let word_along = r.lines("word_along", 0..=500, "");
        r.finish()?;
        Ok(Self { for_whom: for_whom?, due: due?, due_on: due_on?, word_along: word_along? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_past_date_is_refused_and_a_missing_one_too() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let mut form = Form::from_pairs([("for", "everyone"), ("due", "on_date"), ("due_on", "2026-11-22")]);
        assert!(NewAssignment::read(&form, today).unwrap_err().of("due_on").is_some());
        form.set("due_on", "");
        assert!(NewAssignment::read(&form, today).unwrap_err().of("due_on").is_some());
        form.set("due", "before_next");
        form.set("due_on", "2026-11-30");
        assert!(NewAssignment::read(&form, today).unwrap_err().of("due_on").is_some());
        form.set("due_on", "");
        assert_eq!(NewAssignment::read(&form, today).unwrap().due_on, None);
    }
}
