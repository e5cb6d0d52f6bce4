//! Separation: one act ends everything that the two partners share in the
//! program.
//!
//! The couple's record is frozen: their therapists can read it, and nothing can
//! be added except what finishes a note or adds to one (the schema refuses
//! everything else, `client_frozen`). Booked sessions are cancelled and
//! exercises withdrawn, neither partner gets an email about it, and neither can
//! reach the record from the portal any more, including what they wrote
//! themselves. Each may continue alone, as an individual client with a new,
//! empty record.

use chrono::{DateTime, Utc};
use domain::{
    clients::client::ClientKind,
    ids::{AccountId, ClientId, SessionId},
    outbox::reminder::SkipReason,
    scheduling::session::SessionState,
};
use uuid::Uuid;

use crate::{
    Clinician, Result, Tx,
    accounts::{account, browsers, open_links},
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, Member},
    database::{all, maybe, run},
    records::{policies, releases},
    scheduling::sessions::{self, SessionView},
    unreadable,
};

/// What a separation would end, for the therapist to confirm.
#[derive(Clone, Debug)]
pub struct SeparationPreview {
    pub members: Vec<Member>,
    /// Future sessions, the soonest first.
    pub sessions: Vec<SessionView>,
    /// Titles of the exercises that are not done yet or that repeat.
    pub exercises: Vec<String>,
    /// Titles of the pathways in progress.
    pub pathways: Vec<String>,
    /// How many requests are still open.
    pub requests: i64,
    /// The secrets policy that ends, such as "Limited secrets"; `None`: there is none.
    pub policy: Option<String>,
    /// How many forms are asked for and not signed.
    pub forms: usize,
    /// Whether an intake was started and ends.
    pub has_intake: bool,
    /// How many releases are open or not signed by both.
    pub releases: usize,
}

impl Clinician {
    /// What a separation of this couple would end; the opening is audited.
    /// `None`: it is not a couple of the caseload, or has separated already.
    pub async fn separation_preview(&self, client: ClientId) -> Result<Option<SeparationPreview>> {
        let mut tx = self.store().read().await?;
        if client::find_open_client(self, &mut tx, client).await? != Some(ClientKind::Couple) {
            return Ok(None);
        }
        let Some(record) = client::find_client(self, &mut tx, client).await? else { return Ok(None) };
        let mut sessions = Vec::new();
        for id in future_sessions(&mut tx, client, self.now()).await? {
            sessions.extend(unreadable::or_skip(sessions::load(&mut tx, id).await)?.flatten());
        }
        let exercises = all!(
            &mut tx,
            (String,),
            "SELECT DISTINCT e.slug
             FROM assignment g JOIN exercise_version v ON v.id = g.exercise_version_id
               JOIN exercise e ON e.id = v.exercise_id
             WHERE g.client_id = $1 AND g.withdrawn_at IS NULL AND (g.next_on IS NOT NULL
                OR EXISTS (SELECT 1
                  FROM occurrence o JOIN response r ON r.occurrence_id = o.id
                  WHERE o.assignment_id = g.id AND r.submitted_at IS NULL))
             ORDER BY e.slug",
            client.0
        )?;
        let pathways = all!(
            &mut tx,
            (String,),
            "SELECT title FROM pathway_progress WHERE client_id = $1 AND ended_at IS NULL ORDER BY title",
            client.0
        )?;
        let has_intake =
            maybe!(&mut tx, (Uuid,), "SELECT id FROM intake WHERE client_id = $1 AND ended_at IS NULL", client.0)?;
        let (policy, forms) = policies::count_open(self.store(), &mut tx, client).await?;
        let releases = releases::open_releases(self.store(), &mut tx, client).await?.len();
        let requests = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM session_request
             WHERE client_id = $1 AND state IN ('partner', 'desk') AND (quiet_until IS NULL OR quiet_until <= $2)",
            client.0,
            self.now()
        )?;
        self.store()
            .record_opening(
                tx,
                Act::by(self.me(), AuditAction::Opened, AuditThing::Client).id(client.0).client(client.0),
            )
            .await?;
        Ok(Some(SeparationPreview {
            members: record.members,
            sessions,
            exercises: exercises.into_iter().map(|(slug,)| slug).collect(),
            pathways: pathways.into_iter().map(|(title,)| title).collect(),
            requests: requests.map_or(0, |(n,)| n),
            policy,
            forms,
            has_intake: has_intake.is_some(),
            releases,
        }))
    }

    /// Separates a couple, for good. `false`: it is not a couple of the
    /// caseload, or has separated already.
    pub async fn separate(&self, client: ClientId) -> Result<bool> {
        // On PostgreSQL it may collide with another transaction that holds rows
        // it needs, and the other way round: then it is tried again.
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
        // The row is locked before it is read: whatever adds to the record
        // checks this row (the schema's trigger `client_not_frozen`), and so
        // waits for it.
        run!(&mut tx, "UPDATE client SET archived_at = archived_at WHERE id = $1", client.0)?;
        if client::find_open_client(self, &mut tx, client).await? != Some(ClientKind::Couple) {
            return Ok(false);
        }
        let now = self.now();
        run!(
            &mut tx,
            "UPDATE client SET separated_at = $1, separated_by = $2, archived_at = COALESCE(archived_at, $1)
             WHERE id = $3",
            now,
            self.me().0,
            client.0
        )?;
        let cancelled = self.end_sessions(&mut tx, client, now).await?;
        self.end_exercises(&mut tx, client, now).await?;
        run!(&mut tx, "UPDATE intake SET ended_at = $1 WHERE client_id = $2 AND ended_at IS NULL", now, client.0)?;
        self.end_mail(&mut tx, client).await?;
        releases::end_of_client(self.store(), &mut tx, client, self.me()).await?;
        policies::end_of_client(self.store(), &mut tx, client).await?;
        self.end_portal(&mut tx, client, now).await?;
        // The audit log's head is locked last, when no other lock is waited
        // for.
        for id in cancelled {
            self.store()
                .record(
                    &mut tx,
                    Act::by(self.me(), AuditAction::Cancelled, AuditThing::Session).id(id).client(client.0),
                )
                .await?;
        }
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Separated, AuditThing::Client).id(client.0).client(client.0),
            )
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Cancels the future sessions and returns their ids. Nobody is asked for
    /// the cause or charged a fee, and neither partner gets an email about it.
    async fn end_sessions(&self, tx: &mut Tx, client: ClientId, now: DateTime<Utc>) -> Result<Vec<Uuid>> {
        run!(tx, "UPDATE series SET ended_at = $1 WHERE client_id = $2 AND ended_at IS NULL", now, client.0)?;
        run!(
            tx,
            "UPDATE session_request SET state = 'withdrawn' WHERE client_id = $1 AND state IN ('partner', 'desk')",
            client.0
        )?;
        let mut cancelled = Vec::new();
        for SessionId(id) in future_sessions(tx, client, now).await? {
            let state = SessionState::Cancelled.word();
            let gone = run!(
                tx,
                "UPDATE session SET state = $1, version = version + 1 WHERE id = $2 AND state IN ('booked', 'arrived')",
                state,
                id
            )?;
            if gone > 0 {
                run!(tx, "DELETE FROM occupancy WHERE session_id = $1", id)?;
                sessions::record_change(self.store(), tx, SessionId(id), self.me(), state, "Separation", None, None)
                    .await?;
                cancelled.push(id);
            }
        }
        // Sessions that were cancelled before cannot be restored by an undo any
        // more.
        run!(
            tx,
            "DELETE FROM session_undo WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
            client.0
        )?;
        Ok(cancelled)
    }

    /// Withdraws the exercises, and ends the pathways and the plans.
    async fn end_exercises(&self, tx: &mut Tx, client: ClientId, now: DateTime<Utc>) -> Result<()> {
        run!(
            tx,
            "UPDATE assignment SET withdrawn_at = $1, next_on = NULL WHERE client_id = $2 AND withdrawn_at IS NULL",
            now,
            client.0
        )?;
        run!(tx, "UPDATE pathway_progress SET ended_at = $1 WHERE client_id = $2 AND ended_at IS NULL", now, client.0)?;
        run!(
            tx,
            "UPDATE plan SET state = 'dropped' WHERE state = 'planned' AND occurrence_id IN (
                SELECT o.id FROM occurrence o JOIN assignment g ON g.id = o.assignment_id WHERE g.client_id = $1)",
            client.0
        )?;
        Ok(())
    }

    /// Takes back every email that was planned to either about what they share.
    /// A worker that has claimed one finds its claim gone.
    async fn end_mail(&self, tx: &mut Tx, client: ClientId) -> Result<()> {
        run!(
            tx,
            "UPDATE email SET state = 'superseded', lease_token = NULL, lease_until = NULL,
                    reason = CASE WHEN may_have_arrived OR (state = 'claimed' AND smtp_started_at IS NOT NULL)
                        THEN $2 ELSE $3 END
             WHERE state IN ('planned', 'claimed') AND (
                session_id IN (SELECT id FROM session WHERE client_id = $1)
                OR occurrence_id IN (SELECT o.id
                  FROM occurrence o JOIN assignment g ON g.id = o.assignment_id
                  WHERE g.client_id = $1)
                OR plan_id IN (SELECT p.id
                  FROM plan p JOIN occurrence o ON o.id = p.occurrence_id JOIN assignment g ON g.id = o.assignment_id
                  WHERE g.client_id = $1)
                OR message_id IN (SELECT id FROM message WHERE client_id = $1)
                OR ask_id IN (SELECT id FROM consent_ask WHERE client_id = $1)
                OR intake_id IN (SELECT id FROM intake WHERE client_id = $1)
                OR request_id IN (SELECT id FROM session_request WHERE client_id = $1))",
            client.0,
            SkipReason::MayHaveArrived.word(),
            SkipReason::Separated.word()
        )?;
        Ok(())
    }

    /// Signs both out and ends their calendar feeds. A person who is no other
    /// client of the practice can no longer sign in, and their open invitation
    /// is withdrawn.
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
            open_links::end_resets(self.store(), tx, AccountId(account)).await?;
            open_links::end_address_changes(self.store(), tx, AccountId(account)).await?;
            // The two may have shared the browser.
            browsers::forget_browsers(tx, AccountId(account), None).await?;
            // The other partner may know the feed's address.
            run!(tx, "UPDATE feed SET revoked_at = $1 WHERE account_id = $2 AND revoked_at IS NULL", now, account)?;
        }
        let alone = all!(
            tx,
            (Uuid,),
            "SELECT a.id FROM account a JOIN client_member m ON m.person_id = a.person_id
             WHERE m.client_id = $1 AND a.disabled_at IS NULL
                AND NOT EXISTS (SELECT 1
                  FROM client_member x JOIN client c ON c.id = x.client_id AND c.archived_at IS NULL
                  WHERE x.person_id = a.person_id AND x.left_at IS NULL)",
            client.0
        )?;
        for (account,) in alone {
            run!(tx, "UPDATE account SET disabled_at = $1 WHERE id = $2", now, account)?;
            account::end_access(self.store(), tx, AccountId(account)).await?;
        }
        Ok(())
    }
}

/// The ids of a client's future sessions, the soonest first.
async fn future_sessions(tx: &mut Tx, client: ClientId, now: DateTime<Utc>) -> Result<Vec<SessionId>> {
    let rows = all!(
        tx,
        (Uuid,),
        "SELECT id FROM session
         WHERE client_id = $1 AND starts_at > $2 AND state IN ('booked', 'arrived')
         ORDER BY starts_at, id",
        client.0,
        now
    )?;
    Ok(rows.into_iter().map(|(id,)| SessionId(id)).collect())
}
