//! Booking: a friendly answer first, and the constraint behind it.

use chrono::{DateTime, Utc};
use domain::{
    availability::Buffers,
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    practice::Practice,
    reminder::{Occasion, Recipient},
    session::{NewSession, Place, Timing},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Booked, Held, New, room_of};
use crate::{
    Bookings, Result, Tx,
    audit::Act,
    clients::{PersonRow, person_columns},
    database::{all, maybe},
    holds::{Hold, Taken, held},
    practice::practice_set_up,
    slots::{Comer, comers},
};

/// The next free times for a wish.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FreeTimes {
    pub times: Vec<DateTime<Utc>>,
    /// Whether they suit those who have said which times do.
    pub suit: bool,
    /// Who has.
    pub asked: Vec<String>,
}

/// The field that does not fit, with a message.
pub(crate) const NO_THERAPIST: (&str, &str) = ("clinician", "Please choose a therapist.");

impl Bookings {
    /// Whether this client may be booked in this scope, and with whom.
    pub(crate) async fn bookable(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        client: ClientId,
    ) -> Result<Option<Vec<PersonId>>> {
        if !self.cares_for(tx, practice, client).await? {
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

    /// Whether a client is in this scope at all.
    async fn cares_for(&self, tx: &mut Tx, practice: &Practice, client: ClientId) -> Result<bool> {
        let Some(me) = self.only else { return Ok(true) };
        let mine = maybe!(
            tx,
            (Uuid,),
            crate::clients::in_care!("SELECT c.id FROM client c", "AND c.id = $3 AND c.archived_at IS NULL"),
            me.0,
            zone::today(self.now(), &practice.zone),
            client.0
        )?;
        Ok(mine.is_some())
    }

    /// Books a session. The timing has been derived from the wished wall time.
    pub async fn book(&self, new: &NewSession, timing: &Timing) -> Result<Booked> {
        let result = self.try_book(new, timing).await;
        if let Ok(Booked::Done(_)) = result {
            return result;
        }
        let mut tx = self.store().read().await?;
        // The same form, sent twice: what is in its way is itself.
        if let Some(id) = self.by_key(&mut tx, new.key).await? {
            return Ok(Booked::Done(id));
        }
        match result {
            Err(error) if error.is_overlap() => {
                let practice = practice_set_up(&mut tx).await?;
                let Some(people) = self.bookable(&mut tx, &practice, new.client).await? else {
                    return Ok(Booked::Unfit("client", "This client cannot be booked."));
                };
                let people = new.attendee.map_or(people, |p| vec![p]);
                let room = room_of(&new.place);
                let holds = self.store().holds(&mut tx, new.clinician, room, &people).await?;
                Ok(Booked::Taken(self.store().taken(&mut tx, &practice, &holds, timing, None, new.outside).await?))
            }
            Err(error) if error.is_unique() => {
                Ok(Booked::Unfit("", "Please open the booking form again: this one was used before."))
            }
            result => result,
        }
    }

    pub(crate) async fn by_key(&self, tx: &mut Tx, key: Uuid) -> Result<Option<SessionId>> {
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
        let mut tx = self.store().write_holds(new.over.is_some()).await?;
        let practice = practice_set_up(&mut tx).await?;
        let Held { people, room, link, mut holds } = match self.holds_of(&mut tx, &practice, new).await? {
            Ok(held) => held,
            Err((field, message)) => return Ok(Booked::Unfit(field, message)),
        };
        let taken = self.store().taken(&mut tx, &practice, &holds, timing, None, new.outside).await?;
        let Some(over) = self.laid_over(&taken, &mut holds, taken.reason(new.over.as_ref())) else {
            return Ok(Booked::Taken(taken));
        };
        let fresh = New {
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
        self.store().replan_before_session(&mut tx, new.client).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "booked",
                    thing: "session",
                    id: Some(id.0),
                    client: Some(new.client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Booked::Done(id))
    }

    /// The reason for which a wish stands over what is in its way, where
    /// anything is; what it stands over is marked. `None`: it may not.
    pub(crate) fn laid_over<'a>(
        &self,
        taken: &Taken,
        holds: &mut [Hold],
        reason: Option<&'a str>,
    ) -> Option<Option<&'a str>> {
        if taken.is_free() {
            return Some(None);
        }
        let reason = reason.filter(|reason| !reason.is_empty() && self.may_lie_over(taken))?;
        for hold in holds.iter_mut().filter(|hold| taken.what.iter().any(|w| w.held == hold.id)) {
            hold.over = true;
        }
        Some(Some(reason))
    }

    /// Whether what is in the way is something to book over: the front desk
    /// books over anything; a therapist over themselves, never over a
    /// colleague's room or client.
    pub(crate) fn may_lie_over(&self, taken: &Taken) -> bool {
        !taken.what.is_empty() && !taken.outside && self.only.is_none_or(|me| taken.what.iter().all(|w| w.held == me.0))
    }

    /// The buffers of a therapist whom this scope may book; `None`: it may not,
    /// or there is no such therapist.
    pub(crate) async fn buffers_of(&self, tx: &mut Tx, clinician: AccountId) -> Result<Option<Buffers>> {
        if self.only.is_some_and(|only| only != clinician) {
            return Ok(None);
        }
        let buffers = maybe!(
            tx,
            (i64, i64),
            "SELECT a.buffer_before, a.buffer_after FROM account a JOIN account_role r ON r.account_id = a.id AND r.role = 'clinician' WHERE a.id = $1 AND a.disabled_at IS NULL",
            clinician.0
        )?;
        Ok(buffers.map(|(before, after)| Buffers { before, after }))
    }

    /// Whom and what a wish would hold, or the field that does not fit, with a
    /// message.
    pub(crate) async fn holds_of(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        new: &NewSession,
    ) -> Result<Result<Held, (&'static str, &'static str)>> {
        #[derive(FromRow)]
        struct Row {
            #[sqlx(flatten)]
            person: PersonRow,
            before: Option<i64>,
            after: Option<i64>,
            room: Option<Uuid>,
        }
        const NOT_THEY: (&str, &str) = ("client", "This client cannot be booked.");
        if self.only.is_some_and(|only| only != new.clinician) {
            return Ok(Err(NO_THERAPIST));
        }
        if !self.cares_for(tx, practice, new.client).await? {
            return Ok(Err(NOT_THEY));
        }
        let rows = all!(
            tx,
            Row,
            concat!(
                "SELECT t.buffer_before AS before, t.buffer_after AS after, r.id AS room, ",
                person_columns!(),
                " FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN person p ON p.id = m.person_id
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
            return Ok(Err(if none { NOT_THEY } else { ("attendee", "Nobody belongs to this client yet.") }));
        };
        let Some((before, after)) = first.before.zip(first.after) else { return Ok(Err(NO_THERAPIST)) };
        let room = first.room.map(RoomId);
        let mut people: Vec<Recipient> = rows.iter().map(|row| row.person.recipient()).collect();
        people.retain(|p| new.attendee.is_none_or(|one| one == p.person));
        if people.is_empty() {
            return Ok(Err(("attendee", "Please choose who will come.")));
        }
        let link = match &new.place {
            Place::Link(link) => link.clone(),
            Place::Room(_) if room.is_none() => return Ok(Err(("place", "Please choose a room, or online."))),
            Place::Room(_) => String::new(),
        };
        let ids: Vec<PersonId> = people.iter().map(|p| p.person).collect();
        let holds = held(new.clinician, Buffers { before, after }, room, &ids);
        Ok(Ok(Held { people, room, link, holds }))
    }

    pub(crate) async fn place(&self, tx: &mut Tx, place: &Place) -> Result<(Option<RoomId>, String)> {
        Ok(match place {
            Place::Link(link) => (None, link.clone()),
            Place::Room(room) => {
                let found = maybe!(tx, (Uuid,), "SELECT id FROM room WHERE id = $1 AND archived_at IS NULL", room.0)?;
                (found.map(|(id,)| RoomId(id)), String::new())
            }
        })
    }

    /// The next times at which this therapist, this room and these people are
    /// all free: those that suit them, or, where none does, the others.
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
        if !self.cares_for(&mut tx, &practice, client).await? {
            return Ok(FreeTimes::default());
        }
        let mut saying = comers(&mut tx, client).await?;
        saying.retain(|c| attendee.is_none_or(|one| one == c.person()));
        let people: Vec<PersonId> = saying.iter().map(Comer::person).collect();
        // Whose time is free where nobody comes?
        if people.is_empty() {
            return Ok(FreeTimes::default());
        }
        saying.retain(Comer::has_said);
        let holds = self.store().holds(&mut tx, clinician, room, &people).await?;
        let store = self.store();
        let mut found = FreeTimes {
            times: store.free(&mut tx, &practice, &holds, from, minutes, most, Uuid::nil(), &saying).await?,
            suit: true,
            asked: saying.iter().map(|c| c.name.clone()).collect(),
        };
        if found.times.is_empty() && !saying.is_empty() {
            found.suit = false;
            found.times = store.free(&mut tx, &practice, &holds, from, minutes, most, Uuid::nil(), &[]).await?;
        }
        Ok(found)
    }
}
