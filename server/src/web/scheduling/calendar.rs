//! The calendar, in the practice's zone. The front desk sees every therapist's
//! sessions, a therapist their own.

use std::collections::HashMap;

use app::{
    pages::scheduling::calendar::{
        self, CalBy, CalView, Choice, Day, FreeTime, GapItem, GroupingLink, Item, Model, MonthDay, MonthItem, ViewLink,
        lanes,
    },
    text,
};
use chrono::{DateTime, Datelike as _, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Utc};
use domain::{
    clients::person::Zone,
    form::{Form, parse_date},
    ids::{AccountId, LocationId},
    practice::{hours::Exception, settings::Location},
    scheduling::session::{SessionKind, SessionState},
    zone,
};
use store::{CalendarRow, ClinicianChoice, Gap};

use super::sessions::time_fields;
use crate::{
    access::Bookings,
    address::query,
    error::{Answer, Failure},
    form::Query,
    page::Page,
    paging::List,
    web::practice::hours,
};

/// How far the calendar reaches before and after today, in years.
const YEARS: i32 = 50;
/// How many sessions of a day the month's view names at most.
const NAMED: usize = 4;

/// GET /calendar?view=…&date=2026-11-23&clinician=…&location=…&by=room&gaps=…:
/// the calendar of a day, a week or a month, or the agenda.
pub async fn show(bookings: Bookings, page: Page, Query(q): Query) -> Answer {
    let zone = page.practice_zone();
    let now = bookings.now();
    let (clinicians, locations) = (bookings.clinicians().await?, bookings.locations().await?);
    let asked = Asked::read(&q, zone::date_of(now, &zone), bookings.is_desk(), &clinicians, &locations);
    let Asked { view, date, chosen, location, may_by, by, .. } = asked;
    let link = |view, date, by| asked.href(view, date, by);
    let period = Period::of(&bookings, &asked, &zone, &clinicians).await?;
    let (mut columns, mut month) = (Vec::new(), Vec::new());
    match view {
        CalView::Month => {
            month = period.month(page.practice().map_or(60, |p| p.minutes_of(SessionKind::Regular))).await?;
        }
        CalView::Day | CalView::Week | CalView::Agenda => columns = period.columns().await?,
    }
    let (opens, closes) =
        page.practice().map_or((8, 20), |p| (p.opens.hour(), p.closes.hour() + u32::from(p.closes.minute() > 0)));
    let (grid_from, grid_until) = fit(&mut columns, opens, closes);
    mark_now(&mut columns, zone::wall_time(now, &zone), grid_from, grid_until);
    for item in columns.iter_mut().flat_map(|c| &mut c.items) {
        // A week of several therapists is shown as lists: there is no grid on
        // which a session could be moved.
        item.movable = item.movable && (view == CalView::Day || (view == CalView::Week && period.whose.is_some()));
    }
    let ([prev, next], title) = (asked.neighbours(), asked.title(period.first));
    let list = List::new(link(view, Some(date), by), "gaps", "gaps", &q);
    let gaps = bookings.series_gaps(list.after()).await?;
    let gaps_count = match (list.after(), gaps.more) {
        (None, None) => gaps.rows.len(),
        _ => bookings.series_gaps_count().await?,
    };
    let model = Model {
        desk: bookings.is_desk(),
        view,
        date: date.to_string(),
        prev: link(view, Some(prev), by),
        next: link(view, Some(next), by),
        today: link(view, None, by),
        views: CalView::ALL
            .iter()
            .map(|v| ViewLink { href: link(*v, Some(date), CalBy::Therapist), view: *v, here: *v == view })
            .collect(),
        by: if may_by {
            CalBy::ALL
                .iter()
                .map(|b| GroupingLink { href: link(view, Some(date), *b), by: *b, here: *b == by })
                .collect()
        } else {
            vec![]
        },
        month,
        locations: locations
            .into_iter()
            .map(|(id, l)| Choice { id: id.to_string(), name: l.name, chosen: Some(id) == location })
            .collect(),
        clinicians: clinicians
            .into_iter()
            .map(|c| Choice { id: c.id.to_string(), name: c.name, chosen: Some(c.id) == chosen })
            .collect(),
        days: columns,
        grid_from,
        grid_until,
        zone: zone.city(),
        gaps_pager: list.pager(gaps.more, ["First days", "More days"]),
        gaps: gaps.map(|g| gap(&g)).rows,
        gaps_count,
        title: title.clone(),
    };
    page.ok(&format!("Calendar: {title}"), model, calendar::view).await
}

/// What the address asks the calendar for, as far as it exists.
struct Asked {
    view: CalView,
    date: NaiveDate,
    today: NaiveDate,
    /// The therapist whose sessions are shown; `None`: all of this scope.
    chosen: Option<AccountId>,
    /// The location whose sessions are shown; `None`: all.
    location: Option<LocationId>,
    /// Whether the columns of a day can be those of rooms.
    may_by: bool,
    by: CalBy,
}

impl Asked {
    /// Reads the query. A word, a date or an id that does not exist asks for what is
    /// usual.
    fn read(
        q: &Form,
        today: NaiveDate,
        is_desk: bool,
        clinicians: &[ClinicianChoice],
        locations: &[(LocationId, Location)],
    ) -> Self {
        let view = q.get("view").parse().unwrap_or(CalView::Day);
        let chosen: Option<AccountId> =
            q.get("clinician").parse().ok().filter(|id| clinicians.iter().any(|c| c.id == *id));
        let may_by = is_desk && view == CalView::Day && chosen.is_none();
        Self {
            view,
            date: parse_date(q.get("date")).filter(|d| (d.year() - today.year()).abs() <= YEARS).unwrap_or(today),
            today,
            chosen,
            location: q.get("location").parse().ok().filter(|id| locations.iter().any(|(l, _)| l == id)),
            may_by,
            by: if may_by { q.get("by").parse().unwrap_or(CalBy::Therapist) } else { CalBy::Therapist },
        }
    }

    /// The address of the calendar for the same therapist and location; `date` is
    /// `None` for today.
    fn href(&self, view: CalView, date: Option<NaiveDate>, by: CalBy) -> String {
        let mut href = format!("/calendar?view={}", view.word());
        if let Some(date) = date {
            href.push_str(&format!("&date={date}"));
        }
        if let Some(id) = self.chosen {
            href.push_str(&format!("&clinician={id}"));
        }
        if let Some(id) = self.location {
            href.push_str(&format!("&location={id}"));
        }
        if by == CalBy::Room {
            href.push_str("&by=room");
        }
        href
    }

    /// The address of one day.
    fn day_href(&self, day: NaiveDate) -> String {
        self.href(CalView::Day, Some(day), CalBy::Therapist)
    }

    fn first_of_month(&self) -> NaiveDate {
        self.date.with_day(1).unwrap_or(self.date)
    }

    /// The days that are shown. A month is shown in whole weeks, six of them.
    fn dates(&self) -> Vec<NaiveDate> {
        let monday = |date: NaiveDate| date - Duration::days(i64::from(date.weekday().num_days_from_monday()));
        let (first, days) = match self.view {
            CalView::Day => (self.date, 1),
            CalView::Week => (monday(self.date), 7),
            CalView::Agenda => (self.date, 7),
            CalView::Month => (monday(self.first_of_month()), 42),
        };
        (0..days).map(|n| first + Duration::days(n)).collect()
    }

    /// The dates that the links to the period before and after ask for.
    fn neighbours(&self) -> [NaiveDate; 2] {
        let date = self.date;
        match self.view {
            CalView::Day => [date - Duration::days(1), date + Duration::days(1)],
            CalView::Week | CalView::Agenda => [date - Duration::days(7), date + Duration::days(7)],
            CalView::Month => {
                let before = self.first_of_month() - Duration::days(1);
                [before.with_day(1).unwrap_or(before), self.first_of_month() + Months::new(1)]
            }
        }
    }

    /// The title of a page that begins with the day `first`.
    fn title(&self, first: NaiveDate) -> String {
        match self.view {
            CalView::Day => text::day(self.date),
            CalView::Week => format!("Week of {}", first.format("%-d %B %Y")),
            CalView::Month => self.date.format("%B %Y").to_string(),
            CalView::Agenda => format!("From {}", text::day(self.date)),
        }
    }
}

/// The days of the calendar that are shown, with what is needed to fill them.
struct Period<'a> {
    bookings: &'a Bookings,
    asked: &'a Asked,
    zone: &'a Zone,
    clinicians: &'a [ClinicianChoice],
    dates: Vec<NaiveDate>,
    first: NaiveDate,
    /// The instants at which the first day begins and the last day ends.
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// The one therapist who is shown; `None`: there are several or none.
    whose: Option<AccountId>,
    /// The exceptions to the hours, each with its therapist; `None`: it is the whole
    /// practice's.
    exceptions: Vec<(Option<AccountId>, Exception)>,
}

impl<'a> Period<'a> {
    /// Reads the exceptions of the days that are asked for.
    async fn of(
        bookings: &'a Bookings,
        asked: &'a Asked,
        zone: &'a Zone,
        clinicians: &'a [ClinicianChoice],
    ) -> store::Result<Self> {
        let dates = asked.dates();
        let (first, last) = (dates[0], dates[dates.len() - 1]);
        Ok(Self {
            bookings,
            asked,
            zone,
            clinicians,
            first,
            from: zone::day_start(first, zone).map_err(store::Error::from)?,
            until: zone::day_start(last + Duration::days(1), zone).map_err(store::Error::from)?,
            whose: asked.chosen.or_else(|| only_therapist(clinicians)),
            exceptions: bookings.exceptions(first, last).await?,
            dates,
        })
    }

    /// The text about the exceptions of a day.
    fn note(&self, day: NaiveDate) -> String {
        hours::exceptions_note(&self.exceptions, day, self.whose)
    }

    /// The columns of a day, a week or an agenda, with their sessions.
    async fn columns(&self) -> Result<Vec<Day>, Failure> {
        let Asked { view, date, today, chosen, location, by, .. } = *self.asked;
        let rows = self.bookings.calendar(self.from, self.until, chosen, location).await?;
        let rows: Vec<OnWall> = rows.into_iter().map(|row| OnWall::of(row, self.zone)).collect();
        let mut columns = match (view, by) {
            (CalView::Day, CalBy::Room) => {
                by_room(self.bookings, &Dated::of(date, self.zone)?, &rows, location).await?
            }
            (CalView::Day, CalBy::Therapist) => {
                by_clinician(&Dated::of(date, self.zone)?, &rows, self.clinicians, chosen)
            }
            (CalView::Week | CalView::Month | CalView::Agenda, _) => return Ok(self.by_day(&rows)?),
        };
        for column in &mut columns {
            column.today = date == today;
            column.note = hours::exceptions_note(&self.exceptions, date, column.clinician.parse().ok());
        }
        Ok(columns)
    }

    /// A column for each day.
    fn by_day(&self, rows: &[OnWall]) -> store::Result<Vec<Day>> {
        let column_of = |day: NaiveDate| {
            let label = if self.asked.view == CalView::Agenda { text::day(day) } else { text::short_day(day) };
            let (href, today) = (self.asked.day_href(day), day == self.asked.today);
            let mut column = column(&Dated::of(day, self.zone)?, label, href, today, rows.iter());
            column.clinician = self.whose.map(|id| id.to_string()).unwrap_or_default();
            column.note = self.note(day);
            Ok(column)
        };
        self.dates.iter().copied().map(column_of).collect()
    }

    /// The weeks of a month. A practice's month may have thousands of sessions: they
    /// are only counted. `minutes` is how long a session is that the free times are
    /// for.
    async fn month(&self, minutes: i64) -> Result<Vec<Vec<MonthDay>>, Failure> {
        let Asked { date, today, chosen, location, .. } = *self.asked;
        let (rows, counted) = match self.whose {
            Some(_) => (self.bookings.calendar(self.from, self.until, chosen, location).await?, vec![]),
            None => (vec![], self.bookings.session_starts(self.from, self.until, location).await?),
        };
        // How many sessions start on each day.
        let mut counts: HashMap<NaiveDate, usize> = HashMap::new();
        for at in counted {
            *counts.entry(zone::date_of(at, self.zone)).or_default() += 1;
        }
        let mut named: HashMap<NaiveDate, Vec<&CalendarRow>> = HashMap::new();
        for row in rows.iter().filter(|row| row.state.occupies()) {
            named.entry(zone::date_of(row.starts_at, self.zone)).or_default().push(row);
        }
        let mut free = self.free_times(minutes).await?;
        let mut found: Vec<MonthDay> = Vec::new();
        for day in &self.dates {
            let named = named.remove(day).unwrap_or_default();
            found.push(MonthDay {
                weekday: day.format("%a").to_string(),
                label: if day.day() == 1 { day.format("%-d %b").to_string() } else { day.day().to_string() },
                href: self.asked.day_href(*day),
                long: text::day(*day),
                in_month: day.month() == date.month(),
                today: *day == today,
                note: self.note(*day),
                free: free.remove(day),
                count: named.len() + counts.get(day).copied().unwrap_or_default(),
                items: named
                    .iter()
                    .take(NAMED)
                    .map(|r| MonthItem {
                        id: r.id,
                        text: format!("{} {}", text::clock(r.starts_at, self.zone), r.title),
                        state: r.state,
                    })
                    .collect(),
            });
        }
        // A sixth week without a day of this month is left out.
        Ok(found.chunks(7).filter(|week| week.iter().any(|d| d.in_month)).map(<[MonthDay]>::to_vec).collect())
    }

    /// The first free time of each day of the one therapist, with the address that
    /// books it; empty if several therapists are shown.
    async fn free_times(&self, minutes: i64) -> store::Result<HashMap<NaiveDate, FreeTime>> {
        let Some(whose) = self.whose else { return Ok(HashMap::new()) };
        let days = i64::try_from(self.dates.len()).unwrap_or(42);
        let whose_word = whose.to_string();
        let free_time = |(day, at): (NaiveDate, DateTime<Utc>)| {
            let [date, time, fold] = time_fields(at, self.zone)?;
            let asked = [("clinician", whose_word.as_str()), ("date", &date), ("time", &time), ("fold", &fold)];
            Ok((day, FreeTime { time: text::clock(at, self.zone), href: format!("/sessions/new?{}", query(&asked)) }))
        };
        self.bookings.free_days(whose, self.first, days, minutes).await?.into_iter().map(free_time).collect()
    }
}

/// A column for each room, and one for each other place with a session: online,
/// or a room that is no longer in use.
async fn by_room(
    bookings: &Bookings,
    day: &Dated,
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
            let href = format!("/calendar?view=day&date={}&by=room", day.date);
            let of_room = rows.iter().filter(|r| r.row.place == name);
            let mut column = column(day, name.clone(), href, false, of_room);
            column.place = id;
            column
        })
        .collect())
}

/// The place's name of a session that is online.
const ONLINE: &str = "Online";

/// A day on which a series has no session, with the link that books one.
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

/// A column for each therapist. A therapist who has left the practice keeps a
/// column on days with sessions of theirs.
fn by_clinician(day: &Dated, rows: &[OnWall], known: &[ClinicianChoice], chosen: Option<AccountId>) -> Vec<Day> {
    therapists(rows, known, chosen)
        .into_iter()
        .map(|(id, name)| {
            let href = format!("/calendar?view=week&date={}&clinician={id}", day.date);
            let mut column = column(day, name, href, false, rows.iter().filter(|r| r.row.clinician == id));
            column.clinician = id.to_string();
            column
        })
        .collect()
}

/// The therapists whose columns are shown: those of the practice, then others
/// who have sessions in `rows`.
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

/// The only therapist in this calendar, as in a therapist's own; `None`: there
/// are several or none.
fn only_therapist(clinicians: &[ClinicianChoice]) -> Option<AccountId> {
    match clinicians {
        [one] => Some(one.id),
        _ => None,
    }
}

/// A session with its start as wall time, and its start and end as text.
struct OnWall {
    row: CalendarRow,
    starts: NaiveDateTime,
    from: String,
    until: String,
}

impl OnWall {
    fn of(row: CalendarRow, zone: &Zone) -> Self {
        let starts = zone::wall_time(row.starts_at, zone);
        let (from, until) = (text::clock(row.starts_at, zone), text::clock(row.ends_at, zone));
        Self { row, starts, from, until }
    }
}

/// A day in the practice's zone: its date, and the instants of its beginning
/// and end.
struct Dated {
    date: NaiveDate,
    begins: DateTime<Utc>,
    ends: DateTime<Utc>,
    /// The wall time at its beginning; later than midnight on days on which the
    /// clocks skip midnight.
    starts: NaiveDateTime,
}

impl Dated {
    fn of(date: NaiveDate, zone: &Zone) -> store::Result<Self> {
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

/// A column with the sessions that touch a day, cut at its start and end. Their
/// minutes count from midnight until [`fit`] has set where the grid begins.
fn column<'a>(day: &Dated, label: String, href: String, today: bool, rows: impl Iterator<Item = &'a OnWall>) -> Day {
    let mut items: Vec<Item> = rows
        .filter_map(|session| {
            let (top, bottom) = day.place(session)?;
            let OnWall { row, from, until, .. } = session;
            Some(Item {
                id: row.id,
                starts: from.clone(),
                ends: until.clone(),
                top_minutes: top,
                minutes: bottom - top,
                lane: 0,
                lanes: 1,
                title: row.title.clone(),
                clinician: row.clinician_name.clone(),
                place: row.place.clone(),
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
        items,
    }
}

/// Marks the present time in the columns of today, in minutes from the grid's first
/// hour, if it is on the grid. `now` is the wall time.
fn mark_now(columns: &mut [Day], now: NaiveDateTime, grid_from: u32, grid_until: u32) {
    let minute = i64::from(now.hour()) * 60 + i64::from(now.minute()) - i64::from(grid_from) * 60;
    for column in columns.iter_mut().filter(|c| c.today) {
        column.now = (0..i64::from(grid_until - grid_from) * 60).contains(&minute).then_some(minute);
    }
}

/// The minutes of a day on the grid.
const DAY: i64 = 24 * 60;

/// The first and last hour of a grid that shows the opening hours and every
/// session. Afterwards the minutes of the sessions count from the first hour.
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
        scheduling::session::{SessionKind, SessionState},
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
            overridden: false,
        }
    }

    #[test]
    fn session_over_midnight_is_on_both_days() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let rows = [OnWall::of(row("2026-11-23T22:30:00Z", "2026-11-23T23:30:00Z"), &zone)];
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
                    let session = OnWall::of(CalendarRow { starts_at, ends_at, ..row(FROM, FROM) }, zone);
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
                .map(|row| OnWall::of(row, &zone));
        let day = Dated::of("2026-11-23".parse().unwrap(), &zone).unwrap();
        let mut columns = [column(&day, String::new(), String::new(), false, rows.iter())];
        assert_eq!(fit(&mut columns, 8, 18), (6, 21));
        assert_eq!(columns[0].items[0].top_minutes, 15);
    }
}
