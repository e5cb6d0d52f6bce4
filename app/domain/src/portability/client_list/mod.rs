//! Client lists of other programs: what their columns mean, how rows become couples,
//! and what would be imported.
//!
//! A list arrives as a [`ClientList`]: a table of text, already decoded and cut into
//! cells. [`guess`] proposes what each column means, which a person corrects. [`plan`]
//! makes the dry run: the clients that an import would take on, and a report for each
//! row with everything that was doubtful in it. Nothing in a list is ever refused as a
//! whole, and nobody is merged with another person because of an email address:
//! couples share one.

mod cells;
mod dates;
mod heads;
mod names;
mod plan;
mod problem;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use dates::DateOrder;
pub use heads::{guess, known_heads};
pub use plan::{
    KnownPerson, Outcome, Plan, PlannedClient, PlannedPerson, Practice, RowReport, Therapist, plan, plan_names,
};
pub use problem::{Problem, Trouble};

use crate::{
    form::{Errors, Form},
    ids::AccountId,
};

/// The most rows of a list.
pub const MOST_ROWS: usize = 20_000;
/// The most columns of a list.
pub const MOST_COLUMNS: usize = 200;
/// The longest text of a cell, in characters.
pub const LONGEST_CELL: usize = 20_000;

/// A client list as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientList {
    /// The heading of each column; empty: it has none.
    pub heads: Vec<String>,
    pub rows: Vec<Row>,
    /// What was noticed about the file as a whole, as sentences.
    pub remarks: Vec<String>,
}

/// A row of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The number of the row as a spreadsheet shows it, or of the card in a vCard file,
    /// from 1.
    pub number: usize,
    /// The cells in the order of the headings; those that are missing are empty.
    pub cells: Vec<String>,
}

impl Row {
    /// The text of a column; empty if the row is shorter.
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

crate::words! {
    /// What a column of a list means.
    pub enum Meaning {
        Detail = "detail", "Keep as a detail";
        Skip = "skip", "Don’t import";
        Name = "name", "Full name";
        First = "first", "First name";
        Middle = "middle", "Middle name";
        Last = "last", "Last name";
        Pronouns = "pronouns", "Pronouns";
        Email = "email", "Email";
        Phone = "phone", "Phone";
        Birth = "birth", "Date of birth";
        Status = "status", "Status (active or not)";
        Therapist = "therapist", "Therapist";
        Couple = "couple", "Couple or family number";
        PartnerName = "partner_name", "Partner: full name";
        PartnerFirst = "partner_first", "Partner: first name";
        PartnerLast = "partner_last", "Partner: last name";
        PartnerPronouns = "partner_pronouns", "Partner: pronouns";
        PartnerEmail = "partner_email", "Partner: email";
        PartnerPhone = "partner_phone", "Partner: phone";
        PartnerBirth = "partner_birth", "Partner: date of birth";
    }
}

impl Meaning {
    /// Whether several columns can have this meaning.
    pub const fn is_repeatable(self) -> bool {
        match self {
            Self::Detail | Self::Skip | Self::Email | Self::Phone | Self::PartnerEmail | Self::PartnerPhone => true,
            Self::Name
            | Self::First
            | Self::Middle
            | Self::Last
            | Self::Pronouns
            | Self::Birth
            | Self::Status
            | Self::Therapist
            | Self::Couple
            | Self::PartnerName
            | Self::PartnerFirst
            | Self::PartnerLast
            | Self::PartnerPronouns
            | Self::PartnerBirth => false,
        }
    }

    /// Whether a column with this meaning describes the second partner of its row.
    pub const fn is_of_partner(self) -> bool {
        matches!(
            self,
            Self::PartnerName
                | Self::PartnerFirst
                | Self::PartnerLast
                | Self::PartnerPronouns
                | Self::PartnerEmail
                | Self::PartnerPhone
                | Self::PartnerBirth
        )
    }
}

crate::words! {
    /// How couples are written in a list.
    pub enum Pairing {
        Single = "single", "Each row is one person, and a client alone";
        Rows = "rows", "Two rows are a couple: same couple number, or one names the other";
        Columns = "columns", "A row has both partners, in columns of their own";
        Names = "names", "A row has both partners in one name: “Anna & Ben Lind”";
    }
}

crate::words! {
    /// What an import does with clients who are not active.
    pub enum Inactive {
        Archive = "archive", "Import them into the archive";
        LeaveOut = "leave_out", "Leave them out";
    }
}

crate::words! {
    /// What a person chose for a row that is probably about somebody who is there
    /// already.
    pub enum Match {
        LeaveOut = "leave_out", "Leave the row out";
        Same = "same", "It is the same person: add the new client to them";
        New = "new", "It is another person: import the row";
    }
}

/// What a person chose for an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// What each column means, in the order of the columns.
    pub meanings: Vec<Meaning>,
    pub pairing: Pairing,
    pub dates: DateOrder,
    pub inactive: Inactive,
    /// The therapist of the rows that name none; `None`: nobody is chosen yet.
    pub therapist: Option<AccountId>,
    /// What was chosen for single rows, by the number of the row. A row without an
    /// entry that matches somebody is left out.
    pub matches: BTreeMap<usize, Match>,
}

impl Choices {
    /// The columns with a meaning, in their order.
    pub(crate) fn columns(&self, meaning: Meaning) -> impl Iterator<Item = usize> + '_ {
        self.meanings.iter().enumerate().filter(move |(_, m)| **m == meaning).map(|(at, _)| at)
    }

    /// The first column with a meaning; `None`: no column has it.
    pub(crate) fn column(&self, meaning: Meaning) -> Option<usize> {
        self.columns(meaning).next()
    }

    /// The name of the form field for a column's meaning.
    pub fn column_field(column: usize) -> String {
        format!("column.{column}")
    }

    /// The name of the form field for the choice about a row.
    pub fn match_field(row: usize) -> String {
        format!("match.{row}")
    }

    /// Writes the choices into the fields of their form.
    pub fn form(&self) -> Form {
        let mut form = Form::default();
        for (at, meaning) in self.meanings.iter().enumerate() {
            form.set(&Self::column_field(at), meaning.word());
        }
        form.set("pairing", self.pairing.word());
        form.set("dates", self.dates.word());
        form.set("inactive", self.inactive.word());
        form.set("therapist", self.therapist.map(|id| id.to_string()).unwrap_or_default());
        for (row, chosen) in &self.matches {
            form.set(&Self::match_field(*row), chosen.word());
        }
        form
    }

    /// Reads the choices about a list with this many columns from their form. A field
    /// that the form lacks keeps its value, so that a page of the report sends only its
    /// own rows.
    ///
    /// # Errors
    /// No column has a name, two columns have a meaning that only one can have, or a
    /// value is none that was offered.
    pub fn read(&self, form: &Form, list: &ClientList) -> Result<Self, Errors> {
        let (mut new, mut errors) = (self.clone(), Errors::default());
        new.meanings.resize(list.heads.len(), Meaning::Detail);
        for at in 0..list.heads.len() {
            let field = Self::column_field(at);
            match (form.has(&field), form.get(&field).parse()) {
                (false, _) => {}
                (true, Ok(meaning)) => new.meanings[at] = meaning,
                (true, Err(_)) => errors.add(&field, "Choose what this column means."),
            }
        }
        macro_rules! choose {
            ($field:literal, $value:expr, $why:literal) => {
                match (form.has($field), form.get($field).parse()) {
                    (false, _) => {}
                    (true, Ok(chosen)) => $value = chosen,
                    (true, Err(_)) => errors.add($field, $why),
                }
            };
        }
        choose!("pairing", new.pairing, "Choose how couples are written.");
        choose!("dates", new.dates, "Choose the order of day, month and year.");
        choose!("inactive", new.inactive, "Choose what happens to clients who are not active.");
        if form.has("therapist") {
            match (form.get("therapist"), form.get("therapist").parse()) {
                (_, Ok(id)) => new.therapist = Some(id),
                ("", Err(_)) => new.therapist = None,
                (_, Err(_)) => errors.add("therapist", "Choose a therapist from the list."),
            }
        }
        for (name, value) in &form.0 {
            let Some(row) = name.strip_prefix("match.").and_then(|row| row.parse().ok()) else { continue };
            match value.parse() {
                Ok(chosen) if list.rows.iter().any(|r| r.number == row) => {
                    new.matches.insert(row, chosen);
                }
                _ => errors.add(name, "Choose what to do with this row."),
            }
        }
        errors = errors.and(new.meaning_errors());
        errors.into_result()?;
        Ok(new)
    }

    /// The errors of the meanings of the columns.
    fn meaning_errors(&self) -> Errors {
        let mut errors = Errors::default();
        for meaning in Meaning::ALL.iter().filter(|meaning| !meaning.is_repeatable()) {
            for later in self.columns(*meaning).skip(1) {
                let why = format!("“{}” is chosen for another column already.", meaning.label());
                errors.add(&Self::column_field(later), why);
            }
        }
        if ![Meaning::Name, Meaning::First, Meaning::Last].iter().any(|name| self.column(*name).is_some()) {
            errors.add(&Self::column_field(0), "Choose which column has the name.");
        }
        errors
    }
}

#[cfg(test)]
mod tests;
