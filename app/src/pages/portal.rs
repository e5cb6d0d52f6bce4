//! A client's first screen, on a phone in the evening: the next session and
//! today's exercises, and nothing that counts or presses.

use domain::{
    ids::{ClientId, OccurrenceId, SessionId},
    response::ResponseState,
};
use leptos::prelude::*;

use super::exercise::word_along;
use crate::ui::{Tone, badge, phone_link};

#[derive(Clone, Debug)]
pub struct Model {
    pub name: String,
    /// The practice's; empty where there is none.
    pub phone: String,
    pub next: Option<NextSession>,
    /// Those behind it.
    pub later: Vec<NextSession>,
    /// What the other asks, and waits for this reader's yes.
    pub asked: Vec<Asking>,
    /// What the reader asked for.
    pub own: Vec<Asking>,
    /// Whom a session may be asked for: the client, and with whom.
    pub may_book: Vec<(ClientId, String)>,
    /// What is there to do, the soonest first.
    pub today: Vec<ExerciseItem>,
    /// Begun, and its time has passed: it can still be finished.
    pub begun: Vec<ExerciseItem>,
    pub done: Vec<ExerciseItem>,
    /// Pages back in what is done.
    pub older: i64,
    /// There is more behind it.
    pub more: bool,
    /// What the two have done together so far; 0 where that would tell of the
    /// other.
    pub together: i64,
    /// Who to write to: their names, and what waits to be read from them.
    pub letters: Option<(String, i64)>,
}

#[derive(Clone, Debug)]
pub struct NextSession {
    pub id: SessionId,
    /// In the reader's own zone.
    pub when: String,
    /// Names the zone; with the practice's own time where that differs.
    pub zone_line: String,
    pub place: String,
    /// Where they meet online; empty where there is no link.
    pub link: String,
    pub with: String,
    /// Both partners come.
    pub joint: bool,
}

/// A wish about a session.
#[derive(Clone, Debug)]
pub struct Asking {
    pub id: uuid::Uuid,
    pub text: String,
    pub open: bool,
}

#[derive(Clone, Debug)]
pub struct ExerciseItem {
    pub occurrence: OccurrenceId,
    pub title: String,
    pub minutes: u16,
    pub due: String,
    /// "every day", where it repeats; else empty.
    pub rhythm: String,
    /// When it is planned for, such as "Thu 26 Nov, 20:00"; else empty.
    pub planned: String,
    /// It was taken back; what the reader began can be read.
    pub withdrawn: bool,
    /// The reader has put it off.
    pub put_off: bool,
    /// The reader's own state.
    pub state: ResponseState,
    pub word_along: String,
    pub therapist: String,
    /// Both can read what was for both.
    pub opened: bool,
    /// When it was sent, such as "Mon 23 Nov".
    pub sent: String,
}

pub fn view(m: &Model) -> AnyView {
    let today: Vec<AnyView> = m.today.iter().map(todo).collect();
    let today = if today.is_empty() {
        view! { <p class="muted">"There is nothing to do just now. Your therapist may add something after the next session."</p> }.into_any()
    } else {
        view! { <ul class="stack plain">{today}</ul> }.into_any()
    };
    let begun = (!m.begun.is_empty()).then(|| {
        let items: Vec<AnyView> = m.begun.iter().map(todo).collect();
        view! {
            <section aria-labelledby="begun">
                <h2 id="begun">"Begun earlier"</h2>
                <p class="hint">"Finish it if you like, or leave it."</p>
                <ul class="stack plain">{items}</ul>
            </section>
        }
        .into_any()
    });
    let done = (!m.done.is_empty() || m.older > 0).then(|| {
        let shown = if m.older > 0 { m.done.len() } else { LATEST };
        let (latest, older) = m.done.split_at(m.done.len().min(shown));
        let link = |page: i64, text: &str| {
            view! { <a class="button" href=format!("/portal?older={page}#done")>{text.to_owned()}</a>" " }.into_any()
        };
        let newer = (m.older > 0).then(|| link(m.older - 1, "Newer"));
        let more = m.more.then(|| link(m.older + 1, "Older"));
        let pages = (m.older > 0 || m.more).then(|| view! { <p class="actions">{newer}{more}</p> }.into_any());
        let items: Vec<AnyView> = latest.iter().map(finished).collect();
        let older = (!older.is_empty()).then(|| {
            let items: Vec<AnyView> = older.iter().map(finished).collect();
            view! { <details><summary>{format!("Earlier ({})", items.len())}</summary><ul class="rows">{items}</ul></details> }.into_any()
        });
        let together = match m.together {
            0 => None,
            1 => Some("One thing that you have both done so far.".to_owned()),
            n => Some(format!("{n} things that you have both done so far.")),
        };
        let together = together.map(|text| view! { <p class="muted">{text}</p> }.into_any());
        view! {
            <section aria-labelledby="done">
                <h2 id="done">"Done"</h2>
                {together}
                <ul class="rows">{items}</ul>
                {older}
                {pages}
            </section>
        }
        .into_any()
    });
    let letters = m.letters.as_ref().map(|(therapist, unread)| {
        let waits = (*unread > 0).then(|| badge(Tone::Good, "Something to read"));
        view! {
            <section class="card" aria-labelledby="letters">
                <h2 id="letters">{format!("Between you and {therapist}")}</h2>
                <p><a href="/portal/letters">"Write, or read what was written"</a>" "{waits}</p>
            </section>
        }
        .into_any()
    });
    view! {
        <header class="page-head"><h1>{format!("Hello, {}", m.name)}</h1></header>
        <section class="card next-session" aria-labelledby="next">
            <h2 id="next">"Your next session"</h2>
            {next(m.next.as_ref())}
            {sessions(m)}
            {call(&m.phone)}
        </section>
        {wishes(m)}
        <section aria-labelledby="today">
            <h2 id="today">"For you"</h2>
            {today}
        </section>
        {begun}
        {letters}
        {done}
    }
    .into_any()
}

/// So many that are done stand in view.
const LATEST: usize = 8;

pub(super) fn next(next: Option<&NextSession>) -> AnyView {
    let Some(next) = next else {
        return view! { <p class="muted">"No session is booked at the moment. Your practice will be in touch."</p> }
            .into_any();
    };
    let link = (!next.link.is_empty())
        .then(|| view! { <p><a class="button" href=next.link.clone() rel="noreferrer noopener" target="_blank">"Open the online room"</a></p> }.into_any());
    let who = if next.joint { "For both of you" } else { "For you alone" };
    view! {
        <p class="when"><strong>{next.when.clone()}</strong></p>
        <p class="muted">{next.zone_line.clone()}</p>
        <p>{format!("{} · with {} · {}", next.place, next.with, who)}</p>
        {link}
    }
    .into_any()
}

/// What can be done about sessions, and those behind the next one.
fn sessions(m: &Model) -> AnyView {
    let change = m.next.as_ref().map(|s| {
        view! { <p><a class="button" href=format!("/portal/sessions/{}", s.id)>"Change or cancel it"</a></p> }
            .into_any()
    });
    let later: Vec<AnyView> = m
        .later
        .iter()
        .map(|s| view! { <li><a class="row-link" href=format!("/portal/sessions/{}", s.id)>{s.when.clone()}</a><span class="muted">{format!(" {}", s.place)}</span></li> }.into_any())
        .collect();
    let later = (!later.is_empty()).then(|| {
        view! { <details><summary>{format!("After that ({})", later.len())}</summary><ul class="rows">{later}</ul></details> }.into_any()
    });
    let book: Vec<AnyView> = m
        .may_book
        .iter()
        .map(|(client, with)| view! { <p><a href=format!("/portal/times?client={client}")>{format!("Ask for a session with {with}")}</a></p> }.into_any())
        .collect();
    view! { {change}{later}{book} }.into_any()
}

/// What waits for the reader's yes, and what they asked for.
fn wishes(m: &Model) -> Option<AnyView> {
    let asked: Vec<AnyView> = m
        .asked
        .iter()
        .map(|q| {
            view! {
                <li>
                    <p>{q.text.clone()}</p>
                    <form class="actions" method="post" action=format!("/portal/requests/{}/answer", q.id)>
                        <button class="button button-primary" type="submit" name="answer" value="yes">"It suits me"</button>
                        <button class="button" type="submit" name="answer" value="no">"It does not"</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    let own: Vec<AnyView> = m
        .own
        .iter()
        .map(|q| {
            let back = q.open.then(|| {
                view! { <form class="actions" method="post" action=format!("/portal/requests/{}/withdraw", q.id)><button class="button" type="submit">"Take it back"</button></form> }.into_any()
            });
            view! { <li><p>{q.text.clone()}</p>{back}</li> }.into_any()
        })
        .collect();
    (!asked.is_empty() || !own.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="wishes">
                <h2 id="wishes">"About your sessions"</h2>
                <ul class="rows">{asked}{own}</ul>
            </section>
        }
        .into_any()
    })
}

/// The practice's number to call; nothing where there is none.
pub(super) fn call(phone: &str) -> Option<AnyView> {
    phone_link(phone).map(|link| view! { <p>"Call the practice: "{link}</p> }.into_any())
}

fn todo(item: &ExerciseItem) -> AnyView {
    let act = match item.state {
        _ if item.withdrawn => "Read what you wrote",
        ResponseState::Open => "Begin",
        ResponseState::Draft => "Go on",
        ResponseState::Submitted => "Read",
    };
    let href = format!("/portal/exercises/{}", item.occurrence);
    let given = item.opened.then(|| badge(Tone::Good, "Something to read"));
    let begun = (item.state == ResponseState::Draft).then(|| badge(Tone::Plain, "Started"));
    let put_off = item.put_off.then(|| badge(Tone::Plain, "Put off"));
    let rhythm = if item.rhythm.is_empty() { String::new() } else { format!(" · {}", item.rhythm) };
    let planned =
        (!item.planned.is_empty()).then(|| view! { <p>{format!("Planned for {}.", item.planned)}</p> }.into_any());
    view! {
        <li class="card">
            <h3><a href=href.clone()>{item.title.clone()}</a></h3>
            <p class="muted">{format!("About {} minutes · {}{rhythm}", item.minutes, item.due)}" "{begun}" "{put_off}" "{given}</p>
            {planned}
            {word_along(&item.therapist, &item.word_along)}
            <p><a class="button button-primary" href=href aria-label=format!("{act}: {}", item.title)>{act}</a></p>
        </li>
    }
    .into_any()
}

fn finished(item: &ExerciseItem) -> AnyView {
    let state = if item.opened { "Open to you both" } else { "Done" };
    view! {
        <li>
            <a class="row-link" href=format!("/portal/exercises/{}", item.occurrence)>{item.title.clone()}</a>
            " "
            {badge(Tone::Good, state)}
            <span class="muted">{format!(" {}", item.sent)}</span>
        </li>
    }
    .into_any()
}

/// Nothing yet; everything; long and foreign names.
pub fn samples() -> Vec<Model> {
    let item = |title: &str, state, opened| ExerciseItem {
        occurrence: OccurrenceId::from(uuid::Uuid::from_u128(1)),
        title: title.into(),
        minutes: 7,
        due: "by Thursday 26 November".into(),
        rhythm: "every day".into(),
        planned: if opened { String::new() } else { "Thu 26 Nov, 20:00".into() },
        withdrawn: false,
        put_off: opened,
        state,
        word_along: "This may help with what you said on Monday.".into(),
        therapist: "Dr Ruth Abrahams".into(),
        sent: if state == ResponseState::Submitted { "Mon 23 Nov".into() } else { String::new() },
        opened,
    };
    vec![
        Model {
            phone: "+49 30 1234567".into(),
            name: "Amara".into(),
            next: None,
            later: vec![],
            asked: vec![],
            own: vec![],
            may_book: vec![],
            today: vec![],
            begun: vec![],
            done: vec![],
            older: 0,
            more: false,
            together: 0,
            letters: None,
        },
        Model {
            phone: "+49 30 1234567".into(),
            name: "अनन्या शर्मा 💛".into(),
            next: Some(NextSession {
                id: SessionId(uuid::Uuid::nil()),
                when: "Thursday 26 November, 15:30".into(),
                zone_line: "Kolkata time (UTC+5:30); 11:00 in Berlin".into(),
                place: "Online".into(),
                link: "https://meet.example.org/x".into(),
                with: "Dr Ruth Abrahams".into(),
                joint: true,
            }),
            later: vec![NextSession {
                id: SessionId(uuid::Uuid::nil()),
                when: "Thu 3 Dec, 15:30".into(),
                zone_line: String::new(),
                place: "Online".into(),
                link: String::new(),
                with: "Dr Ruth Abrahams".into(),
                joint: true,
            }],
            asked: vec![Asking {
                id: uuid::Uuid::nil(),
                text: "Jonas asked for Fri 4 Dec, 10:00 instead of Thu 3 Dec, 15:30. Does that suit you?".into(),
                open: true,
            }],
            own: vec![Asking {
                id: uuid::Uuid::nil(),
                text: "You asked for a session on Mon 7 Dec, 10:00. Your partner is asked first.".into(),
                open: true,
            }],
            may_book: vec![(ClientId(uuid::Uuid::nil()), "Dr Ruth Abrahams".into())],
            today: vec![
                item("How reachable we are", ResponseState::Open, false),
                item("A map", ResponseState::Draft, false),
            ],
            begun: vec![item("A log", ResponseState::Draft, false)],
            done: (0..12).map(|n| item(&format!("Number {n}"), ResponseState::Submitted, n % 2 == 0)).collect(),
            older: 0,
            more: true,
            together: 6,
            letters: Some(("Dr Ruth Abrahams".into(), 2)),
        },
        Model {
            phone: "+49 30 1234567".into(),
            name: "N".repeat(200),
            next: Some(NextSession {
                id: SessionId(uuid::Uuid::nil()),
                when: "Today, 10:00".into(),
                zone_line: "Berlin time".into(),
                place: "R".repeat(80),
                link: String::new(),
                with: "W".repeat(200),
                joint: false,
            }),
            later: vec![],
            asked: vec![],
            own: vec![],
            may_book: vec![],
            today: vec![item(&"T".repeat(200), ResponseState::Open, false)],
            begun: vec![],
            done: vec![item(&"D".repeat(200), ResponseState::Submitted, true)],
            older: 2,
            more: false,
            together: 1,
            letters: Some(("W".repeat(200), 0)),
        },
    ]
}
