//! A list that shows only the rows that fit the fields of a form, as the reader
//! types. Without scripts the form is sent, and the server hides the rows.

use leptos::prelude::*;

/// Filters the rows (`data-row`) of the element with the id `list` by the fields of
/// the form with the id `form`: the words of the field `q` must be in the texts
/// marked `data-words`, and the value of every other field in the attribute of that
/// name, such as `data-theme`, whose values are separated by `|`. The element with
/// the id of the list and `-count` says how many rows there are; the one with
/// `-none` is shown if there is no row.
#[island]
pub fn ListFilter(
    /// The id of the form.
    form: String,
    /// The id of the list.
    list: String,
    /// What a row is, for the count: singular and plural.
    nouns: (String, String),
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    watch(form, list, nouns);
    #[cfg(not(feature = "hydrate"))]
    drop((form, list, nouns));
}

/// Whether each word is somewhere in a text; capital letters are not told apart.
pub fn has_words(text: &str, words: &str) -> bool {
    let text = text.to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

/// How many rows there are, in words.
pub fn count_text(count: usize, (one, many): (&str, &str)) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// Hides the rows that do not fit, at each change of the form.
#[cfg(feature = "hydrate")]
fn watch(form: String, list: String, nouns: (String, String)) {
    use leptos::ev;

    use super::browser::{changed, is_in};

    let show = {
        let form = form.clone();
        move || show_rows(&form, &list, (&nouns.0, &nouns.1))
    };
    // The reader may type before the script has loaded.
    if !changed(&form).is_empty() {
        show();
    }
    window_event_listener(ev::input, move |event| {
        if is_in(&event, &form) {
            show();
        }
    });
}

/// Shows the rows that fit the form, and hides the others.
#[cfg(feature = "hydrate")]
fn show_rows(form: &str, list: &str, nouns: (&str, &str)) {
    use super::browser::{children, fields, put_text, set_hidden, with_id};

    let asked = fields(form);
    let mut shown = 0;
    let Some(list_element) = with_id(list) else { return };
    for row in children(&list_element, "[data-row]") {
        let fits = asked.iter().filter(|(_, value)| !value.trim().is_empty()).all(|(name, value)| {
            if name == "q" {
                let texts = children(&row, "[data-words]").into_iter().filter_map(|text| text.text_content());
                return has_words(&texts.collect::<Vec<_>>().join(" "), value);
            }
            row.get_attribute(&format!("data-{name}")).is_none_or(|own| own.split('|').any(|own| own == value))
        });
        set_hidden(&row, !fits);
        shown += usize::from(fits);
    }
    put_text(&format!("{list}-count"), &count_text(shown, nouns));
    if let Some(none) = with_id(&format!("{list}-none")) {
        set_hidden(&none, shown > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_must_be_there_in_any_order() {
        assert!(has_words("How reachable we are", "WE reach"));
        assert!(!has_words("How reachable we are", "we talk"));
        assert!(has_words("How reachable we are", "  "));
        assert_eq!(count_text(1, ("exercise", "exercises")), "1 exercise");
        assert_eq!(count_text(0, ("exercise", "exercises")), "0 exercises");
    }
}
