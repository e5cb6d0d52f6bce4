//! The language files, as they are compiled into the program.

use std::sync::LazyLock;

use domain::clients::person::Language;
use fluent_bundle::{FluentResource, FluentValue, concurrent::FluentBundle};
use icu_decimal::{DecimalFormatter, input::Decimal};
use intl_memoizer::{Memoizable, concurrent::IntlLangMemoizer};
use unic_langid::LanguageIdentifier;

use super::{arguments::Argument, icu};

/// The files of one language: area and content. A file that is missing does not
/// compile.
macro_rules! files {
    ($language:literal) => {
        files!(
            $language, "accounts", "contact", "dates", "documents", "emails", "exercises", "forms", "intake", "messages", "notices", "own_data",
            "portal", "releases", "scheduling", "sentences", "shared"
        )
    };
    ($language:literal, $($area:literal),+) => {
        &[$(($area, include_str!(concat!("../../locales/", $language, "/", $area, ".ftl")))),+]
    };
}

/// The files of a language. A new language is a line here, beside its folder.
pub(super) const fn files(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::English => files!("en"),
        Language::Hindi => files!("hi"),
    }
}

/// The messages of a language.
type Messages = FluentBundle<FluentResource>;

static MESSAGES: LazyLock<Vec<(Language, Messages)>> =
    LazyLock::new(|| Language::ALL.iter().map(|language| (*language, load(*language))).collect());

/// Reads the files of a language. A part that cannot be read is left out, as is
/// the second message of a name; the tests find both.
fn load(language: Language) -> Messages {
    let tag: LanguageIdentifier = language.word().parse().unwrap_or_default();
    let mut messages = FluentBundle::new_concurrent(vec![tag]);
    // See `arguments`, which isolates where it is needed.
    messages.set_use_isolating(false);
    messages.set_formatter(Some(written_number));
    for (_, file) in files(language) {
        let file = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(readable, _)| readable);
        let _ = messages.add_resource(file);
    }
    messages
}

/// A message of a language with its arguments. `None`: the language does not have
/// it, or it cannot be written completely.
pub(super) fn message(language: Language, key: &str, arguments: &[(&str, Argument)]) -> Option<String> {
    let (_, messages) = MESSAGES.iter().find(|(of, _)| *of == language)?;
    let pattern = messages.get_message(key)?.value()?;
    let arguments = arguments.iter().map(|(name, value)| (*name, value.value())).collect();
    let mut errors = Vec::new();
    let text = messages.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
    errors.is_empty().then_some(text)
}

/// How a language writes numbers: `1,234` in English.
struct Numbers(DecimalFormatter);

impl Memoizable for Numbers {
    type Args = ();
    type Error = icu_provider::DataError;

    fn construct(tag: LanguageIdentifier, (): ()) -> Result<Self, Self::Error> {
        DecimalFormatter::try_new(icu::locale(&tag.to_string()).into(), Default::default()).map(Self)
    }
}

/// A whole number as the language writes it; `None` for any other value, which
/// Fluent writes itself.
fn written_number(value: &FluentValue<'_>, kept: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    // It was made from an `i64`: see `Argument::Number`.
    let number = Decimal::from(number.value as i64);
    kept.with_try_get::<Numbers, _, _>((), |Numbers(format)| format.format(&number).to_string()).ok()
}
