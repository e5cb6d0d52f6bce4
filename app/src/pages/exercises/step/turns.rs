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

/// The step with its turns, its cards and the questions after it.
pub(super) fn fields(f: Fields<'_>, step: &Step, turns: &TurnsStep) -> AnyView {
    group(f, step, dialogue(f, step, &turns.turns, &turns.cards))
}

/// The turns of a dialogue, the cards to draw from, and the questions after it.
fn dialogue(f: Fields<'_>, step: &Step, turns: &[Turn], cards: &[Choice]) -> AnyView {
    let turns: Vec<AnyView> = turns
        .iter()
        .map(|turn| {
            view! {
                <li>
                    <p>{turn.text.clone()}</p>
                    <p class="timer-how">{format!("{}.", length_in_words(turn.seconds))}</p>
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
        .map(|(n, card)| view! { <details class="card-question"><summary>{format!("Card {}", n + 1)}</summary><p>{card.text.clone()}</p></details> }.into_any())
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
            <legend>"How heard did you feel?"</legend>
            <p class="scale-ends"><span>"0 = not at all"</span>" "<span>"10 = fully"</span></p>
            <div class="scale">{scale}</div>
        </fieldset>
        <label for=id(&reflection)>"What stays with you? "<span class="optional">"(if you like)"</span></label>
        {entry(f, &reflection, true, "", None)}
    }
    .into_any()
}

/// How far two ratings of being heard are apart.
pub(super) fn difference(gap: f32) -> AnyView {
    format!("{} apart", (gap * 10.0).round()).into_any()
}

/// The step on paper.
pub(super) fn on_paper(step: &TurnsStep) -> AnyView {
    let TurnsStep { turns, cards } = step;
    let turns: Vec<AnyView> =
        turns.iter().map(|t| view! { <li>{format!("{} ({} s)", t.text, t.seconds)}</li> }.into_any()).collect();
    let cards: Vec<AnyView> = cards.iter().map(|c| view! { <li>{c.text.clone()}</li> }.into_any()).collect();
    let cards = (!cards.is_empty()).then(|| view! { <p>"Cards to draw from:"</p><ul>{cards}</ul> }.into_any());
    view! {
        <ol>{turns}</ol>
        {cards}
        <p>"How heard did you feel? 0 = not at all, 10 = fully"</p>
        <p class="rings">"0   1   2   3   4   5   6   7   8   9   10"</p>
        <p>"What stays with you?"</p>
        {blank_lines(4)}
    }
    .into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    view! {
        {form.area("turns", "The turns", "One on each line, with its seconds before it: 120 One of you speaks.", 4)}
        {form.area("options", "Cards to draw from", "If there are any: one question on each line.", 4)}
    }
    .into_any()
}
