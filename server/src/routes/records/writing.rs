//! Routes of notes that are written, and of their templates.

use super::super::Routes;
use crate::{
    route::{
        Access::{Clinician, Owner},
        Alive::Typing,
        Posts::{Once, OnceUnless, Sets},
    },
    web::records::{api, note_acts, note_templates, notes},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    templates(routes)
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
        .post(
            "/notes/{id}/unlock",
            Clinician,
            Sets { page: "/notes/{id}", why: "a lock is opened once" },
            note_acts::unlock,
        )
        .post("/notes/{id}/leftovers/{leftover}", Clinician, Once("/notes/{id}"), note_acts::leftover)
        .post(
            "/note-moves/{id}/undo",
            Clinician,
            Sets { page: "/caseload", why: "a section is moved back once" },
            note_acts::undo_move,
        )
        .call("/api/note", Clinician, "a form’s key makes one note", Typing, api::note)
}

/// Adds the routes of the templates.
fn templates(routes: Routes) -> Routes {
    routes
        .get("/practice/note-templates", Owner, note_templates::index)
        .get("/practice/note-templates/new", Owner, note_templates::new)
        .post("/practice/note-templates", Owner, Once("/practice/note-templates/new"), note_templates::create)
        .get("/practice/note-templates/{id}", Owner, note_templates::show)
        .post(
            "/practice/note-templates/{id}",
            Owner,
            Sets { page: "/practice/note-templates/{id}", why: "the template is as it was sent" },
            note_templates::update,
        )
        .post(
            "/practice/note-templates/{id}/archive",
            Owner,
            Sets { page: "/practice/note-templates/{id}", why: "what is archived stays archived" },
            note_templates::archive,
        )
}
