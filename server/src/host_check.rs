//! The check that a request is for the practice's own host; any other is refused.
//!
//! Without this check, an attacker who points a name of their own at this machine
//! (DNS rebinding), or a caller who uses a forgotten name of a proxy, would be
//! answered as if they were on the practice's own site. So a request must name the
//! host of `base_url`, and `X-Forwarded-Host` is never read. The two pages for
//! monitors, which ask by the machine's address, show nothing of the practice and
//! may be asked for by any name.

use std::sync::Once;

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};

use crate::{
    config::Config,
    error::Failure,
    host::RequestedHost,
    sender::{Sender, sender},
    state::AppState,
};

/// The pages for load balancers and monitors, which may be asked for by any host
/// name.
const FOR_MONITORS: [&str; 2] = ["/healthz", "/readyz"];

/// Middleware that refuses a request for any host but the practice's own.
pub async fn require_own(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let own = state.site().own.as_deref();
    let asked =
        RequestedHost::read(own, request.headers(), request.uri().authority().map(axum::http::uri::Authority::as_str));
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if hosts <= 1 && FOR_MONITORS.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    match asked {
        RequestedHost::Own(place) => {
            request.extensions_mut().insert(place);
            next.run(request).await
        }
        RequestedHost::Unclear => unclear(state.config()),
        RequestedHost::Another(place) => {
            let reads = matches!(*request.method(), Method::GET | Method::HEAD);
            if !reads && own.is_some_and(|own| sender(request.headers(), own, &place) == Sender::Unencrypted) {
                return Failure::Unencrypted(state.config().base_url.clone()).into_response();
            }
            static SAID: Once = Once::new();
            SAID.call_once(|| {
                tracing::warn!(
                    base_url = state.config().base_url,
                    "a request for another host was refused; where a web server stands before Duologue, it has to pass the header Host on"
                );
            });
            another(state.config())
        }
    }
}

/// The response 421: the request is for another address. The page contains nothing
/// of the practice and loads nothing.
fn another(config: &Config) -> Response {
    let address = escaped(&config.base_url);
    let text =
        format!("<p>You can’t use Duologue at this address. Open <a href=\"{address}\">{address}</a> instead.</p>");
    plain_page(StatusCode::MISDIRECTED_REQUEST, "This is another address", &text)
}

/// The response 400: the request does not say clearly which host it is for.
fn unclear(config: &Config) -> Response {
    let address = escaped(&config.base_url);
    let text =
        format!("<p>Your browser did not say which address it wants. Open <a href=\"{address}\">{address}</a>.</p>");
    plain_page(StatusCode::BAD_REQUEST, "This did not arrive whole", &text)
}

/// A page without any other file.
fn plain_page(status: StatusCode, title: &str, text: &str) -> Response {
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title></head><body><main><h1>{title}</h1>{text}</main></body></html>\n"
    );
    (status, Html(html)).into_response()
}

/// Text that is safe in HTML and its attributes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
