//! Wordings: the practice's own texts of its emails.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{clients::person::Language, form::Form, outbox::wording::WordingKind};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Owner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    bin::{Binned, BinnedWording},
    database::{maybe, run},
    unreadable::legible,
};

/// The practice's own wording of one kind of email in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWording {
    pub kind: WordingKind,
    pub language: Language,
    pub subject: String,
    pub body: String,
    /// The name of the person who wrote it.
    pub by: String,
    pub at: DateTime<Utc>,
}

impl OwnWording {
    /// The wording as the fields of its form.
    pub fn form(&self) -> Form {
        Form::from_pairs([("subject", &self.subject), ("body", &self.body)])
    }
}

#[derive(FromRow)]
struct Row {
    #[sqlx(try_from = "String")]
    kind: WordingKind,
    #[sqlx(try_from = "String")]
    language: Language,
    subject: String,
    body: String,
    display_name: String,
    set_at: DateTime<Utc>,
}

/// All wordings of the practice.
async fn own_wordings(tx: &mut Tx) -> Result<Vec<OwnWording>> {
    let rows = legible!(
        tx,
        Row,
        "SELECT w.kind, w.language, w.subject, w.body, a.display_name, w.set_at
         FROM wording w JOIN account a ON a.id = w.set_by"
    )?;
    Ok(rows
        .into_iter()
        .map(|r| OwnWording {
            kind: r.kind,
            language: r.language,
            subject: r.subject,
            body: r.body,
            by: r.display_name,
            at: r.set_at,
        })
        .collect())
}

/// The forms of the practice's own wordings, by kind of email and language.
pub(crate) async fn by_kind(tx: &mut Tx) -> Result<HashMap<(WordingKind, Language), Form>> {
    Ok(own_wordings(tx).await?.into_iter().map(|w| ((w.kind, w.language), w.form())).collect())
}

impl Owner {
    /// All wordings of the practice.
    pub async fn wordings(&self) -> Result<Vec<OwnWording>> {
        let mut tx = self.store().read().await?;
        own_wordings(&mut tx).await
    }

    /// Sets the practice's own wording of an email. The caller has checked it
    /// with [`domain::outbox::wording::Wording::read`]: what is stored can be sent.
    pub async fn set_wording(&self, kind: WordingKind, language: Language, form: &Form) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(
            &mut tx,
            "INSERT INTO wording (kind, language, subject, body, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (kind, language) DO UPDATE SET subject = excluded.subject, body = excluded.body,
                 set_by = excluded.set_by, set_at = excluded.set_at",
            kind.word(),
            language.word(),
            form.get("subject").trim(),
            form.get("body").trim(),
            self.me().0,
            self.now()
        )?;
        self.record_wording(&mut tx, AuditAction::Changed, kind, language).await?;
        tx.commit().await
    }

    /// Puts the practice's own wording of an email into the bin, so that the
    /// standard text is used again, and returns its id there. `None`: there was
    /// no own wording.
    pub async fn reset_wording(&self, kind: WordingKind, language: Language) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        let Some(own) = wording_to_bin(&mut tx, kind.word(), language.word()).await? else {
            let thing = format!("{} {}", kind.word(), language.word());
            return self.store().in_bin(&mut tx, self.me(), "wording", &thing).await;
        };
        let bin = self.store().put_in_bin(&mut tx, self.me(), &own).await?;
        run!(&mut tx, "DELETE FROM wording WHERE kind = $1 AND language = $2", kind.word(), language.word())?;
        self.record_wording(&mut tx, AuditAction::Reset, kind, language).await?;
        tx.commit().await?;
        Ok(Some(bin))
    }

    async fn record_wording(
        &self,
        tx: &mut Tx,
        action: AuditAction,
        kind: WordingKind,
        language: Language,
    ) -> Result<()> {
        let detail = format!("{} {}", kind.word(), language.word());
        let act = Act::by(self.me(), action, AuditThing::Wording).detail(&detail);
        self.store().record(tx, act).await
    }
}

/// The practice's own wording of an email as it is stored, for the bin.
pub(crate) async fn wording_to_bin(tx: &mut Tx, kind: &str, language: &str) -> Result<Option<Binned>> {
    let row = maybe!(
        tx,
        BinnedWording,
        "SELECT kind, language, subject, body, set_by, set_at FROM wording WHERE kind = $1 AND language = $2",
        kind,
        language
    )?;
    Ok(row.map(Binned::Wording))
}
