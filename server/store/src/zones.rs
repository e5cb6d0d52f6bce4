//! A newer zone database: what is ahead keeps its time on the wall, and begins
//! at the instant that this now means.
//!
//! A country changes its clocks at short notice, and a session at ten is at ten
//! there all the same. Its reminders move along. Nobody who lives by that clock
//! is told, because nothing has changed for them; the owner is, and of whom
//! another clock is read.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    person::Zone,
    reminder::Occasion,
    session::Timing,
    zone::{self, Meaning},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Owner, Result, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
    practice::practice_set_up,
};

/// Why a session lies over another after such a change.
const REASON: &str = "The rules of a time zone have changed";

/// What a newer zone database has changed for the practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZonesChanged {
    pub at: DateTime<Utc>,
    /// The version that holds since.
    pub version: String,
    /// So many sessions begin at another instant.
    pub sessions: i64,
    /// Of these, so many are for somebody whose clock shows another time.
    pub elsewhere: i64,
    /// So many lie over another one now.
    pub over: i64,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    clinician_id: Uuid,
    room_id: Option<Uuid>,
    starts: NaiveDateTime,
    #[sqlx(try_from = "String")]
    zone: Zone,
    minutes: i64,
    starts_at: DateTime<Utc>,
}

/// Somebody who comes, and the clock they read.
#[derive(FromRow)]
struct Coming {
    id: Uuid,
    #[sqlx(try_from = "String")]
    zone: Zone,
}

impl Row {
    /// What its wall time means now. Of two instants the one that was meant
    /// before is meant still, or the nearer one.
    fn timing(&self) -> Result<Timing> {
        let at = match zone::meaning(self.starts, &self.zone)? {
            Meaning::Twice { first, second } => {
                let apart = |at: DateTime<Utc>| (at - self.starts_at).abs();
                if apart(second) < apart(first) { second } else { first }
            }
            meaning => meaning.instant(),
        };
        Ok(Timing {
            starts: self.starts,
            zone: self.zone.clone(),
            minutes: self.minutes,
            starts_at: at,
            ends_at: at + chrono::Duration::minutes(self.minutes),
        })
    }
}

impl Store {
    /// Derives the sessions ahead anew that an older zone database was asked
    /// for, and tells how many begin at another instant. A program with an
    /// older one beside this takes nothing back.
    pub async fn derive_anew(&self) -> Result<usize> {
        let version = &zone::database().version;
        let now = self.now();
        let mut look = self.read().await?;
        let due = maybe!(
            &mut look,
            (Uuid,),
            "SELECT id FROM session WHERE starts_at > $1 AND state = 'booked' AND zone_version < $2 LIMIT 1",
            now,
            version
        )?;
        drop(look);
        if due.is_none() {
            return Ok(0);
        }
        // Whoever books meanwhile would see half of them in their old places.
        let mut tx = self.write_holds(true).await?;
        let practice = practice_set_up(&mut tx).await?;
        // Whoever cancels one or checks it in comes before or after. All are
        // locked before anything goes on record: they wait for nothing else.
        if let Tx::Postgres(tx) = &mut tx {
            sqlx::query(
                "SELECT id FROM session WHERE starts_at > $1 AND state = 'booked' AND zone_version < $2 ORDER BY starts_at, id FOR NO KEY UPDATE",
            )
            .bind(now)
            .bind(version)
            .execute(&mut **tx)
            .await?;
        }
        let rows = all!(
            &mut tx,
            Row,
            "SELECT id, client_id, clinician_id, room_id, starts, zone, minutes, starts_at FROM session
             WHERE starts_at > $1 AND state = 'booked' AND zone_version < $2 ORDER BY starts_at, id",
            now,
            version
        )?;
        run!(
            &mut tx,
            "UPDATE session SET zone_version = $1 WHERE starts_at > $2 AND state = 'booked' AND zone_version < $1",
            version,
            now
        )?;
        // All leave their places first: those of one day follow each other.
        let mut moved = Vec::new();
        for row in rows {
            let timing = row.timing()?;
            if timing.starts_at != row.starts_at {
                run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", row.id)?;
                moved.push((row, timing));
            }
        }
        let (mut elsewhere, mut over) = (0, 0);
        for (row, timing) in &moved {
            let people = all!(
                &mut tx,
                Coming,
                "SELECT p.id, p.zone FROM session_attendee t JOIN person p ON p.id = t.person_id WHERE t.session_id = $1",
                row.id
            )?;
            let another = |person: &Coming| zone::wall_time(timing.starts_at, &person.zone) != row.starts;
            elsewhere += i64::from(people.iter().any(another));
            let people: Vec<PersonId> = people.iter().map(|person| PersonId(person.id)).collect();
            let (clinician, room) = (AccountId(row.clinician_id), row.room_id.map(RoomId));
            let mut holds = self.holds(&mut tx, clinician, room, &people).await?;
            let lies_over = self.lay_over(&mut tx, &mut holds, timing).await?;
            over += i64::from(lies_over);
            run!(
                &mut tx,
                "UPDATE session SET starts_at = $1, ends_at = $2, override_reason = COALESCE(override_reason, $3) WHERE id = $4",
                timing.starts_at,
                timing.ends_at,
                lies_over.then_some(REASON),
                row.id
            )?;
            self.hold(&mut tx, SessionId(row.id), &holds, timing).await?;
            self.plan_session(&mut tx, &practice, SessionId(row.id), Occasion::Settings).await?;
            self.replan_before_session(&mut tx, ClientId(row.client_id)).await?;
            let detail = format!("{version}: {} → {}", row.starts_at.to_rfc3339(), timing.starts_at.to_rfc3339());
            let act = Act {
                by: None,
                action: "derived anew",
                thing: "session",
                id: Some(row.id),
                client: Some(row.client_id),
                detail: &detail,
            };
            self.audit(&mut tx, act).await?;
        }
        if !moved.is_empty() {
            run!(
                &mut tx,
                "UPDATE practice SET zones_at = $1, zones_version = $2, zones_sessions = $3, zones_elsewhere = $4, zones_over = $5 WHERE id = 1",
                now,
                version,
                i64::try_from(moved.len()).unwrap_or(i64::MAX),
                elsewhere,
                over
            )?;
        }
        tx.commit().await?;
        Ok(moved.len())
    }
}

impl Owner {
    /// What a newer zone database has changed, for a month.
    pub async fn zones_changed(&self) -> Result<Option<ZonesChanged>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (DateTime<Utc>, String, i64, i64, i64),
            "SELECT zones_at, zones_version, zones_sessions, zones_elsewhere, zones_over FROM practice WHERE zones_at > $1",
            self.now() - chrono::Duration::days(30)
        )?;
        Ok(row.map(|(at, version, sessions, elsewhere, over)| ZonesChanged { at, version, sessions, elsewhere, over }))
    }
}
