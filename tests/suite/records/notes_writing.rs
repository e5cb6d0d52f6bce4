//! Writing notes: templates, the header, several devices, signing, copying and
//! moving, through the pages and without scripts.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    form::Form,
    ids::{NoteId, SessionId},
    records::note::{NoteScope, NoteTemplate, NoteText, document::mark},
    scheduling::attendance::Mark,
};
use store::{Booked, Leftover, NoteAbout, NoteTemplateChange, NoteWrite, SaveKind};
use tests::{
    World,
    app::{App, Got},
    both,
    people::{Cast, visitor},
};
use uuid::Uuid;

use super::notes_form::{fields_of, get, set};

const PASSWORD: &str = "three tired swans at noon";

/// The program with its note templates, the people with a password, and Ruth's
/// browser.
struct Desk {
    app: App,
    cast: Cast,
    ruth: String,
}

impl Desk {
    async fn new(world: &World) -> Self {
        let hash = duologue::password::Hasher::default().hash(PASSWORD.to_owned()).await.unwrap();
        world.store.load_note_templates(&duologue::note_templates::templates().unwrap()).await.unwrap();
        let (app, cast) = (App::new(world), Cast::with_hash(&world.store, &hash).await);
        let ruth = app.cookie(world, cast.ruth.me()).await;
        Self { app, cast, ruth }
    }

    async fn get(&self, path: &str) -> String {
        let got = self.app.get(path, Some(&self.ruth)).await;
        assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
        got.text
    }

    async fn post(&self, path: &str, form: &[(String, String)]) -> Got {
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.app.post(path, Some(&self.ruth), &form).await
    }

    /// The form of a new note.
    async fn new_form(&self, query: &str) -> Vec<(String, String)> {
        fields_of(&self.get(&format!("/clients/{}/notes/new{query}", self.cast.couple)).await, "note")
    }

    /// Sends the form of a new note.
    async fn create(&self, form: &[(String, String)]) -> Got {
        self.post(&format!("/clients/{}/notes", self.cast.couple), form).await
    }

    /// The form of a note as its page shows it.
    async fn form_of(&self, note: NoteId) -> Vec<(String, String)> {
        fields_of(&self.get(&format!("/notes/{note}")).await, "note")
    }

    /// A note that is saved from its form, with words in these sections.
    async fn saved(&self, scope: &str, sections: &[(&str, &str)]) -> NoteId {
        let mut form = self.new_form("").await;
        set(&mut form, "scope", scope);
        set(&mut form, "without_policy", "They sign next week.");
        for (key, text) in sections {
            set(&mut form, &format!("s.{key}"), text);
        }
        set(&mut form, "do", "save");
        note_of(&self.create(&form).await)
    }

    /// Presses a button of a note's form as its page shows it.
    async fn press(&self, note: NoteId, pairs: &[(&str, &str)]) -> Got {
        let mut form = self.form_of(note).await;
        for (name, value) in pairs {
            set(&mut form, name, value);
        }
        self.post(&format!("/notes/{note}"), &form).await
    }
}

/// The note to whose page an answer leads.
fn note_of(got: &Got) -> NoteId {
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let id = got.location().strip_prefix("/notes/").unwrap_or_else(|| panic!("{}", got.location()));
    id.split('?').next().unwrap().parse().unwrap()
}

/// What is needed to sign a couple session.
const WHOLE: [(&str, &str); 4] = [
    ("s.between", "He turned away; she stopped."),
    ("s.risk-a", "None told."),
    ("s.risk-b", "None told."),
    ("s.plan", "One walk."),
];

/// What signing needs besides the text.
const SIGNS: [(&str, &str); 3] = [("read_through", "yes"), ("current_password", PASSWORD), ("do", "sign")];

/// A session of the couple that is over, to which only Jonas came.
async fn session_with_jonas(world: &World, cast: &Cast) -> SessionId {
    let Booked::Done(session) = cast.book(&world.store, "2026-11-24 10:00").await else { panic!("free") };
    world.clock.advance(Duration::days(1) + Duration::hours(3));
    assert!(cast.desk.mark_attendance(session, Mark::Only(cast.jonas.person())).await.unwrap());
    session
}

both!(note_is_written_in_the_sections_of_its_template_and_signed_with_the_password, |world| {
    let desk = Desk::new(&world).await;
    let page = desk.get(&format!("/clients/{}/notes/new", desk.cast.couple)).await;
    for label in ["Amara’s own report", "Jonas’s own report", "What happened between them", "Risk: Jonas", "Plan"] {
        assert!(page.contains(label), "{label}: {page}");
    }
    let mut form = desk.new_form("").await;
    // Signing an empty form names every gap at its field.
    for (name, value) in [("do", "sign"), ("scope", "")] {
        set(&mut form, name, value);
    }
    let refused = desk.create(&form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for gap in [
        "Choose whose record",
        "Fill in “Plan” to sign",
        "Fill in “Risk: Amara”",
        "tick the box",
        "Enter your password",
    ] {
        assert!(refused.text.contains(gap), "{gap}: {}", refused.text);
    }
    let mut form = fields_of(&refused.text, "note");
    for (name, value) in
        [("scope", "joint"), ("s.report-a", "Tired."), ("do", "sign")].iter().chain(&WHOLE).chain(&SIGNS)
    {
        set(&mut form, name, value);
    }
    // A joint note asks why, as no secrets policy is signed.
    let refused = desk.create(&form).await;
    assert!(refused.text.contains("Give a reason: no secrets policy is in force"), "{}", refused.text);
    assert_eq!(world.number("SELECT count(*) FROM note").await.unwrap(), 0);
    let mut form = fields_of(&refused.text, "note");
    assert_eq!((get(&form, "s.report-a"), get(&form, "current_password")), ("Tired.", ""));
    for (name, value) in [("without_policy", "They sign next week."), ("current_password", "not mine")] {
        set(&mut form, name, value);
    }
    for (name, value) in [("read_through", "yes"), ("do", "sign")] {
        set(&mut form, name, value);
    }
    let refused = desk.create(&form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a wrong password");
    let mut form = fields_of(&refused.text, "note");
    for (name, value) in SIGNS {
        set(&mut form, name, value);
    }
    let note = note_of(&desk.create(&form).await);
    let page = desk.get(&format!("/notes/{note}")).await;
    for text in ["He turned away", "Tired.", "Couple session", "They sign next week.", "Ruth Abrahams"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("<form id=\"note\""), "{page}");
    let found = desk.cast.ruth.note(note).await.unwrap().unwrap();
    assert!(found.locked_at.is_some() && found.template_title == "Couple session");
    assert_eq!(world.number("SELECT count(*) FROM note").await.unwrap(), 1);
});

both!(wrong_passwords_at_a_signature_are_counted, |world| {
    let desk = Desk::new(&world).await;
    let note = desk.saved("partner_a", &[("between", "x"), ("risk-a", "n"), ("risk-b", "n"), ("plan", "p")]).await;
    let mut last = String::new();
    for _ in 0..30 {
        let pairs = [("read_through", "yes"), ("do", "sign"), ("current_password", "guess")];
        last = desk.press(note, &pairs).await.text;
    }
    // Even the right one is not looked at now.
    let right = desk.press(note, &SIGNS).await;
    assert_eq!(right.status, StatusCode::UNPROCESSABLE_ENTITY, "{last}");
    assert!(desk.cast.ruth.note(note).await.unwrap().unwrap().signed_at.is_none());
});

both!(header_is_filled_from_the_session_and_corrected, |world| {
    let mut desk = Desk::new(&world).await;
    let session = session_with_jonas(&world, &desk.cast).await;
    // A day later the login of the day before has ended.
    desk.ruth = desk.app.cookie(&world, desk.cast.ruth.me()).await;
    let form = desk.new_form(&format!("?session={session}")).await;
    let shown = ["h.date", "h.starts", "h.ends", "h.place", "h.0.attended", "h.1.attended", "scope"];
    let shown: Vec<&str> = shown.iter().map(|name| get(&form, name)).collect();
    assert_eq!(shown, ["2026-11-24", "10:00", "10:50", "Garden room", "absent", "present", "partner_b"]);
    let mut form = form;
    for (name, value) in
        [("h.starts", "10:05"), ("h.1.late", "10:05"), ("h.1.left", "10:40"), ("h.others", "His sister")]
    {
        set(&mut form, name, value);
    }
    for (name, value) in WHOLE.iter().chain(&SIGNS) {
        set(&mut form, name, value);
    }
    set(&mut form, "h.ends", "soon");
    let refused = desk.create(&form).await;
    assert!(refused.text.contains("Enter the end as a time"), "{}", refused.text);
    set(&mut form, "h.ends", "10:50");
    let note = note_of(&desk.create(&form).await);
    let header = desk.cast.ruth.note(note).await.unwrap().unwrap().header.unwrap();
    let lines = header.lines();
    for line in [
        ("Time", "10:05 to 10:50"),
        ("Jonas Weber", "present, late from 10:05, left at 10:40"),
        ("Amara Nwosu", "absent"),
    ] {
        assert!(lines.contains(&(line.0.into(), line.1.into())), "{lines:?}");
    }
    assert!(lines.iter().any(|(label, words)| label == "Secrets policy" && words == "No secrets policy"), "{lines:?}");
    assert!(desk.get(&format!("/notes/{note}")).await.contains("His sister"));
    // A process note of the same session, another note of it, has no times.
    let mut form = desk.new_form(&format!("?session={session}")).await;
    for (name, value) in [("scope", "process")].iter().chain(&WHOLE).chain(&SIGNS) {
        set(&mut form, name, value);
    }
    let process = note_of(&desk.create(&form).await);
    let header = desk.cast.ruth.note(process).await.unwrap().unwrap().header.unwrap();
    assert_eq!((header.starts, header.ends), (None, None));
    assert!(header.lines().iter().all(|(_, words)| !words.contains(':')), "{header:?}");
    let of_session = world.number("SELECT count(*) FROM note WHERE session_id IS NOT NULL AND signed_at IS NOT NULL");
    assert_eq!(of_session.await.unwrap(), 2, "one for each scope");
});

both!(undecided_note_keeps_the_times_of_its_header_until_a_record_is_chosen, |world| {
    let desk = Desk::new(&world).await;
    let Booked::Done(session) = desk.cast.book(&world.store, "2026-11-24 10:00").await else { panic!("free") };
    let mut form = desk.new_form(&format!("?session={session}")).await;
    assert_eq!(get(&form, "scope"), "", "nobody has come yet");
    set(&mut form, "s.plan", "x");
    let form = Form(form);
    let layout = desk.cast.ruth.new_note_form(desk.cast.couple, None).await.unwrap().unwrap().layout;
    let text = NoteText::read_typing(&form, &layout).unwrap();
    let about = NoteAbout { session: Some(session), ..NoteAbout::default() };
    let write = desk.cast.ruth.create_note_once(desk.cast.couple, about, &text, SaveKind::Undecided, None).await;
    let NoteWrite::Saved(note) = write.unwrap() else { panic!("kept") };
    let form = desk.form_of(note).await;
    assert_eq!((get(&form, "h.starts"), get(&form, "scope")), ("10:00", ""));
});

/// What two pages of one draft have typed: each has the page's fields and its own key.
async fn two_pages(desk: &Desk, note: NoteId) -> [Vec<(String, String)>; 2] {
    [desk.form_of(note).await, desk.form_of(note).await]
}

both!(two_devices_that_write_in_one_note_lose_nothing, |world| {
    let desk = Desk::new(&world).await;
    let note = desk.saved("partner_a", &[("plan", "walks")]).await;
    let here = format!("/notes/{note}");
    let [mut laptop, mut phone] = two_pages(&desk, note).await;
    set(&mut laptop, "s.between", "from the laptop");
    set(&mut laptop, "s.plan", "walks and talks");
    set(&mut laptop, "do", "save");
    assert_eq!(desk.post(&here, &laptop).await.status, StatusCode::SEE_OTHER);
    // The phone still shows the older note.
    set(&mut phone, "s.interventions", "from the phone");
    set(&mut phone, "s.plan", "walks in the rain");
    set(&mut phone, "do", "save");
    assert_eq!(desk.post(&here, &phone).await.status, StatusCode::SEE_OTHER);
    let body = desk.cast.ruth.note(note).await.unwrap().unwrap().body;
    for text in ["from the laptop", "from the phone", "walks and talks", "walks in the rain"] {
        assert!(body.contains(text), "{text}: {body}");
    }
    // A signature from the laptop would sign words that it does not show.
    for (name, value) in SIGNS.iter().chain(&[("s.risk-a", "n"), ("s.risk-b", "n")]) {
        set(&mut laptop, name, value);
    }
    let refused = desk.post(&here, &laptop).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("also changed on another device"), "{}", refused.text);
    let mut merged = fields_of(&refused.text, "note");
    assert!(get(&merged, "s.plan").contains("walks and talks") && get(&merged, "s.plan").contains("walks in the rain"));
    set(&mut merged, "s.plan", "walks, in any weather");
    for (name, value) in SIGNS {
        set(&mut merged, name, value);
    }
    assert_eq!(desk.post(&here, &merged).await.status, StatusCode::SEE_OTHER);
    let signed = desk.cast.ruth.note(note).await.unwrap().unwrap();
    assert_eq!(signed.document.section("plan").unwrap().text, "walks, in any weather");
});

both!(headers_corrected_on_two_devices_are_both_kept, |world| {
    let mut desk = Desk::new(&world).await;
    let session = session_with_jonas(&world, &desk.cast).await;
    desk.ruth = desk.app.cookie(&world, desk.cast.ruth.me()).await;
    let mut form = desk.new_form(&format!("?session={session}")).await;
    for (name, value) in WHOLE {
        set(&mut form, name, value);
    }
    set(&mut form, "do", "save");
    let note = note_of(&desk.create(&form).await);
    let here = format!("/notes/{note}");
    let header = async || desk.cast.ruth.note(note).await.unwrap().unwrap().header.unwrap();
    let [mut laptop, mut phone] = two_pages(&desk, note).await;
    set(&mut laptop, "h.place", "Video");
    set(&mut laptop, "h.1.late", "10:15");
    assert_eq!(types(&desk, note, &laptop).await.status, StatusCode::OK);
    // The phone still shows the older header. What it alone changed is there too.
    set(&mut phone, "h.kind", "Booster session");
    set(&mut phone, "h.1.late", "10:20");
    for (name, value) in SIGNS {
        set(&mut phone, name, value);
    }
    let refused = desk.post(&here, &phone).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("also changed on another device"), "{}", refused.text);
    let kept = header().await;
    assert_eq!((kept.place.as_str(), kept.kind.as_str()), ("Video", "Booster session"));
    assert_eq!(kept.other_lines(), [("Jonas Weber, late from".to_owned(), "10:20".to_owned())]);
    // The page shows both values, and a press settles which of them is signed.
    let page = desk.get(&here).await;
    assert!(page.contains("Jonas Weber, late from: ") && page.contains("<strong>10:20</strong>"), "{page}");
    assert_eq!(get(&desk.form_of(note).await, "h.1.late"), "10:15");
    let [tablet, _] = two_pages(&desk, note).await;
    let signs: Vec<(&str, &str)> = SIGNS.into_iter().chain([("h.1.late", "10:20")]).collect();
    assert_eq!(desk.press(note, &signs).await.status, StatusCode::SEE_OTHER);
    let signed = header().await;
    let words = ("Jonas Weber".to_owned(), "present, late from 10:20".to_owned());
    assert!(signed.lines().contains(&words) && signed.edits.is_empty(), "{signed:?}");
    // A field that is corrected after the signature is offered as an addendum.
    let mut tablet = tablet;
    set(&mut tablet, "h.others", "An interpreter");
    assert_eq!(types(&desk, note, &tablet).await.status, StatusCode::OK);
    let left: Vec<String> = leftovers(&desk, note).await.into_iter().map(|left| left.text).collect();
    assert_eq!(left, ["Also present: An interpreter"]);
    set(&mut tablet, "do", "save");
    let back = desk.post(&here, &tablet).await;
    assert_eq!(get(&fields_of(&back.text, "note"), "s.text"), "Also present: An interpreter");
});

both!(devices_that_save_at_the_same_moment_are_both_kept, |world| {
    let cast = Arc::new(Cast::new(&world.store).await);
    let second = world.second().await;
    let again = second.clinician(&visitor(&second, cast.ruth.me()).await).unwrap();
    let text = |page: u128, revision, words: &str| {
        let mut text = NoteText::free(NoteScope::PartnerA, words);
        (text.body.page, text.body.revision, text.is_scope_touched) = (Some(Uuid::from_u128(page)), revision, false);
        text
    };
    let first = text(1, 0, "begun");
    let NoteWrite::Saved(note) =
        cast.ruth.create_note(cast.couple, None, None, &first, SaveKind::Typing).await.unwrap()
    else {
        panic!("kept")
    };
    for round in 0..8 {
        let revision = cast.ruth.note(note).await.unwrap().unwrap().revision;
        let (one, two) = (format!("one{round} begun"), format!("two{round} begun"));
        let (a, b) = (text(100 + round, revision, &one), text(200 + round, revision, &two));
        let (a, b) = tokio::join!(
            cast.ruth.update_note(note, &a, SaveKind::Typing),
            again.update_note(note, &b, SaveKind::Typing)
        );
        assert_eq!((a.unwrap(), b.unwrap()), (NoteWrite::Saved(note), NoteWrite::Saved(note)));
        let body = cast.ruth.note(note).await.unwrap().unwrap().body;
        assert!(body.contains(&one) && body.contains(&two), "{round}: {body}");
    }
});

/// Types in a page of a note as the island does.
async fn types(desk: &Desk, note: NoteId, form: &[(String, String)]) -> Got {
    let fields: Vec<[&str; 2]> = form.iter().map(|(n, v)| [n.as_str(), v.as_str()]).collect();
    let body = serde_json::json!({"client": desk.cast.couple, "note": note, "fields": fields});
    let request = axum::http::Request::builder()
        .method("POST")
        .uri("/api/note")
        .header("host", "localhost:3000")
        .header("sec-fetch-site", "same-origin")
        .header("origin", "http://localhost:3000")
        .header("content-type", "application/json")
        .header("cookie", &desk.ruth)
        .body(axum::body::Body::from(body.to_string()))
        .unwrap();
    desk.app.send(request).await
}

/// What is left over of a note.
async fn leftovers(desk: &Desk, note: NoteId) -> Vec<Leftover> {
    desk.cast.ruth.note_page(note).await.unwrap().unwrap().leftovers
}

both!(words_typed_after_the_signature_become_an_addendum_or_are_discarded, |world| {
    let desk = Desk::new(&world).await;
    let note = desk.saved("partner_a", &[("between", "b"), ("risk-a", "n"), ("risk-b", "n"), ("plan", "walks")]).await;
    let here = format!("/notes/{note}");
    let [mut phone, mut tablet] = two_pages(&desk, note).await;
    assert_eq!(desk.press(note, &SIGNS).await.status, StatusCode::SEE_OTHER);
    // Two other devices type on. Each keeps its own words, the latest of them.
    for words in ["walks and", "walks and talks"] {
        set(&mut phone, "s.plan", words);
        let got = types(&desk, note, &phone).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.text);
        assert!(got.text.contains("signed on another device"), "{}", got.text);
    }
    set(&mut tablet, "s.report-a", "She said so");
    assert_eq!(types(&desk, note, &tablet).await.status, StatusCode::OK);
    let left: Vec<String> = leftovers(&desk, note).await.into_iter().map(|left| left.text).collect();
    assert_eq!(left, ["walks and talks", "She said so"]);
    assert!(!desk.cast.ruth.note(note).await.unwrap().unwrap().body.contains("talks"));
    let page = desk.get(&here).await;
    assert!(page.contains("Typed on another device after you signed") && page.contains("walks and talks"), "{page}");
    // One becomes an addendum that is not signed yet, also when it is pressed twice at once.
    let kept = leftovers(&desk, note).await;
    let (a, b) = tokio::join!(
        desk.cast.ruth.leftover_to_addendum(note, kept[0].id),
        desk.cast.ruth.leftover_to_addendum(note, kept[0].id)
    );
    let made: Vec<NoteId> = [a.unwrap(), b.unwrap()].into_iter().flatten().collect();
    assert_eq!(made.len(), 1);
    let addendum = desk.cast.ruth.note(made[0]).await.unwrap().unwrap();
    assert_eq!((addendum.addendum_of, addendum.scope), (Some(note), NoteScope::PartnerA));
    assert_eq!((addendum.body.as_str(), addendum.signed_at), ("walks and talks", None));
    // The other is discarded, and nobody but the author could.
    assert!(!desk.cast.emeka.discard_leftover(note, kept[1].id).await.unwrap());
    let discard = [("do".to_owned(), "discard".to_owned())];
    let path = format!("{here}/leftovers/{}", kept[1].id);
    assert_eq!(desk.post(&path, &discard).await.status, StatusCode::SEE_OTHER);
    assert!(leftovers(&desk, note).await.is_empty());
    // Signed, the addendum is below its note.
    assert_eq!(desk.press(made[0], &SIGNS).await.status, StatusCode::SEE_OTHER);
    assert!(desk.get(&here).await.contains("walks and talks"));
});

both!(form_sent_after_the_signature_comes_back_as_an_addendum, |world| {
    let desk = Desk::new(&world).await;
    let note = desk.saved("partner_b", &[("between", "b"), ("risk-a", "n"), ("risk-b", "n"), ("plan", "walks")]).await;
    let [mut phone, _] = two_pages(&desk, note).await;
    set(&mut phone, "s.plan", "walks and talks");
    assert_eq!(types(&desk, note, &phone).await.status, StatusCode::OK, "saved before the signature");
    let mut laptop = desk.form_of(note).await;
    set(&mut laptop, "s.plan", "walks");
    for (name, value) in SIGNS {
        set(&mut laptop, name, value);
    }
    assert_eq!(desk.post(&format!("/notes/{note}"), &laptop).await.status, StatusCode::SEE_OTHER);
    set(&mut phone, "do", "save");
    assert_eq!(types(&desk, note, &phone).await.status, StatusCode::OK);
    let back = desk.post(&format!("/notes/{note}"), &phone).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(back.text.contains("signed in the meantime") && back.text.contains("Unsigned addendum"), "{}", back.text);
    let mut form = fields_of(&back.text, "note");
    assert_eq!((get(&form, "s.text"), get(&form, "scope")), ("walks and talks", "partner_b"));
    for (name, value) in SIGNS {
        set(&mut form, name, value);
    }
    let addendum = note_of(&desk.create(&form).await);
    let addendum = desk.cast.ruth.note(addendum).await.unwrap().unwrap();
    assert!(addendum.addendum_of == Some(note) && addendum.signed_at.is_some());
    assert!(leftovers(&desk, note).await.is_empty(), "what is in the addendum is not left over");
});

both!(goals_and_plan_are_copied_within_one_scope_and_marked_until_edited, |world| {
    let desk = Desk::new(&world).await;
    let old = [("plan", "Amara’s walks"), ("goals", "sleep"), ("risk-a", "canary-risk"), ("between", "canary-between")];
    desk.saved("partner_a", &old).await;
    world.clock.advance(Duration::minutes(1));
    desk.saved("joint", &[("plan", "their evenings")]).await;
    world.clock.advance(Duration::minutes(1));
    // On a new page: nothing is saved, and another record copies nothing of Amara's.
    let mut form = desk.new_form("").await;
    set(&mut form, "do", "copy");
    let unchosen = desk.create(&form).await;
    assert!(unchosen.text.contains("Choose whose record"), "{}", unchosen.text);
    set(&mut form, "scope", "partner_b");
    let nothing = desk.create(&form).await.text;
    assert!(nothing.contains("There is no goal") && !nothing.contains("walks"), "{nothing}");
    set(&mut form, "scope", "partner_a");
    let copied = desk.create(&form).await.text;
    assert_eq!(world.number("SELECT count(*) FROM note").await.unwrap(), 2);
    assert!(!copied.contains("canary-"), "{copied}");
    assert_eq!(copied.matches("Copied: check").count(), 2, "{copied}");
    let mut form = fields_of(&copied, "note");
    assert_eq!((get(&form, "s.plan"), get(&form, "s.goals")), ("Amara’s walks", "sleep"));
    set(&mut form, "s.plan", "Amara’s walks, daily");
    set(&mut form, "do", "save");
    let note = note_of(&desk.create(&form).await);
    let document = desk.cast.ruth.note(note).await.unwrap().unwrap().document;
    assert!(document.section("goals").unwrap().copied && !document.section("plan").unwrap().copied);
    assert_eq!(desk.get(&format!("/notes/{note}")).await.matches("Copied: check").count(), 1);
    // A draft that is saved already copies into its empty sections.
    let joint = desk.saved("joint", &[("between", "words")]).await;
    assert_eq!(desk.press(joint, &[("do", "copy"), ("s.between", "more words")]).await.status, StatusCode::SEE_OTHER);
    let document = desk.cast.ruth.note(joint).await.unwrap().unwrap().document;
    assert_eq!(document.section("plan").unwrap().text, "their evenings");
    assert_eq!(document.section("between").unwrap().text, "more words", "what was typed is kept");
});

both!(section_moves_to_the_authors_process_note_and_back, |world| {
    let desk = Desk::new(&world).await;
    let note = desk.saved("joint", &[("plan", "walks"), ("between", "mine alone")]).await;
    let moved = desk.press(note, &[("do", "move"), ("move", "between"), ("s.plan", "walks daily")]).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    let page = desk.cast.ruth.note_page(note).await.unwrap().unwrap();
    assert!(!page.note.body.contains("mine alone") && page.note.body.contains("walks daily"), "{}", page.note.body);
    let process = page.moves[0].to;
    let found = desk.cast.ruth.note(process).await.unwrap().unwrap();
    assert_eq!((found.scope, found.body.as_str()), (NoteScope::Process, "mine alone"));
    assert!(desk.cast.emeka.note(process).await.unwrap().is_none());
    // A second section goes into the same note.
    assert_eq!(desk.press(note, &[("do", "move"), ("move", "plan")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.cast.ruth.note_page(note).await.unwrap().unwrap().moves[0].to, process);
    // Back again, the latest first: both presses at once move it once.
    let moves = desk.cast.ruth.note_page(note).await.unwrap().unwrap().moves;
    let (a, b) = tokio::join!(desk.cast.ruth.undo_move(moves[0].id), desk.cast.ruth.undo_move(moves[0].id));
    assert_ne!(a.unwrap(), b.unwrap());
    let undo = format!("/note-moves/{}/undo", moves[1].id);
    assert_eq!(desk.post(&undo, &[]).await.status, StatusCode::SEE_OTHER);
    let body = desk.cast.ruth.note(note).await.unwrap().unwrap().body;
    assert!(body.contains("mine alone") && body.matches("walks daily").count() == 1, "{body}");
    assert!(desk.cast.ruth.note(process).await.unwrap().unwrap().document.is_empty());
    // A process note has nowhere to move to, and a signed one gives nothing back.
    let refused = desk.press(process, &[("do", "move"), ("move", "plan"), ("s.plan", "x")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A note that only the move has made is gone with it.
    let other = desk.cast.other_couple;
    let text = NoteText::free(NoteScope::PartnerA, "alone");
    let NoteWrite::Saved(theirs) =
        desk.cast.emeka.create_note(other, None, None, &text, SaveKind::Saved).await.unwrap()
    else {
        panic!("saved")
    };
    let before = world.number("SELECT count(*) FROM note").await.unwrap();
    desk.cast.emeka.move_section(theirs, "text").await.unwrap();
    let moved = desk.cast.emeka.note_page(theirs).await.unwrap().unwrap().moves[0].id;
    desk.cast.emeka.undo_move(moved).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM note").await.unwrap(), before);
    assert_eq!(desk.cast.emeka.note(theirs).await.unwrap().unwrap().body, "alone");
});

both!(note_about_one_partner_hints_that_it_names_the_other, |world| {
    let desk = Desk::new(&world).await;
    let hint = "names Jonas. Check whether it belongs here";
    let note = desk.saved("partner_a", &[("plan", "She waits for JONAS.")]).await;
    assert!(desk.get(&format!("/notes/{note}")).await.contains(hint));
    let form = desk.form_of(note).await;
    assert!(types(&desk, note, &form).await.text.contains("names Jonas"));
    for (scope, text) in [("partner_b", "Jonas waits."), ("joint", "Jonas waits."), ("partner_a", "She waits.")] {
        let note = desk.saved(scope, &[("plan", text)]).await;
        assert!(!desk.get(&format!("/notes/{note}")).await.contains("Check whether it belongs"), "{scope}");
    }
});

both!(open_note_keeps_its_template_until_its_author_takes_the_new_one, |world| {
    let desk = Desk::new(&world).await;
    let note = desk.saved("partner_a", &[("between", "kept words"), ("plan", "walks")]).await;
    let entries = desk.cast.owner.note_templates().await.unwrap();
    let (before, _) = entries.into_iter().find(|(e, _)| e.slug.as_deref() == Some("couple-session")).unwrap();
    let sections = before.template.sections.iter().filter(|section| section.key != "between").cloned().collect();
    let mut changed = NoteTemplate { sections, ..before.template };
    changed.sections[0].label = "In her words".to_owned();
    let change = desk.cast.owner.change_note_template(before.id, before.version, &changed).await.unwrap();
    let NoteTemplateChange::Done(newest) = change else { panic!("{change:?}") };
    assert_eq!(
        desk.cast.owner.change_note_template(before.id, before.version, &before_again(&changed)).await.unwrap(),
        NoteTemplateChange::Behind
    );
    let page = desk.get(&format!("/notes/{note}")).await;
    assert!(
        page.contains("This template was changed since you began") && page.contains("Amara’s own report"),
        "{page}"
    );
    assert!(!page.contains("In her words"), "{page}");
    let taken = desk.press(note, &[("do", &format!("template:{newest}")), ("s.plan", "walks daily")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let page = desk.get(&format!("/notes/{note}")).await;
    assert!(page.contains("In her words") && !page.contains("This template was changed"), "{page}");
    for text in ["kept words", "walks daily"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    // The program's own start does not undo what the practice has written.
    world.store.load_note_templates(&duologue::note_templates::templates().unwrap()).await.unwrap();
    assert_eq!(desk.cast.owner.note_template(before.id).await.unwrap().unwrap().version_id, newest);
});

/// A template that differs from this one.
fn before_again(template: &NoteTemplate) -> NoteTemplate {
    NoteTemplate { purpose: "Another.".to_owned(), ..template.clone() }
}

both!(clinician_begins_with_the_template_of_their_choice, |world| {
    let desk = Desk::new(&world).await;
    let templates = desk.cast.ruth.note_templates().await.unwrap();
    let of = |slug: &str| templates.iter().find(|entry| entry.slug.as_deref() == Some(slug)).unwrap();
    // On an empty page, what was corrected in the header stays.
    let mut form = desk.new_form("").await;
    for (name, value) in
        [("do", "template"), ("always_template", "yes"), ("h.others", "An interpreter"), ("scope", "process")]
    {
        set(&mut form, name, value);
    }
    set(&mut form, "use_template", &of("soap").version_id.to_string());
    let page = desk.create(&form).await.text;
    let form = fields_of(&page, "note");
    assert!(page.contains("Objective") && !page.contains("What happened between them"), "{page}");
    assert_eq!((get(&form, "h.others"), get(&form, "scope")), ("An interpreter", "process"));
    assert_eq!(world.number("SELECT count(*) FROM note").await.unwrap(), 0);
    // From now on Ruth's notes begin with it, and nobody else's.
    assert!(desk.get(&format!("/clients/{}/notes/new", desk.cast.couple)).await.contains("Objective"));
    let emeka = desk.cast.emeka.new_note_form(desk.cast.other_couple, None).await.unwrap().unwrap();
    assert_eq!(emeka.layout.template.title, "Couple session");
    // With words, the note is saved and takes another template without losing them.
    let mut form = desk.new_form("").await;
    set(&mut form, "s.objective", "kept words");
    set(&mut form, "do", "template");
    set(&mut form, "use_template", &of("dap").version_id.to_string());
    let note = note_of(&desk.create(&form).await);
    let page = desk.get(&format!("/notes/{note}")).await;
    assert!(page.contains("kept words") && page.contains("name=\"s.data\""), "{page}");
    assert!(desk.cast.ruth.note(note).await.unwrap().unwrap().undecided);
    // An archived template is no first choice any more.
    assert!(desk.cast.owner.archive_note_template(of("soap").id, true).await.unwrap());
    let form = desk.cast.ruth.new_note_form(desk.cast.couple, None).await.unwrap().unwrap();
    assert_eq!(form.layout.template.title, "Couple session");
});

both!(owner_writes_templates_with_a_preview_and_versions, |world| {
    let desk = Desk::new(&world).await;
    let owner = desk.app.cookie(&world, desk.cast.owner.me()).await;
    let list = desk.app.get("/practice/note-templates", Some(&owner)).await.text;
    for title in ["Couple session", "SOAP", "DAP", "BIRP", "GIRP", "Free text", "Intake", "Ending"] {
        assert!(list.contains(title), "{title}: {list}");
    }
    let preview =
        [("title", "Ours"), ("step.0.label", "What helped {first}"), ("step.0.hint", "Small things"), ("do", "add")];
    let shown = desk.app.post("/practice/note-templates", Some(&owner), &preview).await;
    assert!(shown.text.contains("What helped Amara") && shown.text.contains("name=\"step.1.label\""), "{}", shown.text);
    let form = [("title", "Ours"), ("step.0.label", "What helped {first}"), ("step.0.required", "yes"), ("do", "save")];
    let saved = desk.app.post("/practice/note-templates", Some(&owner), &form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let templates = desk.cast.ruth.note_templates().await.unwrap();
    let ours = templates.iter().find(|entry| entry.template.title == "Ours").unwrap();
    let path = format!("/practice/note-templates/{}", ours.id);
    let refused = desk.app.post(&path, Some(&owner), &[("title", ""), ("version", "1"), ("do", "save")]).await;
    assert!(refused.text.contains("Enter the template’s title") && refused.text.contains("Enter at least one section"));
    let form =
        [("title", "Ours"), ("version", "1"), ("step.0.key", "own-1"), ("step.0.label", "Helped"), ("do", "save")];
    assert_eq!(desk.app.post(&path, Some(&owner), &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.cast.owner.note_template(ours.id).await.unwrap().unwrap().version, 2);
    // A version that notes keep cannot be changed behind the program's back.
    let error = world.by_hand("UPDATE note_template_version SET title = 'x' WHERE id = $1", ours.version_id.0).await;
    assert!(error.unwrap_err().to_string().contains("note_template_version_stays"));
    // Therapists read no page of the owner.
    assert_eq!(desk.app.get(&path, Some(&desk.ruth)).await.status, StatusCode::NOT_FOUND);
});

both!(marks_of_the_form_are_those_of_the_texts_it_shows, |world| {
    let desk = Desk::new(&world).await;
    let note = desk.saved("partner_a", &[("plan", "walks\r\n\r\nand “talks” & <more>")]).await;
    let form = desk.form_of(note).await;
    assert_eq!(get(&form, "was.plan"), mark(get(&form, "s.plan")));
    let revision = desk.cast.ruth.note(note).await.unwrap().unwrap().revision;
    assert_eq!((get(&form, "revision"), get(&form, "was_scope")), (revision.to_string().as_str(), "partner_a"));
});
