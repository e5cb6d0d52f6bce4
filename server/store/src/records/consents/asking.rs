//! Asking for signatures: what the therapist chooses from, and what is filled in.

use domain::{
    clients::person::Language,
    ids::{AskId, ClientId, ConsentTextId, PersonId},
    records::consents::{Blank, BlankValues, ConsentKind},
};
use uuid::Uuid;

use super::{AskRow, AskText, NewAsk, close, current, find_ask};
use crate::{
    Clinician, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe},
    practice::settings,
};

/// A text that the therapist can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextChoice {
    pub id: ConsentTextId,
    pub kind: ConsentKind,
    /// The title in English.
    pub title: String,
    /// The blanks that the therapist can change.
    pub blanks: Vec<Blank>,
}

/// What became of asking for signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskOutcome {
    /// This many were asked for; what was open or signed already is not asked again.
    Asked(usize),
    /// A text or a person is not on the list.
    Unknown,
}

/// What fills the blanks: what was given, and what the program knows.
pub(super) async fn with_known(tx: &mut Tx, new: &NewAsk) -> Result<BlankValues> {
    let mut values = new.blanks.clone();
    values.retain(|(_, value)| !value.trim().is_empty());
    for (name, value) in known(tx, new.client, Some(new.person)).await? {
        if !values.iter().any(|(n, _)| *n == name) {
            values.push((name, value));
        }
    }
    Ok(values)
}

/// What the program knows of the blanks of a client's texts; `person`: who signs.
async fn known(tx: &mut Tx, client: Option<ClientId>, person: Option<PersonId>) -> Result<BlankValues> {
    let practice = settings::practice_set_up(tx).await?;
    let mut values = vec![
        (Blank::Practice, practice.name.clone()),
        (Blank::Hours, practice.notice_hours.to_string()),
        (Blank::LateFee, practice.late_fee.clone()),
        (Blank::Contact, practice.phone.clone()),
    ];
    if let Some(client) = client {
        let therapist = maybe!(
            tx,
            (String,),
            "SELECT a.display_name FROM care k JOIN account a ON a.id = k.clinician_id
             WHERE k.client_id = $1 AND k.covering = $2 ORDER BY k.starts_on DESC LIMIT 1",
            client.0,
            false
        )?;
        values.extend(therapist.map(|(name,)| (Blank::Therapist, name)));
    }
    if let Some(person) = person {
        values.push((Blank::Name, client::find_person(tx, person).await?.name));
    }
    Ok(values
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(blank, value)| (blank.word().to_owned(), value))
        .collect())
}

/// The texts that can be asked for, by their kind and title.
pub(crate) async fn choices(tx: &mut Tx) -> Result<Vec<TextChoice>> {
    let rows = all!(
        tx,
        (Uuid, String),
        "SELECT t.id, t.kind FROM consent_text t WHERE t.archived_at IS NULL ORDER BY t.created_at, t.id"
    )?;
    let mut choices = Vec::new();
    for (id, kind) in rows {
        let kind: ConsentKind = kind.parse()?;
        if kind.is_chosen() {
            let wording = current(tx, id, Language::English).await?.wording;
            let blanks = wording.blanks().into_iter().filter(|blank| !blank.is_automatic()).collect();
            choices.push(TextChoice { id: ConsentTextId(id), kind, title: wording.title, blanks });
        }
    }
    choices.sort_by(|a, b| (a.kind, &a.title).cmp(&(b.kind, &b.title)));
    Ok(choices)
}

/// Whether a client is in the caseload, and their record neither frozen nor archived.
pub(crate) async fn is_open(clinician: &Clinician, tx: &mut Tx, client: ClientId) -> Result<bool> {
    if client::find_open_client(clinician, tx, client).await?.is_none() {
        return Ok(false);
    }
    let archived = maybe!(tx, (Uuid,), "SELECT id FROM client WHERE id = $1 AND archived_at IS NOT NULL", client.0)?;
    Ok(archived.is_none())
}

/// An ask of a client in the caseload, with the client; `None`: there is none. What is
/// asked for a release of process notes is for their author alone.
pub(crate) async fn find_in_care(clinician: &Clinician, tx: &mut Tx, ask: AskId) -> Result<Option<(AskRow, ClientId)>> {
    let Some(row) = find_ask(tx, ask).await? else { return Ok(None) };
    let Some(client) = row.client_id.map(ClientId) else { return Ok(None) };
    if client::kind_in_caseload(clinician, tx, client).await?.is_none()
        || is_of_others_process(clinician, tx, ask).await?
    {
        return Ok(None);
    }
    Ok(Some((row, client)))
}

/// SQL: whether the ask `$ask` belongs to a release of process notes that another
/// account than `$me` has prepared.
macro_rules! others_process {
    ($ask:literal, $me:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM release_signer rs JOIN release r ON r.id = rs.release_id
                 WHERE rs.ask_id = ",
            $ask,
            " AND r.kind = 'process' AND r.prepared_by <> ",
            $me,
            ")"
        )
    };
}
pub(super) use others_process;

/// Whether an ask belongs to a release of another clinician's process notes.
async fn is_of_others_process(clinician: &Clinician, tx: &mut Tx, ask: AskId) -> Result<bool> {
    let found = maybe!(
        tx,
        (Uuid,),
        concat!("SELECT a.id FROM consent_ask a WHERE a.id = $1 AND ", others_process!("a.id", "$2")),
        ask.0,
        clinician.me().0
    )?;
    Ok(found.is_some())
}

impl Clinician {
    /// The texts that can be asked for, and what the program would fill in. `None`: the
    /// client is not in the caseload, or their record is frozen or archived.
    pub async fn consent_choices(&self, client: ClientId) -> Result<Option<(Vec<TextChoice>, BlankValues)>> {
        let mut tx = self.store().read().await?;
        if !is_open(self, &mut tx, client).await? {
            return Ok(None);
        }
        let choices = choices(&mut tx).await?;
        let values = known(&mut tx, Some(client), None).await?;
        Ok(Some((choices, values)))
    }

    /// Asks people of a client to sign texts. What a person has signed already, in its
    /// current version, or is asked for already, is left out. `None`: the client is not
    /// in the caseload, or their record is frozen or archived.
    pub async fn ask_consents(
        &self,
        client: ClientId,
        people: &[PersonId],
        texts: &[ConsentTextId],
        blanks: &BlankValues,
    ) -> Result<Option<AskOutcome>> {
        let mut tx = self.store().write().await?;
        if !is_open(self, &mut tx, client).await? {
            return Ok(None);
        }
        let members = client::members_of(self.store(), &mut tx, &[client]).await?;
        let offered = choices(&mut tx).await?;
        if !people.iter().all(|person| members.iter().any(|(_, m)| m.person == *person))
            || !texts.iter().all(|text| offered.iter().any(|choice| choice.id == *text))
        {
            return Ok(Some(AskOutcome::Unknown));
        }
        let states = super::states(self.store(), &mut tx, client).await?;
        let mut asked = 0;
        for text in texts {
            let Some(choice) = offered.iter().find(|choice| choice.id == *text) else { continue };
            for person in people {
                let current = current(&mut tx, text.0, Language::English).await?.version;
                let has_it = states.iter().any(|state| {
                    let is_done = state.status.is_signed() && state.version == current;
                    state.person == *person
                        && state.text == *text
                        && (is_done || matches!(state.status, super::AskStatus::Open(_)))
                });
                if has_it && choice.kind.is_asked_once() {
                    continue;
                }
                let new = NewAsk {
                    client: Some(client),
                    person: *person,
                    text: AskText::Id(*text),
                    blanks: blanks.clone(),
                    by: self.me(),
                };
                super::ask(self.store(), &mut tx, new).await?;
                asked += 1;
            }
        }
        tx.commit().await?;
        Ok(Some(AskOutcome::Asked(asked)))
    }

    /// Takes an ask back that was not signed. `false`: it is signed or taken back
    /// already, or belongs to a policy or a release, which are taken back as a whole.
    /// `None`: it is not of the caseload.
    pub async fn close_ask(&self, ask: AskId) -> Result<Option<bool>> {
        let mut tx = self.store().write().await?;
        let Some((_, client)) = find_in_care(self, &mut tx, ask).await? else { return Ok(None) };
        super::lock(&mut tx, ask).await?;
        let Some(row) = find_ask(&mut tx, ask).await? else { return Ok(None) };
        if row.closed_at.is_some() || row.policy_id.is_some() || row.kind == ConsentKind::Release {
            return Ok(Some(false));
        }
        if super::content::is_signed(&mut tx, ask).await? {
            return Ok(Some(false));
        }
        close(self.store(), &mut tx, ask).await?;
        let act = Act::by(self.me(), AuditAction::TakenBack, AuditThing::ConsentAsk).id(ask.0).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(true))
    }
}
