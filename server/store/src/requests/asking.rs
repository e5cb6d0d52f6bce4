//! A partner's side: what may be asked for, and the asking.

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    practice::Practice,
    request::{Other, PortalRule, RequestKind, RequestState, next},
    session::{Cancellation, CancelledBy, Place, SessionState, Timing, is_late},
    slots::{DayPart, SlotWish, Suits, Where},
    zone,
};
use uuid::Uuid;

use super::{Asked, OwnSession, RequestView, Row};
use crate::{
    Bookings, Partner, Result, SessionView, Slot, Tx,
    audit::Act,
    database::{all, maybe, run},
    practice::practice_set_up,
    sessions::{self, timing},
};

/// So often a day somebody may ask: nobody is pressed by mail.
const A_DAY: i64 = 8;

/// A wish that the rules have not been asked about yet.
struct Wish<'a> {
    kind: RequestKind,
    client: ClientId,
    session: Option<&'a SessionView>,
    clinician: AccountId,
    place: Place,
    timing: &'a Timing,
}

impl Partner {
    /// This person's sessions ahead, the soonest first, a dozen at most.
    pub async fn sessions_ahead(&self) -> Result<Vec<SessionView>> {
        let mut tx = self.store().read().await?;
        let ahead = sessions::ahead_of(&mut tx, self.person(), self.now()).await?;
        Ok(ahead.into_iter().filter(|session| !session.frozen).collect())
    }

    /// One of this person's own sessions ahead.
    pub async fn own_session(&self, id: SessionId) -> Result<Option<OwnSession>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        self.own_in(&mut tx, &practice, id).await
    }

    async fn own_in(&self, tx: &mut Tx, practice: &Practice, id: SessionId) -> Result<Option<OwnSession>> {
        let Some(session) = sessions::load(tx, id).await? else { return Ok(None) };
        let comes = session.attendees.iter().any(|a| a.person == self.person());
        if !comes || session.frozen || !session.state.is_ahead() || session.timing.ends_at <= self.now() {
            return Ok(None);
        }
        let early = !is_late(session.timing.starts_at, self.now(), practice.notice_hours)
            && session.timing.starts_at > self.now()
            && session.state == SessionState::Booked;
        // That the other would come alone is not this person's to know.
        let open = maybe!(
            tx,
            Row,
            requests!(
                "WHERE q.session_id = $1 AND q.state IN ('partner', 'desk') AND (q.kind <> 'alone' OR q.person_id = $2) ORDER BY q.made_at DESC LIMIT 1"
            ),
            id.0,
            self.person().0
        )?;
        let open = open.map(|row| row.view(self.now())).filter(|q| !q.outdated && q.starts_at > self.now());
        let allowed = early && practice.portal.rule != PortalRule::No;
        Ok(Some(OwnSession { can_cancel: allowed, can_move: allowed && open.is_none(), session, open }))
    }

    /// Clients of this person that they may ask a session for, by the rules:
    /// whom with, and how long it usually is.
    pub async fn may_book(&self) -> Result<Vec<(ClientId, AccountId, String)>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        if practice.portal.rule == PortalRule::No {
            return Ok(vec![]);
        }
        let clients = all!(
            &mut tx,
            (Uuid,),
            "SELECT c.id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL WHERE m.person_id = $1 AND c.archived_at IS NULL ORDER BY c.created_at",
            self.person().0
        )?;
        let mut found = Vec::new();
        for (client,) in clients {
            let ahead = self.ahead(&mut tx, ClientId(client)).await?;
            if ahead < practice.portal.ahead
                && let Some((clinician, name, ..)) = usual(&mut tx, client, self.person()).await?
            {
                found.push((ClientId(client), AccountId(clinician), name));
            }
        }
        Ok(found)
    }

    /// How many sessions of a client this person has ahead, those asked for
    /// included: what the other comes to alone is not counted, nor told by it.
    async fn ahead(&self, tx: &mut Tx, client: ClientId) -> Result<i64> {
        let row = maybe!(
            tx,
            (i64, i64),
            "SELECT (SELECT count(*) FROM session s JOIN session_attendee t ON t.session_id = s.id WHERE t.person_id = $3 AND s.client_id = $1 AND s.starts_at > $2 AND s.state IN ('booked', 'arrived')),
                    (SELECT count(*) FROM session_request WHERE client_id = $1 AND kind = 'book' AND state IN ('partner', 'desk') AND starts_at > $2)",
            client.0,
            self.now(),
            self.person().0
        )?;
        Ok(row.map_or(0, |(booked, asked)| booked + asked))
    }

    /// Times that may be asked for: to move a session of one's own, or for a
    /// new one. `None`: not theirs, or not allowed.
    pub async fn times(
        &self,
        session: Option<SessionId>,
        client: Option<ClientId>,
        from: chrono::NaiveDate,
        most: usize,
    ) -> Result<Option<Vec<Slot>>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let Some((wish, _)) = self.slot_wish(&mut tx, &practice, session, client, from).await? else {
            return Ok(None);
        };
        let (earliest, latest) = self.window(&practice);
        // The other's own bookings would show as holes: only the asker's time
        // is looked at, and a clash is found when both have agreed.
        let (me, only) = ([self.person()], wish.clinician);
        let slots = self.store().slots(&mut tx, &practice, &wish, &me, only, most.saturating_mul(2)).await?;
        let fits = |slot: &Slot| slot.at >= earliest && slot.at <= latest;
        Ok(Some(slots.found.into_iter().filter(fits).take(most).collect()))
    }

    /// From when until when may be asked for.
    fn window(&self, practice: &Practice) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.now() + Duration::hours(practice.notice_hours), self.now() + Duration::days(practice.portal.days))
    }

    async fn slot_wish(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        session: Option<SessionId>,
        client: Option<ClientId>,
        from: chrono::NaiveDate,
    ) -> Result<Option<(SlotWish, Vec<PersonId>)>> {
        let earliest = zone::today(self.window(practice).0, &practice.zone).max(from);
        if let Some(id) = session {
            let Some(own) = self.own_in(tx, practice, id).await?.filter(|own| own.can_move) else { return Ok(None) };
            let session = own.session;
            let members: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
            let attendee = if let [one] = members.as_slice() { Some(*one) } else { None };
            let place = session.room.as_ref().map_or(Where::Online, |room| Where::Like(room.id));
            let wish = SlotWish {
                client: session.client,
                attendee,
                clinician: Some(session.clinician),
                place,
                minutes: session.timing.minutes,
                from: earliest,
                part: DayPart::Any,
                suits: Suits::Only(self.person()),
            };
            return Ok(Some((wish, members)));
        }
        let Some(client) = client else { return Ok(None) };
        let members = all!(
            tx,
            (Uuid,),
            "SELECT m.person_id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL WHERE c.id = $1 AND c.archived_at IS NULL ORDER BY m.seat",
            client.0
        )?;
        let members: Vec<PersonId> = members.into_iter().map(|(p,)| PersonId(p)).collect();
        if !members.contains(&self.person()) || practice.portal.rule == PortalRule::No {
            return Ok(None);
        }
        if self.ahead(tx, client).await? >= practice.portal.ahead {
            return Ok(None);
        }
        let Some((clinician, _, place, minutes)) = usual(tx, client.0, self.person()).await? else { return Ok(None) };
        let wish = SlotWish {
            client,
            attendee: None,
            clinician: Some(AccountId(clinician)),
            place,
            minutes,
            from: earliest,
            part: DayPart::Any,
            suits: Suits::Only(self.person()),
        };
        Ok(Some((wish, members)))
    }

    /// Cancels one of this person's own sessions, in time. The other partner
    /// of a joint one is told as the front desk would tell them.
    pub async fn cancel_own(&self, id: SessionId) -> Result<Asked> {
        match self.own_session(id).await? {
            None => Ok(Asked::Gone),
            Some(own) if !own.can_cancel => Ok(Asked::NotAllowed),
            Some(_) => {
                let cancellation = Cancellation { by: CancelledBy::Client, reason: "From the portal".to_owned() };
                Ok(match Bookings::by_partner(self).cancel(id, &cancellation).await? {
                    Some(_) => Asked::Done(id),
                    None => Asked::Gone,
                })
            }
        }
    }

    /// Asks for another time, or for a session. The slot is one that was
    /// offered; it is looked at again.
    pub async fn ask_for(
        &self,
        session: Option<SessionId>,
        client: Option<ClientId>,
        at: DateTime<Utc>,
    ) -> Result<Asked> {
        let mut tx = self.store().write().await?;
        let practice = practice_set_up(&mut tx).await?;
        let from = zone::today(at, &practice.zone);
        // One request of a client after the other: what is counted is counted
        // behind the lock.
        run!(
            &mut tx,
            "UPDATE client SET archived_at = archived_at WHERE id = $1 OR id = (SELECT client_id FROM session WHERE id = $2)",
            client.map(|c| c.0),
            session.map(|s| s.0)
        )?;
        let today = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM session_request WHERE person_id = $1 AND made_at > $2",
            self.person().0,
            self.now() - Duration::days(1)
        )?;
        if today.is_some_and(|(n,)| n >= A_DAY) {
            return Ok(Asked::NotAllowed);
        }
        let Some((wish, members)) = self.slot_wish(&mut tx, &practice, session, client, from).await? else {
            return Ok(Asked::NotAllowed);
        };
        let (earliest, latest) = self.window(&practice);
        if at < earliest || at > latest {
            return Ok(Asked::NotAllowed);
        }
        let wish = SlotWish { suits: Suits::NoMatter, ..wish };
        let slots = self.store().slots(&mut tx, &practice, &wish, &[self.person()], wish.clinician, 200).await?;
        let Some(slot) = slots.found.into_iter().find(|s| s.at == at) else { return Ok(Asked::Gone) };
        let view = match session {
            Some(id) => sessions::load(&mut tx, id).await?,
            None => None,
        };
        let wall = zone::wall_time(at, &practice.zone);
        let first = timing(wall, &practice.zone, wish.minutes, Some(0))?;
        let timing = if first.starts_at == at { first } else { timing(wall, &practice.zone, wish.minutes, Some(1))? };
        let link = view.as_ref().map(|v| v.link.clone()).unwrap_or_default();
        let place = slot.room.map_or(Place::Link(link), |room| Place::Room(room.id));
        let wish = Wish {
            kind: if view.is_some() { RequestKind::Move } else { RequestKind::Book },
            client: wish.client,
            session: view.as_ref(),
            clinician: slot.clinician,
            place,
            timing: &timing,
        };
        let others = if members.len() > 1 { self.other(&mut tx, &members).await? } else { Other::Nobody };
        self.put(tx, &practice, wish, others).await
    }

    /// Says that only this person can come to a joint session.
    pub async fn only_me(&self, id: SessionId) -> Result<Asked> {
        let mut tx = self.store().write().await?;
        let practice = practice_set_up(&mut tx).await?;
        let Some(own) = self.own_in(&mut tx, &practice, id).await? else { return Ok(Asked::Gone) };
        if !own.can_move || own.session.attendees.len() < 2 {
            return Ok(Asked::NotAllowed);
        }
        let session = own.session;
        let wish = Wish {
            kind: RequestKind::Alone,
            client: session.client,
            session: Some(&session),
            clinician: session.clinician,
            place: session.room.as_ref().map_or(Place::Link(session.link.clone()), |r| Place::Room(r.id)),
            timing: &session.timing,
        };
        self.put(tx, &practice, wish, Other::Nobody).await
    }

    /// How the other partner can be asked.
    async fn other(&self, tx: &mut Tx, members: &[PersonId]) -> Result<Other> {
        for person in members.iter().filter(|p| **p != self.person()) {
            let portal = maybe!(
                tx,
                (Uuid,),
                "SELECT id FROM account WHERE person_id = $1 AND password_hash IS NOT NULL AND disabled_at IS NULL",
                person.0
            )?;
            if portal.is_none() {
                return Ok(Other::OutOfReach);
            }
        }
        Ok(Other::NotAsked)
    }

    async fn put(&self, mut tx: Tx, practice: &Practice, wish: Wish<'_>, other: Other) -> Result<Asked> {
        let state = next(practice.portal.rule, wish.kind, other);
        if state == RequestState::Declined {
            return Ok(Asked::NotAllowed);
        }
        let id = self.store().clock().id();
        if let Some(session) = wish.session {
            // What nobody can say yes to any more makes room.
            run!(
                &mut tx,
                "UPDATE session_request SET state = 'withdrawn', answered_at = $1 WHERE session_id = $2 AND state IN ('partner', 'desk') AND (session_version <> $3 OR starts_at <= $1)",
                self.now(),
                session.id.0,
                session.version
            )?;
        }
        let (room, link) = match &wish.place {
            Place::Room(room) => (Some(room.0), ""),
            Place::Link(link) => (None, link.as_str()),
        };
        // Kept as open even where it is done at once: it is done next, and
        // again should we die between the two.
        let kept = if state == RequestState::Done { RequestState::Desk } else { state };
        let made = run!(
            &mut tx,
            "INSERT INTO session_request (id, kind, state, client_id, person_id, account_id, session_id, session_version, clinician_id, room_id, link, starts, zone, minutes, starts_at, ends_at, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING",
            id, wish.kind.word(), kept.word(), wish.client.0, self.person().0, self.me().0, wish.session.map(|s| s.id.0), wish.session.map(|s| s.version),
            wish.clinician.0, room, link, wish.timing.starts, wish.timing.zone.name(), wish.timing.minutes, wish.timing.starts_at, wish.timing.ends_at, self.now()
        )?;
        if made == 0 {
            return Ok(Asked::Gone);
        }
        self.store().audit(&mut tx, Act::new(self.me(), "asked", "session request", id, wish.client.0)).await?;
        if state == RequestState::Partner {
            self.store().tell_of_request(&mut tx, id, wish.client, self.person()).await?;
        }
        tx.commit().await?;
        match state {
            RequestState::Done => self.store().carry_out(&Bookings::by_partner(self), id).await,
            state => Ok(Asked::Waits(state)),
        }
    }

    /// What waits for this person's yes, and what they asked for themselves:
    /// open, or answered within a week.
    pub async fn requests(&self) -> Result<(Vec<RequestView>, Vec<RequestView>)> {
        let mut tx = self.store().read().await?;
        let waiting = all!(
            &mut tx,
            Row,
            requests!(
                "JOIN client k ON k.id = q.client_id AND k.separated_at IS NULL
                 JOIN client_member m ON m.client_id = q.client_id AND m.person_id = $1 AND m.left_at IS NULL
                 WHERE q.state = 'partner' AND q.person_id <> $1 AND q.starts_at > $2
                   AND (q.session_id IS NULL OR EXISTS (SELECT 1 FROM session_attendee t WHERE t.session_id = q.session_id AND t.person_id = $1)) ORDER BY q.made_at"
            ),
            self.person().0,
            self.now()
        )?;
        let own = all!(
            &mut tx,
            Row,
            requests!(
                "JOIN client k ON k.id = q.client_id AND k.separated_at IS NULL WHERE q.person_id = $1 AND (q.state IN ('partner', 'desk') AND q.starts_at > $2 OR q.state = 'declined' AND q.answered_at > $3) ORDER BY q.made_at"
            ),
            self.person().0,
            self.now(),
            self.now() - Duration::days(7)
        )?;
        let fresh = |rows: Vec<Row>| {
            rows.into_iter().map(|row| row.view(self.now())).filter(|q| !q.outdated || !q.state.is_open()).collect()
        };
        Ok((fresh(waiting), fresh(own)))
    }

    /// The other partner's yes or no. `Gone`: there is nothing to say it to.
    pub async fn answer_request(&self, id: Uuid, yes: bool) -> Result<Asked> {
        let mut tx = self.store().write().await?;
        let practice = practice_set_up(&mut tx).await?;
        run!(&mut tx, "UPDATE session_request SET state = state WHERE id = $1", id)?;
        let row = maybe!(
            &mut tx,
            Row,
            requests!(
                "JOIN client_member m ON m.client_id = q.client_id AND m.person_id = $2 AND m.left_at IS NULL
                 WHERE q.id = $1 AND q.state = 'partner' AND q.person_id <> $2
                   AND (q.session_id IS NULL OR EXISTS (SELECT 1 FROM session_attendee t WHERE t.session_id = q.session_id AND t.person_id = $2))"
            ),
            id,
            self.person().0
        )?;
        let Some(row) = row.filter(|row| !row.outdated(self.now()) && row.starts_at > self.now()) else {
            return Ok(Asked::Gone);
        };
        let state = match yes {
            false => RequestState::Declined,
            // Too late for them to change it by themselves: the practice says.
            true if self.is_late_by_now(&mut tx, &practice, &row).await? => RequestState::Desk,
            true => next(practice.portal.rule, row.kind, Other::Agrees),
        };
        let kept = if state == RequestState::Done { RequestState::Desk } else { state };
        self.store().settle(&mut tx, id, kept, self.me()).await?;
        let client = row.client_id;
        let action = if yes { "agreed" } else { "declined" };
        self.store().audit(&mut tx, Act::new(self.me(), action, "session request", id, client)).await?;
        if state == RequestState::Declined {
            self.store().tell_asker(&mut tx, id, ClientId(row.client_id), PersonId(row.person_id)).await?;
        }
        tx.commit().await?;
        match state {
            RequestState::Done => self.store().carry_out(&Bookings::by_partner(self), id).await,
            state => Ok(Asked::Waits(state)),
        }
    }

    /// Whether the rules would not allow it any more, were it asked for now.
    async fn is_late_by_now(&self, tx: &mut Tx, practice: &Practice, row: &Row) -> Result<bool> {
        let (earliest, latest) = self.window(practice);
        let late = row.from_at.is_some_and(|at| is_late(at, self.now(), practice.notice_hours));
        if late || row.starts_at < earliest || row.starts_at > latest {
            return Ok(true);
        }
        // The request itself is counted among them.
        let ahead = self.ahead(tx, ClientId(row.client_id)).await?;
        Ok(row.kind == RequestKind::Book && ahead > practice.portal.ahead)
    }

    /// Takes a request of one's own back.
    pub async fn withdraw_request(&self, id: Uuid) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let gone = run!(
            &mut tx,
            "UPDATE session_request SET state = 'withdrawn', answered_at = $1, answered_by = $2 WHERE id = $3 AND person_id = $4 AND state IN ('partner', 'desk')",
            self.now(),
            self.me().0,
            id,
            self.person().0
        )?;
        tx.commit().await?;
        Ok(gone > 0)
    }
}

/// Whom everyone of a client usually comes to together, where, and for how
/// long: by what all of them came to. What one of them does alone is nobody's
/// to learn from it.
async fn usual(tx: &mut Tx, client: Uuid, person: PersonId) -> Result<Option<(Uuid, String, Where, i64)>> {
    let last = maybe!(
        tx,
        (Uuid, String, Option<Uuid>, i64),
        "SELECT s.clinician_id, a.display_name, s.room_id, s.minutes FROM session s JOIN account a ON a.id = s.clinician_id AND a.disabled_at IS NULL
         JOIN session_attendee t ON t.session_id = s.id AND t.person_id = $2 WHERE s.client_id = $1 AND s.state NOT IN ('cancelled', 'late_cancelled')
            AND (SELECT count(*) FROM session_attendee x WHERE x.session_id = s.id) = (SELECT count(*) FROM client_member m WHERE m.client_id = s.client_id AND m.left_at IS NULL)
         ORDER BY s.starts_at DESC LIMIT 1",
        client,
        person.0
    )?;
    if let Some((id, name, room, minutes)) = last {
        return Ok(Some((id, name, room.map_or(Where::Online, |room| Where::Like(RoomId(room))), minutes)));
    }
    let cares = maybe!(
        tx,
        (Uuid, String),
        "SELECT a.id, a.display_name FROM care c JOIN account a ON a.id = c.clinician_id AND a.disabled_at IS NULL WHERE c.client_id = $1 AND NOT c.covering AND c.ends_on IS NULL ORDER BY c.starts_on LIMIT 1",
        client
    )?;
    Ok(cares.map(|(id, name)| (id, name, Where::AnyRoom { offers: vec![], at: None }, 60)))
}
