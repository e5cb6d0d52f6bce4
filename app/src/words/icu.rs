//! Names of days and months and the joining of lists, by ICU4X.

use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate};
use domain::clients::person::Language;
use icu_calendar::{Date, Gregorian};
use icu_datetime::{
    fieldsets::enums::DateFieldSet,
    pattern::{DateTimePattern, FixedCalendarDateTimeNames, MonthNameLength, WeekdayNameLength},
};
use icu_list::{ListFormatter, options::ListFormatterOptions};
use icu_locale_core::Locale;
use writeable::TryWriteable as _;

/// The names that patterns of dates need.
type Names = FixedCalendarDateTimeNames<Gregorian, DateFieldSet>;

/// The data of one language.
struct Data {
    /// Full names: `EEEE` and `MMMM` in a pattern.
    full: Names,
    /// Short names: `E` and `MMM` in a pattern.
    short: Names,
    list: Option<ListFormatter>,
}

static DATA: LazyLock<Vec<(Language, Data)>> =
    LazyLock::new(|| Language::ALL.iter().filter_map(|language| Some((*language, load(*language)?))).collect());

/// The locale of a language tag; the unknown locale if the tag is not one.
pub(super) fn locale(tag: &str) -> Locale {
    tag.parse().unwrap_or(Locale::UNKNOWN)
}

/// Loads the data of a language. `None`: ICU4X does not know it; the tests let no
/// such language through.
fn load(language: Language) -> Option<Data> {
    let names = |month, weekday| {
        let mut names = Names::try_new(locale(language.word()).into()).ok()?;
        names.include_month_names(month).ok()?;
        names.include_weekday_names(weekday).ok()?;
        Some(names)
    };
    // British English has no comma before "and". Its September is "Sept", though:
    // the house's dates have three letters for each month.
    let lists = if language == Language::English { "en-GB" } else { language.word() };
    Some(Data {
        full: names(MonthNameLength::Wide, WeekdayNameLength::Wide)?,
        short: names(MonthNameLength::Abbreviated, WeekdayNameLength::Abbreviated)?,
        list: ListFormatter::try_new_and(locale(lists).into(), ListFormatterOptions::default()).ok(),
    })
}

fn data(language: Language) -> Option<&'static Data> {
    DATA.iter().find(|(of, _)| *of == language).map(|(_, data)| data)
}

/// A date in a pattern of Unicode Technical Standard 35, such as `EEEE d MMMM y`.
/// `None`: the pattern cannot be written.
pub(super) fn date(language: Language, pattern: &str, date: NaiveDate) -> Option<String> {
    let data = data(language)?;
    let names = if pattern.contains("MMMM") || pattern.contains("EEEE") { &data.full } else { &data.short };
    let pattern: DateTimePattern = pattern.parse().ok()?;
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    let date = Date::try_new_gregorian(date.year(), month, day).ok()?;
    names.with_pattern_unchecked(&pattern).format(&date).try_write_to_string().ok().map(std::borrow::Cow::into_owned)
}

/// Things in a list: `Amara and Jonas`. `None`: ICU4X has no lists for the
/// language.
pub(super) fn list(language: Language, things: &[String]) -> Option<String> {
    Some(data(language)?.list.as_ref()?.format_to_string(things.iter().map(String::as_str)))
}
