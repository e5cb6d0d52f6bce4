//! Charts as SVG, drawn on the server: two lines with the gap between them,
//! and who did what. Each has a text alternative, and a table beside it; what
//! colour tells, form tells too, so that they hold in print and for whoever
//! sees no colours.

use domain::{
    adherence::{Share, Turn},
    course::Course,
};
use leptos::prelude::*;

use super::table;
use crate::text;

const WIDTH: f32 = 640.0;
const HEIGHT: f32 = 250.0;
const LEFT: f32 = 34.0;
const RIGHT: f32 = 18.0;
const TOP: f32 = 14.0;
const BOTTOM: f32 = 30.0;

/// The names of the two, as the chart calls them.
pub type Names<'a> = [Option<&'a str>; 2];

fn name<'a>(names: Names<'a>, who: usize) -> &'a str {
    names.get(who).copied().flatten().unwrap_or(if who == 0 { "Partner A" } else { "Partner B" })
}

fn number(value: f32) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// The course of a scale: a solid line with dots, a dashed one with squares,
/// and what lies between them shaded.
pub fn course(id: &str, title: &str, course: &Course, names: Names<'_>) -> AnyView {
    let (Some(first), Some(last)) = (course.points.first(), course.points.last()) else {
        return view! { <p class="muted">"Nothing has been sent yet."</p> }.into_any();
    };
    #[expect(clippy::cast_precision_loss, reason = "days and positions are small")]
    let x = {
        let days = (last.on - first.on).num_days();
        let count = course.points.len();
        let (begin, wide) = (first.on, WIDTH - LEFT - RIGHT);
        move |n: usize, on: chrono::NaiveDate| {
            if count < 2 {
                LEFT + wide / 2.0
            } else if days == 0 {
                LEFT + wide * n as f32 / (count - 1) as f32
            } else {
                LEFT + wide * (on - begin).num_days() as f32 / days as f32
            }
        }
    };
    let y = |value: f32| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - (value - f32::from(course.min)) / course.span());
    let middle = f32::midpoint(f32::from(course.min), f32::from(course.max));
    let grid: Vec<AnyView> = [f32::from(course.min), middle, f32::from(course.max)]
        .into_iter()
        .map(|value| {
            let at = y(value);
            view! {
                <line class="chart-grid" x1=LEFT x2=WIDTH - RIGHT y1=at y2=at/>
                <text class="chart-tick" x=LEFT - 8.0 y=at + 4.0 text-anchor="end">{number(value)}</text>
            }
            .into_any()
        })
        .collect();
    let point = |n: usize, p: &domain::course::Point, who: usize| p.values[who].map(|v| (x(n, p.on), y(v)));
    // Between two occasions that both answered.
    let gaps: Vec<AnyView> = course
        .points
        .iter()
        .enumerate()
        .zip(course.points.iter().enumerate().skip(1))
        .filter_map(|((n, p), (m, q))| {
            let corners = [point(n, p, 0)?, point(m, q, 0)?, point(m, q, 1)?, point(n, p, 1)?];
            let points = corners.map(|(x, y)| format!("{x:.1},{y:.1}")).join(" ");
            Some(view! { <polygon class="chart-gap" points=points/> }.into_any())
        })
        .collect();
    let lines: Vec<AnyView> = (0..2)
        .map(|who| {
            let at: Vec<(f32, f32)> = course.points.iter().enumerate().filter_map(|(n, p)| point(n, p, who)).collect();
            let path: Vec<String> = at.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            let marks: Vec<AnyView> = at
                .iter()
                .map(|(x, y)| {
                    if who == 0 {
                        view! { <circle class="chart-mark-a" cx=*x cy=*y r="4.5"/> }.into_any()
                    } else {
                        view! { <rect class="chart-mark-b" x=x - 4.5 y=y - 4.5 width="9" height="9"/> }.into_any()
                    }
                })
                .collect();
            let class = if who == 0 { "chart-line chart-a" } else { "chart-line chart-b" };
            view! { <polyline class=class points=path.join(" ")/> {marks} }.into_any()
        })
        .collect();
    let ends = [(first, "start", LEFT), (last, "end", WIDTH - RIGHT)];
    let dates: Vec<AnyView> = ends
        .into_iter()
        .take(if course.points.len() < 2 { 1 } else { 2 })
        .map(|(p, anchor, x)| {
            view! { <text class="chart-tick" x=x y=HEIGHT - 8.0 text-anchor=anchor>{text::short_day(p.on)}</text> }
                .into_any()
        })
        .collect();
    let spoken: Vec<String> = (0..2)
        .filter(|who| names[*who].is_some())
        .map(|who| match (course.line(who).first(), course.line(who).last()) {
            (Some((_, from)), Some((_, to))) => {
                format!("{}: from {} to {}.", name(names, who), number(*from), number(*to))
            }
            _ => format!("{}: nothing yet.", name(names, who)),
        })
        .collect();
    let rows = course
        .points
        .iter()
        .rev()
        .map(|p| {
            let cell = |who: usize| p.values[who].map_or_else(|| "–".to_owned(), number);
            let gap = match p.values {
                [Some(a), Some(b)] => number((a - b).abs()),
                _ => "–".to_owned(),
            };
            vec![text::short_day(p.on).into_any(), cell(0).into_any(), cell(1).into_any(), gap.into_any()]
        })
        .collect();
    let heads = ["When", name(names, 0), name(names, 1), "Between them"];
    view! {
        <figure class="chart">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=title.to_owned() aria-describedby=format!("{id}-desc")>
                <desc id=format!("{id}-desc")>{spoken.join(" ")}</desc>
                {grid}{gaps}{lines}{dates}
            </svg>
            {legend(names)}
            <details>
                <summary>"The numbers"</summary>
                {table(title, &heads, rows)}
            </details>
        </figure>
    }
    .into_any()
}

fn legend(names: Names<'_>) -> AnyView {
    let items: Vec<AnyView> = (0..2)
        .filter(|who| names[*who].is_some())
        .map(|who| {
            let (class, mark) = if who == 0 {
                ("chart-line chart-a", view! { <circle class="chart-mark-a" cx="18" cy="8" r="4.5"/> }.into_any())
            } else {
                (
                    "chart-line chart-b",
                    view! { <rect class="chart-mark-b" x="13.5" y="3.5" width="9" height="9"/> }.into_any(),
                )
            };
            view! {
                <li>
                    <svg viewBox="0 0 36 16" width="36" height="16" aria-hidden="true"><line class=class x1="0" x2="36" y1="8" y2="8"/>{mark}</svg>
                    <span>{name(names, who).to_owned()}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <figcaption><ul class="legend">{items}</ul></figcaption> }.into_any()
}

/// How evenly the work between sessions is carried: bars to the left and to
/// the right of a middle line. A picture, and no score.
pub fn balance(id: &str, shares: [Share; 2], names: Names<'_>) -> AnyView {
    type Count = fn(&Share) -> usize;
    let rows: [(&str, Count); 4] = [
        ("Sent", |s| s.done),
        ("Began first of the two", |s| s.first),
        ("Put off with a word why", |s| s.told),
        ("Passed by", |s| s.missed),
    ];
    let most = shares.iter().map(|s| s.given).max().unwrap_or(0).max(1);
    const HALF: f32 = 250.0;
    const ROW: f32 = 44.0;
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let long = |count: usize| HALF * count as f32 / most as f32;
    let bars: Vec<AnyView> = rows
        .iter()
        .enumerate()
        .map(|(n, (label, of))| {
            #[expect(clippy::cast_precision_loss, reason = "four rows")]
            let top = 26.0 + ROW * n as f32;
            let (a, b) = (of(&shares[0]), of(&shares[1]));
            let (left, right) = (long(a), long(b));
            view! {
                <text class="chart-label" x="320" y=top - 4.0 text-anchor="middle">{*label}</text>
                <line class="chart-grid" x1="320" x2="320" y1=top y2=top + 18.0/>
                <rect class="chart-bar-a" x=318.0 - left y=top width=left height="18"/>
                <rect class="chart-bar-b" x="322" y=top width=right height="18"/>
                <text class="chart-tick" x=310.0 - left y=top + 14.0 text-anchor="end">{a.to_string()}</text>
                <text class="chart-tick" x=330.0 + right y=top + 14.0>{b.to_string()}</text>
            }
            .into_any()
        })
        .collect();
    let spoken: Vec<String> = (0..2)
        .filter(|who| names[*who].is_some())
        .map(|who| {
            let s = shares[who];
            format!(
                "{}: {} of {} sent, began first {} times, {} passed by.",
                name(names, who),
                s.done,
                s.given,
                s.first,
                s.missed
            )
        })
        .collect();
    let heads = ["", name(names, 0), name(names, 1)];
    let cells = rows
        .iter()
        .map(|(label, of)| {
            vec![(*label).into_any(), of(&shares[0]).to_string().into_any(), of(&shares[1]).to_string().into_any()]
        })
        .collect();
    view! {
        <figure class="chart">
            <svg viewBox="0 0 640 196" role="img" aria-label="How the work between sessions is carried" aria-describedby=format!("{id}-desc")>
                <desc id=format!("{id}-desc")>{spoken.join(" ")}</desc>
                {bars}
            </svg>
            <figcaption><p class="sides"><span>{format!("◀ {}", name(names, 0))}</span>" "<span>{format!("{} ▶", name(names, 1))}</span></p></figcaption>
            <details>
                <summary>"The numbers"</summary>
                {table("How the work between sessions is carried", &heads, cells)}
            </details>
        </figure>
    }
    .into_any()
}

/// What was asked, from left to right in time, a row for each of the two:
/// full: sent; half: put off with a word why; a ring: not sent.
pub fn turns(id: &str, turns: &[Turn], names: Names<'_>) -> AnyView {
    const MOST: usize = 40;
    // The latest, the oldest of them first.
    let shown: Vec<&Turn> = turns.iter().take(MOST).rev().collect();
    if shown.is_empty() {
        return view! { <p class="muted">"Nothing has been asked in this time."</p> }.into_any();
    }
    let mut marks: Vec<AnyView> = Vec::new();
    for (n, turn) in shown.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "forty at most")]
        let x = 12.0 + 15.5 * n as f32;
        for (who, part) in turn.parts.iter().enumerate() {
            let Some(part) = part else { continue };
            let y = if who == 0 { 14.0 } else { 36.0 };
            let class = if who == 0 { "chart-dot-a" } else { "chart-dot-b" };
            marks.push(match (part.submitted_at, part.reason) {
                (Some(_), _) => view! { <circle class=format!("{class} is-full") cx=x cy=y r="5.5"/> }.into_any(),
                (None, Some(_)) => view! {
                    <circle class=class cx=x cy=y r="5.5"/>
                    <path class=format!("{class} is-full") d=format!("M{x} {} a5.5 5.5 0 0 0 0 11 z", y - 5.5)/>
                }
                .into_any(),
                (None, None) => view! { <circle class=class cx=x cy=y r="5.5"/> }.into_any(),
            });
        }
    }
    let spoken: Vec<String> = (0..2)
        .filter(|who| names[*who].is_some())
        .map(|who| {
            let of = shown.iter().filter(|t| t.parts[who].is_some()).count();
            let sent = shown.iter().filter(|t| t.parts[who].is_some_and(|p| p.submitted_at.is_some())).count();
            format!("{} sent {sent} of the last {of}.", name(names, who))
        })
        .collect();
    let said = spoken.join(" ");
    view! {
        <figure class="chart chart-turns">
            <svg viewBox="0 0 640 50" role="img" aria-label="What was asked and what came, in order of time" aria-describedby=format!("{id}-desc")>
                <desc id=format!("{id}-desc")>{said.clone()}</desc>
                {marks}
            </svg>
            <figcaption><p class="hint">{format!("{said} Upper row: {}, lower row: {}. Full: sent. Half: put off, with a word why. Ring: not sent.", name(names, 0), name(names, 1))}</p></figcaption>
        </figure>
    }
    .into_any()
}

/// The caseload at a glance: for each client what came of what was asked, the
/// ones who drift first. The whole bar is what was asked.
pub fn caseload(id: &str, rows: &[(String, i64, i64)]) -> AnyView {
    const ROW: f32 = 26.0;
    const BAR: f32 = 330.0;
    let most = rows.iter().map(|(_, asked, _)| *asked).max().unwrap_or(0).max(1);
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let long = |count: i64| BAR * count as f32 / most as f32;
    let bars: Vec<AnyView> = rows
        .iter()
        .enumerate()
        .map(|(n, (name, asked, done))| {
            #[expect(clippy::cast_precision_loss, reason = "rows of one caseload")]
            let y = 4.0 + ROW * n as f32;
            // Two names fit beside the bars; the whole of them stands below.
            let short: String =
                if name.chars().count() > 30 { name.chars().take(29).chain(['…']).collect() } else { name.clone() };
            view! {
                <text class="chart-tick" x="240" y=y + 14.0 text-anchor="end">{short}</text>
                <rect class="chart-asked" x="250" y=y width=long(*asked).max(1.0) height="18"/>
                <rect class="chart-bar-a" x="250" y=y width=long(*done) height="18"/>
                <text class="chart-tick" x=256.0 + long(*asked) y=y + 14.0>{format!("{done} of {asked}")}</text>
            }
            .into_any()
        })
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "rows of one caseload")]
    let height = 8.0 + ROW * rows.len() as f32;
    let (asked, done) = rows.iter().fold((0, 0), |(a, d), (_, asked, done)| (a + asked, d + done));
    view! {
        <figure class="chart">
            <svg viewBox=format!("0 0 640 {height}") role="img" aria-label="What was asked in the last four weeks, and what came" aria-describedby=format!("{id}-desc")>
                <desc id=format!("{id}-desc")>{format!("{done} of {asked} came back. Each client’s numbers stand with their name below.")}</desc>
                {bars}
            </svg>
            <figcaption><p class="hint">{format!("In the last four weeks {done} of {asked} came back. Filled: sent. Outlined: asked. Counted for each person.")}</p></figcaption>
        </figure>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use domain::course::Point;

    use super::*;

    #[test]
    fn a_chart_says_in_words_and_numbers_what_it_shows() {
        let on = |day: u32| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let points = vec![
            Point { on: on(2), values: [Some(3.0), Some(7.5)] },
            Point { on: on(9), values: [Some(4.25), None] },
            Point { on: on(16), values: [Some(6.0), Some(7.0)] },
        ];
        let course = Course { min: 0, max: 10, points };
        let html = Owner::new()
            .with(|| super::course("c", "Six <numbers>", &course, [Some("Amara"), Some("Jonas")]).to_html());
        assert!(html.contains("Amara: from 3 to 6. Jonas: from 7.5 to 7."));
        assert!(html.contains("4.3") || html.contains("4.2"));
        assert!(!html.contains("<numbers>") && !html.contains("style=\""));
        // One gap is missing where one of the two is.
        assert_eq!(html.matches("chart-gap").count(), 0);
        assert_eq!(html.matches("class=\"chart-mark-a\"").count(), 4);
    }

    #[test]
    fn nothing_yet_is_a_sentence() {
        let course = Course { min: 0, max: 10, points: vec![] };
        let html = Owner::new().with(|| super::course("c", "T", &course, [None, None]).to_html());
        assert!(html.contains("Nothing has been sent yet"));
        assert!(Owner::new().with(|| turns("t", &[], [None, None]).to_html()).contains("Nothing has been asked"));
    }
}
