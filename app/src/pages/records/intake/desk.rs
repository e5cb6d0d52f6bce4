//! The intake at the front desk: how far each person is, what is open, and what the
//! list says that the front desk reads.

use domain::ids::ClientId;
use leptos::prelude::*;

use super::{Mark, mark};
use crate::ui::{Tone, badge, form_key, page_head, submit};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// `None`: no intake was started.
    pub intake: Option<Started>,
}

/// An intake that was started.
#[derive(Clone, Debug)]
pub struct Started {
    pub mark: Mark,
    pub people: Vec<PersonPart>,
}

/// One person.
#[derive(Clone, Debug)]
pub struct PersonPart {
    pub name: String,
    pub settled: usize,
    pub needed: usize,
    /// The labels of what is open.
    pub open: Vec<String>,
    /// What the front desk reads: labels and texts.
    pub lines: Vec<(String, String)>,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let Some(intake) = &m.intake else {
        return view! {
            {page_head("Intake", m.title.clone(), vec![])}
            <p>"No intake was started for this client. Each person is also asked to sign the practice’s texts."</p>
            <form method="post" action=format!("/desk/clients/{}/intake", m.client)>
                {form_key()}
                {submit("Start intake")}
            </form>
        }
        .into_any();
    };
    let people: Vec<AnyView> = intake.people.iter().enumerate().map(|(n, person)| person_part(n, person)).collect();
    view! {
        {page_head("Intake", m.title.clone(), vec![])}
        <p>{mark(&intake.mark)}</p>
        <div class="columns">{people}</div>
    }
    .into_any()
}

/// The card of one person.
fn person_part(n: usize, person: &PersonPart) -> AnyView {
    let id = format!("intake-{n}");
    let tone = if person.settled >= person.needed { Tone::Good } else { Tone::Wait };
    let open: Vec<AnyView> = person.open.iter().map(|label| view! { <li>{label.clone()}</li> }.into_any()).collect();
    let open = (!open.is_empty()).then(|| view! { <h3>"Open"</h3><ul>{open}</ul> }.into_any());
    let lines: Vec<AnyView> = person
        .lines
        .iter()
        .map(|(label, text)| {
            view! { <div><dt>{label.clone()}</dt><dd class="lines" dir="auto">{text.clone()}</dd></div> }.into_any()
        })
        .collect();
    let lines =
        (!lines.is_empty()).then(|| view! { <h3>"For the front desk"</h3><dl class="facts">{lines}</dl> }.into_any());
    view! {
        <section class="card" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{person.name.clone()}</h2>
            <p>{badge(tone, format!("{} of {}", person.settled, person.needed))}</p>
            {open}
            {lines}
        </section>
    }
    .into_any()
}

/// Sample models: not started; half; ready.
pub fn samples() -> Vec<Model> {
    let none =
        Model { client: ClientId::from(uuid::Uuid::from_u128(1)), title: "Amara & Jonas".to_owned(), intake: None };
    let person = |settled, open: &[&str]| PersonPart {
        name: "अनन्या 💛 <b> ".repeat(9),
        settled,
        needed: 6,
        open: open.iter().map(|text| (*text).to_owned()).collect(),
        lines: vec![("Phone".to_owned(), "+49 30 5550 100 <b>".to_owned())],
    };
    let started = |is_ready, people| Started { mark: Mark { is_ready, text: "Intake: 3 of 6".to_owned() }, people };
    let half = started(false, vec![person(3, &["Consents", "Safe contact"]), person(6, &[])]);
    let ready = started(true, vec![PersonPart { lines: vec![], ..person(6, &[]) }]);
    vec![none.clone(), Model { intake: Some(half), ..none.clone() }, Model { intake: Some(ready), ..none }]
}
