//! Planning the emails about a session, in the transaction that books or
//! changes it.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use domain::{
    clients::person::Zone,
    ids::{PersonId, SessionId},
    outbox::reminder::{EmailKind, Occasion, PlannedEmail, Recipient, SkipReason, plan_emails},
    practice::settings::Practice,
    scheduling::session::{SessionKind, Timing},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    kinds::email_kinds,
    owe::{About, OnConflict, Owed, To, owe, owe_for_session},
};
use crate::{
    Result, Store, Tx, Worker,
    clients::client::{PersonRow, person_columns},
    database::{all, maybe, run},
    limits::REPLANNED_AT_ONCE,
    practice::settings::practice_set_up,
};

/// A session in the version that emails are planned for.
pub(crate) struct SessionVersion<'a> {
    pub id: SessionId,
    pub version: i64,
    pub kind: SessionKind,
    pub timing: &'a Timing,
}

/// Who has been told of a session before, and of which version last.
#[derive(Default)]
struct LastTold {
    /// The version last told, by person.
    whom: HashMap<Uuid, i64>,
    /// After an undo: the version that applies again.
    restored: Option<i64>,
}

/// Plans a session's emails in the transaction of its change. They replace
/// the emails planned for an older version.
pub(crate) async fn plan_session(
    store: &Store,
    tx: &mut Tx,
    practice: &Practice,
    id: SessionId,
    occasion: Occasion,
) -> Result<()> {
    plan_since(store, tx, practice, id, occasion, None).await
}

/// Plans a session's emails after a change was undone: people who were last
/// told of the version that applies again get none; everybody else is told
/// how it is now.
pub(crate) async fn plan_undone(
    store: &Store,
    tx: &mut Tx,
    practice: &Practice,
    id: SessionId,
    restored: i64,
) -> Result<()> {
    plan_since(store, tx, practice, id, Occasion::Undone, Some(restored)).await
}

/// Plans the emails of a session that was just booked: its people are
/// known, and no email is planned yet.
pub(crate) async fn plan_new(
    store: &Store,
    tx: &mut Tx,
    practice: &Practice,
    about: &SessionVersion<'_>,
    people: &[Recipient],
    occasion: Occasion,
) -> Result<()> {
    plan_for_people(store, tx, practice, about, people, occasion, &LastTold::default()).await
}

/// Plans a session's emails. `restored`: the version that an undo has
/// restored.
async fn plan_since(
    store: &Store,
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
            "SELECT s.starts, s.zone AS session_zone, s.minutes, s.kind AS session_kind, s.starts_at, s.ends_at,
                 s.version, s.series_id, ",
            person_columns!(),
            " FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id
             WHERE s.id = $1"
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
    let about = SessionVersion { id, version: first.version, kind: first.session_kind, timing: &timing };
    let recipients: Vec<Recipient> = coming.iter().map(|c| c.person.recipient()).collect();
    let told = match occasion {
        Occasion::Moved | Occasion::Cancelled | Occasion::Undone => told_versions(tx, id, series).await?,
        Occasion::Booked | Occasion::Settings => HashMap::new(),
    };
    match occasion {
        // No email is planned yet.
        Occasion::Booked => {}
        Occasion::Settings => {
            run!(
                tx,
                "UPDATE email SET state = 'superseded', reason = $2
                 WHERE session_id = $1 AND state = 'planned' AND kind = 'reminder' AND attempts = 0",
                id.0,
                SkipReason::PlannedAnew.word()
            )?;
        }
        Occasion::Moved | Occasion::Cancelled | Occasion::Undone => {
            run!(
                tx,
                "UPDATE email SET state = 'superseded', reason = CASE WHEN may_have_arrived THEN $3 ELSE $2 END
                 WHERE session_id = $1 AND state = 'planned'",
                id.0,
                SkipReason::SessionChanged.word(),
                SkipReason::MayHaveArrived.word()
            )?;
        }
    }
    plan_for_people(store, tx, practice, &about, &recipients, occasion, &LastTold { whom: told, restored }).await
}

/// Writes the emails that are due about a session.
async fn plan_for_people(
    store: &Store,
    tx: &mut Tx,
    practice: &Practice,
    about: &SessionVersion<'_>,
    recipients: &[Recipient],
    occasion: Occasion,
    told: &LastTold,
) -> Result<()> {
    let (id, version, now) = (about.id, about.version, store.now());
    let was_told = |person: PersonId| told.whom.contains_key(&person.0);
    let knows = |person: PersonId| told.restored.is_some() && told.whom.get(&person.0).copied() == told.restored;
    let quiet = Duration::minutes(practice.quiet_minutes);
    let mut owed = Vec::new();
    for mut planned in
        plan_emails(occasion, about.timing, recipients, |own| practice.leads_for(about.kind, own), quiet, now)?
    {
        if planned.kind == EmailKind::Moved && !was_told(planned.person) {
            planned.kind = EmailKind::Confirmation;
        } else if planned.kind == EmailKind::Cancelled && !was_told(planned.person)
            // They know the version that applies again.
            || planned.kind == EmailKind::Confirmation && knows(planned.person)
        {
            continue;
        }
        owed.push(planned);
    }
    owe_for_session(store, tx, id, version, &owed).await
}

/// Plans an email about a session whose instant, or whose local time for
/// the person, has changed with the zone rules: once for each change.
pub(crate) async fn plan_shift_email(
    store: &Store,
    tx: &mut Tx,
    session: SessionId,
    version: i64,
    shifts: i64,
    planned: &PlannedEmail,
) -> Result<()> {
    run!(
        tx,
        concat!(
            "UPDATE email SET state = 'superseded', reason = $3
             WHERE session_id = $1 AND person_id = $2 AND state = 'planned' AND kind IN ",
            email_kinds!(follows_zone_rules)
        ),
        session.0,
        planned.person.0,
        SkipReason::SessionChanged.word()
    )?;
    let owed = Owed {
        about: About::Session { id: session, version },
        to: To::Person(planned.person),
        kind: planned.kind,
        key: format!("{}:{shifts}", planned.key(session, version)),
        due_at: planned.due_at,
        not_after: planned.not_after,
        skip: planned.skip,
        on_conflict: OnConflict::Keep,
    };
    owe(store, tx, owed).await
}

/// The people who were told of a session before, by itself or with its
/// series, and the version that they were told of last. Only they get an
/// email about a move or a cancellation.
async fn told_versions(tx: &mut Tx, id: SessionId, series: Option<Uuid>) -> Result<HashMap<Uuid, i64>> {
    let mut told = HashMap::new();
    if let Some(series) = series {
        // It was booked with the series, so people were told of its first
        // version.
        let with_it = all!(
            tx,
            (Option<Uuid>,),
            concat!(
                "SELECT m.person_id
                 FROM series y JOIN series z ON z.root_id = y.root_id JOIN session x ON x.series_id = z.id
                   JOIN email m ON m.session_id = x.id
                 WHERE y.id = $1 AND (m.state IN ('sent', 'claimed') OR m.may_have_arrived) AND m.kind IN ",
                email_kinds!(tells_time)
            ),
            series
        )?;
        told.extend(with_it.into_iter().filter_map(|(person,)| Some((person?, 0))));
    }
    let by_itself = all!(
        tx,
        (Option<Uuid>, Option<i64>),
        concat!(
            "SELECT person_id, session_version FROM email
             WHERE session_id = $1 AND (state IN ('sent', 'claimed') OR may_have_arrived) AND kind IN ",
            email_kinds!(tells_version),
            " ORDER BY session_version"
        ),
        id.0
    )?;
    told.extend(by_itself.into_iter().filter_map(|(person, version)| Some((person?, version?))));
    Ok(told)
}

/// Plans the reminders of a person's future sessions again.
pub(crate) async fn replan_person(store: &Store, tx: &mut Tx, person: PersonId) -> Result<()> {
    let ids = all!(
        tx,
        (Uuid,),
        "SELECT s.id FROM session s JOIN session_attendee t ON t.session_id = s.id
         WHERE t.person_id = $1 AND s.starts_at > $2 AND s.state IN ('booked', 'arrived')",
        person.0,
        store.now()
    )?;
    let practice = practice_set_up(tx).await?;
    for (id,) in ids {
        plan_session(store, tx, &practice, SessionId(id), Occasion::Settings).await?;
    }
    Ok(())
}

/// Plans the reminders of all future sessions again after the lead times
/// changed: those of the soonest sessions at once, the others by
/// [`Store::replan_some`], so that no booking has to wait for a whole
/// practice.
pub(crate) async fn replan_all(store: &Store, tx: &mut Tx) -> Result<()> {
    run!(tx, "UPDATE practice SET replan_after = $1 WHERE id = 1", store.now())?;
    replan_batch(store, tx).await?;
    Ok(())
}

async fn replan_batch(store: &Store, tx: &mut Tx) -> Result<usize> {
    // The row is locked: two processes take turns.
    let after = maybe!(
        tx,
        (DateTime<Utc>,),
        "UPDATE practice SET replan_after = replan_after
         WHERE id = 1 AND replan_after IS NOT NULL
         RETURNING replan_after"
    )?;
    let Some((after,)) = after else { return Ok(0) };
    // Sessions that begin at the same time belong to the same batch.
    let last = maybe!(
        tx,
        (DateTime<Utc>,),
        "SELECT starts_at FROM session
         WHERE starts_at > $1 AND state IN ('booked', 'arrived')
         ORDER BY starts_at LIMIT 1 OFFSET $2",
        after,
        REPLANNED_AT_ONCE - 1
    )?
    .map(|(at,)| at);
    let ids = all!(
        tx,
        (Uuid,),
        "SELECT id FROM session
         WHERE starts_at > $1 AND starts_at <= COALESCE($2, starts_at) AND state IN ('booked', 'arrived')
         ORDER BY starts_at, id",
        after,
        last
    )?;
    let practice = practice_set_up(tx).await?;
    for (id,) in &ids {
        run!(tx, "SAVEPOINT one_session")?;
        match plan_session(store, tx, &practice, SessionId(*id), Occasion::Settings).await {
            Ok(()) => run!(tx, "RELEASE SAVEPOINT one_session")?,
            // A session that fails keeps the reminders it had, and does not
            // stop the others.
            Err(error) => {
                tracing::error!(%error, session = %id, "its reminders cannot be planned anew");
                run!(tx, "ROLLBACK TO SAVEPOINT one_session")?
            }
        };
    }
    run!(tx, "UPDATE practice SET replan_after = $1 WHERE id = 1", last)?;
    Ok(ids.len())
}

impl Worker {
    /// Plans reminders again that a change of the lead times has left to do,
    /// those of the soonest sessions first, in one short transaction. Returns
    /// for how many sessions; 0: none are left.
    pub async fn replan_some(&self) -> Result<usize> {
        let mut look = self.read().await?;
        let waits = maybe!(&mut look, (i64,), "SELECT id FROM practice WHERE replan_after IS NOT NULL")?;
        drop(look);
        if waits.is_none() {
            return Ok(0);
        }
        let mut tx = self.write().await?;
        let planned = replan_batch(self, &mut tx).await?;
        tx.commit().await?;
        Ok(planned)
    }
}
