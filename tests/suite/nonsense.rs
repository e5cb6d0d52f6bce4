//! No input of any length or shape breaks a page: every parameter of every route gets
//! values that no person would type and that somebody will send.
//!
//! The routes come from the program's own table, and their well-formed requests from
//! [`crate::recipes`]. The names of fields come from the recipe, from the page with the
//! form, and from the source: every name that a handler or a type of `domain` reads is
//! tried, even if no page has it.
//!
//! The error summary of a refused form must link to fields that are on the page, in
//! their order.
//!
//! No answer may be 5xx, no handler may panic, and every answer must come soon: work that
//! a request starts must end, because closing the browser stops no loop. Not every value
//! is tried in every field each time; the choice is fixed and moves from field to field,
//! so that each value is tried in some field. With `NONSENSE=all` in the environment
//! every value is tried in every field.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use duologue::routes::{self, RouteInfo};
use tests::{Backend, app::Got};

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
const OF_LONG: usize = 2;
/// How many of the values all fields of a request get at once.
const OF_ALL_AT_ONCE: usize = 2;

/// Values that are short enough for an address, encoded as they are sent.
fn short_values() -> Vec<String> {
    let text = [
        "",
        "\0",
        "a\0b",
        "%",
        "_",
        "\\",
        "%\\",
        "'",
        "\"",
        "';--",
        "\u{2028}\u{2029}\u{0085}",
        "👩\u{200D}👩\u{200D}👧 💛",
        "नमस्ते",
        "\u{202E}\u{2066}txet\u{200F}",
        "\u{FEFF}\u{FFFE}\u{10FFFF}",
        "<script>alert(1)</script>",
        "\r\nSet-Cookie: a=b",
        "\u{1F}\u{7F}\u{9B}",
        "99999999999999999999",
        "-1",
        "-0",
        "0",
        "32768",
        "65536",
        "2147483648",
        "999999999",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "NaN",
        "inf",
        "1e309",
        "0x7fffffff",
        "١٢٣",
        "0000-01-01",
        "0001-01-01",
        "1900-01-01",
        "2200-12-31",
        "9999-12-31",
        "10000-01-01",
        "-262143-01-01",
        "+262142-12-31",
        "2027-02-29",
        "0000-01-01T00:00:00Z",
        "2200-12-31T23:59:59Z",
        "9999-12-31T23:59:60Z",
        "-262143-01-01T00:00:00Z",
        "+262142-12-31T23:59:59.999999999Z",
        "2026-11-30T10:00:00+23:59",
        "24:00",
        "23:59:60",
        "9:00-9:00, 23:59–00:00",
        "../../etc/passwd",
        "Europe/../../etc/passwd",
        "Mars/Olympus",
        "/dev/zero",
        "//evil.example",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "-9223372036854775808.0.00000000000000000000000000000000",
        "9223372036854775807.9223372036854775807.ffffffffffffffffffffffffffffffff.ffffffffffffffffffffffffffffffff",
        "0.253402300799000000.ffffffffffffffffffffffffffffffff",
        "1.2",
        "[0]",
        "{}",
        "null",
        "at:",
        "over.ffffffffffffffff",
        "leave_out",
        "x@y",
        "a@xn--.example",
        "tel:+",
    ];
    let mut values: Vec<String> = text.iter().map(|t| encode(t)).collect();
    values.extend(["9".repeat(400), "x".repeat(10_000), "%F0%9F%92%9B".repeat(1_000), "a+".repeat(8_000)]);
    // Not even valid text.
    values.extend(["%", "%zz", "%u0041", "%FF%FE", "%ED%A0%80", "%C0%80", "%E2%80", "+"].map(str::to_owned));
    values
}

/// Values that only fit into a body, encoded as they are sent.
fn long_values() -> Vec<String> {
    let runs = [
        "x",
        "9",
        "a%0A",
        "a%0Ab%0A",
        "%C3%A9",
        "%D9%A1",
        "%EF%B7%BA",
        ",",
        "a,",
        "%20",
        "-",
        "9:00-9:01,",
        "[",
        "%5C",
        "%25",
        // Joiners, accents, skin tones and flag tags, which are interpreted together with
        // their neighbours.
        "%E2%80%8D",
        "%CC%81",
        "%F0%9F%8F%BB",
        "%F0%9F%8F%B4%F3%A0%81%A7",
        "%F3%A0%81%A7",
        "%E0%A5%8D%E2%80%8D",
        "%E2%80%8B",
    ];
    runs.iter()
        .map(|run| {
            let mut value = String::from("a");
            while value.len() + run.len() < 900_000 {
                value.push_str(run);
            }
            value
        })
        .chain([(0..120_000).map(|n| format!("{n},")).collect(), (0..120_000).map(|n| format!("{n}%0A")).collect()])
        .collect()
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Every name under which a handler or a type of `domain` reads a field.
fn field_names() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["server/src/web", "app/domain/src"] {
        sources(&root.join(folder), &mut files);
    }
    let readers = [
        "get",
        "has",
        "all",
        "text",
        "lines",
        "word",
        "optional",
        "number",
        "email",
        "optional_email",
        "phone",
        "zone",
        "date",
        "optional_date",
        "time",
        "optional_time",
        "several",
        "ticked",
        "list",
    ];
    let mut found = BTreeSet::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        for (at, _) in source.match_indices("(\"") {
            let before = source[..at].rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
            let name = source[at + 2..].split('"').next().unwrap();
            if readers.contains(&before) {
                found.insert(name.to_owned());
            }
        }
        // `List::new("/library", "drafts", …)` names the field of a list.
        for list in source.split("List::new(").skip(1) {
            let until = list.find(';').unwrap_or(list.len());
            found.extend(list[..until].split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found.extend(
        ["since", "before", "after", "older", "notice", "undo", "key", "reason", "over", "seen"].map(str::to_owned),
    );
    found.retain(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c)));
    assert!(found.len() > 80 && found.contains("exercise") && found.contains("drafts"), "{found:?}");
    found.into_iter().collect()
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// Names that no page has, for fields with a number or a date in their name.
const ODD_NAMES: [&str; 14] = [
    "step.0.kind",
    "step.0.options",
    "step.399.title",
    "step.99999999999999999999.prompt",
    "step..x",
    "choice.2026-12-10",
    "choice.-262143-01-01",
    "first.+262142-12-31",
    "hours.mon",
    "s.mine.own",
    "s.0.0.0",
    "a[]",
    "a[0][b]",
    "%00",
];

/// The results of a run.
#[derive(Default)]
struct Seen {
    tried: usize,
    slowest: Vec<(Duration, String)>,
    wrong: Vec<String>,
    /// The forms that were refused with several errors.
    refused: BTreeSet<&'static str>,
}

/// A stage on which the request of one line can be sent.
struct Probe<'a> {
    base: &'a Base,
    route: RouteInfo,
    variant: &'static str,
    stage: Stage,
    line: Line,
    anew: usize,
    seen: Seen,
    all: bool,
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
    async fn new(base: &'a Base, route: &RouteInfo, variant: &'static str, all: bool) -> Option<Self> {
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
        let most = if self.stage.world.backend == Backend::Sqlite { 8 } else { 3 };
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
        (0..most.min(values.len()))
            .map(|k| &values[(place * 7 + k * (values.len() / most).max(1)) % values.len()])
            .collect()
    }

    async fn path(&mut self, place: usize, values: &[String]) {
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

    async fn query(&mut self, place: usize, values: &[String], names: &[String]) {
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

    async fn form(&mut self, place: usize, short: &[String], long: &[String], names: &[String]) {
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
    async fn call(&mut self, place: usize, long: &[String]) {
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

/// A field name as forms send it: dots and underscores are not encoded.
fn encode_name(name: &str) -> String {
    encode(name).replace("%2E", ".").replace("%5F", "_")
}

/// The places of panics in the program, even if they were caught.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn count_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        if !place.starts_with("tests/") && !place.contains("/tests/suite/") {
            PANICS.lock().unwrap().push(place);
        }
        before(info);
    }));
}

async fn check_nothing_breaks(backend: Backend) {
    count_panics();
    let base = Arc::new(Base::new(backend).await);
    #[expect(clippy::disallowed_methods, reason = "how much is tried is the caller's to say")]
    let all = std::env::var("NONSENSE").is_ok_and(|word| word == "all");
    #[expect(clippy::disallowed_methods, reason = "how much is tried is the caller's to say")]
    let only = std::env::var("NONSENSE_OF").unwrap_or_default();
    // Reading a body is the same on both databases, so long values are tried on SQLite
    // only.
    let long = if backend == Backend::Sqlite { long_values() } else { vec![] };
    let (short, long, names) = (Arc::new(short_values()), Arc::new(long), Arc::new(field_names()));
    let lines: Vec<(RouteInfo, &'static str)> = routes::table()
        .into_iter()
        .filter(|route| route.path.contains(&only))
        .map(|route| {
            let variant = recipes::variants(&route)[0];
            (route, variant)
        })
        .collect();
    let (lines, next, seen) = (Arc::new(lines), Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Seen::default())));
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let (base, lines, next, seen) = (base.clone(), lines.clone(), next.clone(), seen.clone());
            let (short, long, names) = (short.clone(), long.clone(), names.clone());
            tokio::spawn(async move {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some((route, variant)) = lines.get(place) else { return };
                    let Some(mut probe) = Probe::new(&base, route, variant, all).await else { continue };
                    probe.path(place, &short).await;
                    if route.method == Method::GET {
                        probe.query(place, &short, &names).await;
                    } else if matches!(probe.line.sent, Sent::Json(_)) {
                        probe.call(place, &long).await;
                    } else {
                        probe.form(place, &short, &long, &names).await;
                    }
                    let mut seen = seen.lock().unwrap();
                    seen.tried += probe.seen.tried;
                    seen.wrong.extend(probe.seen.wrong);
                    seen.slowest.extend(probe.seen.slowest);
                    seen.refused.extend(probe.seen.refused);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let mut seen = std::mem::take(&mut *seen.lock().unwrap());
    seen.slowest.sort_by_key(|slow| std::cmp::Reverse(slow.0));
    println!("{} requests; the slowest:", seen.tried);
    for (took, what) in seen.slowest.iter().take(25) {
        println!("{took:?} {what}");
    }
    println!("{} forms were refused with several errors: {:?}", seen.refused.len(), seen.refused);
    let panics = std::mem::take(&mut *PANICS.lock().unwrap());
    assert!(
        panics.is_empty() && seen.wrong.is_empty(),
        "{panics:?}\n{} faults\n{}",
        seen.wrong.len(),
        seen.wrong.join("\n")
    );
    assert!(seen.tried > 1_500 || !only.is_empty(), "{}", seen.tried);
    assert!(
        seen.refused.len() >= 12 || !only.is_empty(),
        "the order of errors is seen in few forms: {:?}",
        seen.refused
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_input_is_answered_soon_and_without_a_server_error_sqlite() {
    check_nothing_breaks(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_input_is_answered_soon_and_without_a_server_error_postgres() {
    check_nothing_breaks(Backend::Postgres).await;
}
