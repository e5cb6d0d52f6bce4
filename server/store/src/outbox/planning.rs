//! What a session owes to whom, planned in the transaction of the fact.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use domain::{
    ids::{AccountId, PersonId, SessionId},
    person::Zone,
    practice::Practice,
    reminder::{MessageKind, Occasion, Planned, Recipient, SkipReason, plan},
    session::{SessionKind, Timing},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::AccountMail;
use crate::{
    Result, Store, Tx,
    clients::{PersonRow, person_columns},
    database::{all, maybe, run},
    practice::practice_set_up,
};

/// So many messages are written in one statement: for two, three each.
const ROWS: usize = 6;

/// A message to be written; empty, it is none.
#[derive(Default)]
struct NewRow {
    id: Option<Uuid>,
    dedupe: Option<String>,
    kind: Option<&'static str>,
    person: Option<Uuid>,
    lead: Option<String>,
    due_at: Option<DateTime<Utc>>,
    not_after: Option<DateTime<Utc>>,
    state: Option<&'static str>,
    reason: Option<&'static str>,
}

/// A session as it stands, and messages tell of it.
pub(crate) struct Standing<'a> {
    pub id: SessionId,
    pub version: i64,
    pub kind: SessionKind,
    pub timing: &'a Timing,
}

/// Who was told of which version of a session last, and which of them stands
/// again.
#[derive(Default)]
struct Told {
    whom: HashMap<Uuid, i64>,
    restored: Option<i64>,
}

/// So many sessions are planned anew in one transaction, and those that begin
/// with the last of them.
const REPLANNED_AT_ONCE: i64 = 100;

impl Store {
    /// Plans a session's messages in the transaction of the fact. What was
    /// planned for an older version of it is replaced.
    pub(crate) async fn plan_session(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        id: SessionId,
        occasion: Occasion,
    ) -> Result<()> {
        self.plan_since(tx, practice, id, occasion, None).await
    }

    /// The same where a change was undone: who was told last of the version
    /// that stands again is told nothing, and everybody else how it stands.
    pub(crate) async fn plan_undone(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        id: SessionId,
        restored: i64,
    ) -> Result<()> {
        self.plan_since(tx, practice, id, Occasion::Undone, Some(restored)).await
    }

    /// The same for a session that was just made: whom it is for is known, and
    /// nothing stands yet.
    pub(crate) async fn plan_new(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        about: &Standing<'_>,
        people: &[Recipient],
        occasion: Occasion,
    ) -> Result<()> {
        self.owe_all(tx, practice, about, people, occasion, &Told::default()).await
    }

    async fn plan_since(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        id: SessionId,
        occasion: Occasion,
        restored: Option<i64>,
    ) -> Result<()> {
        #[derive(FromRow)]
        struct Coming {
            starts: NaiveDateTime,
            #[sqlx(try_from = "String")]
            session_zone: Zone,
            minutes: i64,
            #[sqlx(try_from = "String")]
            session_kind: SessionKind,
            starts_at: DateTime<Utc>,
            ends_at: DateTime<Utc>,
            version: i64,
            series_id: Option<Uuid>,
            #[sqlx(flatten)]
            person: PersonRow,
        }
        let coming = all!(
            tx,
            Coming,
            concat!(
                "SELECT s.starts, s.zone AS session_zone, s.minutes, s.kind AS session_kind, s.starts_at, s.ends_at, s.version, s.series_id, ",
                person_columns!(),
                " FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id WHERE s.id = $1"
            ),
            id.0
        )?;
        let Some(first) = coming.first() else { return Ok(()) };
        let timing = Timing {
            starts: first.starts,
            zone: first.session_zone.clone(),
            minutes: first.minutes,
            starts_at: first.starts_at,
            ends_at: first.ends_at,
        };
        let series = first.series_id;
        let about = Standing { id, version: first.version, kind: first.session_kind, timing: &timing };
        let recipients: Vec<Recipient> = coming.iter().map(|c| c.person.recipient()).collect();
        let told = match occasion {
            Occasion::Moved | Occasion::Cancelled | Occasion::Undone => self.told(tx, id, series).await?,
            Occasion::Booked | Occasion::Settings => HashMap::new(),
        };
        match occasion {
            // Nothing stands yet.
            Occasion::Booked => {}
            Occasion::Settings => {
                run!(
                    tx,
                    "UPDATE message SET state = 'superseded', reason = $2 WHERE session_id = $1 AND state = 'planned' AND kind = 'reminder' AND attempts = 0",
                    id.0,
                    SkipReason::PlannedAnew.word()
                )?;
            }
            Occasion::Moved | Occasion::Cancelled | Occasion::Undone => {
                run!(
                    tx,
                    "UPDATE message SET state = 'superseded', reason = CASE WHEN may_have_arrived THEN $3 ELSE $2 END WHERE session_id = $1 AND state = 'planned'",
                    id.0,
                    SkipReason::SessionChanged.word(),
                    SkipReason::MayHaveArrived.word()
                )?;
            }
        }
        self.owe_all(tx, practice, &about, &recipients, occasion, &Told { whom: told, restored }).await
    }

    /// Writes what is owed about a session as it stands.
    async fn owe_all(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        about: &Standing<'_>,
        recipients: &[Recipient],
        occasion: Occasion,
        told: &Told,
    ) -> Result<()> {
        let (id, version, now) = (about.id, about.version, self.now());
        let was_told = |person: PersonId| told.whom.contains_key(&person.0);
        let knows = |person: PersonId| told.restored.is_some() && told.whom.get(&person.0).copied() == told.restored;
        let quiet = Duration::minutes(practice.quiet_minutes);
        let mut owed = Vec::new();
        for mut planned in
            plan(occasion, about.timing, recipients, |own| practice.leads_for(about.kind, own), quiet, now)?
        {
            match planned.kind {
                MessageKind::Moved if !was_told(planned.person) => planned.kind = MessageKind::Confirmation,
                MessageKind::Cancelled if !was_told(planned.person) => continue,
                // They know of it as it stands again.
                MessageKind::Confirmation if knows(planned.person) => continue,
                _ => {}
            }
            owed.push(planned);
        }
        for some in owed.chunks(ROWS) {
            let [a, b, c, d, e, f]: [NewRow; ROWS] =
                std::array::from_fn(|n| some.get(n).map(|planned| self.row(planned, id, version)).unwrap_or_default());
            run!(
                tx,
                "INSERT INTO message (id, dedupe, kind, session_id, session_version, person_id, lead, due_at, not_after, state, reason, attempts, created_at)
                 SELECT v.id, v.dedupe, v.kind, $1, $2, v.person_id, v.lead, v.due_at, v.not_after, v.state, v.reason, 0, $3 FROM (
                    SELECT $4 AS id, $5 AS dedupe, $6 AS kind, $7 AS person_id, $8 AS lead, $9 AS due_at, $10 AS not_after, $11 AS state, $12 AS reason
                    UNION ALL SELECT $13, $14, $15, $16, $17, $18, $19, $20, $21
                    UNION ALL SELECT $22, $23, $24, $25, $26, $27, $28, $29, $30
                    UNION ALL SELECT $31, $32, $33, $34, $35, $36, $37, $38, $39
                    UNION ALL SELECT $40, $41, $42, $43, $44, $45, $46, $47, $48
                    UNION ALL SELECT $49, $50, $51, $52, $53, $54, $55, $56, $57) v
                 WHERE v.id IS NOT NULL
                 ON CONFLICT (dedupe) DO UPDATE SET due_at = excluded.due_at, not_after = excluded.not_after, state = excluded.state, reason = excluded.reason
                 WHERE message.state IN ('planned', 'skipped', 'superseded') AND message.attempts = 0",
                id.0, version, now,
                a.id, a.dedupe, a.kind, a.person, a.lead, a.due_at, a.not_after, a.state, a.reason,
                b.id, b.dedupe, b.kind, b.person, b.lead, b.due_at, b.not_after, b.state, b.reason,
                c.id, c.dedupe, c.kind, c.person, c.lead, c.due_at, c.not_after, c.state, c.reason,
                d.id, d.dedupe, d.kind, d.person, d.lead, d.due_at, d.not_after, d.state, d.reason,
                e.id, e.dedupe, e.kind, e.person, e.lead, e.due_at, e.not_after, e.state, e.reason,
                f.id, f.dedupe, f.kind, f.person, f.lead, f.due_at, f.not_after, f.state, f.reason
            )?;
        }
        Ok(())
    }

    fn row(&self, planned: &Planned, session: SessionId, version: i64) -> NewRow {
        NewRow {
            id: Some(self.clock().id()),
            dedupe: Some(planned.key(session, version)),
            kind: Some(planned.kind.word()),
            person: Some(planned.person.0),
            lead: planned.lead.map(|l| l.to_string()),
            due_at: Some(planned.due_at),
            not_after: Some(planned.not_after),
            state: Some(if planned.skip.is_some() { "skipped" } else { "planned" }),
            reason: planned.skip.map(SkipReason::word),
        }
    }

    /// Who was told of a session before, by itself or with its series, and of
    /// which version of it last: a move says so only to them.
    async fn told(&self, tx: &mut Tx, id: SessionId, series: Option<Uuid>) -> Result<HashMap<Uuid, i64>> {
        let mut told = HashMap::new();
        if let Some(series) = series {
            // Booked with the others, it was told as it was first.
            let with_it = all!(
                tx,
                (Option<Uuid>,),
                "SELECT m.person_id FROM series y JOIN series z ON z.root_id = y.root_id JOIN session x ON x.series_id = z.id JOIN message m ON m.session_id = x.id
                 WHERE y.id = $1 AND m.kind IN ('confirmation', 'moved') AND (m.state IN ('sent', 'claimed') OR m.may_have_arrived)",
                series
            )?;
            told.extend(with_it.into_iter().filter_map(|(person,)| Some((person?, 0))));
        }
        let by_itself = all!(
            tx,
            (Option<Uuid>, Option<i64>),
            "SELECT person_id, session_version FROM message WHERE session_id = $1 AND kind IN ('confirmation', 'moved', 'cancelled') AND (state IN ('sent', 'claimed') OR may_have_arrived) ORDER BY session_version",
            id.0
        )?;
        told.extend(by_itself.into_iter().filter_map(|(person, version)| Some((person?, version?))));
        Ok(told)
    }

    /// Plans the reminders of a person's sessions ahead again.
    pub(crate) async fn replan_person(&self, tx: &mut Tx, person: PersonId) -> Result<()> {
        let ids = all!(
            tx,
            (Uuid,),
            "SELECT s.id FROM session s JOIN session_attendee t ON t.session_id = s.id
             WHERE t.person_id = $1 AND s.starts_at > $2 AND s.state IN ('booked', 'arrived')",
            person.0,
            self.now()
        )?;
        let practice = practice_set_up(tx).await?;
        for (id,) in ids {
            self.plan_session(tx, &practice, SessionId(id), Occasion::Settings).await?;
        }
        Ok(())
    }

    /// The lead times changed: the reminders of every session ahead are to be
    /// planned anew. Those of the soonest are at once, the others by
    /// [`Self::replan_some`]: nobody's booking waits for a whole practice.
    pub(crate) async fn replan_all(&self, tx: &mut Tx) -> Result<()> {
        run!(tx, "UPDATE practice SET replan_after = $1 WHERE id = 1", self.now())?;
        self.replan_batch(tx).await?;
        Ok(())
    }

    /// Plans anew what a change of the lead times left to be planned, the
    /// soonest first, in one short transaction. How many sessions that was;
    /// none are left where it was none.
    pub async fn replan_some(&self) -> Result<usize> {
        let mut look = self.read().await?;
        let waits = maybe!(&mut look, (i64,), "SELECT id FROM practice WHERE replan_after IS NOT NULL")?;
        drop(look);
        if waits.is_none() {
            return Ok(0);
        }
        let mut tx = self.write().await?;
        let planned = self.replan_batch(&mut tx).await?;
        tx.commit().await?;
        Ok(planned)
    }

    async fn replan_batch(&self, tx: &mut Tx) -> Result<usize> {
        // The row is locked: two processes take turns.
        let after = maybe!(
            tx,
            (DateTime<Utc>,),
            "UPDATE practice SET replan_after = replan_after WHERE id = 1 AND replan_after IS NOT NULL RETURNING replan_after"
        )?;
        let Some((after,)) = after else { return Ok(0) };
        // Those that begin at the same time go together.
        let last = maybe!(
            tx,
            (DateTime<Utc>,),
            "SELECT starts_at FROM session WHERE starts_at > $1 AND state IN ('booked', 'arrived') ORDER BY starts_at LIMIT 1 OFFSET $2",
            after,
            REPLANNED_AT_ONCE - 1
        )?
        .map(|(at,)| at);
        let ids = all!(
            tx,
            (Uuid,),
            "SELECT id FROM session WHERE starts_at > $1 AND starts_at <= COALESCE($2, starts_at) AND state IN ('booked', 'arrived') ORDER BY starts_at, id",
            after,
            last
        )?;
        let practice = practice_set_up(tx).await?;
        for (id,) in &ids {
            self.plan_session(tx, &practice, SessionId(*id), Occasion::Settings).await?;
        }
        run!(tx, "UPDATE practice SET replan_after = $1 WHERE id = 1", last)?;
        Ok(ids.len())
    }

    /// Owes an account a mail with a link.
    pub(crate) async fn plan_account_mail(
        &self,
        tx: &mut Tx,
        account: AccountId,
        mail: AccountMail,
        not_after: DateTime<Utc>,
    ) -> Result<()> {
        let now = self.now();
        // What was owed before it is replaced by this.
        let (kind, invitation, reset) = match mail {
            AccountMail::Invitation(id) => (MessageKind::Invitation, Some(id.0), None),
            AccountMail::Reset(id) => (MessageKind::PasswordReset, None, Some(id)),
        };
        run!(
            tx,
            "UPDATE message SET state = 'superseded', reason = $1 WHERE account_id = $2 AND kind = $3 AND state = 'planned'",
            SkipReason::Used.word(),
            account.0,
            kind.word()
        )?;
        let about = invitation.or(reset).unwrap_or_default();
        run!(
            tx,
            "INSERT INTO message (id, dedupe, kind, account_id, invitation_id, reset_id, due_at, not_after, state, attempts, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'planned', 0, $7)",
            self.clock().id(), format!("{}:{about}", kind.word()), kind.word(), account.0, invitation, reset, now, not_after
        )?;
        Ok(())
    }
}
