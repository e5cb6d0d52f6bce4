//! Ending mails of a kind from the mail itself (RFC 8058). Opening the link
//! shows; posting to it ends them, from our page or from the reader's mail
//! program, which sends neither a cookie nor where it comes from.

use app::pages::unsubscribe::{self, Model};
use axum::http::StatusCode;
use store::Unwanted;

use crate::{access::Public, error::Answer, form::At, page::Page};

const TITLE: &str = "Mails";

/// GET /unsubscribe/{token}
pub async fn show(public: Public, page: Page, At(token): At<String>) -> Answer {
    let found = public.unsubscribe_link(&token).await?;
    answer(page, token, found).await
}

/// POST /unsubscribe/{token}
pub async fn create(public: Public, page: Page, At(token): At<String>) -> Answer {
    let found = public.unsubscribe(&token).await?;
    answer(page, token, found.map(|unwanted| (unwanted, true))).await
}

async fn answer(page: Page, token: String, found: Option<(Unwanted, bool)>) -> Answer {
    let (mails, ended) = match found {
        Some((Unwanted::Reminders, ended)) => ("reminders of your appointments", ended),
        Some((Unwanted::Nudges, ended)) => ("reminders of what waits on your page", ended),
        None => ("", false),
    };
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    page.render(status, TITLE, Model { token, mails: mails.to_owned(), ended }, unsubscribe::view).await
}
