//! What pages and copies say of a text to sign: how it was signed, and the sheet of it.

use app::{
    pages::records::consent_text::{Copy, sheet},
    say,
    sheet::Sheet,
    words::Words,
};
use chrono::{DateTime, Utc};
use domain::{
    clients::person::Zone,
    records::consents::{ConsentKind, SignMethod, hex},
    zone,
};
use store::{Shown, SignedText};

/// The sentence that a person ticks.
pub(crate) fn statement(kind: ConsentKind, w: Words) -> String {
    if kind.is_notice() { say!(w, "forms-statement-read") } else { say!(w, "forms-statement-agree") }
}

/// How a text was signed, in words.
fn method(signed: &SignedText, w: Words) -> String {
    match signed.signature.method {
        SignMethod::Portal => say!(w, "forms-how-portal"),
        SignMethod::Room => say!(w, "forms-how-room"),
        SignMethod::Paper => say!(w, "forms-how-paper"),
    }
}

/// An instant with its zone, such as "3 November 2026, 10:00 (Europe/Berlin)".
pub(crate) fn instant(at: DateTime<Utc>, in_zone: &Zone, w: Words) -> String {
    format!("{} ({})", w.stamp(at, in_zone), in_zone.name())
}

/// When a text was signed. Of a signature on paper only the day is known.
pub(crate) fn signed_at(signed: &SignedText, w: Words) -> String {
    let at = signed.signature.signed_at;
    match signed.signature.method {
        SignMethod::Portal | SignMethod::Room => instant(at, &signed.zone, w),
        SignMethod::Paper => w.day_of_year(zone::date_of(at, &signed.zone)),
    }
}

/// How a text was signed, as the person's own page and every copy say it.
pub(crate) fn facts(signed: &SignedText, w: Words) -> Vec<(String, String)> {
    let signature = &signed.signature;
    let mut facts = vec![
        (say!(w, "forms-fact-name"), signed.name.clone()),
        (say!(w, "forms-fact-statement"), signature.statement.clone()),
        (say!(w, "forms-fact-typed"), signature.typed_name.clone()),
        (say!(w, "forms-fact-when"), signed_at(signed, w)),
        (say!(w, "forms-fact-how"), method(signed, w)),
    ];
    facts.extend(signed.recorded_by.as_ref().map(|name| (say!(w, "forms-fact-recorded"), name.clone())));
    facts.push((say!(w, "forms-fact-version"), signature.version.to_string()));
    facts.push((say!(w, "forms-fact-hash"), hex(&signature.sha256)));
    let ends = [
        (say!(w, "forms-fact-withdrawn"), signature.withdrawn_at),
        (say!(w, "forms-fact-replaced"), signed.replaced_at),
    ];
    facts.extend(ends.into_iter().filter_map(|(term, at)| Some((term, instant(at?, &signed.zone, w)))));
    facts
}

/// The copy of a text that is signed, in the language of the text.
pub(crate) fn signed_copy(signed: &SignedText, practice: &str) -> Sheet {
    let w = Words::new(signed.signature.language);
    sheet(&Copy {
        practice: practice.to_owned(),
        filled: signed.filled.clone(),
        language: signed.signature.language,
        heading: say!(w, "forms-signature"),
        facts: facts(signed, w),
        footer: say!(w, "forms-foot", title = &signed.filled.title, version = signed.signature.version),
    })
}

/// The sheet of a text to be signed on paper, with lines to sign on.
pub(crate) fn sheet_to_sign(shown: &Shown, practice: &str) -> Sheet {
    let w = Words::new(shown.language);
    let line = "_".repeat(30);
    sheet(&Copy {
        practice: practice.to_owned(),
        filled: shown.filled.clone(),
        language: shown.language,
        heading: say!(w, "forms-to-sign"),
        facts: vec![
            (say!(w, "forms-fact-statement"), statement(shown.kind, w)),
            (say!(w, "forms-line-name"), shown.name.clone()),
            (say!(w, "forms-line-day"), line.clone()),
            (say!(w, "forms-line-signature"), line),
        ],
        footer: say!(w, "forms-foot", title = &shown.filled.title, version = shown.version),
    })
}
