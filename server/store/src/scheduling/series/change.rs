//! Moving and cancelling several sessions of a series together.

use chrono::{Duration, NaiveDate, NaiveDateTime};
use domain::{
    ids::{PersonId, SessionId},
    outbox::reminder::{Occasion, SkipReason},
    practice::settings::Practice,
    scheduling::{
        series::{End, Reach, Recurrence},
        session::{Cancellation, Move, Place, SessionState, When, is_late},
    },
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Choice, Choices, Row, SeriesBooked, TRIES, load, lock_holds, timing};
use crate::{
    Bookings, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    exercises::nudges,
    outbox::owed::{self, email_kinds},
    practice::settings::practice_set_up,
    scheduling::{
        holds::Conflicts,
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
        let Move { when: When { starts, minutes, fold }, place, reason, outside, over, .. } = wish;
        let (starts, minutes, outside) = (*starts, *minutes, *outside);
        let mut tx = self.store().write_occupancies(over.is_some()).await?;
        let Some(session) = self.find(&mut tx, id).await? else {
            return Ok(SeriesBooked::Invalid(FieldError::new("", "This session no longer exists.")));
        };
        let Some((row, ahead)) = self.reached_sessions(&mut tx, &session, reach).await? else {
            return Ok(SeriesBooked::Invalid(FieldError::new("reach", "This session is not part of a series.")));
        };
        let Some((_, on)) = session.series else {
            return Ok(SeriesBooked::Invalid(FieldError::new("", "This session no longer exists.")));
        };
        if !ahead.iter().any(|a| a.id == id.0) {
            return Ok(SeriesBooked::Invalid(FieldError::new("", "This session can’t be rescheduled any more.")));
        }
        let (room, link) = self.room_and_link(&mut tx, place).await?;
        if matches!(place, Place::Room(_)) && room.is_none() {
            return Ok(SeriesBooked::Invalid(FieldError::new("place", "Choose a room, or online.")));
        }
        let by = starts.date() - on;
        let moving: Vec<&AheadSession> =
            ahead.iter().filter(|a| a.id == id.0 || a.starts == a.series_on.and_time(row.starts)).collect();
        // The new rule begins with the first session that belongs to it, moved
        // or not.
        let (first, last) = match (ahead.first(), ahead.last()) {
            (Some(first), Some(last)) => (first.series_on, last.series_on),
            _ => return Ok(SeriesBooked::Invalid(FieldError::new("", "This session can’t be rescheduled any more."))),
        };
        let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
        let clinician = wish.clinician.unwrap_or(session.clinician);
        let kind = wish.kind.unwrap_or(session.kind);
        if clinician != session.clinician && self.buffers_of(&mut tx, clinician).await?.is_none() {
            return Ok(SeriesBooked::Invalid(NO_THERAPIST));
        }
        let holds = self.store().holds(&mut tx, clinician, room, &people).await?;
        lock_holds(&mut tx, &holds).await?;
        let practice = practice_set_up(&mut tx).await?;
        let end = if row.rule().end == End::Never { End::Never } else { End::Until(last + by) };
        let rule = row.rule().starting_on(first + by, end);
        // If the rule keeps the weekday of the month, the days follow the new
        // rule.
        let dates: Vec<NaiveDate> =
            rule.starting_on(rule.first, End::Until(last + by + Duration::days(21))).dates().collect();
        let day_of = |on: NaiveDate| {
            let wished = on + by;
            dates.iter().copied().min_by_key(|d| (*d - wished).num_days().abs()).unwrap_or(wished)
        };
        // The reach of the series moves too, so that no day is made twice or
        // left out.
        let made_until = match rule.recurrence {
            Recurrence::Weeks(_) => row.made_until + by,
            Recurrence::MonthlyByWeekday => day_of(last),
        };
        let new = SessionToStore {
            client: session.client,
            clinician,
            room,
            link: &link,
            kind,
            // The people stay with their sessions.
            people: &[],
            by: self.me(),
            outside,
            over: None,
        };
        let person = row.person_id.map(PersonId);
        let series = self
            .store()
            .put_series(&mut tx, &new, person, starts.time(), &row.zone, minutes, &rule, made_until, Some(row.root_id))
            .await?;
        for one in &moving {
            run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", one.id)?;
            run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", one.id)?;
        }
        let mut clashes = Vec::new();
        let mut notified = false;
        for one in &moving {
            let day = day_of(one.series_on);
            let choice = choices.get(&day).copied();
            let timing = match choice {
                Some(Choice::OtherTime(at)) => timing_at(at, &row.zone, minutes)?,
                Some(Choice::LeaveOut | Choice::Override(_)) | None => {
                    timing(day.and_time(starts.time()), &row.zone, minutes, fold.filter(|_| one.id == id.0))?
                }
            };
            if choice == Some(Choice::LeaveOut) {
                self.cancel_silently(&mut tx, &practice, SessionId(one.id), SessionState::Cancelled, reason).await?;
                self.store().note_gap(&mut tx, series, day, "left_out").await?;
                self.plan_cancellation_if_told(&mut tx, &practice, SessionId(one.id)).await?;
                clashes.push(self.clash(day, &timing, Conflicts::default(), choice));
                continue;
            }
            let taken = self.store().conflicts(&mut tx, &practice, &holds, &timing, None, outside, self.only).await?;
            let mut here = holds.clone();
            let over = match self.accept_override_for_day(&taken, &mut here, &timing, choice, over.as_ref()) {
                OverrideOutcome::Free => None,
                OverrideOutcome::Accepted { reason } => Some(reason),
                OverrideOutcome::Refused => {
                    clashes.push(self.clash(day, &timing, taken, None));
                    continue;
                }
            };
            if choice.is_some() {
                clashes.push(self.clash(day, &timing, taken, choice));
            }
            let Some(before) = sessions::load(&mut tx, SessionId(one.id)).await? else { continue };
            run!(
                &mut tx,
                "UPDATE session SET room_id = $1, link = $2, starts = $3, zone = $4, minutes = $5, starts_at = $6,
                        ends_at = $7, zone_version = $8, state = 'booked', version = version + 1, series_id = $9,
                        series_on = $10, outside = $12, override_reason = $15,
                        clinician_id = $13, kind = $14 WHERE id = $11",
                room.map(|r| r.0),
                &link,
                timing.starts,
                timing.zone.name(),
                timing.minutes,
                timing.starts_at,
                timing.ends_at,
                &zone::database().version,
                series,
                day,
                one.id,
                outside,
                clinician.0,
                kind.word(),
                over
            )?;
            let id = SessionId(one.id);
            self.store().occupy(&mut tx, id, &here, &timing).await?;
            let (from, to) = (before.timing.starts_at, timing.starts_at);
            sessions::record_change(
                self.store(),
                &mut tx,
                id,
                self.me(),
                "moved",
                &reason_with_override(reason, over),
                Some(from),
                Some(to),
            )
            .await?;
            if clinician != before.clinician {
                self.record_handover(&mut tx, &before, clinician).await?;
            }
            let occasion = if notified { Occasion::Settings } else { Occasion::Moved };
            owed::plan_session(self.store(), &mut tx, &practice, id, occasion).await?;
            notified = true;
        }
        if clashes.iter().any(|clash| clash.settled.is_none()) {
            return Ok(SeriesBooked::Taken(clashes));
        }
        // Sessions that were moved by hand belong to the new series, too.
        for one in ahead.iter().filter(|a| !moving.iter().any(|m| m.id == a.id)) {
            run!(
                &mut tx,
                "UPDATE session SET series_id = $1, series_on = $2 WHERE id = $3",
                series,
                day_of(one.series_on),
                one.id
            )?;
        }
        self.end_series(&mut tx, &row, first).await?;
        nudges::replan_before_session(self.store(), &mut tx, session.client).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Moved, AuditThing::Series).id(series).client(session.client.0),
            )
            .await?;
        tx.commit().await?;
        Ok(SeriesBooked::Done(id))
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
