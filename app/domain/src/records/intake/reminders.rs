//! When a person with open items is reminded of the intake: at most twice, at the
//! hour that they chose, within the hours in which email is safe.

use chrono::{DateTime, Duration, Utc};

use crate::{
    exercises::nudge::{Nudge, Reader},
    outbox::reminder::safe_time,
    zone::{self, UnknownZone},
};

/// How many days after the start of an intake its reminders are due.
pub const REMINDER_DAYS: [i64; 2] = [1, 4];

/// How long a reminder that could not be sent at its time is still of use.
const OF_USE: Duration = Duration::days(2);

/// The reminders of an intake that began at `started_at`, the earliest first: those
/// that are after `now`.
///
/// # Errors
/// The zone of the reader is not known.
pub fn reminders(started_at: DateTime<Utc>, reader: &Reader, now: DateTime<Utc>) -> Result<Vec<Nudge>, UnknownZone> {
    let home = &reader.recipient.zone;
    let first = zone::date_of(started_at, home);
    let mut found: Vec<Nudge> = Vec::new();
    for days in REMINDER_DAYS {
        let wished = zone::instant((first + Duration::days(days)).and_time(reader.at), home)?;
        let due_at = safe_time(wished, &reader.recipient)?;
        if due_at > now && found.iter().all(|known| known.due_at != due_at) {
            found.push(Nudge { due_at, not_after: due_at + OF_USE });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveTime;
    use uuid::Uuid;

    use super::*;
    use crate::{
        clients::person::{SafeContact, Zone},
        ids::PersonId,
    };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn two_reminders_come_at_the_readers_hour_and_none_of_the_past() {
        let hour = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap();
        let berlin =
            |contact| Reader::new(PersonId(Uuid::from_u128(7)), true, Zone::parse("Europe/Berlin").unwrap(), contact);
        let (start, open) = (at("2026-11-23T11:00:00Z"), berlin(SafeContact::default()));
        let due = |now, reader: &Reader| -> Vec<_> {
            reminders(start, reader, now).unwrap().into_iter().map(|one| one.due_at).collect()
        };
        assert_eq!(due(start, &open), [at("2026-11-24T17:00:00Z"), at("2026-11-27T17:00:00Z")]);
        assert_eq!(due(at("2026-11-25T00:00:00Z"), &open), [at("2026-11-27T17:00:00Z")]);
        let mornings = berlin(SafeContact { hours: Some((hour(9), hour(11))), ..SafeContact::default() });
        assert_eq!(due(start, &mornings), [at("2026-11-25T08:00:00Z"), at("2026-11-28T08:00:00Z")]);
    }
}
