//! The one address of a practice, and which host a request is for.
//!
//! [`crate::host_check`] refuses requests for any other host, and [`crate::sender`]
//! compares the page that a form came from with it.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, header};
use domain::clients::email_address::to_ascii;

/// A host and a port, in the one form in which two of them are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// A name in A-labels and small letters without a dot at its end, or an IP
    /// address; an IPv6 address has no brackets.
    name: String,
    port: u16,
}

impl Place {
    /// Reads `host` or `host:port` as in a header (RFC 9110 §7.2). `usual` is the
    /// port if none is named. `None`: the text is no host.
    fn read(text: &str, usual: u16) -> Option<Self> {
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, port) = rest.split_once(']')?;
                (address.parse::<Ipv6Addr>().ok()?.to_string(), port)
            }
            None => {
                let at = text.find(':').unwrap_or(text.len());
                let (name, port) = text.split_at(at);
                let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
                let fits = !name.is_empty()
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
                (fits.then_some(name)?, port)
            }
        };
        let port = match port.strip_prefix(':') {
            Some("") => usual,
            None if port.is_empty() => usual,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) | None => return None,
        };
        Some(Self { name, port })
    }

    /// Whether this is the machine itself, by one of its three usual names.
    fn is_loopback(&self) -> bool {
        self.name == "localhost"
            || matches!(self.name.parse(), Ok(IpAddr::V4(ip)) if ip.is_loopback())
            || self.name == "::1"
    }
}

/// The practice's own address: `base_url` in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAddress {
    https: bool,
    place: Place,
}

impl OwnAddress {
    /// Reads the setting `base_url`. `None`: it is no scheme and host.
    pub fn read(base_url: &str) -> Option<Self> {
        let (scheme, host) = base_url.split_once("://")?;
        let https = match scheme {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        // A host name with letters outside of ASCII is requested in A-labels.
        let host = if host.is_ascii() {
            host.to_owned()
        } else {
            let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
            format!("{}{port}", to_ascii(name)?)
        };
        Some(Self { https, place: Place::read(&host, usual_port(https))? })
    }

    /// Reads the host that a request to this practice names. `None`: it is no host.
    pub fn place(&self, text: &str) -> Option<Place> {
        Place::read(text, usual_port(self.https))
    }

    /// Whether a host is the practice's own. A practice on localhost may be reached
    /// by each of the machine's three names.
    pub fn is_at(&self, place: &Place) -> bool {
        *place == self.place || (self.place.port == place.port && self.place.is_loopback() && place.is_loopback())
    }

    /// Where the page of an `Origin` or a `Referer` is, for a request to the host
    /// `asked`.
    pub fn page(&self, address: &str, asked: &Place) -> PageOrigin {
        let Some((scheme, rest)) = address.split_once("://") else { return PageOrigin::Elsewhere };
        let https = match scheme {
            "https" => true,
            "http" => false,
            _ => return PageOrigin::Elsewhere,
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        match Place::read(host, usual_port(https)) {
            Some(place) if https == self.https && place == *asked && self.is_at(&place) => PageOrigin::Here,
            // Our own page by its own name, or by the name that the request asked
            // for.
            Some(place) if self.https && !https && (place.name == self.place.name || place.name == asked.name) => {
                PageOrigin::Unencrypted
            }
            Some(_) | None => PageOrigin::Elsewhere,
        }
    }
}

/// Where the page is from which something is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageOrigin {
    /// On this practice's own site.
    Here,
    /// The page was opened over plain http although the practice has an https
    /// address.
    Unencrypted,
    /// On another site, or not a page.
    Elsewhere,
}

/// The port that a scheme has by default.
fn usual_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

/// The host that a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedHost {
    /// This practice's own host.
    Own(Place),
    /// Another host.
    Another(Place),
    /// No host, more than one, or a text that is no host.
    Unclear,
}

impl RequestedHost {
    /// Reads the header `Host`, and the host in the request line if there is one (a
    /// proxy's absolute form): both must be this practice's own.
    pub fn read(own: Option<&OwnAddress>, headers: &HeaderMap, authority: Option<&str>) -> Self {
        let mut hosts = headers.get_all(header::HOST).iter();
        let (first, second) = (hosts.next(), hosts.next());
        if second.is_some() {
            return Self::Unclear;
        }
        let read = |text: &str| own.map_or_else(|| Place::read(text, usual_port(false)), |own| own.place(text));
        let named = first.map(|value| value.to_str().ok()).into_iter().chain(authority.map(Some));
        let mut places = named.map(|text| text.and_then(read));
        let Some(Some(place)) = places.next() else { return Self::Unclear };
        for place in [Some(place.clone())].into_iter().chain(places) {
            match place {
                None => return Self::Unclear,
                Some(place) if own.is_some_and(|own| own.is_at(&place)) => {}
                Some(place) => return Self::Another(place),
            }
        }
        Self::Own(place)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn asked(base_url: &str, hosts: &[&str], authority: Option<&str>) -> RequestedHost {
        let own = OwnAddress::read(base_url).unwrap();
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap());
        }
        RequestedHost::read(Some(&own), &headers, authority)
    }

    fn is_own(base_url: &str, host: &str) -> bool {
        matches!(asked(base_url, &[host], None), RequestedHost::Own(_))
    }

    const HTTPS: &str = "https://practice.example";
    const LOCAL: &str = "http://localhost:3000";

    #[test]
    fn every_spelling_of_the_own_host_is_accepted() {
        for (base_url, hosts) in [
            (
                HTTPS,
                &[
                    "practice.example",
                    "PRACTICE.Example",
                    "practice.example.",
                    "practice.example:443",
                    "practice.example:",
                ][..],
            ),
            ("https://practice.example:8443", &["practice.example:8443", "Practice.example.:8443"]),
            ("https://practice.example:443", &["practice.example", "practice.example:443"]),
            ("https://Praxis-Müller.example", &["xn--praxis-mller-klb.example", "XN--praxis-mller-klb.example:443"]),
            ("https://xn--praxis-mller-klb.example", &["xn--praxis-mller-klb.example"]),
            ("https://[2001:db8::1]", &["[2001:db8::1]", "[2001:DB8:0::1]:443"]),
            ("https://192.0.2.7", &["192.0.2.7"]),
            (LOCAL, &["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST:3000"]),
            ("http://[::1]:3000", &["[::1]:3000", "localhost:3000"]),
            ("http://duo.localhost:3000", &["duo.localhost:3000"]),
            ("http://localhost", &["localhost", "localhost:80", "127.0.0.1"]),
        ] {
            for host in hosts {
                assert!(is_own(base_url, host), "{host} for {base_url}");
            }
        }
    }

    #[test]
    fn every_other_host_is_refused() {
        for (base_url, hosts) in [
            (
                HTTPS,
                &[
                    "evil.example",
                    "practice.example.evil.example",
                    "evil-practice.example",
                    "www.practice.example",
                    "practice.example:80",
                    "practice.example:3000",
                    "practice.example:8443",
                    "localhost",
                    "localhost:3000",
                    "127.0.0.1",
                    "[::1]",
                    "192.0.2.7",
                    "example",
                    "practice.example..",
                    "xn--practice.example",
                ][..],
            ),
            ("https://practice.example:8443", &["practice.example", "practice.example:443"]),
            (
                LOCAL,
                &["localhost", "localhost:3001", "evil.localhost:3000", "127.0.0.1", "192.168.1.5:3000", "[::2]:3000"],
            ),
            ("http://duo.localhost:3000", &["localhost.evil.example:3000"]),
        ] {
            for host in hosts {
                assert!(matches!(asked(base_url, &[host], None), RequestedHost::Another(_)), "{host} for {base_url}");
            }
        }
    }

    #[test]
    fn a_request_with_no_host_or_two_is_unclear() {
        for hosts in [
            &[][..],
            &[""],
            &[":443"],
            &["."],
            &["practice.example", "practice.example"],
            &["practice.example", "evil.example"],
            &["practice.example, evil.example"],
            &["practice.example evil.example"],
            &["practice.example:443:443"],
            &["practice.example:x"],
            &["practice.example:+443"],
            &["practice.example:99999"],
            &["practice.example/evil"],
            &["evil@practice.example"],
            &["https://practice.example"],
            &["[practice.example]"],
            &["[::1"],
            &["praxis-müller.example"],
        ] {
            assert_eq!(asked(HTTPS, hosts, None), RequestedHost::Unclear, "{hosts:?}");
        }
    }

    #[test]
    fn the_host_in_the_request_line_must_be_ours_as_well() {
        let ours = |hosts: &[&str], authority| matches!(asked(HTTPS, hosts, Some(authority)), RequestedHost::Own(_));
        assert!(ours(&["practice.example"], "practice.example"));
        assert!(ours(&[], "practice.example:443"));
        assert!(!ours(&["practice.example"], "evil.example"));
        assert!(!ours(&["evil.example"], "practice.example"));
        assert!(!ours(&[], "evil.example"));
        assert!(!ours(&["practice.example"], "user@practice.example"));
    }

    #[test]
    fn with_an_unreadable_base_url_every_request_is_refused() {
        for wrong in
            ["practice.example", "ftp://practice.example", "https://", "https://a b", "https://x:y", "https://[::1"]
        {
            assert_eq!(OwnAddress::read(wrong), None, "{wrong}");
        }
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("practice.example"))]);
        assert!(matches!(RequestedHost::read(None, &headers, None), RequestedHost::Another(_)));
    }

    proptest! {
        /// Only spellings that differ in the case of letters, a dot at the end or
        /// the usual port are the same host.
        #[test]
        fn only_spellings_of_the_own_host_are_accepted(text in "[a-zA-Z0-9.:@\\[\\]-]{0,40}|(www\\.)?practice\\.example[.:a-z0-9]{0,6}") {
            let plain = text.to_ascii_lowercase();
            let plain = plain.strip_suffix(":443").or_else(|| plain.strip_suffix(':')).unwrap_or(&plain);
            let plain = plain.strip_suffix('.').unwrap_or(plain);
            // A port may begin with zeros.
            prop_assume!(!text.contains(":0"));
            prop_assert_eq!(is_own(HTTPS, &text), plain == "practice.example", "{}", text);
        }
    }
}
