//! The page of a pathway progress: which steps were assigned to the client, and
//! which follow.

use domain::{
    exercises::pathway::PathStep,
    ids::{AssignmentId, ClientId},
};
use leptos::prelude::*;
use uuid::Uuid;

use crate::ui::{Tone, badge, form_key, page_head};

/// The view model of the page of a pathway progress.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: Uuid,
    pub client: ClientId,
    pub client_title: String,
    pub title: String,
    /// The start and the people, such as "Since Mon 23 Nov" and "for Amara
    /// alone".
    pub lead: String,
    /// Whether it has ended.
    pub over: bool,
    pub steps: Vec<Step>,
}

/// A step of the pathway progress.
#[derive(Clone, Debug)]
pub struct Step {
    pub title: String,
    pub step: PathStep,
    /// The assignment and its date; `None` if the step was not assigned yet.
    pub given: Option<(AssignmentId, String)>,
}

/// Renders the page of a pathway progress.
pub fn view(m: &Model) -> AnyView {
    let next = m.steps.iter().position(|s| s.given.is_none());
    let steps: Vec<AnyView> = m
        .steps
        .iter()
        .enumerate()
        .map(|(n, s)| {
            let rhythm = s.step.rhythm();
            let rhythm = if rhythm.is_empty() { String::new() } else { format!(" · {rhythm}") };
            match &s.given {
                Some((id, when)) => view! {
                    <li>
                        <a class="row-link" href=format!("/assignments/{id}")>{s.title.clone()}</a>
                        " "{badge(Tone::Good, format!("Assigned {when}"))}<span class="muted">{rhythm}</span>
                    </li>
                }
                .into_any(),
                None => {
                    let mark = (Some(n) == next && !m.over).then(|| badge(Tone::Wait, "Next"));
                    let when = crate::text::capitalised(&s.step.condition());
                    view! { <li><span>{s.title.clone()}</span>" "{mark}<span class="muted">{format!(" {when}{rhythm}")}</span></li> }.into_any()
                }
            }
        })
        .collect();
    let acts = (!m.over && next.is_some()).then(|| {
        view! {
            <div class="actions">
                <form method="post" action=format!("/pathway-progress/{}/next", m.id)>{form_key()}<input type="hidden" name="given" value=next/><button class="button button-primary" type="submit">"Assign the next one now"</button></form>
                <a class="button" href=format!("/pathway-progress/{}/edit", m.id)>"Edit next steps"</a>
                <form method="post" action=format!("/pathway-progress/{}/end", m.id)>{form_key()}<button class="button" type="submit">"End pathway"</button></form>
            </div>
        }
        .into_any()
    });
    let over =
        m.over.then(|| view! { <p>{badge(Tone::Plain, "Ended")}" No further exercise is assigned."</p> }.into_any());
    view! {
        {page_head(m.title.clone(), m.lead.clone(), vec![])}
        <p><a href=format!("/clients/{}", m.client)>{m.client_title.clone()}</a></p>
        {over}
        <ol class="rows pathway-steps">{steps}</ol>
        {acts}
    }
    .into_any()
}

/// Sample models: a pathway progress that is under way; one that has ended.
pub fn samples() -> Vec<Model> {
    let pathway = super::pathway::sample_pathway();
    let steps: Vec<Step> = pathway
        .steps
        .iter()
        .enumerate()
        .map(|(n, step)| Step {
            title: if n == 1 { "T".repeat(200) } else { "How reachable we are".into() },
            step: step.clone(),
            given: (n == 0).then(|| (AssignmentId::from(Uuid::from_u128(4)), "Mon 23 Nov".into())),
        })
        .collect();
    let middle = Model {
        id: Uuid::from_u128(1),
        client: ClientId::from(Uuid::from_u128(2)),
        client_title: "अनन्या & José 💛".into(),
        title: pathway.title,
        lead: "Since Mon 23 Nov".into(),
        over: false,
        steps,
    };
    vec![middle.clone(), Model { over: true, client_title: "N".repeat(200), ..middle }]
}
