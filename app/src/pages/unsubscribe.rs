//! The page behind a mail's own way to end mails of its kind. It names nobody.

use domain::person::Language;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mails {
    /// Of appointments.
    Reminders,
    /// Of something to do or planned.
    Nudges,
}

#[derive(Clone, Debug)]
pub struct Model {
    pub token: String,
    /// `None`: the link is none of ours.
    pub mails: Option<Mails>,
    /// They are ended already.
    pub ended: bool,
    /// The reader's.
    pub language: Language,
}

pub const fn title(language: Language) -> &'static str {
    match language {
        Language::English => "Mails",
        Language::Hindi => "ईमेल",
    }
}

const fn named(language: Language, mails: Mails) -> &'static str {
    match (language, mails) {
        (Language::English, Mails::Reminders) => "reminders of your appointments",
        (Language::English, Mails::Nudges) => "reminders of what waits on your page",
        (Language::Hindi, Mails::Reminders) => "अपॉइंटमेंट की याद दिलाने वाले ईमेल",
        (Language::Hindi, Mails::Nudges) => "पेज पर जो बाक़ी है, उसकी याद दिलाने वाले ईमेल",
    }
}

/// Heading, text, and what follows: a hint, or the button's words.
fn words(language: Language, ended: bool, mails: &str) -> [String; 3] {
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
    let [head, text, last] = words(m.language, m.ended, named(m.language, mails));
    let body = if m.ended {
        view! { <p role="status">{text}</p><p>{last}</p> }.into_any()
    } else {
        view! {
            <p>{text}</p>
            <form method="post" action=format!("/unsubscribe/{}", m.token)><button class="button button-primary" type="submit">{last}</button></form>
        }
        .into_any()
    };
    view! { <div class="sheet" lang=m.language.word()><h1>{head}</h1>{body}</div> }.into_any()
}

/// Asked; ended; asked in Hindi; none of ours.
pub fn samples() -> Vec<Model> {
    let asked =
        Model { token: "t".repeat(43), mails: Some(Mails::Reminders), ended: false, language: Language::English };
    vec![
        asked.clone(),
        Model { ended: true, ..asked.clone() },
        Model { mails: Some(Mails::Nudges), language: Language::Hindi, ..asked.clone() },
        Model { mails: None, ..asked },
    ]
}
