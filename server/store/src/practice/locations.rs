//! The locations of a practice that has several.

use domain::{ids::LocationId, practice::settings::Location, zone};
use uuid::Uuid;

use crate::{
    Bookings, Owner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    bin::Binned,
    database::{all, run},
    practice::{hours::all_weeks, settings::practice_set_up},
};

/// The outcome of archiving a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocationArchived {
    /// Archived; this is its id in the bin.
    Done(Uuid),
    /// There is no such location in use.
    Missing,
    /// Not archived: these rooms or therapists' hours still use it (their
    /// names).
    InUse(Vec<String>),
}

/// The outcome of adding or changing a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocationChange {
    Done,
    /// There is no such location in use.
    Missing,
    /// Another location has this name.
    NameTaken,
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

    /// Adds a location. An archived location with this name is used again
    /// instead.
    pub async fn add_location(&self, new: &Location) -> Result<LocationChange> {
        let mut tx = self.store().write().await?;
        let id = self.store().clock().id();
        let added = run!(
            &mut tx,
            "INSERT INTO location (id, name, address) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET archived_at = NULL, address = excluded.address
             WHERE location.archived_at IS NOT NULL",
            id,
            &new.name,
            &new.address
        )?;
        if added == 0 {
            return Ok(LocationChange::NameTaken);
        }
        self.record_location(&mut tx, AuditAction::Created, id).await?;
        tx.commit().await?;
        Ok(LocationChange::Done)
    }

    /// Changes the name and the address of a location.
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
        self.record_location(&mut tx, AuditAction::Changed, location.0).await?;
        tx.commit().await?;
        Ok(LocationChange::Done)
    }

    /// Archives a location that nothing uses any more.
    pub async fn archive_location(&self, location: LocationId) -> Result<LocationArchived> {
        let mut tx = self.store().write().await?;
        let rooms = all!(
            &mut tx,
            (String,),
            "SELECT name FROM room WHERE location_id = $1 AND archived_at IS NULL ORDER BY name",
            location.0
        )?;
        let today = zone::date_of(self.now(), &practice_set_up(&mut tx).await?.zone);
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
            return Ok(LocationArchived::InUse(names));
        }
        let gone = run!(
            &mut tx,
            "UPDATE location SET archived_at = $1 WHERE id = $2 AND archived_at IS NULL",
            self.now(),
            location.0
        )?;
        if gone == 0 {
            let bin = self.store().in_bin(&mut tx, self.me(), "location", &location.to_string()).await?;
            return Ok(bin.map_or(LocationArchived::Missing, LocationArchived::Done));
        }
        self.record_location(&mut tx, AuditAction::Archived, location.0).await?;
        let bin = self.store().put_in_bin(&mut tx, self.me(), &Binned::Location { id: location.0 }).await?;
        tx.commit().await?;
        Ok(LocationArchived::Done(bin))
    }

    /// Records an act on a location in the audit log.
    async fn record_location(&self, tx: &mut Tx, action: AuditAction, id: Uuid) -> Result<()> {
        let act = Act::by(self.me(), action, AuditThing::Location).id(id);
        self.store().record(tx, act).await
    }
}
