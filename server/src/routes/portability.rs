//! Routes of the area portability: the import of client lists.

use super::Routes;
use crate::{
    route::{
        Access::{Clinician, Owner},
        Posts::{Once, Sets},
    },
    web::{clients::client, portability::client_lists},
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get("/practice/imports", Owner, client_lists::index)
        .post("/practice/imports", Owner, Once("/practice/imports"), client_lists::create)
        .get("/practice/imports/{id}", Owner, client_lists::show)
        .post(
            "/practice/imports/{id}",
            Owner,
            Sets { page: "/practice/imports/{id}", why: "what is imported, undone or released is so once" },
            client_lists::update,
        )
        .post(
            "/clients/{id}/release",
            Clinician,
            Sets { page: "/clients/{id}", why: "who is released stays released" },
            client::release,
        )
}
