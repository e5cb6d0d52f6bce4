//! One session: when, where and with whom, what may be done with it, what
//! was done, and for the front desk which mails went out about it. Nothing
//! clinical stands here.

use domain::{
    fee::FeeState,
    ids::{ClientId, MessageId, PersonId, SessionId},
    reminder::MessageState,
    session::SessionState,
    slots::DayPart,
};
use leptos::prelude::*;

use crate::ui::{Tone, badge, card, empty, facts, page_head, phone_link, table};

/// Somebody who comes.
#[derive(Clone, Debug)]
pub struct AttendeeItem {
    pub name: String,
    /// The start on their own clock where it differs; else empty.
    pub clock: String,
    pub phone: String,
    /// Under which their mails are listed, for who may see them.
    pub mails: Option<PersonId>,
}

#[derive(Clone, Debug)]
pub struct Model {
    pub id: SessionId,
    pub title: String,
    pub attendees: Vec<AttendeeItem>,
    pub clinician: String,
    pub place: String,
    /// Where people meet online; empty where there is no link.
    pub link: String,
    /// Booked over what was there, on purpose: why.
    pub over: Option<String>,
    pub when: String,
    pub kind: String,
    pub state: SessionState,
    pub next_states: Vec<SessionState>,
    /// The series it is of: its words, how many are still to come, and the days
    /// on which nothing is booked.
    pub series: Option<(String, i64, Vec<String>)>,
    /// Whether it may still be moved or cancelled.
    pub can_change: bool,
    /// Since when those who come wait for an earlier time, and at which time
    /// of day.
    pub waits: Option<(String, DayPart)>,
    /// Until when its last change can be undone, and when it was before; empty
    /// where that did not change.
    pub undo: Option<(String, String)>,
    /// What is suggested to be asked for it, how that stands, and who said so.
    pub fee: Option<(String, FeeState, String)>,
    /// The reader is the therapist of this session.
    pub is_own: bool,
    /// For its therapist only: the way to the record.
    pub client: Option<ClientId>,
    /// What those who come have said.
    pub replies: Vec<ReplyItem>,
    /// At, who, what, why; the latest first.
    pub changes: Vec<(String, String, String, String)>,
    /// For the front desk only.
    pub messages: Option<Vec<MessageItem>>,
}

/// What somebody has said of a session ahead.
#[derive(Clone, Debug)]
pub struct ReplyItem {
    pub person: PersonId,
    /// "Amara Obi: Only I can come."
    pub text: String,
    /// When, on the practice's clock.
    pub at: String,
    /// It asks for something, and nobody has seen to it.
    pub open: bool,
    /// They could be met alone: their name.
    pub alone: Option<String>,
}

/// A mail's state, never its text.
#[derive(Clone, Debug)]
pub struct MessageItem {
    pub id: MessageId,
    pub to: String,
    pub kind: String,
    pub due: String,
    pub state: MessageState,
    pub reason: Option<String>,
    pub can_resend: bool,
    /// There is something to look at.
    pub written: bool,
    /// The session it is about, for lists of several, and its time.
    pub session: Option<SessionId>,
    pub about: String,
}

/// A session's state as a mark and a word.
pub fn state_badge(state: SessionState) -> AnyView {
    badge(tone(state), state.label())
}

/// How a session's state looks.
pub(super) const fn tone(state: SessionState) -> Tone {
    match state {
        SessionState::Booked => Tone::Plain,
        SessionState::Arrived => Tone::Wait,
        SessionState::Completed => Tone::Good,
        SessionState::NoShow | SessionState::LateCancelled | SessionState::Cancelled => Tone::Care,
    }
}

/// A message's state as a mark and a word.
fn message_badge(state: MessageState) -> AnyView {
    let tone = match state {
        MessageState::Planned | MessageState::Skipped | MessageState::Superseded => Tone::Plain,
        MessageState::Claimed => Tone::Wait,
        MessageState::Sent => Tone::Good,
        MessageState::Failed => Tone::Care,
    };
    badge(tone, state.label())
}

pub fn view(m: &Model) -> AnyView {
    let undo = m.undo.as_ref().map(|(until, was)| {
        let before = if was.is_empty() { "It was changed.".to_owned() } else { format!("It stood at {was}.") };
        view! {
            <form class="card undo" method="post" action=format!("/sessions/{}/undo", m.id)>
                <p>{format!("{before} Nobody is told of it before {until}.")}</p>
                <button class="button" type="submit">"Undo the change"</button>
            </form>
        }
        .into_any()
    });
    let fee = m.fee.as_ref().map(|(amount, state, by)| fee(m.id, amount, *state, by));
    view! {
        {page_head(m.title.clone(), m.when.clone(), vec![])}
        {undo}
        {about(m)}
        {fee}
        {replies(m)}
        {acts(m)}
        {earlier(m)}
        {m.messages.as_ref().map(|items| messages(items))}
        {changes(m)}
    }
    .into_any()
}

/// A fee is suggested, and somebody decides.
fn fee(id: SessionId, amount: &str, state: FeeState, by: &str) -> AnyView {
    // An amount does not break before its currency.
    let amount = amount.replace(' ', "\u{a0}");
    let text = match state {
        FeeState::Suggested => format!("For this the practice would ask {amount}. Nothing is asked for by itself."),
        state => format!("{amount}: {}, says {by}.", state.label().to_lowercase()),
    };
    let press = |to: FeeState, text: &'static str| {
        (to != state).then(|| {
            view! { <button class="button" type="submit" name="fee" value=to.word()>{text}</button> }.into_any()
        })
    };
    view! {
        <form class="card undo" method="post" action=format!("/sessions/{id}/fee")>
            <p>{text}</p>
            <div class="actions">{press(FeeState::Kept, "Ask for it")}{press(FeeState::Waived, "Let it go")}</div>
        </form>
    }
    .into_any()
}

/// What was said, and for what asks for something, the way to see to it.
fn replies(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .replies
        .iter()
        .map(|r| {
            let alone = r.alone.as_ref().map(|name| {
                view! { <button class="button" type="submit" name="do" value="only">{format!("Meet {name} alone at this time")}</button> }.into_any()
            });
            let acts = r.open.then(|| {
                view! {
                    <form class="actions" method="post" action=format!("/sessions/{}/replies/{}", m.id, r.person)>
                        {alone}
                        <button class="button" type="submit" name="do" value="seen">"Seen to"</button>
                    </form>
                }
                .into_any()
            });
            view! { <li><span>{r.text.clone()}<span class="muted">{format!(" {}", r.at)}</span></span>{acts}</li> }.into_any()
        })
        .collect();
    (!rows.is_empty()).then(|| card("What they said", view! { <ul class="rows">{rows}</ul> }.into_any()))
}

fn about(m: &Model) -> AnyView {
    let text = |text: &str| text.to_owned().into_any();
    let people: Vec<AnyView> = m
        .attendees
        .iter()
        .map(|who| {
            let clock =
                (!who.clock.is_empty()).then(|| view! { <span class="muted">{format!(" · {}", who.clock)}</span> }.into_any());
            let phone = phone_link(&who.phone).map(|link| view! { <span>" · "{link}</span> }.into_any());
            let mails = who.mails.map(|person| {
                view! { " · "<a href=format!("/messages?person={person}") aria-label=format!("All mails to {}", who.name)>"Mails"</a> }.into_any()
            });
            view! { <div>{who.name.clone()}{clock}{phone}{mails}</div> }.into_any()
        })
        .collect();
    let mut rows = vec![
        ("State".to_owned(), state_badge(m.state)),
        ("Who comes".to_owned(), people.into_any()),
        ("Therapist".to_owned(), text(&m.clinician)),
        ("Place".to_owned(), text(&m.place)),
        ("Kind".to_owned(), text(&m.kind)),
    ];
    if let Some(reason) = &m.over {
        rows.push((
            "Double booking".to_owned(),
            view! { {badge(Tone::Care, "On purpose")}" "{reason.clone()} }.into_any(),
        ));
    }
    if let Some((words, ahead, gaps)) = &m.series {
        let ahead = match ahead {
            0 => "none is still to come".to_owned(),
            1 => "one is still to come".to_owned(),
            n => format!("{n} are still to come"),
        };
        let gaps = (!gaps.is_empty()).then(|| {
            view! { <div class="muted">{format!("Nothing is booked on {}.", gaps.join(", "))}</div> }.into_any()
        });
        rows.push((
            "Series".to_owned(),
            view! { <div>{format!("It comes back {words}; {ahead}.")}</div>{gaps} }.into_any(),
        ));
    }
    if !m.link.is_empty() {
        let link = view! { <a href=m.link.clone() rel="noreferrer noopener" target="_blank">{m.link.clone()}</a> };
        rows.push(("Link".to_owned(), link.into_any()));
    }
    facts(rows)
}

fn acts(m: &Model) -> AnyView {
    let id = m.id;
    let states: Vec<AnyView> = m
        .next_states
        .iter()
        .map(|state| {
            let label = match state {
                // Back to booked is how a slip of the hand is undone.
                SessionState::Booked => "Undo: still booked",
                SessionState::Arrived => "They have arrived",
                SessionState::Completed => "It took place",
                SessionState::NoShow => "They did not come",
                SessionState::LateCancelled => "They cancelled late",
                SessionState::Cancelled => "Count it as cancelled in time",
            };
            view! { <button class="button" type="submit" name="state" value=state.word()>{label}</button> }.into_any()
        })
        .collect();
    let states = (!states.is_empty()).then(|| {
        view! { <form class="actions" method="post" action=format!("/sessions/{id}/state")>{states}</form> }.into_any()
    });
    let change = m.can_change.then(|| {
        view! {
            <a class="button" href=format!("/sessions/{id}/move")>"Move"</a>
            <a class="button" href=format!("/sessions/{id}/cancellation")>"Cancel this session"</a>
        }
        .into_any()
    });
    let record = m.client.map(|client| {
        view! {
            <a class="button" href=format!("/clients/{client}/notes/new?session={id}")>"Write a note"</a>
            <a class="button" href=format!("/clients/{client}")>"Open the record"</a>
        }
        .into_any()
    });
    view! {
        <section class="actions" aria-label="What you can do">
            {states}
            {change}
            {record}
        </section>
    }
    .into_any()
}

/// Whether those who come would come earlier, should something become free.
fn earlier(m: &Model) -> Option<AnyView> {
    let action = format!("/sessions/{}/earlier", m.id);
    if let Some((since, part)) = &m.waits {
        let text = format!("Would come earlier, asked on {since}. {}.", part.label());
        return Some(
            view! {
                <form class="card undo" method="post" action=action>
                    <p>{text}" "<a href="/inquiries#earlier">"The waiting list"</a></p>
                    <button class="button" type="submit" name="do" value="stop">"Waits no more"</button>
                </form>
            }
            .into_any(),
        );
    }
    (m.can_change && m.state == SessionState::Booked).then(|| {
        let parts: Vec<AnyView> = DayPart::ALL
            .iter()
            .map(|part| view! { <option value=part.word()>{part.label()}</option> }.into_any())
            .collect();
        view! {
            <details class="after">
                <summary>"They would come earlier"</summary>
                <form class="form" method="post" action=action>
                    <div class="field">
                        <label for="f-part">"When in the day would suit?"</label>
                        <select id="f-part" name="part">{parts}</select>
                    </div>
                    <button class="button" type="submit">"Put on the waiting list"</button>
                </form>
            </details>
        }
        .into_any()
    })
}

fn messages(items: &[MessageItem]) -> AnyView {
    let body = if items.is_empty() {
        empty("No mails are planned for this session.", None)
    } else {
        message_table(items, false)
    };
    card("Mails about this session", body)
}

/// Mails as rows: to whom, what, when, how it stands, and the way to send one
/// again.
pub(super) fn message_table(items: &[MessageItem], with_session: bool) -> AnyView {
    let mut columns = vec!["To", "Mail", "Due", "State", "Send again"];
    if with_session {
        columns.push("About");
    }
    let rows = items
        .iter()
        .map(|m| {
            let reason = m.reason.clone().map(|r| view! { <span class="muted">{format!(" {r}")}</span> }.into_any());
            let again = m.can_resend.then(|| {
                view! {
                    <form method="post" action=format!("/messages/{}/resend", m.id)>
                        <button class="button" type="submit" aria-label=format!("Send again: {} to {}", m.kind, m.to)>"Send again"</button>
                    </form>
                }
                .into_any()
            });
            let mut cells = vec![
                m.to.clone().into_any(),
                if m.written { view! { <a href=format!("/messages/{}", m.id) aria-label=format!("Look at it: {} to {}", m.kind, m.to)>{m.kind.clone()}</a> }.into_any() } else { m.kind.clone().into_any() },
                m.due.clone().into_any(),
                view! { <span>{message_badge(m.state)}{reason}</span> }.into_any(),
                again.into_any(),
            ];
            if with_session {
                let link = m.session.map(|s| view! { <a href=format!("/sessions/{s}") aria-label=format!("The session this mail to {} is about: {}", m.to, m.about)>{m.about.clone()}</a> }.into_any());
                cells.push(link.into_any());
            }
            cells
        })
        .collect();
    table("Mails", &columns, rows)
}

fn changes(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m
        .changes
        .iter()
        .map(|(at, who, what, reason)| {
            let reason =
                (!reason.is_empty()).then(|| view! { <span class="muted">{format!(" “{reason}”")}</span> }.into_any());
            view! { <li><span class="muted">{at.clone()}</span>{format!(" {what}, by {who}.")}{reason}</li> }.into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    card("What was done", view! { <ol class="rows">{rows}</ol> }.into_any())
}

pub fn samples() -> Vec<Model> {
    let id = uuid::Uuid::nil();
    let who = |name: &str, clock: &str, phone: &str| AttendeeItem {
        name: name.to_owned(),
        clock: clock.to_owned(),
        phone: phone.to_owned(),
        mails: None,
    };
    let plain = Model {
        id: SessionId(id),
        title: "Amara & Jonas".to_owned(),
        attendees: vec![who("Amara Obi", "", "")],
        clinician: "Dr Ngozi Okafor".to_owned(),
        place: "Garden room".to_owned(),
        link: String::new(),
        over: Some("Both agreed to share the first ten minutes".to_owned()),
        when: "Monday 23 November 2026, 10:00–10:50 (Berlin)".to_owned(),
        kind: "Session".to_owned(),
        state: SessionState::Cancelled,
        next_states: vec![],
        series: None,
        can_change: false,
        waits: Some(("Mon 23 Nov, 10:00".to_owned(), DayPart::Evening)),
        undo: Some(("10:05".to_owned(), "Thu 26 Nov, 10:00".to_owned())),
        fee: Some(("60 €".to_owned(), FeeState::Suggested, String::new())),
        is_own: false,
        client: None,
        replies: vec![],
        changes: vec![],
        messages: Some(vec![]),
    };
    let long = "अनन्या शर्मा 💛 ".repeat(13);
    let mail = |state, can_resend| MessageItem {
        id: MessageId(id),
        to: long.clone(),
        kind: "Reminder".to_owned(),
        due: "20 November 2026, 10:00".to_owned(),
        state,
        reason: Some("no e-mail address".to_owned()),
        can_resend,
        written: can_resend,
        session: Some(SessionId(id)),
        about: "Mon 23 Nov 2026, 10:00".to_owned(),
    };
    let full = Model {
        title: long.clone(),
        attendees: vec![
            AttendeeItem { mails: Some(PersonId(id)), ..who(&long, "14:30 in Kolkata", "+49 30 1234567") },
            who("Jonas", "", ""),
        ],
        place: "Online".to_owned(),
        link: "https://meet.example.org/duologue".to_owned(),
        state: SessionState::Booked,
        next_states: SessionState::Booked.next().to_vec(),
        series: Some(("every week on Thursday".to_owned(), 20, vec!["Thu 3 Dec (left out)".to_owned()])),
        can_change: true,
        is_own: true,
        client: Some(ClientId(id)),
        replies: vec![
            ReplyItem {
                person: PersonId(id),
                text: format!("{long}: “Only I can come”."),
                at: "Mon 23 Nov, 09:00".to_owned(),
                open: true,
                alone: Some(long.clone()),
            },
            ReplyItem {
                person: PersonId(id),
                text: "Jonas: “We are both coming”.".to_owned(),
                at: "Mon 23 Nov, 08:00".to_owned(),
                open: false,
                alone: None,
            },
        ],
        changes: vec![(
            "22 November 2026, 09:00".to_owned(),
            "Sam".to_owned(),
            "Booked".to_owned(),
            "asked for by phone".to_owned(),
        )],
        messages: Some(MessageState::ALL.iter().map(|s| mail(*s, *s == MessageState::Failed)).collect()),
        ..plain.clone()
    };
    vec![plain, full]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_render() {
        for model in samples() {
            let html = view(&model).to_html();
            assert!(!html.contains("style="));
            assert_eq!(html.contains("/cancellation"), model.can_change);
            assert_eq!(html.contains("/resend"), model.can_change);
        }
    }

    #[test]
    fn only_its_therapist_finds_the_way_to_the_record() {
        for model in samples() {
            assert_eq!(view(&model).to_html().contains("/clients/"), model.client.is_some());
        }
    }
}
