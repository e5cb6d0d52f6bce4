//! The language of a reader who is not known, from what their browser prefers.

use domain::clients::person::Language;

/// The first offered language of an `Accept-Language` header (RFC 9110 §12.5.4),
/// by the reader's preference; English if none is offered. `hi-IN` is Hindi.
pub fn accepted(header: &str) -> Language {
    let mut wanted: Vec<(f32, Language)> = header.split(',').filter_map(range).collect();
    // Those of the same quality stay in their order.
    wanted.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    wanted.first().map_or(Language::English, |(_, language)| *language)
}

/// A language range with its quality, if the language is offered and wanted.
fn range(text: &str) -> Option<(f32, Language)> {
    let (tag, quality) = text.split_once(';').unwrap_or((text, ""));
    let quality = match quality.trim().strip_prefix("q=") {
        Some(quality) => quality.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q))?,
        None => 1.0,
    };
    let main = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
    let language = main.parse().ok()?;
    (quality > 0.0).then_some((quality, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_offered_language_is_chosen_by_preference() {
        for (header, language) in [
            ("", Language::English),
            ("hi", Language::Hindi),
            ("hi-IN,hi;q=0.9,en;q=0.8", Language::Hindi),
            ("en-GB,en;q=0.9,hi;q=0.8", Language::English),
            ("en;q=0.5, HI;q=0.7", Language::Hindi),
            ("de-DE,de;q=0.9", Language::English),
            ("de, hi;q=0.1", Language::Hindi),
            ("hi;q=0, en", Language::English),
            ("hi;q=x", Language::English),
            ("*", Language::English),
            (",;,=,;q", Language::English),
        ] {
            assert_eq!(accepted(header), language, "{header}");
        }
    }
}
