//! The list of people whose email address is returned, with a button to try an
//! address again.

use domain::ids::PersonId;
use leptos::prelude::*;

use crate::ui::{Pager, form_key, pager, phone_link};

/// A person whose email address is returned.
#[derive(Clone, Debug)]
pub struct ReturnedItem {
    pub person: PersonId,
    pub name: String,
    pub phone: String,
    /// The reason, such as "since Mon 23 Nov: 550 no such user".
    pub text: String,
}

/// The list with its heading; `None` if there is nobody. `p` has the links to
/// its other pages.
pub(crate) fn section(items: &[ReturnedItem], p: &Pager) -> Option<AnyView> {
    let rows: Vec<AnyView> = items
        .iter()
        .map(|r| {
            view! {
                <li>
                    <span>{r.name.clone()}" "<span class="muted">{r.text.clone()}</span></span>
                    {phone_link(&r.phone)}
                    <form class="actions" method="post" action=format!("/people/{}/mail", r.person)>
                        {form_key()}
                        <button class="button" type="submit" aria-label=format!("Try the address of {} again", r.name)>"Try it again"</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    (!rows.is_empty() || p.is_later()).then(|| {
        view! { <h3 id="returned">"Returned emails"</h3><p class="hint">"Nothing more goes to these addresses. Clients can set another under Settings; the therapist can suggest one."</p><ul class="rows">{rows}</ul>{pager(p)} }.into_any()
    })
}
