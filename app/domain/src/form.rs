//! Raw input to valid types or messages at the fields.
//!
//! A [`Form`] keeps exactly what was typed, so that a refused form can be
//! shown again with nothing lost. A [`Reader`] takes values out of it and
//! gathers an error for each field that does not fit:
//!
//! ```
//! use domain::form::{Errors, Form, Reader};
//!
//! struct Room { name: String }
//!
//! fn read(form: &Form) -> Result<Room, Errors> {
//!     let mut r = Reader::new(form);
//!     let name = r.text("name", 1..=80, "Give the room a name.");
//!     r.finish()?;
//!     Ok(Room { name: name? })
//! }
//!
//! assert!(read(&Form::from_pairs([("name", "  Garden room ")])).is_ok());
//! assert_eq!(read(&Form::default()).err().unwrap().of("name"), Some("Give the room a name."));
//! ```

use std::{collections::BTreeMap, ops::RangeInclusive, str::FromStr};

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::person::{Email, Zone};

/// What a browser sent, in its order, names repeated where a field is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(pairs.into_iter().map(|(n, v)| (n.into(), v.into())).collect())
    }

    /// The first value under a name, as typed; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// Every value under a name: the ticked boxes of a checklist.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_owned(), value.into()));
    }
}

/// A message for each field that was not understood, and one for the whole
/// form under the empty name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(BTreeMap<String, String>);

impl Errors {
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// An error of the whole form.
    pub fn whole(message: impl Into<String>) -> Self {
        Self::one("", message)
    }

    /// Keeps the first message of a field.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| message.into());
    }

    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(f, m)| (f.as_str(), m.as_str()))
    }

    /// These and others; of one field the first message stays.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        for (field, message) in others.0 {
            self.0.entry(field).or_insert(message);
        }
        self
    }

    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// Reads fields and gathers their errors. A read that failed gives an empty
/// `Err`; [`Reader::finish`] gives the gathered messages.
pub struct Reader<'a> {
    form: &'a Form,
    prefix: &'a str,
    errors: Errors,
}

type Read<T> = Result<T, Errors>;

impl<'a> Reader<'a> {
    pub fn new(form: &'a Form) -> Self {
        Self::prefixed(form, "")
    }

    /// Reads fields whose names start with a prefix: the two partners of one
    /// form are `a.name` and `b.name`.
    pub fn prefixed(form: &'a Form, prefix: &'a str) -> Self {
        Self { form, prefix, errors: Errors::default() }
    }

    fn raw(&self, name: &str) -> &'a str {
        let wanted = format!("{}{name}", self.prefix);
        self.form.get(&wanted)
    }

    pub fn fail<T>(&mut self, name: &str, message: impl Into<String>) -> Read<T> {
        self.errors.add(&format!("{}{name}", self.prefix), message);
        Err(Errors::default())
    }

    /// One line, trimmed, without control characters.
    pub fn text(&mut self, name: &str, length: RangeInclusive<usize>, message: &str) -> Read<String> {
        let value = self.raw(name).trim();
        let count = value.chars().count();
        if count > *length.end() {
            return self.fail(name, format!("Please keep this under {} characters.", length.end()));
        }
        if count < *length.start() {
            return self.fail(name, message);
        }
        if value.chars().any(char::is_control) {
            return self.fail(name, "Please keep this on one line.");
        }
        Ok(value.to_owned())
    }

    /// Several lines; line ends become `\n`.
    pub fn lines(&mut self, name: &str, length: RangeInclusive<usize>, message: &str) -> Read<String> {
        let value = self.raw(name).replace("\r\n", "\n").trim().to_owned();
        let count = value.chars().count();
        if count > *length.end() {
            return self.fail(name, format!("Please keep this under {} characters.", length.end()));
        }
        if count < *length.start() {
            return self.fail(name, message);
        }
        Ok(value)
    }

    /// A value of a closed set.
    pub fn word<T: FromStr>(&mut self, name: &str, message: &str) -> Read<T> {
        match self.raw(name).trim().parse() {
            Ok(value) => Ok(value),
            Err(_) => self.fail(name, message),
        }
    }

    /// A value of a closed set, or nothing where the field is empty.
    pub fn optional<T: FromStr>(&mut self, name: &str, message: &str) -> Read<Option<T>> {
        match self.raw(name).trim() {
            "" => Ok(None),
            text => match text.parse() {
                Ok(value) => Ok(Some(value)),
                Err(_) => self.fail(name, message),
            },
        }
    }

    pub fn number(&mut self, name: &str, range: RangeInclusive<i64>) -> Read<i64> {
        match self.raw(name).trim().parse::<i64>() {
            Ok(n) if range.contains(&n) => Ok(n),
            _ => self.fail(name, format!("Please give a number from {} to {}.", range.start(), range.end())),
        }
    }

    pub fn email(&mut self, name: &str) -> Read<Email> {
        match Email::parse(self.raw(name)) {
            Ok(email) => Ok(email),
            Err(message) => self.fail(name, message),
        }
    }

    pub fn optional_email(&mut self, name: &str) -> Read<Option<Email>> {
        if self.raw(name).trim().is_empty() { Ok(None) } else { self.email(name).map(Some) }
    }

    /// A zone's IANA name; whether the name exists is for [`crate::zone`].
    pub fn zone(&mut self, name: &str) -> Read<Zone> {
        match Zone::parse(self.raw(name)) {
            Some(zone) => Ok(zone),
            None => self.fail(name, "Please pick a time zone from the list."),
        }
    }

    pub fn date(&mut self, name: &str, message: &str) -> Read<NaiveDate> {
        match parse_date(self.raw(name)) {
            Some(date) => Ok(date),
            None => self.fail(name, message),
        }
    }

    pub fn optional_date(&mut self, name: &str, message: &str) -> Read<Option<NaiveDate>> {
        if self.raw(name).trim().is_empty() { Ok(None) } else { self.date(name, message).map(Some) }
    }

    pub fn time(&mut self, name: &str, message: &str) -> Read<NaiveTime> {
        match parse_time(self.raw(name)) {
            Some(time) => Ok(time),
            None => self.fail(name, message),
        }
    }

    pub fn optional_time(&mut self, name: &str, message: &str) -> Read<Option<NaiveTime>> {
        if self.raw(name).trim().is_empty() { Ok(None) } else { self.time(name, message).map(Some) }
    }

    /// Those that parse of a field with several values.
    pub fn several<T: FromStr>(&self, name: &str) -> Vec<T> {
        self.form.all(&format!("{}{name}", self.prefix)).filter_map(|value| value.parse().ok()).collect()
    }

    /// A ticked box.
    pub fn ticked(&self, name: &str) -> bool {
        !self.raw(name).is_empty()
    }

    /// The gathered messages, where there are any.
    pub fn finish(self) -> Result<(), Errors> {
        self.errors.into_result()
    }

    /// The gathered messages of two readers, where there are any.
    pub fn finish_with(self, other: Reader<'_>) -> Result<(), Errors> {
        self.errors.and(other.errors).into_result()
    }
}

/// Rows of a form that can be added, taken out and moved: the fields of row
/// 2 are `step.2.…`. Each press is a form of its own, so that it works
/// without scripts.
pub mod rows {
    use super::Form;

    /// The name of a row's field.
    pub fn field(row: usize, name: &str) -> String {
        format!("step.{row}.{name}")
    }

    /// The row and the rest of a name: `step.2.kind.x` is row 2's `kind.x`.
    pub fn parse(name: &str) -> Option<(usize, &str)> {
        let (row, rest) = name.strip_prefix("step.")?.split_once('.')?;
        Some((row.parse().ok().filter(|row| *row < 1_000)?, rest))
    }

    /// How many rows there are.
    pub fn count(form: &Form) -> usize {
        form.0.iter().filter_map(|(name, _)| parse(name)).map(|(row, _)| row + 1).max().unwrap_or(0)
    }

    /// The form with its rows in another order: the old numbers in the new
    /// order; a number left out is taken out.
    #[must_use]
    pub fn reorder(form: &Form, order: &[usize]) -> Form {
        let mut pairs: Vec<(String, String)> =
            form.0.iter().filter(|(name, _)| parse(name).is_none()).cloned().collect();
        for (new, old) in order.iter().enumerate() {
            for (name, value) in &form.0 {
                if let Some((row, rest)) = parse(name)
                    && row == *old
                {
                    pairs.push((field(new, rest), value.clone()));
                }
            }
        }
        Form(pairs)
    }

    /// What a press of `up:2`, `down:2` or `remove:2` makes of a form; `None`
    /// for any other.
    pub fn press(form: &Form, action: &str) -> Option<Form> {
        let (what, row) = action.split_once(':')?;
        let row: usize = row.parse().ok()?;
        let mut order: Vec<usize> = (0..count(form)).collect();
        match what {
            "remove" if row < order.len() => drop(order.remove(row)),
            "up" if row > 0 && row < order.len() => order.swap(row, row - 1),
            "down" if row + 1 < order.len() => order.swap(row, row + 1),
            "up" | "down" | "remove" => {}
            _ => return None,
        }
        Some(reorder(form, &order))
    }
}

/// `2026-11-23`, within the years a practice can mean.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()?;
    use chrono::Datelike;
    (1900..=2200).contains(&date.year()).then_some(date)
}

/// `09:30`.
pub fn parse_time(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    NaiveTime::parse_from_str(text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_field_says_why_and_the_form_keeps_what_was_typed() {
        let form = Form::from_pairs([("name", "x\u{7}y"), ("n", "12"), ("mail", "no")]);
        let mut r = Reader::new(&form);
        let _ = r.text("name", 1..=5, "A name, please.");
        let n = r.number("n", 1..=10);
        let _ = r.email("mail");
        assert!(n.is_err());
        let errors = r.finish().unwrap_err();
        assert_eq!(errors.iter().count(), 3);
        assert_eq!(form.get("name"), "x\u{7}y");
    }

    #[test]
    fn lengths_count_characters_not_bytes() {
        let form = Form::from_pairs([("name", "अनन्या💛")]);
        let mut r = Reader::new(&form);
        assert!(r.text("name", 1..=7, "").is_ok());
    }

    #[test]
    fn rows_move_with_all_that_stands_in_them() {
        let form = Form::from_pairs([("title", "T"), ("step.0.a", "x"), ("step.1.a", "y"), ("step.1.b", "z")]);
        let up = rows::press(&form, "up:1").unwrap();
        assert_eq!((up.get("step.0.a"), up.get("step.0.b"), up.get("step.1.a")), ("y", "z", "x"));
        assert_eq!(rows::count(&rows::press(&form, "remove:0").unwrap()), 1);
        assert_eq!(rows::press(&form, "down:1"), Some(rows::press(&form, "up:0").unwrap()), "no further");
        assert_eq!(rows::press(&form, "save"), None);
        assert_eq!(rows::count(&Form::from_pairs([("step.99999999.a", "x")])), 0);
        assert_eq!(up.get("title"), "T");
    }

    #[test]
    fn years_without_sense_are_refused() {
        assert_eq!(parse_date("+262142-01-01"), None);
        assert_eq!(parse_date("0001-01-01"), None);
        assert!(parse_date("2028-02-29").is_some());
        assert_eq!(parse_date("2027-02-29"), None);
    }
}
