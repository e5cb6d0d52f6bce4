//! When an occurrence is due: on a day, or before the client's next session.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    exercises::assignment::Rhythm,
    ids::{ClientId, PersonId},
};

use crate::{Result, Tx, database::maybe};

/// When an occurrence is due: on a day or at a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueAt {
    Day(NaiveDate),
    Session(DateTime<Utc>),
}

/// The rhythm in the columns of an assignment; `None`: it has none.
pub(crate) fn rhythm(every: Option<i64>, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Option<Rhythm> {
    let days = u16::try_from(every?).ok()?;
    Some(Rhythm { days, from: from?, until })
}

/// The start of the client's next session that this person attends (`None`:
/// that anyone attends). `None`: no session is booked.
pub(crate) async fn next_session(
    tx: &mut Tx,
    client: ClientId,
    person: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let row = maybe!(
        tx,
        (Option<DateTime<Utc>>,),
        "SELECT min(s.starts_at) FROM session s JOIN session_attendee t ON t.session_id = s.id
         WHERE s.client_id = $1 AND t.person_id = COALESCE($2, t.person_id) AND s.starts_at > $3
            AND s.state IN ('booked', 'arrived')",
        client.0,
        person.map(|p| p.0),
        now
    )?;
    Ok(row.and_then(|(at,)| at))
}
