//! The texts to sign that the program brings, in our own plain words. Each is a file
//! in `app/consents`: the title behind `# `, a blank line, and the text.
//!
//! They are a beginning. No text is right everywhere, so the owner's page says beside
//! each that the practice has it checked by its counsel.

use super::consents::{ConsentKind, Wording};
use crate::clients::person::Language;

/// A text that the program brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShippedText {
    /// Its name, such as `policy-no-secrets`. It is stored, and never changes.
    pub key: &'static str,
    pub kind: ConsentKind,
    pub wordings: [(Language, Wording); 2],
}

/// Reads a file of a text: the title and what is below it.
fn wording(file: &str) -> Wording {
    let (title, body) = file.split_once('\n').unwrap_or((file, ""));
    Wording { title: title.trim_start_matches("# ").trim().to_owned(), body: body.trim().to_owned() }
}

macro_rules! texts {
    ($($key:literal: $kind:ident),+ $(,)?) => {
        vec![$(ShippedText {
            key: $key,
            kind: ConsentKind::$kind,
            wordings: [
                (Language::English, wording(include_str!(concat!("../../../consents/", $key, ".en.md")))),
                (Language::Hindi, wording(include_str!(concat!("../../../consents/", $key, ".hi.md")))),
            ],
        }),+]
    };
}

/// The texts that the program brings, in the order in which they are listed.
pub fn texts() -> Vec<ShippedText> {
    texts! {
        "treatment": Treatment,
        "privacy": Privacy,
        "fees": Fees,
        "email": Email,
        "video": Video,
        "policy-no-secrets": Policy,
        "policy-limited-secrets": Policy,
        "policy-separate-confidences": Policy,
        "confidences": Confidences,
        "release": Release,
        "release-process": Release,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{consents::Blank, policy::Preset, release::ReleaseKind};

    #[test]
    fn texts_are_whole_and_have_the_same_blanks_in_each_language() {
        for text in texts() {
            let [(_, english), (_, hindi)] = &text.wordings;
            assert_eq!(english.blanks(), hindi.blanks(), "{}", text.key);
            for (language, wording) in &text.wordings {
                assert!(!wording.title.is_empty() && wording.body.len() > 200, "{} {language:?}", text.key);
                assert!(wording.unknown_blanks().is_empty(), "{}: {:?}", text.key, wording.unknown_blanks());
                assert!(!wording.sample(*language).has_gaps, "{}", text.key);
            }
        }
    }

    #[test]
    fn every_preset_has_its_text_with_a_blank_for_the_decisions() {
        let texts = texts();
        for preset in Preset::ALL {
            let text = texts.iter().find(|text| text.key == preset.text_key()).unwrap();
            assert!(text.kind == ConsentKind::Policy && text.wordings[0].1.blanks().contains(&Blank::Decisions));
        }
    }

    #[test]
    fn every_kind_of_release_has_its_text_that_says_what_leaves() {
        let texts = texts();
        for kind in ReleaseKind::ALL {
            let text = texts.iter().find(|text| text.key == kind.text_key()).unwrap();
            assert!(text.kind == ConsentKind::Release && text.wordings[0].1.blanks().contains(&Blank::What));
        }
    }

    /// What a text may say of its own validity: nothing.
    #[test]
    fn no_text_claims_to_be_valid_in_law() {
        for text in texts() {
            let body = text.wordings[0].1.body.to_lowercase();
            for claim in ["legally binding", "complies with", "gdpr", "hipaa", "valid"] {
                assert!(!body.contains(claim), "{}: {claim}", text.key);
            }
        }
    }
}
