//! When two separate: one act ends all that they share here.
//!
//! The couple's record is frozen: it can be read by those who care for it, and
//! nothing is added but what finishes or amends a note (the schema holds
//! everyone to that, `client_frozen`). What was booked and given is
//! cancelled and taken back, neither of the two is written to about it, and
//! neither reaches it from the portal any more, whichever of it they wrote.
//! Each may go on alone, as an individual client with a record of their own
//! that begins empty.

use chrono::{DateTime, Utc};
use domain::{
    client::ClientKind,
    ids::{AccountId, ClientId, SessionId},
    reminder::SkipReason,
    session::SessionState,
};
use uuid::Uuid;

use crate::{
    Clinician, Result, SessionView, Tx,
    audit::Act,
    clients::{Member, in_care},
    database::{all, maybe, run},
    sessions,
};

/// What a separation would end.
#[derive(Clone, Debug)]
pub struct Shared {
    pub members: Vec<Member>,
    /// Sessions ahead, the soonest first.
    pub sessions: Vec<SessionView>,
    /// Titles of what is given and not done, or comes back.
    pub exercises: Vec<String>,
    /// Titles of the pathways they walk.
    pub walks: Vec<String>,
    /// Requests that wait for an answer.
    pub requests: i64,
}

impl Clinician {
    /// Whether a client's record is frozen.
    pub(crate) async fn is_separated(&self, tx: &mut Tx, client: ClientId) -> Result<bool> {
        let row = maybe!(tx, (bool,), "SELECT (separated_at IS NOT NULL) FROM client WHERE id = $1", client.0)?;
        Ok(row.is_some_and(|(separated,)| separated))
    }

    /// A client of the caseload to whose record something may be added.
    pub(crate) async fn open(&self, tx: &mut Tx, client: ClientId) -> Result<Option<ClientKind>> {
        let today = self.today(tx).await?;
        let row = maybe!(
            tx,
            (String,),
            in_care!("SELECT c.kind FROM client c", "AND c.id = $3 AND c.separated_at IS NULL"),
            self.me().0,
            today,
            client.0
        )?;
        Ok(row.map(|(kind,)| kind.parse()).transpose()?)
    }

    /// What a separation of this couple would end, on record. `None`: not a
    /// couple of the caseload, or separated already.
    pub async fn shared(&self, client: ClientId) -> Result<Option<Shared>> {
        let mut tx = self.store().read().await?;
        if self.open(&mut tx, client).await? != Some(ClientKind::Couple) {
            return Ok(None);
        }
        let Some(record) = self.record(&mut tx, client).await? else { return Ok(None) };
        let mut sessions = Vec::new();
        for id in ahead(&mut tx, client, self.now()).await? {
            sessions.extend(sessions::load(&mut tx, id).await?);
        }
        let exercises = all!(
            &mut tx,
            (String,),
            "SELECT DISTINCT e.slug FROM assignment g JOIN exercise_version v ON v.id = g.exercise_version_id JOIN exercise e ON e.id = v.exercise_id
             WHERE g.client_id = $1 AND g.withdrawn_at IS NULL AND (g.next_on IS NOT NULL
                OR EXISTS (SELECT 1 FROM occurrence o JOIN response r ON r.occurrence_id = o.id WHERE o.assignment_id = g.id AND r.submitted_at IS NULL)) ORDER BY e.slug",
            client.0
        )?;
        let walks = all!(
            &mut tx,
            (String,),
            "SELECT title FROM walk WHERE client_id = $1 AND ended_at IS NULL ORDER BY title",
            client.0
        )?;
        let requests = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM session_request WHERE client_id = $1 AND state IN ('partner', 'desk')",
            client.0
        )?;
        self.store().on_record(tx, Act::new(self.me(), "opened", "client", client.0, client.0)).await?;
        Ok(Some(Shared {
            members: record.members,
            sessions,
            exercises: exercises.into_iter().map(|(slug,)| slug).collect(),
            walks: walks.into_iter().map(|(title,)| title).collect(),
            requests: requests.map_or(0, |(n,)| n),
        }))
    }

    /// Separates two, for good. `false`: not a couple of the caseload, or
    /// separated already.
    pub async fn separate(&self, client: ClientId) -> Result<bool> {
        // On PostgreSQL it may stand in the way of somebody who stands in its.
        for _ in 0..3 {
            match self.try_separate(client).await {
                Err(error) if error.is_overlap() => {}
                result => return result,
            }
        }
        self.try_separate(client).await
    }

    async fn try_separate(&self, client: ClientId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        // Locked before it is looked at: what is added looks at this row again
        // (the schema's `client_not_frozen`), and waits for it.
        run!(&mut tx, "UPDATE client SET archived_at = archived_at WHERE id = $1", client.0)?;
        if self.open(&mut tx, client).await? != Some(ClientKind::Couple) {
            return Ok(false);
        }
        let now = self.now();
        run!(
            &mut tx,
            "UPDATE client SET separated_at = $1, separated_by = $2, archived_at = COALESCE(archived_at, $1) WHERE id = $3",
            now,
            self.me().0,
            client.0
        )?;
        let cancelled = self.end_sessions(&mut tx, client, now).await?;
        self.end_exercises(&mut tx, client, now).await?;
        self.end_mail(&mut tx, client).await?;
        self.end_portal(&mut tx, client, now).await?;
        // The audit log's head is locked last, when nothing else is waited for.
        for id in cancelled {
            self.store().audit(&mut tx, Act::new(self.me(), "cancelled", "session", id, client.0)).await?;
        }
        self.store().audit(&mut tx, Act::new(self.me(), "separated", "client", client.0, client.0)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Cancels what is ahead; which. Whose fault it is, and what it costs, is not
    /// asked; and neither is told by mail.
    async fn end_sessions(&self, tx: &mut Tx, client: ClientId, now: DateTime<Utc>) -> Result<Vec<Uuid>> {
        run!(tx, "UPDATE series SET ended_at = $1 WHERE client_id = $2 AND ended_at IS NULL", now, client.0)?;
        run!(
            tx,
            "UPDATE session_request SET state = 'withdrawn' WHERE client_id = $1 AND state IN ('partner', 'desk')",
            client.0
        )?;
        let mut cancelled = Vec::new();
        for SessionId(id) in ahead(tx, client, now).await? {
            let state = SessionState::Cancelled.word();
            let gone = run!(
                tx,
                "UPDATE session SET state = $1, version = version + 1 WHERE id = $2 AND state IN ('booked', 'arrived')",
                state,
                id
            )?;
            if gone > 0 {
                run!(tx, "DELETE FROM occupancy WHERE session_id = $1", id)?;
                self.store().record(tx, SessionId(id), self.me(), state, "Separation", None, None).await?;
                cancelled.push(id);
            }
        }
        // What was cancelled before cannot come back by an undo.
        run!(
            tx,
            "DELETE FROM session_undo WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
            client.0
        )?;
        Ok(cancelled)
    }

    async fn end_exercises(&self, tx: &mut Tx, client: ClientId, now: DateTime<Utc>) -> Result<()> {
        run!(
            tx,
            "UPDATE assignment SET withdrawn_at = $1, next_on = NULL WHERE client_id = $2 AND withdrawn_at IS NULL",
            now,
            client.0
        )?;
        run!(tx, "UPDATE walk SET ended_at = $1 WHERE client_id = $2 AND ended_at IS NULL", now, client.0)?;
        run!(
            tx,
            "UPDATE plan SET state = 'dropped' WHERE state = 'planned' AND occurrence_id IN (
                SELECT o.id FROM occurrence o JOIN assignment g ON g.id = o.assignment_id WHERE g.client_id = $1)",
            client.0
        )?;
        Ok(())
    }

    /// Whatever was to be written to either about what they share; a worker
    /// that has it in its hands finds its claim gone.
    async fn end_mail(&self, tx: &mut Tx, client: ClientId) -> Result<()> {
        run!(
            tx,
            "UPDATE message SET state = 'superseded', lease_token = NULL, lease_until = NULL,
                    reason = CASE WHEN may_have_arrived OR (state = 'claimed' AND smtp_started_at IS NOT NULL) THEN $2 ELSE $3 END
             WHERE state IN ('planned', 'claimed') AND (
                session_id IN (SELECT id FROM session WHERE client_id = $1)
                OR occurrence_id IN (SELECT o.id FROM occurrence o JOIN assignment g ON g.id = o.assignment_id WHERE g.client_id = $1)
                OR plan_id IN (SELECT p.id FROM plan p JOIN occurrence o ON o.id = p.occurrence_id JOIN assignment g ON g.id = o.assignment_id WHERE g.client_id = $1)
                OR letter_id IN (SELECT id FROM letter WHERE client_id = $1)
                OR request_id IN (SELECT id FROM session_request WHERE client_id = $1))",
            client.0,
            SkipReason::MayHaveArrived.word(),
            SkipReason::Separated.word()
        )?;
        Ok(())
    }

    /// Both are signed out, and calendars elsewhere read no more. Whoever is no client here beside this cannot sign
    /// in any more, and an invitation that waits is withdrawn.
    async fn end_portal(&self, tx: &mut Tx, client: ClientId, now: DateTime<Utc>) -> Result<()> {
        run!(
            tx,
            "UPDATE login SET ended_at = $1 WHERE ended_at IS NULL AND account_id IN (
                SELECT a.id FROM account a JOIN client_member m ON m.person_id = a.person_id WHERE m.client_id = $2)",
            now,
            client.0
        )?;
        let accounts = all!(
            tx,
            (Uuid,),
            "SELECT a.id FROM account a JOIN client_member m ON m.person_id = a.person_id WHERE m.client_id = $1",
            client.0
        )?;
        for (account,) in accounts {
            self.store().end_resets(tx, AccountId(account)).await?;
            // The other may know its address.
            run!(tx, "UPDATE feed SET revoked_at = $1 WHERE account_id = $2 AND revoked_at IS NULL", now, account)?;
        }
        let alone = all!(
            tx,
            (Uuid,),
            "SELECT a.id FROM account a JOIN client_member m ON m.person_id = a.person_id WHERE m.client_id = $1 AND a.disabled_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM client_member x JOIN client c ON c.id = x.client_id AND c.archived_at IS NULL WHERE x.person_id = a.person_id AND x.left_at IS NULL)",
            client.0
        )?;
        for (account,) in alone {
            run!(tx, "UPDATE account SET disabled_at = $1 WHERE id = $2", now, account)?;
            run!(
                tx,
                "UPDATE invitation SET revoked_at = $1 WHERE account_id = $2 AND used_at IS NULL AND revoked_at IS NULL",
                now,
                account
            )?;
        }
        Ok(())
    }
}

async fn ahead(tx: &mut Tx, client: ClientId, now: DateTime<Utc>) -> Result<Vec<SessionId>> {
    let rows = all!(
        tx,
        (Uuid,),
        "SELECT id FROM session WHERE client_id = $1 AND starts_at > $2 AND state IN ('booked', 'arrived') ORDER BY starts_at, id",
        client.0,
        now
    )?;
    Ok(rows.into_iter().map(|(id,)| SessionId(id)).collect())
}
