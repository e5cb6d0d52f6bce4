//! Routes of the area lifecycle: the bin, separation, and the contact settings of a
//! partner.

use super::Routes;
use crate::{
    route::{
        Access::{Clinician, Partner, SignedIn},
        Posts::{Once, OnceUnless, Sets},
    },
    web::lifecycle::{bin, contact, separation},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        .post("/bin/{id}/restore", SignedIn, Once("/"), bin::restore)
        .get("/clients/{id}/separation", Clinician, separation::show)
        .post("/clients/{id}/separation", Clinician, Once("/clients/{id}/separation"), separation::create)
        .get("/portal/contact", Partner, contact::show)
        .post(
            "/portal/contact",
            Partner,
            Sets { page: "/portal/contact", why: "the settings are those that were sent" },
            contact::update,
        )
        .post(
            "/portal/contact/times",
            Partner,
            Sets { page: "/portal/contact", why: "the times are those that were sent" },
            contact::update_times,
        )
        .post(
            "/portal/contact/email",
            Partner,
            OnceUnless { named: "do", page: "/portal/contact" },
            contact::update_email,
        )
}
