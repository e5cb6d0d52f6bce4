//! The policy and the store: what `domain::access::may` says is what happens.
//!
//! The table is printed to `tests/access_matrix.txt`, to be reviewed as a diff. Every
//! cell of it is then tried through the scopes that the store gives to each actor:
//! `reads` reads everything that an actor can read, `sees` looks for each thing in it,
//! and `tries` calls every function that could create or change a thing.

use std::collections::BTreeMap;

use domain::{
    access::{Action, Actor, may, table, things},
    exercises::{exercise::Scope, step::StepKind},
};
use tests::both;

use self::stage::{Stage, plans_document};

mod doors;
mod reads;
mod sees;
mod stage;
mod tries;

#[test]
fn printed_access_matrix_matches_the_policy() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/access_matrix.txt");
    let now = table();
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    if now != kept {
        std::fs::write(path, &now).expect("written");
        panic!("the policy changed: look at the diff of tests/access_matrix.txt, and commit it if it is meant");
    }
}

/// The number of cells of the policy: ten actors, three actions, 60 things.
const CELLS: usize = 10 * 3 * 60;

both!(the_store_does_what_the_policy_says, |world| {
    let stage = Stage::new(world).await;
    // Read first, so that the tries leave nothing to be read.
    let mut seen = BTreeMap::new();
    for actor in Actor::ALL {
        let doors = stage.doors(*actor).await;
        seen.insert(*actor, (reads::everything(&stage, &doors).await, doors));
    }
    let (mut cells, mut differ) = (0, Vec::new());
    for (name, thing) in things() {
        for (actor, (text, doors)) in &seen {
            for action in Action::ALL {
                let happened = match action {
                    Action::See => sees::sees(&stage, doors, text, thing).await,
                    Action::Create => tries::creates(&stage, doors, thing).await,
                    Action::Change => tries::changes(&stage, doors, thing).await,
                };
                cells += 1;
                let allowed = may(*actor, *action, thing).is_ok();
                if happened != allowed {
                    let (says, does) = if allowed { ("may", "cannot") } else { ("may not", "can") };
                    differ.push(format!(
                        "{} {says} {} {name} by the policy, and {does} in the store",
                        actor.word(),
                        action.word()
                    ));
                }
            }
        }
    }
    assert!(differ.is_empty(), "{} of {cells} cells differ:\n{}", differ.len(), differ.join("\n"));
    assert_eq!(cells, Actor::ALL.len() * Action::ALL.len() * things().len(), "every actor, action and thing");
    assert_eq!(cells, CELLS, "the number that the documents name");
});

/// `Thing::Plan` can have a scope that no plan has: such an exercise cannot be written.
#[test]
fn plan_step_cannot_be_blind() {
    let mut document = plans_document();
    assert!(document.problems().is_empty(), "{:?}", document.problems());
    for step in document.steps.iter_mut().filter(|step| step.kind == StepKind::Plan) {
        step.scope = Scope::Reveal;
    }
    assert_eq!(document.problems().len(), 3, "each of them is a problem: {:?}", document.problems());
}
