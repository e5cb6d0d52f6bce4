//! The page of a pathway: its steps, and the form that assigns it.

use domain::{exercises::pathway::Pathway, ids::ClientId};
use leptos::prelude::*;

use super::assign::{Recipient, invite_fields, people_options, sample_people};
use crate::ui::{Field, FormState, Link, error_summary, form_key, page_head, submit};

/// The view model of the page of a pathway.
#[derive(Clone, Debug)]
pub struct Model {
    pub pathway: Pathway,
    /// The titles of its exercises, in order.
    pub titles: Vec<String>,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// The clients to whom it can be assigned.
    pub clients: Vec<(ClientId, String)>,
    /// The client for whom it was looked up; `None` if the reader only looks.
    pub for_client: Option<ForClient>,
    pub form: FormState,
}

/// A client to whom a pathway can be assigned.
#[derive(Clone, Debug)]
pub struct ForClient {
    pub id: ClientId,
    pub title: String,
    pub people: Vec<Recipient>,
}

/// Renders the page of a pathway.
pub fn view(m: &Model) -> AnyView {
    let p = &m.pathway;
    let steps: Vec<AnyView> = p
        .steps
        .iter()
        .zip(&m.titles)
        .enumerate()
        .map(|(n, (step, title))| {
            let when = if n == 0 { "At once".to_owned() } else { crate::text::capitalised(&step.condition()) };
            let rhythm = step.rhythm();
            let rhythm = if rhythm.is_empty() { String::new() } else { format!(" · {rhythm}") };
            view! {
                <li>
                    <a class="row-link" href=format!("/library/{}", step.exercise)>{title.clone()}</a>
                    <span class="muted">{format!(" {when}{rhythm}")}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let mut actions = vec![Link::new(format!("/pathways/new?from={}", p.slug), "Duplicate and edit")];
    if m.mine {
        actions.insert(0, Link::new(format!("/pathways/{}/edit", p.slug), "Edit pathway"));
    }
    let cautions = (!p.cautions.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="cautions">
                <h2 id="cautions">"Before you assign this"</h2>
                <p>{p.cautions.clone()}</p>
            </section>
        }
        .into_any()
    });
    let put_away = m.mine.then(|| {
        view! {
            <form class="inline-form" method="post" action=format!("/pathways/{}/archive", p.slug)>
                {form_key()}
                <button class="button" type="submit">"Archive pathway"</button>
            </form>
            <p class="hint">"Couples already on this pathway are not affected."</p>
        }
        .into_any()
    });
    view! {
        {page_head(p.title.clone(), p.purpose.clone(), actions)}
        {cautions}
        <section aria-labelledby="steps">
            <h2 id="steps">"Exercises"</h2>
            <ol class="rows pathway-steps">{steps}</ol>
        </section>
        {assign_section(m)}
        {put_away}
    }
    .into_any()
}

/// The form that assigns the pathway, or the list of clients to choose from.
fn assign_section(m: &Model) -> AnyView {
    if let Some(ForClient { id: client, title, people }) = &m.for_client {
        let whom = people_options(people);
        return view! {
            <section class="card" aria-labelledby="give">
                <h2 id="give">{format!("Assign to {title}")}</h2>
                {error_summary(&m.form)}
                <form class="form" method="post" action=format!("/clients/{client}/pathways") novalidate>
                    {form_key()}
                    <input type="hidden" name="pathway" value=m.pathway.slug.clone()/>
                    {Field::new(&m.form, "for", "For whom?").radios(whom)}
                    {invite_fields(people, &m.form)}
                    {submit("Assign pathway")}
                </form>
                <p class="hint">"The first exercise is assigned now. You can change the rest at any time."</p>
            </section>
        }
        .into_any();
    }
    let items: Vec<AnyView> = m
        .clients
        .iter()
        .map(|(id, title)| {
            let href = format!("/pathways/{}?client={id}", m.pathway.slug);
            view! { <li><a class="row-link" href=href>{title.clone()}</a></li> }.into_any()
        })
        .collect();
    (!items.is_empty())
        .then(|| {
            view! {
                <details class="actions">
                    <summary class="button button-primary">"Assign to …"</summary>
                    <ul class="rows">{items}</ul>
                </details>
            }
            .into_any()
        })
        .into_any()
}

/// A pathway for the samples of this page and others.
pub(crate) fn sample_pathway() -> Pathway {
    use domain::exercises::{exercise::Article, pathway::PathStep};
    let step = |both, days| PathStep { exercise: "sample".into(), both, days, ..PathStep::default() };
    Pathway {
        slug: "sample".into(),
        title: "Small moments".into(),
        purpose: "For two who pass each other like colleagues.".into(),
        article: Article::Everyday,
        cautions: "Not where one is afraid.".into(),
        steps: vec![
            step(false, None),
            step(true, Some(14)),
            PathStep { every_days: Some(7), for_days: Some(28), ..step(false, Some(7)) },
        ],
    }
}

/// Sample models: for no client; for a couple, with a refused form; a pathway
/// that the reader wrote.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let id = |n: u128| uuid::Uuid::from_u128(n);
    let open = Model {
        pathway: sample_pathway(),
        titles: vec!["One".into(), "T".repeat(200), "अनन्या <b>".into()],
        mine: false,
        clients: vec![(ClientId::from(id(1)), "N".repeat(200))],
        for_client: None,
        form: FormState::default(),
    };
    let people = sample_people();
    let refused = Model {
        for_client: Some(ForClient { id: ClientId::from(id(1)), title: "Amara & Jonas".into(), people }),
        form: FormState { form: Form::default(), errors: Errors::at_field("for", "Choose whom it is for.") },
        ..open.clone()
    };
    vec![open.clone(), refused, Model { mine: true, clients: vec![], ..open }]
}
