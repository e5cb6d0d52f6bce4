//! The part of a record's notes with which notes are found and printed.

use domain::ids::ClientId;
use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary};

/// The forms above the notes of a client.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The fields of the search: `words`, `from`, `until`, `template`, `author`.
    pub form: FormState,
    /// The templates of this client's notes: id and title.
    pub templates: Vec<(String, String)>,
    /// The authors of this client's notes: account and name.
    pub authors: Vec<(String, String)>,
    /// Whether the list below is the result of a search.
    pub is_search: bool,
    /// Whether there is a note to find at all.
    pub any: bool,
}

/// Renders the search and the form to print.
pub fn view(client: ClientId, m: &Model) -> AnyView {
    if !m.any {
        return ().into_any();
    }
    let any = |label: &str, of: &[(String, String)]| {
        std::iter::once((String::new(), label.to_owned())).chain(of.iter().cloned()).collect::<Vec<_>>()
    };
    let clear = m
        .is_search
        .then(|| view! { <a class="button" href=format!("/clients/{client}?tab=notes")>"Clear search"</a> }.into_any());
    view! {
        <details class="more" open=m.is_search || !m.form.errors.is_empty()>
            <summary>"Find notes"</summary>
            <form class="form more-panel" method="get" action=format!("/clients/{client}") role="search" aria-label="Find notes">
                <input type="hidden" name="tab" value="notes"/>
                {error_summary(&m.form)}
                {Field::new(&m.form, "words", "Words").hint("Notes with all of these words.").unmarked().text()}
                {Field::new(&m.form, "from", "From").unmarked().date()}
                {Field::new(&m.form, "until", "Until").unmarked().date()}
                {Field::new(&m.form, "template", "Template").unmarked().select(any("Any template", &m.templates))}
                {Field::new(&m.form, "author", "Author").unmarked().select(any("Any author", &m.authors))}
                <div class="form-actions"><button class="button button-primary" type="submit">"Find notes"</button>{clear}</div>
            </form>
        </details>
        <p><a href=format!("/clients/{client}/notes/print")>"Print notes"</a></p>
    }
    .into_any()
}

/// The form that chooses the days whose notes are printed.
pub fn print_form(client: ClientId, form: &FormState) -> AnyView {
    view! {
        <form class="form actions" method="get" action=format!("/clients/{client}/notes/print")>
            {error_summary(form)}
            {Field::new(form, "from", "From").unmarked().date()}
            {Field::new(form, "until", "Until").unmarked().date()}
            {Field::new(form, "process", "Only my process notes").hint("They are never printed with other notes.").tick()}
            <div class="form-actions"><button class="button" type="submit">"Show notes"</button></div>
        </form>
    }
    .into_any()
}

/// Sample forms: no note yet; a search; a refused search.
pub(crate) fn samples() -> Vec<Model> {
    use domain::form::Form;
    let templates = vec![("7".to_owned(), "Couple session".to_owned()), ("8".to_owned(), "N".repeat(120))];
    let search = Model {
        form: FormState::new(Form::from_pairs([("words", "<lake>"), ("template", "7")])),
        templates,
        authors: vec![("9".into(), "अनन्या 💛".into())],
        is_search: true,
        any: true,
    };
    let refused = Model { form: crate::ui::refused("until", "The last day is before the first."), ..search.clone() };
    vec![Model::default(), search, refused]
}
