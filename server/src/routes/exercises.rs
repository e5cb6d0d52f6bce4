//! Routes of the area exercises: the library, authoring, pathways, assignments, and
//! the partners’ responses to them.

use super::Routes;
use crate::{
    route::{
        Access::{Clinician, Partner},
        Alive::Typing,
        Posts::{Once, Sets},
    },
    web::exercises::{self, agreements, assignments, authoring, library, pathways, plans, responses, sharing},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        // The library, and exercises that therapists write
        .get("/library", Clinician, library::index)
        .get("/library/import", Clinician, authoring::import_form)
        .post("/library/import", Clinician, Once("/library/import"), authoring::import)
        .get("/library/{slug}", Clinician, library::show)
        .get("/library/{slug}/worksheet", Clinician, assignments::worksheet)
        .get("/library/{slug}/file", Clinician, authoring::export)
        .post(
            "/library/{slug}/archive",
            Clinician,
            Sets { page: "/library/{slug}", why: "what is archived stays archived" },
            authoring::archive,
        )
        .post(
            "/library/{slug}/restore",
            Clinician,
            Sets { page: "/library/{slug}", why: "what is back stays back" },
            authoring::restore,
        )
        .get("/authoring", Clinician, authoring::index)
        .post("/authoring", Clinician, Once("/library"), authoring::create)
        .get("/authoring/{id}", Clinician, authoring::show)
        .post(
            "/authoring/{id}",
            Clinician,
            Sets { page: "/authoring/{id}", why: "a draft has numbered writes, and is published once" },
            authoring::update,
        )
        .post(
            "/authoring/{id}/discard",
            Clinician,
            Sets { page: "/authoring", why: "what is in the bin stays there" },
            authoring::discard,
        )
        .call("/api/exercise", Clinician, "a draft has numbered writes", Typing, exercises::api::exercise)
        // Pathways, and the pathway progress of clients
        .get("/pathways", Clinician, pathways::index)
        .post("/pathways", Clinician, Once("/pathways/new"), pathways::create)
        .get("/pathways/new", Clinician, pathways::new)
        .get("/pathways/{slug}", Clinician, pathways::show)
        .get("/pathways/{slug}/edit", Clinician, pathways::edit)
        .post(
            "/pathways/{slug}/edit",
            Clinician,
            Sets { page: "/pathways/{slug}/edit", why: "the pathway is as it was sent" },
            pathways::update,
        )
        .post(
            "/pathways/{slug}/archive",
            Clinician,
            Sets { page: "/pathways/{slug}", why: "what is archived stays archived" },
            pathways::archive,
        )
        .post("/clients/{id}/pathways", Clinician, Once("/clients/{id}"), pathways::give)
        .get("/pathway-progress/{id}", Clinician, pathways::progress)
        .get("/pathway-progress/{id}/edit", Clinician, pathways::edit_progress)
        .post(
            "/pathway-progress/{id}/edit",
            Clinician,
            Sets { page: "/pathway-progress/{id}/edit", why: "what is to come is as it was sent" },
            pathways::update_progress,
        )
        .post("/pathway-progress/{id}/next", Clinician, Once("/pathway-progress/{id}"), pathways::next)
        .post(
            "/pathway-progress/{id}/end",
            Clinician,
            Sets { page: "/pathway-progress/{id}", why: "what is ended stays ended" },
            pathways::end,
        )
        // Assignments, and the responses to them
        .get("/clients/{id}/assignments/new", Clinician, assignments::new)
        .post("/clients/{id}/assignments", Clinician, Once("/clients/{id}/assignments/new"), assignments::create)
        .get("/assignments/{id}", Clinician, assignments::show)
        .post(
            "/assignments/{id}/withdraw",
            Clinician,
            Sets { page: "/assignments/{id}", why: "what is withdrawn stays withdrawn" },
            assignments::withdraw,
        )
        .post(
            "/assignments/{id}/pause",
            Clinician,
            Sets { page: "/assignments/{id}", why: "what is paused stays paused" },
            assignments::pause,
        )
        .post(
            "/assignments/{id}/resume",
            Clinician,
            Sets { page: "/assignments/{id}", why: "what goes on stays so" },
            assignments::resume,
        )
        .get("/assignments/{id}/paper/{person}", Clinician, assignments::paper_form)
        .post(
            "/assignments/{id}/paper/{person}",
            Clinician,
            Once("/assignments/{id}/paper/{person}"),
            assignments::paper,
        )
        .post("/assignments/{id}/reset/{person}", Clinician, Once("/assignments/{id}"), assignments::reset)
        // Responses in the portal
        .get("/portal/exercises/{id}", Partner, responses::show)
        .post(
            "/portal/exercises/{id}",
            Partner,
            Sets { page: "/portal/exercises/{id}", why: "an exercise is answered once by each" },
            responses::submit,
        )
        .post(
            "/portal/exercises/{id}/agreements/{step}",
            Partner,
            Sets { page: "/portal/exercises/{id}", why: "each writing names the version it was written on" },
            agreements::update,
        )
        .post(
            "/portal/exercises/{id}/plans/{step}",
            Partner,
            Sets { page: "/portal/exercises/{id}", why: "a plan is there once for each day and time" },
            plans::update,
        )
        .post(
            "/portal/exercises/{id}/not-now",
            Partner,
            Sets { page: "/portal/exercises/{id}", why: "the last word counts" },
            responses::not_now,
        )
        .post(
            "/portal/answers/{id}/share",
            Partner,
            Sets { page: "/portal", why: "what is shared stays shared" },
            sharing::share,
        )
        .post(
            "/portal/answers/{id}/unshare",
            Partner,
            Sets { page: "/portal", why: "what is taken back stays so" },
            sharing::unshare,
        )
        .post(
            "/portal/offers/{id}",
            Partner,
            Sets { page: "/portal", why: "what is accepted stays so" },
            sharing::accept,
        )
        .call("/api/draft", Partner, "a draft has numbered writes", Typing, exercises::api::draft)
}
