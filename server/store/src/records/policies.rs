//! Secrets policies: proposed by the therapist, signed by each of the two alone.
//!
//! Which policy applies is never stored. It is derived from the signatures: the last
//! one that each of the couple's people has signed applies, and it is suspended if one
//! of them has withdrawn since. Whoever signs or withdraws therefore changes no row
//! but their own, and no page of the other partner.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    clients::client::{ClientKind, Seat},
    ids::{AskId, ClientId, PersonId, PolicyId},
    records::{
        consents::BlankValues,
        policy::{Decisions, PolicyState, Preset},
    },
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Clinician, Error, FormKey, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    keys::DataKey,
    records::consents::{self, AskText, NewAsk, asking_is_open},
    unreadable,
};

/// The place to which the decisions of a policy are sealed.
const DECISIONS: &str = "policy.decisions";

/// A policy that was proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub id: PolicyId,
    pub preset: Preset,
    pub decisions: Decisions,
    pub proposed_at: DateTime<Utc>,
    /// The name of the therapist who proposed it.
    pub proposed_by: String,
    /// When it was taken back or ended with a separation; `None`: it was not.
    pub ended_at: Option<DateTime<Utc>>,
    pub signers: Vec<PolicySigner>,
    /// When each of the two had signed it; `None`: they have not.
    pub complete_at: Option<DateTime<Utc>>,
}

/// A person who is asked to sign a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySigner {
    pub person: PersonId,
    pub name: String,
    pub seat: Seat,
    /// What they are asked to sign; `None`: they have not been asked.
    pub ask: Option<AskId>,
    pub signed_at: Option<DateTime<Utc>>,
    /// When the signature was written here.
    recorded_at: Option<DateTime<Utc>>,
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// The policies of a couple as the therapist sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies {
    pub state: PolicyState,
    /// Every policy that was proposed, the latest first.
    pub policies: Vec<Policy>,
}

/// How a proposal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyProposed {
    /// Each of the people is asked to sign it.
    Asked(PolicyId),
    /// An individual client needs no policy, because there is nobody else.
    NotACouple,
}

impl Policy {
    /// Whether everyone has signed it while nobody had withdrawn.
    const fn is_complete(&self) -> bool {
        self.complete_at.is_some()
    }

    /// Its name for staff, such as "Limited secrets".
    pub fn words(&self) -> String {
        let changed = !self.decisions.changes(self.preset).is_empty();
        format!("{}{}", self.preset.label(), if changed { ", adapted" } else { "" })
    }
}

/// When each of the two had signed; `None`: they have not, or one withdrew before the
/// other had signed.
fn complete_at(signers: &[PolicySigner]) -> Option<DateTime<Utc>> {
    let at = signers.iter().map(|signer| signer.recorded_at).collect::<Option<Vec<_>>>()?.into_iter().max()?;
    let was_there = signers.iter().all(|signer| signer.withdrawn_at.is_none_or(|withdrawn| withdrawn >= at));
    (signers.len() == ClientKind::Couple.seats().len() && was_there).then_some(at)
}

/// What applies, from all policies of a couple.
fn derive(policies: &[Policy]) -> PolicyState {
    let open = || policies.iter().filter(|policy| policy.ended_at.is_none());
    let latest = open().filter(|p| p.is_complete()).max_by_key(|p| (p.complete_at, p.proposed_at, p.id));
    let proposed = open().filter(|p| !p.is_complete()).max_by_key(|p| (p.proposed_at, p.id));
    let Some(current) = latest else {
        return proposed.map_or(PolicyState::None, |p| PolicyState::Proposed {
            preset: p.preset,
            words: p.words(),
            since: p.proposed_at,
        });
    };
    let (preset, words, decisions) = (current.preset, current.words(), Box::new(current.decisions.clone()));
    let proposed = proposed.map(|p| p.preset);
    let withdrawn = || current.signers.iter().filter_map(|s| Some((s.withdrawn_at?, s.seat)));
    match withdrawn().map(|(at, _)| at).min() {
        Some(since) => {
            let by = withdrawn().map(|(_, seat)| seat).collect();
            PolicyState::Suspended { preset, words, since, decisions, by, proposed }
        }
        None => {
            let since = current.complete_at.unwrap_or(current.proposed_at);
            PolicyState::InForce { preset, words, since, decisions, proposed }
        }
    }
}

#[derive(FromRow)]
struct PolicyRow {
    id: Uuid,
    #[sqlx(try_from = "String")]
    preset: Preset,
    decisions: Vec<u8>,
    proposed_at: DateTime<Utc>,
    display_name: String,
    ended_at: Option<DateTime<Utc>>,
}

/// An ask of a policy with its signature.
#[derive(FromRow)]
struct SignerRow {
    policy_id: Uuid,
    ask_id: Uuid,
    person_id: Uuid,
    signed_at: Option<DateTime<Utc>>,
    recorded_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
}

/// The decisions of a policy.
fn opened(key: &DataKey, row: &PolicyRow) -> Result<Decisions> {
    let plain = key.open(DECISIONS, row.id, &row.decisions)?;
    serde_json::from_slice(&plain).map_err(|_| Error::Stored("the decisions of a policy".to_owned()))
}

/// Every policy of a couple, the latest first. The caller has checked that it is
/// theirs.
async fn load(store: &Store, tx: &mut Tx, client: ClientId) -> Result<Vec<Policy>> {
    let rows = all!(
        tx,
        PolicyRow,
        "SELECT p.id, p.preset, p.decisions, p.proposed_at, a.display_name, p.ended_at
         FROM policy p JOIN account a ON a.id = p.proposed_by
         WHERE p.client_id = $1 ORDER BY p.proposed_at DESC, p.id DESC",
        client.0
    )?;
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let asks = all!(
        tx,
        SignerRow,
        "SELECT a.policy_id, a.id AS ask_id, a.person_id, s.signed_at, s.recorded_at, s.withdrawn_at
         FROM consent_ask a LEFT JOIN signature s ON s.ask_id = a.id
         WHERE a.client_id = $1 AND a.policy_id IS NOT NULL",
        client.0
    )?;
    let mut asks: BTreeMap<(Uuid, Uuid), SignerRow> =
        asks.into_iter().map(|row| ((row.policy_id, row.person_id), row)).collect();
    let members = client::members_of(store, tx, &[client]).await?;
    let key = store.key_of(tx, client.0).await?;
    let mut policies = Vec::new();
    for row in rows {
        // A policy whose decisions cannot be read stays in its place, with those of its
        // preset: without it an earlier one would apply again.
        let decisions = unreadable::or_skip(opened(&key, &row))?.unwrap_or_else(|| Decisions::of(row.preset));
        let mut signers = Vec::new();
        for (_, member) in &members {
            let ask = asks.remove(&(row.id, member.person.0));
            signers.push(PolicySigner {
                person: member.person,
                name: member.details.name.clone(),
                seat: member.seat,
                signed_at: ask.as_ref().and_then(|ask| ask.signed_at),
                recorded_at: ask.as_ref().and_then(|ask| ask.recorded_at),
                withdrawn_at: ask.as_ref().and_then(|ask| ask.withdrawn_at),
                ask: ask.map(|ask| AskId(ask.ask_id)),
            });
        }
        policies.push(Policy {
            id: PolicyId(row.id),
            preset: row.preset,
            decisions,
            proposed_at: row.proposed_at,
            proposed_by: row.display_name,
            ended_at: row.ended_at,
            complete_at: complete_at(&signers),
            signers,
        });
    }
    Ok(policies)
}

/// The secrets policy of a client. The caller has checked that the client is theirs.
pub(crate) async fn state(store: &Store, tx: &mut Tx, client: ClientId) -> Result<PolicyState> {
    Ok(derive(&load(store, tx, client).await?))
}

/// Ends the policies of a couple, and takes back every form that is not signed; for its
/// separation. Signatures stay.
pub(crate) async fn end_of_client(store: &Store, tx: &mut Tx, client: ClientId) -> Result<()> {
    consents::close_all(store, tx, client).await?;
    let now = store.now();
    run!(tx, "UPDATE policy SET ended_at = $1 WHERE client_id = $2 AND ended_at IS NULL", now, client.0)?;
    Ok(())
}

/// What a separation ends: the name of the policy that applies or is proposed, and how
/// many forms are open.
pub(crate) async fn count_open(store: &Store, tx: &mut Tx, client: ClientId) -> Result<(Option<String>, usize)> {
    let policy = match state(store, tx, client).await? {
        PolicyState::None => None,
        PolicyState::Proposed { words, .. }
        | PolicyState::InForce { words, .. }
        | PolicyState::Suspended { words, .. } => Some(words),
    };
    let states = consents::states(store, tx, client).await?;
    let open = states.iter().filter(|state| matches!(state.status, consents::AskStatus::Open(_))).count();
    Ok((policy, open))
}

/// Locks every ask of a policy, so that nobody signs it until the end of the
/// transaction.
async fn lock(tx: &mut Tx, policy: PolicyId) -> Result<()> {
    run!(tx, "UPDATE policy SET ended_at = ended_at WHERE id = $1", policy.0)?;
    let asks = all!(tx, (Uuid,), "SELECT id FROM consent_ask WHERE policy_id = $1 ORDER BY id", policy.0)?;
    for (ask,) in asks {
        consents::lock(tx, AskId(ask)).await?;
    }
    Ok(())
}

/// Takes a proposal back that is not complete. `false`: both have signed it meanwhile,
/// or it has ended.
async fn end_proposal(store: &Store, tx: &mut Tx, client: ClientId, policy: PolicyId) -> Result<bool> {
    lock(tx, policy).await?;
    let policies = load(store, tx, client).await?;
    let Some(found) = policies.into_iter().find(|p| p.id == policy) else { return Ok(false) };
    if found.is_complete() || found.ended_at.is_some() {
        return Ok(false);
    }
    for ask in found.signers.iter().filter_map(|signer| signer.ask) {
        consents::close(store, tx, ask).await?;
    }
    run!(tx, "UPDATE policy SET ended_at = $1 WHERE id = $2", store.now(), policy.0)?;
    Ok(true)
}

/// Asks a person to sign a policy.
async fn ask_signer(
    clinician: &Clinician,
    tx: &mut Tx,
    client: ClientId,
    (person, policy, preset): (PersonId, PolicyId, Preset),
    blanks: &BlankValues,
) -> Result<()> {
    let new = NewAsk {
        client: Some(client),
        person,
        text: AskText::Key(preset.text_key()),
        blanks: blanks.clone(),
        by: clinician.me(),
    };
    consents::ask_for(clinician.store(), tx, new, Some(policy)).await?;
    Ok(())
}

impl Clinician {
    /// The state of a client's secrets policy. `None`: not in the caseload.
    pub async fn policy_state(&self, client: ClientId) -> Result<Option<PolicyState>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        state(self.store(), &mut tx, client).await.map(Some)
    }

    /// The secrets policies of a couple; the opening is audited. `None`: it is no couple
    /// of the caseload.
    pub async fn policies(&self, client: ClientId) -> Result<Option<Policies>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await? != Some(ClientKind::Couple) {
            return Ok(None);
        }
        let policies = load(self.store(), &mut tx, client).await?;
        let state = derive(&policies);
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::SecretsPolicy).client(client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some(Policies { state, policies }))
    }

    /// Proposes a policy to a couple, once for each form key: each of its people is asked
    /// to sign it. A proposal that is not complete is taken back; what applies stays
    /// until both have signed the new one. `blanks` are the decisions in the words of
    /// each language. `None`: not in the caseload, or frozen or archived.
    pub async fn propose_policy(
        &self,
        client: ClientId,
        (preset, decisions): (Preset, &Decisions),
        blanks: &BlankValues,
        form: Option<FormKey>,
    ) -> Result<Option<PolicyProposed>> {
        let store = self.store();
        let mut tx = store.write().await?;
        if !asking_is_open(self, &mut tx, client).await? {
            return Ok(None);
        }
        if client::kind_in_caseload(self, &mut tx, client).await? != Some(ClientKind::Couple) {
            return Ok(Some(PolicyProposed::NotACouple));
        }
        let id = store.clock().id();
        if let Some(before) = store.claim_form_key(&mut tx, form, self.me(), id).await? {
            return Ok(Some(PolicyProposed::Asked(PolicyId(before))));
        }
        for earlier in load(store, &mut tx, client).await? {
            if !earlier.is_complete() && earlier.ended_at.is_none() {
                end_proposal(store, &mut tx, client, earlier.id).await?;
            }
        }
        let key = store.data_key_or_new(&mut tx, client.0).await?;
        let plain = serde_json::to_vec(decisions).map_err(|error| Error::Stored(error.to_string()))?;
        run!(
            &mut tx,
            "INSERT INTO policy (id, client_id, preset, decisions, proposed_at, proposed_by)
             VALUES ($1, $2, $3, $4, $5, $6)",
            id,
            client.0,
            preset.word(),
            key.seal(DECISIONS, id, &plain),
            store.now(),
            self.me().0
        )?;
        let policy = PolicyId(id);
        for (_, member) in client::members_of(store, &mut tx, &[client]).await? {
            ask_signer(self, &mut tx, client, (member.person, policy, preset), blanks).await?;
        }
        let act = Act::by(self.me(), AuditAction::Created, AuditThing::SecretsPolicy).id(id).client(client.0);
        store.record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(PolicyProposed::Asked(policy)))
    }

    /// The client of a policy in the caseload; `None`: there is none.
    async fn client_of_policy(&self, tx: &mut Tx, policy: PolicyId) -> Result<Option<ClientId>> {
        let row = maybe!(tx, (Uuid,), "SELECT client_id FROM policy WHERE id = $1", policy.0)?;
        let Some(client) = row.map(|(client,)| ClientId(client)) else { return Ok(None) };
        Ok(client::kind_in_caseload(self, tx, client).await?.map(|_| client))
    }

    /// The couple of a policy in the caseload; `None`: there is none.
    pub async fn couple_of_policy(&self, policy: PolicyId) -> Result<Option<ClientId>> {
        let mut tx = self.store().read().await?;
        self.client_of_policy(&mut tx, policy).await
    }

    /// Takes a proposal back. `None`: there is none in the caseload. With the client,
    /// `false`: both have signed it meanwhile, or it has ended.
    pub async fn take_back_policy(&self, policy: PolicyId) -> Result<Option<(ClientId, bool)>> {
        let mut tx = self.store().write().await?;
        let Some(client) = self.client_of_policy(&mut tx, policy).await? else { return Ok(None) };
        let done = end_proposal(self.store(), &mut tx, client, policy).await?;
        if done {
            let act =
                Act::by(self.me(), AuditAction::TakenBack, AuditThing::SecretsPolicy).id(policy.0).client(client.0);
            self.store().record(&mut tx, act).await?;
        }
        tx.commit().await?;
        Ok(Some((client, done)))
    }

    /// Asks the people of a couple who joined after a policy was proposed to sign it,
    /// too. `None`: there is no such policy in the caseload. With the client, how many
    /// were asked.
    pub async fn ask_newcomers(&self, policy: PolicyId, blanks: &BlankValues) -> Result<Option<(ClientId, usize)>> {
        let store = self.store();
        let mut tx = store.write().await?;
        let Some(client) = self.client_of_policy(&mut tx, policy).await? else { return Ok(None) };
        if !asking_is_open(self, &mut tx, client).await? {
            return Ok(None);
        }
        // Of two presses at once, the second finds that all were asked.
        lock(&mut tx, policy).await?;
        let policies = load(store, &mut tx, client).await?;
        let Some(found) = policies.into_iter().find(|p| p.id == policy && p.ended_at.is_none()) else {
            return Ok(Some((client, 0)));
        };
        let missing: Vec<PersonId> = found.signers.iter().filter(|s| s.ask.is_none()).map(|s| s.person).collect();
        for person in &missing {
            ask_signer(self, &mut tx, client, (*person, policy, found.preset), blanks).await?;
        }
        tx.commit().await?;
        Ok(Some((client, missing.len())))
    }
}
