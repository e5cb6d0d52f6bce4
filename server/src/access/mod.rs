//! Who may call a route, and what they hold when they do.
//!
//! Every route names an [`Access`] class ([`crate::routes`]); [`guard`] runs
//! before its handler, resolves the login, and answers whoever does not
//! belong to the class: nobody signed in goes to the sign-in page, somebody
//! else finds nothing there (404). Behind it, a handler takes one of the
//! extractors [`Owner`], [`Clinician`], [`FrontDesk`], [`Bookings`],
//! [`Partner`], [`SignedIn`] or [`Public`]: each is the key, and holds the
//! store's scope of that name. There is no other way from a handler to data.
//!
//! ```ignore
//! /// GET /clients/{id}
//! pub async fn show(clinician: Clinician, page: Page, At(id): At<ClientId>) -> Answer {
//!     let record = clinician.client(id).await?.found()?;
//!     page.ok(&record.title(), model(&record), client::view).await
//! }
//!
//! /// POST /clients/{id}/archive
//! pub async fn archive(clinician: Clinician, At(id): At<ClientId>) -> Answer {
//!     clinician.set_archived(id, true).await?.found()?;
//!     Ok(redirect_with(&format!("/clients/{id}"), Notice::Archived))
//! }
//! ```

pub mod client;
pub mod cookie;
mod guards;
pub mod public;
mod throttle;

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::person::Role;
use store::{Store, Visitor};

pub use guards::{Bookings, Clinician, FrontDesk, Owner, Partner, SignedIn};
pub use public::Public;

use crate::{
    error::{Failed, Failure},
    page::{Page, redirect},
    state::{AppState, Site},
};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, and without asking who: assets, health. No data, no page.
    Plain,
    /// Anyone at all.
    Public,
    /// Anyone with a login.
    SignedIn,
    Owner,
    Clinician,
    FrontDesk,
    /// Front desk, or a clinician for their own sessions.
    Bookings,
    Partner,
}

impl Access {
    pub fn admits(self, visitor: Option<&Visitor>) -> bool {
        let has = |role| visitor.is_some_and(|v| v.has(role));
        match self {
            Self::Plain | Self::Public => true,
            Self::SignedIn => visitor.is_some(),
            Self::Owner => has(Role::Owner),
            Self::Clinician => has(Role::Clinician),
            Self::FrontDesk => has(Role::FrontDesk),
            Self::Bookings => has(Role::FrontDesk) || has(Role::Clinician),
            Self::Partner => has(Role::Partner),
        }
    }
}

/// What the guard found out, for the extractors of this module alone.
#[derive(Clone)]
struct Admitted {
    access: Access,
    visitor: Option<Visitor>,
    store: Store,
    setup_code: std::sync::Arc<str>,
    site: Site,
    wake: std::sync::Arc<tokio::sync::Notify>,
}

impl Admitted {
    fn new(state: &AppState, access: Access, visitor: Option<Visitor>, store: Store) -> Self {
        Self {
            access,
            visitor,
            store,
            setup_code: state.setup_code().into(),
            site: state.site().clone(),
            wake: state.wake().clone(),
        }
    }
}

/// Runs before every handler: resolves the login, checks the class of the
/// route, and turns failures into pages that know who is looking.
pub async fn guard(State((state, access)): State<(AppState, Access)>, mut request: Request, next: Next) -> Response {
    if access == Access::Plain {
        request.extensions_mut().insert(Admitted::new(&state, access, None, state.store().clone()));
        return next.run(request).await;
    }
    let is_call = request.uri().path().starts_with("/api/");
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let store = state.store().of_one_request();
    let visitor = match cookie::token(request.headers(), state.config()) {
        Some(token) => match store.visitor(&token, true).await {
            Ok(visitor) => visitor,
            Err(error) => return Failure::from(error).into_response(),
        },
        None => None,
    };
    if visitor.is_none() && !access.admits(None) {
        return anonymous(&request, is_call);
    }
    let page = match Page::of(&state, &store, access, visitor.clone(), request.uri()).await {
        Ok(page) => page,
        Err(error) => return Failure::from(error).into_response(),
    };
    if changes {
        // Its body is still to come.
        store.end_reading();
    }
    let response = if access.admits(visitor.as_ref()) {
        // What decides over a change is of one moment too, until it writes or
        // waits for a password's turn (`Public::hash`).
        let store = if changes { state.store().of_one_request() } else { store };
        request.extensions_mut().insert(Admitted::new(&state, access, visitor, store));
        request.extensions_mut().insert(page.clone());
        next.run(request).await
    } else {
        Failure::NotFound.into_response()
    };
    if changes && response.status() == StatusCode::SEE_OTHER {
        // What was just written may owe somebody a mail.
        state.wake().notify_one();
    }
    if is_call {
        return response;
    }
    match response.extensions().get::<Failed>().cloned() {
        Some(failed) => page.failed(&failed).await,
        None => response,
    }
}

/// The way to the sign-in page, and back to where they wanted to go.
fn anonymous(request: &Request, is_call: bool) -> Response {
    if is_call {
        let mut response = (StatusCode::UNAUTHORIZED, "You are signed out.").into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
        return response;
    }
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path();
    let wanted = match request.uri().path_and_query() {
        // Back to the form, where there is one under the same address.
        _ if writes => {
            if crate::routes::shows(path) {
                path
            } else {
                "/"
            }
        }
        path => path.map_or("/", |p| p.as_str()),
    };
    let ended: &[(&str, &str)] = if writes { &[("ended", "yes")] } else { &[] };
    match local(wanted) {
        Some("/") | None if !writes => redirect("/sign-in"),
        path => {
            let next = path.filter(|p| *p != "/").map(|p| ("next", p));
            let pairs: Vec<_> = next.into_iter().chain(ended.iter().copied()).collect();
            redirect(&format!("/sign-in?{}", query(&pairs)))
        }
    }
}

/// A path of this site as it may be redirected to, and nothing else: no other
/// host, no scheme, no header.
pub fn local(path: &str) -> Option<&str> {
    let mut characters = path.chars();
    let fits = characters.next() == Some('/')
        && !matches!(characters.next(), Some('/' | '\\'))
        && path.len() <= 500
        && path.chars().all(|c| c.is_ascii_graphic() && c != '\\' && c != '"');
    fits.then_some(path)
}

/// Pairs as a query string.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|b| match b {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(b).to_string(),
                b => format!("%{b:02X}"),
            })
            .collect()
    };
    pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_paths_are_redirected_to() {
        for good in ["/", "/clients/1?q=a%20b", "/calendar?view=day&date=2026-11-23"] {
            assert_eq!(local(good), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "/a b",
            "\\/evil",
        ] {
            assert_eq!(local(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_query_carries_anything() {
        assert_eq!(query(&[("next", "/a?b=c&d"), ("q", "é")]), "next=/a%3Fb%3Dc%26d&q=%C3%A9");
    }
}
