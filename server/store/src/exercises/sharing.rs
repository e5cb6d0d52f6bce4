//! Sharing: the answers that one partner has opened to the other, from the
//! start, by a reveal, or by an offer later that the other accepted.

use domain::{
    exercises::{
        exercise::Scope,
        response::{self, Answers, other_partner_may_read, wider_scopes},
    },
    ids::{AnswerId, OccurrenceId},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Partner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    exercises::responses::{self, AnswerRow},
    unreadable::{self, legible},
};

/// The answers that the other has opened to this person, by step.
pub type Theirs = Answers;

#[derive(FromRow)]
struct TheirRow {
    person_id: Uuid,
    #[sqlx(flatten)]
    answer: AnswerRow,
}

impl Partner {
    /// The answers that the other has opened to this person; the opening is
    /// audited. `None`: there is nothing to read (yet). This looks the same
    /// whether the other has answered or not.
    pub async fn shared_answers(&self, occurrence: OccurrenceId) -> Result<Option<Theirs>> {
        // Mostly there is nothing: look without the write lock first.
        let mut look = self.store().read().await?;
        let (_, theirs) = self.their_open_answers(&mut look, occurrence).await?;
        drop(look);
        if theirs.is_empty() {
            return Ok(None);
        }
        // Read and audited under the lock that a reset takes: a response that
        // is reset as unread has not been read.
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE occurrence SET submissions = submissions WHERE id = $1", occurrence.0)?;
        let (client, theirs) = self.their_open_answers(&mut tx, occurrence).await?;
        if theirs.is_empty() {
            return Ok(None);
        }
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::SharedAnswers).id(occurrence.0).client(client);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(theirs))
    }

    /// The other's answers that are open to this person, and the client they
    /// belong to.
    async fn their_open_answers(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<(Option<Uuid>, Theirs)> {
        let mut theirs = Theirs::new();
        let Some(own) = responses::find_own_response(self, tx, occurrence).await? else { return Ok((None, theirs)) };
        let rows = legible!(
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
            let key = self.store().key_of(tx, row.person_id).await;
            if let Some(answer) = unreadable::or_skip(key.and_then(|key| row.answer.open(&key)))? {
                theirs.insert(row.answer.step.clone(), answer);
            }
        }
        let document = &own.document.0;
        if theirs.keys().any(|key| document.shares_in_common(key)) {
            let mine = self.answers_of(tx, occurrence).await?;
            let mine = mine.into_iter().map(|answer| (answer.step, answer.answer)).collect();
            theirs = response::visible_to_partner(document, theirs, &mine);
        }
        Ok((Some(own.client_id), theirs))
    }

    /// Opens this person's own answer to more readers, never to fewer; only its
    /// writer can do this. Returns the occurrence; `None`: the answer is not
    /// theirs, or `to` is not wider.
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
        let Some(own) = responses::find_own_response(self, &mut tx, OccurrenceId(occurrence)).await? else {
            return Ok(None);
        };
        let scope: Scope = scope.parse()?;
        if !wider_scopes(&own.document.0, own.responders(), scope).contains(&to) {
            return Ok(None);
        }
        run!(
            &mut tx,
            "UPDATE answer SET scope = $1, shared_at = $2, shared_from = COALESCE(shared_from, scope)
             WHERE id = $3 AND person_id = $4 AND scope = $5",
            to.word(),
            self.now(),
            answer.0,
            self.person().0,
            scope.word()
        )?;
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::Shared, AuditThing::Answer).id(answer.0).detail(to.word()))
            .await?;
        tx.commit().await?;
        Ok(Some(OccurrenceId(occurrence)))
    }

    /// The answers that the other has opened to this person later and that this
    /// person has not accepted yet. Nothing of them is readable before, and the
    /// other is not told of a refusal.
    pub async fn offers(&self, occurrence: OccurrenceId) -> Result<Vec<AnswerId>> {
        let mut tx = self.store().read().await?;
        if responses::find_own_response(self, &mut tx, occurrence).await?.is_none() {
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

    /// Accepts an offer, so that the answer becomes readable. Returns the
    /// occurrence; `None`: there is no such offer (any more).
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
        let Some(own) = responses::find_own_response(self, &mut tx, OccurrenceId(occurrence)).await? else {
            return Ok(None);
        };
        let taken = run!(
            &mut tx,
            "UPDATE answer SET accepted_at = $1 WHERE id = $2 AND shared_from IS NOT NULL AND accepted_at IS NULL
                AND (scope = 'couple'
                    OR (scope = 'reveal'
                        AND EXISTS (SELECT 1
                          FROM occurrence o
                          WHERE o.id = answer.occurrence_id AND o.revealed_at IS NOT NULL)))",
            self.now(),
            answer.0
        )?;
        if taken == 0 {
            return Ok(None);
        }
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Accepted, AuditThing::Answer).id(answer.0).client(own.client_id),
            )
            .await?;
        tx.commit().await?;
        Ok(Some(OccurrenceId(occurrence)))
    }

    /// Takes back an answer that this person opened later: at once, and nobody
    /// is told. Its first scope applies again. Returns the occurrence; `None`:
    /// the answer is not theirs, or was submitted with this scope.
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
        if responses::find_own_response(self, &mut tx, OccurrenceId(of)).await?.is_none() {
            return Ok(None);
        }
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "UPDATE answer SET scope = shared_from, shared_from = NULL, shared_at = NULL, accepted_at = NULL
             WHERE id = $1 AND person_id = $2 AND shared_from IS NOT NULL
             RETURNING occurrence_id",
            answer.0,
            self.person().0
        )?;
        let Some((occurrence,)) = row else { return Ok(None) };
        let act = Act::by(self.me(), AuditAction::TakenBack, AuditThing::Answer).id(answer.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(OccurrenceId(occurrence)))
    }
}
