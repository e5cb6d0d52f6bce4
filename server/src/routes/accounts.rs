//! Routes of the area accounts: the first pages, set-up, signing in, invitations,
//! resets, and the visitor’s own account.

use super::Routes;
use crate::{
    route::{
        Access::{Partner, Public, SignedIn},
        Posts::{Once, OnceUnless, Sets},
    },
    web::{
        accounts::{account, home, invitations, resets, setup, sign_in, two_step},
        portal,
    },
};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        // The first pages
        .get("/", Public, home::show)
        .get("/portal", Partner, portal::show)
        // Set-up, signing in, invitations and resets
        .get("/setup", Public, setup::show)
        .post("/setup", Public, Once("/setup"), setup::create)
        .get("/sign-in", Public, sign_in::show)
        .post(
            "/sign-in",
            Public,
            Sets { page: "/sign-in", why: "a login takes the place of the browser’s former one" },
            sign_in::create,
        )
        .post("/sign-in/code", Public, Sets { page: "/sign-in", why: "a code works once" }, two_step::answer)
        .post(
            "/sign-in/lost",
            Public,
            Sets { page: "/sign-in", why: "a request that is open stays as it is" },
            two_step::lost,
        )
        .post("/sign-out", SignedIn, Sets { page: "/", why: "an ended login stays ended" }, sign_in::destroy)
        .get("/invitations/{token}", Public, invitations::show)
        .post("/invitations/{token}", Public, Once("/invitations/{token}"), invitations::accept)
        .get("/forgot", Public, resets::request)
        .post("/forgot", Public, Once("/forgot"), resets::send)
        .get("/reset/{token}", Public, resets::show)
        .post("/reset/{token}", Public, Once("/reset/{token}"), resets::update)
        // The visitor’s own account
        .get("/account", SignedIn, account::show)
        .get("/account/security", SignedIn, account::security)
        .get("/account/feed", SignedIn, account::show_feed)
        .post(
            "/account/zone",
            SignedIn,
            Sets { page: "/account", why: "the zone is the one that was sent" },
            account::zone,
        )
        .post(
            "/account/keyboard",
            SignedIn,
            Sets { page: "/account", why: "the choice is the one that was sent" },
            account::keyboard,
        )
        .post(
            "/account/language",
            Partner,
            Sets { page: "/account", why: "the language is the one that was sent" },
            account::language,
        )
        .post("/account/email", SignedIn, OnceUnless { named: "do", page: "/account" }, account::email)
        .get("/account/address/{token}", SignedIn, account::new_address)
        .post("/account/address/{token}", SignedIn, Once("/account/address/{token}"), account::confirm_address)
        .post("/account/password", SignedIn, Once("/account/security"), account::password)
        .get("/account/two-step", SignedIn, two_step::show)
        .post(
            "/account/two-step",
            SignedIn,
            Sets { page: "/account/two-step", why: "a code works once, and an app is set up once" },
            two_step::set_up,
        )
        .post(
            "/account/two-step/codes",
            SignedIn,
            Sets { page: "/account/two-step", why: "the codes that are shown last count" },
            two_step::renew_codes,
        )
        .post(
            "/account/two-step/remove",
            SignedIn,
            Sets { page: "/account/two-step", why: "what is switched off stays off" },
            two_step::remove,
        )
        .post(
            "/account/two-step/keep",
            SignedIn,
            Sets { page: "/account/two-step", why: "a request that is over stays over" },
            two_step::keep,
        )
        .post(
            "/account/two-step/devices",
            SignedIn,
            Sets { page: "/account/two-step", why: "forgotten devices stay forgotten" },
            two_step::forget_devices,
        )
        .post(
            "/account/logins/{id}/end",
            SignedIn,
            Sets { page: "/account/security", why: "an ended login stays ended" },
            account::end_login,
        )
        .post(
            "/account/logins/end-others",
            SignedIn,
            Sets { page: "/account/security", why: "ended logins stay ended" },
            account::end_others,
        )
}
