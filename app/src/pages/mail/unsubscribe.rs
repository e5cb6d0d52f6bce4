//! The unsubscribe page, opened by a link in an email, which stops emails of
//! that kind. It names no person.

use domain::clients::person::Language;
use leptos::prelude::*;

use crate::ui::form_key;

/// A kind of email that can be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoppedEmails {
    /// Reminders of sessions.
    Reminders,
    /// Reminders of exercises and plans.
    Nudges,
}

/// The view model of the unsubscribe page.
#[derive(Clone, Debug)]
pub struct Model {
    pub token: String,
    /// The kind of email that the link stops; `None` if the link is unknown.
    pub mails: Option<StoppedEmails>,
    /// Whether these emails are stopped already.
    pub ended: bool,
    /// The reader's language.
    pub language: Language,
}

/// The title of the page.
pub const fn title(language: Language) -> &'static str {
    match language {
        Language::English => "Mails",
        Language::Hindi => "ईमेल",
    }
}

/// The name of a kind of email within a sentence.
const fn kind_in_words(language: Language, mails: StoppedEmails) -> &'static str {
    match (language, mails) {
        (Language::English, StoppedEmails::Reminders) => "reminders of your appointments",
        (Language::English, StoppedEmails::Nudges) => "reminders of what waits on your page",
        (Language::Hindi, StoppedEmails::Reminders) => "अपॉइंटमेंट की याद दिलाने वाले ईमेल",
        (Language::Hindi, StoppedEmails::Nudges) => "पेज पर जो बाक़ी है, उसकी याद दिलाने वाले ईमेल",
    }
}

/// The texts of the page: heading, text, and a hint or the button's label.
fn texts(language: Language, ended: bool, mails: &str) -> [String; 3] {
    match (language, ended) {
        (Language::English, true) => [
            "Done".to_owned(),
            format!("We send you no more {mails}."),
            "You can have them again at any time: on your own page, under “Contact”.".to_owned(),
        ],
        (Language::English, false) => [
            "No more of these mails?".to_owned(),
            format!("One press, and we send you no more {mails}. What is agreed stays as it is."),
            "No more of these mails".to_owned(),
        ],
        (Language::Hindi, true) => [
            "हो गया".to_owned(),
            format!("अब हम आपको {mails} नहीं भेजेंगे।"),
            "इन्हें फिर कभी भी चालू किया जा सकता है: अपने पेज पर, “Contact” के अंतर्गत।".to_owned(),
        ],
        (Language::Hindi, false) => [
            "ये ईमेल अब नहीं चाहिए?".to_owned(),
            format!("एक बार दबाएँ, और हम आपको {mails} नहीं भेजेंगे। जो तय हुआ है, वह वैसा ही रहेगा।"),
            "ये ईमेल अब न भेजें".to_owned(),
        ],
    }
}

/// Renders the unsubscribe page.
pub fn view(m: &Model) -> AnyView {
    let Some(mails) = m.mails else {
        return view! {
            <div class="sheet">
                <h1>"This link does not work"</h1>
                <p>"On your own page, under “Contact”, you choose whether and when we write to you."</p>
                <p><a class="button" href="/portal/contact">"Open my page"</a></p>
            </div>
        }
        .into_any();
    };
    let [head, text, last] = texts(m.language, m.ended, kind_in_words(m.language, mails));
    let body = if m.ended {
        view! { <p role="status">{text}</p><p>{last}</p> }.into_any()
    } else {
        view! {
            <p>{text}</p>
            <form method="post" action=format!("/unsubscribe/{}", m.token)>{form_key()}<button class="button button-primary" type="submit">{last}</button></form>
        }
        .into_any()
    };
    view! { <div class="sheet" lang=m.language.word()><h1>{head}</h1>{body}</div> }.into_any()
}

/// Sample models: before; after; in Hindi; an unknown link.
pub fn samples() -> Vec<Model> {
    let asked = Model {
        token: "t".repeat(43),
        mails: Some(StoppedEmails::Reminders),
        ended: false,
        language: Language::English,
    };
    vec![
        asked.clone(),
        Model { ended: true, ..asked.clone() },
        Model { mails: Some(StoppedEmails::Nudges), language: Language::Hindi, ..asked.clone() },
        Model { mails: None, ..asked },
    ]
}
