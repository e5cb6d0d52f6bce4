//! The cookie that carries a login.
//!
//! Over https its name begins with `__Host-`, which browsers accept only with
//! `Secure`, without a domain and for the whole site: no neighbouring host can
//! plant one (RFC 6265bis §4.1.3.2). Plain http is for trying out on one's own
//! machine; there the prefix is not possible.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::Config;

fn name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-duologue" } else { "duologue" }
}

/// The login's token, if the request brings one that could be ours.
pub fn token(headers: &HeaderMap, config: &Config) -> Option<String> {
    let name = name(config);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value.to_owned())
        .filter(|value| {
            (20..=100).contains(&value.len())
                && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

/// The `Set-Cookie` of a new login. It has no age: the store ends logins.
pub fn keep(token: &str, config: &Config) -> Option<HeaderValue> {
    set(token, "", config)
}

/// The `Set-Cookie` that takes the login from the browser.
pub fn drop_it(config: &Config) -> Option<HeaderValue> {
    set("", "; Max-Age=0", config)
}

fn set(value: &str, age: &str, config: &Config) -> Option<HeaderValue> {
    let secure = if config.is_https() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", name(config))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_and_only_a_token() {
        let config = Config { base_url: "https://practice.example".into(), ..Config::default() };
        let token_text = "abcDEF0123456789-_abcDEF0123456789-_abcdefg";
        let set = keep(token_text, &config).unwrap();
        assert_eq!(
            set.to_str().unwrap(),
            format!("__Host-duologue={token_text}; Path=/; HttpOnly; SameSite=Lax; Secure")
        );
        let headers = |cookie: &str| HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())]);
        assert_eq!(
            token(&headers(&format!("a=b; __Host-duologue={token_text}")), &config).as_deref(),
            Some(token_text)
        );
        assert_eq!(token(&headers(&format!("duologue={token_text}")), &config), None);
        assert_eq!(token(&headers("__Host-duologue=short"), &config), None);
    }
}
