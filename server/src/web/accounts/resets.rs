//! Password resets: a link by email, with which a person sets a new password.
//! No page tells whether an account exists.

use app::{
    pages::accounts::{forgot, reset},
    say,
    ui::{FormState, shell::Notice},
};
use axum::http::StatusCode;
use domain::{
    clients::person::EmailAddress,
    form::{Errors, Form},
    typed,
};

use crate::{
    access::{Public, cookie, origin},
    error::Answer,
    form::{PathIds, PostedForm, Query, without_passwords},
    new_password::{self, About},
    page::{Page, redirect, redirect_with},
};

/// GET /forgot: the form that asks for a reset link.
pub async fn request(page: Page, Query(asked): Query) -> Answer {
    let done = asked.get("done") == "yes";
    page.ok(&say!(page.words(), "forgot-title"), forgot::Model { form: FormState::default(), done }, forgot::view).await
}

/// POST /forgot: sends a reset link, if there is such an account.
pub async fn send(
    public: Public,
    page: Page,
    from: origin::Origin,
    before: cookie::EarlierTokens,
    PostedForm(form): PostedForm,
) -> Answer {
    // Much longer texts cannot be a name or an address: they are not parsed,
    // so that they cost no time.
    let asked = form.get("login_name_or_email");
    let wanted = if asked.len() > 4_000 { String::new() } else { typed::line(asked) };
    // A text that looks like an address must be a valid one: no sign-in name
    // looks like that.
    let is_address = wanted.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'));
    let wrong = if wanted.is_empty() || wanted.chars().count() > 254 {
        Some("Enter your sign-in name or your email address.")
    } else {
        EmailAddress::parse(&wanted).err().filter(|_| is_address)
    };
    if let Some(message) = wrong {
        let errors = Errors::at_field("login_name_or_email", message);
        return page
            .invalid(
                &say!(page.words(), "forgot-title"),
                forgot::Model { form: FormState { form, errors }, done: false },
                forgot::view,
            )
            .await;
    }
    public.request_reset(&wanted, from.ip, &before).await?;
    Ok(redirect("/forgot?done=yes"))
}

/// The page for a reset link that is no longer valid.
async fn gone_page(page: &Page) -> Answer {
    page.render(StatusCode::GONE, &say!(page.words(), "link-gone"), (), |()| reset::gone()).await
}

/// GET /reset/{token}: the form that sets a new password.
pub async fn show(public: Public, page: Page, PathIds(token): PathIds<String>) -> Answer {
    match public.reset_for(&token).await? {
        None => gone_page(&page).await,
        Some(found) => {
            let page = page.for_reader(found.language());
            let login_name = found.login_name;
            page.ok(
                &say!(page.words(), "reset-title"),
                reset::Model { token, login_name, form: FormState::default() },
                reset::view,
            )
            .await
        }
    }
}

/// POST /reset/{token}: sets the new password.
pub async fn update(
    public: Public,
    page: Page,
    PathIds(token): PathIds<String>,
    PostedForm(form): PostedForm,
) -> Answer {
    let Some(found) = public.reset_for(&token).await? else { return gone_page(&page).await };
    let page = page.for_reader(found.language());
    let about =
        About { practice: page.practice_name(), name: &found.name, login_name: &found.login_name, email: &found.email };
    if let Err(message) = new_password::check(form.get("password"), &about) {
        let login_name = found.login_name;
        let form: Form = without_passwords(form);
        let model =
            reset::Model { token, login_name, form: FormState { form, errors: Errors::at_field("password", message) } };
        return page.invalid(&say!(page.words(), "reset-title"), model, reset::view).await;
    }
    let hash = public.hash(form.get("password").to_owned()).await?;
    match public.reset_password(&token, &hash).await? {
        None => gone_page(&page).await,
        Some(_) => Ok(redirect_with("/sign-in", Notice::PasswordChanged)),
    }
}
