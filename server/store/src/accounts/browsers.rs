//! Browsers that signed in before.
//!
//! Wrong passwords are counted for each network. A partner at the same router,
//! or anyone on the practice's Wi-Fi, could therefore lock a person out. A
//! browser in which an account has signed in gets a token for that account, and
//! its attempts are counted separately. The token does not sign anyone in: it
//! only names another counter, which has a limit of its own.

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::person::{EmailAddress, login_name},
    ids::AccountId,
};
use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    database::{maybe, run},
    keys::{random, token_hash},
};

/// How long a browser is remembered after its latest sign-in.
const REMEMBERED: Duration = Duration::days(180);

/// The tokens of a new login, for the two cookies of the browser.
#[derive(Clone, Debug)]
pub struct Started {
    pub login: String,
    pub browser: String,
    /// Whether the account had signed in before, and never from this browser.
    pub(crate) is_new: bool,
}

impl Store {
    /// Remembers that an account signed in from a browser, under a new token.
    /// The token `before` that the browser brought is no longer valid. Gives
    /// the id of the row, the token for the cookie, and whether the account had signed
    /// in before, and never from this browser.
    pub(crate) async fn remember_browser(
        &self,
        tx: &mut Tx,
        account: AccountId,
        before: Option<&str>,
    ) -> Result<(Uuid, String, bool)> {
        use base64::Engine as _;
        let (token, now) = (base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<32>()), self.now());
        if let Some(before) = before {
            // Other accounts may have signed in from this browser: they are
            // remembered under the new token as well.
            run!(
                tx,
                "UPDATE browser SET token_hash = $1 WHERE token_hash = $2 AND expires_at > $3",
                token_hash(&token),
                token_hash(before),
                now
            )?;
        }
        let others = maybe!(&mut *tx, (Uuid,), "SELECT id FROM browser WHERE account_id = $1 LIMIT 1", account.0)?;
        let fresh = self.clock().id();
        let row = maybe!(
            tx,
            (Uuid,),
            "INSERT INTO browser (id, account_id, token_hash, made_at, used_at, expires_at)
             VALUES ($1, $2, $3, $4, $4, $5)
             ON CONFLICT (token_hash, account_id) DO UPDATE
             SET used_at = excluded.used_at, expires_at = excluded.expires_at RETURNING id",
            fresh,
            account.0,
            token_hash(&token),
            now,
            now + REMEMBERED
        )?;
        let (id,) = row.ok_or_else(|| crate::Error::Stored("the browser is gone".to_owned()))?;
        Ok((id, token, id == fresh && others.is_some()))
    }

    /// The id under which the account with this sign-in name or email address
    /// knows the browser; `None`: the account has never signed in from it, or
    /// does not exist. It does the same work in both cases.
    pub async fn known_browser(&self, token: &str, name_or_email: &str) -> Result<Option<Uuid>> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT b.id FROM browser b JOIN account a ON a.id = b.account_id
             WHERE b.token_hash = $1 AND b.expires_at > $2 AND a.disabled_at IS NULL AND a.password_hash IS NOT NULL
                AND (a.login_name IN ($3, $4) OR (a.email_key = $5 AND $5 <> '')) ORDER BY b.used_at DESC LIMIT 1",
            token_hash(token),
            self.now(),
            login_name(name_or_email),
            name_or_email.trim().to_lowercase(),
            EmailAddress::key_of(name_or_email)
        )?;
        Ok(row.map(|(id,)| id))
    }

    /// The id under which an account knows the browser; `None`: it has never signed in
    /// from it.
    pub async fn browser_of(&self, token: &str, account: AccountId) -> Result<Option<Uuid>> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM browser WHERE token_hash = $1 AND expires_at > $2 AND account_id = $3",
            token_hash(token),
            self.now(),
            account.0
        )?;
        Ok(row.map(|(id,)| id))
    }

    /// Forgets browsers in which nobody has signed in for a long time (180
    /// days).
    pub(crate) async fn forget_old_browsers(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
        run!(tx, "DELETE FROM browser WHERE expires_at <= $1", now)?;
        Ok(())
    }
}

/// Forgets the browsers of an account, except `but`.
pub(crate) async fn forget_browsers(tx: &mut Tx, account: AccountId, but: Option<Uuid>) -> Result<()> {
    run!(tx, "DELETE FROM browser WHERE account_id = $1 AND id <> $2", account.0, but.unwrap_or_default())?;
    Ok(())
}
