//! What people say by the links in a reminder. A link alone changes nothing:
//! a mail scanner that opens it says nothing for anybody.

use app::{
    mail,
    pages::reply::{self, Model},
    ui::shell::Notice,
};
use axum::http::StatusCode;
use domain::{
    ids::{PersonId, SessionId},
    person::Language,
    reply::Reply,
    request::PortalRule,
};
use store::ReplyLink;

use crate::{
    access::{Bookings, Partner, Public},
    error::{Answer, Failure, Found as _},
    form::{Asked as Query, At, Typed},
    page::{Page, redirect_with},
};

/// GET /replies/{token}, with ?reply=… as it was pressed in the mail
pub async fn show(public: Public, page: Page, At(token): At<String>, Query(q): Query) -> Answer {
    let found = public.reply_link(&token).await?;
    answer(page, token, found, q.get("reply").parse().ok(), false).await
}

/// POST /replies/{token}
pub async fn create(public: Public, page: Page, At(token): At<String>, Typed(form): Typed) -> Answer {
    let reply: Reply = form.get("reply").parse().map_err(|_| Failure::BadRequest)?;
    let found = public.reply_by_link(&token, reply).await?;
    answer(page, token, found, None, true).await
}

async fn answer(page: Page, token: String, found: ReplyLink, wished: Option<Reply>, thanks: bool) -> Answer {
    let practice = page.practice();
    let mut model = Model {
        token,
        language: Language::English,
        when: String::new(),
        joint: false,
        wished,
        said: None,
        thanks,
        late: false,
        portal: practice.is_some_and(|p| p.portal.rule != PortalRule::No),
        phone: practice.map(|p| p.phone.clone()).unwrap_or_default(),
    };
    match found {
        ReplyLink::Unknown => Err(Failure::NotFound),
        ReplyLink::Over(language) => {
            model.language = language;
            page.render(StatusCode::GONE, reply::title(language), model, reply::view).await
        }
        ReplyLink::Open(asked) => {
            model.language = asked.language;
            model.when = mail::instant(asked.starts_at, &asked.zone, asked.language);
            model.joint = asked.joint;
            model.said = asked.reply;
            model.late = asked.late;
            page.ok(reply::title(asked.language), model, reply::view).await
        }
    }
}

/// POST /portal/sessions/{id}/coming
pub async fn coming(partner: Partner, At(id): At<SessionId>) -> Answer {
    if partner.comes(id).await? {
        Ok(redirect_with(&format!("/portal/sessions/{id}"), Notice::Noted))
    } else {
        Err(Failure::NotFound)
    }
}

/// POST /sessions/{id}/replies/{person}: somebody has seen to it; with `do` as
/// `only`, by meeting this one alone.
pub async fn settle(bookings: Bookings, At((id, person)): At<(SessionId, PersonId)>, Typed(form): Typed) -> Answer {
    if form.get("do") == "only" {
        return Ok(match bookings.meet_alone(id, person).await?.found()? {
            Some(alone) => redirect_with(&format!("/sessions/{alone}"), Notice::Moved),
            None => redirect_with(&format!("/sessions/{id}"), Notice::RequestGone),
        });
    }
    bookings.settle_reply(id, person).await?.then_some(()).found()?;
    Ok(redirect_with(&format!("/sessions/{id}"), Notice::Noted))
}
