//! Sample models of the page of a client.

use domain::{
    clients::client::ClientKind,
    ids::{AssignmentId, ClientId, NoteId, PersonId, SessionId},
    scheduling::session::SessionState,
};

use super::{
    AssignItem, Content, Details, Exercises, Model, NoteItem, Notes, Overview, PartnerItem, PathwayItem, ResponseLine,
    SessionItem, Sessions, ThreadItem,
};
use crate::{
    pages::{
        mail::undelivered,
        records::{
            documents_tab::{self, Documents},
            find_notes, forms, goals,
            intake::Mark,
        },
    },
    ui::Pager,
};

/// A person for the samples. With `can_invite` an invitation can be sent to
/// them; without it they have an address of their own already.
fn sample_partner(name: &str, can_invite: bool) -> PartnerItem {
    let uuid = uuid::Uuid::from_u128;
    PartnerItem {
        id: PersonId::from(uuid(2)),
        name: name.into(),
        pronouns: "she/her".into(),
        email: "amara@example.org".into(),
        email_note: if can_invite {
            String::new()
        } else {
            "Amara’s own, set 3 Nov. You suggested <new>@example.org.".into()
        },
        returned: can_invite,
        phone: String::new(),
        zone: "Kolkata".into(),
        contact: "Email with reminders, between 09:00 and 17:00".into(),
        login: "Invited, until Thu 26 Nov".into(),
        can_invite,
        can_hand: can_invite,
        alone: if can_invite {
            "Amara’s address is also José’s. Only emails about both are sent.".into()
        } else {
            String::new()
        },
        invited: can_invite,
        also: vec![(ClientId::from(uuid(3)), "as an individual client".into())],
        imported: if can_invite { vec![] } else { vec![("Notes <b>".into(), "One line\nand another".into())] },
    }
}

/// The models of [`super::samples`].
pub(super) fn models() -> Vec<Model> {
    let uuid = uuid::Uuid::from_u128;
    let new = Model {
        id: ClientId::from(uuid(1)),
        title: "Amara".into(),
        kind: ClientKind::Couple,
        archived: false,
        separated: String::new(),
        people: 1,
        held: false,
        content: Content::Overview(Overview { can_add: true, ..Overview::default() }),
    };
    let full = Model { title: "अनन्या & José 💛".into(), people: 2, held: true, ..new.clone() };
    let away =
        Model { title: "N".repeat(200), archived: true, separated: "25 November 2026".to_owned(), ..full.clone() };
    let put_away = Model { separated: String::new(), ..away.clone() };
    let empty = [
        Content::Sessions(Sessions::default()),
        Content::Exercises(Exercises::default()),
        Content::Notes(Notes::default()),
        Content::Documents(Documents::default()),
        Content::Forms(vec![]),
        Content::Details(Details { partners: vec![sample_partner("Amara", true)], can_add: true }),
    ];
    let of = |model: &Model, contents: Vec<Content>| {
        let model = model.clone();
        contents.into_iter().map(move |content| Model { content, ..model.clone() })
    };
    [new.clone()]
        .into_iter()
        .chain(of(&new, empty.to_vec()))
        .chain(of(&full, sample_contents()))
        .chain(of(&away, sample_contents()))
        .chain([put_away])
        .collect()
}

/// The content of every tab for the samples.
fn sample_contents() -> Vec<Content> {
    let uuid = uuid::Uuid::from_u128;
    let line = |name: &str, state: &str| ResponseLine { name: name.into(), state: state.into() };
    let item = |withdrawn, revealed| AssignItem {
        id: AssignmentId::from(uuid(4)),
        title: "How reachable we are".into(),
        due: "By Thu 26 Nov".into(),
        per: vec![line("Amara", "Done"), line("José 💛", "Started")],
        revealed,
        withdrawn,
    };
    let note = |signed| NoteItem {
        id: NoteId::from(uuid(5)),
        when: "Mon 23 Nov, 10:00".into(),
        scope: "Both partners (joint record)".into(),
        signed,
        excerpt: "They came in <quietly> & left laughing.".into(),
    };
    let thread = |name: &str, unread| ThreadItem {
        person: PersonId::from(uuid(2)),
        name: name.into(),
        unread,
        login: "invited".into(),
    };
    let sessions = SessionState::ALL.iter().map(|state| SessionItem {
        id: SessionId::from(uuid(4)),
        when: "Mon 23 Nov, 10:00".into(),
        place: "Garden room".into(),
        alone: "अनन्या शर्मा 💛".into(),
        state: *state,
    });
    vec![
        Content::Overview(Overview {
            undelivered: undelivered::samples(),
            next: Some((SessionId::from(uuid(6)), "Thursday 26 November 2026, 10:00".into())),
            threads: vec![thread("अनन्या", Some(2)), thread(&"N".repeat(200), None)],
            can_add: false,
            open: vec![item(false, false)],
            more_open: 3,
            note: Some(note(false)),
            goals: goals::summary_samples().remove(1),
            intake: Some(Mark { is_ready: false, text: "Intake: अनन्या 3 of 6, José ready".to_owned() }),
        }),
        Content::Sessions(Sessions {
            ahead: sessions.clone().collect(),
            missed: Some("In the last year 20 took place, 1 missed.".to_owned()),
            past: sessions.collect(),
            past_pager: Pager { first: Some(("/clients/1?tab=sessions#past".into(), "Latest sessions")), more: None },
            ..Sessions::default()
        }),
        Content::Exercises(Exercises {
            pathways: vec![PathwayItem {
                id: uuid(7),
                title: "Small moments".into(),
                progress: "3 of 6 assigned".into(),
            }],
            assignments: vec![item(false, false), item(false, true), item(true, false)],
            ..Exercises::default()
        }),
        Content::Notes(Notes { find: find_notes::samples().remove(2), ..Notes::default() }),
        Content::Notes(Notes {
            find: find_notes::samples().remove(1),
            notes: vec![note(true), note(false)],
            notes_pager: Pager {
                first: Some(("/clients/1?tab=notes#notes".into(), "Latest notes")),
                more: Some(("/clients/1?tab=notes&notes=1#notes".into(), "Older notes")),
            },
        }),
        Content::Documents(documents_tab::sample()),
        Content::Forms(forms::block_samples()),
        Content::Details(Details {
            partners: vec![sample_partner("अनन्या", true), sample_partner(&"N".repeat(200), false)],
            can_add: false,
        }),
    ]
}
