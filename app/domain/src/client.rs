//! The treatment unit: a couple, or a person by themselves.

crate::words! {
    pub enum ClientKind {
        Couple = "couple", "Couple";
        Individual = "individual", "Individual";
    }
}

crate::words! {
    /// A place in the treatment unit. A couple has two, in no order of rank.
    pub enum Seat {
        A = "a", "Partner A";
        B = "b", "Partner B";
    }
}

impl ClientKind {
    pub const fn seats(self) -> &'static [Seat] {
        match self {
            Self::Couple => &[Seat::A, Seat::B],
            Self::Individual => &[Seat::A],
        }
    }
}

/// "Amara & Jonas": how a unit is called where no name was given to it.
pub fn title<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().map(str::trim).filter(|n| !n.is_empty()).collect();
    if names.is_empty() { "Nobody yet".to_owned() } else { names.join(" & ") }
}
