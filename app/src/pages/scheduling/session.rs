//! The page of a session: when, where and with whom; what can be done with it
//! and what was done; for the front desk also the emails about it. It shows
//! nothing clinical.

use domain::{
    ids::{ClientId, PersonId, SessionId},
    scheduling::{fee::FeeState, session::SessionState, slots::DayPart},
};
use leptos::prelude::*;

use super::{
    attendance::{self, Comer},
    fees,
};
use crate::pages::mail::{
    email_table::{self, EmailItem},
    unmailed::{Before, UnmailedItem, unmailed},
};
use crate::ui::{Tone, badge, card, empty, facts, form_key, page_head, phone_link};

/// A person who attends.
#[derive(Clone, Debug)]
pub struct AttendeeItem {
    pub name: String,
    /// The start on their own clock; empty if that is the practice's.
    pub clock: String,
    pub phone: String,
    /// The person whose emails can be listed; `None` for readers who may not
    /// see them.
    pub mails: Option<PersonId>,
}

/// The view model of the page of a session.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: SessionId,
    pub title: String,
    pub attendees: Vec<AttendeeItem>,
    pub clinician: String,
    pub place: String,
    /// The link for a session online; may be empty.
    pub link: String,
    /// The reason of the override, if it was booked over a conflict; otherwise
    /// `None`.
    pub over: Option<String>,
    /// Whether it is at an unusual time on purpose.
    pub outside: bool,
    pub when: String,
    pub kind: String,
    pub state: SessionState,
    /// The people who are expected, with what can be marked of them; empty
    /// before the day of the session.
    pub comers: Vec<Comer>,
    /// A sentence such as "Only Elif came"; `None` if there is nothing to say.
    pub came: Option<String>,
    /// The states to which it can change now.
    pub next_states: Vec<SessionState>,
    /// The series; `None` if it is not in one.
    pub series: Option<SeriesSummary>,
    /// Whether it can still be moved or cancelled.
    pub can_change: bool,
    /// The wish for an earlier session; `None` if there is none.
    pub waits: Option<EarlierWish>,
    /// The latest change, while it can be undone; `None` if nothing can be
    /// undone.
    pub undo: Option<UndoOffer>,
    /// The suggested fee; `None` if no fee is suggested.
    pub fee: Option<FeeItem>,
    /// Whether the reader is the therapist of this session.
    pub is_own: bool,
    /// The attendees who come alone and are not emailed about it.
    pub unmailed: Vec<UnmailedItem>,
    /// The client, whose record is linked; `None` for everyone but its
    /// therapist.
    pub client: Option<ClientId>,
    /// The replies of the attendees.
    pub replies: Vec<ReplyItem>,
    /// The changes, latest first.
    pub changes: Vec<ChangeLine>,
    /// The emails about it; `None` for everyone but the front desk.
    pub emails: Option<Vec<EmailItem>>,
}

/// The series of a session.
#[derive(Clone, Debug)]
pub struct SeriesSummary {
    /// The rhythm in words, such as "every week on Thursday".
    pub rhythm: String,
    /// How many of its sessions are ahead.
    pub ahead: i64,
    /// The days without a session, such as "Thu 3 Dec (left out)".
    pub gaps: Vec<String>,
}

/// A client's wish for an earlier session.
#[derive(Clone, Debug)]
pub struct EarlierWish {
    /// The date and time at which it was noted.
    pub since: String,
    pub part: DayPart,
}

/// A change that can be undone.
#[derive(Clone, Debug)]
pub struct UndoOffer {
    /// The time until which it can be undone.
    pub until: String,
    /// The date and time of the session before the change; empty if the change
    /// did not move it.
    pub was: String,
}

/// A suggested fee.
#[derive(Clone, Debug)]
pub struct FeeItem {
    /// The amount, such as "60 €".
    pub amount: String,
    pub state: FeeState,
    /// The name of the person who decided; empty while nobody has.
    pub by: String,
    /// The reason, such as "no-show".
    pub reason: String,
    /// The day on which it was settled; empty: it is not.
    pub settled: String,
    /// Whether the reader has the list of fees.
    pub has_list: bool,
}

/// A change of a session in its history.
#[derive(Clone, Debug)]
pub struct ChangeLine {
    pub at: String,
    pub who: String,
    pub what: String,
    /// The reason; may be empty.
    pub why: String,
}

/// An attendee's reply about a session ahead.
#[derive(Clone, Debug)]
pub struct ReplyItem {
    pub person: PersonId,
    /// The reply, such as "Amara Obi: Only I can come."
    pub text: String,
    /// The time of the reply on the practice's clock.
    pub at: String,
    /// Whether it needs attention that nobody has given yet.
    pub open: bool,
    /// The name of the person with whom the session could be held alone; `None`
    /// if it could not.
    pub alone: Option<String>,
}

/// The badge of a session's state.
pub fn state_badge(state: SessionState) -> AnyView {
    badge(tone(state), state.label())
}

/// The tone of a session's state.
pub(crate) const fn tone(state: SessionState) -> Tone {
    match state {
        SessionState::Booked => Tone::Plain,
        SessionState::Arrived => Tone::Wait,
        SessionState::Completed => Tone::Good,
        SessionState::NoShow | SessionState::LateCancelled | SessionState::Cancelled => Tone::Care,
    }
}

/// Renders the page of a session.
pub fn view(m: &Model) -> AnyView {
    let undo = m.undo.as_ref().map(|UndoOffer { until, was }| {
        let before = if was.is_empty() { "Changed.".to_owned() } else { format!("Was {was}.") };
        view! {
            <form class="card undo" method="post" action=format!("/sessions/{}/undo", m.id)>
                {form_key()}
                <p>{format!("{before} Emails go out at {until}; you can undo until then.")}</p>
                <button class="button" type="submit">"Undo change"</button>
            </form>
        }
        .into_any()
    });
    let fee = m.fee.as_ref().map(|fee| fee_card(m.id, fee));
    view! {
        {page_head(m.title.clone(), m.when.clone(), vec![])}
        {undo}
        {unmailed(&m.unmailed, Before::TheirSession)}
        {session_facts(m)}
        {attendance_card(m)}
        {fee}
        {reply_card(m)}
        {actions(m)}
        {earlier_wish(m)}
        {m.emails.as_ref().map(|items| email_card(items))}
        {change_card(m)}
    }
    .into_any()
}

/// The card that marks who came; `None` before the day of the session.
fn attendance_card(m: &Model) -> Option<AnyView> {
    let action = format!("/sessions/{}/attendance", m.id);
    (!m.comers.is_empty()).then(|| card("Attendance", attendance::list(&m.comers, &action)))
}

/// The card with a suggested fee, which a person charges or waives.
fn fee_card(id: SessionId, fee: &FeeItem) -> AnyView {
    let FeeItem { amount, state, by, reason, settled, has_list } = fee;
    let amount = fees::unbroken(amount);
    let list = has_list.then(|| view! { " "<a href="/fees">"All fees"</a> }.into_any());
    if !settled.is_empty() {
        let text = format!("{amount} settled on {settled}.");
        return view! { <div class="card undo"><p>{text}{list}</p></div> }.into_any();
    }
    let text = match state {
        FeeState::Suggested => format!("Suggested {reason} fee: {amount}. Nothing is charged automatically."),
        FeeState::Kept => format!("{amount} to be charged (decided by {by})."),
        FeeState::Waived => format!("Fee of {amount} waived by {by}."),
    };
    let press = |to: FeeState, text: String| {
        (to != *state).then(|| {
            view! { <button class="button" type="submit" name="fee" value=to.word()>{text}</button> }.into_any()
        })
    };
    view! {
        <form class="card undo" method="post" action=format!("/sessions/{id}/fee")>
            {form_key()}
            <p>{text}{list}</p>
            <div class="actions">
                {press(FeeState::Kept, format!("Charge {amount}"))}
                {press(FeeState::Waived, "Waive fee".to_owned())}
            </div>
        </form>
    }
    .into_any()
}

/// The card with the replies; those that need attention have buttons. `None` if
/// there are none.
fn reply_card(m: &Model) -> Option<AnyView> {
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
                        {form_key()}
                        {alone}
                        <button class="button" type="submit" name="do" value="seen">"Mark as seen"</button>
                    </form>
                }
                .into_any()
            });
            view! { <li><span>{r.text.clone()}<span class="muted">{format!(" {}", r.at)}</span></span>{acts}</li> }.into_any()
        })
        .collect();
    (!rows.is_empty()).then(|| card("Replies", view! { <ul class="rows">{rows}</ul> }.into_any()))
}

/// The facts about the session.
fn session_facts(m: &Model) -> AnyView {
    let text = |text: &str| text.to_owned().into_any();
    let people: Vec<AnyView> = m
        .attendees
        .iter()
        .map(|who| {
            let clock =
                (!who.clock.is_empty()).then(|| view! { <span class="muted">{format!(" · {}", who.clock)}</span> }.into_any());
            let phone = phone_link(&who.phone).map(|link| view! { <span>" · "{link}</span> }.into_any());
            let mails = who.mails.map(|person| {
                view! { " · "<a href=format!("/email-log?person={person}") >"Emails"<span class="quiet">{format!(" to {}", who.name)}</span></a> }.into_any()
            });
            view! { <div>{who.name.clone()}{clock}{phone}{mails}</div> }.into_any()
        })
        .collect();
    let came = m.came.as_ref().map(|came| view! { " "<span class="desk-came">{came.clone()}</span> }.into_any());
    let mut rows = vec![
        ("Status".to_owned(), view! { {state_badge(m.state)}{came} }.into_any()),
        ("Attending".to_owned(), people.into_any()),
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
    if m.outside {
        rows.push((
            "Unusual time".to_owned(),
            view! { {badge(Tone::Care, "On purpose")}" Outside opening hours, or at night for a client." }.into_any(),
        ));
    }
    if let Some(SeriesSummary { rhythm, ahead, gaps }) = &m.series {
        let ahead = match ahead {
            0 => "none upcoming".to_owned(),
            n => format!("{n} upcoming"),
        };
        let gaps = (!gaps.is_empty())
            .then(|| view! { <div class="muted">{format!("No session on {}.", gaps.join(", "))}</div> }.into_any());
        rows.push(("Series".to_owned(), view! { <div>{format!("Repeats {rhythm} · {ahead}")}</div>{gaps} }.into_any()));
    }
    if !m.link.is_empty() {
        let link = view! { <a href=m.link.clone() rel="noreferrer noopener" target="_blank">{m.link.clone()}</a> };
        rows.push(("Link".to_owned(), link.into_any()));
    }
    facts(rows)
}

/// The buttons and links for what can be done with the session.
fn actions(m: &Model) -> AnyView {
    let id = m.id;
    let is_joint = m.comers.len() > 1;
    let states: Vec<AnyView> = m
        .next_states
        .iter()
        .map(|state| {
            let label = match state {
                // "Booked" is offered to undo a wrong click.
                SessionState::Booked => "Set back to Booked",
                SessionState::Arrived if is_joint => "Check in both",
                SessionState::Arrived => "Check in",
                SessionState::Completed if is_joint && m.comers.iter().any(|c| c.presence.is_none()) => {
                    "Completed, both came"
                }
                SessionState::Completed => "Completed",
                SessionState::NoShow => "No-show",
                SessionState::LateCancelled => "Late cancellation",
                SessionState::Cancelled => "Cancelled in time",
            };
            view! { <button class="button" type="submit" name="state" value=state.word()>{label}</button> }.into_any()
        })
        .collect();
    let states = (!states.is_empty()).then(|| {
        view! { <form class="actions" method="post" action=format!("/sessions/{id}/state")>{form_key()}{states}</form> }.into_any()
    });
    let change = m.can_change.then(|| {
        view! {
            <a class="button" href=format!("/sessions/{id}/move")>"Reschedule"</a>
            <a class="button" href=format!("/sessions/{id}/cancellation")>"Cancel session"</a>
        }
        .into_any()
    });
    let record = m.client.map(|client| {
        view! {
            <a class="button" href=format!("/clients/{client}/notes/new?session={id}")>"Write note"</a>
            <a class="button" href=format!("/clients/{client}")>"Open record"</a>
        }
        .into_any()
    });
    let brief = m.client.map(|client| {
        view! { <a class="button button-primary" href=format!("/clients/{client}/brief")>"Session brief"</a> }
            .into_any()
    });
    view! {
        <section class="actions" aria-label="Actions">
            {brief}
            {states}
            {change}
            {record}
        </section>
    }
    .into_any()
}

/// The wish for an earlier session, or the form to record one; `None` if
/// neither applies.
fn earlier_wish(m: &Model) -> Option<AnyView> {
    let action = format!("/sessions/{}/earlier", m.id);
    if let Some(EarlierWish { since, part }) = &m.waits {
        let text = format!("Wants an earlier time, since {since}. {}.", part.label());
        return Some(
            view! {
                <form class="card undo" method="post" action=action>
                    {form_key()}
                    <p>{text}" "<a href="/waitlist#earlier">"Waitlist"</a></p>
                    <button class="button" type="submit" name="do" value="stop">"Remove from waitlist"</button>
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
                <summary>"Wants an earlier time"</summary>
                <form class="form" method="post" action=action>
                    {form_key()}
                    <div class="field">
                        <label for="f-part">"Time of day"</label>
                        <select id="f-part" name="part">{parts}</select>
                    </div>
                    <button class="button" type="submit">"Add to waitlist"</button>
                </form>
            </details>
        }
        .into_any()
    })
}

/// The card with the emails about the session.
fn email_card(items: &[EmailItem]) -> AnyView {
    let body = if items.is_empty() {
        empty("No emails are planned for this session.", None)
    } else {
        email_table::table(items, false)
    };
    card("Emails about this session", body)
}

/// The card with the session's changes.
fn change_card(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m
        .changes
        .iter()
        .map(|ChangeLine { at, who, what, why }| {
            let why = (!why.is_empty()).then(|| view! { <span class="muted">{format!(" “{why}”")}</span> }.into_any());
            view! { <li><span class="muted">{at.clone()}</span>{format!(" {what} by {who}")}{why}</li> }.into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    card("History", view! { <ol class="rows">{rows}</ol> }.into_any())
}

/// Sample models of the page of a session, rendered by the page tests.
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
        outside: true,
        when: "Monday 23 November 2026, 10:00–10:50 (Berlin)".to_owned(),
        kind: "Session".to_owned(),
        state: SessionState::Cancelled,
        comers: vec![],
        came: None,
        next_states: vec![],
        series: None,
        can_change: false,
        waits: Some(EarlierWish { since: "Mon 23 Nov, 10:00".to_owned(), part: DayPart::Evening }),
        undo: Some(UndoOffer { until: "10:05".to_owned(), was: "Thu 26 Nov, 10:00".to_owned() }),
        fee: Some(FeeItem {
            amount: "60 €".to_owned(),
            state: FeeState::Suggested,
            by: String::new(),
            reason: "late cancellation".to_owned(),
            settled: String::new(),
            has_list: true,
        }),
        is_own: false,
        unmailed: vec![UnmailedItem { name: "Amara Obi".to_owned(), also: vec!["Jonas".to_owned()] }],
        client: None,
        replies: vec![],
        changes: vec![],
        emails: Some(vec![]),
    };
    let long = "अनन्या शर्मा 💛 ".repeat(13);
    let full = Model {
        title: long.clone(),
        attendees: vec![
            AttendeeItem { mails: Some(PersonId(id)), ..who(&long, "14:30 in Kolkata", "+49 30 1234567") },
            who("Jonas", "", ""),
        ],
        place: "Online".to_owned(),
        link: "https://meet.example.org/duologue".to_owned(),
        state: SessionState::Booked,
        comers: attendance::samples().swap_remove(1),
        came: Some("Only Elif came".to_owned()),
        next_states: SessionState::Booked.next_states().to_vec(),
        series: Some(SeriesSummary {
            rhythm: "every week on Thursday".to_owned(),
            ahead: 20,
            gaps: vec!["Thu 3 Dec (left out)".to_owned()],
        }),
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
        changes: vec![ChangeLine {
            at: "22 November 2026, 09:00".to_owned(),
            who: "Sam".to_owned(),
            what: "Booked".to_owned(),
            why: "asked for by phone".to_owned(),
        }],
        emails: Some(email_table::samples()),
        ..plain.clone()
    };
    vec![plain, full]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_offer_only_possible_actions() {
        for model in samples() {
            let html = view(&model).to_html();
            assert!(!html.contains("style="));
            assert_eq!(html.contains("/cancellation"), model.can_change);
            assert_eq!(html.contains("/resend"), model.can_change);
        }
    }

    #[test]
    fn only_the_sessions_therapist_gets_a_link_to_the_record() {
        for model in samples() {
            assert_eq!(view(&model).to_html().contains("/clients/"), model.client.is_some());
        }
    }
}
