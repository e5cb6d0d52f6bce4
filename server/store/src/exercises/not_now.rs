//! The sealed reason for which a person puts an exercise off.
//!
//! The reason is one word of five, and one of them says that the exercise does
//! not feel safe. So it is sealed under the person's own key, like an answer,
//! and every reason is padded to the same length: the database shows that and
//! when something was put off, but not why.

use std::collections::{BTreeMap, btree_map::Entry};

use domain::{exercises::response::NotNow, ids::ClientId};
use uuid::Uuid;

use crate::{
    Clinician, Error, Result, Store, Tx, clients::client::in_care, database::all, keys::DataKey,
    practice::settings::today, unreadable,
};

/// The place that a reason is sealed for: the column `response.not_now`.
pub(crate) const PLACE: &str = "response.not_now";

/// The length of every reason before it is sealed, in bytes.
const LENGTH: usize = 16;

/// Seals a reason for the row of a response.
pub(crate) fn seal(key: &DataKey, response: Uuid, why: NotNow) -> Vec<u8> {
    let mut plain = [0; LENGTH];
    for (place, byte) in plain.iter_mut().zip(why.word().bytes()) {
        *place = byte;
    }
    key.seal(PLACE, response, &plain)
}

/// Reads an opened reason. `None`: this program does not know it.
pub(crate) fn read(plain: &[u8]) -> Option<NotNow> {
    let word = std::str::from_utf8(plain).ok().filter(|text| text.len() == LENGTH)?;
    word.trim_end_matches('\0').parse().ok()
}

/// Opens the reasons of several responses and looks up the key of each person
/// only once.
#[derive(Default)]
pub(crate) struct Reasons {
    keys: BTreeMap<Uuid, Option<DataKey>>,
}

impl Reasons {
    /// Opens the reason of a person's response. `None`: the person did not put
    /// the exercise off, or the reason cannot be read; the latter is noted for
    /// the page.
    pub(crate) async fn open(
        &mut self,
        store: &Store,
        tx: &mut Tx,
        person: Uuid,
        response: Uuid,
        sealed: Option<&[u8]>,
    ) -> Result<Option<NotNow>> {
        let Some(sealed) = sealed else { return Ok(None) };
        let key = match self.keys.entry(person) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(unreadable::or_skip(store.key_of(tx, person).await)?),
        };
        let Some(key) = key else { return Ok(None) };
        let reason = key
            .open(PLACE, response, sealed)
            .and_then(|plain| read(&plain).ok_or(Error::Sealed("it is no reason that this program knows")));
        unreadable::or_skip(reason)
    }
}

impl Clinician {
    /// The people in the caseload who put off an open exercise because it does
    /// not feel safe, each with the client.
    pub async fn put_off_as_unsafe(&self) -> Result<Vec<(ClientId, String)>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        // The reasons are sealed, so no query can find those that are about
        // safety. The exercises that are put off and open are few.
        let rows = all!(
            &mut tx,
            (Uuid, String, Uuid, Uuid, Vec<u8>),
            in_care!(
                "SELECT c.id, p.name, p.id, r.id, r.not_now FROM client c JOIN client_member m ON m.client_id = c.id
                 JOIN response r ON r.person_id = m.person_id AND r.not_now IS NOT NULL AND r.submitted_at IS NULL
                 JOIN occurrence o ON o.id = r.occurrence_id
                 JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id AND g.withdrawn_at IS NULL
                 JOIN person p ON p.id = r.person_id",
                "AND c.archived_at IS NULL ORDER BY p.name, p.id"
            ),
            self.me().0,
            today
        )?;
        let (mut reasons, mut found) = (Reasons::default(), Vec::new());
        for (client, name, person, response, sealed) in rows {
            let why = reasons.open(self.store(), &mut tx, person, response, Some(&sealed)).await?;
            if why == Some(NotNow::NotSafe) && !found.contains(&(ClientId(client), name.clone())) {
                found.push((ClientId(client), name));
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_the_same_length() {
        for why in NotNow::ALL {
            let mut plain = why.word().as_bytes().to_vec();
            assert!(plain.len() <= LENGTH, "{}", why.word());
            plain.resize(LENGTH, 0);
            assert_eq!(read(&plain), Some(*why));
        }
        assert_eq!(read(b"not_safe"), None);
        assert_eq!(read(&[0; LENGTH]), None);
    }
}
