//! What a supervisor does with the notes of a supervised author: reads those that
//! were assigned to them within the dates of the supervision, and nothing else of
//! the record; co-signs or returns them. And how the author takes one back.
//!
//! A note is assigned to the supervisor whom it was sent to. If that supervision
//! has ended meanwhile, it is assigned to the author's supervisors of today.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::client::title,
    ids::{AccountId, ClientId, NoteId},
    records::{note::NoteScope, supervision::CosignOutcome},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    cosign::{self, CosignState},
    notes::{self, Note},
    todo::titles,
};
use crate::{
    After, Clinician, Error, Paged, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, in_care},
    database::{maybe, run},
    limits::NOTES_TO_COSIGN,
    practice::settings::today,
    unreadable::fetched,
};

/// A note in a supervisor's queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteToCosign {
    pub note: NoteId,
    /// The author's name.
    pub author: String,
    /// The names of the client's people.
    pub title: String,
    pub client: ClientId,
    pub scope: NoteScope,
    /// When it was signed and sent.
    pub asked_at: DateTime<Utc>,
}

/// A note that a supervisor reads.
#[derive(Clone, Debug)]
pub struct AssignedNote {
    pub note: Note,
    /// The names of the client's people, by seat.
    pub names: Vec<String>,
    /// How far the co-signature is.
    pub state: CosignState,
    /// Whether it can be co-signed or returned: it is not answered yet.
    pub is_open: bool,
}

impl AssignedNote {
    /// The names of the client's people as a title.
    pub fn title(&self) -> String {
        title(self.names.iter().map(String::as_str))
    }
}

/// The outcome of an answer to a note, or of taking it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CosignAnswer {
    Done,
    /// It was co-signed, returned, taken back or changed in the meantime: nothing was
    /// done.
    Settled,
    /// There is no such note that this clinician may answer or take back.
    Gone,
}

#[derive(FromRow)]
struct QueueRow {
    id: Uuid,
    client_id: Uuid,
    #[sqlx(try_from = "String")]
    scope: NoteScope,
    author: String,
    asked_at: DateTime<Utc>,
}

/// SQL: whether a note `n` that was sent as `x` is for the supervisor `$1` to read
/// on the day `$2`.
macro_rules! assigned {
    () => {
        "n.signed_at IS NOT NULL AND n.scope <> 'process'
         AND EXISTS (SELECT 1 FROM supervision v WHERE v.author_id = x.author_id AND v.supervisor_id = $1
             AND v.from_on <= $2 AND (v.until_on IS NULL OR v.until_on >= $2))
         AND ((x.outcome = 'signed' AND x.settled_by = $1 AND n.locked_at IS NOT NULL)
             OR (x.settled_at IS NULL AND (x.asked_of = $1
                 OR NOT EXISTS (SELECT 1 FROM supervision w JOIN account b ON b.id = w.supervisor_id
                     WHERE w.author_id = x.author_id AND w.supervisor_id = x.asked_of AND b.disabled_at IS NULL
                     AND w.from_on <= $2 AND (w.until_on IS NULL OR w.until_on >= $2)))))"
    };
}

/// How many notes a supervisor has to co-sign; `None`: they supervise nobody
/// today.
pub(crate) async fn count_to_cosign(tx: &mut Tx, me: AccountId, today: NaiveDate) -> Result<Option<i64>> {
    let supervises = maybe!(
        &mut *tx,
        (Uuid,),
        "SELECT id FROM supervision
         WHERE supervisor_id = $1 AND from_on <= $2 AND (until_on IS NULL OR until_on >= $2) LIMIT 1",
        me.0,
        today
    )?;
    if supervises.is_none() {
        return Ok(None);
    }
    let found = maybe!(
        &mut *tx,
        (i64,),
        concat!(
            "SELECT count(*) FROM cosign x JOIN note n ON n.id = x.note_id WHERE x.settled_at IS NULL
             AND x.author_id IN (SELECT v.author_id FROM supervision v WHERE v.supervisor_id = $1) AND ",
            assigned!()
        ),
        me.0,
        today
    )?;
    Ok(found.map(|(count,)| count))
}

impl Clinician {
    /// A page of the notes that this clinician has to co-sign, the oldest first.
    /// The caller records that this was shown.
    pub async fn notes_to_cosign(&self, after: Option<After>) -> Result<Paged<NoteToCosign>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            QueueRow,
            concat!(
                "SELECT n.id, n.client_id, n.scope, a.display_name AS author, x.asked_at
                 FROM cosign x JOIN note n ON n.id = x.note_id JOIN account a ON a.id = x.author_id
                 WHERE x.settled_at IS NULL
                 AND x.author_id IN (SELECT v.author_id FROM supervision v WHERE v.supervisor_id = $1) AND ",
                assigned!(),
                " AND (x.asked_at, n.id) > ($3, $4) ORDER BY x.asked_at, n.id LIMIT $5"
            ),
            self.me().0,
            today,
            after.at,
            after.id,
            NOTES_TO_COSIGN + 1
        )?;
        let page = Paged::of(rows, NOTES_TO_COSIGN, |row| After::new(row.asked_at, row.id));
        let titles = titles(&mut tx, page.rows.iter().map(|row| row.client_id)).await?;
        Ok(page.map(|row| NoteToCosign {
            note: NoteId(row.id),
            author: row.author,
            title: titles.get(&row.client_id).cloned().unwrap_or_default(),
            client: ClientId(row.client_id),
            scope: row.scope,
            asked_at: row.asked_at,
        }))
    }

    /// Opens a note that is assigned to this clinician as the author's supervisor:
    /// one to co-sign, or one that they co-signed. The opening is audited. `None`:
    /// there is none, or the supervision is not of today.
    pub async fn note_to_cosign(&self, id: NoteId) -> Result<Option<AssignedNote>> {
        let mut tx = self.store().read().await?;
        let Some((client, is_open)) = self.find_assigned(&mut tx, id).await? else { return Ok(None) };
        let Some(note) = notes::open(self.store(), &mut tx, id).await? else { return Ok(None) };
        let members = client::members_of(self.store(), &mut tx, &[client]).await?;
        let names = members.into_iter().map(|(_, member)| member.details.name).collect();
        let state = cosign::state_of(self.store(), &mut tx, id).await?;
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Note).id(id.0).client(client.0);
        self.store().record_opening(tx, act.detail("as supervisor")).await?;
        Ok(Some(AssignedNote { note, names, state, is_open }))
    }

    /// The client of a note that is assigned to this clinician, and whether it can
    /// be answered. `None`: no such note is.
    async fn find_assigned(&self, tx: &mut Tx, id: NoteId) -> Result<Option<(ClientId, bool)>> {
        let today = today(tx, self.now()).await?;
        let found = maybe!(
            &mut *tx,
            (Uuid, bool),
            concat!(
                "SELECT n.client_id, (x.settled_at IS NULL) FROM cosign x JOIN note n ON n.id = x.note_id
                 WHERE n.id = $3 AND ",
                assigned!(),
                " ORDER BY x.asked_at DESC, x.id DESC LIMIT 1"
            ),
            self.me().0,
            today,
            id.0
        )?;
        Ok(found.map(|(client, is_open)| (ClientId(client), is_open)))
    }

    /// Co-signs a note as it was read, in this revision; it is locked from then on. The
    /// caller has checked the password.
    pub async fn cosign_note(&self, id: NoteId, read: i64) -> Result<CosignAnswer> {
        self.answer_note(id, read, CosignOutcome::Signed, None).await
    }

    /// Returns a note that was read in this revision to its author with a comment: it
    /// becomes a draft again.
    pub async fn return_note(&self, id: NoteId, read: i64, comment: &str) -> Result<CosignAnswer> {
        self.answer_note(id, read, CosignOutcome::Returned, Some(comment)).await
    }

    /// Answers a note that is assigned to this clinician, and that was not taken back,
    /// changed and sent again since it was read.
    async fn answer_note(
        &self,
        id: NoteId,
        read: i64,
        outcome: CosignOutcome,
        comment: Option<&str>,
    ) -> Result<CosignAnswer> {
        let mut tx = self.store().write().await?;
        notes::take_turn(&mut tx, id).await?;
        let Some((client, is_open)) = self.find_assigned(&mut tx, id).await? else {
            let was = self.was_assigned(&mut tx, id).await?;
            return Ok(if was { CosignAnswer::Settled } else { CosignAnswer::Gone });
        };
        let stored = maybe!(&mut tx, (i64,), "SELECT revision FROM note WHERE id = $1", id.0)?;
        if !is_open || stored != Some((read,)) || !self.settle(&mut tx, (id, client), outcome, comment).await? {
            return Ok(CosignAnswer::Settled);
        }
        let action = match outcome {
            CosignOutcome::Signed => AuditAction::CoSigned,
            CosignOutcome::Returned => AuditAction::Returned,
            CosignOutcome::TakenBack => AuditAction::TakenBack,
        };
        let act = Act::by(self.me(), action, AuditThing::Note).id(id.0).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(CosignAnswer::Done)
    }

    /// Whether a note was sent to this clinician as the author's supervisor of today,
    /// and is answered or taken back.
    pub async fn was_to_cosign(&self, id: NoteId) -> Result<bool> {
        let mut tx = self.store().read().await?;
        self.was_assigned(&mut tx, id).await
    }

    /// As [`Self::was_to_cosign`], in a transaction.
    async fn was_assigned(&self, tx: &mut Tx, id: NoteId) -> Result<bool> {
        let today = today(tx, self.now()).await?;
        let found = maybe!(
            &mut *tx,
            (Uuid,),
            "SELECT x.id FROM cosign x
             WHERE x.note_id = $3 AND (x.asked_of = $1 OR x.settled_by = $1) AND x.settled_at IS NOT NULL
             AND EXISTS (SELECT 1 FROM supervision v WHERE v.author_id = x.author_id AND v.supervisor_id = $1
                 AND v.from_on <= $2 AND (v.until_on IS NULL OR v.until_on >= $2)) LIMIT 1",
            self.me().0,
            today,
            id.0
        )?;
        Ok(found.is_some())
    }

    /// Takes back one of this clinician's own notes that is with a supervisor: it
    /// becomes a draft again.
    pub async fn take_back_note(&self, id: NoteId) -> Result<CosignAnswer> {
        let mut tx = self.store().write().await?;
        notes::take_turn(&mut tx, id).await?;
        let today = today(&mut tx, self.now()).await?;
        let found = maybe!(
            &mut tx,
            (Uuid,),
            in_care!(
                "SELECT n.client_id FROM note n JOIN client c ON c.id = n.client_id",
                "AND n.id = $3 AND n.author_id = $1"
            ),
            self.me().0,
            today,
            id.0
        )?;
        let Some((client,)) = found else { return Ok(CosignAnswer::Gone) };
        if !self.settle(&mut tx, (id, ClientId(client)), CosignOutcome::TakenBack, None).await? {
            return Ok(CosignAnswer::Settled);
        }
        let act = Act::by(self.me(), AuditAction::TakenBack, AuditThing::Note).id(id.0).client(client);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(CosignAnswer::Done)
    }

    /// Ends the co-signature that a note waits for. Of several answers at once, the
    /// database lets the first one in. `false`: it waits for none any more.
    async fn settle(
        &self,
        tx: &mut Tx,
        (id, client): (NoteId, ClientId),
        outcome: CosignOutcome,
        comment: Option<&str>,
    ) -> Result<bool> {
        let open = maybe!(&mut *tx, (Uuid,), "SELECT id FROM cosign WHERE note_id = $1 AND settled_at IS NULL", id.0)?;
        let Some((row,)) = open else { return Ok(false) };
        let sealed = match comment {
            Some(text) => {
                let key = self.store().data_key_or_new(tx, client.0).await?;
                Some(key.seal("cosign.comment", row, text.as_bytes()))
            }
            None => None,
        };
        let settled = run!(
            &mut *tx,
            "UPDATE cosign SET settled_at = $2, settled_by = $3, outcome = $4, comment = $5
             WHERE id = $1 AND settled_at IS NULL",
            row,
            self.now(),
            self.me().0,
            outcome.word(),
            sealed
        )?;
        if settled == 0 {
            return Ok(false);
        }
        match outcome {
            CosignOutcome::Signed => notes::lock(self.store(), tx, id).await?,
            CosignOutcome::Returned | CosignOutcome::TakenBack => self.reopen(tx, id).await?,
        }
        Ok(true)
    }

    /// Makes a signed note that is not locked a draft again.
    async fn reopen(&self, tx: &mut Tx, id: NoteId) -> Result<()> {
        let reopened = run!(
            tx,
            "UPDATE note SET signed_at = NULL, updated_at = $2, revision = revision + 1
             WHERE id = $1 AND signed_at IS NOT NULL AND locked_at IS NULL",
            id.0,
            self.now()
        )?;
        if reopened == 0 {
            return Err(Error::Stored("a note with a supervisor is not signed, or is locked".to_owned()));
        }
        Ok(())
    }
}
