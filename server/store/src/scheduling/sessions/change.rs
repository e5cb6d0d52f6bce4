//! Changes of a booked session: it is moved, cancelled or marked.

use domain::{
    ids::{AccountId, PersonId, SessionId},
    outbox::reminder::Occasion,
    practice::settings::Practice,
    scheduling::{
        attendance::{Presence, presence_in},
        session::{Cancellation, Move, Override, Place, SessionKind, SessionState, Timing, is_late},
    },
    zone,
};

use super::{Booked, FieldError, NO_THERAPIST, OverrideOutcome, reason_with_override, room_of};
use crate::{
    Bookings, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{maybe, run},
    exercises::nudges,
    outbox::owed,
    practice::settings::practice_set_up,
    scheduling::{
        holds::occupancies_of,
        sessions::{self, SessionView},
    },
};

/// What a move changes a session to.
#[derive(Clone, Copy, Debug)]
pub struct MoveTarget<'a> {
    pub timing: &'a Timing,
    pub place: &'a Place,
    pub reason: &'a str,
    /// Outside the therapist's hours, on purpose.
    pub outside: bool,
    /// The override of a conflict, on purpose. `None`: there must be none.
    pub over: Option<&'a Override>,
    /// Another therapist. `None`: the same as before.
    pub clinician: Option<AccountId>,
    /// Another kind. `None`: the same as before.
    pub kind: Option<SessionKind>,
    /// The version that was agreed to: the move is refused if the session has
    /// changed since. `None`: any version.
    pub version: Option<i64>,
}

impl<'a> MoveTarget<'a> {
    /// A move to another time and place that changes nothing else.
    pub const fn to(timing: &'a Timing, place: &'a Place) -> Self {
        Self { timing, place, reason: "", outside: false, over: None, clinician: None, kind: None, version: None }
    }

    /// The move that a form asks for, with the timing that it means.
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
    /// Moves a session; new emails replace the planned ones.
    pub async fn move_session(&self, id: SessionId, goal: &MoveTarget<'_>) -> Result<Booked> {
        match self.try_move(id, goal).await {
            Err(error) if error.is_overlap() => {
                let mut tx = self.store().read().await?;
                let Some(session) = self.find(&mut tx, id).await? else { return Err(error) };
                let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
                let clinician = goal.clinician.unwrap_or(session.clinician);
                let holds = self.store().holds(&mut tx, clinician, room_of(goal.place), &people).await?;
                let practice = practice_set_up(&mut tx).await?;
                let taken = self
                    .store()
                    .conflicts(&mut tx, &practice, &holds, goal.timing, Some(id), goal.outside, self.only)
                    .await?;
                Ok(Booked::Taken(taken))
            }
            result => result,
        }
    }

    async fn try_move(&self, id: SessionId, goal: &MoveTarget<'_>) -> Result<Booked> {
        let MoveTarget { timing, place, reason, outside, over, version, .. } = *goal;
        let mut tx = self.store().write_occupancies(over.is_some()).await?;
        // The row is locked first: of two moves of one session, the second
        // waits for the first.
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await? else {
            return Ok(Booked::Invalid(FieldError::new("", "This session no longer exists.")));
        };
        if !session.state.is_ahead() || session.frozen {
            return Ok(Booked::Invalid(FieldError::new("", "This session can’t be rescheduled any more.")));
        }
        let (room, link) = self.room_and_link(&mut tx, place).await?;
        if matches!(place, Place::Room(_)) && room.is_none() {
            return Ok(Booked::Invalid(FieldError::new("place", "Choose a room, or online.")));
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
            return Ok(Booked::Invalid(FieldError::new("", "This session has changed. Open it again.")));
        }
        let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
        // People who stay can be booked again although they no longer belong to
        // the client; so can the therapist.
        let mut holds = if clinician == session.clinician {
            self.store().holds(&mut tx, clinician, room, &people).await?
        } else {
            let Some(buffers) = self.buffers_of(&mut tx, clinician).await? else {
                return Ok(Booked::Invalid(NO_THERAPIST));
            };
            occupancies_of(clinician, buffers, room, &people)
        };
        let practice = self.practice_in_scope(&mut tx).await?;
        let taken = self.store().conflicts(&mut tx, &practice, &holds, timing, Some(id), outside, self.only).await?;
        let over = match self.accept_override(&taken, &mut holds, taken.reason(over)) {
            OverrideOutcome::Free => None,
            OverrideOutcome::Accepted { reason } => Some(reason),
            OverrideOutcome::Refused => return Ok(Booked::Taken(taken)),
        };
        run!(
            &mut tx,
            "UPDATE session SET room_id = $1, link = $2, starts = $3, zone = $4, minutes = $5, starts_at = $6,
                 ends_at = $7, zone_version = $8, state = 'booked', version = version + 1, outside = $10,
                 override_reason = $11, clinician_id = $12, kind = $13
             WHERE id = $9",
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
        self.store().occupy(&mut tx, id, &holds, timing).await?;
        self.write_marks(&mut tx, &session, &vec![None; session.attendees.len()], false).await?;
        self.store().keep_for_undo(&mut tx, &practice, &session, self.undoable).await?;
        sessions::record_change(
            self.store(),
            &mut tx,
            id,
            self.me(),
            "moved",
            &reason_with_override(reason, over),
            Some(session.timing.starts_at),
            Some(timing.starts_at),
        )
        .await?;
        if clinician != session.clinician {
            self.record_handover(&mut tx, &session, clinician).await?;
        }
        if !same_kind {
            self.record_kind(&mut tx, &session, kind, "").await?;
        }
        owed::plan_session(self.store(), &mut tx, &practice, id, Occasion::Moved).await?;
        nudges::replan_before_session(self.store(), &mut tx, session.client).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Moved, AuditThing::Session).id(id.0).client(session.client.0),
            )
            .await?;
        tx.commit().await?;
        Ok(Booked::Done(id))
    }

    /// Changes the kind of a session within a larger transaction. Clients do
    /// not see the kind, so nobody is told; the reminders may be due at other
    /// times.
    async fn set_kind(&self, tx: &mut Tx, session: &SessionView, kind: SessionKind, reason: &str) -> Result<()> {
        run!(tx, "UPDATE session SET kind = $1 WHERE id = $2", kind.word(), session.id.0)?;
        self.record_kind(tx, session, kind, reason).await?;
        let practice = practice_set_up(tx).await?;
        owed::plan_session(self.store(), tx, &practice, session.id, Occasion::Settings).await?;
        self.store()
            .record(
                tx,
                Act::by(self.me(), AuditAction::Changed, AuditThing::Session).id(session.id.0).client(session.client.0),
            )
            .await
    }

    async fn record_kind(&self, tx: &mut Tx, session: &SessionView, kind: SessionKind, reason: &str) -> Result<()> {
        let mut words = format!("{} → {}", session.kind.label(), kind.label());
        if !reason.is_empty() {
            words = format!("{words}. {reason}");
        }
        sessions::record_change(self.store(), tx, session.id, self.me(), "kind", &words, None, None).await
    }

    /// Records which therapist has the session from now on.
    pub(crate) async fn record_handover(&self, tx: &mut Tx, session: &SessionView, to: AccountId) -> Result<()> {
        let name = maybe!(tx, (String,), "SELECT display_name FROM account WHERE id = $1", to.0)?;
        let words = format!("{} → {}", session.clinician_name, name.map(|(n,)| n).unwrap_or_default());
        sessions::record_change(self.store(), tx, session.id, self.me(), "handed", &words, None, None).await
    }

    /// The practice's settings for this scope: if its acts cannot be undone,
    /// there is no time to wait before people are told.
    pub(crate) async fn practice_in_scope(&self, tx: &mut Tx) -> Result<Practice> {
        let practice = practice_set_up(tx).await?;
        Ok(if self.undoable { practice } else { Practice { quiet_minutes: 0, ..practice } })
    }

    /// Cancels a session. `None`: it does not exist, or is not in the future.
    pub async fn cancel(&self, id: SessionId, cancellation: &Cancellation) -> Result<Option<SessionState>> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await?.filter(|s| s.state.is_ahead()) else { return Ok(None) };
        let practice = self.practice_in_scope(&mut tx).await?;
        let state = self.cancel_in(&mut tx, &practice, &session, cancellation).await?;
        tx.commit().await?;
        Ok(Some(state))
    }

    /// Cancels a session that is in the future and locked, within a larger
    /// transaction.
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
        self.store().suggest_fee(tx, practice, id, state, &[]).await?;
        sessions::record_change(
            self.store(),
            tx,
            id,
            self.me(),
            state.word(),
            &cancellation.reason,
            Some(session.timing.starts_at),
            None,
        )
        .await?;
        owed::plan_session(self.store(), tx, practice, id, Occasion::Cancelled).await?;
        nudges::replan_before_session(self.store(), tx, session.client).await?;
        self.store()
            .record(
                tx,
                Act::by(self.me(), AuditAction::Cancelled, AuditThing::Session).id(id.0).client(session.client.0),
            )
            .await?;
        Ok(state)
    }

    /// Marks a session and everyone who attends it as arrived, completed or
    /// no-show; an absence that was marked before stays when it is completed.
    /// `false`: it does not exist, or cannot go from its state to this one.
    pub async fn set_state(&self, id: SessionId, state: SessionState) -> Result<bool> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self
            .find(&mut tx, id)
            .await?
            .filter(|s| s.state.next_states().contains(&state) && (!s.frozen || state == SessionState::Completed))
        else {
            return Ok(false);
        };
        run!(&mut tx, "UPDATE session SET state = $1 WHERE id = $2", state.word(), id.0)?;
        if !state.occupies() {
            run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        }
        let marks: Vec<Option<Presence>> =
            session.presences().into_iter().map(|before| presence_in(state, before)).collect();
        self.write_marks(&mut tx, &session, &marks, state == SessionState::Arrived).await?;
        let practice = practice_set_up(&mut tx).await?;
        self.store().suggest_fee(&mut tx, &practice, id, state, &marks).await?;
        sessions::record_change(self.store(), &mut tx, id, self.me(), state.word(), "", None, None).await?;
        self.store()
            .record(&mut tx, Act::by(self.me(), state.into(), AuditThing::Session).id(id.0).client(session.client.0))
            .await?;
        tx.commit().await?;
        Ok(true)
    }
}
