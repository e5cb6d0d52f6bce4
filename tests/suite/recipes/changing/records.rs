//! The recipes of forms and calls of notes, documents, forms, releases, disclosures, requests for data and intakes.

use domain::{practice::settings::Practice, records::policy::Preset};

use super::{Filling, at};
use crate::{
    matrix::PASSWORD,
    recipes::{
        DESK, Line, OTHER, OWN, Sent, answers_with_page,
        made::{copy_to_hand_over, decide_all, half_a_couple, moved_section, signed_note},
        writes,
    },
    records::{consents, leaving, policy},
};

/// The recipe of a form or call of the record; `None` for any other.
pub(super) async fn line(m: &Filling<'_>) -> Option<Line> {
    let stage = m.stage;
    let (cast, world) = (&stage.cast, &stage.world);
    let route = m.route;
    Some(match route {
        "/releases/{id}/close" => {
            let release = leaving::release(cast, "Dr. Weiss").await;
            at(format!("/releases/{release}/close"), m.form(OWN, &[], writes("release", "/releases/")))
        }
        "/disclosures/{id}/answer" => {
            let id = leaving::disclosure(&world.store, (cast, &cast.emeka), "The court").await;
            let line = m.form(OTHER, &[("do", "confirm")], writes("disclosure", "/disclosures/"));
            at(format!("/disclosures/{id}/answer"), line)
        }
        "/disclosures/{id}/drop" => {
            let id = leaving::disclosure(&world.store, (cast, &cast.emeka), "The court").await;
            at(format!("/disclosures/{id}/drop"), m.form(OWN, &[], writes("disclosure", "/disclosures/")))
        }
        "/consents/{id}/close" => {
            let ask = consents::fresh(cast).await;
            at(format!("/consents/{ask}/close"), m.form(OWN, &[], writes("consent_ask", "/clients/")))
        }
        "/consents/{id}/withdrawal" => {
            let ask = consents::signed(cast).await;
            at(format!("/consents/{ask}/withdrawal"), m.form(OWN, &[], writes("signature", "/consents/")))
        }
        "/consents/{id}/room" => {
            let ask = consents::fresh(cast).await;
            let hash = consents::shown(&cast.amara, ask).await.hash;
            let typed = [("agree", "yes"), ("typed_name", "Amara"), ("shown", hash.as_str()), ("copy", "printed")];
            at(format!("/consents/{ask}/room"), m.form(OWN, &typed, writes("signature", "/consents/")))
        }
        "/consents/{id}/paper" => {
            let ask = consents::fresh(cast).await;
            let typed = [
                ("version", "1"),
                ("language", "en"),
                ("typed_name", "Amara"),
                ("signed_on", "2026-11-20"),
                ("is_signed", "yes"),
            ];
            at(format!("/consents/{ask}/paper"), m.form(OWN, &typed, writes("signature", "/consents/")))
        }
        "/policies/{id}/end" => {
            let policy = policy::propose(cast, Preset::NoSecrets).await;
            at(format!("/policies/{policy}/end"), m.form(OWN, &[], writes("policy", "/clients/")))
        }
        "/policies/{id}/newcomers" => {
            let policy = policy::propose_to_half_a_couple(cast).await;
            at(format!("/policies/{policy}/newcomers"), m.form(OWN, &[], writes("consent_ask", "/clients/")))
        }
        "/data-requests/{id}/items/{item}" => {
            let typed = [("decision", "in"), ("revision", "0")];
            m.at_own_path(m.form(OWN, &typed, writes("data_decision", "/data-requests/")))
        }
        "/data-requests/{id}/include" => {
            signed_note(stage).await;
            m.at_own_path(m.form(OWN, &[], writes("data_decision", "/data-requests/")))
        }
        "/data-requests/{id}/finish" => {
            decide_all(stage, stage.ids["/data-requests/{id}"].parse().unwrap()).await;
            m.at_own_path(m.form(OWN, &[], writes("data_request_part", "/data-requests/")))
        }
        "/data-requests/{id}/extension" => {
            m.at_own_path(m.form(OWN, &[("reason", "Many notes.")], writes("data_request", "/data-requests/")))
        }
        "/data-requests/{id}/handed" => {
            let (id, client) = (copy_to_hand_over(stage).await, cast.couple.to_string());
            let typed = [("client", client.as_str()), ("manner", "post"), ("address", "Lake Road 1")];
            at(format!("/data-requests/{id}/handed"), m.form(OWN, &typed, writes("handover", "/data-requests/")))
        }
        "/notes/{id}" => {
            let typed = [("scope", "process"), ("s.text", "They came late."), ("do", "save")];
            m.at_own_path(m.form(OWN, &typed, writes("note", "/")))
        }
        "/notes/{id}/unlock" => {
            let practice = cast.owner.practice().await.unwrap();
            cast.owner.update_practice(&Practice { note_unlock_hours: 24, ..practice }).await.unwrap();
            let note = signed_note(stage).await;
            let typed = [("reason", "A wrong name."), ("current_password", PASSWORD)];
            at(format!("/notes/{note}/unlock"), m.form(OWN, &typed, writes("note_unlock", "/notes/")))
        }
        "/note-moves/{id}/undo" => {
            let moved = moved_section(stage).await;
            at(format!("/note-moves/{moved}/undo"), m.form(OWN, &[], writes("note_move", "/notes/")))
        }
        "/documents/{id}" => {
            let typed = [("title", "Scan"), ("kind", "other"), ("dated", "2026-11-20")];
            m.at_own_path(m.form(OWN, &typed, writes("document", "/documents/")))
        }
        "/documents/{id}/remove" => m.at_own_path(m.form(OWN, &[], writes("document", "/clients/"))),
        "/api/note" => {
            let body = serde_json::json!({
                "client": cast.couple, "note": null, "fields": [["scope", "joint"], ["s.text", "They came late."]],
            });
            Line { sent: Sent::Json(body.to_string()), ..m.form(OWN, &[], answers_with_page("note")) }
        }
        "/clients/{id}/intake" | "/desk/clients/{id}/intake" => {
            let client = half_a_couple(stage).await;
            let may = if route.starts_with("/desk") { DESK } else { OWN };
            let to = if route.starts_with("/desk") { "/desk/clients/" } else { "/clients/" };
            at(route.replace("{id}", &client.to_string()), m.form(may, &[], writes("intake", to)))
        }
        "/clients/{id}/intake/{person}/waiver" => {
            let typed = [("item", "emergency"), ("why", "By phone."), ("do", "waive")];
            m.at_own_path(m.form(OWN, &typed, writes("intake_answer", "/clients/")))
        }
        "/clients/{id}/intake/{person}/paper" => {
            let typed = [("s.alcohol.value", "None.")];
            m.at_own_path(m.form(OWN, &typed, writes("intake_answer", "/clients/")))
        }
        _ => return None,
    })
}
