//! Scopes: what a visitor, a guest or the program itself may reach, as types that
//! only the store can create.

use std::ops::Deref;

use domain::{
    clients::person::{Language, Role, Zone},
    ids::{AccountId, LoginId, PersonId},
};

use crate::Store;

/// A person who is signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub account: AccountId,
    pub login: LoginId,
    pub name: String,
    pub zone: Zone,
    /// The language of a client's pages; English for staff.
    pub language: Language,
    pub roles: Vec<Role>,
    /// Whether the key `/` moves to the search field.
    pub slash_search: bool,
    /// Whether the visitor must set up two-step sign-in before anything else.
    pub owes_second_step: bool,
    /// The person behind a client's account; `None`: staff.
    pub person: Option<PersonId>,
}

impl Visitor {
    /// Whether the visitor has this role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

macro_rules! scopes {
    ($(
        $(#[$meta:meta])*
        $name:ident {$($(#[$field_meta:meta])* $field_vis:vis $field:ident: $field_type:ty,)*}
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            store: Store,
            visitor: Visitor,
            $($(#[$field_meta])* $field_vis $field: $field_type,)*
        }

        impl $name {
            /// The store that the scope reads and writes.
            pub(crate) fn store(&self) -> &Store { &self.store }
            /// The visitor who acts.
            pub fn visitor(&self) -> &Visitor { &self.visitor }
            /// The time now.
            pub fn now(&self) -> chrono::DateTime<chrono::Utc> { self.store.now() }
            /// The account that acts.
            pub fn me(&self) -> AccountId { self.visitor.account }
        }
    )+};
}

scopes! {
    /// Settings, rooms, staff and the audit log; no clinical content.
    Owner {}

    /// The clinical content of the clients in the clinician's own caseload.
    Clinician {}

    /// The own account of anybody who is signed in.
    SignedIn {}

    /// Bookings: of the whole practice for the front desk, of their own sessions
    /// for a clinician.
    Bookings {
        /// The clinician whose bookings these are. `None`: the whole practice's.
        pub(crate) only: Option<AccountId>,
        /// Whether changes can be undone before anybody is told. Changes that
        /// clients made or were promised cannot.
        pub(crate) undoable: bool,
    }

    /// One person's own portal.
    Partner {
        person: PersonId,
    }
}

impl Owner {
    /// This scope for work that goes on after the answer to the request, with reads and
    /// writes of its own.
    #[must_use]
    pub fn beyond_request(&self) -> Self {
        Self { store: self.store.with_clock(self.store.clock().clone()), visitor: self.visitor.clone() }
    }
}

impl Bookings {
    /// Gives the request's connection back before it does something slow. What
    /// is read afterwards may be newer than what was read before.
    pub fn release_connection(&self) {
        self.store.read_anew();
    }

    /// Whether these are the bookings of the whole practice.
    pub fn is_desk(&self) -> bool {
        self.only.is_none()
    }

    /// The scope for a partner's act on their own session, which the portal's
    /// rules have allowed; it is audited as theirs.
    pub(crate) fn of_partner(partner: &Partner) -> Self {
        Self { store: partner.store.clone(), visitor: partner.visitor.clone(), only: None, undoable: false }
    }

    /// This scope for what clients asked for and were promised: it cannot be
    /// undone.
    pub(crate) fn without_undo(&self) -> Self {
        Self { undoable: false, ..self.clone() }
    }
}

impl Partner {
    /// The person whose portal this is.
    pub fn person(&self) -> PersonId {
        self.person
    }
}

/// What a visitor can do without a login: set up the practice, accept an
/// invitation, reset a password, ask for a first meeting, and use the secret
/// links of emails and calendar feeds. The program limits how often.
#[derive(Clone)]
pub struct Guest(Store);

impl Guest {
    /// The store that the scope reads and writes.
    pub(crate) fn store(&self) -> &Store {
        &self.0
    }

    /// The time now.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.0.now()
    }
}

/// What the program does by itself, without a visitor: it sends emails, makes
/// what is due, and forgets old rows. It reaches everything that the store
/// reaches, so no handler gets it.
#[derive(Clone)]
pub struct Worker(Store);

impl Deref for Worker {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.0
    }
}

impl Store {
    /// What a visitor can do without a login.
    pub fn guest(&self) -> Guest {
        Guest(self.clone())
    }

    /// What the workers and jobs of the program do.
    pub fn worker(&self) -> Worker {
        Worker(self.clone())
    }

    /// The visitor's own account.
    pub fn signed_in(&self, visitor: &Visitor) -> SignedIn {
        SignedIn { store: self.clone(), visitor: visitor.clone() }
    }

    /// The owner's scope. `None`: the visitor is not an owner.
    pub fn owner(&self, visitor: &Visitor) -> Option<Owner> {
        visitor.has(Role::Owner).then(|| Owner { store: self.clone(), visitor: visitor.clone() })
    }

    /// The clinician's scope. `None`: the visitor is not a clinician.
    pub fn clinician(&self, visitor: &Visitor) -> Option<Clinician> {
        visitor.has(Role::Clinician).then(|| Clinician { store: self.clone(), visitor: visitor.clone() })
    }

    /// The bookings of the whole practice. `None`: the visitor is not at the
    /// front desk.
    pub fn front_desk(&self, visitor: &Visitor) -> Option<Bookings> {
        visitor.has(Role::FrontDesk).then(|| Bookings {
            store: self.clone(),
            visitor: visitor.clone(),
            only: None,
            undoable: true,
        })
    }

    /// The widest bookings that this visitor may see and make. `None`: they may
    /// see none.
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

    /// The portal of the visitor. `None`: the visitor is not a client.
    pub fn partner(&self, visitor: &Visitor) -> Option<Partner> {
        let person = visitor.person.filter(|_| visitor.has(Role::Partner))?;
        Some(Partner { store: self.clone(), visitor: visitor.clone(), person })
    }
}
