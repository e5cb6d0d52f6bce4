//! The therapist's page of an assignment: both partners' responses side by
//! side.
//!
//! It shows neither the private answers of a partner nor whether there are any:
//! a step for the writer alone appears only after the writer shared it.

use domain::{
    exercises::{
        exercise::{Document, Scope},
        side_by_side::{Comparison, Row},
        step::Step,
    },
    ids::{AssignmentId, ClientId, PersonId},
};
use leptos::prelude::*;

use super::{
    parts::{paragraphs, word_along},
    step::{self, FAR},
};
use crate::ui::{FilterLink, Pager, Tone, badge, facts, filters, form_key, page_head, pager};

/// The view model of the therapist's page of an assignment.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: AssignmentId,
    pub client: ClientId,
    pub client_title: String,
    pub document: Document,
    /// The people it is for, in the order of the table's columns.
    pub names: [Option<String>; 2],
    /// The state of each person's response.
    pub status: Vec<Standing>,
    pub revealed: bool,
    pub due: String,
    /// How often it repeats, such as "every day"; empty if it is done once.
    pub rhythm: String,
    pub paused: bool,
    /// The number of the occurrence that is shown.
    pub number: i64,
    /// The occurrences on this page of the list: number, and text with date and
    /// count.
    pub occurrences: Vec<(i64, String)>,
    /// The position in the list of occurrences, as the address has it; empty
    /// for the latest.
    pub occurrences_from: String,
    pub pager: Pager,
    /// Whether it has a scale whose course can be shown.
    pub has_course: bool,
    /// The plans: prompt and person, then lines with the time and the outcome.
    pub plans: Vec<(String, Vec<String>)>,
    pub word_along: String,
    pub readings: Vec<(Step, Comparison)>,
    /// The agreements: prompt, text, and lines with who agreed and when.
    pub agreements: Vec<(String, String, Vec<String>)>,
    pub withdrawn: bool,
}

/// The state of one person's response.
#[derive(Clone, Debug)]
pub struct Standing {
    pub person: PersonId,
    pub name: String,
    pub words: String,
    /// Whether the therapist can type in a paper worksheet for them.
    pub paper: bool,
    /// Whether their response can still be reset, unread.
    pub reset: bool,
}

/// Renders the therapist's page of an assignment.
pub fn view(m: &Model) -> AnyView {
    let status: Vec<AnyView> =
        m.status.iter().map(|s| view! { <li>{format!("{}: {}", s.name, s.words)}</li> }.into_any()).collect();
    let mut rows = vec![
        ("Assigned to".to_owned(), view! { <ul class="plain">{status}</ul> }.into_any()),
        ("Due".to_owned(), m.due.clone().into_any()),
        ("How".to_owned(), m.document.mode.label().into_any()),
    ];
    if m.paused && !m.withdrawn {
        rows.push(("Paused".to_owned(), badge(Tone::Wait, "No reminders until you resume")));
    }
    if m.revealed {
        rows.push(("Opened".to_owned(), badge(Tone::Good, "Both have answered")));
    }
    if m.withdrawn {
        rows.push(("Withdrawn".to_owned(), badge(Tone::Plain, "Clients are no longer asked for it")));
    }
    let rest = (!m.withdrawn && !m.rhythm.is_empty()).then(|| {
        let (path, text) = if m.paused { ("resume", "Resume exercise") } else { ("pause", "Pause exercise") };
        view! { <form class="inline-form" method="post" action=format!("/assignments/{}/{path}", m.id)>{form_key()}<button class="button" type="submit">{text}</button></form> }.into_any()
    });
    let withdraw = (!m.withdrawn).then(|| {
        view! {
            <details class="actions">
                <summary>{if m.rhythm.is_empty() { "Withdraw this exercise" } else { "End this exercise" }}</summary>
                <p class="hint">"It is removed for everyone who has not sent it. Drafts are kept."</p>
                <form class="inline-form" method="post" action=format!("/assignments/{}/withdraw", m.id)>
                    {form_key()}
                    <button class="button" type="submit">{if m.rhythm.is_empty() { "Withdraw exercise" } else { "End exercise" }}</button>
                </form>
            </details>
        }
        .into_any()
    });
    let readings: Vec<AnyView> = m
        .readings
        .iter()
        .filter(|(step, reading)| is_shown(step, reading))
        .map(|(step, reading)| step_section(m, step, reading))
        .collect();
    view! {
        {page_head(m.document.title.clone(), "", vec![])}
        <p><a href=format!("/clients/{}", m.client)>{m.client_title.clone()}</a></p>
        {facts(rows)}
        {occurrences(m)}
        {word_along("Your note", &m.word_along)}
        {largest_differences(m)}
        <section class="readings" aria-labelledby="answers">
            <h2 id="answers">"Their answers"</h2>
            <p class="hint">"What a partner keeps private is not shown or counted."</p>
            {if readings.is_empty() { view! { <p class="muted">"No answers yet."</p> }.into_any() } else { readings.into_any() }}
        </section>
        {m.plans.iter().map(plan_section).collect::<Vec<_>>()}
        {m.agreements.iter().map(agreement_section).collect::<Vec<_>>()}
        <ul class="plain links">
            {m.has_course.then(|| view! { <li><a href=format!("/clients/{}/course?exercise={}", m.client, m.document.slug)>"Progress over time"</a></li> })}
            <li><a href=format!("/library/{}/worksheet", m.document.slug)>"Print worksheet"</a></li>
            <li><a href=format!("/library/{}?client={}", m.document.slug, m.client)>"Preview the exercise"</a></li>
            {on_behalf_items(m)}
        </ul>
        {rest}
        {withdraw}
    }
    .into_any()
}

/// The links to the occurrences of a repeated assignment; `None` if there is
/// only one.
fn occurrences(m: &Model) -> Option<AnyView> {
    let links = m
        .occurrences
        .iter()
        .map(|(number, text)| {
            let from = match m.occurrences_from.as_str() {
                "" => String::new(),
                from => format!("&occurrences={from}"),
            };
            FilterLink::new(format!("/assignments/{}?number={number}{from}", m.id), text.clone(), *number == m.number)
        })
        .collect::<Vec<_>>();
    let several = links.len() > 1 || m.pager != Pager::default();
    several.then(|| {
        let (latest, older) = links.split_at(links.len().min(6));
        let older = (!older.is_empty()).then(|| {
            view! { <details><summary>"Earlier"</summary>{filters("Earlier ones", older.to_vec())}</details> }
                .into_any()
        });
        view! { <div id="occurrences">{filters("Which one", latest.to_vec())}{older}{pager(&m.pager)}</div> }.into_any()
    })
}

/// The links and forms with which the therapist acts for a person: type in
/// paper, reset a response. `None` if there are none.
fn on_behalf_items(m: &Model) -> Option<AnyView> {
    let acts: Vec<AnyView> = m
        .status
        .iter()
        .filter(|_| !m.withdrawn)
        .flat_map(|s| {
            let paper = s.paper.then(|| {
                let href = format!("/assignments/{}/paper/{}?number={}", m.id, s.person, m.number);
                view! { <li><a href=href>{format!("Enter {}’s paper answers", s.name)}</a></li> }.into_any()
            });
            let reset = s.reset.then(|| {
                let action = format!("/assignments/{}/reset/{}", m.id, s.person);
                view! {
                    <li>
                        <details>
                            <summary>{format!("Wrong person answered for {}?", s.name)}</summary>
                            <p class="hint">"The answers are removed unread. You can undo this for 30 days."</p>
                            <form class="inline-form" method="post" action=action>
                                {form_key()}
                                <input type="hidden" name="number" value=m.number.to_string()/>
                                <button class="button" type="submit">"Reset answers"</button>
                            </form>
                        </details>
                    </li>
                }
                .into_any()
            });
            [paper, reset].into_iter().flatten()
        })
        .collect();
    (!acts.is_empty()).then(|| acts.into_any())
}

/// The section with one plan.
fn plan_section((prompt, lines): &(String, Vec<String>)) -> AnyView {
    let lines: Vec<AnyView> = lines.iter().map(|l| view! { <li>{l.clone()}</li> }.into_any()).collect();
    view! {
        <section class="reading">
            <h3>{prompt.clone()}</h3>
            <ul class="plain">{lines}</ul>
        </section>
    }
    .into_any()
}

/// The section with one agreement.
fn agreement_section((prompt, text, said): &(String, String, Vec<String>)) -> AnyView {
    let said: Vec<AnyView> = said.iter().map(|s| view! { <li>{s.clone()}</li> }.into_any()).collect();
    view! {
        <section class="reading">
            <h3>{prompt.clone()}</h3>
            <div class="card">{paragraphs(text)}</div>
            <ul class="plain muted">{said}</ul>
        </section>
    }
    .into_any()
}

/// Whether a step is shown: a private step only if an answer to it was shared.
fn is_shown(step: &Step, reading: &Comparison) -> bool {
    step.scope != Scope::Mine || reading.rows.iter().any(|r| r.cells.iter().any(Option::is_some))
}

/// The card with the three largest differences on scales; `None` if there are
/// none.
fn largest_differences(m: &Model) -> Option<AnyView> {
    let mut far: Vec<(f32, String)> =
        m.readings
            .iter()
            .filter(|(step, _)| domain::records::course::Course::for_step(&step.kind).is_some())
            .flat_map(|(_, reading)| {
                reading.rows.iter().filter_map(|r| {
                    Some((r.gap.filter(|g| *g >= FAR)?, format!("{}: {}", r.label, named_answers(m, r))))
                })
            })
            .collect();
    far.sort_by(|a, b| b.0.total_cmp(&a.0));
    let items: Vec<AnyView> = far.into_iter().take(3).map(|(_, text)| view! { <li>{text}</li> }.into_any()).collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="begin">
                <h2 id="begin">"Where they see it most differently"</h2>
                <ul>{items}</ul>
            </section>
        }
        .into_any()
    })
}

/// The answers of a row with names, such as `Amara 2, Jonas 6`.
fn named_answers(m: &Model, row: &Row) -> String {
    let cells = m.names.iter().zip(&row.cells);
    cells.filter_map(|(n, c)| Some(format!("{} {}", n.as_ref()?, c.as_ref()?))).collect::<Vec<_>>().join(", ")
}

/// The section with the answers to one step.
fn step_section(m: &Model, step: &Step, reading: &Comparison) -> AnyView {
    let names: Vec<&str> = m.names.iter().flatten().map(String::as_str).collect();
    let content = step::answers(step, &names, &reading.rows);
    view! {
        <section class="reading">
            <h3>{step.prompt.clone()}</h3>
            {content}
        </section>
    }
    .into_any()
}

/// Sample models: no responses yet; both responses; an individual with a long
/// name.
pub fn samples() -> Vec<Model> {
    use domain::{
        exercises::{response, side_by_side},
        form::Form,
    };
    let document = super::step::sample::sample_document();
    let read = |i: &str, words: &str| {
        response::read(
            &document,
            &Form::from_pairs([
                ("s.line", words),
                ("s.pick", "x"),
                ("s.ticks", "p"),
                ("s.ticks.own", "और"),
                ("s.rate.i", i),
                ("s.rate.j", "4"),
                ("s.turn.l1", words),
            ]),
        )
    };
    let (a, b) = (read("2", "One\n\nTwo <b>"), read("9", "अनन्या 💛"));
    let readings = |of: [Option<&response::Answers>; 2]| {
        document.questions().map(|s| (s.clone(), side_by_side::compare(&document, s, of))).collect::<Vec<_>>()
    };
    let standing = |name: &str, words: &str| Standing {
        person: PersonId::from(uuid::Uuid::from_u128(3)),
        name: name.into(),
        words: words.into(),
        paper: words == "Started",
        reset: words != "Started",
    };
    let none = Model {
        id: AssignmentId::from(uuid::Uuid::from_u128(1)),
        client: ClientId::from(uuid::Uuid::from_u128(2)),
        client_title: "Amara & Jonas".into(),
        names: [Some("Amara".into()), Some("Jonas".into())],
        status: vec![standing("Amara", "Started"), standing("Jonas", "“There was no time”")],
        rhythm: String::new(),
        paused: false,
        number: 1,
        occurrences: vec![],
        occurrences_from: String::new(),
        pager: Pager::default(),
        has_course: false,
        plans: vec![],
        revealed: false,
        due: "Before the next session".into(),
        word_along: String::new(),
        readings: readings([None, None]),
        agreements: vec![],
        withdrawn: false,
        document: document.clone(),
    };
    let both = Model {
        readings: readings([Some(&a), Some(&b)]),
        agreements: vec![("What we agree on".into(), "Ten <b>minutes</b>".into(), vec!["Amara, Mon 23 Nov".into()])],
        revealed: true,
        rhythm: "every week".into(),
        paused: true,
        number: 9,
        occurrences: (1..=9).rev().map(|n| (n, format!("Mon {n} Nov: 2 of 2"))).collect(),
        pager: Pager { first: None, more: Some(("/assignments/1?occurrences=1".into(), "Older ones")) },
        has_course: true,
        plans: vec![("When <b>it</b> will be".into(), vec!["Thu 26 Nov, 20:00: Planned".into()])],
        word_along: "Take your time.".into(),
        ..none.clone()
    };
    let one = Model {
        names: [Some("N".repeat(200)), None],
        client_title: "N".repeat(200),
        readings: readings([Some(&a), None]),
        withdrawn: true,
        ..none.clone()
    };
    vec![none, both, one]
}
