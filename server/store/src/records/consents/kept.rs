//! Signatures on file: what was signed, word for word, and how.

use chrono::{DateTime, Utc};
use domain::{
    clients::person::{Language, Zone},
    ids::{AskId, ClientId, DocumentId, PersonId, SignatureId},
    records::consents::{ConsentKind, CopyGiven, Filled, Proof, SignMethod, WithdrawnHow},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Signature,
    content::{CONTENT, Content, sha256},
    evidence::Evidence,
};
use crate::{Error, Result, Store, Tx, database::maybe, keys::DataKey};

/// A signature with the text that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedText {
    pub signature: Signature,
    /// The client whose record it belongs to; `None`: it belongs to the person alone.
    pub client: Option<ClientId>,
    /// The name of the person who signed, as it is on file today.
    pub name: String,
    pub kind: ConsentKind,
    /// The text that was shown, with its blanks filled in.
    pub filled: Filled,
    pub shown_at: DateTime<Utc>,
    /// When it was written here: later than it was signed, if that was on paper.
    pub recorded_at: DateTime<Utc>,
    /// The time zone in which the person read the time of signing.
    pub zone: Zone,
    /// How the login was last proven before, and when.
    pub proof: Proof,
    pub proven_at: DateTime<Utc>,
    /// Who recorded it, where that was not the person themselves.
    pub recorded_by: Option<String>,
    pub scan: Option<DocumentId>,
    pub copy: CopyGiven,
    /// The version whose signature it replaced; `None`: none.
    pub replaces: Option<i64>,
    /// When a later signature replaced it; `None`: none did.
    pub replaced_at: Option<DateTime<Utc>>,
    pub withdrawn_how: Option<WithdrawnHow>,
}

impl SignedText {
    /// Whether it was neither withdrawn nor replaced.
    pub const fn applies(&self) -> bool {
        self.signature.withdrawn_at.is_none() && self.replaced_at.is_none()
    }
}

/// A signature with what only its record shows.
pub(crate) struct Kept {
    pub signature: Signature,
    pub text: SignedText,
    evidence: Option<Vec<u8>>,
    key: DataKey,
}

impl Kept {
    /// The network address and the browser; `None`: they were deleted, or there were
    /// none.
    pub(super) fn evidence(&self) -> Result<Option<Evidence>> {
        let id = self.signature.id.0;
        self.evidence.as_ref().map(|sealed| Evidence::open(&self.key, id, sealed)).transpose()
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    ask_id: Uuid,
    client_id: Option<Uuid>,
    person_id: Uuid,
    name: String,
    #[sqlx(try_from = "String")]
    kind: ConsentKind,
    version: i64,
    #[sqlx(try_from = "String")]
    language: Language,
    sha256: Vec<u8>,
    content: Vec<u8>,
    shown_at: DateTime<Utc>,
    signed_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    zone: Zone,
    #[sqlx(try_from = "String")]
    method: SignMethod,
    recorder: String,
    #[sqlx(try_from = "String")]
    proof: Proof,
    proven_at: DateTime<Utc>,
    scan_id: Option<Uuid>,
    #[sqlx(try_from = "String")]
    copy: CopyGiven,
    replaces: Option<i64>,
    replaced_at: Option<DateTime<Utc>>,
    evidence: Option<Vec<u8>>,
    withdrawn_at: Option<DateTime<Utc>>,
    withdrawn_how: Option<String>,
}

/// The signature on an ask; `None`: it is not signed. The caller has checked that the
/// ask is theirs.
pub(crate) async fn load(store: &Store, tx: &mut Tx, ask: AskId) -> Result<Option<Kept>> {
    let row = maybe!(
        tx,
        Row,
        "SELECT s.id, s.ask_id, s.client_id, s.person_id, p.name, t.kind, v.version, s.language, s.sha256, s.content,
             s.shown_at, s.signed_at, s.recorded_at, s.zone, s.method, c.display_name AS recorder, s.proof,
             s.proven_at, s.scan_id, s.copy,
             (SELECT y.version FROM signature o JOIN consent_version y ON y.id = o.version_id
                 WHERE o.id = s.replaced_id) AS replaces,
             (SELECT max(n.recorded_at) FROM signature n WHERE n.replaced_id = s.id) AS replaced_at,
             s.evidence, s.withdrawn_at, s.withdrawn_how
         FROM signature s JOIN consent_ask a ON a.id = s.ask_id JOIN consent_text t ON t.id = a.text_id
             JOIN consent_version v ON v.id = s.version_id JOIN person p ON p.id = s.person_id
             JOIN account c ON c.id = s.account_id
         WHERE s.ask_id = $1",
        ask.0
    )?;
    let Some(row) = row else { return Ok(None) };
    let key = store.key_of(tx, row.person_id).await?;
    open(row, key).map(Some)
}

/// Opens a signature, and compares the text with the hash that was kept beside it.
fn open(row: Row, key: DataKey) -> Result<Kept> {
    let plain = key.open(CONTENT, row.id, &row.content)?;
    let content: Content = serde_json::from_slice(&plain).map_err(|_| Error::Stored("what was signed".to_owned()))?;
    let filled = Filled { title: content.title, body: content.body, has_gaps: false };
    if sha256(&filled) != row.sha256 {
        return Err(Error::Stored("what was signed has another hash".to_owned()));
    }
    let signature = Signature {
        id: SignatureId(row.id),
        ask: AskId(row.ask_id),
        person: PersonId(row.person_id),
        title: filled.title.clone(),
        version: row.version,
        language: row.language,
        sha256: row.sha256,
        statement: content.statement,
        typed_name: content.typed_name,
        signed_at: row.signed_at,
        method: row.method,
        withdrawn_at: row.withdrawn_at,
    };
    let text = SignedText {
        signature: signature.clone(),
        client: row.client_id.map(ClientId),
        name: row.name,
        kind: row.kind,
        filled,
        shown_at: row.shown_at,
        recorded_at: row.recorded_at,
        zone: row.zone,
        proof: row.proof,
        proven_at: row.proven_at,
        recorded_by: (row.method != SignMethod::Portal).then_some(row.recorder),
        scan: row.scan_id.map(DocumentId),
        copy: row.copy,
        replaces: row.replaces,
        replaced_at: row.replaced_at,
        withdrawn_how: row.withdrawn_how.as_deref().map(str::parse).transpose()?,
    };
    Ok(Kept { signature, text, evidence: row.evidence, key })
}
