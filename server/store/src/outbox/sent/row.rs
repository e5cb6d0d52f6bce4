//! A row of the outbox, between its claim and its check.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::outbox::owed::AboutColumns;

/// A row of the outbox that was claimed.
#[derive(FromRow)]
pub(super) struct Row {
    pub id: Uuid,
    pub kind: String,
    #[sqlx(flatten)]
    pub about: AboutColumns,
    pub person_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub lead: Option<String>,
    pub not_after: DateTime<Utc>,
    pub attempts: i64,
    pub message_id_header: Option<String>,
    pub recipient: Option<String>,
    pub bytes: Option<Vec<u8>>,
    pub may_have_arrived: bool,
    pub uncertain: i64,
}
