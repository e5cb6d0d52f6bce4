//! The front desk's form for a new client: both names, how to reach them, and
//! the first session, in one call. It asks for nothing clinical.

use domain::clients::client::ClientKind;
use leptos::prelude::*;

use crate::ui::{Field, FilterLink, FormState, error_summary, filters, form_key, page_head, submit};

/// The view model of the form.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    /// The therapists: id and name.
    pub therapists: Vec<(String, String)>,
    /// The free times for a first session: the value of the field and a label.
    pub times: Vec<(String, String)>,
    /// The links that show the times of another part of the day.
    pub parts: Vec<FilterLink>,
    /// The links that show the times of one therapist.
    pub whose: Vec<FilterLink>,
}

/// Renders the form.
pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    let kinds = vec![
        (ClientKind::Couple.word().to_owned(), "A couple".to_owned()),
        (ClientKind::Individual.word().to_owned(), "One person".to_owned()),
    ];
    let mut times = vec![(String::new(), "Book it later".to_owned())];
    times.extend(m.times.iter().cloned());
    let mut therapists = vec![(String::new(), "As in the chosen time".to_owned())];
    therapists.extend(m.therapists.iter().cloned());
    let inquiry = f
        .form
        .has("inquiry")
        .then(|| view! { <input type="hidden" name="inquiry" value=f.form.get("inquiry").to_owned()/> });
    view! {
        {page_head("New client", "The therapist accepts them later.", vec![])}
        <div class="cal-sub">{filters("Part of the day", m.parts.clone())}{filters("Times of", m.whose.clone())}</div>
        <form class="form taking-on" method="post" action="/desk/clients" novalidate>
            {form_key()}
            {inquiry}
            {error_summary(f)}
            {Field::new(f, "kind", "Who is coming?").required().radios(kinds)}
            <div class="columns">
                {person(f, "a.", "First partner", true)}
                {person(f, "b.", "Second partner", false)}
            </div>
            <div class="first-times">{Field::new(f, "first", "First session").unmarked().radios(times)}</div>
            {Field::new(f, "clinician", "Therapist").unmarked().hint("Needed only if you book later.").select(therapists)}
            {submit("Add client")}
        </form>
    }
    .into_any()
}

/// The fields of one person.
fn person(f: &FormState, prefix: &str, legend: &'static str, required: bool) -> AnyView {
    let name = Field::new(f, format!("{prefix}name"), "Name");
    let name = if required {
        name.required()
    } else {
        name.unmarked().hint("Leave empty for one person, or if not known yet.")
    };
    view! {
        <fieldset class="card person">
            <legend>{legend}</legend>
            {name.text()}
            {Field::new(f, format!("{prefix}phone"), "Phone").unmarked().tel()}
            {Field::new(f, format!("{prefix}email"), "Email").unmarked().email()}
        </fieldset>
    }
    .into_any()
}

/// Sample models: an empty form; a refused one with times.
pub fn samples() -> Vec<Model> {
    let times = vec![("x".to_owned(), "Thu 26 Nov, 18:00 · Dr Ngozi Okafor · Garden room".to_owned())];
    let parts = vec![FilterLink::new("/desk/clients/new", "Any time", true)];
    let whose = vec![FilterLink::new("/desk/clients/new", "Any therapist", true)];
    let therapists = vec![("y".to_owned(), "अनन्या 💛 ".repeat(18))];
    vec![
        Model::default(),
        Model { form: crate::ui::refused("a.name", "Enter a name."), therapists, times, parts, whose },
    ]
}
