//! What a new practice has done of its first steps. It looks at several areas at
//! once, and tells the owner no more than whether something is there.

use domain::practice::first_steps::Progress;
use uuid::Uuid;

use crate::{
    Owner, Result,
    audit::{Act, AuditAction, AuditThing},
    database::{maybe, run},
};

impl Owner {
    /// What is done of the first steps; `None`: the owner has hidden them.
    /// `owner_is_therapist` is whether this owner sees clients. The example couple is
    /// no client.
    pub async fn first_steps(&self, owner_is_therapist: bool) -> Result<Option<Progress>> {
        let mut tx = self.store().read().await?;
        let shown = maybe!(
            &mut tx,
            (bool,),
            "SELECT updated_at > created_at FROM practice WHERE id = 1 AND first_steps_hidden_at IS NULL"
        )?;
        let Some((changed,)) = shown else { return Ok(None) };
        macro_rules! is_there {
            ($sql:literal) => {
                maybe!(&mut tx, (Uuid,), $sql)?.is_some()
            };
        }
        let hours = changed || is_there!("SELECT id FROM working_week LIMIT 1");
        let email = is_there!("SELECT id FROM email WHERE state = 'sent' LIMIT 1")
            || maybe!(&mut tx, (i64,), "SELECT seq FROM audit WHERE thing = 'mail' AND action = 'tested' LIMIT 1")?
                .is_some();
        let staff = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM account WHERE person_id IS NULL AND id <> $1 LIMIT 1",
            self.me().0
        )?
        .is_some();
        Ok(Some(Progress {
            hours,
            email,
            staff,
            owner_is_therapist,
            room: is_there!("SELECT id FROM room LIMIT 1"),
            client: is_there!("SELECT id FROM client WHERE example_at IS NULL LIMIT 1"),
            invited: is_there!(
                "SELECT c.id FROM client c
                 WHERE c.example_at IS NULL AND EXISTS (SELECT 1 FROM client_member m WHERE m.client_id = c.id)
                   AND NOT EXISTS (SELECT 1 FROM client_member m LEFT JOIN account a ON a.person_id = m.person_id
                     WHERE m.client_id = c.id AND a.id IS NULL)
                 LIMIT 1"
            ),
            session: is_there!(
                "SELECT s.id FROM session s JOIN client c ON c.id = s.client_id WHERE c.example_at IS NULL LIMIT 1"
            ),
        }))
    }

    /// Hides the list of the first steps for good.
    pub async fn hide_first_steps(&self) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(
            &mut tx,
            "UPDATE practice SET first_steps_hidden_at = COALESCE(first_steps_hidden_at, $1) WHERE id = 1",
            self.now()
        )?;
        tx.commit().await
    }

    /// Records that a test email was sent by the configured way.
    pub async fn record_test_email(&self) -> Result<()> {
        let mut tx = self.store().write().await?;
        self.store().record(&mut tx, Act::by(self.me(), AuditAction::Tested, AuditThing::Mail)).await?;
        tx.commit().await
    }
}
