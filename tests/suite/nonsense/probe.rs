//! Sends the values to one route, and judges each answer.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use duologue::routes::RouteInfo;
use tests::{Backend, app::Got};

use super::values::{ODD_NAMES, encode, encode_name};
use crate::{
    matrix::Base,
    recipes::{self, Line, Recipe, Sent},
    routes::Stage,
};

/// The longest time that an answer may take in a debug build while other tests use the
/// same processor. It is long enough for a slow machine, and far less than work that
/// grows with the square of a body of a megabyte would take.
const SOON: Duration = Duration::from_secs(8);

/// How many of the short values each field gets, unless all are tried.
const OF_SHORT: usize = 2;

/// How many of the long values each form gets, unless all are tried.
const OF_LONG: usize = 1;

/// How many of the values all fields of a request get at once.
const OF_ALL_AT_ONCE: usize = 2;

/// The results of a run.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) tried: usize,
    pub(super) slowest: Vec<(Duration, String)>,
    pub(super) wrong: Vec<String>,
    /// The forms that were refused with several errors.
    pub(super) refused: BTreeSet<&'static str>,
}

/// A stage on which the request of one line can be sent.
pub(super) struct Probe<'a> {
    pub(super) base: &'a Base,
    pub(super) route: RouteInfo,
    pub(super) variant: &'static str,
    pub(super) stage: Stage,
    pub(super) line: Line,
    pub(super) anew: usize,
    pub(super) seen: Seen,
    pub(super) all: bool,
}

/// A request to be sent.
struct Shape<'a> {
    path: String,
    kind: Option<&'a str>,
    body: Vec<u8>,
    /// A description for the report.
    what: String,
}

impl<'a> Probe<'a> {
    pub(super) async fn new(base: &'a Base, route: &RouteInfo, variant: &'static str, all: bool) -> Option<Self> {
        let mut stage = base.copy().await;
        let Recipe::Line(line) = recipes::recipe(&mut stage, route, variant).await else { return None };
        let (route, seen) = (route.clone(), Seen::default());
        Some(Self { base, route, variant, stage, line, anew: 0, seen, all })
    }

    async fn send(&self, shape: &Shape<'_>) -> (Got, Duration) {
        let mut request = Request::builder()
            .method(&self.route.method)
            .uri(&shape.path)
            .header(header::HOST, "localhost:3000")
            .header("sec-fetch-site", "same-origin");
        if self.route.method != Method::GET {
            request = request.header(header::ORIGIN, "http://localhost:3000");
        }
        if let Some(kind) = shape.kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if let Some(cookie) = self.base.cookie(self.line.may[0]) {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::from(shape.body.clone())).unwrap();
        let begun = Instant::now();
        let got = self.stage.app.send(request).await;
        (got, begun.elapsed())
    }

    /// Sends a request and checks how it is answered.
    async fn try_one(&mut self, shape: Shape<'_>) {
        // An invalid address reaches no handler.
        if shape.path.parse::<axum::http::Uri>().is_err() {
            return;
        }
        let (mut got, mut took) = self.send(&shape).await;
        for _ in 0..2 {
            if took > SOON {
                // Something else may have kept the machine busy.
                (got, took) = self.send(&shape).await;
            }
        }
        self.seen.tried += 1;
        let named = || {
            let path: String = shape.path.chars().take(160).collect();
            let body: String = String::from_utf8_lossy(&shape.body).chars().take(240).collect();
            format!("{} {path} [{}] {body}", self.route.method, shape.what)
        };
        if got.status.is_server_error() {
            self.seen.wrong.push(format!("{}: {}", got.status, named()));
        }
        if took > SOON {
            self.seen.wrong.push(format!("took {took:?}: {}", named()));
        }
        if got.status == StatusCode::UNPROCESSABLE_ENTITY {
            let (errors, faults) = summary_faults(&got.text);
            if errors > 1 {
                self.seen.refused.insert(self.route.path);
            }
            self.seen.wrong.extend(faults.into_iter().map(|fault| format!("{fault}: {}", named())));
        }
        self.seen.slowest.push((took, format!("{} {}", got.status, named())));
        self.seen.slowest.sort_by_key(|slow| std::cmp::Reverse(slow.0));
        self.seen.slowest.truncate(5);
        // A request that acted or ended the login needs a new stage for the next one.
        let done = self.route.method != Method::GET && (got.status.is_redirection() || got.status == StatusCode::OK);
        let most = if self.stage.world.backend == Backend::Sqlite { 8 } else { 2 };
        if (done || got.status == StatusCode::UNAUTHORIZED) && self.anew < most {
            self.anew += 1;
            self.stage = self.base.copy().await;
            if let Recipe::Line(line) = recipes::recipe(&mut self.stage, &self.route, self.variant).await {
                self.line = line;
            }
        }
    }

    /// The values for a place: all, or a choice that moves with the place.
    fn some<'v>(&self, values: &'v [String], place: usize, most: usize) -> Vec<&'v String> {
        if self.all {
            return values.iter().collect();
        }
        // A new stage takes several times as long on PostgreSQL, so half are tried there.
        let most = if self.stage.world.backend == Backend::Sqlite { most } else { most.div_ceil(2) };
        (0..most.min(values.len()))
            .map(|k| &values[(place * 7 + k * (values.len() / most).max(1)) % values.len()])
            .collect()
    }

    pub(super) async fn path(&mut self, place: usize, values: &[String]) {
        let parts: Vec<String> = self.route.path.split('/').map(str::to_owned).collect();
        for (n, _) in parts.iter().enumerate().filter(|(_, part)| part.starts_with('{')) {
            for value in self.some(values, place + n, OF_SHORT + 2).into_iter().filter(|v| !v.is_empty()) {
                let real = self.line.path.split('?').next().unwrap().to_owned();
                let mut parts: Vec<&str> = real.split('/').collect();
                parts[n] = value;
                let path = parts.join("/");
                self.form_at(path, self.pairs(), "in the path").await;
            }
        }
    }

    /// The well-formed fields, encoded as they are sent.
    fn pairs(&self) -> Vec<(String, String)> {
        match &self.line.sent {
            Sent::Form(pairs) => pairs.iter().map(|(n, v)| (encode_name(n), encode(v))).collect(),
            Sent::Nothing | Sent::Json(_) => vec![],
        }
    }

    async fn form_at(&mut self, path: String, pairs: Vec<(String, String)>, what: &str) {
        let is_form = self.route.method != Method::GET;
        let body = match &self.line.sent {
            Sent::Json(body) => body.clone(),
            Sent::Form(_) | Sent::Nothing => {
                pairs.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&")
            }
        };
        let kind = match (&self.line.sent, is_form) {
            (_, false) => None,
            (Sent::Json(_), true) => Some("application/json"),
            (Sent::Form(_) | Sent::Nothing, true) => Some("application/x-www-form-urlencoded"),
        };
        let body = if is_form { body.into_bytes() } else { vec![] };
        self.try_one(Shape { path, kind, body, what: what.to_owned() }).await;
    }

    pub(super) async fn query(&mut self, place: usize, values: &[String], names: &[String]) {
        let own = self.line.path.clone();
        let (path, asked) = own.split_once('?').unwrap_or((own.as_str(), ""));
        for value in self.some(values, place, OF_ALL_AT_ONCE).into_iter().filter(|v| v.len() < 400) {
            // With the parameters that the page needs, and without them.
            for begin in [asked, ""] {
                let rest: Vec<String> = names
                    .iter()
                    .filter(|name| !begin.contains(&format!("{name}=")))
                    .map(|name| format!("{name}={value}"))
                    .collect();
                let query = [&[begin.to_owned()], rest.as_slice()].concat().join("&");
                self.form_at(format!("{path}?{query}"), self.pairs(), "all of the query").await;
                if asked.is_empty() {
                    break;
                }
            }
        }
        // Each parameter alone: one that is refused may keep the others from being read.
        for (n, name) in names.iter().enumerate() {
            if !self.all && !(n + place).is_multiple_of(16) {
                continue;
            }
            let begin = if asked.is_empty() { String::new() } else { format!("{asked}&") };
            for value in self.some(values, place + n, 1) {
                self.form_at(format!("{path}?{begin}{name}={value}"), self.pairs(), "one of the query").await;
            }
        }
        for query in ["q=%", "&&&===&", "%00=%00", "a[]=1&a[0]=2", "view=month&view=day&view=", "date=2026-11-23&date="]
        {
            self.form_at(format!("{path}?{query}"), self.pairs(), "an odd query").await;
        }
        self.form_at(format!("{path}?{}", "a=1&".repeat(15_000)), self.pairs(), "a long query").await;
    }

    /// The names of the fields on the page that has this form.
    async fn fields(&self) -> Vec<String> {
        let mut names: BTreeSet<String> = self.pairs().into_iter().map(|(name, _)| name).collect();
        let path = self.line.path.split('?').next().unwrap();
        if let Some(page) = self.route.posts.and_then(|posts| posts.page(self.route.path, path)) {
            let page = self.stage.app.get(&page, self.base.cookie(self.line.may[0])).await.text;
            for name in page.split(" name=\"").skip(1) {
                names.insert(encode_name(name.split('"').next().unwrap()));
            }
        }
        names.remove("key");
        names.into_iter().collect()
    }

    pub(super) async fn form(&mut self, place: usize, short: &[String], long: &[String], names: &[String]) {
        let fields = self.fields().await;
        let with = |pairs: &[(String, String)], field: &str, value: &str| {
            let mut pairs: Vec<_> = pairs.iter().filter(|(n, _)| n != field).cloned().collect();
            pairs.push((field.to_owned(), value.to_owned()));
            pairs
        };
        for (n, field) in fields.iter().enumerate() {
            for value in self.some(short, place + n, OF_SHORT) {
                let pairs = with(&self.pairs(), field, value);
                self.form_at(self.line.path.clone(), pairs, field).await;
            }
        }
        // Each long value in another field.
        for (n, value) in self.some(long, place, OF_LONG).into_iter().enumerate() {
            let each = if self.all { fields.len() } else { usize::from(!fields.is_empty()) };
            for m in 0..each {
                let field = &fields[(place + n + m) % fields.len()];
                let pairs = with(&self.pairs(), field, value);
                self.form_at(self.line.path.clone(), pairs, &format!("{field} is long")).await;
            }
        }
        // An empty form has the most errors.
        let pairs: Vec<_> = fields.iter().map(|name| (name.clone(), String::new())).collect();
        self.form_at(self.line.path.clone(), pairs, "its fields, empty").await;
        for value in self.some(short, place, OF_ALL_AT_ONCE) {
            let odd = ODD_NAMES.iter().map(|name| (*name).to_owned());
            let all = fields.iter().cloned().chain(names.iter().cloned()).chain(odd);
            let pairs: Vec<_> = all.map(|name| (name, value.chars().take(2_000).collect())).collect();
            self.form_at(self.line.path.clone(), pairs, "all fields").await;
            let pairs: Vec<_> = fields.iter().map(|name| (name.clone(), value.clone())).collect();
            self.form_at(self.line.path.clone(), pairs, "its fields").await;
        }
        if self.stage.world.backend == Backend::Sqlite {
            self.bodies(place).await;
        }
    }

    /// Bodies that are not forms.
    async fn bodies(&mut self, place: usize) {
        let well: String = self.pairs().iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&");
        let well = if well.is_empty() { "a=b".to_owned() } else { well };
        const FORM: &str = "application/x-www-form-urlencoded";
        let part = |name: &str, more: &str, value: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
        };
        let parts: String = well.split('&').filter_map(|p| p.split_once('=')).map(|(n, v)| part(n, "", v)).collect();
        let bodies: Vec<(Option<&str>, Vec<u8>)> = vec![
            (Some(FORM), format!("{well}&").repeat(1_000).into_bytes().into_iter().take(1_000_000).collect()),
            (Some(FORM), "a=1&".repeat(100_000).into_bytes()),
            (Some(FORM), b"%".to_vec()),
            (Some(FORM), [well.as_bytes(), b"&a=\xFF\xFE\x00&\x80=%"].concat()),
            (Some(FORM), vec![0xF0; 200_000]),
            (Some("text/plain"), well.clone().into_bytes()),
            (Some("application/json"), b"{}".to_vec()),
            (Some("application/x-www-form-urlencoded; charset=utf-16"), well.clone().into_bytes()),
            (None, well.clone().into_bytes()),
            (Some("multipart/form-data"), parts.clone().into_bytes()),
            (Some("multipart/form-data; boundary="), parts.clone().into_bytes()),
            (Some("multipart/form-data; boundary=x"), format!("{parts}--x--\r\n").into_bytes()),
            (Some("multipart/form-data; boundary=x"), parts.clone().into_bytes()),
            (Some("multipart/form-data; boundary=x"), b"--x\r\nContent-Disposition: form-data".to_vec()),
            (
                Some("multipart/form-data; boundary=x"),
                format!("{}{}--x--\r\n", part("file", "; filename=\"\0\"", "\0"), part("", "", "")).into_bytes(),
            ),
            (Some("multipart/form-data; boundary=x"), (part("a", "", "").repeat(15_000) + "--x--\r\n").into_bytes()),
            (
                Some("multipart/form-data; boundary=x"),
                (part("do", "", "\u{200D}") + &"\r\n".repeat(400_000)).into_bytes(),
            ),
        ];
        for (n, (kind, body)) in bodies.into_iter().enumerate() {
            if self.all || (n + place).is_multiple_of(4) {
                let path = self.line.path.clone();
                self.try_one(Shape { path, kind, body, what: format!("body {n}") }).await;
            }
        }
    }

    /// Bodies that are not valid calls.
    pub(super) async fn call(&mut self, place: usize, long: &[String]) {
        let Sent::Json(body) = &self.line.sent else { return };
        let whole: serde_json::Value = serde_json::from_str(body).unwrap();
        let mut values: Vec<String> = [
            "null",
            "true",
            "-1",
            "1e309",
            "9223372036854775807",
            "-9223372036854775808",
            "99999999999999999999",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\u2028\"",
            "[]",
            "{}",
            "[[]]",
            "[[\"a\"]]",
            "[[\"\\u0000\",\"\\u0000\"]]",
            "[\"a\",\"b\",\"c\"]",
            "\"00000000-0000-0000-0000-000000000000\"",
        ]
        .map(str::to_owned)
        .to_vec();
        values.push("[".repeat(100_000));
        values.push(format!("[{}[\"a\",\"b\"]]", "[\"step.0.prompt\",\"b\"],".repeat(40_000)));
        values.push(format!("\"{}\"", "\u{200D}".repeat(300_000)));
        values.push(format!("\"{}\"", "a ".repeat(450_000)));
        for value in self.some(long, place, 4) {
            values.push(format!(
                "[[\"s.mine\",\"{value}\"],[\"title\",\"{}\"]]",
                value.chars().take(1_000).collect::<String>()
            ));
        }
        let mut bodies: Vec<String> = Vec::new();
        for field in whole.as_object().unwrap().keys() {
            for value in &values {
                let mut with = whole.clone();
                with[field] = serde_json::Value::String("@@".into());
                bodies.push(with.to_string().replace("\"@@\"", value));
            }
        }
        let deep = format!("{}{}", "{\"fields\":".repeat(100_000), "1");
        bodies.extend(["".to_owned(), "null".into(), "{".into(), "[]".into(), deep, format!("{body}{body}")]);
        let twice = body.replacen('{', &format!("{},", &body[..body.len() - 1]), 1);
        bodies.push(twice);
        for (n, body) in bodies.into_iter().enumerate() {
            if !self.all && !(n + place).is_multiple_of(3) {
                continue;
            }
            let path = self.line.path.clone();
            let shape =
                Shape { path, kind: Some("application/json"), body: body.into_bytes(), what: format!("call {n}") };
            self.try_one(shape).await;
        }
        for kind in ["application/x-www-form-urlencoded", "text/plain", "application/cbor"] {
            let (path, body) = (self.line.path.clone(), b"\xFF\x00a=%".to_vec());
            self.try_one(Shape { path, kind: Some(kind), body, what: kind.to_owned() }).await;
        }
    }
}

/// How many errors the error summary of a refused form lists, and what is wrong with
/// it: a link that leads to no field of the page, a link whose field is above that of
/// the link before it, or another heading than that of all forms.
fn summary_faults(page: &str) -> (usize, Vec<String>) {
    let Some((above, summary)) = page.split_once("<ul class=\"errors\">") else { return (0, vec![]) };
    let summary = summary.split("</ul>").next().unwrap();
    let heading = above.rsplit("<h2>").next().unwrap();
    let mut faults = Vec::new();
    if !["Please check the following", "Nearly there", "कृपया इन्हें ठीक करें"].iter().any(|known| heading.contains(known))
    {
        faults.push("another heading above the errors".to_owned());
    }
    let links: Vec<&str> = summary.split("href=\"#").skip(1).map(|link| link.split('"').next().unwrap()).collect();
    let mut last = (0, "");
    for link in &links {
        match page.find(&format!(" id=\"{link}\"")) {
            None => faults.push(format!("the error links to #{link}, which is not there")),
            Some(at) if at < last.0 => faults.push(format!("the error at #{link} is listed after that at #{}", last.1)),
            Some(at) => last = (at, link),
        }
    }
    (links.len(), faults)
}

#[test]
fn wrong_order_and_missing_fields_in_an_error_summary_are_noticed() {
    let page = |links: &str| {
        format!("<h2>Please check the following</h2><ul class=\"errors\">{links}</ul><p id=\"a\"><p id=\"b\">")
    };
    let (a, b, c) = ("<li><a href=\"#a\">A</a></li>", "<li><a href=\"#b\">B</a></li>", "<li><a href=\"#c\">C</a></li>");
    assert_eq!(summary_faults(&page(&format!("{a}{b}"))), (2, vec![]));
    assert_eq!(summary_faults(&page(&format!("{b}{a}"))).1.len(), 1);
    assert_eq!(summary_faults(&page(c)).1.len(), 1);
}
