//! Password resets: links that set a new password, sent by email or handed
//! over.

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::person::{EmailAddress, Language, login_name},
    ids::AccountId,
    outbox::reminder::SkipReason,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Guest, Result, Store, Tx,
    accounts::{browsers, open_links},
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    keys::token_hash,
    outbox::owed::{self, EmailFacts, StillDue},
};

/// How long a reset link works.
const RESET: Duration = Duration::hours(1);

/// How a link for a new password reaches its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ResetBy {
    /// By email to the address in use: opening the link proves that address.
    Mail,
    /// Printed or shown, and handed over.
    Hand,
}

/// SQL condition: whether a link that is mailed to the address of account `a`,
/// a client's account, may be read by another person. A proven address is
/// shared where another account has proven it too, or where the other partner
/// of a couple has it: the practice entered it for both, or both proved it. An
/// address that nobody has proven may be anybody's, and is shared with
/// everybody who has it. An address that another account only asks for
/// (`address_change`) is in none of these columns, and takes no link from its
/// owner.
macro_rules! shared_address {
    () => {
        "(EXISTS (SELECT 1
             FROM account x
             WHERE x.email_key = a.email_key AND x.id <> a.id
               AND (x.email_proven_at IS NOT NULL OR a.email_proven_at IS NULL))
            OR EXISTS (SELECT 1
              FROM person p
              WHERE p.email_key = a.email_key AND p.id <> a.person_id AND (a.email_proven_at IS NULL
                OR EXISTS (SELECT 1
                  FROM client_member m JOIN client_member o ON o.client_id = m.client_id
                  WHERE m.person_id = a.person_id AND o.person_id = p.id))))"
    };
}

/// The account whose password a link resets.
#[derive(Clone, Debug, FromRow)]
pub struct ResetFor {
    id: Uuid,
    account: Uuid,
    pub login_name: String,
    pub name: String,
    /// The account's email address; empty if there is none.
    pub email: String,
    language: Option<String>,
}

impl ResetFor {
    /// A client's language; `None`: staff.
    pub fn language(&self) -> Option<Language> {
        self.language.as_ref()?.parse().ok()
    }
}

impl Guest {
    /// Plans an email with a reset link to every account of this login name or
    /// address. Neither the answer nor the work done shows whether there is
    /// one.
    pub async fn request_reset(&self, name_or_email: &str) -> Result<()> {
        let mut tx = self.store().write().await?;
        let now = self.now();
        let (name, address) = (login_name(name_or_email), EmailAddress::key_of(name_or_email));
        let accounts = all!(
            &mut tx,
            (Uuid,),
            concat!(
                "SELECT a.id FROM account a
                 WHERE (a.login_name IN ($1, $2) OR (a.email_key = $3 AND $3 <> '')) AND a.password_hash IS NOT NULL
                   AND a.disabled_at IS NULL
                    AND (a.person_id IS NULL OR NOT ",
                shared_address!(),
                ")"
            ),
            &name,
            name_or_email.trim().to_lowercase(),
            &address
        )?;
        for (account,) in accounts {
            let (id, _) = self.store().insert_reset(&mut tx, AccountId(account), ResetBy::Mail).await?;
            owed::plan_reset(self.store(), &mut tx, AccountId(account), id, now + RESET).await?;
        }
        self.store().record(&mut tx, Act::by_program(AuditAction::PasswordResetAskedFor, AuditThing::Account)).await?;
        tx.commit().await
    }

    /// The account whose password a link resets. `None`: the link does not work
    /// (any more).
    pub async fn reset_for(&self, token: &str) -> Result<Option<ResetFor>> {
        let mut tx = self.store().read().await?;
        self.open_reset(&mut tx, token).await
    }

    async fn open_reset(&self, tx: &mut Tx, token: &str) -> Result<Option<ResetFor>> {
        Ok(maybe!(
            tx,
            ResetFor,
            "SELECT r.id, a.id AS account, a.login_name, a.display_name AS name, a.email, p.language
             FROM password_reset r JOIN account a ON a.id = r.account_id LEFT JOIN person p ON p.id = a.person_id
             WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2 AND a.disabled_at IS NULL
               AND a.login_name IS NOT NULL",
            token_hash(token),
            self.now()
        )?)
    }

    /// Sets a new password by link. The link works once, and every login of the
    /// account ends. `None`: the link does not work (any more).
    pub async fn reset_password(&self, token: &str, hash: &str) -> Result<Option<AccountId>> {
        let mut tx = self.store().write().await?;
        let Some(ResetFor { id, account, .. }) = self.open_reset(&mut tx, token).await? else { return Ok(None) };
        let now = self.now();
        if run!(&mut tx, "UPDATE password_reset SET used_at = $1 WHERE id = $2 AND used_at IS NULL", now, id)? == 0 {
            return Ok(None);
        }
        open_links::end_resets(self.store(), &mut tx, AccountId(account)).await?;
        open_links::end_address_changes(self.store(), &mut tx, AccountId(account)).await?;
        browsers::forget_browsers(&mut tx, AccountId(account), None).await?;
        run!(
            &mut tx,
            "UPDATE account SET password_hash = $1, password_changed_at = $2 WHERE id = $3",
            hash,
            now,
            account
        )?;
        // A person who opened a mailed link reads the mail at that address.
        let proven = run!(
            &mut tx,
            "UPDATE account SET email_proven_at = COALESCE(email_proven_at, $1)
             WHERE id = $2 AND email = (SELECT email FROM password_reset WHERE id = $3)",
            now,
            account,
            id
        )?;
        if proven > 0 {
            run!(
                &mut tx,
                "UPDATE person SET email_own_at = COALESCE(email_own_at, $1)
                 WHERE id = (SELECT person_id FROM account WHERE id = $2)",
                now,
                account
            )?;
        }
        run!(&mut tx, "UPDATE login SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL", now, account)?;
        self.store()
            .record(&mut tx, Act::by(AccountId(account), AuditAction::PasswordReset, AuditThing::Account).id(account))
            .await?;
        tx.commit().await?;
        Ok(Some(AccountId(account)))
    }
}

impl Store {
    /// Creates a link. Earlier links go on working: a person who asks for a
    /// reset of another's account does not take the owner's link away.
    async fn insert_reset(&self, tx: &mut Tx, account: AccountId, by: ResetBy) -> Result<(Uuid, String)> {
        let (id, now) = (self.clock().id(), self.now());
        let token = self.keys().token("reset", id);
        run!(
            tx,
            "INSERT INTO password_reset (id, account_id, token_hash, created_at, expires_at, email)
             SELECT $1, id, $3, $4, $5, CASE WHEN $6 THEN email END FROM account WHERE id = $2",
            id,
            account.0,
            token_hash(&token),
            now,
            now + RESET,
            by == ResetBy::Mail
        )?;
        Ok((id, token))
    }

    /// Creates a link for a new password, to be handed to a person who cannot
    /// be reached by email; returns its token. `typed` is their login name.
    /// `None`: there is no such account with a password. The link opens what a
    /// client has stored, so no scope has this method: only the person who runs
    /// the program on the machine can use it, and it is audited as done by
    /// `by`.
    pub async fn hand_out_reset(&self, by: AccountId, typed: &str) -> Result<Option<String>> {
        let mut tx = self.write().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM account WHERE login_name IN ($1, $2) AND password_hash IS NOT NULL AND disabled_at IS NULL",
            login_name(typed),
            typed.trim().to_lowercase()
        )?;
        let Some((account,)) = row else { return Ok(None) };
        let (_, token) = self.insert_reset(&mut tx, AccountId(account), ResetBy::Hand).await?;
        let (by, id) = (Some(by), Some(account));
        let act = Act::by(by, AuditAction::ResetLinkHandedOut, AuditThing::Account).id(id);
        self.record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(token))
    }
}

/// Whether the email with a link for a new password is still due: the link was
/// not used, and the account has a sign-in name.
pub(crate) async fn check_reset(
    store: &Store,
    tx: &mut Tx,
    reset: Uuid,
    login_name: Option<String>,
) -> Result<StillDue> {
    let Some(login_name) = login_name else { return Ok(StillDue::No(SkipReason::Left)) };
    let open =
        maybe!(tx, (DateTime<Utc>,), "SELECT expires_at FROM password_reset WHERE id = $1 AND used_at IS NULL", reset)?;
    let Some((expires_at,)) = open else { return Ok(StillDue::No(SkipReason::Used)) };
    let token = store.keys().token("reset", reset);
    Ok(StillDue::Yes(EmailFacts::PasswordReset { token, login_name, expires_at }))
}

/// Creates a link for a new password, to be mailed; returns its id and
/// until when it works.
pub(crate) async fn new_reset(store: &Store, tx: &mut Tx, account: AccountId) -> Result<(Uuid, DateTime<Utc>)> {
    Ok((store.insert_reset(tx, account, ResetBy::Mail).await?.0, store.now() + RESET))
}

/// Creates a link for a new password, to be handed over; returns its token.
pub(crate) async fn reset_token(store: &Store, tx: &mut Tx, account: AccountId) -> Result<String> {
    Ok(store.insert_reset(tx, account, ResetBy::Hand).await?.1)
}
