//! The clients as the front desk knows them: names, phone numbers, email
//! addresses, the therapist and the next session. Nothing of the record.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::{
        client::{ClientKind, title},
        person::EmailAddress,
    },
    ids::{ClientId, PersonId, SessionId},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Bookings, Paged, Result, Tx,
    database::{all, maybe},
    limits::DESK_CLIENTS,
    practice::settings::today,
    unreadable,
};

/// A client on the front desk's list.
#[derive(Clone, Debug)]
pub struct DeskClient {
    pub client: ClientId,
    pub kind: ClientKind,
    pub people: Vec<DeskPerson>,
    /// The therapists who care for the client today; empty: none does.
    pub therapists: Vec<DeskTherapist>,
    /// The next session that is booked; `None`: none is.
    pub next: Option<(SessionId, DateTime<Utc>)>,
}

/// A person on the front desk's list.
#[derive(Clone, Debug, FromRow)]
pub struct DeskPerson {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    pub name: String,
    pub phone: String,
    /// The email address; `None`: there is none.
    pub email: Option<String>,
    /// Whether the person wants no email at all.
    pub portal_only: bool,
    /// Whether the person has signed in to the portal.
    pub has_login: bool,
}

/// A therapist of a client on the front desk's list.
#[derive(Clone, Debug, FromRow)]
pub struct DeskTherapist {
    pub name: String,
    /// Whether the front desk offered the client, and the therapist has not
    /// accepted yet.
    pub is_asked: bool,
}

impl DeskClient {
    /// The names of the client's people as a title.
    pub fn title(&self) -> String {
        title(self.people.iter().map(|p| p.name.as_str()))
    }
}

impl Bookings {
    /// A page of the practice's clients, those who came last first, or of those
    /// whose names, phone number or email address contain `text`. Empty if it is
    /// not the front desk that asks.
    pub async fn desk_clients(&self, text: &str, after: Option<After>) -> Result<Paged<DeskClient>> {
        if !self.is_desk() {
            return Ok(Paged::default());
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_phone = digits.len() >= 3 && !text.chars().any(char::is_alphabetic);
        let Paged { rows, more } = match text {
            "" => self.clients_where(None, None, after).await?,
            phone if is_phone => self.clients_where(Some(phone_part(phone, &digits)), None, after).await?,
            email if email.contains('@') => self.clients_where(None, Some(EmailAddress::key_of(email)), after).await?,
            name => self.find_clients(name, DESK_CLIENTS, after).await?.map(|hit| hit.client),
        };
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let mut found = Vec::with_capacity(rows.len());
        for id in rows {
            found.extend(unreadable::or_skip(load(&mut tx, id, today, self.now()).await)?.flatten());
        }
        Ok(Paged { rows: found, more })
    }

    /// A client of the practice; `None`: there is none, it is archived, or it is
    /// not the front desk that asks.
    pub async fn desk_client(&self, client: ClientId) -> Result<Option<DeskClient>> {
        if !self.is_desk() {
            return Ok(None);
        }
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        load(&mut tx, client, today, self.now()).await
    }

    /// A page of clients, the newest first; `phone` and `email` are parts that
    /// one of their people has.
    async fn clients_where(
        &self,
        phone: Option<String>,
        email: Option<String>,
        after: Option<After>,
    ) -> Result<Paged<ClientId>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (Uuid, DateTime<Utc>),
            "SELECT c.id, c.created_at FROM client c
             WHERE c.archived_at IS NULL AND (c.created_at, c.id) < ($1, $2)
               AND EXISTS (SELECT 1 FROM client_member m JOIN person p ON p.id = m.person_id
                 WHERE m.client_id = c.id AND m.left_at IS NULL
                   AND ($3 IS NULL OR replace(replace(p.phone, ' ', ''), '-', '') LIKE '%' || $3 || '%')
                   AND ($4 IS NULL OR p.email_key = $4))
             ORDER BY c.created_at DESC, c.id DESC LIMIT $5",
            after.unwrap_or(After::END).at,
            after.unwrap_or(After::END).id,
            phone,
            email,
            DESK_CLIENTS + 1
        )?;
        let page = Paged::of(rows, DESK_CLIENTS, |(id, at)| After::new(*at, *id));
        Ok(page.map(|(id, _)| ClientId(id)))
    }
}

/// The digits to look for in phone numbers: a national number is stored with the
/// country's code in place of its first zero.
fn phone_part(text: &str, digits: &str) -> String {
    if text.trim_start().starts_with('0') { digits.trim_start_matches('0').to_owned() } else { digits.to_owned() }
}

/// A client as the front desk sees it; `None`: there is none, or it is archived.
async fn load(tx: &mut Tx, client: ClientId, today: NaiveDate, now: DateTime<Utc>) -> Result<Option<DeskClient>> {
    let kind = maybe!(tx, (String,), "SELECT kind FROM client WHERE id = $1 AND archived_at IS NULL", client.0)?;
    let Some((kind,)) = kind else { return Ok(None) };
    let people = all!(
        tx,
        DeskPerson,
        "SELECT p.id, p.name, p.phone, p.email, p.portal_only,
             EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id AND a.password_hash IS NOT NULL) AS has_login
         FROM client_member m JOIN person p ON p.id = m.person_id
         WHERE m.client_id = $1 AND m.left_at IS NULL ORDER BY m.seat",
        client.0
    )?;
    let therapists = all!(
        tx,
        DeskTherapist,
        "SELECT a.display_name AS name, (c.offered_at IS NOT NULL AND c.accepted_at IS NULL) AS is_asked
         FROM care c JOIN account a ON a.id = c.clinician_id
         WHERE c.client_id = $1 AND c.starts_on <= $2 AND (c.ends_on IS NULL OR c.ends_on >= $2)
         ORDER BY c.covering, c.starts_on",
        client.0,
        today
    )?;
    let next = maybe!(
        tx,
        (Uuid, DateTime<Utc>),
        "SELECT id, starts_at FROM session WHERE client_id = $1 AND starts_at > $2 AND state = 'booked'
         ORDER BY starts_at LIMIT 1",
        client.0,
        now
    )?;
    let next = next.map(|(id, at)| (SessionId(id), at));
    Ok(Some(DeskClient { client, kind: kind.parse()?, people, therapists, next }))
}
