//! Cancelling a session, after a look at what is about to go.

use domain::{ids::SessionId, session::CancelledBy};
use leptos::prelude::*;

use super::{series::reach_field, when::reason_field};
use crate::ui::{Field, FormState, Tone, badge, error_summary, page_head};

#[derive(Clone, Debug)]
pub struct Model {
    pub id: SessionId,
    pub title: String,
    pub when: String,
    /// Within the practice's notice window.
    pub late: bool,
    /// The words of its series, where it is of one.
    pub series: Option<String>,
    pub form: FormState,
}

pub fn view(m: &Model) -> AnyView {
    let late = m.late.then(|| {
        view! { <p>{badge(Tone::Care, "Late")}" This is within the practice’s notice time: a client’s cancellation is kept as a late cancellation."</p> }.into_any()
    });
    let by = CancelledBy::ALL.iter().map(|by| (by.word().to_owned(), by.label().to_owned())).collect();
    let by = m.late.then(|| Field::new(&m.form, "by", "Who cancels?").required().radios(by));
    view! {
        {page_head(format!("Cancel the session with {}?", m.title), m.when.clone(), vec![])}
        {late}
        <p>"Those who were to come are told, each in the way that is safe for them. A cancelled session cannot be brought back, but a new one can be booked."</p>
        <form method="post" action=format!("/sessions/{}/cancellation", m.id) class="form">
            {error_summary(&m.form)}
            {reach_field(&m.form, m.series.as_deref(), "")}
            {by}
            {reason_field(&m.form)}
            <p class="form-actions">
                <button class="button button-danger" type="submit">"Cancel the session"</button>
                <a class="button" href=format!("/sessions/{}", m.id)>"Keep it"</a>
            </p>
        </form>
    }
    .into_any()
}

pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};

    let plain = Model {
        id: SessionId(uuid::Uuid::nil()),
        title: "Amara & Jonas".to_owned(),
        when: "Monday 23 November 2026, 10:00–10:50 (Berlin, UTC+1)".to_owned(),
        late: false,
        series: None,
        form: FormState::default(),
    };
    let refused = Model {
        title: "अनन्या शर्मा 💛 ".repeat(13),
        late: true,
        series: Some("every week on Thursday".to_owned()),
        form: FormState {
            form: Form::from_pairs([("reason", "x")]),
            errors: Errors::one("reason", "Please keep this under 300 characters."),
        },
        ..plain.clone()
    };
    vec![plain, refused]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_render() {
        for model in samples() {
            let html = view(&model).to_html();
            assert_eq!(html.contains("late cancellation"), model.late);
            assert_eq!(html.contains("role=\"alert\""), !model.form.errors.is_empty());
        }
    }
}
