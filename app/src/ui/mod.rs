//! The parts that pages are made of. Each is written once.

pub mod chart;
pub mod field;
pub mod parts;
pub mod shell;

use domain::form::{Errors, Form};

pub use field::{Field, error_summary, form_key, zone_select};
pub use parts::{
    Tone, badge, card, empty, facts, filters, page_head, phone_link, plain_badge, scope_badge, submit, table,
};

/// A form as it was sent, with what was not understood: what a refused page
/// shows again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormState {
    pub form: Form,
    pub errors: Errors,
}

impl FormState {
    pub fn new(form: Form) -> Self {
        Self { form, errors: Errors::default() }
    }
}
