//! What partners ask of their sessions from the portal.
//!
//! The practice's rules and the other partner decide ([`domain::request`]);
//! what is allowed is done through the same doors as the front desk's own
//! bookings, so that the constraint, the mails and the record are the same. A
//! request is looked at again when it is answered: a session that was moved
//! meanwhile, or a time that is taken, is not what was agreed to.

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use domain::{
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    person::Zone,
    practice::Practice,
    reminder::{MessageKind, Occasion},
    request::{Other, PortalRule, RequestKind, RequestState, next},
    session::{Cancellation, CancelledBy, NewSession, Place, SessionKind, SessionState, Timing, is_late},
    slots::{DayPart, SlotWish, Suits, Where},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Partner, Result, SessionView, Slot, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
    practice::practice_set_up,
    sessions::{self, Booked, Held, New, timing},
};

/// What became of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is done; the session it is about.
    Done(SessionId),
    /// It waits for the other partner or the practice.
    Waits(RequestState),
    /// Somebody was quicker, or the session is another one by now.
    Gone,
    /// The practice's rules do not allow it.
    NotAllowed,
}

/// A request as those it concerns see it.
#[derive(Clone, Debug)]
pub struct RequestView {
    pub id: Uuid,
    pub kind: RequestKind,
    pub state: RequestState,
    pub client: ClientId,
    /// Who asks.
    pub person: PersonId,
    pub name: String,
    pub session: Option<SessionId>,
    /// When that session is, as things stand.
    pub from_at: Option<DateTime<Utc>>,
    pub clinician: AccountId,
    pub clinician_name: String,
    pub starts_at: DateTime<Utc>,
    pub made_at: DateTime<Utc>,
    /// The session is no more what it was when this was asked.
    pub outdated: bool,
}

/// A session of one's own, and what may be done with it.
#[derive(Clone, Debug)]
pub struct OwnSession {
    pub session: SessionView,
    /// There is time enough, and the practice lets them.
    pub can_cancel: bool,
    pub can_move: bool,
    /// What is open about it, whoever asked.
    pub open: Option<RequestView>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    #[sqlx(try_from = "String")]
    kind: RequestKind,
    #[sqlx(try_from = "String")]
    state: RequestState,
    client_id: Uuid,
    person_id: Uuid,
    name: String,
    session_id: Option<Uuid>,
    session_version: Option<i64>,
    clinician_id: Uuid,
    clinician_name: String,
    room_id: Option<Uuid>,
    link: String,
    starts: NaiveDateTime,
    #[sqlx(try_from = "String")]
    zone: Zone,
    minutes: i64,
    starts_at: DateTime<Utc>,
    made_at: DateTime<Utc>,
    version_now: Option<i64>,
    state_now: Option<String>,
    from_at: Option<DateTime<Utc>>,
}

impl Row {
    /// The session is not what it was, or has taken place.
    fn outdated(&self, now: DateTime<Utc>) -> bool {
        let state: Option<SessionState> = self.state_now.as_deref().and_then(|word| word.parse().ok());
        self.session_version != self.version_now
            || state.is_some_and(|s| !s.is_ahead())
            || self.from_at.is_some_and(|at| at <= now)
    }

    fn view(self, now: DateTime<Utc>) -> RequestView {
        RequestView {
            outdated: self.outdated(now),
            id: self.id,
            kind: self.kind,
            state: self.state,
            client: ClientId(self.client_id),
            person: PersonId(self.person_id),
            name: self.name,
            session: self.session_id.map(SessionId),
            from_at: self.from_at,
            clinician: AccountId(self.clinician_id),
            clinician_name: self.clinician_name,
            starts_at: self.starts_at,
            made_at: self.made_at,
        }
    }

    fn place(&self) -> Place {
        self.room_id.map_or_else(|| Place::Link(self.link.clone()), |room| Place::Room(RoomId(room)))
    }

    /// The wall time as it was shown; where it comes twice, the one that was
    /// meant.
    fn timing(&self) -> Result<Timing> {
        let first = timing(self.starts, &self.zone, self.minutes, Some(0))?;
        if first.starts_at == self.starts_at {
            return Ok(first);
        }
        timing(self.starts, &self.zone, self.minutes, Some(1))
    }
}

/// Requests with what stands beside them.
macro_rules! requests {
    ($rest:literal) => {
        concat!(
            "SELECT q.id, q.kind, q.state, q.client_id, q.person_id, p.name, q.session_id, q.session_version, q.clinician_id, a.display_name AS clinician_name, q.room_id, q.link,
                    q.starts, q.zone, q.minutes, q.starts_at, q.made_at, s.version AS version_now, s.state AS state_now, s.starts_at AS from_at
             FROM session_request q JOIN person p ON p.id = q.person_id JOIN account a ON a.id = q.clinician_id LEFT JOIN session s ON s.id = q.session_id ",
            $rest
        )
    };
}

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
        sessions::ahead_of(&mut tx, self.person(), self.now()).await
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
        if !comes || !session.state.is_ahead() || session.timing.ends_at <= self.now() {
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
        let Some((wish, members)) = self.slot_wish(&mut tx, &practice, session, client, from).await? else {
            return Ok(None);
        };
        let (earliest, latest) = self.window(&practice);
        // The other's own bookings would show as holes: only the asker's time
        // is looked at, and a clash is found when both have agreed.
        let _ = members;
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
        let wall = zone::wall(at, &practice.zone).time;
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
                "JOIN client_member m ON m.client_id = q.client_id AND m.person_id = $1 AND m.left_at IS NULL
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
                "WHERE q.person_id = $1 AND (q.state IN ('partner', 'desk') AND q.starts_at > $2 OR q.state = 'declined' AND q.answered_at > $3) ORDER BY q.made_at"
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
    Ok(cares.map(|(id, name)| (id, name, Where::AnyRoom(vec![]), 60)))
}

impl Store {
    async fn settle(&self, tx: &mut Tx, id: Uuid, state: RequestState, by: AccountId) -> Result<()> {
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
    async fn carry_out(&self, by: &Bookings, id: Uuid) -> Result<Asked> {
        let mut tx = self.read().await?;
        let row = maybe!(&mut tx, Row, requests!("WHERE q.id = $1 AND q.state = 'desk'"), id)?;
        drop(tx);
        let Some(row) = row else { return Ok(Asked::Gone) };
        let by = &by.as_promised();
        let timing = row.timing()?;
        let booked = match (row.kind, row.session_id) {
            (RequestKind::Move, Some(session)) => {
                let (id, version) = (SessionId(session), row.session_version);
                by.move_from(id, version, &timing, &row.place(), "From the portal", false).await?
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

    /// Cancels the joint session and books the same time for one of them: both,
    /// or neither.
    async fn make_alone(&self, by: &Bookings, row: &Row, id: SessionId) -> Result<Asked> {
        match self.try_make_alone(by, row, id).await {
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

    /// `None`: something is in the way, and nothing was done.
    async fn try_make_alone(&self, by: &Bookings, row: &Row, id: SessionId) -> Result<Option<SessionId>> {
        let mut tx = self.write().await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = by.find(&mut tx, id).await?.filter(|s| s.state.is_ahead()) else { return Ok(None) };
        if Some(session.version) != row.session_version || session.timing.starts_at <= self.now() {
            return Ok(None);
        }
        let practice = by.practice_here(&mut tx).await?;
        let new = NewSession {
            client: session.client,
            attendee: Some(PersonId(row.person_id)),
            clinician: session.clinician,
            kind: session.kind,
            place: row.place(),
            starts: session.timing.starts,
            fold: None,
            minutes: session.timing.minutes,
            outside: true,
            over: None,
            // The same request twice is one booking.
            key: row.id,
        };
        let Ok(Held { people, room, link, holds }) = by.holds_of(&mut tx, &practice, &new).await? else {
            return Ok(None);
        };
        if !self.taken(&mut tx, &practice, &holds, &session.timing, Some(id), true).await?.is_free() {
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
        self.settle(&mut tx, row.id, RequestState::Done, by.me()).await?;
        tx.commit().await?;
        Ok(Some(booked))
    }

    /// Owes the other partner a word that something waits for their yes.
    async fn tell_of_request(&self, tx: &mut Tx, id: Uuid, client: ClientId, asker: PersonId) -> Result<()> {
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
    async fn tell_asker(&self, tx: &mut Tx, id: Uuid, client: ClientId, asker: PersonId) -> Result<()> {
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

/// Whether a mail about a request still says something to its reader.
pub(crate) async fn request_waits(tx: &mut Tx, id: Uuid, person: PersonId, now: DateTime<Utc>) -> Result<bool> {
    let row = maybe!(tx, Row, requests!("WHERE q.id = $1"), id)?;
    Ok(row.is_some_and(|row| {
        if row.person_id == person.0 {
            row.state == RequestState::Declined
        } else {
            row.state == RequestState::Partner && !row.outdated(now) && row.starts_at > now
        }
    }))
}

impl Bookings {
    /// What waits for the practice, the soonest first.
    pub async fn requests(&self) -> Result<Vec<RequestView>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            Row,
            requests!(
                "WHERE q.state = 'desk' AND q.starts_at > $1 AND q.clinician_id = COALESCE($2, q.clinician_id)
                   AND (q.session_id IS NULL OR (s.version = q.session_version AND s.state IN ('booked', 'arrived') AND s.starts_at > $1)) ORDER BY q.starts_at LIMIT 100"
            ),
            self.now(),
            self.only.map(|a| a.0)
        )?;
        Ok(rows.into_iter().map(|row| row.view(self.now())).collect())
    }

    /// The practice's yes or no to a request. `None`: there is no such request.
    pub async fn answer_request(&self, id: Uuid, yes: bool) -> Result<Option<Asked>> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE session_request SET state = state WHERE id = $1", id)?;
        let row = maybe!(&mut tx, Row, requests!("WHERE q.id = $1"), id)?;
        let Some(row) = row.filter(|row| self.only.is_none_or(|only| only.0 == row.clinician_id)) else {
            return Ok(None);
        };
        if row.state != RequestState::Desk {
            return Ok(Some(Asked::Gone));
        }
        if yes && (row.outdated(self.now()) || row.starts_at <= self.now()) {
            return Ok(Some(Asked::Gone));
        }
        let action = if yes { "agreed" } else { "declined" };
        self.store().audit(&mut tx, Act::new(self.me(), action, "session request", id, row.client_id)).await?;
        if !yes {
            self.store().settle(&mut tx, id, RequestState::Declined, self.me()).await?;
            self.store().tell_asker(&mut tx, id, ClientId(row.client_id), PersonId(row.person_id)).await?;
        }
        tx.commit().await?;
        if yes {
            self.store().carry_out(self, id).await.map(Some)
        } else {
            Ok(Some(Asked::Waits(RequestState::Declined)))
        }
    }
}
