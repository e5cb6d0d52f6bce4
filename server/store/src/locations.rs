//! The houses of a practice that has several.

use domain::{ids::LocationId, practice::Location, zone};
use uuid::Uuid;

use crate::{
    Bookings, Owner, Result, Tx,
    audit::Act,
    availability::all_weeks,
    database::{all, run},
    practice::practice_set_up,
};

/// What came of naming a location or taking one out of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocationChange {
    Done,
    Missing,
    /// Another one is called so.
    NameTaken,
    /// Rooms are there, or somebody has hours there: who or what, by name.
    InUse(Vec<String>),
}

/// The locations in use, by name.
async fn locations(tx: &mut Tx) -> Result<Vec<(LocationId, Location)>> {
    let rows = all!(
        tx,
        (Uuid, String, String),
        "SELECT id, name, address FROM location WHERE archived_at IS NULL ORDER BY name"
    )?;
    Ok(rows.into_iter().map(|(id, name, address)| (LocationId(id), Location { name, address })).collect())
}

impl Bookings {
    /// The locations in use, by name.
    pub async fn locations(&self) -> Result<Vec<(LocationId, Location)>> {
        let mut tx = self.store().read().await?;
        locations(&mut tx).await
    }
}

impl Owner {
    /// The locations in use, by name.
    pub async fn locations(&self) -> Result<Vec<(LocationId, Location)>> {
        let mut tx = self.store().read().await?;
        locations(&mut tx).await
    }

    /// Adds a location; one of this name that was out of use comes back.
    pub async fn add_location(&self, new: &Location) -> Result<LocationChange> {
        let mut tx = self.store().write().await?;
        let id = self.store().clock().id();
        let added = run!(
            &mut tx,
            "INSERT INTO location (id, name, address) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET archived_at = NULL, address = excluded.address WHERE location.archived_at IS NOT NULL",
            id,
            &new.name,
            &new.address
        )?;
        if added == 0 {
            return Ok(LocationChange::NameTaken);
        }
        self.record_location(&mut tx, "created", id).await?;
        tx.commit().await?;
        Ok(LocationChange::Done)
    }

    /// Names a location anew, with its address.
    pub async fn change_location(&self, location: LocationId, new: &Location) -> Result<LocationChange> {
        let mut tx = self.store().write().await?;
        let same =
            all!(&mut tx, (Uuid,), "SELECT id FROM location WHERE name = $1 AND id <> $2", &new.name, location.0)?;
        if !same.is_empty() {
            return Ok(LocationChange::NameTaken);
        }
        let changed = run!(
            &mut tx,
            "UPDATE location SET name = $1, address = $2 WHERE id = $3 AND archived_at IS NULL",
            &new.name,
            &new.address,
            location.0
        )?;
        if changed == 0 {
            return Ok(LocationChange::Missing);
        }
        self.record_location(&mut tx, "changed", location.0).await?;
        tx.commit().await?;
        Ok(LocationChange::Done)
    }

    /// Takes a location out of use, once nothing needs it any more.
    pub async fn archive_location(&self, location: LocationId) -> Result<LocationChange> {
        let mut tx = self.store().write().await?;
        let rooms = all!(
            &mut tx,
            (String,),
            "SELECT name FROM room WHERE location_id = $1 AND archived_at IS NULL ORDER BY name",
            location.0
        )?;
        let today = zone::today(self.now(), &practice_set_up(&mut tx).await?.zone);
        let mut names: Vec<String> = rooms.into_iter().map(|(name,)| name).collect();
        names.extend(
            all_weeks(&mut tx, today)
                .await?
                .into_iter()
                .filter(|(_, w)| w.at.contains_key(&location))
                .map(|(name, _)| name),
        );
        names.dedup();
        if !names.is_empty() {
            return Ok(LocationChange::InUse(names));
        }
        let gone = run!(
            &mut tx,
            "UPDATE location SET archived_at = $1 WHERE id = $2 AND archived_at IS NULL",
            self.now(),
            location.0
        )?;
        if gone == 0 {
            return Ok(LocationChange::Missing);
        }
        self.record_location(&mut tx, "archived", location.0).await?;
        tx.commit().await?;
        Ok(LocationChange::Done)
    }

    async fn record_location(&self, tx: &mut Tx, action: &str, id: Uuid) -> Result<()> {
        let act = Act { by: Some(self.me()), action, thing: "location", id: Some(id), client: None, detail: "" };
        self.store().audit(tx, act).await
    }
}
