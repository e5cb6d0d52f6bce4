//! The origin of a request: the network address and the browser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};

use crate::{error::Failure, state::Site};

/// The address and the browser that a request comes from, as the throttle's keys
/// and the list of a person's own logins show them.
pub struct Origin {
    /// The address of the browser, or of a proxy that is not trusted.
    pub ip: IpAddr,
    /// The browser and the system in words, as "Firefox on Android".
    pub device: String,
}

impl FromRequestParts<Site> for Origin {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Failure> {
        let peer =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |c| c.0.ip());
        let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        Ok(Self { ip: client_address(peer, &parts.headers, &site.config.trusted_proxies), device: device_name(agent) })
    }
}

/// The address that a request comes from. That is the peer, unless the peer is one
/// of our proxies: then it is the last address in `X-Forwarded-For` that is not one
/// of our proxies. What is before that one in the header was written by the client
/// and counts for nothing.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|t| t.to_canonical() == *ip);
    if !is_trusted(&peer) {
        return peer;
    }
    let forwarded: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).collect();
    for text in forwarded.iter().rev() {
        match text.trim().parse::<IpAddr>() {
            Ok(ip) if is_trusted(&ip.to_canonical()) => {}
            Ok(ip) => return ip.to_canonical(),
            Err(_) => return peer,
        }
    }
    peer
}

/// The key under which an address is counted. An IPv6 customer usually has a whole
/// /64 network.
pub fn network(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let s = ip.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
    }
}

/// A short name of a browser, as "Firefox on Android": enough for people to
/// recognise their own devices.
fn device_name(agent: &str) -> String {
    let first = |names: &[(&'static str, &'static str)]| {
        names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrom", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "Another browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let headers =
            HeaderMap::from_iter([(header::HeaderName::from_static("x-forwarded-for"), forwarded.parse().unwrap())]);
        let trusted: Vec<IpAddr> = trusted.iter().map(|t| t.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_may_name_the_client() {
        assert_eq!(seen("203.0.113.9", "198.51.100.1", &[]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", "6.6.6.6, 198.51.100.1", &["10.0.0.1"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", &["10.0.0.1", "10.0.0.2"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", "rubbish", &["10.0.0.1"]), "10.0.0.1");
        assert_eq!(seen("::ffff:10.0.0.1", "2001:db8::1", &["10.0.0.1"]), "2001:db8::1");
    }

    #[test]
    fn devices_have_plain_names() {
        assert_eq!(
            device_name("Mozilla/5.0 (Android 15; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0"),
            "Firefox on Android"
        );
        assert_eq!(
            device_name(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari on iPhone"
        );
        assert_eq!(device_name(""), "Another browser");
    }

    #[test]
    fn addresses_of_one_ipv6_network_have_one_key() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6".parse().unwrap()), "2001:db8:1:2::/64");
    }
}
