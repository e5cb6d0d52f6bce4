//! Asking again: people who signed a version of a text that a later version renews.

use domain::{
    ids::{AccountId, AskId, ClientId, ConsentTextId, PersonId},
    records::consents::{Blank, BlankValues},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{AskText, NewAsk, ask, find_ask};
use crate::{
    Result, Worker,
    database::{all, run},
    unreadable,
};

/// A signature on an older version.
#[derive(FromRow)]
struct Outdated {
    ask_id: Uuid,
    client_id: Uuid,
    person_id: Uuid,
    text_id: Uuid,
    made_by: Uuid,
}

/// SQL: the signatures that apply, on a version that a later one renews, of people who
/// were not asked since. `$1` is true; `$rest` adds conditions.
macro_rules! outdated {
    ($rest:literal) => {
        concat!(
            "SELECT s.ask_id, a.client_id, a.person_id, a.text_id, x.made_by
             FROM signature s JOIN consent_ask a ON a.id = s.ask_id JOIN consent_version v ON v.id = s.version_id
                 JOIN consent_text t ON t.id = a.text_id AND t.archived_at IS NULL
                 JOIN consent_version x ON x.text_id = t.id AND x.renews = $1 AND x.version > v.version
                     AND x.made_by IS NOT NULL
                 JOIN client c ON c.id = a.client_id AND c.archived_at IS NULL
                 JOIN client_member m ON m.client_id = c.id AND m.person_id = a.person_id AND m.left_at IS NULL
             WHERE s.withdrawn_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM signature n WHERE n.replaced_id = s.id)
                 AND NOT EXISTS (SELECT 1 FROM consent_version y
                     WHERE y.text_id = t.id AND y.renews = $1 AND y.version > x.version)
                 AND NOT EXISTS (SELECT 1 FROM consent_ask b
                     WHERE b.text_id = t.id AND b.person_id = a.person_id AND b.client_id = c.id
                         AND (b.asked_at >= x.made_at OR (b.closed_at IS NULL
                             AND NOT EXISTS (SELECT 1 FROM signature q WHERE q.ask_id = b.id)))) ",
            $rest
        )
    };
}

impl Worker {
    /// Asks the people who signed an older version of a text to sign the new one, where
    /// its owner wished so, and counts them. Whoever is asked is asked once.
    pub async fn renew_consents(&self) -> Result<usize> {
        let mut look = self.read().await?;
        let due = all!(&mut look, Outdated, outdated!("ORDER BY s.id"), true)?;
        drop(look);
        let mut asked = 0;
        for row in due {
            match self.renew(row).await {
                // One person who cannot be read does not stop the others.
                Err(error) if error.is_of_one_row() => unreadable::note_row(&error),
                renewed => asked += usize::from(renewed?),
            }
        }
        Ok(asked)
    }

    /// Asks one person again. `false`: another process has done it.
    async fn renew(&self, row: Outdated) -> Result<bool> {
        let mut tx = self.write().await?;
        // Two processes that renew at once follow each other here.
        run!(&mut tx, "UPDATE consent_ask SET asked_at = asked_at WHERE id = $1", row.ask_id)?;
        let still = all!(&mut tx, Outdated, outdated!("AND s.ask_id = $2"), true, row.ask_id)?;
        let Some(earlier) = find_ask(&mut tx, AskId(row.ask_id)).await?.filter(|_| !still.is_empty()) else {
            return Ok(false);
        };
        let key = self.key_of(&mut tx, row.person_id).await?;
        let new = NewAsk {
            client: Some(ClientId(row.client_id)),
            person: PersonId(row.person_id),
            text: AskText::Id(ConsentTextId(row.text_id)),
            blanks: agreed_values(earlier.values(&key)?),
            by: AccountId(row.made_by),
        };
        ask(self, &mut tx, new).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// What was agreed with the person, such as their fee. What the program knows is filled
/// in anew.
fn agreed_values(mut values: BlankValues) -> BlankValues {
    let known = [Blank::Practice, Blank::Therapist, Blank::Contact, Blank::Name];
    values.retain(|(name, _)| known.iter().all(|blank| blank.word() != name));
    values
}
