//! What the form of a note is made for: its sections, the people whose attendance
//! it asks for, and the secrets policy in force.

use domain::{
    ids::{ClientId, NoteId, NoteTemplateId, NoteTemplateVersionId, PersonId},
    records::{
        note::{NoteLayout, NoteScope, NoteTemplate},
        policy::PolicyState,
    },
};
use uuid::Uuid;

use super::{Opener, find};
use crate::{
    Clinician, Result, Store, Tx,
    clients::client,
    database::{all, maybe},
    records::{
        note_templates::{self, NoteTemplateEntry},
        policies,
    },
};

/// What the form of a note is made for.
#[derive(Clone, Debug)]
pub struct NoteForm {
    pub client: ClientId,
    pub layout: NoteLayout,
    /// The template and its version; `None`: free text, or an addendum.
    pub template: Option<(NoteTemplateId, NoteTemplateVersionId)>,
    /// A version of the template that was made since; `None`: the note has the
    /// newest.
    pub newer: Option<NoteTemplateVersionId>,
    /// The secrets policy of the client.
    pub policy: PolicyState,
    /// Whether a joint note needs a reason, because the client is a couple without
    /// a secrets policy in force.
    pub joint_needs_reason: bool,
}

/// The people of a client, by seat.
pub(super) async fn people_of(tx: &mut Tx, client: ClientId) -> Result<Vec<(PersonId, String)>> {
    let rows = all!(
        tx,
        (Uuid, String),
        "SELECT p.id, p.name FROM client_member m JOIN person p ON p.id = m.person_id
         WHERE m.client_id = $1 AND m.left_at IS NULL ORDER BY m.seat",
        client.0
    )?;
    Ok(rows.into_iter().map(|(id, name)| (PersonId(id), name)).collect())
}

/// Whether a note of this scope needs a reason: it is the joint note of a couple
/// that is in care, and no secrets policy is in force that both have signed.
pub(super) async fn needs_reason(store: &Store, tx: &mut Tx, client: ClientId, scope: NoteScope) -> Result<bool> {
    match scope {
        NoteScope::Joint => {}
        NoteScope::PartnerA | NoteScope::PartnerB | NoteScope::Process => return Ok(false),
    }
    let couple = maybe!(
        &mut *tx,
        (Uuid,),
        "SELECT c.id FROM client c WHERE c.id = $1 AND c.kind = 'couple' AND c.separated_at IS NULL
         AND (SELECT count(*) FROM client_member m WHERE m.client_id = c.id AND m.left_at IS NULL) = 2",
        client.0
    )?;
    Ok(couple.is_some() && !policies::state(store, tx, client).await?.is_in_force())
}

impl Clinician {
    /// What the form of a new note is made for. `asked` is a version of a template;
    /// without it, it is the one with which this clinician begins. `None`: the
    /// client is not in the caseload, or there is no such version.
    pub async fn new_note_form(
        &self,
        client: ClientId,
        asked: Option<NoteTemplateVersionId>,
    ) -> Result<Option<NoteForm>> {
        let mut tx = self.store().read().await?;
        let Some(kind) = client::kind_in_caseload(self, &mut tx, client).await? else { return Ok(None) };
        let entry = match asked {
            Some(asked) => match note_templates::version(&mut tx, asked).await? {
                Some(entry) => Some(entry),
                None => return Ok(None),
            },
            None => note_templates::first_choice(&mut tx, self.me(), kind).await?,
        };
        self.form_of(&mut tx, client, entry).await.map(Some)
    }

    /// What the form of an addendum is made for. `None`: the client is not in the
    /// caseload.
    pub async fn addendum_form(&self, client: ClientId) -> Result<Option<NoteForm>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let mut form = self.form_of(&mut tx, client, None).await?;
        (form.layout.template, form.joint_needs_reason) = (NoteTemplate::addendum(), false);
        (form.layout.people, form.layout.policy) = (vec![], String::new());
        Ok(Some(form))
    }

    /// What the form of a note that is stored already is made for. `None`: there is
    /// no such note in this clinician's care.
    pub async fn note_form(&self, note: NoteId) -> Result<Option<NoteForm>> {
        let mut tx = self.store().read().await?;
        let Some(row) = find(self, &mut tx, note).await? else { return Ok(None) };
        let client = ClientId(row.client_id);
        if row.addendum_of.is_some() {
            drop(tx);
            return self.addendum_form(client).await;
        }
        let entry = match row.template_version_id {
            Some(version) => note_templates::version(&mut tx, NoteTemplateVersionId(version)).await?,
            None => None,
        };
        let mut form = self.form_of(&mut tx, client, entry).await?;
        // Only the headings are taken from the note, and they are shown nowhere yet.
        let opened = Opener::new(self.store()).open(&mut tx, &row).await;
        let document = match opened {
            Ok(note) => note.document,
            Err(error) if error.is_of_one_row() => Default::default(),
            Err(error) => return Err(error),
        };
        let is_extra = |key: &str| form.layout.template.section(key).is_none();
        form.layout.extra = document
            .written()
            .filter(|section| is_extra(&section.key))
            .map(|section| (section.key.clone(), section.label.clone()))
            .collect();
        form.joint_needs_reason &= row.revision > 0;
        Ok(Some(form))
    }

    /// The form of a note with this template; `None`: free text.
    async fn form_of(&self, tx: &mut Tx, client: ClientId, entry: Option<NoteTemplateEntry>) -> Result<NoteForm> {
        let people = people_of(tx, client).await?;
        let names: Vec<&str> = people.iter().map(|(_, name)| name.as_str()).collect();
        let newer = match &entry {
            Some(entry) => note_templates::newest(tx, entry.id).await?.map(|newest| newest.version_id),
            None => None,
        };
        let template = entry.as_ref().map_or_else(NoteTemplate::free, |entry| entry.template.for_people(&names));
        let policy = policies::state(self.store(), tx, client).await?;
        let joint_needs_reason = needs_reason(self.store(), tx, client, NoteScope::Joint).await?;
        // An individual client has no secrets policy, and its notes do not say so.
        let words = if people.len() < 2 { String::new() } else { policy.words() };
        Ok(NoteForm {
            client,
            layout: NoteLayout { template, extra: vec![], people, policy: words },
            newer: newer.filter(|newer| entry.as_ref().is_some_and(|entry| entry.version_id != *newer)),
            template: entry.map(|entry| (entry.id, entry.version_id)),
            policy,
            joint_needs_reason,
        })
    }
}
