//! How a person may be written to: theirs to say, once they sign in.

use domain::person::SafeContact;

use crate::{Partner, Result, audit::Act, clients::person, database::run};

impl Partner {
    /// How this person may be written to.
    pub async fn contact(&self) -> Result<SafeContact> {
        let mut tx = self.store().read().await?;
        Ok(person(&mut tx, self.person()).await?.contact())
    }

    /// Changes it; what is planned for them is planned again.
    pub async fn set_contact(&self, contact: &SafeContact) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(
            &mut tx,
            "UPDATE person SET portal_only = $1, safe_from = $2, safe_until = $3, reminders = $4, updated_at = $5, nudges = $7, nudge_at = $8 WHERE id = $6",
            contact.portal_only,
            contact.hours.map(|h| h.0),
            contact.hours.map(|h| h.1),
            contact.reminders,
            self.now(),
            self.person().0,
            contact.nudges,
            contact.nudge_at
        )?;
        self.store().replan_person(&mut tx, self.person()).await?;
        self.store().replan_nudges_of(&mut tx, self.person()).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "changed",
                    thing: "own contact",
                    id: Some(self.person().0),
                    client: None,
                    detail: "",
                },
            )
            .await?;
        tx.commit().await
    }
}
