//! The practice's own wording of its emails: checked before it is saved, sent in each
//! recipient's language, and reset.

use chrono::Duration;
use domain::{
    clients::person::{Language, PersonDetails},
    form::Form,
    outbox::{reminder::EmailKind, wording::WordingKind},
};
use store::{Booked, EmailFacts};
use tests::{
    Backend, World,
    app::App,
    both, cancelled,
    people::{Cast, details},
};

const SUBJECT: &str = "See you on {day}";
const BODY: &str = "Dear[ {name}], <b> {when}. [{link}] [{next}]";

fn own_wording() -> Form {
    Form::from_pairs([("subject", SUBJECT), ("body", BODY)])
}

both!(emails_use_the_recipients_language_and_the_practices_wording, |world| {
    let cast = Cast::new(&world.store).await;
    let (kind, hindi) = (WordingKind::Confirmation, Language::Hindi);
    cast.owner.set_wording(kind, hindi, &own_wording()).await.unwrap();
    // Amara reads Hindi, Jonas English.
    let people = cast.ruth.names(cast.couple).await.unwrap().unwrap();
    let details = PersonDetails { language: hindi, ..details("Amara Nwosu", "amara@example.org", "Europe/Berlin") };
    assert_eq!(cast.ruth.update_person(cast.couple, people[0].0, &details).await.unwrap(), store::PersonUpdate::Saved);
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let claimed = world.store.worker().claim_due(10, Duration::minutes(1)).await.unwrap();
    let mut told: Vec<_> = claimed
        .iter()
        .map(|m| (m.recipient_name.as_str(), m.kind, m.language, m.wording.as_ref().map(|f| f.get("subject"))))
        .collect();
    told.sort_unstable_by_key(|t| t.0);
    assert_eq!(
        told,
        [
            ("Amara Nwosu", EmailKind::Confirmation, Language::Hindi, Some(SUBJECT)),
            ("Jonas Weber", EmailKind::Confirmation, Language::English, None),
        ]
    );
    // A second change replaces the first; a reset returns to the program's own text.
    cast.owner.set_wording(kind, hindi, &Form::from_pairs([("subject", "New"), ("body", BODY)])).await.unwrap();
    let found = cast.owner.wordings().await.unwrap();
    assert_eq!((found.len(), found[0].subject.as_str(), found[0].by.as_str()), (1, "New", "Olive Owner"));
    let bin = cast.owner.reset_wording(kind, hindi).await.unwrap();
    assert!(bin.is_some());
    assert_eq!(cast.owner.reset_wording(kind, hindi).await.unwrap(), bin, "a second press is the same");
    assert!(cast.owner.wordings().await.unwrap().is_empty());
});

#[tokio::test]
async fn wording_is_previewed_checked_saved_and_reset() {
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let owner = app.cookie(&world, cast.owner.me()).await;
    let here = "/wordings/confirmation/en";
    let list = app.get("/wordings", Some(&owner)).await.text;
    assert!(list.contains(here) && !list.contains("Your own text") && !list.contains("/wordings/test"));
    let page = app.get(here, Some(&owner)).await;
    assert!(
        page.text.contains("your appointment is on {when}") && page.text.contains("Hello Robin Vale"),
        "{}",
        page.text
    );
    // A preview saves nothing.
    let look = app.post(here, Some(&owner), &[("subject", SUBJECT), ("body", BODY), ("do", "preview")]).await;
    assert_eq!(look.status, 200);
    assert!(look.text.contains("Dear Robin Vale") && look.text.contains("See you on "), "{}", look.text);
    assert!(cast.owner.wordings().await.unwrap().is_empty());
    // Text that cannot be sent is refused at its line, and what was typed is shown.
    let wrong = app.post(here, Some(&owner), &[("subject", SUBJECT), ("body", "Dear\n{nmae} <i>")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("Line 2: “{nmae}” is not known here."), "{}", wrong.text);
    assert!(wrong.text.contains("Dear\n{nmae} &lt;i"), "{}", wrong.text);
    assert!(cast.owner.wordings().await.unwrap().is_empty());
    let kept = app.post(here, Some(&owner), &[("subject", SUBJECT), ("body", BODY)]).await;
    assert_eq!(kept.status, 303);
    assert!(app.get("/wordings", Some(&owner)).await.text.contains("Your own text"));
    assert!(app.get(here, Some(&owner)).await.text.contains("by Olive Owner"));
    assert_eq!(app.post(here, Some(&owner), &[("do", "reset")]).await.status, 303);
    let again = app.post(here, Some(&owner), &[("do", "reset")]).await;
    assert!(
        again.location().contains("notice=wording_reset&undo="),
        "a second press is the same: {}",
        again.location()
    );
    for elsewhere in ["/wordings/test/en", "/wordings/confirmation/xx", "/wordings/nothing/en"] {
        assert_eq!(app.get(elsewhere, Some(&owner)).await.status, 404, "{elsewhere}");
    }
}

both!(pages_behind_email_links_use_its_language, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let people = cast.ruth.names(cast.couple).await.unwrap().unwrap();
    let amara =
        PersonDetails { language: Language::Hindi, ..details("Amara Nwosu", "amara@example.org", "Europe/Berlin") };
    assert_eq!(cast.ruth.update_person(cast.couple, people[0].0, &amara).await.unwrap(), store::PersonUpdate::Saved);
    let Booked::Done(session) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    world.clock.advance(Duration::days(4));
    let claimed = world.store.worker().claim_due(10, Duration::minutes(1)).await.unwrap();
    let links = |name: &str| {
        let reminder = claimed.iter().find(|m| m.recipient_name == name && m.kind == EmailKind::Reminder).unwrap();
        let EmailFacts::Session(facts) = &reminder.facts else { panic!("of a session") };
        (
            format!("/replies/{}", facts.asks.clone().unwrap()),
            format!("/unsubscribe/{}", reminder.unsubscribe.clone().unwrap()),
        )
    };
    let ((reply, ended), (his_reply, his_ended)) = (links("Amara Nwosu"), links("Jonas Weber"));
    let page = async |path: &str| app.get(path, None).await.text;
    let reply_page = async |path: &str, word: &str| app.post(path, None, &[("reply", word)]).await.text;
    let says = |page: &str, words: &[&str]| {
        let hindi = page.contains("<html lang=\"hi\">");
        let main = page.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
        for word in words {
            assert!(main.contains(word), "{word}: {main}");
        }
        hindi
    };
    assert!(says(
        &page(&reply).await,
        &["आपका अपॉइंटमेंट", "सोमवार 30 नवंबर 2026, 10:00, Berlin का समय", "हम दोनों आ रहे हैं"]
    ));
    assert!(says(&reply_page(&reply, "another").await, &["धन्यवाद", "कोई और समय चाहिए, और आपसे संपर्क करेंगे"]));
    assert!(says(&page(&ended).await, &["ये ईमेल अब नहीं चाहिए?", "अपॉइंटमेंट की याद दिलाने वाले ईमेल"]));
    assert!(says(&app.post(&ended, None, &[]).await.text, &["हो गया"]));
    // The pages behind Jonas's links are unchanged, and reveal nothing about her
    // language.
    assert!(!says(&page(&his_reply).await, &["Your appointment", "09:00, London time", "We are both coming"]));
    assert!(!says(&page(&his_ended).await, &["No more of these emails?"]));
    cast.desk.cancel(session, &cancelled("ill")).await.unwrap();
    assert!(says(&page(&reply).await, &["यह समय बदल गया है"]));
    assert!(!says(&page(&his_reply).await, &["This time has changed"]));
});
