//! What becomes of a booked session: moved, cancelled, marked.

use domain::{
    ids::{PersonId, SessionId},
    practice::Practice,
    reminder::Occasion,
    session::{Cancellation, Place, SessionState, Timing, is_late},
    zone,
};

use super::{Booked, room_of};
use crate::{Bookings, Result, SessionView, Tx, audit::Act, database::run, practice::practice_set_up};

/// Where a session is moved to.
pub(crate) struct Goal<'a> {
    pub timing: &'a Timing,
    pub place: &'a Place,
    pub reason: &'a str,
    /// Outside the therapist's hours on purpose.
    pub outside: bool,
    /// Only as it stood when that was agreed to.
    pub version: Option<i64>,
}

impl Bookings {
    /// Moves a session: new messages replace the planned ones.
    pub async fn move_session(
        &self,
        id: SessionId,
        timing: &Timing,
        place: &Place,
        reason: &str,
        outside: bool,
    ) -> Result<Booked> {
        self.move_to(id, &Goal { timing, place, reason, outside, version: None }).await
    }

    pub(crate) async fn move_to(&self, id: SessionId, goal: &Goal<'_>) -> Result<Booked> {
        match self.try_move(id, goal).await {
            Err(error) if error.is_overlap() => {
                let mut tx = self.store().read().await?;
                let Some(session) = self.find(&mut tx, id).await? else { return Err(error) };
                let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
                let holds = self.store().holds(&mut tx, session.clinician, room_of(goal.place), &people).await?;
                let practice = practice_set_up(&mut tx).await?;
                let taken = self.store().taken(&mut tx, &practice, &holds, goal.timing, Some(id), goal.outside).await?;
                Ok(Booked::Taken(taken))
            }
            result => result,
        }
    }

    async fn try_move(&self, id: SessionId, goal: &Goal<'_>) -> Result<Booked> {
        let Goal { timing, place, reason, outside, version } = *goal;
        let mut tx = self.store().write().await?;
        // The row is locked first: two moves of one session follow each other.
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await? else {
            return Ok(Booked::Unfit("", "This session is not there."));
        };
        if !session.state.is_ahead() {
            return Ok(Booked::Unfit("", "This session cannot be moved any more."));
        }
        let (room, link) = self.place(&mut tx, place).await?;
        if matches!(place, Place::Room(_)) && room.is_none() {
            return Ok(Booked::Unfit("place", "Please choose a room, or online."));
        }
        let same_place = room == session.room.as_ref().map(|r| r.id) && link == session.link;
        if *timing == session.timing && same_place {
            return Ok(Booked::Done(id));
        }
        if version.is_some_and(|version| version != session.version) {
            return Ok(Booked::Unfit("", "This session was changed meanwhile."));
        }
        let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
        let holds = self.store().holds(&mut tx, session.clinician, room, &people).await?;
        let practice = self.practice_here(&mut tx).await?;
        let taken = self.store().taken(&mut tx, &practice, &holds, timing, Some(id), outside).await?;
        if !taken.is_free() {
            return Ok(Booked::Taken(taken));
        }
        run!(
            &mut tx,
            "UPDATE session SET room_id = $1, link = $2, starts = $3, zone = $4, minutes = $5, starts_at = $6, ends_at = $7, zone_version = $8, state = 'booked', version = version + 1, outside = $10, override_reason = NULL WHERE id = $9",
            room.map(|r| r.0),
            link,
            timing.starts,
            timing.zone.name(),
            timing.minutes,
            timing.starts_at,
            timing.ends_at,
            &zone::database().version,
            id.0,
            outside
        )?;
        run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        self.store().hold(&mut tx, id, &holds, timing).await?;
        self.store().keep_for_undo(&mut tx, &practice, &session, self.undoable).await?;
        self.store()
            .record(&mut tx, id, self.me(), "moved", reason, Some(session.timing.starts_at), Some(timing.starts_at))
            .await?;
        self.store().plan_session(&mut tx, &practice, id, Occasion::Moved).await?;
        self.store().replan_before_session(&mut tx, session.client).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "moved",
                    thing: "session",
                    id: Some(id.0),
                    client: Some(session.client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Booked::Done(id))
    }

    /// The practice's settings as they hold for this act: what cannot be undone
    /// is told at once.
    pub(crate) async fn practice_here(&self, tx: &mut Tx) -> Result<Practice> {
        let practice = practice_set_up(tx).await?;
        Ok(if self.undoable { practice } else { Practice { quiet_minutes: 0, ..practice } })
    }

    /// Cancels a session. `None`: not there, or not ahead any more.
    pub async fn cancel(&self, id: SessionId, cancellation: &Cancellation) -> Result<Option<SessionState>> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await?.filter(|s| s.state.is_ahead()) else { return Ok(None) };
        let practice = self.practice_here(&mut tx).await?;
        let state = self.cancel_in(&mut tx, &practice, &session, cancellation).await?;
        tx.commit().await?;
        Ok(Some(state))
    }

    /// Cancels a session that is ahead and locked, in a transaction with more.
    pub(crate) async fn cancel_in(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        session: &SessionView,
        cancellation: &Cancellation,
    ) -> Result<SessionState> {
        let id = session.id;
        let state = cancellation.state(is_late(session.timing.starts_at, self.now(), practice.notice_hours));
        run!(tx, "UPDATE session SET state = $1, version = version + 1 WHERE id = $2", state.word(), id.0)?;
        run!(tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        self.store().keep_for_undo(tx, practice, session, self.undoable).await?;
        self.store().suggest_fee(tx, practice, id, state).await?;
        self.store()
            .record(tx, id, self.me(), state.word(), &cancellation.reason, Some(session.timing.starts_at), None)
            .await?;
        self.store().plan_session(tx, practice, id, Occasion::Cancelled).await?;
        self.store().replan_before_session(tx, session.client).await?;
        self.store().audit(tx, Act::new(self.me(), "cancelled", "session", id.0, session.client.0)).await?;
        Ok(state)
    }

    /// Marks arrived, completed or no-show. `false`: not there, or not a step
    /// from where the session stands.
    pub async fn set_state(&self, id: SessionId, state: SessionState) -> Result<bool> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await?.filter(|s| s.state.next().contains(&state)) else {
            return Ok(false);
        };
        run!(&mut tx, "UPDATE session SET state = $1 WHERE id = $2", state.word(), id.0)?;
        if !state.occupies() {
            run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        }
        let practice = practice_set_up(&mut tx).await?;
        self.store().suggest_fee(&mut tx, &practice, id, state).await?;
        self.store().record(&mut tx, id, self.me(), state.word(), "", None, None).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: state.word(),
                    thing: "session",
                    id: Some(id.0),
                    client: Some(session.client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(true)
    }
}
