//! The requests that partners made in the portal, for the staff who may grant
//! them.

use leptos::prelude::*;

use crate::ui::{Pager, Tone, badge, empty, form_key, page_head, pager};

/// The view model of the list of requests.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub items: Vec<RequestItem>,
    pub pager: Pager,
}

/// A request with what granting it would do.
#[derive(Clone, Debug)]
pub struct RequestItem {
    pub id: uuid::Uuid,
    /// Who asks for what, such as "Amara Nwosu asks for another time".
    pub title: String,
    /// The details, such as "Thu 26 Nov, 10:00 instead of Wed 25 Nov, 10:00,
    /// with Dr Lin".
    pub text: String,
    /// The address of the session's page; empty for a new session.
    pub session: String,
    /// The label of the button that grants it, such as "Move session".
    pub yes: String,
    /// Why its time is unusual, one sentence each; empty if it is not.
    pub reasons: Vec<String>,
}

/// Renders the list of requests.
pub fn view(m: &Model) -> AnyView {
    let list = if m.items.is_empty() { empty("No requests to answer.", None) } else { request_list(&m.items) };
    view! {
        {page_head("Requests", "A yes is carried out at once, and clients are notified.", vec![])}
        <div id="requests">{list}</div>
        {pager(&m.pager)}
    }
    .into_any()
}

/// The list of requests, each with a button to grant and one to decline.
pub(crate) fn request_list(items: &[RequestItem]) -> AnyView {
    let rows: Vec<AnyView> = items
        .iter()
        .map(|q| {
            let link = (!q.session.is_empty())
                .then(|| view! { <a class="button" href=q.session.clone() >"Open session"<span class="quiet">{format!(": {}", q.title)}</span></a> }.into_any());
            view! {
                <li>
                    <span><strong>{q.title.clone()}</strong><br/><span class="muted">{q.text.clone()}</span></span>
                    {unusual(&q.reasons)}
                    <form class="actions" method="post" action=format!("/requests/{}", q.id)>
                        {form_key()}
                        {(!q.reasons.is_empty()).then(|| view! { <input type="hidden" name="outside" value="yes"/> })}
                        <button class="button button-primary" type="submit" name="answer" value="yes" aria-label=format!("{}: {}", q.yes, q.title)>{q.yes.clone()}</button>
                        <button class="button" type="submit" name="answer" value="no" aria-label=format!("Decline request: {}", q.title)>"Decline request"</button>
                        {link}
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="rows">{rows}</ul> }.into_any()
}

/// The question whether an unusual time is meant, which the button answers;
/// `None` if the time is not unusual.
fn unusual(reasons: &[String]) -> Option<AnyView> {
    (!reasons.is_empty()).then(|| {
        let text = format!("Outside opening hours. {}", reasons.join(" "));
        view! { <p>{badge(Tone::Care, "Unusual time")}" "{text}</p> }.into_any()
    })
}

/// Sample models: an empty list; a list with long names.
pub fn samples() -> Vec<Model> {
    let item = |session: &str| RequestItem {
        id: uuid::Uuid::nil(),
        title: format!("{} asks for another time", "अनन्या 💛 ".repeat(18)),
        text: "Thu 26 Nov, 10:00 instead of Wed 25 Nov, 10:00, with Dr Ngozi Okafor".to_owned(),
        session: session.to_owned(),
        yes: "Move session".to_owned(),
        reasons: match session {
            "" => vec!["It is 01:31 for <Farah> in Karachi.".to_owned()],
            _ => vec![],
        },
    };
    let pager = Pager { first: None, more: Some(("/requests?after=1#requests".to_owned(), "More requests")) };
    vec![Model::default(), Model { items: vec![item("/sessions/x"), item("")], pager }]
}
