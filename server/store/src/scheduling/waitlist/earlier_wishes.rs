//! The waitlist of clients who would like an earlier session (earlier wishes).
//! They are offered times before their session that became free, in the order
//! in which they asked.

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::SessionId,
    scheduling::slots::{DayPart, SlotPlace, SlotWish, Suits},
    span::Span,
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Bookings, Paged, Result,
    audit::{Act, AuditAction, AuditThing},
    database::{maybe, run},
    limits::EARLIER,
    practice::settings::practice_set_up,
    scheduling::{
        sessions::{self, SessionView},
        slots::{Finder, Slot},
    },
    unreadable::{self, fetched},
};

/// A session whose people would like an earlier time.
#[derive(Clone, Debug)]
pub struct EarlierWish {
    pub session: SessionView,
    pub part: DayPart,
    /// When they asked.
    pub since: DateTime<Utc>,
    /// The next free times before the session that suit everyone who comes, two
    /// at most.
    pub next: Vec<Slot>,
}

/// Times that begin sooner than this are not offered.
const NOTICE: Duration = Duration::hours(2);

#[derive(FromRow)]
struct Row {
    session_id: Uuid,
    #[sqlx(try_from = "String")]
    part: DayPart,
    asked_at: DateTime<Utc>,
}

/// SQL: the earlier wishes that still apply. `$1` is now; `$2` is the only
/// therapist of this scope, or NULL.
macro_rules! wishes {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM earlier_wish w JOIN session s ON s.id = w.session_id
             WHERE s.state = 'booked' AND s.starts_at > $1 AND s.starts_at >= w.than
                AND s.clinician_id = COALESCE($2, s.clinician_id) ",
            $rest
        )
    };
}

impl Bookings {
    /// Records that the people of a session would like an earlier time. If they
    /// ask again, they keep their place in the list. `false`: no such session
    /// to come is in this scope.
    pub async fn add_earlier_wish(&self, id: SessionId, part: DayPart) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(session) = self.find(&mut tx, id).await?.filter(|s| s.state.is_ahead()) else { return Ok(false) };
        run!(
            &mut tx,
            "INSERT INTO earlier_wish (session_id, part, than, asked_at, asked_by) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (session_id) DO UPDATE SET part = excluded.part, than = excluded.than,
                asked_at = CASE WHEN excluded.than < earlier_wish.than THEN excluded.asked_at
                    ELSE earlier_wish.asked_at END",
            id.0,
            part.word(),
            session.timing.starts_at,
            self.now(),
            self.me().0
        )?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::EarlierWishAdded, AuditThing::Session)
                    .id(id.0)
                    .client(session.client.0),
            )
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Removes the earlier wish of a session, if it has one. `false`: the
    /// session is not in this scope.
    pub async fn remove_earlier_wish(&self, id: SessionId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(session) = self.find(&mut tx, id).await? else { return Ok(false) };
        if run!(&mut tx, "DELETE FROM earlier_wish WHERE session_id = $1", id.0)? > 0 {
            self.store()
                .record(
                    &mut tx,
                    Act::by(self.me(), AuditAction::EarlierWishRemoved, AuditThing::Session)
                        .id(id.0)
                        .client(session.client.0),
                )
                .await?;
            tx.commit().await?;
        }
        Ok(true)
    }

    /// When the people of a session asked for an earlier time, and for which
    /// part of the day. `None`: they did not, or the session is not in this
    /// scope.
    pub async fn earlier_wish(&self, id: SessionId) -> Result<Option<(DateTime<Utc>, DayPart)>> {
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

    /// How many sessions in this scope have an earlier wish.
    pub async fn count_earlier_wishes(&self) -> Result<usize> {
        let mut tx = self.store().read().await?;
        let row = maybe!(&mut tx, (i64,), wishes!("count(*)", ""), self.now(), self.only.map(|a| a.0))?;
        Ok(row.and_then(|(n,)| usize::try_from(n).ok()).unwrap_or_default())
    }

    /// A page of the sessions with an earlier wish, the longest waiting first,
    /// with the free times to offer for each.
    pub async fn earlier_wishes(&self, after: Option<After>) -> Result<Paged<EarlierWish>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let rows = fetched!(
            &mut tx,
            Row,
            wishes!(
                "w.session_id, w.part, w.asked_at",
                "AND (w.asked_at, w.session_id) > ($3, $4) ORDER BY w.asked_at, w.session_id LIMIT $5"
            ),
            self.now(),
            self.only.map(|a| a.0),
            after.at,
            after.id,
            EARLIER + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, EARLIER, |row| After::new(row.asked_at, row.session_id));
        let mut found = Vec::new();
        for row in rows {
            let session = unreadable::or_skip(sessions::load(&mut tx, SessionId(row.session_id)).await)?;
            let Some(session) = session.flatten() else { continue };
            let people: Vec<_> = session.attendees.iter().map(|a| a.person).collect();
            let wish = SlotWish {
                client: session.client,
                attendee: None,
                clinician: Some(session.clinician),
                place: session.room.as_ref().map_or(SlotPlace::Online, |room| SlotPlace::Like(room.id)),
                minutes: session.timing.minutes,
                from: zone::date_of(self.now(), &practice.zone),
                cursor: None,
                part: row.part,
                preferred_times: Suits::All,
            };
            let within = Span { from: self.now() + NOTICE, until: session.timing.starts_at };
            let only = Some(session.clinician);
            let finder = Finder::new(&mut tx, &practice, &wish, &people, only, None, within).await?;
            let length = Duration::minutes(session.timing.minutes);
            let (first, _) = finder.first(&mut tx, within, 1).await?;
            let mut offered = first;
            if let Some((at, ..)) = offered.first() {
                // A second time that overlaps the first would be no real
                // choice.
                let apart = Span { from: *at + length, ..within };
                offered.extend(finder.first(&mut tx, apart, 1).await?.0);
            }
            let (next, _) = finder.named(offered);
            found.push(EarlierWish { session, part: row.part, since: row.asked_at, next });
        }
        Ok(Paged { rows: found, more })
    }
}
