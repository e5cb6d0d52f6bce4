//! Routes of the area clients: couples and individuals, their people, the caseload,
//! and finding a client.

use super::Routes;
use crate::{
    route::{
        Access::{Bookings, Clinician},
        Alive::Never,
        Posts::{Once, Sets},
    },
    web::clients::{self, caseload, client, find},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get("/find", Bookings, find::show)
        .call("/api/find", Bookings, "it only reads", Never("it saves nothing"), clients::api::find)
        .get("/today", Clinician, caseload::today)
        .get("/caseload", Clinician, caseload::index)
        .get("/clients/new", Clinician, client::new)
        .post("/clients", Clinician, Once("/clients/new"), client::create)
        .get("/clients/{id}", Clinician, client::show)
        .post(
            "/clients/{id}/archive",
            Clinician,
            Sets { page: "/clients/{id}", why: "what is archived stays archived" },
            client::archive,
        )
        .post(
            "/clients/{id}/restore",
            Clinician,
            Sets { page: "/clients/{id}", why: "what is back stays back" },
            client::restore,
        )
        .get("/clients/{id}/partners/new", Clinician, client::new_partner)
        .post("/clients/{id}/partners", Clinician, Once("/clients/{id}/partners/new"), client::create_partner)
        .get("/clients/{id}/partners/{person}/edit", Clinician, client::edit_partner)
        .post(
            "/clients/{id}/partners/{person}/edit",
            Clinician,
            Sets { page: "/clients/{id}/partners/{person}/edit", why: "the person is as they were sent" },
            client::update_partner,
        )
        .post("/clients/{id}/partners/{person}/invitation", Clinician, Once("/clients/{id}"), client::invite)
        .post("/clients/{id}/emails/{email}", Clinician, Once("/clients/{id}"), client::undelivered)
}
