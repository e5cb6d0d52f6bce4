//! Carrying out requests with the front desk's own functions, and the emails
//! about their outcome.

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    outbox::reminder::{EmailKind, Occasion},
    scheduling::{
        outside::OutsideReason,
        request::{RequestKind, RequestState},
        session::{Cancellation, CancelledBy, NewSession, Place, SessionKind},
    },
};
use uuid::Uuid;

use super::{RequestOutcome, Row};
use crate::{
    Bookings, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    exercises::nudges,
    outbox::owed::{self, About, OnConflict, Owed, To},
    practice::settings::practice_set_up,
    scheduling::sessions::{Booked, BookingCheck, BookingHolds, MoveTarget, SessionToStore},
};

/// A joint session that becomes a session with one partner alone.
struct Alone {
    session: SessionId,
    person: PersonId,
    /// The version of the session that this was agreed for.
    version: Option<i64>,
    /// The request that asked for it. `None`: the practice decided it.
    request: Option<Uuid>,
    key: Uuid,
}

/// The outcome of meeting one partner alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookedAlone {
    /// The joint session is cancelled, and this one is booked in its place.
    Done(SessionId),
    /// There is a conflict, or the joint session can no longer be replaced.
    /// Nothing was changed.
    Refused,
    /// The joint session does not exist, or is not of this scope.
    Unknown,
}

/// Who has agreed to the time of a request, in case it is unusual.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meant {
    /// Those who attend, each by their own clock.
    ByPartners,
    /// The practice. `outside`: it was asked about an unusual time.
    ByPractice { outside: bool },
}

impl Meant {
    /// Whether these reasons are no obstacle: there are some, and all of them
    /// were agreed to. Partners agree to a night; the hours are the practice's.
    fn covers(self, reasons: &[OutsideReason]) -> bool {
        !reasons.is_empty()
            && match self {
                Self::ByPartners => reasons.iter().all(OutsideReason::is_night),
                Self::ByPractice { outside } => outside,
            }
    }
}

impl Bookings {
    /// Meets one partner alone: cancels the joint session and books one for
    /// this person at the same time.
    pub async fn book_alone(&self, session: SessionId, person: PersonId) -> Result<BookedAlone> {
        let mut tx = self.store().read().await?;
        let Some(view) = self.find(&mut tx, session).await? else { return Ok(BookedAlone::Unknown) };
        drop(tx);
        let key = self.store().clock().id();
        let alone = Alone { session, person, version: Some(view.version), request: None, key };
        match self.store().try_make_alone(&self.without_undo(), &alone).await {
            Err(error) if error.is_overlap() => Ok(BookedAlone::Refused),
            result => Ok(result?.map_or(BookedAlone::Refused, BookedAlone::Done)),
        }
    }
}

impl Store {
    /// Stores the answer to an open request.
    pub(crate) async fn close_request(&self, tx: &mut Tx, id: Uuid, state: RequestState, by: AccountId) -> Result<()> {
        run!(
            tx,
            "UPDATE session_request SET state = $1, answered_by = $2, answered_at = $3
             WHERE id = $4 AND state IN ('partner', 'desk')",
            state.word(),
            by.0,
            self.now(),
            id
        )?;
        Ok(())
    }

    /// Why the time of a request is unusual; empty if it is not. A session that
    /// one partner attends alone keeps its time.
    pub(super) async fn request_reasons(&self, tx: &mut Tx, row: &Row) -> Result<Vec<OutsideReason>> {
        if row.kind == RequestKind::Alone {
            return Ok(vec![]);
        }
        let people = all!(
            tx,
            (Uuid,),
            "SELECT person_id FROM session_attendee WHERE session_id = $1
             UNION SELECT person_id FROM client_member WHERE client_id = $2 AND left_at IS NULL AND $1 IS NULL",
            row.session_id,
            row.client_id
        )?;
        let people: Vec<PersonId> = people.into_iter().map(|(id,)| PersonId(id)).collect();
        let practice = practice_set_up(tx).await?;
        let room = row.room_id.map(RoomId);
        let holds = self.holds(tx, AccountId(row.clinician_id), room, &people).await?;
        self.outside_reasons(tx, &practice, &holds, &row.timing()?).await
    }

    /// Carries out a request that was agreed to, and marks it as done. Called
    /// again after a crash between the two, it finds the request carried out.
    pub(crate) async fn carry_out(&self, by: &Bookings, id: Uuid, meant: Meant) -> Result<RequestOutcome> {
        let mut tx = self.read().await?;
        let row = maybe!(&mut tx, Row, requests!("WHERE q.id = $1 AND q.state = 'desk'"), id)?;
        let Some(row) = row else { return Ok(RequestOutcome::Gone) };
        let outside = meant.covers(&self.request_reasons(&mut tx, &row).await?);
        drop(tx);
        let by = &by.without_undo();
        let timing = row.timing()?;
        let booked = match (row.kind, row.session_id) {
            (RequestKind::Move, Some(session)) => {
                let (place, version) = (row.place(), row.session_version);
                let goal =
                    MoveTarget { reason: "From the portal", version, outside, ..MoveTarget::to(&timing, &place) };
                by.move_session(SessionId(session), &goal).await?
            }
            (RequestKind::Book, _) => {
                let new = NewSession {
                    client: ClientId(row.client_id),
                    attendee: None,
                    clinician: AccountId(row.clinician_id),
                    kind: SessionKind::Regular,
                    place: row.place(),
                    starts: row.starts,
                    fold: None,
                    minutes: row.minutes,
                    outside,
                    over: None,
                    // The same request carried out twice makes one booking.
                    key: row.id,
                };
                by.book(&new, &timing).await?
            }
            (RequestKind::Alone, Some(session)) => {
                return self.carry_out_alone(by, &row, SessionId(session)).await;
            }
            (_, None) => return Ok(RequestOutcome::Gone),
        };
        let state = if matches!(booked, Booked::Done(_)) { RequestState::Done } else { RequestState::Declined };
        let mut tx = self.write().await?;
        self.close_request(&mut tx, id, state, by.me()).await?;
        if state == RequestState::Declined {
            self.notify_asker(&mut tx, id, ClientId(row.client_id), PersonId(row.person_id)).await?;
        }
        tx.commit().await?;
        Ok(match booked {
            Booked::Done(session) => RequestOutcome::Done(session),
            Booked::Taken(_) | Booked::Invalid(..) => RequestOutcome::Gone,
        })
    }

    /// Carries out a request to come alone; declines it if that is not
    /// possible.
    async fn carry_out_alone(&self, by: &Bookings, row: &Row, id: SessionId) -> Result<RequestOutcome> {
        let alone = Alone {
            session: id,
            person: PersonId(row.person_id),
            version: row.session_version,
            request: Some(row.id),
            // The same request carried out twice makes one booking.
            key: row.id,
        };
        match self.try_make_alone(by, &alone).await {
            Err(error) if error.is_overlap() => {}
            Ok(None) => {}
            result => return Ok(result?.map_or(RequestOutcome::Gone, RequestOutcome::Done)),
        }
        let mut tx = self.write().await?;
        self.close_request(&mut tx, row.id, RequestState::Declined, by.me()).await?;
        self.notify_asker(&mut tx, row.id, ClientId(row.client_id), PersonId(row.person_id)).await?;
        tx.commit().await?;
        Ok(RequestOutcome::Gone)
    }

    /// Cancels the joint session and books the same time for one partner: both,
    /// or neither. `None`: there is a conflict, and nothing was changed.
    async fn try_make_alone(&self, by: &Bookings, alone: &Alone) -> Result<Option<SessionId>> {
        let mut tx = self.write_occupancies(false).await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", alone.session.0)?;
        let Some(session) = by.find(&mut tx, alone.session).await?.filter(|s| s.state.is_ahead()) else {
            return Ok(None);
        };
        let comes = session.attendees.len() > 1 && session.attendees.iter().any(|a| a.person == alone.person);
        if Some(session.version) != alone.version || session.timing.starts_at <= self.now() || !comes {
            return Ok(None);
        }
        let practice = by.practice_in_scope(&mut tx).await?;
        let new = NewSession {
            client: session.client,
            attendee: Some(alone.person),
            clinician: session.clinician,
            kind: session.kind,
            place: session.room.as_ref().map_or_else(|| Place::Link(session.link.clone()), |r| Place::Room(r.id)),
            starts: session.timing.starts,
            fold: None,
            minutes: session.timing.minutes,
            outside: true,
            over: None,
            key: alone.key,
        };
        let BookingCheck::Fits(BookingHolds { people, room, link, holds }) =
            by.booking_holds(&mut tx, &practice, &new).await?
        else {
            return Ok(None);
        };
        if !self
            .conflicts(&mut tx, &practice, &holds, &session.timing, Some(alone.session), true, None)
            .await?
            .is_free()
        {
            return Ok(None);
        }
        let cancellation = Cancellation { by: CancelledBy::Practice, reason: "One of them comes alone".to_owned() };
        by.cancel_in(&mut tx, &practice, &session, &cancellation).await?;
        let fresh = SessionToStore {
            client: new.client,
            clinician: new.clinician,
            room,
            link: &link,
            kind: new.kind,
            people: &people,
            by: by.me(),
            outside: true,
            over: None,
        };
        let booked = self
            .put_session(&mut tx, &practice, &fresh, &holds, &session.timing, new.key, None, Occasion::Booked)
            .await?;
        nudges::replan_before_session(self, &mut tx, new.client).await?;
        self.record(
            &mut tx,
            Act::by(by.me(), AuditAction::Booked, AuditThing::Session).id(booked.0).client(new.client.0),
        )
        .await?;
        if let Some(request) = alone.request {
            self.close_request(&mut tx, request, RequestState::Done, by.me()).await?;
        }
        tx.commit().await?;
        Ok(Some(booked))
    }

    /// Plans an email to the other partner, due when they may know of the
    /// request: something in the portal needs their answer.
    pub(crate) async fn notify_other_partner(
        &self,
        tx: &mut Tx,
        id: Uuid,
        client: ClientId,
        asker: PersonId,
        due_at: DateTime<Utc>,
    ) -> Result<()> {
        let others = all!(
            tx,
            (Uuid,),
            "SELECT person_id FROM client_member WHERE client_id = $1 AND left_at IS NULL AND person_id <> $2",
            client.0,
            asker.0
        )?;
        for (person,) in others {
            self.plan_request_email(tx, id, client, PersonId(person), "asked", due_at).await?;
        }
        Ok(())
    }

    /// Plans an email to the person who asked: their request was declined.
    pub(crate) async fn notify_asker(&self, tx: &mut Tx, id: Uuid, client: ClientId, asker: PersonId) -> Result<()> {
        self.plan_request_email(tx, id, client, asker, "answered", self.now()).await
    }

    /// Plans an email about a request, at most one a day for each client,
    /// purpose and person: repeated requests do not fill a mailbox.
    async fn plan_request_email(
        &self,
        tx: &mut Tx,
        id: Uuid,
        client: ClientId,
        person: PersonId,
        what: &str,
        due_at: DateTime<Utc>,
    ) -> Result<()> {
        let owed = Owed {
            about: About::Request(id),
            to: To::Person(person),
            kind: EmailKind::Request,
            key: format!("request:{client}:{what}:{person}:{}", self.now().date_naive()),
            due_at,
            not_after: due_at + Duration::days(7),
            skip: None,
            on_conflict: OnConflict::Renew,
        };
        owed::owe(self, tx, owed).await
    }
}
