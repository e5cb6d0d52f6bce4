//! Scopes: what a visitor may reach, as types that only the store makes.

use domain::{
    ids::{AccountId, PersonId},
    person::Role,
};

use crate::{Store, Visitor};

macro_rules! scopes {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            store: Store,
            visitor: Visitor,
        }

        impl $name {
            pub(crate) fn store(&self) -> &Store { &self.store }
            pub fn visitor(&self) -> &Visitor { &self.visitor }
            pub fn now(&self) -> chrono::DateTime<chrono::Utc> { self.store.now() }
            /// The account that acts.
            pub fn me(&self) -> AccountId { self.visitor.account }
        }
    )+};
}

scopes! {
    /// Settings, rooms, staff, the audit log. No clinical content.
    Owner;
    /// The clinical content of the clients in their own caseload.
    Clinician;
    /// Anyone signed in: their own account.
    SignedIn;
}

/// Bookings: the whole practice's for the front desk, their own for a
/// clinician.
#[derive(Clone)]
pub struct Bookings {
    store: Store,
    visitor: Visitor,
    pub(crate) only: Option<AccountId>,
    /// Changes may be undone while nobody is told: not those that clients made
    /// or were promised.
    pub(crate) undoable: bool,
}

impl Bookings {
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.store.now()
    }
    pub fn me(&self) -> AccountId {
        self.visitor.account
    }
    /// Holds no connection while the request does something that takes long;
    /// what it reads after is of another moment.
    pub fn read_anew(&self) {
        self.store.read_anew();
    }
    /// Whether these are the bookings of the whole practice.
    pub fn is_desk(&self) -> bool {
        self.only.is_none()
    }
}

impl Bookings {
    /// A partner's own act on their own session, which the portal's rules have
    /// allowed: it is theirs on record.
    pub(crate) fn by_partner(partner: &Partner) -> Self {
        Self { store: partner.store.clone(), visitor: partner.visitor.clone(), only: None, undoable: false }
    }

    /// The same for what clients asked for and were promised.
    pub(crate) fn as_promised(&self) -> Self {
        Self { undoable: false, ..self.clone() }
    }
}

/// One person's own portal.
#[derive(Clone)]
pub struct Partner {
    store: Store,
    visitor: Visitor,
    person: PersonId,
}

impl Partner {
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.store.now()
    }
    pub fn me(&self) -> AccountId {
        self.visitor.account
    }
    pub fn person(&self) -> PersonId {
        self.person
    }
}

impl Store {
    pub fn signed_in(&self, visitor: &Visitor) -> SignedIn {
        SignedIn { store: self.clone(), visitor: visitor.clone() }
    }

    pub fn owner(&self, visitor: &Visitor) -> Option<Owner> {
        visitor.has(Role::Owner).then(|| Owner { store: self.clone(), visitor: visitor.clone() })
    }

    pub fn clinician(&self, visitor: &Visitor) -> Option<Clinician> {
        visitor.has(Role::Clinician).then(|| Clinician { store: self.clone(), visitor: visitor.clone() })
    }

    /// The front desk's bookings, and no narrower ones.
    pub fn front_desk(&self, visitor: &Visitor) -> Option<Bookings> {
        visitor.has(Role::FrontDesk).then(|| Bookings {
            store: self.clone(),
            visitor: visitor.clone(),
            only: None,
            undoable: true,
        })
    }

    /// The bookings that this visitor may see and make.
    pub fn bookings(&self, visitor: &Visitor) -> Option<Bookings> {
        self.front_desk(visitor).or_else(|| {
            visitor.has(Role::Clinician).then(|| Bookings {
                store: self.clone(),
                visitor: visitor.clone(),
                only: Some(visitor.account),
                undoable: true,
            })
        })
    }

    pub fn partner(&self, visitor: &Visitor) -> Option<Partner> {
        let person = visitor.person.filter(|_| visitor.has(Role::Partner))?;
        Some(Partner { store: self.clone(), visitor: visitor.clone(), person })
    }
}
