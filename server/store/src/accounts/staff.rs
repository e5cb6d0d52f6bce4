//! Changes of a member of staff by the owner: name, roles, address, and access.
//!
//! An owner reads no clinical content, so nothing here opens another person's
//! account to the owner: a new address of an account in use is used once its holder
//! has confirmed it, signed in, and a link for a new password goes by email to the
//! holder alone.

use domain::{
    clients::person::{EmailAddress, Role},
    ids::AccountId,
};
use uuid::Uuid;

use crate::{
    Owner, Result, Tx,
    accounts::{
        account::{self, NewStaff},
        addresses,
        logins::{self, NO_PASSWORD},
        resets,
    },
    audit::{Act, AuditAction, AuditThing},
    database::{maybe, run},
    outbox::owed,
};

/// The outcome of a change of a member of staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffChanged {
    /// It is changed.
    Done,
    /// It is changed, except the address: a link to the new one is on its way, and
    /// the person has to confirm it.
    AddressAsked,
    /// There is no such member of staff.
    Missing,
    /// Nobody else could act as the owner: the role of the last owner stays.
    LastOwner,
    /// This many sessions ahead are booked with this therapist: the role stays until
    /// they are moved or cancelled.
    SessionsAhead(i64),
}

impl Owner {
    /// Changes a member of staff. If they lose a role, they are signed out
    /// everywhere; the owner's own login stays.
    pub async fn change_staff(&self, account: AccountId, new: &NewStaff) -> Result<StaffChanged> {
        let mut tx = self.store().write().await?;
        // Two changes of owners run one after the other: each sees who is left.
        run!(&mut tx, "UPDATE practice SET updated_at = updated_at WHERE id = 1")?;
        let row = maybe!(
            &mut tx,
            (String, String, Option<String>),
            "SELECT display_name, email, login_name FROM account WHERE id = $1 AND person_id IS NULL",
            account.0
        )?;
        let Some((name, email, login_name)) = row else { return Ok(StaffChanged::Missing) };
        let old = logins::roles(&mut tx, account).await?;
        let lost: Vec<Role> = old.iter().copied().filter(|role| !new.roles.contains(role)).collect();
        if lost.contains(&Role::Owner) && !other_owner(&mut tx, account).await? {
            return Ok(StaffChanged::LastOwner);
        }
        if lost.contains(&Role::Clinician) {
            let ahead = maybe!(
                &mut tx,
                (i64,),
                "SELECT count(*) FROM session
                 WHERE clinician_id = $1 AND starts_at > $2 AND state IN ('booked', 'arrived')",
                account.0,
                self.now()
            )?;
            if let Some((ahead,)) = ahead.filter(|(ahead,)| *ahead > 0) {
                return Ok(StaffChanged::SessionsAhead(ahead));
            }
        }
        run!(
            &mut tx,
            "UPDATE account SET display_name = $1, zone = $2 WHERE id = $3",
            &new.display_name,
            new.zone.name(),
            account.0
        )?;
        self.set_roles(&mut tx, account, &old, &new.roles).await?;
        let mut detail = Vec::new();
        if name != new.display_name {
            detail.push("name".to_owned());
        }
        if !lost.is_empty() || new.roles.iter().any(|role| !old.contains(role)) {
            detail.push(new.roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" "));
        }
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::Account);
        self.store().record(&mut tx, act.id(account.0).detail(&detail.join(", "))).await?;
        let mut outcome = StaffChanged::Done;
        if email != new.email.as_str() {
            if login_name.is_some() {
                addresses::ask_for_change(self.store(), &mut tx, account, &new.email).await?;
                let act = Act::by(self.me(), AuditAction::AddressChangeAskedFor, AuditThing::Account);
                self.store().record(&mut tx, act.id(account.0)).await?;
                outcome = StaffChanged::AddressAsked;
            } else {
                self.invite_at(&mut tx, account, &email, &new.email).await?;
            }
        }
        tx.commit().await?;
        Ok(outcome)
    }

    /// Sets the roles of an account. What an account may do follows from its roles
    /// at each request; the logins and the calendar feed of a lost role end as well.
    async fn set_roles(&self, tx: &mut Tx, account: AccountId, old: &[Role], new: &[Role]) -> Result<()> {
        let now = self.now();
        for role in new.iter().filter(|role| !old.contains(role)) {
            run!(
                &mut *tx,
                "INSERT INTO account_role (account_id, role, granted_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                account.0,
                role.word(),
                now
            )?;
        }
        let mut lost = false;
        for role in old.iter().filter(|role| !new.contains(role)) {
            run!(&mut *tx, "DELETE FROM account_role WHERE account_id = $1 AND role = $2", account.0, role.word())?;
            if *role == Role::Clinician {
                run!(
                    &mut *tx,
                    "UPDATE feed SET revoked_at = $1 WHERE account_id = $2 AND revoked_at IS NULL",
                    now,
                    account.0
                )?;
            }
            lost = true;
        }
        if lost && account != self.me() {
            run!(
                &mut *tx,
                "UPDATE login SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL",
                now,
                account.0
            )?;
        }
        Ok(())
    }

    /// Sets the address of an account that was never used, and invites it there: the
    /// link that went to the old address ends.
    async fn invite_at(&self, tx: &mut Tx, account: AccountId, old: &str, new: &EmailAddress) -> Result<()> {
        let keys = [EmailAddress::key_of(old), EmailAddress::key_of(new.as_str())];
        run!(
            &mut *tx,
            "UPDATE account SET email = $1, email_key = $2, email_proven_at = NULL WHERE id = $3",
            new.as_str(),
            &keys[1],
            account.0
        )?;
        account::invite(self.store(), tx, account, Some(new.as_str()), self.me()).await?;
        owed::replan_mailboxes(self.store(), tx, &[&keys[0], &keys[1]]).await
    }

    /// Resets the access of another member of staff: they are signed out everywhere,
    /// their password no longer works, and a link for a new one is mailed to them.
    /// `false`: there is no such member, it is the own account, or the account is
    /// closed or was never used.
    pub async fn reset_access(&self, account: AccountId) -> Result<bool> {
        if account == self.me() {
            return Ok(false);
        }
        let mut tx = self.store().write().await?;
        let changed = run!(
            &mut tx,
            "UPDATE account SET password_hash = $1, password_changed_at = $2
             WHERE id = $3 AND person_id IS NULL AND password_hash IS NOT NULL AND disabled_at IS NULL",
            NO_PASSWORD,
            self.now(),
            account.0
        )?;
        if changed == 0 {
            return Ok(false);
        }
        account::end_access(self.store(), &mut tx, account).await?;
        let (reset, until) = resets::new_reset(self.store(), &mut tx, account).await?;
        owed::plan_reset(self.store(), &mut tx, account, reset, until).await?;
        let act = Act::by(self.me(), AuditAction::AccessReset, AuditThing::Account);
        self.store().record(&mut tx, act.id(account.0)).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Whether another account than this one can act as the owner: it has the role and a
/// password, and is not closed.
async fn other_owner(tx: &mut Tx, account: AccountId) -> Result<bool> {
    let other = maybe!(
        tx,
        (Uuid,),
        "SELECT a.id FROM account a JOIN account_role r ON r.account_id = a.id AND r.role = 'owner'
         WHERE a.id <> $1 AND a.disabled_at IS NULL AND a.password_hash IS NOT NULL AND a.password_hash <> $2 LIMIT 1",
        account.0,
        NO_PASSWORD
    )?;
    Ok(other.is_some())
}
