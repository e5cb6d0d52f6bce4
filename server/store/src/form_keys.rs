//! Form keys: a form that is sent twice is one act.
//!
//! A page with a form that makes something carries a new key. The transaction
//! that does the act stores the key together with the id of what was made. If
//! the key is sent again (a double press, a reload, a retry on a bad network),
//! the same id is given again.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use domain::{form::Form, ids::AccountId};
use uuid::Uuid;

use crate::{
    Result, Store, Tx, Worker,
    database::{maybe, run},
    keys::random,
};

/// The key of a form on a page that was opened once. The key tells this
/// program, and nobody else, for which account the page was made: half of it is
/// random (60 bits), and half is a keyed hash of the random half and the
/// account. Its form is a UUID of version 8 (RFC 9562).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormKey(Uuid);

/// For whom the page of a form key was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOwner {
    /// For this account.
    ThisAccount,
    /// For another account, or for a visitor who was not signed in.
    Another,
    /// The key names no account, so nothing is known.
    Unknown,
}

impl FormKey {
    /// The name of the form field that carries the key.
    pub const FIELD: &str = "key";

    /// A new random key that names no account.
    pub fn fresh() -> Self {
        Self(uuid::Builder::from_random_bytes(random()).into_uuid())
    }

    /// The key in a form; `None`: the form has no key, so each time it is sent
    /// is a separate act.
    pub fn of_form(form: &Form) -> Option<Self> {
        form.get(Self::FIELD).parse().ok().map(Self)
    }

    /// Puts a new key into a form that has none.
    pub fn ensure_in(form: &mut Form) {
        if Self::of_form(form).is_none() {
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
    /// A new key for a form on a page for this account; `None`: for a visitor
    /// who is not signed in.
    pub fn form_key(&self, account: Option<AccountId>) -> FormKey {
        self.marked_key(random(), account)
    }

    /// For whom the page of this key was made, compared with this account.
    pub fn key_of_page(&self, FormKey(key): FormKey, account: Option<AccountId>) -> KeyOwner {
        if key.get_version_num() != 8 {
            return KeyOwner::Unknown;
        }
        let half = std::array::from_fn(|i| key.as_bytes()[i]);
        if self.marked_key(half, account).0 == key { KeyOwner::ThisAccount } else { KeyOwner::Another }
    }

    /// Seals a form that was not acted on, as text that a page can carry.
    pub fn seal_form(&self, form: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.keys().seal_master("form", Uuid::nil(), form))
    }

    /// Opens a text of [`Self::seal_form`]; `None`: this program did not make
    /// it.
    pub fn open_form(&self, sealed: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        self.keys().open_master("form", Uuid::nil(), &sealed).ok().map(|form| form.to_vec())
    }

    /// The key with this random half for a page of this account.
    fn marked_key(&self, half: [u8; 8], account: Option<AccountId>) -> FormKey {
        // The version bits are set first, because they are in the half that is
        // hashed.
        let key = |bytes: [u8; 16]| uuid::Builder::from_custom_bytes(bytes).into_uuid();
        let half: [u8; 8] = {
            let whole = key(std::array::from_fn(|i| half.get(i).copied().unwrap_or_default()));
            std::array::from_fn(|i| whole.as_bytes()[i])
        };
        let who = account.map_or(Uuid::nil(), |a| a.0);
        let mac = self.keys().mac("form key", [half.as_slice(), who.as_bytes().as_slice()]);
        FormKey(key(std::array::from_fn(|i| half.get(i).copied().unwrap_or_else(|| mac[i]))))
    }

    /// Records that a form makes `made`. Gives the id that the same form made
    /// when this account sent it before; `None`: it was not sent before, or has
    /// no key. If the form is sent twice at the same time, the second request
    /// waits here.
    pub(crate) async fn claim_form_key(
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
}

impl Worker {
    /// Forgets form keys that are older than thirty days.
    pub async fn forget_form_keys(&self) -> Result<()> {
        let mut tx = self.write().await?;
        run!(&mut tx, "DELETE FROM form_key WHERE made_at < $1", self.now() - Duration::days(30))?;
        tx.commit().await
    }
}
