//! Logins: browsers that are signed in. (A meeting is a session; this is not.)

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::{AccountId, LoginId, PersonId},
    person::{Email, Role, Zone},
};
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, SignedIn, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
    keys::{random, token_hash},
};

/// A login that is not used for so long has ended: staff.
const IDLE_STAFF: Duration = Duration::minutes(30);
/// A login that is not used for so long has ended: clients, on own phones.
const IDLE_PARTNER: Duration = Duration::hours(12);
/// However it is used, a login ends after this.
const ABSOLUTE_STAFF: Duration = Duration::hours(12);
const ABSOLUTE_PARTNER: Duration = Duration::days(30);
/// How exactly the last use is kept: a write for each request would be one
/// too many.
const SEEN: Duration = Duration::seconds(60);

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub account: AccountId,
    pub login: LoginId,
    pub name: String,
    pub zone: Zone,
    pub roles: Vec<Role>,
    pub person: Option<PersonId>,
}

impl Visitor {
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// What a sign-in needs to be decided.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub account: AccountId,
    pub password_hash: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct LoginRow {
    #[sqlx(try_from = "Uuid")]
    pub id: LoginId,
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
    person_id: Option<Uuid>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// One of their roles: there is a row for each.
    role: Option<String>,
}

impl Store {
    /// The account behind a sign-in name, if it can sign in at all.
    pub async fn sign_in(&self, login_name: &str) -> Result<Option<SignIn>> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid, Option<String>),
            "SELECT id, password_hash FROM account WHERE login_name = $1 AND disabled_at IS NULL AND password_hash IS NOT NULL",
            login_name
        )?;
        Ok(row.map(|(id, password_hash)| SignIn { account: AccountId(id), password_hash }))
    }

    /// Starts a login and gives its token, which is kept as a hash only. The
    /// login the browser had before ends: a token never outlives a sign-in.
    pub async fn start_login(&self, account: AccountId, device: &str, before: Option<&str>) -> Result<String> {
        let mut tx = self.write().await?;
        if let Some(token) = before {
            run!(
                &mut tx,
                "UPDATE login SET ended_at = $1 WHERE token_hash = $2 AND ended_at IS NULL",
                self.now(),
                token_hash(token)
            )?;
        }
        let token = self.insert_login(&mut tx, account, device).await?;
        self.audit(
            &mut tx,
            Act { by: Some(account), action: "sign-in", thing: "login", id: None, client: None, detail: "" },
        )
        .await?;
        tx.commit().await?;
        Ok(token)
    }

    async fn insert_login(&self, tx: &mut Tx, account: AccountId, device: &str) -> Result<String> {
        use base64::Engine as _;
        let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<32>());
        let roles = roles(tx, account).await?;
        let now = self.now();
        let absolute = if roles.contains(&Role::Partner) { ABSOLUTE_PARTNER } else { ABSOLUTE_STAFF };
        run!(
            tx,
            "INSERT INTO login (id, account_id, token_hash, device, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)",
            self.clock().id(),
            account.0,
            token_hash(&token),
            device.chars().take(120).collect::<String>(),
            now,
            now + absolute
        )?;
        Ok(token)
    }

    /// A wrong password, on record.
    pub async fn record_failed_sign_in(&self, account: Option<AccountId>) -> Result<()> {
        let mut tx = self.write().await?;
        self.audit(
            &mut tx,
            Act { by: account, action: "sign-in refused", thing: "login", id: None, client: None, detail: "" },
        )
        .await?;
        tx.commit().await
    }

    /// Who holds this token now. Ends logins that were idle for too long.
    /// `active` is false for requests a page makes by itself, which do not
    /// keep a login alive.
    pub async fn visitor(&self, token: &str, active: bool) -> Result<Option<Visitor>> {
        let now = self.now();
        let mut tx = self.read().await?;
        let mut rows = all!(
            &mut tx,
            VisitorRow,
            "SELECT l.id AS login_id, a.id AS account_id, a.display_name, a.zone, a.person_id, l.last_seen_at, l.expires_at, r.role
             FROM login l JOIN account a ON a.id = l.account_id LEFT JOIN account_role r ON r.account_id = a.id
             WHERE l.token_hash = $1 AND l.ended_at IS NULL AND a.disabled_at IS NULL ORDER BY r.role",
            token_hash(token)
        )?;
        drop(tx);
        let roles =
            rows.iter().filter_map(|row| row.role.as_deref()).map(str::parse).collect::<Result<Vec<Role>, _>>()?;
        let Some(row) = rows.pop() else { return Ok(None) };
        let account = AccountId(row.account_id);
        let idle = if roles.contains(&Role::Partner) { IDLE_PARTNER } else { IDLE_STAFF };
        if row.expires_at <= now || row.last_seen_at + idle <= now {
            let mut tx = self.write().await?;
            run!(&mut tx, "UPDATE login SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL", now, row.login_id)?;
            tx.commit().await?;
            return Ok(None);
        }
        if active && now - row.last_seen_at >= SEEN {
            let mut tx = self.write().await?;
            run!(&mut tx, "UPDATE login SET last_seen_at = $1 WHERE id = $2 AND ended_at IS NULL", now, row.login_id)?;
            tx.commit().await?;
        }
        Ok(Some(Visitor {
            account,
            login: LoginId(row.login_id),
            name: row.display_name,
            zone: row.zone,
            roles,
            person: row.person_id.map(PersonId),
        }))
    }

    /// Counts a try under a key and tells how many there were in the window,
    /// this one included. Keys are kept as hashes.
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

    /// How many tries stand under a key in the window, without counting one.
    pub async fn tries(&self, key: &str, window: Duration) -> Result<i64> {
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

    /// Forgets the tries under a key: a right password.
    pub async fn forget_tries(&self, key: &str) -> Result<()> {
        let key = Sha256::digest(key.as_bytes()).to_vec();
        let mut tx = self.write().await?;
        run!(&mut tx, "DELETE FROM throttle WHERE key = $1", key)?;
        tx.commit().await
    }

    /// Forgets tries of the past: no window is longer than a day.
    pub async fn forget_old_tries(&self) -> Result<()> {
        let mut tx = self.write().await?;
        run!(&mut tx, "DELETE FROM throttle WHERE started_at < $1", self.now() - Duration::days(1))?;
        tx.commit().await
    }

    /// Takes one try back: it was a right one.
    pub async fn take_try_back(&self, key: &str) -> Result<()> {
        let key = Sha256::digest(key.as_bytes()).to_vec();
        let mut tx = self.write().await?;
        run!(&mut tx, "UPDATE throttle SET tries = tries - 1 WHERE key = $1 AND tries > 0", key)?;
        tx.commit().await
    }
}

/// An account's roles.
pub(crate) async fn roles(tx: &mut Tx, account: AccountId) -> Result<Vec<Role>> {
    let rows = all!(tx, (String,), "SELECT role FROM account_role WHERE account_id = $1 ORDER BY role", account.0)?;
    rows.into_iter().map(|(role,)| Ok(role.parse()?)).collect()
}

impl SignedIn {
    /// The browsers this account is signed in with, the latest first.
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

    /// Ends one of the account's own logins.
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
            self.store()
                .audit(
                    &mut tx,
                    Act {
                        by: Some(self.me()),
                        action: "sign-out",
                        thing: "login",
                        id: Some(login.0),
                        client: None,
                        detail: "",
                    },
                )
                .await?;
        }
        tx.commit().await?;
        Ok(ended > 0)
    }

    /// Ends every login of the account but this one.
    pub async fn end_other_logins(&self) -> Result<u64> {
        let mut tx = self.store().write().await?;
        let ended = run!(
            &mut tx,
            "UPDATE login SET ended_at = $1 WHERE account_id = $2 AND id <> $3 AND ended_at IS NULL",
            self.now(),
            self.me().0,
            self.visitor().login.0
        )?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "sign-out everywhere else",
                    thing: "login",
                    id: None,
                    client: None,
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// The hash the current password is checked against.
    pub async fn password_hash(&self) -> Result<Option<String>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(&mut tx, (Option<String>,), "SELECT password_hash FROM account WHERE id = $1", self.me().0)?;
        Ok(row.and_then(|(hash,)| hash))
    }

    /// Sets a new password: every other login ends, and this browser gets a
    /// new token.
    pub async fn change_password(&self, hash: &str, device: &str) -> Result<String> {
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
        self.store().end_resets(&mut tx, self.me()).await?;
        let token = self.store().insert_login(&mut tx, self.me(), device).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "password changed",
                    thing: "account",
                    id: Some(self.me().0),
                    client: None,
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Sets the address that a link for a new password goes to.
    pub async fn set_email(&self, email: &Email) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE account SET email = $1 WHERE id = $2", email.as_str(), self.me().0)?;
        self.store().end_resets(&mut tx, self.me()).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "address changed",
                    thing: "account",
                    id: Some(self.me().0),
                    client: None,
                    detail: "",
                },
            )
            .await?;
        tx.commit().await
    }

    /// Sets the zone that times are shown in.
    pub async fn set_zone(&self, zone: &Zone) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE account SET zone = $1 WHERE id = $2", zone.name(), self.me().0)?;
        // A client's mails, safe hours and reminders go by the same clock.
        if let Some(person) = self.visitor().person {
            run!(
                &mut tx,
                "UPDATE person SET zone = $1, updated_at = $2 WHERE id = $3",
                zone.name(),
                self.now(),
                person.0
            )?;
            self.store().replan_person(&mut tx, person).await?;
            self.store().replan_nudges_of(&mut tx, person).await?;
        }
        tx.commit().await
    }
}
