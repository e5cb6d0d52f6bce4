//! One's own sessions in a calendar elsewhere: read without signing in, under
//! an address that is a secret; made and taken back on the account's page.

use app::ui::shell::Notice;
use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use domain::session::Wording;

use crate::{
    access::{Public, SignedIn},
    error::{Answer, Failure, Found as _},
    feeds,
    form::{At, Typed},
    page::redirect_with,
};

/// GET /feeds/{token}: with or without `.ics` behind it.
pub async fn show(public: Public, At(name): At<String>) -> Result<Response, Failure> {
    let token = name.strip_suffix(".ics").unwrap_or(&name);
    let feed = public.feed(token).await?.found()?;
    let text = feeds::write(&feed, public.now()).map_err(store::Error::from)?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"appointments.ics\""),
    ];
    Ok((headers, text).into_response())
}

/// POST /account/feed
pub async fn update(me: SignedIn, Typed(form): Typed) -> Answer {
    if !me.may_have_feed() {
        return Err(Failure::NotFound);
    }
    if form.get("do") == "stop" {
        me.revoke_feed().await?;
        return Ok(redirect_with("/account", Notice::FeedStopped));
    }
    me.make_feed(form.get("wording").parse().unwrap_or(Wording::Busy)).await?;
    Ok(redirect_with("/account", Notice::FeedMade))
}
