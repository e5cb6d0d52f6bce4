//! The pages on which a therapist assigns an exercise: first the choice among all
//! of them, with a search; then to whom, how often, and a note to the couple. Only
//! the fields that the choice needs are shown.

use domain::{
    exercises::{
        assignment::{FrequencyChoice, RHYTHM_DAYS},
        exercise::Document,
    },
    ids::{ClientId, PersonId},
};
use leptos::prelude::*;

use super::{
    catalogue::{Filter, LibItem, filter_form, list, row_texts, sample_item},
    parts::mode_sentence,
    preview::preview_steps,
    step::sample::sample_document,
};
use crate::ui::{Field, FormState, error_summary, form_key, page_head};

/// The view model of the page on which an exercise is chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    pub client: ClientId,
    pub title: String,
    pub filter: Filter,
    pub rows: Vec<LibItem>,
    pub people: Vec<Recipient>,
}

/// The view model of the page that assigns an exercise.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// The exercise that was chosen; `None`: a form was sent with one that cannot
    /// be assigned, so that another one must be chosen.
    pub exercise: Option<Document>,
    /// What the therapist should know about assigning it to this client, beside
    /// the cautions.
    pub notes: Vec<String>,
    /// All exercises, where another one must be chosen: slug, and title with
    /// minutes.
    pub exercises: Vec<(String, String)>,
    pub people: Vec<Recipient>,
    /// Whether the client has a next session booked.
    pub has_next: bool,
    pub form: FormState,
}

/// A person for whom an exercise can be.
#[derive(Clone, Debug)]
pub struct Recipient {
    pub id: PersonId,
    pub name: String,
    pub portal: PortalAccess,
}

/// Whether a person can do the exercise in the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortalAccess {
    /// They have signed in.
    Active,
    /// They have an invitation and have not signed in yet.
    Invited,
    /// They have no open invitation. `by_email`: they can be invited by email.
    Missing { by_email: bool },
}

/// The first name of a person, for sentences.
fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// Renders the page on which an exercise is chosen.
pub fn choose(m: &Choice) -> AnyView {
    let here = format!("/clients/{}/assignments/new", m.client);
    let row = |item: &LibItem| {
        let choose = format!("{here}?exercise={}", item.slug);
        let see = format!("/library/{}?client={}", item.slug, m.client);
        let title = view! { <strong>{item.title.clone()}</strong> }.into_any();
        view! {
            <details>
                <summary>{row_texts(item, title)}</summary>
                <p>{item.purpose.clone()}</p>
                <p><strong>"Before you assign this: "</strong>{item.cautions.clone()}</p>
                <p><a href=see>{format!("Preview “{}”", item.title)}</a></p>
            </details>
            <a class="button" href=choose aria-label=format!("Choose {}", item.title)>"Choose"</a>
        }
        .into_any()
    };
    view! {
        {page_head(format!("Assign an exercise to {}", m.title), "", vec![])}
        {access_notes(&m.people)}
        {filter_form(&m.filter, &m.rows, here.clone(), None)}
        <div class="picker">{list(&m.filter, &m.rows, here.clone(), row)}</div>
        <p class="back"><a href=format!("/clients/{}", m.client)>"Back without assigning"</a></p>
    }
    .into_any()
}

/// A line for each person who cannot do the exercise in the portal yet.
fn access_notes(people: &[Recipient]) -> Vec<AnyView> {
    let notes = people.iter().filter_map(|person| {
        let name = first_name(&person.name);
        let text = match person.portal {
            PortalAccess::Active => return None,
            PortalAccess::Invited => format!("{name} is invited and hasn’t signed in yet."),
            PortalAccess::Missing { by_email: true } => {
                format!("{name} hasn’t been invited yet. You can invite {name} when you assign the exercise.")
            }
            PortalAccess::Missing { by_email: false } => {
                format!("{name} hasn’t been invited yet, and can’t be by email: hand over a link from the record.")
            }
        };
        Some(view! { <p class="notice">{text}</p> }.into_any())
    });
    notes.collect()
}

/// Renders the page that assigns an exercise.
pub fn view(m: &Model) -> AnyView {
    let exercise = match &m.exercise {
        Some(document) => view! { <input type="hidden" name="exercise" value=document.slug.clone()/> }.into_any(),
        None => {
            let mut options = vec![(String::new(), "Choose an exercise".to_owned())];
            options.extend(m.exercises.iter().cloned());
            Field::new(&m.form, "exercise", "Exercise")
                .hint("Check contraindications in the library first.")
                .required()
                .select(options)
        }
    };
    let whom = people_options(&m.people);
    let alone = if m.people.len() > 1 { "An exercise for one person is never shown to the other." } else { "" };
    let often = FrequencyChoice::ALL.iter().map(|d| (d.word().to_owned(), d.label().to_owned())).collect();
    let next = if m.has_next { "" } else { "No session is booked: due before the first one that is." };
    let area =
        Field::new(&m.form, "word_along", if m.people.len() > 1 { "Note to the couple" } else { "Note to the client" });
    view! {
        {page_head(format!("Assign to {}", m.title), "", vec![])}
        {error_summary(&m.form)}
        <div class="assign-room">
        {m.exercise.as_ref().map(|document| chosen_exercise(m, document))}
        <form id="assign" class="form assign" method="post" action=format!("/clients/{}/assignments", m.client) novalidate>
            {form_key()}
            {exercise}
            {Field::new(&m.form, "for", "For whom?").hint(alone).radios(whom)}
            {invite_fields(&m.people, &m.form)}
            {Field::new(&m.form, "due", "How often?").hint(next).radios(often)}
            <div class="needs needs-date">{Field::new(&m.form, "due_on", "Due by").unmarked().date()}</div>
            <div class="needs needs-days">{Field::new(&m.form, "every_days", "Days between").hint("2 for every other day.").unmarked().number(*RHYTHM_DAYS.start(), *RHYTHM_DAYS.end())}</div>
            <div class="needs needs-rhythm pair">
                {Field::new(&m.form, "from_on", "First day").hint("Today if empty.").unmarked().date()}
                {Field::new(&m.form, "until_on", "Last day").hint("Without an end if empty.").unmarked().date()}
            </div>
            {area.hint("They read it with the exercise.").area(3)}
            <div class="form-actions">
                <button class="button button-primary" type="submit">"Assign exercise"</button>
                <a class="button" href=format!("/clients/{}", m.client)>"Back without assigning"</a>
            </div>
        </form>
        </div>
    }
    .into_any()
}

/// The choice of the people whom something is for: everyone first, if there are
/// several.
pub(super) fn people_options(people: &[Recipient]) -> Vec<(String, String)> {
    let several = people.len() > 1;
    let both = several.then(|| ("everyone".to_owned(), "Both of them".to_owned()));
    let each = people.iter().map(|Recipient { id, name, .. }| {
        (id.to_string(), if several { format!("{} only", first_name(name)) } else { name.clone() })
    });
    both.into_iter().chain(each).collect()
}

/// The exercise that was chosen: what it is for, when not to assign it, and its
/// steps.
fn chosen_exercise(m: &Model, document: &Document) -> AnyView {
    let notes: Vec<AnyView> =
        m.notes.iter().map(|note| view! { <p class="notice">{note.clone()}</p> }.into_any()).collect();
    view! {
        <section id="f-exercise" class="card chosen" aria-labelledby="chosen">
            <h2 id="chosen">{document.title.clone()}</h2>
            {m.form.errors.message("exercise").map(|error| view! { <p class="error" id="f-exercise-error">{error.to_owned()}</p> })}
            <p class="muted">{format!("About {} minutes each · {}", document.minutes, document.mode.label())}</p>
            <p>{document.purpose.clone()}</p>
            <h3>"Before you assign this"</h3>
            <p>{document.cautions.clone()}</p>
            {notes}
            <details>
                <summary>"Preview the steps"</summary>
                <p class="muted">{mode_sentence(document.mode, m.people.len())}</p>
                <div class="form exercise-form">{preview_steps(document)}</div>
            </details>
            <p><a href=format!("/clients/{}/assignments/new", m.client)>"Choose another exercise"</a></p>
        </section>
    }
    .into_any()
}

/// For each person who was not invited yet, a box to invite them with the same
/// press; a line for the others who have not signed in.
pub(super) fn invite_fields(people: &[Recipient], form: &FormState) -> AnyView {
    let (boxes, others): (Vec<&Recipient>, Vec<&Recipient>) =
        people.iter().partition(|person| person.portal == PortalAccess::Missing { by_email: true });
    let boxes: Vec<AnyView> = boxes
        .into_iter()
        .enumerate()
        .map(|(n, person)| {
            let (value, name) = (person.id.to_string(), first_name(&person.name));
            let id = if n == 0 { "f-invite".to_owned() } else { format!("f-invite-{n}") };
            let checked = form.form.all("invite").any(|asked| asked == value);
            view! {
                <label class="choice" for=id.clone()>
                    <input id=id.clone() type="checkbox" name="invite" value=value checked=checked/>
                    <span>{format!("{name} hasn’t been invited yet: invite {name} by email now")}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    let others: Vec<Recipient> = others.into_iter().cloned().collect();
    view! { {(!boxes.is_empty()).then(|| view! { <div class="choices">{boxes}</div> })} {access_notes(&others)} }
        .into_any()
}

/// Two people for samples, of whom the second was not invited.
pub(super) fn sample_people() -> Vec<Recipient> {
    let person = |n: u128, name: &str, portal| Recipient {
        id: PersonId::from(uuid::Uuid::from_u128(n)),
        name: name.to_owned(),
        portal,
    };
    vec![
        person(2, "Amara Nwosu", PortalAccess::Active),
        person(3, "<b>Jonas", PortalAccess::Missing { by_email: true }),
    ]
}

/// Sample models of the choice: all exercises; none that fits, for people who
/// cannot sign in yet.
pub fn choice_samples() -> Vec<Choice> {
    let all = Choice {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        title: "Amara & Jonas".into(),
        filter: Filter::default(),
        rows: vec![sample_item("How reachable we are"), sample_item(&"T".repeat(200))],
        people: sample_people(),
    };
    let mut people = sample_people();
    people[0].portal = PortalAccess::Invited;
    people[1].portal = PortalAccess::Missing { by_email: false };
    let none = Choice {
        title: "N".repeat(200),
        filter: Filter { q: "<none>".into(), ..Filter::default() },
        people,
        ..all.clone()
    };
    vec![all, none]
}

/// Sample models: an exercise that was chosen; one for an individual with a long
/// name; a refused form without an exercise.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let chosen = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        title: "Amara & Jonas".into(),
        exercise: Some(sample_document()),
        notes: vec!["This exercise is already open for them.".into()],
        exercises: vec![],
        people: sample_people(),
        has_next: true,
        form: FormState::new(Form::from_pairs([("for", "everyone"), ("due", "before_next")])),
    };
    let mut people = sample_people();
    people.truncate(1);
    people[0].name = "अनन्या 💛".into();
    let one = Model { title: "N".repeat(200), people, has_next: false, ..chosen.clone() };
    let mut errors = Errors::at_field("due_on", "Enter the date it is due.");
    errors.add("exercise", "Choose an exercise.");
    let refused = Model {
        exercise: None,
        exercises: vec![("reachable".into(), "How reachable we are (7 min)".into()), ("x".into(), "T".repeat(200))],
        form: FormState {
            form: Form::from_pairs([("due", "on_date"), ("due_on", "<soon>"), ("word_along", "</textarea><b>")]),
            errors,
        },
        ..chosen.clone()
    };
    vec![chosen, one, refused]
}
