//! The recipes of forms and calls of logins, accounts, settings, staff and what the practice says and asks.

use domain::{outbox::lead::Lead, practice::settings::Practice};

use super::{Filling, at};
use crate::{
    matrix::PASSWORD,
    presses::{self, fields},
    recipes::{
        ALL, AMARA, DESK, EXAMPLE, Line, OWN, OWNER, PARTNERS, SHOWS, SIGNED_IN, Sent, WORDING, answers_with_page,
        writes,
    },
    routes::Stage,
};

/// An authenticator app of Ruth's that is set up; gives its secret. Every code is unused.
async fn with_app(stage: &Stage) -> Vec<u8> {
    let (me, world) = (stage.world.store.signed_in(stage.cast.ruth.visitor()), &stage.world);
    let secret = me.secret_to_set_up().await.unwrap().unwrap().to_vec();
    // Setting it up by its form would end the logins of the matrix.
    world.raw("UPDATE factor SET confirmed_at = made_at, login_id = NULL").await.unwrap();
    secret
}

/// The recipe of a form or call of the office; `None` for any other.
pub(super) async fn line(m: &Filling<'_>) -> Option<Line> {
    let stage = m.stage;
    let (cast, world) = (&stage.cast, &stage.world);
    let route = m.route;
    Some(match route {
        "/sign-in" => m.form(ALL, &[("login_name", "ruth"), ("password", PASSWORD)], writes("login", "/")),
        "/sign-out" => m.form(SIGNED_IN, &[], writes("login", "/sign-in?notice=signed_out")),
        "/practice/forms/{id}" => {
            let typed = [("title.en", "Fees"), ("body.en", "Pay {fee}."), ("version", "1")];
            m.at_own_path(m.form(OWNER, &typed, writes("consent_version", "/practice/forms/")))
        }
        "/practice/forms/{id}/archive" => m.at_own_path(m.form(OWNER, &[], writes("consent_text", "/practice/forms/"))),
        "/practice/forms/{id}/restore" => {
            let id = stage.ids["/practice/forms/{id}"].parse().unwrap();
            assert!(cast.owner.set_consent_text_archived(id, true).await.unwrap());
            m.at_own_path(m.form(OWNER, &[], writes("consent_text", "/practice/forms/")))
        }
        "/practice/retention" => {
            let years = domain::records::retention::RetentionYears::default().form();
            let typed: Vec<(&str, &str)> = years.0.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            m.form(OWNER, &typed, writes("practice", "/practice/retention"))
        }
        "/practice/retention/deletion" => {
            let client = cast.couple.to_string();
            let typed = [("client", client.as_str()), ("why", "A court case"), ("do", "hold")];
            m.form(OWNER, &typed, writes("client", "/practice/retention"))
        }
        "/practice/retention/erasures/{id}" => {
            stage.world.raw("UPDATE session SET state = 'cancelled'").await.unwrap();
            let years =
                ["record", "process", "documents", "letters", "exercises", "messages"].map(|class| (class, "0"));
            let years =
                domain::records::retention::RetentionYears::read(&domain::form::Form::from_pairs(years)).unwrap();
            cast.owner.set_retention_years(&years).await.unwrap();
            assert_eq!(cast.ruth.erase(cast.couple, cast.amara.person()).await.unwrap(), store::Erased::Done);
            let path = format!("/practice/retention/erasures/{}", cast.amara.person());
            at(path, m.form(OWNER, &[], writes("person", "/practice/retention")))
        }
        "/practice/retention/holds/{id}/end" => {
            assert!(cast.owner.set_hold(cast.couple, "A court case").await.unwrap());
            let path = format!("/practice/retention/holds/{}/end", cast.couple);
            at(path, m.form(OWNER, &[], writes("client", "/practice/retention")))
        }
        "/practice/imports/{id}" => {
            m.at_own_path(m.form(OWNER, &[("do", "discard")], writes("client_import", "/practice/imports")))
        }
        "/account/zone" => m.form(SIGNED_IN, &[("zone", "Asia/Kolkata")], writes("account", "/account")),
        "/account/keyboard" => m.form(SIGNED_IN, &[], writes("account", "/account")),
        "/account/language" => m.form(PARTNERS, &[("language", "hi")], writes("person", "/account")),
        "/account/email" => {
            let typed = [("email", "anew@example.org"), ("current_password", PASSWORD)];
            m.form(SIGNED_IN, &typed, writes("address_change", "/account"))
        }
        "/account/password" => {
            let typed = [("current", PASSWORD), ("password", "three tired swans at noon")];
            m.form(SIGNED_IN, &typed, writes("account", "/account"))
        }
        "/account/logins/{id}/end" => m.at_own_path(m.form(AMARA, &[], writes("login", "/account"))),
        "/sign-in/code" => {
            let (secret, first) = (with_app(stage).await, world.store.seal_first_step(cast.ruth.me()));
            let code = store::app_code(&secret, world.clock.now()).unwrap();
            m.form(ALL, &[("first", &first), ("code", &code)], writes("login", "/"))
        }
        "/sign-in/lost" => {
            with_app(stage).await;
            let first = world.store.seal_first_step(cast.ruth.me());
            m.form(ALL, &[("first", &first)], answers_with_page("factor_reset"))
        }
        "/account/two-step/keep" => {
            with_app(stage).await;
            world.store.guest().ask_for_reset(cast.ruth.me()).await.unwrap();
            m.form(OWN, &[], writes("factor_reset", "/account/two-step"))
        }
        "/account/two-step/codes" => {
            with_app(stage).await;
            m.form(OWN, &[("current_password", PASSWORD)], answers_with_page("recovery_code"))
        }
        "/account/two-step/remove" => {
            with_app(stage).await;
            m.form(OWN, &[("current_password", PASSWORD)], writes("factor", "/account/two-step"))
        }
        "/account/two-step/devices" => {
            with_app(stage).await;
            world.raw("UPDATE browser SET trusted_until = expires_at").await.unwrap();
            m.form(OWN, &[], writes("browser", "/account/two-step"))
        }
        "/staff/two-step" => {
            let typed = [("factor_clinical", "7"), ("factor_others", "0")];
            m.form(OWNER, &typed, writes("practice", "/staff"))
        }
        "/staff/{id}/two-step" => {
            with_app(stage).await;
            world.store.guest().ask_for_reset(cast.ruth.me()).await.unwrap();
            let path = format!("/staff/{}/two-step", cast.ruth.me());
            at(path, m.form(OWNER, &[("do", "confirm")], writes("factor_reset", "/staff/")))
        }
        "/account/logins/end-others" => m.form(SIGNED_IN, &[], writes("login", "/account")),
        "/practice"
        | "/practice/sessions"
        | "/practice/cancellations"
        | "/practice/booking"
        | "/practice/email"
        | "/practice/notes" => {
            let practice = cast.owner.practice().await.unwrap();
            // A change on each of the tabs.
            let changed = Practice {
                name: "Bridge House".into(),
                leads: vec![Lead::Days(2)],
                notice_hours: practice.notice_hours + 1,
                inquiries: !practice.inquiries,
                sender_name: "Bridge".into(),
                note_unlock_hours: practice.note_unlock_hours + 1,
                ..practice
            };
            let sent = Sent::Form(changed.form().0);
            Line { sent, ..m.form(OWNER, &[], writes("practice", route)) }
        }
        "/practice/own-data" => m.form(OWNER, &[("names", "yes")], writes("practice", "/practice/notes")),
        "/practice/email/test" => m.form(OWNER, &[], answers_with_page("audit")),
        "/practice/example" => {
            // The stage has clients, so nothing can be added. One client more is an
            // example, whom nobody of the stage knows.
            world.raw(EXAMPLE).await.unwrap();
            m.form(OWNER, &[("do", "remove")], writes("client", "/practice"))
        }
        "/practice/first-steps" => m.form(OWNER, &[], writes("practice", "/practice")),
        "/staff/{id}/edit" => {
            let account = presses::new_staff(cast).await;
            let typed = [
                ("display_name", "Noor Haddad"),
                ("email", "noor@example.org"),
                ("zone", "Europe/Oslo"),
                ("role", "clinician"),
                ("role", "front_desk"),
            ];
            at(format!("/staff/{account}/edit"), m.form(OWNER, &typed, writes("account", "/staff")))
        }
        "/practice/mail" | "/email-log/try" => {
            let obstacle = store::Obstacle { ours: true, reason: "Relay access denied".into(), code: "554".into() };
            world.store.worker().stop_mail(&obstacle).await.unwrap();
            let (may, to) = if route == "/email-log/try" { (DESK, "/email-log") } else { (OWNER, "/practice") };
            m.form(may, &[], writes("mail_queue", to))
        }
        "/wordings/{kind}/{language}" => {
            let typed = fields(&WORDING);
            m.at_own_path(Line { sent: Sent::Form(typed), ..m.form(OWNER, &[], writes("wording", "/wordings/")) })
        }
        "/api/wording" => {
            let body = serde_json::json!({"kind": "reminder", "language": "hi", "fields": WORDING});
            Line { sent: Sent::Json(body.to_string()), ..m.form(OWNER, &[], SHOWS) }
        }
        "/locations/{id}" => m.at_own_path(m.form(
            OWNER,
            &[("location", "Harbour"), ("address", "32 Mill Street")],
            writes("location", "/practice/places"),
        )),
        "/locations/{id}/archive" => m.at_own_path(m.form(OWNER, &[], writes("location", "/practice/places"))),
        "/rooms/{id}" => {
            m.at_own_path(m.form(OWNER, &[("offers", "a ramp"), ("location", "")], writes("room", "/practice/places")))
        }
        "/rooms/{id}/archive" => m.at_own_path(m.form(OWNER, &[], writes("room", "/practice/places"))),
        "/staff/{id}/supervision/{supervision}/end" => {
            m.at_own_path(m.form(OWNER, &[], writes("supervision", "/staff/")))
        }
        "/staff/{id}/disable" => m.at_own_path(m.form(OWNER, &[], writes("account", "/staff"))),
        "/staff/{id}/enable" => {
            // Each line disables an account of its own.
            let closed = presses::new_staff(cast).await;
            assert!(cast.owner.set_disabled(closed, true).await.unwrap());
            at(format!("/staff/{closed}/enable"), m.form(OWNER, &[], writes("account", "/staff")))
        }
        "/people/{person}/mail" => {
            let marks = "UPDATE person SET returned_at = created_at, returned_why = 'full' WHERE id = $1";
            world.by_hand(marks, cast.amara.person().0).await.unwrap();
            m.at_own_path(m.form(DESK, &[], writes("person", "/desk")))
        }
        "/practice/note-templates/{id}" => {
            let typed = [("title", "Ours"), ("version", "1"), ("step.0.label", "What helped"), ("do", "save")];
            m.at_own_path(m.form(OWNER, &typed, writes("note_template_version", "/practice/note-templates")))
        }
        "/practice/note-templates/{id}/archive" => {
            m.at_own_path(m.form(OWNER, &[("do", "archive")], writes("note_template", "/practice/note-templates")))
        }
        "/practice/intake" => {
            let list = cast.owner.intake_list().await.unwrap();
            let mut typed = domain::records::intake::fill_list(&list.list);
            typed.set("step.0.hint_en", "Another hint");
            typed.set("version", list.version.to_string());
            typed.set("do", "save");
            Line { sent: Sent::Form(typed.0), ..m.form(OWNER, &[], writes("intake_list", "/practice/intake")) }
        }
        _ => return None,
    })
}
