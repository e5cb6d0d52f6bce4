//! Keeps what was typed into a form whose login had ended before it was sent.
//!
//! The sign-in page carries it as one sealed field, and it is shown again when the
//! same account signs in. It is not in the address and not in the browser's
//! storage, and another account that signs in there does not see it.

use std::time::Duration as Wait;

use app::{pages::accounts::sign_in::Ended, ui::shell::FormMessage};
use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, StatusCode, header},
    response::Response,
};
use chrono::{DateTime, Duration, Utc};
use domain::{form::Form, ids::AccountId};
use serde::{Deserialize, Serialize};
use store::{FormKey, KeyOwner, Store};
use tower::ServiceExt as _;

use super::{
    cookie,
    press::{Brought, Sent},
};
use crate::{
    address::{local_path, query},
    error::Failure,
    form::{OnlyShown, without_passwords},
    route::Posts,
    state::{AppState, RouteTable},
};

/// How long a kept form can be shown again.
const KEPT: Duration = Duration::hours(12);
/// The most that is kept, in bytes: the sign-in form that carries it must stay
/// below the size limit of a form.
const MOST: usize = 700 * 1024;

/// A form that was sent after the login had ended, and was not acted on.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptForm {
    /// The account of the ended login; `None`: it could not be found.
    account: Option<AccountId>,
    /// The path that the form was sent to.
    path: String,
    typed: Form,
    at: DateTime<Utc>,
    has_file: bool,
}

/// Seals what was typed. Returns what the sign-in page says about it, and the
/// sealed form if it is kept.
pub(super) async fn seal(
    store: &Store,
    brought: &Brought,
    account: Option<AccountId>,
) -> Result<(Ended, Option<String>), Failure> {
    let sent: Sent = brought.form().await;
    let typed = without_passwords(sent.typed());
    if !typed.0.iter().any(|(name, value)| name != FormKey::FIELD && !value.trim().is_empty()) {
        return Ok((Ended::Nothing, None));
    }
    let marked = FormKey::of_form(&typed).is_some_and(|key| store.key_of_page(key, None) == KeyOwner::Another);
    if account.is_none() && !marked {
        // Nobody can tell whose words these are.
        return Ok((Ended::Lost, None));
    }
    let path = brought.parts.uri.path().to_owned();
    let form = KeptForm { account, path, typed, at: store.now(), has_file: sent.has_file };
    let sealed = serde_json::to_vec(&form).map_err(|error| Failure::Broken(error.to_string()))?;
    if sealed.len() > MOST {
        return Ok((Ended::Lost, None));
    }
    let ended = if sent.has_file { Ended::KeptWithoutFile } else { Ended::Kept };
    Ok((ended, Some(store.seal_form(&sealed))))
}

/// Opens the form that a sign-in form carries, for the account that has signed in.
/// `None`: it belongs to another account, is too old, or was not sealed by us.
pub(super) fn open(store: &Store, sealed: &str, account: AccountId) -> Option<KeptForm> {
    let form: KeptForm = serde_json::from_slice(&store.open_form(sealed)?).ok()?;
    let age = store.now() - form.at;
    // The key in the page tells whom the page was made for; it counts more than the
    // cookie.
    let theirs = match FormKey::of_form(&form.typed).map(|key| store.key_of_page(key, Some(account))) {
        Some(KeyOwner::ThisAccount) => true,
        Some(KeyOwner::Another) => false,
        Some(KeyOwner::Unknown) | None => form.account == Some(account),
    };
    (theirs && age >= Duration::zero() && age <= KEPT).then_some(form)
}

/// Shows a kept form to the account that has signed in with this token, as if it
/// had just been sent, and does nothing else. `None`: its handler does not show it.
pub(super) async fn show(state: &AppState, form: KeptForm, token: &str, like: &Brought) -> Option<Response> {
    let pairs: Vec<(&str, &str)> = form.typed.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut request = Request::builder().method(Method::POST).uri(&form.path).body(Body::from(query(&pairs))).ok()?;
    *request.headers_mut() = like.parts.headers.clone();
    request.headers_mut().remove(header::CONTENT_LENGTH);
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    request.headers_mut().insert(header::COOKIE, cookie::cookie_header(token, state.config())?);
    *request.extensions_mut() = like.parts.extensions.clone();
    let file = if form.has_file { " Choose your file again." } else { "" };
    let said =
        FormMessage { text: format!("You are signed in again. Check what you typed, then send it.{file}"), link: None };
    request.extensions_mut().insert(OnlyShown(said));
    let answer = tokio::time::timeout(Wait::from_secs(20), (state.site().table.guarded)(state).oneshot(request)).await;
    let response = answer.ok()?.ok()?;
    (response.status() == StatusCode::OK).then_some(response)
}

/// The page that a form was sent from, or the start page.
pub(super) fn page_of(table: &RouteTable, form: Option<(&'static str, Posts)>, path: &str) -> String {
    form.and_then(|(route, posts)| posts.page(route, path))
        .filter(|page| local_path(page).is_some() && (table.shows)(page))
        .unwrap_or_else(|| "/".to_owned())
}
