//! The second step of signing in: an authenticator app (TOTP, RFC 6238), recovery
//! codes, remembered browsers, and what happens when a person has lost them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use domain::{
    accounts::{
        event::AccountEvent,
        factor::{FactorRules, RECOVERY_DIGITS, RECOVERY_LENGTH, SecondStep},
    },
    ids::AccountId,
};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{browsers, events, logins::roles};
use crate::{
    Error, Guest, Owner, Result, SignedIn, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    keys::{random, token_hash},
};

/// The length of a secret in bytes (RFC 4226 §4 recommends 160 bits).
const SECRET: usize = 20;
/// How many seconds a code is shown (RFC 6238 §5.2).
const STEP: u64 = 30;
/// How many codes before and after the present one are taken. One: a clock that is half
/// a minute off and a code that is sent as it changes are common, and with more the
/// chance of a guess grows (RFC 6238 §5.2 recommends one).
const SKEW: u16 = 1;
/// How long a confirmed reset waits, so that the person can object.
const RESET_WAITS: Duration = Duration::hours(24);
/// How long a sign-in may be between its two steps.
const BETWEEN_STEPS: Duration = Duration::minutes(10);

/// The place that a sign-in after its first step is sealed for.
const FIRST_STEP: &str = "first step";

/// How far a sign-in is after its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterPassword {
    /// There is no second step.
    Done,
    /// The browser is remembered: there is no question.
    Remembered,
    /// A code is needed.
    Asks,
}

/// A second step as its account sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFactor {
    /// Since when there is an app; `None`: there is none.
    pub since: Option<DateTime<Utc>>,
    /// How many recovery codes are not used yet.
    pub codes_left: i64,
    /// Whether the practice requires a second step of this account.
    pub is_required: bool,
    /// For how many days a browser may be remembered; 0: not at all.
    pub remember_days: i64,
    /// The browsers that are remembered: the name of the device, and until when.
    pub devices: Vec<(String, DateTime<Utc>)>,
    /// A request to reset it that is open; `None`: there is none.
    pub reset: Option<FactorReset>,
}

/// A request for a new second step, because the old one is lost.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FactorReset {
    pub asked_at: DateTime<Utc>,
    /// When the old one is removed; `None`: nobody has confirmed the request yet.
    pub ready_at: Option<DateTime<Utc>>,
}

/// The outcome of confirming a request for a new second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetConfirmed {
    /// It is confirmed; the old one is removed at this time.
    At(DateTime<Utc>),
    /// It is the owner's own request: another owner has to confirm it.
    Own,
    /// There is no open request.
    Gone,
}

/// What computes and checks codes with this secret.
fn totp(secret: &[u8]) -> Result<Totp> {
    let secret: [u8; SECRET] = secret.try_into().map_err(|_| Error::Sealed("the secret has another length"))?;
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(SKEW)
        .with_step_duration(STEP)
        .with_secret(Secret::new_stack(secret))
        .build()
        .map_err(|error| Error::Stored(error.to_string()))
}

/// The code that an app with this secret shows at this time. Tests use it in place of an
/// app.
pub fn app_code(secret: &[u8], at: DateTime<Utc>) -> Result<String> {
    Ok(totp(secret)?.generate(seconds(at)).to_string())
}

/// The code that an app shows which was given this secret by hand, in base 32. Tests use
/// it in place of an app.
pub fn app_code_by_hand(secret: &str, at: DateTime<Utc>) -> Result<String> {
    let plain: String = secret.chars().filter(|c| !c.is_whitespace()).collect();
    let secret = Secret::try_from_base32(plain).map_err(|_| Error::Stored("this is no secret".to_owned()))?;
    app_code(secret.as_bytes(), at)
}

/// Seconds since 1970.
fn seconds(at: DateTime<Utc>) -> u64 {
    u64::try_from(at.timestamp()).unwrap_or_default()
}

/// The rules of the practice. Before it is set up they ask for nothing.
pub(crate) async fn rules(tx: &mut Tx) -> Result<FactorRules> {
    let row = maybe!(
        tx,
        (String, i64, i64),
        "SELECT factor_roles, factor_days_clinical, factor_days_others FROM practice WHERE id = 1"
    )?;
    Ok(row.map_or(
        FactorRules { roles: vec![], clinical_days: 0, other_days: 0 },
        |(roles, clinical_days, other_days)| FactorRules {
            roles: FactorRules::read_roles(&roles),
            clinical_days,
            other_days,
        },
    ))
}

/// Stores the rules.
pub(crate) async fn set_rules(tx: &mut Tx, rules: &FactorRules) -> Result<()> {
    run!(
        tx,
        "UPDATE practice SET factor_roles = $1, factor_days_clinical = $2, factor_days_others = $3 WHERE id = 1",
        rules.roles_text(),
        rules.clinical_days,
        rules.other_days
    )?;
    Ok(())
}

/// Forgets that browsers of an account are remembered: its password or its second step
/// has changed.
pub(crate) async fn distrust_browsers(tx: &mut Tx, account: AccountId) -> Result<()> {
    run!(tx, "UPDATE browser SET trusted_until = NULL WHERE account_id = $1", account.0)?;
    Ok(())
}

/// Removes an account's second step with its codes. A request to reset it is over.
async fn remove(tx: &mut Tx, account: AccountId, now: DateTime<Utc>) -> Result<bool> {
    end_reset(tx, account, now).await?;
    run!(tx, "DELETE FROM recovery_code WHERE account_id = $1", account.0)?;
    distrust_browsers(tx, account).await?;
    Ok(run!(tx, "DELETE FROM factor WHERE account_id = $1", account.0)? > 0)
}

/// Ends a request for a new second step: the person has one, or the old one is removed.
async fn end_reset(tx: &mut Tx, account: AccountId, now: DateTime<Utc>) -> Result<()> {
    run!(
        tx,
        "UPDATE factor_reset SET ended_as = 'cancelled', ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL",
        now,
        account.0
    )?;
    Ok(())
}

/// A row of a second step.
#[derive(sqlx::FromRow)]
struct FactorRow {
    secret: Vec<u8>,
    confirmed_at: Option<DateTime<Utc>>,
    last_step: i64,
    login_id: Option<Uuid>,
}

/// The second step of an account, confirmed or not, for a change in this transaction.
async fn find_for_change(tx: &mut Tx, account: AccountId) -> Result<Option<FactorRow>> {
    // Two codes at the same moment follow each other.
    Ok(maybe!(
        tx,
        FactorRow,
        "UPDATE factor SET last_step = last_step WHERE account_id = $1
         RETURNING secret, confirmed_at, last_step, login_id",
        account.0
    )?)
}

impl Store {
    /// The secret of an account's app.
    fn open_secret(&self, account: AccountId, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.keys().open_master("factor", account.0, sealed)
    }

    /// How far a sign-in with the right password is. A reset that is ready is carried
    /// out first.
    pub async fn after_password(&self, account: AccountId, browser: Option<&str>) -> Result<AfterPassword> {
        let now = self.now();
        let mut tx = self.write().await?;
        let ready = run!(
            &mut tx,
            "UPDATE factor_reset SET ended_as = 'done', ended_at = $1
             WHERE account_id = $2 AND ended_at IS NULL AND ready_at <= $1",
            now,
            account.0
        )?;
        if ready > 0 {
            remove(&mut tx, account, now).await?;
            let act = Act::by(account, AuditAction::SecondStepReset, AuditThing::Account).id(account.0);
            self.record(&mut tx, act).await?;
            events::note(self, &mut tx, account, AccountEvent::AppReset, "").await?;
        }
        let is_set = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT account_id FROM factor WHERE account_id = $1 AND confirmed_at IS NOT NULL",
            account.0
        )?;
        let days = rules(&mut tx).await?.days(&roles(&mut tx, account).await?);
        let trusted = match browser.filter(|_| days > 0) {
            Some(token) => maybe!(
                &mut tx,
                (Uuid,),
                "SELECT id FROM browser WHERE token_hash = $1 AND account_id = $2 AND trusted_until > $3",
                token_hash(token),
                account.0,
                now
            )?,
            None => None,
        };
        if trusted.is_some() {
            // Whoever is asked for no code here has the second step.
            end_reset(&mut tx, account, now).await?;
        }
        tx.commit().await?;
        Ok(match (is_set, trusted) {
            (None, _) => AfterPassword::Done,
            (Some(_), Some(_)) => AfterPassword::Remembered,
            (Some(_), None) => AfterPassword::Asks,
        })
    }

    /// Checks a code of an app, and uses it up. `false`: it is wrong, or was used before.
    pub async fn use_app_code(&self, account: AccountId, code: &str) -> Result<bool> {
        let mut tx = self.write().await?;
        let found = find_for_change(&mut tx, account).await?.filter(|row| row.confirmed_at.is_some());
        let is_right = match found {
            Some(row) => self.take_step(&mut tx, account, &row, code).await?,
            None => false,
        };
        if is_right {
            end_reset(&mut tx, account, self.now()).await?;
        }
        tx.commit().await?;
        Ok(is_right)
    }

    /// Whether a code is right and newer than the last one that was used; it is then the
    /// last one.
    async fn take_step(&self, tx: &mut Tx, account: AccountId, row: &FactorRow, code: &str) -> Result<bool> {
        let secret = self.open_secret(account, &row.secret)?;
        let step = totp(&secret)?.check(code, seconds(self.now())).and_then(|step| i64::try_from(step).ok());
        let Some(step) = step.filter(|step| *step > row.last_step) else { return Ok(false) };
        run!(tx, "UPDATE factor SET last_step = $1 WHERE account_id = $2", step, account.0)?;
        Ok(true)
    }

    /// The hash of a recovery code that is not used yet; `None`: there is none with this
    /// number.
    pub async fn recovery_hash(&self, account: AccountId, number: i64) -> Result<Option<String>> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (String,),
            "SELECT hash FROM recovery_code WHERE account_id = $1 AND number = $2 AND used_at IS NULL",
            account.0,
            number
        )?;
        Ok(row.map(|(hash,)| hash))
    }

    /// Uses up a recovery code that was right. `false`: it was used meanwhile.
    pub async fn use_recovery_code(&self, account: AccountId, number: i64) -> Result<bool> {
        let mut tx = self.write().await?;
        let used = run!(
            &mut tx,
            "UPDATE recovery_code SET used_at = $1 WHERE account_id = $2 AND number = $3 AND used_at IS NULL",
            self.now(),
            account.0,
            number
        )?;
        if used > 0 {
            end_reset(&mut tx, account, self.now()).await?;
            let act = Act::by(account, AuditAction::RecoveryCodeUsed, AuditThing::Account).id(account.0);
            self.record(&mut tx, act).await?;
            events::note(self, &mut tx, account, AccountEvent::RecoveryCodeUsed, "").await?;
        }
        tx.commit().await?;
        Ok(used > 0)
    }

    /// Records a wrong code in the audit log.
    pub async fn record_wrong_code(&self, account: AccountId) -> Result<()> {
        let mut tx = self.write().await?;
        let act = Act::by(account, AuditAction::SecondStepRefused, AuditThing::Account).id(account.0);
        self.record(&mut tx, act).await?;
        events::note(self, &mut tx, account, AccountEvent::WrongCode, "").await?;
        tx.commit().await
    }

    /// Notes how the second step of a login was done, and remembers the browser for some
    /// days; 0: it is not remembered.
    pub async fn note_second_step(&self, login: &str, step: SecondStep, days: i64) -> Result<()> {
        let (mut tx, hash) = (self.write().await?, token_hash(login));
        run!(&mut tx, "UPDATE login SET second_step = $1 WHERE token_hash = $2", step.word(), &hash)?;
        if days > 0 {
            run!(
                &mut tx,
                "UPDATE browser SET trusted_until = $1 WHERE id = (SELECT browser_id FROM login WHERE token_hash = $2)",
                self.now() + Duration::days(days),
                &hash
            )?;
        }
        tx.commit().await
    }

    /// For how many days a browser of this account may be remembered.
    pub async fn remember_days(&self, account: AccountId) -> Result<i64> {
        let mut tx = self.read().await?;
        let rules = rules(&mut tx).await?;
        Ok(rules.days(&roles(&mut tx, account).await?))
    }

    /// A sign-in whose password was right, as text that the page of the second step
    /// carries.
    pub fn seal_first_step(&self, account: AccountId) -> String {
        // Sealed for this place: no other text that a page carries is taken for one.
        let text = format!("{} {}", account.0, self.now().timestamp_micros());
        URL_SAFE_NO_PAD.encode(self.keys().seal_master(FIRST_STEP, Uuid::nil(), text.as_bytes()))
    }

    /// The account of a text of [`Self::seal_first_step`]. `None`: it is too old, or not
    /// ours.
    pub fn open_first_step(&self, sealed: &str) -> Option<(AccountId, DateTime<Utc>)> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let text = self.keys().open_master(FIRST_STEP, Uuid::nil(), &sealed).ok()?;
        let (account, at) = std::str::from_utf8(&text).ok()?.split_once(' ')?;
        let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
        let age = self.now() - at;
        (age >= Duration::zero() && age <= BETWEEN_STEPS).then_some(())?;
        Some((AccountId(account.parse().ok()?), at))
    }

    /// Whether a sign-in whose password was right at this time may go on: the account is
    /// not closed, and its password was not changed since.
    pub async fn may_go_on(&self, account: AccountId, since: DateTime<Utc>) -> Result<bool> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM account WHERE id = $1 AND disabled_at IS NULL AND password_hash IS NOT NULL
               AND (password_changed_at IS NULL OR password_changed_at <= $2)",
            account.0,
            since
        )?;
        Ok(row.is_some())
    }

    /// Removes an account's second step at once, for the person who runs the program on
    /// the machine: no scope has this method. `typed` is the login name. `None`: there
    /// is no such account. `false`: it had no second step.
    pub async fn remove_second_step(&self, by: AccountId, typed: &str) -> Result<Option<bool>> {
        let Some(found) = self.sign_in(typed).await? else { return Ok(None) };
        let mut tx = self.write().await?;
        let removed = remove(&mut tx, found.account, self.now()).await?;
        let act = Act::by(by, AuditAction::SecondStepRemoved, AuditThing::Account).id(found.account.0);
        self.record(&mut tx, act).await?;
        events::note(self, &mut tx, found.account, AccountEvent::AppRemoved, "").await?;
        tx.commit().await?;
        Ok(Some(removed))
    }
}

/// New recovery codes, without their numbers. They are shown once.
pub fn new_recovery_codes() -> Vec<Zeroizing<String>> {
    let code = || {
        let bits = u128::from_be_bytes(random::<16>());
        // Of 128 random bits the lowest 80 become sixteen digits of five bits.
        let digit = |at: usize| char::from(RECOVERY_DIGITS[usize::try_from((bits >> (5 * at)) & 31).unwrap_or(0)]);
        Zeroizing::new((0..RECOVERY_LENGTH).map(digit).collect::<String>())
    };
    (0..domain::accounts::factor::RECOVERY_CODES).map(|_| code()).collect()
}

impl SignedIn {
    /// The second step of the own account.
    pub async fn own_factor(&self) -> Result<OwnFactor> {
        let (mut tx, me, now) = (self.store().read().await?, self.me(), self.now());
        let since =
            maybe!(&mut tx, (Option<DateTime<Utc>>,), "SELECT confirmed_at FROM factor WHERE account_id = $1", me.0)?;
        let codes = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL",
            me.0
        )?;
        let devices = all!(
            &mut tx,
            (Option<String>, DateTime<Utc>),
            "SELECT (SELECT l.device FROM login l WHERE l.browser_id = b.id ORDER BY l.created_at DESC LIMIT 1),
                 b.trusted_until
             FROM browser b WHERE b.account_id = $1 AND b.trusted_until > $2 ORDER BY b.trusted_until DESC, b.id",
            me.0,
            now
        )?;
        let reset = maybe!(
            &mut tx,
            FactorReset,
            "SELECT asked_at, ready_at FROM factor_reset WHERE account_id = $1 AND ended_at IS NULL",
            me.0
        )?;
        let rules = rules(&mut tx).await?;
        let roles = roles(&mut tx, me).await?;
        Ok(OwnFactor {
            reset,
            since: since.and_then(|(since,)| since),
            codes_left: codes.map_or(0, |(left,)| left),
            is_required: rules.requires(&roles),
            remember_days: rules.days(&roles),
            devices: devices.into_iter().map(|(device, until)| (device.unwrap_or_default(), until)).collect(),
        })
    }

    /// The secret for an app that is to be set up, for this login alone: another login
    /// gets another. It is made where there is none yet.
    /// `None`: an app is set up already.
    pub async fn secret_to_set_up(&self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let (me, login) = (self.me(), self.visitor().login.0);
        let mut tx = self.store().read().await?;
        let there = maybe!(
            &mut tx,
            FactorRow,
            "SELECT secret, confirmed_at, last_step, login_id FROM factor WHERE account_id = $1",
            me.0
        )?;
        match there {
            Some(row) if row.confirmed_at.is_some() => return Ok(None),
            Some(row) if row.login_id == Some(login) => {
                return self.store().open_secret(me, &row.secret).map(Some);
            }
            Some(_) | None => drop(tx),
        }
        let mut tx = self.store().write().await?;
        let secret = match find_for_change(&mut tx, me).await? {
            Some(row) if row.confirmed_at.is_some() => None,
            Some(row) if row.login_id == Some(login) => Some(self.store().open_secret(me, &row.secret)?),
            // A secret that another login has seen is not used: it may be another
            // person's, who knows the password.
            Some(_) | None => {
                let fresh = Zeroizing::new(random::<SECRET>().to_vec());
                let sealed = self.store().keys().seal_master("factor", me.0, &fresh);
                run!(
                    &mut tx,
                    "INSERT INTO factor (account_id, secret, made_at, login_id) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (account_id) DO UPDATE
                     SET secret = excluded.secret, made_at = excluded.made_at, login_id = excluded.login_id
                     WHERE factor.confirmed_at IS NULL",
                    me.0,
                    sealed,
                    self.now(),
                    login
                )?;
                Some(fresh)
            }
        };
        tx.commit().await?;
        Ok(secret)
    }

    /// Whether an app was begun to be set up, or is set up: the page was opened.
    pub async fn has_begun_set_up(&self) -> Result<bool> {
        let mut tx = self.store().read().await?;
        let row = maybe!(&mut tx, (Uuid,), "SELECT account_id FROM factor WHERE account_id = $1", self.me().0)?;
        Ok(row.is_some())
    }

    /// Sets the app up with a code that it shows, and these hashes of recovery codes.
    /// `false`: the code is wrong, or an app is set up already. Every other login of the
    /// account ends.
    pub async fn set_up_app(&self, code: &str, hashes: &[String]) -> Result<bool> {
        let (mut tx, me, now) = (self.store().write().await?, self.me(), self.now());
        let login = self.visitor().login.0;
        let own = |row: &FactorRow| row.confirmed_at.is_none() && row.login_id == Some(login);
        let Some(row) = find_for_change(&mut tx, me).await?.filter(own) else {
            return Ok(false);
        };
        if !self.store().take_step(&mut tx, me, &row, code).await? {
            return Ok(false);
        }
        run!(&mut tx, "UPDATE factor SET confirmed_at = $1, login_id = NULL WHERE account_id = $2", now, me.0)?;
        self.put_codes(&mut tx, hashes).await?;
        end_reset(&mut tx, me, now).await?;
        distrust_browsers(&mut tx, me).await?;
        // Browsers that signed in by the password alone are unknown again.
        let this =
            maybe!(&mut tx, (Option<Uuid>,), "SELECT browser_id FROM login WHERE id = $1", self.visitor().login.0)?;
        browsers::forget_browsers(&mut tx, me, this.and_then(|(id,)| id)).await?;
        run!(
            &mut tx,
            "UPDATE login SET ended_at = $1 WHERE account_id = $2 AND id <> $3 AND ended_at IS NULL",
            now,
            me.0,
            self.visitor().login.0
        )?;
        run!(&mut tx, "UPDATE login SET second_step = 'app' WHERE id = $1", self.visitor().login.0)?;
        let act = Act::by(me, AuditAction::SecondStepSetUp, AuditThing::Account).id(me.0);
        self.store().record(&mut tx, act).await?;
        events::note(self.store(), &mut tx, me, AccountEvent::AppSetUp, "").await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Stores these hashes in place of the recovery codes of before.
    async fn put_codes(&self, tx: &mut Tx, hashes: &[String]) -> Result<()> {
        run!(&mut *tx, "DELETE FROM recovery_code WHERE account_id = $1", self.me().0)?;
        for (number, hash) in (1_i64..).zip(hashes) {
            run!(
                &mut *tx,
                "INSERT INTO recovery_code (id, account_id, number, hash, made_at) VALUES ($1, $2, $3, $4, $5)",
                self.store().clock().id(),
                self.me().0,
                number,
                hash,
                self.now()
            )?;
        }
        Ok(())
    }

    /// Puts new recovery codes in place of those of before. `false`: there is no app.
    pub async fn renew_recovery_codes(&self, hashes: &[String]) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let found = find_for_change(&mut tx, self.me()).await?;
        if found.is_none_or(|row| row.confirmed_at.is_none()) {
            return Ok(false);
        }
        self.put_codes(&mut tx, hashes).await?;
        let act = Act::by(self.me(), AuditAction::RecoveryCodesRenewed, AuditThing::Account).id(self.me().0);
        self.store().record(&mut tx, act).await?;
        events::note(self.store(), &mut tx, self.me(), AccountEvent::RecoveryCodesRenewed, "").await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Removes the own second step. `false`: the practice requires one, or there is none.
    pub async fn remove_own_factor(&self) -> Result<bool> {
        let (mut tx, me) = (self.store().write().await?, self.me());
        if rules(&mut tx).await?.requires(&roles(&mut tx, me).await?) || !remove(&mut tx, me, self.now()).await? {
            return Ok(false);
        }
        let act = Act::by(me, AuditAction::SecondStepRemoved, AuditThing::Account).id(me.0);
        self.store().record(&mut tx, act).await?;
        events::note(self.store(), &mut tx, me, AccountEvent::AppRemoved, "").await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Ends a request to reset the own second step, which the person keeps. `false`:
    /// there is none.
    pub async fn keep_factor(&self) -> Result<bool> {
        let (mut tx, me) = (self.store().write().await?, self.me());
        let open =
            maybe!(&mut tx, (Uuid,), "SELECT id FROM factor_reset WHERE account_id = $1 AND ended_at IS NULL", me.0)?;
        if open.is_none() {
            return Ok(false);
        }
        end_reset(&mut tx, me, self.now()).await?;
        let act = Act::by(me, AuditAction::SecondStepResetRefused, AuditThing::Account).id(me.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Asks for a code in every browser again.
    pub async fn forget_remembered(&self) -> Result<()> {
        let mut tx = self.store().write().await?;
        distrust_browsers(&mut tx, self.me()).await?;
        tx.commit().await
    }
}

impl Guest {
    /// Notes that a person who gave the right password has lost the second step. A
    /// request that is open stays as it is.
    pub async fn ask_for_reset(&self, account: AccountId) -> Result<()> {
        let mut tx = self.store().write().await?;
        let asked = run!(
            &mut tx,
            "INSERT INTO factor_reset (id, account_id, asked_at)
             SELECT $1, account_id, $2 FROM factor WHERE account_id = $3 AND confirmed_at IS NOT NULL
             ON CONFLICT DO NOTHING",
            self.store().clock().id(),
            self.now(),
            account.0
        )?;
        if asked > 0 {
            let act = Act::by(account, AuditAction::SecondStepLost, AuditThing::Account).id(account.0);
            self.store().record(&mut tx, act).await?;
        }
        tx.commit().await
    }
}

impl Owner {
    /// What the practice asks of its staff.
    pub async fn factor_rules(&self) -> Result<FactorRules> {
        let mut tx = self.store().read().await?;
        rules(&mut tx).await
    }

    /// Sets what the practice asks of its staff.
    pub async fn set_factor_rules(&self, new: &FactorRules) -> Result<()> {
        let mut tx = self.store().write().await?;
        set_rules(&mut tx, new).await?;
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::Practice).detail("two-step sign-in");
        self.store().record(&mut tx, act).await?;
        tx.commit().await
    }

    /// Whether a member of staff has a second step, and their open request for a new
    /// one.
    pub async fn factor_of(&self, account: AccountId) -> Result<(bool, Option<FactorReset>)> {
        let mut tx = self.store().read().await?;
        let is_set = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT f.account_id FROM factor f JOIN account a ON a.id = f.account_id
             WHERE f.account_id = $1 AND f.confirmed_at IS NOT NULL AND a.person_id IS NULL",
            account.0
        )?;
        let reset = maybe!(
            &mut tx,
            FactorReset,
            "SELECT r.asked_at, r.ready_at FROM factor_reset r JOIN account a ON a.id = r.account_id
             WHERE r.account_id = $1 AND r.ended_at IS NULL AND a.person_id IS NULL",
            account.0
        )?;
        Ok((is_set.is_some(), reset))
    }

    /// The members of staff whose request for a new second step waits for an owner.
    pub async fn factor_resets(&self) -> Result<Vec<(AccountId, String)>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (Uuid, String),
            "SELECT a.id, a.display_name FROM factor_reset r JOIN account a ON a.id = r.account_id
             WHERE r.ended_at IS NULL AND r.ready_at IS NULL AND a.person_id IS NULL AND a.disabled_at IS NULL
             ORDER BY r.asked_at, r.id"
        )?;
        Ok(rows.into_iter().map(|(id, name)| (AccountId(id), name)).collect())
    }

    /// Confirms that a request for a new second step comes from the person: the owner
    /// has seen them. The old one is removed a day later.
    pub async fn confirm_reset(&self, account: AccountId) -> Result<ResetConfirmed> {
        if account == self.me() {
            return Ok(ResetConfirmed::Own);
        }
        let (mut tx, ready_at) = (self.store().write().await?, self.now() + RESET_WAITS);
        let confirmed = run!(
            &mut tx,
            "UPDATE factor_reset SET confirmed_by = $1, ready_at = $2
             WHERE account_id = $3 AND ended_at IS NULL AND ready_at IS NULL
               AND EXISTS (SELECT 1 FROM account a WHERE a.id = $3 AND a.person_id IS NULL)",
            self.me().0,
            ready_at,
            account.0
        )?;
        if confirmed == 0 {
            return Ok(ResetConfirmed::Gone);
        }
        let act = Act::by(self.me(), AuditAction::SecondStepResetConfirmed, AuditThing::Account).id(account.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(ResetConfirmed::At(ready_at))
    }

    /// Ends a request for a new second step without one. `false`: there is none.
    pub async fn refuse_reset(&self, account: AccountId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let ended = run!(
            &mut tx,
            "UPDATE factor_reset SET ended_as = 'cancelled', ended_at = $1
             WHERE account_id = $2 AND ended_at IS NULL
               AND EXISTS (SELECT 1 FROM account a WHERE a.id = $2 AND a.person_id IS NULL)",
            self.now(),
            account.0
        )?;
        if ended > 0 {
            let act = Act::by(self.me(), AuditAction::SecondStepResetRefused, AuditThing::Account).id(account.0);
            self.store().record(&mut tx, act).await?;
        }
        tx.commit().await?;
        Ok(ended > 0)
    }
}
