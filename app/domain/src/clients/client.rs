//! The client: the treatment unit, a couple or an individual.

crate::words! {
    /// Whether a client is a couple or an individual.
    pub enum ClientKind {
        Couple = "couple", "Couple";
        Individual = "individual", "Individual";
    }
}

crate::words! {
    /// The place of a person in a client. A couple has two seats, with no order
    /// of rank between them; an individual has seat A.
    pub enum Seat {
        A = "a", "Partner A";
        B = "b", "Partner B";
    }
}

impl ClientKind {
    /// The seats of a client of this kind.
    pub const fn seats(self) -> &'static [Seat] {
        match self {
            Self::Couple => &[Seat::A, Seat::B],
            Self::Individual => &[Seat::A],
        }
    }
}

/// The title of a client without a name of its own, made of its people's names:
/// "Amara & Jonas".
pub fn title<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().map(str::trim).filter(|n| !n.is_empty()).collect();
    if names.is_empty() { "Nobody yet".to_owned() } else { names.join(" & ") }
}
