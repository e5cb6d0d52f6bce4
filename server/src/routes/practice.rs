//! Routes of the area practice: settings, locations, rooms, staff, hours and the
//! audit log.

use super::Routes;
use crate::{
    route::{
        Access::{Bookings, Owner},
        Posts::{Once, Sets},
    },
    web::practice::{audit, first_steps, hours, locations, retention, rooms, settings, staff, supervision},
};

/// Why a second press of a form of the settings changes nothing.
const SENT: &str = "the settings are those that were sent";

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        // Settings, locations and rooms
        .get("/practice", Owner, settings::show)
        .get("/practice/sessions", Owner, settings::show)
        .get("/practice/cancellations", Owner, settings::show)
        .get("/practice/booking", Owner, settings::show)
        .get("/practice/email", Owner, settings::show)
        .get("/practice/notes", Owner, settings::show)
        .get("/practice/places", Owner, settings::show)
        .get("/practice/backups", Owner, settings::show)
        .post("/practice", Owner, Sets { page: "/practice", why: SENT }, settings::update)
        .post("/practice/sessions", Owner, Sets { page: "/practice/sessions", why: SENT }, settings::update)
        .post("/practice/cancellations", Owner, Sets { page: "/practice/cancellations", why: SENT }, settings::update)
        .post("/practice/booking", Owner, Sets { page: "/practice/booking", why: SENT }, settings::update)
        .post("/practice/email", Owner, Sets { page: "/practice/email", why: SENT }, settings::update)
        .post("/practice/notes", Owner, Sets { page: "/practice/notes", why: SENT }, settings::update)
        .post("/practice/own-data", Owner, Sets { page: "/practice/notes", why: SENT }, settings::own_data)
        .post(
            "/practice/email/test",
            Owner,
            Sets { page: "/practice/email", why: "a second test email changes nothing" },
            settings::send_test,
        )
        .post(
            "/practice/mail",
            Owner,
            Sets { page: "/practice", why: "mail that is tried again is tried once" },
            settings::try_mail_now,
        )
        .post(
            "/practice/first-steps",
            Owner,
            Sets { page: "/practice", why: "a hidden list stays hidden" },
            first_steps::hide,
        )
        .post(
            "/practice/example",
            Owner,
            Sets { page: "/practice", why: "there is one example couple, or none" },
            first_steps::example,
        )
        .post("/locations", Owner, Once("/practice/places"), locations::create)
        .post(
            "/locations/{id}",
            Owner,
            Sets { page: "/practice/places", why: "the location is as it was sent" },
            locations::update,
        )
        .post(
            "/locations/{id}/archive",
            Owner,
            Sets { page: "/practice/places", why: "what is archived stays archived" },
            locations::archive,
        )
        .post("/rooms", Owner, Once("/practice/places"), rooms::create)
        .post(
            "/rooms/{id}/archive",
            Owner,
            Sets { page: "/practice/places", why: "what is archived stays archived" },
            rooms::archive,
        )
        .post("/rooms/{id}", Owner, Sets { page: "/practice/places", why: "the room is as it was sent" }, rooms::update)
        // Staff, and the audit log
        .get("/staff", Owner, staff::index)
        .post("/staff", Owner, Once("/staff"), staff::create)
        .post("/staff/{id}/invite", Owner, Once("/staff"), staff::invite)
        .post("/staff/{id}/link", Owner, Once("/staff"), staff::show_invitation_link)
        .post("/staff/{id}/emails/{email}", Owner, Once("/staff"), staff::undelivered)
        .get("/staff/{id}/edit", Owner, staff::edit)
        .post(
            "/staff/{id}/edit",
            Owner,
            Sets { page: "/staff/{id}/edit", why: "the account is as it was sent" },
            staff::update,
        )
        .post(
            "/staff/two-step",
            Owner,
            Sets { page: "/staff", why: "the rules are those that were sent" },
            staff::two_step,
        )
        .post(
            "/staff/{id}/two-step",
            Owner,
            Sets { page: "/staff/{id}/edit", why: "what is confirmed or declined stays so" },
            staff::reset_two_step,
        )
        .post("/staff/{id}/reset", Owner, Once("/staff"), staff::reset)
        .post(
            "/staff/{id}/disable",
            Owner,
            Sets { page: "/staff", why: "a closed account stays closed" },
            staff::disable,
        )
        .post("/staff/{id}/enable", Owner, Sets { page: "/staff", why: "an open account stays open" }, staff::enable)
        .get("/staff/{id}/supervision", Owner, supervision::show)
        .post("/staff/{id}/supervision", Owner, Once("/staff/{id}/supervision"), supervision::create)
        .post(
            "/staff/{id}/supervision/{supervision}/end",
            Owner,
            Sets { page: "/staff/{id}/supervision", why: "what has ended stays ended" },
            supervision::end,
        )
        .get("/practice/retention", Owner, retention::show)
        .post(
            "/practice/retention",
            Owner,
            Sets { page: "/practice/retention", why: "the years are those that were sent" },
            retention::update,
        )
        .post(
            "/practice/retention/deletion",
            Owner,
            Sets {
                page: "/practice/retention",
                why: "what is deleted stays deleted, and a hold that is set stays set",
            },
            retention::delete,
        )
        .post(
            "/practice/retention/erasures/{id}",
            Owner,
            Sets { page: "/practice/retention", why: "what is erased stays erased" },
            retention::finish_erasure,
        )
        .post(
            "/practice/retention/holds/{id}/end",
            Owner,
            Sets { page: "/practice/retention", why: "a hold that has ended stays ended" },
            retention::end_hold,
        )
        .get("/audit", Owner, audit::index)
        .get("/audit.csv", Owner, audit::download)
        // The hours of therapists
        .get("/clinicians/{id}/hours", Bookings, hours::show)
        .post("/clinicians/{id}/hours", Bookings, Once("/clinicians/{id}/hours"), hours::update)
        .post("/clinicians/{id}/exceptions", Bookings, Once("/clinicians/{id}/hours"), hours::create_exception)
        .post(
            "/hours-exceptions/{id}/remove",
            Bookings,
            Sets { page: "/calendar", why: "what is removed stays removed" },
            hours::remove_exception,
        )
}
