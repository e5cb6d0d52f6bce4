//! The calendar, in the practice's zone: the front desk's shows everyone, a
//! therapist's their own.

use app::{
    pages::calendar::{self, CalView, Day, GapItem, Item, Model, lanes},
    text,
};
use chrono::{DateTime, Datelike as _, Duration, NaiveDate, Timelike as _, Utc};
use domain::{form::parse_date, ids::AccountId, person::Zone, zone};
use store::{CalendarRow, ClinicianChoice, Gap};

use super::hours;
use crate::{
    access::{Bookings, query},
    error::{Answer, Failure},
    form::Asked,
    page::Page,
};

/// GET /calendar?view=day|week&date=2026-11-23&clinician=…
pub async fn show(bookings: Bookings, page: Page, Asked(q): Asked) -> Answer {
    let zone = page.practice_zone();
    let today = zone::today(bookings.now(), &zone);
    let view = q.get("view").parse().unwrap_or(CalView::Day);
    let date = parse_date(q.get("date")).unwrap_or(today);
    let clinicians = bookings.clinicians().await?;
    let chosen: Option<AccountId> = q.get("clinician").parse().ok().filter(|id| clinicians.iter().any(|c| c.id == *id));

    let dates = match view {
        CalView::Day => vec![date],
        CalView::Week => {
            let monday = date - Duration::days(i64::from(date.weekday().num_days_from_monday()));
            (0..7).map(|n| monday + Duration::days(n)).collect()
        }
    };
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else { return Err(Failure::BadRequest) };
    let from = zone::day_start(*first, &zone).map_err(store::Error::from)?;
    let until = zone::day_start(*last + Duration::days(1), &zone).map_err(store::Error::from)?;
    let rows = bookings.calendar(from, until, chosen).await?;

    let mut columns = match view {
        CalView::Day => by_clinician(date, &rows, &clinicians, chosen, &zone),
        CalView::Week => {
            let only = chosen.map(|id| format!("&clinician={id}")).unwrap_or_default();
            let day = |d: &NaiveDate| format!("/calendar?view=day&date={d}{only}");
            dates.iter().map(|d| column(*d, text::short_day(*d), day(d), *d == today, rows.iter(), &zone)).collect()
        }
    };
    if view == CalView::Day {
        for c in &mut columns {
            c.today = date == today;
        }
    }
    let exceptions = bookings.exceptions(*first, *last).await?;
    let columns_of: Vec<(NaiveDate, Option<AccountId>)> = match view {
        CalView::Week => dates.iter().map(|day| (*day, chosen.or_else(|| alone(&clinicians)))).collect(),
        CalView::Day => therapists(&rows, &clinicians, chosen).into_iter().map(|(id, _)| (date, Some(id))).collect(),
    };
    for (column, (day, clinician)) in columns.iter_mut().zip(columns_of) {
        column.note = hours::note(&exceptions, day, clinician);
    }
    let (opens, closes) =
        page.practice().map_or((8, 20), |p| (p.opens.hour(), p.closes.hour() + u32::from(p.closes.minute() > 0)));
    let (grid_from, grid_until) = fit(&mut columns, opens, closes);

    let step = Duration::days(if view == CalView::Day { 1 } else { 7 });
    let link = |view: CalView, date: Option<NaiveDate>| {
        let mut href = format!("/calendar?view={}", view.word());
        if let Some(date) = date {
            href.push_str(&format!("&date={date}"));
        }
        if let Some(id) = chosen {
            href.push_str(&format!("&clinician={id}"));
        }
        href
    };
    let title = match view {
        CalView::Day => text::day(date),
        CalView::Week => format!("Week of {}", first.format("%-d %B %Y")),
    };
    let model = Model {
        desk: bookings.is_desk(),
        view,
        date: date.to_string(),
        prev: link(view, Some(date - step)),
        next: link(view, Some(date + step)),
        today: link(view, None),
        other_view: link(if view == CalView::Day { CalView::Week } else { CalView::Day }, Some(date)),
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
fn by_clinician(
    date: NaiveDate,
    rows: &[CalendarRow],
    known: &[ClinicianChoice],
    chosen: Option<AccountId>,
    zone: &Zone,
) -> Vec<Day> {
    therapists(rows, known, chosen)
        .into_iter()
        .map(|(id, name)| {
            column(
                date,
                name,
                format!("/calendar?view=week&date={date}&clinician={id}"),
                false,
                rows.iter().filter(|r| r.clinician == id),
                zone,
            )
        })
        .collect()
}

fn therapists(rows: &[CalendarRow], known: &[ClinicianChoice], chosen: Option<AccountId>) -> Vec<(AccountId, String)> {
    let mut therapists: Vec<(AccountId, String)> =
        known.iter().filter(|c| chosen.is_none_or(|id| id == c.id)).map(|c| (c.id, c.name.clone())).collect();
    for row in rows {
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

/// The sessions that touch a day, cut at its ends. Minutes count from
/// midnight on the wall clock until [`fit`] knows where the grid begins.
fn column<'a>(
    date: NaiveDate,
    label: String,
    href: String,
    today: bool,
    rows: impl Iterator<Item = &'a CalendarRow>,
    zone: &Zone,
) -> Day {
    let midnight = date.and_hms_opt(0, 0, 0).unwrap_or_default();
    let mut items: Vec<Item> = rows
        .filter_map(|row| {
            let (starts, ends) = (zone::wall(row.starts_at, zone).time, zone::wall(row.ends_at, zone).time);
            let top = (starts - midnight).num_minutes();
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
                state: row.state,
            })
        })
        .collect();
    let spans: Vec<(i64, i64)> = items.iter().map(|i| (i.top_minutes, i.top_minutes + i.minutes)).collect();
    for (item, (lane, lanes)) in items.iter_mut().zip(lanes(&spans)) {
        (item.lane, item.lanes) = (lane, lanes);
    }
    Day { iso: date.to_string(), label, href, today, note: String::new(), items }
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
        }
    }

    #[test]
    fn a_session_over_midnight_stands_in_both_days() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let rows = [row("2026-11-23T22:30:00Z", "2026-11-23T23:30:00Z")];
        let on = |date: &str| {
            let day = column(date.parse().unwrap(), String::new(), String::new(), false, rows.iter(), &zone);
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
            [row("2026-11-23T06:15:00Z", "2026-11-23T07:15:00Z"), row("2026-11-23T19:40:00Z", "2026-11-23T20:20:00Z")];
        let mut columns =
            [column("2026-11-23".parse().unwrap(), String::new(), String::new(), false, rows.iter(), &zone)];
        assert_eq!(fit(&mut columns, 8, 18), (6, 21));
        assert_eq!(columns[0].items[0].top_minutes, 15);
    }
}
