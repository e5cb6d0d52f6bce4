//! The card for the email address of a person who signs in. It is on the
//! account page, and for clients also on the contact page.

use leptos::prelude::*;

use crate::ui::{Field, FormState, Tone, badge, card, error_summary, form_key, submit};

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
    let hint = match client {
        Some(_) => {
            "Appointments, reminders and links for a new password go to this address. Nobody but you can change it. A new one is used once you confirm it."
        }
        None => {
            "A link for a new password goes to this address. Nobody but you can change it. A new one is used once you confirm it."
        }
    };
    card(
        "E-mail",
        view! {
            {client.map(address_in_use)}
            {pending.map(|pending| pending_notice(pending, action))}
            {client.filter(|_| pending.is_none()).and_then(|own| suggestion_notice(own, action))}
            <form class="form" method="post" action=action novalidate>
                {form_key()}
                {error_summary(form)}
                <p class="hint">{hint}</p>
                {Field::new(form, "email", "Your e-mail address").required().autocomplete("email").email()}
                {Field::new(form, "current_password", "Your password").required().autocomplete("current-password").password()}
                {submit("Save the address")}
            </form>
        }
        .into_any(),
    )
}

/// The line about the address in use.
fn address_in_use(own: &OwnAddress) -> AnyView {
    let returned = own.returned.then(|| {
        view! { <p class="notice notice-care">{badge(Tone::Care, "Mail comes back")}" Mail to this address did not arrive. Enter another one." </p> }.into_any()
    });
    let text = match (own.email.is_empty(), own.unconfirmed) {
        (true, _) => "We have no address for you. Everything is here on your page.".to_owned(),
        (false, true) => {
            format!("We write to {}. You have not confirmed it yet: save it below, and we send you a link.", own.email)
        }
        (false, false) => format!("We write to {}.", own.email),
    };
    view! { <p>{text}</p>{returned} }.into_any()
}

/// The notice about an unconfirmed address; until it is confirmed, the old one
/// is used.
fn pending_notice(pending: &PendingAddress, action: &'static str) -> AnyView {
    let PendingAddress { email, until, sent } = pending;
    let text = if *sent {
        format!(
            "{email} is not confirmed yet. We sent a link there: open it until {until}. Until then we use your old address."
        )
    } else {
        format!(
            "{email} is not confirmed yet. No mail is sent from here: ask your practice for the link, until {until}. Until then your old address is used."
        )
    };
    view! {
        <div class="notice">
            <p>{text}</p>
            <form method="post" action=action>
                {form_key()}
                <button class="button" type="submit" name="do" value="cancel">"Cancel the change"</button>
            </form>
        </div>
    }
    .into_any()
}

/// The notice about an address that the practice suggests, which is used only
/// if the person saves it; `None` if there is none.
fn suggestion_notice(own: &OwnAddress, action: &'static str) -> Option<AnyView> {
    let SuggestedAddress { email, by } = own.suggested.as_ref()?;
    let by = if by.is_empty() { "Your practice" } else { by.as_str() };
    Some(
        view! {
            <div class="notice">
                <p>{format!("{by} suggests {email}. To use it, enter your password below and save it.")}</p>
                <form method="post" action=action>
                    {form_key()}
                    <button class="button" type="submit" name="do" value="keep">"Keep my address"</button>
                </form>
            </div>
        }
        .into_any(),
    )
}
