//! What came back from an exercise, side by side: the therapist's reading.
//!
//! What a partner keeps is not here, and neither is whether there is any of
//! it: steps for the writer alone show only where the writer opened them.

use domain::{
    exercise::{Document, Scope, Step, StepKind},
    ids::{AssignmentId, ClientId, PersonId},
    reading::{Reading, Row},
};
use leptos::prelude::*;

use super::exercise::{paragraphs, word_along};
use crate::ui::{Tone, badge, facts, filters, page_head, table};

#[derive(Clone, Debug)]
pub struct Model {
    pub id: AssignmentId,
    pub client: ClientId,
    pub client_title: String,
    pub document: Document,
    /// The people it is for, in the order of the cells.
    pub names: [Option<String>; 2],
    /// Where each of them stands.
    pub status: Vec<Standing>,
    pub revealed: bool,
    pub due: String,
    /// "every day"; empty where it is done once.
    pub rhythm: String,
    pub paused: bool,
    /// The occurrence shown, and all there are: number, when, how many sent.
    pub number: i64,
    pub occurrences: Vec<(i64, String)>,
    /// There is a scale whose course can be looked at.
    pub has_course: bool,
    /// What is planned: the prompt with whose it is, then when and what
    /// became of it.
    pub plans: Vec<(String, Vec<String>)>,
    pub word_along: String,
    pub readings: Vec<(Step, Reading)>,
    /// What they agree on: the prompt, the text, who said yes and when.
    pub agreements: Vec<(String, String, Vec<String>)>,
    pub withdrawn: bool,
}

/// Where one person stands with it.
#[derive(Clone, Debug)]
pub struct Standing {
    pub person: PersonId,
    pub name: String,
    pub words: String,
    /// A worksheet of theirs can be typed in.
    pub paper: bool,
    /// What they sent can still be taken back, unread.
    pub reset: bool,
}

/// From here on two answers are worth a question: in parts of the way from
/// one end of a scale to the other.
const FAR: f32 = 0.4;

pub fn view(m: &Model) -> AnyView {
    let status: Vec<AnyView> =
        m.status.iter().map(|s| view! { <li>{format!("{}: {}", s.name, s.words)}</li> }.into_any()).collect();
    let mut rows = vec![
        ("Given to".to_owned(), view! { <ul class="plain">{status}</ul> }.into_any()),
        ("Due".to_owned(), m.due.clone().into_any()),
        ("How".to_owned(), m.document.mode.label().into_any()),
    ];
    if m.paused && !m.withdrawn {
        rows.push(("Resting".to_owned(), badge(Tone::Wait, "Nobody is asked until you let it go on")));
    }
    if m.revealed {
        rows.push(("Opened".to_owned(), badge(Tone::Good, "Both have answered")));
    }
    if m.withdrawn {
        rows.push(("Withdrawn".to_owned(), badge(Tone::Plain, "Nobody is asked for it any more")));
    }
    let rest = (!m.withdrawn && !m.rhythm.is_empty()).then(|| {
        let (path, text) = if m.paused { ("resume", "Let it go on") } else { ("pause", "Let it rest for a while") };
        view! { <form class="inline-form" method="post" action=format!("/assignments/{}/{path}", m.id)><button class="button" type="submit">{text}</button></form> }.into_any()
    });
    let withdraw = (!m.withdrawn).then(|| {
        view! {
            <details class="actions">
                <summary>{if m.rhythm.is_empty() { "Withdraw this exercise" } else { "End this exercise" }}</summary>
                <p class="hint">"It leaves the portal of everyone who has not sent it. What was written stays with its writers."</p>
                <form class="inline-form" method="post" action=format!("/assignments/{}/withdraw", m.id)>
                    <button class="button" type="submit">{if m.rhythm.is_empty() { "Withdraw" } else { "End it" }}</button>
                </form>
            </details>
        }
        .into_any()
    });
    let readings: Vec<AnyView> = m
        .readings
        .iter()
        .filter(|(step, reading)| is_shown(step, reading))
        .map(|(step, reading)| one(m, step, reading))
        .collect();
    view! {
        {page_head(m.document.title.clone(), "", vec![])}
        <p><a href=format!("/clients/{}", m.client)>{m.client_title.clone()}</a></p>
        {facts(rows)}
        {occurrences(m)}
        {word_along("Your word along", &m.word_along)}
        {begin(m)}
        <section class="readings" aria-labelledby="answers">
            <h2 id="answers">"Their answers"</h2>
            <p class="hint">"What a partner keeps to themselves is not shown or counted here."</p>
            {if readings.is_empty() { view! { <p class="muted">"There is nothing to read yet."</p> }.into_any() } else { readings.into_any() }}
        </section>
        {m.plans.iter().map(planned).collect::<Vec<_>>()}
        {m.agreements.iter().map(agreed).collect::<Vec<_>>()}
        <ul class="plain links">
            {m.has_course.then(|| view! { <li><a href=format!("/clients/{}/course?exercise={}", m.client, m.document.slug)>"Its course over time"</a></li> })}
            <li><a href=format!("/library/{}/worksheet", m.document.slug)>"As a worksheet to print"</a></li>
            <li><a href=format!("/library/{}?client={}", m.document.slug, m.client)>"The exercise as they see it"</a></li>
            {on_behalf(m)}
        </ul>
        {rest}
        {withdraw}
    }
    .into_any()
}

/// The occurrences of something that repeats, to look at each.
fn occurrences(m: &Model) -> Option<AnyView> {
    let links = m
        .occurrences
        .iter()
        .map(|(number, text)| {
            (format!("/assignments/{}?number={number}", m.id), text.clone(), None, *number == m.number)
        })
        .collect::<Vec<_>>();
    (links.len() > 1).then(|| {
        let (latest, older) = links.split_at(links.len().min(6));
        let older = (!older.is_empty()).then(|| {
            view! { <details><summary>"Earlier"</summary>{filters("Earlier ones", older.to_vec())}</details> }
                .into_any()
        });
        view! { {filters("Which one", latest.to_vec())}{older} }.into_any()
    })
}

/// What the therapist can do in somebody's place.
fn on_behalf(m: &Model) -> Option<AnyView> {
    let acts: Vec<AnyView> = m
        .status
        .iter()
        .filter(|_| !m.withdrawn)
        .flat_map(|s| {
            let paper = s.paper.then(|| {
                let href = format!("/assignments/{}/paper/{}?number={}", m.id, s.person, m.number);
                view! { <li><a href=href>{format!("Type in {}’s sheet of paper", s.name)}</a></li> }.into_any()
            });
            let reset = s.reset.then(|| {
                let action = format!("/assignments/{}/reset/{}", m.id, s.person);
                view! {
                    <li>
                        <details>
                            <summary>{format!("Somebody else answered in {}’s place", s.name)}</summary>
                            <p class="hint">"What was sent is erased, so that it can be answered anew. This cannot be taken back."</p>
                            <form class="inline-form" method="post" action=action>
                                <input type="hidden" name="number" value=m.number.to_string()/>
                                <button class="button" type="submit">"Erase it"</button>
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

fn planned((prompt, lines): &(String, Vec<String>)) -> AnyView {
    let lines: Vec<AnyView> = lines.iter().map(|l| view! { <li>{l.clone()}</li> }.into_any()).collect();
    view! {
        <section class="reading">
            <h3>{prompt.clone()}</h3>
            <ul class="plain">{lines}</ul>
        </section>
    }
    .into_any()
}

fn agreed((prompt, text, said): &(String, String, Vec<String>)) -> AnyView {
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

fn is_shown(step: &Step, reading: &Reading) -> bool {
    step.scope != Scope::Mine || reading.rows.iter().any(|r| r.cells.iter().any(Option::is_some))
}

/// The largest differences of all, as places to begin.
fn begin(m: &Model) -> Option<AnyView> {
    let mut far: Vec<(f32, String)> = m
        .readings
        .iter()
        .filter(|(step, _)| matches!(step.kind, StepKind::Scale { .. }))
        .flat_map(|(_, reading)| {
            reading
                .rows
                .iter()
                .filter_map(|r| Some((r.gap.filter(|g| *g >= FAR)?, format!("{}: {}", r.label, told(m, r)))))
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

/// `Amara 2, Jonas 6`.
fn told(m: &Model, row: &Row) -> String {
    let cells = m.names.iter().zip(&row.cells);
    cells.filter_map(|(n, c)| Some(format!("{} {}", n.as_ref()?, c.as_ref()?))).collect::<Vec<_>>().join(", ")
}

fn one(m: &Model, step: &Step, reading: &Reading) -> AnyView {
    let names: Vec<&str> = m.names.iter().flatten().map(String::as_str).collect();
    let content = match &step.kind {
        StepKind::Text { .. } => words(&names, reading.rows.first()),
        _ if reading.rows.is_empty() => view! { <p class="muted">"Nothing to read here (yet)."</p> }.into_any(),
        kind => rows(kind, step, &names, &reading.rows),
    };
    view! {
        <section class="reading">
            <h3>{step.prompt.clone()}</h3>
            {content}
        </section>
    }
    .into_any()
}

/// Two texts beside each other.
fn words(names: &[&str], row: Option<&Row>) -> AnyView {
    let cells: Vec<AnyView> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let text = row.and_then(|r| r.cells.get(n)?.clone()).filter(|t| !t.trim().is_empty());
            let text =
                text.map_or_else(|| view! { <p class="muted">"–"</p> }.into_any(), |t| paragraphs(&t).into_any());
            view! { <div><h4>{(*name).to_owned()}</h4>{text}</div> }.into_any()
        })
        .collect();
    view! { <div class="columns">{cells}</div> }.into_any()
}

fn rows(kind: &StepKind, step: &Step, names: &[&str], rows: &[Row]) -> AnyView {
    let together = names.len() > 1;
    let mut columns = vec!["Line"];
    columns.extend(names);
    if together {
        columns.push("Difference");
    }
    let rows = rows
        .iter()
        .map(|r| {
            let label = match kind {
                StepKind::Log { .. } => day_or(&r.label),
                _ if r.label.is_empty() => "Answer".to_owned(),
                _ => r.label.clone(),
            };
            let mut cells = vec![label.into_any()];
            for cell in r.cells.iter().take(names.len()) {
                cells.push(view! { <span class="lines">{cell.clone().filter(|c| !c.is_empty()).unwrap_or_else(|| "–".to_owned())}</span> }.into_any());
            }
            if together {
                cells.push(difference(kind, r));
            }
            cells
        })
        .collect();
    table(&step.prompt, &columns, rows)
}

/// A day as a person reads it, where it is one.
pub(super) fn day_or(label: &str) -> String {
    domain::form::parse_date(label).map_or_else(|| label.to_owned(), crate::text::short_day)
}

fn difference(kind: &StepKind, row: &Row) -> AnyView {
    let Some(gap) = row.gap else { return "–".into_any() };
    if gap == 0.0 {
        return "The same".into_any();
    }
    if !row.note.is_empty() {
        return if gap >= FAR { badge(Tone::Wait, row.note) } else { row.note.into_any() };
    }
    match kind {
        StepKind::Scale { min, max, .. } => {
            let apart = (gap * f32::from(max.saturating_sub(*min))).round();
            let text = format!("{apart} apart");
            if gap >= FAR { badge(Tone::Wait, text) } else { text.into_any() }
        }
        StepKind::Turns { .. } => format!("{} apart", (gap * 10.0).round()).into_any(),
        StepKind::Rank { items } => {
            let places = (gap * (items.len().saturating_sub(1)) as f32).round();
            format!("{places} {} apart", if places > 1.0 { "places" } else { "place" }).into_any()
        }
        StepKind::Guess { .. } => "".into_any(),
        _ => "Not the same".into_any(),
    }
}

/// Nothing back yet; both back; one alone, with a long name.
pub fn samples() -> Vec<Model> {
    use domain::{form::Form, reading, response};
    let document = super::library_item::sample_document();
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
        document.questions().map(|s| (s.clone(), reading::read(&document, s, of))).collect::<Vec<_>>()
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
