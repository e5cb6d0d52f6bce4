//! The forms of a client as their therapist reads them, and the states that the front
//! desk reads.

use domain::{
    clients::{client::title, person::Language},
    ids::{AskId, ClientId, PersonId},
    records::consents::{ConsentKind, Wording},
};
use uuid::Uuid;

use super::{
    AskStatus, ConsentState, SignedText,
    asking::{find_in_care, others_process},
    evidence::Evidence,
    kept, language_of,
    signing::{self, Shown},
    state_of, states,
};
use crate::{
    Bookings, Clinician, Result,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, in_care},
    database::{all, run},
    practice::settings::today,
};

/// One form of a client, as the therapist reads it.
#[derive(Clone, Debug)]
pub struct ConsentView {
    pub state: ConsentState,
    pub client: ClientId,
    /// The name of the person who signs.
    pub name: String,
    pub content: ConsentContent,
}

/// What is in a form.
#[derive(Clone, Debug)]
pub enum ConsentContent {
    /// It is not signed: the text as the person reads it.
    Open(Box<Shown>),
    /// It is signed. The evidence is there for ninety days.
    Signed(Box<SignedText>, Option<Evidence>),
}

/// A signature that was withdrawn, and that the therapist has not read of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawnNews {
    pub ask: AskId,
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
}

/// Whether a person has signed a form, as the front desk reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskForm {
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// The title of the form in English.
    pub title: String,
    /// Whether it was signed. That it was withdrawn later is not the desk's to know.
    pub is_signed: bool,
}

impl Clinician {
    /// The forms of a client: what is open and what was signed; the opening is audited.
    /// `None`: not in the caseload.
    pub async fn consents(&self, client: ClientId) -> Result<Option<Vec<ConsentState>>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let mut states = states(self.store(), &mut tx, client).await?;
        let hidden = all!(
            &mut tx,
            (Uuid,),
            concat!("SELECT a.id FROM consent_ask a WHERE a.client_id = $1 AND ", others_process!("a.id", "$2")),
            client.0,
            self.me().0
        )?;
        states.retain(|state| hidden.iter().all(|(ask,)| *ask != state.ask.0));
        if !states.is_empty() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::ConsentAsks).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Some(states))
    }

    /// A form of a client with its text; the opening is audited, and a withdrawal counts
    /// as read. `None`: there is no such form in the caseload, or it was taken back.
    pub async fn consent(&self, ask: AskId) -> Result<Option<ConsentView>> {
        let mut tx = self.store().read().await?;
        let Some((row, client)) = find_in_care(self, &mut tx, ask).await? else { return Ok(None) };
        let Some(state) = state_of(&mut tx, ask).await? else { return Ok(None) };
        let name = client::find_person(&mut tx, state.person).await?.name;
        let content = match kept::load(self.store(), &mut tx, ask).await? {
            Some(kept) => {
                let evidence = kept.evidence()?;
                ConsentContent::Signed(Box::new(kept.text), evidence)
            }
            None => {
                let language = language_of(&mut tx, state.person).await?;
                ConsentContent::Open(Box::new(signing::shown(self.store(), &mut tx, &row, language).await?))
            }
        };
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::ConsentAsk).id(ask.0).client(client.0);
        self.store().record_opening(tx, act).await?;
        if matches!(state.status, AskStatus::Withdrawn(_)) {
            self.mark_withdrawal_read(ask).await?;
        }
        Ok(Some(ConsentView { state, client, name, content }))
    }

    /// The client of a form in the caseload; `None`: there is no such form.
    pub async fn client_of_consent(&self, ask: AskId) -> Result<Option<ClientId>> {
        let mut tx = self.store().read().await?;
        Ok(find_in_care(self, &mut tx, ask).await?.map(|(_, client)| client))
    }

    /// Notes that the therapist has read that a signature was withdrawn.
    async fn mark_withdrawal_read(&self, ask: AskId) -> Result<()> {
        let mut tx = self.store().write_aside().await?;
        run!(
            &mut tx,
            "UPDATE signature SET withdrawal_read_at = $1 WHERE ask_id = $2 AND withdrawn_at IS NOT NULL
                 AND withdrawal_read_at IS NULL",
            self.now(),
            ask.0
        )?;
        tx.commit().await?;
        self.store().read_anew();
        Ok(())
    }

    /// The signatures that were withdrawn and that the therapist has not read of, the
    /// latest first.
    pub async fn withdrawn_consents(&self) -> Result<Vec<WithdrawnNews>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = all!(
            &mut tx,
            (Uuid, Uuid),
            in_care!(
                "SELECT s.ask_id, s.client_id FROM signature s JOIN client c ON c.id = s.client_id",
                concat!(
                    "AND s.withdrawn_at IS NOT NULL AND s.withdrawal_read_at IS NULL AND NOT ",
                    others_process!("s.ask_id", "$1"),
                    " ORDER BY s.withdrawn_at DESC, s.id"
                )
            ),
            self.me().0,
            today
        )?;
        let clients: Vec<ClientId> = rows.iter().map(|(_, client)| ClientId(*client)).collect();
        let members = client::members_of(self.store(), &mut tx, &clients).await?;
        let title = |of: ClientId| {
            let mut names: Vec<&str> = Vec::new();
            for (client, member) in &members {
                if *client == of && !names.contains(&member.details.name.as_str()) {
                    names.push(&member.details.name);
                }
            }
            title(names)
        };
        Ok(rows
            .into_iter()
            .map(|(ask, client)| WithdrawnNews {
                ask: AskId(ask),
                client: ClientId(client),
                title: title(ClientId(client)),
            })
            .collect())
    }

    /// The versions of a form's text that a printed sheet can show: number, language and
    /// the wording, the latest first. `None`: there is no such form in the caseload.
    pub async fn consent_versions(&self, ask: AskId) -> Result<Option<Vec<(i64, Language, Wording)>>> {
        let mut tx = self.store().read().await?;
        let Some((row, _)) = find_in_care(self, &mut tx, ask).await? else { return Ok(None) };
        let rows = all!(
            &mut tx,
            (i64, String, String, String),
            "SELECT v.version, w.language, w.title, w.body
             FROM consent_version v JOIN consent_wording w ON w.version_id = v.id
             WHERE v.text_id = $1 ORDER BY v.version DESC, w.language",
            row.text_id
        )?;
        let mut versions = Vec::new();
        for (version, language, title, body) in rows {
            versions.push((version, language.parse()?, Wording { title, body }));
        }
        Ok(Some(versions))
    }
}

impl Bookings {
    /// Which forms the people of a client have signed and which are open, for the front
    /// desk. Empty if the scope is not the desk's.
    pub async fn form_states(&self, client: ClientId) -> Result<Vec<DeskForm>> {
        if !self.is_desk() {
            return Ok(vec![]);
        }
        let mut tx = self.store().read().await?;
        let members = client::members_of(self.store(), &mut tx, &[client]).await?;
        let mut found: Vec<DeskForm> = Vec::new();
        // The latest ask of a text is the one that counts.
        for state in states(self.store(), &mut tx, client).await?.into_iter().rev() {
            let Some((_, member)) = members.iter().find(|(_, member)| member.person == state.person) else { continue };
            // Which policy it is, is not the desk's to know.
            let title = match state.kind {
                ConsentKind::Policy => state.kind.label().to_owned(),
                ConsentKind::Treatment
                | ConsentKind::Privacy
                | ConsentKind::Fees
                | ConsentKind::Email
                | ConsentKind::Video
                | ConsentKind::Confidences
                | ConsentKind::Release
                | ConsentKind::Own => state.title,
            };
            let is_there = found.iter().any(|form| form.person == state.person && form.title == title);
            if !state.kind.is_seen_by_desk() || is_there {
                continue;
            }
            found.push(DeskForm {
                person: state.person,
                name: member.details.name.clone(),
                title,
                is_signed: !matches!(state.status, AskStatus::Open(_)),
            });
        }
        found.reverse();
        Ok(found)
    }
}
