//! The lists of what leaves the practice.

use domain::records::{disclosure::Answer, release::Term};
use store::{ReleaseSignerText, Sent, limits};
use tests::{app::App, both, people::Cast};

use super::{List, check_one_more, one_more_than};
use crate::records::leaving;

both!(every_row_of_what_leaves_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    for _ in 1..one_more_than(limits::RELEASES) {
        leaving::release(&cast, "Dr. Weiss").await;
    }
    // One release is sent again and again.
    let mut new = leaving::new_release("Dr. Weiss");
    new.term = Term::UntilDay;
    let texts = [cast.amara.person(), cast.jonas.person()]
        .map(|person| ReleaseSignerText { person, blanks: leaving::blanks() });
    let id = cast.ruth.prepare_release(cast.couple, &new, &texts, None).await.unwrap().unwrap();
    leaving::sign(&world.store, &cast.amara, id).await;
    leaving::sign(&world.store, &cast.jonas, id).await;
    let (_, ready) = cast.ruth.release_to_send(id).await.unwrap().unwrap();
    let mark = ready.unwrap().mark;
    for _ in 0..one_more_than(limits::HANDOVERS) {
        let sent = cast.ruth.send_release(id, &mark, &[]).await.unwrap();
        assert!(matches!(sent, Some(Sent::Done(_))), "{sent:?}");
    }
    let new = leaving::new_disclosure(&cast.emeka, "The court");
    for n in 0..one_more_than(limits::DISCLOSURES) {
        let id = cast.ruth.prepare_disclosure(cast.couple, &new, None).await.unwrap().unwrap();
        // As many as there are tasks on Today, and one more, are ready to send.
        if n < one_more_than(limits::DISCLOSURE_TASKS) {
            let confirmed = Answer { is_confirmed: true, reason: String::new() };
            assert!(cast.emeka.answer_disclosure(id, &confirmed).await.unwrap());
        }
    }
    let path = format!("/clients/{}?tab=forms", cast.couple);
    let list = |limit, more, row, begin| List {
        limit,
        path: path.clone(),
        cookie: &ruth,
        more,
        row,
        part: (begin, "</section>"),
    };
    let releases = ("RELEASES", limits::RELEASES);
    check_one_more(&app, list(releases, "Older releases", "\"/releases/", "Releases to a third party")).await;
    let disclosures = ("DISCLOSURES", limits::DISCLOSURES);
    check_one_more(&app, list(disclosures, "Older disclosures", "\"/disclosures/", "Disclosures by law")).await;
    let handovers = ("HANDOVERS", limits::HANDOVERS);
    check_one_more(&app, list(handovers, "Older", "\"/handovers/", "What was sent")).await;
    let tasks = List {
        limit: ("DISCLOSURE_TASKS", limits::DISCLOSURE_TASKS),
        path: "/today".to_owned(),
        cookie: &ruth,
        more: "More",
        row: "\"/disclosures/",
        part: ("id=\"leaving\"", "</section>"),
    };
    check_one_more(&app, tasks).await;
});
