//! Routes of the area records: notes, messages between partner and therapist, and
//! what a therapist looks back on.

mod leaving;
mod writing;

use super::Routes;
use crate::{
    route::{
        Access::{Clinician, FrontDesk, Owner, Partner},
        Posts::{Once, Sets},
    },
    web::records::{
        cosign, data_requests, documents, goals, intake, messages, note_lists, own_data, own_documents, printing,
        progress,
    },
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    let routes = around_notes(routes);
    let routes = documents(routes);
    let routes = intake(routes);
    let routes = leaving::add(routes);
    let routes = own_data(routes);
    let routes = writing::add(routes);
    routes
        // What a therapist looks back on
        .get("/clients/{id}/brief", Clinician, progress::brief)
        .get("/clients/{id}/course", Clinician, progress::course)
        .get("/clients/{id}/adherence", Clinician, progress::adherence)
        // Messages
        .get("/messages", Clinician, messages::list)
        .get("/clients/{id}/messages/{person}", Clinician, messages::show)
        .post("/clients/{id}/messages/{person}", Clinician, Once("/clients/{id}/messages/{person}"), messages::answer)
        .get("/portal/messages", Partner, messages::index)
        .post("/portal/messages", Partner, Once("/portal/messages"), messages::create)
}

/// Adds the routes of a person's own data: asking for a copy, and the clinicians' case.
fn own_data(routes: Routes) -> Routes {
    routes
        .get("/portal/data", Partner, own_data::show)
        .post("/portal/data", Partner, Once("/portal/data"), own_data::create)
        .post(
            "/portal/data/{id}/cancel",
            Partner,
            Sets { page: "/portal/data", why: "a request is taken back once" },
            own_data::cancel,
        )
        .get("/portal/data/{id}/pdf", Partner, own_data::fetch_pdf)
        .get("/portal/data/{id}/json", Partner, own_data::fetch_json)
        .get("/clients/{id}/data-requests/new", Clinician, data_requests::new)
        .post("/clients/{id}/data-requests", Clinician, Once("/clients/{id}/data-requests/new"), data_requests::create)
        .get("/data-requests/{id}", Clinician, data_requests::show)
        .get("/data-requests/{id}/items/{item}", Clinician, data_requests::item)
        .post(
            "/data-requests/{id}/items/{item}",
            Clinician,
            Sets { page: "/data-requests/{id}/items/{item}", why: "the decision is the one that was sent" },
            data_requests::decide,
        )
        .post(
            "/data-requests/{id}/include",
            Clinician,
            Sets { page: "/data-requests/{id}", why: "what is included stays included" },
            data_requests::include,
        )
        .post(
            "/data-requests/{id}/finish",
            Clinician,
            Sets { page: "/data-requests/{id}", why: "a part is finished once" },
            data_requests::finish,
        )
        .get("/data-requests/{id}/extension", Clinician, data_requests::extension)
        .post(
            "/data-requests/{id}/extension",
            Clinician,
            Sets { page: "/data-requests/{id}/extension", why: "it is extended once" },
            data_requests::extend,
        )
        .get("/data-requests/{id}/clients/{client}/pdf", Clinician, data_requests::fetch_pdf)
        .get("/data-requests/{id}/clients/{client}/json", Clinician, data_requests::fetch_json)
        .post(
            "/data-requests/{id}/handed",
            Clinician,
            Sets { page: "/data-requests/{id}", why: "a handover is recorded once for each part" },
            data_requests::handed,
        )
}

/// Adds the routes of documents, for therapists and in the portal.
fn documents(routes: Routes) -> Routes {
    routes
        .get("/clients/{id}/documents/new", Clinician, documents::new)
        .post("/clients/{id}/documents", Clinician, Once("/clients/{id}/documents/new"), documents::create)
        .get("/documents/{id}", Clinician, documents::show)
        .post(
            "/documents/{id}",
            Clinician,
            Sets { page: "/documents/{id}", why: "the details are those that were sent" },
            documents::update,
        )
        .post(
            "/documents/{id}/remove",
            Clinician,
            Sets { page: "/documents/{id}", why: "a document that was removed stays removed" },
            documents::remove,
        )
        .get("/documents/{id}/file", Clinician, documents::file)
        .get("/documents/{id}/view", Clinician, documents::view)
        .get("/portal/documents", Partner, own_documents::index)
        .post("/portal/documents", Partner, Once("/portal/documents"), own_documents::create)
        .get("/portal/documents/{id}", Partner, own_documents::show)
        .get("/portal/documents/{id}/file", Partner, own_documents::file)
        .get("/portal/documents/{id}/view", Partner, own_documents::view)
        .post(
            "/portal/documents/{id}/share",
            Partner,
            Sets { page: "/portal/documents/{id}", why: "a document that was shared stays shared" },
            own_documents::share,
        )
        .post(
            "/portal/documents/{id}/withdraw",
            Partner,
            Sets { page: "/portal/documents/{id}", why: "a document that was withdrawn stays withdrawn" },
            own_documents::withdraw,
        )
}

/// Adds the routes around notes: lists of what there is to do, co-signing, printing,
/// and the goals of a client.
fn around_notes(routes: Routes) -> Routes {
    routes
        .get("/notes", Clinician, note_lists::index)
        .get("/cosign/{id}", Clinician, cosign::show)
        .post("/cosign/{id}", Clinician, Once("/cosign/{id}"), cosign::answer)
        .post("/notes/{id}/take-back", Clinician, Once("/notes/{id}"), cosign::take_back)
        .get("/notes/{id}/print", Clinician, printing::note)
        .get("/notes/{id}/pdf", Clinician, printing::note_pdf)
        .get("/clients/{id}/notes/print", Clinician, printing::range)
        .get("/clients/{id}/notes/pdf", Clinician, printing::range_pdf)
        .get("/clients/{id}/goals", Clinician, goals::index)
        .post("/clients/{id}/goals", Clinician, Once("/clients/{id}/goals"), goals::create)
        .post("/clients/{id}/plan", Clinician, Once("/clients/{id}/goals"), goals::write_plan)
        .get("/goals/{id}", Clinician, goals::show)
        .post("/goals/{id}", Clinician, Once("/goals/{id}"), goals::update)
        .post("/goals/{id}/review", Clinician, Once("/goals/{id}"), goals::review)
}

/// Adds the routes of the intake, for the people who answer it, therapists, the front
/// desk and the owner.
fn intake(routes: Routes) -> Routes {
    routes
        .get("/portal/intake", Partner, intake::own::index)
        .get("/portal/intake/{id}", Partner, intake::own::show)
        .post(
            "/portal/intake/{id}",
            Partner,
            Sets { page: "/portal/intake/{id}", why: "the answers are those that were sent" },
            intake::own::save,
        )
        .post(
            "/portal/intake/{id}/sharing",
            Partner,
            Sets { page: "/portal/intake", why: "an answer is shared or not, as was sent" },
            intake::own::share,
        )
        .get("/clients/{id}/intake", Clinician, intake::record::show)
        .post(
            "/clients/{id}/intake",
            Clinician,
            Sets { page: "/clients/{id}/intake", why: "an intake is started once" },
            intake::record::start,
        )
        .post(
            "/clients/{id}/intake/{person}/waiver",
            Clinician,
            Sets { page: "/clients/{id}/intake", why: "the item is waived or not, as was sent" },
            intake::record::waive,
        )
        .get("/clients/{id}/intake/{person}/sheet", Clinician, intake::paper::print)
        .get("/clients/{id}/intake/{person}/paper", Clinician, intake::paper::form)
        .post(
            "/clients/{id}/intake/{person}/paper",
            Clinician,
            Sets { page: "/clients/{id}/intake/{person}/paper", why: "the answers are those on the form" },
            intake::paper::enter,
        )
        .get("/desk/clients/{id}/intake", FrontDesk, intake::desk::show)
        .post(
            "/desk/clients/{id}/intake",
            FrontDesk,
            Sets { page: "/desk/clients/{id}/intake", why: "an intake is started once" },
            intake::desk::start,
        )
        .get("/practice/intake", Owner, intake::list::show)
        .post(
            "/practice/intake",
            Owner,
            Sets { page: "/practice/intake", why: "the list is the one that was sent" },
            intake::list::update,
        )
}
