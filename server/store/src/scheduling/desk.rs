//! The clients that the front desk looks up to book for.

use chrono::{DateTime, Utc};
use domain::{
    clients::{
        client::{ClientKind, title},
        person::Zone,
        search::Wanted,
    },
    ids::{ClientId, PersonId, SessionId},
};
use uuid::Uuid;

use crate::{
    After, Bookings, Paged, Result,
    clients::client::in_care,
    database::{all, maybe},
    limits::SEARCHED_AT_ONCE,
    practice::settings::practice_set_up,
    unreadable,
};

/// A client that was found by name: names and nothing else.
#[derive(Clone, Debug)]
pub struct ClientHit {
    pub client: ClientId,
    pub kind: ClientKind,
    pub people: Vec<(PersonId, String)>,
    /// The zone in which each of the people lives, in the same order.
    pub zones: Vec<Zone>,
}

impl ClientHit {
    /// The names of the client's people as a title.
    pub fn title(&self) -> String {
        title(self.people.iter().map(|(_, n)| n.as_str()))
    }
}

impl Bookings {
    /// A page of at most `most` clients, ordered by name, in whose names every
    /// word of the text is found. The words may be in the name of one person or
    /// the other, in any order and with or without accents. Empty if the text
    /// is empty.
    pub async fn find_clients(&self, text: &str, most: i64, after: Option<After>) -> Result<Paged<ClientHit>> {
        let wanted = Wanted::new(text);
        let Some(longest) = wanted.longest() else { return Ok(Paged::default()) };
        let [plain, spelt] = longest
            .each_ref()
            .map(|word| format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
        // The longest word is looked for in the database, and the other words
        // in what it finds.
        let at_once = if wanted.is_one_word() { most + 1 } else { SEARCHED_AT_ONCE };
        let mut tx = self.store().read().await?;
        let today = domain::zone::date_of(self.now(), &practice_set_up(&mut tx).await?.zone);
        let mut after = after.unwrap_or(After::START).id;
        let mut hits = Vec::new();
        loop {
            let ids = match self.only {
                None => all!(
                    &mut tx,
                    (Uuid,),
                    "SELECT DISTINCT c.id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
                     JOIN person p ON p.id = m.person_id
                     WHERE c.archived_at IS NULL AND (p.search_name LIKE $1 ESCAPE '\\'
                         OR p.search_name LIKE $2 ESCAPE '\\') AND c.id > $3 ORDER BY c.id LIMIT $4",
                    &plain,
                    &spelt,
                    after,
                    at_once
                )?,
                Some(me) => all!(
                    &mut tx,
                    (Uuid,),
                    in_care!(
                        "SELECT DISTINCT c.id FROM client c
                         JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
                         JOIN person p ON p.id = m.person_id",
                        "AND c.archived_at IS NULL AND (p.search_name LIKE $3 ESCAPE '\\'
                             OR p.search_name LIKE $4 ESCAPE '\\') AND c.id > $5 ORDER BY c.id LIMIT $6"
                    ),
                    me.0,
                    today,
                    &plain,
                    &spelt,
                    after,
                    at_once
                )?,
            };
            let is_last = i64::try_from(ids.len()).is_ok_and(|n| n < at_once);
            for (id,) in ids {
                after = id;
                let hit = unreadable::or_skip(self.hit_with_keys(&mut tx, ClientId(id)).await)?;
                let Some(Some((hit, keys))) = hit else { continue };
                if wanted.matches(keys.iter().map(String::as_str)) {
                    hits.push(hit);
                }
                if i64::try_from(hits.len()).is_ok_and(|n| n > most) {
                    break;
                }
            }
            if is_last || i64::try_from(hits.len()).is_ok_and(|n| n > most) {
                let mut page = Paged::of(hits, most, |hit| After::id(hit.client.0));
                page.rows.sort_by_key(ClientHit::title);
                return Ok(page);
            }
        }
    }

    /// A client to book for; `None`: there is none, or it is archived.
    async fn hit(&self, tx: &mut crate::Tx, client: ClientId) -> Result<Option<ClientHit>> {
        Ok(self.hit_with_keys(tx, client).await?.map(|(hit, _)| hit))
    }

    /// A client to book for, and the search keys of its people; `None`: there
    /// is none, or it is archived.
    async fn hit_with_keys(&self, tx: &mut crate::Tx, client: ClientId) -> Result<Option<(ClientHit, Vec<String>)>> {
        let Some((kind,)) =
            maybe!(tx, (String,), "SELECT kind FROM client WHERE id = $1 AND archived_at IS NULL", client.0)?
        else {
            return Ok(None);
        };
        let people = all!(
            tx,
            (Uuid, String, String, String),
            "SELECT p.id, p.name, p.search_name, p.zone FROM client_member m JOIN person p ON p.id = m.person_id
             WHERE m.client_id = $1 AND m.left_at IS NULL ORDER BY m.seat",
            client.0
        )?;
        let kind = kind.parse()?;
        let (mut found, mut keys, mut zones) = (vec![], vec![], vec![]);
        for (id, name, key, zone) in people {
            found.push((PersonId(id), name));
            keys.push(key);
            zones.push(Zone::from(zone));
        }
        Ok(Some((ClientHit { client, kind, people: found, zones }, keys)))
    }

    /// The next booked session of a client in this scope, and its start;
    /// `None`: none is booked.
    pub async fn next_session(&self, client: ClientId) -> Result<Option<(SessionId, DateTime<Utc>)>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid, DateTime<Utc>),
            "SELECT id, starts_at FROM session
             WHERE client_id = $1 AND starts_at > $2 AND state = 'booked'
                AND clinician_id = COALESCE($3, clinician_id) ORDER BY starts_at LIMIT 1",
            client.0,
            self.now(),
            self.only.map(|a| a.0)
        )?;
        Ok(row.map(|(id, at)| (SessionId(id), at)))
    }

    /// A client that may be booked for in this scope; `None`: it is not in the
    /// scope, or is archived.
    pub async fn client_to_book(&self, client: ClientId) -> Result<Option<ClientHit>> {
        let mut tx = self.store().read().await?;
        if let Some(me) = self.only {
            let today = domain::zone::date_of(self.now(), &practice_set_up(&mut tx).await?.zone);
            if maybe!(&mut tx, (Uuid,), in_care!("SELECT c.id FROM client c", "AND c.id = $3"), me.0, today, client.0)?
                .is_none()
            {
                return Ok(None);
            }
        }
        self.hit(&mut tx, client).await
    }
}
