//! Couples and individual clients, through the caseload of a clinician.

use chrono::{DateTime, NaiveTime, Utc};
use domain::{
    client::{ClientKind, Seat, title},
    ids::{ClientId, PersonId},
    person::{Email, Language, PersonDetails, SafeContact, Zone, search_key},
    practice::Lead,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Clinician, Error, Result, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
    practice::practice_set_up,
    sessions::SessionView,
};

/// The columns of a [`PersonRow`], of a person `p`.
macro_rules! person_columns {
    () => {
        "p.id, p.name, p.pronouns, p.email, p.phone, p.zone, p.language, p.portal_only, p.safe_from, p.safe_until, p.reminders, p.leads, p.nudges, p.nudge_at, p.returned_at"
    };
}
pub(crate) use person_columns;

/// A person as stored.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct PersonRow {
    pub id: Uuid,
    pub name: String,
    pub pronouns: String,
    pub email: Option<String>,
    pub phone: String,
    #[sqlx(try_from = "String")]
    pub zone: Zone,
    #[sqlx(try_from = "String")]
    pub language: Language,
    pub portal_only: bool,
    pub safe_from: Option<NaiveTime>,
    pub safe_until: Option<NaiveTime>,
    pub reminders: bool,
    pub leads: Option<Json<Vec<Lead>>>,
    pub nudges: bool,
    pub nudge_at: NaiveTime,
    /// Mail to this address came back.
    pub returned_at: Option<DateTime<Utc>>,
}

impl PersonRow {
    pub(crate) fn contact(&self) -> SafeContact {
        SafeContact {
            portal_only: self.portal_only,
            hours: self.safe_from.zip(self.safe_until),
            reminders: self.reminders,
            leads: self.leads.clone().map_or_else(Vec::new, |leads| leads.0),
            nudges: self.nudges,
            nudge_at: self.nudge_at,
        }
    }

    fn details(self) -> PersonDetails {
        PersonDetails {
            contact: self.contact(),
            name: self.name,
            pronouns: self.pronouns,
            email: self.email.and_then(|e| Email::parse(&e).ok()),
            phone: self.phone,
            zone: self.zone,
            language: self.language,
        }
    }
}

/// A member of a treatment unit.
#[derive(Clone, Debug)]
pub struct Member {
    pub person: PersonId,
    pub seat: Seat,
    pub details: PersonDetails,
    /// Mail to this address came back: since when.
    pub returned_at: Option<DateTime<Utc>>,
    pub portal: PortalState,
    /// Other units this person is a client in, of this clinician's caseload.
    pub also: Vec<(ClientId, ClientKind)>,
}

/// Whether a person can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortalState {
    NotInvited,
    Invited(DateTime<Utc>),
    Expired,
    Active,
}

/// A treatment unit with its people.
#[derive(Clone, Debug)]
pub struct ClientRecord {
    pub id: ClientId,
    pub kind: ClientKind,
    pub archived: bool,
    /// Since when it is frozen, because the two separated.
    pub separated_at: Option<DateTime<Utc>>,
    pub members: Vec<Member>,
}

impl ClientRecord {
    pub fn title(&self) -> String {
        title(self.members.iter().map(|m| m.details.name.as_str()))
    }
}

/// A unit to be taken on.
#[derive(Clone, Debug)]
pub enum NewClient {
    Couple { a: NewMember, b: Option<NewMember> },
    Individual(NewMember),
}

/// Somebody new, or somebody of the caseload who keeps their login and their
/// calendar.
#[derive(Clone, Debug)]
pub enum NewMember {
    New(PersonDetails),
    Known(PersonId),
}

impl From<PersonDetails> for NewMember {
    fn from(details: PersonDetails) -> Self {
        Self::New(details)
    }
}

/// The condition that a client `c` is in the clinician's caseload today:
/// `$1` the clinician, `$2` the day.
macro_rules! in_care {
    ($select:expr, $rest:expr) => {
        concat!(
            $select,
            " WHERE c.id IN (SELECT k.client_id FROM care k WHERE k.clinician_id = $1 AND k.starts_on <= $2 AND (k.ends_on IS NULL OR k.ends_on >= $2)) ",
            $rest
        )
    };
}
pub(crate) use in_care;

impl Clinician {
    pub(crate) async fn today(&self, tx: &mut Tx) -> Result<chrono::NaiveDate> {
        let practice = practice_set_up(tx).await?;
        Ok(domain::zone::today(self.now(), &practice.zone))
    }

    /// The kind of a client of the caseload; `None` is not theirs.
    pub(crate) async fn own(&self, tx: &mut Tx, client: ClientId) -> Result<Option<ClientKind>> {
        let today = self.today(tx).await?;
        let row = maybe!(
            tx,
            (String,),
            in_care!("SELECT c.kind FROM client c", "AND c.id = $3"),
            self.me().0,
            today,
            client.0
        )?;
        Ok(match row {
            Some((kind,)) => Some(kind.parse()?),
            None => None,
        })
    }

    /// A person of a client of the caseload.
    pub(crate) async fn member(&self, tx: &mut Tx, client: ClientId, person: PersonId) -> Result<Option<Member>> {
        if self.own(tx, client).await?.is_none() {
            return Ok(None);
        }
        Ok(members(self.store(), tx, &[client]).await?.into_iter().map(|(_, m)| m).find(|m| m.person == person))
    }

    /// Opens a client of the caseload, on record.
    pub async fn client(&self, client: ClientId) -> Result<Option<ClientRecord>> {
        let mut tx = self.store().read().await?;
        let Some(record) = self.record(&mut tx, client).await? else { return Ok(None) };
        self.store().on_record(tx, Act::new(self.me(), "opened", "client", client.0, client.0)).await?;
        Ok(Some(record))
    }

    /// A client of the caseload, where the opening is recorded by the caller.
    pub(crate) async fn record(&self, tx: &mut Tx, client: ClientId) -> Result<Option<ClientRecord>> {
        let today = self.today(tx).await?;
        let row = maybe!(
            tx,
            (String, bool, Option<DateTime<Utc>>),
            in_care!("SELECT c.kind, (c.archived_at IS NOT NULL), c.separated_at FROM client c", "AND c.id = $3"),
            self.me().0,
            today,
            client.0
        )?;
        let Some((kind, archived, separated_at)) = row else { return Ok(None) };
        let mut members: Vec<Member> =
            members(self.store(), tx, &[client]).await?.into_iter().map(|(_, m)| m).collect();
        for member in &mut members {
            let also = all!(
                tx,
                (Uuid, String),
                in_care!(
                    "SELECT c.id, c.kind FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL",
                    "AND m.person_id = $3 AND c.id <> $4"
                ),
                self.me().0,
                today,
                member.person.0,
                client.0
            )?;
            member.also = also.into_iter().filter_map(|(id, kind)| Some((ClientId(id), kind.parse().ok()?))).collect();
        }
        Ok(Some(ClientRecord { id: client, kind: kind.parse()?, archived, separated_at, members }))
    }

    /// The names behind a client, without opening its record: for lists to
    /// choose from.
    pub async fn names(&self, client: ClientId) -> Result<Option<Vec<(PersonId, String)>>> {
        let mut tx = self.store().read().await?;
        if self.own(&mut tx, client).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(
            members(self.store(), &mut tx, &[client])
                .await?
                .into_iter()
                .map(|(_, m)| (m.person, m.details.name))
                .collect(),
        ))
    }

    /// The partners of the caseload who are no individual client yet.
    pub async fn could_come_alone(&self) -> Result<Vec<(PersonId, String)>> {
        let mut tx = self.store().read().await?;
        let today = self.today(&mut tx).await?;
        let rows = all!(
            &mut tx,
            (Uuid, String),
            in_care!(
                "SELECT p.id, p.name FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN person p ON p.id = m.person_id",
                "AND c.kind = 'couple' AND NOT EXISTS (SELECT 1 FROM client_member n JOIN client d ON d.id = n.client_id WHERE n.person_id = p.id AND n.left_at IS NULL AND d.kind = 'individual') ORDER BY p.name"
            ),
            self.me().0,
            today
        )?;
        Ok(rows.into_iter().map(|(id, name)| (PersonId(id), name)).collect())
    }

    /// Everyone of the caseload.
    pub async fn people(&self) -> Result<Vec<(PersonId, String)>> {
        let mut tx = self.store().read().await?;
        let today = self.today(&mut tx).await?;
        let rows = all!(
            &mut tx,
            (Uuid, String),
            in_care!(
                "SELECT DISTINCT p.id, p.name FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN person p ON p.id = m.person_id",
                "ORDER BY p.name"
            ),
            self.me().0,
            today
        )?;
        Ok(rows.into_iter().map(|(id, name)| (PersonId(id), name)).collect())
    }

    /// Takes on a client. `None`: a known person who is not in this caseload.
    pub async fn create_client(&self, new: &NewClient) -> Result<Option<ClientId>> {
        let mut tx = self.store().write().await?;
        let id = ClientId(self.store().clock().id());
        let (today, now) = (self.today(&mut tx).await?, self.now());
        let kind = if matches!(new, NewClient::Couple { .. }) { ClientKind::Couple } else { ClientKind::Individual };
        run!(
            &mut tx,
            "INSERT INTO client (id, kind, created_at, created_by) VALUES ($1, $2, $3, $4)",
            id.0,
            kind.word(),
            now,
            self.me().0
        )?;
        run!(
            &mut tx,
            "INSERT INTO care (client_id, clinician_id, covering, starts_on) VALUES ($1, $2, $3, $4)",
            id.0,
            self.me().0,
            false,
            today
        )?;
        let (a, b) = match new {
            NewClient::Couple { a, b } => (a, b.as_ref()),
            NewClient::Individual(one) => (one, None),
        };
        for (seat, member) in [(Seat::A, Some(a)), (Seat::B, b)] {
            let Some(member) = member else { continue };
            if self.insert_member(&mut tx, id, seat, member).await?.is_none() {
                return Ok(None);
            }
        }
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "created",
                    thing: "client",
                    id: Some(id.0),
                    client: Some(id.0),
                    detail: kind.word(),
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Gives somebody a seat. `None`: a known person who is not in this
    /// caseload, or sits there already.
    async fn insert_member(
        &self,
        tx: &mut Tx,
        client: ClientId,
        seat: Seat,
        member: &NewMember,
    ) -> Result<Option<PersonId>> {
        let now = self.now();
        let person = match member {
            NewMember::Known(person) => {
                let today = self.today(tx).await?;
                let known = maybe!(
                    tx,
                    (Uuid,),
                    in_care!(
                        "SELECT c.id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL",
                        "AND m.person_id = $3 AND NOT EXISTS (SELECT 1 FROM client_member x WHERE x.client_id = $4 AND x.person_id = $3) LIMIT 1"
                    ),
                    self.me().0,
                    today,
                    person.0,
                    client.0
                )?;
                if known.is_none() {
                    return Ok(None);
                }
                // Whose login ended with a separation signs in again, to what
                // begins now.
                run!(
                    tx,
                    "UPDATE account SET disabled_at = NULL WHERE person_id = $1 AND disabled_at IS NOT NULL",
                    person.0
                )?;
                *person
            }
            NewMember::New(details) => self.insert_person(tx, details).await?,
        };
        run!(
            tx,
            "INSERT INTO client_member (client_id, person_id, seat, joined_at) VALUES ($1, $2, $3, $4)",
            client.0,
            person.0,
            seat.word(),
            now
        )?;
        Ok(Some(person))
    }

    async fn insert_person(&self, tx: &mut Tx, details: &PersonDetails) -> Result<PersonId> {
        let person = PersonId(self.store().clock().id());
        run!(
            tx,
            "INSERT INTO person (id, name, search_name, pronouns, email, phone, zone, language, portal_only, safe_from, safe_until, reminders, created_at, updated_at, nudges, nudge_at, leads)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16)",
            person.0, &details.name, search_key(&details.name), &details.pronouns, details.email.as_ref().map(Email::as_str), &details.phone, details.zone.name(),
            details.language.word(), details.contact.portal_only, details.contact.hours.map(|h| h.0), details.contact.hours.map(|h| h.1), details.contact.reminders, self.now(), details.contact.nudges, details.contact.nudge_at, own_leads(&details.contact)
        )?;
        Ok(person)
    }

    /// Adds the second partner of a couple that has one so far. `None`: not
    /// theirs, both seats are taken, or a known person who is not theirs.
    pub async fn add_partner(&self, client: ClientId, new: &NewMember) -> Result<Option<PersonId>> {
        let mut tx = self.store().write().await?;
        let Some(kind) = self.open(&mut tx, client).await? else { return Ok(None) };
        let taken = all!(
            &mut tx,
            (String,),
            "SELECT seat FROM client_member WHERE client_id = $1 AND left_at IS NULL",
            client.0
        )?;
        let Some(seat) = kind.seats().iter().find(|s| !taken.iter().any(|(t,)| t == s.word())) else { return Ok(None) };
        let Some(person) = self.insert_member(&mut tx, client, *seat, new).await? else { return Ok(None) };
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "added",
                    thing: "person",
                    id: Some(person.0),
                    client: Some(client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(person))
    }

    /// Changes a person's details; what is planned for them is planned again.
    pub async fn update_person(&self, client: ClientId, person: PersonId, details: &PersonDetails) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(member) = self.member(&mut tx, client, person).await? else { return Ok(false) };
        // What a person who signs in has set is theirs: others may be quieter
        // on their behalf, never louder.
        let contact = match member.portal {
            PortalState::Active => member.details.contact.narrowed(&details.contact),
            _ => details.contact.clone(),
        };
        // So is the zone, by which their safe hours go.
        let zone = match member.portal {
            PortalState::Active => &member.details.zone,
            _ => &details.zone,
        };
        run!(
            &mut tx,
            "UPDATE person SET name = $1, search_name = $2, pronouns = $3, email = $4, phone = $5, zone = $6, language = $7, portal_only = $8, safe_from = $9, safe_until = $10, reminders = $11, updated_at = $12, nudges = $14, nudge_at = $15, leads = $16,
                returned_at = CASE WHEN email = $4 THEN returned_at END, returned_why = CASE WHEN email = $4 THEN returned_why ELSE '' END WHERE id = $13",
            &details.name,
            search_key(&details.name),
            &details.pronouns,
            details.email.as_ref().map(Email::as_str),
            &details.phone,
            zone.name(),
            details.language.word(),
            contact.portal_only,
            contact.hours.map(|h| h.0),
            contact.hours.map(|h| h.1),
            contact.reminders,
            self.now(),
            person.0,
            contact.nudges,
            contact.nudge_at,
            own_leads(&contact)
        )?;
        // The zone is the person's own to choose, and once they have signed in
        // so is the address that a reset goes to: it opens what they keep.
        run!(&mut tx, "UPDATE account SET display_name = $1 WHERE person_id = $2", &details.name, person.0)?;
        let email = details.email.as_ref().map_or("", |e| e.as_str());
        run!(&mut tx, "UPDATE account SET zone = $1 WHERE person_id = $2", zone.name(), person.0)?;
        run!(
            &mut tx,
            "UPDATE account SET email = $1 WHERE person_id = $2 AND password_hash IS NULL AND email <> $1",
            email,
            person.0
        )?;
        // A link that went to another address opens nothing any more.
        run!(
            &mut tx,
            "UPDATE invitation SET revoked_at = $1 WHERE email <> $2 AND used_at IS NULL AND revoked_at IS NULL
                AND account_id IN (SELECT id FROM account WHERE person_id = $3)",
            self.now(),
            email,
            person.0
        )?;
        self.store().replan_person(&mut tx, person).await?;
        self.store().replan_nudges_of(&mut tx, person).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "changed",
                    thing: "person",
                    id: Some(person.0),
                    client: Some(client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Puts a client away, or takes it up again; two who separated stay away.
    pub async fn set_archived(&self, client: ClientId, archived: bool) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if self.open(&mut tx, client).await?.is_none() {
            return Ok(false);
        }
        let set = run!(
            &mut tx,
            "UPDATE client SET archived_at = $1 WHERE id = $2 AND separated_at IS NULL",
            archived.then(|| self.now()),
            client.0
        )?;
        if set == 0 {
            return Ok(false);
        }
        if !archived {
            // Whose login ended with a separation elsewhere signs in again.
            run!(
                &mut tx,
                "UPDATE account SET disabled_at = NULL WHERE disabled_at IS NOT NULL AND person_id IN (SELECT person_id FROM client_member WHERE client_id = $1 AND left_at IS NULL)",
                client.0
            )?;
        }
        let action = if archived { "archived" } else { "restored" };
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action,
                    thing: "client",
                    id: Some(client.0),
                    client: Some(client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The client's sessions, the latest first.
    pub async fn client_sessions(&self, client: ClientId) -> Result<Vec<SessionView>> {
        let mut tx = self.store().read().await?;
        if self.own(&mut tx, client).await?.is_none() {
            return Ok(vec![]);
        }
        crate::sessions::latest(&mut tx, client).await
    }
}

/// What is kept of somebody's own lead times.
pub(crate) fn own_leads(contact: &SafeContact) -> Option<Json<&[Lead]>> {
    (!contact.leads.is_empty()).then_some(Json(&contact.leads))
}

pub(crate) async fn person(tx: &mut Tx, person: PersonId) -> Result<PersonRow> {
    maybe!(tx, PersonRow, "SELECT id, name, pronouns, email, phone, zone, language, portal_only, safe_from, safe_until, reminders, leads, nudges, nudge_at, returned_at FROM person WHERE id = $1", person.0)?
        .ok_or_else(|| Error::Stored("a person is gone".to_owned()))
}

pub(crate) fn portal_state(
    active: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> PortalState {
    match (active, until) {
        (Some(_), _) => PortalState::Active,
        (None, Some(until)) if until > now => PortalState::Invited(until),
        (None, Some(_)) => PortalState::Expired,
        (None, None) => PortalState::NotInvited,
    }
}

/// The people of units, in the order of their seats.
pub(crate) async fn members(store: &Store, tx: &mut Tx, clients: &[ClientId]) -> Result<Vec<(ClientId, Member)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(try_from = "String")]
        seat: Seat,
        password_changed_at: Option<DateTime<Utc>>,
        invited_until: Option<DateTime<Utc>>,
        #[sqlx(flatten)]
        person: PersonRow,
    }
    let mut found = Vec::new();
    for client in clients {
        let rows = all!(
            tx,
            Row,
            concat!(
                "SELECT m.seat, a.password_changed_at,
                    (SELECT max(i.expires_at) FROM invitation i WHERE i.account_id = a.id AND i.revoked_at IS NULL) AS invited_until, ",
                person_columns!(),
                "
             FROM client_member m JOIN person p ON p.id = m.person_id LEFT JOIN account a ON a.person_id = p.id
             WHERE m.client_id = $1 AND m.left_at IS NULL ORDER BY m.seat"
            ),
            client.0
        )?;
        for row in rows {
            found.push((
                *client,
                Member {
                    person: PersonId(row.person.id),
                    seat: row.seat,
                    portal: portal_state(row.password_changed_at, row.invited_until, store.now()),
                    returned_at: row.person.returned_at,
                    details: row.person.details(),
                    also: vec![],
                },
            ));
        }
    }
    Ok(found)
}
