//! The people of a treatment unit: taken on, changed, joined by a second.
//!
//! One form for all of it. Each person has fields of their own under a
//! prefix, so that what belongs to one never lands with the other.

use domain::{
    client::{ClientKind, Seat},
    ids::{ClientId, PersonId},
    person::Language,
    practice::Lead,
};
use leptos::prelude::*;

use super::pathway::capital;
use crate::ui::{Field, FormState, error_summary, page_head, submit, zone_select};

#[derive(Clone, Debug)]
pub struct Model {
    pub kind: ClientKind,
    /// The client a person is changed in, or added to where there is no id.
    pub edit: Option<(ClientId, Option<PersonId>)>,
    /// Whose fields are shown; their prefixes are `a.` and `b.`.
    pub seats: Vec<Seat>,
    pub form: FormState,
    /// Where the form goes.
    pub action: String,
    pub title: String,
    /// People of the caseload who may be taken over.
    pub known: Vec<(PersonId, String)>,
}

/// The prefix of a person's fields.
pub const fn prefix(seat: Seat) -> &'static str {
    match seat {
        Seat::A => "a.",
        Seat::B => "b.",
    }
}

pub fn view(m: &Model) -> AnyView {
    let is_new = m.edit.is_none();
    let people: Vec<AnyView> = m.seats.iter().map(|seat| person(m, *seat)).collect();
    let later = (is_new && m.kind == ClientKind::Couple).then(|| {
        Field::new(&m.form, "later", "I will add the second partner later")
            .hint("The fields of the second partner are then left aside.")
            .tick()
    });
    let back = m.edit.map_or_else(|| "/caseload".to_owned(), |(client, _)| format!("/clients/{client}"));
    let button = match m.edit {
        None => "Create",
        Some((_, None)) => "Add",
        Some(_) => "Save",
    };
    view! {
        {page_head(m.title.clone(), "", vec![])}
        {error_summary(&m.form)}
        <form class="form" method="post" action=m.action.clone() novalidate>
            <input type="hidden" name="kind" value=m.kind.word()/>
            {m.form.form.has("inquiry").then(|| view! { <input type="hidden" name="inquiry" value=m.form.form.get("inquiry").to_owned()/> })}
            {later}
            <div class="columns">{people}</div>
            {submit(button)}
            <p><a href=back>"Leave without saving"</a></p>
        </form>
    }
    .into_any()
}

fn person(m: &Model, seat: Seat) -> AnyView {
    let prefix = prefix(seat);
    let state = &m.form;
    let name = |field: &str| format!("{prefix}{field}");
    let languages = Language::ALL.iter().map(|l| (l.word().to_owned(), l.label().to_owned())).collect();
    let known = (!m.known.is_empty()).then(|| {
        let mut options = vec![(String::new(), "Somebody new".to_owned())];
        options.extend(m.known.iter().map(|(id, name)| (id.to_string(), name.clone())));
        Field::new(state, name("known"), "Who is it?")
            .hint("Somebody of your caseload keeps their login and their calendar, and gets a record that starts empty. The fields below are then left aside.")
            .select(options)
    });
    let legend = match (m.seats.len(), seat) {
        (1, _) => "Person",
        (_, Seat::A) => "First partner",
        (_, Seat::B) => "Second partner",
    };
    view! {
        <fieldset class="card person">
            <legend>{legend}</legend>
            {known}
            {Field::new(state, name("name"), "Name").required().text()}
            {Field::new(state, name("pronouns"), "Pronouns").text()}
            {Field::new(state, name("email"), "E-mail").hint("Their own, not a shared one. The invitation goes there.").email()}
            {Field::new(state, name("phone"), "Phone").tel()}
            {zone_select(state, &name("zone"), "Time zone")}
            {m.edit.map(|_| view! { <p class="hint">"Once they sign in, their time zone is theirs to choose."</p> })}
            {Field::new(state, name("language"), "Language of mails").required().select(languages)}
            <h2>"How they may be written to"</h2>
            <p class="hint">"The other partner sees nothing of this."</p>
            {contact_fields(state, prefix, "They")}
        </fieldset>
    }
    .into_any()
}

/// The fields of safe contact, for `who` it is: "They" or "I".
pub(super) fn contact_fields(state: &FormState, prefix: &str, who: &str) -> AnyView {
    let name = |field: &str| format!("{prefix}{field}");
    let own = who == "I";
    let (no_mail, reminders, nudges) = if own {
        ("No e-mail to me at all", "Remind me before sessions", "Remind me of exercises and of what we planned")
    } else {
        ("No e-mail at all", "Reminders before sessions", "Reminders of exercises and of what they planned")
    };
    let leads = if own { "When to remind me of a session" } else { "When to remind them of a session" };
    let only = if own {
        "Everything stands here on your own page."
    } else {
        "Everything stands in their portal. Without mail they cannot be invited by mail either."
    };
    view! {
        {Field::new(state, name("portal_only"), no_mail).hint(only).tick()}
        {Field::new(state, name("reminders"), reminders).hint("A moved or cancelled session is told in any case, by mail only where mail is allowed.").tick()}
        {Field::new(state, name("lead"), leads).hint("None ticked: as the practice does it.").unmarked().ticks(Lead::OWN.iter().map(|lead| (lead.to_string(), capital(&lead.words()))).collect())}
        {Field::new(state, name("nudges"), nudges).hint("Few, and without a word of what it is. They end by themselves.").tick()}
        {Field::new(state, name("nudge_at"), "… at this hour").hint(if own { "By the clock where you live." } else { "By the clock where they live. Once they sign in, it is theirs to choose." }).time()}
        {Field::new(state, name("safe_from"), "E-mail only from").hint("By the clock where they live. Leave both empty for any hour.".replace("they live", if own { "you live" } else { "they live" })).time()}
        {Field::new(state, name("safe_until"), "E-mail only until").time()}
    }
    .into_any()
}

/// A new couple; one refused; a person being changed; somebody alone.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let client = ClientId::from(uuid::Uuid::from_u128(1));
    let one = PersonId::from(uuid::Uuid::from_u128(2));
    let couple = Model {
        kind: ClientKind::Couple,
        edit: None,
        seats: vec![Seat::A, Seat::B],
        form: FormState::default(),
        action: "/clients".into(),
        title: "New couple".into(),
        known: vec![],
    };
    let mut errors = Errors::one("a.name", "Please write a name.");
    errors.add("b.email", "Please write an e-mail address such as name@example.org.");
    errors.add("", "Please look at this again.");
    let refused = Model {
        form: FormState {
            form: Form::from_pairs([
                ("a.pronouns", "<they>"),
                ("b.name", "अनन्या 💛"),
                ("b.email", "no"),
                ("later", "yes"),
            ]),
            errors,
        },
        ..couple.clone()
    };
    let changed = Model {
        edit: Some((client, Some(one))),
        seats: vec![Seat::A],
        form: FormState::new(Form::from_pairs([
            ("a.name", "N".repeat(200)),
            ("a.zone", "Asia/Kolkata".to_owned()),
            ("a.reminders", "yes".to_owned()),
        ])),
        action: format!("/clients/{client}/partners/{one}/edit"),
        title: "Details of Amara".into(),
        ..couple.clone()
    };
    let alone = Model {
        kind: ClientKind::Individual,
        seats: vec![Seat::A],
        title: "New individual client".into(),
        known: vec![(one, "Amara".into()), (one, "N".repeat(200))],
        ..couple.clone()
    };
    vec![couple, refused, changed, alone]
}
