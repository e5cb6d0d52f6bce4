//! The reply page behind the links of a reminder. It needs no sign-in, so it
//! shows the time and nothing else: not whose session it is, with whom, or
//! where.

use domain::scheduling::reply::Reply;
use leptos::prelude::*;

use crate::{
    say,
    ui::{form_key, phone_line},
    words::{Words, marked, words},
};

/// The view model of the reply page.
#[derive(Clone, Debug)]
pub struct Model {
    pub token: String,
    /// The session's time, such as "Thursday 26 November 2026, 10:00, Berlin
    /// time (UTC+1)"; empty if the link can no longer be used.
    pub when: String,
    /// Whether both partners attend.
    pub joint: bool,
    /// The reply whose link was opened in the email. It is not sent until the
    /// reader presses the button.
    pub wished: Option<Reply>,
    /// The reply that was sent; `None` before.
    pub said: Option<Reply>,
    /// Whether it was sent just now.
    pub thanks: bool,
    /// Whether the session is so soon that the page asks the reader to call as
    /// well.
    pub late: bool,
    /// Whether clients may choose another time in the portal.
    pub portal: bool,
    /// The practice's phone number; may be empty.
    pub phone: String,
}

/// Renders the reply page.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    if m.when.is_empty() {
        return view! {
            <div class="sheet">
                <h1>{say!(w, "reply-over")}</h1>
                <p>{say!(w, "reply-over-text")}</p>
                {phone_line(&m.phone)}
                <p><a class="button" href="/portal">{say!(w, "reply-open-page")}</a></p>
            </div>
        }
        .into_any();
    }
    let choices: Vec<AnyView> = Reply::of(m.joint)
        .filter(|reply| !m.thanks || m.said != Some(*reply))
        .map(|reply| {
            let first = m.wished.or(m.said) == Some(reply);
            let class = if first { "button button-primary" } else { "button" };
            let said = m.said == Some(reply);
            view! {
                <button class=class type="submit" name="reply" value=reply.word() aria-pressed=if said { "true" } else { "false" }>
                    {w.reply(reply, m.joint)}
                </button>
            }
            .into_any()
        })
        .collect();
    let head = if m.thanks { say!(w, "reply-thanks") } else { say!(w, "reply-title") };
    let ask = match (m.thanks, m.said) {
        (true, _) => None,
        (false, Some(said)) => Some(say!(w, "reply-said", reply = w.reply(said, m.joint))),
        (false, None) => Some(say!(w, "reply-press")),
    };
    let outcome = m.thanks.then(|| outcome_text(m, w));
    let choices_head = m.thanks.then(|| view! { <h2>{say!(w, "reply-not-right")}</h2> }.into_any());
    view! {
        <div class="sheet">
            <h1>{head}</h1>
            <p class="lead"><strong>{m.when.clone()}</strong></p>
            {outcome}
            {ask.map(|text| view! { <p>{text}</p> })}
            {choices_head}
            <form class="choices" method="post" action=format!("/replies/{}", m.token)>{form_key()}{choices}</form>
        </div>
    }
    .into_any()
}

/// The text after a reply: what happens next.
fn outcome_text(m: &Model, w: Words) -> AnyView {
    let text = match m.said {
        Some(Reply::Coming) | None => say!(w, "reply-noted-coming"),
        Some(Reply::Alone) => say!(w, "reply-noted-alone"),
        Some(Reply::Another) => say!(w, "reply-noted-another"),
    };
    let asks = m.said.is_some_and(|said| said != Reply::Coming);
    let late = (asks && m.late).then(|| view! { <p>{say!(w, "reply-soon")}</p> }.into_any());
    let call = asks.then(|| phone_line(&m.phone));
    let times = (m.said == Some(Reply::Another) && m.portal && !m.late)
        .then(|| view! { <p>{marked(&say!(w, "reply-choose-time"), "/portal")}</p> });
    view! { <div role="status"><p>{text}</p>{late}{call}{times}</div> }.into_any()
}

/// Sample models: no reply yet; a link opened after an earlier reply; a late
/// reply; a reply for a session alone; an expired link.
pub fn samples() -> Vec<Model> {
    let asked = Model {
        token: "t".repeat(75),
        when: "Thursday 26 November 2026, 10:00".to_owned(),
        joint: true,
        wished: None,
        said: None,
        thanks: false,
        late: false,
        portal: true,
        phone: "+49 30 5550 100".to_owned(),
    };
    vec![
        asked.clone(),
        Model { wished: Some(Reply::Alone), said: Some(Reply::Coming), ..asked.clone() },
        Model { said: Some(Reply::Another), thanks: true, late: true, ..asked.clone() },
        Model { joint: false, said: Some(Reply::Another), thanks: true, ..asked.clone() },
        Model { when: String::new(), ..asked },
    ]
}
