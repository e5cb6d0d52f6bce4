//! Accounts: the first run, invitations bound to one person, password resets.

use chrono::{DateTime, Duration, Utc};
use domain::{
    form::{Errors, Form, Reader},
    ids::{AccountId, ClientId, InvitationId, PersonId},
    person::{Email, NAME_MAX, Role, Zone},
    practice::Practice,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Clinician, Owner, Result, SignedIn, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
    keys::token_hash,
    logins::roles,
    outbox::AccountMail,
    practice::{insert_practice, practice},
};

/// How long an invitation can be taken up.
const INVITATION: Duration = Duration::days(7);
/// How long a reset link works.
const RESET: Duration = Duration::hours(1);

/// The first run.
pub struct Setup {
    pub practice: Practice,
    pub display_name: String,
    pub email: Email,
    pub login_name: String,
    pub password_hash: String,
    /// The owner's roles beyond ownership: a practice of one is all of them.
    pub roles: Vec<Role>,
}

/// For whom an invitation is.
#[derive(Clone, Debug)]
pub struct InvitationFor {
    pub account: AccountId,
    pub name: String,
    pub role: Role,
    pub login_name: Option<String>,
}

/// What became of an invitation that was taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    Done(AccountId),
    /// Used, withdrawn, expired, or never there.
    Gone,
    /// Somebody signs in with this name already.
    NameTaken,
}

/// A member of staff to be invited.
#[derive(Clone, Debug)]
pub struct NewStaff {
    pub display_name: String,
    pub email: Email,
    pub zone: Zone,
    pub roles: Vec<Role>,
}

impl NewStaff {
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let display_name = r.text("display_name", 1..=NAME_MAX, "Please write a name.");
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

#[derive(Clone, Debug)]
pub struct StaffMember {
    pub id: AccountId,
    pub name: String,
    pub email: String,
    pub login_name: Option<String>,
    pub roles: Vec<Role>,
    /// Until when the latest open invitation works.
    pub invited_until: Option<DateTime<Utc>>,
    /// Has a password.
    pub active: bool,
    pub disabled: bool,
    /// How many sessions are booked with them.
    pub ahead: i64,
}

#[derive(FromRow)]
struct StaffRow {
    id: Uuid,
    display_name: String,
    email: String,
    login_name: Option<String>,
    password_hash: Option<String>,
    disabled_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Sets up the practice and its first account; `None` where that was done
    /// before.
    pub async fn set_up(&self, setup: &Setup) -> Result<Option<AccountId>> {
        let mut tx = self.write().await?;
        if practice(&mut tx).await?.is_some() {
            return Ok(None);
        }
        let now = self.now();
        if let Err(error) = insert_practice(&mut tx, &setup.practice, now).await {
            // Two at once: the other was first.
            return if error.is_unique() { Ok(None) } else { Err(error) };
        }
        let mut all_roles = setup.roles.clone();
        all_roles.push(Role::Owner);
        let account = self
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
        self.audit(
            &mut tx,
            Act { by: Some(account), action: "set up", thing: "practice", id: None, client: None, detail: "" },
        )
        .await?;
        tx.commit().await?;
        Ok(Some(account))
    }

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
            "INSERT INTO account (id, display_name, email, zone, person_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            id,
            name,
            email,
            zone.name(),
            person.map(|p| p.0),
            now
        )?;
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

    /// Invites an account: withdraws the links it had, makes a new one and
    /// owes it a mail, all in this transaction. Without an address there is no
    /// mail: the token, which is given back, is handed over.
    pub(crate) async fn invite(
        &self,
        tx: &mut Tx,
        account: AccountId,
        email: Option<&str>,
        by: AccountId,
    ) -> Result<String> {
        let now = self.now();
        run!(
            tx,
            "UPDATE invitation SET revoked_at = $1 WHERE account_id = $2 AND used_at IS NULL AND revoked_at IS NULL",
            now,
            account.0
        )?;
        let id = self.clock().id();
        let token = self.keys().token("invitation", id);
        run!(
            tx,
            "INSERT INTO invitation (id, account_id, token_hash, email, created_at, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id,
            account.0,
            token_hash(&token),
            email.unwrap_or_default(),
            now,
            by.0,
            now + INVITATION
        )?;
        if email.is_some() {
            self.plan_account_mail(tx, account, AccountMail::Invitation(InvitationId(id)), now + INVITATION).await?;
        }
        Ok(token)
    }

    /// For whom a link is, while it works.
    pub async fn invitation(&self, token: &str) -> Result<Option<InvitationFor>> {
        let mut tx = self.read().await?;
        self.open_invitation(&mut tx, token).await.map(|found| found.map(|(_, invitation)| invitation))
    }

    async fn open_invitation(&self, tx: &mut Tx, token: &str) -> Result<Option<(Uuid, InvitationFor)>> {
        let row = maybe!(
            tx,
            (Uuid, Uuid, String, Option<String>),
            "SELECT i.id, a.id, a.display_name, a.login_name FROM invitation i JOIN account a ON a.id = i.account_id
             WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2 AND a.disabled_at IS NULL",
            token_hash(token), self.now()
        )?;
        let Some((id, account, name, login_name)) = row else { return Ok(None) };
        let account = AccountId(account);
        let role = roles(tx, account).await?.into_iter().min().unwrap_or(Role::Partner);
        Ok(Some((id, InvitationFor { account, name, role, login_name })))
    }

    /// Takes up an invitation. A link works once, whoever is faster.
    pub async fn accept_invitation(&self, token: &str, login_name: &str, password_hash: &str) -> Result<Accepted> {
        let mut tx = self.write().await?;
        let Some((id, invitation)) = self.open_invitation(&mut tx, token).await? else { return Ok(Accepted::Gone) };
        let now = self.now();
        let used = run!(
            &mut tx,
            "UPDATE invitation SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND revoked_at IS NULL",
            now,
            id
        )?;
        if used == 0 {
            return Ok(Accepted::Gone);
        }
        let changed = run!(
            &mut tx,
            "UPDATE account SET login_name = COALESCE(login_name, $1), password_hash = $2, password_changed_at = $3 WHERE id = $4",
            login_name,
            password_hash,
            now,
            invitation.account.0
        );
        match changed.map_err(crate::Error::from) {
            Ok(_) => {}
            Err(error) if error.is_unique() => return Ok(Accepted::NameTaken),
            Err(error) => return Err(error),
        }
        self.audit(
            &mut tx,
            Act {
                by: Some(invitation.account),
                action: "accepted",
                thing: "invitation",
                id: Some(id),
                client: None,
                detail: "",
            },
        )
        .await?;
        tx.commit().await?;
        Ok(Accepted::Done(invitation.account))
    }

    /// Owes a reset link to every account of this sign-in name or address.
    /// Whether there is one shows neither in the answer nor in the work done.
    pub async fn request_reset(&self, name_or_email: &str) -> Result<()> {
        let mut tx = self.write().await?;
        let now = self.now();
        let wanted = name_or_email.trim().to_lowercase();
        let accounts = all!(
            &mut tx,
            (Uuid,),
            "SELECT a.id FROM account a WHERE (a.login_name = $1 OR lower(a.email) = $1) AND a.password_hash IS NOT NULL AND a.disabled_at IS NULL
                AND (a.person_id IS NULL OR NOT EXISTS (SELECT 1 FROM account x WHERE lower(x.email) = lower(a.email) AND x.id <> a.id))
             LIMIT 5",
            &wanted
        )?;
        for (account,) in accounts {
            let (id, _) = self.insert_reset(&mut tx, AccountId(account)).await?;
            self.plan_account_mail(&mut tx, AccountId(account), AccountMail::Reset(id), now + RESET).await?;
        }
        self.audit(
            &mut tx,
            Act { by: None, action: "password reset asked for", thing: "account", id: None, client: None, detail: "" },
        )
        .await?;
        tx.commit().await
    }

    /// A new link beside those that still work: whoever asks for another's
    /// does not take theirs away.
    async fn insert_reset(&self, tx: &mut Tx, account: AccountId) -> Result<(Uuid, String)> {
        let (id, now) = (self.clock().id(), self.now());
        let token = self.keys().token("reset", id);
        run!(
            tx,
            "INSERT INTO password_reset (id, account_id, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
            id,
            account.0,
            token_hash(&token),
            now,
            now + RESET
        )?;
        Ok((id, token))
    }

    /// Links for a new password that were given out work no more.
    pub(crate) async fn end_resets(&self, tx: &mut Tx, account: AccountId) -> Result<()> {
        run!(
            tx,
            "UPDATE password_reset SET used_at = $1 WHERE account_id = $2 AND used_at IS NULL",
            self.now(),
            account.0
        )?;
        Ok(())
    }

    /// Whose password a link resets, while it works.
    pub async fn reset_for(&self, token: &str) -> Result<Option<String>> {
        let mut tx = self.read().await?;
        Ok(self.open_reset(&mut tx, token).await?.map(|(_, _, name)| name))
    }

    async fn open_reset(&self, tx: &mut Tx, token: &str) -> Result<Option<(Uuid, Uuid, String)>> {
        Ok(maybe!(
            tx,
            (Uuid, Uuid, String),
            "SELECT r.id, a.id, a.login_name FROM password_reset r JOIN account a ON a.id = r.account_id
             WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2 AND a.disabled_at IS NULL AND a.login_name IS NOT NULL",
            token_hash(token), self.now()
        )?)
    }

    /// Sets a new password by link: it works once, and every login ends.
    pub async fn reset_password(&self, token: &str, hash: &str) -> Result<Option<AccountId>> {
        let mut tx = self.write().await?;
        let Some((id, account, _)) = self.open_reset(&mut tx, token).await? else { return Ok(None) };
        let now = self.now();
        if run!(&mut tx, "UPDATE password_reset SET used_at = $1 WHERE id = $2 AND used_at IS NULL", now, id)? == 0 {
            return Ok(None);
        }
        self.end_resets(&mut tx, AccountId(account)).await?;
        run!(
            &mut tx,
            "UPDATE account SET password_hash = $1, password_changed_at = $2 WHERE id = $3",
            hash,
            now,
            account
        )?;
        run!(&mut tx, "UPDATE login SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL", now, account)?;
        self.audit(
            &mut tx,
            Act {
                by: Some(AccountId(account)),
                action: "password reset",
                thing: "account",
                id: Some(account),
                client: None,
                detail: "",
            },
        )
        .await?;
        tx.commit().await?;
        Ok(Some(AccountId(account)))
    }
}

impl SignedIn {
    /// The account's name, sign-in name and address.
    pub async fn account(&self) -> Result<(String, Option<String>, String)> {
        let mut tx = self.store().read().await?;
        maybe!(
            &mut tx,
            (String, Option<String>, String),
            "SELECT display_name, login_name, email FROM account WHERE id = $1",
            self.me().0
        )?
        .ok_or_else(|| crate::Error::Stored("the account is gone".to_owned()))
    }
}

impl Owner {
    pub async fn staff(&self) -> Result<Vec<StaffMember>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            StaffRow,
            "SELECT id, display_name, email, login_name, password_hash, disabled_at FROM account WHERE person_id IS NULL ORDER BY display_name"
        )?;
        let roles = all!(
            &mut tx,
            (Uuid, String),
            "SELECT r.account_id, r.role FROM account_role r JOIN account a ON a.id = r.account_id WHERE a.person_id IS NULL"
        )?;
        let open = all!(
            &mut tx,
            (Uuid, DateTime<Utc>),
            "SELECT account_id, expires_at FROM invitation WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > $1",
            self.now()
        )?;
        let ahead = all!(
            &mut tx,
            (Uuid, i64),
            "SELECT clinician_id, count(*) FROM session WHERE starts_at > $1 AND state IN ('booked', 'arrived') GROUP BY clinician_id",
            self.now()
        )?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let mut held: Vec<Role> =
                    roles.iter().filter(|(id, _)| *id == row.id).filter_map(|(_, word)| word.parse().ok()).collect();
                held.sort_unstable();
                StaffMember {
                    ahead: ahead.iter().find(|(id, _)| *id == row.id).map_or(0, |(_, n)| *n),
                    id: AccountId(row.id),
                    invited_until: open.iter().find(|(id, _)| *id == row.id).map(|(_, until)| *until),
                    name: row.display_name,
                    email: row.email,
                    login_name: row.login_name,
                    roles: held,
                    active: row.password_hash.is_some(),
                    disabled: row.disabled_at.is_some(),
                }
            })
            .collect())
    }

    pub async fn invite_staff(&self, new: &NewStaff) -> Result<AccountId> {
        let mut tx = self.store().write().await?;
        let account = self
            .store()
            .insert_account(&mut tx, &new.display_name, new.email.as_str(), &new.zone, None, &new.roles)
            .await?;
        self.store().invite(&mut tx, account, Some(new.email.as_str()), self.me()).await?;
        let detail = new.roles.iter().map(|r| r.word()).collect::<Vec<_>>().join(" ");
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "invited",
                    thing: "account",
                    id: Some(account.0),
                    client: None,
                    detail: &detail,
                },
            )
            .await?;
        tx.commit().await?;
        Ok(account)
    }

    /// A new link for a member of staff who has not taken one up yet.
    pub async fn invite_again(&self, account: AccountId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let row = maybe!(
            &mut tx,
            (String,),
            "SELECT email FROM account WHERE id = $1 AND person_id IS NULL AND password_hash IS NULL AND disabled_at IS NULL",
            account.0
        )?;
        let Some((email,)) = row else { return Ok(false) };
        self.store().invite(&mut tx, account, Some(&email), self.me()).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "invited",
                    thing: "account",
                    id: Some(account.0),
                    client: None,
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Closes or opens a member of staff's account; not one's own. A closed
    /// account's logins end at once.
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
                self.store().end_resets(&mut tx, account).await?;
                run!(
                    &mut tx,
                    "UPDATE login SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL",
                    now,
                    account.0
                )?;
            }
            let action = if disabled { "disabled" } else { "enabled" };
            self.store()
                .audit(
                    &mut tx,
                    Act {
                        by: Some(self.me()),
                        action,
                        thing: "account",
                        id: Some(account.0),
                        client: None,
                        detail: "",
                    },
                )
                .await?;
        }
        tx.commit().await?;
        Ok(changed > 0)
    }
}

impl Owner {
    /// The token of a link for a new password, to be handed to the person
    /// who signs in with this name and cannot be reached by mail. `None`: there
    /// is no such account with a password.
    pub async fn reset_by_hand(&self, login_name: &str) -> Result<Option<String>> {
        let mut tx = self.store().write().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM account WHERE login_name = $1 AND password_hash IS NOT NULL AND disabled_at IS NULL",
            login_name.trim().to_lowercase()
        )?;
        let Some((account,)) = row else { return Ok(None) };
        let (_, token) = self.store().insert_reset(&mut tx, AccountId(account)).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "reset link handed out",
                    thing: "account",
                    id: Some(account),
                    client: None,
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(token))
    }
}

impl Clinician {
    /// Invites a partner of an own client to the portal by mail. The link is
    /// bound to this person, whatever address another person shares with them.
    /// `Ok(None)`: not theirs; `Ok(Some(false))`: there is no address, mail is
    /// not allowed, or they have an account that works.
    pub async fn invite_partner(&self, client: ClientId, person: PersonId) -> Result<Option<bool>> {
        Ok(self.invite_member(client, person, false).await?.map(|token| token.is_some()))
    }

    /// The same without a mail, for a link that is handed over in the room.
    pub async fn invite_by_hand(&self, client: ClientId, person: PersonId) -> Result<Option<Option<String>>> {
        self.invite_member(client, person, true).await
    }

    async fn invite_member(&self, client: ClientId, person: PersonId, by_hand: bool) -> Result<Option<Option<String>>> {
        let mut tx = self.store().write().await?;
        if self.open(&mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let Some(member) = self.member(&mut tx, client, person).await? else { return Ok(None) };
        let details = &member.details;
        let email = details.email.as_ref().map(Email::as_str).filter(|_| !by_hand && !details.contact.portal_only);
        if email.is_none() && !by_hand {
            return Ok(Some(None));
        }
        let existing = maybe!(
            &mut tx,
            (Uuid, Option<String>),
            "SELECT id, password_hash FROM account WHERE person_id = $1",
            person.0
        )?;
        let account = match existing {
            Some((_, Some(_))) => return Ok(Some(None)),
            Some((id, None)) => AccountId(id),
            None => {
                self.store()
                    .insert_account(
                        &mut tx,
                        &details.name,
                        details.email.as_ref().map_or("", Email::as_str),
                        &details.zone,
                        Some(person),
                        &[Role::Partner],
                    )
                    .await?
            }
        };
        let token = self.store().invite(&mut tx, account, email, self.me()).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: if by_hand { "invited by hand" } else { "invited" },
                    thing: "person",
                    id: Some(person.0),
                    client: Some(client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(Some(token)))
    }
}
