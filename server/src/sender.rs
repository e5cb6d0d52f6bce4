//! The page that a form was sent from, as far as the browser tells: the check
//! against forms of other sites (cross-site request forgery).

use axum::http::{HeaderMap, HeaderName, header};

use crate::host::{OwnAddress, PageOrigin, Place};

/// The page that a form was sent from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// A page of this practice.
    OwnPage,
    /// Our own page, opened over plain http although the practice has an https
    /// address: the browser would not keep the cookie of a login.
    Unencrypted,
    /// A page of another site, or one that does not say where it is from.
    Elsewhere,
}

/// Tells from the headers which page a form was sent from. `asked` is the host that
/// the request is for.
///
/// Browsers say in `Sec-Fetch-Site` whether a form is from our own page, but only
/// over https and to the machine itself. Where it is missing (plain http in a local
/// network, Safari before 16.4, a proxy that strips it), `Origin` decides, and
/// `Referer` where there is no `Origin` (Firefox before 70). Whatever
/// `Sec-Fetch-Site` says, an origin that is named must have the scheme, the host
/// and the port of `base_url`. Without `Sec-Fetch-Site`, an origin of `null` or
/// no origin and no referrer count as foreign.
pub(crate) fn sender(headers: &HeaderMap, own: &OwnAddress, asked: &Place) -> Sender {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let (origin, site) = (text(header::ORIGIN), text(HeaderName::from_static("sec-fetch-site")));
    if site == Some("same-origin") && origin.is_none_or(|origin| origin == "null") {
        return Sender::OwnPage;
    }
    match site {
        // `none`: the person typed the address or opened a bookmark. No form is
        // sent so, except again from the browser's history, and then without an
        // origin.
        Some("none") if origin.is_none() => return Sender::OwnPage,
        Some("same-origin") | None => {}
        Some(_) => return Sender::Elsewhere,
    }
    match origin.or_else(|| text(header::REFERER)).map(|page| own.page(page, asked)) {
        Some(PageOrigin::Here) => Sender::OwnPage,
        Some(PageOrigin::Unencrypted) => Sender::Unencrypted,
        Some(PageOrigin::Elsewhere) | None => Sender::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    /// Which page a form was sent from. `asked` is the host that the request is
    /// for, of the practice at `base_url`.
    fn sent_to(base_url: &str, asked: &str, pairs: &[(&'static str, &'static str)]) -> Sender {
        let headers = pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        let own = OwnAddress::read(base_url).unwrap();
        let asked = own.place(asked).unwrap();
        sender(&headers, &own, &asked)
    }

    fn sent(pairs: &[(&'static str, &'static str)]) -> Sender {
        sent_to("https://practice.example", "practice.example", pairs)
    }

    fn here(pairs: &[(&'static str, &'static str)]) -> bool {
        sent(pairs) == Sender::OwnPage
    }

    #[test]
    fn only_forms_of_our_own_pages_are_accepted() {
        assert!(here(&[("sec-fetch-site", "same-origin"), ("origin", "https://practice.example")]));
        // A page that an earlier version of the program sent, with its referrer
        // policy.
        assert!(here(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(here(&[("sec-fetch-site", "same-origin")]));
        assert!(here(&[("sec-fetch-site", "none")]));
        for foreign in [
            &[("sec-fetch-site", "none"), ("origin", "https://evil.example")][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "cross-site"), ("referer", "https://practice.example/")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://practice.example")],
            &[("sec-fetch-site", "same-site"), ("origin", "https://practice.example")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", ""), ("origin", "https://practice.example")],
        ] {
            assert_eq!(sent(foreign), Sender::Elsewhere, "{foreign:?}");
        }
    }

    #[test]
    fn without_fetch_metadata_the_origin_decides() {
        for own in ["https://practice.example", "https://practice.example:443", "https://PRACTICE.example"] {
            assert!(here(&[("origin", own)]), "{own}");
        }
        for foreign in [
            "https://evil.example",
            "https://practice.example.evil.example",
            "https://practice.example:8443",
            "https://www.practice.example",
            "https://evil.example#https://practice.example",
            "https://evil.example\\.practice.example",
            "https://practice.example@evil.example",
            "ftp://practice.example",
            "practice.example",
            "https://",
            "",
            // A sandboxed frame of another site, or a page without a referrer.
            "null",
        ] {
            assert_eq!(sent(&[("origin", foreign)]), Sender::Elsewhere, "{foreign}");
            // The referrer counts for nothing beside an origin.
            let both = [("origin", foreign), ("referer", "https://practice.example/")];
            assert_eq!(sent(&both), Sender::Elsewhere, "{foreign}");
        }
        assert_eq!(sent(&[]), Sender::Elsewhere);
    }

    #[test]
    fn on_localhost_a_form_must_come_from_the_host_it_is_sent_to() {
        let sent = |asked, origin| sent_to("http://localhost:3000", asked, &[("origin", origin)]);
        for own in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"] {
            for from in ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"] {
                let expected = if from.ends_with(own) { Sender::OwnPage } else { Sender::Elsewhere };
                assert_eq!(sent(own, from), expected, "{from} to {own}");
            }
        }
        for foreign in
            ["http://localhost:3001", "http://localhost", "https://localhost:3000", "http://evil.localhost:3000"]
        {
            assert_eq!(sent("localhost:3000", foreign), Sender::Elsewhere, "{foreign}");
        }
    }

    #[test]
    fn without_an_origin_the_referrer_decides() {
        assert!(here(&[("referer", "https://practice.example/sign-in?next=/x")]));
        assert!(here(&[("referer", "https://practice.example")]));
        for foreign in
            ["https://evil.example/practice.example", "https://evil.example/?https://practice.example/", "x", ""]
        {
            assert_eq!(sent(&[("referer", foreign)]), Sender::Elsewhere, "{foreign}");
        }
    }

    #[test]
    fn a_form_over_plain_http_is_recognised() {
        for plain in ["http://practice.example", "http://practice.example:3000"] {
            assert_eq!(sent(&[("origin", plain)]), Sender::Unencrypted);
            assert_eq!(sent(&[("referer", plain)]), Sender::Unencrypted);
        }
        let by_number =
            sent_to("https://practice.example", "192.168.1.5:3000", &[("origin", "http://192.168.1.5:3000")]);
        assert_eq!(by_number, Sender::Unencrypted);
        assert_eq!(sent(&[("origin", "http://evil.example")]), Sender::Elsewhere);
        let tried_out = sent_to("http://localhost:3000", "localhost:3000", &[("origin", "http://localhost:3000")]);
        assert_eq!(tried_out, Sender::OwnPage);
    }
}
