//! A partner's settings: how the practice may write to them, and which times suit
//! them. Only the partner sets these.

use app::{
    pages::lifecycle::contact,
    say,
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{clients::person::SafeContact, form::Form, practice::hours::Week, scheduling::preferred};

use crate::{
    access::{Partner, Public, SignedIn},
    error::{Answer, Failure},
    form::PostedForm,
    page::{Page, redirect_with},
    state::Site,
    web::accounts::account::{self, AddressForm},
};

/// The forms of the page of notifications that were refused, with their errors.
/// `None`: that form was not sent.
#[derive(Default)]
struct Refused {
    contact: Option<FormState>,
    address: Option<FormState>,
}

/// GET /portal/settings: the overview of the partner's settings.
pub async fn settings(_: Partner, page: Page) -> Answer {
    let phone = page.practice().map(|p| p.phone.clone()).unwrap_or_default();
    page.ok(&say!(page.words(), "settings-title"), contact::Settings { phone }, contact::settings_view).await
}

/// GET /portal/contact: the page of notifications.
pub async fn show(State(site): State<Site>, partner: Partner, me: SignedIn, page: Page) -> Answer {
    let model = model(&site, &partner, &me, &page, Refused::default()).await?;
    page.ok(&say!(page.words(), "contact-title"), model, contact::view).await
}

/// The form of the partner's contact settings as they are stored.
pub(super) async fn stored_form(partner: &Partner) -> Result<FormState, Failure> {
    let mut form = Form::default();
    partner.contact().await?.fill(&mut form, "");
    Ok(FormState::new(form))
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
        None => stored_form(partner).await?,
    };
    let own = account::own_address(me).await?.unwrap_or_default();
    let address = refused.address.unwrap_or_else(|| {
        let email = own.suggested.as_ref().map_or(&own.email, |suggested| &suggested.email);
        FormState::new(Form::from_pairs([("email", email.as_str())]))
    });
    let pending = account::pending(site, me, page).await?;
    Ok(contact::Model { form, address, own, pending })
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
            page.invalid(&say!(page.words(), "contact-title"), model, contact::view).await
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
    match account::change_email((&me, &public), form, page.words()).await? {
        AddressForm::Done(notice) => Ok(redirect_with("/portal/contact", notice)),
        AddressForm::Refused(address) => {
            let address = Some(address);
            let model = model(&site, &partner, &me, &page, Refused { address, ..Refused::default() }).await?;
            page.invalid(&say!(page.words(), "contact-title"), model, contact::view).await
        }
    }
}

/// GET /portal/contact/times: the page of preferred times.
pub async fn times(partner: Partner, page: Page) -> Answer {
    let mut form = Form::default();
    preferred::fill(&partner.prefers().await?.unwrap_or_default(), &mut form);
    let model = contact::Times { form: FormState::new(form), zone: page.zone().city() };
    page.ok(&say!(page.words(), "wish-title"), model, contact::times_view).await
}

/// POST /portal/contact/times: saves the times that suit the partner.
pub async fn update_times(partner: Partner, page: Page, PostedForm(form): PostedForm) -> Answer {
    match preferred::read(&form) {
        Ok(week) => {
            partner.set_prefers((week != Week::default()).then_some(&week)).await?;
            Ok(redirect_with("/portal/contact/times", Notice::Saved))
        }
        Err(errors) => {
            let model = contact::Times { form: FormState { form, errors }, zone: page.zone().city() };
            page.invalid(&say!(page.words(), "wish-title"), model, contact::times_view).await
        }
    }
}
