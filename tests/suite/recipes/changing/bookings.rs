//! The recipes of forms and calls of sessions, fees, the waitlist, and the links in emails.

use super::{Filling, at};
use crate::recipes::{
    ALL, BOOKINGS, DESK, DESK_OR_OWN, Line, SHOWS, Sent, answers_with_page,
    made::{book_session, late_session, reminder},
    writes,
};

/// The recipe of a form or call of bookings; `None` for any other.
pub(super) async fn line(m: &Filling<'_>) -> Option<Line> {
    let stage = m.stage;
    let cast = &stage.cast;
    Some(match m.route {
        "/unsubscribe/{token}" => {
            at(format!("/unsubscribe/{}", reminder(stage).await.0), m.form(ALL, &[], answers_with_page("person")))
        }
        "/replies/{token}" => {
            let path = format!("/replies/{}", reminder(stage).await.1);
            at(path, m.form(ALL, &[("reply", "alone")], answers_with_page("session_reply")))
        }
        "/waitlist/{id}" => m.at_own_path(m.form(BOOKINGS, &[("state", "called")], writes("inquiry", "/waitlist"))),
        "/sessions/{id}/earlier" => {
            m.at_own_path(m.form(DESK_OR_OWN, &[("part", "any")], writes("earlier_wish", "/sessions/")))
        }
        "/sessions/{id}/state" => {
            let today = book_session(stage, "2026-11-23 18:00", false).await;
            let line = m.form(DESK_OR_OWN, &[("state", "arrived")], writes("session", "/sessions/"));
            at(format!("/sessions/{today}/state"), line)
        }
        "/sessions/{id}/attendance" => {
            let today = book_session(stage, "2026-11-23 18:00", false).await;
            let line = m.form(DESK_OR_OWN, &[("mark", "arrived")], writes("session_attendee", "/sessions/"));
            at(format!("/sessions/{today}/attendance"), line)
        }
        "/fees/{id}/settle" => {
            let late = late_session(stage).await;
            let line = m.form(DESK, &[("on", "2026-11-23")], writes("fee_suggestion", "/fees"));
            at(format!("/fees/{late}/settle"), line)
        }
        "/fees/{id}/reopen" => {
            let late = late_session(stage).await;
            let today = "2026-11-23".parse().unwrap();
            assert!(stage.cast.desk.settle_fee(late, Some(today)).await.unwrap());
            at(format!("/fees/{late}/reopen"), m.form(DESK, &[], writes("fee_suggestion", "/fees")))
        }
        "/sessions/{id}/fee" => {
            let late = late_session(stage).await;
            let line = m.form(DESK_OR_OWN, &[("fee", "waived")], writes("fee_suggestion", "/sessions/"));
            at(format!("/sessions/{late}/fee"), line)
        }
        "/series/{id}/gaps/{day}" => m.at_own_path(m.form(DESK_OR_OWN, &[], writes("series_gap", "/calendar"))),
        "/hours-exceptions/{id}/remove" => {
            m.at_own_path(m.form(DESK_OR_OWN, &[], writes("hours_exception", "/calendar")))
        }
        "/api/free-times" => {
            let asked = [
                ("client", cast.couple.to_string()),
                ("clinician", cast.ruth.me().to_string()),
                ("attendee", "everyone".to_owned()),
                ("place", "online".to_owned()),
                ("date", "2026-12-07".to_owned()),
            ];
            let body = serde_json::json!({ "fields": asked });
            Line { sent: Sent::Json(body.to_string()), ..m.form(DESK_OR_OWN, &[], SHOWS) }
        }
        "/api/find" => {
            let body = serde_json::json!({"text": "amara"});
            Line { sent: Sent::Json(body.to_string()), ..m.form(BOOKINGS, &[], SHOWS) }
        }
        _ => return None,
    })
}
