//! The list of undelivered emails, shown on the page of the person who sent
//! them: recipient, reason, and what can be done.

use leptos::prelude::*;

use crate::ui::{Tone, badge, form_key};

/// An email that was not delivered.
#[derive(Clone, Debug)]
pub struct UndeliveredItem {
    /// The kind of email and its recipient, such as "Invitation to Amara
    /// Nwosu".
    pub what: String,
    /// The address of the page that it is about; empty if there is none.
    pub href: String,
    /// When it was due, such as "Mon 23 Nov, 10:00".
    pub when: String,
    /// The reason as one sentence without its full stop.
    pub why: String,
    /// Another way to reach the recipient; empty if none is known.
    pub reach: String,
    /// The address to which the buttons are submitted; empty if the reader can
    /// do nothing.
    pub action: String,
    /// The buttons.
    pub acts: Vec<Act>,
}

/// A button for what can be done about an undelivered email.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// The name of the form field that it sends.
    pub name: &'static str,
    /// The value that it sends.
    pub value: &'static str,
    pub label: &'static str,
}

/// The list of emails; `None` if it is empty.
pub fn rows(items: &[UndeliveredItem]) -> Option<AnyView> {
    let rows: Vec<AnyView> = items.iter().map(email_row).collect();
    (!rows.is_empty()).then(|| view! { <ul class="rows">{rows}</ul> }.into_any())
}

/// The list item of an email.
fn email_row(item: &UndeliveredItem) -> AnyView {
    let what = if item.href.is_empty() {
        view! { <strong>{item.what.clone()}</strong> }.into_any()
    } else {
        view! { <a class="row-link" href=item.href.clone()>{item.what.clone()}</a> }.into_any()
    };
    let reach =
        (!item.reach.is_empty()).then(|| view! { <br/><span class="muted">{item.reach.clone()}</span> }.into_any());
    let acts: Vec<AnyView> = item
        .acts
        .iter()
        .map(|Act { name, value, label }| {
            view! { <button class="button" type="submit" name=*name value=*value aria-label=format!("{label}: {}", item.what)>{*label}</button> }.into_any()
        })
        .collect();
    let acts = (!item.action.is_empty() && !acts.is_empty()).then(|| {
        view! { <form class="actions" method="post" action=item.action.clone()>{form_key()}{acts}</form> }.into_any()
    });
    view! {
        <li class="row">
            <span>
                {what}" "{badge(Tone::Care, "Not delivered")}<br/>
                <span class="muted">{format!("{}. Due {}.", crate::text::capitalised(&item.why), item.when)}</span>
                {reach}
            </span>
            {acts}
        </li>
    }
    .into_any()
}

/// Sample emails for the pages that show this list.
pub fn samples() -> Vec<UndeliveredItem> {
    let item = |href: &str, acts| UndeliveredItem {
        what: "Invitation to <b>अनन्या</b> 💛".to_owned(),
        href: href.to_owned(),
        when: "Mon 23 Nov, 10:00".to_owned(),
        why: "the mail server said: 550 no such user".to_owned(),
        reach: if href.is_empty() { "+49 30 5550 100".to_owned() } else { String::new() },
        action: "/email-log/x/resend".to_owned(),
        acts,
    };
    let again = Act { name: "do", value: "again", label: "Resend" };
    let link = Act { name: "do", value: "link", label: "Show a link to hand over" };
    vec![item("/sessions/x", vec![again]), item("", vec![again, link])]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_email_shows_its_reason_and_its_buttons() {
        let html = rows(&samples()).unwrap().to_html();
        assert!(html.contains("The mail server said: 550 no such user. Due Mon 23 Nov, 10:00."), "{html}");
        assert!(html.contains("Show a link to hand over: Invitation to") && !html.contains("<b>अनन्या"));
        assert!(rows(&[]).is_none());
    }
}
