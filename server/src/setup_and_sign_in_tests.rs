//! Tests of setting up, signing in and signing out, through the whole router, from
//! an empty database on.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
};
use domain::accounts::factor::FactorRules;
use store::Clock;
use tower::ServiceExt as _;

use crate::{config::Config, routes, serve, state::AppState};

/// A server with an empty database.
struct Door {
    router: Router,
    code: String,
    store: store::Store,
    _folder: tempfile::TempDir,
}

/// A response that was read to its end.
struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Seen {
    fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }

    /// The cookie that the browser would send back.
    fn cookie(&self) -> String {
        let set = self.headers[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }
}

impl Door {
    async fn open() -> Self {
        let _ = any_spawner::Executor::init_tokio();
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            database: folder.path().join("d.db").display().to_string(),
            key_file: folder.path().join("d.key"),
            ..Config::default()
        };
        let (store, code) = serve::open(&config, Clock::System).await.unwrap();
        let router = routes::router(AppState::new(config, store.clone(), &code));
        Self { router, code, store, _folder: folder }
    }

    async fn send(&self, mut request: Request<Body>) -> Seen {
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("localhost:3000"));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap()).into_owned();
        Seen { status: parts.status, headers: parts.headers, text }
    }

    async fn get(&self, path: &str, cookie: &str) -> Seen {
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, cookie: &str, body: &str) -> Seen {
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }
}

const PASSWORD: &str = "three+tired+swans+at+noon";

impl Door {
    async fn set_up(&self) -> String {
        let form = format!(
            "code={}&name=Bridge+House&zone=Europe%2FBerlin&display_name=Ada&email=ada%40example.org&login_name=ada&password={PASSWORD}",
            self.code.to_lowercase()
        );
        let seen = self.post("/setup", "", &form).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text);
        // A new practice requires two-step sign-in of its owner.
        let cookie = seen.cookie();
        assert_eq!(self.get("/practice", &cookie).await.location(), "/account/two-step");
        let token = cookie.split_once('=').unwrap().1;
        let visitor = self.store.find_visitor(token, true).await.unwrap().unwrap();
        let owner = self.store.owner(&visitor).unwrap();
        let rules = FactorRules { roles: vec![], ..owner.factor_rules().await.unwrap() };
        owner.set_factor_rules(&rules).await.unwrap();
        cookie
    }
}

#[tokio::test]
async fn a_practice_is_set_up_once_and_only_with_the_code() {
    let door = Door::open().await;
    assert_eq!(door.get("/", "").await.location(), "/setup");
    let refused = door.post("/setup", "", "code=WRONG&name=Bridge+House&password=secret-thing").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Bridge House") && !refused.text.contains("secret-thing"));
    let cookie = door.set_up().await;
    assert_eq!(door.get("/", &cookie).await.location(), "/practice");
    assert_eq!(door.get("/setup", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_the_right_role_a_page_leads_to_sign_in_or_is_not_found() {
    let door = Door::open().await;
    let cookie = door.set_up().await;
    assert_eq!(door.get("/practice?x=1", "").await.location(), "/sign-in?next=/practice%3Fx%3D1");
    assert_eq!(door.post("/practice", "", "").await.location(), "/sign-in?next=/practice&ended=yes");
    assert_eq!(door.get("/practice", &cookie).await.status, StatusCode::OK);
    let caseload = door.get("/caseload", &cookie).await;
    let nowhere = door.get("/no-such-page", &cookie).await;
    assert_eq!((caseload.status, nowhere.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert!(nowhere.text.contains("</html>"));
    assert_eq!(door.post("/api/draft", "", "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(door.get("/sign-out", &cookie).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(door.get("/mailbox", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_login_starts_with_the_right_password_and_ends_with_sign_out() {
    let door = Door::open().await;
    door.set_up().await;
    let wrong = door.post("/sign-in", "", "login_name=Ada&password=no+such+thing").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("value=\"Ada\""), "the name is kept");
    let unknown = door.post("/sign-in", "", "login_name=Bob&password=no+such+thing").await;
    assert_eq!(unknown.status, wrong.status);
    let right = door.post("/sign-in", "", &format!("login_name=Ada&password={PASSWORD}&next=//evil.example")).await;
    assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, "/"));
    let cookie = right.cookie();
    let out = door.post("/sign-out", &cookie, "").await;
    assert_eq!(out.location(), "/sign-in?notice=signed_out");
    assert!(out.headers.contains_key("clear-site-data"));
    assert_eq!(door.get("/account", &cookie).await.location(), "/sign-in?next=/account");
}

#[tokio::test]
async fn too_many_wrong_passwords_are_refused() {
    let door = Door::open().await;
    door.set_up().await;
    let mut last = StatusCode::OK;
    for _ in 0..9 {
        last = door.post("/sign-in", "", "login_name=ada&password=guess+guess").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let door = Door::open().await;
    door.set_up().await;
    let page = door.get("/sign-in", "").await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("'nonce-"), "{policy}");
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert!(page.headers.contains_key("x-request-id"));
    assert!(page.text.starts_with("<!DOCTYPE html>"), "{}", page.text);
    let crossing = Request::post("/sign-in").header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap();
    let crossing = door.send(crossing).await;
    assert_eq!(crossing.status, StatusCode::FORBIDDEN);
    assert!(crossing.text.contains("</html>"));
    let large = door.post("/sign-in", "", &format!("login_name={}", "a".repeat(1_100_000))).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.text.contains("</html>"));
    assert_eq!(door.get("/healthz", "").await.text, "ok");
    let ready = door.get("/readyz", "").await;
    assert!(ready.status == StatusCode::OK && ready.text.contains("\"stale\":"), "{}", ready.text);
}

#[tokio::test]
async fn an_unknown_link_gets_its_own_page() {
    let door = Door::open().await;
    door.set_up().await;
    for path in ["/invitations/nothing", "/reset/nothing"] {
        assert_eq!(door.get(path, "").await.status, StatusCode::GONE, "{path}");
        assert_eq!(door.post(path, "", "password=x").await.status, StatusCode::GONE, "{path}");
    }
    assert_eq!(door.post("/forgot", "", "login_name_or_email=nobody").await.location(), "/forgot?done=yes");
    assert_eq!(door.post("/forgot", "", "login_name_or_email=ada").await.location(), "/forgot?done=yes");
}

#[tokio::test]
async fn the_owner_can_change_the_practice_rooms_staff_and_own_account() {
    let door = Door::open().await;
    let cookie = door.set_up().await;
    for (path, settings) in [
        (
            "/practice",
            "name=Bridge+House+2&zone=Berlin+%28UTC%2B1%29&opens=09%3A00&closes=18%3A00&open_days=Mon&open_days=Sat",
        ),
        (
            "/practice/sessions",
            "leads=1d&asks=first&kind.intake.minutes=60&kind.regular.minutes=60&kind.check_in.minutes=30&kind.closing.minutes=60",
        ),
        ("/practice/cancellations", "notice_hours=24&quiet_minutes=5"),
        ("/practice/booking", "portal_rule=ask&portal_days=60&portal_ahead=2"),
        ("/practice/email", "sender_name=Appointments&phone="),
    ] {
        assert_eq!(door.post(path, &cookie, settings).await.location(), format!("{path}?notice=saved"));
    }
    let refused = door.post("/practice", &cookie, "name=&zone=Europe%2FBerlin").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(door.post("/rooms", &cookie, "room=Garden+room").await.location(), "/practice/places?notice=room_added");
    assert_eq!(door.post("/rooms", &cookie, "room=Garden+room").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let staff = "display_name=Ruth&email=ruth%40example.org&zone=Europe%2FBerlin&role=clinician";
    assert_eq!(door.post("/staff", &cookie, staff).await.location(), "/staff?notice=written_to_file");
    let page = door.get("/staff?notice=written_to_file", &cookie).await;
    assert!(page.text.contains("Ruth"));
    assert_eq!(door.get("/audit", &cookie).await.status, StatusCode::OK);
    assert_eq!(door.post("/account/zone", &cookie, "zone=Asia%2FKolkata").await.location(), "/account?notice=saved");
    let wrong = door.post("/account/password", &cookie, "current=wrong&password=four+sleepy+herons+at+dusk").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = door
        .post("/account/password", &cookie, &format!("current={PASSWORD}&password=four+sleepy+herons+at+dusk"))
        .await;
    assert_eq!(right.location(), "/account/security?notice=password_changed");
    assert_eq!(door.get("/account", &right.cookie()).await.status, StatusCode::OK);
    assert_eq!(door.get("/account", &cookie).await.status, StatusCode::SEE_OTHER);
}
