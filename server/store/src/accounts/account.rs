//! Accounts: the setup of the practice, invitations that are bound to one
//! account, and the end of an account's access.

use chrono::{DateTime, Duration, Utc};
use domain::{
    accounts::factor::FactorRules,
    clients::{
        person::{EmailAddress, Language, NAME_MAX, Role, Zone},
        search,
    },
    form::{Errors, Form, Reader},
    ids::{AccountId, ClientId, InvitationId, PersonId},
    outbox::reminder::SkipReason,
    practice::settings::Practice,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Clinician, Guest, Owner, Result, SignedIn, Store, Tx,
    accounts::{
        browsers, factors,
        logins::{NO_PASSWORD, roles},
        open_links,
    },
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, find_person as person_row},
    database::{all, maybe, run},
    keys::token_hash,
    outbox::owed::{self, EmailFacts, StillDue, is_client_by_themselves},
    practice::settings::{insert_practice, practice},
};

/// How long the link of an invitation works.
const INVITATION: Duration = Duration::days(7);

/// What the first run asks for: the practice and its first account.
pub struct Setup {
    pub practice: Practice,
    pub display_name: String,
    pub email: EmailAddress,
    pub login_name: String,
    pub password_hash: String,
    /// The roles of the first account besides owner. In a practice of one
    /// person the owner has every role.
    pub roles: Vec<Role>,
    /// What is asked of the staff at sign-in; `None`: nothing, as for the demo and for
    /// measuring.
    pub factor_rules: Option<FactorRules>,
}

/// The account that an open invitation is for.
#[derive(Clone, Debug)]
pub struct OpenInvitation {
    pub account: AccountId,
    pub name: String,
    /// The account's email address; empty: it has none.
    pub email: String,
    /// A client's language; `None`: staff.
    pub language: Option<Language>,
    pub role: Role,
    /// The sign-in name; `None`: the person chooses one with the password.
    pub login_name: Option<String>,
}

/// The outcome of accepting an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationAccepted {
    /// The account has a password now and can sign in.
    Done(AccountId),
    /// The link does not work: it was used, withdrawn or has expired, its
    /// account is closed, or it never existed.
    Gone,
    /// Another account has this sign-in name.
    NameTaken,
}

/// The outcome of inviting a partner to the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invite {
    /// An email with the link is planned.
    Mailed,
    /// No email is planned: the therapist hands over the link with this token.
    HandedOver(String),
    /// No email may be sent: there is no email address, the person takes no
    /// email, or an email would tell another reader of the address that they
    /// are a client.
    NoAddress,
    /// The person has a password already.
    HasAccount,
    /// The person came with an import and was not released yet.
    Held,
    /// The client is not in the caseload or is separated, or the person does
    /// not belong to it.
    NotTheirs,
}

/// What the account of the visitor is called, and where emails to it go.
#[derive(Clone, Debug, FromRow)]
pub struct OwnAccount {
    pub name: String,
    /// The sign-in name; `None`: they have not chosen one yet.
    pub login_name: Option<String>,
    /// The email address; empty: there is none.
    pub email: String,
}

/// A member of staff who is to be invited.
#[derive(Clone, Debug)]
pub struct NewStaff {
    pub display_name: String,
    pub email: EmailAddress,
    pub zone: Zone,
    pub roles: Vec<Role>,
}

impl NewStaff {
    /// Reads the form. The errors name the fields that do not fit.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let display_name = r.text("display_name", 1..=NAME_MAX, "Enter a name.");
        let email = r.email("email");
        let zone = r.zone("zone");
        let mut roles: Vec<Role> =
            form.all("role").filter_map(|w| w.parse().ok()).filter(|r| *r != Role::Partner).collect();
        roles.sort_unstable();
        roles.dedup();
        if roles.is_empty() {
            let _ = r.fail::<()>("role", "Please choose at least one role.");
        }
        r.finish()?;
        Ok(Self { display_name: display_name?, email: email?, zone: zone?, roles })
    }
}

/// A member of staff in the owner's list.
#[derive(Clone, Debug)]
pub struct StaffMember {
    pub id: AccountId,
    pub name: String,
    pub email: String,
    pub login_name: Option<String>,
    pub roles: Vec<Role>,
    /// When the latest open invitation expires; `None`: there is no open
    /// invitation.
    pub invited_until: Option<DateTime<Utc>>,
    pub zone: Zone,
    /// Whether the account has a password.
    pub active: bool,
    /// Whether the owner has reset the access, and the person has not chosen a new
    /// password yet.
    pub access_reset: bool,
    /// The new email address that the person has to confirm; `None`: there is none.
    pub new_email: Option<String>,
    pub disabled: bool,
    /// How many booked sessions with this therapist are still to come.
    pub sessions_ahead: i64,
}

#[derive(FromRow)]
struct StaffRow {
    id: Uuid,
    display_name: String,
    email: String,
    #[sqlx(try_from = "String")]
    zone: Zone,
    login_name: Option<String>,
    password_hash: Option<String>,
    disabled_at: Option<DateTime<Utc>>,
    new_email: Option<String>,
}

impl Guest {
    /// Sets up the practice and its first account. `None`: the practice was set
    /// up before.
    pub async fn set_up(&self, setup: &Setup) -> Result<Option<AccountId>> {
        let mut tx = self.store().write().await?;
        if practice(&mut tx).await?.is_some() {
            return Ok(None);
        }
        let now = self.now();
        if let Err(error) = insert_practice(&mut tx, &setup.practice, now).await {
            // Two setups ran at the same time and the other one was first.
            return if error.is_unique() { Ok(None) } else { Err(error) };
        }
        if let Some(rules) = &setup.factor_rules {
            factors::set_rules(&mut tx, rules).await?;
        }
        let mut all_roles = setup.roles.clone();
        all_roles.push(Role::Owner);
        let account = self
            .store()
            .insert_account(&mut tx, &setup.display_name, setup.email.as_str(), &setup.practice.zone, None, &all_roles)
            .await?;
        run!(
            &mut tx,
            "UPDATE account SET login_name = $1, password_hash = $2, password_changed_at = $3 WHERE id = $4",
            &setup.login_name,
            &setup.password_hash,
            now,
            account.0
        )?;
        self.store().record(&mut tx, Act::by(account, AuditAction::SetUp, AuditThing::Practice)).await?;
        tx.commit().await?;
        Ok(Some(account))
    }

    /// The account that the link of an invitation is for; `None`: the link does
    /// not work (any more).
    pub async fn invitation(&self, token: &str) -> Result<Option<OpenInvitation>> {
        let mut tx = self.store().read().await?;
        self.open_invitation(&mut tx, token).await.map(|found| found.map(|(_, invitation)| invitation))
    }

    /// The id of the open invitation with this token, and its account; `None`:
    /// the link does not work (any more).
    async fn open_invitation(&self, tx: &mut Tx, token: &str) -> Result<Option<(Uuid, OpenInvitation)>> {
        let row = maybe!(
            tx,
            (Uuid, Uuid, String, Option<String>, String, Option<String>),
            "SELECT i.id, a.id, a.display_name, a.login_name, a.email, p.language
             FROM invitation i JOIN account a ON a.id = i.account_id LEFT JOIN person p ON p.id = a.person_id
             WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2
                AND a.disabled_at IS NULL",
            token_hash(token),
            self.now()
        )?;
        let Some((id, account, name, login_name, email, language)) = row else { return Ok(None) };
        let account = AccountId(account);
        let role = roles(tx, account).await?.into_iter().min().unwrap_or(Role::Partner);
        let language = language.and_then(|word| word.parse().ok());
        Ok(Some((id, OpenInvitation { account, name, email, language, role, login_name })))
    }

    /// Accepts an invitation: sets the password, and the sign-in name if the
    /// account has none. A link works only once, also when it is used twice at
    /// the same time.
    pub async fn accept_invitation(
        &self,
        token: &str,
        login_name: &str,
        password_hash: &str,
    ) -> Result<InvitationAccepted> {
        let mut tx = self.store().write().await?;
        let Some((id, invitation)) = self.open_invitation(&mut tx, token).await? else {
            return Ok(InvitationAccepted::Gone);
        };
        let now = self.now();
        let used = run!(
            &mut tx,
            "UPDATE invitation SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND revoked_at IS NULL",
            now,
            id
        )?;
        if used == 0 {
            return Ok(InvitationAccepted::Gone);
        }
        let changed = run!(
            &mut tx,
            "UPDATE account SET login_name = COALESCE(login_name, $1), password_hash = $2, password_changed_at = $3
             WHERE id = $4",
            login_name,
            password_hash,
            now,
            invitation.account.0
        );
        match changed.map_err(crate::Error::from) {
            Ok(_) => {}
            Err(error) if error.is_unique() => return Ok(InvitationAccepted::NameTaken),
            Err(error) => return Err(error),
        }
        // The person who opened the link reads the mailbox that the link was
        // sent to.
        run!(
            &mut tx,
            "UPDATE account SET email_proven_at = $1
             WHERE id = $2 AND lower(email) = (SELECT lower(email) FROM invitation WHERE id = $3) AND email <> ''",
            now,
            invitation.account.0,
            id
        )?;
        run!(
            &mut tx,
            "UPDATE person SET email_own_at = $1 WHERE id = (SELECT person_id FROM account WHERE id = $2)
                AND lower(email) = (SELECT lower(email) FROM invitation WHERE id = $3)",
            now,
            invitation.account.0,
            id
        )?;
        self.store()
            .record(&mut tx, Act::by(invitation.account, AuditAction::Accepted, AuditThing::Invitation).id(id))
            .await?;
        tx.commit().await?;
        Ok(InvitationAccepted::Done(invitation.account))
    }
}

impl Store {
    /// Inserts an account with its roles. `person` is set for a client's
    /// account and `None` for staff. An account of staff can make an email
    /// address a shared one, so the emails to that address are planned again.
    pub(crate) async fn insert_account(
        &self,
        tx: &mut Tx,
        name: &str,
        email: &str,
        zone: &Zone,
        person: Option<PersonId>,
        roles: &[Role],
    ) -> Result<AccountId> {
        let id = self.clock().id();
        let now = self.now();
        run!(
            tx,
            "INSERT INTO account (id, display_name, email, zone, person_id, created_at, email_key, keys_version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            name,
            email,
            zone.name(),
            person.map(|p| p.0),
            now,
            EmailAddress::key_of(email),
            search::VERSION
        )?;
        if person.is_none() {
            owed::replan_mailboxes(self, tx, &[&EmailAddress::key_of(email)]).await?;
        }
        for role in roles {
            run!(
                tx,
                "INSERT INTO account_role (account_id, role, granted_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                id,
                role.word(),
                now
            )?;
        }
        Ok(AccountId(id))
    }

    /// Ends the calendar feed and the open invitations of an account.
    async fn end_feed_and_invitations(&self, tx: &mut Tx, account: Uuid, now: DateTime<Utc>) -> Result<()> {
        run!(tx, "UPDATE feed SET revoked_at = $1 WHERE account_id = $2 AND revoked_at IS NULL", now, account)?;
        run!(
            tx,
            "UPDATE invitation SET revoked_at = $1 WHERE account_id = $2 AND used_at IS NULL AND revoked_at IS NULL",
            now,
            account
        )?;
        Ok(())
    }
}

impl SignedIn {
    /// The account's display name, sign-in name and email address.
    pub async fn account(&self) -> Result<OwnAccount> {
        let mut tx = self.store().read().await?;
        maybe!(
            &mut tx,
            OwnAccount,
            "SELECT display_name AS name, login_name, email FROM account WHERE id = $1",
            self.me().0
        )?
        .ok_or_else(|| crate::Error::Stored("the account is gone".to_owned()))
    }
}

impl Owner {
    /// All members of staff by name, closed accounts included.
    pub async fn staff(&self) -> Result<Vec<StaffMember>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            StaffRow,
            "SELECT a.id, a.display_name, a.email, a.zone, a.login_name, a.password_hash, a.disabled_at,
                 c.email AS new_email
             FROM account a
             LEFT JOIN address_change c ON c.account_id = a.id AND c.confirmed_at IS NULL AND c.ended_at IS NULL
                 AND c.expires_at > $1
             WHERE a.person_id IS NULL ORDER BY a.display_name, a.id",
            self.now()
        )?;
        let roles = all!(
            &mut tx,
            (Uuid, String),
            "SELECT r.account_id, r.role FROM account_role r JOIN account a ON a.id = r.account_id
             WHERE a.person_id IS NULL"
        )?;
        let open = all!(
            &mut tx,
            (Uuid, DateTime<Utc>),
            "SELECT account_id, expires_at FROM invitation
             WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > $1",
            self.now()
        )?;
        let ahead = all!(
            &mut tx,
            (Uuid, i64),
            "SELECT clinician_id, count(*) FROM session WHERE starts_at > $1 AND state IN ('booked', 'arrived')
             GROUP BY clinician_id",
            self.now()
        )?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let mut held: Vec<Role> =
                    roles.iter().filter(|(id, _)| *id == row.id).filter_map(|(_, word)| word.parse().ok()).collect();
                held.sort_unstable();
                StaffMember {
                    sessions_ahead: ahead.iter().find(|(id, _)| *id == row.id).map_or(0, |(_, n)| *n),
                    id: AccountId(row.id),
                    invited_until: open.iter().find(|(id, _)| *id == row.id).map(|(_, until)| *until),
                    name: row.display_name,
                    email: row.email,
                    login_name: row.login_name,
                    roles: held,
                    zone: row.zone,
                    active: row.password_hash.is_some(),
                    access_reset: row.password_hash.as_deref() == Some(NO_PASSWORD),
                    new_email: row.new_email,
                    disabled: row.disabled_at.is_some(),
                }
            })
            .collect())
    }

    /// Makes an account for a member of staff and invites it by email.
    pub async fn invite_staff(&self, new: &NewStaff) -> Result<AccountId> {
        let mut tx = self.store().write().await?;
        let account = self
            .store()
            .insert_account(&mut tx, &new.display_name, new.email.as_str(), &new.zone, None, &new.roles)
            .await?;
        invite(self.store(), &mut tx, account, Some(new.email.as_str()), self.me()).await?;
        let detail = new.roles.iter().map(|r| r.word()).collect::<Vec<_>>().join(" ");
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Invited, AuditThing::Account).id(account.0).detail(&detail),
            )
            .await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Plans an email with a new link to a member of staff who has no password
    /// yet. `false`: there is no such member, they have a password already, or
    /// their account is closed.
    pub async fn invite_again(&self, account: AccountId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let row = maybe!(
            &mut tx,
            (String,),
            "SELECT email FROM account WHERE id = $1 AND person_id IS NULL AND password_hash IS NULL
                AND disabled_at IS NULL",
            account.0
        )?;
        let Some((email,)) = row else { return Ok(false) };
        invite(self.store(), &mut tx, account, Some(&email), self.me()).await?;
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::Invited, AuditThing::Account).id(account.0))
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Closes or reopens the account of a member of staff. Everything that
    /// opened the account before it was closed remains ended when it is
    /// reopened. `false`: it is the own account, or not an account of staff.
    pub async fn set_disabled(&self, account: AccountId, disabled: bool) -> Result<bool> {
        if account == self.me() {
            return Ok(false);
        }
        let mut tx = self.store().write().await?;
        let now = self.now();
        let changed = run!(
            &mut tx,
            "UPDATE account SET disabled_at = $1 WHERE id = $2 AND person_id IS NULL",
            disabled.then_some(now),
            account.0
        )?;
        if changed > 0 {
            if disabled {
                end_access(self.store(), &mut tx, account).await?;
            }
            let action = if disabled { AuditAction::Disabled } else { AuditAction::Enabled };
            self.store().record(&mut tx, Act::by(self.me(), action, AuditThing::Account).id(account.0)).await?;
        }
        tx.commit().await?;
        Ok(changed > 0)
    }
}

impl Clinician {
    /// Invites a partner of a client in the caseload to the portal by email.
    /// The link is bound to this person, also where another person has the same
    /// email address.
    pub async fn invite_partner(&self, client: ClientId, person: PersonId) -> Result<Invite> {
        self.invite_member(client, person, false).await
    }

    /// Invites a partner without an email, for a link that the therapist hands
    /// over.
    pub async fn invite_by_hand(&self, client: ClientId, person: PersonId) -> Result<Invite> {
        self.invite_member(client, person, true).await
    }

    /// Invites a partner, by hand or by email.
    async fn invite_member(&self, client: ClientId, person: PersonId, by_hand: bool) -> Result<Invite> {
        let mut tx = self.store().write().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(Invite::NotTheirs);
        }
        let Some(member) = client::member(self, &mut tx, client, person).await? else { return Ok(Invite::NotTheirs) };
        let details = &member.details;
        let row = person_row(&mut tx, person).await?;
        // Another reader of the address would learn from the email that this
        // person is a client.
        let reveals = row.alone_skip().is_some() && is_client_by_themselves(&mut tx, &row).await?;
        if row.held {
            return Ok(Invite::Held);
        }
        let by_hand_only = details.contact.portal_only || reveals;
        let email = details.email.as_ref().map(EmailAddress::as_str).filter(|_| !by_hand && !by_hand_only);
        if email.is_none() && !by_hand {
            return Ok(Invite::NoAddress);
        }
        let existing = maybe!(
            &mut tx,
            (Uuid, Option<String>),
            "SELECT id, password_hash FROM account WHERE person_id = $1",
            person.0
        )?;
        let account = match existing {
            Some((_, Some(_))) => return Ok(Invite::HasAccount),
            Some((id, None)) => AccountId(id),
            None => {
                self.store()
                    .insert_account(
                        &mut tx,
                        &details.name,
                        details.email.as_ref().map_or("", EmailAddress::as_str),
                        &details.zone,
                        Some(person),
                        &[Role::Partner],
                    )
                    .await?
            }
        };
        let token = invite(self.store(), &mut tx, account, email, self.me()).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(
                    self.me(),
                    if by_hand { AuditAction::InvitedByHand } else { AuditAction::Invited },
                    AuditThing::Person,
                )
                .id(person.0)
                .client(client.0),
            )
            .await?;
        tx.commit().await?;
        Ok(if by_hand { Invite::HandedOver(token) } else { Invite::Mailed })
    }
}

/// Whether the email with the link of an invitation is still due: the link
/// works. It goes to the address that the invitation was made for.
pub(crate) async fn check_invitation(
    store: &Store,
    tx: &mut Tx,
    invitation: InvitationId,
    account: AccountId,
) -> Result<StillDue> {
    let open = maybe!(
        tx,
        (String, DateTime<Utc>),
        "SELECT email, expires_at FROM invitation WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL",
        invitation.0
    )?;
    let Some((address, expires_at)) = open else { return Ok(StillDue::No(SkipReason::Used)) };
    let role = roles(tx, account).await?.into_iter().min().unwrap_or(Role::Partner);
    let token = store.keys().token("invitation", invitation.0);
    Ok(StillDue::At { address, facts: EmailFacts::Invitation { token, role, expires_at } })
}

/// Ends for good the links that people use without a login, for everyone
/// whose last active client this was: the address of their calendar feed
/// and their open invitations. A person with a password can still sign in
/// and see what they wrote.
pub(crate) async fn end_links_after_care(store: &Store, tx: &mut Tx, client: ClientId) -> Result<()> {
    let now = store.now();
    let accounts = all!(
        tx,
        (Uuid,),
        "SELECT a.id FROM account a JOIN client_member m ON m.person_id = a.person_id WHERE m.client_id = $1
            AND NOT EXISTS (SELECT 1 FROM client_member x
                JOIN client c ON c.id = x.client_id AND c.archived_at IS NULL
                WHERE x.person_id = a.person_id AND x.left_at IS NULL)",
        client.0
    )?;
    for (account,) in accounts {
        store.end_feed_and_invitations(tx, account, now).await?;
    }
    Ok(())
}

/// Ends for good everything that opens an account or reads from it: logins,
/// password resets, invitations, the calendar feed, a pending change of the
/// email address, and the remembered browsers.
pub(crate) async fn end_access(store: &Store, tx: &mut Tx, account: AccountId) -> Result<()> {
    let now = store.now();
    open_links::end_resets(store, tx, account).await?;
    open_links::end_address_changes(store, tx, account).await?;
    browsers::forget_browsers(tx, account, None).await?;
    run!(tx, "UPDATE login SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL", now, account.0)?;
    store.end_feed_and_invitations(tx, account.0, now).await
}

/// Invites an account: withdraws its earlier links, makes a new one and
/// plans the email with it, all in this transaction. Gives the token of the
/// link. Without an `email` no email is planned, and the token is handed
/// over in person.
pub(crate) async fn invite(
    store: &Store,
    tx: &mut Tx,
    account: AccountId,
    email: Option<&str>,
    by: AccountId,
) -> Result<String> {
    let now = store.now();
    run!(
        tx,
        "UPDATE invitation SET revoked_at = $1 WHERE account_id = $2 AND used_at IS NULL AND revoked_at IS NULL",
        now,
        account.0
    )?;
    let id = store.clock().id();
    let token = store.keys().token("invitation", id);
    run!(
        tx,
        "INSERT INTO invitation (id, account_id, token_hash, email, created_at, created_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        account.0,
        token_hash(&token),
        email.unwrap_or_default(),
        now,
        by.0,
        now + INVITATION
    )?;
    if email.is_some() {
        owed::plan_invitation(store, tx, account, InvitationId(id), now + INVITATION).await?;
    }
    Ok(token)
}
