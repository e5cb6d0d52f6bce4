//! The page on which a therapist assigns an exercise: which, to whom, when it
//! is due, with a word along.

use domain::{
    exercises::assignment::{FrequencyChoice, RHYTHM_DAYS},
    ids::{ClientId, PersonId},
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, page_head, submit};

/// The view model of the page that assigns an exercise.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// The exercise that was chosen; `None` before the choice.
    pub exercise: Option<ChosenExercise>,
    /// When the exercise should not be given.
    pub cautions: String,
    /// What the therapist should know about assigning it to this client, beside
    /// the cautions.
    pub notes: Vec<String>,
    /// All exercises if none was chosen yet: slug, and title with minutes.
    pub exercises: Vec<(String, String)>,
    pub people: Vec<(PersonId, String)>,
    /// Whether the client has a next session booked.
    pub has_next: bool,
    pub form: FormState,
}

/// The exercise that was chosen.
#[derive(Clone, Debug)]
pub struct ChosenExercise {
    pub slug: String,
    pub title: String,
}

/// Renders the page that assigns an exercise.
pub fn view(m: &Model) -> AnyView {
    let exercise = match &m.exercise {
        Some(ChosenExercise { slug, title }) => view! {
            <input type="hidden" name="exercise" value=slug.clone()/>
            <p class="lead"><a href=format!("/library/{slug}?client={}", m.client)>{title.clone()}</a></p>
            <p><a href=format!("/library?client={}", m.client)>"Choose another"</a></p>
            <section class="card" aria-labelledby="cautions">
                <h2 id="cautions">"Before you give it"</h2>
                {m.notes.iter().map(|note| view! { <p><strong>{note.clone()}</strong></p> }).collect::<Vec<_>>()}
                <p>{m.cautions.clone()}</p>
            </section>
        }
        .into_any(),
        None => {
            let mut options = vec![(String::new(), "Choose an exercise".to_owned())];
            options.extend(m.exercises.iter().cloned());
            Field::new(&m.form, "exercise", "Exercise")
                .hint("When not to give it stands with each in the library.")
                .required()
                .select(options)
        }
    };
    let mut people: Vec<(String, String)> = Vec::new();
    if m.people.len() > 1 {
        people.push(("everyone".to_owned(), "Both of them".to_owned()));
    }
    people.extend(
        m.people.iter().map(|(id, name)| {
            (id.to_string(), if m.people.len() > 1 { format!("{name} alone") } else { name.clone() })
        }),
    );
    let alone = if m.people.len() > 1 {
        "Given to one alone, nothing opens to the other, and the other sees nothing of it."
    } else {
        ""
    };
    let often = FrequencyChoice::ALL.iter().map(|d| (d.word().to_owned(), d.label().to_owned())).collect();
    let next = if m.has_next { "" } else { "No session is booked yet: it is then due before the first one that is." };
    view! {
        {page_head(format!("An exercise for {}", m.title), "", vec![])}
        {error_summary(&m.form)}
        <form id="assign" class="form narrow" method="post" action=format!("/clients/{}/assignments", m.client) novalidate>
            {form_key()}
            {exercise}
            {Field::new(&m.form, "for", "For whom?").hint(alone).radios(people)}
            {Field::new(&m.form, "due", "How often?").hint(next).radios(often)}
            {Field::new(&m.form, "due_on", "Date").hint("The day it is due by; or the first day, where it repeats (empty: today).").unmarked().date()}
            <div class="pair">
                {Field::new(&m.form, "every_days", "Every … days").hint("For “Every so many days”.").unmarked().number(*RHYTHM_DAYS.start(), *RHYTHM_DAYS.end())}
                {Field::new(&m.form, "until_on", "Until").hint("The last day, where it repeats.").unmarked().date()}
            </div>
            {Field::new(&m.form, "word_along", "A word along").hint("A line from you that they read with it.").area(3)}
            {submit("Assign")}
            <p><a href=format!("/clients/{}", m.client)>"Leave without assigning"</a></p>
        </form>
    }
    .into_any()
}

/// Sample models: no exercise chosen; one chosen; a refused form.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let person = |n: u128, name: &str| (PersonId::from(uuid::Uuid::from_u128(n)), name.to_owned());
    let open = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        title: "Amara & Jonas".into(),
        exercise: None,
        cautions: String::new(),
        notes: vec![],
        exercises: vec![("reachable".into(), "How reachable we are (7 min)".into()), ("x".into(), "T".repeat(200))],
        people: vec![person(2, "Amara"), person(3, "Jonas")],
        has_next: true,
        form: FormState::new(Form::from_pairs([("for", "everyone"), ("due", "before_next")])),
    };
    let chosen = Model {
        exercise: Some(ChosenExercise { slug: "reachable".into(), title: "How reachable we are".into() }),
        cautions: "Not where one is afraid.".into(),
        notes: vec!["This one is open for them already.".into(), "It goes over 14 days by itself.".into()],
        people: vec![person(2, "अनन्या 💛")],
        has_next: false,
        ..open.clone()
    };
    let refused = Model {
        title: "N".repeat(200),
        form: FormState {
            form: Form::from_pairs([("due", "on_date"), ("due_on", "<soon>"), ("word_along", "</textarea><b>")]),
            errors: Errors::at_field("due_on", "Please give the date it is due on."),
        },
        ..open.clone()
    };
    vec![open, chosen, refused]
}
