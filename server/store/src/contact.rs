//! How a person may be written to: theirs to say, once they sign in.

use domain::{availability::Week, person::SafeContact};
use sqlx::types::Json;

use crate::{
    Partner, Result,
    audit::Act,
    clients::{own_leads, person},
    database::{maybe, run},
};

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
            "UPDATE person SET portal_only = $1, safe_from = $2, safe_until = $3, reminders = $4, updated_at = $5, nudges = $7, nudge_at = $8, leads = $9 WHERE id = $6",
            contact.portal_only,
            contact.hours.map(|h| h.0),
            contact.hours.map(|h| h.1),
            contact.reminders,
            self.now(),
            self.person().0,
            contact.nudges,
            contact.nudge_at,
            own_leads(contact)
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

    /// The times at which this person likes to come; `None`: nothing said.
    pub async fn prefers(&self) -> Result<Option<Week>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(&mut tx, (Option<Json<Week>>,), "SELECT prefers FROM person WHERE id = $1", self.person().0)?;
        Ok(row.and_then(|(week,)| week).map(|week| week.0))
    }

    /// Says at which times this person likes to come: nobody else sees it, it
    /// narrows what is offered.
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
        let act =
            Act { by: Some(self.me()), action: "changed", thing: "own times", id: Some(me), client: None, detail: "" };
        self.store().audit(&mut tx, act).await?;
        tx.commit().await
    }
}
