//! The bin: what was deleted with one press is kept there for thirty days.
//!
//! The row is deleted, and a sealed copy of it is kept in the bin of the
//! account that pressed. What was sealed in the row is still sealed inside the
//! copy: nobody can read there what they could not read before. Each area puts
//! its own things into the bin; `lifecycle/bin.rs` restores them.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use domain::{exercises::exercise::Scope, form::Form, ids::AccountId, scheduling::inquiry::InquiryState};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Store, Tx, Worker,
    database::{maybe, run},
};

/// How long something stays in the bin.
pub(crate) const KEPT: Duration = Duration::days(30);

/// Something in the bin, with everything that restoring it needs.
#[derive(Serialize, Deserialize)]
pub(crate) enum Binned {
    /// An exercise draft.
    Draft(BinnedDraft),
    /// An exercise draft as it was before a step was removed, and the number
    /// that its next write got.
    DraftStep { id: Uuid, form: Form, number: i64 },
    /// An inquiry that was closed, and its state before.
    Inquiry { id: Uuid, state: InquiryState },
    /// The practice's own wording of an email.
    Wording(BinnedWording),
    /// An exception of hours.
    Exception(BinnedException),
    /// A therapist's weekly hours.
    Week(BinnedWeek),
    /// A response that was reset.
    Response(BinnedResponse),
    /// A pathway progress that was ended.
    PathwayProgress { id: Uuid },
    /// An assignment that was withdrawn.
    Assignment {
        id: Uuid,
        /// Whether another occurrence of it was to follow.
        repeats: bool,
    },
    /// A pathway that was archived.
    Pathway { slug: String },
    /// A room that was archived.
    Room { id: Uuid },
    /// A location that was archived.
    Location { id: Uuid },
    /// A document that was removed from a record, or that a partner withdrew.
    Document { id: Uuid },
}

/// The row of an exercise draft.
#[derive(Serialize, Deserialize, FromRow)]
pub(crate) struct BinnedDraft {
    pub id: Uuid,
    pub exercise_id: Option<Uuid>,
    pub version_id: Option<Uuid>,
    pub form: Json<Form>,
    pub number: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The row of a wording.
#[derive(Serialize, Deserialize, FromRow)]
pub(crate) struct BinnedWording {
    pub kind: String,
    pub language: String,
    pub subject: String,
    pub body: String,
    pub set_by: Uuid,
    pub set_at: DateTime<Utc>,
}

/// The row of an exception of hours.
#[derive(Serialize, Deserialize, FromRow)]
pub(crate) struct BinnedException {
    pub id: Uuid,
    pub account_id: Option<Uuid>,
    pub first_on: NaiveDate,
    pub last_on: NaiveDate,
    pub starts: Option<NaiveTime>,
    pub ends: Option<NaiveTime>,
    pub kind: String,
    pub reason: String,
    pub set_by: Uuid,
    pub set_at: DateTime<Utc>,
}

/// The row of a therapist's weekly hours.
#[derive(Serialize, Deserialize, FromRow)]
pub(crate) struct BinnedWeek {
    pub id: Uuid,
    pub account_id: Uuid,
    pub from_on: NaiveDate,
    pub hours: Json<serde_json::Value>,
    pub at_locations: Json<serde_json::Value>,
    pub set_by: Uuid,
    pub set_at: DateTime<Utc>,
}

/// A response that was reset. The bodies of its answers are as they were in
/// their rows: sealed for the person who wrote them.
#[derive(Serialize, Deserialize)]
pub(crate) struct BinnedResponse {
    pub assignment: Uuid,
    pub number: i64,
    pub client: Uuid,
    pub occurrence: Uuid,
    pub response: Uuid,
    pub person: Uuid,
    pub submitted_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub entered_by: Option<Uuid>,
    /// The number that the draft got by the reset. Another number means that
    /// the person has written since.
    pub draft_number: i64,
    pub answers: Vec<BinnedAnswer>,
    pub acceptances: Vec<(Uuid, DateTime<Utc>)>,
    /// The plans that the reset dropped.
    pub plans: Vec<Uuid>,
    /// When the response was reset, and its plans dropped.
    pub reset_at: DateTime<Utc>,
}

/// The row of an answer; `body` is the sealed answer in Base64.
#[derive(Serialize, Deserialize)]
pub(crate) struct BinnedAnswer {
    pub id: Uuid,
    pub step: String,
    pub scope: Scope,
    pub body: String,
    pub shared_at: Option<DateTime<Utc>>,
    pub shared_from: Option<String>,
    pub accepted_at: Option<DateTime<Utc>>,
}

impl Binned {
    /// The kind of thing, as it is stored.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Draft(_) => "draft",
            Self::DraftStep { .. } => "draft_step",
            Self::Inquiry { .. } => "inquiry",
            Self::Wording(_) => "wording",
            Self::Exception(_) => "exception",
            Self::Week(_) => "week",
            Self::Response(_) => "response",
            Self::PathwayProgress { .. } => "pathway_progress",
            Self::Assignment { .. } => "assignment",
            Self::Pathway { .. } => "pathway",
            Self::Room { .. } => "room",
            Self::Location { .. } => "location",
            Self::Document { .. } => "document",
        }
    }

    /// The text that tells it from others of its kind.
    fn thing(&self) -> String {
        match self {
            Self::Draft(d) => d.id.to_string(),
            Self::DraftStep { id, number, .. } => format!("{id} {number}"),
            Self::Inquiry { id, .. } => id.to_string(),
            Self::Wording(w) => format!("{} {}", w.kind, w.language),
            Self::Exception(e) => e.id.to_string(),
            Self::Week(w) => format!("{} {}", w.account_id, w.from_on),
            Self::Response(r) => r.response.to_string(),
            Self::PathwayProgress { id }
            | Self::Assignment { id, .. }
            | Self::Room { id }
            | Self::Location { id }
            | Self::Document { id } => id.to_string(),
            Self::Pathway { slug } => slug.clone(),
        }
    }
}

impl Store {
    /// Stores something in the bin that this transaction deletes, and returns
    /// its id there.
    pub(crate) async fn put_in_bin(&self, tx: &mut Tx, by: AccountId, what: &Binned) -> Result<Uuid> {
        let id = self.clock().id();
        let content = serde_json::to_vec(what).map_err(|e| Error::Stored(e.to_string()))?;
        run!(
            tx,
            "INSERT INTO bin (id, account_id, kind, thing, content, binned_at) VALUES ($1, $2, $3, $4, $5, $6)",
            id,
            by.0,
            what.kind(),
            what.thing(),
            self.keys().seal_master("bin", id, &content),
            self.now()
        )?;
        Ok(id)
    }

    /// The id in the bin of something that this account has deleted before, so
    /// that a second press finds it.
    pub(crate) async fn in_bin(&self, tx: &mut Tx, by: AccountId, kind: &str, thing: &str) -> Result<Option<Uuid>> {
        let row = maybe!(
            tx,
            (Uuid,),
            "SELECT id FROM bin WHERE account_id = $1 AND kind = $2 AND thing = $3 ORDER BY binned_at DESC LIMIT 1",
            by.0,
            kind,
            thing
        )?;
        Ok(row.map(|(id,)| id))
    }
}

impl Worker {
    /// Deletes from the bin what has been there for thirty days.
    pub async fn empty_bin(&self) -> Result<()> {
        let mut tx = self.write().await?;
        run!(&mut tx, "DELETE FROM bin WHERE binned_at < $1", self.now() - KEPT)?;
        tx.commit().await
    }
}
