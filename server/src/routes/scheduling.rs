//! Routes of the area scheduling: sessions, series, slots, the calendar, the front
//! desk, requests, replies, the waitlist and feeds.

use super::Routes;
use crate::{
    route::{
        Access::{Bookings, FrontDesk, Partner, Public, SignedIn},
        Alive::Never,
        Posts::{Once, OnceUnless, Sets},
    },
    web::scheduling::{
        self, calendar, calendar_files, desk, feeds, fees, own_requests, replies, series, sessions, slots, waitlist,
    },
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        // Without a login: inquiries, replies and feeds
        .get("/inquire", Public, waitlist::form)
        .post("/inquire", Public, Once("/inquire"), waitlist::create)
        .get("/inquire/{token}", Public, waitlist::show)
        .post("/inquire/{token}", Public, Once("/inquire/{token}"), waitlist::confirm)
        .get("/replies/{token}", Public, replies::show)
        .post(
            "/replies/{token}",
            Public,
            Sets { page: "/replies/{token}", why: "the last reply counts" },
            replies::create,
        )
        .fetch("/feeds/{token}", Public, "calendar programs ask for it every hour", feeds::show)
        .post("/account/feed", SignedIn, Once("/account/feed"), feeds::update)
        // The front desk, the waitlist and requests
        .get("/desk", FrontDesk, desk::show)
        .post(
            "/people/{person}/mail",
            FrontDesk,
            Sets { page: "/desk", why: "an address that is tried again stays so" },
            desk::try_again,
        )
        .get("/fees", FrontDesk, fees::index)
        .get("/fees/file", FrontDesk, fees::file)
        .post(
            "/fees/{id}/settle",
            FrontDesk,
            Sets { page: "/fees", why: "the date is the one that was sent" },
            fees::settle,
        )
        .post(
            "/fees/{id}/reopen",
            FrontDesk,
            Sets { page: "/fees", why: "a fee that is not settled stays so" },
            fees::reopen,
        )
        .get("/requests", Bookings, desk::requests)
        .post("/requests/{id}", Bookings, Once("/requests"), desk::answer)
        .get("/waitlist", Bookings, waitlist::index)
        .get("/waitlist/new", Bookings, waitlist::new)
        .post("/waitlist", Bookings, Once("/waitlist/new"), waitlist::create_by_staff)
        .post(
            "/waitlist/{id}",
            Bookings,
            Sets { page: "/waitlist", why: "the state is the one that was sent" },
            waitlist::update,
        )
        // The calendar, sessions and series
        .get("/calendar", Bookings, calendar::show)
        .get("/clinicians/{id}/calendar-file", Bookings, calendar_files::show)
        .post(
            "/clinicians/{id}/calendar-file",
            Bookings,
            OnceUnless { named: "look", page: "/clinicians/{id}/calendar-file" },
            calendar_files::update,
        )
        .get("/slots", Bookings, slots::show)
        .call("/api/free-times", Bookings, "it only reads", Never("it saves nothing"), scheduling::api::free_times)
        .get("/sessions/new", Bookings, sessions::new)
        .post("/sessions", Bookings, Once("/sessions/new"), sessions::create)
        .get("/sessions/{id}", Bookings, sessions::show)
        .post(
            "/sessions/{id}/state",
            Bookings,
            Sets { page: "/sessions/{id}", why: "a state leads to itself from no state" },
            sessions::state,
        )
        .post(
            "/sessions/{id}/attendance",
            Bookings,
            Sets { page: "/sessions/{id}", why: "the mark is the one that was sent" },
            sessions::attendance,
        )
        .get("/sessions/{id}/move", Bookings, sessions::move_form)
        .post("/sessions/{id}/move", Bookings, Once("/sessions/{id}/move"), sessions::update)
        .get("/sessions/{id}/cancellation", Bookings, sessions::cancel_form)
        .post("/sessions/{id}/cancellation", Bookings, Once("/sessions/{id}/cancellation"), sessions::cancel)
        .post(
            "/sessions/{id}/fee",
            Bookings,
            Sets { page: "/sessions/{id}", why: "the decision is the one that was sent" },
            sessions::fee,
        )
        .post("/sessions/{id}/undo", Bookings, Once("/sessions/{id}"), sessions::undo)
        .post(
            "/sessions/{id}/earlier",
            Bookings,
            Sets { page: "/sessions/{id}", why: "a session is on the list once" },
            sessions::earlier,
        )
        .post(
            "/series/{id}/gaps/{day}",
            Bookings,
            Sets { page: "/calendar", why: "what is seen to stays so" },
            series::see_gap,
        )
        .post("/sessions/{id}/replies/{person}", Bookings, Once("/sessions/{id}"), replies::settle)
        // Sessions and requests in the portal
        .get("/portal/sessions", Partner, own_requests::index)
        .get("/portal/sessions/{id}", Partner, own_requests::show)
        .post("/portal/sessions/{id}/cancel", Partner, Once("/portal/sessions/{id}"), own_requests::cancel)
        .post("/portal/sessions/{id}/alone", Partner, Once("/portal/sessions/{id}"), own_requests::alone)
        .post(
            "/portal/sessions/{id}/coming",
            Partner,
            Sets { page: "/portal/sessions/{id}", why: "the last reply counts" },
            replies::coming,
        )
        .get("/portal/times", Partner, own_requests::times)
        .post("/portal/requests", Partner, Once("/portal/times"), own_requests::create)
        .post("/portal/requests/{id}/answer", Partner, Once("/portal/sessions"), own_requests::reply)
        .post(
            "/portal/requests/{id}/withdraw",
            Partner,
            Sets { page: "/portal/sessions", why: "what is withdrawn stays so" },
            own_requests::withdraw,
        )
}
