//! The parts of which pages are made.

pub mod chart;
pub mod field;
pub mod parts;
pub mod place;
pub mod shell;

use domain::form::{Errors, Form};

pub use field::{Field, FormKeys, RenderedAt, error_summary, errors_in_page_order, form_key, zone_select};
pub use parts::{
    FilterLink, Link, Pager, Tone, badge, card, empty, facts, filters, page_head, pager, phone_line, phone_link,
    plain_badge, row_buttons, submit, table,
};

/// A form as it was sent, with its errors, so that a refused page can show it
/// again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormState {
    pub form: Form,
    pub errors: Errors,
}

impl FormState {
    /// A form without errors.
    pub fn new(form: Form) -> Self {
        Self { form, errors: Errors::default() }
    }
}

/// A form state that was refused at one field, for samples.
pub(crate) fn refused(field: &str, message: &str) -> FormState {
    FormState {
        form: Form::from_pairs([(field, "अनन्या 💛 typed"), ("name", "Lakeside"), ("zone", "Europe/Berlin")]),
        errors: Errors::at_field(field, message),
    }
}
