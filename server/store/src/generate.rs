//! A large made-up practice for measurements, identical each time it is
//! generated.
//!
//! Everything is computed from fixed seeds and written in one transaction, in
//! the order of time. It is for `make bench` and for looking at query plans. It
//! does not use the scopes and is of no use to a real practice.

mod record;

use chrono::{DateTime, Duration, NaiveTime, Utc};
use domain::{
    clients::person::{EmailAddress, Zone},
    exercises::{
        exercise::Document,
        step::{Answer, ScaleAnswer, StepKind},
    },
    practice::settings::Practice,
    zone,
};
use sqlx::types::Json;
use uuid::Uuid;

use self::record::Held;
use crate::{
    Error, Result, Store, Tx,
    database::{maybe, run},
    practice::settings::insert_practice,
};

/// How many rows of each kind to generate.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub clinicians: u64,
    pub couples: u64,
    pub sessions: u64,
    pub responses: u64,
    pub documents: u64,
}

impl Size {
    /// A practice that outgrows one machine.
    pub const LARGE: Self =
        Self { clinicians: 50, couples: 5_000, sessions: 250_000, responses: 500_000, documents: 20_000 };
    /// The size of the other program that the figures are compared with.
    pub const PEER: Self = Self { clinicians: 20, couples: 200, sessions: 20_800, responses: 8_000, documents: 800 };
}

/// SplitMix64, a generator of well-mixed numbers (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    /// The next number, smaller than `below`.
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below.max(1)
    }
}

/// An id that is the same each time the practice is generated.
fn id(kind: u64, number: u64) -> Uuid {
    Uuid::from_u64_pair((kind << 48) | 0x7000, 0x8000_0000_0000_0000 | number)
}

/// The kinds of ids for [`id`], one constant for each.
const CLINICIAN: u64 = 1;
const PERSON: u64 = 2;
const PARTNER: u64 = 3;
const CLIENT: u64 = 4;
const SESSION: u64 = 5;
const ASSIGNMENT: u64 = 6;
const OCCURRENCE: u64 = 7;
const RESPONSE: u64 = 8;
const ANSWER: u64 = 9;
const ROOM: u64 = 10;
const DESK: u64 = 11;
const EMAIL: u64 = 12;
const NOTE: u64 = 13;

const FIRST: &[&str] = &[
    "Amara", "Bikram", "Chiara", "Daniel", "Elif", "Farah", "Grace", "Henrik", "Ines", "Jonas", "Kofi", "Lucía", "Mei",
    "Noa", "Olu", "Priya",
];
const LAST: &[&str] = &[
    "Adeyemi",
    "Botha",
    "Carvalho",
    "Demir",
    "Eriksen",
    "Fernández",
    "Ghosh",
    "Halvorsen",
    "Ito",
    "Jansen",
    "Kaya",
    "Lindqvist",
];
const ZONES: &[&str] = &["Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata"];

impl Store {
    /// Fills an empty database. Every account has the password of `hash`; the
    /// sign-in names are `clinician1`…, `desk`, `owner`, `partner1`….
    pub async fn generate(&self, size: Size, hash: &str) -> Result<()> {
        let mut tx = self.write().await?;
        let now = self.now();
        let practice =
            Practice::new("Large Practice".to_owned(), Zone::parse("Europe/Berlin").unwrap_or_else(Zone::utc));
        insert_practice(&mut tx, &practice, now).await?;
        for n in 1..=size.clinicians {
            self.generate_account(
                &mut tx,
                id(CLINICIAN, n),
                &format!("clinician{n}"),
                &format!("Dr {} {}", pick(FIRST, n), pick(LAST, n / 3)),
                None,
                "clinician",
                hash,
            )
            .await?;
            run!(&mut tx, "INSERT INTO room (id, name) VALUES ($1, $2)", id(ROOM, n), format!("Room {n}"))?;
        }
        self.generate_account(&mut tx, id(DESK, 1), "desk", "Front Desk", None, "front_desk", hash).await?;
        self.generate_account(&mut tx, id(DESK, 2), "owner", "Owner", None, "owner", hash).await?;
        let today = zone::date_of(now, &practice.zone);
        for n in 1..=size.couples {
            let client = id(CLIENT, n);
            let clinician = id(CLINICIAN, n % size.clinicians + 1);
            run!(
                &mut tx,
                "INSERT INTO client (id, kind, created_at, created_by) VALUES ($1, 'couple', $2, $3)",
                client,
                now,
                clinician
            )?;
            run!(
                &mut tx,
                "INSERT INTO care (client_id, clinician_id, covering, starts_on) VALUES ($1, $2, $3, $4)",
                client,
                clinician,
                false,
                today - Duration::days(900)
            )?;
            for (seat, number) in [("a", 2 * n - 1), ("b", 2 * n)] {
                let name = format!("{} {}", pick(FIRST, number), pick(LAST, number / 16 + n));
                let person = id(PERSON, number);
                run!(
                    &mut tx,
                    "INSERT INTO person (id, name, search_name, pronouns, email, phone, zone, language, portal_only,
                         reminders, created_at, updated_at)
                     VALUES ($1, $2, $3, '', $4, '', $5, 'en', $6, $7, $8, $8)",
                    person,
                    &name,
                    domain::clients::search::key(&name),
                    format!("partner{number}@example.org"),
                    pick(ZONES, n),
                    false,
                    true,
                    now
                )?;
                run!(
                    &mut tx,
                    "INSERT INTO client_member (client_id, person_id, seat, joined_at) VALUES ($1, $2, $3, $4)",
                    client,
                    person,
                    seat,
                    now
                )?;
                self.generate_account(
                    &mut tx,
                    id(PARTNER, number),
                    &format!("partner{number}"),
                    &name,
                    Some(person),
                    "partner",
                    hash,
                )
                .await?;
            }
        }
        let held = self.generate_sessions(&mut tx, size, now, &practice).await?;
        self.generate_responses(&mut tx, size, now).await?;
        self.generate_notes(&mut tx, size, &held).await?;
        self.generate_documents(&mut tx, size).await?;
        tx.commit().await
    }

    /// Inserts an account with one role.
    #[expect(clippy::too_many_arguments, reason = "a row's columns")]
    async fn generate_account(
        &self,
        tx: &mut Tx,
        account: Uuid,
        login: &str,
        name: &str,
        person: Option<Uuid>,
        role: &str,
        hash: &str,
    ) -> Result<()> {
        let now = self.now();
        let email = EmailAddress::parse(&format!("{login}@example.org")).map_err(|e| Error::Stored(e.to_owned()))?;
        run!(
            tx,
            "INSERT INTO account (id, login_name, display_name, email, zone, password_hash, person_id, created_at,
                 password_changed_at) VALUES ($1, $2, $3, $4, 'Europe/Berlin', $5, $6, $7, $7)",
            account,
            login,
            name,
            email.as_str(),
            hash,
            person,
            now
        )?;
        run!(tx, "INSERT INTO account_role (account_id, role, granted_at) VALUES ($1, $2, $3)", account, role, now)?;
        Ok(())
    }

    /// Six sessions a day, five days a week, each clinician in a room of their
    /// own, from the past into the next four weeks. Returns those that took place.
    async fn generate_sessions(
        &self,
        tx: &mut Tx,
        size: Size,
        now: DateTime<Utc>,
        practice: &Practice,
    ) -> Result<Vec<Held>> {
        let today = zone::date_of(now, &practice.zone);
        let per_day = size.clinicians * 6;
        let days = size.sessions / per_day * 7 / 5;
        // Four weeks are in the future, the rest in the past.
        let first = today - Duration::days(i64::try_from(days).unwrap_or(0) - 28);
        let (mut number, mut held) = (0, Vec::new());
        let mut dice = Dice(7);
        let mut date = first;
        let couples_each = (size.couples / size.clinicians).max(1);
        while number < size.sessions {
            date += Duration::days(1);
            if matches!(chrono::Datelike::weekday(&date), chrono::Weekday::Sat | chrono::Weekday::Sun) {
                continue;
            }
            for hour in [8u32, 9, 11, 13, 15, 17] {
                let starts = date.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default());
                let timing = crate::scheduling::sessions::timing(starts, &practice.zone, 50, None)?;
                let turn = u64::from(hour) + dice.roll(couples_each);
                for clinician in 1..=size.clinicians {
                    number += 1;
                    // Couples of this clinician, another one each hour.
                    let couple = ((turn + number / per_day) % couples_each) * size.clinicians
                        + (clinician + size.clinicians - 2) % size.clinicians
                        + 1;
                    let couple = (couple - 1) % size.couples + 1;
                    let clinician = couple % size.clinicians + 1;
                    let session = id(SESSION, number);
                    let state = if timing.ends_at < now { "completed" } else { "booked" };
                    if timing.ends_at < now {
                        held.push(Held { session: number, couple, clinician, ended_at: timing.ends_at });
                    }
                    run!(
                        tx,
                        "INSERT INTO session (id, client_id, clinician_id, room_id, link, kind, state, starts, zone,
                             minutes, starts_at, ends_at, zone_version, version, booking_key, created_at)
                         VALUES ($1, $2, $3, $4, '', 'regular', $5, $6, $7, 50, $8, $9, $10, 0, $1, $11)",
                        session,
                        id(CLIENT, couple),
                        id(CLINICIAN, clinician),
                        id(ROOM, clinician),
                        state,
                        starts,
                        practice.zone.name(),
                        timing.starts_at,
                        timing.ends_at,
                        &zone::database().version,
                        now
                    )?;
                    for person in [2 * couple - 1, 2 * couple] {
                        run!(
                            tx,
                            "INSERT INTO session_attendee (session_id, person_id) VALUES ($1, $2)",
                            session,
                            id(PERSON, person)
                        )?;
                        run!(
                            tx,
                            "INSERT INTO occupancy (session_id, held, held_id, starts_at, ends_at)
                             VALUES ($1, 'person', $2, $3, $4)",
                            session,
                            id(PERSON, person),
                            timing.starts_at,
                            timing.ends_at
                        )?;
                        let mail = Mail { session, person: id(PERSON, person), number: 4 * number + 2 * (person % 2) };
                        mail.generate(tx, &timing, now).await?;
                    }
                    run!(
                        tx,
                        "INSERT INTO occupancy (session_id, held, held_id, starts_at, ends_at)
                         VALUES ($1, 'clinician', $2, $3, $4)",
                        session,
                        id(CLINICIAN, clinician),
                        timing.starts_at,
                        timing.ends_at
                    )?;
                    run!(
                        tx,
                        "INSERT INTO occupancy (session_id, held, held_id, starts_at, ends_at)
                         VALUES ($1, 'room', $2, $3, $4)",
                        session,
                        id(ROOM, clinician),
                        timing.starts_at,
                        timing.ends_at
                    )?;
                }
            }
        }
        Ok(held)
    }

    /// One assignment of the measure for every couple and week, with the
    /// responses.
    async fn generate_responses(&self, tx: &mut Tx, size: Size, now: DateTime<Utc>) -> Result<()> {
        let row = maybe!(
            tx,
            (Uuid, Json<Document>),
            "SELECT v.id, v.document FROM exercise_version v JOIN exercise e ON e.id = v.exercise_id
             WHERE e.slug = 'weekly-connection' ORDER BY v.version DESC LIMIT 1"
        )?;
        let (version, document) = row.ok_or_else(|| Error::Stored("the library is not loaded".to_owned()))?;
        let Some(step) = document.0.questions().find(|s| matches!(s.kind, StepKind::Scale(_))) else {
            return Err(Error::Stored("the measure has no scale".to_owned()));
        };
        let StepKind::Scale(scale) = &step.kind else { return Ok(()) };
        let mut dice = Dice(11);
        let weeks = size.responses / (2 * size.couples);
        let mut keys = Vec::new();
        for person in 1..=2 * size.couples {
            keys.push(self.data_key_or_new(tx, id(PERSON, person)).await?);
        }
        for week in 0..weeks {
            let at = now - Duration::weeks(i64::try_from(weeks - week).unwrap_or(0));
            for couple in 1..=size.couples {
                let number = week * size.couples + couple;
                // As in real life, some of the newest are still open for one of
                // the two.
                let open = week + 1 == weeks && couple % 3 == 0;
                run!(
                    tx,
                    "INSERT INTO assignment (id, client_id, exercise_version_id, assigned_by, assigned_at, due,
                         due_on) VALUES ($1, $2, $3, $4, $5, 'on_date', $6)",
                    id(ASSIGNMENT, number),
                    id(CLIENT, couple),
                    version,
                    id(CLINICIAN, couple % size.clinicians + 1),
                    at,
                    (at + Duration::days(6)).date_naive()
                )?;
                run!(
                    tx,
                    "INSERT INTO occurrence (id, assignment_id, number, submissions, revealed_at, made_at)
                     VALUES ($1, $2, 1, 2, $3, $4)",
                    id(OCCURRENCE, number),
                    id(ASSIGNMENT, number),
                    (!open).then_some(at),
                    at
                )?;
                for person in [2 * couple - 1, 2 * couple] {
                    let response = number * 2 + person % 2;
                    let submitted = !(open && person % 2 == 0);
                    run!(
                        tx,
                        "INSERT INTO response (id, occurrence_id, person_id, draft_number, submitted_at)
                         VALUES ($1, $2, $3, 0, $4)",
                        id(RESPONSE, response),
                        id(OCCURRENCE, number),
                        id(PERSON, person),
                        submitted.then_some(at)
                    )?;
                    if !submitted {
                        continue;
                    }
                    let values =
                        scale.items.iter().map(|i| (i.key.clone(), u8::try_from(dice.roll(11)).unwrap_or(5))).collect();
                    let json = serde_json::to_vec(&Answer::Scale(ScaleAnswer { values }))
                        .map_err(|e| Error::Stored(e.to_string()))?;
                    let answer = id(ANSWER, response);
                    let key = &keys[usize::try_from(person - 1).unwrap_or(0)];
                    run!(
                        tx,
                        "INSERT INTO answer (id, response_id, occurrence_id, person_id, step, scope, body)
                         VALUES ($1, $2, $3, $4, $5, 'reveal', $6)",
                        answer,
                        id(RESPONSE, response),
                        id(OCCURRENCE, number),
                        id(PERSON, person),
                        &step.key,
                        key.seal("answer", answer, &json)
                    )?;
                }
            }
        }
        Ok(())
    }
}

/// The emails to one person about a session, and the person's reply.
struct Mail {
    session: Uuid,
    person: Uuid,
    /// The number of the first email; the second has the next one.
    number: u64,
}

impl Mail {
    /// Inserts the confirmation, the reminder and the reply.
    async fn generate(
        &self,
        tx: &mut Tx,
        timing: &domain::scheduling::session::Timing,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mails = [
            ("confirmation", None, timing.starts_at - Duration::days(30)),
            ("reminder", Some("1d"), timing.starts_at - Duration::days(1)),
        ];
        for (n, (kind, lead, due)) in (0u64..).zip(mails) {
            let sent = (due < now).then_some(due);
            run!(
                tx,
                "INSERT INTO email (id, dedupe, kind, session_id, session_version, person_id, lead, due_at, not_after,
                     state, attempts, created_at, sent_at)
                 VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11, $12)",
                id(EMAIL, self.number + n),
                format!("generated {}", self.number + n),
                kind,
                self.session,
                self.person,
                lead,
                due,
                timing.starts_at,
                if sent.is_some() { "sent" } else { "planned" },
                i64::from(sent.is_some()),
                due.min(now),
                sent
            )?;
        }
        // Two of three reply that they are coming, after they were asked.
        if timing.starts_at < now + Duration::days(3) && !(self.number / 4).is_multiple_of(3) {
            run!(
                tx,
                "INSERT INTO session_reply (session_id, person_id, session_version, reply, replied_at, changes)
                 VALUES ($1, $2, 0, 'coming', $3, 0)",
                self.session,
                self.person,
                (timing.starts_at - Duration::days(2)).min(now)
            )?;
        }
        Ok(())
    }
}

/// One of these texts, in turn.
fn pick<'a>(from: &[&'a str], number: u64) -> &'a str {
    from[usize::try_from(number).unwrap_or(0) % from.len()]
}
