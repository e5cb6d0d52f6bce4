//! What becomes of a booked session: moved, cancelled, marked.

use domain::{
    ids::{AccountId, PersonId, SessionId},
    practice::Practice,
    reminder::Occasion,
    session::{Cancellation, Move, Over, Place, SessionKind, SessionState, Timing, is_late},
    zone,
};

use super::{Booked, booking::NO_THERAPIST, room_of, why};
use crate::{
    Bookings, Result, SessionView, Tx,
    audit::Act,
    database::{maybe, run},
    holds::held,
    practice::practice_set_up,
};

/// Where a session is moved to.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    pub timing: &'a Timing,
    pub place: &'a Place,
    pub reason: &'a str,
    /// Outside the therapist's hours on purpose.
    pub outside: bool,
    /// Over what is there, on purpose.
    pub over: Option<&'a Over>,
    /// To another therapist.
    pub clinician: Option<AccountId>,
    /// Of another kind from now on.
    pub kind: Option<SessionKind>,
    /// Only as it stood when that was agreed to.
    pub version: Option<i64>,
}

impl<'a> Goal<'a> {
    /// To another time and place, and nothing else.
    pub const fn to(timing: &'a Timing, place: &'a Place) -> Self {
        Self { timing, place, reason: "", outside: false, over: None, clinician: None, kind: None, version: None }
    }

    /// What was asked for, with the timing that it means.
    pub fn of(wish: &'a Move, timing: &'a Timing) -> Self {
        Self {
            reason: &wish.reason,
            outside: wish.outside,
            over: wish.over.as_ref(),
            clinician: wish.clinician,
            kind: wish.kind,
            ..Self::to(timing, &wish.place)
        }
    }
}

impl Bookings {
    /// Moves a session: new messages replace the planned ones.
    pub async fn move_session(&self, id: SessionId, goal: &Goal<'_>) -> Result<Booked> {
        match self.try_move(id, goal).await {
            Err(error) if error.is_overlap() => {
                let mut tx = self.store().read().await?;
                let Some(session) = self.find(&mut tx, id).await? else { return Err(error) };
                let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
                let clinician = goal.clinician.unwrap_or(session.clinician);
                let holds = self.store().holds(&mut tx, clinician, room_of(goal.place), &people).await?;
                let practice = practice_set_up(&mut tx).await?;
                let taken = self.store().taken(&mut tx, &practice, &holds, goal.timing, Some(id), goal.outside).await?;
                Ok(Booked::Taken(taken))
            }
            result => result,
        }
    }

    async fn try_move(&self, id: SessionId, goal: &Goal<'_>) -> Result<Booked> {
        let Goal { timing, place, reason, outside, over, version, .. } = *goal;
        let mut tx = self.store().write_holds(over.is_some()).await?;
        // The row is locked first: two moves of one session follow each other.
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await? else {
            return Ok(Booked::Unfit("", "This session is not there."));
        };
        if !session.state.is_ahead() || session.frozen {
            return Ok(Booked::Unfit("", "This session cannot be moved any more."));
        }
        let (room, link) = self.place(&mut tx, place).await?;
        if matches!(place, Place::Room(_)) && room.is_none() {
            return Ok(Booked::Unfit("place", "Please choose a room, or online."));
        }
        let same_place = room == session.room.as_ref().map(|r| r.id) && link == session.link;
        let clinician = goal.clinician.unwrap_or(session.clinician);
        let kind = goal.kind.unwrap_or(session.kind);
        let same_kind = kind == session.kind;
        if *timing == session.timing && same_place && clinician == session.clinician {
            if !same_kind {
                self.set_kind(&mut tx, &session, kind, reason).await?;
                tx.commit().await?;
            }
            return Ok(Booked::Done(id));
        }
        if version.is_some_and(|version| version != session.version) {
            return Ok(Booked::Unfit("", "This session was changed meanwhile."));
        }
        let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
        // Who stays need not be there any more to be booked anew.
        let mut holds = if clinician == session.clinician {
            self.store().holds(&mut tx, clinician, room, &people).await?
        } else {
            let Some(buffers) = self.buffers_of(&mut tx, clinician).await? else {
                return Ok(Booked::Unfit(NO_THERAPIST.0, NO_THERAPIST.1));
            };
            held(clinician, buffers, room, &people)
        };
        let practice = self.practice_here(&mut tx).await?;
        let taken = self.store().taken(&mut tx, &practice, &holds, timing, Some(id), outside).await?;
        let Some(over) = self.laid_over(&taken, &mut holds, taken.reason(over)) else {
            return Ok(Booked::Taken(taken));
        };
        run!(
            &mut tx,
            "UPDATE session SET room_id = $1, link = $2, starts = $3, zone = $4, minutes = $5, starts_at = $6, ends_at = $7, zone_version = $8, state = 'booked', version = version + 1, outside = $10, override_reason = $11, clinician_id = $12, kind = $13 WHERE id = $9",
            room.map(|r| r.0),
            link,
            timing.starts,
            timing.zone.name(),
            timing.minutes,
            timing.starts_at,
            timing.ends_at,
            &zone::database().version,
            id.0,
            outside,
            over,
            clinician.0,
            kind.word()
        )?;
        run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        self.store().hold(&mut tx, id, &holds, timing).await?;
        self.store().keep_for_undo(&mut tx, &practice, &session, self.undoable).await?;
        self.store()
            .record(
                &mut tx,
                id,
                self.me(),
                "moved",
                &why(reason, over),
                Some(session.timing.starts_at),
                Some(timing.starts_at),
            )
            .await?;
        if clinician != session.clinician {
            self.record_handed(&mut tx, &session, clinician).await?;
        }
        if !same_kind {
            self.record_kind(&mut tx, &session, kind, "").await?;
        }
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

    /// Makes a session one of another kind, in a transaction with more. Nobody
    /// who comes sees a kind, so nobody is told; its reminders may come at
    /// other times.
    async fn set_kind(&self, tx: &mut Tx, session: &SessionView, kind: SessionKind, reason: &str) -> Result<()> {
        run!(tx, "UPDATE session SET kind = $1 WHERE id = $2", kind.word(), session.id.0)?;
        self.record_kind(tx, session, kind, reason).await?;
        let practice = practice_set_up(tx).await?;
        self.store().plan_session(tx, &practice, session.id, Occasion::Settings).await?;
        self.store().audit(tx, Act::new(self.me(), "changed", "session", session.id.0, session.client.0)).await
    }

    async fn record_kind(&self, tx: &mut Tx, session: &SessionView, kind: SessionKind, reason: &str) -> Result<()> {
        let mut words = format!("{} → {}", session.kind.label(), kind.label());
        if !reason.is_empty() {
            words = format!("{words}. {reason}");
        }
        self.store().record(tx, session.id, self.me(), "kind", &words, None, None).await
    }

    /// Notes who has a session from now on.
    pub(crate) async fn record_handed(&self, tx: &mut Tx, session: &SessionView, to: AccountId) -> Result<()> {
        let name = maybe!(tx, (String,), "SELECT display_name FROM account WHERE id = $1", to.0)?;
        let words = format!("{} → {}", session.clinician_name, name.map(|(n,)| n).unwrap_or_default());
        self.store().record(tx, session.id, self.me(), "handed", &words, None, None).await
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
        let Some(session) = self
            .find(&mut tx, id)
            .await?
            .filter(|s| s.state.next().contains(&state) && (!s.frozen || state == SessionState::Completed))
        else {
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
