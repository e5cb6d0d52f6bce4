//! Replies by the links in a reminder. Opening a link changes nothing, so a mail
//! scanner that opens it cannot reply for anyone.

use app::{
    mail,
    pages::scheduling::reply::{self, Model},
    say,
    ui::shell::Notice,
};
use axum::http::StatusCode;
use domain::{
    ids::{PersonId, SessionId},
    scheduling::{reply::Reply, request::PortalRule},
};
use store::{BookedAlone, ReplyLink};

use crate::{
    access::{Bookings, Partner, Public},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with},
};

/// GET /replies/{token}?reply=…: the page that asks to confirm the reply chosen
/// in the email.
pub async fn show(public: Public, page: Page, PathIds(token): PathIds<String>, Query(q): Query) -> Answer {
    let found = public.reply_link(&token).await?;
    answer(page, token, found, q.get("reply").parse().ok(), false).await
}

/// POST /replies/{token}: records a reply.
pub async fn create(
    public: Public,
    page: Page,
    PathIds(token): PathIds<String>,
    PostedForm(form): PostedForm,
) -> Answer {
    let reply: Reply = form.get("reply").parse().map_err(|_| Failure::BadRequest)?;
    let found = public.reply_by_link(&token, reply).await?;
    answer(page, token, found, None, true).await
}

/// The page of a reply link. `wished` is the reply chosen in the email; `thanks`
/// is true after a reply was recorded.
async fn answer(page: Page, token: String, found: ReplyLink, wished: Option<Reply>, thanks: bool) -> Answer {
    let practice = page.practice();
    let mut model = Model {
        token,
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
            let page = page.for_reader(Some(language));
            page.render(StatusCode::GONE, &say!(page.words(), "reply-title"), model, reply::view).await
        }
        ReplyLink::Open(asked) => {
            let page = page.for_reader(Some(asked.language));
            model.when = mail::instant(asked.starts_at, &asked.zone, page.words());
            model.joint = asked.joint;
            model.said = asked.reply;
            model.late = asked.late;
            page.ok(&say!(page.words(), "reply-title"), model, reply::view).await
        }
    }
}

/// POST /portal/sessions/{id}/coming: a partner says in the portal that they
/// will come.
pub async fn coming(partner: Partner, PathIds(id): PathIds<SessionId>) -> Answer {
    if partner.confirm_session(id).await? {
        Ok(redirect_with(&format!("/portal/sessions/{id}"), Notice::AnswerGiven))
    } else {
        Err(Failure::NotFound)
    }
}

/// POST /sessions/{id}/replies/{person}: marks a reply as dealt with; with `do`
/// as `only`, replaces the joint session by one with this person alone.
pub async fn settle(
    bookings: Bookings,
    PathIds((id, person)): PathIds<(SessionId, PersonId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    if form.get("do") == "only" {
        return match bookings.book_alone(id, person).await? {
            BookedAlone::Done(alone) => Ok(redirect_with(&format!("/sessions/{alone}"), Notice::Moved)),
            BookedAlone::Refused => Ok(redirect_with(&format!("/sessions/{id}"), Notice::RequestGone)),
            BookedAlone::Unknown => Err(Failure::NotFound),
        };
    }
    bookings.settle_reply(id, person).await?.then_some(()).found()?;
    Ok(redirect_with(&format!("/sessions/{id}"), Notice::ReplySettled))
}
