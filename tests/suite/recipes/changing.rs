//! The recipes of forms that set a state and of calls by scripts, by area.

mod bookings;
mod care;
mod office;
mod portal;
mod records;

use super::{Effect, Line, Sent};
use crate::{matrix::Who, presses::fields, routes::Stage};

/// A route whose request is filled in.
struct Filling<'a> {
    stage: &'a Stage,
    route: &'static str,
}

impl Filling<'_> {
    /// A form with these fields; its path is the route's if that has no ids.
    fn form(&self, may: &'static [Who], pairs: &[(&str, &str)], effect: Effect) -> Line {
        let path = if self.route.contains('{') { String::new() } else { self.route.to_owned() };
        Line { may, path, sent: Sent::Form(fields(pairs)), effect }
    }

    /// The same at the route's path, with the ids of the stage.
    fn at_own_path(&self, line: Line) -> Line {
        Line { path: self.stage.fill(self.route), ..line }
    }
}

/// The same at another path.
fn at(path: String, line: Line) -> Line {
    Line { path, ..line }
}

/// The recipes of these forms and calls; `None` for any other path.
pub(super) async fn sets(stage: &Stage, route: &'static str, variant: &str) -> Option<Line> {
    let m = Filling { stage, route };
    if let Some(line) = office::line(&m).await {
        return Some(line);
    }
    if let Some(line) = bookings::line(&m).await {
        return Some(line);
    }
    if let Some(line) = care::line(&m).await {
        return Some(line);
    }
    if let Some(line) = records::line(&m).await {
        return Some(line);
    }
    portal::line(&m, variant).await
}
