//! Agreements: one text that both partners can change, and who has agreed to
//! it.
//!
//! Its fields belong to the exercise's form, wherever they are on the page, so
//! that every button also sends what was typed there.

use domain::ids::OccurrenceId;
use leptos::prelude::*;

use super::parts::{FORM, paragraphs};
use crate::{
    say,
    ui::{
        Tone, badge,
        field::{id, raw_text},
    },
    words::words,
};

/// An agreement of an exercise, as its section shows it.
#[derive(Clone, Debug)]
pub struct Item {
    pub occurrence: OccurrenceId,
    pub step: String,
    pub prompt: String,
    pub hint: String,
    /// The version that is shown; 0 if no text was proposed yet.
    pub version: i64,
    pub text: String,
    /// The content of the field: the current text, what the reader typed, or a
    /// suggested beginning.
    pub typed: String,
    /// Whether the reader typed a text that was not proposed to both yet.
    pub aside: bool,
    /// The people who agreed to this version.
    pub accepted: Vec<Acceptance>,
    /// Whether the reader agreed to it.
    pub by_me: bool,
    /// Whether everyone agreed to it.
    pub stands: bool,
    pub message: Option<String>,
}

/// A person's agreement to a version.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// The person's name.
    pub name: String,
    pub at: String,
}

/// The name of an agreement's form field; `name` is `version` or `text`.
pub fn field(step: &str, name: &str) -> String {
    format!("agree.{step}.{name}")
}

/// The section of an exercise page that shows one agreement.
pub fn section(item: &Item) -> AnyView {
    let w = words();
    let head = format!("agree-{}-head", item.step);
    let text = field(&item.step, "text");
    let action = format!("/portal/exercises/{}/agreements/{}", item.occurrence, item.step);
    let said: Vec<AnyView> = item
        .accepted
        .iter()
        .map(|Acceptance { name, at }| {
            view! { <li>{badge(Tone::Good, say!(w, "agreement-agrees", name = name))}" "<span class="muted">{at.clone()}</span></li> }
                .into_any()
        })
        .collect();
    let now = (item.version > 0).then(|| {
        let stands = if item.stands { say!(w, "agreement-agreed") } else { say!(w, "agreement-not-yet") };
        view! {
            <div class="card">{paragraphs(&item.text)}</div>
            <ul class="plain said">{said}</ul>
            <p class="hint">{stands}</p>
        }
        .into_any()
    });
    let accept = (item.version > 0 && !item.by_me).then(|| {
        view! { <p><button class="button button-primary" type="submit" form=FORM formaction=action.clone() name="do" value="accept">{say!(w, "agreement-accept")}</button></p> }.into_any()
    });
    let unaccept = (item.version > 0 && item.by_me).then(|| {
        view! { <p><button class="button" type="submit" form=FORM formaction=action.clone() name="do" value="unaccept">{say!(w, "agreement-unaccept")}</button></p> }.into_any()
    });
    let message = item
        .message
        .clone()
        .map(|m| view! { <p class="error" id=format!("{}-error", id(&text))>{w.sentence(&m)}</p> }.into_any());
    let described = item.message.as_ref().map(|_| format!("{}-error", id(&text)));
    let label = if item.version == 0 { say!(w, "agreement-first") } else { say!(w, "agreement-another") };
    view! {
        <section class="step agreement" aria-labelledby=head.clone()>
            <h2 id=head.clone()>{item.prompt.clone()}</h2>
            <p class="hint">{item.hint.clone()}</p>
            {now}
            <div class="form">
                <input type="hidden" form=FORM name=field(&item.step, "version") value=item.version.to_string() autocomplete="off"/>
                {accept}
                {unaccept}
                <label for=id(&text)>{label}</label>
                {message}
                <textarea id=id(&text) form=FORM name=text.clone() rows="5" autocomplete="off" aria-describedby=described aria-invalid=item.message.as_ref().map(|_| "true")>{raw_text(&item.typed)}</textarea>
                <p><button class="button" type="submit" form=FORM formaction=action name="do" value="write">{say!(w, "agreement-suggest")}</button></p>
            </div>
        </section>
    }
    .into_any()
}

/// Samples: no text yet; one partner has agreed; both have agreed; the other
/// partner changed it first.
pub fn samples() -> Vec<Item> {
    let none = Item {
        occurrence: OccurrenceId::from(uuid::Uuid::from_u128(7)),
        step: "pause".into(),
        prompt: "What we do when it gets too loud".into(),
        hint: "One text that you both can live with.".into(),
        version: 0,
        text: String::new(),
        typed: "When one of us says “pause” …".into(),
        aside: false,
        accepted: vec![],
        by_me: false,
        stands: false,
        message: None,
    };
    let waits = Item {
        step: "waits".into(),
        version: 2,
        text: "</textarea><b>Ten minutes</b>\n\nThen tea.".into(),
        accepted: vec![Acceptance { name: "अनन्या 💛".repeat(20), at: "Mon 23 Nov, 21:04".into() }],
        ..none.clone()
    };
    let stands = Item { step: "stands".into(), by_me: true, stands: true, ..waits.clone() };
    let late = Item {
        step: "late".into(),
        aside: true,
        message: Some("Jonas changed it in the meantime.".into()),
        ..waits.clone()
    };
    vec![none, waits, stands, late]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agree_button_is_hidden_from_a_partner_who_agreed() {
        for item in samples() {
            let html = Owner::new().with(|| section(&item).to_html());
            assert_eq!(html.contains("value=\"accept\""), item.version > 0 && !item.by_me);
            assert_eq!(html.contains("aria-invalid=\"true\""), item.message.is_some());
            assert!(!html.contains("<b>"));
        }
    }
}
