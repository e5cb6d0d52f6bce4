//! The screens of a partner's first sign-in.

use app::{
    pages::lifecycle::welcome::{self, Model, SCREEN, Screen},
    ui::FormState,
};
use domain::clients::person::{SafeContact, first_name};

use super::contact::stored_form;
use crate::{
    access::Partner,
    error::{Answer, Failure},
    form::{PostedForm, Query},
    page::{Page, redirect},
};

/// GET /portal/welcome?screen=: one of the screens; without `screen` the first.
pub async fn show(partner: Partner, page: Page, Query(asked): Query) -> Answer {
    let screen: Screen = asked.get(SCREEN).parse().unwrap_or_default();
    let form = stored_form(&partner).await?;
    let model = model(&partner, &page, screen, form).await?;
    page.ok(&page.words().label(screen), model, welcome::view).await
}

/// The model of a screen, with the form of the contact choices.
async fn model(partner: &Partner, page: &Page, screen: Screen, form: FormState) -> Result<Model, Failure> {
    let zone = page.zone();
    let next = partner.sessions_ahead(None).await?.rows.into_iter().next();
    Ok(Model {
        screen,
        therapist: partner.therapist().await?,
        partner: partner.partner_name().await?.map(|name| first_name(&name).to_owned()),
        form,
        next_session: next.map(|s| page.words().short(s.timing.starts_at, &zone)).unwrap_or_default(),
        phone: page.practice().map(|p| p.phone.clone()).unwrap_or_default(),
    })
}

/// POST /portal/welcome: saves the contact choices if `screen` is `contact`;
/// otherwise leaves the screens, which are not shown by themselves again.
pub async fn update(partner: Partner, page: Page, PostedForm(form): PostedForm) -> Answer {
    if form.get(SCREEN) != Screen::Contact.word() {
        if form.is_shown_again() {
            return Ok(redirect("/portal/welcome"));
        }
        partner.finish_welcome().await?;
        return Ok(redirect("/portal"));
    }
    match SafeContact::read(&form) {
        Ok(contact) => {
            partner.set_contact(&contact).await?;
            Ok(redirect(&Screen::Next.href()))
        }
        Err(errors) => {
            let screen = Screen::Contact;
            let model = model(&partner, &page, screen, FormState { form, errors }).await?;
            page.invalid(&page.words().label(screen), model, welcome::view).await
        }
    }
}
