//! The session brief: the page before a session, made to be printed on one
//! sheet. It begins with what was agreed last time and what the therapist owes
//! the client. Then it lists what was assigned since the last session, who did
//! what and when, where the two answers differ most, what each partner chose to
//! bring, the progress of the measure, and the balance between the two. It shows
//! neither a partner's private answers nor whether there are any.

use domain::{
    ids::{AssignmentId, ClientId, NoteId},
    records::{
        adherence::{Part, Turn, WEEKS, weeks_words},
        course::Course,
    },
};
use leptos::prelude::*;

use super::{adherence, course, goals};
use crate::pages::exercises::{parts::day_or, revealed::Lines};
use crate::ui::{Link, Tone, badge, chart, page_head};

/// The view model of the session brief.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// The session's time and place, or that none is booked.
    pub session: String,
    /// What was agreed last time; `None` if there is no note to show.
    pub agreed: Option<Agreed>,
    /// What the therapist owes the client: messages to answer, notes to write or
    /// sign, requests to decide.
    pub owed: Vec<Link>,
    /// The open goals, those that are due for review first.
    pub goals: Vec<goals::Item>,
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
    /// The occurrences of the last [`WEEKS`] weeks.
    pub turns: Vec<Turn>,
}

/// The part of the last note that is about the next session.
#[derive(Clone, Debug)]
pub struct Agreed {
    pub note: NoteId,
    pub text: String,
    /// When the note was written.
    pub when: String,
    /// Whose record it belongs to, in words.
    pub scope: String,
    pub is_signed: bool,
    /// Whether it has an addendum.
    pub has_addenda: bool,
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
                <h2 id="measure">"Progress"</h2>
                {measure}
            </section>
        }
        .into_any()
    });
    view! {
        <article class="brief">
            {page_head(m.title.clone(), m.session.clone(), vec![])}
            {agreed_section(m)}
            {owed_section(m)}
            {goals::in_brief(m.client, &m.goals)}
            {lines}
            {exercises_section(m, names)}
            {differences_section(m)}
            {brought_section(m)}
            {measure}
            {(!m.turns.is_empty()).then(|| view! {
                <section aria-labelledby="between">
                    <h2 id="between">{format!("Between sessions, last {}", weeks_words(WEEKS))}</h2>
                    <p>{adherence::summary(&m.turns, names, WEEKS)}</p>
                    {chart::turns("brief-turns", &m.turns, names, WEEKS)}
                </section>
            })}
            {adherence::balance_section(&m.turns, names)}
        </article>
    }
    .into_any()
}

/// The section with what was agreed last time.
fn agreed_section(m: &Model) -> AnyView {
    let text = match &m.agreed {
        None => view! {
            <p class="muted">"No note yet. "<a href=format!("/clients/{}/notes/new", m.client)>"Write a note"</a></p>
        }
        .into_any(),
        Some(a) => {
            let draft = (!a.is_signed).then(|| badge(Tone::Wait, "Draft"));
            let added = a.has_addenda.then(|| badge(Tone::Plain, "Has an addendum"));
            view! {
                <p class="agreed">{a.text.clone()}</p>
                <p class="muted"><a href=format!("/notes/{}", a.note)>{format!("Note of {}", a.when)}</a>{format!(" · {} ", a.scope)}{draft}" "{added}</p>
            }
            .into_any()
        }
    };
    view! { <section aria-labelledby="agreed"><h2 id="agreed">"Agreed last time"</h2>{text}</section> }.into_any()
}

/// The section with what the therapist owes the client; `None` if it is nothing.
fn owed_section(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .owed
        .iter()
        .map(|link| view! { <li><a class="row-link" href=link.href.clone()>{link.text.clone()}</a></li> }.into_any())
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section aria-labelledby="owed">
                <h2 id="owed">"To do before the session"</h2>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any()
    })
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
            let revealed = item.revealed.then(|| badge(Tone::Good, "Both have answered"));
            view! {
                <li>
                    <a class="row-link" href=format!("/assignments/{}", item.assignment)>{item.title.clone()}</a>" "{revealed}
                    <span class="muted">{format!(" assigned {} · {}", item.given, each.join(" · "))}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let list = if items.is_empty() {
        view! { <p class="muted">"No exercises since then."</p> }.into_any()
    } else {
        view! { <ul class="rows">{items}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="asked">
            <h2 id="asked">{format!("Answers since {}", m.since)}</h2>
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
                <h2 id="gaps">"Largest differences"</h2>
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
                        .then(|| view! { <span class="line-label">{day_or(label)}</span>" " }.into_any());
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
        view! { <p class="muted">"Nothing flagged for this session."</p> }.into_any()
    } else {
        view! { <ul class="rows">{items}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="brought">
            <h2 id="brought">"For this session"</h2>
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
        agreed: None,
        owed: vec![],
        goals: vec![],
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
        agreed: Some(Agreed {
            note: NoteId::from(uuid::Uuid::from_u128(5)),
            text: "Next time:\n- what <each> of them needs".into(),
            when: "Mon 16 Nov".into(),
            scope: "Amara only".into(),
            is_signed: false,
            has_addenda: true,
        }),
        goals: goals::summary_samples().remove(1).goals,
        owed: vec![
            Link::new("/clients/1/messages/2", "Amara wrote to you: read, and not answered yet"),
            Link::new("/requests", "N".repeat(200)),
        ],
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
