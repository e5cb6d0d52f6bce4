//! A form that is sent twice is one act.
//!
//! A page that makes something carries a fresh key. The transaction of the
//! act keeps it with what was made; whoever brings the key again (a double
//! press, a reload, a retry on a bad network) gets that same thing.

use chrono::Duration;
use domain::{form::Form, ids::AccountId};
use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    database::{maybe, run},
    keys::random,
};

/// Tells one form of a page from another of the same page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormKey(Uuid);

impl FormKey {
    /// The field that it travels in.
    pub const FIELD: &str = "key";

    /// For a page that is opened.
    pub fn fresh() -> Self {
        Self(uuid::Builder::from_random_bytes(random()).into_uuid())
    }

    /// The one a form brings; `None`: it brings none, and stands for itself.
    pub fn read(form: &Form) -> Option<Self> {
        form.get(Self::FIELD).parse().ok().map(Self)
    }

    /// Puts a fresh one into a form that has none.
    pub fn give(form: &mut Form) {
        if Self::read(form).is_none() {
            form.set(Self::FIELD, Self::fresh().0.to_string());
        }
    }
}

impl From<Uuid> for FormKey {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl std::fmt::Display for FormKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Store {
    /// Keeps that a form makes `made`. `Some`: this account sent it before,
    /// and it made that. Two at once follow each other here.
    pub(crate) async fn made_before(
        &self,
        tx: &mut Tx,
        key: Option<FormKey>,
        by: AccountId,
        made: Uuid,
    ) -> Result<Option<Uuid>> {
        let Some(FormKey(key)) = key else { return Ok(None) };
        let first = run!(
            tx,
            "INSERT INTO form_key (id, account_id, made, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
            key,
            by.0,
            made,
            self.now()
        )?;
        if first > 0 {
            return Ok(None);
        }
        let row = maybe!(tx, (Uuid,), "SELECT made FROM form_key WHERE id = $1 AND account_id = $2", key, by.0)?;
        Ok(row.map(|(made,)| made))
    }

    /// Forgets the keys of forms that nobody sends again.
    pub async fn forget_form_keys(&self) -> Result<()> {
        let mut tx = self.write().await?;
        run!(&mut tx, "DELETE FROM form_key WHERE made_at < $1", self.now() - Duration::days(30))?;
        tx.commit().await
    }
}
