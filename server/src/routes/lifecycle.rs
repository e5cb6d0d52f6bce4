//! Routes of the area lifecycle: the bin, separation, and the settings and first
//! sign-in of a partner.

use super::Routes;
use crate::{
    route::{
        Access::{Clinician, Partner, SignedIn},
        Posts::{Once, OnceUnless, Sets},
    },
    web::lifecycle::{bin, contact, erasure, separation, welcome},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        .post("/bin/{id}/restore", SignedIn, Once("/"), bin::restore)
        .get("/clients/{id}/separation", Clinician, separation::show)
        .post("/clients/{id}/separation", Clinician, Once("/clients/{id}/separation"), separation::create)
        .get("/clients/{id}/partners/{person}/erasure", Clinician, erasure::show)
        .post(
            "/clients/{id}/partners/{person}/erasure",
            Clinician,
            Sets { page: "/clients/{id}/partners/{person}/erasure", why: "what is erased stays erased" },
            erasure::create,
        )
        .post(
            "/clients/{id}/partners/{person}/hold",
            Clinician,
            Sets { page: "/clients/{id}/partners/{person}/erasure", why: "a hold that is set stays set" },
            erasure::hold,
        )
        .get("/portal/settings", Partner, contact::settings)
        .get("/portal/welcome", Partner, welcome::show)
        .post(
            "/portal/welcome",
            Partner,
            Sets {
                page: "/portal/welcome",
                why: "the settings are those that were sent, and what was seen stays seen",
            },
            welcome::update,
        )
        .get("/portal/contact", Partner, contact::show)
        .get("/portal/contact/times", Partner, contact::times)
        .post(
            "/portal/contact",
            Partner,
            Sets { page: "/portal/contact", why: "the settings are those that were sent" },
            contact::update,
        )
        .post(
            "/portal/contact/times",
            Partner,
            Sets { page: "/portal/contact/times", why: "the times are those that were sent" },
            contact::update_times,
        )
        .post(
            "/portal/contact/email",
            Partner,
            OnceUnless { named: "do", page: "/portal/contact" },
            contact::update_email,
        )
}
