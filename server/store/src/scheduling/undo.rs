//! Undoing a move or a cancellation of a session before anybody is told.
//!
//! The emails about it wait for the practice's quiet minutes. Until then a
//! mistake can be undone as if it had not happened: the session is what it was,
//! and the emails about the change are not sent. Once one of them is on its way
//! it is too late, and moving the session back is another move.

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use domain::{
    clients::person::Zone,
    ids::{AccountId, PersonId, RoomId, SessionId},
    outbox::reminder::SkipReason,
    practice::settings::Practice,
    scheduling::session::{SessionState, Timing},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    database::{maybe, run},
    exercises::nudges,
    outbox::owed,
    practice::settings::practice_set_up,
    scheduling::{
        holds::Conflicts,
        sessions::{self, OverrideOutcome, SessionView, timing},
    },
};

/// The outcome of an undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// The session is what it was before.
    Done,
    /// The quiet minutes are over, an email is on its way, or nothing was
    /// changed.
    TooLate,
    /// The old time has been given to others in the meantime.
    Taken(Conflicts),
}

/// A session as it was before its last change.
#[derive(FromRow)]
struct Before {
    version: i64,
    until: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    state: SessionState,
    starts: NaiveDateTime,
    #[sqlx(try_from = "String")]
    zone: Zone,
    minutes: i64,
    room_id: Option<Uuid>,
    link: String,
    outside: bool,
    // Empty if an older version of the program stored it: then these were not
    // changed.
    clinician_id: Option<Uuid>,
    kind: Option<String>,
    override_reason: Option<String>,
}

impl Before {
    /// The timing before the change, which started at `at`: the wall time alone
    /// may occur twice.
    fn timing(&self, at: Option<DateTime<Utc>>) -> Result<Timing> {
        let once = timing(self.starts, &self.zone, self.minutes, Some(0))?;
        let twice = timing(self.starts, &self.zone, self.minutes, Some(1))?;
        Ok(if at == Some(twice.starts_at) { twice } else { once })
    }
}

/// What is stored for undoing the last change of a session, if anything.
async fn stored_undo(tx: &mut Tx, id: SessionId) -> Result<Option<Before>> {
    Ok(maybe!(
        tx,
        Before,
        "SELECT version, until, state, starts, zone, minutes, room_id, link, outside, clinician_id, kind,
             override_reason
         FROM session_undo
         WHERE session_id = $1",
        id.0
    )?)
}

impl Store {
    /// Stores how a session was before the change that is being made to it, for
    /// as long as the emails about the change wait. `undoable: false` deletes
    /// what was stored before.
    pub(crate) async fn keep_for_undo(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        was: &SessionView,
        undoable: bool,
    ) -> Result<()> {
        if !undoable {
            run!(tx, "DELETE FROM session_undo WHERE session_id = $1", was.id.0)?;
            return Ok(());
        }
        run!(
            tx,
            "INSERT INTO session_undo (session_id, version, until, state, starts, zone, minutes, room_id, link,
                 outside, clinician_id, kind, override_reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (session_id) DO UPDATE SET version = excluded.version, until = excluded.until,
                 state = excluded.state, starts = excluded.starts, zone = excluded.zone, minutes = excluded.minutes,
                room_id = excluded.room_id, link = excluded.link, outside = excluded.outside,
                clinician_id = excluded.clinician_id, kind = excluded.kind, override_reason = excluded.override_reason",
            was.id.0,
            was.version + 1,
            self.now() + Duration::minutes(practice.quiet_minutes),
            was.state.word(),
            was.timing.starts,
            was.timing.zone.name(),
            was.timing.minutes,
            was.room.as_ref().map(|r| r.id.0),
            &was.link,
            was.outside,
            was.clinician.0,
            was.kind.word(),
            &was.over
        )?;
        Ok(())
    }
}

impl Worker {
    /// Deletes what can no longer be undone.
    pub async fn forget_undo(&self) -> Result<()> {
        let mut tx = self.write().await?;
        run!(&mut tx, "DELETE FROM session_undo WHERE until < $1", self.now())?;
        tx.commit().await
    }
}

impl Bookings {
    /// Until when the last change of a session can be undone, and when the
    /// session would start then. `None`: it cannot be undone.
    pub async fn undo_deadline(&self, session: &SessionView) -> Result<Option<(DateTime<Utc>, DateTime<Utc>)>> {
        let mut tx = self.store().read().await?;
        let Some(was) = stored_undo(&mut tx, session.id).await? else { return Ok(None) };
        if was.version != session.version || was.until <= self.now() || was_announced(&mut tx, session).await? {
            return Ok(None);
        }
        let at = self.start_before_change(&mut tx, session.id).await?;
        let starts_at = was.timing(at)?.starts_at;
        Ok((starts_at > self.now()).then_some((was.until, starts_at)))
    }

    /// When a session was to start before its last change.
    async fn start_before_change(&self, tx: &mut Tx, id: SessionId) -> Result<Option<DateTime<Utc>>> {
        let row = maybe!(
            tx,
            (Option<DateTime<Utc>>,),
            "SELECT from_at FROM session_change
             WHERE session_id = $1 AND what IN ('moved', 'cancelled', 'late_cancelled')
             ORDER BY at DESC, id DESC LIMIT 1",
            id.0
        )?;
        Ok(row.and_then(|(at,)| at))
    }

    /// Undoes the last move or cancellation of a session. `None`: there is no
    /// such session.
    pub async fn undo(&self, id: SessionId) -> Result<Option<Undone>> {
        match self.try_undo(id).await {
            Err(error) if error.is_overlap() => self.try_undo(id).await,
            result => result,
        }
    }

    async fn try_undo(&self, id: SessionId) -> Result<Option<Undone>> {
        // What is restored may have been booked over a conflict.
        let mut tx = self.store().write_occupancies(true).await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await? else { return Ok(None) };
        let Some(was) = stored_undo(&mut tx, id).await? else { return Ok(Some(Undone::TooLate)) };
        if was.version != session.version || was.until <= self.now() {
            return Ok(Some(Undone::TooLate));
        }
        // Planned emails are taken back first: after that, those that a worker
        // has claimed in the meantime can be seen.
        run!(
            &mut tx,
            "UPDATE email SET state = 'superseded', reason = $2 WHERE session_id = $1 AND state = 'planned'",
            id.0,
            SkipReason::SessionChanged.word()
        )?;
        if was_announced(&mut tx, &session).await? {
            return Ok(Some(Undone::TooLate));
        }
        let at = self.start_before_change(&mut tx, id).await?;
        let timing = was.timing(at)?;
        if timing.starts_at <= self.now() {
            return Ok(Some(Undone::TooLate));
        }
        let practice = practice_set_up(&mut tx).await?;
        let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
        let room = was.room_id.map(RoomId);
        let clinician = was.clinician_id.map_or(session.clinician, AccountId);
        let kind = was.kind.as_deref().unwrap_or(session.kind.word());
        let mut holds = self.store().holds(&mut tx, clinician, room, &people).await?;
        // It had this time before: the therapist's hours are not checked.
        let taken = self.store().conflicts(&mut tx, &practice, &holds, &timing, Some(id), true, self.only).await?;
        let over = match self.accept_override(&taken, &mut holds, was.override_reason.as_deref()) {
            OverrideOutcome::Free => None,
            OverrideOutcome::Accepted { reason } => Some(reason),
            OverrideOutcome::Refused => return Ok(Some(Undone::Taken(taken))),
        };
        run!(
            &mut tx,
            "UPDATE session SET room_id = $1, link = $2, starts = $3, zone = $4, minutes = $5, starts_at = $6,
                 ends_at = $7, zone_version = $8, state = $9, version = version + 1, outside = $10,
                    clinician_id = $12, kind = $13, override_reason = $14 WHERE id = $11",
            was.room_id,
            &was.link,
            timing.starts,
            timing.zone.name(),
            timing.minutes,
            timing.starts_at,
            timing.ends_at,
            &zone::database().version,
            was.state.word(),
            was.outside,
            id.0,
            clinician.0,
            kind,
            over
        )?;
        run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        self.store().occupy(&mut tx, id, &holds, &timing).await?;
        run!(&mut tx, "DELETE FROM session_undo WHERE session_id = $1", id.0)?;
        self.store().suggest_fee(&mut tx, &practice, id, was.state, &session.presences()).await?;
        let from = session.state.occupies().then_some(session.timing.starts_at);
        sessions::record_change(self.store(), &mut tx, id, self.me(), "undone", "", from, Some(timing.starts_at))
            .await?;
        // People who were told of the restored version get no email; others do.
        owed::plan_undone(self.store(), &mut tx, &practice, id, was.version - 1).await?;
        nudges::replan_before_session(self.store(), &mut tx, session.client).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Undone, AuditThing::Session).id(id.0).client(session.client.0),
            )
            .await?;
        tx.commit().await?;
        Ok(Some(Undone::Done))
    }
}

/// Whether an email about this version of a session is on its way, or may have
/// arrived.
async fn was_announced(tx: &mut Tx, session: &SessionView) -> Result<bool> {
    let begun = maybe!(
        tx,
        (Uuid,),
        "SELECT id FROM email
         WHERE session_id = $1 AND session_version = $2 AND (state IN ('claimed', 'sent') OR may_have_arrived) LIMIT 1",
        session.id.0,
        session.version
    )?;
    Ok(begun.is_some())
}
