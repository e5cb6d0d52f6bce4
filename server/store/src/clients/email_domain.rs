//! Email addresses as mail servers compare and carry them: the domain in ASCII
//! form (A-labels).

use domain::clients::email_address::to_ascii;

/// Returns the address with its domain in the form that every mail server
/// understands: `ana@müller.example` becomes `ana@xn--mller-kva.example` (RFC
/// 5890 to 5892 by UTS 46, non-transitional, STD3 rules). The part before the
/// `@` is not changed. `None`: there is no `@`, or the domain has no such form.
pub fn with_ascii_domain(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let domain = if domain.is_ascii() {
        // An ASCII domain is not checked here: that is left to the mail server.
        domain.to_owned()
    } else {
        to_ascii(domain)?
    };
    Some(format!("{local}@{domain}"))
}

/// Whether two addresses reach the same mailbox, as far as an outsider can
/// tell: upper and lower case are equal, and so are the two forms of an
/// international domain.
pub fn same_address(a: &str, b: &str) -> bool {
    let key = |address: &str| with_ascii_domain(address.trim()).map(|a| a.to_lowercase());
    let (a_key, b_key) = (key(a), key(b));
    if a_key.is_some() || b_key.is_some() { a_key == b_key } else { a.trim().to_lowercase() == b.trim().to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn international_domain_becomes_a_labels() {
        for (typed, sent) in [
            ("ana@müller-probe.example", "ana@xn--mller-probe-thb.example"),
            ("ana@MÜLLER-probe.example", "ana@xn--mller-probe-thb.example"),
            // Decomposed, with the ideographic full stop, in another script.
            ("ana@mu\u{308}ller-probe.example", "ana@xn--mller-probe-thb.example"),
            ("ana@例え。テスト", "ana@xn--r8jz45g.xn--zckzah"),
            // Non-transitional: the sharp s is a letter of its own.
            ("ana@straße.example", "ana@xn--strae-oqa.example"),
            ("ana@xn--mller-probe-thb.example", "ana@xn--mller-probe-thb.example"),
            ("Ana@Example.org", "Ana@Example.org"),
            ("josé@bücher.example", "josé@xn--bcher-kva.example"),
        ] {
            assert_eq!(with_ascii_domain(typed).as_deref(), Some(sent), "{typed}");
        }
        for none in ["ana", "ana@-müller.example", "ana@mü ller.example", "ana@mü_ller.example", "ana@ü..example"] {
            assert_eq!(with_ascii_domain(none), None, "{none}");
        }
    }

    #[test]
    fn both_forms_of_a_domain_are_one_address() {
        assert!(same_address("Ana@müller.example", "ana@XN--MLLER-KVA.example"));
        assert!(same_address("ana@müller.example", " ana@mu\u{308}ller.example"));
        assert!(same_address("a b", "A B"));
        for other in ["ana@muller.example", "anna@müller.example", "ana@müller.example.org", ""] {
            assert!(!same_address("ana@müller.example", other), "{other}");
        }
    }
}
