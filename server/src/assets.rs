//! What browsers fetch beside the pages: the stylesheet, the islands' script
//! and wasm, an icon. They are inside the program; nothing comes from
//! elsewhere.
//!
//! A name that carries a hash never changes its content and may be kept for
//! ever; one that does not is asked for again, by its tag.

use app::ui::shell;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use rust_embed::{Embed, EmbeddedFile};

use crate::{
    error::{Answer, Failure},
    form::At,
    state::Site,
};

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
struct Files;

/// The names that pages link to.
pub struct Assets(shell::Assets);

impl Assets {
    /// Looks for what the build left. A build without islands has none: the
    /// pages then work by themselves.
    pub fn find() -> Self {
        let mut names: Vec<String> =
            Files::iter().filter_map(|path| path.strip_prefix("pkg/").map(str::to_owned)).collect();
        // Names with a hash first: they are the built ones.
        names.sort_by_key(|name| (!carries_hash(name), name.clone()));
        let find = |ending: &str| names.iter().find(|n| n.starts_with("duologue") && n.ends_with(ending)).cloned();
        let script = find(".js");
        Self(shell::Assets {
            css: format!("/pkg/{}", find(".css").unwrap_or_else(|| "duologue.css".to_owned())),
            js_name: script.as_deref().map_or("duologue", |s| s.trim_end_matches(".js")).to_owned(),
            islands: script.is_some(),
        })
    }

    pub fn names(&self) -> &shell::Assets {
        &self.0
    }
}

/// `duologue-1a2b3c4d5e6f.css`: eight or more hexadecimal digits.
fn carries_hash(name: &str) -> bool {
    name.split(['-', '.', '_']).skip(1).any(|part| part.len() >= 8 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

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

fn accepts_br(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).any(
        |part| {
            let mut pieces = part.split(';').map(str::trim);
            pieces.next() == Some("br") && !pieces.any(|p| matches!(p, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        },
    )
}

/// GET /pkg/{file}
pub async fn file(State(_): State<Site>, headers: HeaderMap, At(name): At<String>) -> Answer {
    if name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(Failure::NotFound);
    }
    let path = format!("pkg/{name}");
    let packed = if accepts_br(&headers) { Files::get(&format!("{path}.br")) } else { None };
    let is_packed = packed.is_some();
    let file = packed.or_else(|| Files::get(&path)).ok_or(Failure::NotFound)?;
    Ok(send(&name, file, is_packed, &headers))
}

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

fn fixed(kind: &'static str, body: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=86400")], body).into_response()
}

/// GET /favicon.svg
pub async fn favicon() -> Response {
    fixed("image/svg+xml", include_str!("favicon.svg"))
}

/// GET /robots.txt: nothing here is for search engines.
pub async fn robots() -> Response {
    fixed("text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_in_a_name_is_known() {
        for name in ["duologue-1a2b3c4d5e.css", "duologue.0123456789abcdef.js", "duologue-abcdef0123456789_bg.wasm"] {
            assert!(carries_hash(name), "{name}");
        }
        for name in ["duologue.js", "duologue_bg.wasm", "duologue-main.css"] {
            assert!(!carries_hash(name), "{name}");
        }
    }

    #[test]
    fn brotli_is_sent_where_it_is_read() {
        let headers = |value: &str| HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]);
        assert!(accepts_br(&headers("gzip, deflate, br")));
        assert!(!accepts_br(&headers("gzip, br;q=0")));
        assert!(!accepts_br(&HeaderMap::new()));
    }
}
