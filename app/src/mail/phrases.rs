//! Fixed phrases of the emails outside their wordings, in each language: names
//! of days and months, and the texts of lists, links and replies.

use chrono::{Datelike as _, NaiveDateTime};
use domain::{clients::person::Language, outbox::wording::WordingKind, scheduling::reply::Reply};

const HINDI_DAYS: [&str; 7] = ["सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार", "रविवार"];
const HINDI_MONTHS: [&str; 12] =
    ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"];

/// A day without the year, such as `Thursday 26 November`.
pub fn day(language: Language, wall: &NaiveDateTime) -> String {
    match language {
        Language::English => wall.format("%A %-d %B").to_string(),
        Language::Hindi => {
            let of = |names: &[&'static str], n: u32| names.get(n as usize).copied().unwrap_or_default();
            let (weekday, month) = (wall.weekday().num_days_from_monday(), wall.month0());
            format!("{} {} {}", of(&HINDI_DAYS, weekday), wall.day(), of(&HINDI_MONTHS, month))
        }
    }
}

/// A span of time, such as `10:00 to 10:50`; `on` is the day of the end if it
/// differs.
pub fn span(language: Language, from: &str, until: &str, on: Option<&str>) -> String {
    match (language, on) {
        (Language::English, None) => format!("{from} to {until}"),
        (Language::English, Some(day)) => format!("{from} to {until} on {day}"),
        (Language::Hindi, None) => format!("{from} से {until} तक"),
        (Language::Hindi, Some(day)) => format!("{from} से {day} {until} तक"),
    }
}

/// The name of a zone's time, such as `Berlin time`.
pub fn time_of(language: Language, city: &str) -> String {
    match language {
        Language::English => format!("{city} time"),
        Language::Hindi => format!("{city} का समय"),
    }
}

/// A span of time in another city, such as `10:00 to 10:50 in Berlin`.
pub fn hours_in(language: Language, hours: &str, city: &str) -> String {
    match language {
        Language::English => format!("{hours} in {city}"),
        Language::Hindi => format!("{city} में {hours}"),
    }
}

/// The phrase for a city whose clocks show the same time.
pub fn same_time_in(language: Language, city: &str) -> String {
    match language {
        Language::English => format!("the same time in {city}"),
        Language::Hindi => format!("{city} में भी यही समय"),
    }
}

/// The end of a list that is not complete.
pub const fn and_so_on(language: Language) -> &'static str {
    match language {
        Language::English => "and so on",
        Language::Hindi => "और इसी तरह आगे",
    }
}

/// The phrase for a cancelled series: all later sessions are cancelled too.
pub const fn all_later(language: Language) -> &'static str {
    match language {
        Language::English => "and with it all the later ones of this row",
        Language::Hindi => "और इस क्रम के बाद के सभी अपॉइंटमेंट भी",
    }
}

/// The text of a reply, for a couple if `joint`, otherwise for one person.
pub const fn reply(language: Language, reply: Reply, joint: bool) -> &'static str {
    match language {
        Language::English => reply.words(joint),
        Language::Hindi => match (reply, joint) {
            (Reply::Coming, true) => "हम दोनों आ रहे हैं",
            (Reply::Alone, _) => "केवल मेरा आना संभव है",
            (Reply::Another, true) => "हमें कोई और समय चाहिए",
            (Reply::Coming, false) => "मेरा आना तय है",
            (Reply::Another, false) => "मुझे कोई और समय चाहिए",
        },
    }
}

/// The label of an email's main button.
pub const fn button(language: Language, kind: WordingKind) -> &'static str {
    match (language, kind) {
        (Language::English, WordingKind::Invitation) => "Accept the invitation",
        (Language::English, WordingKind::PasswordReset) => "Choose a new password",
        (Language::English, WordingKind::NewAddress) => "Confirm the address",
        (Language::English, WordingKind::ConfirmAddress) => "Confirm my address",
        (Language::English, _) => "Open my page",
        (Language::Hindi, WordingKind::Invitation) => "निमंत्रण स्वीकार करें",
        (Language::Hindi, WordingKind::PasswordReset) => "नया पासवर्ड चुनें",
        (Language::Hindi, WordingKind::NewAddress) => "पता पक्का करें",
        (Language::Hindi, WordingKind::ConfirmAddress) => "मेरा पता पक्का करें",
        (Language::Hindi, _) => "मेरा पेज खोलें",
    }
}
