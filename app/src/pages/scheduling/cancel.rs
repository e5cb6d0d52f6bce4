//! The page that cancels a session and first shows what will be cancelled.

use domain::{ids::SessionId, scheduling::session::CancelledBy};
use leptos::prelude::*;

use super::{series::reach_field, when::reason_field};
use crate::pages::mail::unmailed::{Before, UnmailedItem, unmailed};
use crate::ui::{Field, FormState, Tone, badge, error_summary, form_key, page_head};

/// The view model of the page that cancels a session.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: SessionId,
    pub title: String,
    pub when: String,
    /// Whether the notice time of the practice has begun.
    pub late: bool,
    /// The rhythm of its series in words; `None` if it is not in a series.
    pub series: Option<String>,
    /// How many minutes a cancellation can be undone; 0: not at all.
    pub undo_minutes: i64,
    /// The attendees who come alone and are not emailed about it.
    pub unmailed: Vec<UnmailedItem>,
    pub form: FormState,
}

/// Renders the page that cancels a session.
pub fn view(m: &Model) -> AnyView {
    let late = m.late.then(|| {
        view! { <p>{badge(Tone::Care, "Late")}" Within the notice period: a client’s cancellation counts as a late cancellation."</p> }.into_any()
    });
    let by = CancelledBy::ALL.iter().map(|by| (by.word().to_owned(), by.label().to_owned())).collect();
    let by = m.late.then(|| Field::new(&m.form, "by", "Who cancels?").required().radios(by));
    view! {
        {page_head(format!("Cancel the session with {}?", m.title), m.when.clone(), vec![])}
        {late}
        {unmailed(&m.unmailed, Before::TheirSession)}
        <p>{format!("Clients are notified, each in the way that is safe for them. {}", undo_text(m.undo_minutes))}</p>
        <form method="post" action=format!("/sessions/{}/cancellation", m.id) class="form">
            {form_key()}
            {error_summary(&m.form)}
            {reach_field(&m.form, m.series.as_deref(), "")}
            {by}
            {reason_field(&m.form)}
            <p class="form-actions">
                <button class="button button-danger" type="submit">"Cancel session"</button>
                <a class="button" href=format!("/sessions/{}", m.id)>"Keep session"</a>
            </p>
        </form>
    }
    .into_any()
}

/// How long a cancellation can be undone, and what to do after that.
fn undo_text(minutes: i64) -> String {
    match minutes {
        0 => "This can’t be undone; you can book a new session.".to_owned(),
        1 => "You can undo this for 1 minute. After that, book a new session.".to_owned(),
        n => format!("You can undo this for {n} minutes. After that, book a new session."),
    }
}

/// Sample models of the page that cancels a session, rendered by the page
/// tests.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};

    let plain = Model {
        id: SessionId(uuid::Uuid::nil()),
        title: "Amara & Jonas".to_owned(),
        when: "Monday 23 November 2026, 10:00–10:50 (Berlin, UTC+1)".to_owned(),
        late: false,
        series: None,
        undo_minutes: 5,
        unmailed: vec![],
        form: FormState::default(),
    };
    let refused = Model {
        title: "अनन्या शर्मा 💛 ".repeat(13),
        late: true,
        unmailed: vec![UnmailedItem { name: "Jonas".to_owned(), also: vec!["Amara".to_owned()] }],
        series: Some("every week on Thursday".to_owned()),
        undo_minutes: 0,
        form: FormState {
            form: Form::from_pairs([("reason", "x")]),
            errors: Errors::at_field("reason", "Keep this under 300 characters."),
        },
        ..plain.clone()
    };
    vec![plain, refused]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_late_cancellation_asks_who_cancels() {
        for model in samples() {
            let html = view(&model).to_html();
            assert_eq!(html.contains("late cancellation"), model.late);
            assert_eq!(html.contains("role=\"alert\""), !model.form.errors.is_empty());
        }
    }
}
