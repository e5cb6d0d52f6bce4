//! Who came to a session: the buttons that mark each person, on the front
//! desk's page and on the page of a session.

use domain::{
    ids::PersonId,
    scheduling::attendance::{Mark, Presence},
};
use leptos::prelude::*;

use crate::ui::{Tone, badge, form_key};

/// A person who is expected at a session.
#[derive(Clone, Debug)]
pub struct Comer {
    pub person: PersonId,
    /// The name on the buttons: the first name, if it tells the two apart.
    pub name: String,
    /// What is known of them; `None`: they are expected.
    pub presence: Option<Presence>,
    /// When they were checked in, such as "10:12"; empty if they were not.
    pub arrived: String,
    /// How late they were, such as "12 minutes late"; empty if they were in time.
    pub late: String,
    /// The marks that can be made of them now.
    pub marks: Vec<Mark>,
}

/// The badge of what is known of a person, such as "Arrived 10:12".
pub fn presence_badge(comer: &Comer) -> AnyView {
    match comer.presence {
        None => badge(Tone::Plain, "Expected"),
        Some(Presence::Present) if comer.arrived.is_empty() => badge(Tone::Good, "Present"),
        Some(Presence::Present) if comer.late.is_empty() => badge(Tone::Good, format!("Arrived {}", comer.arrived)),
        Some(Presence::Present) => badge(Tone::Good, format!("Arrived {}, {}", comer.arrived, comer.late)),
        Some(Presence::Absent) => badge(Tone::Care, Presence::Absent.label()),
    }
}

/// The attendance of each person with its buttons. `action` is the address that
/// the marks are sent to.
pub fn list(comers: &[Comer], action: &str) -> AnyView {
    let rows: Vec<AnyView> = comers
        .iter()
        .map(|comer| {
            let buttons: Vec<AnyView> = comer.marks.iter().map(|mark| mark_button(*mark, &comer.name)).collect();
            let form = (!buttons.is_empty()).then(|| {
                view! { <form class="actions" method="post" action=action.to_owned()>{form_key()}{buttons}</form> }
                    .into_any()
            });
            view! { <li class="row"><span>{comer.name.clone()}" "{presence_badge(comer)}</span>{form}</li> }.into_any()
        })
        .collect();
    view! { <ul class="rows attendance">{rows}</ul> }.into_any()
}

/// The button that makes a mark of the person with this name.
fn mark_button(mark: Mark, name: &str) -> AnyView {
    let text = match mark {
        Mark::Arrived(_) => format!("Check in {name}"),
        Mark::Absent(_) => format!("No-show: {name}"),
        Mark::Expected(_) => format!("Set {name} back to expected"),
        Mark::Only(_) => format!("Only {name} came"),
    };
    view! { <button class="button" type="submit" name="mark" value=mark.to_string()>{text}</button> }.into_any()
}

/// The button that checks a person in at the desk, or takes that back; `session`
/// names the session to screen readers, and `key` is the access key. `None`: the
/// person can be neither checked in nor set back now.
pub fn toggle(comer: &Comer, session: &str, key: Option<char>) -> Option<AnyView> {
    let Comer { person, name, presence, arrived, late: _, marks } = comer;
    let is_here = *presence == Some(Presence::Present);
    let mark = if is_here { Mark::Expected(*person) } else { Mark::Arrived(Some(*person)) };
    if !marks.contains(&mark) {
        return None;
    }
    let text = if arrived.is_empty() { name.clone() } else { format!("{name} {arrived}") };
    let label = if is_here {
        format!("{text}, arrived: undo check-in, {session}")
    } else {
        format!("{text}: check in, {session}")
    };
    let check = is_here.then(|| view! { <span aria-hidden="true">"✓ "</span> }.into_any());
    let class = if is_here { "button toggle is-here" } else { "button toggle" };
    let pressed = if is_here { "true" } else { "false" };
    let key = key.map(|key| key.to_string());
    Some(
        view! {
            {key_hint(key.clone())}
            <button class=class type="submit" name="mark" value=mark.to_string() accesskey=key aria-pressed=pressed aria-label=label>{check}{text}</button>
        }
        .into_any(),
    )
}

/// How late the people came, such as "12 minutes late" or "Elif 12 minutes late";
/// empty if nobody was late.
pub fn late_text(comers: &[Comer]) -> String {
    let late: Vec<&Comer> = comers.iter().filter(|comer| !comer.late.is_empty()).collect();
    match late.as_slice() {
        [first, rest @ ..] if late.len() == comers.len() && rest.iter().all(|other| other.late == first.late) => {
            first.late.clone()
        }
        _ => late.iter().map(|comer| format!("{} {}", comer.name, comer.late)).collect::<Vec<_>>().join(", "),
    }
}

/// The access key of a button as a sign before it; `None` without one.
pub fn key_hint(key: Option<String>) -> Option<AnyView> {
    key.map(|key| view! { <kbd class="keyboard" aria-hidden="true">{key}</kbd> }.into_any())
}

/// Sample people for the samples of pages: two who are expected, two of whom
/// only one came.
pub fn samples() -> Vec<Vec<Comer>> {
    let [elif, yusuf] = [1, 2].map(|n| PersonId(uuid::Uuid::from_u128(n)));
    let comer = |person, name: &str, presence, arrived: &str, marks| Comer {
        late: if arrived.is_empty() { String::new() } else { "12 minutes late".to_owned() },
        person,
        name: name.to_owned(),
        presence,
        arrived: arrived.to_owned(),
        marks,
    };
    let expected = |person| vec![Mark::Arrived(Some(person)), Mark::Absent(person)];
    vec![
        vec![comer(elif, "<b>Elif</b>", None, "", expected(elif)), comer(yusuf, "अनन्या", None, "", expected(yusuf))],
        vec![
            comer(elif, "Elif", Some(Presence::Present), "10:12", vec![Mark::Expected(elif)]),
            comer(yusuf, "Yusuf", Some(Presence::Absent), "", vec![Mark::Expected(yusuf), Mark::Arrived(Some(yusuf))]),
        ],
    ]
}
