//! The calendar, in the practice's zone. The front desk sees every therapist's
//! sessions, a therapist their own.

mod on_wall;

use std::collections::HashMap;

use app::{
    pages::scheduling::calendar::{
        self, CalBy, CalView, Choice, Day, FreeTime, GapItem, GroupingLink, HUES, Model, MonthDay, MonthItem, ViewLink,
        Whose,
    },
    text,
};
use chrono::{DateTime, Datelike as _, Duration, Months, NaiveDate, Timelike as _, Utc};
use domain::{
    clients::person::Zone,
    form::{Form, parse_date},
    ids::{AccountId, LocationId},
    practice::{
        hours::{Exception, Week, open_hours},
        settings::Location,
    },
    scheduling::session::SessionKind,
    zone,
};
use store::{ClinicianChoice, Gap, MonthRow};

use self::on_wall::{Dated, OnWall, column, fit, mark_now, shut_spans};

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
/// The most therapists that the legend lists.
const LEGEND: usize = 12;

/// GET /calendar?view=…&date=2026-11-23&clinician=…&location=…&by=room&gaps=…:
/// the calendar of a day, a week or a month, or the agenda.
pub async fn show(bookings: Bookings, page: Page, Query(q): Query) -> Answer {
    let zone = page.practice_zone();
    let now = bookings.now();
    let (clinicians, locations) = (bookings.clinicians().await?, bookings.locations().await?);
    let asked = Asked::read(&q, zone::date_of(now, &zone), bookings.is_desk(), &clinicians, &locations);
    let Asked { view, date, chosen, location, may_by, by, .. } = asked;
    let link = |view, date, by| asked.href(view, date, by);
    let opening = page.practice().map_or_else(Week::default, |p| Week::of_practice(&p.open_days, p.opens, p.closes));
    let period = Period::of(&bookings, &asked, &zone, &clinicians, opening).await?;
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
    if matches!(view, CalView::Day | CalView::Week) {
        period.shade(&mut columns, (grid_from, grid_until)).await?;
    }
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
        legend: period.marks.legend(bookings.is_desk() && period.whose.is_none()),
        clinicians: clinicians
            .iter()
            .map(|c| Choice { id: c.id.to_string(), name: c.name.clone(), chosen: Some(c.id) == chosen })
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
    let page = page.skip_to(calendar::SESSIONS, "Skip to the sessions");
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
            CalView::Week => week_title(first),
            CalView::Month => self.date.format("%B %Y").to_string(),
            CalView::Agenda => format!("From {}", text::day(self.date)),
        }
    }
}

/// The title of a week: "23–29 November 2026", or with both months if it is in
/// two.
fn week_title(first: NaiveDate) -> String {
    let last = first + Duration::days(6);
    let from = if first.year() != last.year() {
        first.format("%-d %B %Y – ")
    } else if first.month() != last.month() {
        first.format("%-d %B – ")
    } else {
        first.format("%-d–")
    };
    format!("{from}{}", last.format("%-d %B %Y"))
}

/// How each therapist is marked, by their account.
struct Marks(Vec<(AccountId, Whose)>);

impl Marks {
    /// Marks the therapists of the practice. A colour depends on the order in
    /// which the accounts were made, so that a new colleague changes nobody's.
    fn of(clinicians: &[ClinicianChoice]) -> Self {
        let mut ids: Vec<AccountId> = clinicians.iter().map(|c| c.id).collect();
        ids.sort_unstable();
        let hue = |id| ids.iter().position(|known| *known == id).unwrap_or_default() % HUES;
        Self(clinicians.iter().map(|c| (c.id, whose(&c.name, hue(c.id)))).collect())
    }

    /// The mark of a therapist; one who has left the practice gets the first
    /// colour.
    fn mark(&self, id: AccountId, name: &str) -> Whose {
        self.0.iter().find(|(known, _)| *known == id).map_or_else(|| whose(name, 0), |(_, mark)| mark.clone())
    }

    /// What the marks mean, if several therapists are shown and a short list
    /// can say it.
    fn legend(&self, several: bool) -> Vec<Whose> {
        let listed = several && (2..=LEGEND).contains(&self.0.len());
        if listed { self.0.iter().map(|(_, mark)| mark.clone()).collect() } else { vec![] }
    }
}

/// A therapist's mark: the first letters of the first and the last name.
fn whose(name: &str, hue: usize) -> Whose {
    let title = ["Dr", "Dr.", "Prof", "Prof.", "Mr", "Mrs", "Ms", "Mx"];
    let words: Vec<&str> = name.split_whitespace().filter(|word| !title.contains(word)).collect();
    let letter = |word: &&str| word.chars().next();
    let last = if words.len() > 1 { words.last() } else { None };
    let initials = words.first().into_iter().chain(last).filter_map(letter).collect();
    Whose { name: name.to_owned(), initials, hue }
}

/// The days of the calendar that are shown, with what is needed to fill them.
struct Period<'a> {
    bookings: &'a Bookings,
    asked: &'a Asked,
    zone: &'a Zone,
    clinicians: &'a [ClinicianChoice],
    marks: Marks,
    /// The opening hours of the practice.
    opening: Week,
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
        opening: Week,
    ) -> store::Result<Self> {
        let dates = asked.dates();
        let (first, last) = (dates[0], dates[dates.len() - 1]);
        Ok(Self {
            bookings,
            asked,
            zone,
            clinicians,
            marks: Marks::of(clinicians),
            opening,
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
        let rows: Vec<OnWall> = rows
            .into_iter()
            .map(|row| OnWall::of(self.marks.mark(row.clinician, &row.clinician_name), row, self.zone))
            .collect();
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

    /// The weeks of a month: each day names its first sessions and counts the
    /// rest, because a practice's month may have thousands. `minutes` is how
    /// long a session is that the free times are for.
    async fn month(&self, minutes: i64) -> Result<Vec<Vec<MonthDay>>, Failure> {
        let Asked { date, today, chosen, location, .. } = *self.asked;
        // How many sessions start on each day.
        let mut counts: HashMap<NaiveDate, usize> = HashMap::new();
        for at in self.bookings.session_starts(self.from, self.until, chosen, location).await? {
            *counts.entry(zone::date_of(at, self.zone)).or_default() += 1;
        }
        let spans: Vec<(DateTime<Utc>, DateTime<Utc>)> = self
            .dates
            .iter()
            .map(|day| zone::day(*day, self.zone))
            .collect::<Result<_, _>>()
            .map_err(store::Error::from)?;
        let named = self.bookings.first_sessions(&spans, chosen, location).await?;
        let mut free = self.free_times(minutes).await?;
        let mut found: Vec<MonthDay> = Vec::new();
        for (day, named) in self.dates.iter().zip(named) {
            found.push(MonthDay {
                weekday: day.format("%a").to_string(),
                label: if day.day() == 1 { day.format("%-d %b").to_string() } else { day.day().to_string() },
                href: self.asked.day_href(*day),
                long: text::day(*day),
                in_month: day.month() == date.month(),
                today: *day == today,
                note: self.note(*day),
                free: free.remove(day),
                count: counts.get(day).copied().unwrap_or_default(),
                items: named.iter().map(|row| self.month_item(row)).collect(),
            });
        }
        // A sixth week without a day of this month is left out.
        Ok(found.chunks(7).filter(|week| week.iter().any(|d| d.in_month)).map(<[MonthDay]>::to_vec).collect())
    }

    /// A session in a cell of the month.
    fn month_item(&self, row: &MonthRow) -> MonthItem {
        MonthItem {
            id: row.id,
            text: format!("{} {}", text::clock(row.starts_at, self.zone), row.short_title),
            state: row.state,
            whose: self.whose.is_none().then(|| self.marks.mark(row.clinician, &row.clinician_name)),
        }
    }

    /// Marks in each column what is outside working hours: those of its
    /// therapist, or the opening hours of the practice.
    async fn shade(&self, columns: &mut [Day], grid: (u32, u32)) -> Result<(), Failure> {
        let therapists: Vec<AccountId> = columns.iter().filter_map(|c| c.clinician.parse().ok()).collect();
        let hours = match (therapists.is_empty(), self.dates.last()) {
            (false, Some(last)) => self.bookings.working_hours(&therapists, self.first, *last).await?,
            _ => HashMap::new(),
        };
        let everyone: Vec<Exception> =
            self.exceptions.iter().filter(|(of, _)| of.is_none()).map(|(_, e)| e.clone()).collect();
        for column in columns {
            let Some(date) = parse_date(&column.iso) else { continue };
            let open = match column.clinician.parse().ok().and_then(|id: AccountId| hours.get(&(id, date))) {
                Some(open) => open.clone(),
                None => open_hours(date, self.opening.on(date.weekday()), &everyone),
            };
            column.shut = shut_spans(&open, grid);
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn week_is_named_by_its_days() {
        let title = |day: &str| week_title(day.parse().unwrap());
        assert_eq!(title("2026-11-23"), "23–29 November 2026");
        assert_eq!(title("2026-11-30"), "30 November – 6 December 2026");
        assert_eq!(title("2026-12-28"), "28 December 2026 – 3 January 2027");
    }

    #[test]
    fn initials_leave_out_titles_and_read_every_script() {
        let initials = |name| whose(name, 0).initials;
        assert_eq!(initials("Dr Ruth Abrahams"), "RA");
        assert_eq!(initials("Sofia Maria Lindgren"), "SL");
        assert_eq!(initials("अनन्या शर्मा"), "अश");
        assert_eq!(initials("Björk"), "B");
        assert_eq!(initials(""), "");
    }
}
