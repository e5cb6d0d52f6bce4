//! A talk in turns.

use domain::exercises::{
    response::part_field,
    step::{Choice, Step, Turn, TurnsStep},
};
use leptos::prelude::*;

use super::{
    Fields,
    author::StepForm,
    paper::blank_lines,
    parts::{clock, entry, group, id, length_in_words},
};
use crate::{say, words::words};

/// The step with its turns, its cards and the questions after it.
pub(super) fn fields(f: Fields<'_>, step: &Step, turns: &TurnsStep) -> AnyView {
    group(f, step, dialogue(f, step, &turns.turns, &turns.cards))
}

/// The turns of a dialogue, the cards to draw from, and the questions after it.
fn dialogue(f: Fields<'_>, step: &Step, turns: &[Turn], cards: &[Choice]) -> AnyView {
    let w = words();
    let turns: Vec<AnyView> = turns
        .iter()
        .map(|turn| {
            view! {
                <li>
                    <p>{turn.text.clone()}</p>
                    <p class="timer-how">{say!(w, "step-timer-alone", length = length_in_words(turn.seconds))}</p>
                    {clock(f, turn.seconds, &turn.text)}
                </li>
            }
            .into_any()
        })
        .collect();
    // Each card is closed, so that it is not read before it is drawn.
    let cards: Vec<AnyView> = cards
        .iter()
        .enumerate()
        .map(|(n, card)| view! { <details class="card-question"><summary>{say!(w, "step-card", number = n + 1)}</summary><p>{card.text.clone()}</p></details> }.into_any())
        .collect();
    let (felt, reflection) = (part_field(&step.key, "felt"), part_field(&step.key, "reflection"));
    let value = f.answers.get(&felt).to_owned();
    let scale: Vec<AnyView> = (0..=10)
        .map(|n: u8| {
            let n = n.to_string();
            let checked = n == value;
            view! { <label><input type="radio" name=felt.clone() value=n.clone() checked=checked disabled=f.disabled/><span>{n}</span></label> }.into_any()
        })
        .collect();
    view! {
        <ol class="turns">{turns}</ol>
        <div class="cards">{cards}</div>
        <fieldset class="rate" id=id(&felt)>
            <legend>{say!(w, "step-felt")}</legend>
            <p class="scale-ends"><span>{say!(w, "step-felt-low")}</span>" "<span>{say!(w, "step-felt-high")}</span></p>
            <div class="scale">{scale}</div>
        </fieldset>
        <label for=id(&reflection)>{say!(w, "step-stays")}" "<span class="optional">{say!(w, "step-optional")}</span></label>
        {entry(f, &reflection, true, "", None)}
    }
    .into_any()
}

/// How far two ratings of being heard are apart.
pub(super) fn difference(gap: f32) -> AnyView {
    say!(words(), "difference-apart", count = (gap * 10.0).round() as i64).into_any()
}

/// The step on paper.
pub(super) fn on_paper(step: &TurnsStep) -> AnyView {
    let w = words();
    let TurnsStep { turns, cards } = step;
    let turns: Vec<AnyView> = turns
        .iter()
        .map(|t| view! { <li>{say!(w, "paper-turn", turn = &t.text, seconds = t.seconds)}</li> }.into_any())
        .collect();
    let cards: Vec<AnyView> = cards.iter().map(|c| view! { <li>{c.text.clone()}</li> }.into_any()).collect();
    let cards = (!cards.is_empty()).then(|| view! { <p>{say!(w, "paper-cards")}</p><ul>{cards}</ul> }.into_any());
    view! {
        <ol>{turns}</ol>
        {cards}
        <p>{say!(w, "step-felt")}" "{say!(w, "step-felt-low")}", "{say!(w, "step-felt-high")}</p>
        <p class="rings">"0   1   2   3   4   5   6   7   8   9   10"</p>
        <p>{say!(w, "step-stays")}</p>
        {blank_lines(4)}
    }
    .into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    view! {
        {form.area("turns", "The turns", "One on each line, with its seconds before it: 120 One of you speaks.", 4)}
        {form.area("options", "Cards to draw from", "Optional. One question on each line.", 4)}
    }
    .into_any()
}
