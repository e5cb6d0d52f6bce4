//! The page on which a therapist erases what the practice has of a person, as far as it
//! does not have to be kept.

use domain::ids::{ClientId, PersonId};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Tone, badge, card, error_summary, form_key, page_head, submit, table};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub person: PersonId,
    pub name: String,
    /// What is erased and kept.
    pub lines: Vec<Line>,
    /// Whether a legal hold stops it.
    pub is_held: bool,
    /// How many sessions ahead the person has.
    pub ahead: i64,
    pub earlier: Vec<Report>,
    pub form: FormState,
}

/// What becomes of one thing.
#[derive(Clone, Debug)]
pub struct Line {
    pub thing: String,
    /// Whether it is erased, now or with the last of the person's data.
    pub is_erased: bool,
    /// What becomes of it, such as "Kept until 3 May 2034".
    pub fate: String,
    /// Why it is kept; empty: it is erased.
    pub reason: String,
}

/// An erasure that was done.
#[derive(Clone, Debug)]
pub struct Report {
    /// When and by whom.
    pub when: String,
    pub lines: Vec<Line>,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let reports: Vec<AnyView> = m
        .earlier
        .iter()
        .map(|report| card(format!("Erased on {}", report.when), lines("What was erased and kept", &report.lines)))
        .collect();
    view! {
        {page_head(format!("Erase data of {}", m.name), "What does not have to be kept is erased for good.", vec![])}
        {error_summary(&m.form)}
        {card("What is erased and what is kept", lines("What is erased and kept", &m.lines))}
        {act(m)}
        {hold(m)}
        {reports}
        <p class="after"><a href=format!("/clients/{}?tab=details", m.client)>"Back to the record"</a></p>
    }
    .into_any()
}

/// The form that erases, or why it cannot be.
fn act(m: &Model) -> AnyView {
    let action = format!("/clients/{}/partners/{}/erasure", m.client, m.person);
    if m.is_held {
        return view! { <div class="after"><div class="notice"><p>"A legal hold is set: nothing of this client can be erased. An owner can end it."</p></div></div> }.into_any();
    }
    if m.ahead > 0 {
        let sessions = if m.ahead == 1 { "1 session is".to_owned() } else { format!("{} sessions are", m.ahead) };
        return view! { <div class="after"><div class="notice"><p>{format!("{sessions} booked with this person. Cancel them first.")}</p></div></div> }.into_any();
    }
    if m.lines.iter().all(|line| !line.is_erased) {
        return view! { <p class="after">"There is nothing that can be erased today."</p> }.into_any();
    }
    card("Erase", view! {
        <form class="form narrow" method="post" action=action novalidate>
            {form_key()}
            {Field::new(&m.form, "name", "Name of the person").required().hint("Type it as it is above.").text()}
            {Field::new(&m.form, "current_password", "Your password").required().autocomplete("current-password").password()}
            <p class="hint">"This can’t be undone. The report stays on this page."</p>
            {submit("Erase for good")}
        </form>
    }.into_any())
}

/// The form that sets a legal hold; `None`: one is set.
fn hold(m: &Model) -> Option<AnyView> {
    (!m.is_held).then(|| {
        card("Legal hold", view! {
            <form class="form narrow" method="post" action=format!("/clients/{}/partners/{}/hold", m.client, m.person) novalidate>
                {form_key()}
                {Field::new(&m.form, "why", "Reason").required().hint("Such as a court case. Nothing is deleted until it ends.").text()}
                <p class="form-actions"><button class="button" type="submit">"Set a legal hold"</button></p>
            </form>
        }.into_any())
    })
}

/// The table of what is erased and kept.
fn lines(caption: &str, lines: &[Line]) -> AnyView {
    let rows: Vec<Vec<AnyView>> = lines
        .iter()
        .map(|line| {
            let tone = if line.is_erased { Tone::Care } else { Tone::Plain };
            vec![line.thing.clone().into_any(), badge(tone, line.fate.clone()), line.reason.clone().into_any()]
        })
        .collect();
    table(caption, &["What", "What happens", "Why"], rows)
}

/// Sample models: what is erased and kept, with a refused form; a hold; a session ahead;
/// nothing to erase.
pub fn samples() -> Vec<Model> {
    let line = |thing: &str, is_erased, fate: &str, reason: &str| Line {
        thing: thing.into(),
        is_erased,
        fate: fate.into(),
        reason: reason.into(),
    };
    let lines = vec![
        line("Messages with the therapist", true, "Erased", ""),
        line("Name and contact details", false, "Kept until 3 May 2034", "What is kept is found under it."),
    ];
    let full = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        person: PersonId::from(uuid::Uuid::from_u128(2)),
        name: "अनन्या <b>💛".into(),
        lines: lines.clone(),
        is_held: false,
        ahead: 0,
        earlier: vec![Report { when: "1 December 2026, by Vera <b>".into(), lines }],
        form: crate::ui::refused("name", "Type the name as it is above."),
    };
    let plain = Model { form: FormState::default(), earlier: vec![], ..full.clone() };
    vec![
        full,
        Model { is_held: true, ..plain.clone() },
        Model { ahead: 1, ..plain.clone() },
        Model { ahead: 2, ..plain.clone() },
        Model { lines: vec![], ..plain },
    ]
}
