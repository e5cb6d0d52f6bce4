//! One host, that of `base_url`. A request for another host is told where the practice
//! is, and nothing else.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use duologue::{config::Config, routes, serve};
use tests::{
    Backend, World,
    app::{App, CODE},
    both,
    people::Cast,
    program::wait_until,
};

use crate::routes::Stage;

fn request(method: &str, path: &str, hosts: &[&str], more: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for host in hosts {
        request = request.header(header::HOST, *host);
    }
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from("login_name=ruth&password=wrong")).unwrap()
}

const OWN: &str = "https://practice.example";

fn practice(world: &World) -> App {
    App::with(world, |config| config.base_url = OWN.to_owned())
}

both!(request_for_another_host_gets_only_the_practices_address, |world| {
    let _cast = Cast::new(&world.store).await;
    let app = practice(&world);
    for host in ["practice.example", "PRACTICE.EXAMPLE", "practice.example.", "practice.example:443"] {
        assert_eq!(app.send(request("GET", "/sign-in", &[host], &[])).await.status, StatusCode::OK, "{host}");
        let own = [("origin", OWN)];
        let got = app.send(request("POST", "/sign-in", &[host], &own)).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{host}: a wrong password");
    }
    for host in
        ["evil.example", "practice.example.evil.example", "localhost:3000", "127.0.0.1:3000", "192.0.2.7", "[::1]"]
    {
        let origin = format!("https://{host}");
        for (method, more) in [
            ("GET", &[][..]),
            ("HEAD", &[]),
            ("POST", &[("origin", origin.as_str()), ("sec-fetch-site", "same-origin")]),
            ("POST", &[("origin", OWN), ("sec-fetch-site", "same-origin")]),
            ("GET", &[("x-forwarded-host", "practice.example"), ("forwarded", "host=practice.example")]),
        ] {
            let got = app.send(request(method, "/sign-in", &[host], more)).await;
            assert_eq!(got.status, StatusCode::MISDIRECTED_REQUEST, "{method} {host} {more:?}");
            assert!(got.cookie().is_none());
            if method != "HEAD" {
                assert!(
                    got.text
                        .contains("Open <a href=\"https://practice.example\">https://practice.example</a> instead.")
                );
                assert!(!got.text.contains("Lakeside"), "the practice is not named");
            }
        }
    }
    // Headers in which a proxy names another host are not read.
    let got =
        app.send(request("GET", "/sign-in", &["practice.example"], &[("x-forwarded-host", "evil.example")])).await;
    assert_eq!(got.status, StatusCode::OK);
    assert!(!got.text.contains("evil"));
    for hosts in
        [&[][..], &[""], &["practice.example", "practice.example"], &["practice.example", "evil.example"], &["a b"]]
    {
        for path in ["/sign-in", "/pkg/none.css", "/none"] {
            let got = app.send(request("GET", path, hosts, &[])).await;
            assert_eq!(got.status, StatusCode::BAD_REQUEST, "{path} for {hosts:?}");
            assert!(got.text.contains(OWN));
        }
    }
    // The host in the request line counts as well.
    for (line, host, status) in [
        ("https://practice.example/sign-in", "practice.example", StatusCode::OK),
        ("http://evil.example/sign-in", "practice.example", StatusCode::MISDIRECTED_REQUEST),
        ("https://practice.example/sign-in", "evil.example", StatusCode::MISDIRECTED_REQUEST),
    ] {
        assert_eq!(app.send(request("GET", line, &[host], &[])).await.status, status, "{line} for {host}");
    }
});

both!(health_checks_answer_under_any_host_and_reveal_nothing, |world| {
    let _cast = Cast::new(&world.store).await;
    let app = practice(&world);
    for path in ["/healthz", "/readyz"] {
        for hosts in [&["10.0.0.7:3000"][..], &["practice.example"], &["evil.example"], &[]] {
            let got = app.send(request("GET", path, hosts, &[])).await;
            assert_eq!(got.status, StatusCode::OK, "{path} for {hosts:?}");
            assert!(!got.text.contains("practice.example") && !got.text.contains("Lakeside"));
        }
        let got = app.send(request("GET", path, &["10.0.0.7", "10.0.0.7"], &[])).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{path} for two hosts");
    }
    // Only these two paths, exactly as written.
    for path in ["/healthz/", "//healthz", "/readyz/x", "/robots.txt", "/favicon.svg", "/"] {
        let got = app.send(request("GET", path, &["10.0.0.7:3000"], &[])).await;
        assert_eq!(got.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
    }
});

both!(local_install_accepts_each_name_of_localhost, |world| {
    let _cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LocalHost:3000"] {
        let origin = format!("http://{}", host.to_lowercase());
        assert_eq!(app.send(request("GET", "/sign-in", &[host], &[])).await.status, StatusCode::OK, "{host}");
        let got = app.send(request("POST", "/sign-in", &[host], &[("origin", &origin)])).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{host}: a wrong password");
    }
    for host in ["localhost", "localhost:3001", "evil.localhost:3000", "192.168.1.5:3000", "practice.test:3000"] {
        let got = app.send(request("GET", "/sign-in", &[host], &[])).await;
        assert_eq!(got.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        assert!(got.text.contains("http://localhost:3000"));
    }
});

/// Every route, requested by everyone who may use it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_answers_for_another_host() {
    let stage = Stage::in_world(World::new(Backend::Sqlite).await).await;
    let mut cookies = vec![];
    for account in [stage.cast.owner.me(), stage.cast.ruth.me(), stage.cast.desk.me(), stage.cast.amara.me()] {
        cookies.push(stage.app.cookie(&stage.world, account).await);
    }
    let all = routes::table().into_iter().map(|route| (route.method, stage.fill(route.path)));
    for (method, path) in all.chain([(Method::GET, "/none".to_owned()), (Method::PUT, "/today".to_owned())]) {
        for cookie in &cookies {
            let more = [
                ("cookie", cookie.as_str()),
                ("origin", "http://evil.example:3000"),
                ("sec-fetch-site", "same-origin"),
            ];
            let got = stage.app.send(request(method.as_str(), &path, &["evil.example:3000"], &more)).await;
            let expected = if ["/healthz", "/readyz"].contains(&path.as_str()) {
                StatusCode::OK
            } else {
                StatusCode::MISDIRECTED_REQUEST
            };
            assert_eq!(got.status, expected, "{method} {path}");
        }
    }
}

/// The link in an email uses the configured address, whatever the request said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reset_link_uses_the_configured_address_not_the_request_headers() {
    let world = World::new(Backend::Sqlite).await;
    let _cast = Cast::new(&world.store).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let key_file = world.folder.path().join("key");
    let mut config = Config { base_url: format!("http://localhost:{port}"), key_file, ..Config::default() };
    config.mail.folder = world.folder.path().join("mail");
    let folder = config.mail.folder.clone();
    let running = serve::serve_store(config, listener, world.store.clone(), CODE).await.unwrap();
    let ask = move |head: String| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let body = "login_name_or_email=ruth";
        write!(
            stream,
            "{head}Origin: http://localhost:{port}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let mails = move || -> Vec<String> {
        let files = std::fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect()
    };
    tokio::task::spawn_blocking(move || {
        let refused = ask(format!("POST /forgot HTTP/1.1\r\nHost: evil.example:{port}\r\n"));
        assert!(refused.starts_with("HTTP/1.1 421 "), "{refused}");
        let refused = ask(format!("POST http://evil.example/forgot HTTP/1.1\r\nHost: localhost:{port}\r\n"));
        assert!(refused.starts_with("HTTP/1.1 421 "), "{refused}");
        let forged = format!(
            "POST /forgot HTTP/1.1\r\nHost: localhost:{port}\r\nX-Forwarded-Host: evil.example\r\nX-Host: evil.example\r\nForwarded: host=evil.example\r\n\
             X-Original-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\nX-Forwarded-Port: 666\r\n"
        );
        let taken = ask(forged);
        assert!(taken.starts_with("HTTP/1.1 303 ") && !taken.contains("evil"), "{taken}");
        wait_until("the mail", || mails().iter().any(|mail| mail.contains("/reset/")));
        for mail in mails() {
            let mail = mail.replace("=\r\n", "").replace("=\n", "");
            assert!(!mail.contains("evil"), "{mail}");
            if mail.contains("/reset/") {
                assert!(mail.contains(&format!("http://localhost:{port}/reset/")), "{mail}");
            }
        }
    })
    .await
    .unwrap();
    running.stop().await;
}
