//! Logins begin and end here.

use app::{
    pages::sign_in::{self, Model},
    ui::{FormState, shell::Notice},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
};
use domain::form::{Errors, Form};

use crate::{
    access::{Public, SignedIn, client, cookie, local, public::Entry},
    demo,
    error::Answer,
    form::{Asked, Typed},
    page::{Page, redirect, redirect_with},
    state::Site,
    web::{with_cookie, without_passwords},
};

const TITLE: &str = "Sign in";

fn model(site: &Site, page: &Page, form: Form, errors: Errors) -> Model {
    Model {
        form: FormState { form, errors },
        practice: page.practice_name().to_owned(),
        inquiries: page.practice().is_some_and(|p| p.inquiries),
        ended: false,
        demo: if site.config.demo { demo::sign_ins() } else { vec![] },
    }
}

/// GET /sign-in?next=
pub async fn show(State(site): State<Site>, page: Page, Asked(asked): Asked) -> Answer {
    if page.visitor().is_some() {
        return Ok(redirect("/"));
    }
    if page.practice().is_none() {
        return Ok(redirect("/setup"));
    }
    let form = Form::from_pairs(local(asked.get("next")).map(|next| ("next", next)));
    let ended = !asked.get("ended").is_empty();
    page.ok(TITLE, Model { ended, ..model(&site, &page, form, Errors::default()) }, sign_in::view).await
}

/// POST /sign-in
pub async fn create(
    State(site): State<Site>,
    public: Public,
    page: Page,
    from: client::From,
    headers: HeaderMap,
    Typed(form): Typed,
) -> Answer {
    let before = cookie::token(&headers, &site.config);
    let entry =
        public.enter(form.get("login_name"), form.get("password"), from.ip, &from.device, before.as_deref()).await?;
    let (status, message) = match entry {
        Entry::In(token) => {
            let next = local(form.get("next")).unwrap_or("/");
            return Ok(with_cookie(redirect(next), cookie::keep(&token, &site.config)));
        }
        Entry::Wrong => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "This name and password do not belong together. Please check both, or ask for a link to set a new password.",
        ),
        Entry::TooMany => (
            StatusCode::TOO_MANY_REQUESTS,
            "There were too many tries from here. Please wait a quarter of an hour, then try again.",
        ),
    };
    let model = model(&site, &page, without_passwords(form), Errors::whole(message));
    page.render(status, TITLE, model, sign_in::view).await
}

/// POST /sign-out
pub async fn destroy(State(site): State<Site>, me: SignedIn) -> Answer {
    me.end_login(me.visitor().login).await?;
    let mut response = with_cookie(redirect_with("/sign-in", Notice::SignedOut), cookie::drop_it(&site.config));
    // The cookie is dropped by name; the browser forgets pages and drafts.
    response
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}
