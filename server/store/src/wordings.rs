//! The practice's own words in its mails.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{form::Form, person::Language, wording::WordingKind};
use sqlx::FromRow;

use crate::{
    Owner, Result, Tx,
    audit::Act,
    database::{all, run},
};

/// A mail in one language whose words are the practice's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWording {
    pub kind: WordingKind,
    pub language: Language,
    pub subject: String,
    pub body: String,
    /// Who wrote it, by name, and when.
    pub by: String,
    pub at: DateTime<Utc>,
}

impl OwnWording {
    /// As a form has it.
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

async fn own(tx: &mut Tx) -> Result<Vec<OwnWording>> {
    let rows = all!(
        tx,
        Row,
        "SELECT w.kind, w.language, w.subject, w.body, a.display_name, w.set_at FROM wording w JOIN account a ON a.id = w.set_by"
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

/// By mail and language, the fields of each that is the practice's own.
pub(crate) async fn by_kind(tx: &mut Tx) -> Result<HashMap<(WordingKind, Language), Form>> {
    Ok(own(tx).await?.into_iter().map(|w| ((w.kind, w.language), w.form())).collect())
}

impl Owner {
    /// Every mail and language whose words are the practice's own.
    pub async fn wordings(&self) -> Result<Vec<OwnWording>> {
        let mut tx = self.store().read().await?;
        own(&mut tx).await
    }

    /// Puts the practice's words in place of what a mail said. They were read
    /// before ([`domain::wording::Wording::read`]): what is stored can be sent.
    pub async fn set_wording(&self, kind: WordingKind, language: Language, form: &Form) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(
            &mut tx,
            "INSERT INTO wording (kind, language, subject, body, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (kind, language) DO UPDATE SET subject = excluded.subject, body = excluded.body, set_by = excluded.set_by, set_at = excluded.set_at",
            kind.word(),
            language.word(),
            form.get("subject").trim(),
            form.get("body").trim(),
            self.me().0,
            self.now()
        )?;
        self.record_wording(&mut tx, "changed", kind, language).await?;
        tx.commit().await
    }

    /// Back to ours. `false`: it was.
    pub async fn reset_wording(&self, kind: WordingKind, language: Language) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let gone =
            run!(&mut tx, "DELETE FROM wording WHERE kind = $1 AND language = $2", kind.word(), language.word())?;
        if gone > 0 {
            self.record_wording(&mut tx, "reset", kind, language).await?;
            tx.commit().await?;
        }
        Ok(gone > 0)
    }

    async fn record_wording(&self, tx: &mut Tx, action: &str, kind: WordingKind, language: Language) -> Result<()> {
        let detail = format!("{} {}", kind.word(), language.word());
        let act = Act { by: Some(self.me()), action, thing: "wording", id: None, client: None, detail: &detail };
        self.store().audit(tx, act).await
    }
}
