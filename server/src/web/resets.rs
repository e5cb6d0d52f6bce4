//! A forgotten password: a link by mail, and a new one. Whether an account
//! exists shows nowhere on the way.

use app::{
    pages::{forgot, reset},
    ui::{FormState, shell::Notice},
};
use axum::http::StatusCode;
use domain::{
    form::{Errors, Form},
    password,
};

use crate::{
    access::{Public, client},
    error::Answer,
    form::{Asked, At, Typed},
    page::{Page, redirect, redirect_with},
    web::without_passwords,
};

const FORGOT: &str = "Forgotten your password?";
const RESET: &str = "A new password";

/// GET /forgot
pub async fn request(page: Page, Asked(asked): Asked) -> Answer {
    let done = asked.get("done") == "yes";
    page.ok(FORGOT, forgot::Model { form: FormState::default(), done }, forgot::view).await
}

/// POST /forgot
pub async fn send(public: Public, page: Page, from: client::From, Typed(form): Typed) -> Answer {
    let wanted = form.get("login_name_or_email").trim().to_owned();
    if wanted.is_empty() || wanted.chars().count() > 254 {
        let errors =
            Errors::one("login_name_or_email", "Please write the name you sign in with, or your e-mail address.");
        return page.again(FORGOT, forgot::Model { form: FormState { form, errors }, done: false }, forgot::view).await;
    }
    public.request_reset(&wanted, from.ip).await?;
    Ok(redirect("/forgot?done=yes"))
}

async fn gone(page: &Page) -> Answer {
    page.render(StatusCode::GONE, "This link is no longer valid", (), |()| reset::gone()).await
}

/// GET /reset/{token}
pub async fn show(public: Public, page: Page, At(token): At<String>) -> Answer {
    match public.reset_for(&token).await? {
        None => gone(&page).await,
        Some(login_name) => {
            page.ok(RESET, reset::Model { token, login_name, form: FormState::default() }, reset::view).await
        }
    }
}

/// POST /reset/{token}
pub async fn update(public: Public, page: Page, At(token): At<String>, Typed(form): Typed) -> Answer {
    let Some(login_name) = public.reset_for(&token).await? else { return gone(&page).await };
    if let Err(message) = password::check(form.get("password"), &[&login_name, page.practice_name()]) {
        let form: Form = without_passwords(form);
        let model =
            reset::Model { token, login_name, form: FormState { form, errors: Errors::one("password", message) } };
        return page.again(RESET, model, reset::view).await;
    }
    let hash = public.hash(form.get("password").to_owned()).await?;
    match public.reset_password(&token, &hash).await? {
        None => gone(&page).await,
        Some(_) => Ok(redirect_with("/sign-in", Notice::PasswordChanged)),
    }
}
