//! Signatures of outgoing email (DKIM, RFC 6376; Ed25519 by RFC 8463).
//!
//! This is written here because of the dependencies that libraries bring: lettre's
//! signing uses a crate for RSA with a known timing leak (RUSTSEC-2023-0071), and
//! others bring a resolver of their own. `ring`, which encrypts our connections
//! anyway, signs with both kinds of keys, so only the form that is signed has to be
//! made here. An independent verifier checks it in `tests/mail`.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use sha2::{Digest as _, Sha256};

/// The header fields that are signed if they are present. `From` and `Subject` are
/// named once more than they occur, so that no further ones can be added.
const HEADERS: [&str; 12] = [
    "From",
    "From",
    "To",
    "Subject",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// A private key, and the name under which its public key is published.
pub struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

enum Key {
    Ed25519(Box<Ed25519KeyPair>),
    Rsa(Box<RsaKeyPair>),
}

impl Signer {
    /// Reads the private key: PKCS #8 in PEM, as `openssl genpkey` writes it.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub fn load(domain: &str, selector: &str, file: &Path) -> Result<Self, String> {
        let name = file.display();
        let der = PrivatePkcs8KeyDer::from_pem_file(file)
            .map_err(|e| format!("the key {name} cannot be read ({e}): it has to be PKCS #8 in PEM"))?;
        let bytes = der.secret_pkcs8_der();
        let key = if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes) {
            Key::Ed25519(Box::new(key))
        } else {
            let key = RsaKeyPair::from_pkcs8(bytes).map_err(|e| {
                format!("the key {name} does not fit ({e}): it has to be Ed25519, or RSA of 2048 bits and more")
            })?;
            Key::Rsa(Box::new(key))
        };
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), key })
    }

    /// The DNS record with the public key: its name and its text.
    pub fn record(&self) -> (String, String) {
        let (kind, public) = match &self.key {
            Key::Ed25519(key) => ("ed25519", key.public_key().as_ref().to_vec()),
            Key::Rsa(key) => ("rsa", subject_public_key(key.public_key().as_ref())),
        };
        let name = format!("{}._domainkey.{}", self.selector, self.domain);
        (name, format!("v=DKIM1; k={kind}; p={}", BASE64.encode(public)))
    }

    /// The email with its signature before it. `None`: it has no header, or the key
    /// cannot sign.
    pub fn sign(&self, mail: &[u8], at: DateTime<Utc>) -> Option<Vec<u8>> {
        let end = mail.windows(4).position(|four| four == b"\r\n\r\n")?;
        let (head, body) = (std::str::from_utf8(&mail[..end + 2]).ok()?, &mail[end + 4..]);
        let fields = fields(head);
        let mut named = Vec::new();
        let mut signed = String::new();
        let mut taken = vec![false; fields.len()];
        for wanted in HEADERS {
            // Fields of one name are taken from the last upwards, each once; one
            // that is not present counts as empty (RFC 6376, section 5.4.2).
            let found = (0..fields.len()).rev().find(|n| !taken[*n] && fields[*n].0.eq_ignore_ascii_case(wanted));
            if let Some(n) = found {
                taken[n] = true;
                signed.push_str(&relaxed_field(fields[n].0, fields[n].1));
                signed.push_str("\r\n");
            }
            let stood_before = named.contains(&wanted);
            if found.is_some() || stood_before {
                named.push(wanted);
            }
        }
        let algorithm = match self.key {
            Key::Ed25519(_) => "ed25519-sha256",
            Key::Rsa(_) => "rsa-sha256",
        };
        let value = format!(
            " v=1; a={algorithm}; c=relaxed/relaxed; d={}; s={};\r\n\tt={}; h={};\r\n\tbh={};\r\n\tb=",
            self.domain,
            self.selector,
            at.timestamp(),
            named.join(":\r\n\t "),
            BASE64.encode(Sha256::digest(relaxed_body(body)))
        );
        signed.push_str(&relaxed_field("DKIM-Signature", &value));
        let signature = match &self.key {
            Key::Ed25519(key) => key.sign(&Sha256::digest(signed.as_bytes())).as_ref().to_vec(),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).ok()?;
                signature
            }
        };
        let encoded = BASE64.encode(signature);
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(72).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        let mut out = format!("DKIM-Signature:{value}{}\r\n", lines.join("\r\n\t ")).into_bytes();
        out.extend_from_slice(mail);
        Some(out)
    }
}

/// The fields of a header: name and value, folded as they are.
fn fields(head: &str) -> Vec<(&str, &str)> {
    let mut fields = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let mut end = 0;
        loop {
            end += rest[end..].find("\r\n").map_or(rest.len() - end, |n| n + 2);
            if !rest[end..].starts_with([' ', '\t']) {
                break;
            }
        }
        let (field, after) = rest.split_at(end);
        fields.extend(field.trim_end_matches("\r\n").split_once(':'));
        rest = after;
    }
    fields
}

/// A field in its relaxed form (RFC 6376, section 3.4.2).
fn relaxed_field(name: &str, value: &str) -> String {
    let words: Vec<&str> = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{}:{}", name.trim_end().to_lowercase(), words.join(" "))
}

/// A body in its relaxed form (RFC 6376, section 3.4.4).
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(body.len());
    let mut kept = 0;
    let mut rest = body;
    while !rest.is_empty() {
        let end = rest.windows(2).position(|two| two == b"\r\n").unwrap_or(rest.len());
        let mut space = false;
        for byte in &rest[..end] {
            if matches!(byte, b' ' | b'\t') {
                space = true;
            } else {
                if space {
                    out.push(b' ');
                }
                space = false;
                out.push(*byte);
            }
        }
        let empty = out.len() == kept || out.ends_with(b"\r\n");
        out.extend_from_slice(b"\r\n");
        // Empty lines at the end do not count.
        if !empty {
            kept = out.len();
        }
        rest = rest.get(end + 2..).unwrap_or_default();
    }
    out.truncate(kept);
    out
}

/// An RSA public key as DNS records give it: a `SubjectPublicKeyInfo` (RFC 5280).
fn subject_public_key(key: &[u8]) -> Vec<u8> {
    // The AlgorithmIdentifier of rsaEncryption, with its NULL.
    const ALGORITHM: &[u8] =
        &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = der(0x03, &[&[0][..], key].concat());
    der(0x30, &[ALGORITHM, &bits].concat())
}

/// A DER value with its tag and length.
fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    match (value.len(), u8::try_from(length.len())) {
        (0..=127, _) | (_, Err(_)) => out.extend(length.last().or(Some(&0))),
        (_, Ok(count)) => {
            out.push(0x80 | count);
            out.extend(&length);
        }
    }
    out.extend(value);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 6376, section 3.4.5.
    #[test]
    fn the_relaxed_form_is_that_of_rfc_6376() {
        assert_eq!(relaxed_field("A", " X"), "a:X");
        assert_eq!(relaxed_field("B ", " Y\t\r\n\tZ  "), "b:Y Z");
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed_body(b"end"), b"end\r\n");
        assert_eq!(relaxed_body(b"a\r\n\r\nb\r\n"), b"a\r\n\r\nb\r\n");
        let two = fields("A: x\r\n y\r\nB: z\r\n");
        assert_eq!(two, [("A", " x\r\n y"), ("B", " z")]);
    }

    #[test]
    fn lengths_are_encoded_as_der() {
        assert_eq!(der(0x03, &[7; 5])[..2], [0x03, 5]);
        assert_eq!(der(0x30, &[7; 200])[..3], [0x30, 0x81, 200]);
        assert_eq!(der(0x30, &[7; 300])[..4], [0x30, 0x82, 1, 44]);
    }
}
