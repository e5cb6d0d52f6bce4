//! The front desk's page of the day: who is expected, who has arrived, what
//! needs attention, and which times are free. When nothing is left today, the
//! next working day is beside it.

use domain::{
    ids::SessionId,
    scheduling::{
        attendance::{Mark, Presence},
        session::SessionState,
    },
};
use leptos::prelude::*;

use super::{
    attendance::{self, Comer, key_hint, late_text, toggle},
    requests,
    session::state_badge,
};
use crate::pages::{
    mail::{
        returned::{self, ReturnedItem},
        stopped::{self, MailStop},
        undelivered::{self, UndeliveredItem},
    },
    records::intake::{self, Mark as IntakeMark},
};
use crate::ui::{Link, Pager, Tone, badge, card, empty, form_key, page_head, pager};

/// The view model of the front desk's page of the day.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The date, such as "Tuesday 24 November 2026".
    pub date: String,
    /// The current time with its zone.
    pub clock: String,
    /// The outage of outgoing email; `None` if emails go out.
    pub mail_stop: Option<MailStop>,
    /// The sessions of today in the order of their starts.
    pub sessions: Vec<DaySession>,
    pub requests: Vec<requests::RequestItem>,
    pub requests_pager: Pager,
    /// Replies to reminders that need attention: text and session.
    pub replies: Vec<(String, SessionId)>,
    pub replies_pager: Pager,
    /// The people whose email address is returned.
    pub returned: Vec<ReturnedItem>,
    pub returned_pager: Pager,
    /// Emails that were not delivered.
    pub mails: Vec<UndeliveredItem>,
    pub mails_pager: Pager,
    /// How many days of series could not be booked.
    pub gaps: usize,
    /// How many people wait for a first session.
    pub inquiries: usize,
    /// How many clients would like an earlier session.
    pub earlier: usize,
    /// What is beside the sessions of today.
    pub beside: Beside,
}

/// What is beside the sessions of today.
#[derive(Clone, Debug)]
pub enum Beside {
    /// While sessions are left today: what is free now and later today.
    FreeToday {
        /// The rooms as they are now.
        rooms: Vec<RoomNow>,
        /// The therapists with their free times of today.
        free: Vec<FreeTherapist>,
    },
    /// When nothing is left today: the next day with sessions.
    NextDay {
        /// The date, such as "Monday 30 November 2026".
        date: String,
        /// The address of that day in the calendar.
        href: String,
        sessions: Vec<DaySession>,
    },
    /// When nothing is left today, and no session is booked on the days after
    /// it.
    Nothing,
}

impl Default for Beside {
    fn default() -> Self {
        Self::FreeToday { rooms: vec![], free: vec![] }
    }
}

/// A room at this moment.
#[derive(Clone, Debug)]
pub struct RoomNow {
    pub name: String,
    /// The state, such as "Free until 12:00".
    pub text: String,
    pub is_free: bool,
}

/// The free times of a therapist today.
#[derive(Clone, Debug)]
pub struct FreeTherapist {
    pub name: String,
    /// The free times, each with a link to the form that books it.
    pub times: Vec<Link>,
}

/// A session of a day.
#[derive(Clone, Debug)]
pub struct DaySession {
    pub id: SessionId,
    /// The time, such as "10:00–10:50".
    pub time: String,
    pub title: String,
    /// Therapist and room, such as "Dr Lin, Garden room".
    pub with: String,
    pub state: SessionState,
    /// The delay, such as "12 minutes late"; otherwise empty.
    pub late: String,
    /// Before an intake session, the attendees who have not signed in yet;
    /// otherwise empty.
    pub not_ready: String,
    /// How far the intake of the client is; `None`: none was started.
    pub intake: Option<IntakeMark>,
    /// Whether they confirmed that they will come: `false` if they were asked
    /// and have not confirmed, `None` if they were not asked.
    pub confirmed: Option<bool>,
    /// The people who are expected, with what can be marked of them.
    pub comers: Vec<Comer>,
    /// A sentence such as "Only Elif came"; otherwise empty.
    pub came: String,
    /// Whether the session's time is over and nobody recorded if it took place.
    pub open_end: bool,
}

impl DaySession {
    /// Whether it took place or nobody came, so that it needs nothing more.
    const fn is_finished(&self) -> bool {
        !self.open_end && matches!(self.state, SessionState::Completed | SessionState::NoShow)
    }

    /// Whether somebody can be checked in now.
    fn can_check_in(&self) -> bool {
        !self.open_end && self.comers.iter().any(is_awaited)
    }
}

/// Whether a person can be checked in now.
fn is_awaited(comer: &Comer) -> bool {
    comer.presence != Some(Presence::Present) && comer.marks.contains(&Mark::Arrived(Some(comer.person)))
}

/// The access keys of the day's sessions in their order.
const KEYS: &str = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Renders the front desk's page of the day.
pub fn view(m: &Model) -> AnyView {
    // A session keeps its key all day, whatever becomes of the others.
    let keyed = m.sessions.iter().zip(KEYS.chars().map(Some).chain(std::iter::repeat(None)));
    let (finished, ahead): (Vec<_>, Vec<_>) = keyed.partition(|(s, _)| s.is_finished());
    let ahead: Vec<AnyView> = ahead.into_iter().map(|(s, key)| session_row(s, key)).collect();
    let finished: Vec<AnyView> = finished.into_iter().map(|(s, _)| session_row(s, None)).collect();
    let hint = m.sessions.iter().any(DaySession::can_check_in).then(|| {
        view! { <p class="hint keyboard">"Alt and the key checks in (Firefox: Alt and Shift, Mac: Control and Option)."</p> }.into_any()
    });
    let ahead = if ahead.is_empty() {
        empty("No more appointments today.", Some(Link::new("/calendar", "Open calendar")))
    } else {
        view! { <ul class="rows">{ahead}</ul> }.into_any()
    };
    let finished = (!finished.is_empty()).then(|| {
        let head = format!("Finished ({})", finished.len());
        view! { <details class="card"><summary>{head}</summary><ul class="rows">{finished}</ul></details> }.into_any()
    });
    let needs = needs_card(m);
    let caught_up = (needs.is_none() && m.mail_stop.is_none())
        .then(|| view! { <p class="muted">"Nothing needs attention. You’re all caught up."</p> }.into_any());
    view! {
        {page_head("Today", format!("{}. {}", m.date, m.clock), vec![Link::new("/sessions/new", "New session")])}
        {m.mail_stop.as_ref().map(stopped::view)}
        <div class="desk">
            <section aria-labelledby="coming">
                <h2 id="coming">"Today’s appointments"</h2>
                {hint}
                {ahead}
                {finished}
            </section>
            <div>{needs}{caught_up}{beside(&m.beside)}</div>
        </div>
    }
    .into_any()
}

/// What is beside the sessions of today.
fn beside(beside: &Beside) -> AnyView {
    match beside {
        Beside::FreeToday { rooms, free } => view! { {free_card(free)}{room_card(rooms)} }.into_any(),
        Beside::NextDay { date, href, sessions } => {
            let rows: Vec<AnyView> = sessions.iter().map(|s| session_row(s, None)).collect();
            view! {
                <section aria-labelledby="next-day">
                    <h2 id="next-day">"Next: "<a href=href.clone()>{date.clone()}</a></h2>
                    <ul class="rows">{rows}</ul>
                </section>
            }
            .into_any()
        }
        Beside::Nothing => empty("No appointments in the next two weeks.", None),
    }
}

/// The card with everything that needs attention; `None` if there is nothing.
fn needs_card(m: &Model) -> Option<AnyView> {
    let rows = undelivered::rows(&m.mails);
    let mails = (rows.is_some() || m.mails_pager.is_later())
        .then(|| view! { <h3 id="undelivered">"Emails not delivered"</h3>{rows}{pager(&m.mails_pager)} }.into_any());
    let gaps = (m.gaps > 0).then(|| {
        let text = match m.gaps {
            1 => "1 session of a series could not be booked".to_owned(),
            n => format!("{n} sessions of series could not be booked"),
        };
        view! { <p><a href="/calendar">{text}</a></p> }.into_any()
    });
    let earlier = (m.earlier > 0).then(|| {
        let text = match m.earlier {
            1 => "1 client would like an earlier time".to_owned(),
            n => format!("{n} clients would like an earlier time"),
        };
        view! { <p><a href="/waitlist#earlier">{text}</a></p> }.into_any()
    });
    let inquiries = (m.inquiries > 0).then(|| {
        let text = match m.inquiries {
            1 => "1 request for a first session".to_owned(),
            n => format!("{n} requests for a first session"),
        };
        view! { <p><a href="/waitlist">{text}</a></p> }.into_any()
    });
    let returned = returned::section(&m.returned, &m.returned_pager);
    let replies: Vec<AnyView> = m
        .replies
        .iter()
        .map(|(text, id)| {
            view! { <li><a class="row-link" href=format!("/sessions/{id}")>{text.clone()}</a></li> }.into_any()
        })
        .collect();
    let replies = (!replies.is_empty() || m.replies_pager.is_later()).then(|| {
        view! { <h3 id="replies">"Replies to reminders"</h3><ul class="rows">{replies}</ul>{pager(&m.replies_pager)} }.into_any()
    });
    let asked = (!m.requests.is_empty()).then(|| {
        view! { <h3>"Requests"</h3>{requests::request_list(&m.requests)}{pager(&m.requests_pager)} }.into_any()
    });
    (mails.is_some()
        || gaps.is_some()
        || asked.is_some()
        || replies.is_some()
        || returned.is_some()
        || inquiries.is_some()
        || earlier.is_some())
    .then(|| card("Needs attention", view! { {asked}{replies}{inquiries}{earlier}{returned}{mails}{gaps} }.into_any()))
}

/// A session of a day; `key` is its access key for the check-in.
fn session_row(s: &DaySession, key: Option<char>) -> AnyView {
    let late = if s.late.is_empty() { late_text(&s.comers) } else { s.late.clone() };
    let late = (!late.is_empty()).then(|| view! { " "{badge(Tone::Care, late)} }.into_any());
    let confirmed = s.confirmed.filter(|_| s.state == SessionState::Booked).map(|yes| {
        let mark = if yes { badge(Tone::Good, "Confirmed") } else { badge(Tone::Wait, "No reply yet") };
        view! { " "{mark} }.into_any()
    });
    let not_ready = (!s.not_ready.is_empty())
        .then(|| view! { " "{badge(Tone::Wait, format!("Not signed in yet: {}", s.not_ready))} }.into_any());
    let intake = s.intake.as_ref().map(|mark| view! { " "{intake::mark(mark)} }.into_any());
    let came = (!s.came.is_empty()).then(|| view! { " "<span class="desk-came">{s.came.clone()}</span> }.into_any());
    // Who is booked and who has arrived is on the buttons.
    let is_said = matches!(s.state, SessionState::Booked | SessionState::Arrived);
    let state = (!is_said).then(|| view! { " "{state_badge(s.state)} }.into_any());
    let acts = if s.open_end { end_buttons(s) } else { check_in_buttons(s, key) };
    let class = if s.state.occupies() { "row desk-row" } else { "row desk-row is-cancelled" };
    view! {
        <li class=class>
            <span>
                <a class="row-link" href=format!("/sessions/{}", s.id)>{format!("{} {}", s.time, s.title)}</a>
                <br/>
                <span class="muted">{s.with.clone()}</span>
                {state}{came}{confirmed}{late}{not_ready}{intake}
            </span>
            {acts}
        </li>
    }
    .into_any()
}

/// The buttons that check in the people of a session, or take that back; `None`
/// if there is nothing to press.
fn check_in_buttons(s: &DaySession, key: Option<char>) -> Option<AnyView> {
    let session = format!("{} {}", s.time, s.title);
    let awaited = s.comers.iter().filter(|comer| is_awaited(comer)).count();
    let is_joint = s.comers.len() > 1;
    // Where nobody has arrived yet, one button checks in both.
    let together = (awaited == s.comers.len() && awaited > 0).then(|| {
        let text = if is_joint { "Check in both" } else { "Check in" };
        let key = key.map(|key| key.to_string());
        view! {
            {key_hint(key.clone())}
            <button class="button button-primary" type="submit" name="mark" value=Mark::Arrived(None).to_string()
                accesskey=key aria-label=format!("{text}: {session}")>{text}</button>
        }
        .into_any()
    });
    let people: Vec<AnyView> = s
        .comers
        .iter()
        .filter(|comer| is_joint || !is_awaited(comer))
        .filter_map(|comer| toggle(comer, &session, key.filter(|_| together.is_none() && is_awaited(comer))))
        .collect();
    if together.is_none() && people.is_empty() {
        return None;
    }
    Some(
        view! {
            <form class="actions" method="post" action=format!("/sessions/{}/attendance", s.id)>
                {form_key()}
                <input type="hidden" name="back" value="desk"/>
                {together}
                {people}
            </form>
        }
        .into_any(),
    )
}

/// The buttons that say how a session ended; the one that fits the check-in is
/// first.
fn end_buttons(s: &DaySession) -> Option<AnyView> {
    let session = format!("{} {}", s.time, s.title);
    let is_joint = s.comers.len() > 1;
    let came: Vec<&Comer> = s.comers.iter().filter(|c| c.presence == Some(Presence::Present)).collect();
    let class = |is_first: bool| if is_first { "button button-primary" } else { "button" };
    let mark = |mark: Mark, text: String, first: bool| {
        let label = format!("{text}: {session}");
        view! {
            <button class=class(first) type="submit" formaction=format!("/sessions/{}/attendance", s.id) name="mark"
                value=mark.to_string() aria-label=label>{text}</button>
        }
        .into_any()
    };
    let state = |state: SessionState, text: &'static str, first: bool| {
        view! {
            <button class=class(first) type="submit" name="state" value=state.word() aria-label=format!("{text}: {session}")>{text}</button>
        }
        .into_any()
    };
    let one_came = is_joint && came.len() == 1;
    let only: Vec<AnyView> = s
        .comers
        .iter()
        .filter(|_| is_joint)
        .filter(|comer| came.is_empty() || (one_came && comer.presence == Some(Presence::Present)))
        .map(|comer| mark(Mark::Only(comer.person), format!("Only {} came", comer.name), one_came))
        .collect();
    let all = state(
        SessionState::Completed,
        match (is_joint, came.len() == s.comers.len()) {
            (true, false) => "Both came",
            _ => "Completed",
        },
        !one_came,
    );
    let missed = (s.state == SessionState::Booked).then(|| state(SessionState::NoShow, "No-show", false));
    let ordered = if one_came { view! { {only}{all} }.into_any() } else { view! { {all}{only} }.into_any() };
    Some(
        view! {
            <form class="actions" method="post" action=format!("/sessions/{}/state", s.id)>
                {form_key()}
                <input type="hidden" name="back" value="desk"/>
                {ordered}
                {missed}
            </form>
        }
        .into_any(),
    )
}

/// The card with the state of each room.
fn room_card(rooms: &[RoomNow]) -> AnyView {
    let rows: Vec<AnyView> = rooms
        .iter()
        .map(|RoomNow { name, text, is_free }| {
            let tone = if *is_free { Tone::Good } else { Tone::Plain };
            view! { <li><span>{name.clone()}</span>{badge(tone, text.clone())}</li> }.into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    card("Rooms right now", view! { <ul class="rows">{rows}</ul> }.into_any())
}

/// The card with the free times of today.
fn free_card(free: &[FreeTherapist]) -> AnyView {
    let rows: Vec<AnyView> = free
        .iter()
        .map(|FreeTherapist { name, times }| {
            let slots: Vec<AnyView> = times
                .iter()
                .map(|Link { href, text }| {
                    view! { <li><a class="button slot" href=href.clone() aria-label=format!("Book {text} with {name}")>{text.clone()}</a></li> }.into_any()
                })
                .collect();
            let slots = if slots.is_empty() {
                view! { <p class="muted">"No free time left today."</p> }.into_any()
            } else {
                view! { <ul class="slot-list plain">{slots}</ul> }.into_any()
            };
            view! { <li><span>{name.clone()}</span>{slots}</li> }.into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    card("Next free times", view! { <ul class="rows">{rows}</ul> }.into_any())
}

/// Sample models: a day without sessions; a full day; a day at its end.
pub fn samples() -> Vec<Model> {
    let people = attendance::samples();
    let session = |state, late: &str, confirmed, comers: usize, open_end| DaySession {
        confirmed,
        not_ready: if late.is_empty() {
            String::new()
        } else {
            "<b>Amara</b> Nwosu, अनन्या शर्मा".to_owned()
        },
        id: SessionId(uuid::Uuid::nil()),
        time: "10:00–10:50".to_owned(),
        title: "अनन्या 💛 ".repeat(18),
        with: "Dr Ngozi Okafor, Garden room".to_owned(),
        state,
        intake: Some(IntakeMark { is_ready: open_end, text: "Intake: अनन्या 3 of 6".to_owned() }),
        late: late.to_owned(),
        comers: people.get(comers).cloned().unwrap_or_default(),
        came: if comers == 1 { "Only Elif came".to_owned() } else { String::new() },
        open_end,
    };
    let quiet = Model {
        date: "Tuesday 24 November 2026".to_owned(),
        clock: "It is 09:00 in Berlin.".to_owned(),
        ..Model::default()
    };
    let full = Model {
        mail_stop: stopped::samples().pop(),
        sessions: vec![
            session(SessionState::Booked, "12 minutes late", Some(false), 0, false),
            session(SessionState::Booked, "", Some(true), 0, false),
            session(SessionState::Arrived, "", Some(true), 1, true),
            session(SessionState::Booked, "", None, 0, true),
            session(SessionState::LateCancelled, "", None, 2, false),
            session(SessionState::Completed, "", None, 1, false),
        ],
        requests: requests::samples().swap_remove(1).items,
        mails: undelivered::samples(),
        mails_pager: Pager::default(),
        replies: vec![("Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".to_owned(), SessionId(uuid::Uuid::nil()))],
        returned: vec![ReturnedItem {
            person: domain::ids::PersonId(uuid::Uuid::nil()),
            name: "अनन्या 💛 ".repeat(18),
            phone: "+49 30 5550 100".to_owned(),
            text: "since Mon 23 Nov: 550 no such user".to_owned(),
        }],
        gaps: 2,
        inquiries: 3,
        earlier: 1,
        beside: Beside::FreeToday {
            rooms: vec![
                RoomNow { name: "Garden room ".repeat(8), text: "Free until 12:00".to_owned(), is_free: true },
                RoomNow { name: "Attic".to_owned(), text: "Taken until 10:50".to_owned(), is_free: false },
            ],
            free: vec![
                FreeTherapist { name: "Dr Ngozi Okafor".to_owned(), times: vec![Link::new("/sessions/new", "11:00")] },
                FreeTherapist { name: "Dr Emeka Obi".to_owned(), times: vec![] },
            ],
        },
        ..quiet.clone()
    };
    let evening = Model {
        sessions: vec![session(SessionState::Completed, "", None, 1, false)],
        beside: Beside::NextDay {
            date: "Wednesday 25 November 2026".to_owned(),
            href: "/calendar?view=day&date=2026-11-25".to_owned(),
            sessions: vec![session(SessionState::Booked, "", Some(true), 2, false)],
        },
        ..quiet.clone()
    };
    let last = Model { beside: Beside::Nothing, ..quiet.clone() };
    vec![quiet, full, evening, last]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The access keys of a page's buttons, in their order.
    fn keys(model: &Model) -> Vec<String> {
        let html = view(model).to_html();
        let mut keys: Vec<String> =
            html.split("accesskey=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
        keys.dedup();
        keys
    }

    #[test]
    fn sessions_keep_their_key_when_others_are_checked_in_or_cancelled() {
        let people = attendance::samples();
        let mut model = samples().swap_remove(1);
        model.sessions.truncate(1);
        let awaited = DaySession { comers: people[0].clone(), ..model.sessions[0].clone() };
        model.sessions = vec![awaited.clone(), awaited.clone(), awaited.clone()];
        assert_eq!(keys(&model), ["1", "2", "3"]);
        model.sessions[0] = DaySession { state: SessionState::Arrived, comers: vec![], ..awaited.clone() };
        assert_eq!(keys(&model), ["2", "3"]);
        model.sessions[1] = DaySession { state: SessionState::Completed, comers: vec![], ..awaited };
        assert_eq!(keys(&model), ["3"]);
    }

    #[test]
    fn cancelled_sessions_stay_in_the_list_and_finished_ones_are_folded() {
        let full = samples().swap_remove(1);
        let html = view(&full).to_html();
        let (list, folded) = html.split_once("Finished (1)").expect("one is finished");
        assert!(list.contains("Late cancellation") && !folded.contains("Late cancellation"));
    }
}
