//! The page of progress: the scales of an exercise over time, with a line for each
//! partner and the difference.

use domain::{
    ids::ClientId,
    records::course::{Course, Flag},
};
use leptos::prelude::*;

use crate::ui::{Tone, badge, chart, empty, page_head};

/// The view model of the course page.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub client_title: String,
    pub title: String,
    pub names: [Option<String>; 2],
    /// The scales: prompt and course.
    pub scales: Vec<(String, Course)>,
}

/// Renders the course page.
pub fn view(m: &Model) -> AnyView {
    let shown: Vec<AnyView> = m
        .scales
        .iter()
        .enumerate()
        .filter(|(_, (_, course))| !course.points.is_empty())
        .map(|(n, (prompt, course))| {
            view! {
                <section class="reading">
                    <h2>{prompt.clone()}</h2>
                    {course_chart(&format!("course-{n}"), prompt, course, &m.names)}
                </section>
            }
            .into_any()
        })
        .collect();
    let shown = if shown.is_empty() {
        empty("No answers yet. Progress starts with the first ones.", None)
    } else {
        shown.into_any()
    };
    view! {
        {page_head(m.title.clone(), "Each point is one person’s average that week (if at least half was rated). Read each line by itself before the gap.", vec![])}
        {shown}
        <p class="hint">"Partners never see each other’s line, unless you show it in the session."</p>
    }
    .into_any()
}

/// The chart of a course, with the remarks of [`flags`].
pub(crate) fn course_chart(id: &str, title: &str, course: &Course, names: &[Option<String>; 2]) -> AnyView {
    let flags = flags(course, names);
    let flags: Vec<AnyView> = flags.into_iter().map(|f| view! { <li>{badge(Tone::Wait, f)}</li> }.into_any()).collect();
    let flags = (!flags.is_empty()).then(|| view! { <ul class="plain flags">{flags}</ul> }.into_any());
    view! {
        {flags}
        {chart::course(id, title, course, [names[0].as_deref(), names[1].as_deref()])}
    }
    .into_any()
}

/// Remarks on the two lines: a drop, or no change so far.
pub fn flags(course: &Course, names: &[Option<String>; 2]) -> Vec<String> {
    (0..2)
        .filter_map(|who| {
            let name = names[who].as_deref()?;
            Some(match course.flag(who)? {
                Flag::Drop { from, to } => format!("{name}: a drop, from {from:.1} to {to:.1}"),
                Flag::Still => format!("{name}: no change so far"),
            })
        })
        .collect()
}

/// Sample models: no points; a drop beside a line without change; an
/// individual.
pub fn samples() -> Vec<Model> {
    use chrono::NaiveDate;
    use domain::records::course::Point;
    let on = |day: u32| NaiveDate::from_ymd_opt(2026, 11, day).unwrap_or_default();
    let point = |day: u32, a: Option<f32>, b: Option<f32>| Point { on: on(day), values: [a, b] };
    let course = |points| Course { min: 0, max: 10, points };
    let none = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        client_title: "Amara & Jonas".into(),
        title: "Our week in six numbers".into(),
        names: [Some("Amara".into()), Some("Jonas".into())],
        scales: vec![("Thinking of the last seven days".into(), course(vec![]))],
    };
    let two = course(vec![
        point(2, Some(4.0), Some(6.5)),
        point(9, Some(6.5), None),
        point(16, Some(4.2), Some(6.6)),
        point(23, Some(4.1), Some(6.4)),
    ]);
    let drop = course(vec![point(2, Some(7.0), Some(6.0)), point(9, Some(3.0), Some(6.5))]);
    let full = Model { scales: vec![("One".into(), two), ("Two".into(), drop)], ..none.clone() };
    let alone = Model {
        names: [Some("अनन्या 💛".repeat(20)), None],
        scales: vec![("One".into(), course(vec![point(2, Some(4.0), None)]))],
        ..none.clone()
    };
    vec![none, full, alone]
}
