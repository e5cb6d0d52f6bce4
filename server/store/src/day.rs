//! The front desk's day beside its sessions: which rooms are free now, and
//! who has time today.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    ids::AccountId,
    slots::{DayPart, Span, free},
    zone,
};
use uuid::Uuid;

use crate::{
    Bookings, Result,
    database::all,
    practice::{Room, practice_set_up},
    slots::{RoomOffer, room_offers, therapists, windows},
};

/// What is free today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeToday {
    pub rooms: Vec<RoomNow>,
    /// Therapists with the starts of what is left of their day, four at most.
    pub therapists: Vec<(AccountId, String, Vec<DateTime<Utc>>)>,
}

/// A room as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomNow {
    pub room: Room,
    /// Until when it is held without a break.
    pub held_until: Option<DateTime<Utc>>,
    /// When it is held next, today.
    pub next: Option<DateTime<Utc>>,
}

/// A span of free time counts from so many minutes on.
const LENGTH: Duration = Duration::minutes(50);

impl Bookings {
    /// The days on which a therapist has time, each with the first start of a
    /// session of so many minutes, from now on. Days that are full, or that
    /// nobody works on, are left out.
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
        let (from, until) = (first.max(zone::today(now, &practice.zone)), first + Duration::days(days));
        let only = self.only.unwrap_or(clinician);
        if from >= until || only != clinician {
            return Ok(vec![]);
        }
        let Some(therapist) = therapists(&mut tx, Some(only.0)).await?.pop() else { return Ok(vec![]) };
        let rows = all!(
            &mut tx,
            (DateTime<Utc>, DateTime<Utc>),
            "SELECT starts_at, ends_at FROM occupancy WHERE held_id = $1 AND ends_at > $2 AND starts_at < $3 ORDER BY starts_at",
            only.0,
            zone::day_start(from, &practice.zone)? - Duration::hours(1),
            zone::day_start(until, &practice.zone)? + Duration::hours(1)
        )?;
        let hold = therapist.hold();
        let taken: Vec<Span> = rows.into_iter().map(|(from, until)| hold.around(Span { from, until })).collect();
        let open = self.store().hours(&mut tx, &practice, Some(only.0), from, until).await?.of(only.0);
        let (length, step) = (Duration::minutes(minutes), Duration::minutes(15));
        let mut found = Vec::new();
        for date in from.iter_days().take_while(|date| *date < until) {
            let windows = windows(&open, None, &practice.zone, std::iter::once(date), now, DayPart::Any)?;
            if let Some(at) = free(&windows, &taken, length, step, 1).first() {
                found.push((date, *at));
            }
        }
        Ok(found)
    }

    /// What is free today; of the whole practice for the front desk.
    pub async fn free_today(&self) -> Result<FreeToday> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let now = self.now();
        let today = zone::today(now, &practice.zone);
        let (_, end) = zone::day(today, &practice.zone)?;
        let rows = all!(
            &mut tx,
            (Uuid, DateTime<Utc>, DateTime<Utc>),
            "SELECT o.held_id, o.starts_at, o.ends_at FROM (
                SELECT account_id AS id FROM account_role WHERE role = 'clinician' AND account_id = COALESCE($1, account_id)
                UNION ALL SELECT id FROM room WHERE archived_at IS NULL) h
             JOIN occupancy o ON o.held_id = h.id AND o.ends_at > $2 AND o.starts_at < $3 ORDER BY o.starts_at",
            self.only.map(|a| a.0),
            now,
            end
        )?;
        let mut taken: HashMap<Uuid, Vec<Span>> = HashMap::new();
        for (held, from, until) in rows {
            taken.entry(held).or_default().push(Span { from, until });
        }
        let rooms = room_offers(&mut tx)
            .await?
            .into_iter()
            .map(|RoomOffer { room, .. }| {
                let mut held_until = None;
                let mut next = None;
                for span in taken.get(&room.id.0).into_iter().flatten() {
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
        let hours = self.store().hours(&mut tx, &practice, only, today, today).await?;
        let mut found = Vec::new();
        for therapist in therapists(&mut tx, only).await? {
            let id = therapist.id;
            let windows = windows(&hours.of(id), None, &practice.zone, std::iter::once(today), now, DayPart::Any)?;
            let hold = therapist.hold();
            let busy: Vec<Span> = taken.get(&id).into_iter().flatten().map(|t| hold.around(*t)).collect();
            let starts = free(&windows, &busy, LENGTH, Duration::minutes(15), usize::MAX);
            // The first start of each stretch, not each quarter of it.
            let mut first: Vec<DateTime<Utc>> = Vec::new();
            let mut last: Option<DateTime<Utc>> = None;
            for start in starts {
                if last.is_none_or(|last| start - last > Duration::minutes(15)) {
                    first.push(start);
                }
                last = Some(start);
            }
            first.truncate(4);
            found.push((AccountId(id), therapist.display_name, first));
        }
        Ok(FreeToday { rooms, therapists: found })
    }
}
