//! The session brief: the page before a session, made to be printed on one
//! sheet. It lists what was assigned since the last session, who did what and
//! when, where the two answers differ most, the course of the measure, and what
//! each partner chose to bring. It shows neither a partner's private answers
//! nor whether there are any.

use domain::{
    ids::{AssignmentId, ClientId},
    records::{
        adherence::{Part, Turn},
        course::Course,
    },
};
use leptos::prelude::*;

use super::{adherence, course};
use crate::pages::exercises::revealed::Lines;
use crate::ui::{Tone, badge, chart, page_head};

/// The view model of the session brief.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// The session's time and place, or that none is booked.
    pub session: String,
    /// The start of the period that it covers, in words.
    pub since: String,
    pub names: [Option<String>; 2],
    /// The exercises of the period.
    pub items: Vec<Item>,
    /// How many more exercises there are.
    pub more: usize,
    /// The differences between the answers, the largest first.
    pub gaps: Vec<Difference>,
    /// How many more differences there are.
    pub more_gaps: usize,
    /// What the partners bring.
    pub brought: Vec<Brought>,
    /// Further remarks, one line each.
    pub lines: Vec<String>,
    /// The scales of the measure with their courses.
    pub measure: Vec<(String, Course)>,
    /// The occurrences of the last twelve weeks.
    pub turns: Vec<Turn>,
}

/// An exercise in the brief.
#[derive(Clone, Debug)]
pub struct Item {
    pub assignment: AssignmentId,
    pub title: String,
    pub given: String,
    pub revealed: bool,
    /// What each person did, in words; `None` if it was not assigned to them.
    pub each: [Option<String>; 2],
}

/// A question that the partners answered differently.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The exercise and the question.
    pub place: String,
    /// Both answers with their names, such as "Amara 2, Jonas 9".
    pub said: String,
}

/// An answer that a partner brings to the session.
#[derive(Clone, Debug)]
pub struct Brought {
    /// The partner's name.
    pub name: String,
    /// The title of the exercise.
    pub exercise: String,
    pub lines: Lines,
}

/// What a person did with an occurrence, in words. `when` is the time of
/// submission; `None` if it was not sent.
pub fn part_words(part: &Part, when: Option<String>) -> String {
    match (when, part.reason) {
        (Some(when), _) if part.from_paper => format!("on paper, entered {when}"),
        (Some(when), _) => format!("sent {when}"),
        (None, Some(reason)) => format!("“{}”", reason.label()),
        (None, None) => "not sent".to_owned(),
    }
}

/// Renders the session brief.
pub fn view(m: &Model) -> AnyView {
    let names = [m.names[0].as_deref(), m.names[1].as_deref()];
    let lines: Vec<AnyView> =
        m.lines.iter().map(|l| view! { <li>{badge(Tone::Wait, l.clone())}</li> }.into_any()).collect();
    let lines = (!lines.is_empty()).then(|| view! { <ul class="plain flags">{lines}</ul> }.into_any());
    let measure: Vec<AnyView> = m
        .measure
        .iter()
        .enumerate()
        .filter(|(_, (_, c))| !c.points.is_empty())
        .map(|(n, (prompt, c))| course::course_chart(&format!("measure-{n}"), prompt, c, &m.names))
        .collect();
    let measure = (!measure.is_empty()).then(|| {
        view! {
            <section aria-labelledby="measure">
                <h2 id="measure">"The course"</h2>
                {measure}
            </section>
        }
        .into_any()
    });
    view! {
        <article class="brief">
            {page_head(m.title.clone(), m.session.clone(), vec![])}
            <p class="actions"><a href=format!("/clients/{}", m.client)>"Open the record"</a></p>
            {lines}
            {exercises_section(m, names)}
            {differences_section(m)}
            {brought_section(m)}
            {measure}
            {(!m.turns.is_empty()).then(|| view! {
                <section aria-labelledby="carried">
                    <h2 id="carried">"Between sessions, in twelve weeks"</h2>
                    <p>{adherence::summary(&m.turns, names)}</p>
                    {chart::turns("brief-turns", &m.turns, names)}
                </section>
            })}
            {adherence::balance_section(&m.turns, names)}
        </article>
    }
    .into_any()
}

/// The section with the exercises of the period.
fn exercises_section(m: &Model, names: chart::Names<'_>) -> AnyView {
    let items: Vec<AnyView> = m
        .items
        .iter()
        .map(|item| {
            let each: Vec<String> = (0..2)
                .filter_map(|who| Some(format!("{}: {}", names[who].unwrap_or("–"), item.each[who].as_ref()?)))
                .collect();
            let revealed = item.revealed.then(|| badge(Tone::Good, "Open to both"));
            view! {
                <li>
                    <a class="row-link" href=format!("/assignments/{}", item.assignment)>{item.title.clone()}</a>" "{revealed}
                    <span class="muted">{format!(" given {} · {}", item.given, each.join(" · "))}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let list = if items.is_empty() {
        view! { <p class="muted">"Nothing was asked since then."</p> }.into_any()
    } else {
        view! { <ul class="rows">{items}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="asked">
            <h2 id="asked">{format!("Since {}", m.since)}</h2>
            {list}
            {more_link(m, m.more)}
        </section>
    }
    .into_any()
}

/// The link that shows the remaining `count` rows; `None` if there are none.
fn more_link(m: &Model, count: usize) -> Option<AnyView> {
    let href = format!("/clients/{}/brief?all=1", m.client);
    (count > 0).then(|| view! { <p><a href=href>{format!("Show {count} more")}</a></p> }.into_any())
}

/// The section with the largest differences; `None` if there are none.
fn differences_section(m: &Model) -> Option<AnyView> {
    let items: Vec<AnyView> = m
        .gaps
        .iter()
        .map(|Difference { place, said }| {
            view! { <li>{place.clone()}<span class="muted">{format!(" {said}")}</span></li> }.into_any()
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section aria-labelledby="gaps">
                <h2 id="gaps">"Where they see it most differently"</h2>
                <ol class="rows">{items}</ol>
                {more_link(m, m.more_gaps)}
            </section>
        }
        .into_any()
    })
}

/// The section with what the partners bring.
fn brought_section(m: &Model) -> AnyView {
    let items: Vec<AnyView> = m
        .brought
        .iter()
        .map(|Brought { name, exercise, lines }| {
            let words: Vec<AnyView> = lines
                .iter()
                .map(|(label, words)| {
                    let label = (!label.is_empty())
                        .then(|| view! { <span class="line-label">{label.clone()}</span>" " }.into_any());
                    view! { <li>{label}<span>{words.clone()}</span></li> }.into_any()
                })
                .collect();
            view! {
                <li>
                    <strong>{name.clone()}</strong><span class="muted">{format!(" from “{exercise}”")}</span>
                    <ul class="plain lines">{words}</ul>
                </li>
            }
            .into_any()
        })
        .collect();
    let list = if items.is_empty() {
        view! { <p class="muted">"Nothing was marked to be brought."</p> }.into_any()
    } else {
        view! { <ul class="rows">{items}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="brought">
            <h2 id="brought">"What they bring"</h2>
            {list}
        </section>
    }
    .into_any()
}

/// Sample models: before a first session; a full brief; an individual with a
/// long name.
pub fn samples() -> Vec<Model> {
    let courses = super::course::samples();
    let turns = super::adherence::samples();
    let none = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        title: "Amara & Jonas".into(),
        session: "No session is booked".into(),
        since: "they began".into(),
        names: [Some("Amara".into()), Some("Jonas".into())],
        items: vec![],
        more: 0,
        more_gaps: 0,
        gaps: vec![],
        brought: vec![],
        lines: vec![],
        measure: vec![],
        turns: vec![],
    };
    let item = |title: &str| Item {
        assignment: AssignmentId::from(uuid::Uuid::from_u128(4)),
        title: title.into(),
        given: "Mon 16 Nov".into(),
        revealed: true,
        each: [Some("sent Tue 17 Nov, 21:04".into()), Some("“There was no time”".into())],
    };
    let full = Model {
        session: "Thursday 26 November 2026, 10:00 · Garden room".into(),
        since: "the session on Mon 16 Nov".into(),
        items: vec![item("How reachable we are"), item(&"T".repeat(200))],
        more: 3,
        more_gaps: 2,
        gaps: vec![Difference { place: "I could say how I really was".into(), said: "Amara 2, Jonas 9".into() }],
        brought: vec![Brought {
            name: "Amara".into(),
            exercise: "The letter I won’t send".into(),
            lines: vec![(String::new(), "I would like to talk about <weekends>.".into())],
        }],
        lines: vec!["Reminders to Jonas about “Small moments” ended without an answer".into()],
        measure: courses[1].scales.clone(),
        turns: turns[1].turns.clone(),
        ..none.clone()
    };
    let alone = Model {
        title: "N".repeat(200),
        names: [Some("अनन्या 💛".repeat(20)), None],
        items: vec![Item { each: [Some("not sent".into()), None], ..item("One") }],
        measure: courses[2].scales.clone(),
        turns: turns[2].turns.clone(),
        ..none.clone()
    };
    vec![none, full, alone]
}
