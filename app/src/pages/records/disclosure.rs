//! The pages of a disclosure without the clients' signatures: the form that prepares
//! it, and the page on which it is confirmed, sent and told.

use domain::{
    form::Form,
    ids::{ClientId, DisclosureId, HandoverId},
    records::{disclosure::Ground, release::Manner},
};
use leptos::prelude::*;

use super::release::{lines, send_card};
use crate::{
    islands::UnsavedGuard,
    ui::{Field, FormState, Tone, badge, card, error_summary, facts, form_key, page_head, submit},
};

/// The view model of the form that prepares a disclosure.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    /// What can be chosen of the joint record: value and label.
    pub joint: Vec<(String, String)>,
    /// What can be chosen of one partner's own part: their name, and values with
    /// labels.
    pub own: Vec<(String, Vec<(String, String)>)>,
    /// The documents of the record: id and title.
    pub documents: Vec<(String, String)>,
    /// The therapists who can confirm: id and name.
    pub colleagues: Vec<(String, String)>,
    pub form: FormState,
}

/// The options of a closed set of words.
macro_rules! options {
    ($set:ident) => {
        $set::ALL.iter().map(|word| (word.word().to_owned(), word.label().to_owned())).collect::<Vec<_>>()
    };
}

/// Renders the form that prepares a disclosure.
pub fn view(m: &Model) -> AnyView {
    let mut orders = vec![(String::new(), "No order".to_owned())];
    orders.extend(m.documents.iter().cloned());
    view! {
        {page_head("New disclosure", "For a court order, a duty to report, or a danger to life. It stays on record for ever.", vec![])}
        <UnsavedGuard form="disclosure".to_owned()/>
        <form class="form" id="disclosure" method="post" action=format!("/clients/{}/disclosures", m.client) novalidate>
            {form_key()}
            {error_summary(&m.form)}
            {card("The ground", view! {
                {Field::new(&m.form, "ground", "Ground").radios(options!(Ground))}
                {Field::new(&m.form, "ground_text", "In words").hint("Who demands it, by which law, or what the danger is.").required().area(4)}
                {Field::new(&m.form, "order", "The order").hint("Upload it under Documents first.").unmarked().select(orders)}
            }.into_any())}
            {card("To whom", view! {
                {Field::new(&m.form, "recipient", "Recipient").required().text()}
                {Field::new(&m.form, "address", "Address").required().area(3)}
                {Field::new(&m.form, "manner", "How will it be sent?").hint("You send it yourself. Duologue makes the files.").radios(options!(Manner))}
            }.into_any())}
            {items(m)}
            {confirmer(m)}
            {telling(&m.form)}
            {submit("Save disclosure")}
        </form>
    }
    .into_any()
}

/// What leaves, item by item. What is one partner's own is closed until it is asked
/// for, and needs a reason.
fn items(m: &Model) -> AnyView {
    let chosen: Vec<&str> = m.form.form.all("items").collect();
    let own: Vec<AnyView> = m
        .own
        .iter()
        .enumerate()
        .filter(|(_, (_, items))| !items.is_empty())
        .map(|(n, (name, items))| {
            let is_open = items.iter().any(|(value, _)| chosen.contains(&value.as_str()));
            view! {
                <details open=is_open>
                    <summary>{format!("From {name}’s own part")}</summary>
                    {Field::new(&m.form, "items", format!("Of {name} alone")).within(n).ticks(items.clone())}
                </details>
            }
            .into_any()
        })
        .collect();
    let reason = (!own.is_empty()).then(|| {
        Field::new(&m.form, "partner_reason", "Why something of one partner’s own is sent").unmarked().area(3)
    });
    card(
        "What is sent",
        view! {
            <p class="hint">"Choose the least that is needed. Process notes can’t be included."</p>
            {Field::new(&m.form, "items", "From the joint record").ticks(m.joint.clone())}
            {own}
            {reason}
        }
        .into_any(),
    )
}

/// The choice of who confirms; a sentence where nobody can.
fn confirmer(m: &Model) -> AnyView {
    if m.colleagues.is_empty() {
        return view! { <p class="hint">"There is no second therapist here to confirm it."</p> }.into_any();
    }
    let mut options = vec![(String::new(), "Choose a therapist".to_owned())];
    options.extend(m.colleagues.iter().cloned());
    Field::new(&m.form, "confirmer", "Who confirms it?")
        .hint("They read what is on this page, not the notes themselves.")
        .required()
        .select(options)
}

/// The fields that say whether the clients are told.
fn telling(form: &FormState) -> AnyView {
    let options = vec![
        ("tell".to_owned(), "Tell them when it is sent".to_owned()),
        ("forbidden".to_owned(), "Telling them is forbidden for now".to_owned()),
    ];
    view! {
        {Field::new(form, "telling", "Are the clients told?").hint("The email says only that something is in the portal.").radios(options)}
        {Field::new(form, "untold_reason", "What forbids telling them").unmarked().area(3)}
        {Field::new(form, "ask_again_on", "Ask me again on").unmarked().date()}
    }
    .into_any()
}

/// The view model of the page of a disclosure.
#[derive(Clone, Debug)]
pub struct DisclosureModel {
    pub id: DisclosureId,
    pub recipient: String,
    /// The state, with its tone.
    pub state: (Tone, String),
    /// What is on record about it: term and value.
    pub facts: Vec<(String, String)>,
    /// What leaves, as it was chosen.
    pub items: Vec<String>,
    /// Whether the order can be opened.
    pub has_order: bool,
    /// The form of the colleague's answer; `None`: it is not the reader's to give.
    pub answer: Option<FormState>,
    /// What leaves now; `None`: it cannot be sent by the reader now.
    pub leaving: Option<Vec<String>>,
    /// Whether the clients are told when it is sent.
    pub tells: bool,
    pub can_drop: bool,
    /// The handover by which it left; `None`: it did not.
    pub sent: Option<HandoverId>,
    /// The form that says whether the clients can be told now; `None`: they were, or
    /// it was not sent.
    pub telling: Option<FormState>,
    /// Whether the record is frozen, so that the program tells nobody.
    pub is_frozen: bool,
}

/// Renders the page of a disclosure.
pub fn disclosure_view(m: &DisclosureModel) -> AnyView {
    let rows = m
        .facts
        .iter()
        .map(|(term, value)| (term.clone(), view! { <span class="lines">{value.clone()}</span> }.into_any()));
    let order = m
        .has_order
        .then(|| view! { <p><a href=format!("/disclosures/{}/order", m.id)>"Open the order"</a></p> }.into_any());
    let hint = match (m.tells, m.is_frozen) {
        (true, false) => Some("The clients are told in their portal at the same time."),
        (true, true) => Some("The record is frozen: tell each of them yourself."),
        (false, _) => None,
    };
    let sent = m.sent.map(|id| {
        view! { <p><a class="button" href=format!("/handovers/{id}")>"Open what was sent"</a></p> }.into_any()
    });
    let drop = m.can_drop.then(|| {
        view! {
            <form method="post" action=format!("/disclosures/{}/drop", m.id)>
                {form_key()}
                <p><button class="button" type="submit">"Cancel disclosure"</button></p>
            </form>
        }
        .into_any()
    });
    view! {
        {page_head(format!("Disclosure to {}", m.recipient), "", vec![])}
        <p>{badge(m.state.0, m.state.1.clone())}</p>
        {card("On record", view! { {facts(rows.collect())}{order}<h3>"What is sent"</h3>{lines(&m.items)} }.into_any())}
        {m.answer.as_ref().map(|form| answer_card(m.id, form))}
        {m.leaving.as_ref().map(|leaving| send_card(format!("/disclosures/{}/send", m.id), leaving, hint))}
        {sent}
        {m.telling.as_ref().map(|form| telling_card(m, form))}
        {drop}
    }
    .into_any()
}

/// The card with the colleague's answer.
fn answer_card(id: DisclosureId, form: &FormState) -> AnyView {
    card(
        "Confirm or decline",
        view! {
            <form class="form" method="post" action=format!("/disclosures/{id}/answer") novalidate>
                {form_key()}
                {error_summary(form)}
                {Field::new(form, "reason", "Reason, if you decline").unmarked().area(3)}
                <p class="form-actions">
                    <button class="button button-primary" type="submit" name="do" value="confirm">"Confirm disclosure"</button>
                    <button class="button" type="submit" name="do" value="decline">"Decline disclosure"</button>
                </p>
            </form>
        }
        .into_any(),
    )
}

/// The card that asks whether the clients can be told.
fn telling_card(m: &DisclosureModel, form: &FormState) -> AnyView {
    let frozen = m
        .is_frozen
        .then(|| view! { <p>"The record is frozen: tell each of them yourself, then save it here."</p> }.into_any());
    card(
        "Can the clients be told now?",
        view! {
            <form class="form" method="post" action=format!("/disclosures/{}/telling", m.id) novalidate>
                {form_key()}
                {error_summary(form)}
                {frozen}
                {telling_now(form)}
                {submit("Save")}
            </form>
        }
        .into_any(),
    )
}

/// The fields of the answer to "can they be told now?".
fn telling_now(form: &FormState) -> AnyView {
    let options = vec![
        ("tell".to_owned(), "Yes, tell them now".to_owned()),
        ("forbidden".to_owned(), "No, it is still forbidden".to_owned()),
    ];
    view! {
        {Field::new(form, "telling", "Tell them now?").radios(options)}
        {Field::new(form, "untold_reason", "What forbids telling them").unmarked().area(3)}
        {Field::new(form, "ask_again_on", "Ask me again on").unmarked().date()}
    }
    .into_any()
}

/// Sample models of the form: everything to choose; nothing, and refused.
pub fn samples() -> Vec<Model> {
    let full = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        title: "Amara & <b>Jonas</b>".into(),
        joint: vec![("note:1".into(), "3 November: <Couple> session".into())],
        own: vec![("अनन्या".into(), vec![("note:2".into(), "4 November".into())]), ("Jonas".into(), vec![])],
        documents: vec![("d".into(), "Order of the court".into())],
        colleagues: vec![("c".into(), "Emeka Obi".into())],
        form: FormState::new(Form::from_pairs([("items", "note:2"), ("ground", "court")])),
    };
    let refused = Model {
        own: vec![],
        documents: vec![],
        colleagues: vec![],
        form: crate::ui::refused("items", "Choose what leaves, item by item."),
        ..full.clone()
    };
    vec![full, refused]
}

/// Sample models of the page: to be confirmed; ready; sent and not told.
pub fn disclosure_samples() -> Vec<DisclosureModel> {
    let asked = DisclosureModel {
        id: DisclosureId::from(uuid::Uuid::from_u128(2)),
        recipient: "The <court>".into(),
        state: (Tone::Wait, "To be confirmed".into()),
        facts: vec![("Ground".into(), "Court order\n27 C 12/26".into())],
        items: vec!["Note of 3 November".into()],
        has_order: true,
        answer: Some(crate::ui::refused("reason", "Say why you decline.")),
        leaving: None,
        tells: false,
        can_drop: true,
        sent: None,
        telling: None,
        is_frozen: false,
    };
    let ready = DisclosureModel { answer: None, leaving: Some(vec!["Note".into()]), tells: true, ..asked.clone() };
    let frozen = DisclosureModel { is_frozen: true, ..ready.clone() };
    let sent = DisclosureModel {
        leaving: None,
        can_drop: false,
        sent: Some(HandoverId::from(uuid::Uuid::from_u128(3))),
        telling: Some(FormState::default()),
        ..frozen.clone()
    };
    vec![asked, ready, frozen, sent]
}
