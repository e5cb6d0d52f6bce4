//! The parts of the booking, move and cancellation pages that concern a series:
//! how often it repeats, how far a change reaches, and what to do on days that
//! have a conflict.

use domain::scheduling::series::{Ends, Reach, Repeat, TIMES, WEEKS};
use leptos::prelude::*;

use super::when::OVER_HINT;
use crate::ui::{Field, FormState};

/// A day of a series that has a conflict.
#[derive(Clone, Debug)]
pub struct ClashItem {
    /// The day by the series' rhythm, as in the field's name.
    pub on: String,
    /// The date and time, such as "Thu 3 Dec, 10:00".
    pub label: String,
    /// The conflicts, one sentence each.
    pub what: Vec<String>,
    /// Whether the time is outside the therapist's hours.
    pub outside: bool,
    /// The value that overrides the conflict; `None` if it cannot be
    /// overridden.
    pub over: Option<String>,
    /// Whether a choice was made already, which can be changed.
    pub settled: bool,
    /// Other times: the value that the form sends, and the label.
    pub next: Vec<(String, String)>,
}

/// The name of the field with the choice for a day.
pub fn choice_field(on: &str) -> String {
    format!("choice.{on}")
}

/// The name of the field with the choice for all days that have none of their
/// own.
pub const OTHERS: &str = "others";

/// The name of the hidden field with the first other time of a day that has no
/// choice yet.
pub fn first_time_field(on: &str) -> String {
    format!("first.{on}")
}

/// The value of [`OTHERS`] that books each day at its first other time.
pub const FIRST: &str = "first";

/// The value that leaves a day out.
pub const LEAVE_OUT: &str = "leave_out";

/// The beginning of the value that overrides a conflict; the conflict's
/// fingerprint follows.
pub const OVER: &str = "over.";

/// The list of days that have a conflict, each with a choice; `None` if there
/// are none. Nothing is booked before every day has a choice.
pub fn clashes(state: &FormState, items: &[ClashItem]) -> Option<AnyView> {
    let rows: Vec<AnyView> = items
        .iter()
        .map(|item| {
            let name = choice_field(&item.on);
            let mut options = vec![(LEAVE_OUT.to_owned(), "Leave this one out".to_owned())];
            options.extend(item.next.iter().cloned());
            options.extend(item.over.iter().map(|over| (over.clone(), "Book it over what is there".to_owned())));
            if !options.iter().any(|(value, _)| value == state.form.get(&name)) {
                options.insert(0, (String::new(), "Please choose".to_owned()));
            } else if item.settled {
                options.push((String::new(), "Show me again what is in the way".to_owned()));
            }
            // Not required: a user who changes the date or the time instead
            // need not choose for days that will no longer exist.
            let field = Field::new(state, name, item.label.clone()).hint(item.what.join("; ")).unmarked();
            let first = (!item.settled).then(|| {
                let time = item.next.first().map(|(time, _)| time.clone()).unwrap_or_default();
                view! { <input type="hidden" name=first_time_field(&item.on) value=time/> }
            });
            view! { <li>{field.select(options)}{first}</li> }.into_any()
        })
        .collect();
    let refused = state.errors.iter().any(|(field, _)| field == "over_reason");
    let why = (refused || items.iter().any(|item| item.over.is_some())).then(|| {
        let label = "Why, where one is booked over what is there";
        Field::new(state, "over_reason", label).hint(OVER_HINT).unmarked().text()
    });
    let others = (items.iter().filter(|item| !item.settled).count() > 1).then(|| {
        Field::new(state, OTHERS, "Days that you choose nothing for").unmarked().select(vec![
            (String::new(), "Ask me again".to_owned()),
            (LEAVE_OUT.to_owned(), "Leave them out".to_owned()),
            (FIRST.to_owned(), "Book each at the first time that its list offers".to_owned()),
        ])
    });
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card stack" aria-labelledby="clashes">
                <h2 id="clashes">"Something is in the way on these days"</h2>
                <p class="hint">"Nothing is booked yet. Choose for each, then send the form again: all other days stay as they are."</p>
                {others}
                <ol class="plain stack">{rows}</ol>
                {why}
            </section>
        }
        .into_any()
    })
}

/// The fields for how often a series repeats and when it ends.
pub fn repeat_fields(state: &FormState) -> AnyView {
    let repeats = Repeat::ALL.iter().map(|r| (r.word().to_owned(), r.label().to_owned())).collect();
    let ends = Ends::ALL.iter().map(|e| (e.word().to_owned(), e.label().to_owned())).collect();
    let open =
        !matches!(state.form.get("repeat"), "" | "once") || state.errors.iter().any(|(f, _)| FIELDS.contains(&f));
    view! {
        <details class="field" open=open>
            <summary>"Does it come back?"</summary>
            {Field::new(state, "repeat", "How often?").required().select(repeats)}
            {Field::new(state, "every_weeks", "Every … weeks").hint("For “Every so many weeks”.").unmarked().number(*WEEKS.start(), *WEEKS.end())}
            {Field::new(state, "ends", "Where does it end?").hint("Without an end it is booked half a year ahead, and goes on by itself.").radios(ends)}
            <div class="pair">
                {Field::new(state, "times", "Sessions").hint("With this first one.").unmarked().number(*TIMES.start(), *TIMES.end())}
                {Field::new(state, "until", "Last day").unmarked().date()}
            </div>
        </details>
    }
    .into_any()
}

/// The fields of [`repeat_fields`].
const FIELDS: [&str; 5] = ["repeat", "every_weeks", "ends", "times", "until"];

/// The field for how far a change reaches. `series` is the rhythm in words;
/// `None`, and then no field, if the session is not in a series. `more` is a
/// further hint; may be empty.
pub fn reach_field(state: &FormState, series: Option<&str>, more: &str) -> Option<AnyView> {
    let reaches = Reach::ALL.iter().map(|r| (r.word().to_owned(), r.label().to_owned())).collect();
    series.map(|words| {
        Field::new(state, "reach", "Which sessions?")
            .hint(format!("It comes back {words}. {more}").trim_end().to_owned())
            .required()
            .radios(reaches)
    })
}

#[cfg(test)]
mod tests {
    use domain::form::{Errors, Form};

    use super::*;

    #[test]
    fn made_choices_are_kept_and_missing_ones_asked_for() {
        let item = |on: &str| ClashItem {
            on: on.to_owned(),
            label: "Thu 3 Dec, 10:00".to_owned(),
            what: vec!["<Garden> is taken".to_owned()],
            outside: false,
            over: on.ends_with("10").then(|| "over.0f".to_owned()),
            settled: on.ends_with("03"),
            next: vec![("2026-12-03T10:00:00Z".to_owned(), "Thu 3 Dec, 11:00".to_owned())],
        };
        let state = FormState::new(Form::from_pairs([("choice.2026-12-03", "2026-12-03T10:00:00Z")]));
        let html = clashes(&state, &[item("2026-12-03"), item("2026-12-10")]).unwrap().to_html();
        assert!(html.contains("value=\"2026-12-03T10:00:00Z\" selected"));
        assert_eq!(html.matches("Please choose").count(), 1);
        assert_eq!(html.matches("Show me again").count(), 1);
        // Only one day has no choice, so there is no field for the others.
        assert!(!html.contains("name=\"others\""));
        assert_eq!(html.matches("name=\"first.").count(), 1);
        let both = clashes(&FormState::default(), &[item("2026-12-17"), item("2026-12-24")]).unwrap().to_html();
        assert_eq!(both.matches("name=\"others\"").count(), 1);
        assert_eq!(both.matches("name=\"first.2026-12-24\" value=\"2026-12-03T10:00:00Z\"").count(), 1);
        // A day whose conflict can be overridden asks for a reason.
        assert_eq!(html.matches("value=\"over.0f\"").count(), 1);
        assert_eq!(html.matches("name=\"over_reason\"").count(), 1);
        assert!(!clashes(&state, &[item("2026-12-03")]).unwrap().to_html().contains("over_reason"));
        assert!(!html.contains("<Garden>"));
        assert!(clashes(&state, &[]).is_none());
    }

    #[test]
    fn repeat_fields_are_open_if_one_has_an_error() {
        let refused =
            FormState { form: Form::default(), errors: Errors::at_field("until", "Please give the last day.") };
        assert!(repeat_fields(&refused).to_html().contains("<details open"));
        assert!(!repeat_fields(&FormState::default()).to_html().contains("<details open"));
    }
}
