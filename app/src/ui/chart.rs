//! Charts as SVG, drawn on the server: the courses of two partners with the gap
//! between them, and what was done. Each has a text alternative and most have a
//! table beside them. Shapes repeat what the colours say, so that the charts
//! work in print and for readers who cannot see colours.

use chrono::NaiveDate;
use domain::records::{
    adherence::{DueCount, Outcome, Share, Turn, WEEKS},
    course::{Course, Point},
};
use leptos::prelude::*;

use super::table;
use crate::text;

/// The size of the course chart and the margins around its plot area, in SVG
/// units.
const WIDTH: f32 = 640.0;
const HEIGHT: f32 = 250.0;
const LEFT: f32 = 34.0;
const RIGHT: f32 = 18.0;
const TOP: f32 = 14.0;
const BOTTOM: f32 = 30.0;

/// The names of the two people; `None` for a seat without a person.
pub type Names<'a> = [Option<&'a str>; 2];

/// The name of a person; "Partner A" or "Partner B" if it is unknown.
fn partner_name<'a>(names: Names<'a>, who: usize) -> &'a str {
    names.get(who).copied().flatten().unwrap_or(if who == 0 { "Partner A" } else { "Partner B" })
}

/// A number with at most one decimal place.
fn number(value: f32) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// The course of a scale: a solid line with dots for the first partner, a
/// dashed line with squares for the second, and the area between them shaded.
/// `id` must be unique on the page.
pub fn course(id: &str, title: &str, course: &Course, names: Names<'_>) -> AnyView {
    let (Some(first), Some(last)) = (course.points.first(), course.points.last()) else {
        return view! { <p class="muted">"Nothing has been sent yet."</p> }.into_any();
    };
    let plot = Plot { course, begin: first.on, days: (last.on - first.on).num_days() };
    let heads = ["When", partner_name(names, 0), partner_name(names, 1), "Between them"];
    view! {
        <figure class="chart">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=title.to_owned() aria-describedby=format!("{id}-desc")>
                <desc id=format!("{id}-desc")>{spoken(course, names)}</desc>
                {plot.grid()}{plot.gaps()}{plot.lines()}{end_dates(first, last, course.points.len())}
            </svg>
            {legend(names)}
            <details>
                <summary>"The numbers"</summary>
                {table(title, &heads, number_rows(course))}
            </details>
        </figure>
    }
    .into_any()
}

/// A course with the scale of its chart.
struct Plot<'a> {
    course: &'a Course,
    /// The date of the first point.
    begin: NaiveDate,
    /// How many days there are between the first and the last point.
    days: i64,
}

impl Plot<'_> {
    /// The place from the left of the point at index `n`, which is on this day.
    #[expect(clippy::cast_precision_loss, reason = "days and positions are small")]
    fn x(&self, n: usize, on: NaiveDate) -> f32 {
        let (count, wide) = (self.course.points.len(), WIDTH - LEFT - RIGHT);
        if count < 2 {
            LEFT + wide / 2.0
        } else if self.days == 0 {
            LEFT + wide * n as f32 / (count - 1) as f32
        } else {
            LEFT + wide * (on - self.begin).num_days() as f32 / self.days as f32
        }
    }

    /// The place of a value from the top.
    fn y(&self, value: f32) -> f32 {
        let part = (value - f32::from(self.course.min)) / self.course.length();
        TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - part)
    }

    /// The place of a partner's value in the point at index `n`; `None` without
    /// a value.
    fn place(&self, n: usize, p: &Point, who: usize) -> Option<(f32, f32)> {
        p.values[who].map(|v| (self.x(n, p.on), self.y(v)))
    }

    /// The lines of the grid with their values.
    fn grid(&self) -> Vec<AnyView> {
        let (min, max) = (f32::from(self.course.min), f32::from(self.course.max));
        [min, f32::midpoint(min, max), max]
            .into_iter()
            .map(|value| {
                let at = self.y(value);
                view! {
                    <line class="chart-grid" x1=LEFT x2=WIDTH - RIGHT y1=at y2=at/>
                    <text class="chart-tick" x=LEFT - 8.0 y=at + 4.0 text-anchor="end">{number(value)}</text>
                }
                .into_any()
            })
            .collect()
    }

    /// The areas between the two lines. An area is drawn only between two
    /// points at which both partners answered.
    fn gaps(&self) -> Vec<AnyView> {
        let points = &self.course.points;
        points
            .iter()
            .enumerate()
            .zip(points.iter().enumerate().skip(1))
            .filter_map(|((n, p), (m, q))| {
                let corners = [self.place(n, p, 0)?, self.place(m, q, 0)?, self.place(m, q, 1)?, self.place(n, p, 1)?];
                let points = corners.map(|(x, y)| format!("{x:.1},{y:.1}")).join(" ");
                Some(view! { <polygon class="chart-gap" points=points/> }.into_any())
            })
            .collect()
    }

    /// The line of each partner with its marks.
    fn lines(&self) -> Vec<AnyView> {
        (0..2)
            .map(|who| {
                let points = self.course.points.iter().enumerate();
                let at: Vec<(f32, f32)> = points.filter_map(|(n, p)| self.place(n, p, who)).collect();
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
            .collect()
    }
}

/// The dates of the first and the last of `count` points below a chart; of one
/// point only its date.
fn end_dates(first: &Point, last: &Point, count: usize) -> Vec<AnyView> {
    [(first, "start", LEFT), (last, "end", WIDTH - RIGHT)]
        .into_iter()
        .take(if count < 2 { 1 } else { 2 })
        .map(|(p, anchor, x)| {
            view! { <text class="chart-tick" x=x y=HEIGHT - 8.0 text-anchor=anchor>{text::short_day(p.on)}</text> }
                .into_any()
        })
        .collect()
}

/// A course in words, for screen readers: each partner's first and last value.
fn spoken(course: &Course, names: Names<'_>) -> String {
    (0..2)
        .filter(|who| names[*who].is_some())
        .map(|who| match (course.line(who).first(), course.line(who).last()) {
            (Some((_, from)), Some((_, to))) => {
                format!("{}: from {} to {}.", partner_name(names, who), number(*from), number(*to))
            }
            _ => format!("{}: nothing yet.", partner_name(names, who)),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The rows of the table below a course, latest first: date, both values, and
/// the difference between them.
fn number_rows(course: &Course) -> Vec<Vec<AnyView>> {
    course
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
        .collect()
}

/// The legend of the two lines.
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
                    <span>{partner_name(names, who).to_owned()}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <figcaption><ul class="legend">{items}</ul></figcaption> }.into_any()
}

/// How evenly the two partners share the work between sessions: bars to the left
/// and right of a middle line. It has no score.
pub fn balance(id: &str, shares: [Share; 2], names: Names<'_>) -> AnyView {
    type Count = fn(&Share) -> usize;
    let rows: [(&str, Count); 4] = [
        ("Done", |s| s.done),
        ("Started first", |s| s.started_first),
        ("Skipped with a reason", |s| s.skipped),
        ("Not done", |s| s.missed),
    ];
    let most = shares.iter().map(|s| s.due).max().unwrap_or(0).max(1);
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
                "{}: {} of {} done, started first {} times, {} skipped with a reason, {} not done.",
                partner_name(names, who),
                s.done,
                s.due,
                s.started_first,
                s.skipped,
                s.missed
            )
        })
        .collect();
    let heads = ["", partner_name(names, 0), partner_name(names, 1)];
    let cells = rows
        .iter()
        .map(|(label, of)| {
            vec![(*label).into_any(), of(&shares[0]).to_string().into_any(), of(&shares[1]).to_string().into_any()]
        })
        .collect();
    view! {
        <figure class="chart">
            <svg viewBox="0 0 640 196" role="img" aria-label="Balance between partners" aria-describedby=format!("{id}-desc")>
                <desc id=format!("{id}-desc")>{spoken.join(" ")}</desc>
                {bars}
            </svg>
            <figcaption><p class="sides"><span>{format!("◀ {}", partner_name(names, 0))}</span>" "<span>{format!("{} ▶", partner_name(names, 1))}</span></p></figcaption>
            <details>
                <summary>"The numbers"</summary>
                {table("Balance between partners", &heads, cells)}
            </details>
        </figure>
    }
    .into_any()
}

/// What the marks of [`turns`] and [`dots`] mean.
pub const LEGEND: &str = "Filled: done. Half: skipped with a reason. Empty: not done.";

/// The mark of an outcome at a place in an SVG: filled, half or a ring, in the
/// colour of the first or second partner.
fn mark(outcome: Outcome, who: usize, x: f32, y: f32) -> AnyView {
    let class = if who == 0 { "chart-dot-a" } else { "chart-dot-b" };
    match outcome {
        Outcome::Done => view! { <circle class=format!("{class} is-full") cx=x cy=y r="5.5"/> }.into_any(),
        Outcome::Skipped => view! {
            <circle class=class cx=x cy=y r="5.5"/>
            <path class=format!("{class} is-full") d=format!("M{x} {} a5.5 5.5 0 0 0 0 11 z", y - 5.5)/>
        }
        .into_any(),
        Outcome::Missed => view! { <circle class=class cx=x cy=y r="5.5"/> }.into_any(),
    }
}

/// The occurrences that were due, in order of time, with a row for each person;
/// [`LEGEND`] says what the marks mean. At most the latest 40 are drawn. `weeks`
/// is how far back `turns` goes.
pub fn turns(id: &str, turns: &[Turn], names: Names<'_>, weeks: i64) -> AnyView {
    const MOST: usize = 40;
    let due: Vec<&Turn> = turns.iter().filter(|t| t.outcome(0).or(t.outcome(1)).is_some()).collect();
    // `turns` has the latest first; the chart has the oldest on the left.
    let shown: Vec<&Turn> = due.iter().take(MOST).rev().copied().collect();
    let drawn = if shown.len() < due.len() {
        format!(" Drawn: the latest {} of {}.", shown.len(), due.len())
    } else {
        String::new()
    };
    if shown.is_empty() {
        return view! { <p class="muted">"No exercise was due in this time."</p> }.into_any();
    }
    let mut marks: Vec<AnyView> = Vec::new();
    for (n, turn) in shown.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "forty at most")]
        let x = 12.0 + 15.5 * n as f32;
        for who in 0..2 {
            let y = if who == 0 { 14.0 } else { 36.0 };
            marks.extend(turn.outcome(who).map(|outcome| mark(outcome, who, x, y)));
        }
    }
    let spoken: Vec<String> = (0..2)
        .filter(|who| names[*who].is_some())
        .map(|who| format!("{}: {}.", partner_name(names, who), DueCount::of_partner(turns, who).words(weeks)))
        .collect();
    let rows = match names {
        [Some(a), Some(b)] => format!("Upper row: {a}, lower row: {b}. "),
        _ => String::new(),
    };
    view! {
        <figure class="chart chart-turns">
            <svg viewBox="0 0 640 50" role="img" aria-label="Exercises that were due, in order of time" aria-describedby=format!("{id}-desc")>
                <desc id=format!("{id}-desc")>{spoken.join(" ")}</desc>
                {marks}
            </svg>
            <figcaption><p class="hint">{format!("{rows}{LEGEND}{drawn}")}</p></figcaption>
        </figure>
    }
    .into_any()
}

/// The most dots of a person in one row of the caseload.
pub const DOTS: usize = 10;

/// What one person did with the exercises of the last [`WEEKS`] weeks, as dots on
/// a line with their name and number: `outcomes` has the latest first, and the
/// latest [`DOTS`] are drawn. `who` is the seat, which decides the colour.
pub fn dots(name: &str, who: usize, outcomes: &[Outcome]) -> AnyView {
    let count = DueCount::of(outcomes.iter().copied());
    let shown: Vec<Outcome> = outcomes.iter().take(DOTS).rev().copied().collect();
    let marks: Vec<AnyView> = shown
        .iter()
        .enumerate()
        .map(|(n, outcome)| {
            #[expect(clippy::cast_precision_loss, reason = "ten at most")]
            let x = 7.0 + 14.0 * n as f32;
            mark(*outcome, who, x, 7.0)
        })
        .collect();
    let number = if count.due == 0 { "none due".to_owned() } else { format!("{} of {}", count.done, count.due) };
    let of = |wanted: Outcome| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    let spoken = format!(
        "{name}: {}. {} skipped with a reason, {} not done.",
        count.words(WEEKS),
        of(Outcome::Skipped),
        of(Outcome::Missed)
    );
    let width = 14 * shown.len();
    let picture = (!shown.is_empty()).then(|| {
        view! { <svg viewBox=format!("0 0 {width} 14") width=width height="14" role="img" aria-label=spoken>{marks}</svg> }
            .into_any()
    });
    view! { <span class="dots"><span class="dots-name">{name.to_owned()}</span>" "{picture}" "<span class="muted">{number}</span></span> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use domain::records::course::Point;

    use super::*;

    #[test]
    fn chart_has_a_text_and_a_table_with_its_values() {
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
        // The second point has one value only, so no gap can be drawn beside
        // it.
        assert_eq!(html.matches("chart-gap").count(), 0);
        assert_eq!(html.matches("class=\"chart-mark-a\"").count(), 4);
    }

    #[test]
    fn empty_charts_are_replaced_by_a_sentence() {
        let course = Course { min: 0, max: 10, points: vec![] };
        let html = Owner::new().with(|| super::course("c", "T", &course, [None, None]).to_html());
        assert!(html.contains("Nothing has been sent yet"));
        let html = Owner::new().with(|| turns("t", &[], [None, None], WEEKS).to_html());
        assert!(html.contains("No exercise was due"), "{html}");
    }

    #[test]
    fn dots_say_in_words_what_they_show() {
        let all = [vec![Outcome::Done; 9], vec![Outcome::Skipped, Outcome::Missed, Outcome::Missed]].concat();
        let html = Owner::new().with(|| dots("Mei-Ling", 1, &all).to_html());
        assert!(html.contains("Mei-Ling: 9 of 12 due in four weeks. 1 skipped with a reason, 2 not done."), "{html}");
        assert!(html.contains(">9 of 12<"), "{html}");
        assert_eq!(html.matches("<circle").count(), DOTS, "the latest: {html}");
        let none = Owner::new().with(|| dots("Leo", 0, &[]).to_html());
        assert!(none.contains("none due") && !none.contains("<svg"), "{none}");
    }
}
