//! Restoring what the practice's owner and the front desk have deleted. Each
//! method returns whether it restored something; `None`: it is not theirs.

use domain::scheduling::inquiry::InquiryState;
use uuid::Uuid;

use crate::{
    Bookings, Owner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    bin::{BinnedException, BinnedWeek, BinnedWording},
    database::run,
    practice::hours,
};

impl Owner {
    /// Restores a wording. `Some(false)`: another one has been set since.
    pub(crate) async fn put_wording_back(&self, tx: &mut Tx, kept: &BinnedWording) -> Result<Option<bool>> {
        let back = run!(
            tx,
            "INSERT INTO wording (kind, language, subject, body, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (kind, language) DO NOTHING",
            &kept.kind,
            &kept.language,
            &kept.subject,
            &kept.body,
            kept.set_by,
            kept.set_at
        )?;
        if back > 0 {
            let detail = format!("{} {}", kept.kind, kept.language);
            let act = Act::by(self.me(), AuditAction::Restored, AuditThing::Wording).detail(&detail);
            self.store().record(tx, act).await?;
        }
        Ok(Some(back > 0))
    }

    /// Restores an archived room. `Some(false)`: it is in use, or another room
    /// at that location has its name.
    pub(crate) async fn restore_room(&self, tx: &mut Tx, room: Uuid) -> Result<Option<bool>> {
        let back = run!(
            tx,
            "UPDATE room SET archived_at = NULL WHERE id = $1 AND archived_at IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM room r WHERE r.name = room.name AND r.archived_at IS NULL
                 AND (r.location_id = room.location_id OR (r.location_id IS NULL AND room.location_id IS NULL)))",
            room
        )?;
        self.record_restored(tx, AuditThing::Room, room).await?;
        Ok(Some(back > 0))
    }

    /// Restores an archived location. `Some(false)`: it is in use.
    pub(crate) async fn restore_location(&self, tx: &mut Tx, location: Uuid) -> Result<Option<bool>> {
        let back =
            run!(tx, "UPDATE location SET archived_at = NULL WHERE id = $1 AND archived_at IS NOT NULL", location)?;
        self.record_restored(tx, AuditThing::Location, location).await?;
        Ok(Some(back > 0))
    }

    async fn record_restored(&self, tx: &mut Tx, thing: AuditThing, id: Uuid) -> Result<()> {
        let act = Act::by(self.me(), AuditAction::Restored, thing).id(id);
        self.store().record(tx, act).await
    }
}

impl Bookings {
    /// Restores an exception of hours. `None`: it is not in this scope;
    /// `Some(false)`: it exists.
    pub(crate) async fn put_exception_back(&self, tx: &mut Tx, kept: &BinnedException) -> Result<Option<bool>> {
        if self.only.is_some_and(|me| kept.account_id != Some(me.0)) {
            return Ok(None);
        }
        let back = run!(
            tx,
            "INSERT INTO hours_exception (id, account_id, first_on, last_on, starts, ends, kind, reason, set_by, set_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
            kept.id,
            kept.account_id,
            kept.first_on,
            kept.last_on,
            kept.starts,
            kept.ends,
            &kept.kind,
            &kept.reason,
            kept.set_by,
            kept.set_at
        )?;
        hours::record_hours(self, tx, AuditAction::Restored, kept.id).await?;
        Ok(Some(back > 0))
    }

    /// Opens a closed inquiry again, in the state it had before. `Some(false)`:
    /// it is not closed.
    pub(crate) async fn reopen_inquiry(&self, tx: &mut Tx, id: Uuid, state: InquiryState) -> Result<Option<bool>> {
        let back = run!(
            tx,
            "UPDATE inquiry SET state = $1, settled_at = NULL, settled_by = NULL WHERE id = $2 AND state = 'closed'",
            state.word(),
            id
        )?;
        let act = Act::by(self.me(), AuditAction::Restored, AuditThing::Inquiry).id(id);
        self.store().record(tx, act).await?;
        Ok(Some(back > 0))
    }

    /// Restores a therapist's weekly hours. `None`: they are not in this scope;
    /// `Some(false)`: others have been set from that day since.
    pub(crate) async fn put_week_back(&self, tx: &mut Tx, kept: &BinnedWeek) -> Result<Option<bool>> {
        if self.only.is_some_and(|me| kept.account_id != me.0) {
            return Ok(None);
        }
        let back = run!(
            tx,
            "INSERT INTO working_week (id, account_id, from_on, hours, at_locations, set_by, set_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (account_id, from_on) DO NOTHING",
            kept.id,
            kept.account_id,
            kept.from_on,
            &kept.hours,
            &kept.at_locations,
            kept.set_by,
            kept.set_at
        )?;
        hours::record_hours(self, tx, AuditAction::Restored, kept.account_id).await?;
        Ok(Some(back > 0))
    }
}
