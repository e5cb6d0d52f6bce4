//! Calendar feeds: a person's own sessions for their calendar program. A feed is
//! read without signing in, at a secret address; it is made and revoked on the
//! account page.

use app::ui::shell::Notice;
use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use domain::scheduling::session::CalendarTitle;

use crate::{
    access::{Public, SignedIn},
    error::{Answer, Failure, Found as _},
    feeds,
    form::{PathIds, PostedForm},
    page::redirect_with,
};

/// GET /feeds/{token}: the feed as a calendar file; the address may end in
/// `.ics`.
pub async fn show(public: Public, PathIds(name): PathIds<String>) -> Result<Response, Failure> {
    let token = name.strip_suffix(".ics").unwrap_or(&name);
    let feed = public.feed(token).await?.found()?;
    let text = feeds::write(&feed);
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"appointments.ics\""),
    ];
    Ok((headers, text).into_response())
}

/// POST /account/feed: makes a feed with a new address, or revokes it with `do`
/// as `stop`.
pub async fn update(me: SignedIn, PostedForm(form): PostedForm) -> Answer {
    if !me.may_have_feed() {
        return Err(Failure::NotFound);
    }
    if form.get("do") == "stop" {
        me.revoke_feed().await?;
        return Ok(redirect_with("/account/feed", Notice::FeedStopped));
    }
    me.make_feed(form.get("wording").parse().unwrap_or(CalendarTitle::Busy)).await?;
    Ok(redirect_with("/account/feed", Notice::FeedMade))
}
