//! The reply page behind the links of a reminder. It needs no sign-in, so it
//! shows the time and nothing else: not whose session it is, with whom, or
//! where.

use domain::{clients::person::Language, scheduling::reply::Reply};
use leptos::prelude::*;

use crate::{
    mail::phrases,
    ui::{form_key, phone_link},
};

/// The view model of the reply page.
#[derive(Clone, Debug)]
pub struct Model {
    pub token: String,
    /// The reader's language.
    pub language: Language,
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

/// The texts of the page in one language.
struct Words {
    appointment: &'static str,
    thanks: &'static str,
    press: &'static str,
    not_right: &'static str,
    coming: &'static str,
    alone: &'static str,
    another: &'static str,
    soon: &'static str,
    times: [&'static str; 3],
    call: &'static str,
    over: [&'static str; 2],
    open: &'static str,
}

const ENGLISH: Words = Words {
    appointment: "Your appointment",
    thanks: "Thank you",
    press: "Please press what holds. Nothing is sent before you do.",
    not_right: "Not right?",
    coming: "We have noted that. There is nothing else to do.",
    alone: "We have noted that only you can come, and are in touch with you about what is right.",
    another: "We have noted that another time is needed, and are in touch with you. Until then the appointment stands.",
    soon: "It is soon: please call as well, so that we know in time.",
    times: ["You can also choose a free time yourself: ", "on your own page", "."],
    call: "Call the practice: ",
    over: [
        "This time has changed",
        "The link is about an appointment that was moved or cancelled, or is over. Your newest mail has the right time, and your own page too.",
    ],
    open: "Open my page",
};

const HINDI: Words = Words {
    appointment: "आपका अपॉइंटमेंट",
    thanks: "धन्यवाद",
    press: "कृपया जो सही हो, उसे दबाएँ। उससे पहले कुछ भी नहीं भेजा जाता।",
    not_right: "यह सही नहीं है?",
    coming: "हमने इसे दर्ज कर लिया है। आपको और कुछ नहीं करना है।",
    alone: "हमने दर्ज कर लिया है कि केवल आपका आना संभव है, और आगे क्या ठीक रहेगा, इस बारे में आपसे संपर्क करेंगे।",
    another: "हमने दर्ज कर लिया है कि कोई और समय चाहिए, और आपसे संपर्क करेंगे। तब तक अपॉइंटमेंट का समय वही रहता है।",
    soon: "समय कम है: कृपया फ़ोन भी करें, ताकि हमें समय रहते पता चल जाए।",
    times: ["ख़ाली समय ख़ुद भी चुना जा सकता है: ", "अपने पेज पर", "।"],
    call: "हमें फ़ोन करें: ",
    over: [
        "यह समय बदल गया है",
        "यह लिंक ऐसे अपॉइंटमेंट का है जिसका समय बदला गया, जिसे रद्द किया गया या जो बीत चुका है। सही समय आपके सबसे नए ईमेल में है, और आपके अपने पेज पर भी।",
    ],
    open: "मेरा पेज खोलें",
};

/// The texts of the page in this language.
const fn texts(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Hindi => &HINDI,
    }
}

/// The title of the page.
pub const fn title(language: Language) -> &'static str {
    texts(language).appointment
}

/// The sentence about the reply that was sent before, which can be changed.
fn earlier_reply(language: Language, said: &str) -> String {
    match language {
        Language::English => format!("You said: “{said}”. You can say it otherwise."),
        Language::Hindi => format!("आपने बताया: “{said}”। इसे बदला जा सकता है।"),
    }
}

/// Renders the reply page.
pub fn view(m: &Model) -> AnyView {
    let w = texts(m.language);
    if m.when.is_empty() {
        let [head, text] = w.over;
        return view! {
            <div class="sheet" lang=m.language.word()>
                <h1>{head}</h1>
                <p>{text}</p>
                {phone_line(m)}
                <p><a class="button" href="/portal">{w.open}</a></p>
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
                    {phrases::reply(m.language, reply, m.joint)}
                </button>
            }
            .into_any()
        })
        .collect();
    let head = if m.thanks { w.thanks } else { w.appointment };
    let ask = match (m.thanks, m.said) {
        (true, _) => None,
        (false, Some(said)) => Some(earlier_reply(m.language, phrases::reply(m.language, said, m.joint))),
        (false, None) => Some(w.press.to_owned()),
    };
    let outcome = m.thanks.then(|| outcome_text(m));
    let choices_head = m.thanks.then(|| view! { <h2>{w.not_right}</h2> }.into_any());
    view! {
        <div class="sheet" lang=m.language.word()>
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

/// The line with the practice's phone number; `None` if it is empty.
fn phone_line(m: &Model) -> Option<AnyView> {
    phone_link(&m.phone).map(|link| view! { <p>{texts(m.language).call}{link}</p> }.into_any())
}

/// The text after a reply: what happens next.
fn outcome_text(m: &Model) -> AnyView {
    let w = texts(m.language);
    let text = match m.said {
        Some(Reply::Coming) | None => w.coming,
        Some(Reply::Alone) => w.alone,
        Some(Reply::Another) => w.another,
    };
    let asks = m.said.is_some_and(|said| said != Reply::Coming);
    let late = (asks && m.late).then(|| view! { <p>{w.soon}</p> }.into_any());
    let call = asks.then(|| phone_line(m));
    let times = (m.said == Some(Reply::Another) && m.portal && !m.late).then(|| {
        let [before, link, after] = w.times;
        view! { <p>{before}<a href="/portal">{link}</a>{after}</p> }.into_any()
    });
    view! { <div role="status"><p>{text}</p>{late}{call}{times}</div> }.into_any()
}

/// Sample models: no reply yet; a link opened after an earlier reply; a late
/// reply; a reply for a session alone; an expired link; a reply in Hindi.
pub fn samples() -> Vec<Model> {
    let asked = Model {
        token: "t".repeat(75),
        language: Language::English,
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
        Model { when: String::new(), ..asked.clone() },
        Model { language: Language::Hindi, said: Some(Reply::Another), thanks: true, ..asked },
    ]
}
