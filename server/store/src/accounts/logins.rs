//! Logins: browsers that are signed in. (A session is a meeting, never a
//! login.)

use chrono::{DateTime, Duration, Utc};
use domain::{
    accounts::{event::AccountEvent, factor::FactorRules},
    clients::person::{Language, Role, Zone, login_name},
    ids::{AccountId, LoginId, PersonId},
    records::consents::Proof,
};
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, SignedIn, Store, Tx, Visitor, Worker,
    accounts::{
        browsers::{self, Started},
        events, open_links,
    },
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    exercises::nudges,
    keys::{random, token_hash},
    outbox::owed,
    typing::SEEN,
    unreadable,
};

/// A login of staff ends when it was not used for this long.
const IDLE_STAFF: Duration = Duration::minutes(30);
/// A login of a client, who uses their own phone, ends when it was not used for
/// this long.
const IDLE_PARTNER: Duration = Duration::hours(12);
/// A login of staff ends after this time, however much it is used.
const ABSOLUTE_STAFF: Duration = Duration::hours(12);
/// A login of a client ends after this time, however much it is used.
const ABSOLUTE_PARTNER: Duration = Duration::days(30);

/// The one email address of a client who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAddress {
    /// The address in use; empty: there is none.
    pub email: String,
    /// When it was proven by opening a link that was sent there; `None`: it was
    /// only entered.
    pub proven_since: Option<DateTime<Utc>>,
    /// Another address that the practice suggests, and the name of the person
    /// who entered it.
    pub suggested: Option<(String, String)>,
    /// Whether an email to the address in use came back undelivered.
    pub bounced: bool,
}

/// What is needed to decide a sign-in.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub account: AccountId,
    pub password_hash: Option<String>,
}

/// A login in the account's list of logins.
#[derive(Clone, Debug, FromRow)]
pub struct LoginRow {
    #[sqlx(try_from = "Uuid")]
    pub id: LoginId,
    /// The name of the browser and its system, such as "Firefox on Android".
    pub device: String,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct VisitorRow {
    login_id: Uuid,
    account_id: Uuid,
    display_name: String,
    #[sqlx(try_from = "String")]
    zone: Zone,
    slash_search: bool,
    has_factor: bool,
    factor_roles: Option<String>,
    person_id: Option<Uuid>,
    language: Option<String>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// One of the account's roles: there is a row for each role.
    role: Option<String>,
}

impl Store {
    /// The account with this sign-in name; `None`: there is none, it is closed,
    /// or it has no password.
    pub async fn sign_in(&self, typed: &str) -> Result<Option<SignIn>> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid, Option<String>),
            // The second form is how an earlier version stored it, for example
            // with full-width letters.
            "SELECT id, password_hash FROM account
             WHERE login_name IN ($1, $2) AND disabled_at IS NULL AND password_hash IS NOT NULL
             ORDER BY CASE WHEN login_name = $1 THEN 0 ELSE 1 END LIMIT 1",
            login_name(typed),
            typed.trim().to_lowercase()
        )?;
        Ok(row.map(|(id, password_hash)| SignIn { account: AccountId(id), password_hash }))
    }

    /// Starts a login and gives its token, which is stored only as a hash. The
    /// login that the browser had before (its token is `before`) ends, so that
    /// no token outlives a new sign-in.
    pub async fn start_login(&self, account: AccountId, device: &str, before: Option<&str>) -> Result<String> {
        let mut tx = self.write().await?;
        let started = self.begin_login(&mut tx, account, device, (before, None)).await?;
        tx.commit().await?;
        Ok(started.login)
    }

    /// Starts a login in a browser and gives the tokens for its two cookies.
    /// `before` is the token of the login that the browser had, `browser` the
    /// token by which it is remembered; both are `None` in a new browser.
    pub async fn start_login_in(
        &self,
        account: AccountId,
        device: &str,
        before: Option<&str>,
        browser: Option<&str>,
    ) -> Result<Started> {
        let mut tx = self.write().await?;
        let started = self.begin_login(&mut tx, account, device, (before, browser)).await?;
        if started.is_new {
            events::note(self, &mut tx, account, AccountEvent::NewBrowser, device).await?;
        }
        tx.commit().await?;
        Ok(started)
    }

    /// Begins a login in a browser; ends the one that the browser had.
    async fn begin_login(
        &self,
        tx: &mut Tx,
        account: AccountId,
        device: &str,
        (before, browser): (Option<&str>, Option<&str>),
    ) -> Result<Started> {
        if let Some(token) = before {
            run!(
                &mut *tx,
                "UPDATE login SET ended_at = $1 WHERE token_hash = $2 AND ended_at IS NULL",
                self.now(),
                token_hash(token)
            )?;
        }
        let started = self.insert_login(tx, account, device, browser).await?;
        self.record(tx, Act::by(account, AuditAction::SignIn, AuditThing::Login)).await?;
        Ok(started)
    }

    /// Inserts a login and remembers the browser.
    async fn insert_login(
        &self,
        tx: &mut Tx,
        account: AccountId,
        device: &str,
        browser: Option<&str>,
    ) -> Result<Started> {
        use base64::Engine as _;
        let (browser_id, browser, is_new) = self.remember_browser(tx, account, browser).await?;
        let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<32>());
        let roles = roles(tx, account).await?;
        let now = self.now();
        let absolute = if roles.contains(&Role::Partner) { ABSOLUTE_PARTNER } else { ABSOLUTE_STAFF };
        run!(
            tx,
            "INSERT INTO login (id, account_id, token_hash, device, created_at, last_seen_at, expires_at, browser_id)
             VALUES ($1, $2, $3, $4, $5, $5, $6, $7)",
            self.clock().id(),
            account.0,
            token_hash(&token),
            device.chars().take(120).collect::<String>(),
            now,
            now + absolute,
            browser_id
        )?;
        Ok(Started { login: token, browser, is_new })
    }

    /// Records a wrong password in the audit log. `account` is `None` where no
    /// account has the sign-in name.
    pub async fn record_failed_sign_in(&self, account: Option<AccountId>) -> Result<()> {
        let mut tx = self.write().await?;
        self.record(&mut tx, Act::by(account, AuditAction::SignInRefused, AuditThing::Login)).await?;
        if let Some(account) = account {
            events::note(self, &mut tx, account, AccountEvent::WrongPassword, "").await?;
        }
        tx.commit().await
    }

    /// The person who is signed in with this token; `None`: nobody. Ends a
    /// login that was idle for too long or has reached its longest time.
    /// `active` is false for requests that a page makes by itself, which do not
    /// keep a login alive; saving what a person typed does
    /// ([`Store::note_typing`]).
    pub async fn find_visitor(&self, token: &str, active: bool) -> Result<Option<Visitor>> {
        let now = self.now();
        let mut tx = self.read().await?;
        let mut rows = all!(
            &mut tx,
            VisitorRow,
            "SELECT l.id AS login_id, a.id AS account_id, a.display_name, a.zone, a.slash_search, a.person_id,
                 p.language, l.last_seen_at, l.expires_at, r.role,
                 EXISTS (SELECT 1 FROM factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL) AS has_factor,
                 (SELECT factor_roles FROM practice WHERE id = 1) AS factor_roles
             FROM login l JOIN account a ON a.id = l.account_id LEFT JOIN account_role r ON r.account_id = a.id
             LEFT JOIN person p ON p.id = a.person_id
             WHERE l.token_hash = $1 AND l.ended_at IS NULL AND a.disabled_at IS NULL ORDER BY r.role",
            token_hash(token)
        )?;
        drop(tx);
        let roles = rows.iter().filter_map(|row| row.role.as_deref()).filter_map(known_role).collect::<Vec<Role>>();
        let Some(row) = rows.pop() else { return Ok(None) };
        let account = AccountId(row.account_id);
        let idle = if roles.contains(&Role::Partner) { IDLE_PARTNER } else { IDLE_STAFF };
        // If this cannot be written, for example on a full disk, people can
        // still read, and a login that has ended still lets nobody in.
        if row.expires_at <= now || row.last_seen_at + idle <= now {
            if let Err(error) = self.end_idle(row.login_id).await {
                tracing::error!(%error, "the end of a login was not noted");
            }
            return Ok(None);
        }
        if active
            && now - row.last_seen_at >= SEEN
            && let Err(error) = self.note_seen(row.login_id).await
        {
            tracing::error!(%error, "a login's activity was not noted");
        }
        let owes_second_step =
            row.factor_roles.as_deref().is_some_and(|rules| FactorRules::are_owed(rules, &roles, row.has_factor));
        Ok(Some(Visitor {
            account,
            login: LoginId(row.login_id),
            name: row.display_name,
            zone: row.zone,
            // A word that is not known is named by `duologue doctor`.
            language: row.language.and_then(|word| word.parse().ok()).unwrap_or(Language::English),
            roles,
            slash_search: row.slash_search,
            owes_second_step,
            person: row.person_id.map(PersonId),
        }))
    }

    /// Ends a login whose time is over.
    async fn end_idle(&self, login: Uuid) -> Result<()> {
        let mut tx = self.write().await?;
        run!(&mut tx, "UPDATE login SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL", self.now(), login)?;
        tx.commit().await
    }

    /// Records that a login was used, which keeps it alive.
    async fn note_seen(&self, login: Uuid) -> Result<()> {
        let mut tx = self.write().await?;
        run!(&mut tx, "UPDATE login SET last_seen_at = $1 WHERE id = $2 AND ended_at IS NULL", self.now(), login)?;
        tx.commit().await
    }

    /// The account of a login token, also after the login has ended. `None`:
    /// the token is unknown, or its longest time ended more than a day ago.
    pub async fn account_of_login(&self, token: &str) -> Result<Option<AccountId>> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT account_id FROM login WHERE token_hash = $1 AND expires_at > $2",
            token_hash(token),
            self.now() - Duration::days(1)
        )?;
        Ok(row.map(|(account,)| AccountId(account)))
    }

    /// Counts an attempt under a key. Gives how many there were in the window,
    /// including this one. Keys are stored as hashes.
    pub async fn count_try(&self, key: &str, window: Duration) -> Result<i64> {
        let now = self.now();
        let key = Sha256::digest(key.as_bytes()).to_vec();
        let mut tx = self.write().await?;
        let row = maybe!(
            &mut tx,
            (i64,),
            "INSERT INTO throttle (key, tries, started_at) VALUES ($1, 1, $2)
             ON CONFLICT (key) DO UPDATE SET
                tries = CASE WHEN throttle.started_at <= $3 THEN 1 ELSE throttle.tries + 1 END,
                started_at = CASE WHEN throttle.started_at <= $3 THEN $2 ELSE throttle.started_at END
             RETURNING tries",
            key,
            now,
            now - window
        )?;
        tx.commit().await?;
        Ok(row.map_or(0, |(tries,)| tries))
    }

    /// How many attempts are counted under a key in the window, without
    /// counting one.
    pub async fn count_tries(&self, key: &str, window: Duration) -> Result<i64> {
        let key = Sha256::digest(key.as_bytes()).to_vec();
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (i64,),
            "SELECT tries FROM throttle WHERE key = $1 AND started_at > $2",
            key,
            self.now() - window
        )?;
        Ok(row.map_or(0, |(tries,)| tries))
    }

    /// Forgets the attempts under a key, after a right password.
    pub async fn forget_tries(&self, key: &str) -> Result<()> {
        let key = Sha256::digest(key.as_bytes()).to_vec();
        let mut tx = self.write().await?;
        run!(&mut tx, "DELETE FROM throttle WHERE key = $1", key)?;
        tx.commit().await
    }

    /// Takes back one counted attempt, because it was a right one.
    pub async fn take_try_back(&self, key: &str) -> Result<()> {
        let key = Sha256::digest(key.as_bytes()).to_vec();
        let mut tx = self.write().await?;
        run!(&mut tx, "UPDATE throttle SET tries = tries - 1 WHERE key = $1 AND tries > 0", key)?;
        tx.commit().await
    }
}

impl Worker {
    /// Forgets attempts older than a day, the longest window, and browsers that
    /// were not used for a long time.
    pub async fn forget_old_tries(&self) -> Result<()> {
        let mut tx = self.write().await?;
        run!(&mut tx, "DELETE FROM throttle WHERE started_at < $1", self.now() - Duration::days(1))?;
        self.forget_old_browsers(&mut tx, self.now()).await?;
        events::forget_old(&mut tx, self.now()).await?;
        tx.commit().await
    }
}

/// How long a typed password counts as typed a moment ago.
const FRESH: Duration = Duration::minutes(5);

/// Whether a password that was typed at this time counts as typed a moment ago.
pub(crate) fn is_fresh_at(typed_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - typed_at <= FRESH
}

/// How it was last proven who uses a login, and when: by the password again, or at the
/// sign-in.
pub(crate) async fn proof(tx: &mut Tx, login: LoginId) -> Result<(Proof, DateTime<Utc>)> {
    let row = maybe!(
        tx,
        (DateTime<Utc>, Option<DateTime<Utc>>),
        "SELECT created_at, confirmed_at FROM login WHERE id = $1",
        login.0
    )?;
    let (created_at, confirmed_at) = row.ok_or_else(|| Error::Stored("there is no such login".to_owned()))?;
    Ok(confirmed_at.map_or((Proof::SignIn, created_at), |at| (Proof::Password, at)))
}

/// The role for this word; `None`: an unknown word, which gives no rights.
fn known_role(word: &str) -> Option<Role> {
    word.parse().inspect_err(|error| unreadable::note_row(error)).ok()
}

/// The hash of an account whose access was reset: no password matches it. Until its
/// holder chooses a new password, nobody can sign in.
pub(crate) const NO_PASSWORD: &str =
    "$argon2id$v=19$m=8,t=1,p=1$cmVzZXQgYnkgb3duZXI$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The roles of an account.
pub(crate) async fn roles(tx: &mut Tx, account: AccountId) -> Result<Vec<Role>> {
    let rows = all!(tx, (String,), "SELECT role FROM account_role WHERE account_id = $1 ORDER BY role", account.0)?;
    Ok(rows.iter().filter_map(|(word,)| known_role(word)).collect())
}

impl SignedIn {
    /// The account's current logins, the most recently used first.
    pub async fn logins(&self) -> Result<Vec<LoginRow>> {
        let mut tx = self.store().read().await?;
        Ok(all!(
            &mut tx,
            LoginRow,
            "SELECT id, device, created_at, last_seen_at FROM login
             WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY last_seen_at DESC",
            self.me().0,
            self.now()
        )?)
    }

    /// Ends one of the account's own logins. `false`: there is no such login,
    /// or it has ended already. Another browser is forgotten at the same time;
    /// this browser is still remembered after signing out.
    pub async fn end_login(&self, login: LoginId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let ended = run!(
            &mut tx,
            "UPDATE login SET ended_at = $1 WHERE id = $2 AND account_id = $3 AND ended_at IS NULL",
            self.now(),
            login.0,
            self.me().0
        )?;
        if ended > 0 {
            if login != self.visitor().login {
                run!(
                    &mut tx,
                    "DELETE FROM browser WHERE account_id = $1 AND id = (SELECT browser_id FROM login WHERE id = $2)",
                    self.me().0,
                    login.0
                )?;
            }
            self.store()
                .record(&mut tx, Act::by(self.me(), AuditAction::SignOut, AuditThing::Login).id(login.0))
                .await?;
        }
        tx.commit().await?;
        Ok(ended > 0)
    }

    /// Ends one of the account's own logins and all that began in a browser of the
    /// same name on the same system, except the one that asks; the other browsers
    /// are forgotten. `false`: there is no such login, or it has ended already.
    pub async fn end_logins_like(&self, login: LoginId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let (now, me, this) = (self.now(), self.me().0, self.visitor().login.0);
        let ended = run!(
            &mut tx,
            "UPDATE login SET ended_at = $1 WHERE account_id = $2 AND id <> $3 AND ended_at IS NULL
                AND device = (SELECT device FROM login WHERE id = $4 AND account_id = $2 AND ended_at IS NULL)",
            now,
            me,
            this,
            login.0
        )?;
        if ended > 0 {
            run!(
                &mut tx,
                "DELETE FROM browser WHERE account_id = $1
                    AND id IN (SELECT browser_id FROM login WHERE account_id = $1 AND ended_at = $2)
                    AND id NOT IN (SELECT browser_id FROM login WHERE id = $3 AND browser_id IS NOT NULL)",
                me,
                now,
                this
            )?;
            let act = Act::by(self.me(), AuditAction::SignOut, AuditThing::Login).id(login.0);
            self.store().record(&mut tx, act).await?;
        }
        tx.commit().await?;
        Ok(ended > 0)
    }

    /// Ends every other login of the account and forgets the other browsers.
    /// Gives how many logins ended.
    pub async fn end_other_logins(&self) -> Result<u64> {
        let mut tx = self.store().write().await?;
        let ended = run!(
            &mut tx,
            "UPDATE login SET ended_at = $1 WHERE account_id = $2 AND id <> $3 AND ended_at IS NULL",
            self.now(),
            self.me().0,
            self.visitor().login.0
        )?;
        let this =
            maybe!(&mut tx, (Option<Uuid>,), "SELECT browser_id FROM login WHERE id = $1", self.visitor().login.0)?;
        browsers::forget_browsers(&mut tx, self.me(), this.and_then(|(id,)| id)).await?;
        self.store().record(&mut tx, Act::by(self.me(), AuditAction::SignOutEverywhereElse, AuditThing::Login)).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// The hash of the current password; `None`: there is no password.
    pub async fn password_hash(&self) -> Result<Option<String>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(&mut tx, (Option<String>,), "SELECT password_hash FROM account WHERE id = $1", self.me().0)?;
        Ok(row.and_then(|(hash,)| hash))
    }

    /// Sets a new password. Every other login ends, every other browser is
    /// forgotten, and this browser gets new tokens for its two cookies.
    /// `browser` is the token by which it was remembered.
    pub async fn change_password(&self, hash: &str, device: &str, browser: Option<&str>) -> Result<Started> {
        let mut tx = self.store().write().await?;
        let now = self.now();
        run!(
            &mut tx,
            "UPDATE account SET password_hash = $1, password_changed_at = $2 WHERE id = $3",
            hash,
            now,
            self.me().0
        )?;
        run!(&mut tx, "UPDATE login SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL", now, self.me().0)?;
        open_links::end_resets(self.store(), &mut tx, self.me()).await?;
        open_links::end_address_changes(self.store(), &mut tx, self.me()).await?;
        browsers::forget_browsers(&mut tx, self.me(), None).await?;
        let started = self.store().insert_login(&mut tx, self.me(), device, browser).await?;
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::PasswordChanged, AuditThing::Account).id(self.me().0))
            .await?;
        tx.commit().await?;
        Ok(started)
    }

    /// The email address of a client's own account; `None`: an account of
    /// staff.
    pub async fn own_address(&self) -> Result<Option<OwnAddress>> {
        #[derive(FromRow)]
        struct Row {
            email: Option<String>,
            email_proven_at: Option<DateTime<Utc>>,
            email_suggested: Option<String>,
            suggested_by: Option<String>,
            returned_at: Option<DateTime<Utc>>,
        }
        let Some(person) = self.visitor().person else { return Ok(None) };
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            Row,
            "SELECT p.email, x.email_proven_at, p.email_suggested, a.display_name AS suggested_by, p.returned_at
             FROM person p JOIN account x ON x.person_id = p.id LEFT JOIN account a ON a.id = p.email_suggested_by
             WHERE p.id = $1",
            person.0
        )?;
        Ok(row.map(|row| OwnAddress {
            email: row.email.unwrap_or_default(),
            proven_since: row.email_proven_at,
            suggested: row.email_suggested.map(|email| (email, row.suggested_by.unwrap_or_default())),
            bounced: row.returned_at.is_some(),
        }))
    }

    /// Keeps the own email address and drops the one that the practice
    /// suggests.
    pub async fn keep_email(&self) -> Result<()> {
        let Some(person) = self.visitor().person else { return Ok(()) };
        let mut tx = self.store().write().await?;
        let kept = run!(
            &mut tx,
            "UPDATE person SET email_suggested = NULL, email_suggested_at = NULL, email_suggested_by = NULL
             WHERE id = $1 AND email_suggested IS NOT NULL",
            person.0
        )?;
        if kept > 0 {
            let (by, id) = (Some(self.me()), Some(self.me().0));
            let act = Act::by(by, AuditAction::AddressKept, AuditThing::Account).id(id);
            self.store().record(&mut tx, act).await?;
        }
        tx.commit().await
    }

    /// Whether the password was typed in this login within the last five minutes, at the
    /// sign-in or again.
    pub async fn is_fresh(&self) -> Result<bool> {
        let mut tx = self.store().read().await?;
        let (_, at) = proof(&mut tx, self.visitor().login).await?;
        Ok(is_fresh_at(at, self.now()))
    }

    /// Notes that the right password was typed again in this login.
    pub async fn note_password(&self) -> Result<()> {
        let mut tx = self.store().write_aside().await?;
        run!(&mut tx, "UPDATE login SET confirmed_at = $1 WHERE id = $2", self.now(), self.visitor().login.0)?;
        tx.commit().await?;
        self.store().read_anew();
        Ok(())
    }

    /// Sets whether the key `/` moves to the search field.
    pub async fn set_slash_search(&self, wanted: bool) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE account SET slash_search = $1 WHERE id = $2", wanted, self.me().0)?;
        tx.commit().await
    }

    /// Sets the time zone in which times are shown.
    pub async fn set_zone(&self, zone: &Zone) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE account SET zone = $1 WHERE id = $2", zone.name(), self.me().0)?;
        // A client's emails, safe hours and reminders use the same time zone.
        if let Some(person) = self.visitor().person {
            run!(
                &mut tx,
                "UPDATE person SET zone = $1, updated_at = $2 WHERE id = $3",
                zone.name(),
                self.now(),
                person.0
            )?;
            owed::replan_person(self.store(), &mut tx, person).await?;
            nudges::replan_nudges_of(self.store(), &mut tx, person).await?;
        }
        tx.commit().await
    }
}
