//! What a disclosure and a release can be made of, and what there is to do about
//! them on Today.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::client::{ClientKind, Seat, title},
    ids::{AccountId, ClientId, DisclosureId, DocumentId, ReleaseId},
    records::{
        disclosure::{self, Item, OfferedItem, WholeList},
        handover::FilePart,
        note::NoteScope,
        policy::{PolicyState, ReleaseSigners},
        release::{self, Chosen},
    },
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Clinician, Paged, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, in_care},
    database::all,
    limits::DISCLOSURE_TASKS,
    practice::settings::{practice_set_up, today},
    records::{
        documents::{self, Document},
        leaving::{belongs_to, listed_day},
        policies,
    },
    unreadable::{self, fetched},
};

/// Something that can be chosen for a disclosure, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedNote {
    pub item: OfferedItem,
    /// Such as "24 November 2026: Couple session (Ruth Adler)".
    pub label: String,
}

/// What a therapist has to do about something that leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeavingTask {
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    pub work: LeavingWork,
    pub at: DateTime<Utc>,
}

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeavingWork {
    /// To confirm a colleague's disclosure.
    Confirm(DisclosureId),
    /// To look at an own disclosure that a colleague declined.
    Declined(DisclosureId),
    /// To send an own disclosure.
    Send(DisclosureId),
    /// To decide whether the clients can be told of it now.
    Tell(DisclosureId),
    /// To send an own release that everyone has signed.
    SendRelease(ReleaseId),
}

#[derive(FromRow)]
struct TaskRow {
    id: Uuid,
    task: String,
    client_id: Uuid,
    at: DateTime<Utc>,
}

#[derive(FromRow)]
struct NoteRow {
    id: Uuid,
    #[sqlx(try_from = "String")]
    scope: NoteScope,
    title: Option<String>,
    display_name: String,
    created_at: DateTime<Utc>,
    starts_on: Option<chrono::NaiveDateTime>,
}

/// The other therapists of the practice who can sign in, by name.
pub(super) async fn colleagues(clinician: &Clinician, tx: &mut Tx) -> Result<Vec<(AccountId, String)>> {
    let rows = all!(
        tx,
        (Uuid, String),
        "SELECT a.id, a.display_name FROM account a JOIN account_role r ON r.account_id = a.id AND r.role = 'clinician'
         WHERE a.id <> $1 AND a.disabled_at IS NULL AND a.password_hash IS NOT NULL ORDER BY a.display_name, a.id",
        clinician.me().0
    )?;
    Ok(rows.into_iter().map(|(id, name)| (AccountId(id), name)).collect())
}

/// The documents of a record that a therapist may read, the latest first.
async fn readable_documents(clinician: &Clinician, tx: &mut Tx, client: ClientId) -> Result<Vec<Document>> {
    let rows = all!(
        &mut *tx,
        (Uuid,),
        "SELECT id FROM document WHERE client_id = $1 AND removed_at IS NULL
             AND (scope <> 'process' OR author_id = $2) AND (person_id IS NULL OR opened_at IS NOT NULL)
         ORDER BY dated DESC, id DESC",
        client.0,
        clinician.me().0
    )?;
    let mut found = Vec::new();
    for (id,) in rows {
        let opened = unreadable::or_skip(documents::open(clinician.store(), tx, DocumentId(id)).await)?.flatten();
        found.extend(opened.map(|(document, _)| document));
    }
    Ok(found)
}

/// The seat to whose own part something belongs; `None`: the joint record.
const fn seat_of(part: FilePart) -> Option<Seat> {
    match part {
        FilePart::PartnerA => Some(Seat::A),
        FilePart::PartnerB => Some(Seat::B),
        FilePart::Joint | FilePart::Process => None,
    }
}

/// A day as it is listed.
fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

impl Clinician {
    /// What a release of a client can be made of; the opening is audited. `None`: not
    /// in the caseload.
    pub async fn release_offer(&self, client: ClientId) -> Result<Option<release::Offer>> {
        let mut tx = self.store().read().await?;
        let Some(kind) = client::kind_in_caseload(self, &mut tx, client).await? else { return Ok(None) };
        let members = client::members_of(self.store(), &mut tx, &[client]).await?;
        let seats: Vec<Seat> = members.iter().map(|(_, member)| member.seat).collect();
        let templates = all!(
            &mut tx,
            (Uuid, String),
            "SELECT v.template_id, max(v.title)
             FROM note n JOIN note_template_version v ON v.id = n.template_version_id
             WHERE n.client_id = $1 AND n.scope <> 'process' AND n.locked_at IS NOT NULL
             GROUP BY v.template_id ORDER BY max(v.title), v.template_id",
            client.0
        )?;
        let alone = match policies::state(self.store(), &mut tx, client).await? {
            PolicyState::InForce { decisions, .. } if decisions.release == ReleaseSigners::OwnAlone => seats.clone(),
            PolicyState::None
            | PolicyState::Proposed { .. }
            | PolicyState::InForce { .. }
            | PolicyState::Suspended { .. } => vec![],
        };
        let mut offer = release::Offer {
            alone: if kind == ClientKind::Couple { alone } else { vec![] },
            templates: templates.into_iter().map(|(id, title)| Chosen { id, title }).collect(),
            ..release::Offer::default()
        };
        for document in readable_documents(self, &mut tx, client).await? {
            let Some(part) = belongs_to(&document, seats.len()) else { continue };
            let chosen = Chosen { id: document.id.0, title: document.title };
            match seat_of(part) {
                None => offer.documents.push(chosen),
                Some(seat) => offer.own_documents.push((seat, chosen)),
            }
        }
        offer.seats = seats;
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Releases).client(client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some(offer))
    }

    /// What a disclosure of a client can be made of, item by item with the words that
    /// name it, and the colleagues and documents to choose from; the opening is
    /// audited. `None`: not in the caseload.
    pub async fn disclosure_offer(&self, client: ClientId) -> Result<Option<DisclosureOffer>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let people = client::members_of(self.store(), &mut tx, &[client]).await?.len();
        let zone = practice_set_up(&mut tx).await?.zone;
        let rows = all!(
            &mut tx,
            NoteRow,
            "SELECT n.id, n.scope, v.title, a.display_name, n.created_at, s.starts AS starts_on
             FROM note n JOIN account a ON a.id = n.author_id LEFT JOIN session s ON s.id = n.session_id
             LEFT JOIN note_template_version v ON v.id = n.template_version_id
             WHERE n.client_id = $1 AND n.scope <> 'process' AND n.locked_at IS NOT NULL AND n.addendum_of IS NULL
             ORDER BY n.created_at DESC, n.id DESC",
            client.0
        )?;
        let mut items = Vec::new();
        for row in rows {
            let of = match row.scope {
                NoteScope::Joint | NoteScope::Process => None,
                NoteScope::PartnerA => Some(Seat::A),
                NoteScope::PartnerB => Some(Seat::B),
            };
            let on = listed_day(row.starts_on.map(|at| at.date()), row.created_at, &zone);
            let title = row.title.unwrap_or_else(|| "Note".to_owned());
            let label = format!("{}: {title} ({})", day(on), row.display_name);
            items.push(OfferedNote { item: OfferedItem { item: Item::Note(row.id), of }, label });
        }
        let documents = readable_documents(self, &mut tx, client).await?;
        for document in &documents {
            let Some(part) = belongs_to(document, people) else { continue };
            let item = OfferedItem { item: Item::Document(document.id.0), of: seat_of(part) };
            items.push(OfferedNote { item, label: format!("{}: {}", day(document.dated), document.title) });
        }
        for list in WholeList::ALL {
            let item = OfferedItem { item: Item::List(*list), of: None };
            items.push(OfferedNote { item, label: list.label().to_owned() });
        }
        let colleagues = colleagues(self, &mut tx).await?;
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Disclosures).client(client.0);
        self.store().record_opening(tx, act).await?;
        let documents = documents.into_iter().map(|document| (document.id, document.title)).collect();
        Ok(Some(DisclosureOffer { items, documents, colleagues }))
    }

    /// A page of what this therapist has to do about releases and disclosures, the
    /// latest first. The caller records that this was shown.
    pub async fn leaving_tasks(&self, after: Option<After>) -> Result<Paged<LeavingTask>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            TaskRow,
            concat!(
                "SELECT t.id, t.task, t.client_id, t.at FROM (
                     SELECT d.id AS id, 'confirm' AS task, d.client_id AS client_id, d.prepared_at AS at
                     FROM disclosure d
                     WHERE d.confirmer_id = $1 AND d.answer IS NULL AND d.dropped_at IS NULL
                     UNION ALL ",
                in_care!(
                    "SELECT d.id, CASE WHEN d.answer = 'declined' THEN 'declined' ELSE 'send' END, d.client_id,
                         COALESCE(d.answered_at, d.prepared_at)
                     FROM disclosure d JOIN client c ON c.id = d.client_id",
                    "AND d.prepared_by = $1 AND d.dropped_at IS NULL
                     AND (d.confirmer_id IS NULL OR d.answer IS NOT NULL)
                     AND NOT EXISTS (SELECT 1 FROM handover h WHERE h.disclosure_id = d.id)"
                ),
                " UNION ALL ",
                in_care!(
                    "SELECT d.id, 'tell', d.client_id, d.prepared_at FROM disclosure d JOIN client c ON c.id = d.client_id",
                    "AND d.told_at IS NULL AND d.ask_again_on IS NOT NULL AND d.ask_again_on <= $2
                     AND EXISTS (SELECT 1 FROM handover h WHERE h.disclosure_id = d.id)"
                ),
                " UNION ALL ",
                in_care!(
                    "SELECT r.id, 'release', r.client_id, r.prepared_at FROM release r JOIN client c ON c.id = r.client_id",
                    "AND r.prepared_by = $1 AND r.closed_at IS NULL AND r.ends_on >= $2
                     AND NOT EXISTS (SELECT 1 FROM handover h WHERE h.release_id = r.id)
                     AND EXISTS (SELECT 1 FROM release_signer s WHERE s.release_id = r.id)
                     AND NOT EXISTS (SELECT 1 FROM release_signer s LEFT JOIN signature g ON g.ask_id = s.ask_id
                         WHERE s.release_id = r.id AND (g.id IS NULL OR g.withdrawn_at IS NOT NULL))"
                ),
                ") t WHERE (t.at, t.id) < ($3, $4) ORDER BY t.at DESC, t.id DESC LIMIT $5"
            ),
            self.me().0,
            today,
            after.at,
            after.id,
            DISCLOSURE_TASKS + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, DISCLOSURE_TASKS, |row: &TaskRow| After::new(row.at, row.id));
        let clients: Vec<ClientId> = rows.iter().map(|row| ClientId(row.client_id)).collect();
        let members = client::members_of(self.store(), &mut tx, &clients).await?;
        let names = |of| title(members.iter().filter(|(c, _)| *c == of).map(|(_, m)| m.details.name.as_str()));
        let mut tasks = Vec::new();
        for row in rows {
            let work = match row.task.as_str() {
                "confirm" => LeavingWork::Confirm(DisclosureId(row.id)),
                "declined" => LeavingWork::Declined(DisclosureId(row.id)),
                "tell" => LeavingWork::Tell(DisclosureId(row.id)),
                "release" => LeavingWork::SendRelease(ReleaseId(row.id)),
                _ => LeavingWork::Send(DisclosureId(row.id)),
            };
            let client = ClientId(row.client_id);
            tasks.push(LeavingTask { client, title: names(client), work, at: row.at });
        }
        Ok(Paged { rows: tasks, more })
    }
}

/// What a disclosure can be made of.
#[derive(Clone, Debug, Default)]
pub struct DisclosureOffer {
    pub items: Vec<OfferedNote>,
    /// The documents of the record, one of which can be the order, with their titles.
    pub documents: Vec<(DocumentId, String)>,
    /// The other therapists of the practice, with their names.
    pub colleagues: Vec<(AccountId, String)>,
}

impl DisclosureOffer {
    /// The ids of what is offered, by which a form is read.
    pub fn ids(&self) -> disclosure::Offer {
        disclosure::Offer {
            items: self.items.iter().map(|offered| offered.item).collect(),
            documents: self.documents.iter().map(|(id, _)| id.0).collect(),
            colleagues: self.colleagues.iter().map(|(id, _)| id.0).collect(),
        }
    }
}
