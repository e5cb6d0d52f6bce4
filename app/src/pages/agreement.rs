//! What two agree on: one text that both can change, and who said yes to it.

use domain::ids::OccurrenceId;
use leptos::prelude::*;

use super::exercise::paragraphs;
use crate::ui::{Tone, badge, field::raw_text};

#[derive(Clone, Debug)]
pub struct Item {
    pub occurrence: OccurrenceId,
    pub step: String,
    pub prompt: String,
    pub hint: String,
    /// The version shown; 0 where nothing was written yet.
    pub version: i64,
    pub text: String,
    /// What stands in the field: the text, what was refused, or a beginning.
    pub typed: String,
    /// Who said yes to this version, and when.
    pub accepted: Vec<(String, String)>,
    /// The reader has.
    pub by_me: bool,
    /// All have.
    pub stands: bool,
    pub message: Option<String>,
}

pub fn section(item: &Item) -> AnyView {
    let id = format!("agree-{}", item.step);
    let said: Vec<AnyView> = item
        .accepted
        .iter()
        .map(|(name, at)| {
            view! { <li>{badge(Tone::Good, format!("{name} agrees"))}" "<span class="muted">{at.clone()}</span></li> }
                .into_any()
        })
        .collect();
    let now = (item.version > 0).then(|| {
        let stands = if item.stands {
            "You both agreed to this. Changing a word asks you both again."
        } else {
            "It stands once each of you has said yes to these very words."
        };
        view! {
            <div class="card">{paragraphs(&item.text)}</div>
            <ul class="plain said">{said}</ul>
            <p class="hint">{stands}</p>
        }
        .into_any()
    });
    let accept = (item.version > 0 && !item.by_me).then(|| {
        view! { <button class="button button-primary" type="submit" name="do" value="accept">"I agree to these words"</button> }.into_any()
    });
    let message = item
        .message
        .clone()
        .map(|m| view! { <p class="error" role="alert" id=format!("{id}-error")>{m}</p> }.into_any());
    let label = if item.version == 0 { "A first wording" } else { "Another wording" };
    view! {
        <section class="step agreement" aria-labelledby=format!("{id}-head")>
            <h2 id=format!("{id}-head")>{item.prompt.clone()}</h2>
            <p class="hint">{item.hint.clone()}</p>
            {now}
            <form class="form" method="post" action=format!("/portal/exercises/{}/agreements/{}", item.occurrence, item.step) novalidate>
                <input type="hidden" name="version" value=item.version.to_string() autocomplete="off"/>
                <p>{accept}</p>
                {message}
                <label for=id.clone()>{label}</label>
                <textarea id=id.clone() name="text" rows="5" autocomplete="off">{raw_text(&item.typed)}</textarea>
                <p><button class="button" type="submit" name="do" value="write">"Put this to us both"</button></p>
            </form>
        </section>
    }
    .into_any()
}

/// Nothing yet; one waits for the other; it stands; the other was quicker.
pub fn samples() -> Vec<Item> {
    let none = Item {
        occurrence: OccurrenceId::from(uuid::Uuid::from_u128(7)),
        step: "pause".into(),
        prompt: "What we do when it gets too loud".into(),
        hint: "One text that you both can live with.".into(),
        version: 0,
        text: String::new(),
        typed: "When one of us says “pause” …".into(),
        accepted: vec![],
        by_me: false,
        stands: false,
        message: None,
    };
    let waits = Item {
        step: "waits".into(),
        version: 2,
        text: "</textarea><b>Ten minutes</b>\n\nThen tea.".into(),
        accepted: vec![("अनन्या 💛".repeat(20), "Mon 23 Nov, 21:04".into())],
        ..none.clone()
    };
    let stands = Item { step: "stands".into(), by_me: true, stands: true, ..waits.clone() };
    let late = Item { step: "late".into(), message: Some("Jonas changed it in the meantime.".into()), ..waits.clone() };
    vec![none, waits, stands, late]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_agreed_is_not_asked_again_until_it_changes() {
        for item in samples() {
            let html = Owner::new().with(|| section(&item).to_html());
            assert_eq!(html.contains("value=\"accept\""), item.version > 0 && !item.by_me);
            assert_eq!(html.contains("role=\"alert\""), item.message.is_some());
            assert!(!html.contains("<b>"));
        }
    }
}
