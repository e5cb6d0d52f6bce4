//! Moving and cancelling several sessions of a series together.

use chrono::{Duration, NaiveDate, NaiveDateTime};
use domain::{
    clients::person::Zone,
    ids::{AccountId, PersonId, RoomId, SessionId},
    outbox::reminder::{Occasion, SkipReason},
    practice::settings::Practice,
    scheduling::{
        series::{End, Reach, Recurrence, SeriesRule},
        session::{Cancellation, Move, Place, SessionKind, SessionState, Timing, When, is_late},
    },
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Choice, Choices, Clash, Row, SeriesBooked, TRIES, load, lock_holds, timing};
use crate::{
    Bookings, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    exercises::nudges,
    outbox::owed::{self, email_kinds},
    practice::settings::practice_set_up,
    scheduling::{
        holds::{Conflicts, Hold},
        sessions::{
            self, FieldError, NO_THERAPIST, OverrideOutcome, SessionToStore, SessionView, reason_with_override,
            timing_at,
        },
    },
};

/// A future session of a series that a change reaches.
#[derive(FromRow)]
struct AheadSession {
    id: Uuid,
    series_on: NaiveDate,
    starts: NaiveDateTime,
}

/// What a move of a series does with one of its sessions.
enum MovedSession {
    /// The session is at its new time. The conflict over which it was moved, if
    /// there was one.
    Moved(Option<Clash>),
    /// The session was left out, or its new time is not free.
    NotMoved(Clash),
    /// The session does not exist.
    Gone,
}

/// What the sessions that move together to a new series have in common.
struct SeriesMove<'a> {
    wish: &'a Move,
    choices: &'a Choices,
    /// The session for which the wish was made.
    chosen: SessionId,
    zone: &'a Zone,
    practice: Practice,
    clinician: AccountId,
    kind: SessionKind,
    room: Option<RoomId>,
    link: String,
    holds: Vec<Hold>,
    days: MovedDays,
    /// The day of the first session that belongs to the new series, before the
    /// move.
    first: NaiveDate,
    /// The new series.
    series: Uuid,
}

/// The days to which the sessions of a series move.
struct MovedDays {
    /// How many days later each session is.
    by: Duration,
    /// The days of the new rule.
    dates: Vec<NaiveDate>,
}

impl MovedDays {
    /// The new day of a session that had this day: the nearest day of the new
    /// rule.
    fn day_of(&self, on: NaiveDate) -> NaiveDate {
        let wished = on + self.by;
        self.dates.iter().copied().min_by_key(|day| (*day - wished).num_days().abs()).unwrap_or(wished)
    }
}

/// The rule of a series whose sessions from `first` to `last` move by some days,
/// and the days that follow from it. A rule that keeps the weekday of the month
/// takes the weekday of the new first day.
fn moved_rule(row: &Row, by: Duration, first: NaiveDate, last: NaiveDate) -> (SeriesRule, MovedDays) {
    let end = if row.rule().end == End::Never { End::Never } else { End::Until(last + by) };
    let rule = row.rule().starting_on(first + by, end);
    let dates = rule.starting_on(rule.first, End::Until(last + by + Duration::days(21))).dates().collect();
    (rule, MovedDays { by, dates })
}

impl SeriesMove<'_> {
    /// The timing of a session on its new day, as wished or chosen for this day.
    fn timing(&self, id: SessionId, day: NaiveDate, choice: Option<Choice>) -> Result<Timing> {
        let When { starts, minutes, fold } = self.wish.when;
        match choice {
            Some(Choice::OtherTime(at)) => timing_at(at, self.zone, minutes),
            Some(Choice::LeaveOut | Choice::Override(_)) | None => {
                timing(day.and_time(starts.time()), self.zone, minutes, fold.filter(|_| id == self.chosen))
            }
        }
    }

    /// Stores the new time and place of a session, which belongs to the new
    /// series from now on. `over` is why it may overlap another one.
    async fn store_session(
        &self,
        tx: &mut Tx,
        id: SessionId,
        day: NaiveDate,
        timing: &Timing,
        over: Option<&str>,
    ) -> Result<()> {
        run!(
            tx,
            "UPDATE session SET room_id = $1, link = $2, starts = $3, zone = $4, minutes = $5, starts_at = $6,
                 ends_at = $7, zone_version = $8, state = 'booked', version = version + 1, series_id = $9,
                 series_on = $10, outside = $12, override_reason = $15, clinician_id = $13, kind = $14
             WHERE id = $11",
            self.room.map(|room| room.0),
            &self.link,
            timing.starts,
            timing.zone.name(),
            timing.minutes,
            timing.starts_at,
            timing.ends_at,
            &zone::database().version,
            self.series,
            day,
            id.0,
            self.wish.outside,
            self.clinician.0,
            self.kind.word(),
            over
        )?;
        Ok(())
    }
}

impl Bookings {
    /// Locks the series of a session, and returns it with its future sessions
    /// that a change reaches. `None`: the session belongs to no series.
    async fn reached_sessions(
        &self,
        tx: &mut Tx,
        session: &SessionView,
        reach: Reach,
    ) -> Result<Option<(Row, Vec<AheadSession>)>> {
        let Some((series, on)) = session.series else { return Ok(None) };
        run!(tx, "UPDATE series SET minutes = minutes WHERE id = $1", series)?;
        let Some(row) = load(tx, series).await? else { return Ok(None) };
        let ahead = all!(
            tx,
            AheadSession,
            "SELECT id, series_on, starts FROM session
             WHERE series_id = $1 AND state IN ('booked', 'arrived') AND starts_at > $2
               AND series_on >= COALESCE($3, series_on)
             ORDER BY series_on",
            series,
            self.now(),
            (reach == Reach::Following).then_some(on)
        )?;
        Ok(Some((row, ahead)))
    }

    /// Moves a session of a series and the others that the change reaches, by
    /// the same number of days and to the same time. Sessions that were moved
    /// by hand stay where they are. The moved ones become a series of their
    /// own, so that the past of the old series does not change.
    pub async fn move_series(
        &self,
        id: SessionId,
        reach: Reach,
        wish: &Move,
        choices: &Choices,
    ) -> Result<SeriesBooked> {
        for _ in 1..TRIES {
            match self.try_move_series(id, reach, wish, choices).await {
                Err(error) if error.is_overlap() => {}
                result => return result,
            }
        }
        self.try_move_series(id, reach, wish, choices).await
    }

    async fn try_move_series(
        &self,
        id: SessionId,
        reach: Reach,
        wish: &Move,
        choices: &Choices,
    ) -> Result<SeriesBooked> {
        let mut tx = self.store().write_occupancies(wish.over.is_some()).await?;
        let Some(session) = self.find(&mut tx, id).await? else {
            return Ok(SeriesBooked::Invalid(FieldError::new("", "This session no longer exists.")));
        };
        let Some((row, ahead)) = self.reached_sessions(&mut tx, &session, reach).await? else {
            return Ok(SeriesBooked::Invalid(FieldError::new("reach", "This session is not part of a series.")));
        };
        let all = match self.prepare_move(&mut tx, &session, &row, &ahead, wish, choices).await? {
            Ok(all) => all,
            Err(error) => return Ok(SeriesBooked::Invalid(error)),
        };
        let (moving, by_hand): (Vec<&AheadSession>, Vec<&AheadSession>) =
            ahead.iter().partition(|a| a.id == id.0 || a.starts == a.series_on.and_time(row.starts));
        for one in &moving {
            run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", one.id)?;
            run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", one.id)?;
        }
        let mut clashes = Vec::new();
        let mut is_told = false;
        for one in moving {
            let occasion = if is_told { Occasion::Settings } else { Occasion::Moved };
            match self.move_with_series(&mut tx, &all, one, occasion).await? {
                MovedSession::Moved(clash) => {
                    clashes.extend(clash);
                    is_told = true;
                }
                MovedSession::NotMoved(clash) => clashes.push(clash),
                MovedSession::Gone => {}
            }
        }
        if clashes.iter().any(|clash| clash.settled.is_none()) {
            return Ok(SeriesBooked::Taken(clashes));
        }
        // Sessions that were moved by hand belong to the new series, too.
        for one in by_hand {
            run!(
                &mut tx,
                "UPDATE session SET series_id = $1, series_on = $2 WHERE id = $3",
                all.series,
                all.days.day_of(one.series_on),
                one.id
            )?;
        }
        self.end_series(&mut tx, &row, all.first).await?;
        nudges::replan_before_session(self.store(), &mut tx, session.client).await?;
        let act = Act::by(self.me(), AuditAction::Moved, AuditThing::Series).id(all.series).client(session.client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(SeriesBooked::Done(id))
    }

    /// Checks a move of a series and stores the new series. The error is for the
    /// field that is wrong.
    async fn prepare_move<'a>(
        &self,
        tx: &mut Tx,
        session: &SessionView,
        row: &'a Row,
        ahead: &[AheadSession],
        wish: &'a Move,
        choices: &'a Choices,
    ) -> Result<Result<SeriesMove<'a>, FieldError>> {
        const TOO_LATE: FieldError = FieldError::new("", "This session can’t be rescheduled any more.");
        let When { starts, minutes, .. } = wish.when;
        // The new rule begins with the first session that belongs to it, moved
        // or not.
        let (Some((_, on)), Some(first), Some(last)) = (session.series, ahead.first(), ahead.last()) else {
            return Ok(Err(TOO_LATE));
        };
        if !ahead.iter().any(|a| a.id == session.id.0) {
            return Ok(Err(TOO_LATE));
        }
        let (first, last) = (first.series_on, last.series_on);
        let (room, link) = self.room_and_link(tx, &wish.place).await?;
        if matches!(wish.place, Place::Room(_)) && room.is_none() {
            return Ok(Err(FieldError::new("place", "Choose a room, or online.")));
        }
        let clinician = wish.clinician.unwrap_or(session.clinician);
        if clinician != session.clinician && self.buffers_of(tx, clinician).await?.is_none() {
            return Ok(Err(NO_THERAPIST));
        }
        let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
        let holds = self.store().holds(tx, clinician, room, &people).await?;
        lock_holds(tx, &holds).await?;
        let practice = practice_set_up(tx).await?;
        let (rule, days) = moved_rule(row, starts.date() - on, first, last);
        // The reach of the series moves too, so that no day is made twice or
        // left out.
        let made_until = match rule.recurrence {
            Recurrence::Weeks(_) => row.made_until + days.by,
            Recurrence::MonthlyByWeekday => days.day_of(last),
        };
        let kind = wish.kind.unwrap_or(session.kind);
        let new = SessionToStore {
            client: session.client,
            clinician,
            room,
            link: &link,
            kind,
            // The people stay with their sessions.
            people: &[],
            by: self.me(),
            outside: wish.outside,
            over: None,
        };
        let person = row.person_id.map(PersonId);
        let series = self
            .store()
            .put_series(tx, &new, person, starts.time(), &row.zone, minutes, &rule, made_until, Some(row.root_id))
            .await?;
        let (zone, chosen) = (&row.zone, session.id);
        Ok(Ok(SeriesMove {
            wish,
            choices,
            chosen,
            zone,
            practice,
            clinician,
            kind,
            room,
            link,
            holds,
            days,
            first,
            series,
        }))
    }

    /// Moves one session with its series, or cancels it if its day is to be left
    /// out.
    async fn move_with_series(
        &self,
        tx: &mut Tx,
        all: &SeriesMove<'_>,
        one: &AheadSession,
        occasion: Occasion,
    ) -> Result<MovedSession> {
        let (id, day) = (SessionId(one.id), all.days.day_of(one.series_on));
        let choice = all.choices.get(&day).copied();
        let timing = all.timing(id, day, choice)?;
        let reason = &all.wish.reason;
        if choice == Some(Choice::LeaveOut) {
            self.cancel_silently(tx, &all.practice, id, SessionState::Cancelled, reason).await?;
            self.store().note_gap(tx, all.series, day, "left_out").await?;
            self.plan_cancellation_if_told(tx, &all.practice, id).await?;
            return Ok(MovedSession::NotMoved(self.clash(day, &timing, Conflicts::default(), choice)));
        }
        let (holds, outside) = (&all.holds, all.wish.outside);
        let taken = self.store().conflicts(tx, &all.practice, holds, &timing, None, outside, self.only).await?;
        let mut here = holds.clone();
        let over = match self.accept_override_for_day(&taken, &mut here, &timing, choice, all.wish.over.as_ref()) {
            OverrideOutcome::Free => None,
            OverrideOutcome::Accepted { reason } => Some(reason),
            OverrideOutcome::Refused => return Ok(MovedSession::NotMoved(self.clash(day, &timing, taken, None))),
        };
        let Some(before) = sessions::load(tx, id).await? else { return Ok(MovedSession::Gone) };
        all.store_session(tx, id, day, &timing, over).await?;
        self.store().occupy(tx, id, &here, &timing).await?;
        let (from, to) = (Some(before.timing.starts_at), Some(timing.starts_at));
        let reason = reason_with_override(reason, over);
        sessions::record_change(self.store(), tx, id, self.me(), "moved", &reason, from, to).await?;
        if all.clinician != before.clinician {
            self.record_handover(tx, &before, all.clinician).await?;
        }
        owed::plan_session(self.store(), tx, &all.practice, id, occasion).await?;
        Ok(MovedSession::Moved(choice.map(|_| self.clash(day, &timing, taken, choice))))
    }

    /// Ends a series: no more sessions are made of it, and its last day is
    /// before `from`.
    async fn end_series(&self, tx: &mut Tx, row: &Row, from: NaiveDate) -> Result<()> {
        run!(
            tx,
            "UPDATE series SET ended_at = COALESCE(ended_at, $1), until_on = $2, times = NULL WHERE id = $3",
            self.now(),
            from - Duration::days(1),
            row.id
        )?;
        Ok(())
    }

    /// Cancels a session that is cancelled together with others, without an
    /// email of its own: its planned emails are not sent.
    async fn cancel_silently(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        id: SessionId,
        state: SessionState,
        reason: &str,
    ) -> Result<()> {
        let Some(session) = sessions::load(tx, id).await? else { return Ok(()) };
        run!(tx, "UPDATE session SET state = $1, version = version + 1 WHERE id = $2", state.word(), id.0)?;
        run!(tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        self.store().suggest_fee(tx, practice, id, state, &[]).await?;
        let at = session.timing.starts_at;
        sessions::record_change(self.store(), tx, id, self.me(), state.word(), reason, Some(at), None).await?;
        run!(
            tx,
            "UPDATE email SET state = 'superseded', reason = CASE WHEN may_have_arrived THEN $3 ELSE $2 END
             WHERE session_id = $1 AND state = 'planned'",
            id.0,
            SkipReason::SessionChanged.word(),
            SkipReason::MayHaveArrived.word()
        )?;
        Ok(())
    }

    /// Plans an email about a session's cancellation for those who got an email
    /// about this very session, and with it an entry in their calendar.
    async fn plan_cancellation_if_told(&self, tx: &mut Tx, practice: &Practice, id: SessionId) -> Result<()> {
        let notified = maybe!(
            tx,
            (Uuid,),
            concat!(
                "SELECT id FROM email
                 WHERE session_id = $1 AND (state IN ('sent', 'claimed') OR may_have_arrived) AND kind IN ",
                email_kinds!(tells_time),
                " LIMIT 1"
            ),
            id.0
        )?;
        match notified {
            Some(_) => owed::plan_session(self.store(), tx, practice, id, Occasion::Cancelled).await,
            None => Ok(()),
        }
    }

    /// Cancels a session of a series and the others that the cancellation
    /// reaches. Returns how many were cancelled; `None`: the session does not
    /// exist, belongs to no series, or is not in the future.
    pub async fn cancel_series(
        &self,
        id: SessionId,
        reach: Reach,
        cancellation: &Cancellation,
    ) -> Result<Option<usize>> {
        let mut tx = self.store().write().await?;
        let Some(session) = self.find(&mut tx, id).await? else { return Ok(None) };
        let Some((row, ahead)) = self.reached_sessions(&mut tx, &session, reach).await? else { return Ok(None) };
        let Some(first) = ahead.first() else { return Ok(None) };
        let practice = practice_set_up(&mut tx).await?;
        for one in &ahead {
            let Some(session) = sessions::load(&mut tx, SessionId(one.id)).await? else { continue };
            let state = cancellation.state(is_late(session.timing.starts_at, self.now(), practice.notice_hours));
            self.cancel_silently(&mut tx, &practice, SessionId(one.id), state, &cancellation.reason).await?;
        }
        // One email for all of them, and one more for each session that had an
        // email of its own.
        owed::plan_session(self.store(), &mut tx, &practice, SessionId(first.id), Occasion::Cancelled).await?;
        for one in ahead.iter().skip(1) {
            self.plan_cancellation_if_told(&mut tx, &practice, SessionId(one.id)).await?;
        }
        self.end_series(&mut tx, &row, first.series_on).await?;
        nudges::replan_before_session(self.store(), &mut tx, session.client).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Cancelled, AuditThing::Series).id(row.id).client(session.client.0),
            )
            .await?;
        tx.commit().await?;
        Ok(Some(ahead.len()))
    }
}
