//! How a person may be contacted. Once they sign in, only they decide it.

use domain::{clients::person::SafeContact, practice::hours::Week};
use sqlx::types::Json;

use crate::{
    Partner, Result,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{find_person, own_leads},
    database::{maybe, run},
    exercises::nudges,
    outbox::owed,
    unreadable::Lenient,
};

impl Partner {
    /// How this person may be contacted.
    pub async fn contact(&self) -> Result<SafeContact> {
        let mut tx = self.store().read().await?;
        Ok(find_person(&mut tx, self.person()).await?.contact())
    }

    /// Changes how this person may be contacted. What is planned for them is
    /// planned again.
    pub async fn set_contact(&self, contact: &SafeContact) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(
            &mut tx,
            "UPDATE person SET portal_only = $1, safe_from = $2, safe_until = $3, reminders = $4, updated_at = $5,
                 nudges = $7, nudge_at = $8, leads = $9,
                alone_mail = $10, alone_mail_for = CASE WHEN $10 = 'address' THEN email_key ELSE '' END WHERE id = $6",
            contact.portal_only,
            contact.hours.map(|h| h.0),
            contact.hours.map(|h| h.1),
            contact.reminders,
            self.now(),
            self.person().0,
            contact.nudges,
            contact.nudge_at,
            own_leads(contact),
            contact.alone.word()
        )?;
        owed::replan_person(self.store(), &mut tx, self.person()).await?;
        nudges::replan_nudges_of(self.store(), &mut tx, self.person()).await?;
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::Changed, AuditThing::OwnContact).id(self.person().0))
            .await?;
        tx.commit().await
    }

    /// The times at which this person prefers to come; `None`: they have not
    /// said.
    pub async fn prefers(&self) -> Result<Option<Week>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (Option<Lenient<Option<Week>>>,),
            "SELECT prefers FROM person WHERE id = $1",
            self.person().0
        )?;
        Ok(row.and_then(|(week,)| week).and_then(|week| week.0))
    }

    /// Sets the times at which this person prefers to come (`None`: no
    /// preference). Nobody else sees them; they only limit the times that are
    /// offered.
    pub async fn set_prefers(&self, week: Option<&Week>) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(
            &mut tx,
            "UPDATE person SET prefers = $1, updated_at = $2 WHERE id = $3",
            week.map(Json),
            self.now(),
            self.person().0
        )?;
        let me = self.person().0;
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::OwnTimes).id(me);
        self.store().record(&mut tx, act).await?;
        tx.commit().await
    }
}
