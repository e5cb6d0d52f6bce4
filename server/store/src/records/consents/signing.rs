//! Signing and withdrawing. A person signs exactly the text that the page showed: its
//! hash is compared with that of the text which is current in the transaction that
//! signs. If the text was replaced in between, nothing is signed.

use chrono::{DateTime, NaiveTime, Utc};
use domain::{
    clients::person::{Language, Zone},
    ids::{AskId, ClientId, DocumentId, PersonId, SignatureId},
    records::consents::{ConsentKind, CopyGiven, Filled, PaperSignature, SignMethod, WithdrawnHow, Wording, hex},
    zone,
};
use uuid::Uuid;

use super::{
    AskRow, ConsentState, Current,
    asking::find_in_care,
    content::{CONTENT, Content, is_signed, sha256},
    evidence::Evidence,
    find_ask, kept, language_of, lock, states_of_person, texts,
};
use crate::{
    Clinician, Error, Partner, Result, Store, Tx, Visitor,
    accounts::logins::{self, is_fresh_at},
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{maybe, run},
    practice::settings::{practice_set_up, today},
};

/// A text as it is shown to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub ask: AskId,
    /// The client whose record it belongs to; `None`: it belongs to the person alone.
    pub client: Option<ClientId>,
    pub person: PersonId,
    /// The name of the person who signs.
    pub name: String,
    pub kind: ConsentKind,
    pub version: i64,
    /// The language of the text.
    pub language: Language,
    pub filled: Filled,
    /// The SHA-256 of the text, in hexadecimal.
    pub hash: String,
}

/// What a person was asked to sign, as they see it themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnAsk {
    /// It is to be signed.
    ToSign(Box<Shown>),
    /// It was signed.
    Signed(Box<kept::SignedText>),
}

/// A signature as a page sends it.
#[derive(Clone, Debug)]
pub struct SignedBy {
    pub typed_name: String,
    /// The statement that was ticked, in the words that were read.
    pub statement: String,
    /// The SHA-256 of the text that the page showed, in hexadecimal.
    pub shown: String,
    pub shown_at: DateTime<Utc>,
    pub copy: CopyGiven,
    /// Where it came from; `None`: it is not known.
    pub evidence: Option<Evidence>,
}

/// How signing ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOutcome {
    Signed(SignatureId),
    /// It was signed before.
    Already,
    /// The text that the page showed is not the current one. Nothing was signed.
    Replaced,
    /// Something is not filled in in the text. Nothing was signed.
    Unfilled,
    /// The kind needs a password that was typed within the last five minutes. Nothing
    /// was signed.
    NotFresh,
    /// There is no such text to sign for this actor, or it was taken back.
    Gone,
}

/// Whether an ask can be signed. A release is also signed by former clients, as long as
/// it can still be sent.
async fn can_be_signed(store: &Store, tx: &mut Tx, row: &AskRow) -> Result<bool> {
    if row.closed_at.is_some() || is_signed(tx, row.ask()).await? {
        return Ok(false);
    }
    match row.kind {
        ConsentKind::Release => is_of_open_release(store, tx, row.ask()).await,
        ConsentKind::Treatment
        | ConsentKind::Privacy
        | ConsentKind::Policy
        | ConsentKind::Fees
        | ConsentKind::Email
        | ConsentKind::Video
        | ConsentKind::Confidences
        | ConsentKind::Own => Ok(row.archived_at.is_none()),
    }
}

/// Whether an ask belongs to a release that can still be sent. Why one cannot be sent
/// (it was closed, is over, or another person withdrew) makes no difference.
async fn is_of_open_release(store: &Store, tx: &mut Tx, ask: AskId) -> Result<bool> {
    let today = today(tx, store.now()).await?;
    let found = maybe!(
        tx,
        (Uuid,),
        "SELECT r.id FROM release_signer s JOIN release r ON r.id = s.release_id
         WHERE s.ask_id = $1 AND r.closed_at IS NULL AND r.ends_on >= $2
             AND NOT EXISTS (SELECT 1 FROM release_signer o JOIN signature g ON g.ask_id = o.ask_id
                 WHERE o.release_id = r.id AND g.withdrawn_at IS NOT NULL)",
        ask.0,
        today
    )?;
    Ok(found.is_some())
}

/// Closes what the others were asked to sign of a release, when one withdraws: nobody
/// signs for nothing.
async fn close_asks_of_the_others(store: &Store, tx: &mut Tx, ask: AskId) -> Result<()> {
    run!(
        tx,
        "UPDATE consent_ask SET closed_at = $1 WHERE closed_at IS NULL
             AND id IN (SELECT o.ask_id FROM release_signer s JOIN release_signer o ON o.release_id = s.release_id
                 WHERE s.ask_id = $2 AND o.ask_id <> $2)
             AND NOT EXISTS (SELECT 1 FROM signature g WHERE g.ask_id = consent_ask.id)",
        store.now(),
        ask.0
    )?;
    Ok(())
}

/// The text of an ask, as its person reads it in this language.
pub(super) async fn shown(store: &Store, tx: &mut Tx, row: &AskRow, language: Language) -> Result<Shown> {
    let (current, filled) = row.filled(store, tx, language).await?;
    Ok(Shown {
        ask: row.ask(),
        client: row.client_id.map(ClientId),
        person: PersonId(row.person_id),
        name: client::find_person(tx, PersonId(row.person_id)).await?.name,
        kind: row.kind,
        version: current.version,
        language: current.language,
        hash: hex(&sha256(&filled)),
        filled,
    })
}

/// A signature that is to be written.
struct NewSignature<'a> {
    row: &'a AskRow,
    current: &'a Current,
    filled: &'a Filled,
    by: &'a SignedBy,
    method: SignMethod,
    visitor: &'a Visitor,
    signed_at: DateTime<Utc>,
    zone: Zone,
    scan: Option<DocumentId>,
}

/// Writes a signature. The caller has locked the ask and the text, and checked both.
async fn put_signature(store: &Store, tx: &mut Tx, new: NewSignature<'_>) -> Result<SignOutcome> {
    let (id, row, now) = (store.clock().id(), new.row, store.now());
    let (proof, proven_at) = logins::proof(tx, new.visitor.login).await?;
    if row.kind.needs_password() && !is_fresh_at(proven_at, now) {
        return Ok(SignOutcome::NotFresh);
    }
    let key = store.data_key_or_new(tx, row.person_id).await?;
    let content = Content {
        title: new.filled.title.clone(),
        body: new.filled.body.clone(),
        statement: new.by.statement.clone(),
        typed_name: new.by.typed_name.clone(),
    };
    let content = serde_json::to_vec(&content).map_err(|error| Error::Stored(error.to_string()))?;
    let evidence = new.by.evidence.as_ref().map(|evidence| evidence.seal(&key, id)).transpose()?;
    let replaced = if row.kind.can_renew() { replaced_by(tx, row).await? } else { None };
    run!(
        tx,
        "INSERT INTO signature (id, ask_id, client_id, person_id, version_id, language, sha256, content, shown_at,
             signed_at, recorded_at, zone, method, account_id, login_id, proof, proven_at, scan_id, copy, replaced_id,
             evidence)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        id,
        row.id,
        row.client_id,
        row.person_id,
        new.current.version_id,
        new.current.language.word(),
        sha256(new.filled),
        key.seal(CONTENT, id, &content),
        new.by.shown_at.clamp(row.asked_at.min(now), now),
        new.signed_at,
        now,
        new.zone.name(),
        new.method.word(),
        new.visitor.account.0,
        new.visitor.login.0,
        proof.word(),
        proven_at,
        new.scan.map(|scan| scan.0),
        new.by.copy.word(),
        replaced,
        evidence
    )?;
    let act = Act::by(new.visitor.account, AuditAction::Signed, AuditThing::ConsentAsk).id(row.id);
    store.record(tx, act.client(row.client_id)).await?;
    Ok(SignOutcome::Signed(SignatureId(id)))
}

/// The person's signature on the same text that applies until now; `None`: there is
/// none.
async fn replaced_by(tx: &mut Tx, row: &AskRow) -> Result<Option<Uuid>> {
    let found = maybe!(
        tx,
        (Uuid,),
        "SELECT s.id FROM signature s JOIN consent_ask a ON a.id = s.ask_id
         WHERE a.text_id = $1 AND s.person_id = $2 AND (s.client_id = $3 OR (s.client_id IS NULL AND $3 IS NULL))
             AND s.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM signature n WHERE n.replaced_id = s.id)
         ORDER BY s.recorded_at DESC, s.id DESC LIMIT 1",
        row.text_id,
        row.person_id,
        row.client_id
    )?;
    Ok(found.map(|(id,)| id))
}

/// Signs an ask that the caller may sign, in the room or in the portal.
async fn sign_shown(
    store: &Store,
    tx: &mut Tx,
    ask: AskId,
    (by, method, visitor): (&SignedBy, SignMethod, &Visitor),
) -> Result<SignOutcome> {
    lock(tx, ask).await?;
    let Some(row) = find_ask(tx, ask).await? else { return Ok(SignOutcome::Gone) };
    if is_signed(tx, ask).await? {
        return Ok(SignOutcome::Already);
    }
    if !can_be_signed(store, tx, &row).await? {
        return Ok(SignOutcome::Gone);
    }
    texts::lock_text(tx, row.text_id).await?;
    let language = match method {
        SignMethod::Portal => visitor.language,
        SignMethod::Room | SignMethod::Paper => language_of(tx, PersonId(row.person_id)).await?,
    };
    let (current, filled) = row.filled(store, tx, language).await?;
    if filled.has_gaps {
        return Ok(SignOutcome::Unfilled);
    }
    if hex(&sha256(&filled)) != by.shown {
        return Ok(SignOutcome::Replaced);
    }
    let new = NewSignature {
        row: &row,
        current: &current,
        filled: &filled,
        by,
        method,
        visitor,
        signed_at: store.now(),
        zone: visitor.zone.clone(),
        scan: None,
    };
    put_signature(store, tx, new).await
}

/// Withdraws the signature on an ask. `false`: it is not signed, was withdrawn before,
/// or was replaced by a later one.
pub(crate) async fn withdraw(
    store: &Store,
    tx: &mut Tx,
    ask: AskId,
    visitor: &Visitor,
    how: WithdrawnHow,
) -> Result<bool> {
    lock(tx, ask).await?;
    let read_at = match how {
        WithdrawnHow::Portal => None,
        WithdrawnHow::Told => Some(store.now()),
    };
    let withdrawn = run!(
        tx,
        "UPDATE signature SET withdrawn_at = $1, withdrawn_by = $2, withdrawn_how = $3, withdrawal_read_at = $4
         WHERE ask_id = $5 AND withdrawn_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM signature n WHERE n.replaced_id = signature.id)",
        store.now(),
        visitor.account.0,
        how.word(),
        read_at,
        ask.0
    )?;
    if withdrawn == 0 {
        return Ok(false);
    }
    close_asks_of_the_others(store, tx, ask).await?;
    let client = find_ask(tx, ask).await?.and_then(|row| row.client_id);
    let act = Act::by(visitor.account, AuditAction::Withdrawn, AuditThing::ConsentAsk).id(ask.0).client(client);
    store.record(tx, act).await?;
    Ok(true)
}

impl Partner {
    /// What this person was asked to sign: what is open, and what they signed.
    pub async fn own_consents(&self) -> Result<Vec<ConsentState>> {
        let mut tx = self.store().read().await?;
        states_of_person(&mut tx, self.person(), self.visitor().language).await
    }

    /// A text that this person is asked to sign, or has signed. `None`: there is none,
    /// or it was taken back.
    pub async fn own_consent(&self, ask: AskId) -> Result<Option<OwnAsk>> {
        let mut tx = self.store().read().await?;
        let Some(row) = self.find_own_ask(&mut tx, ask).await? else { return Ok(None) };
        if let Some(kept) = kept::load(self.store(), &mut tx, ask).await? {
            return Ok(Some(OwnAsk::Signed(Box::new(kept.text))));
        }
        if !can_be_signed(self.store(), &mut tx, &row).await? {
            return Ok(None);
        }
        let shown = shown(self.store(), &mut tx, &row, self.visitor().language).await?;
        Ok(Some(OwnAsk::ToSign(Box::new(shown))))
    }

    /// The ask with this id, if it is this person's; `None`: it is not, or its record is
    /// frozen by a separation.
    async fn find_own_ask(&self, tx: &mut Tx, ask: AskId) -> Result<Option<AskRow>> {
        Ok(find_ask(tx, ask).await?.filter(|row| row.person_id == self.person().0 && row.separated_at.is_none()))
    }

    /// Signs a text.
    pub async fn sign_consent(&self, ask: AskId, by: &SignedBy) -> Result<SignOutcome> {
        // On PostgreSQL it may meet a separation that needs the same rows in another
        // order: then it is tried again.
        for _ in 0..3 {
            match self.try_sign(ask, by).await {
                Err(error) if error.is_overlap() => {}
                result => return result,
            }
        }
        self.try_sign(ask, by).await
    }

    async fn try_sign(&self, ask: AskId, by: &SignedBy) -> Result<SignOutcome> {
        let mut tx = self.store().write().await?;
        if self.find_own_ask(&mut tx, ask).await?.is_none() {
            return Ok(SignOutcome::Gone);
        }
        let signed = sign_shown(self.store(), &mut tx, ask, (by, SignMethod::Portal, self.visitor())).await?;
        tx.commit().await?;
        Ok(signed)
    }

    /// Withdraws this person's signature on a text. `None`: there is no such text of
    /// theirs. `false`: it does not apply any more, or it is a release, which is
    /// withdrawn by [`Partner::withdraw_release`] as long as it was not sent.
    pub async fn withdraw_consent(&self, ask: AskId) -> Result<Option<bool>> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_own_ask(&mut tx, ask).await? else { return Ok(None) };
        if row.kind == ConsentKind::Release {
            return Ok(Some(false));
        }
        let done = withdraw(self.store(), &mut tx, ask, self.visitor(), WithdrawnHow::Portal).await?;
        tx.commit().await?;
        Ok(Some(done))
    }
}

impl Clinician {
    /// Records a signature that a person gave in the room, on the practice's device.
    pub async fn sign_consent_in_room(&self, ask: AskId, by: &SignedBy) -> Result<SignOutcome> {
        let mut tx = self.store().write().await?;
        if find_in_care(self, &mut tx, ask).await?.is_none() {
            return Ok(SignOutcome::Gone);
        }
        let signed = sign_shown(self.store(), &mut tx, ask, (by, SignMethod::Room, self.visitor())).await?;
        tx.commit().await?;
        Ok(signed)
    }

    /// Records a signature on paper, on the version that was printed. `statement` is the
    /// sentence above the signature.
    pub async fn record_paper_consent(
        &self,
        ask: AskId,
        paper: &PaperSignature,
        statement: &str,
    ) -> Result<SignOutcome> {
        let store = self.store();
        let mut tx = store.write().await?;
        let Some((_, client)) = find_in_care(self, &mut tx, ask).await? else { return Ok(SignOutcome::Gone) };
        lock(&mut tx, ask).await?;
        let Some(row) = find_ask(&mut tx, ask).await? else { return Ok(SignOutcome::Gone) };
        if is_signed(&mut tx, ask).await? {
            return Ok(SignOutcome::Already);
        }
        if !can_be_signed(store, &mut tx, &row).await? || !is_scan_of(&mut tx, paper.scan, client).await? {
            return Ok(SignOutcome::Gone);
        }
        let Some(current) = version(&mut tx, row.text_id, paper.version, paper.language).await? else {
            return Ok(SignOutcome::Replaced);
        };
        let key = store.key_of(&mut tx, row.person_id).await?;
        let filled = current.wording.fill(&row.values(&key)?, current.language);
        if filled.has_gaps {
            return Ok(SignOutcome::Unfilled);
        }
        let zone = practice_set_up(&mut tx).await?.zone;
        let now = store.now();
        let noon = zone::instant(paper.signed_on.and_time(NaiveTime::MIN) + chrono::Duration::hours(12), &zone)?;
        let by = SignedBy {
            typed_name: paper.typed_name.clone(),
            statement: statement.to_owned(),
            shown: String::new(),
            shown_at: noon.min(now),
            copy: CopyGiven::Printed,
            evidence: None,
        };
        let new = NewSignature {
            row: &row,
            current: &current,
            filled: &filled,
            by: &by,
            method: SignMethod::Paper,
            visitor: self.visitor(),
            // Only the day is known.
            signed_at: noon.min(now),
            zone,
            scan: paper.scan,
        };
        let signed = put_signature(store, &mut tx, new).await?;
        tx.commit().await?;
        Ok(signed)
    }

    /// Records that a person has told the therapist that they withdraw a signature.
    /// `None`: there is no such text in the caseload. `false`: it does not apply any
    /// more.
    pub async fn record_consent_withdrawal(&self, ask: AskId) -> Result<Option<bool>> {
        let mut tx = self.store().write().await?;
        if find_in_care(self, &mut tx, ask).await?.is_none() {
            return Ok(None);
        }
        let done = withdraw(self.store(), &mut tx, ask, self.visitor(), WithdrawnHow::Told).await?;
        tx.commit().await?;
        Ok(Some(done))
    }
}

/// Whether a scan is a document of this client, or there is none.
async fn is_scan_of(tx: &mut Tx, scan: Option<DocumentId>, client: ClientId) -> Result<bool> {
    let Some(scan) = scan else { return Ok(true) };
    let found = maybe!(tx, (Uuid,), "SELECT id FROM document WHERE id = $1 AND client_id = $2", scan.0, client.0)?;
    Ok(found.is_some())
}

/// A version of a text in one language; `None`: there is none.
async fn version(tx: &mut Tx, text: Uuid, number: i64, language: Language) -> Result<Option<Current>> {
    let row = maybe!(
        tx,
        (Uuid, String, String),
        "SELECT v.id, w.title, w.body FROM consent_version v JOIN consent_wording w ON w.version_id = v.id
         WHERE v.text_id = $1 AND v.version = $2 AND w.language = $3",
        text,
        number,
        language.word()
    )?;
    Ok(row.map(|(version_id, title, body)| Current {
        version_id,
        version: number,
        language,
        wording: Wording { title, body },
    }))
}
