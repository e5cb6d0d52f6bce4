//! The calendar: a day with a column for each therapist or room, a week with a
//! column for each day, a month of days, or a list of what comes; on a phone,
//! a list under each heading.
//!
//! There is one markup for all but the month: lists of links in the order of
//! time, which the style sheet lays on a grid of hours where the screen is
//! wide enough. Where a session stands is told by an icon and a word, not by
//! a colour.

use domain::{
    ids::SessionId,
    practice::{WEEK, weekday_name},
    session::{SessionKind, SessionState},
};
use leptos::prelude::*;

use super::session::tone;
use crate::{
    islands::CalendarDrag,
    ui::{empty, filters, page_head, plain_badge},
};

domain::words! {
    /// How much the calendar shows at once.
    pub enum CalView {
        Day = "day", "Day";
        Week = "week", "Week";
        Month = "month", "Month";
        Agenda = "agenda", "Agenda";
    }
}

domain::words! {
    /// What a day's columns are.
    pub enum CalBy {
        Therapist = "therapist", "By therapist";
        Room = "room", "By room";
    }
}

#[derive(Clone, Debug)]
pub struct Model {
    /// The whole practice's sessions, not only one's own.
    pub desk: bool,
    pub view: CalView,
    pub title: String,
    /// The date shown, or one of the week shown, as `2026-11-23`.
    pub date: String,
    /// Where the steps lead to.
    pub prev: String,
    pub next: String,
    pub today: String,
    /// The same day in each view: where, which, whether it is this one.
    pub views: Vec<(String, CalView, bool)>,
    /// The day's columns by therapist or by room; empty where there is no
    /// choice.
    pub by: Vec<(String, CalBy, bool)>,
    /// The weeks of a month, in its view.
    pub month: Vec<Vec<MonthDay>>,
    /// Id, name, whether the calendar shows this therapist alone.
    pub clinicians: Vec<(String, String, bool)>,
    /// The same of the locations, where there are several.
    pub locations: Vec<(String, String, bool)>,
    pub days: Vec<Day>,
    /// The hours that the grid spans.
    pub grid_from: u32,
    pub grid_until: u32,
    /// The zone all times are in, as a person reads it.
    pub zone: String,
    /// Days on which a series could not be booked.
    pub gaps: Vec<GapItem>,
}

impl Model {
    /// Several therapists side by side in each day of a week leave no room for
    /// a name: such a week is read as lists.
    fn is_dense(&self) -> bool {
        self.view == CalView::Week && self.desk && self.clinicians.iter().all(|c| !c.2) && self.clinicians.len() > 1
    }
}

/// A day on which a series could not be booked.
#[derive(Clone, Debug)]
pub struct GapItem {
    /// "Thu 3 Jun, 10:00".
    pub when: String,
    pub title: String,
    pub clinician: String,
    /// Where to book it by hand, and where to say that it is looked after.
    pub book: String,
    pub seen: String,
}

/// A column: a day of the week, or a therapist's day.
#[derive(Clone, Debug)]
pub struct Day {
    pub iso: String,
    pub label: String,
    /// The day of a week's column, or the week of a therapist's.
    pub href: String,
    pub today: bool,
    /// Where it is in this column's day: minutes from the top of the grid.
    pub now: Option<i64>,
    /// The therapist or the place that the column is of; else empty.
    pub clinician: String,
    pub place: String,
    /// "Closed", "Away 10:00–12:00"; else empty.
    pub note: String,
    pub items: Vec<Item>,
}

/// A day of the month's view.
#[derive(Clone, Debug)]
pub struct MonthDay {
    /// "Mon": shown where no head of a column says so.
    pub weekday: String,
    /// "23", "1 Dec".
    pub label: String,
    pub href: String,
    /// "Monday 23 November 2026".
    pub long: String,
    pub in_month: bool,
    pub today: bool,
    pub note: String,
    /// So many sessions stand in it.
    pub count: usize,
    /// The first free start, and where to book it; empty where there is none,
    /// or for several therapists.
    pub free: Option<(String, String)>,
    /// The first of them, where there is room to name them: "10:00 Amara &
    /// Jonas".
    pub items: Vec<(SessionId, String, SessionState)>,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub id: SessionId,
    pub starts: String,
    pub ends: String,
    /// From the top of the grid.
    pub top_minutes: i64,
    pub minutes: i64,
    pub lane: usize,
    pub lanes: usize,
    pub title: String,
    pub clinician: String,
    pub place: String,
    pub kind: SessionKind,
    /// It lies over another one on purpose.
    pub over: bool,
    pub state: SessionState,
    /// Still ahead: a hand may move it.
    pub movable: bool,
}

/// The most lanes that a column has; further overlaps share the last.
const LANES: usize = 12;

/// A lane for each span, and how many lanes its group of overlapping spans
/// takes: no two spans that overlap share a lane. Spans are half-open, in any
/// order; the answer is in theirs.
pub fn lanes(spans: &[(i64, i64)]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|i| (spans[*i].0, -spans[*i].1, *i));
    let mut placed = vec![(0, 1); spans.len()];
    // A group ends where a span starts behind everything before it.
    let mut group: Vec<usize> = Vec::new();
    let mut ends: Vec<i64> = Vec::new();
    let close = |group: &mut Vec<usize>, ends: &mut Vec<i64>, placed: &mut Vec<(usize, usize)>| {
        for i in group.drain(..) {
            placed[i].1 = ends.len().min(LANES);
        }
        ends.clear();
    };
    for i in order {
        let (from, until) = spans[i];
        if ends.iter().all(|end| *end <= from) {
            close(&mut group, &mut ends, &mut placed);
        }
        let lane = ends.iter().position(|end| *end <= from).unwrap_or(ends.len());
        if lane == ends.len() {
            ends.push(until);
        } else {
            ends[lane] = until;
        }
        placed[i].0 = lane.min(LANES - 1);
        group.push(i);
    }
    close(&mut group, &mut ends, &mut placed);
    placed
}

pub fn view(m: &Model) -> AnyView {
    let head = page_head(
        m.title.clone(),
        format!("All times are {} time.", m.zone),
        vec![("/sessions/new".to_owned(), "New session".to_owned())],
    );
    let body = match m.view {
        CalView::Day | CalView::Week => grid(m),
        CalView::Month => month(m),
        CalView::Agenda => agenda(m),
    };
    view! { {head}{bar(m)}{gaps(&m.gaps)}{body} }.into_any()
}

fn grid(m: &Model) -> AnyView {
    let hours = m.grid_until.saturating_sub(m.grid_from).clamp(1, 24);
    let labels: Vec<AnyView> =
        (0..hours).map(|h| view! { <li>{format!("{:02}:00", m.grid_from + h)}</li> }.into_any()).collect();
    let columns: Vec<AnyView> = m.days.iter().map(|d| day(m, d, hours)).collect();
    view! {
        <CalendarDrag/>
        <div class=if m.is_dense() { "cal-frame cal-dense" } else { "cal-frame" }>
            <ol class="cal-hours" aria-hidden="true">{labels}</ol>
            <div class="cal-scroll" role="region" tabindex="0" aria-label=format!("Sessions, {}", m.title)>
                <div class="cal-columns">{columns}</div>
            </div>
        </div>
    }
    .into_any()
}

/// The days of a month, each with what is in it.
fn month(m: &Model) -> AnyView {
    let heads: Vec<AnyView> =
        WEEK.iter().map(|day| view! { <th scope="col">{weekday_name(*day)}</th> }.into_any()).collect();
    let weeks: Vec<AnyView> = m
        .month
        .iter()
        .map(|week| {
            let days: Vec<AnyView> = week.iter().map(month_day).collect();
            view! { <tr>{days}</tr> }.into_any()
        })
        .collect();
    view! {
        <table class="cal-month">
            <caption class="quiet">{format!("Sessions, {}", m.title)}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{weeks}</tbody>
        </table>
    }
    .into_any()
}

fn month_day(d: &MonthDay) -> AnyView {
    let class = match (d.in_month, d.today) {
        (_, true) => "cal-month-today",
        (true, _) => "",
        (false, _) => "cal-month-other",
    };
    let items: Vec<AnyView> = d
        .items
        .iter()
        .map(|(id, text, state)| {
            view! { <li class=format!("cal-item-{}", state.word())><a href=format!("/sessions/{id}")><span class="cal-title">{text.clone()}<span aria-hidden="true">{mark(*state)}</span></span></a></li> }.into_any()
        })
        .collect();
    let items = (!items.is_empty()).then(|| view! { <ul class="plain">{items}</ul> }.into_any());
    let rest = d.count.saturating_sub(d.items.len());
    let rest = (rest > 0).then(|| {
        let text = match (rest, d.items.is_empty()) {
            (1, true) => "1 session".to_owned(),
            (n, true) => format!("{n} sessions"),
            (n, false) => format!("{n} more"),
        };
        let label = format!("{text}, {}", d.long);
        view! { <a class="cal-rest" href=d.href.clone() aria-label=label>{text}</a> }.into_any()
    });
    let free = d.free.as_ref().map(|(time, href)| {
        let label = format!("Book {}, {time}", d.long);
        view! { <a class="cal-free" href=href.clone() aria-label=label>{format!("Free {time}")}</a> }.into_any()
    });
    let note = (!d.note.is_empty()).then(|| view! { <span class="cal-note">{d.note.clone()}</span> }.into_any());
    view! {
        <td class=class>
            <a class="cal-date" href=d.href.clone() aria-label=d.long.clone() aria-current=d.today.then_some("date")><span class="cal-weekday">{d.weekday.clone()}" "</span>{d.label.clone()}</a>
            {note}
            {items}
            {rest}
            {free}
        </td>
    }
    .into_any()
}

/// What comes, day after day, with nothing between.
fn agenda(m: &Model) -> AnyView {
    let days: Vec<AnyView> = m
        .days
        .iter()
        .filter(|d| !d.items.is_empty() || !d.note.is_empty())
        .map(|d| {
            let items: Vec<_> = d.items.iter().map(|i| item(m, i, true)).collect();
            let note =
                (!d.note.is_empty()).then(|| view! { " "<span class="cal-note">{d.note.clone()}</span> }.into_any());
            view! {
                <section class="cal-day">
                    <h2><a href=d.href.clone()>{d.label.clone()}</a>{note}</h2>
                    <ol class="cal-items">{items}</ol>
                </section>
            }
            .into_any()
        })
        .collect();
    if days.is_empty() {
        return empty("Nothing is booked in these days.", None);
    }
    view! { <div class="cal-agenda">{days}</div> }.into_any()
}

fn gaps(items: &[GapItem]) -> Option<AnyView> {
    let rows: Vec<AnyView> = items
        .iter()
        .map(|g| {
            let what = format!("{}: {} with {}", g.when, g.title, g.clinician);
            view! {
                <li>
                    <span>{what.clone()}</span>
                    <span class="actions">
                        <a class="button" href=g.book.clone() aria-label=format!("Find a time: {what}")>"Find a time"</a>
                        <form method="post" action=g.seen.clone()><button class="button" type="submit" aria-label=format!("Looked after: {what}")>"Looked after"</button></form>
                    </span>
                </li>
            }
            .into_any()
        })
        .collect();
    let head = match rows.len() {
        1 => "One session of a series could not be booked".to_owned(),
        n => format!("{n} sessions of series could not be booked"),
    };
    (!rows.is_empty()).then(|| {
        view! { <details class="card"><summary>{head}</summary><ul class="rows">{rows}</ul></details> }.into_any()
    })
}

fn bar(m: &Model) -> AnyView {
    let step = match m.view {
        CalView::Day => "day",
        CalView::Week | CalView::Agenda => "week",
        CalView::Month => "month",
    };
    let views = m.views.iter().map(|(href, v, here)| (href.clone(), v.label().to_owned(), None, *here)).collect();
    let by: Vec<_> = m.by.iter().map(|(href, by, here)| (href.clone(), by.label().to_owned(), None, *here)).collect();
    let by = (!by.is_empty()).then(|| filters("Columns", by));
    let by_room = m.by.iter().any(|(_, by, here)| *here && *by == CalBy::Room);
    let therapist = m.desk.then(|| choice("clinician", "Therapist", "Everyone", &m.clinicians));
    let location = (!m.locations.is_empty()).then(|| choice("location", "Location", "All", &m.locations));
    let one = m.clinicians.iter().find(|c| c.2).or(if m.clinicians.len() == 1 { m.clinicians.first() } else { None });
    let hours =
        one.map(|(id, ..)| view! { <a class="button" href=format!("/clinicians/{id}/hours")>"Hours"</a> }.into_any());
    view! {
        <div class="cal-views">{filters("View", views)}{by}</div>
        <div class="cal-bar">
            <nav class="cal-steps" aria-label="Dates">
                <a class="button" href=m.prev.clone()>{format!("Previous {step}")}</a>
                <a class="button" href=m.today.clone()>"Today"</a>
                <a class="button" href=m.next.clone()>{format!("Next {step}")}</a>
                {hours}
            </nav>
            <form method="get" action="/calendar">
                <input type="hidden" name="view" value=m.view.word()/>
                {by_room.then(|| view! { <input type="hidden" name="by" value=CalBy::Room.word()/> })}
                <label for="cal-date">"Date"
                    <input id="cal-date" type="date" name="date" value=m.date.clone()/>
                </label>
                {therapist}
                {location}
                <button class="button" type="submit">"Show"</button>
            </form>
        </div>
    }
    .into_any()
}

/// What the calendar is narrowed to, or all of it.
fn choice(name: &'static str, label: &'static str, all: &'static str, of: &[(String, String, bool)]) -> AnyView {
    let id = format!("cal-{name}");
    let options: Vec<AnyView> = of
        .iter()
        .map(|(id, name, selected)| {
            view! { <option value=id.clone() selected=*selected>{name.clone()}</option> }.into_any()
        })
        .collect();
    view! {
        <label for=id.clone()>{label}
            <select id=id.clone() name=name>
                <option value="" selected=of.iter().all(|o| !o.2)>{all}</option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

fn day(m: &Model, d: &Day, hours: u32) -> AnyView {
    let class = if d.today { "cal-day cal-day-today" } else { "cal-day" };
    let today = (d.today && m.view == CalView::Week).then(|| view! { <span class="cal-now">"Today"</span> }.into_any());
    let note = (!d.note.is_empty()).then(|| view! { " "<span class="cal-note">{d.note.clone()}</span> }.into_any());
    let heading = view! { <a href=d.href.clone()>{d.label.clone()}</a>" "{today}{note} };
    let listed = m.is_dense();
    let items: Vec<_> = d.items.iter().map(|i| item(m, i, listed)).collect();
    let (from, label) = (m.grid_from, if m.view == CalView::Week { d.label.clone() } else { m.title.clone() });
    let (clinician, place) = (d.clinician.clone(), d.place.clone());
    let area = format!("cal-items cal-hours-{hours}");
    let list = if items.is_empty() {
        view! { <div class=area data-date=d.iso.clone() data-from=from data-hours=hours data-clinician=clinician data-place=place aria-label=label><p class="cal-none">"No sessions."</p></div> }
            .into_any()
    } else {
        view! { <ol class=area data-date=d.iso.clone() data-from=from data-hours=hours data-clinician=clinician data-place=place aria-label=label>{items}</ol> }.into_any()
    };
    let now = d.now.map(|at| {
        view! { <div class=format!("cal-line cal-hours-{hours} cal-h-{} cal-m-{}", at / 60, at % 60 / 5 * 5) aria-hidden="true"></div> }.into_any()
    });
    view! {
        <section class=class>
            <h2>{heading}</h2>
            {now}
            {list}
        </section>
    }
    .into_any()
}

/// A week of a large practice has thousands of these: their type is known, so
/// that nothing is boxed.
fn item(m: &Model, i: &Item, listed: bool) -> impl IntoView + use<> {
    let mut class = format!("cal-item cal-item-{}", i.state.word());
    match (i.over, i.kind) {
        (true, _) => class.push_str(" cal-over"),
        (false, SessionKind::Regular) => {}
        (false, kind) => class.extend([" cal-kind-", kind.word()]),
    }
    // In a list its place on a grid of hours is of no use.
    if !listed {
        let (top, length) = (i.top_minutes.clamp(0, 24 * 60 - 5), i.minutes.clamp(5, 8 * 60));
        let (hour, minute, hours, minutes) = (top / 60, top % 60 / 5 * 5, length / 60, length % 60 / 5 * 5);
        let (lane, lanes) = (i.lane, i.lanes);
        class.push_str(&format!(
            " cal-h-{hour} cal-m-{minute} cal-lh-{hours} cal-lm-{minutes} cal-lane-{lane} cal-lanes-{lanes}"
        ));
    }
    // In the day view the therapist stands above the column.
    let by_room = m.by.iter().any(|(_, by, here)| *here && *by == CalBy::Room);
    let mut who = match (m.desk && m.view != CalView::Day, by_room) {
        (true, _) => format!("{}, {}", i.clinician, i.place),
        (false, true) => i.clinician.clone(),
        (false, false) => i.place.clone(),
    };
    // A colour alone would tell nobody what kind it is.
    match (i.over, i.kind) {
        (true, _) => who.insert_str(0, "Double booking, "),
        (false, SessionKind::Regular) => {}
        (false, kind) => who.insert_str(0, &format!("{}, ", kind.label())),
    }
    view! {
        <li class=class data-id=(i.movable && !listed).then(|| i.id.to_string())>
            <a href=format!("/sessions/{}", i.id)>
                <span class="cal-time">{i.starts.clone()}<span class="cal-until">{format!("–{}", i.ends)}</span></span>
                <span class="cal-mark" aria-hidden="true">{mark(i.state)}</span>
                <span class="cal-title">{i.title.clone()}</span>
                <span class="cal-more">{who}</span>
                {plain_badge(tone(i.state), i.state.label().to_owned())}
            </a>
        </li>
    }
}

/// What tells the state where there is no room for its word: the word is in
/// the list, on the session's page, and for a reader that speaks.
const fn mark(state: SessionState) -> &'static str {
    match state {
        SessionState::Booked => "",
        SessionState::Arrived => " ◔",
        SessionState::Completed => " ✓",
        SessionState::NoShow => " !",
        SessionState::LateCancelled | SessionState::Cancelled => " ×",
    }
}

pub fn samples() -> Vec<Model> {
    let id = SessionId(uuid::Uuid::nil());
    let item = |top: i64, minutes: i64, title: &str, state| Item {
        id,
        starts: format!("{:02}:{:02}", 8 + top / 60, top % 60),
        ends: format!("{:02}:{:02}", 8 + (top + minutes) / 60, (top + minutes) % 60),
        top_minutes: top,
        minutes,
        lane: 0,
        lanes: 1,
        title: title.to_owned(),
        clinician: "Dr Ngozi Okafor".to_owned(),
        place: "Garden room".to_owned(),
        kind: SessionKind::Intake,
        over: false,
        movable: state == SessionState::Booked,
        state,
    };
    let mut busy = vec![
        item(60, 90, "Amara & Jonas", SessionState::Booked),
        item(75, 50, &"अनन्या 💛 ".repeat(18), SessionState::Cancelled),
        item(150, 50, &"Wolfeschlegelsteinhausen".repeat(8), SessionState::NoShow),
    ];
    let spans: Vec<(i64, i64)> = busy.iter().map(|i| (i.top_minutes, i.top_minutes + i.minutes)).collect();
    for (item, (lane, of)) in busy.iter_mut().zip(lanes(&spans)) {
        (item.lane, item.lanes) = (lane, of);
    }
    let day = |label: &str, today, items| Day {
        iso: "2026-11-23".to_owned(),
        label: label.to_owned(),
        href: "/calendar?view=day&date=2026-11-23".to_owned(),
        today,
        now: today.then_some(95),
        clinician: String::new(),
        place: String::new(),
        note: if today { "Away 10:00–12:00".to_owned() } else { String::new() },
        items,
    };
    let empty = Model {
        desk: false,
        view: CalView::Day,
        title: "Monday 23 November 2026".to_owned(),
        date: "2026-11-23".to_owned(),
        prev: "/calendar?view=day&date=2026-11-22".to_owned(),
        next: "/calendar?view=day&date=2026-11-24".to_owned(),
        today: "/calendar?view=day".to_owned(),
        views: CalView::ALL.iter().map(|v| (format!("/calendar?view={}", v.word()), *v, *v == CalView::Day)).collect(),
        by: vec![],
        month: vec![],
        clinicians: vec![],
        locations: vec![],
        days: vec![day("Dr Ngozi Okafor", true, vec![])],
        grid_from: 8,
        grid_until: 20,
        zone: "Berlin".to_owned(),
        gaps: vec![],
    };
    let week = Model {
        desk: true,
        view: CalView::Week,
        title: "Week of 23 November 2026".to_owned(),
        locations: vec![
            ("l".to_owned(), "Lakeside house".to_owned(), true),
            ("m".to_owned(), "Old town ".repeat(9), false),
        ],
        clinicians: vec![
            ("1".to_owned(), "Dr Ngozi Okafor".to_owned(), false),
            ("2".to_owned(), "अनन्या शर्मा".to_owned(), false),
        ],
        gaps: vec![GapItem {
            when: "Thu 3 Jun, 10:00".to_owned(),
            title: "अनन्या 💛 ".repeat(18),
            clinician: "Dr Ngozi Okafor".to_owned(),
            book: "/sessions/new?client=x".to_owned(),
            seen: "/series/x/gaps/2027-06-03".to_owned(),
        }],
        days: (0..7).map(|n| day(&format!("Day {n}"), n == 0, if n == 0 { busy.clone() } else { vec![] })).collect(),
        ..empty.clone()
    };
    let month_day = |n: u32| MonthDay {
        weekday: "Mon".to_owned(),
        label: n.to_string(),
        href: "/calendar?view=day".to_owned(),
        long: format!("Day {n}"),
        in_month: n > 1,
        today: n == 3,
        note: if n == 4 { "Closed".to_owned() } else { String::new() },
        count: usize::try_from(n).unwrap_or(0),
        free: (n > 3).then(|| ("09:00".to_owned(), "/sessions/new".to_owned())),
        items: (1..n.min(3))
            .map(|_| (id, format!("10:00 {}", "अनन्या 💛 ".repeat(18)), SessionState::Cancelled))
            .collect(),
    };
    let views = |view| CalView::ALL.iter().map(|v| ("/calendar".to_owned(), *v, *v == view)).collect();
    let month = Model {
        view: CalView::Month,
        title: "November 2026".to_owned(),
        views: views(CalView::Month),
        month: vec![(0..7).map(month_day).collect()],
        days: vec![],
        ..week.clone()
    };
    let agenda = Model { view: CalView::Agenda, views: views(CalView::Agenda), ..week.clone() };
    let by = CalBy::ALL.iter().map(|by| ("/calendar".to_owned(), *by, *by == CalBy::Room)).collect();
    let rooms = Model { by, desk: true, days: vec![day("Garden room", true, busy)], ..empty.clone() };
    vec![empty, week, month, agenda, rooms]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_spans_share_a_lane_and_overlapping_ones_do_not() {
        assert_eq!(lanes(&[(0, 50), (50, 100)]), [(0, 1), (0, 1)]);
        assert_eq!(lanes(&[(0, 60), (30, 90), (60, 120)]), [(0, 2), (1, 2), (0, 2)]);
        // The order they come in is the order of the answers.
        assert_eq!(lanes(&[(200, 250), (0, 100), (10, 20), (15, 30)]), [(0, 1), (0, 3), (1, 3), (2, 3)]);
        assert_eq!(lanes(&[]), []);
    }

    #[test]
    fn no_two_overlapping_spans_share_a_lane() {
        // A few hundred spans from a small generator, no randomness needed.
        let mut seed = 7u64;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((seed >> 33) % below).unwrap()
        };
        for _ in 0..200 {
            let spans: Vec<(i64, i64)> = (0..8)
                .map(|_| {
                    let from = next(600);
                    (from, from + 10 + next(90))
                })
                .collect();
            let placed = lanes(&spans);
            for (a, (from, until)) in spans.iter().enumerate() {
                for (b, other) in spans.iter().enumerate().skip(a + 1) {
                    if *from < other.1 && other.0 < *until {
                        assert_ne!(placed[a].0, placed[b].0, "{spans:?}");
                        assert_eq!(placed[a].1, placed[b].1, "{spans:?}");
                    }
                }
                assert!(placed[a].0 < placed[a].1);
            }
        }
    }

    #[test]
    fn samples_render() {
        for model in samples() {
            let html = Owner::new().with(|| view(&model).to_html());
            assert!(html.contains("/sessions/new"));
            assert!(!html.contains("style="));
        }
    }
}
