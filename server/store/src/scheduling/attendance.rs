//! Attendance: what the front desk or the therapist marks of each person who
//! was expected at a session, with the marks of a day for the desk's list.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::{PersonId, SessionId},
    scheduling::{
        attendance::{Mark, Presence, session_state},
        session::SessionState,
    },
};
use uuid::Uuid;

use crate::{
    Bookings, Result, Tx,
    audit::{Act, AuditThing},
    database::{all, run},
    practice::settings::practice_set_up,
    scheduling::sessions::{self, SessionView},
};

/// A person expected at a session of the day, and what was marked of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayAttendee {
    pub person: PersonId,
    pub name: String,
    /// `None`: nothing is marked.
    pub presence: Option<Presence>,
    /// When the person was checked in; `None`: they were not.
    pub arrived_at: Option<DateTime<Utc>>,
}

/// A row of the attendees of a day.
type DayRow = (Uuid, Uuid, String, Option<String>, Option<DateTime<Utc>>);

impl Bookings {
    /// The people expected at the sessions of this scope that begin in a span,
    /// by session, in the order of their seats.
    pub async fn attendees_between(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<HashMap<SessionId, Vec<DayAttendee>>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            DayRow,
            "SELECT s.id, p.id, p.name, t.presence, t.arrived_at
             FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id
             LEFT JOIN client_member m ON m.client_id = s.client_id AND m.person_id = p.id
             WHERE s.starts_at >= $1 AND s.starts_at < $2 AND s.clinician_id = COALESCE($3, s.clinician_id)
             ORDER BY m.seat, p.id",
            // A session that began the evening before may reach into the span.
            from - Duration::hours(9),
            until,
            self.only.map(|a| a.0)
        )?;
        let mut by_session: HashMap<SessionId, Vec<DayAttendee>> = HashMap::new();
        for (session, person, name, presence, arrived_at) in rows {
            by_session.entry(SessionId(session)).or_default().push(DayAttendee {
                person: PersonId(person),
                name,
                presence: presence.and_then(|word| word.parse().ok()),
                arrived_at,
            });
        }
        Ok(by_session)
    }

    /// Marks who came to a session; the session's state follows from it.
    /// `false`: nothing changed, because there is no such session in this scope,
    /// it is cancelled or frozen, the person does not attend, or it is marked so
    /// already.
    pub async fn mark_attendance(&self, id: SessionId, mark: Mark) -> Result<bool> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await?.filter(|s| s.state.occupies() && !s.frozen) else {
            return Ok(false);
        };
        let before = session.presences();
        let people: Vec<(PersonId, Option<Presence>)> =
            session.attendees.iter().map(|a| a.person).zip(before.iter().copied()).collect();
        let Some(marks) = mark.apply(&people).filter(|marks| *marks != before) else { return Ok(false) };
        let is_over = matches!(mark, Mark::Only(_))
            || session.state == SessionState::Completed
            || session.timing.ends_at <= self.now();
        let state = session_state(&marks, is_over);
        if state != session.state {
            run!(&mut tx, "UPDATE session SET state = $1 WHERE id = $2", state.word(), id.0)?;
        }
        self.write_marks(&mut tx, &session, &marks, matches!(mark, Mark::Arrived(_))).await?;
        let practice = practice_set_up(&mut tx).await?;
        self.store().suggest_fee(&mut tx, &practice, id, state, &marks).await?;
        let (what, whom) = match mark {
            Mark::Arrived(whom) => ("present", whom),
            Mark::Absent(whom) => ("absent", Some(whom)),
            Mark::Expected(whom) => ("expected", Some(whom)),
            Mark::Only(whom) => ("only", Some(whom)),
        };
        let names: Vec<&str> = session
            .attendees
            .iter()
            .filter(|a| whom.is_none_or(|whom| whom == a.person))
            .map(|a| a.name.as_str())
            .collect();
        let names = domain::clients::client::title(names);
        sessions::record_change(self.store(), &mut tx, id, self.me(), what, &names, None, None).await?;
        self.store()
            .record(&mut tx, Act::by(self.me(), state.into(), AuditThing::Session).id(id.0).client(session.client.0))
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Writes the marks of a session's attendees, in their order, where they
    /// differ. `checked_in`: those who are present now arrived now, unless the
    /// session is over.
    pub(crate) async fn write_marks(
        &self,
        tx: &mut Tx,
        session: &SessionView,
        marks: &[Option<Presence>],
        checked_in: bool,
    ) -> Result<()> {
        let now = self.now();
        for (attendee, mark) in session.attendees.iter().zip(marks) {
            if attendee.presence == *mark {
                continue;
            }
            let arrives = checked_in && *mark == Some(Presence::Present) && now < session.timing.ends_at;
            run!(
                tx,
                "UPDATE session_attendee SET presence = $1, arrived_at = $2, marked_by = $3, marked_at = $4
                 WHERE session_id = $5 AND person_id = $6",
                mark.map(Presence::word),
                arrives.then_some(now),
                self.me().0,
                now,
                session.id.0,
                attendee.person.0
            )?;
        }
        Ok(())
    }
}
