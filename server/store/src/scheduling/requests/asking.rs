//! The partner's side of requests: what they may ask for, and asking for it.

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    practice::settings::Practice,
    scheduling::{
        request::{PartnerConsent, PortalRule, RequestKind, RequestState, next_state},
        session::{Cancellation, CancelledBy, Place, SessionState, Timing, is_late},
        slots::{Cursor, DayPart, SlotPlace, SlotWish, Suits},
    },
    span::Span,
    zone,
};
use uuid::Uuid;

use super::{Meant, OwnSession, RequestOutcome, RequestReview, RequestView, Row};
use crate::{
    After, Bookings, Paged, Partner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    practice::settings::practice_set_up,
    scheduling::{
        openings::TICK,
        requests::OwnTimes,
        sessions::{self, SessionView, timing_at},
        slots::Finder,
    },
};

/// How many requests at most a person may make in a day, so that nobody is
/// pressed by email.
const REQUESTS_A_DAY: i64 = 8;

/// A request before the rules are applied to it.
struct Wish<'a> {
    kind: RequestKind,
    client: ClientId,
    session: Option<&'a SessionView>,
    clinician: AccountId,
    place: Place,
    timing: &'a Timing,
}

/// The search for the times that may be asked for.
struct SlotSearch {
    wish: SlotWish,
    /// The people who would attend.
    members: Vec<PersonId>,
    /// The session that is to be moved, and its start. `None`: a new one.
    moving: Option<(SessionId, DateTime<Utc>)>,
}

impl Partner {
    /// A page of this person's future sessions, the soonest first.
    pub async fn sessions_ahead(&self, after: Option<After>) -> Result<Paged<SessionView>> {
        let mut tx = self.store().read().await?;
        let mut ahead = sessions::future_sessions_of(&mut tx, self.person(), self.now(), after).await?;
        ahead.rows.retain(|session| !session.frozen);
        Ok(ahead)
    }

    /// One of this person's own sessions that is in the future or going on.
    /// `None`: there is no such session.
    pub async fn own_session(&self, id: SessionId) -> Result<Option<OwnSession>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        self.load_own_session(&mut tx, &practice, id).await
    }

    async fn load_own_session(&self, tx: &mut Tx, practice: &Practice, id: SessionId) -> Result<Option<OwnSession>> {
        let Some(session) = sessions::load(tx, id).await? else { return Ok(None) };
        let comes = session.attendees.iter().any(|a| a.person == self.person());
        if !comes || session.frozen || !session.state.is_ahead() || session.timing.ends_at <= self.now() {
            return Ok(None);
        }
        let early = !is_late(session.timing.starts_at, self.now(), practice.notice_hours)
            && session.timing.starts_at > self.now()
            && session.state == SessionState::Booked;
        // If the other partner asked to come alone, or can still take a request
        // back unseen, this person must not learn of it.
        let open = maybe!(
            tx,
            Row,
            requests!(
                "WHERE q.session_id = $1 AND q.state IN ('partner', 'desk')
                   AND (q.person_id = $2
                       OR q.kind <> 'alone' AND (q.quiet_until IS NULL OR q.quiet_until <= $3))
                 ORDER BY q.made_at DESC LIMIT 1"
            ),
            id.0,
            self.person().0,
            self.now()
        )?;
        let open = open.map(|row| row.view(self.now())).filter(|q| !q.outdated && q.starts_at > self.now());
        let allowed = early && practice.portal.rule != PortalRule::No;
        Ok(Some(OwnSession { can_cancel: allowed, can_move: allowed && open.is_none(), session, open }))
    }

    /// The clients that this person may ask for a session for, by the rules:
    /// with the therapist and the therapist's name.
    pub async fn bookable_clients(&self) -> Result<Vec<(ClientId, AccountId, String)>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        if practice.portal.rule == PortalRule::No {
            return Ok(vec![]);
        }
        let clients = all!(
            &mut tx,
            (Uuid,),
            "SELECT c.id
             FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
             WHERE m.person_id = $1 AND c.archived_at IS NULL
             ORDER BY c.created_at",
            self.person().0
        )?;
        let mut found = Vec::new();
        for (client,) in clients {
            let ahead = self.count_ahead(&mut tx, ClientId(client)).await?;
            if ahead < practice.portal.max_coming_sessions
                && let Some((clinician, name, ..)) = usual_session(&mut tx, client, self.person()).await?
            {
                found.push((ClientId(client), AccountId(clinician), name));
            }
        }
        Ok(found)
    }

    /// How many future sessions of a client this person has, including those
    /// asked for. Sessions that the other attends alone are not counted, so
    /// that the number does not reveal them, and neither are the other's
    /// requests that nobody was told of yet.
    async fn count_ahead(&self, tx: &mut Tx, client: ClientId) -> Result<i64> {
        let row = maybe!(
            tx,
            (i64, i64),
            "SELECT (SELECT count(*) FROM session s JOIN session_attendee t ON t.session_id = s.id
                     WHERE t.person_id = $3 AND s.client_id = $1 AND s.starts_at > $2
                       AND s.state IN ('booked', 'arrived')),
                    (SELECT count(*) FROM session_request
                     WHERE client_id = $1 AND kind = 'book' AND state IN ('partner', 'desk') AND starts_at > $2
                       AND (person_id = $3 OR quiet_until IS NULL OR quiet_until <= $2))",
            client.0,
            self.now(),
            self.person().0
        )?;
        Ok(row.map_or(0, |(booked, asked)| booked + asked))
    }

    /// A page of the times that may be asked for, to move a session of this
    /// person or for a new one. `None`: it is not theirs, or not allowed.
    pub async fn requestable_times(
        &self,
        session: Option<SessionId>,
        client: Option<ClientId>,
        cursor: Option<Cursor>,
        most: usize,
    ) -> Result<Option<OwnTimes>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let Some(SlotSearch { wish, moving, .. }) = self.slot_search(&mut tx, &practice, session, client).await? else {
            return Ok(None);
        };
        let offered = self.requestable_span(&practice);
        // The other's own bookings would show as missing times, so only this
        // person's occupancy is looked at; a conflict is found when both have
        // agreed.
        let (me, only) = ([self.person()], wish.clinician);
        let finder = Finder::new(&mut tx, &practice, &wish, &me, only, moving, offered).await?.by_day();
        let tx = &mut tx;
        let before = |at: DateTime<Utc>| Span { until: at.min(offered.until), ..offered };
        let behind = |at: DateTime<Utc>| Span { from: at.max(offered.from), ..offered };
        if let Some(Cursor::Before(at)) = cursor {
            let (found, more) = finder.last(tx, before(at), most).await?;
            // If all these times are too near by now, the first page is shown.
            if let Some((first, ..)) = found.first() {
                let earlier = more.then_some(Cursor::Before(*first));
                let (_, next) = finder.first(tx, behind(at), 0).await?;
                let (found, _) = finder.named(found);
                return Ok(Some(OwnTimes { found, earlier, later: next.map(Cursor::From), offered }));
            }
        }
        let from = match cursor {
            Some(Cursor::From(at)) => behind(at),
            Some(Cursor::Before(_)) | None => offered,
        };
        let (found, next) = finder.first(tx, from, most).await?;
        let page = found.first().map_or(from.from, |(at, ..)| *at);
        let earlier = match from.from > offered.from {
            true => finder.first(tx, before(page), 0).await?.1.map(|_| Cursor::Before(page)),
            false => None,
        };
        let (found, _) = finder.named(found);
        Ok(Some(OwnTimes { found, earlier, later: next.map(Cursor::From), offered }))
    }

    /// The span in which a requested session may start.
    fn requestable_span(&self, practice: &Practice) -> Span {
        Span {
            from: self.now() + Duration::hours(practice.notice_hours),
            until: self.now() + Duration::days(practice.portal.days) + TICK,
        }
    }

    /// The search for moving `session`, or for a new session of `client`.
    /// `None`: it is not this person's, or not allowed.
    async fn slot_search(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        session: Option<SessionId>,
        client: Option<ClientId>,
    ) -> Result<Option<SlotSearch>> {
        let from = zone::date_of(self.now(), &practice.zone);
        if let Some(id) = session {
            let Some(own) = self.load_own_session(tx, practice, id).await?.filter(|own| own.can_move) else {
                return Ok(None);
            };
            let session = own.session;
            let members: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
            let attendee = if let [one] = members.as_slice() { Some(*one) } else { None };
            let place = session.room.as_ref().map_or(SlotPlace::Online, |room| SlotPlace::Like(room.id));
            let wish = SlotWish {
                client: session.client,
                attendee,
                clinician: Some(session.clinician),
                place,
                minutes: session.timing.minutes,
                from,
                cursor: None,
                part: DayPart::Any,
                preferred_times: Suits::Only(self.person()),
            };
            let moving = Some((id, session.timing.starts_at));
            return Ok(Some(SlotSearch { wish, members, moving }));
        }
        let Some(client) = client else { return Ok(None) };
        let members = all!(
            tx,
            (Uuid,),
            "SELECT m.person_id
             FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
             WHERE c.id = $1 AND c.archived_at IS NULL
             ORDER BY m.seat",
            client.0
        )?;
        let members: Vec<PersonId> = members.into_iter().map(|(p,)| PersonId(p)).collect();
        if !members.contains(&self.person()) || practice.portal.rule == PortalRule::No {
            return Ok(None);
        }
        if self.count_ahead(tx, client).await? >= practice.portal.max_coming_sessions {
            return Ok(None);
        }
        let Some((clinician, _, place, minutes)) = usual_session(tx, client.0, self.person()).await? else {
            return Ok(None);
        };
        let wish = SlotWish {
            client,
            attendee: None,
            clinician: Some(AccountId(clinician)),
            place,
            minutes,
            from,
            cursor: None,
            part: DayPart::Any,
            preferred_times: Suits::Only(self.person()),
        };
        Ok(Some(SlotSearch { wish, members, moving: None }))
    }

    /// Whether a session, or without one a client, is this person's. What they
    /// shared with a partner from whom they have separated no longer is.
    async fn is_own(&self, tx: &mut Tx, session: Option<SessionId>, client: Option<ClientId>) -> Result<bool> {
        let row = match (session, client) {
            (Some(session), _) => maybe!(
                tx,
                (Uuid,),
                "SELECT t.person_id
                 FROM session_attendee t JOIN session s ON s.id = t.session_id JOIN client c ON c.id = s.client_id
                 WHERE t.session_id = $1 AND t.person_id = $2 AND c.separated_at IS NULL",
                session.0,
                self.person().0
            )?,
            (None, Some(client)) => maybe!(
                tx,
                (Uuid,),
                "SELECT m.person_id FROM client_member m JOIN client c ON c.id = m.client_id
                 WHERE m.client_id = $1 AND m.person_id = $2 AND m.left_at IS NULL AND c.separated_at IS NULL",
                client.0,
                self.person().0
            )?,
            (None, None) => None,
        };
        Ok(row.is_some())
    }

    /// Whether this person was asked to agree to a request, whatever its state
    /// is now.
    async fn was_asked(&self, tx: &mut Tx, id: Uuid) -> Result<bool> {
        let row = maybe!(
            tx,
            (Uuid,),
            "SELECT q.id FROM session_request q JOIN client c ON c.id = q.client_id AND c.separated_at IS NULL
             JOIN client_member m ON m.client_id = q.client_id AND m.person_id = $2 AND m.left_at IS NULL
             WHERE q.id = $1 AND q.person_id <> $2 AND q.kind <> 'alone'
                AND (q.quiet_until IS NULL
                    OR q.quiet_until <= CASE WHEN q.state = 'withdrawn' THEN q.answered_at ELSE $3 END)
                AND (q.session_id IS NULL
                    OR EXISTS (SELECT 1
                      FROM session_attendee t
                      WHERE t.session_id = q.session_id AND t.person_id = $2))",
            id,
            self.person().0,
            self.now()
        )?;
        Ok(row.is_some())
    }

    /// Cancels one of this person's own sessions, if there is time enough. The
    /// other partner of a joint session gets the same email as after a
    /// cancellation by the front desk.
    pub async fn cancel_own_session(&self, id: SessionId) -> Result<RequestOutcome> {
        match self.own_session(id).await? {
            None => {
                let mut tx = self.store().read().await?;
                Ok(gone_outcome(self.is_own(&mut tx, Some(id), None).await?))
            }
            Some(own) if !own.can_cancel => Ok(RequestOutcome::NotAllowed),
            Some(_) => {
                let cancellation = Cancellation { by: CancelledBy::Client, reason: "From the portal".to_owned() };
                Ok(match Bookings::of_partner(self).cancel(id, &cancellation).await? {
                    Some(_) => RequestOutcome::Done(id),
                    None => RequestOutcome::Gone,
                })
            }
        }
    }

    /// Asks for another time, or for a new session. The slot was offered
    /// before; it is checked again.
    pub async fn request_time(
        &self,
        session: Option<SessionId>,
        client: Option<ClientId>,
        at: DateTime<Utc>,
    ) -> Result<RequestOutcome> {
        let mut tx = self.store().write().await?;
        let practice = practice_set_up(&mut tx).await?;
        if !self.is_own(&mut tx, session, client).await? {
            return Ok(RequestOutcome::Unknown);
        }
        // Requests of one client take turns: what is counted below is counted
        // under this lock.
        run!(
            &mut tx,
            "UPDATE client SET archived_at = archived_at
             WHERE id = $1 OR id = (SELECT client_id FROM session WHERE id = $2)",
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
        if today.is_some_and(|(n,)| n >= REQUESTS_A_DAY) {
            return Ok(RequestOutcome::NotAllowed);
        }
        let Some(SlotSearch { wish, members, moving }) = self.slot_search(&mut tx, &practice, session, client).await?
        else {
            return Ok(RequestOutcome::NotAllowed);
        };
        if !self.requestable_span(&practice).contains(at) {
            return Ok(RequestOutcome::NotAllowed);
        }
        let wish = SlotWish { preferred_times: Suits::NoMatter, ..wish };
        let (me, only, this) = ([self.person()], wish.clinician, Span { from: at, until: at + TICK });
        let finder = Finder::new(&mut tx, &practice, &wish, &me, only, moving, this).await?.by_day();
        let (found, _) = finder.first(&mut tx, this, 1).await?;
        let Some(slot) = finder.named(found).0.pop() else { return Ok(RequestOutcome::Gone) };
        let view = match session {
            Some(id) => sessions::load(&mut tx, id).await?,
            None => None,
        };
        let timing = timing_at(at, &practice.zone, wish.minutes)?;
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
        let others = self.others_to_ask(&mut tx, &members).await?;
        self.store_request(tx, &practice, wish, others).await
    }

    /// What would become of asking for another time of a session, or for a new
    /// session. `None`: it is not this person's, or not allowed.
    pub async fn review_request(
        &self,
        session: Option<SessionId>,
        client: Option<ClientId>,
        at: DateTime<Utc>,
    ) -> Result<Option<RequestReview>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let Some(SlotSearch { wish, members, moving }) = self.slot_search(&mut tx, &practice, session, client).await?
        else {
            return Ok(None);
        };
        if !self.requestable_span(&practice).contains(at) {
            return Ok(None);
        }
        let kind = if moving.is_some() { RequestKind::Move } else { RequestKind::Book };
        let others = self.others_to_ask(&mut tx, &members).await?;
        let mut partner = None;
        for person in members.iter().filter(|person| **person != self.person()) {
            partner =
                maybe!(&mut tx, (String,), "SELECT name FROM person WHERE id = $1", person.0)?.map(|(name,)| name);
        }
        let clinician = wish.clinician.map(|account| account.0);
        let name = maybe!(&mut tx, (String,), "SELECT display_name FROM account WHERE id = $1", clinician)?;
        Ok(Some(RequestReview {
            clinician_name: name.map(|(name,)| name).unwrap_or_default(),
            partner,
            from_at: moving.map(|(_, at)| at),
            next: next_state(practice.portal.rule, kind, others),
            quiet_minutes: practice.quiet_minutes,
        }))
    }

    /// Asks that only this person attends a joint session.
    pub async fn request_alone(&self, id: SessionId) -> Result<RequestOutcome> {
        let mut tx = self.store().write().await?;
        let practice = practice_set_up(&mut tx).await?;
        let Some(own) = self.load_own_session(&mut tx, &practice, id).await? else {
            return Ok(gone_outcome(self.is_own(&mut tx, Some(id), None).await?));
        };
        if !own.can_move || own.session.attendees.len() < 2 {
            return Ok(RequestOutcome::NotAllowed);
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
        self.store_request(tx, &practice, wish, PartnerConsent::Nobody).await
    }

    /// Whether and how the other partner can be asked, if there is one.
    async fn others_to_ask(&self, tx: &mut Tx, members: &[PersonId]) -> Result<PartnerConsent> {
        if members.len() < 2 {
            return Ok(PartnerConsent::Nobody);
        }
        for person in members.iter().filter(|p| **p != self.person()) {
            let portal = maybe!(
                tx,
                (Uuid,),
                "SELECT id FROM account WHERE person_id = $1 AND password_hash IS NOT NULL AND disabled_at IS NULL",
                person.0
            )?;
            if portal.is_none() {
                return Ok(PartnerConsent::OutOfReach);
            }
        }
        Ok(PartnerConsent::NotAsked)
    }

    /// Stores a request, plans to tell the other partner if they must agree, and
    /// carries it out if the rules allow that at once. Others learn of it after
    /// the practice's quiet minutes.
    async fn store_request(
        &self,
        mut tx: Tx,
        practice: &Practice,
        wish: Wish<'_>,
        other: PartnerConsent,
    ) -> Result<RequestOutcome> {
        let state = next_state(practice.portal.rule, wish.kind, other);
        if state == RequestState::Declined {
            return Ok(RequestOutcome::NotAllowed);
        }
        let id = self.store().clock().id();
        if let Some(session) = wish.session {
            // Requests that nobody can agree to any more are withdrawn, to make
            // room for this one.
            run!(
                &mut tx,
                "UPDATE session_request SET state = 'withdrawn', answered_at = $1
                 WHERE session_id = $2 AND state IN ('partner', 'desk') AND (session_version <> $3 OR starts_at <= $1)",
                self.now(),
                session.id.0,
                session.version
            )?;
        }
        let (room, link) = match &wish.place {
            Place::Room(room) => (Some(room.0), ""),
            Place::Link(link) => (None, link.as_str()),
        };
        // Stored as open even if it is carried out at once: it is carried out
        // next, and again if the program ends between the two.
        let (kept, quiet) = match state {
            RequestState::Done => (RequestState::Desk, 0),
            state => (state, practice.quiet_minutes),
        };
        let quiet_until = self.now() + Duration::minutes(quiet);
        let made = run!(
            &mut tx,
            "INSERT INTO session_request (id, kind, state, client_id, person_id, account_id, session_id,
                 session_version, clinician_id, room_id, link, starts, zone, minutes, starts_at, ends_at, made_at,
                 quiet_until)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
             ON CONFLICT DO NOTHING",
            id,
            wish.kind.word(),
            kept.word(),
            wish.client.0,
            self.person().0,
            self.me().0,
            wish.session.map(|s| s.id.0),
            wish.session.map(|s| s.version),
            wish.clinician.0,
            room,
            link,
            wish.timing.starts,
            wish.timing.zone.name(),
            wish.timing.minutes,
            wish.timing.starts_at,
            wish.timing.ends_at,
            self.now(),
            quiet_until
        )?;
        if made == 0 {
            return Ok(RequestOutcome::Gone);
        }
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Asked, AuditThing::SessionRequest).id(id).client(wish.client.0),
            )
            .await?;
        if state == RequestState::Partner {
            self.store().notify_other_partner(&mut tx, id, wish.client, self.person(), quiet_until).await?;
        }
        tx.commit().await?;
        match state {
            RequestState::Done => self.store().carry_out(&Bookings::of_partner(self), id, Meant::ByPartners).await,
            state => Ok(RequestOutcome::Pending(state)),
        }
    }

    /// The requests that need this person's answer, and this person's own
    /// requests: open, or declined within the last week.
    pub async fn requests(&self) -> Result<(Vec<RequestView>, Vec<RequestView>)> {
        let mut tx = self.store().read().await?;
        let waiting = all!(
            &mut tx,
            Row,
            requests!(
                "JOIN client k ON k.id = q.client_id AND k.separated_at IS NULL
                 JOIN client_member m ON m.client_id = q.client_id AND m.person_id = $1 AND m.left_at IS NULL
                 WHERE q.state = 'partner' AND q.person_id <> $1 AND q.starts_at > $2
                   AND (q.quiet_until IS NULL OR q.quiet_until <= $2)
                   AND (q.session_id IS NULL
                       OR EXISTS (SELECT 1
                         FROM session_attendee t
                         WHERE t.session_id = q.session_id AND t.person_id = $1))
                 ORDER BY q.made_at"
            ),
            self.person().0,
            self.now()
        )?;
        let own = all!(
            &mut tx,
            Row,
            requests!(
                "JOIN client k ON k.id = q.client_id AND k.separated_at IS NULL
                 WHERE q.person_id = $1
                   AND (q.state IN ('partner', 'desk') AND q.starts_at > $2
                        OR q.state = 'declined' AND q.answered_at > $3)
                 ORDER BY q.made_at"
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

    /// Answers the other partner's request with yes or no. `Gone`: it needs no
    /// answer any more.
    pub async fn answer_request(&self, id: Uuid, yes: bool) -> Result<RequestOutcome> {
        let mut tx = self.store().write().await?;
        let practice = practice_set_up(&mut tx).await?;
        run!(&mut tx, "UPDATE session_request SET state = state WHERE id = $1", id)?;
        let row = maybe!(
            &mut tx,
            Row,
            requests!(
                "JOIN client_member m ON m.client_id = q.client_id AND m.person_id = $2 AND m.left_at IS NULL
                 WHERE q.id = $1 AND q.state = 'partner' AND q.person_id <> $2
                   AND (q.session_id IS NULL
                       OR EXISTS (SELECT 1
                         FROM session_attendee t
                         WHERE t.session_id = q.session_id AND t.person_id = $2))"
            ),
            id,
            self.person().0
        )?;
        let now = self.now();
        let Some(row) = row.filter(|row| row.was_told(now) && !row.outdated(now) && row.starts_at > now) else {
            return Ok(gone_outcome(self.was_asked(&mut tx, id).await?));
        };
        let state = match yes {
            false => RequestState::Declined,
            // It is too late for the partners to change it by themselves: the
            // practice decides.
            true if self.is_late_by_now(&mut tx, &practice, &row).await? => RequestState::Desk,
            true => next_state(practice.portal.rule, row.kind, PartnerConsent::Agrees),
        };
        let kept = if state == RequestState::Done { RequestState::Desk } else { state };
        self.store().close_request(&mut tx, id, kept, self.me()).await?;
        let client = row.client_id;
        let action = if yes { AuditAction::Agreed } else { AuditAction::Declined };
        self.store()
            .record(&mut tx, Act::by(self.me(), action, AuditThing::SessionRequest).id(id).client(client))
            .await?;
        if state == RequestState::Declined {
            self.store().notify_asker(&mut tx, id, ClientId(row.client_id), PersonId(row.person_id)).await?;
        }
        tx.commit().await?;
        match state {
            RequestState::Done => self.store().carry_out(&Bookings::of_partner(self), id, Meant::ByPartners).await,
            state => Ok(RequestOutcome::Pending(state)),
        }
    }

    /// Whether the rules would no longer allow a request if it were made now.
    async fn is_late_by_now(&self, tx: &mut Tx, practice: &Practice, row: &Row) -> Result<bool> {
        let late = row.from_at.is_some_and(|at| is_late(at, self.now(), practice.notice_hours));
        if late || !self.requestable_span(practice).contains(row.starts_at) {
            return Ok(true);
        }
        // The request itself is counted, too.
        let ahead = self.count_ahead(tx, ClientId(row.client_id)).await?;
        Ok(row.kind == RequestKind::Book && ahead > practice.portal.max_coming_sessions)
    }
}

/// The outcome for something that cannot be done any more: only a person it
/// belongs to learns that it existed.
const fn gone_outcome(is_own: bool) -> RequestOutcome {
    if is_own { RequestOutcome::Gone } else { RequestOutcome::Unknown }
}

/// The usual therapist, their name, the usual place and the length in minutes
/// of a client's joint sessions. Only sessions that everybody attended count,
/// so that nobody learns from it what the other does alone. `None`: there is no
/// therapist.
async fn usual_session(tx: &mut Tx, client: Uuid, person: PersonId) -> Result<Option<(Uuid, String, SlotPlace, i64)>> {
    let last = maybe!(
        tx,
        (Uuid, String, Option<Uuid>, i64),
        "SELECT s.clinician_id, a.display_name, s.room_id, s.minutes
         FROM session s JOIN account a ON a.id = s.clinician_id AND a.disabled_at IS NULL
         JOIN session_attendee t ON t.session_id = s.id AND t.person_id = $2
         WHERE s.client_id = $1 AND s.state NOT IN ('cancelled', 'late_cancelled')
            AND (SELECT count(*) FROM session_attendee x WHERE x.session_id = s.id)
              = (SELECT count(*) FROM client_member m WHERE m.client_id = s.client_id AND m.left_at IS NULL)
         ORDER BY s.starts_at DESC LIMIT 1",
        client,
        person.0
    )?;
    if let Some((id, name, room, minutes)) = last {
        return Ok(Some((id, name, room.map_or(SlotPlace::Online, |room| SlotPlace::Like(RoomId(room))), minutes)));
    }
    let cares = maybe!(
        tx,
        (Uuid, String),
        "SELECT a.id, a.display_name
         FROM care c JOIN account a ON a.id = c.clinician_id AND a.disabled_at IS NULL
         WHERE c.client_id = $1 AND NOT c.covering AND c.ends_on IS NULL
         ORDER BY c.starts_on LIMIT 1",
        client
    )?;
    Ok(cares.map(|(id, name)| (id, name, SlotPlace::AnyRoom { offers: vec![], at: None }, 60)))
}
