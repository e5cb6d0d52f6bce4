//! Renews the keys by which people are found and addresses are compared, for
//! rows that another version of the program wrote.
//!
//! The keys are values of `domain` ([`search::key`], [`Email::key`]), stored
//! beside what they are made from. When their rules change, [`search::VERSION`]
//! changes too, and each row with another version is computed again when the
//! program starts: in batches of one transaction each, so that a start that is
//! killed has done a part and the next start continues.

use domain::clients::{person::EmailAddress, search};
use uuid::Uuid;

use crate::{
    Result, Store,
    database::{all, maybe, run},
};

/// How many rows are renewed in one transaction.
const BATCH: i64 = 300;

/// The loop over one table: finds whether there are rows, reads a batch, and
/// writes each.
macro_rules! renew {
    ($store:ident, $look:literal, $rows:literal, |$tx:ident, $id:ident, $name:ident, $email:ident| $write:expr) => {
        loop {
            let mut look = $store.read().await?;
            if maybe!(&mut look, (Uuid,), $look, search::VERSION)?.is_none() {
                break;
            }
            drop(look);
            let mut $tx = $store.write().await?;
            for ($id, $name, $email) in all!(&mut $tx, (Uuid, String, String), $rows, search::VERSION, BATCH)? {
                $write?;
            }
            $tx.commit().await?;
        }
    };
}

/// Computes the keys again that another version of the program made. A row
/// that is changed at the same time keeps the keys of its new name.
pub(crate) async fn renew(store: &Store) -> Result<()> {
    renew!(
        store,
        "SELECT id FROM person WHERE keys_version <> $1 LIMIT 1",
        "SELECT id, name, COALESCE(email, '') FROM person WHERE keys_version <> $1 ORDER BY id LIMIT $2",
        |tx, id, name, email| run!(
            &mut tx,
            "UPDATE person SET search_name = $1, email_key = $2, keys_version = $3,
                alone_mail_for = CASE WHEN alone_mail_for = email_key THEN $2 ELSE alone_mail_for END
             WHERE id = $4 AND name = $5 AND COALESCE(email, '') = $6",
            search::key(&name),
            EmailAddress::key_of(&email),
            search::VERSION,
            id,
            &name,
            &email
        )
    );
    renew!(
        store,
        "SELECT id FROM account WHERE keys_version <> $1 LIMIT 1",
        "SELECT id, '', email FROM account WHERE keys_version <> $1 ORDER BY id LIMIT $2",
        |tx, id, _name, email| run!(
            &mut tx,
            "UPDATE account SET email_key = $1, keys_version = $2 WHERE id = $3 AND email = $4",
            EmailAddress::key_of(&email),
            search::VERSION,
            id,
            &email
        )
    );
    renew!(
        store,
        "SELECT id FROM inquiry WHERE keys_version <> $1 LIMIT 1",
        "SELECT id, '', email FROM inquiry WHERE keys_version <> $1 ORDER BY id LIMIT $2",
        |tx, id, _name, email| run!(
            &mut tx,
            "UPDATE inquiry SET email_key = $1, keys_version = $2 WHERE id = $3 AND email = $4",
            EmailAddress::key_of(&email),
            search::VERSION,
            id,
            &email
        )
    );
    Ok(())
}
