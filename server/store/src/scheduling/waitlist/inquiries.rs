//! Inquiries: people who ask for a first meeting on the practice's public page.
//!
//! Nobody at the practice sees an inquiry before its email address is
//! confirmed: a person who enters someone else's address makes no work for the
//! practice and learns nothing. A confirmed inquiry is in the waitlist, the
//! longest waiting first, with the next times that would suit each inquirer.

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::{
        client::ClientKind,
        person::{EmailAddress, Language},
        search,
    },
    ids::ClientId,
    outbox::reminder::{EmailKind, SkipReason},
    practice::settings::Practice,
    scheduling::{
        inquiry::{Inquiry, InquiryState, MeetingWish},
        session::SessionKind,
        slots::{DayPart, SlotPlace, SlotWish, Suits},
    },
    span::Span,
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Bookings, FormKey, Guest, Paged, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    bin::Binned,
    database::{maybe, run},
    keys::token_hash,
    limits::INQUIRIES,
    outbox::owed::{self, About, Addressed, EmailFacts, Look, OnConflict, Owed, To},
    practice::settings::practice_set_up,
    scheduling::{
        openings::TICK,
        slots::{Finder, PAGE, Slot},
    },
    unreadable::fetched,
};

/// How long an inquirer has to confirm the email address.
const CONFIRM_WITHIN: Duration = Duration::days(3);

/// From how many instants the times are chosen that the form for a new client
/// offers.
const FIRST_SESSION_TIMES: usize = 400;

/// An inquiry in the waitlist.
#[derive(Clone, Debug)]
pub struct InquiryView {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub kind: ClientKind,
    pub part: DayPart,
    pub meeting: MeetingWish,
    pub state: InquiryState,
    /// When the address was confirmed, or the front desk entered the inquiry.
    pub since: DateTime<Utc>,
    /// The next times that would suit, two at most.
    pub next: Vec<Slot>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    email: String,
    phone: String,
    #[sqlx(try_from = "String")]
    kind: ClientKind,
    #[sqlx(try_from = "String")]
    part: DayPart,
    #[sqlx(try_from = "String")]
    meeting: MeetingWish,
    #[sqlx(try_from = "String")]
    state: InquiryState,
    confirmed_at: Option<DateTime<Utc>>,
    made_at: DateTime<Utc>,
}

impl Guest {
    /// Stores an inquiry and plans an email to its address, to confirm it.
    pub async fn inquire(&self, new: &Inquiry) -> Result<()> {
        let mut tx = self.store().write().await?;
        let (id, now) = (self.store().clock().id(), self.now());
        run!(
            &mut tx,
            "INSERT INTO inquiry (id, name, email, phone, kind, part, meeting, state, token_hash, made_at, email_key,
                 keys_version) VALUES ($1, $2, $3, $4, $5, $6, $7, 'unconfirmed', $8, $9, $10, $11)",
            id,
            &new.name,
            new.address(),
            &new.phone,
            new.kind.word(),
            new.part.word(),
            new.meeting.word(),
            token_hash(&self.store().keys().token("inquiry", id)),
            now,
            EmailAddress::key_of(new.address()),
            search::VERSION
        )?;
        let owed = Owed {
            about: About::Inquiry(id),
            to: To::Inquirer,
            kind: EmailKind::Inquiry,
            key: format!("inquiry:{id}"),
            due_at: now,
            not_after: now + CONFIRM_WITHIN,
            skip: None,
            on_conflict: OnConflict::Fail,
        };
        owed::owe(self.store(), &mut tx, owed).await?;
        tx.commit().await
    }

    /// Whether a link still confirms an inquiry.
    pub async fn is_inquiry_open(&self, token: &str) -> Result<bool> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM inquiry WHERE token_hash = $1 AND state = 'unconfirmed' AND made_at > $2",
            token_hash(token),
            self.now() - CONFIRM_WITHIN
        )?;
        Ok(row.is_some())
    }

    /// Confirms the email address of an inquiry. `true` also if it was
    /// confirmed before; `false`: the link does not work (any more).
    pub async fn confirm_inquiry(&self, token: &str) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let now = self.now();
        let confirmed = run!(
            &mut tx,
            "UPDATE inquiry SET state = 'waiting', confirmed_at = $1
             WHERE token_hash = $2 AND state = 'unconfirmed' AND made_at > $3",
            now,
            token_hash(token),
            now - CONFIRM_WITHIN
        )?;
        if confirmed > 0 {
            // Of several inquiries with one address only the confirmed one
            // counts. Before that none replaces another, because anybody can
            // enter an address.
            run!(
                &mut tx,
                "UPDATE inquiry SET state = 'closed', settled_at = $1 WHERE state = 'unconfirmed'
                   AND email_key = (SELECT email_key FROM inquiry WHERE token_hash = $2)",
                now,
                token_hash(token)
            )?;
            tx.commit().await?;
            return Ok(true);
        }
        let known = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM inquiry WHERE token_hash = $1 AND confirmed_at IS NOT NULL",
            token_hash(token)
        )?;
        Ok(known.is_some())
    }
}

impl Worker {
    /// Deletes inquiries that nobody confirmed in time, and those that were
    /// settled sixty days ago.
    pub async fn forget_inquiries(&self) -> Result<()> {
        let mut tx = self.write().await?;
        let (old, closed) = (self.now() - CONFIRM_WITHIN - Duration::days(1), self.now() - Duration::days(60));
        run!(
            &mut tx,
            "DELETE FROM email WHERE inquiry_id IN (SELECT id FROM inquiry
                 WHERE (state = 'unconfirmed' AND made_at < $1)
                 OR (state IN ('closed', 'taken_on') AND settled_at < $2))",
            old,
            closed
        )?;
        run!(
            &mut tx,
            "DELETE FROM inquiry WHERE (state = 'unconfirmed' AND made_at < $1)
                OR (state IN ('closed', 'taken_on') AND settled_at < $2)",
            old,
            closed
        )?;
        tx.commit().await
    }
}

/// Checks the email that asks an inquirer to confirm their address. It is in
/// English: the inquirer has not chosen a language.
pub(crate) async fn look_at_inquiry(store: &Store, tx: &mut Tx, id: Uuid) -> Result<Look> {
    let row = maybe!(
        tx,
        (String, String, DateTime<Utc>),
        "SELECT name, email, made_at FROM inquiry WHERE id = $1 AND state = 'unconfirmed'",
        id
    )?;
    let Some((name, email, made_at)) = row else { return Ok(SkipReason::Used.into()) };
    let Some(email) = EmailAddress::from_stored(&email) else { return Ok(SkipReason::NoAddress.into()) };
    let facts = EmailFacts::Inquiry { token: store.keys().token("inquiry", id), expires_at: made_at + CONFIRM_WITHIN };
    Ok(Addressed { email, name, language: Language::English, facts }.into())
}

impl Bookings {
    /// A page of the inquiries in the waitlist, the longest waiting first, with
    /// the next times that would suit each.
    pub async fn inquiries(&self, after: Option<After>) -> Result<Paged<InquiryView>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let rows = fetched!(
            &mut tx,
            Row,
            "SELECT id, name, email, phone, kind, part, meeting, state, confirmed_at, made_at FROM inquiry
             WHERE state IN ('waiting', 'called')
                AND (COALESCE(confirmed_at, made_at), id) > ($1, $2)
             ORDER BY COALESCE(confirmed_at, made_at), id LIMIT $3",
            after.at,
            after.id,
            INQUIRIES + 1
        )?;
        let place = |row: &Row| After::new(row.confirmed_at.unwrap_or(row.made_at), row.id);
        let Paged { rows, more } = Paged::of(rows, INQUIRIES, place);
        let mut found: Vec<InquiryView> = Vec::new();
        for row in rows {
            // Inquiries with the same wish get the same times.
            let same = found.iter().find(|other| other.part == row.part && other.meeting == row.meeting);
            let next = match same {
                Some(other) => other.next.clone(),
                None => {
                    let mut next = self.first_times(&mut tx, &practice, (row.part, row.meeting), 2).await?;
                    next.truncate(2);
                    next
                }
            };
            found.push(InquiryView {
                id: row.id,
                name: row.name,
                email: row.email,
                phone: row.phone,
                kind: row.kind,
                part: row.part,
                meeting: row.meeting,
                state: row.state,
                since: row.confirmed_at.unwrap_or(row.made_at),
                next,
            });
        }
        Ok(Paged { rows: found, more })
    }

    /// The free times of the next four weeks for a first session, in the part of
    /// the day and the way that a client wishes.
    pub async fn first_session_times(&self, part: DayPart, meeting: MeetingWish) -> Result<Vec<Slot>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        self.first_times(&mut tx, &practice, (part, meeting), FIRST_SESSION_TIMES).await
    }

    /// The next free times for a first session: those at `most` instants.
    async fn first_times(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        (part, meeting): (DayPart, MeetingWish),
        most: usize,
    ) -> Result<Vec<Slot>> {
        let wish = SlotWish {
            client: ClientId(Uuid::nil()),
            attendee: None,
            clinician: None,
            place: if meeting == MeetingWish::Online {
                SlotPlace::Online
            } else {
                SlotPlace::AnyRoom { offers: vec![], at: None }
            },
            minutes: practice.minutes_of(SessionKind::Intake),
            from: zone::date_of(self.now(), &practice.zone),
            cursor: None,
            part,
            preferred_times: Suits::NoMatter,
        };
        let from = self.now() + TICK;
        let within = Span { from, until: from + PAGE };
        let finder = Finder::new(tx, practice, &wish, &[], self.only, None, within).await?;
        let (found, _) = finder.first(tx, within, most).await?;
        Ok(finder.named(found).0)
    }

    /// How many inquiries are in the waitlist.
    pub async fn inquiries_waiting(&self) -> Result<usize> {
        let mut tx = self.store().read().await?;
        let row = maybe!(&mut tx, (i64,), "SELECT count(*) FROM inquiry WHERE state IN ('waiting', 'called')")?;
        Ok(row.and_then(|(n,)| usize::try_from(n).ok()).unwrap_or_default())
    }

    /// An inquiry in the waitlist, to be taken on as a client; `None`: it is
    /// not in the waitlist.
    pub async fn inquiry(&self, id: Uuid) -> Result<Option<Inquiry>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            Row,
            "SELECT id, name, email, phone, kind, part, meeting, state, confirmed_at, made_at FROM inquiry
             WHERE id = $1 AND state IN ('waiting', 'called')",
            id
        )?;
        Ok(row.map(|row| Inquiry {
            name: row.name,
            email: EmailAddress::from_stored(&row.email),
            phone: row.phone,
            kind: row.kind,
            part: row.part,
            meeting: row.meeting,
        }))
    }

    /// Adds an inquiry of a person who phoned or came in to the end of the
    /// waitlist. The front desk has spoken with them, so nothing has to be
    /// confirmed and no email is sent. A form that was sent before adds
    /// nothing.
    pub async fn add_inquiry(&self, new: &Inquiry, form: Option<FormKey>) -> Result<()> {
        let mut tx = self.store().write().await?;
        let (id, now) = (self.store().clock().id(), self.now());
        if self.store().claim_form_key(&mut tx, form, self.me(), id).await?.is_some() {
            return Ok(());
        }
        run!(
            &mut tx,
            "INSERT INTO inquiry (id, name, email, phone, kind, part, meeting, state, token_hash, made_at,
                 confirmed_at, email_key, keys_version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $9, $10, $11)",
            id,
            &new.name,
            new.address(),
            &new.phone,
            new.kind.word(),
            new.part.word(),
            new.meeting.word(),
            token_hash(&self.store().keys().token("inquiry", id)),
            now,
            EmailAddress::key_of(new.address()),
            search::VERSION
        )?;
        let by = Some(self.me());
        let act = Act::by(by, AuditAction::Added, AuditThing::Inquiry).id(id);
        self.store().record(&mut tx, act).await?;
        tx.commit().await
    }

    /// Puts an inquiry into the waitlist whose address could not be confirmed,
    /// after the user has spoken with the inquirer. `false`: it is in the
    /// waitlist already, or was deleted.
    pub async fn list_inquiry(&self, id: Uuid) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let listed = run!(
            &mut tx,
            "UPDATE inquiry SET state = 'waiting', confirmed_at = $1 WHERE id = $2 AND state = 'unconfirmed'",
            self.now(),
            id
        )?;
        if listed > 0 {
            let by = Some(self.me());
            let act = Act::by(by, AuditAction::Added, AuditThing::Inquiry).id(id);
            self.store().record(&mut tx, act).await?;
            tx.commit().await?;
        }
        Ok(listed > 0)
    }

    /// Closes an open inquiry. Gives its id in the bin, also if this account
    /// closed it before. `None`: there is no such inquiry, or it was settled
    /// otherwise.
    pub async fn close_inquiry(&self, id: Uuid) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        let before = maybe!(
            &mut tx,
            (String,),
            "UPDATE inquiry SET settled_at = settled_at
             WHERE id = $1 AND state IN ('waiting', 'called') RETURNING state",
            id
        )?;
        let Some((state,)) = before else {
            return self.store().in_bin(&mut tx, self.me(), "inquiry", &id.to_string()).await;
        };
        let what = Binned::Inquiry { id, state: state.parse()? };
        let bin = self.store().put_in_bin(&mut tx, self.me(), &what).await?;
        run!(
            &mut tx,
            "UPDATE inquiry SET state = 'closed', settled_at = $1, settled_by = $2 WHERE id = $3",
            self.now(),
            self.me().0,
            id
        )?;
        let act = Act::by(self.me(), AuditAction::Closed, AuditThing::Inquiry).id(id);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(bin))
    }

    /// Sets the state of an open inquiry. `false`: it is no longer open.
    pub async fn settle_inquiry(&self, id: Uuid, state: InquiryState) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let settled = run!(
            &mut tx,
            "UPDATE inquiry SET state = $1, settled_at = $2, settled_by = $3
             WHERE id = $4 AND (state IN ('waiting', 'called') OR (state = 'unconfirmed' AND $1 = 'closed'))",
            state.word(),
            self.now(),
            self.me().0,
            id
        )?;
        if settled > 0 {
            let by = Some(self.me());
            let act = Act::by(by, state.into(), AuditThing::Inquiry).id(id);
            self.store().record(&mut tx, act).await?;
            tx.commit().await?;
        }
        Ok(settled > 0)
    }
}

/// Restarts the time in which an inquiry can be confirmed. Gives the time
/// at which it ends.
pub(crate) async fn open_anew(store: &Store, tx: &mut Tx, id: Uuid) -> Result<DateTime<Utc>> {
    let now = store.now();
    run!(tx, "UPDATE inquiry SET made_at = $1 WHERE id = $2 AND state = 'unconfirmed'", now, id)?;
    Ok(now + CONFIRM_WITHIN)
}
