//! Tests with reports in the forms of many mail servers. The files are in
//! `tests/mail/reports`, with `TAG` in place of the email's own return tag.

use proptest::prelude::*;

use super::*;

fn base() -> EmailAddress {
    EmailAddress::parse("Back@practice.example").unwrap()
}

fn file(name: &str) -> Vec<u8> {
    let path = format!("{}/../tests/mail/reports/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn verdict(name: &str, recipient: &str) -> Option<(Blame, String)> {
    let bounce = read(&file(name), &base())?;
    assert_eq!(bounce.tag, "tag", "{name}");
    bounce.verdict(Some(recipient)).map(|report| (report.blame, report.code))
}

#[test]
fn each_report_is_read_with_its_fault_and_code() {
    use Blame::{Address, Message, Ourselves};
    for (name, blame, code) in [
        ("postfix-unknown", Address, "550 5.1.1"),
        ("postfix-expired", Message, "4.4.1"),
        ("exchange-expired", Message, "400 4.4.7"),
        ("exchange-unknown", Address, "550 5.1.10"),
        ("exchange-no-access", Address, "550 5.4.1"),
        ("exchange-inside-only", Message, "550 5.7.133"),
        ("gmail-unknown", Address, "550 5.1.1"),
        ("gmail-unauthenticated", Ourselves, "550 5.7.26"),
        ("block-list", Ourselves, "554 5.7.1"),
        ("block-list-status-open", Ourselves, "550 5.7.1"),
        ("mailbox-full", Message, "552 5.2.2"),
        ("too-large", Message, "552 5.3.4"),
        ("status-open", Message, "550 5.0.0"),
        ("status-open-answer-exact", Address, "550 5.1.1"),
        ("first-delivered-then-failed", Address, "5.1.1"),
        ("no-empty-lines", Address, "5.1.1"),
        ("failed-then-delivered", Address, "5.1.1"),
        ("forwarded-failed", Address, "550 5.1.1"),
        ("base64-status", Address, "550 5.1.1"),
        ("quoted-printable-status", Address, "550 5.1.1"),
        ("upper-case-way-back", Address, "5.1.1"),
        ("truncated", Address, "550 5.1.1"),
        ("qmail-unknown", Address, "5.1.1"),
        ("qmail-refused", Ourselves, "550 5.7.1"),
        ("qmail-expired", Message, "4.4.3"),
        ("exim-unknown", Address, "550 5.1.1"),
    ] {
        assert_eq!(verdict(name, "amara@example.org"), Some((blame, code.to_owned())), "{name}");
    }
}

#[test]
fn addresses_are_compared_in_every_spelling() {
    let group = |name: &str| read(&file(name), &base()).unwrap().groups.swap_remove(0);
    let utf8 = group("utf8-address");
    assert_eq!(utf8.last.as_deref(), Some("amara@bücher.example"));
    assert_eq!(verdict("utf8-address", "amara@xn--bcher-kva.example"), Some((Blame::Address, "5.1.1".to_owned())));
    let quoted = group("quoted-local-part");
    assert_eq!(quoted.original.as_deref(), Some("amara nwosu@example.org"));
    assert!(verdict("quoted-local-part", "amara@example.org").is_some());
    // The email was delivered to the person we wrote to; a copy that they forward
    // failed.
    assert_eq!(verdict("arrived-copy-failed", "amara@example.org"), None);
    assert_eq!(verdict("arrived-copy-failed", "copy@elsewhere.example"), Some((Blame::Address, "5.1.1".to_owned())));
    assert_eq!(address("utf-8; a\\x{zz}b\\x{110000}c\\x{41"), "a\\x{zz}b\\x{110000}c\\x{41");
}

#[test]
fn a_mail_that_reports_no_failure_changes_nothing() {
    for name in ["delayed", "relayed", "expanded", "read-receipt", "away", "forwarded-report", "foreign-way-back"] {
        assert_eq!(verdict(name, "amara@example.org"), None, "{name}");
    }
    assert_eq!(read(b"", &base()), None);
}

#[test]
fn the_text_of_a_report_is_kept_on_one_line() {
    let why = |name: &str| read(&file(name), &base()).unwrap().verdict(None).unwrap().why;
    assert_eq!(
        why("postfix-unknown"),
        "550 5.1.1 <amara@example.org>: Recipient address rejected: User unknown in virtual mailbox table"
    );
    assert_eq!(why("first-delivered-then-failed"), "5.1.1");
    assert_eq!(why("qmail-unknown"), "Sorry, no mailbox here by that name. (#5.1.1)");
    assert_eq!(why("exim-unknown"), "550 5.1.1 <amara@example.org>: no mailbox here");
}

#[test]
fn the_return_address_may_have_an_international_domain_in_both_forms() {
    let base = EmailAddress::parse("back@prâxis.example").unwrap();
    for domain in ["prâxis.example", "xn--prxis-4qa.example"] {
        let mail = String::from_utf8(file("postfix-unknown")).unwrap().replace("practice.example", domain);
        assert_eq!(read(mail.as_bytes(), &base).map(|b| b.tag).as_deref(), Some("tag"), "{domain}");
    }
}

proptest! {
    #[test]
    fn any_mail_can_be_read_without_a_panic(lines in proptest::collection::vec("(To: back\\+|Content-Type: |--b|Action: failed|Status: 5|boundary=b|Hi. This is the|<a@b>:|X-Failed-Recipients: a@b|Final-Recipient: utf-8; \\\\x\\{)?(multipart/report; ?|message/delivery-status|message/rfc822|.{0,12})", 0..20)) {
        if let Some(bounce) = read(lines.join("\r\n").as_bytes(), &base()) {
            let _ = bounce.verdict(Some("amara@example.org"));
        }
    }

    #[test]
    fn a_report_that_is_cut_off_never_blames_the_address(at in 0usize..1200) {
        let mail = file("gmail-unauthenticated");
        if let Some(report) = read(&mail[..at.min(mail.len())], &base()).and_then(|b| b.verdict(None)) {
            prop_assert_ne!(report.blame, Blame::Address);
        }
    }
}
