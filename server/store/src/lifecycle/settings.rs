//! The change of the practice's settings, after which emails are planned again.

use domain::practice::settings::{Practice, SettingsTab};
use sqlx::types::Json;

use crate::{
    Owner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::run,
    outbox::owed,
    practice::settings::{practice_set_up, stored_days},
};

impl Owner {
    /// Changes all settings. New lead times of reminders apply to every future
    /// session and to whatever is planned from now on.
    pub async fn update_practice(&self, new: &Practice) -> Result<()> {
        let mut tx = self.store().write().await?;
        let old = practice_set_up(&mut tx).await?;
        self.write_settings(&mut tx, &old, new, "").await?;
        tx.commit().await
    }

    /// Changes the settings of one page; all others stay as they are, also those that
    /// were changed in another window meanwhile.
    pub async fn update_settings(&self, tab: SettingsTab, new: &Practice) -> Result<()> {
        let mut tx = self.store().write().await?;
        let old = practice_set_up(&mut tx).await?;
        let mut merged = old.clone();
        merged.take(tab, new);
        self.write_settings(&mut tx, &old, &merged, tab.word()).await?;
        tx.commit().await
    }

    /// Writes the settings; `detail` is for the audit entry.
    async fn write_settings(&self, tx: &mut Tx, old: &Practice, new: &Practice, detail: &str) -> Result<()> {
        run!(
            &mut *tx,
            "UPDATE practice SET name = $1, zone = $2, opens = $3, closes = $4, open_days = $5, leads = $6,
                 notice_hours = $7, sender_name = $8, phone = $9, updated_at = $10, quiet_minutes = $11,
                 portal_rule = $12, portal_days = $13, portal_ahead = $14, inquiries = $15, late_fee = $16,
                 asks = $17, kinds = $18, fee_if_one_absent = $19, note_unlock_hours = $20
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
            Json(&new.kinds),
            new.fee_if_one_absent,
            new.note_unlock_hours
        )?;
        if (&old.leads, &old.kinds) != (&new.leads, &new.kinds) {
            owed::replan_all(self.store(), tx).await?;
        }
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::Practice).detail(detail);
        self.store().record(tx, act).await
    }
}
