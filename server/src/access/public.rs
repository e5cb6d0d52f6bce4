//! What a visitor without a login may do: set up the practice, sign in, accept an
//! invitation, reset a password, use the links in emails, ask for a first meeting.
//! Handlers do not see the store behind it.

use std::{net::IpAddr, ops::Deref};

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{
    accounts::factor::SecondStep,
    clients::person::login_name,
    ids::{AccountId, EmailId},
    scheduling::inquiry::Inquiry,
    typed,
};
use store::{After, AfterPassword, Guest, Outage, Paged, Result, SentBytes, Started, Visitor};
use subtle::ConstantTimeEq as _;

use super::{
    Admitted,
    cookie::EarlierTokens,
    origin::Origin,
    throttle::{self, Place},
};
use crate::{
    error::Failure,
    web::accounts::two_step::{CodeOutcome, Typed},
};

/// Access to the acts that need no login: those of [`Guest`], and here those that
/// are limited in number, take a password, or are about the program itself.
#[derive(Clone)]
pub struct Public {
    admitted: Admitted,
    guest: Guest,
}

impl Deref for Public {
    type Target = Guest;
    fn deref(&self) -> &Guest {
        &self.guest
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Public {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Failure> {
        let admitted = parts.extensions.get::<Admitted>().cloned().ok_or(Failure::NotFound)?;
        Ok(Self { guest: admitted.store.guest(), admitted })
    }
}

/// The result of a sign-in.
pub enum SignInOutcome {
    /// The sign-in is right: the tokens for the browser's cookies, and the account.
    In(Started, AccountId),
    /// The password is right, and a code is needed too: the text that the page of the
    /// second step carries, and for how many days the browser may be remembered.
    AsksForCode { first_step: String, days: i64 },
    /// The name does not exist or the password is wrong; which of them is not
    /// revealed.
    Wrong,
    /// There were too many tries.
    TooMany,
}

/// How long `/readyz` waits for an answer of the database.
const ANSWER: std::time::Duration = std::time::Duration::from_secs(3);

/// The state of the database.
pub struct Health {
    /// Whether it answers.
    pub answers: bool,
    /// Whether a row could be written just now; the error says why not.
    pub writing: std::result::Result<(), Outage>,
    /// Which database it is.
    pub backend: &'static str,
}

impl Public {
    /// The class of the route of this request.
    pub fn access(&self) -> super::Access {
        self.admitted.access
    }

    /// Who is signed in in this browser; `None`: nobody.
    pub fn visitor(&self) -> Option<&Visitor> {
        self.admitted.visitor.as_ref()
    }

    /// Whether the typed code is the one that the terminal shows; `None` after too
    /// many tries. Spaces, hyphens and case do not matter.
    pub async fn setup_code_fits(&self, typed: &str, ip: IpAddr) -> Result<Option<bool>> {
        if !throttle::code(&self.admitted.store, "setup", ip).await? {
            return Ok(None);
        }
        let plain = |code: &str| {
            typed::code(code)
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_uppercase())
                .collect::<String>()
        };
        let (typed, real) = (plain(typed), plain(&self.admitted.setup_code));
        Ok(Some(!real.is_empty() && bool::from(typed.as_bytes().ct_eq(real.as_bytes()))))
    }

    /// Signs in. A name that does not exist takes as long as one that does.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        from: &Origin,
        before: &EarlierTokens,
    ) -> std::result::Result<SignInOutcome, Failure> {
        let store = &self.admitted.store;
        let typed = name;
        let name = login_name(typed);
        let place = Place::for_name(store, before.browser.as_deref(), typed, from.ip).await?;
        if !throttle::sign_in(store, &name, place).await? {
            return Ok(SignInOutcome::TooMany);
        }
        let found = store.sign_in(typed).await?;
        let hash = found.as_ref().and_then(|f| f.password_hash.clone());
        let right = self.verify(password.to_owned(), hash).await?;
        match found {
            Some(found) if right => {
                throttle::signed_in(store, &name, place).await?;
                let after = store.after_password(found.account, before.browser.as_deref()).await?;
                if after == AfterPassword::Asks {
                    let first_step = store.seal_first_step(found.account);
                    let days = store.remember_days(found.account).await?;
                    return Ok(SignInOutcome::AsksForCode { first_step, days });
                }
                let started = self.start_login(found.account, &from.device, before).await?;
                if after == AfterPassword::Remembered {
                    store.note_second_step(&started.login, SecondStep::Device, 0).await?;
                }
                Ok(SignInOutcome::In(started, found.account))
            }
            found => {
                store.record_failed_sign_in(found.map(|f| f.account)).await?;
                Ok(SignInOutcome::Wrong)
            }
        }
    }

    /// The account whose sign-in is at its second step; `None`: the first was too long
    /// ago, its password was changed since, or the text is not ours.
    pub async fn first_step(&self, sealed: &str) -> Result<Option<AccountId>> {
        let store = &self.admitted.store;
        let Some((account, at)) = store.open_first_step(sealed) else { return Ok(None) };
        Ok(store.may_go_on(account, at).await?.then_some(account))
    }

    /// For how many days a browser of this account may be remembered.
    pub async fn remember_days(&self, account: AccountId) -> Result<i64> {
        self.admitted.store.remember_days(account).await
    }

    /// Checks a code, and counts the try.
    pub(crate) async fn second_step(
        &self,
        account: AccountId,
        typed: &Typed,
        from: &Origin,
        before: &EarlierTokens,
    ) -> std::result::Result<CodeOutcome, Failure> {
        let store = &self.admitted.store;
        if matches!(typed, Typed::Nothing) {
            return Ok(CodeOutcome::NoCode);
        }
        let place = Place::for_account(store, before.browser.as_deref(), account, from.ip).await?;
        let is_app = matches!(typed, Typed::App(_));
        if !throttle::second_step(store, account, place, is_app).await? {
            return Ok(CodeOutcome::TooMany);
        }
        let right = match typed {
            Typed::App(code) => store.use_app_code(account, code).await?.then_some(SecondStep::App),
            Typed::Recovery(number, code) => {
                let hash = store.recovery_hash(account, *number).await?;
                let fits = self.verify(code.clone(), hash).await?;
                (fits && store.use_recovery_code(account, *number).await?).then_some(SecondStep::Recovery)
            }
            Typed::Nothing => None,
        };
        Ok(match right {
            Some(step) => {
                throttle::second_step_right(store, account, place).await?;
                CodeOutcome::Right(step)
            }
            None => {
                store.record_wrong_code(account).await?;
                if is_app { CodeOutcome::WrongApp } else { CodeOutcome::WrongRecovery }
            }
        })
    }

    /// Starts a login after its second step, and remembers the browser for some days.
    pub async fn start_login_after(
        &self,
        account: AccountId,
        device: &str,
        before: &EarlierTokens,
        step: SecondStep,
        days: i64,
    ) -> Result<Started> {
        let started = self.start_login(account, device, before).await?;
        self.admitted.store.note_second_step(&started.login, step, days).await?;
        Ok(started)
    }

    /// What was typed when the login of this account had ended. `sealed` is the
    /// field of the sign-in form that carries it. `None`: it is another account's,
    /// too old, or not ours.
    pub(crate) fn kept_form(&self, sealed: &str, account: AccountId) -> Option<super::KeptForm> {
        super::kept::open(&self.admitted.store, sealed, account)
    }

    /// The hash of a new password. Hashing may wait long for its turn; no database
    /// connection is kept meanwhile, so that other requests are not delayed.
    pub async fn hash(&self, password: String) -> std::result::Result<String, Failure> {
        self.admitted.store.end_reading();
        Ok(self.admitted.site.hasher.hash(password).await?)
    }

    /// Whether a password fits a hash; `hash` is `None` if the name does not
    /// exist or has no password. It waits without a database connection, as [`Public::hash`] does.
    pub async fn verify(&self, password: String, hash: Option<String>) -> std::result::Result<bool, Failure> {
        self.admitted.store.end_reading();
        Ok(self.admitted.site.hasher.verify(password, hash).await?)
    }

    /// Starts a login for a person who has just proved to own this account.
    pub async fn start_login(&self, account: AccountId, device: &str, before: &EarlierTokens) -> Result<Started> {
        self.admitted.store.start_login_in(account, device, before.login.as_deref(), before.browser.as_deref()).await
    }

    /// Sends a reset link unless too many were asked for. The caller cannot tell
    /// which.
    pub async fn request_reset(&self, name_or_email: &str, ip: IpAddr, before: &EarlierTokens) -> Result<()> {
        let place = Place::for_name(&self.admitted.store, before.browser.as_deref(), name_or_email, ip).await?;
        if throttle::reset(&self.admitted.store, name_or_email, place).await? {
            self.guest.request_reset(name_or_email).await?;
        }
        Ok(())
    }

    /// The emails of the demo; `None` in a real practice, whose emails nobody may
    /// read here.
    pub async fn mailbox(&self, after: Option<After>) -> Result<Option<Paged<SentBytes>>> {
        if !self.admitted.site.config.demo {
            return Ok(None);
        }
        self.admitted.store.sent_emails(after).await.map(Some)
    }

    /// An email of the demo; `None`: there is none, or this is a real practice.
    pub async fn mail(&self, id: EmailId) -> Result<Option<SentBytes>> {
        if !self.admitted.site.config.demo {
            return Ok(None);
        }
        self.admitted.store.sent_email(id).await
    }

    /// Keeps an inquiry for a first meeting; `false` after too many.
    pub async fn inquire(&self, new: &Inquiry, ip: IpAddr) -> Result<bool> {
        if !throttle::inquiry(&self.admitted.store, new.address(), ip).await? {
            return Ok(false);
        }
        self.guest.inquire(new).await?;
        self.admitted.wake.notify_one();
        Ok(true)
    }

    /// Checks whether the database answers and can be written.
    pub async fn health(&self) -> Health {
        let store = &self.admitted.store;
        let answers = tokio::time::timeout(ANSWER, store.ping()).await.is_ok_and(|answer| answer.is_ok());
        // If the database does not answer, writing is not tried.
        let writing = if answers { store.can_write().await } else { Err(Outage::Unreachable) };
        Health { answers, writing, backend: store.backend() }
    }

    /// Since when no email goes out, and why; `None`: email goes out, or this
    /// cannot be read.
    pub async fn mail_stop(&self) -> Option<store::MailStop> {
        self.admitted.store.mail_stop().await.ok().flatten()
    }

    /// Counts a try at the visitor's own password; `false` after too many.
    pub async fn own_password_try(&self) -> Result<bool> {
        match &self.admitted.visitor {
            Some(visitor) => throttle::own_password(&self.admitted.store, visitor.login).await,
            None => Ok(false),
        }
    }

    /// Forgives the tries before the right own password.
    pub async fn own_password_right(&self) -> Result<()> {
        match &self.admitted.visitor {
            Some(visitor) => throttle::own_password_right(&self.admitted.store, visitor.login).await,
            None => Ok(()),
        }
    }

    /// Counts a request to change the visitor's email address; `false` after too
    /// many.
    pub async fn address_try(&self) -> Result<bool> {
        match &self.admitted.visitor {
            Some(visitor) => throttle::address(&self.admitted.store, &visitor.account.to_string()).await,
            None => Ok(false),
        }
    }
}
