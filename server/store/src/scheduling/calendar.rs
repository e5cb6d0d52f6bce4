//! The calendar of sessions, and the therapists to choose from when booking.

use std::collections::{HashMap, hash_map::Entry};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    clients::client::title,
    ids::{AccountId, ClientId, LocationId, RoomId, SessionId},
    practice::hours::Hours,
    scheduling::{
        attendance::{Presence, came_sentence, first_names},
        session::{SessionKind, SessionState},
    },
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Result, Tx,
    database::{all, maybe},
    limits::NAMED_IN_MONTH,
    practice::{hours::hours_between, settings::practice_set_up},
    scheduling::slots::therapists,
    unreadable::legible,
};

/// A session in the calendar.
#[derive(Clone, Debug)]
pub struct CalendarRow {
    pub id: SessionId,
    pub clinician: AccountId,
    pub clinician_name: String,
    /// The names of the people who come.
    pub title: String,
    /// Their first names.
    pub short_title: String,
    /// The room with its location, or "Online".
    pub place: String,
    pub kind: SessionKind,
    pub state: SessionState,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Whether the session was booked over a conflict on purpose.
    pub overridden: bool,
    /// A sentence such as "Only Elif came"; `None`: there is nothing to say.
    pub came: Option<String>,
}

/// A session in a cell of the month.
#[derive(Clone, Debug)]
pub struct MonthRow {
    pub id: SessionId,
    pub clinician: AccountId,
    pub clinician_name: String,
    /// The first names of the people who come.
    pub short_title: String,
    pub state: SessionState,
    pub starts_at: DateTime<Utc>,
}

/// A therapist to choose from.
#[derive(Clone, Debug)]
pub struct ClinicianChoice {
    pub id: AccountId,
    pub name: String,
}

/// What a client's sessions are usually like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsualSession {
    pub clinician: AccountId,
    /// The room; `None`: online, or not known.
    pub room: Option<RoomId>,
    /// The length in minutes; `None`: the client has had no session yet.
    pub minutes: Option<i64>,
}

/// A session, the seat of a person who comes to it (`None`: no longer a
/// member), and the person's name.
type Name = (Uuid, Option<String>, String);

/// A [`Name`] with what was marked of the person; `None`: nothing.
type Attending = (Uuid, Option<String>, String, Option<String>);

/// A person who comes to a session: the seat (`None`: no longer a member), the
/// name, and what was marked of them.
type Comer = (Option<String>, String, Option<Presence>);

/// The names of the therapists of some sessions. One query finds all present
/// therapists, or `only` one; a former therapist is looked up singly.
async fn therapist_names(
    tx: &mut Tx,
    only: Option<Uuid>,
    of: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let mut names: HashMap<Uuid, String> = all!(
        tx,
        (Uuid, String),
        "SELECT a.id, a.display_name FROM account_role r JOIN account a ON a.id = r.account_id
         WHERE r.role = 'clinician' AND r.account_id = COALESCE($1, r.account_id)",
        only
    )?
    .into_iter()
    .collect();
    for id in of {
        if let Entry::Vacant(unnamed) = names.entry(id) {
            let name = maybe!(tx, (String,), "SELECT display_name FROM account WHERE id = $1", id)?;
            unnamed.insert(name.map(|(name,)| name).unwrap_or_default());
        }
    }
    Ok(names)
}

impl Bookings {
    /// The sessions that touch a span of time, in the order of their starts.
    /// `clinician` limits the front desk's view to one therapist; a therapist
    /// always sees only their own sessions. `location` limits it to sessions in
    /// the rooms of a location.
    pub async fn calendar(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        clinician: Option<AccountId>,
        location: Option<LocationId>,
    ) -> Result<Vec<CalendarRow>> {
        #[derive(FromRow)]
        struct Found {
            id: Uuid,
            clinician_id: Uuid,
            room_id: Option<Uuid>,
            #[sqlx(try_from = "String")]
            kind: SessionKind,
            #[sqlx(try_from = "String")]
            state: SessionState,
            starts_at: DateTime<Utc>,
            ends_at: DateTime<Utc>,
            is_over: bool,
        }
        // Separate queries for one therapist and for all, because each has an
        // index of its own.
        macro_rules! found {
            ($whose:literal) => {
                concat!(
                    "SELECT s.id, s.clinician_id, s.room_id, s.kind, s.state, s.starts_at, s.ends_at,
                         (s.override_reason IS NOT NULL) AS is_over
                     FROM session s WHERE s.starts_at >= $1 AND s.starts_at < $2 AND s.ends_at > $3
                        AND ($4 IS NULL OR s.room_id IN (SELECT id FROM room WHERE location_id = $4))",
                    $whose,
                    " ORDER BY s.starts_at, s.id"
                )
            };
        }
        macro_rules! names {
            ($whose:literal) => {
                concat!(
                    "SELECT s.id, m.seat, p.name, t.presence
                     FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id
                     LEFT JOIN client_member m ON m.client_id = s.client_id AND m.person_id = p.id
                     WHERE s.starts_at >= $1 AND s.starts_at < $2 AND s.ends_at > $3",
                    $whose
                )
            };
        }
        let location = location.map(|l| l.0);
        // A session lasts at most eight hours, so the index on the start limits
        // the search.
        let earliest = from - Duration::hours(9);
        let mut tx = self.store().read().await?;
        let tx = &mut tx;
        let only = self.only.or(clinician).map(|a| a.0);
        let (found, names) = match only {
            Some(whose) => (
                legible!(tx, Found, found!(" AND s.clinician_id = $5"), earliest, until, from, location, whose)?,
                all!(tx, Attending, names!(" AND s.clinician_id = $4"), earliest, until, from, whose)?,
            ),
            None => (
                legible!(tx, Found, found!(""), earliest, until, from, location)?,
                all!(tx, Attending, names!(""), earliest, until, from)?,
            ),
        };
        let mut by_session: HashMap<Uuid, Vec<Comer>> = HashMap::new();
        for (id, seat, name, presence) in names {
            let presence = presence.and_then(|word| word.parse().ok());
            by_session.entry(id).or_default().push((seat, name, presence));
        }
        let places: HashMap<Uuid, String> = all!(
            tx,
            (Uuid, String),
            "SELECT r.id, r.name || COALESCE(', ' || l.name, '')
             FROM room r LEFT JOIN location l ON l.id = r.location_id"
        )?
        .into_iter()
        .collect();
        let therapists = therapist_names(tx, only, found.iter().map(|s| s.clinician_id)).await?;
        Ok(found
            .into_iter()
            .map(|s| {
                let mut names = by_session.remove(&s.id).unwrap_or_default();
                names.sort();
                let marks: Vec<Option<Presence>> = names.iter().map(|(_, _, presence)| *presence).collect();
                let names: Vec<&str> = names.iter().map(|(_, name, _)| name.as_str()).collect();
                let is_marked = s.state.occupies() && marks.iter().any(Option::is_some);
                CalendarRow {
                    came: is_marked.then(|| came_sentence(s.state, &names, &marks)).flatten(),
                    short_title: title(first_names(&names).iter().map(String::as_str)),
                    title: title(names),
                    id: SessionId(s.id),
                    clinician: AccountId(s.clinician_id),
                    clinician_name: therapists.get(&s.clinician_id).cloned().unwrap_or_default(),
                    place: s.room_id.and_then(|id| places.get(&id).cloned()).unwrap_or_else(|| "Online".to_owned()),
                    kind: s.kind,
                    state: s.state,
                    starts_at: s.starts_at,
                    ends_at: s.ends_at,
                    overridden: s.is_over,
                }
            })
            .collect())
    }

    /// The first sessions of each of these spans that were not cancelled, for
    /// the cells of a month. `clinician` limits the front desk's view to one
    /// therapist, `location` to sessions in the rooms of a location.
    pub async fn first_sessions(
        &self,
        spans: &[(DateTime<Utc>, DateTime<Utc>)],
        clinician: Option<AccountId>,
        location: Option<LocationId>,
    ) -> Result<Vec<Vec<MonthRow>>> {
        #[derive(FromRow)]
        struct Found {
            id: Uuid,
            clinician_id: Uuid,
            #[sqlx(try_from = "String")]
            state: SessionState,
            starts_at: DateTime<Utc>,
        }
        macro_rules! first {
            ($columns:literal) => {
                concat!(
                    "SELECT ",
                    $columns,
                    " FROM session s WHERE s.starts_at >= $1 AND s.starts_at < $2
                        AND s.state NOT IN ('cancelled', 'late_cancelled')
                        AND s.clinician_id = COALESCE($3, s.clinician_id)
                        AND ($4 IS NULL OR s.room_id IN (SELECT id FROM room WHERE location_id = $4))
                     ORDER BY s.starts_at, s.id LIMIT $5"
                )
            };
        }
        let (only, location) = (self.only.or(clinician).map(|a| a.0), location.map(|l| l.0));
        let mut tx = self.store().read().await?;
        let therapists = therapist_names(&mut tx, only, std::iter::empty()).await?;
        let mut rows = Vec::with_capacity(spans.len());
        for (from, until) in spans {
            let found = legible!(
                &mut tx,
                Found,
                first!("s.id, s.clinician_id, s.state, s.starts_at"),
                *from,
                *until,
                only,
                location,
                NAMED_IN_MONTH
            )?;
            let mut names: HashMap<Uuid, Vec<(Option<String>, String)>> = HashMap::new();
            if !found.is_empty() {
                let attendees = all!(
                    &mut tx,
                    Name,
                    concat!(
                        "SELECT s.id, m.seat, p.name FROM session s JOIN session_attendee t ON t.session_id = s.id
                         JOIN person p ON p.id = t.person_id
                         LEFT JOIN client_member m ON m.client_id = s.client_id AND m.person_id = p.id
                         WHERE s.id IN (",
                        first!("s.id"),
                        ")"
                    ),
                    *from,
                    *until,
                    only,
                    location,
                    NAMED_IN_MONTH
                )?;
                for (id, seat, name) in attendees {
                    names.entry(id).or_default().push((seat, name));
                }
            }
            let row = |s: Found| {
                let mut names = names.remove(&s.id).unwrap_or_default();
                names.sort();
                let names: Vec<&str> = names.iter().map(|(_, name)| name.as_str()).collect();
                MonthRow {
                    id: SessionId(s.id),
                    clinician: AccountId(s.clinician_id),
                    clinician_name: therapists.get(&s.clinician_id).cloned().unwrap_or_default(),
                    short_title: title(first_names(&names).iter().map(String::as_str)),
                    state: s.state,
                    starts_at: s.starts_at,
                }
            };
            rows.push(found.into_iter().map(row).collect());
        }
        Ok(rows)
    }

    /// The hours in which these therapists work on each day from the first to
    /// the last, for the shading of the calendar.
    pub async fn working_hours(
        &self,
        clinicians: &[AccountId],
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<HashMap<(AccountId, NaiveDate), Vec<Hours>>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let only = self.only.map(|a| a.0).or(match clinicians {
            [one] => Some(one.0),
            _ => None,
        });
        let hours = hours_between(&mut tx, &practice, only, first, last).await?;
        let mut found = HashMap::new();
        for clinician in clinicians {
            let of_one = hours.of(clinician.0);
            for day in first.iter_days().take_while(|day| *day <= last) {
                found.insert((*clinician, day), of_one.on(day, None));
            }
        }
        Ok(found)
    }

    /// The starts of the sessions in a span that were not cancelled, for
    /// counting. `clinician` limits the front desk's view to one therapist,
    /// `location` to sessions in the rooms of a location.
    pub async fn session_starts(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        clinician: Option<AccountId>,
        location: Option<LocationId>,
    ) -> Result<Vec<DateTime<Utc>>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (DateTime<Utc>,),
            "SELECT starts_at FROM session WHERE starts_at >= $1 AND starts_at < $2
                AND state NOT IN ('cancelled', 'late_cancelled') AND clinician_id = COALESCE($3, clinician_id)
                AND ($4 IS NULL OR room_id IN (SELECT id FROM room WHERE location_id = $4))",
            from,
            until,
            self.only.or(clinician).map(|a| a.0),
            location.map(|l| l.0)
        )?;
        Ok(rows.into_iter().map(|(at,)| at).collect())
    }

    /// The therapists in this scope.
    pub async fn clinicians(&self) -> Result<Vec<ClinicianChoice>> {
        let mut tx = self.store().read().await?;
        let therapists = therapists(&mut tx, self.only.map(|a| a.0)).await?;
        Ok(therapists.into_iter().map(|t| ClinicianChoice { id: AccountId(t.id), name: t.display_name }).collect())
    }

    /// What this client's sessions are usually like: the therapist, room and
    /// length of the last one, or otherwise only the therapist who has the
    /// client in care. `None`: there is neither in this scope.
    pub async fn usual_session(&self, client: ClientId) -> Result<Option<UsualSession>> {
        let mut tx = self.store().read().await?;
        let last = maybe!(
            &mut tx,
            (Uuid, Option<Uuid>, i64),
            "SELECT clinician_id, room_id, minutes FROM session
             WHERE client_id = $1 AND state NOT IN ('cancelled', 'late_cancelled')
                AND clinician_id = COALESCE($2, clinician_id)
             ORDER BY starts_at DESC LIMIT 1",
            client.0,
            self.only.map(|a| a.0)
        )?;
        if let Some((clinician, room, minutes)) = last {
            return Ok(Some(UsualSession {
                clinician: AccountId(clinician),
                room: room.map(RoomId),
                minutes: Some(minutes),
            }));
        }
        let today = zone::date_of(self.now(), &practice_set_up(&mut tx).await?.zone);
        let care = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT clinician_id FROM care WHERE client_id = $1 AND starts_on <= $2
                AND (ends_on IS NULL OR ends_on >= $2)
                AND clinician_id = COALESCE($3, clinician_id) ORDER BY covering, starts_on LIMIT 1",
            client.0,
            today,
            self.only.map(|a| a.0)
        )?;
        Ok(care.map(|(clinician,)| UsualSession { clinician: AccountId(clinician), room: None, minutes: None }))
    }
}
