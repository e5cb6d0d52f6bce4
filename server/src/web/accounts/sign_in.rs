//! Signing in and out.

use app::{
    pages::accounts::sign_in::{self, Ended, Model},
    say,
    ui::shell::Notice,
};
use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    form::{Errors, Form},
    ids::AccountId,
};
use store::Started;

use super::two_step;
use crate::{
    access::{self, Public, SignedIn, cookie, origin, public::SignInOutcome, sign_in_page::model},
    address::local_path,
    error::Answer,
    form::{PostedForm, Query, without_passwords},
    page::{Page, redirect, redirect_with},
    state::Site,
    web::with_cookie,
};

/// GET /sign-in?next=: the sign-in page; `next` is where to go afterwards.
pub async fn show(State(site): State<Site>, page: Page, Query(asked): Query) -> Answer {
    if page.visitor().is_some() {
        return Ok(redirect("/"));
    }
    if page.practice().is_none() {
        return Ok(redirect("/setup"));
    }
    let form = Form::from_pairs(local_path(asked.get("next")).map(|next| ("next", next)));
    let ended = (!asked.get("ended").is_empty()).then_some(Ended::Nothing);
    page.ok(
        &say!(page.words(), "sign-in-title"),
        Model { ended, ..model(&site, &page, form, Errors::default()) },
        sign_in::view,
    )
    .await
}

/// POST /sign-in: signs in.
pub async fn create(
    State(site): State<Site>,
    public: Public,
    page: Page,
    from: origin::Origin,
    before: cookie::EarlierTokens,
    PostedForm(form): PostedForm,
) -> Answer {
    let entry = public.sign_in(form.get("login_name"), form.get("password"), &from, &before).await?;
    let (status, message) = match entry {
        SignInOutcome::In(started, account) => return Ok(enter(&site, &public, &form, &started, account)),
        SignInOutcome::AsksForCode { first_step, days } => {
            return two_step::ask(&page, StatusCode::OK, first_step, &form, Errors::default(), days).await;
        }
        SignInOutcome::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, say!(page.words(), "sign-in-wrong")),
        SignInOutcome::TooMany => (StatusCode::TOO_MANY_REQUESTS, say!(page.words(), "sign-in-too-many")),
    };
    let model = model(&site, &page, without_passwords(form), Errors::of_form(message));
    page.render(status, &say!(page.words(), "sign-in-title"), model, sign_in::view).await
}

/// The answer to a sign-in that is complete: the page that was asked for before, or the
/// form whose login had ended.
pub(super) fn enter(site: &Site, public: &Public, form: &Form, started: &Started, account: AccountId) -> Response {
    let kept = public.kept_form(form.get("kept"), account);
    // A kept form that does not open for this account is another account's, and so is
    // `next`.
    let next = if kept.is_none() && form.has("kept") { "/" } else { form.get("next") };
    let mut response = cookie::with_login_cookies(back_to(site, next), started, &site.config);
    if let Some(kept) = kept {
        response.extensions_mut().insert(access::ShowAgainMark::new(kept, started.login.clone()));
    }
    response
}

/// A redirect to the page that was asked for before the sign-in, or to the start
/// page if no page has this address.
fn back_to(site: &Site, next: &str) -> Response {
    redirect(local_path(next).filter(|next| (site.table.shows)(next)).unwrap_or("/"))
}

/// POST /sign-out: ends this browser's login.
pub async fn destroy(State(site): State<Site>, me: SignedIn) -> Answer {
    me.end_login(me.visitor().login).await?;
    let mut response =
        with_cookie(redirect_with("/sign-in", Notice::SignedOut), cookie::cleared_login_cookie(&site.config));
    // The cookie is dropped by its name; this header makes the browser forget
    // cached pages and stored drafts.
    response
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}
