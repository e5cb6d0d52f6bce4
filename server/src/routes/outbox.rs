//! Routes of the area outbox: the texts of emails, the email log, and ending emails
//! of a kind.

use super::Routes;
use crate::{
    route::{
        Access::{FrontDesk, Owner, Public},
        Alive::Never,
        Posts::{Once, Sets},
    },
    web::outbox::{self, log, mailbox, unsubscribe, wordings},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        // By links, and the mailbox of the demo
        .get("/unsubscribe/{token}", Public, unsubscribe::show)
        .post(
            "/unsubscribe/{token}",
            Public,
            Sets { page: "/unsubscribe/{token}", why: "what is ended stays ended; mail programs send no key" },
            unsubscribe::create,
        )
        .get("/mailbox", Public, mailbox::index)
        .get("/mailbox/{id}", Public, mailbox::show)
        // The texts of emails
        .get("/wordings", Owner, wordings::index)
        .get("/wordings/{kind}/{language}", Owner, wordings::show)
        .post(
            "/wordings/{kind}/{language}",
            Owner,
            Sets { page: "/wordings/{kind}/{language}", why: "the text is the one that was sent" },
            wordings::update,
        )
        .call("/api/wording", Owner, "it only reads", Never("it saves nothing"), outbox::api::wording)
        // The email log
        .get("/email-log", FrontDesk, log::index)
        .get("/email-log/{id}", FrontDesk, log::show)
        .post("/email-log/{id}/resend", FrontDesk, Once("/email-log/{id}"), log::resend)
        .post(
            "/email-log/try",
            FrontDesk,
            Sets { page: "/email-log", why: "mail that is tried again is tried once" },
            log::try_now,
        )
}
