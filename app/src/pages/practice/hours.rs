//! The page of a therapist's hours: the weekly hours from a date on, exceptions
//! on single days, and the buffer around each session.

use chrono::Weekday;
use domain::{
    ids::{AccountId, LocationId, SessionId},
    practice::{
        hours::{BUFFER, ExceptionKind, field, field_at},
        settings::{WEEK, weekday_name},
    },
};
use leptos::prelude::*;
use uuid::Uuid;

use crate::ui::{Field, FormState, Pager, Tone, badge, error_summary, form_key, page_head, pager, submit};

/// The view model of the page of a therapist's hours.
#[derive(Clone, Debug)]
pub struct Model {
    pub clinician: AccountId,
    pub name: String,
    /// The name of the zone in which the hours are.
    pub zone: String,
    /// The weekly hours by the date from which they apply.
    pub weeks: Vec<WeekItem>,
    /// The practice's hours, which apply if the therapist has none.
    pub otherwise: String,
    pub exceptions: Vec<ExceptionItem>,
    pub exceptions_pager: Pager,
    /// The locations of the practice; empty if it has only one.
    pub locations: Vec<(LocationId, String)>,
    /// Sessions ahead that are outside these hours.
    pub outside: Vec<(SessionId, String)>,
    pub outside_pager: Pager,
    pub week: FormState,
    pub exception: FormState,
    /// Whether the reader may close the whole practice.
    pub desk: bool,
}

/// Weekly hours that apply from a date.
#[derive(Clone, Debug)]
pub struct WeekItem {
    /// The first date on which they apply, as the form sends it.
    pub from: String,
    /// The start in words, such as "since 1 March 2027".
    pub label: String,
    /// Whether they apply today.
    pub today: bool,
    /// The days with hours, such as "Monday 09:00–12:00, 14:00–18:00 at
    /// Lakeside".
    pub days: Vec<String>,
}

/// An exception: days with other hours.
#[derive(Clone, Debug)]
pub struct ExceptionItem {
    pub id: Uuid,
    /// The days, such as "24 to 26 December 2026".
    pub days: String,
    /// The hours, such as "all day" or "10:00–12:00".
    pub hours: String,
    pub kind: ExceptionKind,
    /// Whether it applies to the whole practice.
    pub of_all: bool,
    pub reason: String,
}

/// Renders the page of a therapist's hours.
pub fn view(m: &Model) -> AnyView {
    let weeks: Vec<AnyView> = m.weeks.iter().map(|w| week_card(m, w)).collect();
    let weeks = if weeks.is_empty() {
        view! { <p class="muted">{format!("No personal hours yet. Practice hours apply: {}.", m.otherwise)}</p> }
            .into_any()
    } else {
        view! { <ul class="stack plain">{weeks}</ul> }.into_any()
    };
    let exceptions: Vec<AnyView> = m.exceptions.iter().map(|e| exception_row(m, e)).collect();
    let exceptions = if exceptions.is_empty() {
        view! { <p class="muted">"Nothing planned."</p> }.into_any()
    } else {
        view! { <ul class="rows">{exceptions}</ul> }.into_any()
    };
    let outside: Vec<AnyView> = m
        .outside
        .iter()
        .map(|(id, when)| view! { <li><a href=format!("/sessions/{id}")>{when.clone()}</a></li> }.into_any())
        .collect();
    let outside = (!outside.is_empty() || m.outside_pager.is_later()).then(|| {
        view! {
            <section class="card" aria-labelledby="outside">
                <h2 id="outside">"Booked outside these hours"</h2>
                <p class="hint">"They stay booked until you move or cancel them."</p>
                <ul>{outside}</ul>
                {pager(&m.outside_pager)}
            </section>
        }
        .into_any()
    });
    view! {
        {page_head(format!("Working hours of {}", m.name), format!("All times are {} time.", m.zone), vec![])}
        {outside}
        <section aria-labelledby="weeks">
            <h2 id="weeks">"Weekly hours"</h2>
            {weeks}
            {week_form(m)}
        </section>
        <section aria-labelledby="exceptions">
            <h2 id="exceptions">"Time off and extra hours"</h2>
            {exceptions}
            {pager(&m.exceptions_pager)}
            {exception_form(m)}
            <p><a href=format!("/clinicians/{}/calendar-file", m.clinician)>"Import a calendar (.ics)"</a></p>
        </section>
    }
    .into_any()
}

/// The card of weekly hours.
fn week_card(m: &Model, w: &WeekItem) -> AnyView {
    let today = w.today.then(|| view! { " "{badge(Tone::Good, "Applies today")} }.into_any());
    let days = if w.days.is_empty() {
        view! { <p>"No hours."</p> }.into_any()
    } else {
        let days: Vec<AnyView> = w.days.iter().map(|d| view! { <li>{d.clone()}</li> }.into_any()).collect();
        view! { <ul class="plain">{days}</ul> }.into_any()
    };
    view! {
        <li class="card">
            <h3>{w.label.clone()}{today}</h3>
            {days}
            <form class="after" method="post" action=format!("/clinicians/{}/hours", m.clinician)>
                {form_key()}
                <input type="hidden" name="from_on" value=w.from.clone() autocomplete="off"/>
                <button class="button" type="submit" name="do" value="remove" aria-label=format!("Remove hours {}", w.label)>"Remove hours"</button>
            </form>
        </li>
    }
    .into_any()
}

/// The form that sets weekly hours from a date on.
fn week_form(m: &Model) -> AnyView {
    let state = &m.week;
    let days: Vec<AnyView> = WEEK.iter().map(|day| day_fields(m, *day)).collect();
    let places = (!m.locations.is_empty()).then(|| {
        view! { <p class="hint">"Hours at a location are for its rooms and for online sessions."</p> }
    });
    let open = m.weeks.is_empty() || !state.errors.is_empty();
    let class = if m.locations.is_empty() { "form narrow" } else { "form form-wide" };
    view! {
        <details class="field" open=open>
            <summary>"Change working hours"</summary>
            {error_summary(state)}
            <form class=class method="post" action=format!("/clinicians/{}/hours", m.clinician) novalidate>
                {form_key()}
                {Field::new(state, "from_on", "From").hint("Earlier dates are not affected.").required().date()}
                <p class="hint">"Leave a day off blank. The second pair is for after a break."</p>
                {places}
                {days}
                <div class="pair">
                    {Field::new(state, "buffer_before", "Buffer before sessions (minutes)").required().number(*BUFFER.start(), *BUFFER.end())}
                    {Field::new(state, "buffer_after", "Buffer after sessions (minutes)").required().number(*BUFFER.start(), *BUFFER.end())}
                </div>
                <p class="hint">"Buffers apply to new and rescheduled sessions."</p>
                {submit("Save hours")}
            </form>
        </details>
    }
    .into_any()
}

/// The fields of a day: its hours at any location, and those at each location
/// if there are several.
fn day_fields(m: &Model, day: Weekday) -> AnyView {
    let anywhere = Field::new(&m.week, field(day), weekday_name(day)).unmarked().text();
    if m.locations.is_empty() {
        return anywhere;
    }
    let at = |(id, name): &(LocationId, String)| {
        Field::new(&m.week, field_at(day, *id), format!("{} at {name}", weekday_name(day))).unmarked().text()
    };
    let at: Vec<AnyView> = m.locations.iter().map(at).collect();
    view! { <div class="columns hours-day">{anywhere}{at}</div> }.into_any()
}

/// The list item of an exception.
fn exception_row(m: &Model, e: &ExceptionItem) -> AnyView {
    let what = match (e.kind, e.of_all) {
        (ExceptionKind::Away, true) => badge(Tone::Care, "The practice is closed"),
        (ExceptionKind::Away, false) => badge(Tone::Wait, "Away"),
        (ExceptionKind::Open, _) => badge(Tone::Good, "Extra hours"),
    };
    let reason =
        (!e.reason.is_empty()).then(|| view! { <span class="muted">{format!(" “{}”", e.reason)}</span> }.into_any());
    let remove = (m.desk || !e.of_all).then(|| {
        view! {
            <form method="post" action=format!("/hours-exceptions/{}/remove", e.id)>
                {form_key()}
                <input type="hidden" name="clinician" value=m.clinician.to_string() autocomplete="off"/>
                <button class="button" type="submit" aria-label=format!("Remove: {}", e.days)>"Remove"</button>
            </form>
        }
        .into_any()
    });
    view! { <li>{what}<span>{format!(" {}, {}", e.days, e.hours)}</span>{reason}{remove}</li> }.into_any()
}

/// The form that adds an exception.
fn exception_form(m: &Model) -> AnyView {
    let state = &m.exception;
    let kinds = ExceptionKind::ALL.iter().map(|k| (k.word().to_owned(), k.label().to_owned())).collect();
    let of_all = m
        .desk
        .then(|| Field::new(state, "of_all", "For the whole practice").hint("For example a public holiday.").tick());
    view! {
        <details class="field" open=!state.errors.is_empty()>
            <summary>"Add time off or extra hours"</summary>
            {error_summary(state)}
            <form class="form narrow" method="post" action=format!("/clinicians/{}/exceptions", m.clinician) novalidate>
                {form_key()}
                {Field::new(state, "kind", "What is it?").required().radios(kinds)}
                <div class="pair">
                    {Field::new(state, "first", "First day").required().date()}
                    {Field::new(state, "last", "Last day").hint("Leave blank for one day.").unmarked().date()}
                </div>
                <div class="pair">
                    {Field::new(state, "from", "From").hint("Leave both blank for the whole day.").unmarked().time()}
                    {Field::new(state, "until", "Until").unmarked().time()}
                </div>
                {Field::new(state, "reason", "Reason").hint("Visible to the front desk. Nothing clinical, please.").text()}
                {of_all}
                {submit("Add days")}
            </form>
        </details>
    }
    .into_any()
}

/// Sample models: nothing set; everything set; refused forms.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let none = Model {
        clinician: AccountId::from(Uuid::from_u128(1)),
        name: "Dr Ngozi Okafor".into(),
        zone: "Berlin".into(),
        weeks: vec![],
        otherwise: "08:00–20:00 from Monday to Friday".into(),
        exceptions: vec![],
        exceptions_pager: Pager::default(),
        locations: vec![],
        outside: vec![],
        outside_pager: Pager {
            first: None,
            more: Some(("/clinicians/1/hours?outside=1#outside".into(), "More sessions")),
        },
        week: FormState::default(),
        exception: FormState::default(),
        desk: false,
    };
    let week = |label: &str, today, days: Vec<String>| WeekItem {
        from: "2027-03-01".into(),
        label: label.into(),
        today,
        days,
    };
    let exception = |kind, of_all| ExceptionItem {
        id: Uuid::from_u128(2),
        days: "24 to 26 December 2026".into(),
        hours: "all day".into(),
        kind,
        of_all,
        reason: "<b>x</b> 💛".repeat(18),
    };
    let full = Model {
        name: "अनन्या शर्मा 💛 ".repeat(12),
        weeks: vec![
            week(
                "since 1 January 2026",
                true,
                vec!["Monday 09:00–12:00, 14:00–18:00".into(), "Tuesday 09:00–12:00".into()],
            ),
            week("from 1 March 2027", false, vec![]),
        ],
        exceptions: vec![
            exception(ExceptionKind::Away, true),
            exception(ExceptionKind::Away, false),
            exception(ExceptionKind::Open, false),
        ],
        locations: vec![
            (LocationId(Uuid::from_u128(4)), "Lakeside house".into()),
            (LocationId(Uuid::from_u128(5)), "Old town ".repeat(9)),
        ],
        outside: vec![(SessionId(Uuid::from_u128(3)), "Thu 24 Dec 2026, 10:00".into())],
        desk: true,
        ..none.clone()
    };
    let refused = Model {
        week: FormState {
            form: Form::from_pairs([("hours.mon", "nine to <five>")]),
            errors: Errors::at_field("hours.mon", "“nine to <five>” is not a time span."),
        },
        exception: FormState { form: Form::default(), errors: Errors::at_field("first", "Enter the first day.") },
        ..full.clone()
    };
    vec![none, full, refused]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_front_desk_can_close_the_practice() {
        for model in samples() {
            let html = Owner::new().with(|| view(&model).to_html());
            assert_eq!(html.contains("name=\"of_all\""), model.desk);
            assert!(!html.contains("<b>") && !html.contains("<five>"));
        }
    }
}
