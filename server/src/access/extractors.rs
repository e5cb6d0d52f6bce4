//! The extractors of handlers, each of which gives one scope of the store.
//!
//! Each checks again what [`super::guard()`] let through, so that a route with the
//! wrong class in the table gives no access: the handler's own extractor decides.

use std::ops::Deref;

use axum::{extract::FromRequestParts, http::request::Parts};
use store::{Store, Visitor};

use super::admitted::Admitted;
use crate::error::Failure;

macro_rules! guards {
    ($($(#[$meta:meta])* $name:ident($scope:ty) = |$store:ident, $visitor:ident| $open:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name($scope);

        impl $name {
            /// The store's scope itself.
            pub fn scope(&self) -> &$scope { &self.0 }
        }

        impl Deref for $name {
            type Target = $scope;
            fn deref(&self) -> &$scope { &self.0 }
        }

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Failure;
            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
                let open = |$store: &Store, $visitor: &Visitor| -> Option<$scope> { $open };
                let admitted = parts.extensions.get::<Admitted>().ok_or(Failure::NotFound)?;
                let visitor = admitted.visitor.as_ref().ok_or(Failure::NotFound)?;
                open(&admitted.store, visitor).map(Self).ok_or(Failure::NotFound)
            }
        }
    )+};
}

guards! {
    /// Access to settings, rooms, staff and the audit log.
    Owner(store::Owner) = |store, visitor| store.owner(visitor);
    /// Access to a therapist's own clients.
    Clinician(store::Clinician) = |store, visitor| store.clinician(visitor);
    /// Access to the bookings of the whole practice.
    FrontDesk(store::Bookings) = |store, visitor| store.front_desk(visitor);
    /// Access to bookings: the whole practice's for the front desk, their own for a
    /// therapist.
    Bookings(store::Bookings) = |store, visitor| store.bookings(visitor);
    /// Access to one partner's portal.
    Partner(store::Partner) = |store, visitor| store.partner(visitor);
    /// Access to the visitor's own account.
    SignedIn(store::SignedIn) = |store, visitor| Some(store.signed_in(visitor));
}
