//! Changes that a therapist makes to a person's details.

use chrono::{DateTime, Utc};
use domain::{
    clients::{
        person::{AloneMail, EmailAddress, PersonDetails},
        search,
    },
    ids::{ClientId, PersonId},
};

use crate::{
    Clinician, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, Member, PortalState, own_leads},
    database::run,
    exercises::nudges,
    outbox::owed,
    records::intake,
};

/// The outcome of changing a person's details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonUpdate {
    /// The person is not in the caseload.
    Unknown,
    Saved,
    /// The details are saved, and the new email address is suggested to the
    /// person, because only they can change it.
    SavedWithSuggestion,
}

impl Clinician {
    /// Changes a person's details. What is planned for them is planned again.
    pub async fn update_person(
        &self,
        client: ClientId,
        person: PersonId,
        details: &PersonDetails,
    ) -> Result<PersonUpdate> {
        let mut tx = self.store().write().await?;
        let Some(member) = client::member(self, &mut tx, client, person).await? else {
            return Ok(PersonUpdate::Unknown);
        };
        let saved = self.change_person(&mut tx, client, &member, details).await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Changes the details of a person of a client, in the transaction of an act. The
    /// caller has found the person through the caseload.
    pub(super) async fn change_person(
        &self,
        tx: &mut Tx,
        client: ClientId,
        member: &Member,
        details: &PersonDetails,
    ) -> Result<PersonUpdate> {
        let person = member.person;
        // A person who signs in sets their own contact rules. The therapist can
        // only make them stricter on the person's behalf.
        let contact = match member.portal {
            PortalState::Active => member.details.contact.with_quieter_wish(&details.contact),
            _ => details.contact.clone(),
        };
        // Such a person also sets their own time zone, in which their safe
        // hours are meant, and their own email address.
        let signs_in = member.portal == PortalState::Active;
        let zone = if signs_in { &member.details.zone } else { &details.zone };
        let address = if signs_in { &member.details.email } else { &details.email };
        let key = address.as_ref().map(EmailAddress::key).unwrap_or_default();
        let suggested = details.email.as_ref().filter(|_| signs_in && details.email != member.details.email);
        let new = PersonDetails { zone: zone.clone(), email: address.clone(), contact, ..details.clone() };
        store_details(tx, self.now(), person, &new).await?;
        if new.contact.alone == AloneMail::Address && member.details.contact.alone != AloneMail::Address {
            // The therapist decides for a person who cannot decide yet, so it
            // is recorded who did.
            let act = Act::by(self.me(), AuditAction::EmailToASharedAddressAllowed, AuditThing::Person)
                .id(person.0)
                .client(client.0);
            self.store().record(tx, act).await?;
        }
        if signs_in {
            self.suggest_address(tx, person, suggested).await?;
        } else if details.email != member.details.email {
            run!(tx, "UPDATE person SET email_own_at = NULL WHERE id = $1", person.0)?;
        }
        self.store_in_account(tx, person, &new, &member.details, details.email.as_ref()).await?;
        owed::replan_person(self.store(), tx, person).await?;
        if address != &member.details.email {
            let old = member.details.email.as_ref().map(EmailAddress::key).unwrap_or_default();
            owed::replan_mailboxes(self.store(), tx, &[&old, &key]).await?;
        }
        nudges::replan_nudges_of(self.store(), tx, person).await?;
        intake::mail::replan_of(self.store(), tx, person).await?;
        self.store()
            .record(tx, Act::by(self.me(), AuditAction::Changed, AuditThing::Person).id(person.0).client(client.0))
            .await?;
        Ok(if suggested.is_some() { PersonUpdate::SavedWithSuggestion } else { PersonUpdate::Saved })
    }

    /// Suggests an email address to a person whose address is their own; `None`
    /// removes the suggestion. A repeated suggestion keeps its date.
    async fn suggest_address(&self, tx: &mut Tx, person: PersonId, address: Option<&EmailAddress>) -> Result<()> {
        run!(
            tx,
            "UPDATE person
             SET email_suggested_at = CASE WHEN $1 IS NULL THEN NULL
                    WHEN email_suggested = $1 THEN email_suggested_at ELSE $2 END,
                email_suggested_by = CASE WHEN $1 IS NULL THEN NULL
                    WHEN email_suggested = $1 THEN email_suggested_by ELSE $3 END,
                email_suggested = $1
             WHERE id = $4",
            address.map(EmailAddress::as_str),
            self.now(),
            self.me().0,
            person.0
        )?;
        Ok(())
    }

    /// Stores a person's new details in their account, and ends links that were
    /// sent to another address. `typed` is the address that the therapist typed.
    async fn store_in_account(
        &self,
        tx: &mut Tx,
        person: PersonId,
        new: &PersonDetails,
        before: &PersonDetails,
        typed: Option<&EmailAddress>,
    ) -> Result<()> {
        // Once a person has signed in, only they can change the time zone and the
        // email address: emails to it give access to what they write.
        run!(
            tx,
            "UPDATE account SET display_name = $1, zone = $2 WHERE person_id = $3",
            &new.name,
            new.zone.name(),
            person.0
        )?;
        let email = new.email.as_ref().map_or("", EmailAddress::as_str);
        run!(
            tx,
            "UPDATE account SET email = $1, email_key = $3, keys_version = $4, returned_at = NULL, returned_why = ''
             WHERE person_id = $2 AND password_hash IS NULL AND email <> $1",
            email,
            person.0,
            new.email.as_ref().map(EmailAddress::key).unwrap_or_default(),
            search::VERSION
        )?;
        // The same mailbox, written in another way, keeps its link.
        let same = before.email.as_ref().filter(|old| typed == Some(old)).map_or(email, EmailAddress::as_str);
        run!(
            tx,
            "UPDATE invitation SET revoked_at = $1
             WHERE email <> $2 AND email <> $4 AND used_at IS NULL AND revoked_at IS NULL
                AND account_id IN (SELECT id FROM account WHERE person_id = $3)",
            self.now(),
            email,
            person.0,
            same
        )?;
        Ok(())
    }
}

/// Stores a person's details in the person's row.
pub(super) async fn store_details(
    tx: &mut Tx,
    now: DateTime<Utc>,
    person: PersonId,
    new: &PersonDetails,
) -> Result<()> {
    let contact = &new.contact;
    run!(
        tx,
        "UPDATE person SET name = $1, search_name = $2, pronouns = $3, email = $4, phone = $5, zone = $6,
            language = $7, portal_only = $8, safe_from = $9, safe_until = $10, reminders = $11, updated_at = $12,
            nudges = $14, nudge_at = $15, leads = $16, email_key = $17, keys_version = $18,
            alone_mail = $19, alone_mail_for = CASE WHEN $19 = 'address' THEN $17 ELSE '' END,
            returned_at = CASE WHEN email_key = $17 THEN returned_at END,
            returned_why = CASE WHEN email_key = $17 THEN returned_why ELSE '' END WHERE id = $13",
        &new.name,
        search::key(&new.name),
        &new.pronouns,
        new.email.as_ref().map(EmailAddress::as_str),
        &new.phone,
        new.zone.name(),
        new.language.word(),
        contact.portal_only,
        contact.hours.map(|h| h.0),
        contact.hours.map(|h| h.1),
        contact.reminders,
        now,
        person.0,
        contact.nudges,
        contact.nudge_at,
        own_leads(contact),
        new.email.as_ref().map(EmailAddress::key).unwrap_or_default(),
        search::VERSION,
        contact.alone.word()
    )?;
    Ok(())
}
