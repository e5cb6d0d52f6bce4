//! The recipes of forms and calls of the portal.

use domain::exercises::exercise::Scope;

use super::{Filling, at};
use crate::{
    matrix::PASSWORD,
    recipes::{
        AMARA, BOTH, JONAS, Line, PARTNERS, Sent, answers_with_page,
        made::{assign_exercise_for, own_answer, planned_document, session},
        visitors_of, writes,
    },
    records::{consents, leaving},
};

/// The recipe of a form or call of the portal; `None` for any other.
pub(super) async fn line(m: &Filling<'_>, variant: &str) -> Option<Line> {
    let stage = m.stage;
    let (cast, world) = (&stage.cast, &stage.world);
    let route = m.route;
    Some(match route {
        "/portal/releases/{id}" => {
            let release = leaving::release(cast, "Dr. Weiss").await;
            let line = m.form(BOTH, &[("own", "yes")], writes("release_signer", "/portal/consents/"));
            at(format!("/portal/releases/{release}"), line)
        }
        "/portal/releases/{id}/withdraw" => {
            let release = leaving::signed_release(&world.store, cast, "Dr. Weiss").await;
            let line = m.form(BOTH, &[], writes("signature", "/portal/releases/"));
            at(format!("/portal/releases/{release}/withdraw"), line)
        }
        "/portal/consents/{id}" => {
            let ask = consents::fresh(cast).await;
            let hash = consents::shown(&cast.amara, ask).await.hash;
            let typed = [("agree", "yes"), ("typed_name", "Amara"), ("shown", hash.as_str())];
            at(format!("/portal/consents/{ask}"), m.form(AMARA, &typed, writes("signature", "/portal/consents/")))
        }
        "/portal/consents/{id}/withdrawal" => {
            let ask = consents::signed(cast).await;
            at(
                format!("/portal/consents/{ask}/withdrawal"),
                m.form(AMARA, &[], writes("signature", "/portal/consents/")),
            )
        }
        "/portal/data/{id}/cancel" => m.at_own_path(m.form(AMARA, &[], writes("data_request", "/portal/data"))),
        "/portal/documents/{id}/share" => m.at_own_path(m.form(AMARA, &[], writes("document", "/portal/documents/"))),
        "/portal/documents/{id}/withdraw" => m.at_own_path(m.form(AMARA, &[], writes("document", "/portal/documents"))),
        "/portal/exercises/{id}" => {
            let id = assign_exercise_for(stage, "small", variant).await;
            let typed = [
                ("do", "submit"),
                ("s.mine", "One."),
                ("s.therapist", "Two."),
                ("s.reveal", "Three."),
                ("s.couple", "Four."),
            ];
            at(format!("/portal/exercises/{id}"), m.form(visitors_of(variant), &typed, writes("answer", "/portal")))
        }
        "/portal/exercises/{id}/agreements/{step}" => {
            let id = assign_exercise_for(stage, "open", variant).await;
            let typed = [("do", "write"), ("agree.pact.version", "0"), ("agree.pact.text", "We listen.")];
            let path = format!("/portal/exercises/{id}/agreements/pact");
            at(path, m.form(visitors_of(variant), &typed, writes("agreement", "/portal/exercises/")))
        }
        "/portal/exercises/{id}/plans/{step}" => {
            world.store.load_library(&[planned_document()]).await.unwrap();
            let id = assign_exercise_for(stage, "planned", variant).await;
            let typed = [("do", "set"), ("plan.when.date", "2026-12-04"), ("plan.when.time", "20:00")];
            let path = format!("/portal/exercises/{id}/plans/when");
            at(path, m.form(visitors_of(variant), &typed, writes("plan", "/portal/exercises/")))
        }
        "/portal/exercises/{id}/not-now" => {
            let id = assign_exercise_for(stage, "small", variant).await;
            let line = m.form(visitors_of(variant), &[("why", "no_time")], writes("response", "/portal"));
            at(format!("/portal/exercises/{id}/not-now"), line)
        }
        "/portal/answers/{id}/share" => {
            let id = own_answer(stage, "mine").await;
            let line = m.form(AMARA, &[("to", "therapist")], writes("answer", "/portal/exercises/"));
            at(format!("/portal/answers/{id}/share"), line)
        }
        "/portal/answers/{id}/unshare" | "/portal/offers/{id}" => {
            let id = own_answer(stage, "mine").await;
            let parsed = id.parse().unwrap();
            cast.amara.share(parsed, Scope::Couple).await.unwrap().unwrap();
            let may = if route.ends_with("unshare") { AMARA } else { JONAS };
            at(route.replace("{id}", &id), m.form(may, &[], writes("answer", "/portal/exercises/")))
        }
        "/portal/intake/{id}" => {
            let typed = [("screen", "health"), ("do", "next"), ("s.alcohol.value", "None.")];
            m.at_own_path(m.form(BOTH, &typed, writes("intake_answer", "/portal/intake")))
        }
        "/portal/intake/{id}/sharing" => {
            let why = domain::form::Form::from_pairs([("s.why_now.value", "It is time.")]);
            let intake = stage.ids["/portal/intake/{id}"].parse().unwrap();
            cast.amara.save_intake(intake, "why", &why, true).await.unwrap();
            let seen = cast.amara.intake(intake).await.unwrap().and_then(|own| own.mark("why_now")).unwrap();
            let typed = [("item", "why_now"), ("do", "share"), ("mark", &seen)];
            m.at_own_path(m.form(AMARA, &typed, writes("intake_answer", "/portal/intake")))
        }
        "/portal/contact" => m.form(PARTNERS, &[("portal_only", "yes")], writes("person", "/portal/contact")),
        "/portal/contact/times" => {
            m.form(PARTNERS, &[("hours.mon", "9:00–12:30")], writes("person", "/portal/contact"))
        }
        "/portal/welcome" => m.form(PARTNERS, &[("do", "done")], writes("person", "/portal")),
        "/portal/contact/email" => {
            let typed = [("email", "anew@example.org"), ("current_password", PASSWORD)];
            m.form(PARTNERS, &typed, writes("address_change", "/portal/contact"))
        }
        "/portal/sessions/{id}/coming" => {
            let id = session(stage, variant).await;
            let line = m.form(visitors_of(variant), &[], writes("session_reply", "/portal/sessions/"));
            at(format!("/portal/sessions/{id}/coming"), line)
        }
        "/portal/sessions/{id}/cancel" => {
            let id = session(stage, variant).await;
            at(format!("/portal/sessions/{id}/cancel"), m.form(visitors_of(variant), &[], writes("session", "/portal")))
        }
        "/portal/requests" => {
            let id = session(stage, variant).await.to_string();
            let typed = [("session", id.as_str()), ("at", "2026-12-18T10:00:00Z")];
            m.form(visitors_of(variant), &typed, writes("session_request", "/portal"))
        }
        "/api/draft" => {
            let id = assign_exercise_for(stage, "small", variant).await;
            let body = serde_json::json!({
                "occurrence": id, "number": 0, "touched": ["mine"], "fields": [["s.mine", "One."]],
            });
            Line {
                sent: Sent::Json(body.to_string()),
                ..m.form(visitors_of(variant), &[], answers_with_page("response"))
            }
        }
        _ => return None,
    })
}
