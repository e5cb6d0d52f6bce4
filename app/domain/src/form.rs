//! Forms: reading raw input into valid types, or into errors at the fields.
//!
//! A [`Form`] keeps exactly what was typed, so that a refused form can be
//! shown again with nothing lost. A [`Reader`] reads values from it and
//! collects an error for each field that is not valid:
//!
//! ```
//! use domain::form::{Errors, Form, Reader};
//!
//! struct Room { name: String }
//!
//! fn read(form: &Form) -> Result<Room, Errors> {
//!     let mut r = Reader::new(form);
//!     let name = r.text("name", 1..=80, "Enter the room’s name.");
//!     r.finish()?;
//!     Ok(Room { name: name? })
//! }
//!
//! assert!(read(&Form::from_pairs([("name", "  Garden room ")])).is_ok());
//! assert_eq!(read(&Form::default()).err().unwrap().message("name"), Some("Enter the room’s name."));
//! ```

use std::{collections::BTreeMap, ops::RangeInclusive, str::FromStr};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::typed;

/// The fields that a browser sent, in their order. A name is repeated if its
/// field has several values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// A form of names and values.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(pairs.into_iter().map(|(n, v)| (n.into(), v.into())).collect())
    }

    /// The name of the field by which [`Self::show_again`] marks a form. It is
    /// removed from every request that arrives.
    pub const SHOWN_AGAIN: &str = ":only-shown";

    /// Marks a form that is to be shown again and not acted on, even if it is
    /// valid: every [`Reader`] of it has one more error.
    pub fn show_again(&mut self) {
        self.set(Self::SHOWN_AGAIN, "yes");
    }

    /// Whether the form is marked by [`Self::show_again`].
    pub fn is_shown_again(&self) -> bool {
        self.has(Self::SHOWN_AGAIN)
    }

    /// The error of a form that is marked by [`Self::show_again`]; no error for
    /// any other form.
    pub fn shown_again_error(&self) -> Errors {
        if self.is_shown_again() {
            Errors::of_form("Check what you typed, then send the form.")
        } else {
            Errors::default()
        }
    }

    /// The first value of a field, as typed; empty if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// All values of a field, such as the ticked boxes of a checklist.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Whether the form has a field, even an empty one.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// Replaces all values of a field by one value.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_owned(), value.into()));
    }
}

/// The error messages of a form: at most one for each field, and one for the
/// whole form under the empty name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(BTreeMap<String, String>);

impl Errors {
    /// A single error at a field.
    pub fn at_field(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// A single error of the whole form.
    pub fn of_form(message: impl Into<String>) -> Self {
        Self::at_field("", message)
    }

    /// Adds a message to a field, unless the field has one already.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| message.into());
    }

    /// The message of a field; `None`: the field has no error.
    pub fn message(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// Whether there are no errors.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All fields with an error, and their messages.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(f, m)| (f.as_str(), m.as_str()))
    }

    /// These errors and others. If both have a message for a field, the message
    /// of `self` is kept.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        for (field, message) in others.0 {
            self.0.entry(field).or_insert(message);
        }
        self
    }

    /// `Ok` if there are no errors; otherwise the errors.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// Reads the fields of a form and collects their errors. A failed read returns
/// an empty `Err`; [`Reader::finish`] returns the collected messages.
pub struct Reader<'a> {
    form: &'a Form,
    prefix: &'a str,
    errors: Errors,
}

/// The result of reading one field. The errors are empty: their messages are in
/// the reader.
pub(crate) type Read<T> = Result<T, Errors>;

impl<'a> Reader<'a> {
    /// A reader of fields by their full names.
    pub fn new(form: &'a Form) -> Self {
        Self::prefixed(form, "")
    }

    /// A reader of fields whose names start with a prefix: the names of two
    /// partners in one form are `a.name` and `b.name`.
    pub fn prefixed(form: &'a Form, prefix: &'a str) -> Self {
        Self { form, prefix, errors: Errors::default() }
    }

    /// The value of a field as typed.
    pub(crate) fn raw(&self, name: &str) -> &'a str {
        let wanted = format!("{}{name}", self.prefix);
        self.form.get(&wanted)
    }

    /// Adds an error to a field and returns the `Err` of a failed read.
    pub fn fail<T>(&mut self, name: &str, message: impl Into<String>) -> Read<T> {
        self.errors.add(&format!("{}{name}", self.prefix), message);
        Err(Errors::default())
    }

    /// Reads one line, without invisible characters ([`typed::line`]). `length`
    /// counts characters; `message` is the error for a text that is too short.
    pub fn text(&mut self, name: &str, length: RangeInclusive<usize>, message: &str) -> Read<String> {
        if is_beyond(self.raw(name), *length.end()) {
            return self.fail(name, too_long(*length.end()));
        }
        let value = typed::line(self.raw(name));
        let count = value.chars().count();
        if count > *length.end() {
            return self.fail(name, too_long(*length.end()));
        }
        if count < *length.start() {
            return self.fail(name, message);
        }
        if value.chars().any(char::is_control) {
            return self.fail(name, ONE_LINE);
        }
        Ok(value)
    }

    /// Reads several lines, kept as written ([`typed::lines`]) without blank
    /// lines at either end. `length` counts characters; `message` is the error
    /// for a text that is too short.
    pub fn lines(&mut self, name: &str, length: RangeInclusive<usize>, message: &str) -> Read<String> {
        if is_beyond(self.raw(name), *length.end()) {
            return self.fail(name, too_long(*length.end()));
        }
        let value = typed::lines(self.raw(name)).trim().to_owned();
        let count = value.chars().count();
        if count > *length.end() {
            return self.fail(name, too_long(*length.end()));
        }
        if count < *length.start() || (*length.start() > 0 && typed::is_blank(&value)) {
            return self.fail(name, message);
        }
        Ok(value)
    }

    /// Reads a value of a closed set; `message` is the error for any other.
    pub fn word<T: FromStr>(&mut self, name: &str, message: &str) -> Read<T> {
        match typed::code(self.raw(name)).parse() {
            Ok(value) => Ok(value),
            Err(_) => self.fail(name, message),
        }
    }

    /// Reads a value of a closed set; `None` if the field is empty.
    pub fn optional<T: FromStr>(&mut self, name: &str, message: &str) -> Read<Option<T>> {
        match typed::code(self.raw(name)).as_str() {
            "" => Ok(None),
            text => match text.parse() {
                Ok(value) => Ok(Some(value)),
                Err(_) => self.fail(name, message),
            },
        }
    }

    /// Reads a whole number within a range.
    pub fn number(&mut self, name: &str, range: RangeInclusive<i64>) -> Read<i64> {
        match typed::code(self.raw(name)).parse::<i64>() {
            Ok(n) if range.contains(&n) => Ok(n),
            _ => self.fail(name, format!("Enter a number from {} to {}.", range.start(), range.end())),
        }
    }

    /// Reads a date in the years 1900 to 2200.
    pub fn date(&mut self, name: &str, message: &str) -> Read<NaiveDate> {
        match parse_date(self.raw(name)) {
            Some(date) => Ok(date),
            None => self.fail(name, message),
        }
    }

    /// Reads a date; `None` if the field is blank.
    pub fn optional_date(&mut self, name: &str, message: &str) -> Read<Option<NaiveDate>> {
        if typed::is_blank(self.raw(name)) { Ok(None) } else { self.date(name, message).map(Some) }
    }

    /// Reads a time of day.
    pub fn time(&mut self, name: &str, message: &str) -> Read<NaiveTime> {
        match parse_time(self.raw(name)) {
            Some(time) => Ok(time),
            None => self.fail(name, message),
        }
    }

    /// Reads a time of day; `None` if the field is blank.
    pub fn optional_time(&mut self, name: &str, message: &str) -> Read<Option<NaiveTime>> {
        if typed::is_blank(self.raw(name)) { Ok(None) } else { self.time(name, message).map(Some) }
    }

    /// Reads a field with several values. Values that are not valid are left out
    /// without an error.
    pub fn several<T: FromStr>(&self, name: &str) -> Vec<T> {
        self.form.all(&format!("{}{name}", self.prefix)).filter_map(|value| typed::code(value).parse().ok()).collect()
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !self.raw(name).is_empty()
    }

    /// Ends the reading: `Err` with all collected messages if there are any.
    pub fn finish(self) -> Result<(), Errors> {
        self.errors.and(self.form.shown_again_error()).into_result()
    }
}

/// The error of a text on several lines where one is expected.
const ONE_LINE: &str = "Write this on one line.";

/// The error of a text that has more than `most` characters.
fn too_long(most: usize) -> String {
    format!("Use at most {most} characters.")
}

/// Whether an error message can be about any field, so that it is understood only
/// beside its field or together with the field's label.
pub fn needs_label(message: &str) -> bool {
    message == ONE_LINE || ["Use at most ", "Enter a number from "].iter().any(|begin| message.starts_with(begin))
}

/// Whether a text is far longer than `most` characters, beyond all spaces and
/// invisible characters that pasted text contains. Such a text is refused
/// before its clean-up, which is slow for a megabyte.
fn is_beyond(text: &str, most: usize) -> bool {
    text.len() > most.saturating_mul(4).saturating_add(20_000)
}

/// Rows of a form that can be added, removed and moved: the fields of row 2 are
/// named `step.2.…`. Each button sends the whole form, so that it works without
/// scripts.
pub mod rows {
    use super::Form;

    /// The highest number of rows in any form.
    pub const MOST: usize = 400;

    /// The name of a row's field.
    pub fn field(row: usize, name: &str) -> String {
        format!("step.{row}.{name}")
    }

    /// The row and the rest of a field's name: `step.2.kind.x` is `kind.x` of row
    /// 2. `None`: the name is not one of a row.
    pub fn parse(name: &str) -> Option<(usize, &str)> {
        let (row, rest) = name.strip_prefix("step.")?.split_once('.')?;
        Some((row.parse().ok().filter(|row| *row < MOST)?, rest))
    }

    /// The number of rows in a form.
    pub fn count(form: &Form) -> usize {
        form.0.iter().filter_map(|(name, _)| parse(name)).map(|(row, _)| row + 1).max().unwrap_or(0)
    }

    /// The form with its rows in another order. `order` has the old row numbers
    /// in the new order; rows that it leaves out are removed.
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

    /// The form after a button `up:2`, `down:2` or `remove:2` was pressed;
    /// `None` for any other button.
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

/// Reads a date such as `2026-11-23`; `None`: it is not valid or not in the
/// years 1900 to 2200.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(&typed::code(text), "%Y-%m-%d").ok()?;
    is_near(date).then_some(date)
}

/// Reads an instant such as `2026-11-23T09:00:00Z`, as the program's own links
/// and buttons contain it. `None`: it is not valid or not in the years 1900 to
/// 2200; calculations with other years could overflow, and PostgreSQL cannot
/// store such days.
pub fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    let at: DateTime<Utc> = text.parse().ok()?;
    is_near(at.date_naive()).then_some(at)
}

/// Whether a day is in the years 1900 to 2200, so that calculations with it stay
/// within the range of dates.
fn is_near(date: NaiveDate) -> bool {
    use chrono::Datelike;
    (1900..=2200).contains(&date.year())
}

/// Reads a time of day such as `09:30` or `09:30:00`; `None`: it is not valid.
pub fn parse_time(text: &str) -> Option<NaiveTime> {
    let text = typed::code(text);
    NaiveTime::parse_from_str(&text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(&text, "%H:%M:%S")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::person::Zone;

    #[test]
    fn each_invalid_field_has_an_error_and_the_form_keeps_what_was_typed() {
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
    fn fields_are_read_without_invisible_characters() {
        let form = Form::from_pairs([
            ("name", "\u{200B}Anna\u{2011}Lena\u{A0}\u{202C}"),
            ("empty", "\u{200B}\u{2060}\u{3164}"),
            ("note", "\u{200B}\u{AD}"),
            ("kept", "a\u{AD}b\r\nc\u{7}"),
            ("n", "\u{200F}٤٢"),
            ("date", "２０２６\u{2011}११-२९"),
            ("time", "۰۹:३०\u{2069}"),
            ("mail", "\u{200B}"),
            ("phone", "\u{202A}030 901820"),
        ]);
        let mut r = Reader::new(&form);
        assert_eq!(r.text("name", 1..=9, "Enter a name."), Ok("Anna-Lena".into()));
        assert_eq!(r.lines("kept", 1..=9, ""), Ok("a\u{AD}b\nc".into()));
        assert_eq!(r.number("n", 1..=50), Ok(42));
        assert_eq!(r.date("date", ""), Ok(NaiveDate::from_ymd_opt(2026, 11, 29).unwrap()));
        assert_eq!(r.time("time", ""), Ok(NaiveTime::from_hms_opt(9, 30, 0).unwrap()));
        assert_eq!(r.optional_email("mail"), Ok(None));
        assert_eq!(r.phone("phone", Zone::parse("Europe/Berlin").as_ref()), Ok("+49 30 901820".into()));
        let _ = r.text("empty", 1..=9, "Enter a name.");
        let _ = r.lines("note", 1..=9, "Write something.");
        let errors = r.finish().unwrap_err();
        assert_eq!(
            (errors.message("empty"), errors.message("note")),
            (Some("Enter a name."), Some("Write something."))
        );
        assert_eq!(errors.iter().count(), 2);
    }

    #[test]
    fn a_form_marked_as_only_shown_is_refused_even_if_valid() {
        let mut form = Form::from_pairs([("name", "Ada")]);
        assert!(Reader::new(&form).finish().is_ok());
        form.show_again();
        let mut r = Reader::new(&form);
        assert!(r.text("name", 1..=5, "").is_ok());
        assert!(r.finish().unwrap_err().message("").is_some());
    }

    #[test]
    fn lengths_count_characters_not_bytes() {
        let form = Form::from_pairs([("name", "अनन्या💛")]);
        let mut r = Reader::new(&form);
        assert!(r.text("name", 1..=7, "").is_ok());
    }

    #[test]
    fn rows_move_with_all_their_fields() {
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
    fn dates_outside_1900_to_2200_are_refused() {
        assert_eq!(parse_date("+262142-01-01"), None);
        for far in
            ["+262142-12-31T23:59:59Z", "-262143-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2201-01-01T00:00:00Z"]
        {
            assert_eq!(parse_instant(far), None, "{far}");
        }
        assert!(parse_instant("2026-11-23T09:00:00Z").is_some());
        assert_eq!(parse_date("0001-01-01"), None);
        assert!(parse_date("2028-02-29").is_some());
        assert_eq!(parse_date("2027-02-29"), None);
    }
}
