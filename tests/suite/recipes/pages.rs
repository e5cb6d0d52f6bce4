//! The recipes of pages.

use domain::{
    exercises::assignment::Audience,
    records::{document::FileType, note::NoteScope},
};

use super::{
    ALL, ALONE, AMARA, BOOKINGS, BOTH, CLINICIANS, DESK, DESK_OR_OWN, Effect, FEEDS, Line, NOT_SIGNED_IN, OWN, OWNER,
    PARTNERS, SIGNED_IN, STAFF, Sent, THERAPISTS,
    made::{copy_to_fetch, copy_to_hand_over, half_a_couple, reminder, sent_mail, session},
    visitors_of,
};
use crate::{
    matrix::Who,
    presses,
    records::{consents, documents, leaving},
    routes::Stage,
};

/// The recipes of pages; `None` for any other path.
pub(super) async fn looks(stage: &mut Stage, path: &'static str, variant: &str) -> Option<Line> {
    let (may, path, marks): (&'static [Who], String, Option<&'static str>) = match path {
        "/" => {
            let to = &["/practice", "/today", "/desk", "/portal/welcome"];
            return Some(Line { may: SIGNED_IN, path: path.into(), sent: Sent::Nothing, effect: Effect::Leads { to } });
        }
        "/readyz" => (ALL, path.into(), Some("write_probe")),
        "/healthz" | "/favicon.svg" | "/manifest.webmanifest" | "/robots.txt" | "/inquire" | "/forgot" => {
            (ALL, path.into(), None)
        }
        "/icons/{file}" => (ALL, "/icons/icon-192.png".into(), None),
        "/sign-in" => (NOT_SIGNED_IN, path.into(), None),
        "/invitations/{token}" | "/inquire/{token}" | "/reset/{token}" => {
            (ALL, presses::case(stage, path).await.path, None)
        }
        "/unsubscribe/{token}" => (ALL, format!("/unsubscribe/{}", reminder(stage).await.0), None),
        "/replies/{token}" => (ALL, format!("/replies/{}", reminder(stage).await.1), None),
        "/feeds/{token}" => {
            let me = stage.world.store.signed_in(stage.cast.ruth.visitor());
            me.make_feed(domain::scheduling::session::CalendarTitle::Busy).await.unwrap();
            (ALL, format!("/feeds/{}", me.feed().await.unwrap().unwrap().token), Some("feed"))
        }
        "/account/two-step" => (STAFF, path.into(), Some("factor")),
        "/account" | "/account/security" => (SIGNED_IN, path.into(), None),
        "/account/feed" => (FEEDS, path.into(), None),
        "/account/address/{token}" => (OWN, presses::case(stage, path).await.path, None),
        "/practice"
        | "/practice/sessions"
        | "/practice/cancellations"
        | "/practice/booking"
        | "/practice/email"
        | "/practice/notes"
        | "/practice/places"
        | "/practice/backups"
        | "/practice/imports"
        | "/practice/imports/{id}"
        | "/practice/retention"
        | "/practice/note-templates"
        | "/practice/note-templates/new"
        | "/practice/note-templates/{id}"
        | "/wordings"
        | "/wordings/{kind}/{language}"
        | "/staff"
        | "/staff/{id}/edit"
        | "/staff/{id}/supervision"
        | "/audit"
        | "/audit.csv" => (OWNER, stage.fill(path), None),
        "/desk" | "/fees" | "/fees/file" | "/email-log" | "/desk/clients" | "/desk/clients/new" => {
            (DESK, path.into(), None)
        }
        "/desk/clients/{id}" => (DESK, stage.fill(path), None),
        "/email-log/{id}" => (DESK, sent_mail(stage).await, None),
        "/waitlist" | "/waitlist/new" | "/requests" | "/calendar" | "/sessions/new" | "/find" => {
            (BOOKINGS, path.into(), None)
        }
        "/slots" => (DESK_OR_OWN, format!("/slots?client={}", stage.cast.couple), None),
        "/sessions/{id}"
        | "/sessions/{id}/move"
        | "/sessions/{id}/cancellation"
        | "/clinicians/{id}/hours"
        | "/clinicians/{id}/calendar-file" => (DESK_OR_OWN, stage.fill(path), None),
        "/today" | "/caseload" | "/messages" | "/clients/new" | "/library" | "/library/import" | "/authoring"
        | "/pathways" | "/pathways/new" => (CLINICIANS, path.into(), None),
        "/library/{slug}" | "/library/{slug}/worksheet" | "/library/{slug}/file" | "/pathways/{slug}" => {
            (CLINICIANS, stage.fill(path), None)
        }
        "/clients/{id}"
        | "/clients/{id}/separation"
        | "/clients/{id}/partners/{person}/edit"
        | "/clients/{id}/partners/{person}/erasure"
        | "/clients/{id}/brief"
        | "/clients/{id}/adherence"
        | "/authoring/{id}"
        | "/pathways/{slug}/edit"
        | "/pathway-progress/{id}"
        | "/pathway-progress/{id}/edit"
        | "/clients/{id}/assignments/new"
        | "/assignments/{id}"
        | "/clients/{id}/notes/new"
        | "/notes/{id}" => (OWN, stage.fill(path), None),
        "/clients/{id}/documents/new" => (OWN, stage.fill(path), None),
        "/notes" => (CLINICIANS, path.into(), None),
        "/practice/forms" | "/practice/forms/new" | "/practice/forms/{id}" | "/practice/forms/{id}/edit" => {
            (OWNER, stage.fill(path), None)
        }
        "/clients/{id}/consents/new"
        | "/consents/{id}"
        | "/consents/{id}/room"
        | "/consents/{id}/paper"
        | "/consents/{id}/copy"
        | "/consents/{id}/copy.pdf"
        | "/clients/{id}/policy"
        | "/clients/{id}/policy/new" => (OWN, stage.fill(path), None),
        "/portal/forms" => (PARTNERS, path.into(), None),
        "/portal/consents/{id}" => (AMARA, stage.fill(path), None),
        "/portal/consents/{id}/copy" | "/portal/consents/{id}/copy.pdf" => {
            let form = consents::signed(&stage.cast).await;
            (AMARA, path.replace("{id}", &form.to_string()), None)
        }
        "/notes/{id}/print" | "/notes/{id}/pdf" | "/clients/{id}/goals" | "/goals/{id}" => {
            (OWN, stage.fill(path), None)
        }
        "/clients/{id}/notes/print" | "/clients/{id}/notes/pdf" => {
            (OWN, format!("{}?from=2026-11-01", stage.fill(path)), None)
        }
        "/cosign/{id}" => (OWN, format!("/cosign/{}", presses::supervised_note(stage).await), None),
        // Amara handed it in: whoever opens it first has seen it.
        "/documents/{id}" | "/documents/{id}/file" => (OWN, stage.fill(path), Some("document")),
        "/documents/{id}/view" => {
            let (store, ruth) = (&stage.world.store, &stage.cast.ruth);
            let pdf = documents::upload(store, ruth.me(), b"%PDF-1.7 a page").await;
            let pdf = store::Upload { file_type: FileType::Pdf, ..pdf };
            let id = documents::add(ruth, stage.cast.couple, NoteScope::Joint, "Page", &pdf).await;
            (OWN, format!("/documents/{id}/view"), None)
        }
        "/portal/documents" => (PARTNERS, path.into(), None),
        "/portal/documents/{id}" | "/portal/documents/{id}/file" => (AMARA, stage.fill(path), None),
        "/portal/documents/{id}/view" => {
            let (store, amara) = (&stage.world.store, &stage.cast.amara);
            let pdf = documents::upload(store, amara.me(), b"%PDF-1.7 a page of mine").await;
            let pdf = store::Upload { file_type: FileType::Pdf, ..pdf };
            let id = documents::hand_in(amara, stage.cast.couple, "Page", &pdf, false).await;
            (AMARA, format!("/portal/documents/{id}/view"), None)
        }
        "/clients/{id}/releases/new"
        | "/releases/{id}"
        | "/clients/{id}/disclosures/new"
        | "/handovers/{id}"
        | "/handovers/{id}/files/{number}" => (OWN, stage.fill(path), None),
        // The other therapist confirms it.
        "/disclosures/{id}" | "/disclosures/{id}/order" => (THERAPISTS, stage.fill(path), None),
        "/portal/releases/{id}" => (BOTH, stage.fill(path), None),
        "/portal/disclosures/{id}" => {
            let told = leaving::told_disclosure(&stage.world.store, (&stage.cast, &stage.cast.emeka), "Told").await;
            (BOTH, format!("/portal/disclosures/{told}"), None)
        }
        "/clients/{id}/messages/{person}" => (OWN, stage.fill(path), Some("message")),
        "/clients/{id}/data-requests/new"
        | "/data-requests/{id}"
        | "/data-requests/{id}/items/{item}"
        | "/data-requests/{id}/extension" => (OWN, stage.fill(path), None),
        "/data-requests/{id}/clients/{client}/pdf" | "/data-requests/{id}/clients/{client}/json" => {
            let id = copy_to_hand_over(stage).await;
            (OWN, stage.fill(path).replace(&stage.ids["/data-requests/{id}"], &id.to_string()), Some("data_download"))
        }
        "/portal/data" => (PARTNERS, path.into(), None),
        "/portal/data/{id}/pdf" | "/portal/data/{id}/json" => {
            copy_to_fetch(stage).await;
            (AMARA, stage.fill(path), Some("data_download"))
        }
        "/clients/{id}/partners/new" => (OWN, format!("/clients/{}/partners/new", half_a_couple(stage).await), None),
        "/clients/{id}/course" => {
            stage.world.store.load_library(&duologue::library::documents().unwrap()).await.unwrap();
            (OWN, stage.fill(path), None)
        }
        "/assignments/{id}/paper/{person}" => {
            (OWN, presses::case(stage, "/assignments/{id}/paper/{person}").await.path, None)
        }
        "/portal"
        | "/portal/messages"
        | "/portal/contact"
        | "/portal/contact/times"
        | "/portal/sessions"
        | "/portal/settings"
        | "/portal/welcome" => (PARTNERS, path.into(), Some("message")),
        "/portal/intake" => (PARTNERS, path.into(), None),
        "/portal/intake/{id}" => (BOTH, stage.fill(path), None),
        "/clients/{id}/intake" | "/clients/{id}/intake/{person}/sheet" | "/clients/{id}/intake/{person}/paper" => {
            (OWN, stage.fill(path), None)
        }
        "/desk/clients/{id}/intake" => (DESK, stage.fill(path), None),
        "/practice/intake" => (OWNER, path.into(), None),
        "/portal/exercises/{id}" => {
            let path = if variant == ALONE {
                format!("/portal/exercises/{}", stage.cast.assign_for(Audience::One(stage.cast.amara.person())).await)
            } else {
                stage.fill(path)
            };
            (visitors_of(variant), path, Some("response"))
        }
        "/portal/sessions/{id}" => {
            (visitors_of(variant), format!("/portal/sessions/{}", session(stage, variant).await), None)
        }
        "/portal/times" => {
            (visitors_of(variant), format!("/portal/times?session={}", session(stage, variant).await), None)
        }
        _ => return None,
    };
    Some(Line { may, path, sent: Sent::Nothing, effect: Effect::Shows { marks } })
}
