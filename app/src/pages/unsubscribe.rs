//! The page behind a mail's own way to end mails of its kind. It names nobody.

use leptos::prelude::*;

#[derive(Clone, Debug)]
pub struct Model {
    pub token: String,
    /// "reminders of your appointments"; empty where the link is none of ours.
    pub mails: String,
    /// They are ended already.
    pub ended: bool,
}

pub fn view(m: &Model) -> AnyView {
    let body = if m.mails.is_empty() {
        view! {
            <h1>"This link does not work"</h1>
            <p>"On your own page, under “Contact”, you choose whether and when we write to you."</p>
            <p><a class="button" href="/portal/contact">"Open my page"</a></p>
        }
        .into_any()
    } else if m.ended {
        view! {
            <h1>"Done"</h1>
            <p role="status">{format!("We send you no more {}.", m.mails)}</p>
            <p>"You can have them again at any time: on your own page, under “Contact”."</p>
        }
        .into_any()
    } else {
        view! {
            <h1>"No more of these mails?"</h1>
            <p>{format!("One press, and we send you no more {}. What is agreed stays as it is.", m.mails)}</p>
            <form method="post" action=format!("/unsubscribe/{}", m.token)><button class="button button-primary" type="submit">"No more of these mails"</button></form>
        }
        .into_any()
    };
    view! { <div class="sheet">{body}</div> }.into_any()
}

/// Asked; ended; none of ours.
pub fn samples() -> Vec<Model> {
    let asked = Model { token: "t".repeat(43), mails: "reminders of your appointments".to_owned(), ended: false };
    vec![asked.clone(), Model { ended: true, ..asked.clone() }, Model { mails: String::new(), ..asked }]
}
