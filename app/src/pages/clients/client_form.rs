//! The form for the people of a client: it creates a client, changes a person,
//! and adds the second partner.
//!
//! Each person's fields have a prefix of their own, so that no value is saved
//! for the wrong person.

use domain::{
    clients::{
        client::{ClientKind, Seat},
        person::{AloneMail, Language},
    },
    ids::{ClientId, PersonId},
    outbox::lead::Lead,
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, page_head, submit, zone_select};

/// The view model of the form for the people of a client.
#[derive(Clone, Debug)]
pub struct Model {
    pub kind: ClientKind,
    /// The client and the person that is changed, or `None` for a person who is
    /// added. `None` as a whole for a new client.
    pub edit: Option<(ClientId, Option<PersonId>)>,
    /// The people whose fields are shown; the prefixes are `a.` and `b.`.
    pub seats: Vec<Seat>,
    pub form: FormState,
    /// The address to which the form is submitted.
    pub action: String,
    pub title: String,
    /// The people of the caseload who can be chosen instead of a new person.
    pub known: Vec<(PersonId, String)>,
    /// A warning that this person gets no email about what they do alone,
    /// because another person has the same address; otherwise empty.
    pub alone: String,
    /// For a person who signs in and so owns their address: which address is
    /// used, and why. `None` for all others.
    pub own_address: Option<String>,
}

/// The prefix of a person's field names.
pub const fn prefix(seat: Seat) -> &'static str {
    match seat {
        Seat::A => "a.",
        Seat::B => "b.",
    }
}

/// Renders the form for the people of a client.
pub fn view(m: &Model) -> AnyView {
    let is_new = m.edit.is_none();
    let people: Vec<AnyView> = m.seats.iter().map(|seat| person_fieldset(m, *seat)).collect();
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
            {form_key()}
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

/// The fieldset of one person.
fn person_fieldset(m: &Model, seat: Seat) -> AnyView {
    let prefix = prefix(seat);
    let state = &m.form;
    let name = |field: &str| format!("{prefix}{field}");
    let languages = Language::ALL.iter().map(|l| (l.word().to_owned(), l.label().to_owned())).collect();
    let known = (!m.known.is_empty()).then(|| {
        let mut options = vec![(String::new(), "A new person".to_owned())];
        options.extend(m.known.iter().map(|(id, name)| (id.to_string(), name.clone())));
        Field::new(state, name("known"), "Who is it?")
            .hint("A person from your caseload keeps their login and calendar, and gets an empty record.")
            .select(options)
    });
    // A person who signs in makes this choice in the portal.
    let alone = m.own_address.is_none() && m.edit.is_some_and(|(_, person)| person.is_some());
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
            {email_field(m, prefix)}
            {(!m.alone.is_empty()).then(|| view! { <p class="notice">{m.alone.clone()}</p> })}
            {Field::new(state, name("phone"), "Phone").tel()}
            {zone_select(state, &name("zone"), "Time zone")}
            {m.edit.map(|_| view! { <p class="hint">"Once they sign in, their time zone is theirs to choose."</p> })}
            {Field::new(state, name("language"), "Language of mails").required().select(languages)}
            <h2>"How they may be written to"</h2>
            <p class="hint">"The other partner sees nothing of this."</p>
            {contact_fields(state, prefix, alone)}
        </fieldset>
    }
    .into_any()
}

/// The email field. A person who signs in owns their address, so the therapist
/// can only suggest another.
fn email_field(m: &Model, prefix: &str) -> AnyView {
    let name = format!("{prefix}email");
    match &m.own_address {
        None => Field::new(&m.form, name, "E-mail")
            .hint("If another person has it too, only joint sessions are mailed.")
            .email(),
        Some(used) => view! {
            {Field::new(&m.form, name, "Suggest another e-mail address").hint("They confirm it when they next sign in.").email()}
            <p class="hint">{used.clone()}</p>
        }
        .into_any(),
    }
}

/// The fields of safe contact on the therapist's page; `alone` adds the choice
/// about emails on what they do alone.
fn contact_fields(state: &FormState, prefix: &str, alone: bool) -> AnyView {
    let name = |field: &str| format!("{prefix}{field}");
    let alone = alone.then(|| {
        let choices =
            AloneMail::ALL.iter().map(|choice| (choice.word().to_owned(), choice.label().to_owned())).collect();
        Field::new(state, name("alone"), "Emails about what they do alone")
            .hint("If another person reads them, they learn of it. Kept with your name.")
            .required()
            .radios(choices)
    });
    let leads = Lead::OWN.iter().map(|lead| (lead.to_string(), crate::text::capitalised(&lead.words()))).collect();
    view! {
        {Field::new(state, name("portal_only"), "No email at all").hint("Everything is in their portal. They can’t be invited by email either.").tick()}
        {alone}
        {Field::new(state, name("reminders"), "Reminders before sessions").hint("They’re told of moved and cancelled sessions in any case, where email is allowed.").tick()}
        {Field::new(state, name("lead"), "When to remind them of a session").hint("Leave blank to use the practice’s default.").unmarked().ticks(leads)}
        {Field::new(state, name("nudges"), "Reminders of exercises and plans").hint("Two at most, and they never say what they’re about.").tick()}
        {Field::new(state, name("nudge_at"), "Remind them of exercises at").hint("Their local time. Once they sign in, they choose it.").time()}
        {Field::new(state, name("safe_from"), "Email them only from").hint("Their local time. Leave both blank for any hour.").time()}
        {Field::new(state, name("safe_until"), "Email them only until").time()}
    }
    .into_any()
}

/// Sample models: a new couple; a refused form; a person who is changed; a new
/// individual.
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
        alone: String::new(),
        own_address: None,
        known: vec![],
    };
    let mut errors = Errors::at_field("a.name", "Please write a name.");
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
        alone: "Amara’s address is also Jonas’s. Only emails about both are sent.".into(),
        own_address: Some("In use: amara@example.org. Amara’s own, set 3 Nov.".to_owned()),
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
