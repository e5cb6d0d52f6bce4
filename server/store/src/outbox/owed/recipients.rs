//! The people whom emails may go to, and the addresses that two of them share.

use std::collections::HashSet;

use domain::{
    clients::person::{AloneMail, EmailAddress},
    ids::PersonId,
    outbox::reminder::Recipient,
};
use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    clients::client::PersonRow,
    database::{all, maybe},
    outbox::owed::sessions::replan_person,
};

impl PersonRow {
    /// This person as the recipient of an email.
    pub(crate) fn recipient(&self) -> Recipient {
        Recipient {
            person: PersonId(self.id),
            has_address: self.email.is_some(),
            held: self.held,
            alone: self.alone_skip(),
            zone: self.zone.clone(),
            contact: self.contact(),
        }
    }
}

/// Whether anybody else with a person's address is not their partner in a
/// couple: an email would tell them that this person is a client.
pub(crate) async fn is_client_by_themselves(tx: &mut Tx, reader: &PersonRow) -> Result<bool> {
    let stranger = maybe!(
        tx,
        (Uuid,),
        "SELECT o.id FROM person o WHERE o.email_key = $1 AND o.id <> $2 AND NOT EXISTS (
            SELECT 1
            FROM client_member m
              JOIN client_member k ON k.client_id = m.client_id AND k.person_id = $2 AND k.left_at IS NULL
            WHERE m.person_id = o.id AND m.left_at IS NULL)
         UNION SELECT a.id FROM account a WHERE a.email_key = $1 AND a.person_id IS NULL LIMIT 1",
        reader.email.as_deref().map(EmailAddress::key_of).unwrap_or_default(),
        reader.id
    )?;
    Ok(stranger.is_some() || reader.alone_mail() == AloneMail::PortalOnly)
}

/// Plans the reminders of everybody with one of these addresses again, because
/// it has become shared or is no longer shared.
pub(crate) async fn replan_mailboxes(store: &Store, tx: &mut Tx, keys: &[&str]) -> Result<()> {
    let mut done = HashSet::new();
    for key in keys.iter().filter(|key| !key.is_empty()) {
        for (id,) in all!(tx, (Uuid,), "SELECT id FROM person WHERE email_key = $1 ORDER BY id", *key)? {
            if done.insert(id) {
                replan_person(store, tx, PersonId(id)).await?;
            }
        }
    }
    Ok(())
}
