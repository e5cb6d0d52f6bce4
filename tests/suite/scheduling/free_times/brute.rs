//! Finds free times by looking at every minute: slow, and sharing nothing with the
//! program but the clock of each zone.

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use domain::{
    clients::person::Zone,
    ids::{RoomId, SessionId},
    practice::hours::{Buffers, ExceptionKind, Hours, Week, read_hours},
    scheduling::slots::DayPart,
    zone,
};

use super::Case;

/// A session that was booked.
#[derive(Clone, Debug)]
pub struct Made {
    pub id: SessionId,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// The buffers around it if it is with Ruth; `None` if it is with someone else.
    pub ruth: Option<Buffers>,
    pub room: Option<RoomId>,
    pub couple: bool,
}

/// What is looked for with Ruth.
pub struct Wanted {
    pub minutes: i64,
    /// One of these rooms must be free; empty for online.
    pub rooms: Vec<RoomId>,
    /// Whether the couple must be free.
    pub couple: bool,
    /// Whether the times that the reader likes count.
    pub suits: bool,
    /// Whether times at night for the reader are left out.
    pub by_day: bool,
    /// The session that is to be moved, which is no conflict.
    pub but: Option<SessionId>,
    pub part: DayPart,
}

/// The minutes around a case.
pub struct Brute<'a> {
    case: &'a Case,
    made: &'a [Made],
    begin: DateTime<Utc>,
    /// The local date and time in each minute, in the practice's zone and in the
    /// reader's.
    practice: Vec<NaiveDateTime>,
    reader: Vec<NaiveDateTime>,
    dates: Vec<NaiveDate>,
    /// The therapist's hours of each day, as ranges of minutes.
    openings: Vec<(usize, usize)>,
}

const LAST: NaiveTime = NaiveTime::from_hms_opt(23, 59, 0).unwrap();

/// From the minute at which the clock reaches the start of these hours to the one at
/// which it reaches their end; 23:59 means midnight.
fn minutes(clock: &[NaiveDateTime], date: NaiveDate, hours: Hours) -> (usize, usize) {
    let reached = |wall: NaiveDateTime| clock.iter().position(|shown| *shown >= wall).unwrap_or(clock.len());
    let end = if hours.until >= LAST {
        (date + Duration::days(1)).and_time(NaiveTime::MIN)
    } else {
        date.and_time(hours.until)
    };
    (reached(date.and_time(hours.from)), reached(end))
}

fn hours_on(texts: &[&str; 7], date: NaiveDate) -> Vec<Hours> {
    Week(texts.map(|text| read_hours(text).unwrap())).on(date.weekday()).to_vec()
}

impl<'a> Brute<'a> {
    /// Prepares the minutes around a case.
    pub fn new(case: &'a Case, exceptions: &[(NaiveDate, ExceptionKind, Option<Hours>)], made: &'a [Made]) -> Self {
        let begin = case.now - Duration::days(3);
        let length = (case.days + 7) * 24 * 60;
        let clock = |zone: &Zone| -> Vec<NaiveDateTime> {
            (0..length).map(|n| zone::wall_time(begin + Duration::minutes(n), zone)).collect()
        };
        let (practice, reader) = (clock(&case.practice), clock(&case.reader));
        // Leave out the first and the last day of the clocks.
        let first = practice[0].date().max(reader[0].date()) + Duration::days(1);
        let dates: Vec<NaiveDate> = first.iter_days().take(usize::try_from(case.days).unwrap() + 4).collect();
        let mut openings = Vec::new();
        for date in &dates {
            let mut hours = match &case.week {
                Some(week) => hours_on(week, *date),
                None if date.weekday().num_days_from_monday() < 5 => read_hours("8-20").unwrap(),
                None => vec![],
            };
            let exceptions_of = |kind| exceptions.iter().filter(move |e| e.0 == *date && e.1 == kind);
            hours.extend(exceptions_of(ExceptionKind::Open).filter_map(|e| e.2));
            if exceptions_of(ExceptionKind::Away).next().is_some() {
                hours.clear();
            }
            hours.sort_unstable();
            let mut apart: Vec<Hours> = Vec::new();
            for h in hours {
                match apart.last_mut() {
                    Some(last) if h.from <= last.until => last.until = last.until.max(h.until),
                    _ => apart.push(h),
                }
            }
            openings
                .extend(apart.into_iter().map(|h| minutes(&practice, *date, h)).filter(|(from, until)| from < until));
        }
        Self { case, made, begin, practice, reader, dates, openings }
    }

    fn mark(&self, minutes: &mut [bool], from: DateTime<Utc>, until: DateTime<Utc>) {
        let index = |at: DateTime<Utc>| usize::try_from((at - self.begin).num_minutes().max(0)).unwrap();
        let until = index(until).min(minutes.len());
        let from = index(from).min(until);
        minutes[from..until].fill(true);
    }

    /// The starts from which everything needed is free for the whole length, in order.
    pub fn free(&self, wanted: &Wanted) -> Vec<DateTime<Utc>> {
        let no_minutes = || vec![false; self.practice.len()];
        let (mut open, mut busy) = (no_minutes(), no_minutes());
        for (from, until) in &self.openings {
            open[*from..*until].fill(true);
        }
        let mut rooms: Vec<Vec<bool>> = wanted.rooms.iter().map(|_| no_minutes()).collect();
        let keeps = self.case.buffers;
        for made in self.made.iter().filter(|made| Some(made.id) != wanted.but) {
            if let Some(kept) = made.ruth {
                let minutes = Duration::minutes;
                let from = made.from - minutes(kept.before) - minutes(keeps.after);
                self.mark(&mut busy, from, made.until + minutes(kept.after) + minutes(keeps.before));
            }
            if made.couple && wanted.couple {
                self.mark(&mut busy, made.from, made.until);
            }
            for (room, taken) in wanted.rooms.iter().zip(&mut rooms) {
                if made.room == Some(*room) {
                    self.mark(taken, made.from, made.until);
                }
            }
        }
        let narrow = |clock: &[NaiveDateTime], hours: &dyn Fn(NaiveDate) -> Vec<Hours>| {
            let mut fits = no_minutes();
            for date in &self.dates {
                for hours in hours(*date) {
                    let (from, until) = minutes(clock, *date, hours);
                    fits[from..until.max(from)].fill(true);
                }
            }
            fits
        };
        let suits = match &self.case.prefers {
            Some(week) if wanted.suits => narrow(&self.reader, &|date| hours_on(week, date)),
            _ => vec![true; open.len()],
        };
        let awake = match wanted.by_day {
            true => narrow(&self.reader, &|_| read_hours("7-22").unwrap()),
            false => vec![true; open.len()],
        };
        let part = match wanted.part {
            DayPart::Any => vec![true; open.len()],
            DayPart::Morning => narrow(&self.practice, &|_| read_hours("0-12").unwrap()),
            DayPart::Afternoon => narrow(&self.practice, &|_| read_hours("12-17").unwrap()),
            DayPart::Evening => narrow(&self.practice, &|_| read_hours("17-23:59").unwrap()),
        };
        let own = self.made.iter().find(|made| Some(made.id) == wanted.but).map(|made| made.from);
        let long = usize::try_from(wanted.minutes).unwrap();
        let mut found = Vec::new();
        for (from, until) in &self.openings {
            for start in (*from..*until).step_by(15) {
                let all = start..start + long;
                let at = self.begin + Duration::minutes(i64::try_from(start).unwrap());
                let in_time = all.end <= open.len() && Some(at) != own;
                let good = |minutes: &[bool]| minutes[all.clone()].iter().all(|m| *m);
                let clear = |minutes: &[bool]| minutes[all.clone()].iter().all(|m| !*m);
                if in_time
                    && good(&open)
                    && good(&suits)
                    && good(&part)
                    && good(&awake)
                    && clear(&busy)
                    && (rooms.is_empty() || rooms.iter().any(|taken| clear(taken)))
                {
                    found.push(at);
                }
            }
        }
        found
    }
}
