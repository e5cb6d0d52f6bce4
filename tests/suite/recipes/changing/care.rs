//! The recipes of forms and calls of clients, the library, pathways and assignments.

use domain::{
    exercises::{
        assignment::{Audience, Frequency, NewAssignment, Rhythm},
        exercise::Document,
    },
    ids::AssignmentId,
};
use tests::people::{pathway, person, small_document};

use super::{Filling, at};
use crate::{
    matrix::PASSWORD,
    presses::{self, fields},
    recipes::{Line, OWN, Sent, answers_with_page, made::half_a_couple, writes},
};

/// The recipe of a form or call of clients and exercises; `None` for any other.
pub(super) async fn line(m: &Filling<'_>) -> Option<Line> {
    let stage = m.stage;
    let cast = &stage.cast;
    let route = m.route;
    Some(match route {
        "/clients/{id}/acceptance" => {
            let client = presses::offered_client(stage).await;
            at(format!("/clients/{client}/acceptance"), m.form(OWN, &[], writes("care", "/clients/")))
        }
        "/clients/{id}/archive" | "/clients/{id}/restore" => {
            let client = half_a_couple(stage).await;
            if route.ends_with("restore") {
                assert!(cast.ruth.set_archived(client, true).await.unwrap());
            }
            at(route.replace("{id}", &client.to_string()), m.form(OWN, &[], writes("client", "/clients/")))
        }
        "/clients/{id}/partners/{person}/hold" => {
            m.at_own_path(m.form(OWN, &[("why", "A court case")], writes("client", "/clients/")))
        }
        "/clients/{id}/partners/{person}/erasure" => {
            stage.world.raw("UPDATE session SET state = 'cancelled'").await.unwrap();
            let typed = [("name", "Amara Nwosu"), ("current_password", PASSWORD)];
            m.at_own_path(m.form(OWN, &typed, writes("erasure", "/clients/")))
        }
        "/clients/{id}/release" => {
            stage.world.raw("UPDATE person SET held_at = created_at").await.unwrap();
            m.at_own_path(m.form(OWN, &[], writes("person", "/clients/")))
        }
        "/clients/{id}/partners/{person}/edit" => {
            let client = half_a_couple(stage).await;
            let person = person(&cast.ruth, client, "Lea").await;
            let typed = [("a.name", "Lea Berg"), ("a.zone", "Europe/Berlin"), ("a.language", "en")];
            let path = format!("/clients/{client}/partners/{person}/edit");
            at(path, m.form(OWN, &typed, writes("person", "/clients/")))
        }
        "/library/{slug}/archive" | "/library/{slug}/restore" => {
            let document = Document { slug: "pathways".into(), title: "Long walks".into(), ..small_document() };
            let done = cast.ruth.import_exercise(&document).await.unwrap();
            let store::ExerciseImported::Done(slug, _) = done else { panic!("{done:?}") };
            if route.ends_with("restore") {
                assert!(cast.ruth.set_exercise_archived(&slug, true).await.unwrap());
            }
            at(route.replace("{slug}", &slug), m.form(OWN, &[], writes("exercise", "/library/")))
        }
        "/authoring/{id}" => m.at_own_path(m.form(
            OWN,
            &[("title", "Anew"), ("do", "save"), ("number", "0")],
            writes("exercise_draft", "/authoring/"),
        )),
        "/authoring/{id}/discard" => m.at_own_path(m.form(OWN, &[], writes("exercise_draft", "/authoring"))),
        "/api/exercise" => {
            let body = serde_json::json!({
                "draft": stage.ids["/authoring/{id}"], "number": 0, "fields": [["title", "Anew"]],
            });
            Line { sent: Sent::Json(body.to_string()), ..m.form(OWN, &[], answers_with_page("exercise_draft")) }
        }
        "/pathways/{slug}/edit" => {
            let typed =
                domain::exercises::pathway::Pathway { title: "Another way".into(), ..pathway("own-way", "small") }
                    .form();
            let mut typed = typed.0;
            typed.extend(fields(&[("do", "save")]));
            m.at_own_path(Line { sent: Sent::Form(typed), ..m.form(OWN, &[], writes("pathway", "/pathways/")) })
        }
        "/pathways/{slug}/archive" => m.at_own_path(m.form(OWN, &[], writes("pathway", "/pathways"))),
        "/pathway-progress/{id}/edit" => {
            let typed = [("do", "save"), ("given", "1"), ("step.0.exercise", "small"), ("step.0.days", "20")];
            m.at_own_path(m.form(OWN, &typed, writes("progress_step", "/pathway-progress/")))
        }
        "/pathway-progress/{id}/end" => m.at_own_path(m.form(OWN, &[], writes("pathway_progress", "/"))),
        "/assignments/{id}/withdraw" => m.at_own_path(m.form(OWN, &[], writes("assignment", "/clients/"))),
        "/assignments/{id}/pause" | "/assignments/{id}/resume" => {
            let rhythm = Rhythm { days: 7, from: "2026-11-23".parse().unwrap(), until: None };
            let new = NewAssignment {
                for_whom: Audience::Everyone,
                frequency: Frequency::Every(rhythm),
                word_along: String::new(),
            };
            let id: AssignmentId = cast.ruth.assign(cast.couple, "open", &new, None).await.unwrap().unwrap();
            if route.ends_with("resume") {
                cast.ruth.set_paused(id, true).await.unwrap().unwrap();
            }
            at(route.replace("{id}", &id.to_string()), m.form(OWN, &[], writes("assignment", "/assignments/")))
        }
        _ => return None,
    })
}
