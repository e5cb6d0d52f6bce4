//! Ending mails of a kind from the mail itself (RFC 8058). Opening the link
//! shows; posting to it ends them, from our page or from the reader's mail
//! program, which sends neither a cookie nor where it comes from.

use app::pages::unsubscribe::{self, Mails, Model};
use axum::http::StatusCode;
use domain::person::Language;
use store::Unwanted;

use crate::{access::Public, error::Answer, form::At, page::Page};

/// GET /unsubscribe/{token}
pub async fn show(public: Public, page: Page, At(token): At<String>) -> Answer {
    let found = public.unsubscribe_link(&token).await?;
    answer(page, token, found).await
}

/// POST /unsubscribe/{token}
pub async fn create(public: Public, page: Page, At(token): At<String>) -> Answer {
    let found = public.unsubscribe(&token).await?;
    answer(page, token, found.map(|(unwanted, language)| (unwanted, true, language))).await
}

async fn answer(page: Page, token: String, found: Option<(Unwanted, bool, Language)>) -> Answer {
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let model = match found {
        None => Model { token, mails: None, ended: false, language: Language::English },
        Some((unwanted, ended, language)) => {
            let mails = match unwanted {
                Unwanted::Reminders => Mails::Reminders,
                Unwanted::Nudges => Mails::Nudges,
            };
            Model { token, mails: Some(mails), ended, language }
        }
    };
    page.render(status, unsubscribe::title(model.language), model, unsubscribe::view).await
}
