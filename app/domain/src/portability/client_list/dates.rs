//! Dates of birth as people and programs write them.

use chrono::{Datelike as _, Duration, NaiveDate};

use super::problem::Trouble;
use crate::{clients::search::search_key, typed};

crate::words! {
    /// The order of day, month and year where a date has only numbers. Years of four
    /// digits at the beginning are read as such in any order.
    pub enum DateOrder {
        Day = "day", "Day first: 3/5/1985 is 3 May 1985";
        Month = "month", "Month first: 3/5/1985 is 5 March 1985";
    }
}

/// The oldest that a person can be, in years.
const OLDEST: i32 = 120;
/// Dates that programs write where none is known.
const PLACEHOLDERS: [(i32, u32, u32); 6] =
    [(1900, 1, 1), (1899, 12, 30), (1899, 12, 31), (1970, 1, 1), (1901, 1, 1), (1904, 1, 1)];
/// The year that some address books write for a birthday without a year.
const NO_YEAR: i32 = 1604;

/// A date that was read, and what is doubtful about it.
pub(super) type Read = Result<(NaiveDate, Option<Trouble>), Trouble>;

/// The month that a word names, in English or German; `None`: it names none.
fn month_of(word: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "janner"],
        &["feb"],
        &["mar", "mrz"],
        &["apr"],
        &["may", "mai"],
        &["jun"],
        &["jul"],
        &["aug"],
        &["sep"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez"],
    ];
    const WHOLE: [&[&str]; 12] = [
        &["january", "januar"],
        &["february", "februar"],
        &["march", "marz", "maerz"],
        &["april"],
        &["may", "mai"],
        &["june", "juni"],
        &["july", "juli"],
        &["august"],
        &["september", "sept"],
        &["october", "oktober"],
        &["november"],
        &["december", "dezember"],
    ];
    let key = search_key(word);
    let place = MONTHS
        .iter()
        .zip(WHOLE)
        .position(|(short, whole)| short.contains(&key.as_str()) || whole.contains(&key.as_str()))?;
    u32::try_from(place + 1).ok()
}

/// A part of a date: a number with its count of digits, or a month by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Number { value: u32, digits: usize },
    Month(u32),
}

/// The parts of a date, without a time of day behind it; `None`: it has others.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut found = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || "./-,'’".contains(c)).filter(|word| !word.is_empty()) {
        // “3rd”, “1st”.
        let ordinal =
            ["st", "nd", "rd", "th"].iter().find_map(|end| word.to_lowercase().strip_suffix(end).map(str::to_owned));
        let number = ordinal.filter(|n| n.bytes().all(|b| b.is_ascii_digit()) && !n.is_empty());
        let word = number.as_deref().unwrap_or(word);
        if word.bytes().all(|b| b.is_ascii_digit()) {
            found.push(Part::Number { value: word.parse().ok()?, digits: word.len() });
        } else {
            found.push(Part::Month(month_of(word)?));
        }
    }
    Some(found)
}

/// A text without the time of day that follows a date: `1985-05-03T00:00:00.000Z`,
/// `5/3/1985 12:00:00 AM`.
fn without_time(text: &str) -> &str {
    let cut = match text.find(':') {
        Some(colon) => text[..colon].rfind(|c: char| c == 'T' || c == 't' || c.is_whitespace()),
        None => None,
    };
    text[..cut.unwrap_or(text.len())].trim()
}

/// The year of two digits that is not in the future.
fn whole_year(two: u32, today: NaiveDate) -> i32 {
    let two = i32::try_from(two).unwrap_or_default();
    let this = today.year() - today.year() % 100 + two;
    if this > today.year() { this - 100 } else { this }
}

/// Reads a date of birth. The error says why the text is none; a doubt comes with the
/// date.
pub(super) fn birth(text: &str, order: DateOrder, today: NaiveDate) -> Read {
    let text = typed::code(text);
    let (date, doubt) = read(&text, order, today)?;
    let year = date.year();
    if year == NO_YEAR {
        return Err(Trouble::NoYear);
    }
    if PLACEHOLDERS.contains(&(year, date.month(), date.day())) || year < today.year() - OLDEST {
        return Err(Trouble::UnlikelyBirth(date));
    }
    if date > today {
        return Err(Trouble::FutureBirth);
    }
    Ok((date, doubt))
}

/// Reads a date of any time.
fn read(text: &str, order: DateOrder, today: NaiveDate) -> Read {
    // Address books write a birthday without a year like this (RFC 6350 §4.3.1).
    if text.starts_with("--") {
        return Err(Trouble::NoYear);
    }
    let text = without_time(text);
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if let Some(read) = read_number(whole) {
        return read;
    }
    let exists = |year: i32, month: u32, day: u32| NaiveDate::from_ymd_opt(year, month, day).ok_or(Trouble::NotADate);
    let year_of = |value: u32| i32::try_from(value).unwrap_or_default();
    let mut parts = parts(text).ok_or(Trouble::NotADate)?;
    // Dots are between day, month and year wherever they are written (DIN 5008).
    let order = if text.contains('.') && !text.contains(['/', '-']) { DateOrder::Day } else { order };
    // Only the date counts where a weekday’s number or a rest follows.
    parts.truncate(4);
    match parts.as_slice() {
        [
            Part::Number { value: year, digits: 4 },
            Part::Number { value: month, .. },
            Part::Number { value: day, .. },
        ]
        | [Part::Number { value: year, digits: 4 }, Part::Month(month), Part::Number { value: day, .. }] => {
            Ok((exists(year_of(*year), *month, *day)?, None))
        }
        [Part::Number { value: day, .. }, Part::Month(month), Part::Number { value: year, digits }]
        | [Part::Month(month), Part::Number { value: day, .. }, Part::Number { value: year, digits }] => match digits {
            4 => Ok((exists(year_of(*year), *month, *day)?, None)),
            2 => {
                let date = exists(whole_year(*year, today), *month, *day)?;
                Ok((date, Some(Trouble::ShortYear(date))))
            }
            _ => Err(Trouble::NotADate),
        },
        [Part::Number { value: a, .. }, Part::Number { value: b, .. }, Part::Number { value: year, digits }] => {
            let (day, month) = match order {
                DateOrder::Day => (*a, *b),
                DateOrder::Month => (*b, *a),
            };
            let year = match digits {
                4 => year_of(*year),
                2 => whole_year(*year, today),
                _ => return Err(Trouble::NotADate),
            };
            match (exists(year, month, day), exists(year, day, month)) {
                (Ok(date), _) if *digits == 2 => Ok((date, Some(Trouble::ShortYear(date)))),
                (Ok(date), _) => Ok((date, None)),
                (Err(_), Ok(_)) => Err(Trouble::OtherOrder),
                (Err(_), Err(_)) => Err(Trouble::NotADate),
            }
        }
        [Part::Number { .. }, Part::Month(_)]
        | [Part::Month(_), Part::Number { .. }]
        | [Part::Number { .. }, Part::Number { .. }] => Err(Trouble::NoYear),
        _ => Err(Trouble::NotADate),
    }
}

/// Reads a date that is one number: `19850503`, or the days that a spreadsheet counts
/// from 30 December 1899. `None`: it is no single number.
fn read_number(text: &str) -> Option<Read> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    Some(match text.len() {
        8 => NaiveDate::parse_from_str(text, "%Y%m%d").map(|date| (date, None)).map_err(|_| Trouble::NotADate),
        4 | 5 if number > 2_100 => {
            let date = NaiveDate::from_ymd_opt(1899, 12, 30)
                .and_then(|first| first.checked_add_signed(Duration::days(number)));
            date.map(|date| (date, Some(Trouble::SerialDate(date)))).ok_or(Trouble::NotADate)
        }
        _ => Err(Trouble::NotADate),
    })
}

/// What the dates of a column tell about their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// At least one date exists in this order only, and none in the other only.
    Proved(DateOrder),
    /// Some dates exist in one order only, some in the other only.
    Mixed,
    /// No date tells.
    None,
}

/// Looks at all dates of a column.
pub(super) fn evidence<'a>(texts: impl IntoIterator<Item = &'a str>, today: NaiveDate) -> Evidence {
    let (mut day, mut month) = (false, false);
    for text in texts {
        let text = typed::code(text);
        let only = |order| read(&text, order, today).is_err_and(|trouble| trouble == Trouble::OtherOrder);
        day |= only(DateOrder::Month);
        month |= only(DateOrder::Day);
    }
    match (day, month) {
        (true, false) => Evidence::Proved(DateOrder::Day),
        (false, true) => Evidence::Proved(DateOrder::Month),
        (true, true) => Evidence::Mixed,
        (false, false) => Evidence::None,
    }
}

/// Whether a date would be another one in the other order.
pub(super) fn is_ambiguous(text: &str, today: NaiveDate) -> bool {
    let text = typed::code(text);
    let date = |order| read(&text, order, today).ok().map(|(date, _)| date);
    match (date(DateOrder::Day), date(DateOrder::Month)) {
        (Some(a), Some(b)) => a != b,
        _ => false,
    }
}

/// The order in which dates are written where people live in this time zone: month
/// first in the United States and its neighbours by IANA's names, day first elsewhere.
pub(super) fn habit(zone: &str) -> DateOrder {
    const MONTH_FIRST: [&str; 21] = [
        "America/New_York",
        "America/Detroit",
        "America/Chicago",
        "America/Denver",
        "America/Boise",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "America/Juneau",
        "America/Sitka",
        "America/Nome",
        "America/Adak",
        "America/Menominee",
        "America/Metlakatla",
        "America/Yakutat",
        "Pacific/Honolulu",
        "America/Puerto_Rico",
        "Pacific/Guam",
        "Pacific/Pago_Pago",
        "Asia/Manila",
        "America/St_Thomas",
    ];
    const PARTS: [&str; 4] = ["US/", "America/Indiana/", "America/Kentucky/", "America/North_Dakota/"];
    let is_month_first = MONTH_FIRST.contains(&zone) || PARTS.iter().any(|part| zone.starts_with(part));
    if is_month_first { DateOrder::Month } else { DateOrder::Day }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    fn today() -> NaiveDate {
        day(2026, 12, 1)
    }

    #[test]
    fn dates_are_read_as_people_and_programs_write_them() {
        for text in [
            "1985-05-03",
            "1985/05/03",
            "1985.5.3",
            "19850503",
            "3.5.1985",
            "03.05.1985",
            "3/5/1985",
            "03-05-1985",
            "3 May 1985",
            "3. Mai 1985",
            "May 3, 1985",
            "may 3rd, 1985",
            "03-May-1985",
            "3 MAY 1985",
            "1985 May 3",
            "1985-05-03T00:00:00.000Z",
            "1985-05-03 00:00:00",
            "03/05/1985 0:00",
            "३/५/१९८५",
            "1985-05-03 12:00:00 AM",
            "\u{200E}3.5.1985\u{200E}",
        ] {
            assert_eq!(birth(text, DateOrder::Day, today()), Ok((day(1985, 5, 3), None)), "{text}");
        }
        assert_eq!(birth("5/3/1985 12:00:00 AM", DateOrder::Month, today()), Ok((day(1985, 5, 3), None)));
        for (text, month) in [("14. Jänner 1980", 1), ("14. März 1980", 3), ("14 Okt 1980", 10), ("14 Dez. 1980", 12)]
        {
            assert_eq!(birth(text, DateOrder::Day, today()), Ok((day(1980, month, 14), None)), "{text}");
        }
        let serial = day(1985, 5, 3);
        for text in ["31170", "31170.0"] {
            assert_eq!(birth(text, DateOrder::Day, today()), Ok((serial, Some(Trouble::SerialDate(serial)))), "{text}");
        }
        for (text, year) in [("3.5.85", 1985), ("3.5.26", 2026), ("3.5.27", 1927), ("3-May-85", 1985)] {
            let date = day(year, 5, 3);
            assert_eq!(birth(text, DateOrder::Day, today()), Ok((date, Some(Trouble::ShortYear(date)))), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_of_birth_is_said() {
        for (text, trouble) in [
            ("soon", Trouble::NotADate),
            ("", Trouble::NotADate),
            ("31.2.1985", Trouble::NotADate),
            ("41", Trouble::NotADate),
            ("1985", Trouble::NotADate),
            ("3.5.198", Trouble::NotADate),
            ("--05-03", Trouble::NoYear),
            ("3 May", Trouble::NoYear),
            ("3.5.", Trouble::NoYear),
            ("1604-05-03", Trouble::NoYear),
            ("2027-01-01", Trouble::FutureBirth),
            ("01/01/1900", Trouble::UnlikelyBirth(day(1900, 1, 1))),
            ("1785-05-03", Trouble::UnlikelyBirth(day(1785, 5, 3))),
            ("5/13/1985", Trouble::OtherOrder),
        ] {
            assert_eq!(birth(text, DateOrder::Day, today()), Err(trouble), "{text}");
        }
        assert_eq!(birth("13/5/1985", DateOrder::Month, today()), Err(Trouble::OtherOrder));
    }

    #[test]
    fn order_is_what_the_dates_prove() {
        let look = |texts: &[&str]| evidence(texts.iter().copied(), today());
        assert_eq!(look(&["3/5/1985", "1985-05-03"]), Evidence::None);
        assert_eq!(look(&["3/5/1985", "13/5/1985"]), Evidence::Proved(DateOrder::Day));
        assert_eq!(look(&["3/5/1985", "5/13/1985", "x"]), Evidence::Proved(DateOrder::Month));
        assert_eq!(look(&["13/5/1985", "5/13/1985"]), Evidence::Mixed);
        assert!(is_ambiguous("3/5/1985", today()) && !is_ambiguous("5/5/1985", today()));
        assert!(!is_ambiguous("1985-03-05", today()) && !is_ambiguous("13/5/1985", today()));
        assert!(!is_ambiguous("3.5.1985", today()), "dots are between day and month in this order only");
        assert_eq!((habit("America/Denver"), habit("America/Toronto")), (DateOrder::Month, DateOrder::Day));
        assert_eq!((habit("Europe/Berlin"), habit("America/Indiana/Knox")), (DateOrder::Day, DateOrder::Month));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
            for order in DateOrder::ALL {
                let _ = birth(&text, *order, today());
            }
        }

        #[test]
        fn date_is_read_back_from_each_of_its_forms(days in 0_i64..40_000, form in 0_usize..6) {
            let date = day(1907, 1, 2) + Duration::days(days);
            prop_assume!(date <= today() && date != day(1970, 1, 1));
            let text = date.format(["%Y-%m-%d", "%d.%m.%Y", "%-d/%-m/%Y", "%Y%m%d", "%-d %B %Y", "%B %-d, %Y"][form]).to_string();
            prop_assert_eq!(birth(&text, DateOrder::Day, today()), Ok((date, None)));
        }
    }
}
