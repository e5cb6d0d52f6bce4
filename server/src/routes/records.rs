//! Routes of the area records: notes, messages between partner and therapist, and
//! what a therapist looks back on.

use super::Routes;
use crate::{
    route::{
        Access::{Clinician, Partner},
        Alive::Typing,
        Posts::{Once, OnceUnless, Sets},
    },
    web::records::{self, messages, notes, progress},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
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
        // Notes
        .get("/clients/{id}/notes/new", Clinician, notes::new)
        .post(
            "/clients/{id}/notes",
            Clinician,
            OnceUnless { named: "note", page: "/clients/{id}/notes/new" },
            notes::create,
        )
        .get("/notes/{id}", Clinician, notes::edit)
        .post(
            "/notes/{id}",
            Clinician,
            Sets { page: "/notes/{id}", why: "the note is the one in the address" },
            notes::update,
        )
        .call("/api/note", Clinician, "a form’s key makes one note", Typing, records::api::note)
}
