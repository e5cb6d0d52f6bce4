//! The page behind a reminder's links. Whoever opens it need not sign in, so
//! it shows the time and nothing else: not whose it is, with whom, or where.

use domain::reply::Reply;
use leptos::prelude::*;

#[derive(Clone, Debug)]
pub struct Model {
    pub token: String,
    /// "Thursday 26 November 2026, 10:00 (Berlin, UTC+1)"; empty where the link is of no use
    /// any more.
    pub when: String,
    pub joint: bool,
    /// The one that was pressed in the mail; it is not said yet.
    pub wished: Option<Reply>,
    /// What was said.
    pub said: Option<Reply>,
    /// It was said just now.
    pub thanks: bool,
    /// It is late: they had better call as well.
    pub late: bool,
    /// People choose another time by themselves, signed in.
    pub portal: bool,
    pub phone: String,
}

pub fn view(m: &Model) -> AnyView {
    if m.when.is_empty() {
        return view! {
            <div class="sheet">
                <h1>"This time has changed"</h1>
                <p>"The link is about an appointment that was moved or cancelled, or is over. Your newest mail has the right time, and your own page too."</p>
                {super::portal::call(&m.phone)}
                <p><a class="button" href="/portal">"Open my page"</a></p>
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
                    {reply.words(m.joint)}
                </button>
            }
            .into_any()
        })
        .collect();
    let head = if m.thanks { "Thank you" } else { "Your appointment" };
    let ask = match (m.thanks, m.said) {
        (true, _) => None,
        (false, Some(said)) => Some(format!("You said: “{}”. You can say it otherwise.", said.words(m.joint))),
        (false, None) => Some("Please press what holds. Nothing is sent before you do.".to_owned()),
    };
    let outcome = m.thanks.then(|| outcome(m));
    let choices_head = m.thanks.then(|| view! { <h2>"Not right?"</h2> }.into_any());
    view! {
        <div class="sheet">
            <h1>{head}</h1>
            <p class="lead"><strong>{m.when.clone()}</strong></p>
            {outcome}
            {ask.map(|text| view! { <p>{text}</p> })}
            {choices_head}
            <form class="choices" method="post" action=format!("/replies/{}", m.token)>{choices}</form>
        </div>
    }
    .into_any()
}

/// What happens now.
fn outcome(m: &Model) -> AnyView {
    let text = match m.said {
        Some(Reply::Coming) | None => "We have noted that. There is nothing else to do.",
        Some(Reply::Alone) => "We have noted that only you can come, and are in touch with you about what is right.",
        Some(Reply::Another) => {
            "We have noted that another time is needed, and are in touch with you. Until then the appointment stands."
        }
    };
    let asks = m.said.is_some_and(|said| said != Reply::Coming);
    let late = (asks && m.late)
        .then(|| view! { <p>"It is soon: please call as well, so that we know in time."</p> }.into_any());
    let call = asks.then(|| super::portal::call(&m.phone));
    let times = (m.said == Some(Reply::Another) && m.portal && !m.late).then(|| {
        view! { <p>"You can also choose a free time yourself: "<a href="/portal">"on your own page"</a>"."</p> }
            .into_any()
    });
    view! { <div role="status"><p>{text}</p>{late}{call}{times}</div> }.into_any()
}

/// Asked; pressed in the mail; said, late; alone; over.
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
