//! The forms of the routes that create something, filled in, on a stage prepared for each.

use chrono::Duration;
use domain::{
    clients::person::{EmailAddress, Role},
    form::Form,
    ids::{AccountId, NoteId, NoteLeftoverId},
    records::{
        goal::GoalText,
        note::{NoteScope, NoteText},
        policy::{Decisions, Preset},
    },
};
use duologue::library;
use std::collections::BTreeMap;
use store::{Booked, EmailFacts, GoalPages, GoalWrite, Invite, MoveTarget, NewStaff, NoteAbout, NoteWrite, SaveKind};
use tests::{
    World,
    people::{Cast, details, pathway, person, small_document, zone},
};

use super::fields;
use crate::{records::leaving, routes::Stage};

/// A form as its page would send it, filled in.
pub(crate) struct Case {
    /// The account that sends it; `None` for a person who is not signed in.
    pub(crate) who: Option<AccountId>,
    pub(crate) path: String,
    pub(crate) form: Vec<(String, String)>,
    /// A field and other words for it; `None` if the form has no text to type.
    pub(crate) other: Option<(&'static str, &'static str)>,
}

/// A note of Emeka's that Ruth has to co-sign.
pub(crate) async fn supervised_note(stage: &Stage) -> NoteId {
    let cast = &stage.cast;
    let text = NoteText::free(NoteScope::Joint, "They came.");
    let signed = cast.emeka.create_note(cast.other_couple, None, None, &text, SaveKind::Signed).await.unwrap();
    let NoteWrite::Saved(note) = signed else { panic!("{signed:?}") };
    note
}

/// A signed note of Ruth's with text that was typed after the signature.
pub(crate) async fn leftover(cast: &Cast) -> (NoteId, NoteLeftoverId) {
    let text = NoteText::free(NoteScope::Joint, "They came.");
    let signed = cast.ruth.create_note(cast.couple, None, None, &text, SaveKind::Signed).await.unwrap();
    let NoteWrite::Saved(note) = signed else { panic!("{signed:?}") };
    let mut more = NoteText::free(NoteScope::Joint, "They came late.");
    more.body.page = Some(uuid::Uuid::from_u128(77));
    let about = NoteAbout::default();
    cast.ruth.type_note(cast.couple, Some(note), about, &more, SaveKind::Typing, None).await.unwrap();
    let page = cast.ruth.note_page(note).await.unwrap().unwrap();
    (note, page.leftovers[0].id)
}

/// The tokens in the emails that are due, by the kind of email.
async fn tokens(world: &World) -> BTreeMap<&'static str, String> {
    let mut found = BTreeMap::new();
    for message in world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap() {
        match &message.facts {
            EmailFacts::Invitation { token, .. } => found.insert("invitation", token.clone()),
            EmailFacts::PasswordReset { token, .. } => found.insert("reset", token.clone()),
            EmailFacts::Inquiry { token, .. } => found.insert("inquiry", token.clone()),
            EmailFacts::NewAddress { token, .. } => found.insert("address", token.clone()),
            EmailFacts::AddressChanged { .. }
            | EmailFacts::Security { .. }
            | EmailFacts::Session(_)
            | EmailFacts::Portal
            | EmailFacts::Plan { .. }
            | EmailFacts::Test => None,
        };
        world.store.worker().return_claim_early(message.id, message.token, false).await.unwrap();
    }
    found
}

/// Invites a new clinician and returns their account.
pub(crate) async fn new_staff(cast: &Cast) -> AccountId {
    let new = NewStaff {
        display_name: "Noor Haddad".into(),
        email: EmailAddress::parse("noor@example.org").unwrap(),
        zone: zone("Europe/Berlin"),
        roles: vec![Role::Clinician],
    };
    cast.owner.invite_staff(&new).await.unwrap();
    cast.owner.staff().await.unwrap().into_iter().find(|s| s.name == "Noor Haddad").unwrap().id
}

/// Lets the email to a person that is due fail, and returns its id.
async fn fail_email_to(world: &World, name: &str) -> domain::ids::EmailId {
    let mut failed = None;
    for mail in world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap() {
        if mail.recipient_name.starts_with(name) {
            assert!(world.store.worker().finish_failed(mail.id, mail.token, "refused").await.unwrap());
            failed = Some(mail.id);
        } else {
            world.store.worker().return_claim_early(mail.id, mail.token, false).await.unwrap();
        }
    }
    failed.unwrap()
}

/// Makes a new clinician who has accepted the invitation.
async fn new_active_staff(world: &World, cast: &Cast) -> AccountId {
    let account = new_staff(cast).await;
    let invitation = cast.owner.invite_by_hand(account).await.unwrap().unwrap();
    let accepted =
        world.store.guest().accept_invitation(&invitation.token, "noor", tests::people::NO_HASH).await.unwrap();
    assert_eq!(accepted, store::InvitationAccepted::Done(account));
    account
}

/// A client whom the front desk offers to Ruth.
pub(crate) async fn offered_client(stage: &Stage) -> domain::ids::ClientId {
    let pairs = [("kind", "individual"), ("a.name", "Lea Brandt"), ("a.phone", "030 5550 177")];
    let mut form = Form::from_pairs(pairs);
    form.set("clinician", stage.cast.ruth.me().to_string());
    let new = domain::clients::taking_on::TakingOn::read(&form, &zone("Europe/Berlin")).unwrap();
    match stage.cast.desk.take_on(&new, None).await.unwrap() {
        store::TakenOn::Done(client) => client,
        other => panic!("{other:?}"),
    }
}

/// A couple of whom only one partner is known so far.
async fn half_a_couple(cast: &Cast) -> domain::ids::ClientId {
    let a = details("Lea Brandt", "lea@example.org", "Europe/Berlin").into();
    cast.ruth.create_client(&store::NewClient::Couple { a, b: None }).await.unwrap().unwrap()
}

const ASKS: [(&str, &str); 5] =
    [("name", "Ana"), ("email", "ana.b@example.org"), ("kind", "couple"), ("meeting", "any"), ("part", "any")];

const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261201T090000Z\r\n\
DTEND:20261201T095000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// The form of a route that creates something, on a stage prepared for it.
#[expect(clippy::too_many_lines, reason = "a form for each route")]
pub(crate) async fn case(stage: &Stage, route: &str) -> Case {
    let (cast, world) = (&stage.cast, &stage.world);
    let (ruth, desk, amara, owner) = (cast.ruth.me(), cast.desk.me(), cast.amara.me(), cast.owner.me());
    let couple = cast.couple;
    let session = stage.ids["/sessions/{id}"].parse().unwrap();
    let at = stage.fill(route);
    let case_of = |who: AccountId, pairs: &[(&str, &str)], other| Case {
        who: Some(who),
        path: at.clone(),
        form: fields(pairs),
        other,
    };
    let public = |path: String, pairs: &[(&str, &str)], other| Case { who: None, path, form: fields(pairs), other };
    match route {
        "/invitations/{token}" => {
            new_staff(cast).await;
            let form = [("login_name", "noor"), ("password", "three tired swans at noon")];
            public(format!("/invitations/{}", tokens(world).await["invitation"]), &form, Some(("login_name", "noora")))
        }
        "/inquire" => public(at, &ASKS, Some(("name", "Berta"))),
        "/inquire/{token}" => {
            let inquiry = domain::scheduling::inquiry::Inquiry::read(
                &Form::from_pairs(ASKS),
                &tests::people::zone("Europe/Berlin"),
            )
            .unwrap();
            world.store.guest().inquire(&inquiry).await.unwrap();
            public(format!("/inquire/{}", tokens(world).await["inquiry"]), &[], None)
        }
        "/forgot" => public(at, &[("login_name_or_email", "ruth")], Some(("login_name_or_email", "emeka"))),
        "/reset/{token}" => {
            world.store.guest().request_reset("ruth").await.unwrap();
            let form = [("password", "three tired swans at noon")];
            public(format!("/reset/{}", tokens(world).await["reset"]), &form, None)
        }
        "/account/password" => {
            let hash = stage.app.state.site().hasher.hash("a quiet river at dawn".to_owned()).await.unwrap();
            let visitor = tests::people::visitor(&world.store, ruth).await;
            world.store.signed_in(&visitor).change_password(&hash, "test", None).await.unwrap();
            case_of(ruth, &[("current", "a quiet river at dawn"), ("password", "three tired swans at noon")], None)
        }
        "/account/email" | "/portal/contact/email" => {
            let who = if route.starts_with("/portal") { amara } else { ruth };
            let hash = stage.app.state.site().hasher.hash("a quiet river at dawn".to_owned()).await.unwrap();
            let visitor = tests::people::visitor(&world.store, who).await;
            world.store.signed_in(&visitor).change_password(&hash, "test", None).await.unwrap();
            let form = [("email", "new@example.org"), ("current_password", "a quiet river at dawn")];
            case_of(who, &form, Some(("email", "other@example.org")))
        }
        "/account/address/{token}" => {
            let visitor = tests::people::visitor(&world.store, ruth).await;
            world
                .store
                .signed_in(&visitor)
                .request_email_change(&EmailAddress::parse("new@example.org").unwrap())
                .await
                .unwrap();
            Case { path: format!("/account/address/{}", tokens(world).await["address"]), ..case_of(ruth, &[], None) }
        }
        "/account/feed" => case_of(ruth, &[("do", "make"), ("wording", "busy")], None),
        "/clients/{id}/consents" => {
            let words = "A session at {practice} costs {fee}.";
            let text = crate::records::consents::text(cast, "House fees", words).await.to_string();
            let person = cast.amara.person().to_string();
            let form = [("text", &*text), ("person", &person), ("blank.practice", "Lakeside"), ("blank.fee", "120")];
            case_of(ruth, &form, Some(("blank.fee", "130")))
        }
        "/clients/{id}/policy" => {
            let mut form = Form::from_pairs([("preset", "no_secrets")]);
            Decisions::of(Preset::NoSecrets).fill(&mut form);
            let pairs: Vec<(&str, &str)> = form.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            case_of(ruth, &pairs, Some(("court", "only_by_order")))
        }
        "/practice/forms" => {
            case_of(owner, &[("title.en", "House rules"), ("body.en", "Be kind.")], Some(("body.en", "Be kinder.")))
        }
        "/bin/{id}/restore" => case_of(ruth, &[], None),
        "/locations" => {
            case_of(owner, &[("location", "Old Town"), ("address", "32 Mill Street")], Some(("location", "Harbour")))
        }
        "/rooms" => case_of(owner, &[("room", "Attic")], Some(("room", "Cellar"))),
        "/staff" => case_of(
            owner,
            &[
                ("display_name", "Noor Haddad"),
                ("email", "noor@example.org"),
                ("zone", "Europe/Berlin"),
                ("role", "clinician"),
            ],
            Some(("display_name", "Nora Haddad")),
        ),
        "/staff/{id}/invite" => {
            Case { path: format!("/staff/{}/invite", new_staff(cast).await), ..case_of(owner, &[], None) }
        }
        "/staff/{id}/link" => {
            Case { path: format!("/staff/{}/link", new_staff(cast).await), ..case_of(owner, &[], None) }
        }
        "/staff/{id}/reset" => {
            Case { path: format!("/staff/{}/reset", new_active_staff(world, cast).await), ..case_of(owner, &[], None) }
        }
        "/staff/{id}/emails/{email}" => {
            let account = new_staff(cast).await;
            let path = format!("/staff/{account}/emails/{}", fail_email_to(world, "Noor").await);
            Case { path, ..case_of(owner, &[("do", "again")], None) }
        }
        "/clients/{id}/emails/{email}" => {
            let client = half_a_couple(cast).await;
            let person = person(&cast.ruth, client, "Lea").await;
            assert_eq!(cast.ruth.invite_partner(client, person).await.unwrap(), Invite::Mailed);
            let path = format!("/clients/{client}/emails/{}", fail_email_to(world, "Lea").await);
            Case { path, ..case_of(ruth, &[("do", "again")], None) }
        }
        "/waitlist" => case_of(
            desk,
            &[
                ("name", "Ana"),
                ("phone", "+49 30 5550 177"),
                ("email", ""),
                ("kind", "couple"),
                ("meeting", "any"),
                ("part", "any"),
            ],
            Some(("name", "Berta")),
        ),
        "/requests/{id}" => {
            let (waiting, _) = cast.amara.requests().await.unwrap();
            cast.amara.answer_request(waiting[0].id, true).await.unwrap();
            case_of(desk, &[("answer", "yes")], None)
        }
        "/sessions" => {
            let mut form = cast.form(&world.store, couple, ruth, "2026-12-09 10:00");
            form.push(("repeat", "once".to_owned()));
            form.retain(|(name, _)| *name != "key");
            Case {
                form: form.into_iter().map(|(n, v)| (n.to_owned(), v)).collect(),
                ..case_of(desk, &[], Some(("time", "11:00")))
            }
        }
        "/sessions/{id}/move" => case_of(
            desk,
            &[
                ("date", "2026-12-10"),
                ("time", "10:00"),
                ("minutes", "50"),
                ("place", &cast.room.to_string()),
                ("clinician", &ruth.to_string()),
                ("kind", "regular"),
                ("reach", "one"),
            ],
            Some(("time", "15:00")),
        ),
        "/sessions/{id}/cancellation" => case_of(
            desk,
            &[("by", "client"), ("reason", "They rang."), ("reach", "one")],
            Some(("reason", "They are ill.")),
        ),
        "/sessions/{id}/undo" => {
            cast.owner
                .update_practice(&domain::practice::settings::Practice {
                    quiet_minutes: 5,
                    ..cast.owner.practice().await.unwrap()
                })
                .await
                .unwrap();
            let wish = cast.wish(&world.store, "2026-12-10 10:00");
            let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
            let wish = [
                ("date", "2026-12-10"),
                ("time", "10:00"),
                ("minutes", "50"),
                ("place", &cast.room.to_string()),
                ("clinician", &ruth.to_string()),
                ("kind", "regular"),
            ];
            let wish = domain::scheduling::session::Move::read(&Form::from_pairs(wish)).unwrap();
            let goal = MoveTarget::of(&wish, &timing);
            assert!(matches!(cast.desk.move_session(session, &goal).await.unwrap(), Booked::Done(_)));
            case_of(desk, &[], None)
        }
        "/sessions/{id}/replies/{person}" => case_of(desk, &[("do", "seen")], None),
        "/clinicians/{id}/hours" => case_of(
            desk,
            &[("from_on", "2026-12-07"), ("hours.mon", "9:00–12:00"), ("buffer_before", "0"), ("buffer_after", "0")],
            Some(("hours.mon", "8:00–12:00")),
        ),
        "/practice/imports" => case_of(owner, &[("file", "Name,Email\nMina Sato,mina@example.org")], None),
        "/clinicians/{id}/calendar-file" => {
            let path = at.clone();
            let cookie = stage.app.cookie(world, desk).await;
            let shown = stage.app.post(&path, Some(&cookie), &[("file", FILE), ("holds", "own")]).await;
            let form: Vec<_> = crate::scheduling::calendar_files::fields(&shown.text)
                .into_iter()
                .filter(|(n, _)| n != "key")
                .collect();
            assert!(form.iter().any(|(n, v)| n == "step.0.take" && v == "busy"), "{form:?}");
            Case { form, ..case_of(desk, &[], None) }
        }
        "/clinicians/{id}/exceptions" => case_of(
            desk,
            &[("first", "2027-03-01"), ("kind", "away"), ("reason", "Training")],
            Some(("reason", "Holiday")),
        ),
        "/email-log/{id}/resend" => {
            let message = stage.ids["/email-log/{id}"].parse().unwrap();
            loop {
                let due = world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
                let Some(own) = due.iter().find(|m| m.id == message) else {
                    assert!(!due.is_empty(), "it is due");
                    continue;
                };
                assert!(world.store.worker().finish_failed(own.id, own.token, "the mailbox is full").await.unwrap());
                break;
            }
            case_of(desk, &[], None)
        }
        "/clients" => case_of(
            ruth,
            &[
                ("kind", "couple"),
                ("a.name", "Lea Brandt"),
                ("a.zone", "Europe/Berlin"),
                ("a.language", "en"),
                ("b.name", "Ben Brandt"),
                ("b.zone", "Europe/Berlin"),
                ("b.language", "en"),
            ],
            Some(("b.name", "Bea Brandt")),
        ),
        "/desk/clients" => {
            let therapist = cast.ruth.me().to_string();
            case_of(
                desk,
                &[
                    ("kind", "couple"),
                    ("a.name", "Lea Brandt"),
                    ("a.phone", "030 5550 177"),
                    ("b.name", "Ben Brandt"),
                    ("clinician", &therapist),
                ],
                Some(("b.name", "Bea Brandt")),
            )
        }
        "/desk/clients/{id}/therapist" => {
            let client = offered_client(stage).await;
            assert!(cast.ruth.decline_client(client).await.unwrap());
            let therapist = cast.ruth.me().to_string();
            let path = format!("/desk/clients/{client}/therapist");
            Case { path, ..case_of(desk, &[("clinician", &therapist)], None) }
        }
        "/clients/{id}/separation" => case_of(ruth, &[("read", "yes")], None),
        "/clients/{id}/partners" => Case {
            path: format!("/clients/{}/partners", half_a_couple(cast).await),
            ..case_of(
                ruth,
                &[("a.name", "Ben Brandt"), ("a.zone", "Europe/Berlin"), ("a.language", "en")],
                Some(("a.name", "Bea Brandt")),
            )
        },
        "/clients/{id}/partners/{person}/invitation" => {
            let client = half_a_couple(cast).await;
            let person = person(&cast.ruth, client, "Lea").await;
            let path = format!("/clients/{client}/partners/{person}/invitation");
            Case { path, ..case_of(ruth, &[("how", "mail")], None) }
        }
        "/portal/data" | "/clients/{id}/data-requests" => {
            // There is at most one open request.
            cast.amara.cancel_data_request(stage.ids["/portal/data/{id}"].parse().unwrap()).await.unwrap();
            if route == "/portal/data" {
                return case_of(amara, &[], None);
            }
            let person = cast.amara.person().to_string();
            let form = [("person", person.as_str()), ("received_on", "2026-11-23"), ("checked", "Her passport.")];
            case_of(ruth, &form, Some(("checked", "Her voice.")))
        }
        "/clients/{id}/messages/{person}" => {
            case_of(ruth, &[("text", "Good evening.")], Some(("text", "Good morning.")))
        }
        "/library/import" => {
            let document = domain::exercises::exercise::Document {
                slug: "pathways".into(),
                title: "Long walks".into(),
                ..small_document()
            };
            let text = library::write_file(&document).unwrap();
            case_of(ruth, &[("text", &text)], Some(("title", "Short walks")))
        }
        "/authoring" => case_of(ruth, &[("from", "")], None),
        "/pathways" => {
            let form = pathway("", "small").form().0;
            let form = form.into_iter().chain(fields(&[("do", "save")])).collect();
            Case { form, ..case_of(ruth, &[], Some(("title", "Another way"))) }
        }
        "/clients/{id}/pathways" => case_of(ruth, &[("pathway", "own-way"), ("for", "everyone")], None),
        "/pathway-progress/{id}/next" => case_of(ruth, &[("given", "1")], None),
        "/clients/{id}/assignments" => case_of(
            ruth,
            &[("exercise", "open"), ("for", "everyone"), ("due", "before_next"), ("word_along", "Take your time.")],
            Some(("word_along", "No hurry.")),
        ),
        "/assignments/{id}/paper/{person}" => {
            cast.assign_exercise("open", domain::exercises::assignment::Audience::Everyone).await;
            let all = cast.ruth.assignments(couple, None).await.unwrap().rows;
            let open =
                all.iter().find(|a| a.status.iter().all(|s| s.submitted_at.is_none()) && a.title == "Small exercise");
            let id = open.unwrap().id;
            let path = format!("/assignments/{id}/paper/{}", cast.amara.person());
            Case {
                path,
                ..case_of(ruth, &[("number", "1"), ("s.therapist", "On paper.")], Some(("s.therapist", "On a sheet.")))
            }
        }
        "/assignments/{id}/reset/{person}" => case_of(ruth, &[("number", "1")], None),
        "/staff/{id}/supervision" => {
            let form = [("supervisor", &*cast.emeka.me().to_string()), ("from", "2026-12-01"), ("until", "")];
            Case { path: format!("/staff/{ruth}/supervision"), ..case_of(owner, &form, Some(("from", "2027-01-05"))) }
        }
        "/cosign/{id}" => {
            let path = format!("/cosign/{}", supervised_note(stage).await);
            let form = [("do", "return"), ("revision", "1"), ("comment", "Add the risk.")];
            Case { path, ..case_of(ruth, &form, Some(("comment", "Add the plan."))) }
        }
        "/notes/{id}/take-back" => {
            let path = format!("/notes/{}/take-back", supervised_note(stage).await);
            Case { path, ..case_of(cast.emeka.me(), &[], None) }
        }
        "/clients/{id}/goals" => {
            case_of(ruth, &[("text", "To talk."), ("since", "2026-11-03")], Some(("text", "To walk.")))
        }
        "/clients/{id}/plan" => {
            // Each time it is the plan after the one that is shown.
            let plans = cast.ruth.goals(couple, GoalPages::default()).await.unwrap().unwrap().plans.rows;
            let shown = plans.first().map(|plan| plan.id.to_string()).unwrap_or_default();
            case_of(ruth, &[("plan", "Walks."), ("shown", &shown)], Some(("plan", "Talks.")))
        }
        "/goals/{id}" | "/goals/{id}/review" => {
            let typed = Form::from_pairs([("text", "To rest."), ("since", "2026-11-03")]);
            let goal = cast.ruth.create_goal(couple, &GoalText::read(&typed).unwrap()).await.unwrap();
            let GoalWrite::Saved(goal) = goal else { panic!("{goal:?}") };
            let path = route.replace("{id}", &goal.to_string());
            let form = [
                ("revision", "1"),
                ("text", "To rest more."),
                ("since", "2026-11-03"),
                ("state", "open"),
                ("remark", "Better."),
            ];
            let other = if route.ends_with("review") { ("remark", "Worse.") } else { ("text", "To rest less.") };
            Case { path, ..case_of(ruth, &form, Some(other)) }
        }
        "/notes/{id}/leftovers/{leftover}" => {
            let (note, leftover) = leftover(cast).await;
            let path = format!("/notes/{note}/leftovers/{leftover}");
            Case { path, ..case_of(ruth, &[("do", "addendum")], None) }
        }
        "/practice/note-templates" => {
            let form = [("title", "Ours"), ("step.0.label", "What helped"), ("do", "save")];
            case_of(owner, &form, Some(("title", "Theirs")))
        }
        "/clients/{id}/notes" => {
            let form = [("scope", "joint"), ("without_policy", "Not signed yet."), ("s.text", "They came late.")];
            case_of(ruth, &form, Some(("s.text", "They came early.")))
        }
        "/clients/{id}/documents" => {
            let form = [
                ("file", "A letter from the clinic."),
                ("title", "Letter"),
                ("kind", "letter"),
                ("dated", "2026-11-20"),
                ("scope", "joint"),
            ];
            case_of(ruth, &form, Some(("title", "Another letter")))
        }
        "/clients/{id}/releases" => {
            let form = [
                ("kind", "record"),
                ("recipient", "Dr. Weiss"),
                ("address", "Hauptstraße 1"),
                ("manner", "post"),
                ("purpose", "A second opinion"),
                ("by", "Ruth Abrahams"),
                ("range", "signature"),
                ("attendance", "yes"),
                ("term", "once"),
                ("ends_on", "2027-02-21"),
            ];
            case_of(ruth, &form, Some(("purpose", "A third opinion")))
        }
        "/releases/{id}/send" => {
            let release = leaving::signed_release(&stage.world.store, cast, "Dr. Weiss").await;
            Case { path: format!("/releases/{release}/send"), ..case_of(ruth, &[], None) }
        }
        "/clients/{id}/disclosures" => {
            let emeka = cast.emeka.me().to_string();
            let form = [
                ("ground", "danger"),
                ("ground_text", "He said that he would."),
                ("recipient", "Police"),
                ("address", "Platz 1"),
                ("manner", "in_person"),
                ("items", "attendance"),
                ("telling", "tell"),
                ("confirmer", &emeka),
            ];
            case_of(ruth, &form, Some(("recipient", "The court")))
        }
        "/disclosures/{id}/send" => {
            let id = leaving::confirmed_disclosure(&stage.world.store, (cast, &cast.emeka), "The court").await;
            Case { path: format!("/disclosures/{id}/send"), ..case_of(ruth, &[], None) }
        }
        "/disclosures/{id}/telling" => {
            let (id, _) = leaving::sent_disclosure(&stage.world.store, (cast, &cast.emeka), "The court").await;
            let form = [("telling", "forbidden"), ("untold_reason", "Still so."), ("ask_again_on", "2027-02-10")];
            let path = format!("/disclosures/{id}/telling");
            Case { path, ..case_of(ruth, &form, Some(("untold_reason", "For now."))) }
        }
        "/portal/documents" => case_of(
            amara,
            &[("file", "What I wrote."), ("client", &couple.to_string()), ("title", "Page")],
            Some(("title", "Another page")),
        ),
        "/portal/messages" => case_of(
            amara,
            &[("client", &couple.to_string()), ("text", "Good evening.")],
            Some(("text", "Good morning.")),
        ),
        "/portal/sessions/{id}/cancel" | "/portal/sessions/{id}/alone" => {
            let Booked::Done(free) = cast.book(&world.store, "2026-12-17 10:00").await else { panic!("free") };
            Case { path: route.replace("{id}", &free.to_string()), ..case_of(amara, &[], None) }
        }
        "/portal/requests" => {
            let Booked::Done(free) = cast.book(&world.store, "2026-12-17 10:00").await else { panic!("free") };
            let form = [("session", free.to_string()), ("at", "2026-12-18T10:00:00Z".to_owned())];
            let form = form.map(|(n, v)| (n.to_owned(), v)).to_vec();
            Case { form, ..case_of(amara, &[], Some(("at", "2026-12-18T11:00:00Z"))) }
        }
        "/portal/requests/{id}/answer" => {
            let (waiting, _) = cast.amara.requests().await.unwrap();
            let path = format!("/portal/requests/{}/answer", waiting[0].id);
            Case { path, ..case_of(amara, &[("answer", "yes")], None) }
        }
        "/portal/requests/{id}/withdraw" => {
            let (_, own) = cast.jonas.requests().await.unwrap();
            let path = format!("/portal/requests/{}/withdraw", own[0].id);
            Case { path, ..case_of(cast.jonas.me(), &[], None) }
        }
        other => panic!("{other} makes something: how is its form filled in?"),
    }
}
