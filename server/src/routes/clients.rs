//! Routes of the area clients: couples and individuals, their people, the caseload,
//! and finding a client.

use super::Routes;
use crate::{
    route::{
        Access::{Bookings, Clinician, FrontDesk},
        Alive::Never,
        Posts::{Once, Sets},
    },
    web::clients::{self, caseload, client, desk, find, record},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get("/find", Bookings, find::show)
        .call("/api/find", Bookings, "it only reads", Never("it saves nothing"), clients::api::find)
        .get("/today", Clinician, caseload::today)
        .get("/caseload", Clinician, caseload::index)
        .get("/desk/clients", FrontDesk, desk::index)
        .get("/desk/clients/new", FrontDesk, desk::new)
        .post("/desk/clients", FrontDesk, Once("/desk/clients/new"), desk::create)
        .get("/desk/clients/{id}", FrontDesk, desk::show)
        .post("/desk/clients/{id}/therapist", FrontDesk, Once("/desk/clients/{id}"), desk::offer)
        .get("/clients/new", Clinician, client::new)
        .post(
            "/clients/{id}/acceptance",
            Clinician,
            Sets { page: "/today", why: "an offered client is answered once" },
            desk::answer,
        )
        .post("/clients", Clinician, Once("/clients/new"), client::create)
        .get("/clients/{id}", Clinician, record::show)
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
