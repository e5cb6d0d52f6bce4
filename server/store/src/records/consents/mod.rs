//! Consents: the texts of the practice, what a person is asked to sign, and what
//! they signed.
//!
//! An *ask* is a text that one person is asked to sign, with what its blanks are
//! filled with. It shows the version of the text that is current when it is opened,
//! and has one signature at most. What follows from a signature, such as that a
//! policy applies or a release may leave, is derived when it is read.

mod asking;
mod content;
mod evidence;
mod kept;
mod mail;
mod record;
mod renewing;
mod signing;
mod texts;

pub(crate) use self::{asking::is_open as asking_is_open, mail::check_form, signing::withdraw, texts::bring};
pub use self::{
    asking::{AskOutcome, TextChoice},
    evidence::Evidence,
    kept::SignedText,
    record::{ConsentContent, ConsentView, DeskForm, WithdrawnNews},
    signing::{OwnAsk, Shown, SignOutcome, SignedBy},
    texts::{OwnerText, TextSaved, TextVersion},
};

use chrono::{DateTime, Utc};
use domain::{
    clients::person::Language,
    ids::{AccountId, AskId, ClientId, ConsentTextId, PersonId, PolicyId, SignatureId},
    records::consents::{BlankValues, ConsentKind, Filled, SignMethod, Wording},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    keys::DataKey,
};

/// The place to which the blanks of an ask are sealed.
const BLANKS: &str = "consent_ask.blanks";

/// Which text a person is asked to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskText {
    /// A text that the program brings, by its name, such as `treatment`.
    Key(&'static str),
    Id(ConsentTextId),
}

impl From<ConsentKind> for AskText {
    /// The text that the program brings for this kind. (There are three for the
    /// policy, which are named by [`domain::records::policy::Preset::text_key`].)
    fn from(kind: ConsentKind) -> Self {
        Self::Key(kind.word())
    }
}

impl From<ConsentTextId> for AskText {
    fn from(id: ConsentTextId) -> Self {
        Self::Id(id)
    }
}

/// A text that one person is to be asked to sign.
#[derive(Clone, Debug)]
pub struct NewAsk {
    /// The client whose record it belongs to; `None`: it belongs to the person alone.
    pub client: Option<ClientId>,
    pub person: PersonId,
    pub text: AskText,
    /// What fills the blanks of the text. What is missing here and known to the
    /// program (the practice, the therapist, the person's name) is added.
    pub blanks: BlankValues,
    /// Who asks.
    pub by: AccountId,
}

/// The state of one text for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentState {
    pub ask: AskId,
    pub person: PersonId,
    pub text: ConsentTextId,
    pub kind: ConsentKind,
    /// The name of a text that the program brings; `None`: the practice's own text.
    pub key: Option<String>,
    /// The title in English.
    pub title: String,
    /// The version that was signed, or the current one.
    pub version: i64,
    pub status: AskStatus,
    /// The policy that it proposes; `None`: it proposes none.
    pub policy: Option<PolicyId>,
    /// The client whose record it belongs to; `None`: it belongs to the person alone.
    pub client: Option<ClientId>,
}

/// What became of an ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskStatus {
    /// Not signed, since this instant.
    Open(DateTime<Utc>),
    /// Signed, and in force.
    Signed(DateTime<Utc>),
    /// Signed, and withdrawn at this instant.
    Withdrawn(DateTime<Utc>),
    /// Signed, and replaced at this instant by a later signature on the same text.
    Replaced(DateTime<Utc>),
}

impl AskStatus {
    /// Whether it is signed and neither withdrawn nor replaced.
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Signed(_))
    }

    /// Whether it is not signed.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open(_))
    }
}

/// A signature, without the text that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub id: SignatureId,
    pub ask: AskId,
    pub person: PersonId,
    pub title: String,
    pub version: i64,
    pub language: Language,
    /// The SHA-256 of the text that was shown.
    pub sha256: Vec<u8>,
    /// The statement that the person ticked.
    pub statement: String,
    pub typed_name: String,
    pub signed_at: DateTime<Utc>,
    pub method: SignMethod,
    /// When it was withdrawn; `None`: it was not.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// An ask as it is stored.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct AskRow {
    pub id: Uuid,
    pub client_id: Option<Uuid>,
    pub person_id: Uuid,
    pub text_id: Uuid,
    pub policy_id: Option<Uuid>,
    blanks: Vec<u8>,
    pub asked_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    #[sqlx(try_from = "String")]
    pub kind: ConsentKind,
    /// When the client was archived; `None`: they are in care, or there is no client.
    pub archived_at: Option<DateTime<Utc>>,
    /// When the couple separated, since when its record is frozen; `None`: it has not.
    pub separated_at: Option<DateTime<Utc>>,
}

/// SQL: the columns of an [`AskRow`].
macro_rules! ask_columns {
    () => {
        "SELECT a.id, a.client_id, a.person_id, a.text_id, a.policy_id, a.blanks, a.asked_at, a.closed_at, t.kind,
             c.archived_at, c.separated_at
         FROM consent_ask a JOIN consent_text t ON t.id = a.text_id LEFT JOIN client c ON c.id = a.client_id "
    };
}

/// The ask with this id; `None`: there is none.
pub(crate) async fn find_ask(tx: &mut Tx, ask: AskId) -> Result<Option<AskRow>> {
    Ok(maybe!(tx, AskRow, concat!(ask_columns!(), "WHERE a.id = $1"), ask.0)?)
}

/// A version of a text in one language, for a person.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    pub version_id: Uuid,
    pub version: i64,
    /// The language of the wording; another than the person's if the text does not
    /// have theirs.
    pub language: Language,
    pub wording: Wording,
}

#[derive(FromRow)]
struct WordingRow {
    version_id: Uuid,
    version: i64,
    #[sqlx(try_from = "String")]
    language: Language,
    title: String,
    body: String,
}

/// The latest version of a text in the language of its reader, or else in English,
/// the language of the practice.
pub(crate) async fn current(tx: &mut Tx, text: Uuid, reader: Language) -> Result<Current> {
    let rows = all!(
        tx,
        WordingRow,
        "SELECT w.version_id, v.version, w.language, w.title, w.body
         FROM consent_wording w JOIN consent_version v ON v.id = w.version_id
         WHERE v.text_id = $1 AND v.version = (SELECT max(version) FROM consent_version WHERE text_id = $1)",
        text
    )?;
    let rank = |row: &WordingRow| match row.language {
        language if language == reader => 0,
        Language::English => 1,
        _ => 2,
    };
    let row = rows.into_iter().min_by_key(rank).ok_or_else(|| Error::Stored("a text has no version".to_owned()))?;
    Ok(Current {
        version_id: row.version_id,
        version: row.version,
        language: row.language,
        wording: Wording { title: row.title, body: row.body },
    })
}

impl AskRow {
    /// The id of the ask.
    pub(crate) fn ask(&self) -> AskId {
        AskId(self.id)
    }

    /// What fills the blanks, opened with the person's key.
    pub(crate) fn values(&self, key: &DataKey) -> Result<BlankValues> {
        let plain = key.open(BLANKS, self.id, &self.blanks)?;
        serde_json::from_slice(&plain).map_err(|_| Error::Stored("the blanks of an ask".to_owned()))
    }

    /// The text that this ask shows now to a reader of this language.
    pub(crate) async fn filled(&self, store: &Store, tx: &mut Tx, reader: Language) -> Result<(Current, Filled)> {
        let current = current(tx, self.text_id, reader).await?;
        let key = store.key_of(tx, self.person_id).await?;
        let filled = current.wording.fill(&self.values(&key)?, current.language);
        Ok((current, filled))
    }
}

/// Asks a person to sign a text, and plans an email that says that something is in
/// the portal. Where a person is asked only once for this kind and an ask is open,
/// that one is kept. The caller has checked that the client is theirs.
pub(crate) async fn ask(store: &Store, tx: &mut Tx, new: NewAsk) -> Result<AskId> {
    ask_for(store, tx, new, None).await
}

/// [`ask`], for the policy that it proposes; `None`: it proposes none.
pub(crate) async fn ask_for(store: &Store, tx: &mut Tx, new: NewAsk, policy: Option<PolicyId>) -> Result<AskId> {
    let (text, kind) = find_text(tx, &new.text).await?;
    if kind.is_asked_once()
        && let Some(open) = open_ask(tx, new.client, new.person, text).await?
    {
        return Ok(open);
    }
    let id = store.clock().id();
    let blanks = asking::with_known(tx, &new).await?;
    let key = store.data_key_or_new(tx, new.person.0).await?;
    let sealed = key.seal(BLANKS, id, &serde_json::to_vec(&blanks).unwrap_or_default());
    run!(
        tx,
        "INSERT INTO consent_ask (id, client_id, person_id, text_id, policy_id, blanks, asked_at, asked_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        new.client.map(|client| client.0),
        new.person.0,
        text,
        policy.map(|policy| policy.0),
        sealed,
        store.now(),
        new.by.0
    )?;
    mail::plan(store, tx, AskId(id), new.person).await?;
    let act = Act::by(new.by, AuditAction::Asked, AuditThing::ConsentAsk).id(id);
    store.record(tx, act.client(new.client.map(|client| client.0))).await?;
    Ok(AskId(id))
}

/// The id and the kind of a text. Gives [`Error::Refused`] where there is none: no
/// page asks for a text that does not exist.
async fn find_text(tx: &mut Tx, text: &AskText) -> Result<(Uuid, ConsentKind)> {
    let row = match text {
        AskText::Key(key) => maybe!(tx, (Uuid, String), "SELECT id, kind FROM consent_text WHERE key = $1", *key)?,
        AskText::Id(id) => maybe!(tx, (Uuid, String), "SELECT id, kind FROM consent_text WHERE id = $1", id.0)?,
    };
    let (id, kind) = row.ok_or_else(|| Error::Refused("there is no such text to sign".to_owned()))?;
    Ok((id, kind.parse()?))
}

/// The open ask of a person for a text; `None`: there is none.
async fn open_ask(tx: &mut Tx, client: Option<ClientId>, person: PersonId, text: Uuid) -> Result<Option<AskId>> {
    let row = maybe!(
        tx,
        (Uuid,),
        "SELECT a.id FROM consent_ask a
         WHERE a.person_id = $1 AND a.text_id = $2 AND a.closed_at IS NULL
             AND (a.client_id = $3 OR (a.client_id IS NULL AND $3 IS NULL))
             AND NOT EXISTS (SELECT 1 FROM signature s WHERE s.ask_id = a.id)
         LIMIT 1",
        person.0,
        text,
        client.map(|client| client.0)
    )?;
    Ok(row.map(|(id,)| AskId(id)))
}

/// Takes an ask back that was not signed. A signature stays.
pub(crate) async fn close(store: &Store, tx: &mut Tx, ask: AskId) -> Result<()> {
    run!(
        tx,
        "UPDATE consent_ask SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM signature s WHERE s.ask_id = consent_ask.id)",
        store.now(),
        ask.0
    )?;
    Ok(())
}

/// Takes back every ask of a client that was not signed; for its separation.
pub(crate) async fn close_all(store: &Store, tx: &mut Tx, client: ClientId) -> Result<()> {
    run!(
        tx,
        "UPDATE consent_ask SET closed_at = $1 WHERE client_id = $2 AND closed_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM signature s WHERE s.ask_id = consent_ask.id)",
        store.now(),
        client.0
    )?;
    Ok(())
}

/// Locks an ask until the end of the transaction: who signs it or withdraws its
/// signature meanwhile waits.
pub(crate) async fn lock(tx: &mut Tx, ask: AskId) -> Result<()> {
    run!(tx, "UPDATE consent_ask SET asked_at = asked_at WHERE id = $1", ask.0)?;
    Ok(())
}

#[derive(FromRow)]
struct StateRow {
    id: Uuid,
    person_id: Uuid,
    text_id: Uuid,
    policy_id: Option<Uuid>,
    client_id: Option<Uuid>,
    #[sqlx(try_from = "String")]
    kind: ConsentKind,
    key: Option<String>,
    title: String,
    asked_at: DateTime<Utc>,
    signed_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
    replaced_at: Option<DateTime<Utc>>,
    version: i64,
}

/// SQL: a query of [`StateRow`]s for the asks that are open or signed.
macro_rules! state_columns {
    ($where:literal) => {
        concat!(
            "SELECT a.id, a.person_id, a.text_id, a.policy_id, a.client_id, t.kind, t.key, a.asked_at, s.signed_at,
                 s.withdrawn_at,
                 (SELECT max(n.recorded_at) FROM signature n WHERE n.replaced_id = s.id) AS replaced_at,
                 COALESCE(v.version, (SELECT max(x.version) FROM consent_version x WHERE x.text_id = t.id)) AS version,
                 COALESCE(
                     (SELECT w.title FROM consent_wording w WHERE w.version_id = v.id AND w.language = 'en'),
                     (SELECT w.title FROM consent_wording w JOIN consent_version x ON x.id = w.version_id
                         WHERE x.text_id = t.id AND w.language = 'en' ORDER BY x.version DESC LIMIT 1)) AS title
             FROM consent_ask a JOIN consent_text t ON t.id = a.text_id LEFT JOIN signature s ON s.ask_id = a.id
                 LEFT JOIN consent_version v ON v.id = s.version_id
             WHERE (s.id IS NOT NULL OR a.closed_at IS NULL) AND ",
            $where,
            " ORDER BY a.asked_at, a.id"
        )
    };
}

impl From<StateRow> for ConsentState {
    fn from(row: StateRow) -> Self {
        let status = match (row.signed_at, row.withdrawn_at, row.replaced_at) {
            (None, ..) => AskStatus::Open(row.asked_at),
            (_, Some(at), _) => AskStatus::Withdrawn(at),
            (_, None, Some(at)) => AskStatus::Replaced(at),
            (Some(at), None, None) => AskStatus::Signed(at),
        };
        Self {
            ask: AskId(row.id),
            person: PersonId(row.person_id),
            text: ConsentTextId(row.text_id),
            kind: row.kind,
            key: row.key,
            title: row.title,
            version: row.version,
            status,
            policy: row.policy_id.map(PolicyId),
            client: row.client_id.map(ClientId),
        }
    }
}

/// The state of every text that the people of a client were asked to sign: what is
/// open and what was signed, the earliest ask first. An ask that was taken back is
/// left out. The caller has checked that the client is theirs.
pub(crate) async fn states(_store: &Store, tx: &mut Tx, client: ClientId) -> Result<Vec<ConsentState>> {
    let rows = all!(tx, StateRow, state_columns!("a.client_id = $1"), client.0)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The states of all that a person was asked to sign, the earliest ask first: what is
/// open, unless the client is archived, and what was signed. Nothing of a record that a
/// separation has frozen. The titles are in the language of the reader, where the text has it.
pub(crate) async fn states_of_person(tx: &mut Tx, person: PersonId, reader: Language) -> Result<Vec<ConsentState>> {
    let rows = all!(
        tx,
        StateRow,
        state_columns!(
            "a.person_id = $1 AND NOT EXISTS (SELECT 1 FROM client c WHERE c.id = a.client_id
                 AND (c.separated_at IS NOT NULL OR (c.archived_at IS NOT NULL AND s.id IS NULL)))"
        ),
        person.0
    )?;
    let titles = all!(
        tx,
        (Uuid, i64, String),
        "SELECT v.text_id, v.version, w.title FROM consent_wording w JOIN consent_version v ON v.id = w.version_id
         WHERE w.language = $2 AND v.text_id IN (SELECT a.text_id FROM consent_ask a WHERE a.person_id = $1)",
        person.0,
        reader.word()
    )?;
    let mut states: Vec<ConsentState> = rows.into_iter().map(Into::into).collect();
    for state in &mut states {
        let own = titles.iter().find(|(text, version, _)| *text == state.text.0 && *version == state.version);
        if let Some((_, _, title)) = own {
            state.title.clone_from(title);
        }
    }
    Ok(states)
}

/// The state of one ask; `None`: there is none, or it was taken back.
pub(crate) async fn state_of(tx: &mut Tx, ask: AskId) -> Result<Option<ConsentState>> {
    Ok(maybe!(tx, StateRow, state_columns!("a.id = $1"), ask.0)?.map(Into::into))
}

/// The signature on an ask; `None`: it is not signed. The caller has checked that the
/// ask is theirs.
pub(crate) async fn signature_of(store: &Store, tx: &mut Tx, ask: AskId) -> Result<Option<Signature>> {
    Ok(kept::load(store, tx, ask).await?.map(|kept| kept.signature))
}

/// The language in which a person reads.
pub(crate) async fn language_of(tx: &mut Tx, person: PersonId) -> Result<Language> {
    Ok(client::find_person(tx, person).await?.language.0)
}
