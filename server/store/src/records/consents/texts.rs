//! The texts of the practice: those that the program brings, and the practice's own,
//! in versions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    clients::person::Language,
    ids::{AccountId, ConsentTextId},
    records::{
        consents::{ConsentKind, NewVersion, Wording},
        shipped::{self, ShippedText},
    },
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    FormKey, Owner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
};

/// A text as the owner's list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerText {
    pub id: ConsentTextId,
    pub kind: ConsentKind,
    /// The name of a text that the program brings; `None`: the practice's own.
    pub key: Option<String>,
    /// The title in English.
    pub title: String,
    /// The number of the latest version.
    pub version: i64,
    /// When the latest version was made.
    pub made_at: DateTime<Utc>,
    /// Whether the latest version is the practice's, and not the program's.
    pub is_own: bool,
    pub is_archived: bool,
}

/// A version of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextVersion {
    pub version: i64,
    pub made_at: DateTime<Utc>,
    /// Who made it; `None`: the program.
    pub made_by: Option<String>,
    /// Whether people who signed an earlier version are asked to sign this one.
    pub renews: bool,
    pub wordings: NewVersion,
}

/// How saving a version ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextSaved {
    /// It is the latest version, with this number.
    Saved(i64),
    /// Not a word has changed.
    Same,
    /// Another version, with this number, was made since the form was opened.
    Elsewhere(i64),
    /// There is no such text.
    Gone,
}

#[derive(FromRow)]
struct TextRow {
    id: Uuid,
    #[sqlx(try_from = "String")]
    kind: ConsentKind,
    key: Option<String>,
    title: String,
    version: i64,
    made_at: DateTime<Utc>,
    is_own: bool,
    is_archived: bool,
}

/// SQL: the texts with their latest version, as [`TextRow`]s.
macro_rules! texts {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.kind, t.key, w.title, v.version, v.made_at, (v.made_by IS NOT NULL) AS is_own,
                 (t.archived_at IS NOT NULL) AS is_archived
             FROM consent_text t JOIN consent_version v ON v.text_id = t.id
                 AND v.version = (SELECT max(x.version) FROM consent_version x WHERE x.text_id = t.id)
                 JOIN consent_wording w ON w.version_id = v.id AND w.language = 'en' ",
            $rest
        )
    };
}

impl From<TextRow> for OwnerText {
    fn from(row: TextRow) -> Self {
        Self {
            id: ConsentTextId(row.id),
            kind: row.kind,
            key: row.key,
            title: row.title,
            version: row.version,
            made_at: row.made_at,
            is_own: row.is_own,
            is_archived: row.is_archived,
        }
    }
}

/// The wordings of a version.
async fn wordings(tx: &mut Tx, version: Uuid) -> Result<NewVersion> {
    let rows = all!(
        tx,
        (String, String, String),
        "SELECT language, title, body FROM consent_wording WHERE version_id = $1",
        version
    )?;
    let mut wordings = BTreeMap::new();
    for (language, title, body) in rows {
        wordings.insert(language.parse::<Language>()?, Wording { title, body });
    }
    Ok(NewVersion { wordings })
}

/// The latest version of a text: id, number, and who made it.
async fn latest(tx: &mut Tx, text: Uuid) -> Result<Option<(Uuid, i64, Option<Uuid>)>> {
    Ok(maybe!(
        tx,
        (Uuid, i64, Option<Uuid>),
        "SELECT id, version, made_by FROM consent_version WHERE text_id = $1 ORDER BY version DESC LIMIT 1",
        text
    )?)
}

/// Locks a text until the end of the transaction: who signs it, and who makes a new
/// version, follow each other.
pub(super) async fn lock_text(tx: &mut Tx, text: Uuid) -> Result<()> {
    run!(tx, "UPDATE consent_text SET archived_at = archived_at WHERE id = $1", text)?;
    Ok(())
}

/// Writes a version. `by`: `None` is the program.
async fn put_version(
    store: &Store,
    tx: &mut Tx,
    text: Uuid,
    number: i64,
    new: &NewVersion,
    renews: bool,
    by: Option<AccountId>,
) -> Result<()> {
    let id = store.clock().id();
    run!(
        tx,
        "INSERT INTO consent_version (id, text_id, version, renews, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        text,
        number,
        renews,
        store.now(),
        by.map(|by| by.0)
    )?;
    for (language, wording) in &new.wordings {
        run!(
            tx,
            "INSERT INTO consent_wording (version_id, language, title, body) VALUES ($1, $2, $3, $4)",
            id,
            language.word(),
            &wording.title,
            &wording.body
        )?;
    }
    Ok(())
}

/// The wordings that the program brings for a text.
fn shipped_version(text: &ShippedText) -> NewVersion {
    NewVersion { wordings: text.wordings.iter().cloned().collect() }
}

/// Whether a text that the program brings is missing, or is in an older version that
/// the practice has not changed.
async fn is_outdated(tx: &mut Tx, text: &ShippedText) -> Result<bool> {
    let row = maybe!(tx, (Uuid,), "SELECT id FROM consent_text WHERE key = $1", text.key)?;
    let Some((id,)) = row else { return Ok(true) };
    Ok(match latest(tx, id).await? {
        None => true,
        // The practice's own words stay.
        Some((_, _, Some(_))) => false,
        Some((version, _, None)) => wordings(tx, version).await? != shipped_version(text),
    })
}

/// Brings the texts of the program into the database. A text that the practice has
/// changed is left alone.
pub(crate) async fn bring(store: &Store) -> Result<()> {
    let mut look = store.read().await?;
    let mut due = Vec::new();
    for text in shipped::texts() {
        if is_outdated(&mut look, &text).await? {
            due.push(text);
        }
    }
    drop(look);
    if due.is_empty() {
        return Ok(());
    }
    let mut tx = store.write().await?;
    for text in due {
        run!(
            &mut tx,
            "INSERT INTO consent_text (id, kind, key, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING",
            store.clock().id(),
            text.kind.word(),
            text.key,
            store.now()
        )?;
        let row = maybe!(&mut tx, (Uuid,), "SELECT id FROM consent_text WHERE key = $1", text.key)?;
        let Some((id,)) = row else { continue };
        // Another process that opens the database at the same time follows here.
        lock_text(&mut tx, id).await?;
        if is_outdated(&mut tx, &text).await? {
            let number = latest(&mut tx, id).await?.map_or(1, |(_, number, _)| number + 1);
            put_version(store, &mut tx, id, number, &shipped_version(&text), false, None).await?;
        }
    }
    tx.commit().await
}

impl Owner {
    /// The texts of the practice: those that are offered by their kind, then those that
    /// are archived.
    pub async fn consent_texts(&self) -> Result<Vec<OwnerText>> {
        let mut tx = self.store().read().await?;
        let rows = all!(&mut tx, TextRow, texts!("ORDER BY t.created_at, t.id"))?;
        let mut texts: Vec<OwnerText> = rows.into_iter().map(Into::into).collect();
        texts.sort_by_key(|text| (text.is_archived, text.kind));
        Ok(texts)
    }

    /// A text with its versions, the latest first. `None`: there is no such text.
    pub async fn consent_text(&self, id: ConsentTextId) -> Result<Option<(OwnerText, Vec<TextVersion>)>> {
        let mut tx = self.store().read().await?;
        let Some(row) = maybe!(&mut tx, TextRow, texts!("WHERE t.id = $1"), id.0)? else { return Ok(None) };
        let rows = all!(
            &mut tx,
            (Uuid, i64, DateTime<Utc>, bool, Option<String>),
            "SELECT v.id, v.version, v.made_at, v.renews, a.display_name
             FROM consent_version v LEFT JOIN account a ON a.id = v.made_by
             WHERE v.text_id = $1 ORDER BY v.version DESC",
            id.0
        )?;
        let mut versions = Vec::new();
        for (version_id, version, made_at, renews, made_by) in rows {
            let wordings = wordings(&mut tx, version_id).await?;
            versions.push(TextVersion { version, made_at, made_by, renews, wordings });
        }
        Ok(Some((row.into(), versions)))
    }

    /// Adds a text of the practice, once for each form key.
    pub async fn add_consent_text(&self, new: &NewVersion, form: Option<FormKey>) -> Result<ConsentTextId> {
        let store = self.store();
        let mut tx = store.write().await?;
        let id = store.clock().id();
        if let Some(before) = store.claim_form_key(&mut tx, form, self.me(), id).await? {
            return Ok(ConsentTextId(before));
        }
        run!(
            &mut tx,
            "INSERT INTO consent_text (id, kind, created_at, created_by) VALUES ($1, $2, $3, $4)",
            id,
            ConsentKind::Own.word(),
            store.now(),
            self.me().0
        )?;
        put_version(store, &mut tx, id, 1, new, false, Some(self.me())).await?;
        store.record(&mut tx, Act::by(self.me(), AuditAction::Added, AuditThing::ConsentText).id(id)).await?;
        tx.commit().await?;
        Ok(ConsentTextId(id))
    }

    /// Saves a new version of a text. `based_on` is the version that the form showed:
    /// one that was made since is not overwritten unseen. With `renews`, people who
    /// signed an earlier version are asked to sign this one.
    pub async fn change_consent_text(
        &self,
        id: ConsentTextId,
        new: &NewVersion,
        renews: bool,
        based_on: i64,
    ) -> Result<TextSaved> {
        let store = self.store();
        let mut tx = store.write().await?;
        lock_text(&mut tx, id.0).await?;
        let Some(row) = maybe!(&mut tx, TextRow, texts!("WHERE t.id = $1"), id.0)? else { return Ok(TextSaved::Gone) };
        let Some((version_id, number, _)) = latest(&mut tx, id.0).await? else { return Ok(TextSaved::Gone) };
        if wordings(&mut tx, version_id).await? == *new {
            return Ok(TextSaved::Same);
        }
        if number != based_on {
            return Ok(TextSaved::Elsewhere(number));
        }
        let renews = renews && row.kind.can_renew();
        put_version(store, &mut tx, id.0, number + 1, new, renews, Some(self.me())).await?;
        store.record(&mut tx, Act::by(self.me(), AuditAction::Changed, AuditThing::ConsentText).id(id.0)).await?;
        tx.commit().await?;
        Ok(TextSaved::Saved(number + 1))
    }

    /// Archives a text, so that it is not offered any more, or offers it again. What was
    /// asked for and signed stays. `false`: there is no such text, or it is one for the
    /// secrets policy or a release, which are always offered.
    pub async fn set_consent_text_archived(&self, id: ConsentTextId, is_archived: bool) -> Result<bool> {
        let store = self.store();
        let mut tx = store.write().await?;
        let Some(row) = maybe!(&mut tx, TextRow, texts!("WHERE t.id = $1"), id.0)? else { return Ok(false) };
        if !row.kind.is_chosen() {
            return Ok(false);
        }
        if row.is_archived != is_archived {
            let at = is_archived.then(|| store.now());
            run!(&mut tx, "UPDATE consent_text SET archived_at = $1 WHERE id = $2", at, id.0)?;
            let action = if is_archived { AuditAction::Archived } else { AuditAction::Restored };
            store.record(&mut tx, Act::by(self.me(), action, AuditThing::ConsentText).id(id.0)).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}
