//! Consents: what is signed is kept word for word, by the person alone, and what one of
//! the two does changes nothing for the other.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    form::Form,
    ids::{AskId, ConsentTextId},
    records::consents::{
        BlankValues, ConsentKind, CopyGiven, NewVersion, PaperSignature, SignMethod, WithdrawnHow, hex,
    },
};
use sha2::{Digest as _, Sha256};
use store::{
    AskOutcome, AskStatus, ConsentContent, Evidence, OwnAsk, Partner, Shown, SignOutcome, SignedBy, SignedText,
    TextSaved,
};
use tests::{World, app::App, both, people::Cast};

use crate::clients::unseen::plain;

/// A text of the practice with this title and body.
pub(crate) async fn text(cast: &Cast, title: &str, body: &str) -> ConsentTextId {
    let new = version(title, body);
    cast.owner.add_consent_text(&new, None).await.unwrap()
}

/// A version in English.
fn version(title: &str, body: &str) -> NewVersion {
    NewVersion::read(&Form::from_pairs([("title.en", title), ("body.en", body)])).unwrap()
}

/// Ruth asks a partner of the couple to sign a text.
async fn ask_for(cast: &Cast, partner: &Partner, text: ConsentTextId, blanks: &BlankValues) -> AskId {
    let asked = cast.ruth.ask_consents(cast.couple, &[partner.person()], &[text], blanks).await.unwrap();
    assert_eq!(asked, Some(AskOutcome::Asked(1)));
    let states = partner.own_consents().await.unwrap();
    states.iter().rev().find(|state| state.text == text && state.status.is_open()).expect("asked").ask
}

/// Ruth asks Amara to sign the text of this kind that the program brings.
pub(crate) async fn ask(cast: &Cast, kind: ConsentKind, blanks: &BlankValues) -> AskId {
    let (texts, _) = cast.ruth.consent_choices(cast.couple).await.unwrap().unwrap();
    let text = texts.iter().find(|text| text.kind == kind).expect("a text of this kind").id;
    ask_for(cast, &cast.amara, text, blanks).await
}

/// A form of Amara's that can be signed, of a text of its own.
pub(crate) async fn fresh(cast: &Cast) -> AskId {
    let text = text(cast, "House rules", "Be on time, {name}.").await;
    ask_for(cast, &cast.amara, text, &vec![]).await
}

/// A form that is to be signed, as its person reads it.
pub(crate) async fn shown(partner: &Partner, ask: AskId) -> Shown {
    match partner.own_consent(ask).await.unwrap() {
        Some(OwnAsk::ToSign(shown)) => *shown,
        other => panic!("to sign: {other:?}"),
    }
}

/// A form that is signed, as its person reads it.
async fn signed_text(partner: &Partner, ask: AskId) -> SignedText {
    match partner.own_consent(ask).await.unwrap() {
        Some(OwnAsk::Signed(signed)) => *signed,
        other => panic!("signed: {other:?}"),
    }
}

/// A signature on what is shown.
pub(crate) fn by(shown: &Shown) -> SignedBy {
    SignedBy {
        typed_name: format!("{} (typed)", shown.name),
        statement: "I agree.".to_owned(),
        shown: shown.hash.clone(),
        shown_at: "2026-11-01T00:00:00Z".parse().unwrap(),
        copy: CopyGiven::Portal,
        evidence: Some(Evidence { ip: "203.0.113.7".to_owned(), browser: "Firefox on Android".to_owned() }),
    }
}

/// Signs a form as its page shows it.
pub(crate) async fn sign(partner: &Partner, ask: AskId) -> SignOutcome {
    let shown = shown(partner, ask).await;
    partner.sign_consent(ask, &by(&shown)).await.unwrap()
}

/// A form that Amara has signed.
pub(crate) async fn signed(cast: &Cast) -> AskId {
    let ask = fresh(cast).await;
    assert!(matches!(sign(&cast.amara, ask).await, SignOutcome::Signed(_)));
    ask
}

/// The value of a hidden field of a page.
fn hidden(html: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = html.find(&mark).unwrap_or_else(|| panic!("{name}: {html}")) + mark.len();
    html[at..].split('"').next().unwrap().to_owned()
}

async fn count(world: &World, question: &'static str) -> i64 {
    world.number(question).await.unwrap()
}

both!(what_is_signed_is_kept_word_for_word_with_how_it_was_signed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let text =
        text(&cast, "Fees", "A session costs {fee}.\n\n## Rules\n\n- Be on time, {name}.\n- Pay <b>here</b>.").await;
    let ask = ask_for(&cast, &cast.amara, text, &vec![("fee".to_owned(), "95 €".to_owned())]).await;
    let amara = app.cookie(&world, cast.amara.me()).await;
    let path = format!("/portal/consents/{ask}");
    let page = app.get(&path, Some(&amara)).await;
    assert!(page.text.contains("A session costs 95 €.") && page.text.contains("Be on time, Amara Nwosu."));
    let hash = hidden(&page.text, "shown");
    let document = "Fees\n\nA session costs 95 €.\n\n## Rules\n\n- Be on time, Amara Nwosu.\n- Pay <b>here</b>.";
    assert_eq!(hash, hex(&Sha256::digest(document.as_bytes())), "the hash is that of what is shown");

    // Nothing is signed without the tick and the name, and what was typed stays.
    let refused = app.post(&path, Some(&amara), &[("shown", &hash), ("typed_name", "A. Nwosu")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Tick the box to agree.") && refused.text.contains("A. Nwosu"));
    assert_eq!(count(&world, "SELECT count(*) FROM signature").await, 0);

    world.clock.advance(Duration::minutes(3));
    let shown_at = hidden(&page.text, "shown_at");
    let form = [("agree", "yes"), ("shown", &*hash), ("shown_at", &*shown_at), ("typed_name", "A. Nwosu")];
    let got = app.post(&path, Some(&amara), &form).await;
    assert_eq!(got.location(), format!("{path}?notice=form_signed"), "{}", got.text);
    let kept = signed_text(&cast.amara, ask).await;
    assert_eq!(kept.filled.document(), document);
    let signature = &kept.signature;
    assert_eq!(hex(&signature.sha256), hash);
    assert_eq!(
        (signature.method, signature.version, signature.typed_name.as_str()),
        (SignMethod::Portal, 1, "A. Nwosu")
    );
    assert_eq!(signature.statement, "I have read this text, and I agree to it.");
    assert_eq!(signature.signed_at, world.store.now());
    assert_eq!((signature.signed_at - kept.shown_at).num_minutes(), 3);
    assert!(kept.recorded_by.is_none() && kept.applies());

    // The copies are the same text, whole, as a page and as a PDF.
    for (who, copy) in [(cast.amara.me(), path.clone()), (cast.ruth.me(), format!("/consents/{ask}"))] {
        let cookie = app.cookie(&world, who).await;
        let page = app.get(&format!("{copy}/copy"), Some(&cookie)).await.text;
        for line in ["A session costs 95 €.", "Rules", "Be on time, Amara Nwosu.", "Pay &lt;b&gt;here&lt;/b&gt;."] {
            assert!(page.contains(line), "{line}: {page}");
        }
        assert!(page.contains(&hash) && page.contains("A. Nwosu"), "{page}");
        let pdf = app.get(&format!("{copy}/copy.pdf"), Some(&cookie)).await;
        assert!(pdf.status == StatusCode::OK && pdf.text.starts_with("%PDF-") && pdf.text.len() > 3_000);
    }
    // In the database nothing of it is readable, and nothing can be changed.
    for (column, word) in [("content", "Nwosu"), ("evidence", "127.0.0.1")] {
        let found = match column {
            "content" => count(&world, "SELECT count(*) FROM signature WHERE content IS NOT NULL").await,
            _ => count(&world, "SELECT count(*) FROM signature WHERE evidence IS NOT NULL").await,
        };
        assert_eq!(found, 1, "{word}");
    }
    for statement in [
        "UPDATE signature SET language = 'hi'",
        "UPDATE signature SET signed_at = recorded_at, method = 'paper'",
        "UPDATE consent_wording SET body = 'x'",
        "UPDATE consent_version SET version = 7",
        "DELETE FROM signature",
    ] {
        assert!(world.raw(statement).await.is_err(), "{statement}");
    }
});

both!(text_that_was_replaced_a_second_ago_is_shown_and_nothing_is_signed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let text = text(&cast, "Rules", "First words.").await;
    let ask = ask_for(&cast, &cast.amara, text, &vec![]).await;
    let amara = app.cookie(&world, cast.amara.me()).await;
    let path = format!("/portal/consents/{ask}");
    let hash = hidden(&app.get(&path, Some(&amara)).await.text, "shown");
    let changed = cast.owner.change_consent_text(text, &version("Rules", "Second words."), false, 1).await.unwrap();
    assert_eq!(changed, TextSaved::Saved(2));
    let form =
        |hash: &str| [("agree", "yes".to_owned()), ("typed_name", "Amara".to_owned()), ("shown", hash.to_owned())];
    let got = app.post(&path, Some(&amara), &tests::app::pairs(&form(&hash))).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("This text has changed") && got.text.contains("Second words."), "{}", got.text);
    assert!(!got.text.contains("value=\"yes\" checked"), "the new text is not ticked: {}", got.text);
    assert_eq!(count(&world, "SELECT count(*) FROM signature").await, 0);
    let got = app.post(&path, Some(&amara), &tests::app::pairs(&form(&hidden(&got.text, "shown")))).await;
    assert!(got.location().ends_with("notice=form_signed"));
    assert_eq!(signed_text(&cast.amara, ask).await.filled.body, "Second words.");
    // What was written in the store's name, too: a hash of another text signs nothing.
    let other = fresh(&cast).await;
    let mut wrong = by(&shown(&cast.amara, other).await);
    wrong.shown = hash;
    assert_eq!(cast.amara.sign_consent(other, &wrong).await.unwrap(), SignOutcome::Replaced);
});

both!(two_presses_at_once_are_one_signature, |world| {
    let cast = Cast::new(&world.store).await;
    let (ask, second) = (fresh(&cast).await, world.second().await);
    let there = second.partner(cast.amara.visitor()).unwrap();
    let signature = by(&shown(&cast.amara, ask).await);
    let (one, two) = tokio::join!(cast.amara.sign_consent(ask, &signature), there.sign_consent(ask, &signature));
    let outcomes = [one.unwrap(), two.unwrap()];
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, SignOutcome::Signed(_))).count(), 1, "{outcomes:?}");
    assert!(outcomes.contains(&SignOutcome::Already), "{outcomes:?}");
    assert_eq!(count(&world, "SELECT count(*) FROM signature").await, 1);
});

both!(signing_while_the_text_is_replaced_signs_what_was_shown_or_nothing, |world| {
    let cast = Cast::new(&world.store).await;
    let second = world.second().await;
    let owner = second.owner(cast.owner.visitor()).unwrap();
    for round in 0..6 {
        let text = text(&cast, "Rules", "First words.").await;
        let ask = ask_for(&cast, &cast.amara, text, &vec![]).await;
        let signature = by(&shown(&cast.amara, ask).await);
        let new = version("Rules", "Second words.");
        let (signed, saved) =
            tokio::join!(cast.amara.sign_consent(ask, &signature), owner.change_consent_text(text, &new, false, 1));
        assert_eq!(saved.unwrap(), TextSaved::Saved(2), "round {round}");
        match signed.unwrap() {
            SignOutcome::Signed(_) => {
                let kept = signed_text(&cast.amara, ask).await;
                assert_eq!((kept.filled.body.as_str(), kept.signature.version), ("First words.", 1));
            }
            SignOutcome::Replaced => assert_eq!(shown(&cast.amara, ask).await.filled.body, "Second words."),
            other => panic!("round {round}: {other:?}"),
        }
    }
});

both!(nobody_signs_or_reads_for_another, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let topic = vec![("topic".to_owned(), "canary-topic".to_owned())];
    let (open, secret, done) =
        (fresh(&cast).await, ask(&cast, ConsentKind::Confidences, &topic).await, signed(&cast).await);
    for partner in [&cast.jonas, &cast.stranger] {
        assert_eq!(partner.own_consent(open).await.unwrap(), None);
        let signature = by(&shown(&cast.amara, open).await);
        assert_eq!(partner.sign_consent(open, &signature).await.unwrap(), SignOutcome::Gone);
        assert_eq!(partner.withdraw_consent(done).await.unwrap(), None);
    }
    let others = [cast.jonas.me(), cast.stranger.me(), cast.desk.me(), cast.owner.me(), cast.emeka.me()];
    for who in others {
        let cookie = app.cookie(&world, who).await;
        for ask in [open, secret, done] {
            for path in [format!("/portal/consents/{ask}"), format!("/consents/{ask}"), format!("/consents/{ask}/copy")]
            {
                assert_eq!(app.get(&path, Some(&cookie)).await.status, StatusCode::NOT_FOUND, "{who} {path}");
            }
            for path in ["", "/withdrawal"].map(|end| format!("/portal/consents/{ask}{end}")) {
                let form = [("agree", "yes"), ("typed_name", "x"), ("shown", "y")];
                assert_eq!(app.post(&path, Some(&cookie), &form).await.status, StatusCode::NOT_FOUND, "{who} {path}");
            }
        }
    }
    assert!(shown(&cast.amara, secret).await.filled.body.contains("canary-topic"));
    assert!(signed_text(&cast.amara, done).await.applies(), "nobody has withdrawn it");
    assert_eq!(cast.emeka.close_ask(open).await.unwrap(), None);
});

both!(front_desk_reads_states_and_no_text, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let open = ask(&cast, ConsentKind::Treatment, &vec![]).await;
    ask(&cast, ConsentKind::Confidences, &vec![("topic".to_owned(), "canary-topic".to_owned())]).await;
    let done = signed(&cast).await;
    let desk = app.cookie(&world, cast.desk.me()).await;
    let path = format!("/desk/clients/{}", cast.couple);
    let page = app.get(&path, Some(&desk)).await.text;
    assert!(page.contains("Amara Nwosu: Agreement to counselling") && page.contains("Not signed"), "{page}");
    assert!(page.contains("Amara Nwosu: House rules"), "{page}");
    assert!(!page.contains("Permission to tell") && !page.contains("canary-topic"), "{page}");
    // That it was withdrawn is not the desk's to know.
    assert_eq!(cast.amara.withdraw_consent(done).await.unwrap(), Some(true));
    assert_eq!(plain(&app.get(&path, Some(&desk)).await.text), plain(&page));
    // Taking the open one back removes it.
    assert_eq!(cast.ruth.close_ask(open).await.unwrap(), Some(true));
    assert!(!app.get(&path, Some(&desk)).await.text.contains("Agreement to counselling"));
    // A therapist's own bookings show no states: they read the forms in the record.
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert!(ruth.form_states(cast.couple).await.unwrap().is_empty());
});

both!(withdrawing_does_not_show_in_how_far_an_intake_is, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    cast.ruth.start_intake(cast.couple).await.unwrap();
    let mut last = None;
    for state in cast.amara.own_consents().await.unwrap() {
        match sign(&cast.amara, state.ask).await {
            SignOutcome::Signed(_) => last = Some(state.ask),
            _ => assert_eq!(cast.ruth.close_ask(state.ask).await.unwrap(), Some(true)),
        }
    }
    let desk = app.cookie(&world, cast.desk.me()).await;
    let path = format!("/desk/clients/{}", cast.couple);
    let read = async || plain(&app.get(&path, Some(&desk)).await.text);
    let standing = async || cast.amara.intake_standings().await.unwrap()[0].standing.settled;
    let (page, settled) = (read().await, standing().await);
    assert!(page.contains("ntake"), "{page}");
    assert_eq!(cast.amara.withdraw_consent(last.expect("something is signed")).await.unwrap(), Some(true));
    assert_eq!(read().await, page);
    assert_eq!(standing().await, settled);
});

both!(withdrawing_is_one_step_and_the_other_partner_sees_no_difference, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let text = text(&cast, "Rules", "Words.").await;
    let ask = ask_for(&cast, &cast.amara, text, &vec![]).await;
    let his = ask_for(&cast, &cast.jonas, text, &vec![]).await;
    assert!(matches!(sign(&cast.jonas, his).await, SignOutcome::Signed(_)));
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let read = async || {
        let own = [format!("/portal/consents/{his}"), format!("/portal/consents/{his}/copy")];
        let pages = ["/portal", "/portal/forms", "/portal/messages", "/portal/settings", "/portal/sessions"];
        let mut all = Vec::new();
        for path in pages.map(str::to_owned).into_iter().chain(own) {
            let got = app.get(&path, Some(&jonas)).await;
            all.push((path, got.status, plain(&got.text)));
        }
        all
    };
    let before = read().await;
    assert!(matches!(sign(&cast.amara, ask).await, SignOutcome::Signed(_)));
    assert_eq!(read().await, before, "Jonas learns that Amara has signed");
    let amara = app.cookie(&world, cast.amara.me()).await;
    let got = app.post(&format!("/portal/consents/{ask}/withdrawal"), Some(&amara), &[]).await;
    assert_eq!(got.location(), format!("/portal/consents/{ask}?notice=form_withdrawn"));
    assert_eq!(read().await, before, "Jonas learns that Amara has withdrawn");
    // It is withdrawn once, and kept.
    assert_eq!(cast.amara.withdraw_consent(ask).await.unwrap(), Some(false));
    let kept = signed_text(&cast.amara, ask).await;
    assert_eq!((kept.withdrawn_how, kept.applies()), (Some(WithdrawnHow::Portal), false));
    // The therapist gets one neutral line, until they have read it.
    let news = cast.ruth.withdrawn_consents().await.unwrap();
    assert_eq!(news.iter().map(|news| news.ask).collect::<Vec<_>>(), [ask]);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let today = app.get("/today", Some(&ruth)).await.text;
    assert!(today.contains("a form has changed") && !today.contains("withdr"), "{today}");
    assert!(app.get(&format!("/consents/{ask}"), Some(&ruth)).await.text.contains("Withdrawn"));
    assert!(cast.ruth.withdrawn_consents().await.unwrap().is_empty());
    // Asked again, she can sign again.
    let again = ask_for(&cast, &cast.amara, text, &vec![]).await;
    assert!(matches!(sign(&cast.amara, again).await, SignOutcome::Signed(_)));
});

both!(signature_on_paper_and_in_the_room_says_so, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let text = text(&cast, "Rules", "First words.").await;
    let paper = ask_for(&cast, &cast.amara, text, &vec![]).await;
    cast.owner.change_consent_text(text, &version("Rules", "Second words."), false, 1).await.unwrap();
    let signature = |version, scan| PaperSignature {
        version,
        language: domain::clients::person::Language::English,
        typed_name: "Amara Nwosu".to_owned(),
        signed_on: "2026-11-20".parse().unwrap(),
        scan,
    };
    let record = async |paper_signature: &PaperSignature| {
        cast.ruth.record_paper_consent(paper, paper_signature, "I agree.").await.unwrap()
    };
    assert_eq!(record(&signature(9, None)).await, SignOutcome::Replaced, "there is no ninth version");
    let foreign = domain::ids::DocumentId(uuid::Uuid::from_u128(7));
    assert_eq!(record(&signature(1, Some(foreign))).await, SignOutcome::Gone, "the scan is of another record");
    assert!(matches!(record(&signature(1, None)).await, SignOutcome::Signed(_)));
    assert_eq!(record(&signature(1, None)).await, SignOutcome::Already);
    let kept = signed_text(&cast.amara, paper).await;
    assert_eq!((kept.filled.body.as_str(), kept.signature.version), ("First words.", 1), "what was printed is kept");
    assert_eq!((kept.signature.method, kept.copy), (SignMethod::Paper, CopyGiven::Printed));
    assert_eq!(kept.recorded_by.as_deref(), Some("Ruth Abrahams"));
    assert!(kept.signature.signed_at < kept.recorded_at);

    let room = fresh(&cast).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let page = app.get(&format!("/consents/{room}/room"), Some(&ruth)).await.text;
    let hash = hidden(&page, "shown");
    let mut form = vec![("agree", "yes"), ("typed_name", "Amara"), ("shown", &*hash)];
    let got = app.post(&format!("/consents/{room}/room"), Some(&ruth), &form).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "it is said what they get as a copy");
    form.push(("copy", "portal"));
    let got = app.post(&format!("/consents/{room}/room"), Some(&ruth), &form).await;
    assert_eq!(got.location(), format!("/consents/{room}?notice=form_recorded"), "{}", got.text);
    let kept = signed_text(&cast.amara, room).await;
    assert_eq!((kept.signature.method, kept.recorded_by.as_deref()), (SignMethod::Room, Some("Ruth Abrahams")));
});

both!(new_version_is_asked_of_those_who_signed_an_older_one_once, |world| {
    let cast = Cast::new(&world.store).await;
    let text = text(&cast, "Fees", "You pay {fee}.").await;
    let ask = ask_for(&cast, &cast.amara, text, &vec![("fee".to_owned(), "95 €".to_owned())]).await;
    assert!(matches!(sign(&cast.amara, ask).await, SignOutcome::Signed(_)));
    let worker = world.store.worker();
    assert_eq!(worker.renew_consents().await.unwrap(), 0);
    world.clock.advance(Duration::minutes(1));
    // A version that renews nothing asks nobody.
    cast.owner.change_consent_text(text, &version("Fees", "You pay {fee} each time."), false, 1).await.unwrap();
    assert_eq!(worker.renew_consents().await.unwrap(), 0);
    cast.owner.change_consent_text(text, &version("Fees", "You pay {fee} now."), true, 2).await.unwrap();
    let second = world.second().await.worker();
    let (one, two) = tokio::join!(worker.renew_consents(), second.renew_consents());
    assert_eq!(one.unwrap() + two.unwrap(), 1, "two processes ask her once");
    let states = cast.amara.own_consents().await.unwrap();
    let again = states.iter().find(|state| state.status.is_open()).expect("asked").ask;
    assert!(
        shown(&cast.amara, again).await.filled.body.contains("You pay 95 € now."),
        "what was agreed stays filled in"
    );
    assert!(signed_text(&cast.amara, ask).await.applies(), "the old one applies until then");
    world.clock.advance(Duration::minutes(1));
    assert!(matches!(sign(&cast.amara, again).await, SignOutcome::Signed(_)));
    assert!(!signed_text(&cast.amara, ask).await.applies());
    assert_eq!(signed_text(&cast.amara, again).await.replaces, Some(1));
    assert_eq!(cast.amara.withdraw_consent(ask).await.unwrap(), Some(false), "what was replaced cannot be withdrawn");
    assert_eq!(worker.renew_consents().await.unwrap(), 0);
});

both!(evidence_is_deleted_after_ninety_days, |world| {
    let cast = Cast::new(&world.store).await;
    let ask = signed(&cast).await;
    let evidence = async || match cast.ruth.consent(ask).await.unwrap().unwrap().content {
        ConsentContent::Signed(_, evidence) => evidence.map(|evidence| evidence.ip),
        ConsentContent::Open(_) => panic!("signed"),
    };
    assert_eq!(evidence().await.as_deref(), Some("203.0.113.7"));
    world.clock.advance(Duration::days(89));
    world.store.worker().forget_evidence().await.unwrap();
    assert_eq!(evidence().await.as_deref(), Some("203.0.113.7"));
    world.clock.advance(Duration::days(2));
    world.store.worker().forget_evidence().await.unwrap();
    assert_eq!(evidence().await, None);
    assert_eq!(count(&world, "SELECT count(*) FROM signature WHERE evidence IS NULL").await, 1, "the signature stays");
});

both!(permission_needs_a_password_of_the_last_five_minutes, |world| {
    let app = App::new(&world);
    let hash = app.state.site().hasher.hash("a quiet river at dawn".to_owned()).await.unwrap();
    let cast = Cast::with_hash(&world.store, &hash).await;
    let ask = ask(&cast, ConsentKind::Confidences, &vec![("topic".to_owned(), "the move".to_owned())]).await;
    let amara = app.cookie(&world, cast.amara.me()).await;
    let path = format!("/portal/consents/{ask}");
    assert!(!app.get(&path, Some(&amara)).await.text.contains("current_password"), "she has just signed in");
    world.clock.advance(Duration::minutes(6));
    let page = app.get(&path, Some(&amara)).await.text;
    assert!(page.contains("current_password"));
    let hash = hidden(&page, "shown");
    let mut form = vec![("agree", "yes"), ("typed_name", "Amara"), ("shown", &*hash)];
    for wrong in [None, Some("a loud river")] {
        let mut form = form.clone();
        form.extend(wrong.map(|wrong| ("current_password", wrong)));
        let got = app.post(&path, Some(&amara), &form).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(!got.text.contains("a loud river"));
    }
    // The store refuses it as well, whatever the page asks.
    let signature = by(&shown(&cast.amara, ask).await);
    assert_eq!(cast.amara.sign_consent(ask, &signature).await.unwrap(), SignOutcome::NotFresh);
    form.push(("current_password", "a quiet river at dawn"));
    let got = app.post(&path, Some(&amara), &form).await;
    assert!(got.location().ends_with("notice=form_signed"), "{}", got.text);
    assert_eq!(signed_text(&cast.amara, ask).await.proof, domain::records::consents::Proof::Password);
});

both!(incomplete_form_cannot_be_asked_for_or_signed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let text = text(&cast, "Fees", "You pay {fee}.").await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let path = format!("/clients/{}/consents", cast.couple);
    let (text_id, amara) = (text.to_string(), cast.amara.person().to_string());
    let form = [("text", &*text_id), ("person", &*amara), ("blank.practice", "Ours")];
    let got = app.post(&path, Some(&ruth), &form).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("Fill this in") && got.text.contains("Ours"), "{}", got.text);
    assert_eq!(count(&world, "SELECT count(*) FROM consent_ask").await, 0);
    // Where a blank is missing nevertheless, nothing is signed.
    let ask = ask_for(&cast, &cast.amara, text, &vec![]).await;
    assert_eq!(sign(&cast.amara, ask).await, SignOutcome::Unfilled);
    let cookie = app.cookie(&world, cast.amara.me()).await;
    let page = app.get(&format!("/portal/consents/{ask}"), Some(&cookie)).await.text;
    assert!(page.contains("can’t be signed yet") && !page.contains("typed_name"), "{page}");
    // A person of another client cannot be asked.
    let asked = cast.ruth.ask_consents(cast.couple, &[cast.stranger.person()], &[text], &vec![]).await.unwrap();
    assert_eq!(asked, Some(AskOutcome::Unknown));
    assert_eq!(cast.emeka.ask_consents(cast.couple, &[cast.amara.person()], &[text], &vec![]).await.unwrap(), None);
});

both!(owner_keeps_the_texts_in_versions_with_a_preview, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let owner = app.cookie(&world, cast.owner.me()).await;
    let list = app.get("/practice/forms", Some(&owner)).await.text;
    assert_eq!(list.matches("Have this checked by your lawyer").count(), 11, "{list}");
    let fees = cast.owner.consent_texts().await.unwrap().into_iter().find(|t| t.kind == ConsentKind::Fees).unwrap();
    let path = format!("/practice/forms/{}", fees.id);
    let form = [("title.en", "Our fees"), ("body.en", "You pay {fee}."), ("version", "1"), ("preview", "yes")];
    let preview = app.post(&path, Some(&owner), &form).await;
    assert!(preview.status == StatusCode::OK && preview.text.contains("You pay 120 €."), "{}", preview.text);
    assert_eq!(count(&world, "SELECT max(version) FROM consent_version").await, 1, "a preview saves nothing");
    let wrong = app.post(&path, Some(&owner), &[("title.en", "Our fees"), ("body.en", "{price}")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("{price} is not a blank"));
    let saved = app.post(&path, Some(&owner), &form[..3]).await;
    assert_eq!(saved.location(), format!("{path}?notice=text_saved"));
    let again = app.post(&path, Some(&owner), &form[..3]).await;
    assert_eq!(again.location(), format!("{path}?notice=text_same"), "the same words make no second version");
    let stale = [("title.en", "Our fees"), ("body.en", "You pay {fee} in cash."), ("version", "1")];
    let stale = app.post(&path, Some(&owner), &stale).await;
    assert!(stale.status == StatusCode::UNPROCESSABLE_ENTITY && stale.text.contains("in cash"), "{}", stale.text);
    let list = app.get("/practice/forms", Some(&owner)).await.text;
    assert_eq!(list.matches("Have this checked by your lawyer").count(), 10, "its own words are the practice’s");
    // The program's next start leaves the practice's words alone.
    let reopened = world.second().await;
    let texts = reopened.owner(cast.owner.visitor()).unwrap().consent_texts().await.unwrap();
    assert_eq!(texts.iter().find(|text| text.id == fees.id).unwrap().title, "Our fees");
    assert_eq!(texts.len(), 11);
    // An archived text is not offered; one for the policy always is.
    assert!(cast.owner.set_consent_text_archived(fees.id, true).await.unwrap());
    let (choices, _) = cast.ruth.consent_choices(cast.couple).await.unwrap().unwrap();
    assert!(choices.iter().all(|choice| choice.kind != ConsentKind::Fees));
    let policy = texts.iter().find(|text| text.kind == ConsentKind::Policy).unwrap().id;
    assert!(!cast.owner.set_consent_text_archived(policy, true).await.unwrap());
});

both!(separation_takes_open_forms_back_and_keeps_what_is_signed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (open, done) = (fresh(&cast).await, signed(&cast).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let preview = app.get(&format!("/clients/{}/separation", cast.couple), Some(&ruth)).await.text;
    assert!(preview.contains("Forms that are not signed are taken back (1)"), "{preview}");
    let signature = by(&shown(&cast.amara, open).await);
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    assert_eq!(cast.amara.sign_consent(open, &signature).await.unwrap(), SignOutcome::Gone);
    assert_eq!(cast.amara.own_consent(done).await.unwrap(), None, "nothing of the record is in the portal");
    assert!(cast.ruth.consent(open).await.unwrap().is_none());
    let kept = cast.ruth.consent(done).await.unwrap().expect("the therapist reads what was signed");
    assert!(matches!(kept.state.status, AskStatus::Signed(_)));
    assert_eq!(cast.ruth.ask_consents(cast.couple, &[cast.amara.person()], &[], &vec![]).await.unwrap(), None);
    assert_eq!(count(&world, "SELECT count(*) FROM email WHERE kind = 'form' AND state = 'planned'").await, 0);
});

both!(email_says_that_something_is_there_and_ends_with_the_signature, |world| {
    let cast = Cast::new(&world.store).await;
    let ask = fresh(&cast).await;
    let mails = world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
    let forms: Vec<_> = mails.iter().filter(|mail| mail.kind == domain::outbox::reminder::EmailKind::Form).collect();
    assert_eq!(forms.len(), 1);
    assert!(forms[0].recipient_name.starts_with("Amara") && matches!(forms[0].facts, store::EmailFacts::Portal));
    world.store.worker().return_claim_early(forms[0].id, forms[0].token, false).await.unwrap();
    assert!(matches!(sign(&cast.amara, ask).await, SignOutcome::Signed(_)));
    world.clock.advance(Duration::minutes(5));
    let mails = world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
    assert!(mails.iter().all(|mail| mail.kind != domain::outbox::reminder::EmailKind::Form));
});
