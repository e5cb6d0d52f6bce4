//! The notes that a clinician has to write or to sign: sessions that took place
//! without a signed note, drafts, and notes that a supervisor returned. The lists
//! name no word of a note.

use chrono::{DateTime, Utc};
use domain::{
    ids::{ClientId, NoteId, SessionId},
    records::note::NoteScope,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{cosigning, todo::titles};
use crate::{
    After, Clinician, Paged, Result, Tx,
    clients::client::in_care,
    database::maybe,
    limits::{DRAFT_NOTES, MISSING_NOTES, RETURNED_NOTES, WAITING_NOTES},
    practice::settings::today,
    unreadable::fetched,
};

/// A session that took place and has no signed note of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingNote {
    pub session: SessionId,
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    /// When the session began.
    pub at: DateTime<Utc>,
    /// A note of this clinician about it that is not signed; `None`: none is
    /// begun.
    pub draft: Option<NoteId>,
}

/// A note of this clinician that is not signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftNote {
    pub note: NoteId,
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    pub scope: NoteScope,
    /// Whether its record is not chosen yet.
    pub is_undecided: bool,
    /// When it was begun.
    pub begun_at: DateTime<Utc>,
    /// When the session began that it is about; `None`: it is about none.
    pub session_at: Option<DateTime<Utc>>,
}

/// A note of this clinician that is with a supervisor, or that one returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupervisedNote {
    pub note: NoteId,
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    /// The supervisor's name.
    pub by: String,
    /// When it was sent to the supervisor, or returned.
    pub at: DateTime<Utc>,
}

/// How many notes there are to work on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoteCounts {
    /// Sessions without a signed note.
    pub missing: i64,
    /// Drafts, without those that were returned.
    pub drafts: i64,
    /// Notes to co-sign; `None`: this clinician supervises nobody today.
    pub to_cosign: Option<i64>,
    /// Notes that a supervisor returned.
    pub returned: i64,
}

/// SQL: a part of a query on the sessions `s` of the clinician `$1` without a
/// signed note, on the day `$2` and up to the time `$3`. The words of the
/// condition are those of the index `session_without_note`.
macro_rules! missing {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM session s
              WHERE s.clinician_id = $1 AND NOT s.noted AND s.state IN ('booked', 'arrived', 'completed')
                AND s.starts_at <= $3 AND s.ends_at <= $3
                AND EXISTS (SELECT 1 FROM client c WHERE c.id = s.client_id AND c.separated_at IS NULL)
                AND EXISTS (SELECT 1 FROM care k WHERE k.client_id = s.client_id AND k.clinician_id = $1
                    AND k.starts_on <= $2 AND (k.ends_on IS NULL OR k.ends_on >= $2)) ",
            $rest
        )
    };
}

/// SQL: how a supervisor last answered a note `n`.
macro_rules! last_outcome {
    () => {
        "COALESCE((SELECT x.outcome FROM cosign x WHERE x.note_id = n.id ORDER BY x.asked_at DESC, x.id DESC LIMIT 1), '')"
    };
}

#[derive(FromRow)]
struct MissingRow {
    id: Uuid,
    client_id: Uuid,
    starts_at: DateTime<Utc>,
    draft: Option<Uuid>,
}

#[derive(FromRow)]
struct DraftRow {
    id: Uuid,
    client_id: Uuid,
    #[sqlx(try_from = "String")]
    scope: NoteScope,
    undecided: bool,
    created_at: DateTime<Utc>,
    session_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct SupervisedRow {
    id: Uuid,
    client_id: Uuid,
    by_name: String,
    at: DateTime<Utc>,
}

/// Gives each row of a page the names of its client's people.
async fn with_titles<R, T>(
    tx: &mut Tx,
    page: Paged<R>,
    client: impl Fn(&R) -> Uuid,
    make: impl Fn(R, String) -> T,
) -> Result<Paged<T>> {
    let titles = titles(tx, page.rows.iter().map(&client)).await?;
    Ok(page.map(|row| {
        let title = titles.get(&client(&row)).cloned().unwrap_or_default();
        make(row, title)
    }))
}

impl Clinician {
    /// A page of this clinician's sessions that took place and have no signed
    /// note of the record, the oldest first. The caller records that this was
    /// shown.
    pub async fn missing_notes(&self, after: Option<After>) -> Result<Paged<MissingNote>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            MissingRow,
            missing!(
                "SELECT s.id, s.client_id, s.starts_at,
                     (SELECT n.id FROM note n WHERE n.session_id = s.id AND n.author_id = $1 AND n.signed_at IS NULL
                         AND n.addendum_of IS NULL AND n.scope <> 'process' LIMIT 1) AS draft",
                "AND (s.starts_at, s.id) > ($4, $5) ORDER BY s.starts_at, s.id LIMIT $6"
            ),
            self.me().0,
            today,
            self.now(),
            after.at,
            after.id,
            MISSING_NOTES + 1
        )?;
        let page = Paged::of(rows, MISSING_NOTES, |row| After::new(row.starts_at, row.id));
        with_titles(
            &mut tx,
            page,
            |row| row.client_id,
            |row, title| MissingNote {
                session: SessionId(row.id),
                client: ClientId(row.client_id),
                title,
                at: row.starts_at,
                draft: row.draft.map(NoteId),
            },
        )
        .await
    }

    /// A page of this clinician's notes that are not signed, except those that a
    /// supervisor returned, the oldest first. The caller records that this was
    /// shown.
    pub async fn draft_notes(&self, after: Option<After>) -> Result<Paged<DraftNote>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            DraftRow,
            in_care!(
                "SELECT n.id, n.client_id, n.scope, n.undecided, n.created_at,
                     (SELECT s.starts_at FROM session s WHERE s.id = n.session_id) AS session_at
                 FROM note n JOIN client c ON c.id = n.client_id",
                concat!(
                    "AND n.author_id = $1 AND n.signed_at IS NULL AND ",
                    last_outcome!(),
                    " <> 'returned' AND (n.created_at, n.id) > ($3, $4) ORDER BY n.created_at, n.id LIMIT $5"
                )
            ),
            self.me().0,
            today,
            after.at,
            after.id,
            DRAFT_NOTES + 1
        )?;
        let page = Paged::of(rows, DRAFT_NOTES, |row| After::new(row.created_at, row.id));
        with_titles(
            &mut tx,
            page,
            |row| row.client_id,
            |row, title| DraftNote {
                note: NoteId(row.id),
                client: ClientId(row.client_id),
                title,
                scope: row.scope,
                is_undecided: row.undecided,
                begun_at: row.created_at,
                session_at: row.session_at,
            },
        )
        .await
    }

    /// A page of this clinician's notes that a supervisor returned and that are
    /// not signed again, the oldest first. The caller records that this was shown.
    pub async fn returned_notes(&self, after: Option<After>) -> Result<Paged<SupervisedNote>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            SupervisedRow,
            in_care!(
                "SELECT n.id, n.client_id, b.display_name AS by_name, r.settled_at AS at
                 FROM note n JOIN client c ON c.id = n.client_id
                 JOIN cosign r ON r.id = (SELECT x.id FROM cosign x WHERE x.note_id = n.id
                     ORDER BY x.asked_at DESC, x.id DESC LIMIT 1)
                 JOIN account b ON b.id = r.settled_by",
                "AND n.author_id = $1 AND n.signed_at IS NULL AND r.outcome = 'returned'
                 AND (r.settled_at, n.id) > ($3, $4) ORDER BY r.settled_at, n.id LIMIT $5"
            ),
            self.me().0,
            today,
            after.at,
            after.id,
            RETURNED_NOTES + 1
        )?;
        let page = Paged::of(rows, RETURNED_NOTES, |row| After::new(row.at, row.id));
        with_titles(&mut tx, page, |row| row.client_id, supervised).await
    }

    /// A page of this clinician's signed notes that are with a supervisor, the
    /// oldest first. The caller records that this was shown.
    pub async fn waiting_notes(&self, after: Option<After>) -> Result<Paged<SupervisedNote>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            SupervisedRow,
            in_care!(
                "SELECT n.id, n.client_id, b.display_name AS by_name, x.asked_at AS at
                 FROM cosign x JOIN note n ON n.id = x.note_id JOIN client c ON c.id = n.client_id
                 JOIN account b ON b.id = x.asked_of",
                "AND x.author_id = $1 AND x.settled_at IS NULL
                 AND (x.asked_at, n.id) > ($3, $4) ORDER BY x.asked_at, n.id LIMIT $5"
            ),
            self.me().0,
            today,
            after.at,
            after.id,
            WAITING_NOTES + 1
        )?;
        let page = Paged::of(rows, WAITING_NOTES, |row| After::new(row.at, row.id));
        with_titles(&mut tx, page, |row| row.client_id, supervised).await
    }

    /// How many sessions of this clinician have no signed note. It names no
    /// client.
    pub async fn missing_notes_count(&self) -> Result<i64> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let found = maybe!(&mut tx, (i64,), missing!("SELECT count(*)", ""), self.me().0, today, self.now())?;
        Ok(found.map_or(0, |(count,)| count))
    }

    /// How many notes of each list there are. It names no client.
    pub async fn note_counts(&self) -> Result<NoteCounts> {
        let missing = self.missing_notes_count().await?;
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let own = maybe!(
            &mut tx,
            (i64, i64),
            concat!(
                "SELECT count(CASE WHEN t.outcome <> 'returned' THEN 1 END),
                     count(CASE WHEN t.outcome = 'returned' THEN 1 END)
                 FROM (",
                in_care!(
                    concat!("SELECT ", last_outcome!(), " AS outcome FROM note n JOIN client c ON c.id = n.client_id"),
                    "AND n.author_id = $1 AND n.signed_at IS NULL"
                ),
                ") t"
            ),
            self.me().0,
            today
        )?;
        let (drafts, returned) = own.unwrap_or_default();
        let to_cosign = cosigning::count_to_cosign(&mut tx, self.me(), today).await?;
        Ok(NoteCounts { missing, drafts, to_cosign, returned })
    }
}

/// The row of a note that is with a supervisor, or that one returned.
fn supervised(row: SupervisedRow, title: String) -> SupervisedNote {
    SupervisedNote { note: NoteId(row.id), client: ClientId(row.client_id), title, by: row.by_name, at: row.at }
}
