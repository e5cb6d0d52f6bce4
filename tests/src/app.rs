//! Runs the program's router over HTTP requests in memory, without a socket.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::ids::AccountId;
use duologue::{config::Config, routes, state::AppState};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::World;

/// The program on the database of a test's [`World`].
pub struct App {
    pub router: Router,
    pub state: AppState,
}

/// An answer of the program, with its body read to the end.
#[derive(Debug)]
pub struct Got {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Got {
    /// The `Location` header; empty where there is none.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    /// The first cookie that the answer sets, as `name=value`; `None` where it sets none.
    pub fn cookie(&self) -> Option<String> {
        let value = self.headers.get(header::SET_COOKIE)?.to_str().ok()?;
        Some(value.split(';').next()?.to_owned())
    }
}

/// The set-up code that the tests' program accepts.
pub const CODE: &str = "ABCDE-FGHJK-LMNPQ-RSTUV";

impl App {
    /// The program on a world's database, with default settings.
    pub fn new(world: &World) -> Self {
        Self::with(world, |_| {})
    }

    /// The program with settings that `set` changes.
    pub fn with(world: &World, set: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            database: world.address_text.clone(),
            key_file: world.folder.path().join("key"),
            ..Config::default()
        };
        config.mail.folder = world.folder.path().join("mail");
        set(&mut config);
        let state = AppState::new(config, world.store.clone(), CODE);
        Self { router: routes::router(state.clone()), state }
    }

    /// Starts a new login for an account and returns its cookie.
    pub async fn cookie(&self, world: &World, account: AccountId) -> String {
        format!("duologue={}", world.store.start_login(account, "test", None).await.expect("a login"))
    }

    /// Sends a GET request as the login of this cookie, or signed out where it is `None`.
    pub async fn get(&self, path: &str, cookie: Option<&str>) -> Got {
        self.ask(Method::GET, path, cookie, &[]).await
    }

    /// Sends a form by POST as the login of this cookie, or signed out where it is
    /// `None`.
    pub async fn post(&self, path: &str, cookie: Option<&str>, form: &[(&str, &str)]) -> Got {
        self.ask(Method::POST, path, cookie, form).await
    }

    /// Sends a request with the headers that a browser sends from a page of the program.
    pub async fn ask(&self, method: Method, path: &str, cookie: Option<&str>, form: &[(&str, &str)]) -> Got {
        let body: String =
            form.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect::<Vec<_>>().join("&");
        let mut request = Request::builder()
            .method(&method)
            .uri(path)
            .header(header::HOST, "localhost:3000")
            .header("sec-fetch-site", "same-origin");
        if method != Method::GET {
            request = request
                .header(header::ORIGIN, "http://localhost:3000")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Sends a request as it is, from 127.0.0.1.
    pub async fn send(&self, mut request: Request<Body>) -> Got {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))));
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Got { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Borrows the values of a form, as [`App::post`] takes them.
pub fn pairs<'a>(form: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
