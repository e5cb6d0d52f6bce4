//! The front desk's overview of today besides the sessions: which rooms are
//! free now, and which therapists still have time.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    ids::{AccountId, RoomId},
    scheduling::slots::{Limits, free_starts},
    span::Span,
    zone,
};
use uuid::Uuid;

use crate::{
    Bookings, Result,
    database::all,
    practice::{
        hours::{self, days_around},
        settings::{Room, RoomOffer, practice_set_up, room_offers},
    },
    scheduling::{
        openings::{AROUND, STEP, TICK, openings},
        slots::therapists,
    },
};

/// The rooms and therapists that are free today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeToday {
    pub rooms: Vec<RoomNow>,
    /// Therapists, each with the first start of every free stretch in the rest
    /// of today.
    pub therapists: Vec<(AccountId, String, Vec<FreeStart>)>,
}

/// The start of a free stretch of a therapist's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeStart {
    pub at: DateTime<Utc>,
    /// A room that is free then too; `None`: there is none.
    pub room: Option<RoomId>,
}

/// The state of a room now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomNow {
    pub room: Room,
    /// Until when it is occupied without a break; `None`: it is free now.
    pub held_until: Option<DateTime<Utc>>,
    /// When it is occupied next today; `None`: not again.
    pub next: Option<DateTime<Utc>>,
}

/// The shortest span that counts as free time.
const LENGTH: Duration = Duration::minutes(50);

impl Bookings {
    /// The days on which a therapist has time, each with the first start for a
    /// session of this many minutes. It looks at `days` days from `first` on,
    /// and not at times that are past. Days without such a start are left out.
    /// Empty for a therapist outside this scope.
    pub async fn free_days(
        &self,
        clinician: AccountId,
        first: NaiveDate,
        days: i64,
        minutes: i64,
    ) -> Result<Vec<(NaiveDate, DateTime<Utc>)>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let now = self.now();
        let (from, until) = (first.max(zone::date_of(now, &practice.zone)), first + Duration::days(days));
        let only = self.only.unwrap_or(clinician);
        if from >= until || only != clinician {
            return Ok(vec![]);
        }
        let Some(therapist) = therapists(&mut tx, Some(only.0)).await?.pop() else { return Ok(vec![]) };
        let zone = &practice.zone;
        let all = Span { from: zone::day_start(from, zone)?.max(now + TICK), until: zone::day_start(until, zone)? };
        let length = Duration::minutes(minutes);
        let rows = all!(
            &mut tx,
            (DateTime<Utc>, DateTime<Utc>),
            "SELECT starts_at, ends_at FROM occupancy WHERE held_id = $1 AND ends_at > $2 AND starts_at < $3
             ORDER BY starts_at",
            only.0,
            all.from - AROUND,
            all.until + length + AROUND
        )?;
        let hold = therapist.hold();
        let taken: Vec<Span> = rows.into_iter().map(|(from, until)| hold.around(Span { from, until })).collect();
        let (day, days) = (Duration::days(1), Duration::days(2));
        let open = hours::hours_between(&mut tx, &practice, Some(only.0), from - day, until + days).await?.of(only.0);
        let open = openings(&open, None, zone, days_around(all, zone))?;
        let limits = Limits { open: &open, within: &[], taken: &taken, length, step: STEP };
        let mut found = Vec::new();
        for date in from.iter_days().take_while(|date| *date < until) {
            let (begin, end) = zone::day(date, zone)?;
            let starts = Span { from: begin.max(all.from), until: end };
            if let Some(at) = free_starts(&limits, starts, 1).first() {
                found.push((date, *at));
            }
        }
        Ok(found)
    }

    /// The rooms and therapists that are free today; for the front desk, those
    /// of the whole practice.
    pub async fn free_today(&self) -> Result<FreeToday> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let now = self.now();
        let today = zone::date_of(now, &practice.zone);
        let (_, end) = zone::day(today, &practice.zone)?;
        let rows = all!(
            &mut tx,
            (Uuid, DateTime<Utc>, DateTime<Utc>),
            "SELECT o.held_id, o.starts_at, o.ends_at FROM (
                SELECT account_id AS id FROM account_role
                WHERE role = 'clinician' AND account_id = COALESCE($1, account_id)
                UNION ALL SELECT id FROM room WHERE archived_at IS NULL) h
             JOIN occupancy o ON o.held_id = h.id AND o.ends_at > $2 AND o.starts_at < $3 ORDER BY o.starts_at",
            self.only.map(|a| a.0),
            now - AROUND,
            end + LENGTH + AROUND
        )?;
        let mut taken: HashMap<Uuid, Vec<Span>> = HashMap::new();
        for (held, from, until) in rows {
            taken.entry(held).or_default().push(Span { from, until });
        }
        let offers = room_offers(&mut tx).await?;
        let room_ids: Vec<RoomId> = offers.iter().map(|offer| offer.room.id).collect();
        let free_room = |at: DateTime<Utc>| {
            let is_free = |id: &RoomId| {
                let taken = taken.get(&id.0).into_iter().flatten();
                taken.into_iter().all(|span| span.until <= at || span.from >= at + LENGTH)
            };
            room_ids.iter().copied().find(is_free)
        };
        let rooms = offers
            .into_iter()
            .map(|RoomOffer { room, .. }| {
                let mut held_until = None;
                let mut next = None;
                let today = |span: &&Span| span.until > now && span.from < end;
                for span in taken.get(&room.id.0).into_iter().flatten().filter(today) {
                    if span.from <= held_until.unwrap_or(now) {
                        held_until = Some(span.until);
                    } else if next.is_none() {
                        next = Some(span.from);
                    }
                }
                RoomNow { room, held_until, next }
            })
            .collect();
        let only = self.only.map(|a| a.0);
        let (day, days) = (Duration::days(1), Duration::days(2));
        let hours = hours::hours_between(&mut tx, &practice, only, today - day, today + days).await?;
        let left = Span { from: now + TICK, until: end };
        let mut found = Vec::new();
        for therapist in therapists(&mut tx, only).await? {
            let id = therapist.id;
            let open = openings(&hours.of(id), None, &practice.zone, days_around(left, &practice.zone))?;
            let hold = therapist.hold();
            let busy: Vec<Span> = taken.get(&id).into_iter().flatten().map(|t| hold.around(*t)).collect();
            let limits = Limits { open: &open, within: &[], taken: &busy, length: LENGTH, step: STEP };
            let starts = free_starts(&limits, left, usize::MAX);
            // Only the first start of each free stretch, not every quarter of
            // an hour in it.
            let mut first: Vec<DateTime<Utc>> = Vec::new();
            let mut last: Option<DateTime<Utc>> = None;
            for start in starts {
                if last.is_none_or(|last| start - last > STEP) {
                    first.push(start);
                }
                last = Some(start);
            }
            let first = first.into_iter().map(|at| FreeStart { at, room: free_room(at) }).collect();
            found.push((AccountId(id), therapist.display_name, first));
        }
        Ok(FreeToday { rooms, therapists: found })
    }
}
