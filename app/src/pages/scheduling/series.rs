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
    /// Whether the time is unusual.
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
            let mut options = vec![(LEAVE_OUT.to_owned(), "Skip this date".to_owned())];
            options.extend(item.next.iter().cloned());
            options.extend(item.over.iter().map(|over| (over.clone(), "Double-book anyway".to_owned())));
            if !options.iter().any(|(value, _)| value == state.form.get(&name)) {
                options.insert(0, (String::new(), "Choose".to_owned()));
            } else if item.settled {
                options.push((String::new(), "Show the conflict again".to_owned()));
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
        let label = "Reason for double-booking";
        Field::new(state, "over_reason", label).hint(OVER_HINT).unmarked().text()
    });
    let others = (items.iter().filter(|item| !item.settled).count() > 1).then(|| {
        Field::new(state, OTHERS, "All dates without a choice").unmarked().select(vec![
            (String::new(), "Ask again".to_owned()),
            (LEAVE_OUT.to_owned(), "Skip them".to_owned()),
            (FIRST.to_owned(), "Book each at its first free time".to_owned()),
        ])
    });
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card stack" aria-labelledby="clashes">
                <h2 id="clashes">"These dates have conflicts"</h2>
                <p class="hint">"Nothing is booked yet. Choose what to do for each, then send again."</p>
                {others}
                <ol class="plain stack">{rows}</ol>
                {why}
            </section>
        }
        .into_any()
    })
}

/// The fields for how often a series repeats and when it ends. The style sheet
/// shows only those that fit what is chosen.
pub fn repeat_fields(state: &FormState) -> AnyView {
    let repeats = Repeat::ALL.iter().map(|r| (r.word().to_owned(), r.label().to_owned())).collect();
    let ends = Ends::ALL.iter().map(|e| (e.word().to_owned(), e.label().to_owned())).collect();
    view! {
        {Field::new(state, "repeat", "Repeats?").unmarked().select(repeats)}
        <div class="if-weeks">
            {Field::new(state, "every_weeks", "Weeks between sessions").unmarked().number(*WEEKS.start(), *WEEKS.end())}
        </div>
        <div class="if-repeats">
            {Field::new(state, "ends", "Ends").hint("Without an end: booked six months ahead and extended automatically.").radios(ends)}
        </div>
        <div class="if-times">
            {Field::new(state, "times", "Number of sessions").hint("Including this one.").unmarked().number(*TIMES.start(), *TIMES.end())}
        </div>
        <div class="if-until">
            {Field::new(state, "until", "Last date").unmarked().date()}
        </div>
    }
    .into_any()
}

/// The field for how far a change reaches. `series` is the rhythm in words;
/// `None`, and then no field, if the session is not in a series. `more` is a
/// further hint; may be empty.
pub fn reach_field(state: &FormState, series: Option<&str>, more: &str) -> Option<AnyView> {
    let reaches = Reach::ALL.iter().map(|r| (r.word().to_owned(), r.label().to_owned())).collect();
    series.map(|words| {
        Field::new(state, "reach", "Which sessions?")
            .hint(format!("Repeats {words}. {more}").trim_end().to_owned())
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
        assert_eq!(html.matches(">Choose<").count(), 1);
        assert_eq!(html.matches("Show the conflict again").count(), 1);
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
    fn fields_of_a_series_are_marked_by_when_they_apply() {
        let refused = FormState { form: Form::default(), errors: Errors::at_field("until", "Enter the last date.") };
        let html = repeat_fields(&refused).to_html();
        for (class, field) in [("if-weeks", "every_weeks"), ("if-repeats", "ends"), ("if-times", "times")] {
            let (_, rest) = html.split_once(class).unwrap();
            assert!(rest.split_once("name=\"").unwrap().1.starts_with(field), "{class}");
        }
        assert!(html.contains("Enter the last date."));
    }
}
