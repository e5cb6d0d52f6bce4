//! New time zone rules: future sessions keep their wall time and start at the
//! instant that it means now.
//!
//! A country may change its clocks at short notice, and a session at ten is
//! still at ten there. Its reminders move with it. Calendars store the instant
//! (RFC 5545), so each person who was sent an invitation gets it again with a
//! higher SEQUENCE. If the hour that they were told is still right, the email
//! says that nothing has changed; if not, it tells them the new local time. The
//! latter also happens if the rules have changed for the reader only and the
//! session is at the same instant. The owner is told how many sessions were
//! affected.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    clients::person::Zone,
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    outbox::reminder::{EmailKind, Occasion, plan_shift_notice},
    practice::settings::Practice,
    scheduling::session::Timing,
    zone::{self, WallInstants},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Owner, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{PersonRow, person_columns},
    database::{all, maybe, run},
    exercises::nudges,
    outbox::owed::{self, email_kinds},
    practice::settings::practice_set_up,
};

/// The override reason of a session that overlaps another one after such a
/// change.
const REASON: &str = "The rules of a time zone have changed";

/// What new time zone rules have changed for the practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZonesChanged {
    pub at: DateTime<Utc>,
    /// The version of the zone database that applies since then.
    pub version: String,
    /// How many sessions start at another instant.
    pub sessions: i64,
    /// How many of these are for at least one person whose clock shows another
    /// time than the session's wall time.
    pub elsewhere: i64,
    /// How many of them overlap another session now.
    pub over: i64,
}

/// A future session that was booked with older zone rules.
#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    clinician_id: Uuid,
    room_id: Option<Uuid>,
    starts: NaiveDateTime,
    #[sqlx(try_from = "String")]
    zone: Zone,
    minutes: i64,
    starts_at: DateTime<Utc>,
    version: i64,
    shifts: i64,
    /// The first series of the chain that it belongs to, if any.
    root_id: Option<Uuid>,
}

/// A person who attends a session.
#[derive(FromRow)]
struct Coming {
    session_id: Uuid,
    #[sqlx(flatten)]
    person: PersonRow,
}

/// The start that an email has told a person, as the wall time and the zone
/// that it named.
#[derive(Clone, Debug)]
struct ToldStart {
    starts: NaiveDateTime,
    zone: Zone,
}

impl ToldStart {
    /// Whether what was told is right for an instant. It counts as right if
    /// this program does not know the zone: nothing better can be said.
    fn is_still_true(&self, at: DateTime<Utc>) -> bool {
        !zone::exists(&self.zone) || zone::wall_time(at, &self.zone) == self.starts
    }
}

/// What people were told before the rules changed.
#[derive(Default)]
struct ToldBefore {
    /// What an email about the session itself told, by session and person:
    /// these people have an invitation. `None`: an older version of the program
    /// did not record what it told.
    sessions: HashMap<(Uuid, Uuid), Option<ToldStart>>,
    /// The people who were told by the list in an email about a series: its
    /// first series, and the person.
    series: HashSet<(Uuid, Uuid)>,
}

impl ToldBefore {
    /// What a person was told of a session. `None`: nothing.
    fn told_start(&self, row: &Row, person: &PersonRow) -> Option<ToldStart> {
        // What an older version of the program told was right by its rules: the
        // session's own hour for a reader in its zone. For other readers this
        // is the best guess.
        let guess = || {
            if person.zone == row.zone {
                ToldStart { starts: row.starts, zone: row.zone.clone() }
            } else {
                ToldStart { starts: zone::wall_time(row.starts_at, &person.zone), zone: person.zone.clone() }
            }
        };
        match self.sessions.get(&(row.id, person.id)) {
            Some(told) => Some(told.clone().unwrap_or_else(guess)),
            None => row.root_id.filter(|root| self.series.contains(&(*root, person.id))).map(|_| guess()),
        }
    }
}

impl Row {
    /// What its wall time means now. Of two possible instants, the one nearer
    /// to the old start.
    fn timing(&self) -> Result<Timing> {
        let at = match zone::instants_of(self.starts, &self.zone)? {
            WallInstants::Twice { first, second } => {
                let apart = |at: DateTime<Utc>| (at - self.starts_at).abs();
                if apart(second) < apart(first) { second } else { first }
            }
            meaning => meaning.instant(),
        };
        Ok(Timing {
            starts: self.starts,
            zone: self.zone.clone(),
            minutes: self.minutes,
            starts_at: at,
            ends_at: at + chrono::Duration::minutes(self.minutes),
        })
    }
}

impl Worker {
    /// Computes the start of future sessions again that were booked with older
    /// zone rules, and returns how many start at another instant. Another
    /// process with an older zone database does not undo this.
    pub async fn apply_new_zone_rules(&self) -> Result<usize> {
        let (version, now) = (&zone::database().version, self.now());
        let mut look = self.read().await?;
        let due = maybe!(
            &mut look,
            (Uuid,),
            "SELECT id FROM session WHERE starts_at > $1 AND state = 'booked' AND zone_version < $2 LIMIT 1",
            now,
            version
        )?;
        drop(look);
        if due.is_none() {
            return Ok(0);
        }
        // A booking at the same time would see half of the sessions at their
        // old times.
        let mut tx = self.write_occupancies(true).await?;
        let practice = practice_set_up(&mut tx).await?;
        let rows = outdated_sessions(&mut tx, now, version).await?;
        run!(
            &mut tx,
            "UPDATE session SET zone_version = $1 WHERE starts_at > $2 AND state = 'booked' AND zone_version < $1",
            version,
            now
        )?;
        let coming = people_by_session(&mut tx, now).await?;
        let told = load_told(&mut tx, now).await?;
        let Retimed { moved, same } = retime(&mut tx, rows).await?;
        // People are told of a series once, with the first of its sessions that
        // is at another hour.
        let mut series_told = HashSet::new();
        let (mut elsewhere, mut over) = (0, 0);
        let people_of = |row: &Row| coming.get(&row.id).map_or(&[][..], Vec::as_slice);
        for (row, timing) in &moved {
            let people = people_of(row);
            let another = |person: &PersonRow| zone::wall_time(timing.starts_at, &person.zone) != row.starts;
            elsewhere += i64::from(people.iter().any(another));
            self.plan_shifted_emails(&mut tx, row, timing, people, &told, &mut series_told).await?;
            over += i64::from(self.move_by_zone_rules(&mut tx, &practice, row, timing, people).await?);
        }
        // At the same instant, but at another hour where a reader lives.
        for (row, timing) in &same {
            if self.plan_shifted_emails(&mut tx, row, timing, people_of(row), &told, &mut series_told).await? {
                owed::plan_session(self, &mut tx, &practice, SessionId(row.id), Occasion::Settings).await?;
            }
        }
        if !moved.is_empty() {
            run!(
                &mut tx,
                "UPDATE practice SET zones_at = $1, zones_version = $2, zones_sessions = $3, zones_elsewhere = $4,
                     zones_over = $5
                 WHERE id = 1",
                now,
                version,
                i64::try_from(moved.len()).unwrap_or(i64::MAX),
                elsewhere,
                over
            )?;
        }
        tx.commit().await?;
        Ok(moved.len())
    }

    /// Moves a session to the instant that its wall time means now, with its
    /// emails and what is due before it. Returns whether it overlaps another
    /// session there.
    async fn move_by_zone_rules(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        row: &Row,
        timing: &Timing,
        people: &[PersonRow],
    ) -> Result<bool> {
        let people: Vec<PersonId> = people.iter().map(|person| PersonId(person.id)).collect();
        let (clinician, room) = (AccountId(row.clinician_id), row.room_id.map(RoomId));
        let mut holds = self.holds(tx, clinician, room, &people).await?;
        let is_over = self.mark_overrides(tx, &mut holds, timing).await?;
        run!(
            tx,
            "UPDATE session SET starts_at = $1, ends_at = $2, override_reason = COALESCE(override_reason, $3)
             WHERE id = $4",
            timing.starts_at,
            timing.ends_at,
            is_over.then_some(REASON),
            row.id
        )?;
        self.occupy(tx, SessionId(row.id), &holds, timing).await?;
        owed::plan_session(self, tx, practice, SessionId(row.id), Occasion::Settings).await?;
        nudges::replan_before_session(self, tx, ClientId(row.client_id)).await?;
        let version = &zone::database().version;
        let detail = format!("{version}: {} → {}", row.starts_at.to_rfc3339(), timing.starts_at.to_rfc3339());
        let act = Act::by_program(AuditAction::MovedByNewZoneRules, AuditThing::Session)
            .id(row.id)
            .client(row.client_id)
            .detail(&detail);
        self.record(tx, act).await?;
        Ok(is_over)
    }
}

/// Sessions with what their wall times mean by the new rules.
#[derive(Default)]
struct Retimed {
    /// Those that start at another instant. They occupy no time any more.
    moved: Vec<(Row, Timing)>,
    /// Those that start at the same instant.
    same: Vec<(Row, Timing)>,
}

/// The future sessions that were booked with older zone rules, locked, the
/// soonest first.
async fn outdated_sessions(tx: &mut Tx, now: DateTime<Utc>, version: &String) -> Result<Vec<Row>> {
    // A cancellation or check-in happens before or after this. All sessions are
    // locked before anything is audited, so that no other lock is waited for.
    if let Tx::Postgres(tx) = tx {
        sqlx::query(
            "SELECT id FROM session
             WHERE starts_at > $1 AND state = 'booked' AND zone_version < $2
             ORDER BY starts_at, id FOR NO KEY UPDATE",
        )
        .bind(now)
        .bind(version)
        .execute(&mut **tx)
        .await?;
    }
    Ok(all!(
        tx,
        Row,
        "SELECT s.id, s.client_id, s.clinician_id, s.room_id, s.starts, s.zone, s.minutes, s.starts_at, s.version,
             s.shifts, y.root_id
         FROM session s LEFT JOIN series y ON y.id = s.series_id
         WHERE s.starts_at > $1 AND s.state = 'booked' AND s.zone_version < $2 ORDER BY s.starts_at, s.id",
        now,
        version
    )?)
}

/// Computes what the wall times of these sessions mean now. All that move give
/// up their times first: a session may take the time of another of the same day.
async fn retime(tx: &mut Tx, rows: Vec<Row>) -> Result<Retimed> {
    let mut retimed = Retimed::default();
    for row in rows {
        let timing = match row.timing() {
            Ok(timing) => timing,
            // It stays where it was, until a program that knows its zone
            // computes it. One that cannot be read does not stop the others.
            Err(error) => {
                tracing::error!(%error, session = %row.id, "a session cannot be derived anew");
                continue;
            }
        };
        if timing.starts_at == row.starts_at {
            retimed.same.push((row, timing));
        } else {
            run!(tx, "DELETE FROM occupancy WHERE session_id = $1", row.id)?;
            retimed.moved.push((row, timing));
        }
    }
    Ok(retimed)
}

impl Store {
    /// Plans the emails about a session's new timing to everybody who was told
    /// of the old one, and counts the change in the SEQUENCE of its calendar
    /// entries. `false`: nothing has changed for anybody.
    async fn plan_shifted_emails(
        &self,
        tx: &mut Tx,
        row: &Row,
        timing: &Timing,
        people: &[PersonRow],
        told: &ToldBefore,
        series_told: &mut HashSet<(Uuid, Uuid)>,
    ) -> Result<bool> {
        let now = self.now();
        let instant = timing.starts_at != row.starts_at;
        let mut owed = Vec::new();
        for person in people {
            let Some(before) = told.told_start(row, person) else { continue };
            let invited = told.sessions.contains_key(&(row.id, person.id));
            let kind = match (before.is_still_true(timing.starts_at), row.root_id) {
                (true, _) if instant && invited => EmailKind::CalendarUpdate,
                // The hour is right, and there is no invitation to correct.
                (true, _) => continue,
                (false, Some(root)) if !invited && !series_told.insert((root, person.id)) => continue,
                (false, _) => EmailKind::LocalTime,
            };
            // An email that has not been sent yet is rendered with the new
            // timing.
            let pending = maybe!(
                tx,
                (Uuid,),
                concat!(
                    "SELECT id FROM email
                     WHERE session_id = $1 AND person_id = $2 AND session_version = $3
                       AND state = 'planned' AND kind IN ",
                    email_kinds!(tells_time),
                    " LIMIT 1"
                ),
                row.id,
                person.id,
                row.version
            )?;
            if pending.is_none() {
                owed.extend(plan_shift_notice(kind, timing, &person.recipient(), people.len() == 1, now)?);
            }
        }
        if !instant && owed.is_empty() {
            return Ok(false);
        }
        run!(tx, "UPDATE session SET shifts = shifts + 1, shifted_at = $1 WHERE id = $2", now, row.id)?;
        run!(
            tx,
            "UPDATE email SET bytes = NULL WHERE session_id = $1 AND state = 'planned' AND bytes IS NOT NULL",
            row.id
        )?;
        for planned in &owed {
            owed::plan_shift_email(self, tx, SessionId(row.id), row.version, row.shifts + 1, planned).await?;
        }
        Ok(true)
    }
}

/// The people who attend each future session, by session.
async fn people_by_session(tx: &mut Tx, now: DateTime<Utc>) -> Result<HashMap<Uuid, Vec<PersonRow>>> {
    let rows = all!(
        tx,
        Coming,
        concat!(
            "SELECT t.session_id, ",
            person_columns!(),
            " FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id
             WHERE s.starts_at > $1 AND s.state = 'booked'"
        ),
        now
    )?;
    let mut coming: HashMap<Uuid, Vec<PersonRow>> = HashMap::new();
    for row in rows {
        coming.entry(row.session_id).or_default().push(row.person);
    }
    Ok(coming)
}

/// What emails have told of the future sessions and of their series.
async fn load_told(tx: &mut Tx, now: DateTime<Utc>) -> Result<ToldBefore> {
    let mut told = ToldBefore::default();
    // The latest email is last, and counts.
    let sessions = all!(
        tx,
        (Uuid, Option<Uuid>, Option<NaiveDateTime>, Option<String>),
        concat!(
            "SELECT m.session_id, m.person_id, m.told_starts, m.told_zone
             FROM session s JOIN email m ON m.session_id = s.id
             WHERE s.starts_at > $1 AND s.state = 'booked'
               AND (m.state IN ('sent', 'claimed') OR m.may_have_arrived) AND m.kind IN ",
            email_kinds!(invites),
            " ORDER BY m.due_at, m.created_at, m.id"
        ),
        now
    )?;
    for (session, person, starts, zone) in sessions {
        let Some(person) = person else { continue };
        let start =
            starts.zip(zone.and_then(|zone| Zone::parse(&zone))).map(|(starts, zone)| ToldStart { starts, zone });
        told.sessions.insert((session, person), start);
    }
    let series = all!(
        tx,
        (Uuid, Option<Uuid>),
        concat!(
            "SELECT DISTINCT y.root_id, m.person_id
             FROM series y JOIN session x ON x.series_id = y.id JOIN email m ON m.session_id = x.id
             WHERE y.root_id IN (SELECT z.root_id
               FROM session s JOIN series z ON z.id = s.series_id
               WHERE s.starts_at > $1 AND s.state = 'booked')
               AND (m.state IN ('sent', 'claimed') OR m.may_have_arrived) AND m.kind IN ",
            email_kinds!(tells_local_time)
        ),
        now
    )?;
    told.series.extend(series.into_iter().filter_map(|(root, person)| Some((root, person?))));
    Ok(told)
}

impl Owner {
    /// What new time zone rules have changed within the last 30 days.
    pub async fn zones_changed(&self) -> Result<Option<ZonesChanged>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (DateTime<Utc>, String, i64, i64, i64),
            "SELECT zones_at, zones_version, zones_sessions, zones_elsewhere, zones_over
             FROM practice
             WHERE zones_at > $1",
            self.now() - chrono::Duration::days(30)
        )?;
        Ok(row.map(|(at, version, sessions, elsewhere, over)| ZonesChanged { at, version, sessions, elsewhere, over }))
    }
}
