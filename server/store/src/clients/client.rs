//! Couples and individual clients, as a clinician reaches them through the
//! caseload.

use chrono::{DateTime, NaiveTime, Utc};
use domain::{
    clients::{
        client::{ClientKind, Seat, title},
        person::{AloneMail, EmailAddress, Language, PersonDetails, SafeContact, Zone},
    },
    ids::{ClientId, PersonId},
    outbox::{lead::Lead, reminder::SkipReason},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Clinician, Error, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::alone_mail::AloneWord,
    database::{all, maybe},
    practice::settings::today,
    unreadable::{self, Lenient},
};

/// SQL: the columns of a [`PersonRow`] for a person `p`.
macro_rules! person_columns {
    () => {
        "p.id, p.name, p.pronouns, p.email, p.phone, p.zone, p.language, p.portal_only, p.safe_from, p.safe_until,
             p.reminders, p.leads, p.nudges, p.nudge_at, p.returned_at, p.alone_mail, (p.held_at IS NOT NULL) AS held,
         (p.email_key <> '' AND p.alone_mail_for = p.email_key) AS chosen_for_this,
         (p.email_key <> '' AND (EXISTS (SELECT 1 FROM person o WHERE o.email_key = p.email_key AND o.id <> p.id)
            OR EXISTS (SELECT 1 FROM account o
                WHERE o.email_key = p.email_key AND (o.person_id IS NULL OR o.person_id <> p.id)))) AS shared_address"
    };
}
pub(crate) use person_columns;

/// The language that a person reads. An unknown word in the database is read as
/// English, so that it stops no email.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoredLanguage(pub Language);

impl From<String> for StoredLanguage {
    fn from(word: String) -> Self {
        Self(word.parse().inspect_err(|error| unreadable::note_row(error)).unwrap_or(Language::English))
    }
}

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
    pub language: StoredLanguage,
    pub portal_only: bool,
    pub safe_from: Option<NaiveTime>,
    pub safe_until: Option<NaiveTime>,
    pub reminders: bool,
    pub leads: Option<Lenient<Vec<Lead>>>,
    pub nudges: bool,
    pub nudge_at: NaiveTime,
    /// When an email to this address came back undelivered; `None`: none did.
    pub returned_at: Option<DateTime<Utc>>,
    /// The person's choice about emails on what they do alone, without their
    /// partner.
    #[sqlx(try_from = "String")]
    pub alone_mail: AloneWord,
    /// Whether the choice to get them at a shared address was made for the
    /// address in use now.
    pub chosen_for_this: bool,
    /// Whether another person or a member of staff has this address too.
    pub shared_address: bool,
    /// Whether they came with an import and were not released yet: nothing is sent to
    /// them.
    pub held: bool,
}

/// The search key of a person's email address; empty: they have none.
pub(crate) fn email_key(details: &PersonDetails) -> String {
    details.email.as_ref().map_or_else(String::new, EmailAddress::key)
}

impl PersonRow {
    /// The choice that applies to the address in use.
    pub(crate) const fn alone_mail(&self) -> AloneMail {
        match self.alone_mail.0 {
            AloneMail::PortalOnly => AloneMail::PortalOnly,
            AloneMail::Address if self.chosen_for_this => AloneMail::Address,
            AloneMail::Address | AloneMail::Unshared => AloneMail::Unshared,
        }
    }

    /// Why this person gets no email about what they do alone. `None`: they get
    /// it.
    pub(crate) const fn alone_skip(&self) -> Option<SkipReason> {
        match self.alone_mail() {
            AloneMail::PortalOnly => Some(SkipReason::AlonePortalOnly),
            AloneMail::Unshared if self.shared_address => Some(SkipReason::SharedAddress),
            AloneMail::Unshared | AloneMail::Address => None,
        }
    }

    /// How this person may be contacted.
    pub(crate) fn contact(&self) -> SafeContact {
        SafeContact {
            portal_only: self.portal_only,
            hours: self.safe_from.zip(self.safe_until),
            alone: self.alone_mail(),
            reminders: self.reminders,
            leads: self.leads.clone().map_or_else(Vec::new, |leads| leads.0),
            nudges: self.nudges,
            nudge_at: self.nudge_at,
        }
    }

    /// The person's details.
    pub(crate) fn details(self) -> PersonDetails {
        PersonDetails {
            contact: self.contact(),
            name: self.name,
            pronouns: self.pronouns,
            email: self.email.and_then(|e| EmailAddress::from_stored(&e)),
            phone: self.phone,
            zone: self.zone,
            language: self.language.0,
        }
    }
}

/// A person of a client.
#[derive(Clone, Debug)]
pub struct Member {
    pub person: PersonId,
    pub seat: Seat,
    pub details: PersonDetails,
    /// When an email to this address came back undelivered; `None`: none did.
    pub returned_at: Option<DateTime<Utc>>,
    /// Whether they came with an import and were not released yet: nothing is sent to
    /// them.
    pub held: bool,
    pub portal: PortalState,
    /// Whether the email address is confirmed, and which others are under way.
    pub address: AddressOwner,
    /// The other clients in this clinician's caseload that this person belongs
    /// to.
    pub also: Vec<(ClientId, ClientKind)>,
}

/// Whether a person can sign in to the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortalState {
    NotInvited,
    /// They have an open invitation; its link works until this time.
    Invited(DateTime<Utc>),
    /// The email with the link was not delivered; the link works until this
    /// time.
    Undelivered(DateTime<Utc>),
    /// The link of the latest invitation has expired.
    Expired,
    /// They have a password.
    Active,
}

/// The state of a person's email address. Once a person signs in, the address
/// is their own, and an address that the practice enters for them is only a
/// suggestion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressOwner {
    /// When the person confirmed it as their own; `None`: the practice entered
    /// it.
    pub own_since: Option<DateTime<Utc>>,
    /// Another address that the practice suggests, and since when.
    pub suggested: Option<(EmailAddress, DateTime<Utc>)>,
    /// Another address that the person asked for and has not confirmed; `None`:
    /// there is none.
    pub pending: Option<EmailAddress>,
}

/// SQL: whether the email of the account's open invitation was not delivered.
macro_rules! invitation_lost {
    ($account:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM email x JOIN invitation v ON v.id = x.invitation_id WHERE x.account_id = ",
            $account,
            " AND v.used_at IS NULL AND v.revoked_at IS NULL
                AND (x.state = 'failed' OR (x.state = 'skipped' AND x.reason <> 'used')))"
        )
    };
}
pub(crate) use invitation_lost;

/// A client with its people.
#[derive(Clone, Debug)]
pub struct ClientRecord {
    pub id: ClientId,
    pub kind: ClientKind,
    pub archived: bool,
    /// When the two people separated, which froze the record; `None`: they did
    /// not.
    pub separated_at: Option<DateTime<Utc>>,
    pub members: Vec<Member>,
}

impl ClientRecord {
    /// The names of the client's people as a title.
    pub fn title(&self) -> String {
        title(self.members.iter().map(|m| m.details.name.as_str()))
    }
}

/// SQL: the condition that a client `c` is in the caseload of the clinician
/// `$1` on the day `$2`.
macro_rules! in_care {
    ($select:expr, $rest:expr) => {
        concat!(
            $select,
            " WHERE c.id IN (SELECT k.client_id FROM care k
                 WHERE k.clinician_id = $1 AND k.starts_on <= $2 AND (k.ends_on IS NULL OR k.ends_on >= $2)) ",
            $rest
        )
    };
}
pub(crate) use in_care;

impl Clinician {
    /// Opens a client of the caseload and records that in the audit log.
    /// `None`: not in the caseload.
    pub async fn client(&self, client: ClientId) -> Result<Option<ClientRecord>> {
        let mut tx = self.store().read().await?;
        let Some(record) = find_client(self, &mut tx, client).await? else { return Ok(None) };
        self.store()
            .record_opening(
                tx,
                Act::by(self.me(), AuditAction::Opened, AuditThing::Client).id(client.0).client(client.0),
            )
            .await?;
        Ok(Some(record))
    }

    /// The ids and names of a client's people for lists to choose from, without
    /// opening the record. `None`: not in the caseload.
    pub async fn names(&self, client: ClientId) -> Result<Option<Vec<(PersonId, String)>>> {
        let mut tx = self.store().read().await?;
        if kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(
            members_of(self.store(), &mut tx, &[client])
                .await?
                .into_iter()
                .map(|(_, m)| (m.person, m.details.name))
                .collect(),
        ))
    }

    /// The people of couples in the caseload who are not an individual client
    /// in it yet. The list does not tell whether they are an individual client
    /// of a colleague.
    pub async fn possible_individuals(&self) -> Result<Vec<(PersonId, String)>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = all!(
            &mut tx,
            (Uuid, String),
            in_care!(
                "SELECT p.id, p.name FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
                 JOIN person p ON p.id = m.person_id",
                "AND c.kind = 'couple' AND NOT EXISTS (SELECT 1 FROM client_member n
                    JOIN client d ON d.id = n.client_id JOIN care e ON e.client_id = d.id
                    WHERE n.person_id = p.id AND n.left_at IS NULL AND d.kind = 'individual' AND e.clinician_id = $1
                    AND e.starts_on <= $2 AND (e.ends_on IS NULL OR e.ends_on >= $2)) ORDER BY p.name"
            ),
            self.me().0,
            today
        )?;
        Ok(rows.into_iter().map(|(id, name)| (PersonId(id), name)).collect())
    }

    /// All people in the caseload, by name.
    pub async fn people(&self) -> Result<Vec<(PersonId, String)>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = all!(
            &mut tx,
            (Uuid, String),
            in_care!(
                "SELECT DISTINCT p.id, p.name FROM client c
                 JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN person p ON p.id = m.person_id",
                "ORDER BY p.name"
            ),
            self.me().0,
            today
        )?;
        Ok(rows.into_iter().map(|(id, name)| (PersonId(id), name)).collect())
    }
}

/// The person's own reminder lead times as they are stored; `None`: they have
/// none, and the practice's apply.
pub(crate) fn own_leads(contact: &SafeContact) -> Option<Json<&[Lead]>> {
    (!contact.leads.is_empty()).then_some(Json(&contact.leads))
}

/// The person with this id. Gives [`Error::Stored`] where there is none.
pub(crate) async fn find_person(tx: &mut Tx, person: PersonId) -> Result<PersonRow> {
    maybe!(tx, PersonRow, concat!("SELECT ", person_columns!(), " FROM person p WHERE p.id = $1"), person.0)?
        .ok_or_else(|| Error::Stored("a person is gone".to_owned()))
}

/// Whether a person can sign in. `active`: when the password was set; `until`:
/// when the latest invitation expires; `lost`: whether its email was not
/// delivered.
pub(crate) fn portal_state(
    active: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    lost: bool,
    now: DateTime<Utc>,
) -> PortalState {
    match (active, until) {
        (Some(_), _) => PortalState::Active,
        (None, Some(until)) if until > now && lost => PortalState::Undelivered(until),
        (None, Some(until)) if until > now => PortalState::Invited(until),
        (None, Some(_)) => PortalState::Expired,
        (None, None) => PortalState::NotInvited,
    }
}

/// The people of these clients, each with the client, in the order of the
/// seats.
pub(crate) async fn members_of(store: &Store, tx: &mut Tx, clients: &[ClientId]) -> Result<Vec<(ClientId, Member)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(try_from = "String")]
        seat: Seat,
        password_changed_at: Option<DateTime<Utc>>,
        invited_until: Option<DateTime<Utc>>,
        invitation_lost: bool,
        email_own_at: Option<DateTime<Utc>>,
        email_suggested: Option<String>,
        email_suggested_at: Option<DateTime<Utc>>,
        email_pending: Option<String>,
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
                    (SELECT max(i.expires_at) FROM invitation i
                        WHERE i.account_id = a.id AND i.revoked_at IS NULL) AS invited_until,
                    p.email_own_at, p.email_suggested, p.email_suggested_at,
                    (SELECT h.email FROM address_change h
                        WHERE h.account_id = a.id AND h.confirmed_at IS NULL AND h.ended_at IS NULL
                        AND h.expires_at > $2) AS email_pending, ",
                invitation_lost!("a.id"),
                " AS invitation_lost, ",
                person_columns!(),
                "
             FROM client_member m JOIN person p ON p.id = m.person_id LEFT JOIN account a ON a.person_id = p.id
             WHERE m.client_id = $1 AND m.left_at IS NULL ORDER BY m.seat"
            ),
            client.0,
            store.now()
        )?;
        for row in rows {
            found.push((
                *client,
                Member {
                    person: PersonId(row.person.id),
                    seat: row.seat,
                    portal: portal_state(row.password_changed_at, row.invited_until, row.invitation_lost, store.now()),
                    address: AddressOwner {
                        own_since: row.email_own_at,
                        suggested: row
                            .email_suggested
                            .and_then(|email| EmailAddress::from_stored(&email))
                            .zip(row.email_suggested_at),
                        pending: row.email_pending.as_deref().and_then(EmailAddress::from_stored),
                    },
                    returned_at: row.person.returned_at,
                    held: row.person.held,
                    details: row.person.details(),
                    also: vec![],
                },
            ));
        }
    }
    Ok(found)
}

/// The kind of a client in the caseload; `None`: not in the caseload.
pub(crate) async fn kind_in_caseload(
    clinician: &Clinician,
    tx: &mut Tx,
    client: ClientId,
) -> Result<Option<ClientKind>> {
    let today = today(tx, clinician.now()).await?;
    let row = maybe!(
        tx,
        (String,),
        in_care!("SELECT c.kind FROM client c", "AND c.id = $3"),
        clinician.me().0,
        today,
        client.0
    )?;
    Ok(match row {
        Some((kind,)) => Some(kind.parse()?),
        None => None,
    })
}

/// A person of a client in the caseload; `None`: not in the caseload, or
/// not a person of this client.
pub(crate) async fn member(
    clinician: &Clinician,
    tx: &mut Tx,
    client: ClientId,
    person: PersonId,
) -> Result<Option<Member>> {
    if kind_in_caseload(clinician, tx, client).await?.is_none() {
        return Ok(None);
    }
    Ok(members_of(clinician.store(), tx, &[client]).await?.into_iter().map(|(_, m)| m).find(|m| m.person == person))
}

/// A client of the caseload; `None`: not in the caseload. The caller
/// records the opening in the audit log.
pub(crate) async fn find_client(clinician: &Clinician, tx: &mut Tx, client: ClientId) -> Result<Option<ClientRecord>> {
    let today = today(tx, clinician.now()).await?;
    let row = maybe!(
        tx,
        (String, bool, Option<DateTime<Utc>>),
        in_care!("SELECT c.kind, (c.archived_at IS NOT NULL), c.separated_at FROM client c", "AND c.id = $3"),
        clinician.me().0,
        today,
        client.0
    )?;
    let Some((kind, archived, separated_at)) = row else { return Ok(None) };
    let mut members: Vec<Member> =
        members_of(clinician.store(), tx, &[client]).await?.into_iter().map(|(_, m)| m).collect();
    for member in &mut members {
        let also = all!(
            tx,
            (Uuid, String),
            in_care!(
                "SELECT c.id, c.kind FROM client c
                 JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL",
                "AND m.person_id = $3 AND c.id <> $4"
            ),
            clinician.me().0,
            today,
            member.person.0,
            client.0
        )?;
        member.also = also.into_iter().filter_map(|(id, kind)| Some((ClientId(id), kind.parse().ok()?))).collect();
    }
    for member in &members {
        unreadable::report_unknown_zone(&member.details.name, &member.details.zone);
    }
    Ok(Some(ClientRecord { id: client, kind: kind.parse()?, archived, separated_at, members }))
}

/// Checks that a client is in the caseload and its record takes additions,
/// and returns the client's kind. `None`: it is not, or the couple has
/// separated.
pub(crate) async fn find_open_client(
    clinician: &Clinician,
    tx: &mut Tx,
    client: ClientId,
) -> Result<Option<ClientKind>> {
    let today = today(tx, clinician.now()).await?;
    let row = maybe!(
        tx,
        (String,),
        in_care!("SELECT c.kind FROM client c", "AND c.id = $3 AND c.separated_at IS NULL"),
        clinician.me().0,
        today,
        client.0
    )?;
    Ok(row.map(|(kind,)| kind.parse()).transpose()?)
}

/// Whether a client's record is frozen by a separation.
pub(crate) async fn is_separated(tx: &mut Tx, client: ClientId) -> Result<bool> {
    let row = maybe!(tx, (bool,), "SELECT (separated_at IS NOT NULL) FROM client WHERE id = $1", client.0)?;
    Ok(row.is_some_and(|(separated,)| separated))
}
