//! The intake in a client's record: how far each person is, what they answered, and
//! what the therapist does without.

use domain::ids::{ClientId, PersonId};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Link, Tone, badge, error_summary, form_key, page_head, submit};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// `None`: no intake was started.
    pub intake: Option<Started>,
    /// Whether it can be started or changed: the client is in care.
    pub can_change: bool,
    /// The form of a waiver that was refused.
    pub form: FormState,
}

/// An intake that was started.
#[derive(Clone, Debug)]
pub struct Started {
    /// Such as "Started on 3 November 2026 by Kofi Mensah, with version 2 of the list."
    pub about: String,
    pub is_ready: bool,
    /// The facts that the two entered: label, what each entered, whether they differ.
    pub facts: Vec<FactRow>,
    pub people: Vec<PersonPart>,
}

/// A fact of the relationship.
#[derive(Clone, Debug)]
pub struct FactRow {
    pub label: String,
    /// Each person's first name and text; empty texts are left out.
    pub texts: Vec<(String, String)>,
    pub differs: bool,
}

/// One person in the intake.
#[derive(Clone, Debug)]
pub struct PersonPart {
    pub person: PersonId,
    pub name: String,
    pub settled: usize,
    pub needed: usize,
    pub items: Vec<ItemPart>,
}

/// An item of one person.
#[derive(Clone, Debug)]
pub struct ItemPart {
    pub key: String,
    pub label: String,
    /// Who reads it, in words.
    pub readers: &'static str,
    pub needed: bool,
    pub state: State,
    /// The answer: labels and texts. A label that says no more than the item's is empty.
    pub lines: Vec<(String, String)>,
    /// Such as "Entered from paper by Ruth"; empty: nothing is to be said.
    pub note: String,
}

/// The state of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    Done,
    /// The therapist does without it: by whom, and why.
    Waived {
        by: String,
        why: String,
    },
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let Some(intake) = &m.intake else { return not_started(m) };
    let tone = if intake.is_ready { Tone::Good } else { Tone::Wait };
    let ready = if intake.is_ready { "Ready for the first session" } else { "Not ready yet" };
    let people: Vec<AnyView> = intake.people.iter().map(|person| person_part(m, person)).collect();
    view! {
        {page_head("Intake", intake.about.clone(), vec![])}
        <p>{badge(tone, ready)}</p>
        {error_summary(&m.form)}
        {facts_part(&intake.facts)}
        {people}
    }
    .into_any()
}

/// The page before an intake was started.
fn not_started(m: &Model) -> AnyView {
    let start = m.can_change.then(|| {
        view! {
            <form method="post" action=format!("/clients/{}/intake", m.client)>
                {form_key()}
                {submit("Start intake")}
            </form>
        }
        .into_any()
    });
    view! {
        {page_head("Intake", "Each person answers the list alone, in their own account.", vec![])}
        <p>"No intake was started for this client. Each person is also asked to sign the practice’s texts."</p>
        {start}
    }
    .into_any()
}

/// The facts of the relationship; `None`: none was entered.
fn facts_part(facts: &[FactRow]) -> Option<AnyView> {
    let rows: Vec<AnyView> = facts
        .iter()
        .map(|fact| {
            let differs = fact.differs.then(|| view! { " "{badge(Tone::Care, "Differs")} }.into_any());
            let texts: Vec<AnyView> = fact
                .texts
                .iter()
                .map(|(name, text)| view! { <dd class="lines" dir="auto">{format!("{name}: {text}")}</dd> }.into_any())
                .collect();
            view! { <div><dt>{fact.label.clone()}{differs}</dt>{texts}</div> }.into_any()
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="intake-facts">
                <h2 id="intake-facts">"Facts of the relationship"</h2>
                <p class="hint">"Both partners read these."</p>
                <dl class="facts">{rows}</dl>
            </section>
        }
        .into_any()
    })
}

/// The part of one person.
fn person_part(m: &Model, person: &PersonPart) -> AnyView {
    let id = format!("intake-{}", person.person);
    let base = format!("/clients/{}/intake/{}", m.client, person.person);
    let tone = if person.settled >= person.needed { Tone::Good } else { Tone::Wait };
    let links: Vec<AnyView> = [
        m.can_change.then(|| Link::new(format!("{base}/paper"), "Enter a printed form")),
        Some(Link::new(format!("{base}/sheet"), "Print the form")),
    ]
    .into_iter()
    .flatten()
    .map(|Link { href, text }| {
        let label = format!("{text} for {}", person.name);
        view! { <a class="button" href=href aria-label=label>{text}</a>" " }.into_any()
    })
    .collect();
    let items: Vec<AnyView> = person.items.iter().map(|item| item_part(m, person, item)).collect();
    view! {
        <section class="card" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{person.name.clone()}</h2>
            <p>{badge(tone, format!("{} of {}", person.settled, person.needed))}</p>
            <p class="actions">{links}</p>
            {items}
        </section>
    }
    .into_any()
}

/// An item of a person, with the form that does without it.
fn item_part(m: &Model, person: &PersonPart, item: &ItemPart) -> AnyView {
    let state = match (&item.state, item.needed) {
        (State::Done, _) => badge(Tone::Good, "Done"),
        (State::Waived { .. }, _) => badge(Tone::Plain, "Waived"),
        (State::Open, true) => badge(Tone::Wait, "Open"),
        (State::Open, false) => badge(Tone::Plain, "Not answered"),
    };
    let lines: Vec<AnyView> = item
        .lines
        .iter()
        .map(|(label, text)| {
            let label = (!label.is_empty()).then(|| view! { <dt>{label.clone()}</dt> }.into_any());
            view! { <div>{label}<dd class="lines" dir="auto">{text.clone()}</dd></div> }.into_any()
        })
        .collect();
    let lines = (!lines.is_empty()).then(|| view! { <dl class="facts">{lines}</dl> }.into_any());
    let note = (!item.note.is_empty()).then(|| view! { <p class="hint">{item.note.clone()}</p> }.into_any());
    let readers = view! { <p class="hint">{format!("Read by: {}", item.readers)}</p> }.into_any();
    view! {
        <div class="intake-item">
            <h3>{item.label.clone()}" "{state}</h3>
            {readers}
            {lines}
            {note}
            {waiver(m, person, item)}
        </div>
    }
    .into_any()
}

/// The waiver of an item, or the form that makes one; `None`: nothing can be waived.
fn waiver(m: &Model, person: &PersonPart, item: &ItemPart) -> Option<AnyView> {
    let action = format!("/clients/{}/intake/{}/waiver", m.client, person.person);
    let hidden = view! { <input type="hidden" name="item" value=item.key.clone()/> }.into_any();
    match &item.state {
        State::Done => None,
        State::Waived { by, why } => {
            let again = m.can_change.then(|| {
                let label = format!("Ask {} again: {}", person.name, item.label);
                view! {
                    <form class="inline-form" method="post" action=action>
                        {form_key()}
                        {hidden}
                        <button class="button" type="submit" name="do" value="ask" aria-label=label>"Ask again"</button>
                    </form>
                }
                .into_any()
            });
            Some(view! { <p>{format!("Waived by {by}: {why}")}</p>{again} }.into_any())
        }
        State::Open if !item.needed || !m.can_change => None,
        State::Open => {
            let is_this = m.form.form.get("item") == item.key && m.form.form.get("person") == person.person.to_string();
            let state = if is_this { m.form.clone() } else { FormState::default() };
            let field = Field::new(&state, "why", "Reason").required();
            // The refused form has the id to which the summary of errors leads.
            let field = if is_this { field } else { field.within(format!("{}-{}", person.person, item.key)) };
            Some(
                view! {
                    <details open=is_this>
                        <summary>"Waive"</summary>
                        <form class="form" method="post" action=action novalidate>
                            {form_key()}
                            {hidden}
                            {field.text()}
                            <p class="form-actions"><button class="button" type="submit" name="do" value="waive">"Waive item"</button></p>
                        </form>
                    </details>
                }
                .into_any(),
            )
        }
    }
}

/// Sample models: not started; half answered with a refused waiver; ready.
pub fn samples() -> Vec<Model> {
    let uuid = uuid::Uuid::from_u128;
    let none = Model {
        client: ClientId::from(uuid(1)),
        title: "Amara & Jonas".into(),
        intake: None,
        can_change: true,
        form: FormState::default(),
    };
    let item = |key: &str, state, lines: &[(&str, &str)]| ItemPart {
        key: key.to_owned(),
        label: format!("Item <b>{key}</b>"),
        readers: "Therapist",
        needed: true,
        state,
        lines: lines.iter().map(|(label, text)| ((*label).to_owned(), (*text).to_owned())).collect(),
        note: "Entered from paper by Ruth".to_owned(),
    };
    let person = |n, settled| PersonPart {
        person: PersonId::from(uuid(n)),
        name: "अनन्या 💛 ".repeat(9),
        settled,
        needed: 3,
        items: vec![
            item("safe", State::Done, &[("Safe channels", "Email"), ("", "<script>x</script>\nmore")]),
            item("forms", State::Open, &[]),
            item("pay", State::Waived { by: "Ruth".into(), why: "Paid <by> the city".into() }, &[]),
        ],
    };
    let half = Model {
        intake: Some(Started {
            about: "Started on 3 November 2026 by Kofi Mensah, with version 2 of the list.".to_owned(),
            is_ready: false,
            facts: vec![FactRow {
                label: "Together since".into(),
                texts: vec![("Amara".into(), "2014".into()), ("Jonas".into(), "2015".into())],
                differs: true,
            }],
            people: vec![person(2, 1), person(3, 2)],
        }),
        form: {
            let mut form = crate::ui::refused("why", "Enter the reason.");
            form.form.set("item", "forms");
            form.form.set("person", uuid(2).to_string());
            form
        },
        ..none.clone()
    };
    let mut ready = Model { form: FormState::default(), can_change: false, ..half.clone() };
    if let Some(intake) = &mut ready.intake {
        intake.is_ready = true;
        intake.facts.clear();
    }
    vec![none, half, ready]
}
