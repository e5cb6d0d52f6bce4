//! The files that browsers fetch beside the pages: the style sheet, the script and
//! wasm of the islands, and an icon. All are inside the program; nothing is loaded
//! from another site.
//!
//! The content of a file whose name contains a hash never changes, so browsers may
//! keep it for ever. Browsers ask again for any other file, by its tag.

use app::ui::shell;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use rust_embed::{Embed, EmbeddedFile};

use crate::{
    error::{Answer, Failure},
    form::PathIds,
};

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
struct Files;

/// The names of the files that pages link to.
pub struct Assets(shell::Assets);

impl Assets {
    /// Finds the files that the build made. A build without islands has no script:
    /// the pages then work without it.
    pub fn find() -> Self {
        let mut names: Vec<String> =
            Files::iter().filter_map(|path| path.strip_prefix("pkg/").map(str::to_owned)).collect();
        // Names with a hash first: those are the files of a build.
        names.sort_by_key(|name| (!carries_hash(name), name.clone()));
        let find = |ending: &str| names.iter().find(|n| n.starts_with("duologue") && n.ends_with(ending)).cloned();
        let script = find(".js");
        Self(shell::Assets {
            css: format!("/pkg/{}", find(".css").unwrap_or_else(|| "duologue.css".to_owned())),
            js_name: script.as_deref().map_or("duologue", |s| s.trim_end_matches(".js")).to_owned(),
            islands: script.is_some(),
        })
    }

    /// Assets with these names, for tests that run before a build.
    pub fn named(names: shell::Assets) -> Self {
        Self(names)
    }

    /// The names for the pages.
    pub fn names(&self) -> &shell::Assets {
        &self.0
    }
}

/// Whether a name contains a hash of eight or more hexadecimal digits, as
/// `duologue-1a2b3c4d5e6f.css`.
fn carries_hash(name: &str) -> bool {
    name.split(['-', '.', '_']).skip(1).any(|part| part.len() >= 8 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The content type of a file, by the end of its name.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

/// Whether the browser accepts brotli.
fn accepts_br(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).any(
        |part| {
            let mut pieces = part.split(';').map(str::trim);
            pieces.next() == Some("br") && !pieces.any(|p| matches!(p, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        },
    )
}

/// GET /pkg/{file}: one of the embedded files, packed with brotli if the browser
/// accepts it.
pub async fn file(headers: HeaderMap, PathIds(name): PathIds<String>) -> Answer {
    if name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(Failure::NotFound);
    }
    let path = format!("pkg/{name}");
    let packed = if accepts_br(&headers) { Files::get(&format!("{path}.br")) } else { None };
    let is_packed = packed.is_some();
    let file = packed.or_else(|| Files::get(&path)).ok_or(Failure::NotFound)?;
    Ok(send(&name, file, is_packed, &headers))
}

/// The response with a file, or 304 if the browser has it already.
fn send(name: &str, file: EmbeddedFile, is_packed: bool, headers: &HeaderMap) -> Response {
    let hash: String = file.metadata.sha256_hash().iter().take(16).map(|b| format!("{b:02x}")).collect();
    let tag = format!("\"{hash}\"");
    let same = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes());
    let mut response =
        if same { StatusCode::NOT_MODIFIED.into_response() } else { file.data.into_owned().into_response() };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    answer.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if carries_hash(name) { "public, max-age=31536000, immutable" } else { "no-cache" }),
    );
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(header::ETAG, tag);
    }
    if is_packed {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// The response with a small text that browsers may keep for a day.
fn fixed(kind: &'static str, body: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=86400")], body).into_response()
}

/// GET /favicon.svg
pub async fn favicon() -> Response {
    fixed("image/svg+xml", include_str!("favicon.svg"))
}

/// GET /manifest.webmanifest: what a phone needs to put the site on its first
/// screen. Its name is neutral, as other people see that screen too.
pub async fn manifest() -> Response {
    fixed("application/manifest+json", MANIFEST)
}

const MANIFEST: &str = include_str!("icons/manifest.json");

/// GET /icons/{file}: an icon of the manifest.
pub async fn icon(PathIds(name): PathIds<String>) -> Answer {
    let bytes: &'static [u8] = match name.as_str() {
        "icon-192.png" => include_bytes!("icons/icon-192.png"),
        "icon-512.png" => include_bytes!("icons/icon-512.png"),
        "icon-maskable-512.png" => include_bytes!("icons/icon-maskable-512.png"),
        _ => return Err(Failure::NotFound),
    };
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=86400")], bytes).into_response())
}

/// GET /robots.txt: search engines may read no page. Calendar programs that obey
/// robots.txt (Google's does) may read the feeds that a person gives them; the
/// header `X-Robots-Tag` keeps the feeds out of search results.
pub async fn robots() -> Response {
    fixed("text/plain; charset=utf-8", ROBOTS)
}

/// For a path, the longest matching rule decides (RFC 9309 §2.2.2). A reader that
/// takes the first matching rule finds the rule for the feeds first.
const ROBOTS: &str = "User-agent: *\nAllow: /feeds/\nAllow: /robots.txt\nDisallow: /\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_in_a_file_name_is_recognised() {
        for name in ["duologue-1a2b3c4d5e.css", "duologue.0123456789abcdef.js", "duologue-abcdef0123456789_bg.wasm"] {
            assert!(carries_hash(name), "{name}");
        }
        for name in ["duologue.js", "duologue_bg.wasm", "duologue-main.css"] {
            assert!(!carries_hash(name), "{name}");
        }
    }

    /// A manifest that a browser cannot read makes the site not installable, without
    /// a message.
    #[tokio::test]
    async fn every_icon_of_the_manifest_is_there() {
        let manifest: serde_json::Value = serde_json::from_str(MANIFEST).unwrap();
        let icons = manifest["icons"].as_array().unwrap();
        assert!(icons.iter().any(|icon| icon["purpose"] == "maskable"));
        for icon in icons {
            let name = icon["src"].as_str().unwrap().strip_prefix("/icons/").unwrap().to_owned();
            assert!(super::icon(PathIds(name)).await.is_ok(), "{icon}");
        }
        assert!(super::icon(PathIds("manifest.json".to_owned())).await.is_err());
        // Other people see the first screen of a phone.
        let told = MANIFEST.to_lowercase();
        assert!(["therap", "couple", "counsel", "clinic"].iter().all(|word| !told.contains(word)));
    }

    #[test]
    fn brotli_is_sent_only_to_a_browser_that_accepts_it() {
        let headers = |value: &str| HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]);
        assert!(accepts_br(&headers("gzip, deflate, br")));
        assert!(!accepts_br(&headers("gzip, br;q=0")));
        assert!(!accepts_br(&HeaderMap::new()));
    }
}
