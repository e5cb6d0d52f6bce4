//! The pages of the intake: those of the person who answers it, those of the
//! therapist and the front desk, and the owner's page of the list.

pub mod desk;
pub mod fields;
pub mod list;
pub mod own;
pub mod paper;
pub mod record;

use leptos::prelude::*;

use crate::ui::{Tone, badge};

/// How far the people of a client are, as a badge: green once everyone is ready,
/// amber until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub is_ready: bool,
    /// Such as "Intake: Amara 3 of 6, Jonas ready".
    pub text: String,
}

/// Renders the badge.
pub fn mark(mark: &Mark) -> AnyView {
    badge(if mark.is_ready { Tone::Good } else { Tone::Wait }, mark.text.clone())
}
