//! What every answer tells the browser: who may frame, read or cache it, and which
//! scripts may run on it.

use std::collections::HashSet;

use app::ui::shell;
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use duologue::{assets::Assets, routes};
use tests::{
    Backend, World,
    app::{App, Got},
    people::Cast,
};

use crate::routes::Stage;

/// The program as it is built for use: its pages start their islands.
fn with_islands(app: App) -> App {
    let names = shell::Assets { css: "/pkg/duologue.css".into(), js_name: "duologue".into(), islands: true };
    let state = app.state.with_assets(Assets::named(names));
    App { router: routes::router(state.clone()), state }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Checks that a page's nonce is only in its policy and in the attribute that browsers
/// hide from scripts. Returns the nonce.
fn nonce_of(got: &Got, what: &str) -> String {
    let policy = header(&got.headers, "content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
    assert!(nonce.len() >= 20, "{what}: {policy}");
    let (all, hidden) = (got.text.matches(nonce).count(), got.text.matches(&format!("nonce=\"{nonce}\"")).count());
    assert_eq!(all, hidden, "{what}: the nonce is where scripts can read it");
    assert!(hidden > 0, "{what}: its scripts may not run");
    for (name, value) in &got.headers {
        let holds = value.to_str().is_ok_and(|value| value.contains(nonce));
        assert_eq!(holds, name == header::CONTENT_SECURITY_POLICY, "{what}: {name}");
    }
    // Its own scripts are loaded from their own addresses.
    assert!(got.text.contains("<link rel=\"modulepreload\" href=\"/pkg/duologue.js\""), "{what}");
    assert!(got.text.contains("crossorigin=\"anonymous\""), "{what}");
    nonce.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn page_nonce_is_never_readable_by_scripts() {
    let mut stage = Stage::in_world(World::new(Backend::Sqlite).await).await;
    stage.app = with_islands(stage.app);
    let (app, world, cast) = (&stage.app, &stage.world, &stage.cast);
    let mut visitors = vec![None];
    for account in [cast.owner.me(), cast.ruth.me(), cast.emeka.me(), cast.desk.me(), cast.amara.me()] {
        visitors.push(Some(app.cookie(world, account).await));
    }
    let (mut nonces, mut statuses) = (HashSet::new(), HashSet::new());
    let mut pages = 0;
    let mut look = |got: &Got, what: String| {
        if header(&got.headers, "content-type").starts_with("text/html") {
            statuses.insert(got.status.as_u16());
            pages += 1;
            assert!(nonces.insert(nonce_of(got, &what)), "{what}: a nonce is for one answer");
        }
    };
    let paths = routes::table().into_iter().map(|route| (route.method, stage.fill(route.path)));
    let beside = ["/none", "/library/none", "/notes/none", "/reset/none"].map(|path| (Method::GET, path.to_owned()));
    // An empty form is shown again or is refused.
    for (method, path) in paths.chain(beside).chain([(Method::PUT, "/today".to_owned())]) {
        if path.starts_with("/api/") || path == "/sign-out" {
            continue;
        }
        for cookie in &visitors {
            let got = app.ask(method.clone(), &path, cookie.as_deref(), &[]).await;
            look(&got, format!("{method} {path}"));
        }
    }
    // A form that is sent twice gets its first answer again, with another nonce.
    let key = world.store.form_key(None).to_string();
    let asks = [("name", "Ana"), ("email", "ana@example.org"), ("kind", "couple"), ("meeting", "any"), ("part", "any")];
    let form: Vec<_> = asks.into_iter().chain([(store::FormKey::FIELD, key.as_str())]).collect();
    for time in ["first", "second"] {
        let got = app.post("/inquire", None, &form).await;
        assert_eq!(got.status, StatusCode::OK);
        look(&got, format!("the {time} answer"));
    }
    // A request from another site, one that is too large, and too many tries.
    let crossing = Request::post("/forgot").header("host", "localhost:3000").header("sec-fetch-site", "cross-site");
    look(&app.send(crossing.body(Body::empty()).unwrap()).await, "from elsewhere".to_owned());
    let large = "x".repeat(1_100_000);
    look(&app.post("/forgot", None, &[("login_name_or_email", &large)]).await, "too large".to_owned());
    for n in 0..12 {
        let form = [("login_name", "ruth"), ("password", "wrong")];
        look(&app.post("/sign-in", None, &form).await, format!("try {n}"));
    }
    for status in [200, 403, 404, 405, 410, 413, 422, 429] {
        assert!(statuses.contains(&status), "no page with {status} was seen: {statuses:?}");
    }
    assert!(pages > 300, "{pages} pages");
}

/// Whether an answer may be cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// Not at all: its content is for one reader at this moment.
    Never,
    /// A file that is the same for everyone, with this `Cache-Control`.
    File(&'static str),
}

/// Checks the headers that every answer has.
fn check_headers(got: &Got, kept: Kept, what: &str) {
    let is = |name: &str, expected: &str| assert_eq!(header(&got.headers, name), expected, "{what}: {name}");
    is("x-content-type-options", "nosniff");
    is("referrer-policy", "same-origin");
    is("x-frame-options", "DENY");
    is("x-robots-tag", "noindex, nofollow");
    is("cross-origin-opener-policy", "same-origin");
    is("cross-origin-resource-policy", "same-origin");
    is("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()");
    is("strict-transport-security", "max-age=63072000; includeSubDomains");
    assert!(header(&got.headers, "x-request-id").len() > 20, "{what}");
    let policy = header(&got.headers, "content-security-policy");
    for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action"] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'), "{what}");
    match kept {
        Kept::Never => {
            assert!(header(&got.headers, "cache-control").contains("no-store"), "{what}");
            assert!(!got.headers.contains_key("etag") && !got.headers.contains_key("last-modified"), "{what}");
        }
        Kept::File(how) => is("cache-control", how),
    }
    for name in ["server", "x-powered-by", "access-control-allow-origin", "access-control-allow-credentials"] {
        assert!(!got.headers.contains_key(name), "{what}: {name}");
    }
    if !got.text.is_empty() {
        assert!(!header(&got.headers, "content-type").is_empty(), "{what}: no type");
    }
    for cookie in got.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-"), "{what}: {cookie}");
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(cookie.contains(part), "{what}: {cookie}");
        }
    }
}

const OWN: &str = "https://practice.example";

fn request(method: &str, path: &str, more: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    if !more.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "practice.example");
    }
    if !more.iter().any(|(name, _)| *name == "origin") {
        request = request.header("origin", OWN);
    }
    if !more.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_answer_carries_its_security_headers() {
    let world = World::new(Backend::Sqlite).await;
    let password = "three tired swans at noon";
    let cast = Cast::with_hash(&world.store, &duologue::password::hash(password).unwrap()).await;
    let set = |config: &mut duologue::config::Config| config.base_url = OWN.to_owned();
    let app = App::with(&world, set);
    let cookie = async |account| {
        let token = world.store.start_login(account, "test", None).await.unwrap();
        format!("__Host-duologue={token}")
    };
    let (ruth, leaving) = (cookie(cast.ruth.me()).await, cookie(cast.emeka.me()).await);
    let signed_in = [("cookie", ruth.as_str())];
    let made = app.send(request("POST", "/account/feed", &signed_in, "do=make&wording=busy")).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let account = app.send(request("GET", "/account/feed", &signed_in, "")).await.text;
    let feed = account.split(OWN).find_map(|part| part.strip_prefix("/feeds/")).unwrap().split('"').next().unwrap();
    let feed = format!("/feeds/{feed}");
    let file = app.send(request("GET", "/favicon.svg", &[], "")).await;
    assert_eq!(file.status, StatusCode::OK);
    let sign_in = format!("login_name=ruth&password={}", password.replace(' ', "+"));
    let large = "x".repeat(1_100_000);
    let json = |cookie| [("cookie", cookie), ("content-type", "application/json")];
    let find = json(cookie(cast.desk.me()).await.leak());
    let a_day = Kept::File("public, max-age=86400");
    for (status, kept, (method, path, more, body)) in [
        (200, Kept::Never, ("GET", "/today", &signed_in[..], "")),
        (200, Kept::Never, ("HEAD", "/today", &signed_in, "")),
        (200, Kept::Never, ("GET", "/sign-in", &[], "")),
        (200, Kept::Never, ("GET", feed.as_str(), &[], "")),
        (200, Kept::Never, ("POST", "/api/find", &find, "{\"text\":\"ama\"}")),
        (200, Kept::Never, ("GET", "/healthz", &[], "")),
        (200, Kept::Never, ("GET", "/readyz", &[], "")),
        (200, a_day, ("GET", "/favicon.svg", &[], "")),
        (200, a_day, ("GET", "/robots.txt", &[], "")),
        (303, Kept::Never, ("GET", "/", &[], "")),
        (303, Kept::Never, ("GET", "/today", &[], "")),
        (303, Kept::Never, ("POST", "/sign-in", &[], sign_in.as_str())),
        (303, Kept::Never, ("POST", "/sign-out", &[("cookie", leaving.as_str())], "")),
        (303, Kept::Never, ("POST", "/today", &[("origin", OWN), ("cookie", "x=y")], "")),
        (400, Kept::Never, ("GET", "/sign-in", &[("host", "a"), ("host", "b")], "")),
        (400, Kept::Never, ("POST", "/api/find", &find, "{")),
        (401, Kept::Never, ("POST", "/api/find", &json(""), "{}")),
        (403, Kept::Never, ("POST", "/sign-in", &[("origin", "https://evil.example")], "")),
        (404, Kept::Never, ("GET", "/none", &[], "")),
        (404, Kept::Never, ("GET", "/pkg/none.css", &[], "")),
        (404, Kept::Never, ("GET", "/feeds/none", &[], "")),
        (404, Kept::Never, ("GET", "/practice", &signed_in, "")),
        (405, Kept::Never, ("PUT", "/today", &signed_in, "")),
        (410, Kept::Never, ("GET", "/reset/none", &[], "")),
        (413, Kept::Never, ("POST", "/forgot", &[], large.as_str())),
        (421, Kept::Never, ("GET", "/today", &[("host", "evil.example"), ("cookie", ruth.as_str())], "")),
        (422, Kept::Never, ("POST", "/sign-in", &[], "login_name=ruth&password=wrong")),
        (422, Kept::Never, ("POST", "/account/zone", &signed_in, "zone=none")),
    ] {
        let what = format!("{method} {path}, {status}");
        let got = app.send(request(method, path, more, body)).await;
        if path == "/today" && method == "POST" {
            assert!([303, 405].contains(&got.status.as_u16()), "{what}: {}", got.status);
        } else {
            assert_eq!(got.status.as_u16(), status, "{what}: {}", got.text);
        }
        check_headers(&got, kept, &what);
        if path == "/sign-out" {
            // Signing out on a shared computer clears what the browser stored.
            assert_eq!(header(&got.headers, "clear-site-data"), "\"cache\", \"storage\"");
            assert!(header(&got.headers, "set-cookie").contains("Max-Age=0"));
        }
    }
    let mut last = app.send(request("GET", "/sign-in", &[], "")).await;
    for _ in 0..9 {
        last = app.send(request("POST", "/sign-in", &[], "login_name=kofi&password=wrong")).await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    check_headers(&last, Kept::Never, "429");
    // A file that is requested again by its ETag, if the build left such files.
    if let Some(style) =
        account.split("href=\"").find(|part| part.starts_with("/pkg/")).and_then(|p| p.split('"').next())
    {
        let got = app.send(request("GET", style, &[], "")).await;
        if got.status == StatusCode::OK {
            let immutable = Kept::File("public, max-age=31536000, immutable");
            check_headers(&got, immutable, style);
            let again = [("if-none-match", header(&got.headers, "etag"))];
            let same = app.send(request("GET", style, &again, "")).await;
            assert_eq!(same.status, StatusCode::NOT_MODIFIED);
            check_headers(&same, immutable, "304");
        }
    }
    // A page is never answered with "not modified", whatever the browser sends.
    let again =
        [("cookie", ruth.as_str()), ("if-none-match", "*"), ("if-modified-since", "Fri, 01 Jan 2038 00:00:00 GMT")];
    let got = app.send(request("GET", "/today", &again, "")).await;
    assert_eq!(got.status, StatusCode::OK);
    // A request that takes too long, and one that fails.
    let slow = App::with(&world, |config| {
        set(config);
        config.connections.request_seconds = 0;
    });
    let (never, _held) = tokio::io::duplex(1);
    let mut endless = request("POST", "/account/zone", &signed_in, "");
    *endless.body_mut() = Body::from_stream(tokio_util::io::ReaderStream::new(never));
    let got = slow.send(endless).await;
    assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE);
    check_headers(&got, Kept::Never, "503");
    world.raw("DROP TABLE throttle").await.unwrap();
    let got = app.send(request("POST", "/sign-in", &[], "login_name=ruth&password=wrong")).await;
    assert_eq!(got.status, StatusCode::INTERNAL_SERVER_ERROR);
    check_headers(&got, Kept::Never, "500");
}

/// No answer of any route may be cached by anyone, except the files that are the same for
/// everyone; and no form puts its key into an address.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_cached_and_no_form_key_is_in_an_address() {
    let stage = Stage::in_world(World::new(Backend::Sqlite).await).await;
    let app = App::with(&stage.world, |config| config.base_url = OWN.to_owned());
    let mut cookies = vec![String::new()];
    for account in [stage.cast.owner.me(), stage.cast.ruth.me(), stage.cast.desk.me(), stage.cast.amara.me()] {
        cookies
            .push(format!("__Host-duologue={}", stage.world.store.start_login(account, "test", None).await.unwrap()));
    }
    let key = store::FormKey::FIELD;
    for route in routes::table().into_iter().filter(|route| route.method == Method::GET) {
        let path = stage.fill(route.path);
        for cookie in &cookies {
            let got = app.send(request("GET", &path, &[("cookie", cookie)], "")).await;
            let kept = match (route.path, got.status) {
                ("/favicon.svg" | "/robots.txt" | "/manifest.webmanifest" | "/icons/{file}", StatusCode::OK) => {
                    Kept::File("public, max-age=86400")
                }
                _ => Kept::Never,
            };
            let shows_mail = ["/mailbox", "/email-log/", "/wordings/"].iter().any(|page| path.starts_with(page));
            if !shows_mail {
                check_headers(&got, kept, &path);
            }
            assert!(!got.location().contains(&format!("{key}=")), "{path}");
            // A form that is sent by GET has its fields in the address.
            for form in got.text.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or_default()) {
                let by_post = form.split('>').next().unwrap_or_default().contains("method=\"post\"");
                assert!(by_post || !form.contains(&format!("name=\"{key}\"")), "{path}: {form}");
            }
            // A link to another site passes nothing of the page on.
            for link in got.text.split("<a ").skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
                let opens = link.contains("target=") && !link.contains("noopener");
                assert!(!opens, "{path}: {link}");
            }
        }
    }
}
