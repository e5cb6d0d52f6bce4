//! Samples of the page of a note.

use domain::{
    form::{Errors, Form},
    ids::{ClientId, NoteId, NoteLeftoverId, NoteMoveId, SessionId},
    records::note::{NoteScope, document::mark},
};

use super::{AboutSession, AddendumItem, LeftoverItem, Model, MovedItem, Section, Signed, UnlockForm};
use crate::ui::FormState;

/// A section with this key.
fn section(key: &str, label: &str) -> Section {
    Section { key: key.to_owned(), label: label.to_owned(), hint: "What was said.".to_owned(), required: true }
}

/// The fields of a header.
const HEADER: [(&str, &str); 9] = [
    ("h.date", "2026-11-23"),
    ("h.starts", "10:00"),
    ("h.ends", "10:50"),
    ("h.place", "Garden room"),
    ("h.kind", "Session"),
    ("h.others", "An <interpreter>"),
    ("h.0.attended", "present"),
    ("h.0.late", "10:10"),
    ("h.1.attended", "absent"),
];

/// Sample models: an empty note; half a note about one partner; a refused form; an
/// addendum; a signed note; one that waits for a co-signature.
pub(super) fn all() -> Vec<Model> {
    let uuid = uuid::Uuid::from_u128;
    let body = "They came in <quietly> & left laughing. 💛\n\nअगली बार: listen first.";
    let new = Model {
        client: ClientId::from(uuid(1)),
        title: "Amara & Jonas".into(),
        id: None,
        session: Some(AboutSession {
            id: SessionId::from(uuid(2)),
            when: "Mon 23 Nov, 10:00".into(),
            present: "Amara".into(),
        }),
        scopes: NoteScope::ALL.iter().map(|s| (*s, s.label().to_owned())).collect(),
        addendum_of: None,
        sections: vec![
            section("report-a", "Amara’s report"),
            section("report-b", "Jonas’s report"),
            section("plan", "Plan"),
        ],
        people: vec!["Amara Nwosu".into(), "Jonas Weber".into()],
        header_others: vec![],
        policy: "Limited secrets".into(),
        joint_needs_reason: false,
        templates: vec![("1".into(), "Couple session".into()), ("2".into(), "SOAP".into())],
        newer: String::new(),
        form: FormState::new(Form::from_pairs(HEADER)),
        names_other: String::new(),
        moves: vec![],
        returned: None,
        unlockings: vec![],
        signed: None,
        saved_at: None,
    };
    let mut typed = Form::from_pairs(HEADER);
    typed.set("scope", "partner_a");
    typed.set("s.report-a", body);
    typed.set("s.plan", "Walks");
    typed.set("copied.plan", mark("Walks"));
    typed.set("revision", "7");
    let half = Model {
        id: Some(NoteId::from(uuid(3))),
        form: FormState::new(typed),
        saved_at: Some("Mon 23 Nov, 11:04".into()),
        names_other: "Jonas".into(),
        header_others: vec![("Place or video".into(), "<Video>".into())],
        newer: uuid(9).to_string(),
        moves: vec![MovedItem { id: NoteMoveId(uuid(5)), label: "P".repeat(100), to: NoteId::from(uuid(6)) }],
        returned: Some(("Marlene Okafor, Tue 24 Nov, 09:00".into(), "Say more about <risk>.".into())),
        unlockings: vec!["Unlocked by Ruth Abrahams, Mon 23 Nov, 12:00: a wrong name.".into()],
        ..new.clone()
    };
    let mut errors = Errors::at_field("scope", "Choose whose record this note belongs to.");
    errors.add("h.date", "Enter the date of the session.");
    errors.add("current_password", "Enter your password to sign the note.");
    errors.add("without_policy", "Write a reason.");
    errors.add("s.plan", "Fill in “Plan” to sign the note.");
    let refused = Model {
        title: "N".repeat(200),
        session: None,
        joint_needs_reason: true,
        form: FormState {
            form: Form::from_pairs([("s.plan", "</textarea><script>x</script>"), ("h.date", "")]),
            errors,
        },
        ..new.clone()
    };
    let addendum = Model {
        addendum_of: Some((NoteId::from(uuid(4)), "Mon 16 Nov".into())),
        sections: vec![section("text", "Addendum")],
        people: vec![],
        form: FormState::new(Form::from_pairs([("scope", "joint"), ("s.text", body)])),
        ..new.clone()
    };
    let text = |label: &str| (label.to_owned(), body.to_owned());
    let signed = Signed {
        record: "Amara Nwosu only".into(),
        kind: "Couple session".into(),
        by: "Ruth Abrahams, Mon 23 Nov, 11:10".into(),
        header: vec![("Date".into(), "Mon 23 Nov 2026".into()), ("Jonas Weber".into(), "absent".into())],
        sections: vec![text("Amara’s report"), text("Plan")],
        addenda: vec![AddendumItem {
            id: NoteId::from(uuid(7)),
            by: "Marlene Okafor, Tue 24 Nov, 09:00".into(),
            text: body.into(),
        }],
        ..Signed::default()
    };
    let waiting = Signed {
        cosign: "With Marlene Okafor since Mon 23 Nov, 11:10".into(),
        is_waiting: true,
        may_take_back: true,
        without_policy: "The <policy> is on paper.".into(),
        sections: vec![text("")],
        own_addendum: Some(NoteId::from(uuid(8))),
        leftovers: vec![LeftoverItem {
            id: NoteLeftoverId(uuid(10)),
            typed_at: "Mon 23 Nov, 11:11".into(),
            text: body.into(),
        }],
        unlock: Some(UnlockForm {
            until: "Tue 24 Nov, 11:10".into(),
            form: crate::ui::refused("reason", "Write the reason."),
        }),
        ..signed.clone()
    };
    let signed = Model { signed: Some(signed), ..half.clone() };
    let waiting = Model { signed: Some(waiting), ..half.clone() };
    vec![new, half, refused, addendum, signed, waiting]
}
