//! The extractors: each is the key to a scope of the store.
//!
//! They check again what [`super::guard`] let pass, so that a line of the
//! table with the wrong class opens nothing: the handler's own key decides.

use std::ops::Deref;

use axum::{extract::FromRequestParts, http::request::Parts};
use store::{Store, Visitor};

use super::Admitted;
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
    /// Settings, rooms, staff, the audit log.
    Owner(store::Owner) = |store, visitor| store.owner(visitor);
    /// The clinician's own clients.
    Clinician(store::Clinician) = |store, visitor| store.clinician(visitor);
    /// The bookings of the whole practice.
    FrontDesk(store::Bookings) = |store, visitor| store.front_desk(visitor);
    /// Bookings: the practice's for the front desk, their own for a clinician.
    Bookings(store::Bookings) = |store, visitor| store.bookings(visitor);
    /// One person's portal.
    Partner(store::Partner) = |store, visitor| store.partner(visitor);
    /// Anyone's own account.
    SignedIn(store::SignedIn) = |store, visitor| Some(store.signed_in(visitor));
}
