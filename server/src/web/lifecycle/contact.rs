//! A partner's contact settings: how the practice may write to them, and which
//! times suit them. Only the partner sets these.

use app::{
    pages::lifecycle::contact,
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{clients::person::SafeContact, form::Form, practice::hours::Week};

use crate::{
    access::{Partner, Public, SignedIn},
    error::{Answer, Failure},
    form::PostedForm,
    page::{Page, redirect_with},
    state::Site,
    web::accounts::account::{self, AddressForm},
};

/// The forms of the contact page that were refused, with their errors. `None`:
/// that form was not sent.
#[derive(Default)]
struct Refused {
    contact: Option<FormState>,
    address: Option<FormState>,
    times: Option<FormState>,
}

/// GET /portal/contact: the contact page.
pub async fn show(State(site): State<Site>, partner: Partner, me: SignedIn, page: Page) -> Answer {
    let model = model(&site, &partner, &me, &page, Refused::default()).await?;
    page.ok("Contact", model, contact::view).await
}

/// The page's model; a refused form replaces the stored values.
async fn model(
    site: &Site,
    partner: &Partner,
    me: &SignedIn,
    page: &Page,
    refused: Refused,
) -> Result<contact::Model, Failure> {
    let form = match refused.contact {
        Some(form) => form,
        None => {
            let mut form = Form::default();
            partner.contact().await?.fill(&mut form, "");
            FormState::new(form)
        }
    };
    let own = account::own_address(me).await?.unwrap_or_default();
    let address = refused.address.unwrap_or_else(|| {
        let email = own.suggested.as_ref().map_or(&own.email, |suggested| &suggested.email);
        FormState::new(Form::from_pairs([("email", email.as_str())]))
    });
    let times = match refused.times {
        Some(times) => times,
        None => {
            let mut form = Form::default();
            if let Some(week) = partner.prefers().await? {
                week.fill(&mut form);
            }
            FormState::new(form)
        }
    };
    let pending = account::pending(site, me, page).await?;
    Ok(contact::Model { form, address, own, pending, times, zone: page.zone().city() })
}

/// POST /portal/contact: saves how the practice may write to the partner.
pub async fn update(
    State(site): State<Site>,
    partner: Partner,
    me: SignedIn,
    page: Page,
    PostedForm(form): PostedForm,
) -> Answer {
    match SafeContact::read(&form) {
        Ok(contact) => {
            partner.set_contact(&contact).await?;
            Ok(redirect_with("/portal/contact", Notice::Saved))
        }
        Err(errors) => {
            let contact = Some(FormState { form, errors });
            let model = model(&site, &partner, &me, &page, Refused { contact, ..Refused::default() }).await?;
            page.invalid("Contact", model, contact::view).await
        }
    }
}

/// POST /portal/contact/email: asks for another email address.
pub async fn update_email(
    State(site): State<Site>,
    partner: Partner,
    me: SignedIn,
    public: Public,
    page: Page,
    PostedForm(form): PostedForm,
) -> Answer {
    match account::change_email(&me, &public, form).await? {
        AddressForm::Done(notice) => Ok(redirect_with("/portal/contact", notice)),
        AddressForm::Refused(address) => {
            let address = Some(address);
            let model = model(&site, &partner, &me, &page, Refused { address, ..Refused::default() }).await?;
            page.invalid("Contact", model, contact::view).await
        }
    }
}

/// POST /portal/contact/times: saves the times that suit the partner.
pub async fn update_times(
    State(site): State<Site>,
    partner: Partner,
    me: SignedIn,
    page: Page,
    PostedForm(form): PostedForm,
) -> Answer {
    match Week::read(&form) {
        Ok(week) => {
            partner.set_prefers((week != Week::default()).then_some(&week)).await?;
            Ok(redirect_with("/portal/contact", Notice::Saved))
        }
        Err(errors) => {
            let times = Some(FormState { form, errors });
            let model = model(&site, &partner, &me, &page, Refused { times, ..Refused::default() }).await?;
            page.invalid("Contact", model, contact::view).await
        }
    }
}
