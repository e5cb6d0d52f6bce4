//! Free times for all who attend, as a week with a column for each day. It is
//! the same wherever a time is chosen: in the slot finder, beside the booking
//! form, and when a session is moved. Each time leads to a short page that asks
//! whether it is meant.
//!
//! Every free time is shown exactly once: the first few of a day at once, the
//! others of that day behind “more”.

use leptos::prelude::*;

use crate::ui::empty;

/// What a press of a time or a chip does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Opens this address.
    Link(String),
    /// Sends the form with this id by GET, so that everything typed in it is
    /// kept.
    Send {
        /// The id of the form.
        form: &'static str,
        /// The path to which it is sent.
        to: String,
        /// The name and the value of the button.
        name: &'static str,
        value: String,
    },
}

/// A choice in a row of choices, such as "Next week" or "Evening".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    pub text: String,
    /// Whether it is what is shown now.
    pub here: bool,
    pub act: Act,
}

/// A free time.
#[derive(Clone, Debug)]
pub struct FreeTime {
    /// The time, such as "17:30".
    pub time: String,
    /// The therapist, where times of several are shown; otherwise empty.
    pub with: String,
    /// The person for whom it is night then; `None`: for nobody.
    pub night: Option<String>,
    /// Whether it starts on the hour or half past.
    pub is_half_hour: bool,
    /// The day, time, therapist and place, such as "Tue 1 Dec, 17:30 with Dr
    /// Lin, Garden room".
    pub label: String,
    pub act: Act,
}

/// The free times of a day.
#[derive(Clone, Debug)]
pub struct DayColumn {
    /// The day, such as "Tue 1 Dec".
    pub label: String,
    /// All free times of the day in order.
    pub times: Vec<FreeTime>,
}

/// The free times of a week.
#[derive(Clone, Debug, Default)]
pub struct FreeWeek {
    /// The week, such as "Mon 30 Nov to Sun 6 Dec".
    pub label: String,
    /// Whom the times suit.
    pub lead: String,
    /// The choices between weeks.
    pub weeks: Vec<Chip>,
    /// The choices between parts of the day.
    pub parts: Vec<Chip>,
    /// The choice between preferred times and all; empty if nobody has
    /// preferred times.
    pub suits: Vec<Chip>,
    /// The days; empty if the week has no free time.
    pub days: Vec<DayColumn>,
    /// The nearest weeks with a free time, if this one has none.
    pub jumps: Vec<Chip>,
    /// Whether more therapists are free at some times than are named.
    pub unnamed: bool,
}

/// How many times of a day are shown at once.
const AT_ONCE: usize = 3;

/// Renders the week of free times.
pub fn view(w: &FreeWeek) -> AnyView {
    let days = if w.days.is_empty() {
        let jumps = chips("Weeks with free times", &w.jumps);
        view! { {empty("No free times this week.", None)}{jumps} }.into_any()
    } else {
        let days: Vec<AnyView> = w.days.iter().map(day_column).collect();
        view! { <div class="free-week">{days}</div> }.into_any()
    };
    let unnamed = w.unnamed.then(|| {
        view! { <p class="hint">"More therapists are free at some of these times. Choose one to see all of theirs."</p> }
            .into_any()
    });
    view! {
        <section class="free-times" aria-labelledby="free-times">
            <h2 id="free-times">"Free times"</h2>
            <div class="chip-rows">
                {chips("Week", &w.weeks)}
                {chips("Time of day", &w.parts)}
                {chips("Preferred times", &w.suits)}
            </div>
            <p class="muted"><strong>{w.label.clone()}</strong>" "{w.lead.clone()}</p>
            {days}
            {unnamed}
        </section>
    }
    .into_any()
}

/// A row of choices; `None` if there are none.
fn chips(label: &'static str, chips: &[Chip]) -> Option<AnyView> {
    let items: Vec<AnyView> = chips
        .iter()
        .map(|chip| {
            let here = chip.here.then_some("true");
            match &chip.act {
                Act::Link(href) => {
                    view! { <li><a class="chip" href=href.clone() aria-current=here>{chip.text.clone()}</a></li> }.into_any()
                }
                Act::Send { form, to, name, value } => view! {
                    <li>
                        <button class="chip" type="submit" form=*form formmethod="get" formaction=to.clone() formnovalidate
                            name=*name value=value.clone() aria-current=here>{chip.text.clone()}</button>
                    </li>
                }
                .into_any(),
            }
        })
        .collect();
    (!items.is_empty()).then(|| view! { <ul class="chips" aria-label=label>{items}</ul> }.into_any())
}

/// The column of a day: a few times, and all others behind “more”.
fn day_column(day: &DayColumn) -> AnyView {
    let first = main_times(&day.times);
    let (mut shown, mut rest): (Vec<AnyView>, Vec<AnyView>) = (vec![], vec![]);
    for (n, time) in day.times.iter().enumerate() {
        if first.contains(&n) { shown.push(time_item(time)) } else { rest.push(time_item(time)) }
    }
    let none = shown.is_empty().then(|| view! { <p class="muted">"None"</p> }.into_any());
    let more = (!rest.is_empty()).then(|| {
        let (count, label) = (format!("{} more", rest.len()), format!("More times on {}", day.label));
        view! { <details class="more-times"><summary><span class="quiet">{label}": "</span>{count}</summary><ul class="slot-list">{rest}</ul></details> }
            .into_any()
    });
    view! {
        <section class="free-day">
            <h3>{day.label.clone()}</h3>
            {none}
            <ul class="slot-list">{shown}</ul>
            {more}
        </section>
    }
    .into_any()
}

/// A time as a link or a button.
fn time_item(time: &FreeTime) -> AnyView {
    let with = (!time.with.is_empty()).then(|| view! { <small>{time.with.clone()}</small> }.into_any());
    let night = time.night.as_ref().map(|name| view! { <small>{format!("night for {name}")}</small> }.into_any());
    let class = if night.is_some() { "button slot slot-night" } else { "button slot" };
    let face =
        view! { <span>{time.time.clone()}</span>{with}{night}<span class="quiet">{format!(", {}", time.label)}</span> };
    match &time.act {
        Act::Link(href) => view! { <li><a class=class href=href.clone()>{face}</a></li> }.into_any(),
        Act::Send { form, to, name, value } => view! {
            <li>
                <button class=class type="submit" form=*form formmethod="get" formaction=to.clone() formnovalidate
                    name=*name value=value.clone()>{face}</button>
            </li>
        }
        .into_any(),
    }
}

/// The indexes of the times that a day shows at once: at most three half-hour
/// starts that are night for nobody, spread over the day, each with the first
/// therapist. If there are none, the same of all its times.
fn main_times(times: &[FreeTime]) -> Vec<usize> {
    let fit = |wanted: &dyn Fn(&FreeTime) -> bool| -> Vec<usize> {
        let mut fitting: Vec<(usize, &FreeTime)> = times.iter().enumerate().filter(|(_, t)| wanted(t)).collect();
        fitting.dedup_by_key(|(_, t)| &t.time);
        fitting.into_iter().map(|(n, _)| n).collect()
    };
    let day = fit(&|t| t.night.is_none());
    let half_hours = fit(&|t| t.is_half_hour && t.night.is_none());
    let from = [half_hours, day, fit(&|_| true)].into_iter().find(|from| !from.is_empty()).unwrap_or_default();
    if from.len() <= AT_ONCE {
        return from;
    }
    (0..AT_ONCE).filter_map(|n| from.get(n * (from.len() - 1) / (AT_ONCE - 1)).copied()).collect()
}

/// Sample weeks: with times as links, and with times as buttons of a form.
pub(crate) fn samples() -> Vec<FreeWeek> {
    let chip = |text: &str, here, act: Act| Chip { text: text.to_owned(), here, act };
    let link = || Act::Link("/slots?client=x&week=2026-11-30".to_owned());
    let time = |time: &str, night: Option<&str>, act: Act| FreeTime {
        time: time.to_owned(),
        with: "Dr Ngozi Okafor".to_owned(),
        night: night.map(str::to_owned),
        is_half_hour: time.ends_with("00") || time.ends_with("30"),
        label: format!("Tue 1 Dec, {time} with Dr Ngozi Okafor, Garden room"),
        act,
    };
    let times = |act: &Act| {
        ["08:00", "08:15", "08:30", "09:00", "17:30", "18:00"]
            .map(|text| time(text, (text == "18:00").then_some("Farah"), act.clone()))
            .to_vec()
    };
    let week = |act: Act| FreeWeek {
        label: "Mon 30 Nov to Sun 6 Dec.".to_owned(),
        lead: "They suit Amara & Jonas.".to_owned(),
        weeks: vec![chip("This week", true, act.clone()), chip("Next week", false, act.clone())],
        parts: vec![chip("Any time", true, act.clone()), chip("Evening", false, act.clone())],
        suits: vec![chip("Times that suit both", true, act.clone())],
        days: vec![
            DayColumn { label: "Tue 1 Dec".to_owned(), times: times(&act) },
            DayColumn { label: "Wed 2 Dec".to_owned(), times: vec![] },
        ],
        jumps: vec![],
        unnamed: true,
    };
    let send = Act::Send {
        form: "booking",
        to: "/sessions/new".to_owned(),
        name: "pick",
        value: "2026-12-01 08:00".to_owned(),
    };
    let none = FreeWeek { jumps: vec![chip("Next: Mon 14 Dec", false, link())], ..FreeWeek::default() };
    vec![week(link()), week(send), none]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(week: &FreeWeek) -> String {
        Owner::new().with(|| view(week).to_html())
    }

    #[test]
    fn every_free_time_is_shown_once() {
        for week in samples() {
            let html = html(&week);
            for day in &week.days {
                for time in &day.times {
                    assert_eq!(html.matches(&format!(", {}<", time.label)).count(), 1, "{}", time.label);
                }
            }
        }
    }

    #[test]
    fn half_hours_that_are_night_for_nobody_come_first() {
        let week = &samples()[0];
        let shown: Vec<&str> =
            main_times(&week.days[0].times).into_iter().map(|n| week.days[0].times[n].time.as_str()).collect();
        assert_eq!(shown, ["08:00", "08:30", "17:30"]);
        // A time with several therapists is shown with the first of them.
        let twice: Vec<FreeTime> = week.days[0].times.iter().flat_map(|t| [t.clone(), t.clone()]).collect();
        assert_eq!(main_times(&twice), [0, 4, 8]);
        // Where only quarter hours are free, they are shown.
        let quarters: Vec<FreeTime> = week.days[0].times.iter().filter(|t| !t.is_half_hour).cloned().collect();
        assert_eq!(main_times(&quarters), [0]);
        assert!(main_times(&[]).is_empty());
    }

    #[test]
    fn week_without_times_leads_to_the_nearest_with_some() {
        let html = html(&samples()[2]);
        assert!(html.contains("No free times this week.") && html.contains("Next: Mon 14 Dec"), "{html}");
    }
}
