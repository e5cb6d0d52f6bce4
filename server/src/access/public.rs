//! What anyone may do who is not signed in: set up, sign in, take up an
//! invitation, reset a password. The store behind it does not show.

use std::net::IpAddr;

use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountId, MessageId},
    inquiry::Inquiry,
    person::Language,
    practice::Practice,
    reply::Reply,
};
use store::{Accepted, Feed, InvitationFor, ReplyLink, Result, Setup, Unwanted, Visitor};
use subtle::ConstantTimeEq as _;

use super::{Admitted, throttle};
use crate::error::Failure;

/// Acts that need no login.
#[derive(Clone)]
pub struct Public(Admitted);

impl<S: Send + Sync> FromRequestParts<S> for Public {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Failure> {
        parts.extensions.get::<Admitted>().cloned().map(Self).ok_or(Failure::NotFound)
    }
}

/// What became of a sign-in.
pub enum Entry {
    /// The token for the browser's cookie.
    In(String),
    /// No such name, or another password: which of them is not told.
    Wrong,
    TooMany,
}

impl Public {
    /// The class of the route this was reached by.
    pub fn access(&self) -> super::Access {
        self.0.access
    }

    /// Who is signed in in this browser, if anyone.
    pub fn visitor(&self) -> Option<&Visitor> {
        self.0.visitor.as_ref()
    }

    /// Where a reminder's link leads; looking changes nothing.
    pub async fn reply_link(&self, token: &str) -> Result<ReplyLink> {
        self.0.store.reply_link(token).await
    }

    /// Says it by a link.
    pub async fn reply_by_link(&self, token: &str, reply: Reply) -> Result<ReplyLink> {
        self.0.store.reply_by_link(token, reply).await
    }

    /// Which mails a link ends, whether they are ended, and the language of its
    /// reader; looking changes nothing.
    pub async fn unsubscribe_link(&self, token: &str) -> Result<Option<(Unwanted, bool, Language)>> {
        self.0.store.unsubscribe_link(token).await
    }

    pub async fn unsubscribe(&self, token: &str) -> Result<Option<(Unwanted, Language)>> {
        self.0.store.unsubscribe(token).await
    }

    pub async fn practice(&self) -> Result<Option<Practice>> {
        self.0.store.practice().await
    }

    /// Whether the code is the one in the terminal; `None` after too many
    /// tries. Spaces, hyphens and case do not matter.
    pub async fn setup_code_fits(&self, typed: &str, ip: IpAddr) -> Result<Option<bool>> {
        if !throttle::code(&self.0.store, "setup", ip).await? {
            return Ok(None);
        }
        let plain = |code: &str| {
            code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect::<String>()
        };
        let (typed, real) = (plain(typed), plain(&self.0.setup_code));
        Ok(Some(!real.is_empty() && bool::from(typed.as_bytes().ct_eq(real.as_bytes()))))
    }

    pub async fn set_up(&self, setup: &Setup) -> Result<Option<AccountId>> {
        self.0.store.set_up(setup).await
    }

    /// Signs in. A name that does not exist costs the same time as one that
    /// does.
    pub async fn enter(
        &self,
        name: &str,
        password: &str,
        ip: IpAddr,
        device: &str,
        before: Option<&str>,
    ) -> std::result::Result<Entry, Failure> {
        let store = &self.0.store;
        let name = name.trim().to_lowercase();
        if !throttle::sign_in(store, &name, ip).await? {
            return Ok(Entry::TooMany);
        }
        let found = store.sign_in(&name).await?;
        let hash = found.as_ref().and_then(|f| f.password_hash.clone());
        let right = self.verify(password.to_owned(), hash).await?;
        match found {
            Some(found) if right => {
                throttle::signed_in(store, &name, ip).await?;
                Ok(Entry::In(store.start_login(found.account, device, before).await?))
            }
            found => {
                store.record_failed_sign_in(found.map(|f| f.account)).await?;
                Ok(Entry::Wrong)
            }
        }
    }

    /// The hash to keep of a new password. It may wait long for its turn, and
    /// holds no connection meanwhile: nobody else's page waits for it.
    pub async fn hash(&self, password: String) -> std::result::Result<String, Failure> {
        self.0.store.end_reading();
        Ok(self.0.site.hasher.hash(password).await?)
    }

    /// Whether a password is the one of a hash; it waits in the same way.
    pub async fn verify(&self, password: String, hash: Option<String>) -> std::result::Result<bool, Failure> {
        self.0.store.end_reading();
        Ok(self.0.site.hasher.verify(password, hash).await?)
    }

    /// Starts a login for whoever just proved to be this account.
    pub async fn start_login(&self, account: AccountId, device: &str, before: Option<&str>) -> Result<String> {
        self.0.store.start_login(account, device, before).await
    }

    pub async fn invitation(&self, token: &str) -> Result<Option<InvitationFor>> {
        self.0.store.invitation(token).await
    }

    pub async fn accept_invitation(&self, token: &str, login_name: &str, password_hash: &str) -> Result<Accepted> {
        self.0.store.accept_invitation(token, login_name, password_hash).await
    }

    /// Owes a reset link, unless too many were asked for; it looks the same
    /// either way.
    pub async fn request_reset(&self, name_or_email: &str, ip: IpAddr) -> Result<()> {
        if throttle::reset(&self.0.store, name_or_email, ip).await? {
            self.0.store.request_reset(name_or_email).await?;
        }
        Ok(())
    }

    pub async fn reset_for(&self, token: &str) -> Result<Option<String>> {
        self.0.store.reset_for(token).await
    }

    pub async fn reset_password(&self, token: &str, hash: &str) -> Result<Option<AccountId>> {
        self.0.store.reset_password(token, hash).await
    }

    /// The mails of the demo; a practice's own are nobody's to read here.
    pub async fn mailbox(&self, most: i64) -> Result<Option<Vec<(MessageId, String, DateTime<Utc>, Vec<u8>)>>> {
        if !self.0.site.config.demo {
            return Ok(None);
        }
        self.0.store.mailbox(most).await.map(Some)
    }

    /// Keeps somebody's wish for a first meeting; `false` after too many.
    pub async fn inquire(&self, new: &Inquiry, ip: IpAddr) -> Result<bool> {
        if !throttle::inquiry(&self.0.store, new.address(), ip).await? {
            return Ok(false);
        }
        self.0.store.inquire(new).await?;
        self.0.wake.notify_one();
        Ok(true)
    }

    pub async fn inquiry_open(&self, token: &str) -> Result<bool> {
        self.0.store.inquiry_open(token).await
    }

    pub async fn confirm_inquiry(&self, token: &str) -> Result<bool> {
        self.0.store.confirm_inquiry(token).await
    }

    /// What a calendar is given for an address.
    pub async fn feed(&self, token: &str) -> Result<Option<Feed>> {
        self.0.store.feed(token).await
    }

    /// Whether the database answers, and which it is.
    pub async fn health(&self) -> (bool, &'static str) {
        (self.0.store.ping().await.is_ok(), self.0.store.backend())
    }

    /// Counts a try at one's own password; `false` when there were too many.
    pub async fn own_password_try(&self) -> Result<bool> {
        match &self.0.visitor {
            Some(visitor) => throttle::own_password(&self.0.store, &visitor.account.to_string()).await,
            None => Ok(false),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.0.store.now()
    }
}
