//! The card for the email address of a person who signs in. It is on the
//! account page, and for clients also on the contact page.

use leptos::prelude::*;

use crate::{
    say,
    ui::{Field, FormState, Tone, badge, card, error_summary, form_key, submit},
    words::words,
};

/// The facts about a client's email address that the card shows.
#[derive(Clone, Debug, Default)]
pub struct OwnAddress {
    /// The address in use; empty if there is none.
    pub email: String,
    /// Whether no link sent to the address has been opened yet.
    pub unconfirmed: bool,
    /// An address that the practice suggests; `None` for none.
    pub suggested: Option<SuggestedAddress>,
    /// Whether emails to the address came back.
    pub returned: bool,
}

/// An address that the practice suggests.
#[derive(Clone, Debug)]
pub struct SuggestedAddress {
    pub email: String,
    /// The name of the person who entered it; may be empty.
    pub by: String,
}

/// A new email address that is not confirmed yet.
#[derive(Clone, Debug, Default)]
pub struct PendingAddress {
    pub email: String,
    /// The time until which its link works, as people read it.
    pub until: String,
    /// Whether the link was sent by email; `false` if no mail server is set and
    /// the practice hands the link over.
    pub sent: bool,
}

/// The card with the address and its form; `client` is `None` for staff.
pub fn address_card(
    form: &FormState,
    action: &'static str,
    client: Option<&OwnAddress>,
    pending: Option<&PendingAddress>,
) -> AnyView {
    let w = words();
    let hint = match client {
        Some(_) => say!(w, "address-hint"),
        None => say!(w, "address-hint-staff"),
    };
    card(
        say!(w, "address-title"),
        view! {
            {client.map(address_in_use)}
            {pending.map(|pending| pending_notice(pending, action))}
            {client.filter(|_| pending.is_none()).and_then(|own| suggestion_notice(own, action))}
            <form class="form" method="post" action=action novalidate>
                {form_key()}
                {error_summary(form)}
                <p class="hint">{hint}</p>
                {Field::new(form, "email", say!(w, "address-field")).required().autocomplete("email").email()}
                {Field::new(form, "current_password", say!(w, "address-password")).required().autocomplete("current-password").password()}
                {submit(say!(w, "address-save"))}
            </form>
        }
        .into_any(),
    )
}

/// The line about the address in use.
fn address_in_use(own: &OwnAddress) -> AnyView {
    let w = words();
    let returned = own.returned.then(|| {
        let (badge, text) = (badge(Tone::Care, say!(w, "address-returned")), say!(w, "address-returned-text"));
        view! { <p class="notice">{badge}" "{text}</p> }.into_any()
    });
    let text = match (own.email.is_empty(), own.unconfirmed) {
        (true, _) => say!(w, "address-none"),
        (false, true) => say!(w, "address-unconfirmed", email = &own.email),
        (false, false) => say!(w, "address-in-use", email = &own.email),
    };
    view! { <p>{text}</p>{returned} }.into_any()
}

/// The notice about an unconfirmed address; until it is confirmed, the old one
/// is used.
fn pending_notice(pending: &PendingAddress, action: &'static str) -> AnyView {
    let w = words();
    let PendingAddress { email, until, sent } = pending;
    let text = if *sent {
        say!(w, "address-pending", email = email, until = until)
    } else {
        say!(w, "address-pending-unsent", email = email, until = until)
    };
    view! {
        <div class="notice">
            <p>{text}</p>
            <form method="post" action=action>
                {form_key()}
                <button class="button" type="submit" name="do" value="cancel">{say!(w, "address-pending-cancel")}</button>
            </form>
        </div>
    }
    .into_any()
}

/// The notice about an address that the practice suggests, which is used only
/// if the person saves it; `None` if there is none.
fn suggestion_notice(own: &OwnAddress, action: &'static str) -> Option<AnyView> {
    let SuggestedAddress { email, by } = own.suggested.as_ref()?;
    let w = words();
    let text = if by.is_empty() {
        say!(w, "address-suggested-practice", email = email)
    } else {
        say!(w, "address-suggested", by = by, email = email)
    };
    Some(
        view! {
            <div class="notice">
                <p>{text}</p>
                <form method="post" action=action>
                    {form_key()}
                    <button class="button" type="submit" name="do" value="keep">{say!(w, "address-keep")}</button>
                </form>
            </div>
        }
        .into_any(),
    )
}
