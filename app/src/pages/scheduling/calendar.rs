//! The calendar: a day with a column for each therapist or room, a week with a
//! column for each day, a month, or a list of the sessions to come. On a phone
//! it is a list under each heading.
//!
//! Days and weeks use the same markup: lists of links in order of time, which
//! the style sheet arranges on a grid of hours when the screen is wide enough.
//! The week of several therapists has a row for each hour, which grows with its
//! sessions. An icon and a word tell the state of a session, and initials its
//! therapist, not a colour alone.

mod model;
mod overlap;
mod sample;

use domain::{
    practice::settings::{WEEK, weekday_name},
    scheduling::session::{SessionKind, SessionState},
};
use leptos::prelude::*;

pub use self::{
    model::{
        CalBy, CalView, Choice, Day, FreeTime, GapItem, GroupingLink, HUES, Item, Model, MonthDay, MonthItem, ViewLink,
        Whose,
    },
    overlap::lanes,
};
use super::session::tone;
use crate::{
    islands::{ApplyOnChange, CalendarDrag},
    ui::{FilterLink, Pager, empty, filters, form_key, pager, plain_badge},
};

/// The id of the sessions' part of the page, to which a link for the keyboard
/// skips.
pub const SESSIONS: &str = "sessions";

/// Renders the calendar.
pub fn view(m: &Model) -> AnyView {
    let body = match m.view {
        CalView::Day | CalView::Week => grid(m),
        CalView::Month => month(m),
        CalView::Agenda => agenda(m),
    };
    view! {
        <header class="page-head cal-top">
            <div><h1>{m.title.clone()}</h1><p class="hint">{format!("{} time", m.zone)}</p></div>
            <div class="actions"><a class="button button-primary" href="/sessions/new">"New session"</a></div>
        </header>
        {toolbar(m)}
        {gap_list(m)}
        {subbar(m)}
        {body}
    }
    .into_any()
}

/// The line under the controls: the therapists with their colours and initials,
/// and the grouping of a day's columns. `None` if it would be empty.
fn subbar(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .legend
        .iter()
        .map(|w| view! { <li class=hue(w)><span class="cal-who" aria-hidden="true">{w.initials.clone()}</span>{w.name.clone()}</li> }.into_any())
        .collect();
    let by: Vec<_> = m.by.iter().map(|l| FilterLink::new(l.href.clone(), l.by.label(), l.here)).collect();
    if rows.is_empty() && by.is_empty() {
        return None;
    }
    let legend =
        (!rows.is_empty()).then(|| view! { <ul class="cal-legend" aria-label="Therapists">{rows}</ul> }.into_any());
    let by = (!by.is_empty()).then(|| filters("Columns", by));
    Some(view! { <div class="cal-sub">{legend}{by}</div> }.into_any())
}

/// The CSS class of a therapist's colour.
fn hue(whose: &Whose) -> String {
    format!("cal-hue-{}", whose.hue % HUES)
}

/// The view of a day or a week.
fn grid(m: &Model) -> AnyView {
    let hours = m.grid_until.saturating_sub(m.grid_from).clamp(1, 24);
    let labels: Vec<AnyView> =
        (0..hours).map(|h| view! { <li>{format!("{:02}:00", m.grid_from + h)}</li> }.into_any()).collect();
    let dense = m.is_dense();
    let columns: Vec<AnyView> =
        m.days.iter().map(|d| if dense { hour_column(m, d, hours) } else { day_column(m, d, hours) }).collect();
    let drag = (!dense).then(|| view! { <CalendarDrag/> });
    let labels = view! { <ol class="cal-hours" aria-hidden="true">{labels}</ol> }.into_any();
    // The rows of a dense week are as high as their sessions need, so its hours
    // are beside them in the same grid.
    let (class, outer, inner) = if dense {
        (format!("cal-frame cal-dense cal-hours-{hours}"), None, Some(labels))
    } else {
        ("cal-frame".to_owned(), Some(labels), None)
    };
    view! {
        {drag}
        <div class=class>
            {outer}
            <div class="cal-scroll" id=SESSIONS role="region" tabindex="0" aria-label=format!("Sessions, {}", m.title)>
                <div class="cal-columns">{inner}{columns}</div>
            </div>
        </div>
    }
    .into_any()
}

/// The view of a month.
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
        <table class="cal-month" id=SESSIONS tabindex="-1">
            <caption class="quiet">{format!("Sessions, {}", m.title)}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{weeks}</tbody>
        </table>
    }
    .into_any()
}

/// The cell of a day in the month view.
fn month_day(d: &MonthDay) -> AnyView {
    let class = match (d.in_month, d.today) {
        (_, true) => "cal-month-today",
        (true, _) => "",
        (false, _) => "cal-month-other",
    };
    let items: Vec<AnyView> = d
        .items
        .iter()
        .map(|i| {
            let class = match &i.whose {
                Some(whose) => format!("cal-item-{} {}", i.state.word(), hue(whose)),
                None => format!("cal-item-{}", i.state.word()),
            };
            let who = i.whose.as_ref().map(|w| view! { <span class="cal-who" aria-hidden="true">{w.initials.clone()}</span><span class="quiet">{format!("{}, ", w.name)}</span> });
            view! { <li class=class><a href=format!("/sessions/{}", i.id)>{who}<span class="cal-title">{i.text.clone()}<span aria-hidden="true">{state_mark(i.state)}</span></span></a></li> }.into_any()
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
    let free = d.free.as_ref().map(|free| {
        let label = format!("Book {}, {}", d.long, free.time);
        view! { <a class="cal-free" href=free.href.clone() aria-label=label>{format!("Free {}", free.time)}</a> }
            .into_any()
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

/// The agenda: the days that have sessions or an absence.
fn agenda(m: &Model) -> AnyView {
    let days: Vec<AnyView> = m
        .days
        .iter()
        .filter(|d| !d.items.is_empty() || !d.note.is_empty())
        .map(|d| {
            let items: Vec<_> = d.items.iter().map(|i| session_item(m, i, true)).collect();
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
    view! { <div class="cal-agenda" id=SESSIONS tabindex="-1">{days}</div> }.into_any()
}

/// The list of series sessions that could not be booked; `None` if there are
/// none.
fn gap_list(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .gaps
        .iter()
        .map(|g| {
            let what = format!("{}: {} with {}", g.when, g.title, g.clinician);
            view! {
                <li>
                    <span>{what.clone()}</span>
                    <span class="actions">
                        <a class="button" href=g.book.clone() aria-label=format!("Find a time: {what}")>"Find a time"</a>
                        <form method="post" action=g.seen.clone()>{form_key()}<button class="button" type="submit" aria-label=format!("Looked after: {what}")>"Looked after"</button></form>
                    </span>
                </li>
            }
            .into_any()
        })
        .collect();
    let head = match m.gaps_count {
        1 => "One session of a series could not be booked".to_owned(),
        n => format!("{n} sessions of series could not be booked"),
    };
    (!rows.is_empty() || m.gaps_pager.is_later()).then(|| {
        view! { <details class="card" id="gaps" open=m.gaps_pager.is_later()><summary>{head}</summary><ul class="rows">{rows}</ul>{pager(&m.gaps_pager)}</details> }.into_any()
    })
}

/// The one row of controls: the period, the view, and the filters, which apply
/// on change.
fn toolbar(m: &Model) -> AnyView {
    let step = match m.view {
        CalView::Day => "day",
        CalView::Week | CalView::Agenda => "week",
        CalView::Month => "month",
    };
    let views = m.views.iter().map(|l| FilterLink::new(l.href.clone(), l.view.label(), l.here)).collect();
    let therapist = m.desk.then(|| filter_select("clinician", "Therapist", "All therapists", &m.clinicians));
    let location =
        (!m.locations.is_empty()).then(|| filter_select("location", "Location", "All locations", &m.locations));
    let one =
        m.clinicians.iter().find(|c| c.chosen).or(if m.clinicians.len() == 1 { m.clinicians.first() } else { None });
    let hours =
        one.map(|c| view! { <a class="button" href=format!("/clinicians/{}/hours", c.id)>"Hours"</a> }.into_any());
    view! {
        <div class="cal-bar">
            <nav class="cal-steps" aria-label="Dates">
                <a class="button" href=m.prev.clone()><span aria-hidden="true">"‹"</span><span class="quiet">{format!("Previous {step}")}</span></a>
                <a class="button" href=m.today.clone()>"Today"</a>
                <a class="button" href=m.next.clone()><span aria-hidden="true">"›"</span><span class="quiet">{format!("Next {step}")}</span></a>
            </nav>
            {filters("View", views)}
            <form id="cal-form" method="get" action="/calendar">
                <input type="hidden" name="view" value=m.view.word()/>
                {m.is_by_room().then(|| view! { <input type="hidden" name="by" value=CalBy::Room.word()/> })}
                <label class="quiet" for="cal-date">"Date"</label>
                <input id="cal-date" type="date" name="date" value=m.date.clone() required/>
                {therapist}
                {location}
                <ApplyOnChange form="cal-form".to_owned() label="Show".to_owned()/>
            </form>
            {hours}
        </div>
    }
    .into_any()
}

/// A select field that limits the calendar to one of `of`, or shows all.
fn filter_select(name: &'static str, label: &'static str, all: &'static str, of: &[Choice]) -> AnyView {
    let id = format!("cal-{name}");
    let options: Vec<AnyView> = of
        .iter()
        .map(|o| view! { <option value=o.id.clone() selected=o.chosen>{o.name.clone()}</option> }.into_any())
        .collect();
    view! {
        <label class="quiet" for=id.clone()>{label}</label>
        <select id=id.clone() name=name>
            <option value="" selected=of.iter().all(|o| !o.chosen)>{all}</option>
            {options}
        </select>
    }
    .into_any()
}

/// The heading of a day's or therapist's column.
fn column_head(m: &Model, d: &Day) -> AnyView {
    let today = (d.today && m.view == CalView::Week).then(|| view! { <span class="cal-now">"Today"</span> }.into_any());
    let note = (!d.note.is_empty()).then(|| view! { " "<span class="cal-note">{d.note.clone()}</span> }.into_any());
    view! { <h2><a href=d.href.clone()>{d.label.clone()}</a>" "{today}{note}</h2> }.into_any()
}

/// A column of a grid to scale: the hours of a day.
fn day_column(m: &Model, d: &Day, hours: u32) -> AnyView {
    let class = if d.today && m.view == CalView::Week { "cal-day cal-day-today" } else { "cal-day" };
    let items: Vec<_> = d.items.iter().map(|i| session_item(m, i, false)).collect();
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
        view! { <div class=format!("cal-line cal-hours-{hours} {}", at_minute(at)) aria-hidden="true"></div> }
            .into_any()
    });
    let shut: Vec<AnyView> = d
        .shut
        .iter()
        .map(|(from, until)| {
            let class = format!("cal-shut {} {}", at_minute(*from), for_minutes(until - from));
            view! { <div class=class aria-hidden="true"></div> }.into_any()
        })
        .collect();
    view! {
        <section class=class>
            {column_head(m, d)}
            {shut}
            {now}
            {list}
        </section>
    }
    .into_any()
}

/// The classes that put an element at a minute of the grid, in steps of five.
fn at_minute(minute: i64) -> String {
    let minute = minute.clamp(0, 24 * 60 - 5);
    format!("cal-h-{} cal-m-{}", minute / 60, minute % 60 / 5 * 5)
}

/// The classes that give an element a length on the grid, in steps of five
/// minutes.
fn for_minutes(minutes: i64) -> String {
    let minutes = minutes.clamp(5, 24 * 60);
    format!("cal-lh-{} cal-lm-{}", minutes / 60, minutes % 60 / 5 * 5)
}

/// A day in the week of several therapists: a cell for each hour, which lists
/// the sessions that begin in it.
fn hour_column(m: &Model, d: &Day, hours: u32) -> AnyView {
    let class = if d.today { "cal-day cal-day-today" } else { "cal-day" };
    let cells: Vec<AnyView> = (0..i64::from(hours))
        .map(|hour| {
            let in_hour = |minute: i64| minute.clamp(0, i64::from(hours) * 60 - 1) / 60 == hour;
            let items: Vec<_> =
                d.items.iter().filter(|i| in_hour(i.top_minutes)).map(|i| session_item(m, i, true)).collect();
            let is_shut = d.shut.iter().any(|(from, until)| *from <= hour * 60 && (hour + 1) * 60 <= *until);
            let mut class = "cal-hour".to_owned();
            if is_shut {
                class.push_str(" cal-hour-shut");
            }
            if d.now.is_some_and(in_hour) {
                class.push_str(" cal-hour-now");
            }
            if items.is_empty() {
                return view! { <div class=class></div> }.into_any();
            }
            view! { <ol class=class>{items}</ol> }.into_any()
        })
        .collect();
    let none = d.items.is_empty().then(|| view! { <p class="cal-none">"No sessions."</p> }.into_any());
    view! {
        <section class=class>
            {column_head(m, d)}
            {none}
            {cells}
        </section>
    }
    .into_any()
}

/// A session in a column; `listed` if the column is a list and not a grid. The
/// week of a large practice has thousands of them, so the concrete type is
/// returned and nothing is boxed.
fn session_item(m: &Model, i: &Item, listed: bool) -> impl IntoView + use<> {
    let mut class = format!("cal-item cal-item-{}", i.state.word());
    match (i.over, i.kind, m.desk) {
        (true, ..) => class.push_str(" cal-over"),
        (false, _, true) => class.push_str(&format!(" {}", hue(&i.whose))),
        (false, SessionKind::Regular, false) => {}
        (false, kind, false) => class.extend([" cal-kind-", kind.word()]),
    }
    // A list needs no position on a grid of hours.
    if !listed {
        let (at, long) = (at_minute(i.top_minutes), for_minutes(i.minutes.min(8 * 60)));
        class.push_str(&format!(" {at} {long} cal-lane-{} cal-lanes-{}", i.lane, i.lanes));
    }
    // In the day view the therapist's name is above the column.
    let named = m.desk && (m.view != CalView::Day || m.is_by_room());
    let who = named.then(|| {
        view! { <span class="cal-who" aria-hidden="true">{i.whose.initials.clone()}</span><span class="quiet">{format!("{}, ", i.whose.name)}</span> }
    });
    let mut more = if m.is_by_room() { i.whose.name.clone() } else { i.place.clone() };
    // A colour alone does not tell the kind to everyone.
    match (i.over, i.kind) {
        (true, _) => more.insert_str(0, "Double booking, "),
        (false, SessionKind::Regular) => {}
        (false, kind) => more.insert_str(0, &format!("{}, ", kind.label())),
    }
    let title = if m.view == CalView::Week { i.short_title.clone() } else { i.title.clone() };
    view! {
        <li class=class data-id=(i.movable && !listed).then(|| i.id.to_string())>
            <a href=format!("/sessions/{}", i.id) title=i.title.clone()>
                {who}
                <span class="cal-time">{i.starts.clone()}<span class="cal-until">{format!("–{}", i.ends)}</span></span>
                <span class="cal-mark" aria-hidden="true">{state_mark(i.state)}</span>" "
                <span class="cal-title">{title}</span>
                <span class="cal-more">{more}</span>
                {plain_badge(tone(i.state), i.state.label().to_owned())}
            </a>
        </li>
    }
}

/// The icon of a state where there is no space for its word. The word is in the
/// list, on the session's page and for screen readers.
const fn state_mark(state: SessionState) -> &'static str {
    match state {
        SessionState::Booked => "",
        SessionState::Arrived => " ◔",
        SessionState::Completed => " ✓",
        SessionState::NoShow => " !",
        SessionState::LateCancelled | SessionState::Cancelled => " ×",
    }
}

/// Sample models of the calendar, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    use sample::{busy_items, day, month_day, views, whose};

    let choice = |id: &str, name: &str, chosen| Choice { id: id.to_owned(), name: name.to_owned(), chosen };
    let empty = Model {
        desk: false,
        view: CalView::Day,
        title: "Monday 23 November 2026".to_owned(),
        date: "2026-11-23".to_owned(),
        prev: "/calendar?view=day&date=2026-11-22".to_owned(),
        next: "/calendar?view=day&date=2026-11-24".to_owned(),
        today: "/calendar?view=day".to_owned(),
        views: views(CalView::Day),
        by: vec![],
        month: vec![],
        clinicians: vec![],
        legend: vec![],
        locations: vec![],
        days: vec![day("Dr Ngozi Okafor", true, vec![])],
        grid_from: 8,
        grid_until: 20,
        zone: "Berlin".to_owned(),
        gaps: vec![],
        gaps_pager: Pager::default(),
        gaps_count: 0,
    };
    let week = Model {
        desk: true,
        view: CalView::Week,
        title: "23–29 November 2026".to_owned(),
        legend: vec![whose()],
        locations: vec![choice("l", "Lakeside house", true), choice("m", &"Old town ".repeat(9), false)],
        clinicians: vec![choice("1", "Dr Ngozi Okafor", false), choice("2", "अनन्या शर्मा", false)],
        gaps_count: 1,
        gaps: vec![GapItem {
            when: "Thu 3 Jun, 10:00".to_owned(),
            title: "अनन्या 💛 ".repeat(18),
            clinician: "Dr Ngozi Okafor".to_owned(),
            book: "/sessions/new?client=x".to_owned(),
            seen: "/series/x/gaps/2027-06-03".to_owned(),
        }],
        days: (0..7).map(|n| day(&format!("Day {n}"), n == 0, if n == 0 { busy_items() } else { vec![] })).collect(),
        ..empty.clone()
    };
    let month = Model {
        view: CalView::Month,
        title: "November 2026".to_owned(),
        views: views(CalView::Month),
        month: vec![(0..7).map(month_day).collect()],
        days: vec![],
        ..week.clone()
    };
    let agenda = Model { view: CalView::Agenda, views: views(CalView::Agenda), ..week.clone() };
    let by = CalBy::ALL
        .iter()
        .map(|by| GroupingLink { href: "/calendar".to_owned(), by: *by, here: *by == CalBy::Room })
        .collect();
    let rooms = Model { by, desk: true, days: vec![day("Garden room", true, busy_items())], ..empty.clone() };
    vec![empty, week, month, agenda, rooms]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_render_without_inline_styles() {
        for model in samples() {
            let html = Owner::new().with(|| view(&model).to_html());
            assert!(html.contains("/sessions/new"));
            assert!(!html.contains("style="));
        }
    }
}
