//! A day and time to plan. It is planned outside the response, so the step has
//! no answer of its own, and its kind has no data.

use super::definition::Definition;
use crate::exercises::exercise::Scope;

/// Checks the definition of a step with a plan.
pub(super) fn check_definition(definition: &mut Definition<'_>) {
    let step = definition.step;
    let open = step.scope != Scope::Reveal;
    definition.require(open, "scope", "choose another reader: a plan cannot open only when both have answered");
}
