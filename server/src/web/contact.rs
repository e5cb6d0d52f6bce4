//! How a partner may be written to, and when they like to come: theirs alone
//! to say.

use app::{
    pages::contact,
    ui::{FormState, shell::Notice},
};
use domain::{availability::Week, form::Form, person::SafeContact};

use crate::{
    access::Partner,
    error::{Answer, Failure},
    form::Typed,
    page::{Page, redirect_with},
};

/// GET /portal/contact
pub async fn show(partner: Partner, page: Page) -> Answer {
    let model = model(&partner, &page, None, None).await?;
    page.ok("Contact", model, contact::view).await
}

/// How things are, with a form that was refused where it was.
async fn model(
    partner: &Partner,
    page: &Page,
    form: Option<FormState>,
    times: Option<FormState>,
) -> Result<contact::Model, Failure> {
    let form = match form {
        Some(form) => form,
        None => {
            let mut form = Form::default();
            partner.contact().await?.fill(&mut form, "");
            FormState::new(form)
        }
    };
    let times = match times {
        Some(times) => times,
        None => {
            let mut form = Form::default();
            if let Some(week) = partner.prefers().await? {
                week.fill(&mut form);
            }
            FormState::new(form)
        }
    };
    Ok(contact::Model { form, times, zone: page.zone().city() })
}

/// POST /portal/contact
pub async fn update(partner: Partner, page: Page, Typed(form): Typed) -> Answer {
    match SafeContact::read(&form) {
        Ok(contact) => {
            partner.set_contact(&contact).await?;
            Ok(redirect_with("/portal/contact", Notice::Saved))
        }
        Err(errors) => {
            let model = model(&partner, &page, Some(FormState { form, errors }), None).await?;
            page.again("Contact", model, contact::view).await
        }
    }
}

/// POST /portal/contact/times
pub async fn update_times(partner: Partner, page: Page, Typed(form): Typed) -> Answer {
    match Week::read(&form) {
        Ok(week) => {
            partner.set_prefers((week != Week::default()).then_some(&week)).await?;
            Ok(redirect_with("/portal/contact", Notice::Saved))
        }
        Err(errors) => {
            let model = model(&partner, &page, None, Some(FormState { form, errors })).await?;
            page.again("Contact", model, contact::view).await
        }
    }
}
