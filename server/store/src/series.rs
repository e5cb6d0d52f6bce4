//! Sessions that come back, booked, moved and cancelled as one.
//!
//! A series keeps its rule as wall time and zone; its sessions are rows like
//! any other, so that the calendar, the constraint and the reminders know
//! nothing of series. What stands in the way is told as a list before
//! anything is written, with a choice for each day. A series without an end
//! is made half a year ahead, and a worker goes on behind it.

mod change;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use domain::{
    availability::Buffers,
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    person::Zone,
    reminder::{Occasion, Recipient},
    series::{AHEAD, End, Recurrence, Rule},
    session::{NewSession, Over, SessionKind, Timing},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Result, SessionView, Store, Tx,
    audit::Act,
    clients::{self, PersonRow, person_columns},
    database::{all, maybe, run},
    holds::{Hold, Taken, held},
    practice::practice_set_up,
    sessions::{self, Held, New},
};

/// What to do with a day of a series on which something is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    LeaveOut,
    /// Over what is there, on purpose, for the reason that the wish names: over
    /// what was seen there ([`Taken::seen`]), and nothing else.
    Over(u64),
    /// At another time, by the wall clock of the series.
    At(NaiveDateTime),
}

/// By the day that the rule gives.
pub type Choices = BTreeMap<NaiveDate, Choice>;

/// A day of a series on which something is in the way, or was: what has been
/// chosen for a day stays in view until all is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    pub on: NaiveDate,
    pub starts: NaiveDateTime,
    pub taken: Taken,
    /// Nobody can come any more.
    pub past: bool,
    /// Whoever asks may book it over what is there, by this mark of what that is.
    pub seen: Option<u64>,
    /// What was chosen, where that can be done.
    pub settled: Option<Choice>,
}

/// What became of a wish for a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeriesBooked {
    /// It stands; its first session.
    Done(SessionId),
    /// Nothing was written: on those of these days that are not settled a choice
    /// is wanted.
    Taken(Vec<Clash>),
    /// A field names something that is not there, with a message.
    Unfit(&'static str, &'static str),
}

/// A series as its sessions' page tells it.
#[derive(Clone, Debug)]
pub struct SeriesView {
    pub rule: Rule,
    /// Nothing more is made of it.
    pub ended: bool,
    /// How many of its sessions are still to come.
    pub ahead: i64,
    /// Days ahead on which nothing was booked, and whether that was chosen.
    pub gaps: Vec<(NaiveDate, bool)>,
}

/// A day on which a series could not be booked, for the front desk.
#[derive(Clone, Debug)]
pub struct Gap {
    pub series: Uuid,
    pub on: NaiveDate,
    pub starts: NaiveTime,
    pub client: ClientId,
    pub title: String,
    pub clinician: AccountId,
    pub clinician_name: String,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    root_id: Uuid,
    outside: bool,
    client_id: Uuid,
    clinician_id: Uuid,
    room_id: Option<Uuid>,
    link: String,
    #[sqlx(try_from = "String")]
    kind: SessionKind,
    person_id: Option<Uuid>,
    starts: NaiveTime,
    #[sqlx(try_from = "String")]
    zone: Zone,
    minutes: i64,
    every_weeks: Option<i64>,
    first_on: NaiveDate,
    until_on: Option<NaiveDate>,
    times: Option<i64>,
    made_until: NaiveDate,
    created_by: Uuid,
    ended_at: Option<DateTime<Utc>>,
}

impl Row {
    fn rule(&self) -> Rule {
        let weeks = self.every_weeks.and_then(|n| u16::try_from(n).ok());
        Rule {
            first: self.first_on,
            recurrence: weeks.map_or(Recurrence::MonthlyByWeekday, Recurrence::Weeks),
            end: match (self.times.and_then(|n| u16::try_from(n).ok()), self.until_on) {
                (Some(times), _) => End::Times(times),
                (None, Some(day)) => End::Until(day),
                (None, None) => End::Never,
            },
        }
    }

    /// Those who come to it today.
    async fn people(&self, tx: &mut Tx) -> Result<Vec<Recipient>> {
        let people = all!(
            tx,
            PersonRow,
            concat!(
                "SELECT ",
                person_columns!(),
                " FROM client_member m JOIN client c ON c.id = m.client_id AND c.archived_at IS NULL JOIN person p ON p.id = m.person_id
                 WHERE m.client_id = $1 AND m.left_at IS NULL AND m.person_id = COALESCE($2, m.person_id) ORDER BY m.seat"
            ),
            self.client_id,
            self.person_id
        )?;
        Ok(people.iter().map(PersonRow::recipient).collect())
    }
}

async fn load(tx: &mut Tx, id: Uuid) -> Result<Option<Row>> {
    Ok(maybe!(
        tx,
        Row,
        "SELECT id, root_id, outside, client_id, clinician_id, room_id, link, kind, person_id, starts, zone, minutes, every_weeks, first_on, until_on, times, made_until, created_by, ended_at
         FROM series WHERE id = $1",
        id
    )?)
}

/// A series whose days are taken by others again and again gives up in the end.
const TRIES: usize = 4;

/// Two series that want the same people follow each other: of the many days
/// of each, both would get some and wait for the rest. On SQLite all who write
/// do.
async fn lock(tx: &mut Tx, holds: &[Hold]) -> Result<()> {
    let Tx::Postgres(tx) = tx else { return Ok(()) };
    for hold in holds {
        let row = match hold.kind {
            "clinician" => sqlx::query("SELECT id FROM account WHERE id = $1 FOR NO KEY UPDATE"),
            "room" => sqlx::query("SELECT id FROM room WHERE id = $1 FOR NO KEY UPDATE"),
            _ => sqlx::query("SELECT id FROM person WHERE id = $1 FOR NO KEY UPDATE"),
        };
        row.bind(hold.id).execute(&mut **tx).await?;
    }
    Ok(())
}

/// What a session of a series means on a day: where the clocks skip its time,
/// the one as far behind; where it comes twice, the one that was chosen, which
/// is asked for the first session only, and else the earlier.
fn timing(starts: NaiveDateTime, zone: &Zone, minutes: i64, fold: Option<u8>) -> Result<Timing> {
    let starts = match zone::meaning(starts, zone)? {
        zone::Meaning::Never { next, .. } => next,
        zone::Meaning::Once(_) | zone::Meaning::Twice { .. } => starts,
    };
    sessions::timing(starts, zone, minutes, fold)
}

impl Store {
    #[expect(clippy::too_many_arguments, reason = "a row's columns")]
    async fn put_series(
        &self,
        tx: &mut Tx,
        new: &New<'_>,
        person: Option<PersonId>,
        starts: NaiveTime,
        zone: &Zone,
        minutes: i64,
        rule: &Rule,
        made_until: NaiveDate,
        root: Option<Uuid>,
    ) -> Result<Uuid> {
        let id = self.clock().id();
        let (until_on, times) = match rule.end {
            End::Never => (None, None),
            End::Until(day) => (Some(day), None),
            End::Times(times) => (None, Some(i64::from(times))),
        };
        let every_weeks = match rule.recurrence {
            Recurrence::Weeks(weeks) => Some(i64::from(weeks)),
            Recurrence::MonthlyByWeekday => None,
        };
        run!(
            tx,
            "INSERT INTO series (id, client_id, clinician_id, room_id, link, kind, person_id, starts, zone, minutes, every_weeks, first_on, until_on, times, made_until, created_by, created_at, root_id, outside)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
            id, new.client.0, new.clinician.0, new.room.map(|r| r.0), new.link, new.kind.word(), person.map(|p| p.0), starts, zone.name(), minutes,
            every_weeks, rule.first, until_on, times, made_until, new.by.0, self.now(), root.unwrap_or(id), new.outside
        )?;
        Ok(id)
    }

    async fn note_gap(&self, tx: &mut Tx, series: Uuid, on: NaiveDate, reason: &str) -> Result<()> {
        run!(
            tx,
            "INSERT INTO series_gap (series_id, on_day, reason, noted_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            series,
            on,
            reason,
            self.now()
        )?;
        Ok(())
    }

    /// Makes what has come within reach of series without an end, and tells
    /// how many sessions that were. Any number of processes may do so at once.
    pub async fn extend_series(&self) -> Result<usize> {
        let mut look = self.read().await?;
        let today = zone::today(self.now(), &practice_set_up(&mut look).await?.zone);
        let open = all!(
            &mut look,
            (Uuid,),
            "SELECT id FROM series WHERE ended_at IS NULL AND until_on IS NULL AND times IS NULL AND made_until < $1 ORDER BY made_until LIMIT 500",
            today + AHEAD
        )?;
        drop(look);
        let mut made = 0;
        for (id,) in open {
            match self.extend(id, today + AHEAD).await {
                Ok(more) => made += more,
                // One that fails stops no other.
                Err(error) => tracing::error!(%error, series = %id, "its sessions cannot be made"),
            }
        }
        Ok(made)
    }

    async fn extend(&self, id: Uuid, horizon: NaiveDate) -> Result<usize> {
        let mut tx = self.write_holds(false).await?;
        // Two processes follow each other; the second finds it made.
        run!(&mut tx, "UPDATE series SET minutes = minutes WHERE id = $1", id)?;
        let Some(row) = load(&mut tx, id).await?.filter(|r| r.ended_at.is_none() && r.made_until < horizon) else {
            return Ok(0);
        };
        let (clinician, room) = (AccountId(row.clinician_id), row.room_id.map(RoomId));
        let ids = |people: &[Recipient]| people.iter().map(|p| p.person).collect::<Vec<_>>();
        let before = ids(&row.people(&mut tx).await?);
        lock(&mut tx, &held(clinician, Buffers::default(), room, &before)).await?;
        // Whoever it waited for may wish to be written to in another way now.
        let people = row.people(&mut tx).await?;
        let works =
            maybe!(&mut tx, (Uuid,), "SELECT id FROM account WHERE id = $1 AND disabled_at IS NULL", row.clinician_id)?;
        if people.is_empty() || works.is_none() {
            run!(&mut tx, "UPDATE series SET ended_at = $1 WHERE id = $2", self.now(), id)?;
            tx.commit().await?;
            return Ok(0);
        }
        let holds = self.holds(&mut tx, clinician, room, &ids(&people)).await?;
        let new = New {
            client: ClientId(row.client_id),
            clinician,
            room,
            link: &row.link,
            kind: row.kind,
            people: &people,
            by: AccountId(row.created_by),
            outside: row.outside,
            over: None,
        };
        let practice = practice_set_up(&mut tx).await?;
        let mut made = 0;
        for day in row.rule().until(horizon).into_iter().filter(|day| *day > row.made_until) {
            let timing = timing(day.and_time(row.starts), &row.zone, row.minutes, None)?;
            if timing.starts_at <= self.now() {
                continue;
            }
            let outside = !row.outside && self.is_outside(&mut tx, &practice, &holds, &timing).await?;
            if outside || self.is_taken(&mut tx, &holds, &timing).await? {
                self.note_gap(&mut tx, id, day, "taken").await?;
                continue;
            }
            let (key, series) = (self.clock().id(), Some((id, day)));
            self.put_session(&mut tx, &practice, &new, &holds, &timing, key, series, Occasion::Settings).await?;
            made += 1;
        }
        run!(&mut tx, "UPDATE series SET made_until = $1 WHERE id = $2", horizon, id)?;
        if made > 0 {
            self.replan_before_session(&mut tx, ClientId(row.client_id)).await?;
        }
        tx.commit().await?;
        Ok(made)
    }
}

impl Bookings {
    /// Books a series: all of its sessions or, where something is in the way
    /// and no choice was made for that day, none.
    pub async fn book_series(
        &self,
        new: &NewSession,
        rule: &Rule,
        zone: &Zone,
        choices: &Choices,
    ) -> Result<SeriesBooked> {
        for _ in 1..TRIES {
            match self.try_book_series(new, rule, zone, choices).await {
                // Somebody else was quicker by a moment: what is in the way now
                // is in the list.
                Err(error) if error.is_overlap() || error.is_unique() => {}
                result => return result,
            }
        }
        self.try_book_series(new, rule, zone, choices).await
    }

    async fn try_book_series(
        &self,
        new: &NewSession,
        rule: &Rule,
        zone: &Zone,
        choices: &Choices,
    ) -> Result<SeriesBooked> {
        let mut tx = self.store().write_holds(new.over.is_some()).await?;
        if let Some(id) = self.by_key(&mut tx, new.key).await? {
            return Ok(SeriesBooked::Done(id));
        }
        let practice = practice_set_up(&mut tx).await?;
        if let Ok(held) = self.holds_of(&mut tx, &practice, new).await? {
            lock(&mut tx, &held.holds).await?;
        }
        // Whom it waited for may have left meanwhile, or wishes to be written
        // to in another way.
        let Held { people, room, link, holds } = match self.holds_of(&mut tx, &practice, new).await? {
            Ok(held) => held,
            Err((field, message)) => return Ok(SeriesBooked::Unfit(field, message)),
        };
        let horizon = zone::today(self.now(), zone) + AHEAD;
        let fresh = New {
            client: new.client,
            clinician: new.clinician,
            room,
            link: &link,
            kind: new.kind,
            people: &people,
            by: self.me(),
            outside: new.outside,
            over: None,
        };
        let time = new.starts.time();
        let series = self
            .store()
            .put_series(&mut tx, &fresh, new.attendee, time, zone, new.minutes, rule, horizon.max(rule.first), None)
            .await?;
        let mut clashes = Vec::new();
        let mut first: Option<SessionId> = None;
        for day in rule.until(horizon.max(rule.first)) {
            let choice = choices.get(&day).copied();
            let starts = match choice {
                Some(Choice::At(starts)) => starts,
                Some(Choice::LeaveOut | Choice::Over(_)) | None => day.and_time(time),
            };
            let timing = timing(starts, zone, new.minutes, new.fold.filter(|_| starts == new.starts))?;
            if choice == Some(Choice::LeaveOut) {
                self.store().note_gap(&mut tx, series, day, "left_out").await?;
                clashes.push(self.clash(day, &timing, Taken::default(), choice));
                continue;
            }
            let taken = self.store().taken(&mut tx, &practice, &holds, &timing, None, new.outside).await?;
            let mut here = holds.clone();
            let Some(over) = self.laid(&taken, &mut here, &timing, choice, new.over.as_ref()) else {
                clashes.push(self.clash(day, &timing, taken, None));
                continue;
            };
            if choice.is_some() {
                clashes.push(self.clash(day, &timing, taken, choice));
            }
            let (key, occasion) = match first {
                // The notice is one, and names them all.
                None => (new.key, Occasion::Booked),
                Some(_) => (self.store().clock().id(), Occasion::Settings),
            };
            let of = Some((series, day));
            let fresh = New { over, ..fresh };
            let id = self.store().put_session(&mut tx, &practice, &fresh, &here, &timing, key, of, occasion).await?;
            first.get_or_insert(id);
        }
        if clashes.iter().any(|clash| clash.settled.is_none()) {
            return Ok(SeriesBooked::Taken(clashes));
        }
        let Some(first) = first else {
            return Ok(SeriesBooked::Unfit("repeat", "Every day of this series is left out: nothing would be booked."));
        };
        self.store().replan_before_session(&mut tx, new.client).await?;
        self.store().audit(&mut tx, Act::new(self.me(), "booked", "series", series, new.client.0)).await?;
        tx.commit().await?;
        Ok(SeriesBooked::Done(first))
    }

    fn clash(&self, on: NaiveDate, timing: &Timing, taken: Taken, settled: Option<Choice>) -> Clash {
        let past = timing.starts_at <= self.now();
        let seen = (!past && self.may_lie_over(&taken)).then_some(taken.seen);
        Clash { on, starts: timing.starts, taken, past, seen, settled }
    }

    /// The reason for which a day stands over what is there, where anything is:
    /// the choice has to be of what is there now. `None`: it cannot be booked.
    fn laid<'a>(
        &self,
        taken: &Taken,
        holds: &mut [Hold],
        timing: &Timing,
        choice: Option<Choice>,
        over: Option<&'a Over>,
    ) -> Option<Option<&'a str>> {
        if timing.starts_at <= self.now() {
            return None;
        }
        let reason = over.map(|over| over.reason.as_str());
        self.laid_over(taken, holds, reason.filter(|_| choice == Some(Choice::Over(taken.seen))))
    }

    /// The series of a session of this scope, if it is of one.
    pub async fn series_of(&self, session: &SessionView) -> Result<Option<SeriesView>> {
        let Some((id, _)) = session.series else { return Ok(None) };
        let mut tx = self.store().read().await?;
        let Some(row) = load(&mut tx, id).await? else { return Ok(None) };
        let today = zone::today(self.now(), &row.zone);
        let ahead = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM session WHERE series_id = $1 AND starts_at > $2 AND state IN ('booked', 'arrived')",
            id,
            self.now()
        )?;
        let gaps = all!(
            &mut tx,
            (NaiveDate, String),
            "SELECT g.on_day, g.reason FROM series_gap g JOIN series s ON s.id = g.series_id
             WHERE g.series_id = $1 AND g.on_day >= $2 AND g.on_day <= COALESCE(s.until_on, g.on_day) ORDER BY g.on_day LIMIT 100",
            id,
            today
        )?;
        Ok(Some(SeriesView {
            rule: row.rule(),
            ended: row.ended_at.is_some(),
            ahead: ahead.map_or(0, |(n,)| n),
            gaps: gaps.into_iter().map(|(on, reason)| (on, reason == "left_out")).collect(),
        }))
    }

    /// Days ahead on which a series that goes on could not be booked and nobody
    /// has looked after it yet, the soonest first.
    pub async fn series_gaps(&self) -> Result<Vec<Gap>> {
        #[derive(FromRow)]
        struct Found {
            series_id: Uuid,
            on_day: NaiveDate,
            starts: NaiveTime,
            client_id: Uuid,
            clinician_id: Uuid,
            clinician_name: String,
        }
        let mut tx = self.store().read().await?;
        let today = zone::today(self.now(), &practice_set_up(&mut tx).await?.zone);
        let found = all!(
            &mut tx,
            Found,
            "SELECT g.series_id, g.on_day, s.starts, s.client_id, s.clinician_id, a.display_name AS clinician_name
             FROM series_gap g JOIN series s ON s.id = g.series_id JOIN account a ON a.id = s.clinician_id
                JOIN client c ON c.id = s.client_id AND c.archived_at IS NULL
             WHERE g.reason = 'taken' AND g.seen_at IS NULL AND g.on_day >= $1 AND g.on_day <= COALESCE(s.until_on, g.on_day) AND s.clinician_id = COALESCE($2, s.clinician_id) ORDER BY g.on_day LIMIT 50",
            today,
            self.only.map(|a| a.0)
        )?;
        let mut gaps = Vec::new();
        for row in found {
            let client = ClientId(row.client_id);
            let names = clients::members(self.store(), &mut tx, &[client]).await?;
            gaps.push(Gap {
                series: row.series_id,
                on: row.on_day,
                starts: row.starts,
                client,
                title: domain::client::title(names.iter().map(|(_, m)| m.details.name.as_str())),
                clinician: AccountId(row.clinician_id),
                clinician_name: row.clinician_name,
            });
        }
        Ok(gaps)
    }

    /// Somebody has looked after a day on which a series could not be booked.
    pub async fn see_gap(&self, series: Uuid, on: NaiveDate) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let seen = run!(
            &mut tx,
            "UPDATE series_gap SET seen_at = COALESCE(seen_at, $1) WHERE series_id = $2 AND on_day = $3
                AND EXISTS (SELECT 1 FROM series s WHERE s.id = $2 AND s.clinician_id = COALESCE($4, s.clinician_id))",
            self.now(),
            series,
            on,
            self.only.map(|a| a.0)
        )?;
        tx.commit().await?;
        Ok(seen > 0)
    }
}
