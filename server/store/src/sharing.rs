//! What one partner has opened to the other: what was for both from the
//! start, what a reveal opened, and what was offered later and taken.

use domain::{
    exercise::Scope,
    ids::{AnswerId, OccurrenceId},
    response::{self, Answers, other_partner_may_read, wider},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Partner, Result, Tx,
    audit::Act,
    database::{all, maybe, run},
    responses::AnswerRow,
};

/// What the other has opened to this person, by step.
pub type Theirs = Answers;

#[derive(FromRow)]
struct TheirRow {
    person_id: Uuid,
    #[sqlx(flatten)]
    answer: AnswerRow,
}

impl Partner {
    /// What the other has opened to this person, on record. `None` where
    /// there is nothing to read (yet): it looks the same whether the other
    /// has answered or not.
    pub async fn their_answers(&self, occurrence: OccurrenceId) -> Result<Option<Theirs>> {
        // Mostly there is nothing: look without the write lock.
        let mut look = self.store().read().await?;
        let (_, theirs) = self.their_open_answers(&mut look, occurrence).await?;
        drop(look);
        if theirs.is_empty() {
            return Ok(None);
        }
        // Read and recorded behind the lock that a reset takes: what is erased
        // as unread has not been read.
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE occurrence SET submissions = submissions WHERE id = $1", occurrence.0)?;
        let (client, theirs) = self.their_open_answers(&mut tx, occurrence).await?;
        if theirs.is_empty() {
            return Ok(None);
        }
        let act = Act {
            by: Some(self.me()),
            action: "opened",
            thing: "shared answers",
            id: Some(occurrence.0),
            client,
            detail: "",
        };
        self.store().audit(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(theirs))
    }

    /// What of the other's is open to this person, and of which client.
    async fn their_open_answers(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<(Option<Uuid>, Theirs)> {
        let mut theirs = Theirs::new();
        let Some(own) = self.own(tx, occurrence).await? else { return Ok((None, theirs)) };
        let rows = all!(
            tx,
            TheirRow,
            "SELECT a.id, a.step, a.scope, a.body, a.person_id FROM answer a
             JOIN response r ON r.id = a.response_id AND r.submitted_at IS NOT NULL
             JOIN occurrence o ON o.id = a.occurrence_id
             WHERE a.occurrence_id = $1 AND a.person_id <> $2
               AND (a.scope = 'couple' OR (a.scope = 'reveal' AND o.revealed_at IS NOT NULL))
               AND (a.shared_from IS NULL OR a.accepted_at IS NOT NULL)",
            occurrence.0,
            self.person().0
        )?;
        for row in rows {
            if !other_partner_may_read(row.answer.scope, true, own.revealed_at.is_some()) {
                continue;
            }
            let key = self.store().key_of(tx, row.person_id).await?;
            theirs.insert(row.answer.step.clone(), row.answer.open(&key)?);
        }
        let document = &own.document.0;
        if theirs.keys().any(|key| document.shares_in_common(key)) {
            let mine = self.answers_of(tx, occurrence).await?;
            let mine = mine.into_iter().map(|answer| (answer.step, answer.answer)).collect();
            theirs = response::shared(document, theirs, &mine);
        }
        Ok((Some(own.client_id), theirs))
    }

    /// Opens one's own answer to more readers: the writer's act alone, and
    /// never to fewer. Gives the occurrence; `None`: not theirs, or no wider.
    pub async fn share(&self, answer: AnswerId, to: Scope) -> Result<Option<OccurrenceId>> {
        let mut tx = self.store().write().await?;
        let row = maybe!(
            &mut tx,
            (Uuid, String),
            "SELECT occurrence_id, scope FROM answer WHERE id = $1 AND person_id = $2",
            answer.0,
            self.person().0
        )?;
        let Some((occurrence, scope)) = row else { return Ok(None) };
        let Some(own) = self.own(&mut tx, OccurrenceId(occurrence)).await? else { return Ok(None) };
        let scope: Scope = scope.parse()?;
        if !wider(&own.document.0, own.responders(), scope).contains(&to) {
            return Ok(None);
        }
        run!(
            &mut tx,
            "UPDATE answer SET scope = $1, shared_at = $2, shared_from = COALESCE(shared_from, scope) WHERE id = $3 AND person_id = $4 AND scope = $5",
            to.word(),
            self.now(),
            answer.0,
            self.person().0,
            scope.word()
        )?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "shared",
                    thing: "answer",
                    id: Some(answer.0),
                    client: None,
                    detail: to.word(),
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(OccurrenceId(occurrence)))
    }

    /// What the other has opened to this person later and waits to be taken:
    /// nothing is read of it before, and a refusal is not told.
    pub async fn offers(&self, occurrence: OccurrenceId) -> Result<Vec<AnswerId>> {
        let mut tx = self.store().read().await?;
        if self.own(&mut tx, occurrence).await?.is_none() {
            return Ok(vec![]);
        }
        let rows = all!(
            &mut tx,
            (Uuid,),
            "SELECT a.id FROM answer a JOIN occurrence o ON o.id = a.occurrence_id
             WHERE a.occurrence_id = $1 AND a.person_id <> $2 AND a.shared_from IS NOT NULL AND a.accepted_at IS NULL
               AND (a.scope = 'couple' OR (a.scope = 'reveal' AND o.revealed_at IS NOT NULL)) ORDER BY a.shared_at",
            occurrence.0,
            self.person().0
        )?;
        Ok(rows.into_iter().map(|(id,)| AnswerId(id)).collect())
    }

    /// Takes an offer, to read it. `None`: there is none (any more).
    pub async fn accept_offer(&self, answer: AnswerId) -> Result<Option<OccurrenceId>> {
        let mut tx = self.store().write().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT occurrence_id FROM answer WHERE id = $1 AND person_id <> $2",
            answer.0,
            self.person().0
        )?;
        let Some((occurrence,)) = row else { return Ok(None) };
        let Some(own) = self.own(&mut tx, OccurrenceId(occurrence)).await? else { return Ok(None) };
        let taken = run!(
            &mut tx,
            "UPDATE answer SET accepted_at = $1 WHERE id = $2 AND shared_from IS NOT NULL AND accepted_at IS NULL
                AND (scope = 'couple' OR (scope = 'reveal' AND EXISTS (SELECT 1 FROM occurrence o WHERE o.id = answer.occurrence_id AND o.revealed_at IS NOT NULL)))",
            self.now(),
            answer.0
        )?;
        if taken == 0 {
            return Ok(None);
        }
        self.store().audit(&mut tx, Act::new(self.me(), "accepted", "answer", answer.0, own.client_id)).await?;
        tx.commit().await?;
        Ok(Some(OccurrenceId(occurrence)))
    }

    /// Takes back what one opened later: at once, and nobody is told. What was
    /// sent that way from the start stands.
    pub async fn unshare(&self, answer: AnswerId) -> Result<Option<OccurrenceId>> {
        let mut tx = self.store().write().await?;
        let of = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT occurrence_id FROM answer WHERE id = $1 AND person_id = $2",
            answer.0,
            self.person().0
        )?;
        let Some((of,)) = of else { return Ok(None) };
        if self.own(&mut tx, OccurrenceId(of)).await?.is_none() {
            return Ok(None);
        }
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "UPDATE answer SET scope = shared_from, shared_from = NULL, shared_at = NULL, accepted_at = NULL WHERE id = $1 AND person_id = $2 AND shared_from IS NOT NULL RETURNING occurrence_id",
            answer.0,
            self.person().0
        )?;
        let Some((occurrence,)) = row else { return Ok(None) };
        let act = Act {
            by: Some(self.me()),
            action: "taken back",
            thing: "answer",
            id: Some(answer.0),
            client: None,
            detail: "",
        };
        self.store().audit(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(OccurrenceId(occurrence)))
    }
}
