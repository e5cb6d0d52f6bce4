//! The change of the practice's settings, after which emails are planned again.

use domain::practice::settings::Practice;
use sqlx::types::Json;

use crate::{
    Owner, Result,
    audit::{Act, AuditAction, AuditThing},
    database::run,
    outbox::owed,
    practice::settings::{practice_set_up, stored_days},
};

impl Owner {
    /// Changes the settings. New lead times of reminders apply to every future
    /// session and to whatever is planned from now on.
    pub async fn update_practice(&self, new: &Practice) -> Result<()> {
        let mut tx = self.store().write().await?;
        let old = practice_set_up(&mut tx).await?;
        run!(
            &mut tx,
            "UPDATE practice SET name = $1, zone = $2, opens = $3, closes = $4, open_days = $5, leads = $6,
                 notice_hours = $7, sender_name = $8, phone = $9, updated_at = $10, quiet_minutes = $11,
                 portal_rule = $12, portal_days = $13, portal_ahead = $14, inquiries = $15, late_fee = $16,
                 asks = $17, kinds = $18
             WHERE id = 1",
            &new.name,
            new.zone.name(),
            new.opens,
            new.closes,
            stored_days(new),
            Json(&new.leads),
            new.notice_hours,
            &new.sender_name,
            &new.phone,
            self.now(),
            new.quiet_minutes,
            new.portal.rule.word(),
            new.portal.days,
            new.portal.max_coming_sessions,
            new.inquiries,
            &new.late_fee,
            new.asks.word(),
            Json(&new.kinds)
        )?;
        if (&old.leads, &old.kinds) != (&new.leads, &new.kinds) {
            owed::replan_all(self.store(), &mut tx).await?;
        }
        self.store().record(&mut tx, Act::by(self.me(), AuditAction::Changed, AuditThing::Practice)).await?;
        tx.commit().await
    }
}
