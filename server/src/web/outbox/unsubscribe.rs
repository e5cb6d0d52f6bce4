//! Unsubscribing from one kind of email by a link in it (RFC 8058). Opening the
//! link only shows a page. A POST to it unsubscribes: from our page, or from the
//! reader's mail program, which sends neither a cookie nor an origin.

use app::{
    pages::mail::unsubscribe::{self, Model, StoppedEmails},
    say,
};
use axum::http::StatusCode;
use store::{EmailGroup, UnsubscribeLink};

use crate::{access::Public, error::Answer, form::PathIds, page::Page};

/// GET /unsubscribe/{token}: the page that asks to confirm.
pub async fn show(public: Public, page: Page, PathIds(token): PathIds<String>) -> Answer {
    let found = public.unsubscribe_link(&token).await?;
    answer(page, token, found).await
}

/// POST /unsubscribe/{token}: unsubscribes.
pub async fn create(public: Public, page: Page, PathIds(token): PathIds<String>) -> Answer {
    let found = public.unsubscribe(&token).await?;
    answer(page, token, found).await
}

/// The page of an unsubscribe link; `found` is `None` for an unknown link.
async fn answer(page: Page, token: String, found: Option<UnsubscribeLink>) -> Answer {
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let page = page.for_reader(found.as_ref().map(|link| link.language));
    let model = match found {
        None => Model { token, mails: None, ended: false },
        Some(UnsubscribeLink { group, ended, .. }) => {
            let mails = match group {
                EmailGroup::Reminders => StoppedEmails::Reminders,
                EmailGroup::Nudges => StoppedEmails::Nudges,
            };
            Model { token, mails: Some(mails), ended }
        }
    };
    page.render(status, &say!(page.words(), "unsubscribe-title"), model, unsubscribe::view).await
}
