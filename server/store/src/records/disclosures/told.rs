//! What a partner reads of disclosures that they were told of.

use chrono::{DateTime, Utc};
use domain::{
    clients::client::Seat,
    records::{
        disclosure::{Details, Ground, Item},
        release::Manner,
    },
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Partner, Result, database::all, records::handovers::opened_json, unreadable};

/// A disclosure as a person reads it: only what is of the joint record or theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldDisclosure {
    pub id: domain::ids::DisclosureId,
    pub ground: Ground,
    pub recipient: String,
    pub manner: Manner,
    pub sent_at: DateTime<Utc>,
    pub told_at: DateTime<Utc>,
    pub items: Vec<Item>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    #[sqlx(try_from = "String")]
    seat: Seat,
    #[sqlx(try_from = "String")]
    ground: Ground,
    details: Vec<u8>,
    sent_at: DateTime<Utc>,
    told_at: DateTime<Utc>,
}

impl Partner {
    /// The disclosures of this person's record that they were told of, the latest
    /// first. One that left only what is the other partner's is not among them.
    pub async fn told_disclosures(&self) -> Result<Vec<ToldDisclosure>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            Row,
            "SELECT d.id, d.client_id, m.seat, d.ground, d.details, h.sent_at, d.told_at
             FROM disclosure d JOIN handover h ON h.disclosure_id = d.id
             JOIN client c ON c.id = d.client_id AND c.separated_at IS NULL
             JOIN client_member m ON m.client_id = d.client_id AND m.person_id = $1 AND m.left_at IS NULL
                 AND m.joined_at <= h.sent_at
             WHERE d.told_at IS NOT NULL ORDER BY h.sent_at DESC, d.id DESC",
            self.person().0
        )?;
        let mut told = Vec::new();
        for row in rows {
            let key = self.store().key_of(&mut tx, row.client_id).await;
            let details = key.and_then(|key| key.open("disclosure", row.id, &row.details));
            let details = details.and_then(|plain| opened_json::<Details>(&plain));
            let Some(details) = unreadable::or_skip(details)? else { continue };
            if details.concerns(row.seat) {
                told.push(ToldDisclosure {
                    id: domain::ids::DisclosureId(row.id),
                    ground: row.ground,
                    manner: details.manner,
                    items: details.items_of(row.seat).collect(),
                    recipient: details.recipient,
                    sent_at: row.sent_at,
                    told_at: row.told_at,
                });
            }
        }
        Ok(told)
    }
}
