//! Routes of what leaves the practice: releases that everyone signs, disclosures by
//! law or in an emergency, and what left.

use crate::{
    route::{
        Access::{Clinician, Partner},
        Posts::{Once, Sets},
    },
    routes::Routes,
    web::records::{disclosures, handovers, own_releases, releases},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    let routes = by_law(routes);
    routes
        .get("/clients/{id}/releases/new", Clinician, releases::new)
        .post("/clients/{id}/releases", Clinician, Once("/clients/{id}/releases/new"), releases::create)
        .get("/releases/{id}", Clinician, releases::show)
        .post("/releases/{id}/send", Clinician, Once("/releases/{id}"), releases::send)
        .post(
            "/releases/{id}/close",
            Clinician,
            Sets { page: "/releases/{id}", why: "a release that was closed stays closed" },
            releases::close,
        )
        .get("/handovers/{id}", Clinician, handovers::show)
        .get("/handovers/{id}/files/{number}", Clinician, handovers::file)
        .get("/portal/releases/{id}", Partner, own_releases::show)
        .post(
            "/portal/releases/{id}",
            Partner,
            Sets { page: "/portal/releases/{id}", why: "the choice is the one that was sent" },
            own_releases::choose,
        )
        .post(
            "/portal/releases/{id}/withdraw",
            Partner,
            Sets { page: "/portal/releases/{id}", why: "a signature that was withdrawn stays withdrawn" },
            own_releases::withdraw,
        )
}

/// Adds the routes of disclosures.
fn by_law(routes: Routes) -> Routes {
    routes
        .get("/clients/{id}/disclosures/new", Clinician, disclosures::new)
        .post("/clients/{id}/disclosures", Clinician, Once("/clients/{id}/disclosures/new"), disclosures::create)
        .get("/disclosures/{id}", Clinician, disclosures::show)
        .get("/disclosures/{id}/order", Clinician, disclosures::order)
        .post(
            "/disclosures/{id}/answer",
            Clinician,
            Sets { page: "/disclosures/{id}", why: "the first answer stays" },
            disclosures::answer,
        )
        .post("/disclosures/{id}/send", Clinician, Once("/disclosures/{id}"), disclosures::send)
        .post(
            "/disclosures/{id}/drop",
            Clinician,
            Sets { page: "/disclosures/{id}", why: "a disclosure that was dropped stays dropped" },
            disclosures::drop,
        )
        .post("/disclosures/{id}/telling", Clinician, Once("/disclosures/{id}"), disclosures::tell)
        .get("/portal/disclosures/{id}", Partner, own_releases::told)
}
