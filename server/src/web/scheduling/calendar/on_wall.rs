//! Sessions as wall time on the days of the calendar, and their places on its
//! grid.

use app::{
    pages::scheduling::calendar::{Day, Item, Whose, lanes},
    text,
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Utc};
use domain::{clients::person::Zone, practice::hours::Hours, scheduling::session::SessionState, zone};
use store::CalendarRow;

/// A session with its start as wall time, and its start and end as text.
pub(super) struct OnWall {
    pub row: CalendarRow,
    /// The mark of its therapist.
    whose: Whose,
    starts: NaiveDateTime,
    from: String,
    until: String,
}

impl OnWall {
    /// A session in the zone of the calendar.
    pub fn of(whose: Whose, row: CalendarRow, zone: &Zone) -> Self {
        let starts = zone::wall_time(row.starts_at, zone);
        let (from, until) = (text::clock(row.starts_at, zone), text::clock(row.ends_at, zone));
        Self { row, whose, starts, from, until }
    }
}

/// A day in the practice's zone: its date, and the instants of its beginning
/// and end.
pub(super) struct Dated {
    pub date: NaiveDate,
    begins: DateTime<Utc>,
    ends: DateTime<Utc>,
    /// The wall time at its beginning; later than midnight on days on which the
    /// clocks skip midnight.
    starts: NaiveDateTime,
}

impl Dated {
    /// A day of the calendar.
    pub fn of(date: NaiveDate, zone: &Zone) -> store::Result<Self> {
        let (begins, ends) = zone::day(date, zone)?;
        Ok(Self { date, begins, ends, starts: zone::wall_time(begins, zone) })
    }

    /// The top and bottom of a session on the grid, in minutes from midnight.
    /// The top is the wall time of its first minute on this day. The bottom is
    /// the top plus its real length on this day, because the wall time of its
    /// end does not give the length where the clocks change. `None`: the
    /// session does not touch this day.
    fn place(&self, session: &OnWall) -> Option<(i64, i64)> {
        let OnWall { row, starts, .. } = session;
        if row.ends_at <= self.begins || self.ends <= row.starts_at {
            return None;
        }
        let from = row.starts_at.max(self.begins);
        let wall = if row.starts_at < self.begins { self.starts } else { *starts };
        let top = (wall - self.date.and_time(NaiveTime::MIN)).num_minutes();
        let bottom = top + (row.ends_at.min(self.ends) - from).num_minutes();
        Some((top, bottom.min(DAY)))
    }
}

/// The place of a session, and who came if that was not everyone: "Garden room ·
/// Only Elif came".
fn place_and_attendance(row: &CalendarRow) -> String {
    row.came.as_ref().map_or_else(|| row.place.clone(), |came| format!("{} · {came}", row.place))
}

/// A column with the sessions that touch a day, cut at its start and end. Their
/// minutes count from midnight until [`fit`] has set where the grid begins.
pub(super) fn column<'a>(
    day: &Dated,
    label: String,
    href: String,
    today: bool,
    rows: impl Iterator<Item = &'a OnWall>,
) -> Day {
    let mut items: Vec<Item> = rows
        .filter_map(|session| {
            let (top, bottom) = day.place(session)?;
            let OnWall { row, whose, from, until, .. } = session;
            Some(Item {
                id: row.id,
                starts: from.clone(),
                ends: until.clone(),
                top_minutes: top,
                minutes: bottom - top,
                lane: 0,
                lanes: 1,
                title: row.title.clone(),
                short_title: row.short_title.clone(),
                whose: whose.clone(),
                place: place_and_attendance(row),
                kind: row.kind,
                over: row.overridden,
                state: row.state,
                movable: row.state == SessionState::Booked,
            })
        })
        .collect();
    let spans: Vec<(i64, i64)> = items.iter().map(|i| (i.top_minutes, i.top_minutes + i.minutes)).collect();
    for (item, (lane, lanes)) in items.iter_mut().zip(lanes(&spans)) {
        (item.lane, item.lanes) = (lane, lanes);
    }
    Day {
        iso: day.date.to_string(),
        label,
        href,
        today,
        now: None,
        clinician: String::new(),
        place: String::new(),
        note: String::new(),
        shut: vec![],
        items,
    }
}

/// Marks the present time in the columns of today, in minutes from the grid's first
/// hour, if it is on the grid. `now` is the wall time.
pub(super) fn mark_now(columns: &mut [Day], now: NaiveDateTime, grid_from: u32, grid_until: u32) {
    let minute = i64::from(now.hour()) * 60 + i64::from(now.minute()) - i64::from(grid_from) * 60;
    for column in columns.iter_mut().filter(|c| c.today) {
        column.now = (0..i64::from(grid_until - grid_from) * 60).contains(&minute).then_some(minute);
    }
}

/// The minutes of a day on the grid.
const DAY: i64 = 24 * 60;

/// The first and last hour of a grid that shows the opening hours and every
/// session. Afterwards the minutes of the sessions count from the first hour.
pub(super) fn fit(columns: &mut [Day], opens: u32, closes: u32) -> (u32, u32) {
    let hour = |minutes: i64| u32::try_from(minutes).unwrap_or(0);
    let (mut from, mut until) = (opens.min(23), closes.clamp(1, 24));
    for item in columns.iter().flat_map(|c| &c.items) {
        from = from.min(hour(item.top_minutes / 60));
        until = until.max(hour((item.top_minutes + item.minutes + 59) / 60)).min(24);
    }
    let until = until.max(from + 1);
    for item in columns.iter_mut().flat_map(|c| &mut c.items) {
        item.top_minutes -= i64::from(from) * 60;
    }
    (from, until)
}

/// The spans of a grid that are outside the open hours, in minutes from its
/// top. `grid` is its first and last hour.
pub(super) fn shut_spans(open: &[Hours], grid: (u32, u32)) -> Vec<(i64, i64)> {
    let (top, bottom) = (i64::from(grid.0) * 60, i64::from(grid.1) * 60);
    let minute = |time: NaiveTime| i64::from(time.hour()) * 60 + i64::from(time.minute());
    let mut spans = Vec::new();
    let mut from = top;
    for hours in open {
        let until = minute(hours.from).clamp(top, bottom);
        if from < until {
            spans.push((from - top, until - top));
        }
        // The end of a day cannot be named, so 23:59 means midnight.
        let end = if hours.until >= Hours::DAY.until { DAY } else { minute(hours.until) };
        from = from.max(end.clamp(top, bottom));
    }
    if from < bottom {
        spans.push((from - top, bottom - top));
    }
    spans
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use domain::{
        ids::{AccountId, SessionId},
        scheduling::session::SessionKind,
    };
    use uuid::Uuid;

    use super::*;

    fn lin() -> Whose {
        Whose { name: "Dr Lin".to_owned(), initials: "L".to_owned(), hue: 0 }
    }

    fn row(starts_at: &str, ends_at: &str) -> CalendarRow {
        CalendarRow {
            id: SessionId(Uuid::nil()),
            clinician: AccountId(Uuid::nil()),
            clinician_name: "Dr Lin".to_owned(),
            title: "Amara Nwosu & Jonas Weber".to_owned(),
            short_title: "Amara & Jonas".to_owned(),
            place: "Garden room".to_owned(),
            kind: SessionKind::Regular,
            state: SessionState::Booked,
            starts_at: starts_at.parse().unwrap(),
            ends_at: ends_at.parse().unwrap(),
            overridden: false,
            came: None,
        }
    }

    #[test]
    fn session_over_midnight_is_on_both_days() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let rows = [OnWall::of(lin(), row("2026-11-23T22:30:00Z", "2026-11-23T23:30:00Z"), &zone)];
        let on = |date: &str| {
            let day = Dated::of(date.parse().unwrap(), &zone).unwrap();
            let day = column(&day, String::new(), String::new(), false, rows.iter());
            day.items.iter().map(|i| (i.top_minutes, i.minutes)).collect::<Vec<_>>()
        };
        assert_eq!(on("2026-11-23"), [(23 * 60 + 30, 30)]);
        assert_eq!(on("2026-11-24"), [(0, 30)]);
        assert_eq!(on("2026-11-25"), []);
    }

    /// Around each clock change of each zone, a session is on the days on which
    /// at least one of its minutes is. There, its top is at its first minute and
    /// its length is the number of its minutes on that day.
    #[test]
    fn session_over_a_clock_change_is_on_its_own_days_only() {
        let (first, last) = ("2026-01-01T00:00:00Z".parse().unwrap(), "2038-01-01T00:00:00Z".parse().unwrap());
        let mut seen = std::collections::HashSet::new();
        for zone in zone::all() {
            for change in zone::observances(zone, first, last).unwrap().into_iter().skip(1) {
                let at = change.onset.and_utc() - Duration::seconds(i64::from(change.before));
                // Zones with the same change are tested once.
                if !seen.insert((at, change.before, change.offset)) {
                    continue;
                }
                let date = zone::date_of(at, zone);
                let days: Vec<Dated> = (-1..=1).map(|n| Dated::of(date + Duration::days(n), zone).unwrap()).collect();
                for (n, length) in (-8..=8).zip([50, 20, 180].into_iter().cycle()) {
                    let starts_at = at + Duration::minutes(25 * n);
                    let ends_at = starts_at + Duration::minutes(length);
                    let session = OnWall::of(lin(), CalendarRow { starts_at, ends_at, ..row(FROM, FROM) }, zone);
                    let minutes: Vec<NaiveDateTime> =
                        (0..length).map(|m| zone::wall_time(starts_at + Duration::minutes(m), zone)).collect();
                    for day in &days {
                        let here: Vec<_> = minutes.iter().filter(|wall| wall.date() == day.date).collect();
                        let expected = here.first().map(|wall| {
                            let top = i64::from(wall.hour() * 60 + wall.minute());
                            (top, (top + i64::try_from(here.len()).unwrap()).min(DAY))
                        });
                        assert_eq!(day.place(&session), expected, "{} {starts_at} {}", zone.name(), day.date);
                    }
                }
            }
        }
        assert!(seen.len() > 300, "{}", seen.len());
    }

    const FROM: &str = "2026-11-23T06:15:00Z";

    #[test]
    fn grid_includes_sessions_outside_opening_hours() {
        let zone = Zone::utc();
        let rows =
            [row("2026-11-23T06:15:00Z", "2026-11-23T07:15:00Z"), row("2026-11-23T19:40:00Z", "2026-11-23T20:20:00Z")]
                .map(|row| OnWall::of(lin(), row, &zone));
        let day = Dated::of("2026-11-23".parse().unwrap(), &zone).unwrap();
        let mut columns = [column(&day, String::new(), String::new(), false, rows.iter())];
        assert_eq!(fit(&mut columns, 8, 18), (6, 21));
        assert_eq!(columns[0].items[0].top_minutes, 15);
    }

    #[test]
    fn everything_outside_the_open_hours_is_shut() {
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        let hours = |from, until| Hours { from, until };
        let day = [hours(time(9, 0), time(12, 30)), hours(time(14, 0), time(18, 0))];
        assert_eq!(shut_spans(&day, (8, 20)), [(0, 60), (270, 360), (600, 720)]);
        assert_eq!(shut_spans(&[], (8, 20)), [(0, 720)]);
        assert_eq!(shut_spans(&[Hours::DAY], (0, 24)), []);
        assert_eq!(shut_spans(&[hours(time(6, 0), time(22, 0))], (8, 20)), []);
    }
}
