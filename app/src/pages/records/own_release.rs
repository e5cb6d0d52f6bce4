//! What a client reads of a release that they are asked to sign, and of a disclosure
//! that they were told of.
//!
//! Both partners read the same page, except for what they did themselves and what is
//! their own. Nothing of it says what the other partner did.

use domain::ids::ReleaseId;
use leptos::prelude::*;

use crate::{
    say,
    ui::{Field, FormState, card, facts, form_key, page_head},
    words::words,
};

/// The view model of the page of a release, for one of its signers.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: ReleaseId,
    pub recipient: String,
    /// To whom, why, how and until when: term and value, in the reader's language.
    pub terms: Vec<(String, String)>,
    /// What leaves, in the reader's language.
    pub what: Vec<String>,
    /// What can leave of the reader's own part; empty: nothing is offered.
    pub own: Vec<String>,
    /// The form with the tick of the own part, the field `own`; `None`: the reader has
    /// nothing to sign.
    pub to_sign: Option<FormState>,
    /// What became of it, as a sentence; empty: it is to be signed.
    pub state: String,
    /// Whether the reader can withdraw their signature.
    pub can_withdraw: bool,
    /// Whether it was sent; then a withdrawal ends what more could be sent.
    pub is_sent: bool,
    /// The reader's copy of what they signed; `None`: they have not signed.
    pub copy: Option<String>,
}

/// Renders the page of a release.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let terms = m
        .terms
        .iter()
        .map(|(term, value)| (term.clone(), view! { <span class="lines">{value.clone()}</span> }.into_any()));
    let state = (!m.state.is_empty()).then(|| view! { <p><strong>{m.state.clone()}</strong></p> }.into_any());
    let copy = m.copy.clone().map(|href| view! { <p><a href=href>{say!(w, "release-copy")}</a></p> }.into_any());
    let withdraw = m.can_withdraw.then(|| {
        view! {
            <form method="post" action=format!("/portal/releases/{}/withdraw", m.id)>
                {form_key()}
                <p>{if m.is_sent { say!(w, "release-withdraw-again") } else { say!(w, "release-withdraw-text") }}</p>
                <p><button class="button" type="submit">{say!(w, "release-withdraw")}</button></p>
            </form>
        }
        .into_any()
    });
    view! {
        {page_head(say!(w, "release-title", recipient = &m.recipient), say!(w, "release-lead"), vec![])}
        {state}
        {copy}
        {card(say!(w, "release-what"), view! { {items(&m.what)}{facts(terms.collect())} }.into_any())}
        {m.to_sign.as_ref().map(|form| sign_form(m, form))}
        {withdraw}
    }
    .into_any()
}

/// A list of lines.
fn items(lines: &[String]) -> AnyView {
    let lines: Vec<AnyView> =
        lines.iter().map(|line| view! { <li dir="auto">{line.clone()}</li> }.into_any()).collect();
    view! { <ul>{lines}</ul> }.into_any()
}

/// The form that leads to the text to sign, with the line of the reader's own part.
fn sign_form(m: &Model, form: &FormState) -> AnyView {
    let w = words();
    let own = (!m.own.is_empty()).then(|| {
        card(
            say!(w, "release-own"),
            view! {
                {items(&m.own)}
                {Field::new(form, "own", say!(w, "release-own-tick")).hint(say!(w, "release-own-hint")).tick()}
            }
            .into_any(),
        )
    });
    view! {
        <form class="form" method="post" action=format!("/portal/releases/{}", m.id)>
            {form_key()}
            {own}
            <p class="form-actions"><button class="button button-primary" type="submit">{say!(w, "release-continue")}</button></p>
        </form>
    }
    .into_any()
}

/// The view model of the page of a disclosure that the reader was told of.
#[derive(Clone, Debug)]
pub struct ToldModel {
    pub recipient: String,
    /// Why, how and when: term and value, in the reader's language.
    pub facts: Vec<(String, String)>,
    /// What left, in the reader's language.
    pub what: Vec<String>,
}

/// Renders the page of a disclosure.
pub fn told_view(m: &ToldModel) -> AnyView {
    let w = words();
    let rows = m.facts.iter().map(|(term, value)| (term.clone(), value.clone().into_any()));
    view! {
        {page_head(say!(w, "disclosure-title", recipient = &m.recipient), say!(w, "disclosure-lead"), vec![])}
        {card(say!(w, "disclosure-what"), view! { {items(&m.what)}{facts(rows.collect())} }.into_any())}
    }
    .into_any()
}

/// Sample models of a release: to sign, with and without an own part; signed; over.
pub fn samples() -> Vec<Model> {
    let plain = Model {
        id: ReleaseId::from(uuid::Uuid::from_u128(1)),
        recipient: "Dr <Weiss>".into(),
        terms: vec![("Purpose".into(), "अनन्या <b>शर्मा</b>\nA second opinion".into())],
        what: vec!["Signed notes".into()],
        own: vec![],
        to_sign: Some(FormState::default()),
        state: String::new(),
        can_withdraw: false,
        is_sent: false,
        copy: None,
    };
    let with_own = Model { own: vec!["Signed notes of the same days".into()], ..plain.clone() };
    let signed = Model {
        to_sign: None,
        state: "You signed on 3 November.".into(),
        can_withdraw: true,
        copy: Some("/portal/consents/1".into()),
        ..plain.clone()
    };
    let over = Model { can_withdraw: false, copy: None, ..signed.clone() };
    vec![plain, with_own, signed, over]
}

/// A sample model of a disclosure.
pub fn told_samples() -> Vec<ToldModel> {
    vec![ToldModel {
        recipient: "The <court>".into(),
        facts: vec![("Ground".into(), "Court order".into())],
        what: vec!["2 notes".into()],
    }]
}
