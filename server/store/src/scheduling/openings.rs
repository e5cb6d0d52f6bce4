//! The spans in which a session may lie: within the hours of a therapist, and at
//! times that suit the people.

use chrono::{Duration, NaiveDate};
use domain::{
    clients::person::Zone,
    ids::{ClientId, LocationId, PersonId},
    practice::hours::{Hours, Week},
    scheduling::outside::AWAKE,
    span::Span,
    zone::UnknownZone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Tx,
    database::all,
    practice::hours::{ClinicianHours, days_around},
    unreadable::Lenient,
};

/// How far the occupancy of a session may reach beyond the session itself,
/// together with the time kept free around the next one: the longest buffer
/// twice.
pub(crate) const AROUND: Duration = Duration::hours(4);

/// The shortest duration there is: adding it makes a half-open span include its
/// end.
pub(crate) const TICK: Duration = Duration::nanoseconds(1);

/// The distance between free times.
pub(crate) const STEP: Duration = Duration::minutes(15);

/// A person who would attend, and the times that suit them.
#[derive(FromRow)]
pub(crate) struct Participant {
    pub id: Uuid,
    pub name: String,
    #[sqlx(try_from = "String")]
    zone: Zone,
    prefers: Option<Lenient<Option<Week>>>,
}

/// The people who attend a client's sessions.
pub(crate) async fn participants(tx: &mut Tx, client: ClientId) -> Result<Vec<Participant>> {
    Ok(all!(
        tx,
        Participant,
        "SELECT p.id, p.name, p.zone, p.prefers
         FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
           JOIN person p ON p.id = m.person_id
         WHERE c.id = $1 AND c.archived_at IS NULL ORDER BY m.seat",
        client.0
    )?)
}

impl Participant {
    /// The id of this person.
    pub(crate) const fn person(&self) -> PersonId {
        PersonId(self.id)
    }

    /// Whether they have said which times suit them.
    pub(crate) const fn has_preferences(&self) -> bool {
        matches!(&self.prefers, Some(Lenient(Some(_))))
    }

    /// The spans that suit them around the span `starts`, by the clock where
    /// they live. `None`: they have not said which times suit them, or live in
    /// a zone that this program does not know.
    pub(crate) fn spans(&self, starts: Span) -> Option<Vec<Span>> {
        let Lenient(Some(week)) = self.prefers.as_ref()? else { return None };
        let spans = days_around(starts, &self.zone)
            .map(|date| spans(date, week.on(chrono::Datelike::weekday(&date)), &self.zone))
            .collect::<std::result::Result<Vec<_>, UnknownZone>>();
        spans.ok().map(|days| days.concat())
    }
}

impl Participant {
    /// The spans that are not at night for them around the span `starts`.
    /// `None`: they live in a zone that this program does not know.
    pub(crate) fn awake(&self, starts: Span) -> Option<Vec<Span>> {
        let spans = days_around(starts, &self.zone)
            .map(|date| spans(date, &[AWAKE], &self.zone))
            .collect::<std::result::Result<Vec<_>, UnknownZone>>();
        spans.ok().map(|days| days.concat())
    }

    /// Their name, and the zone in which they live.
    pub(crate) fn into_zone(self) -> (String, Zone) {
        (self.name, self.zone)
    }
}

/// The hours of a day as instants on the clock of a zone; hours that do not exist on that
/// day are left out.
pub(crate) fn spans(date: NaiveDate, hours: &[Hours], zone: &Zone) -> std::result::Result<Vec<Span>, UnknownZone> {
    hours.iter().filter_map(|hours| hours.span(date, zone).transpose()).collect()
}

/// The hours of some days in which a session with a therapist may lie, at one
/// location (`None`: at any).
pub(crate) fn openings(
    open: &ClinicianHours,
    location: Option<LocationId>,
    zone: &Zone,
    dates: impl Iterator<Item = NaiveDate>,
) -> Result<Vec<Span>> {
    let mut found = Vec::new();
    for date in dates {
        found.extend(spans(date, &open.on(date, location), zone)?);
    }
    Ok(found)
}
