//! Invitations: a link with which one person activates their account, once.

use app::{pages::accounts::invitation, say, ui::FormState};
use axum::{extract::State, http::StatusCode};
use domain::{
    clients::person::read_login_name,
    form::{Errors, Form, Reader},
};
use store::{InvitationAccepted, OpenInvitation};

use crate::{
    access::{Public, cookie, origin},
    error::Answer,
    form::{PathIds, PostedForm, without_passwords},
    new_password::{self, About},
    page::{Page, redirect},
    state::Site,
};

/// The invitation page's model.
fn model(page: &Page, token: String, invitation: &OpenInvitation, form: Form, errors: Errors) -> invitation::Model {
    invitation::Model {
        practice: page.practice_name().to_owned(),
        name: invitation.name.clone(),
        role: invitation.role,
        token,
        form: FormState { form, errors },
        needs_login_name: invitation.login_name.is_none(),
    }
}

/// The page for an invitation that is no longer valid.
async fn gone_page(page: &Page) -> Answer {
    page.render(StatusCode::GONE, &say!(page.words(), "link-gone"), (), |()| invitation::gone()).await
}

/// The page of an open invitation, which shows its form again with errors.
async fn refuse(page: &Page, token: String, found: &OpenInvitation, form: Form, errors: Errors) -> Answer {
    let model = model(page, token, found, without_passwords(form), errors);
    page.invalid(&say!(page.words(), "invitation-title"), model, invitation::view).await
}

/// GET /invitations/{token}: the form that activates an account.
pub async fn show(public: Public, page: Page, PathIds(token): PathIds<String>) -> Answer {
    match public.invitation(&token).await? {
        None => gone_page(&page).await,
        Some(found) => {
            let page = page.for_reader(found.language);
            let model = model(&page, token, &found, Form::default(), Errors::default());
            page.ok(&say!(page.words(), "invitation-title"), model, invitation::view).await
        }
    }
}

/// POST /invitations/{token}: activates the account and signs the person in.
pub async fn accept(
    State(site): State<Site>,
    public: Public,
    page: Page,
    from: origin::Origin,
    before: cookie::EarlierTokens,
    PathIds(token): PathIds<String>,
    PostedForm(form): PostedForm,
) -> Answer {
    let Some(found) = public.invitation(&token).await? else { return gone_page(&page).await };
    let page = page.for_reader(found.language);
    let login_name = match read(&form, page.practice_name(), &found) {
        Ok(name) => name,
        Err(errors) => return refuse(&page, token, &found, form, errors).await,
    };
    let hash = public.hash(form.get("password").to_owned()).await?;
    match public.accept_invitation(&token, &login_name, &hash).await? {
        InvitationAccepted::Gone => gone_page(&page).await,
        InvitationAccepted::NameTaken => {
            let errors = Errors::at_field("login_name", say!(page.words(), "invitation-name-taken"));
            refuse(&page, token, &found, form, errors).await
        }
        InvitationAccepted::Done(account) => {
            let started = public.start_login(account, &from.device, &before).await?;
            Ok(cookie::with_login_cookies(redirect("/"), &started, &site.config))
        }
    }
}

/// The name to sign in with, if it and the password are acceptable.
fn read(form: &Form, practice: &str, invitation: &OpenInvitation) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let name = match &invitation.login_name {
        Some(name) => Ok(name.clone()),
        None => read_login_name(form.get("login_name")).or_else(|message| r.fail("login_name", message)),
    };
    let about = About {
        practice,
        name: &invitation.name,
        login_name: name.as_deref().unwrap_or_default(),
        email: &invitation.email,
    };
    if let Err(message) = new_password::check(form.get("password"), &about) {
        let _ = r.fail::<()>("password", message);
    }
    r.finish()?;
    name
}
