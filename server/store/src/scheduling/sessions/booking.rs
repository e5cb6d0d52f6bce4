//! Booking a session: a check with a friendly answer first, and the database
//! constraint behind it.

use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    outbox::reminder::{Occasion, Recipient},
    practice::{hours::Buffers, settings::Practice},
    scheduling::session::{NewSession, Place, Timing},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Booked, BookingCheck, BookingHolds, FieldError, SessionToStore, room_of};
use crate::{
    Bookings, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{PersonRow, person_columns},
    database::{all, maybe},
    exercises::nudges,
    practice::settings::practice_set_up,
    scheduling::{
        holds::{Conflicts, Hold, occupancies_of},
        openings::{Participant, participants},
    },
};

/// The next free times for a booking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FreeTimes {
    pub times: Vec<DateTime<Utc>>,
    /// Whether they suit the people who have said which times do.
    pub suit: bool,
    /// The names of the people who have said which times suit them.
    pub asked: Vec<String>,
}

/// The error for a therapist who cannot be chosen.
pub(crate) const NO_THERAPIST: FieldError = FieldError::new("clinician", "Choose a therapist.");
/// The error for a client who cannot be booked.
const NOT_BOOKABLE: FieldError = FieldError::new("client", "This client can’t be booked.");

/// Whether a booking may be made although its time may be taken.
pub(crate) enum OverrideOutcome<'a> {
    /// There is no conflict, and so no override.
    Free,
    /// The booking may be made over the conflict, for this reason. The
    /// occupancies in conflict are marked.
    Accepted { reason: &'a str },
    /// There is a conflict over which it may not be booked.
    Refused,
}

impl Bookings {
    /// The people who may be booked for a client in this scope. `None`: the
    /// client cannot be booked here.
    pub(crate) async fn bookable(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        client: ClientId,
    ) -> Result<Option<Vec<PersonId>>> {
        if !self.is_client_in_scope(tx, practice, client).await? {
            return Ok(None);
        }
        let people = all!(
            tx,
            (Option<Uuid>,),
            "SELECT m.person_id FROM client c LEFT JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
             WHERE c.id = $1 AND c.archived_at IS NULL ORDER BY m.seat",
            client.0
        )?;
        if people.is_empty() {
            return Ok(None);
        }
        Ok(Some(people.into_iter().filter_map(|(id,)| id.map(PersonId)).collect()))
    }

    /// Whether a client belongs to this scope.
    async fn is_client_in_scope(&self, tx: &mut Tx, practice: &Practice, client: ClientId) -> Result<bool> {
        let Some(me) = self.only else { return Ok(true) };
        let mine = maybe!(
            tx,
            (Uuid,),
            crate::clients::client::in_care!("SELECT c.id FROM client c", "AND c.id = $3 AND c.archived_at IS NULL"),
            me.0,
            zone::date_of(self.now(), &practice.zone),
            client.0
        )?;
        Ok(mine.is_some())
    }

    /// Books a session. `timing` is what the wished wall time means.
    pub async fn book(&self, new: &NewSession, timing: &Timing) -> Result<Booked> {
        let result = self.try_book(new, timing).await;
        if let Ok(Booked::Done(_)) = result {
            return result;
        }
        let mut tx = self.store().read().await?;
        // The same form was sent twice: the conflict is its own session.
        if let Some(id) = self.booked_with_key(&mut tx, new.key).await? {
            return Ok(Booked::Done(id));
        }
        match result {
            Err(error) if error.is_overlap() => {
                let practice = practice_set_up(&mut tx).await?;
                let Some(people) = self.bookable(&mut tx, &practice, new.client).await? else {
                    return Ok(Booked::Invalid(NOT_BOOKABLE));
                };
                let people = new.attendee.map_or(people, |p| vec![p]);
                let room = room_of(&new.place);
                let holds = self.store().holds(&mut tx, new.clinician, room, &people).await?;
                Ok(Booked::Taken(
                    self.store().conflicts(&mut tx, &practice, &holds, timing, None, new.outside, self.only).await?,
                ))
            }
            Err(error) if error.is_unique() => {
                Ok(Booked::Invalid(FieldError::new("", "This form was used before. Open a new one.")))
            }
            result => result,
        }
    }

    /// The session of this scope that was booked with this form key, if there
    /// is one.
    pub(crate) async fn booked_with_key(&self, tx: &mut Tx, key: Uuid) -> Result<Option<SessionId>> {
        let row = maybe!(
            tx,
            (Uuid,),
            "SELECT id FROM session WHERE booking_key = $1 AND clinician_id = COALESCE($2, clinician_id)",
            key,
            self.only.map(|a| a.0)
        )?;
        Ok(row.map(|(id,)| SessionId(id)))
    }

    async fn try_book(&self, new: &NewSession, timing: &Timing) -> Result<Booked> {
        let mut tx = self.store().write_occupancies(new.over.is_some()).await?;
        let practice = practice_set_up(&mut tx).await?;
        let BookingHolds { people, room, link, mut holds } = match self.booking_holds(&mut tx, &practice, new).await? {
            BookingCheck::Fits(held) => held,
            BookingCheck::Invalid(error) => return Ok(Booked::Invalid(error)),
        };
        let taken = self.store().conflicts(&mut tx, &practice, &holds, timing, None, new.outside, self.only).await?;
        let over = match self.accept_override(&taken, &mut holds, taken.reason(new.over.as_ref())) {
            OverrideOutcome::Free => None,
            OverrideOutcome::Accepted { reason } => Some(reason),
            OverrideOutcome::Refused => return Ok(Booked::Taken(taken)),
        };
        let fresh = SessionToStore {
            client: new.client,
            clinician: new.clinician,
            room,
            link: &link,
            kind: new.kind,
            people: &people,
            by: self.me(),
            outside: new.outside,
            over,
        };
        let id = self
            .store()
            .put_session(&mut tx, &practice, &fresh, &holds, timing, new.key, None, Occasion::Booked)
            .await?;
        nudges::replan_before_session(self.store(), &mut tx, new.client).await?;
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::Booked, AuditThing::Session).id(id.0).client(new.client.0))
            .await?;
        tx.commit().await?;
        Ok(Booked::Done(id))
    }

    /// Checks whether a booking may be made over a conflict, and marks the
    /// `holds` in conflict if it may.
    pub(crate) fn accept_override<'a>(
        &self,
        taken: &Conflicts,
        holds: &mut [Hold],
        reason: Option<&'a str>,
    ) -> OverrideOutcome<'a> {
        if taken.is_free() {
            return OverrideOutcome::Free;
        }
        let Some(reason) = reason.filter(|reason| !reason.is_empty() && self.may_override(taken)) else {
            return OverrideOutcome::Refused;
        };
        for hold in holds.iter_mut().filter(|hold| taken.shown.iter().any(|w| w.held == hold.id)) {
            hold.over = true;
        }
        OverrideOutcome::Accepted { reason }
    }

    /// Whether this scope may book over a conflict: the front desk over
    /// anything; a therapist only over their own sessions, never over a
    /// colleague's room or client.
    pub(crate) fn may_override(&self, taken: &Conflicts) -> bool {
        !taken.shown.is_empty()
            && !taken.hidden
            && !taken.outside
            && self.only.is_none_or(|me| taken.shown.iter().all(|w| w.held == me.0))
    }

    /// The buffers of a therapist whom this scope may book. `None`: it may not,
    /// or there is no such therapist.
    pub(crate) async fn buffers_of(&self, tx: &mut Tx, clinician: AccountId) -> Result<Option<Buffers>> {
        if self.only.is_some_and(|only| only != clinician) {
            return Ok(None);
        }
        let buffers = maybe!(
            tx,
            (i64, i64),
            "SELECT a.buffer_before, a.buffer_after
             FROM account a JOIN account_role r ON r.account_id = a.id AND r.role = 'clinician'
             WHERE a.id = $1 AND a.disabled_at IS NULL",
            clinician.0
        )?;
        Ok(buffers.map(|(before, after)| Buffers { before, after }))
    }

    /// Checks what a booking names and finds the occupancies that it would have.
    pub(crate) async fn booking_holds(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        new: &NewSession,
    ) -> Result<BookingCheck> {
        #[derive(FromRow)]
        struct Row {
            #[sqlx(flatten)]
            person: PersonRow,
            before: Option<i64>,
            after: Option<i64>,
            room: Option<Uuid>,
        }
        if self.only.is_some_and(|only| only != new.clinician) {
            return Ok(BookingCheck::Invalid(NO_THERAPIST));
        }
        if !self.is_client_in_scope(tx, practice, new.client).await? {
            return Ok(BookingCheck::Invalid(NOT_BOOKABLE));
        }
        let rows = all!(
            tx,
            Row,
            concat!(
                "SELECT t.buffer_before AS before, t.buffer_after AS after, r.id AS room, ",
                person_columns!(),
                " FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
                   JOIN person p ON p.id = m.person_id
                  LEFT JOIN account t ON t.id = $2 AND t.disabled_at IS NULL
                    AND EXISTS (SELECT 1 FROM account_role WHERE account_id = t.id AND role = 'clinician')
                  LEFT JOIN room r ON r.id = $3 AND r.archived_at IS NULL
                  WHERE c.id = $1 AND c.archived_at IS NULL ORDER BY m.seat"
            ),
            new.client.0,
            new.clinician.0,
            room_of(&new.place).map(|room| room.0)
        )?;
        let Some(first) = rows.first() else {
            let none = self.bookable(tx, practice, new.client).await?.is_none();
            let nobody = FieldError::new("attendee", "Add a person to this client first.");
            return Ok(BookingCheck::Invalid(if none { NOT_BOOKABLE } else { nobody }));
        };
        let Some((before, after)) = first.before.zip(first.after) else {
            return Ok(BookingCheck::Invalid(NO_THERAPIST));
        };
        let room = first.room.map(RoomId);
        let mut people: Vec<Recipient> = rows.iter().map(|row| row.person.recipient()).collect();
        people.retain(|p| new.attendee.is_none_or(|one| one == p.person));
        if people.is_empty() {
            return Ok(BookingCheck::Invalid(FieldError::new("attendee", "Choose who attends.")));
        }
        let link = match &new.place {
            Place::Link(link) => link.clone(),
            Place::Room(_) if room.is_none() => {
                return Ok(BookingCheck::Invalid(FieldError::new("place", "Choose a room, or online.")));
            }
            Place::Room(_) => String::new(),
        };
        let ids: Vec<PersonId> = people.iter().map(|p| p.person).collect();
        let holds = occupancies_of(new.clinician, Buffers { before, after }, room, &ids);
        Ok(BookingCheck::Fits(BookingHolds { people, room, link, holds }))
    }

    /// The room and the link of a place. Both are empty if the room is not in
    /// use.
    pub(crate) async fn room_and_link(&self, tx: &mut Tx, place: &Place) -> Result<(Option<RoomId>, String)> {
        Ok(match place {
            Place::Link(link) => (None, link.clone()),
            Place::Room(room) => {
                let found = maybe!(tx, (Uuid,), "SELECT id FROM room WHERE id = $1 AND archived_at IS NULL", room.0)?;
                (found.map(|(id,)| RoomId(id)), String::new())
            }
        })
    }

    /// The next times at which this therapist, this room and these people are
    /// all free: those that suit the people or, if none does, the others.
    #[expect(clippy::too_many_arguments, reason = "a wish has as many parts")]
    pub async fn free_times(
        &self,
        client: ClientId,
        attendee: Option<PersonId>,
        clinician: AccountId,
        room: Option<RoomId>,
        from: DateTime<Utc>,
        minutes: i64,
        most: usize,
    ) -> Result<FreeTimes> {
        if self.only.is_some_and(|only| only != clinician) {
            return Ok(FreeTimes::default());
        }
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        if !self.is_client_in_scope(&mut tx, &practice, client).await? {
            return Ok(FreeTimes::default());
        }
        let mut saying = participants(&mut tx, client).await?;
        saying.retain(|c| attendee.is_none_or(|one| one == c.person()));
        let people: Vec<PersonId> = saying.iter().map(Participant::person).collect();
        // Without people there is no free time.
        if people.is_empty() {
            return Ok(FreeTimes::default());
        }
        saying.retain(Participant::has_preferences);
        let holds = self.store().holds(&mut tx, clinician, room, &people).await?;
        let store = self.store();
        let mut found = FreeTimes {
            times: store.next_free_times(&mut tx, &practice, &holds, from, minutes, most, Uuid::nil(), &saying).await?,
            suit: true,
            asked: saying.iter().map(|c| c.name.clone()).collect(),
        };
        if found.times.is_empty() && !saying.is_empty() {
            found.suit = false;
            found.times =
                store.next_free_times(&mut tx, &practice, &holds, from, minutes, most, Uuid::nil(), &[]).await?;
        }
        Ok(found)
    }
}
