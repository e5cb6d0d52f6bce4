//! An exercise on paper: a clean sheet with room to write.

use domain::exercise::{Document, SHARES, Scope, Step, StepKind};
use leptos::prelude::*;

use super::exercise::{how, paragraphs};

#[derive(Clone, Debug)]
pub struct Model {
    pub document: Document,
    /// Where one goes back to.
    pub back: (String, String),
}

pub fn view(m: &Model) -> AnyView {
    let d = &m.document;
    let steps: Vec<AnyView> = d.steps.iter().map(|s| step(d, s)).collect();
    view! {
        <article class="worksheet">
            <p class="actions"><a href=m.back.0.clone()>{m.back.1.clone()}</a></p>
            <p class="hint actions">"Print this page. What is for the writer’s eyes only is marked so: they keep that part."</p>
            <header><h1>{d.title.clone()}</h1></header>
            <p class="muted">{format!("About {} minutes. {}", d.minutes, how(d.mode, 2))}</p>
            <p class="lead">{d.purpose.clone()}</p>
            {steps}
        </article>
    }
    .into_any()
}

fn readers(scope: Scope) -> &'static str {
    match scope {
        Scope::Mine => "For your eyes only. Keep this part.",
        Scope::Therapist => "For your therapist.",
        Scope::Reveal => "For your therapist, and for your partner once you have both answered.",
        Scope::Couple => "For your partner and your therapist.",
    }
}

/// Blank lines to write on.
fn lines(count: usize) -> AnyView {
    let lines: Vec<AnyView> = (0..count).map(|_| view! { <div class="blank"></div> }.into_any()).collect();
    view! { <div class="blanks" aria-hidden="true">{lines}</div> }.into_any()
}

/// A box to tick and its text.
fn tick(text: &str) -> AnyView {
    view! { <li><span class="box" aria-hidden="true">"☐"</span>" "{text.to_owned()}</li> }.into_any()
}

fn ticks<'a>(texts: impl Iterator<Item = &'a str>) -> AnyView {
    let items: Vec<AnyView> = texts.map(tick).collect();
    view! { <ul class="plain sheet-ticks">{items}</ul> }.into_any()
}

/// A line for each item, with a few things to ring round.
fn rings(items: &[domain::exercise::Choice], marks: &str) -> AnyView {
    let items: Vec<AnyView> = items
        .iter()
        .map(|i| view! { <li>{i.text.clone()}<br/><span class="rings">{marks.to_owned()}</span></li> }.into_any())
        .collect();
    view! { <ul class="plain sheet-items">{items}</ul> }.into_any()
}

fn step(document: &Document, step: &Step) -> AnyView {
    let content = match &step.kind {
        StepKind::Read { body } => paragraphs(body).into_any(),
        StepKind::Text { long } => lines(if *long { 9 } else { 2 }),
        StepKind::Choice { options, own } | StepKind::Checklist { options, own } => {
            let list = ticks(options.iter().map(|o| o.text.as_str()));
            let own = own.then(|| view! { <p>"Something of your own:"</p>{lines(1)} }.into_any());
            view! { {list}{own} }.into_any()
        }
        StepKind::Scale { min, max, low, high, items } => {
            let marks = (*min..=*max).map(|n| n.to_string()).collect::<Vec<_>>().join("   ");
            view! { <p class="muted">{format!("{min} = {low}, {max} = {high}. Ring one number for each.")}</p>{rings(items, &marks)} }.into_any()
        }
        StepKind::Rewrite { lines: given } => {
            let items: Vec<AnyView> =
                given.iter().map(|l| view! { <li>{l.text.clone()}{lines(2)}</li> }.into_any()).collect();
            view! { <ul class="plain sheet-items">{items}</ul> }.into_any()
        }
        StepKind::Rank { items } => {
            let items: Vec<AnyView> =
                items.iter().map(|i| view! { <li><span class="place" aria-hidden="true">"___"</span>" "{i.text.clone()}</li> }.into_any()).collect();
            view! { <p class="muted">"Write 1 beside the first, 2 beside the next, and so on."</p><ul class="plain sheet-items">{items}</ul> }.into_any()
        }
        StepKind::Guess { .. } => match document.guessed(step) {
            Some(guessed) => return self::step(document, &guessed),
            None => ().into_any(),
        },
        StepKind::Allocate { items } => {
            let items = rings(items, &SHARES.join("  ·  "));
            view! { <p class="muted">"Ring one for each."</p>{items} }.into_any()
        }
        StepKind::Sort { items, buckets, own, .. } => {
            let marks = buckets.iter().map(|b| b.text.as_str()).collect::<Vec<_>>().join("  ·  ");
            let own: Vec<AnyView> = buckets
                .iter()
                .filter(|_| *own)
                .map(|b| view! { <p>{format!("{}:", b.text)}</p>{lines(2)} }.into_any())
                .collect();
            view! { <p class="muted">"Ring one for each."</p>{rings(items, &marks)}{own} }.into_any()
        }
        StepKind::Timer { seconds, .. } => {
            view! { <p>{format!("For {} minutes.", (seconds / 60).max(1))}</p>{ticks(std::iter::once("We did it, in our own way"))}<p>"How was it, or what came in between?"</p>{lines(4)} }.into_any()
        }
        StepKind::Turns { turns, cards } => {
            let turns: Vec<AnyView> = turns
                .iter()
                .map(|t| view! { <li>{format!("{} ({} s)", t.text, t.seconds)}</li> }.into_any())
                .collect();
            let cards: Vec<AnyView> = cards.iter().map(|c| view! { <li>{c.text.clone()}</li> }.into_any()).collect();
            let cards = (!cards.is_empty()).then(|| view! { <p>"Cards to draw from:"</p><ul>{cards}</ul> }.into_any());
            view! {
                <ol>{turns}</ol>
                {cards}
                <p>"How heard did you feel? 0 = not at all, 10 = fully"</p>
                <p class="rings">"0   1   2   3   4   5   6   7   8   9   10"</p>
                <p>"What stays with you?"</p>
                {lines(4)}
            }
            .into_any()
        }
        StepKind::Log { days, tags } => {
            let rows: Vec<AnyView> = (0..(*days).min(14))
                .map(|_| view! { <tr><td></td><td></td></tr> }.into_any())
                .collect();
            let tags = (!tags.is_empty()).then(|| {
                let words = tags.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(", ");
                view! { <p class="muted">{format!("Sorts of entries: {words}")}</p> }.into_any()
            });
            view! { {tags}<table class="sheet-log"><thead><tr><th scope="col">"Day"</th><th scope="col">"What"</th></tr></thead><tbody>{rows}</tbody></table> }.into_any()
        }
        StepKind::Agreement { starter } => {
            view! { <p class="muted">{starter.clone()}</p>{lines(6)}<p>"We both agree to these words:  ______________   ______________"</p> }.into_any()
        }
        StepKind::Plan => view! { <p>"Day: ______________   Time: ______________"</p> }.into_any(),
    };
    let hint = (!step.hint.is_empty()).then(|| view! { <p class="muted">{step.hint.clone()}</p> }.into_any());
    let readers = match &step.kind {
        StepKind::Read { .. } => None,
        StepKind::Sort { buckets, both_only: Some(only), .. } => {
            let bucket = buckets.iter().find(|b| b.key == *only).map(|b| b.text.as_str()).unwrap_or_default();
            Some(format!(
                "For your therapist. Your partner is shown what you both put under “{bucket}”, and nothing else."
            ))
        }
        _ => Some(readers(step.scope).to_owned()),
    };
    let reads = readers.map(|text| view! { <p class="sheet-readers">{text}</p> }.into_any());
    view! {
        <section class="sheet-step">
            <h2>{step.prompt.clone()}</h2>
            {reads}
            {hint}
            {content}
        </section>
    }
    .into_any()
}

/// One sheet with every kind of step.
pub fn samples() -> Vec<Model> {
    vec![Model {
        document: super::library_item::sample_document(),
        back: ("/library/sample".into(), "Back to the exercise".into()),
    }]
}
