//! What was agreed to is done, through the desk's own doors, and those who
//! wait for a word are owed one.

use chrono::Duration;
use domain::{
    ids::{AccountId, ClientId, PersonId, SessionId},
    reminder::{MessageKind, Occasion},
    request::{RequestKind, RequestState},
    session::{Cancellation, CancelledBy, NewSession, Place, SessionKind},
};
use uuid::Uuid;

use super::{Asked, Row};
use crate::{
    Bookings, Result, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
    sessions::{Booked, Goal, Held, New},
};

/// Who is met alone, instead of both.
struct Alone {
    session: SessionId,
    person: PersonId,
    /// The session is still this one.
    version: Option<i64>,
    /// What asked for it.
    request: Option<Uuid>,
    key: Uuid,
}

impl Bookings {
    /// Meets one of the two alone: the joint session is cancelled, and one for
    /// this person stands in its place. `None`: there is no such session;
    /// `None` inside: something is in the way, and nothing was done.
    pub async fn meet_alone(&self, session: SessionId, person: PersonId) -> Result<Option<Option<SessionId>>> {
        let mut tx = self.store().read().await?;
        let Some(view) = self.find(&mut tx, session).await? else { return Ok(None) };
        drop(tx);
        let key = self.store().clock().id();
        let alone = Alone { session, person, version: Some(view.version), request: None, key };
        match self.store().try_make_alone(&self.as_promised(), &alone).await {
            Err(error) if error.is_overlap() => Ok(Some(None)),
            result => result.map(Some),
        }
    }
}

impl Store {
    pub(super) async fn settle(&self, tx: &mut Tx, id: Uuid, state: RequestState, by: AccountId) -> Result<()> {
        run!(
            tx,
            "UPDATE session_request SET state = $1, answered_by = $2, answered_at = $3 WHERE id = $4 AND state IN ('partner', 'desk')",
            state.word(),
            by.0,
            self.now(),
            id
        )?;
        Ok(())
    }

    /// Does what was agreed to, and notes that it is done. Called again after a
    /// crash between the two, it finds it done.
    pub(super) async fn carry_out(&self, by: &Bookings, id: Uuid) -> Result<Asked> {
        let mut tx = self.read().await?;
        let row = maybe!(&mut tx, Row, requests!("WHERE q.id = $1 AND q.state = 'desk'"), id)?;
        drop(tx);
        let Some(row) = row else { return Ok(Asked::Gone) };
        let by = &by.as_promised();
        let timing = row.timing()?;
        let booked = match (row.kind, row.session_id) {
            (RequestKind::Move, Some(session)) => {
                let (place, version) = (row.place(), row.session_version);
                let goal = Goal { reason: "From the portal", version, ..Goal::to(&timing, &place) };
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
                    outside: false,
                    over: None,
                    // The same request twice is one booking.
                    key: row.id,
                };
                by.book(&new, &timing).await?
            }
            (RequestKind::Alone, Some(session)) => {
                return self.make_alone(by, &row, SessionId(session)).await;
            }
            (_, None) => return Ok(Asked::Gone),
        };
        let state = if matches!(booked, Booked::Done(_)) { RequestState::Done } else { RequestState::Declined };
        let mut tx = self.write().await?;
        self.settle(&mut tx, id, state, by.me()).await?;
        if state == RequestState::Declined {
            self.tell_asker(&mut tx, id, ClientId(row.client_id), PersonId(row.person_id)).await?;
        }
        tx.commit().await?;
        Ok(match booked {
            Booked::Done(session) => Asked::Done(session),
            Booked::Taken(_) | Booked::Unfit(..) => Asked::Gone,
        })
    }

    async fn make_alone(&self, by: &Bookings, row: &Row, id: SessionId) -> Result<Asked> {
        let alone = Alone {
            session: id,
            person: PersonId(row.person_id),
            version: row.session_version,
            request: Some(row.id),
            // The same request twice is one booking.
            key: row.id,
        };
        match self.try_make_alone(by, &alone).await {
            Err(error) if error.is_overlap() => {}
            Ok(None) => {}
            result => return Ok(result?.map_or(Asked::Gone, Asked::Done)),
        }
        let mut tx = self.write().await?;
        self.settle(&mut tx, row.id, RequestState::Declined, by.me()).await?;
        self.tell_asker(&mut tx, row.id, ClientId(row.client_id), PersonId(row.person_id)).await?;
        tx.commit().await?;
        Ok(Asked::Gone)
    }

    /// Cancels the joint session and books the same time for one of them: both,
    /// or neither. `None`: something is in the way, and nothing was done.
    async fn try_make_alone(&self, by: &Bookings, alone: &Alone) -> Result<Option<SessionId>> {
        let mut tx = self.write_holds(false).await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", alone.session.0)?;
        let Some(session) = by.find(&mut tx, alone.session).await?.filter(|s| s.state.is_ahead()) else {
            return Ok(None);
        };
        let comes = session.attendees.len() > 1 && session.attendees.iter().any(|a| a.person == alone.person);
        if Some(session.version) != alone.version || session.timing.starts_at <= self.now() || !comes {
            return Ok(None);
        }
        let practice = by.practice_here(&mut tx).await?;
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
        let Ok(Held { people, room, link, holds }) = by.holds_of(&mut tx, &practice, &new).await? else {
            return Ok(None);
        };
        if !self.taken(&mut tx, &practice, &holds, &session.timing, Some(alone.session), true).await?.is_free() {
            return Ok(None);
        }
        let cancellation = Cancellation { by: CancelledBy::Practice, reason: "One of them comes alone".to_owned() };
        by.cancel_in(&mut tx, &practice, &session, &cancellation).await?;
        let fresh = New {
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
        self.replan_before_session(&mut tx, new.client).await?;
        self.audit(&mut tx, Act::new(by.me(), "booked", "session", booked.0, new.client.0)).await?;
        if let Some(request) = alone.request {
            self.settle(&mut tx, request, RequestState::Done, by.me()).await?;
        }
        tx.commit().await?;
        Ok(Some(booked))
    }

    /// Owes the other partner a word that something waits for their yes.
    pub(super) async fn tell_of_request(&self, tx: &mut Tx, id: Uuid, client: ClientId, asker: PersonId) -> Result<()> {
        let others = all!(
            tx,
            (Uuid,),
            "SELECT person_id FROM client_member WHERE client_id = $1 AND left_at IS NULL AND person_id <> $2",
            client.0,
            asker.0
        )?;
        for (person,) in others {
            self.owe_word(tx, id, client, PersonId(person), "asked").await?;
        }
        Ok(())
    }

    /// Owes who asked a word that it was answered with no.
    pub(super) async fn tell_asker(&self, tx: &mut Tx, id: Uuid, client: ClientId, asker: PersonId) -> Result<()> {
        self.owe_word(tx, id, client, asker, "answered").await
    }

    /// Once a day at most: whoever asks again and again fills nobody's mailbox.
    async fn owe_word(&self, tx: &mut Tx, id: Uuid, client: ClientId, person: PersonId, what: &str) -> Result<()> {
        let now = self.now();
        run!(
            tx,
            "INSERT INTO message (id, dedupe, kind, person_id, request_id, due_at, not_after, state, attempts, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', 0, $6)
             ON CONFLICT (dedupe) DO UPDATE SET request_id = excluded.request_id, state = 'planned', due_at = excluded.due_at, reason = NULL
             WHERE message.state IN ('planned', 'skipped') AND message.attempts = 0",
            self.clock().id(),
            format!("request:{client}:{what}:{person}:{}", now.date_naive()),
            MessageKind::Request.word(),
            person.0,
            id,
            now,
            now + Duration::days(7)
        )?;
        Ok(())
    }
}
