//! Addresses on this site: which paths a redirect may use, and how a query string is
//! written.

/// The path if a redirect may use it: a path of this site without another host, a
/// scheme, or a character that could end the header. `None` otherwise.
pub fn local_path(path: &str) -> Option<&str> {
    let mut characters = path.chars();
    let fits = characters.next() == Some('/')
        && !matches!(characters.next(), Some('/' | '\\'))
        && path.len() <= 500
        && path.chars().all(|c| c.is_ascii_graphic() && c != '\\' && c != '"');
    fits.then_some(path)
}

/// The pairs as a query string, percent-encoded.
pub fn query(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// A text as a part of a query string or of a form's body, percent-encoded.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_paths_are_redirected_to() {
        for good in ["/", "/clients/1?q=a%20b", "/calendar?view=day&date=2026-11-23"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "/a b",
            "\\/evil",
        ] {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_query_carries_anything() {
        assert_eq!(query(&[("next", "/a?b=c&d"), ("q", "é")]), "next=/a%3Fb%3Dc%26d&q=%C3%A9");
    }
}
