//! Routes of the forms: texts that people read and sign, the secrets policy of a couple,
//! and the texts of the practice.

use super::Routes;
use crate::{
    route::{
        Access::{Clinician, Owner, Partner},
        Posts::{Once, OnceUnless, Sets},
    },
    web::records::{consents, own_forms, policies, texts},
};

/// Why a second press on a form to sign changes nothing.
const SIGNED: &str = "a text has one signature of a person";

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    let routes = routes
        // In the portal
        .get("/portal/forms", Partner, own_forms::index)
        .get("/portal/consents/{id}", Partner, own_forms::show)
        .post("/portal/consents/{id}", Partner, Sets { page: "/portal/consents/{id}", why: SIGNED }, own_forms::sign)
        .post(
            "/portal/consents/{id}/withdrawal",
            Partner,
            Sets { page: "/portal/consents/{id}", why: "a signature is withdrawn once" },
            own_forms::withdraw,
        )
        .get("/portal/consents/{id}/copy", Partner, own_forms::copy)
        .get("/portal/consents/{id}/copy.pdf", Partner, own_forms::copy_pdf)
        // The texts of the practice
        .get("/practice/forms", Owner, texts::index)
        .get("/practice/forms/new", Owner, texts::new)
        .post("/practice/forms", Owner, OnceUnless { named: "preview", page: "/practice/forms/new" }, texts::create)
        .get("/practice/forms/{id}", Owner, texts::show)
        .get("/practice/forms/{id}/edit", Owner, texts::edit)
        .post(
            "/practice/forms/{id}",
            Owner,
            Sets { page: "/practice/forms/{id}/edit", why: "the same words make no second version" },
            texts::update,
        )
        .post(
            "/practice/forms/{id}/archive",
            Owner,
            Sets { page: "/practice/forms/{id}", why: "an archived text stays archived" },
            texts::archive,
        )
        .post(
            "/practice/forms/{id}/restore",
            Owner,
            Sets { page: "/practice/forms/{id}", why: "a text that is offered stays offered" },
            texts::restore,
        );
    of_record(routes)
}

/// Adds the routes of a client's forms and of the secrets policy, for therapists.
fn of_record(routes: Routes) -> Routes {
    routes
        .get("/clients/{id}/consents/new", Clinician, consents::new)
        .post("/clients/{id}/consents", Clinician, Once("/clients/{id}/consents/new"), consents::create)
        .get("/consents/{id}", Clinician, consents::show)
        .post(
            "/consents/{id}/close",
            Clinician,
            Sets { page: "/consents/{id}", why: "a form is taken back once" },
            consents::close,
        )
        .post(
            "/consents/{id}/withdrawal",
            Clinician,
            Sets { page: "/consents/{id}", why: "a signature is withdrawn once" },
            consents::withdraw,
        )
        .get("/consents/{id}/room", Clinician, consents::room)
        .post(
            "/consents/{id}/room",
            Clinician,
            Sets { page: "/consents/{id}/room", why: SIGNED },
            consents::sign_in_room,
        )
        .get("/consents/{id}/paper", Clinician, consents::paper)
        .post(
            "/consents/{id}/paper",
            Clinician,
            Sets { page: "/consents/{id}/paper", why: SIGNED },
            consents::record_paper,
        )
        .get("/consents/{id}/copy", Clinician, consents::copy)
        .get("/consents/{id}/copy.pdf", Clinician, consents::copy_pdf)
        .get("/clients/{id}/policy", Clinician, policies::show)
        .get("/clients/{id}/policy/new", Clinician, policies::new)
        .post("/clients/{id}/policy", Clinician, Once("/clients/{id}/policy/new"), policies::create)
        .post(
            "/policies/{id}/end",
            Clinician,
            Sets { page: "/caseload", why: "a proposal is taken back once" },
            policies::end,
        )
        .post(
            "/policies/{id}/newcomers",
            Clinician,
            Sets { page: "/caseload", why: "a person is asked once for a policy" },
            policies::ask_newcomers,
        )
}
