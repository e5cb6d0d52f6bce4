//! The waiting list of those who are booked and would come earlier: offered,
//! in the order of their asking, what has become free before their session.

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::SessionId,
    slots::{DayPart, SlotWish, Suits, Where},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Result, SessionView, Slot,
    audit::Act,
    database::{all, maybe, run},
    practice::practice_set_up,
    sessions,
};

/// A session that might be earlier.
#[derive(Clone, Debug)]
pub struct EarlierView {
    pub session: SessionView,
    pub part: DayPart,
    pub since: DateTime<Utc>,
    /// The next free times before it that suit all who come, two at most.
    pub next: Vec<Slot>,
}

/// So many are looked at; whoever is further down is offered nothing before
/// them anyway.
const LOOKED_AT: i64 = 20;

/// Nobody is called to come sooner than in this time.
const NOTICE: Duration = Duration::hours(2);

/// So many free times are looked through, a quarter of an hour apart.
const SEARCHED: usize = 40;

#[derive(FromRow)]
struct Row {
    session_id: Uuid,
    #[sqlx(try_from = "String")]
    part: DayPart,
    asked_at: DateTime<Utc>,
}

/// Wishes that still hold: `$1` is now, `$2` the only therapist of this scope.
macro_rules! wishes {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM earlier_wish w JOIN session s ON s.id = w.session_id
             WHERE s.state = 'booked' AND s.starts_at > $1 AND s.starts_at >= w.than AND s.clinician_id = COALESCE($2, s.clinician_id) ",
            $rest
        )
    };
}

impl Bookings {
    /// Notes that those who come to a session would come earlier; asked again,
    /// they keep their place. `false`: there is no such session ahead.
    pub async fn wish_earlier(&self, id: SessionId, part: DayPart) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(session) = self.find(&mut tx, id).await?.filter(|s| s.state.is_ahead()) else { return Ok(false) };
        run!(
            &mut tx,
            "INSERT INTO earlier_wish (session_id, part, than, asked_at, asked_by) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (session_id) DO UPDATE SET part = excluded.part, than = excluded.than,
                asked_at = CASE WHEN excluded.than < earlier_wish.than THEN excluded.asked_at ELSE earlier_wish.asked_at END",
            id.0,
            part.word(),
            session.timing.starts_at,
            self.now(),
            self.me().0
        )?;
        self.store().audit(&mut tx, Act::new(self.me(), "waits", "session", id.0, session.client.0)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Notes that they do not wait any more.
    pub async fn drop_earlier(&self, id: SessionId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(session) = self.find(&mut tx, id).await? else { return Ok(false) };
        if run!(&mut tx, "DELETE FROM earlier_wish WHERE session_id = $1", id.0)? > 0 {
            self.store()
                .audit(&mut tx, Act::new(self.me(), "waits no more", "session", id.0, session.client.0))
                .await?;
            tx.commit().await?;
        }
        Ok(true)
    }

    /// Since when those who come to a session wait for an earlier time.
    pub async fn waits_since(&self, id: SessionId) -> Result<Option<(DateTime<Utc>, DayPart)>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            Row,
            wishes!("w.session_id, w.part, w.asked_at", "AND s.id = $3"),
            self.now(),
            self.only.map(|a| a.0),
            id.0
        )?;
        Ok(row.map(|row| (row.asked_at, row.part)))
    }

    /// How many wait for an earlier time.
    pub async fn waiting_earlier(&self) -> Result<usize> {
        let mut tx = self.store().read().await?;
        let row = maybe!(&mut tx, (i64,), wishes!("count(*)", ""), self.now(), self.only.map(|a| a.0))?;
        Ok(row.and_then(|(n,)| usize::try_from(n).ok()).unwrap_or_default())
    }

    /// Those who wait for an earlier time, the longest first, with what is free
    /// for each.
    pub async fn earlier(&self) -> Result<Vec<EarlierView>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let rows = all!(
            &mut tx,
            Row,
            wishes!("w.session_id, w.part, w.asked_at", "ORDER BY w.asked_at, w.session_id LIMIT $3"),
            self.now(),
            self.only.map(|a| a.0),
            LOOKED_AT
        )?;
        let mut found = Vec::new();
        for row in rows {
            let Some(session) = sessions::load(&mut tx, SessionId(row.session_id)).await? else { continue };
            let people: Vec<_> = session.attendees.iter().map(|a| a.person).collect();
            let wish = SlotWish {
                client: session.client,
                attendee: None,
                clinician: Some(session.clinician),
                place: session.room.as_ref().map_or(Where::Online, |room| Where::Like(room.id)),
                minutes: session.timing.minutes,
                from: zone::today(self.now(), &practice.zone),
                part: row.part,
                suits: Suits::All,
            };
            let slots =
                self.store().slots(&mut tx, &practice, &wish, &people, Some(session.clinician), SEARCHED).await?;
            let soonest = self.now() + NOTICE;
            let mut next: Vec<Slot> = Vec::new();
            for slot in slots.found {
                // Two that overlap are one choice.
                let apart =
                    next.last().is_none_or(|last| slot.at >= last.at + Duration::minutes(session.timing.minutes));
                if slot.at >= soonest && slot.at < session.timing.starts_at && apart && next.len() < 2 {
                    next.push(slot);
                }
            }
            found.push(EarlierView { session, part: row.part, since: row.asked_at, next });
        }
        Ok(found)
    }
}
