//! The two cookies: one carries a login, the other identifies a browser that has
//! signed in before.
//!
//! Over https their names begin with `__Host-`. Browsers accept such a cookie only
//! with `Secure`, without a domain and for the whole site, so that no other host of
//! the domain can set one (RFC 6265bis §4.1.3.2). Plain http is only for a practice
//! that is tried out on one's own machine; there the prefix is not possible.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::Response,
};
use store::Started;

use crate::{config::Config, error::Failure, state::Site};

/// The tokens that a browser has from earlier sign-ins; an extractor.
#[derive(Clone, Debug, Default)]
pub struct EarlierTokens {
    /// The token of its present or last login; `None`: it sent no such cookie.
    pub login: Option<String>,
    /// The token that identifies the browser; `None`: it sent no such cookie.
    pub browser: Option<String>,
}

impl FromRequestParts<Site> for EarlierTokens {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Failure> {
        Ok(Self { login: token(&parts.headers, &site.config), browser: browser(&parts.headers, &site.config) })
    }
}

/// Adds the cookies of a new login to a response.
pub fn with_login_cookies(mut response: Response, started: &Started, config: &Config) -> Response {
    for cookie in [login_cookie(&started.login, config), browser_cookie(&started.browser, config)].into_iter().flatten()
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The name of the login cookie.
fn login_cookie_name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-duologue" } else { "duologue" }
}

/// The name of the browser cookie.
fn browser_name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-duologue-browser" } else { "duologue-browser" }
}

/// How long a browser keeps the cookie that identifies it, in seconds: half a year.
/// The store forgets the browser if it was not used for as long.
const BROWSER_AGE: u32 = 180 * 24 * 60 * 60;

/// The token of the login cookie; `None`: there is none, or its value cannot be one
/// of ours.
pub fn token(headers: &HeaderMap, config: &Config) -> Option<String> {
    value(headers, login_cookie_name(config))
}

/// The token of the browser cookie; `None`: there is none, or its value cannot be
/// one of ours.
pub fn browser(headers: &HeaderMap, config: &Config) -> Option<String> {
    value(headers, browser_name(config))
}

/// The value of a cookie; `None`: there is none, or it does not look like a token.
fn value(headers: &HeaderMap, name: &str) -> Option<String> {
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

/// The `Cookie` header that a browser with this login sends.
pub(super) fn cookie_header(token: &str, config: &Config) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{}={token}", login_cookie_name(config))).ok()
}

/// The `Set-Cookie` header of a new login. It has no age, because the store ends
/// logins.
pub fn login_cookie(token: &str, config: &Config) -> Option<HeaderValue> {
    set_cookie(login_cookie_name(config), token, "", config)
}

/// The `Set-Cookie` header that identifies a browser which has signed in.
pub fn browser_cookie(token: &str, config: &Config) -> Option<HeaderValue> {
    set_cookie(browser_name(config), token, &format!("; Max-Age={BROWSER_AGE}"), config)
}

/// The `Set-Cookie` header that removes the login cookie.
pub fn cleared_login_cookie(config: &Config) -> Option<HeaderValue> {
    set_cookie(login_cookie_name(config), "", "; Max-Age=0", config)
}

/// A `Set-Cookie` header for the whole site.
fn set_cookie(name: &str, value: &str, age: &str, config: &Config) -> Option<HeaderValue> {
    let secure = if config.is_https() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_token_is_read_from_the_cookies() {
        let config = Config { base_url: "https://practice.example".into(), ..Config::default() };
        let token_text = "abcDEF0123456789-_abcDEF0123456789-_abcdefg";
        let set = login_cookie(token_text, &config).unwrap();
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
        let set = browser_cookie(token_text, &config).unwrap();
        assert_eq!(
            set.to_str().unwrap(),
            format!("__Host-duologue-browser={token_text}; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=15552000")
        );
        let both = headers(&format!("__Host-duologue-browser={token_text}; __Host-duologue=abcDEF0123456789-_abcdefg"));
        assert_eq!(browser(&both, &config).as_deref(), Some(token_text));
        assert_eq!(token(&both, &config).as_deref(), Some("abcDEF0123456789-_abcdefg"));
    }
}
