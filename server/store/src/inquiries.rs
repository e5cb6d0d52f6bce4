//! People who ask for a first meeting on the practice's public page.
//!
//! Nobody at the practice sees one before its address is confirmed: whoever
//! types somebody else's address makes no work and learns nothing. Confirmed,
//! they stand in a list, the longest waiting first, with the next times that
//! would suit each.

use chrono::{DateTime, Duration, Utc};
use domain::{
    client::ClientKind,
    ids::ClientId,
    inquiry::{Inquiry, InquiryState, MeetingWish},
    person::Email,
    reminder::MessageKind,
    slots::{DayPart, SlotWish, Suits, Where},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, FormKey, Result, Slot, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
    keys::token_hash,
    practice::practice_set_up,
};

/// An address is to be confirmed within this time.
const CONFIRM: Duration = Duration::days(3);

/// A first meeting takes so many minutes.
const FIRST: i64 = 60;

/// Somebody who waits.
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

impl Store {
    /// Keeps an inquiry and owes its address a mail to confirm it.
    pub async fn inquire(&self, new: &Inquiry) -> Result<()> {
        let mut tx = self.write().await?;
        let (id, now) = (self.clock().id(), self.now());
        // Asked again before it was confirmed: the newer one counts.
        run!(
            &mut tx,
            "UPDATE inquiry SET state = 'closed', settled_at = $1 WHERE lower(email) = $2 AND state = 'unconfirmed'",
            now,
            new.address().to_lowercase()
        )?;
        run!(
            &mut tx,
            "INSERT INTO inquiry (id, name, email, phone, kind, part, meeting, state, token_hash, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'unconfirmed', $8, $9)",
            id,
            &new.name,
            new.address(),
            &new.phone,
            new.kind.word(),
            new.part.word(),
            new.meeting.word(),
            token_hash(&self.keys().token("inquiry", id)),
            now
        )?;
        run!(
            &mut tx,
            "INSERT INTO message (id, dedupe, kind, inquiry_id, due_at, not_after, state, attempts, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'planned', 0, $5)",
            self.clock().id(),
            format!("inquiry:{id}"),
            MessageKind::Inquiry.word(),
            id,
            now,
            now + CONFIRM
        )?;
        tx.commit().await
    }

    /// Whether a link still confirms something.
    pub async fn inquiry_open(&self, token: &str) -> Result<bool> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM inquiry WHERE token_hash = $1 AND state = 'unconfirmed' AND made_at > $2",
            token_hash(token),
            self.now() - CONFIRM
        )?;
        Ok(row.is_some())
    }

    /// Confirms an address. `false`: the link confirms nothing; twice is once.
    pub async fn confirm_inquiry(&self, token: &str) -> Result<bool> {
        let mut tx = self.write().await?;
        let now = self.now();
        let confirmed = run!(
            &mut tx,
            "UPDATE inquiry SET state = 'waiting', confirmed_at = $1 WHERE token_hash = $2 AND state = 'unconfirmed' AND made_at > $3",
            now,
            token_hash(token),
            now - CONFIRM
        )?;
        if confirmed > 0 {
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

    /// Erases what nobody confirmed, and what was closed some weeks ago.
    pub async fn forget_inquiries(&self) -> Result<()> {
        let mut tx = self.write().await?;
        let (old, closed) = (self.now() - CONFIRM - Duration::days(1), self.now() - Duration::days(60));
        run!(
            &mut tx,
            "DELETE FROM message WHERE inquiry_id IN (SELECT id FROM inquiry WHERE (state = 'unconfirmed' AND made_at < $1) OR (state IN ('closed', 'taken_on') AND settled_at < $2))",
            old,
            closed
        )?;
        run!(
            &mut tx,
            "DELETE FROM inquiry WHERE (state = 'unconfirmed' AND made_at < $1) OR (state IN ('closed', 'taken_on') AND settled_at < $2)",
            old,
            closed
        )?;
        tx.commit().await
    }
}

/// Whom the mail of an inquiry goes to, and the token in it, while it waits
/// for its address to be confirmed.
pub(crate) async fn to_confirm(
    store: &Store,
    tx: &mut Tx,
    id: Uuid,
) -> Result<Option<(String, String, String, DateTime<Utc>)>> {
    let row = maybe!(
        tx,
        (String, String, DateTime<Utc>),
        "SELECT name, email, made_at FROM inquiry WHERE id = $1 AND state = 'unconfirmed'",
        id
    )?;
    Ok(row.map(|(name, email, made_at)| (name, email, store.keys().token("inquiry", id), made_at + CONFIRM)))
}

impl Bookings {
    /// Those who wait, the longest first, with the next times that would suit
    /// each.
    pub async fn inquiries(&self) -> Result<Vec<InquiryView>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let rows = all!(
            &mut tx,
            Row,
            "SELECT id, name, email, phone, kind, part, meeting, state, confirmed_at, made_at FROM inquiry WHERE state IN ('waiting', 'called') ORDER BY confirmed_at, id LIMIT 200"
        )?;
        let mut found: Vec<InquiryView> = Vec::new();
        for row in rows {
            // The same wish has the same answer.
            let same = found.iter().find(|other| other.part == row.part && other.meeting == row.meeting);
            let next = match same {
                Some(other) => other.next.clone(),
                None => {
                    let wish = SlotWish {
                        client: ClientId(Uuid::nil()),
                        attendee: None,
                        clinician: None,
                        place: if row.meeting == MeetingWish::Online {
                            Where::Online
                        } else {
                            Where::AnyRoom { offers: vec![], at: None }
                        },
                        minutes: FIRST,
                        from: zone::today(self.now(), &practice.zone),
                        part: row.part,
                        suits: Suits::NoMatter,
                    };
                    self.store().slots(&mut tx, &practice, &wish, &[], self.only, 2).await?.found
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
        Ok(found)
    }

    /// How many wait.
    pub async fn inquiries_waiting(&self) -> Result<usize> {
        let mut tx = self.store().read().await?;
        let row = maybe!(&mut tx, (i64,), "SELECT count(*) FROM inquiry WHERE state IN ('waiting', 'called')")?;
        Ok(row.and_then(|(n,)| usize::try_from(n).ok()).unwrap_or_default())
    }

    /// One who waits, to be taken on.
    pub async fn inquiry(&self, id: Uuid) -> Result<Option<Inquiry>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            Row,
            "SELECT id, name, email, phone, kind, part, meeting, state, confirmed_at, made_at FROM inquiry WHERE id = $1 AND state IN ('waiting', 'called')",
            id
        )?;
        Ok(row.map(|row| Inquiry {
            name: row.name,
            email: Email::parse(&row.email).ok(),
            phone: row.phone,
            kind: row.kind,
            part: row.part,
            meeting: row.meeting,
        }))
    }

    /// Puts somebody who rang or came in at the end of the list. Who heard them
    /// knows that it is them: there is nothing to confirm, and no mail.
    pub async fn note_inquiry(&self, new: &Inquiry, form: Option<FormKey>) -> Result<()> {
        let mut tx = self.store().write().await?;
        let (id, now) = (self.store().clock().id(), self.now());
        if self.store().made_before(&mut tx, form, self.me(), id).await?.is_some() {
            return Ok(());
        }
        run!(
            &mut tx,
            "INSERT INTO inquiry (id, name, email, phone, kind, part, meeting, state, token_hash, made_at, confirmed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $9)",
            id,
            &new.name,
            new.address(),
            &new.phone,
            new.kind.word(),
            new.part.word(),
            new.meeting.word(),
            token_hash(&self.store().keys().token("inquiry", id)),
            now
        )?;
        let by = Some(self.me());
        let act = Act { by, action: "noted", thing: "inquiry", id: Some(id), client: None, detail: "" };
        self.store().audit(&mut tx, act).await?;
        tx.commit().await
    }

    /// Notes where an inquiry stands now. `false`: it waits no more.
    pub async fn settle_inquiry(&self, id: Uuid, state: InquiryState) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let settled = run!(
            &mut tx,
            "UPDATE inquiry SET state = $1, settled_at = $2, settled_by = $3 WHERE id = $4 AND state IN ('waiting', 'called')",
            state.word(),
            self.now(),
            self.me().0,
            id
        )?;
        if settled > 0 {
            let by = Some(self.me());
            let act = Act { by, action: state.word(), thing: "inquiry", id: Some(id), client: None, detail: "" };
            self.store().audit(&mut tx, act).await?;
            tx.commit().await?;
        }
        Ok(settled > 0)
    }
}
