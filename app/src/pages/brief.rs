//! The page before a session, made to be printed on one sheet: what was
//! asked since the last one, who did what and when, where the two differ
//! most, the course of the measure, what each chose to bring. Nothing that a
//! partner keeps is on it, nor whether there is any of it.

use domain::{
    adherence::{Part, Turn},
    course::Course,
    ids::{AssignmentId, ClientId},
};
use leptos::prelude::*;

use super::{adherence, course, done::Lines};
use crate::ui::{Tone, badge, chart, page_head};

#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// When the session is and where; or that none is booked.
    pub session: String,
    /// Since when, in words.
    pub since: String,
    pub names: [Option<String>; 2],
    pub items: Vec<Item>,
    /// How many there are beside those.
    pub more: usize,
    /// The largest differences, the largest first: where, and what each said.
    pub gaps: Vec<(String, String)>,
    /// Who brings what: the name, from which exercise, the words.
    pub brought: Vec<(String, String, Lines)>,
    /// What wants to be known in a line each.
    pub lines: Vec<String>,
    /// The measure: its scales.
    pub measure: Vec<(String, Course)>,
    /// Of the last twelve weeks.
    pub turns: Vec<Turn>,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub assignment: AssignmentId,
    pub title: String,
    pub given: String,
    pub revealed: bool,
    /// What each did, in words; `None`: it was not for them.
    pub each: [Option<String>; 2],
}

/// What somebody did with something, in words.
pub fn part_words(part: &Part, when: Option<String>) -> String {
    match (when, part.reason) {
        (Some(when), _) if part.from_paper => format!("on paper, entered {when}"),
        (Some(when), _) => format!("sent {when}"),
        (None, Some(reason)) => format!("“{}”", reason.label()),
        (None, None) => "not sent".to_owned(),
    }
}

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
        .map(|(n, (prompt, c))| course::drawn(&format!("measure-{n}"), prompt, c, &m.names))
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
            {asked(m, names)}
            {gaps(m)}
            {brought(m)}
            {measure}
            {(!m.turns.is_empty()).then(|| view! {
                <section aria-labelledby="carried">
                    <h2 id="carried">"Between sessions, in twelve weeks"</h2>
                    <p>{adherence::words(&m.turns, names)}</p>
                    {chart::turns("brief-turns", &m.turns, names)}
                </section>
            })}
            {adherence::balanced(&m.turns, names)}
        </article>
    }
    .into_any()
}

fn asked(m: &Model, names: chart::Names<'_>) -> AnyView {
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
            {(m.more > 0).then(|| view! { <p class="muted">{format!("And {} more, in the record.", m.more)}</p> })}
        </section>
    }
    .into_any()
}

fn gaps(m: &Model) -> Option<AnyView> {
    let items: Vec<AnyView> = m
        .gaps
        .iter()
        .map(|(place, said)| {
            view! { <li>{place.clone()}<span class="muted">{format!(" {said}")}</span></li> }.into_any()
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section aria-labelledby="gaps">
                <h2 id="gaps">"Where they see it most differently"</h2>
                <ol class="rows">{items}</ol>
            </section>
        }
        .into_any()
    })
}

fn brought(m: &Model) -> AnyView {
    let items: Vec<AnyView> = m
        .brought
        .iter()
        .map(|(name, from, lines)| {
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
                    <strong>{name.clone()}</strong><span class="muted">{format!(" from “{from}”")}</span>
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

/// The first session ahead; a full one; one person with a long name.
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
        gaps: vec![("I could say how I really was".into(), "Amara 2, Jonas 9".into())],
        brought: vec![(
            "Amara".into(),
            "The letter I won’t send".into(),
            vec![(String::new(), "I would like to talk about <weekends>.".into())],
        )],
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
