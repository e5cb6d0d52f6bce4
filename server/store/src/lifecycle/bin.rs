//! Restoring from the bin what was deleted with one press.
//!
//! Restoring checks again everything that deleting checked, and never
//! overwrites something newer.

mod practice;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use domain::{
    form::Form,
    ids::{AccountId, AssignmentId, ClientId, DocumentId},
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Clinician, Error, Result, SignedIn, Tx,
    audit::{Act, AuditAction, AuditThing},
    bin::{Binned, BinnedDraft, BinnedResponse, KEPT},
    clients::client,
    database::{maybe, run},
    exercises::{answering::reveal, assignments, authoring, nudges, pathways},
    records::documents,
};

/// The place of something that was deleted: the page to go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BinPlace {
    /// The exercise draft with this id.
    Draft(Uuid),
    /// The kind of email and the language, as words.
    Wording(String, String),
    /// The page of this therapist's hours.
    Hours(AccountId),
    /// The assignment, and the number of its occurrence.
    Response(AssignmentId, i64),
    /// The pathway progress with this id.
    PathwayProgress(Uuid),
    /// The assignment with this id.
    Assignment(AssignmentId),
    /// The pathway with this slug.
    Pathway(String),
    /// The practice's page, for a room or a location.
    Practice,
    /// The waitlist, for an inquiry.
    Waitlist,
    /// The document with this id, of a record or of the portal.
    Document(DocumentId),
}

/// The outcome of restoring something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restored {
    /// It is restored.
    Done(BinPlace),
    /// Something newer is in its place, and stays.
    Overwritten(BinPlace),
    /// It is not in this account's bin, or the account may no longer restore
    /// it.
    Gone,
}

/// The place of the thing before it was deleted.
fn place(what: &Binned, me: AccountId) -> BinPlace {
    match what {
        Binned::Draft(d) => BinPlace::Draft(d.id),
        Binned::DraftStep { id, .. } => BinPlace::Draft(*id),
        Binned::Inquiry { .. } => BinPlace::Waitlist,
        Binned::Wording(w) => BinPlace::Wording(w.kind.clone(), w.language.clone()),
        Binned::Exception(e) => BinPlace::Hours(e.account_id.map_or(me, AccountId)),
        Binned::Week(w) => BinPlace::Hours(AccountId(w.account_id)),
        Binned::Response(r) => BinPlace::Response(AssignmentId(r.assignment), r.number),
        Binned::PathwayProgress { id } => BinPlace::PathwayProgress(*id),
        Binned::Assignment { id, .. } => BinPlace::Assignment(AssignmentId(*id)),
        Binned::Pathway { slug } => BinPlace::Pathway(slug.clone()),
        Binned::Room { .. } | Binned::Location { .. } => BinPlace::Practice,
        Binned::Document { id } => BinPlace::Document(DocumentId(*id)),
    }
}

impl SignedIn {
    /// Restores what this account has deleted, if it still may and nothing
    /// newer is in the way.
    pub async fn restore(&self, id: Uuid) -> Result<Restored> {
        let store = self.store();
        let mut tx = store.write().await?;
        let row = maybe!(
            &mut tx,
            (Vec<u8>,),
            "SELECT content FROM bin WHERE id = $1 AND account_id = $2 AND binned_at >= $3",
            id,
            self.me().0,
            store.now() - KEPT
        )?;
        let Some((sealed,)) = row else { return Ok(Restored::Gone) };
        let content = store.keys().open_master("bin", id, &sealed)?;
        let what: Binned = serde_json::from_slice(&content).map_err(|e| Error::Stored(e.to_string()))?;
        let visitor = self.visitor();
        let back = match &what {
            Binned::Draft(draft) => match store.clinician(visitor) {
                Some(clinician) => clinician.put_draft_back(&mut tx, draft).await?,
                None => None,
            },
            Binned::DraftStep { id, form, number } => match store.clinician(visitor) {
                Some(clinician) => clinician.put_step_back(&mut tx, *id, form, *number).await?,
                None => None,
            },
            Binned::Inquiry { id, state } => match store.bookings(visitor) {
                Some(bookings) => bookings.reopen_inquiry(&mut tx, *id, *state).await?,
                None => None,
            },
            Binned::Wording(wording) => match store.owner(visitor) {
                Some(owner) => owner.put_wording_back(&mut tx, wording).await?,
                None => None,
            },
            Binned::Exception(exception) => match store.bookings(visitor) {
                Some(bookings) => bookings.put_exception_back(&mut tx, exception).await?,
                None => None,
            },
            Binned::Week(week) => match store.bookings(visitor) {
                Some(bookings) => bookings.put_week_back(&mut tx, week).await?,
                None => None,
            },
            Binned::Response(response) => match store.clinician(visitor) {
                Some(clinician) => clinician.put_response_back(&mut tx, response).await?,
                None => None,
            },
            Binned::PathwayProgress { id } => match store.clinician(visitor) {
                Some(clinician) => clinician.reopen_pathway(&mut tx, *id).await?,
                None => None,
            },
            Binned::Assignment { id, repeats } => match store.clinician(visitor) {
                Some(clinician) => clinician.restore_assignment(&mut tx, AssignmentId(*id), *repeats).await?,
                None => None,
            },
            Binned::Pathway { slug } => match store.clinician(visitor) {
                Some(clinician) => clinician.restore_pathway(&mut tx, slug).await?,
                None => None,
            },
            Binned::Room { id } => match store.owner(visitor) {
                Some(owner) => owner.restore_room(&mut tx, *id).await?,
                None => None,
            },
            Binned::Location { id } => match store.owner(visitor) {
                Some(owner) => owner.restore_location(&mut tx, *id).await?,
                None => None,
            },
            Binned::Document { id } => match (store.clinician(visitor), store.partner(visitor)) {
                (Some(clinician), _) => documents::restore(&clinician, &mut tx, *id).await?,
                (None, Some(partner)) => documents::restore_own(&partner, &mut tx, *id).await?,
                (None, None) => None,
            },
        };
        let stood = place(&what, self.me());
        Ok(match back {
            None => Restored::Gone,
            Some(false) => Restored::Overwritten(stood),
            Some(true) => {
                run!(&mut tx, "DELETE FROM bin WHERE id = $1", id)?;
                tx.commit().await?;
                Restored::Done(stood)
            }
        })
    }
}

// The following methods return whether they restored something. `None`: it is
// not theirs.

impl Clinician {
    async fn put_draft_back(&self, tx: &mut Tx, draft: &BinnedDraft) -> Result<Option<bool>> {
        let back = run!(
            tx,
            "INSERT INTO exercise_draft (id, author_id, exercise_id, version_id, form, number, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
            draft.id,
            self.me().0,
            draft.exercise_id,
            draft.version_id,
            &draft.form,
            draft.number,
            draft.created_at,
            draft.updated_at
        )?;
        Ok(Some(back > 0))
    }

    async fn put_step_back(&self, tx: &mut Tx, draft: Uuid, before: &Form, number: i64) -> Result<Option<bool>> {
        let back = run!(
            tx,
            "UPDATE exercise_draft SET form = $1, updated_at = $2, number = number + 1
             WHERE id = $3 AND author_id = $4 AND number = $5",
            Json(before),
            self.now(),
            draft,
            self.me().0,
            number
        )?;
        if back == 0 && authoring::draft_to_bin(self, tx, draft).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(back > 0))
    }

    async fn reopen_pathway(&self, tx: &mut Tx, id: Uuid) -> Result<Option<bool>> {
        let Some(client) = pathways::client_of_progress(self, tx, id).await? else { return Ok(None) };
        if client::find_open_client(self, tx, client).await?.is_none() {
            return Ok(None);
        }
        let back = run!(tx, "UPDATE pathway_progress SET ended_at = NULL WHERE id = $1 AND ended_at IS NOT NULL", id)?;
        self.store()
            .record(tx, Act::by(self.me(), AuditAction::Reopened, AuditThing::Pathway).id(id).client(client.0))
            .await?;
        Ok(Some(back > 0))
    }

    async fn restore_assignment(&self, tx: &mut Tx, assignment: AssignmentId, repeats: bool) -> Result<Option<bool>> {
        let Some(client) = assignments::client_of_assignment(self, tx, assignment).await? else { return Ok(None) };
        if client::find_open_client(self, tx, client).await?.is_none() {
            return Ok(None);
        }
        let next = if repeats { assignments::next_occurrence_day(self, tx, assignment).await? } else { None };
        let back = run!(
            tx,
            "UPDATE assignment SET withdrawn_at = NULL, next_on = $1 WHERE id = $2 AND withdrawn_at IS NOT NULL",
            next,
            assignment.0
        )?;
        nudges::replan_assignment(self.store(), tx, assignment).await?;
        self.store()
            .record(
                tx,
                Act::by(self.me(), AuditAction::Restored, AuditThing::Assignment).id(assignment.0).client(client.0),
            )
            .await?;
        Ok(Some(back > 0))
    }

    async fn restore_pathway(&self, tx: &mut Tx, slug: &str) -> Result<Option<bool>> {
        let back = run!(
            tx,
            "UPDATE pathway SET archived_at = NULL WHERE slug = $1 AND author_id = $2 AND archived_at IS NOT NULL",
            slug,
            self.me().0
        )?;
        Ok(Some(back > 0))
    }

    async fn put_response_back(&self, tx: &mut Tx, kept: &BinnedResponse) -> Result<Option<bool>> {
        if client::find_open_client(self, tx, ClientId(kept.client)).await?.is_none() {
            return Ok(None);
        }
        // A submission at the same moment waits here, as for every answer.
        run!(tx, "UPDATE occurrence SET submissions = submissions + 1 WHERE id = $1", kept.occurrence)?;
        let back = run!(
            tx,
            "UPDATE response SET submitted_at = $1, started_at = $2, entered_by = $3
             WHERE id = $4 AND submitted_at IS NULL AND draft IS NULL AND draft_number = $5",
            kept.submitted_at,
            kept.started_at,
            kept.entered_by,
            kept.response,
            kept.draft_number
        )?;
        if back == 0 {
            return Ok(Some(false));
        }
        for answer in &kept.answers {
            run!(
                tx,
                "INSERT INTO answer (id, response_id, occurrence_id, person_id, step, scope, body, shared_at,
                     shared_from, accepted_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                answer.id,
                kept.response,
                kept.occurrence,
                kept.person,
                &answer.step,
                answer.scope.word(),
                BASE64.decode(&answer.body).map_err(|e| Error::Stored(e.to_string()))?,
                answer.shared_at,
                answer.shared_from.as_deref(),
                answer.accepted_at
            )?;
        }
        for (agreement, at) in &kept.acceptances {
            run!(
                tx,
                "INSERT INTO acceptance (agreement_id, person_id, accepted_at)
                 VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
                agreement,
                kept.person,
                at
            )?;
        }
        for plan in &kept.plans {
            // A plan is not restored if the two have made another one since.
            run!(
                tx,
                "UPDATE plan SET state = 'planned', closed_by = NULL, closed_at = NULL
                 WHERE id = $1 AND state = 'dropped' AND closed_at = $2
                 AND NOT EXISTS (SELECT 1
                   FROM plan p
                   WHERE p.occurrence_id = plan.occurrence_id AND p.step = plan.step AND p.state = 'planned'
                     AND (p.person_id = plan.person_id OR (p.person_id IS NULL AND plan.person_id IS NULL)))",
                plan,
                kept.reset_at
            )?;
            nudges::remind_of_plan(self.store(), tx, *plan).await?;
        }
        reveal(tx, kept.occurrence, self.now()).await?;
        nudges::plan_nudges(self.store(), tx, kept.occurrence.into()).await?;
        self.store()
            .record(
                tx,
                Act::by(self.me(), AuditAction::Restored, AuditThing::Response).id(kept.response).client(kept.client),
            )
            .await?;
        Ok(Some(true))
    }
}
