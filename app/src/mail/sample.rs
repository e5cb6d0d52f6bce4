//! A sample email to an invented person, which previews a wording.

use chrono::{DateTime, Duration, NaiveTime, Utc};
use domain::{
    accounts::event::AccountEvent,
    clients::person::{Language, Zone},
    outbox::wording::{Wording, WordingKind},
    zone,
};

use super::{About, Appointment, HeaderText, Link, Mail};

/// 10:00, the time of the sample session.
const TEN: NaiveTime = match NaiveTime::from_hms_opt(10, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// A sample email of this kind in which every placeholder has a value. The
/// tuple holds the practice's sender name, phone number and zone.
pub fn sample(
    kind: WordingKind,
    language: Language,
    wording: Option<Wording>,
    (sender, phone, zone): (&str, &str, &Zone),
    now: DateTime<Utc>,
) -> Mail {
    let date = zone::date_of(now, zone) + Duration::days(3);
    let starts_at = zone::instant(date.and_time(TEN), zone).unwrap_or(now);
    let url = HeaderText::new("https://appointments.example.org/…");
    let appointment = || Appointment {
        starts_at,
        ends_at: starts_at + Duration::minutes(50),
        // Another zone than the practice's, so that both times are named.
        zone: Zone::parse(if zone.name() == "Asia/Kolkata" { "Europe/Lisbon" } else { "Asia/Kolkata" })
            .unwrap_or_else(|| zone.clone()),
        practice_zone: zone.clone(),
        place: "Garden room".into(),
        link: "".into(),
        clinician: "Maren Holt".into(),
        next: vec![starts_at + Duration::weeks(1), starts_at + Duration::weeks(2)],
        more: true,
        over: true,
        asks: Some(url.clone()),
        joint: true,
    };
    let link = || Link { url: url.clone(), expires_at: starts_at, zone: zone.clone() };
    let about = match kind {
        WordingKind::Confirmation => About::Confirmation(appointment()),
        WordingKind::Reminder => About::Reminder(appointment()),
        WordingKind::Moved => About::Moved(appointment()),
        WordingKind::Cancelled => About::Cancelled(appointment()),
        WordingKind::CalendarUpdate => About::CalendarUpdate(appointment()),
        WordingKind::LocalTime => About::LocalTime(appointment()),
        WordingKind::Waiting => About::Waiting { url },
        WordingKind::Planned => About::Planned { url, starts_at, zone: zone.clone() },
        WordingKind::Invitation => About::Invitation(link()),
        WordingKind::PasswordReset => About::PasswordReset { link: link(), login_name: "robin".into() },
        WordingKind::NewAddress => About::NewAddress(link()),
        WordingKind::AddressChanged => About::AddressChanged { at: starts_at, zone: zone.clone() },
        WordingKind::Security => About::Security {
            at: starts_at,
            zone: zone.clone(),
            event: AccountEvent::NewBrowser,
            device: "Firefox on Android".into(),
        },
        WordingKind::ConfirmAddress => About::ConfirmAddress(link()),
        WordingKind::Test => About::Test,
    };
    Mail { sender: sender.into(), phone: phone.into(), recipient: "Robin Vale".into(), language, wording, about }
}
