//! Sessions: booking, viewing, marking, moving and cancelling them. The front
//! desk does this for every therapist, a therapist for their own sessions.

mod book;
mod cancel;
mod mark;
mod refusal;
mod reschedule;
mod shared;
mod show;
mod time;

pub(crate) use self::{
    book::{book_or_reason, fill_usual_length},
    reschedule::move_href,
    shared::{arrival, marks_for, time_fields},
};
pub use self::{
    book::{create, new},
    cancel::{cancel, cancel_form},
    mark::{attendance, earlier, fee, state, undo},
    reschedule::{move_form, update},
    show::show,
};
