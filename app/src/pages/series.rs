//! What a booking, a move and a cancellation ask about a series: how often it
//! comes back, how far a change reaches, and what to do with the days on which
//! something is in the way.

use domain::series::{Ends, Reach, Repeat, TIMES, WEEKS};
use leptos::prelude::*;

use super::when::OVER_HINT;
use crate::ui::{Field, FormState};

/// A day of a series on which something is in the way.
#[derive(Clone, Debug)]
pub struct ClashItem {
    /// The day that the rule gives, as the field's name has it.
    pub on: String,
    /// "Thu 3 Dec, 10:00".
    pub label: String,
    pub what: Vec<String>,
    /// The therapist's hours are others.
    pub outside: bool,
    /// It may be booked over what is there: as the form sends it.
    pub over: Option<String>,
    /// It was chosen already, and may be chosen anew.
    pub settled: bool,
    /// Other times: as the form sends them, and how a person reads them.
    pub next: Vec<(String, String)>,
}

/// The name of a day's choice.
pub fn choice(on: &str) -> String {
    format!("choice.{on}")
}

/// The name of what the days have that nothing is chosen for.
pub const OTHERS: &str = "others";

/// The name of the first other time of a day that nothing is chosen for.
pub fn first(on: &str) -> String {
    format!("first.{on}")
}

/// The choice for all others to book each at its first other time.
pub const FIRST: &str = "first";

/// The choice to book nothing on a day.
pub const LEAVE_OUT: &str = "leave_out";

/// The choice to book a day over what is there, before the mark of what that is.
pub const OVER: &str = "over.";

/// Each day with what is in the way and a choice: nothing is written before.
pub fn clashes(state: &FormState, items: &[ClashItem]) -> Option<AnyView> {
    let rows: Vec<AnyView> = items
        .iter()
        .map(|item| {
            let name = choice(&item.on);
            let mut options = vec![(LEAVE_OUT.to_owned(), "Leave this one out".to_owned())];
            options.extend(item.next.iter().cloned());
            options.extend(item.over.iter().map(|over| (over.clone(), "Book it over what is there".to_owned())));
            if !options.iter().any(|(value, _)| value == state.form.get(&name)) {
                options.insert(0, (String::new(), "Please choose".to_owned()));
            } else if item.settled {
                options.push((String::new(), "Show me again what is in the way".to_owned()));
            }
            // Not required: whoever changes the day or the hour instead need not
            // choose for days that are gone then.
            let field = Field::new(state, name, item.label.clone()).hint(item.what.join("; ")).unmarked();
            let first = (!item.settled).then(|| {
                let time = item.next.first().map(|(time, _)| time.clone()).unwrap_or_default();
                view! { <input type="hidden" name=first(&item.on) value=time/> }
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

/// How often, and until when.
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

const FIELDS: [&str; 5] = ["repeat", "every_weeks", "ends", "times", "until"];

/// How far a change reaches; `series` in words, where the session is of one;
/// what else is to be known of it, or nothing.
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
    fn a_choice_that_was_made_stands_and_one_that_was_not_is_asked_for() {
        let item = |on: &str| ClashItem {
            on: on.to_owned(),
            label: "Thu 3 Dec, 10:00".to_owned(),
            what: vec!["<Garden> is taken".to_owned()],
            outside: false,
            over: on.ends_with("10").then(|| "over.0f".to_owned()),
            settled: on.ends_with("03"),
            next: vec![("2026-12-03 11:00".to_owned(), "Thu 3 Dec, 11:00".to_owned())],
        };
        let state = FormState::new(Form::from_pairs([("choice.2026-12-03", "2026-12-03 11:00")]));
        let html = clashes(&state, &[item("2026-12-03"), item("2026-12-10")]).unwrap().to_html();
        assert!(html.contains("value=\"2026-12-03 11:00\" selected"));
        assert_eq!(html.matches("Please choose").count(), 1);
        assert_eq!(html.matches("Show me again").count(), 1);
        // One day is left: there are no others.
        assert!(!html.contains("name=\"others\""));
        assert_eq!(html.matches("name=\"first.").count(), 1);
        let both = clashes(&FormState::default(), &[item("2026-12-17"), item("2026-12-24")]).unwrap().to_html();
        assert_eq!(both.matches("name=\"others\"").count(), 1);
        assert_eq!(both.matches("name=\"first.2026-12-24\" value=\"2026-12-03 11:00\"").count(), 1);
        // Over what is there where that may be, and then it names its reason.
        assert_eq!(html.matches("value=\"over.0f\"").count(), 1);
        assert_eq!(html.matches("name=\"over_reason\"").count(), 1);
        assert!(!clashes(&state, &[item("2026-12-03")]).unwrap().to_html().contains("over_reason"));
        assert!(!html.contains("<Garden>"));
        assert!(clashes(&state, &[]).is_none());
    }

    #[test]
    fn what_is_wrong_is_in_view() {
        let refused = FormState { form: Form::default(), errors: Errors::one("until", "Please give the last day.") };
        assert!(repeat_fields(&refused).to_html().contains("<details open"));
        assert!(!repeat_fields(&FormState::default()).to_html().contains("<details open"));
    }
}
