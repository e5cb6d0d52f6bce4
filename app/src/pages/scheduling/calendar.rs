//! The calendar: a day with a column for each therapist or room, a week with a
//! column for each day, a month, or an agenda of the sessions to come. On a
//! phone it is a list under each heading.
//!
//! All views except the month use the same markup: lists of links in order of
//! time, which the style sheet arranges on a grid of hours when the screen is
//! wide enough. An icon and a word tell the state of a session, not a colour
//! alone.

mod model;
mod overlap;
mod sample;

use domain::{
    practice::settings::{WEEK, weekday_name},
    scheduling::session::{SessionKind, SessionState},
};
use leptos::prelude::*;

pub use self::{
    model::{CalBy, CalView, Choice, Day, FreeTime, GapItem, GroupingLink, Item, Model, MonthDay, MonthItem, ViewLink},
    overlap::lanes,
};
use super::session::tone;
use crate::{
    islands::CalendarDrag,
    ui::{FilterLink, Link, Pager, empty, filters, form_key, page_head, pager, plain_badge},
};

/// Renders the calendar.
pub fn view(m: &Model) -> AnyView {
    let head = page_head(
        m.title.clone(),
        format!("All times are {} time.", m.zone),
        vec![Link::new("/sessions/new", "New session")],
    );
    let body = match m.view {
        CalView::Day | CalView::Week => grid(m),
        CalView::Month => month(m),
        CalView::Agenda => agenda(m),
    };
    view! { {head}{toolbar(m)}{gap_list(m)}{body} }.into_any()
}

/// The view of a day or a week.
fn grid(m: &Model) -> AnyView {
    let hours = m.grid_until.saturating_sub(m.grid_from).clamp(1, 24);
    let labels: Vec<AnyView> =
        (0..hours).map(|h| view! { <li>{format!("{:02}:00", m.grid_from + h)}</li> }.into_any()).collect();
    let columns: Vec<AnyView> = m.days.iter().map(|d| day_column(m, d, hours)).collect();
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
        <table class="cal-month">
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
            view! { <li class=format!("cal-item-{}", i.state.word())><a href=format!("/sessions/{}", i.id)><span class="cal-title">{i.text.clone()}<span aria-hidden="true">{state_mark(i.state)}</span></span></a></li> }.into_any()
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
    view! { <div class="cal-agenda">{days}</div> }.into_any()
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

/// The links and the form with which the reader chooses view, date, therapist
/// and location.
fn toolbar(m: &Model) -> AnyView {
    let step = match m.view {
        CalView::Day => "day",
        CalView::Week | CalView::Agenda => "week",
        CalView::Month => "month",
    };
    let views = m.views.iter().map(|l| FilterLink::new(l.href.clone(), l.view.label(), l.here)).collect();
    let by: Vec<_> = m.by.iter().map(|l| FilterLink::new(l.href.clone(), l.by.label(), l.here)).collect();
    let by = (!by.is_empty()).then(|| filters("Columns", by));
    let therapist = m.desk.then(|| filter_select("clinician", "Therapist", "Everyone", &m.clinicians));
    let location = (!m.locations.is_empty()).then(|| filter_select("location", "Location", "All", &m.locations));
    let one =
        m.clinicians.iter().find(|c| c.chosen).or(if m.clinicians.len() == 1 { m.clinicians.first() } else { None });
    let hours =
        one.map(|c| view! { <a class="button" href=format!("/clinicians/{}/hours", c.id)>"Hours"</a> }.into_any());
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
                {m.is_by_room().then(|| view! { <input type="hidden" name="by" value=CalBy::Room.word()/> })}
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

/// A select field that limits the calendar to one of `of`, or shows all.
fn filter_select(name: &'static str, label: &'static str, all: &'static str, of: &[Choice]) -> AnyView {
    let id = format!("cal-{name}");
    let options: Vec<AnyView> = of
        .iter()
        .map(|o| view! { <option value=o.id.clone() selected=o.chosen>{o.name.clone()}</option> }.into_any())
        .collect();
    view! {
        <label for=id.clone()>{label}
            <select id=id.clone() name=name>
                <option value="" selected=of.iter().all(|o| !o.chosen)>{all}</option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// A column of a day or week.
fn day_column(m: &Model, d: &Day, hours: u32) -> AnyView {
    let class = if d.today { "cal-day cal-day-today" } else { "cal-day" };
    let today = (d.today && m.view == CalView::Week).then(|| view! { <span class="cal-now">"Today"</span> }.into_any());
    let note = (!d.note.is_empty()).then(|| view! { " "<span class="cal-note">{d.note.clone()}</span> }.into_any());
    let heading = view! { <a href=d.href.clone()>{d.label.clone()}</a>" "{today}{note} };
    let listed = m.is_dense();
    let items: Vec<_> = d.items.iter().map(|i| session_item(m, i, listed)).collect();
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

/// A session in a column; `listed` if the column is a list and not a grid. The
/// week of a large practice has thousands of them, so the concrete type is
/// returned and nothing is boxed.
fn session_item(m: &Model, i: &Item, listed: bool) -> impl IntoView + use<> {
    let mut class = format!("cal-item cal-item-{}", i.state.word());
    match (i.over, i.kind) {
        (true, _) => class.push_str(" cal-over"),
        (false, SessionKind::Regular) => {}
        (false, kind) => class.extend([" cal-kind-", kind.word()]),
    }
    // A list needs no position on a grid of hours.
    if !listed {
        let (top, length) = (i.top_minutes.clamp(0, 24 * 60 - 5), i.minutes.clamp(5, 8 * 60));
        let (hour, minute, hours, minutes) = (top / 60, top % 60 / 5 * 5, length / 60, length % 60 / 5 * 5);
        let (lane, lanes) = (i.lane, i.lanes);
        class.push_str(&format!(
            " cal-h-{hour} cal-m-{minute} cal-lh-{hours} cal-lm-{minutes} cal-lane-{lane} cal-lanes-{lanes}"
        ));
    }
    // In the day view the therapist's name is above the column.
    let mut who = match (m.desk && m.view != CalView::Day, m.is_by_room()) {
        (true, _) => format!("{}, {}", i.clinician, i.place),
        (false, true) => i.clinician.clone(),
        (false, false) => i.place.clone(),
    };
    // A colour alone does not tell the kind to everyone.
    match (i.over, i.kind) {
        (true, _) => who.insert_str(0, "Double booking, "),
        (false, SessionKind::Regular) => {}
        (false, kind) => who.insert_str(0, &format!("{}, ", kind.label())),
    }
    view! {
        <li class=class data-id=(i.movable && !listed).then(|| i.id.to_string())>
            <a href=format!("/sessions/{}", i.id)>
                <span class="cal-time">{i.starts.clone()}<span class="cal-until">{format!("–{}", i.ends)}</span></span>
                <span class="cal-mark" aria-hidden="true">{state_mark(i.state)}</span>
                <span class="cal-title">{i.title.clone()}</span>
                <span class="cal-more">{who}</span>
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
    use sample::{busy_items, day, month_day, views};

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
        title: "Week of 23 November 2026".to_owned(),
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
