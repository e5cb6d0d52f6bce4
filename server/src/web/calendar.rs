//! The calendar, in the practice's zone: the front desk's shows everyone, a
//! therapist's their own.

use std::collections::HashMap;

use app::{
    pages::calendar::{self, CalBy, CalView, Day, GapItem, Item, Model, MonthDay, lanes},
    text,
};
use chrono::{DateTime, Datelike as _, Duration, Months, NaiveDate, NaiveDateTime, Timelike as _, Utc};
use domain::{
    form::parse_date,
    ids::{AccountId, LocationId},
    person::Zone,
    session::{SessionKind, SessionState},
    zone,
};
use store::{CalendarRow, ClinicianChoice, Gap};

use super::hours;
use crate::{
    access::{Bookings, query},
    error::{Answer, Failure},
    form::Asked,
    page::Page,
};

/// The furthest back and ahead that a date leads, in years.
const YEARS: i32 = 50;
/// So many sessions of a day are named in the month's view.
const NAMED: usize = 4;

/// GET /calendar?view=…&date=2026-11-23&clinician=…&location=…&by=room
pub async fn show(bookings: Bookings, page: Page, Asked(q): Asked) -> Answer {
    let zone = page.practice_zone();
    let now = bookings.now();
    let today = zone::today(now, &zone);
    let view = q.get("view").parse().unwrap_or(CalView::Day);
    let date = parse_date(q.get("date")).filter(|d| (d.year() - today.year()).abs() <= YEARS).unwrap_or(today);
    let clinicians = bookings.clinicians().await?;
    let chosen: Option<AccountId> = q.get("clinician").parse().ok().filter(|id| clinicians.iter().any(|c| c.id == *id));
    let locations = bookings.locations().await?;
    let location: Option<LocationId> =
        q.get("location").parse().ok().filter(|id| locations.iter().any(|(l, _)| l == id));
    let may_by = bookings.is_desk() && view == CalView::Day && chosen.is_none();
    let by = if may_by { q.get("by").parse().unwrap_or(CalBy::Therapist) } else { CalBy::Therapist };
    let monday = |date: NaiveDate| date - Duration::days(i64::from(date.weekday().num_days_from_monday()));
    let first_of_month = date.with_day(1).unwrap_or(date);
    let (first, days) = match view {
        CalView::Day => (date, 1),
        CalView::Week => (monday(date), 7),
        CalView::Agenda => (date, 7),
        CalView::Month => (monday(first_of_month), 42),
    };
    let dates: Vec<NaiveDate> = (0..days).map(|n| first + Duration::days(n)).collect();
    let last = first + Duration::days(days - 1);
    let from = zone::day_start(first, &zone).map_err(store::Error::from)?;
    let until = zone::day_start(last + Duration::days(1), &zone).map_err(store::Error::from)?;
    let link = |view: CalView, date: Option<NaiveDate>, by: CalBy| {
        let mut href = format!("/calendar?view={}", view.word());
        if let Some(date) = date {
            href.push_str(&format!("&date={date}"));
        }
        if let Some(id) = chosen {
            href.push_str(&format!("&clinician={id}"));
        }
        if let Some(id) = location {
            href.push_str(&format!("&location={id}"));
        }
        if by == CalBy::Room {
            href.push_str("&by=room");
        }
        href
    };
    let exceptions = bookings.exceptions(first, last).await?;
    let whose = chosen.or_else(|| alone(&clinicians));
    let note = |day: NaiveDate| hours::note(&exceptions, day, whose);
    let mut columns = Vec::new();
    let mut month = Vec::new();
    match view {
        CalView::Month => {
            let of_day = |d: &NaiveDate| link(CalView::Day, Some(*d), CalBy::Therapist);
            // A practice's month is thousands: they are counted.
            let (rows, counted) = match whose {
                Some(_) => (bookings.calendar(from, until, chosen, location).await?, vec![]),
                None => (vec![], bookings.starts(from, until, location).await?),
            };
            // Each start is put on its day once.
            let mut counts: HashMap<NaiveDate, usize> = HashMap::new();
            for at in counted {
                *counts.entry(zone::today(at, &zone)).or_default() += 1;
            }
            let mut named: HashMap<NaiveDate, Vec<&CalendarRow>> = HashMap::new();
            for row in rows.iter().filter(|row| row.state.occupies()) {
                named.entry(zone::today(row.starts_at, &zone)).or_default().push(row);
            }
            let mut free = HashMap::new();
            if let Some(whose) = whose {
                let length = page.practice().map_or(60, |p| p.minutes_of(SessionKind::Regular));
                let days = i64::try_from(dates.len()).unwrap_or(42);
                free.extend(bookings.free_days(whose, first, days, length).await?);
            }
            let free = |day: &NaiveDate| {
                let (time, whose) = (text::clock(*free.get(day)?, &zone), whose?.to_string());
                let day = day.to_string();
                let asked = [("clinician", whose.as_str()), ("date", &day), ("time", &time)];
                Some((time.clone(), format!("/sessions/new?{}", query(&asked))))
            };
            let mut found: Vec<MonthDay> = Vec::new();
            for day in &dates {
                let named = named.remove(day).unwrap_or_default();
                found.push(MonthDay {
                    weekday: day.format("%a").to_string(),
                    label: if day.day() == 1 { day.format("%-d %b").to_string() } else { day.day().to_string() },
                    href: of_day(day),
                    long: text::day(*day),
                    in_month: day.month() == date.month(),
                    today: *day == today,
                    note: note(*day),
                    free: free(day),
                    count: named.len() + counts.get(day).copied().unwrap_or_default(),
                    items: named
                        .iter()
                        .take(NAMED)
                        .map(|r| (r.id, format!("{} {}", text::clock(r.starts_at, &zone), r.title), r.state))
                        .collect(),
                });
            }
            // A sixth week that is all the next month's says nothing.
            month = found.chunks(7).filter(|week| week.iter().any(|d| d.in_month)).map(<[MonthDay]>::to_vec).collect();
        }
        CalView::Day | CalView::Week | CalView::Agenda => {
            let rows = bookings.calendar(from, until, chosen, location).await?;
            let rows: Vec<OnWall> = rows.into_iter().map(|row| OnWall::of(row, &zone)).collect();
            columns = match (view, by) {
                (CalView::Day, CalBy::Room) => by_room(&bookings, date, &rows, location).await?,
                (CalView::Day, CalBy::Therapist) => by_clinician(date, &rows, &clinicians, chosen),
                _ => dates
                    .iter()
                    .map(|d| {
                        let label = if view == CalView::Agenda { text::day(*d) } else { text::short_day(*d) };
                        let href = link(CalView::Day, Some(*d), CalBy::Therapist);
                        let mut day = column(*d, label, href, *d == today, rows.iter());
                        day.clinician = whose.map(|id| id.to_string()).unwrap_or_default();
                        day
                    })
                    .collect(),
            };
            for (column, day) in columns.iter_mut().zip(&dates) {
                if view != CalView::Day {
                    column.note = note(*day);
                }
            }
            if view == CalView::Day {
                for c in &mut columns {
                    c.today = date == today;
                    c.note = hours::note(&exceptions, date, c.clinician.parse().ok());
                }
            }
        }
    }
    let (opens, closes) =
        page.practice().map_or((8, 20), |p| (p.opens.hour(), p.closes.hour() + u32::from(p.closes.minute() > 0)));
    let (grid_from, grid_until) = fit(&mut columns, opens, closes);
    let wall = zone::wall_time(now, &zone);
    let minute = i64::from(wall.hour()) * 60 + i64::from(wall.minute()) - i64::from(grid_from) * 60;
    for c in columns.iter_mut().filter(|c| c.today) {
        c.now = (0..i64::from(grid_until - grid_from) * 60).contains(&minute).then_some(minute);
    }
    for item in columns.iter_mut().flat_map(|c| &mut c.items) {
        // A practice's week is read as lists: there is no grid to move on.
        item.movable = item.movable && (view == CalView::Day || (view == CalView::Week && whose.is_some()));
    }

    let (prev, next) = match view {
        CalView::Day => (date - Duration::days(1), date + Duration::days(1)),
        CalView::Week | CalView::Agenda => (date - Duration::days(7), date + Duration::days(7)),
        CalView::Month => {
            let before = first_of_month - Duration::days(1);
            (before.with_day(1).unwrap_or(before), first_of_month + Months::new(1))
        }
    };
    let title = match view {
        CalView::Day => text::day(date),
        CalView::Week => format!("Week of {}", first.format("%-d %B %Y")),
        CalView::Month => date.format("%B %Y").to_string(),
        CalView::Agenda => format!("From {}", text::day(date)),
    };
    let model = Model {
        desk: bookings.is_desk(),
        view,
        date: date.to_string(),
        prev: link(view, Some(prev), by),
        next: link(view, Some(next), by),
        today: link(view, None, by),
        views: CalView::ALL.iter().map(|v| (link(*v, Some(date), CalBy::Therapist), *v, *v == view)).collect(),
        by: if may_by {
            CalBy::ALL.iter().map(|b| (link(view, Some(date), *b), *b, *b == by)).collect()
        } else {
            vec![]
        },
        month,
        locations: locations.into_iter().map(|(id, l)| (id.to_string(), l.name, Some(id) == location)).collect(),
        clinicians: clinicians.into_iter().map(|c| (c.id.to_string(), c.name, Some(c.id) == chosen)).collect(),
        days: columns,
        grid_from,
        grid_until,
        zone: zone.city(),
        gaps: bookings.series_gaps().await?.into_iter().map(|g| gap(&g)).collect(),
        title: title.clone(),
    };
    page.ok(&format!("Calendar: {title}"), model, calendar::view).await
}

/// A column for each room, and one for what is online or in a room that is out
/// of use.
async fn by_room(
    bookings: &Bookings,
    date: NaiveDate,
    rows: &[OnWall],
    location: Option<LocationId>,
) -> Result<Vec<Day>, Failure> {
    let mut rooms = bookings.room_offers().await?;
    rooms.retain(|r| location.is_none() || r.location == location);
    let mut places: Vec<(String, String)> = rooms.into_iter().map(|r| (r.room.name, r.room.id.to_string())).collect();
    for OnWall { row, .. } in rows {
        if !places.iter().any(|(name, _)| *name == row.place) {
            let id = if row.place == ONLINE { "online".to_owned() } else { String::new() };
            places.push((row.place.clone(), id));
        }
    }
    Ok(places
        .into_iter()
        .map(|(name, id)| {
            let href = format!("/calendar?view=day&date={date}&by=room");
            let of_room = rows.iter().filter(|r| r.row.place == name);
            let mut day = column(date, name.clone(), href, false, of_room);
            day.place = id;
            day
        })
        .collect())
}

const ONLINE: &str = "Online";

fn gap(g: &Gap) -> GapItem {
    let (date, time) = (g.on.to_string(), text::time(g.starts));
    let (client, clinician) = (g.client.to_string(), g.clinician.to_string());
    let asked = [("client", client.as_str()), ("clinician", &clinician), ("date", &date), ("time", &time)];
    GapItem {
        when: format!("{}, {time}", text::short_day(g.on)),
        title: g.title.clone(),
        clinician: g.clinician_name.clone(),
        book: format!("/sessions/new?{}", query(&asked)),
        seen: format!("/series/{}/gaps/{date}", g.series),
    }
}

/// A column for each therapist; one who has left keeps theirs while there is
/// something in it.
fn by_clinician(date: NaiveDate, rows: &[OnWall], known: &[ClinicianChoice], chosen: Option<AccountId>) -> Vec<Day> {
    therapists(rows, known, chosen)
        .into_iter()
        .map(|(id, name)| {
            let href = format!("/calendar?view=week&date={date}&clinician={id}");
            let mut day = column(date, name, href, false, rows.iter().filter(|r| r.row.clinician == id));
            day.clinician = id.to_string();
            day
        })
        .collect()
}

fn therapists(rows: &[OnWall], known: &[ClinicianChoice], chosen: Option<AccountId>) -> Vec<(AccountId, String)> {
    let mut therapists: Vec<(AccountId, String)> =
        known.iter().filter(|c| chosen.is_none_or(|id| id == c.id)).map(|c| (c.id, c.name.clone())).collect();
    for OnWall { row, .. } in rows {
        if !therapists.iter().any(|(id, _)| *id == row.clinician) {
            therapists.push((row.clinician, row.clinician_name.clone()));
        }
    }
    therapists
}

/// The only therapist there is: a therapist's own calendar.
fn alone(clinicians: &[ClinicianChoice]) -> Option<AccountId> {
    match clinicians {
        [one] => Some(one.id),
        _ => None,
    }
}

/// A session, and where it stands on the wall.
struct OnWall {
    row: CalendarRow,
    starts: NaiveDateTime,
    ends: NaiveDateTime,
}

impl OnWall {
    fn of(row: CalendarRow, zone: &Zone) -> Self {
        let (starts, ends) = (zone::wall_time(row.starts_at, zone), zone::wall_time(row.ends_at, zone));
        Self { row, starts, ends }
    }
}

/// The sessions that touch a day, cut at its ends. Minutes count from
/// midnight on the wall clock until [`fit`] knows where the grid begins.
fn column<'a>(
    date: NaiveDate,
    label: String,
    href: String,
    today: bool,
    rows: impl Iterator<Item = &'a OnWall>,
) -> Day {
    let midnight = date.and_hms_opt(0, 0, 0).unwrap_or_default();
    let mut items: Vec<Item> = rows
        .filter_map(|OnWall { row, starts, ends }| {
            let top = (*starts - midnight).num_minutes();
            // Over a change of the clocks the wall is no measure of a length.
            let bottom = top + length(row.starts_at, row.ends_at);
            if bottom <= 0 || top >= DAY {
                return None;
            }
            let (top, bottom) = (top.max(0), bottom.min(DAY));
            Some(Item {
                id: row.id,
                starts: text::time(starts.time()),
                ends: text::time(ends.time()),
                top_minutes: top,
                minutes: bottom - top,
                lane: 0,
                lanes: 1,
                title: row.title.clone(),
                clinician: row.clinician_name.clone(),
                place: row.place.clone(),
                kind: row.kind,
                over: row.over,
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
        iso: date.to_string(),
        label,
        href,
        today,
        now: None,
        clinician: String::new(),
        place: String::new(),
        note: String::new(),
        items,
    }
}

const DAY: i64 = 24 * 60;

fn length(from: DateTime<Utc>, until: DateTime<Utc>) -> i64 {
    (until - from).num_minutes()
}

/// The hours that hold the opening hours and every session; minutes count
/// from there afterwards.
fn fit(columns: &mut [Day], opens: u32, closes: u32) -> (u32, u32) {
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

#[cfg(test)]
mod tests {
    use domain::{
        ids::SessionId,
        session::{SessionKind, SessionState},
    };
    use uuid::Uuid;

    use super::*;

    fn row(starts_at: &str, ends_at: &str) -> CalendarRow {
        CalendarRow {
            id: SessionId(Uuid::nil()),
            clinician: AccountId(Uuid::nil()),
            clinician_name: "Dr Lin".to_owned(),
            title: "Amara & Jonas".to_owned(),
            place: "Garden room".to_owned(),
            kind: SessionKind::Regular,
            state: SessionState::Booked,
            starts_at: starts_at.parse().unwrap(),
            ends_at: ends_at.parse().unwrap(),
            over: false,
        }
    }

    #[test]
    fn a_session_over_midnight_stands_in_both_days() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let rows = [OnWall::of(row("2026-11-23T22:30:00Z", "2026-11-23T23:30:00Z"), &zone)];
        let on = |date: &str| {
            let day = column(date.parse().unwrap(), String::new(), String::new(), false, rows.iter());
            day.items.iter().map(|i| (i.top_minutes, i.minutes)).collect::<Vec<_>>()
        };
        assert_eq!(on("2026-11-23"), [(23 * 60 + 30, 30)]);
        assert_eq!(on("2026-11-24"), [(0, 30)]);
        assert_eq!(on("2026-11-25"), []);
    }

    #[test]
    fn the_grid_holds_every_session() {
        let zone = Zone::utc();
        let rows =
            [row("2026-11-23T06:15:00Z", "2026-11-23T07:15:00Z"), row("2026-11-23T19:40:00Z", "2026-11-23T20:20:00Z")]
                .map(|row| OnWall::of(row, &zone));
        let mut columns = [column("2026-11-23".parse().unwrap(), String::new(), String::new(), false, rows.iter())];
        assert_eq!(fit(&mut columns, 8, 18), (6, 21));
        assert_eq!(columns[0].items[0].top_minutes, 15);
    }
}
