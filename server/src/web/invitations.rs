//! Invitations: a link that makes an account usable, once, for one person.

use app::{pages::invitation, ui::FormState};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::{
    form::{Errors, Form, Reader},
    password,
    person::read_login_name,
};
use store::{Accepted, InvitationFor};

use crate::{
    access::{Public, client, cookie},
    error::Answer,
    form::{At, Typed},
    page::{Page, redirect},
    state::Site,
    web::{with_cookie, without_passwords},
};

const TITLE: &str = "Welcome";

fn model(page: &Page, token: String, invitation: &InvitationFor, form: Form, errors: Errors) -> invitation::Model {
    invitation::Model {
        practice: page.practice_name().to_owned(),
        name: invitation.name.clone(),
        role: invitation.role,
        token,
        form: FormState { form, errors },
        needs_login_name: invitation.login_name.is_none(),
    }
}

async fn gone(page: &Page) -> Answer {
    page.render(StatusCode::GONE, "This link is no longer valid", (), |()| invitation::gone()).await
}

/// GET /invitations/{token}
pub async fn show(public: Public, page: Page, At(token): At<String>) -> Answer {
    match public.invitation(&token).await? {
        None => gone(&page).await,
        Some(found) => {
            page.ok(TITLE, model(&page, token, &found, Form::default(), Errors::default()), invitation::view).await
        }
    }
}

/// POST /invitations/{token}
pub async fn accept(
    State(site): State<Site>,
    public: Public,
    page: Page,
    from: client::From,
    headers: HeaderMap,
    At(token): At<String>,
    Typed(form): Typed,
) -> Answer {
    let Some(found) = public.invitation(&token).await? else { return gone(&page).await };
    let login_name = match read(&form, &found) {
        Ok(name) => name,
        Err(errors) => {
            return page
                .again(TITLE, model(&page, token, &found, without_passwords(form), errors), invitation::view)
                .await;
        }
    };
    let hash = public.hash(form.get("password").to_owned()).await?;
    match public.accept_invitation(&token, &login_name, &hash).await? {
        Accepted::Gone => gone(&page).await,
        Accepted::NameTaken => {
            let errors = Errors::one("login_name", "Somebody signs in with this name already. Please choose another.");
            page.again(TITLE, model(&page, token, &found, without_passwords(form), errors), invitation::view).await
        }
        Accepted::Done(account) => {
            let before = cookie::token(&headers, &site.config);
            let token = public.start_login(account, &from.device, before.as_deref()).await?;
            Ok(with_cookie(redirect("/"), cookie::keep(&token, &site.config)))
        }
    }
}

/// The name to sign in with, where name and password can stand.
fn read(form: &Form, invitation: &InvitationFor) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let name = match &invitation.login_name {
        Some(name) => Ok(name.clone()),
        None => read_login_name(form.get("login_name")).or_else(|message| r.fail("login_name", message)),
    };
    let about = [name.as_deref().unwrap_or_default(), &invitation.name];
    if let Err(message) = password::check(form.get("password"), &about) {
        let _ = r.fail::<()>("password", message);
    }
    r.finish()?;
    name
}
