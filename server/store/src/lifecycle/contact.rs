//! How a person may be contacted. Once they sign in, only they decide it.

use domain::{
    clients::person::{Language, SafeContact},
    practice::hours::Week,
};
use sqlx::types::Json;

use crate::{
    Partner, Result,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{find_person, own_leads},
    database::{maybe, run},
    exercises::nudges,
    outbox::owed,
    records::intake,
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
        intake::mail::replan_of(self.store(), &mut tx, self.person()).await?;
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::Changed, AuditThing::OwnContact).id(self.person().0))
            .await?;
        tx.commit().await
    }

    /// Sets the language of this person's pages and emails.
    pub async fn set_language(&self, language: Language) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(
            &mut tx,
            "UPDATE person SET language = $1, updated_at = $2 WHERE id = $3",
            language.word(),
            self.now(),
            self.person().0
        )?;
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::Changed, AuditThing::OwnContact).id(self.person().0))
            .await?;
        tx.commit().await
    }

    /// The name of the other partner of this person's couple; `None` if there is
    /// none, or they have separated.
    pub async fn partner_name(&self) -> Result<Option<String>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (String,),
            "SELECT p.name
             FROM client_member m JOIN client c ON c.id = m.client_id
             JOIN client_member o ON o.client_id = c.id AND o.person_id <> m.person_id AND o.left_at IS NULL
             JOIN person p ON p.id = o.person_id
             WHERE m.person_id = $1 AND m.left_at IS NULL AND c.separated_at IS NULL AND c.archived_at IS NULL
             ORDER BY c.created_at LIMIT 1",
            self.person().0
        )?;
        Ok(row.map(|(name,)| name))
    }

    /// Whether this person has seen, or skipped, the screens of the first
    /// sign-in.
    pub async fn is_welcomed(&self) -> Result<bool> {
        let mut tx = self.store().read().await?;
        let row =
            maybe!(&mut tx, (bool,), "SELECT welcomed_at IS NOT NULL FROM person WHERE id = $1", self.person().0)?;
        Ok(row.is_none_or(|(welcomed,)| welcomed))
    }

    /// Notes that this person has seen, or skipped, the screens of the first
    /// sign-in. The first time counts.
    pub async fn finish_welcome(&self) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(
            &mut tx,
            "UPDATE person SET welcomed_at = COALESCE(welcomed_at, $1) WHERE id = $2",
            self.now(),
            self.person().0
        )?;
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
