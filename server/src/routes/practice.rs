//! Routes of the area practice: settings, locations, rooms, staff, hours and the
//! audit log.

use super::Routes;
use crate::{
    route::{
        Access::{Bookings, Owner},
        Posts::{Once, Sets},
    },
    web::practice::{audit, hours, locations, rooms, settings, staff},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        // Settings, locations and rooms
        .get("/practice", Owner, settings::show)
        .post(
            "/practice",
            Owner,
            Sets { page: "/practice", why: "the settings are those that were sent" },
            settings::update,
        )
        .post(
            "/practice/mail",
            Owner,
            Sets { page: "/practice", why: "mail that is tried again is tried once" },
            settings::try_mail_now,
        )
        .post("/locations", Owner, Once("/practice"), locations::create)
        .post(
            "/locations/{id}",
            Owner,
            Sets { page: "/practice", why: "the location is as it was sent" },
            locations::update,
        )
        .post(
            "/locations/{id}/archive",
            Owner,
            Sets { page: "/practice", why: "what is archived stays archived" },
            locations::archive,
        )
        .post("/rooms", Owner, Once("/practice"), rooms::create)
        .post(
            "/rooms/{id}/archive",
            Owner,
            Sets { page: "/practice", why: "what is archived stays archived" },
            rooms::archive,
        )
        .post("/rooms/{id}", Owner, Sets { page: "/practice", why: "the room is as it was sent" }, rooms::update)
        // Staff, and the audit log
        .get("/staff", Owner, staff::index)
        .post("/staff", Owner, Once("/staff"), staff::create)
        .post("/staff/{id}/invite", Owner, Once("/staff"), staff::invite)
        .post("/staff/{id}/link", Owner, Once("/staff"), staff::show_invitation_link)
        .post("/staff/{id}/emails/{email}", Owner, Once("/staff"), staff::undelivered)
        .post(
            "/staff/{id}/disable",
            Owner,
            Sets { page: "/staff", why: "a closed account stays closed" },
            staff::disable,
        )
        .post("/staff/{id}/enable", Owner, Sets { page: "/staff", why: "an open account stays open" }, staff::enable)
        .get("/audit", Owner, audit::index)
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
