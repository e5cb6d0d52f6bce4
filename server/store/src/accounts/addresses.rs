//! Changes of a person's own email address.
//!
//! A new address is used only after it is proven: the account that asked for
//! the change has opened, signed in, the link that was sent to the new address.
//! Until then the old address is used for everything, and no email, password
//! reset or invitation uses the new one. A stranger who reads the email with
//! the link cannot use it, and neither can a mail scanner that opens it: the
//! change needs the login and a press of a button.

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::{
        person::{EmailAddress, login_name},
        search,
    },
    ids::AccountId,
    outbox::reminder::{EmailKind, SkipReason},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Owner, Result, SignedIn, Store, Tx,
    accounts::open_links,
    audit::{Act, AuditAction, AuditThing},
    clients::email_domain::same_address,
    database::{maybe, run},
    exercises::nudges,
    keys::token_hash,
    outbox::owed::{self, About, EmailFacts, OnConflict, Owed, StillDue, To},
};

/// How long the link to a new address works.
const LINK_WORKS: Duration = Duration::days(1);
/// How long after the change the notice to the old address may still be sent.
const NOTICE_FOR: Duration = Duration::days(7);

/// The outcome of asking for another email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailChange {
    /// It is the proven address in use already: there is nothing to confirm.
    InUse,
    /// A link will be sent to the new address.
    LinkSent,
}

/// A change of the email address that is not confirmed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingAddress {
    pub email: String,
    pub asked_at: DateTime<Utc>,
    /// When its link expires.
    pub until: DateTime<Utc>,
}

/// A pending change, as its link finds it.
#[derive(FromRow)]
struct Open {
    id: Uuid,
    email: String,
    handed_at: Option<DateTime<Utc>>,
    old_email: String,
    returned_at: Option<DateTime<Utc>>,
}

impl SignedIn {
    /// Asks for another email address: plans an email with a link to it, and
    /// ends an earlier change that was not confirmed. It does the same whether
    /// or not another account has the address, so that nobody learns that.
    pub async fn request_email_change(&self, email: &EmailAddress) -> Result<EmailChange> {
        let (store, me) = (self.store(), self.me());
        let mut tx = store.write().await?;
        // Two requests at the same time run one after the other.
        run!(&mut tx, "UPDATE account SET zone = zone WHERE id = $1", me.0)?;
        open_links::end_address_changes(store, &mut tx, me).await?;
        let used = maybe!(
            &mut tx,
            (String, Option<DateTime<Utc>>),
            "SELECT email, email_proven_at FROM account WHERE id = $1",
            me.0
        )?;
        if used.is_some_and(|(used, proven)| used == email.as_str() && proven.is_some()) {
            tx.commit().await?;
            return Ok(EmailChange::InUse);
        }
        ask_for_change(store, &mut tx, me, email).await?;
        audit_own_account(store, &mut tx, me, AuditAction::AddressChangeAskedFor).await?;
        tx.commit().await?;
        Ok(EmailChange::LinkSent)
    }

    /// The change that is not confirmed yet; `None`: there is none.
    pub async fn pending_email_change(&self) -> Result<Option<PendingAddress>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (String, DateTime<Utc>, DateTime<Utc>),
            "SELECT email, made_at, expires_at FROM address_change
             WHERE account_id = $1 AND confirmed_at IS NULL AND ended_at IS NULL AND expires_at > $2",
            self.me().0,
            self.now()
        )?;
        Ok(row.map(|(email, asked_at, until)| PendingAddress { email, asked_at, until }))
    }

    /// Ends the pending change; its link no longer works. Does nothing if there
    /// is none.
    pub async fn cancel_email_change(&self) -> Result<()> {
        let mut tx = self.store().write().await?;
        if open_links::end_address_changes(self.store(), &mut tx, self.me()).await? {
            audit_own_account(self.store(), &mut tx, self.me(), AuditAction::AddressChangeCancelled).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The email address that a link confirms; `None`: the link was used or has
    /// expired, or another account asked for it. Changes nothing.
    pub async fn email_of_link(&self, token: &str) -> Result<Option<String>> {
        let mut tx = self.store().read().await?;
        Ok(self.open_change(&mut tx, token).await?.map(|open| open.email))
    }

    /// The pending change of this account that the token belongs to.
    async fn open_change(&self, tx: &mut Tx, token: &str) -> Result<Option<Open>> {
        Ok(maybe!(
            tx,
            Open,
            "SELECT c.id, c.email, c.handed_at, a.email AS old_email, a.returned_at
             FROM address_change c JOIN account a ON a.id = c.account_id
             WHERE c.token_hash = $1 AND c.account_id = $2 AND c.confirmed_at IS NULL AND c.ended_at IS NULL
                AND c.expires_at > $3",
            token_hash(token),
            self.me().0,
            self.now()
        )?)
    }

    /// Starts to use the address whose link was opened, and plans a notice to
    /// the old address, unless emails to it came back or another person has it
    /// too. `false`: the link was used or has expired, or belongs to another
    /// account.
    pub async fn confirm_email_change(&self, token: &str) -> Result<bool> {
        let (store, me, now) = (self.store(), self.me(), self.now());
        let mut tx = store.write().await?;
        run!(&mut tx, "UPDATE account SET zone = zone WHERE id = $1", me.0)?;
        let Some(open) = self.open_change(&mut tx, token).await? else { return Ok(false) };
        let Some(email) = EmailAddress::from_stored(&open.email) else { return Ok(false) };
        let used = run!(
            &mut tx,
            "UPDATE address_change SET confirmed_at = $1, old_email = $3
             WHERE id = $2 AND confirmed_at IS NULL AND ended_at IS NULL",
            now,
            open.id,
            &open.old_email
        )?;
        if used == 0 {
            return Ok(false);
        }
        let proven = open.handed_at.is_none().then_some(now);
        self.use_email(&mut tx, &open.old_email, &email, proven).await?;
        let moved = !open.old_email.is_empty() && !same_address(&open.old_email, &open.email);
        if moved && open.returned_at.is_none() && !self.is_shared(&mut tx, &open.old_email).await? {
            store.plan_address_mail(&mut tx, me, EmailKind::AddressChanged, open.id, now + NOTICE_FOR).await?;
        }
        open_links::end_resets(store, &mut tx, me).await?;
        audit_own_account(store, &mut tx, me, AuditAction::AddressChanged).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Whether another person has this email address too. That person would
    /// read in the notice what this one did.
    async fn is_shared(&self, tx: &mut Tx, email: &str) -> Result<bool> {
        let Some(person) = self.visitor().person else { return Ok(false) };
        let other = maybe!(
            tx,
            (Uuid,),
            "SELECT id FROM person WHERE email_key = $1 AND id <> $2 LIMIT 1",
            EmailAddress::key_of(email),
            person.0
        )?;
        Ok(other.is_some())
    }

    /// Uses this address for everything from now on. For a client it is also
    /// the address for emails about sessions, and what is planned for them is
    /// planned again.
    async fn use_email(
        &self,
        tx: &mut Tx,
        old: &str,
        email: &EmailAddress,
        proven: Option<DateTime<Utc>>,
    ) -> Result<()> {
        run!(
            tx,
            "UPDATE account SET email = $1, email_key = $3, keys_version = $4, email_proven_at = $5,
                 returned_at = NULL, returned_why = '' WHERE id = $2",
            email.as_str(),
            self.me().0,
            email.key(),
            search::VERSION,
            proven
        )?;
        let mailboxes = [EmailAddress::key_of(old), email.key()];
        let mailboxes = mailboxes.each_ref().map(String::as_str);
        let Some(person) = self.visitor().person else {
            return owed::replan_mailboxes(self.store(), tx, &mailboxes).await;
        };
        run!(
            tx,
            "UPDATE person SET email = $1, email_key = $4, keys_version = $5, email_own_at = $2, updated_at = $2,
                email_suggested = NULL, email_suggested_at = NULL, email_suggested_by = NULL,
                returned_at = CASE WHEN email_key = $4 THEN returned_at END,
                returned_why = CASE WHEN email_key = $4 THEN returned_why ELSE '' END WHERE id = $3",
            email.as_str(),
            self.now(),
            person.0,
            email.key(),
            search::VERSION
        )?;
        owed::replan_person(self.store(), tx, person).await?;
        owed::replan_mailboxes(self.store(), tx, &mailboxes).await?;
        nudges::replan_nudges_of(self.store(), tx, person).await
    }
}

impl Owner {
    /// The token of the link that confirms the email address an account asked
    /// for, to be handed over where the program sends no email. Used in this
    /// way the link proves no mailbox. `None`: no account with this sign-in
    /// name has a pending change.
    pub async fn address_link_by_hand(&self, typed: &str) -> Result<Option<String>> {
        let mut tx = self.store().write().await?;
        let row = maybe!(
            &mut tx,
            (Uuid, Uuid),
            "SELECT c.id, a.id FROM address_change c JOIN account a ON a.id = c.account_id
             WHERE a.login_name IN ($1, $2) AND a.disabled_at IS NULL AND c.confirmed_at IS NULL
                AND c.ended_at IS NULL AND c.expires_at > $3",
            login_name(typed),
            typed.trim().to_lowercase(),
            self.now()
        )?;
        let Some((id, account)) = row else { return Ok(None) };
        run!(&mut tx, "UPDATE address_change SET handed_at = $1 WHERE id = $2", self.now(), id)?;
        let (by, of) = (Some(self.me()), Some(account));
        let act = Act::by(by, AuditAction::AddressLinkHandedOut, AuditThing::Account).id(of);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(self.store().keys().token("address", id)))
    }
}

/// Asks for another address of an account: ends an earlier change that was not
/// confirmed, and plans the email with a link to the new address. The account has to
/// confirm it, signed in.
pub(crate) async fn ask_for_change(store: &Store, tx: &mut Tx, account: AccountId, email: &EmailAddress) -> Result<()> {
    let (id, now) = (store.clock().id(), store.now());
    open_links::end_address_changes(store, tx, account).await?;
    run!(
        &mut *tx,
        "INSERT INTO address_change (id, account_id, email, token_hash, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        account.0,
        email.as_str(),
        token_hash(&store.keys().token("address", id)),
        now,
        now + LINK_WORKS
    )?;
    store.plan_address_mail(tx, account, EmailKind::NewAddress, id, now + LINK_WORKS).await
}

impl Store {
    /// Plans the email to the new or to the old address of a change.
    async fn plan_address_mail(
        &self,
        tx: &mut Tx,
        account: AccountId,
        kind: EmailKind,
        change: Uuid,
        not_after: DateTime<Utc>,
    ) -> Result<()> {
        let owed = Owed {
            about: About::Address(change),
            to: To::Account(account),
            kind,
            key: format!("{}:{change}", kind.word()),
            due_at: self.now(),
            not_after,
            skip: None,
            on_conflict: OnConflict::Fail,
        };
        owed::owe(self, tx, owed).await
    }
}

/// Records an act of an account on itself in the audit log.
async fn audit_own_account(store: &Store, tx: &mut Tx, me: AccountId, action: AuditAction) -> Result<()> {
    store.record(tx, Act::by(me, action, AuditThing::Account).id(me.0)).await
}

/// Whether the email of this kind about a change of address is still due. The
/// link goes to the new address until the change is confirmed or ended, the
/// notice to the old address after it is confirmed.
pub(crate) async fn check_change(store: &Store, tx: &mut Tx, id: Uuid, kind: EmailKind) -> Result<StillDue> {
    #[derive(FromRow)]
    struct Change {
        email: String,
        old_email: String,
        expires_at: DateTime<Utc>,
        confirmed_at: Option<DateTime<Utc>>,
        ended_at: Option<DateTime<Utc>>,
    }
    let change = maybe!(
        tx,
        Change,
        "SELECT email, old_email, expires_at, confirmed_at, ended_at FROM address_change WHERE id = $1",
        id
    )?;
    let Some(change) = change else { return Ok(StillDue::No(SkipReason::Left)) };
    Ok(match (kind == EmailKind::AddressChanged, change.confirmed_at) {
        (true, Some(at)) => StillDue::At { address: change.old_email, facts: EmailFacts::AddressChanged { at } },
        (false, None) if change.ended_at.is_none() => {
            let token = store.keys().token("address", id);
            let facts = EmailFacts::NewAddress { token, expires_at: change.expires_at };
            StillDue::At { address: change.email, facts }
        }
        (true, None) | (false, _) => StillDue::No(SkipReason::Used),
    })
}
