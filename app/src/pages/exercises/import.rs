//! The page that imports an exercise from a file.

use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, page_head, submit};

/// The view model of the page that imports an exercise.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
}

/// Renders the page that imports an exercise.
pub fn view(m: &Model) -> AnyView {
    let error = m
        .form
        .errors
        .message("file")
        .map(|e| view! { <p class="error" id="f-file-error">{e.to_owned()}</p> }.into_any());
    // The title is asked for only if the file's own is already taken.
    let asks_title = m.form.errors.message("title").is_some() || !m.form.form.get("title").is_empty();
    let described = m.form.errors.message("file").map(|_| "f-file-error");
    view! {
        {page_head("Import exercise", "From a file that was exported here or elsewhere. It never replaces another exercise.", vec![])}
        {error_summary(&m.form)}
        <form class="form" method="post" action="/library/import" enctype="multipart/form-data" novalidate>
            {form_key()}
            <div class="field">
                <label for="f-file">"File"<span class="optional">" optional"</span></label>
                {error}
                <input id="f-file" type="file" name="file" accept=".toml,text/plain" aria-describedby=described/>
            </div>
            {asks_title.then(|| Field::new(&m.form, "title", "Another title").required().text())}
            {Field::new(&m.form, "text", "Or paste its text").hint("If something is wrong, you can correct it here.").area(14)}
            {submit("Import exercise")}
        </form>
    }
    .into_any()
}

/// Sample models: an empty form; a text with an error; a title that is already
/// taken.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let refused = FormState {
        form: Form::from_pairs([("text", "title = \"</textarea><b>\"")]),
        errors: Errors::at_field("text", "Line 3: “slug” is missing here."),
    };
    let twin = FormState {
        form: Form::from_pairs([("title", "<b>A title"), ("text", "title = \"A title\"")]),
        errors: Errors::at_field("title", "Enter another title: the library has an exercise with this one."),
    };
    vec![Model::default(), Model { form: refused }, Model { form: twin }]
}
