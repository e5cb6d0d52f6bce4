//! The one helper around Leptos: a view model becomes a whole page.
//!
//! Handlers give a title, a model and its view; who is looking, where they
//! are, the notice of what they just did, the assets and the policy against
//! foreign scripts are added here, the same for every page.

use std::sync::Arc;

use app::{
    pages::message,
    ui::shell::{self, Notice, Room, Shell, Viewer},
};
use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    person::{Role, Zone},
    practice::Practice,
    zone,
};
use leptos::{
    nonce::use_nonce,
    prelude::{AnyView, use_context},
};
use leptos_axum::ResponseOptions;
use store::{Store, Visitor};

use crate::{
    access::{Access, query},
    error::{Answer, Failed, Failure},
    state::AppState,
};

/// What every page knows beside its own model.
#[derive(Clone)]
pub struct Page(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    path: String,
    notice: Option<Notice>,
    access: Access,
    visitor: Option<Visitor>,
    practice: Option<Practice>,
    assets: shell::Assets,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or(Failure::NotFound)
    }
}

impl Page {
    /// The page of a request behind the guard.
    pub(crate) async fn of(
        state: &AppState,
        store: &Store,
        access: Access,
        visitor: Option<Visitor>,
        uri: &Uri,
    ) -> store::Result<Self> {
        let practice = store.practice().await?;
        let notice =
            uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("notice=")?.parse().ok());
        Ok(Self(Arc::new(Inner {
            path: uri.path().to_owned(),
            notice,
            access,
            visitor,
            practice,
            assets: state.site().assets.names().clone(),
        })))
    }

    /// A page where nothing is known of who looks.
    fn bare(state: &AppState) -> Self {
        Self(Arc::new(Inner {
            path: String::new(),
            notice: None,
            access: Access::Public,
            visitor: None,
            practice: None,
            assets: state.site().assets.names().clone(),
        }))
    }

    pub fn path(&self) -> &str {
        &self.0.path
    }

    pub fn visitor(&self) -> Option<&Visitor> {
        self.0.visitor.as_ref()
    }

    /// The practice's settings; `None` before the first run.
    pub fn practice(&self) -> Option<&Practice> {
        self.0.practice.as_ref()
    }

    pub fn practice_name(&self) -> &str {
        self.0.practice.as_ref().map_or("Duologue", |p| &p.name)
    }

    pub fn practice_zone(&self) -> Zone {
        self.0.practice.as_ref().map_or_else(Zone::utc, |p| p.zone.clone())
    }

    /// The zone the reader sees times in.
    pub fn zone(&self) -> Zone {
        self.0.visitor.as_ref().map_or_else(|| self.practice_zone(), |v| v.zone.clone())
    }

    /// A moment on the reader's clock: "23 November 2026, 15:04".
    pub fn stamp(&self, at: DateTime<Utc>) -> String {
        zone::wall_time(at, &self.zone()).format("%-d %B %Y, %H:%M").to_string()
    }

    /// 200.
    pub async fn ok<M: Send + Sync + 'static>(&self, title: &str, model: M, view: fn(&M) -> AnyView) -> Answer {
        self.render(StatusCode::OK, title, model, view).await
    }

    /// 422: the same page again, with what was typed and what is wrong.
    pub async fn again<M: Send + Sync + 'static>(&self, title: &str, model: M, view: fn(&M) -> AnyView) -> Answer {
        self.render(StatusCode::UNPROCESSABLE_ENTITY, title, model, view).await
    }

    pub async fn render<M: Send + Sync + 'static>(
        &self,
        status: StatusCode,
        title: &str,
        model: M,
        view: fn(&M) -> AnyView,
    ) -> Answer {
        let room = if self.0.access == Access::Public { Room::Public } else { self.room() };
        Ok(self.render_in(room, status, title, model, view).await)
    }

    /// The page of a failure.
    pub(crate) async fn failed(&self, failed: &Failed) -> Response {
        let model = message::Model {
            title: failed.title.to_owned(),
            text: failed.text.clone(),
            link: failed.link.map(|(href, label)| (href.to_owned(), label.to_owned())),
        };
        self.render_in(self.room(), failed.status, failed.title, model, message::view).await
    }

    fn room(&self) -> Room {
        match &self.0.visitor {
            None => Room::Public,
            Some(visitor) if visitor.has(Role::Partner) => Room::Portal,
            Some(_) => Room::Staff,
        }
    }

    async fn render_in<M: Send + Sync + 'static>(
        &self,
        room: Room,
        status: StatusCode,
        title: &str,
        model: M,
        view: fn(&M) -> AnyView,
    ) -> Response {
        let inner = &self.0;
        let shell = Shell {
            title: title.to_owned(),
            room,
            practice: self.practice_name().to_owned(),
            viewer: inner.visitor.as_ref().map(|v| Viewer { name: v.name.clone(), roles: v.roles.clone() }),
            here: inner.path.clone(),
            // A page that says what is wrong does not also say that it went well.
            notice: inner.notice.filter(|_| status.is_success()),
            assets: inner.assets.clone(),
        };
        let shows_mail = ["/mailbox", "/messages/", "/wordings/"].iter().any(|path| inner.path.starts_with(path));
        let (shell, model) = (Arc::new(shell), Arc::new(model));
        let whole = move || {
            if let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>())
                && let Ok(policy) = HeaderValue::from_str(&policy(&nonce.to_string(), shows_mail))
            {
                options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            }
            shell::page(&shell, view(&model))
        };
        // The view needs nothing of the request: it gets an empty one.
        let mut response = leptos_axum::render_app_async_with_context(|| {}, whole)(Request::new(Body::empty())).await;
        *response.status_mut() = status;
        response
    }
}

/// What a page may load: its own files, and scripts that carry its nonce. A
/// page that shows a mail frames it, without scripts, with the styles that the
/// mail has in itself.
fn policy(nonce: &str, shows_mail: bool) -> String {
    let (styles, frames) = if shows_mail { (" 'unsafe-inline'", "; frame-src 'self'") } else { ("", "") };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'{styles}; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'{frames}"
    )
}

/// To another page of ours (303: the browser gets it with GET).
pub fn redirect(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// To another page of ours, which then says what was done.
pub fn redirect_with(path: &str, notice: Notice) -> Response {
    let (path, anchor) =
        path.split_once('#').map_or((path, String::new()), |(path, anchor)| (path, format!("#{anchor}")));
    let join = if path.contains('?') { '&' } else { '?' };
    redirect(&format!("{path}{join}{}{anchor}", query(&[("notice", notice.word())])))
}

/// Gives every failure a page that did not get one behind the guard: before
/// it, beside it, or from a layer.
pub async fn error_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    let has_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|v| v.as_bytes().starts_with(b"text/html") || v.as_bytes().starts_with(b"application/json"));
    if has_page || path.starts_with("/api/") || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let failed = response.extensions().get::<Failed>().cloned().unwrap_or_else(|| Failed::of(status));
    let mut page = Page::bare(&state).failed(&failed).await;
    if let Some(allow) = response.headers().get(header::ALLOW) {
        page.headers_mut().insert(header::ALLOW, allow.clone());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_stays_here_and_says_what_was_done() {
        let to = |response: Response| response.headers()[header::LOCATION].to_str().unwrap().to_owned();
        assert_eq!(to(redirect("/a\r\nb")), "/");
        let notice = Notice::ALL[0];
        assert_eq!(to(redirect_with("/rooms?x=1#top", notice)), format!("/rooms?x=1&notice={}#top", notice.word()));
    }

    #[test]
    fn only_the_mailbox_frames() {
        assert!(policy("n", true).ends_with("frame-src 'self'"));
        assert!(!policy("n", false).contains("frame-src"));
        assert!(!policy("n", false).contains("unsafe-inline"));
        assert!(policy("abc", false).contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"));
    }
}
