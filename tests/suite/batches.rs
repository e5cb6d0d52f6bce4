//! Work that is done in batches continues until nothing is left, and a row that cannot be
//! processed does not keep the others from being processed.

use chrono::Duration;
use domain::{
    exercises::assignment::{Frequency, Rhythm},
    form::Form,
    scheduling::series::{End, Recurrence, SeriesRule},
};
use store::limits;
use tests::{
    app::App,
    both,
    people::{Cast, zone},
};

use super::lists::{assign, at, base, copies, day, id, one_more_than};

both!(unreadable_row_does_not_stop_a_batch_job, |world| {
    let cast = Cast::new(&world.store).await;
    // Series: as many as one batch takes have an unknown time zone.
    let rule = SeriesRule { first: day("2026-12-03"), recurrence: Recurrence::Weeks(1), end: End::Never };
    let wish = cast.wish(&world.store, "2026-12-03 16:00");
    let choices = store::Choices::default();
    let booked = cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), &choices).await.unwrap();
    let store::SeriesBooked::Done(first) = booked else { panic!("free: {booked:?}") };
    let (series, _) = cast.desk.session(first).await.unwrap().unwrap().series.unwrap();
    let script: Vec<String> = (0..limits::EXTENDED_AT_ONCE)
        .map(|_| {
            let new = world.id(id());
            format!(
                "INSERT INTO series (id, root_id, client_id, clinician_id, room_id, link, kind, person_id,
                     starts, zone, minutes, every_weeks, first_on, until_on, times, made_until, created_by,
                     created_at)
                 SELECT {new}, {new}, client_id, clinician_id, room_id, link, kind, person_id, starts,
                     'Nowhere/Land', minutes, every_weeks, first_on, until_on, times, first_on, created_by,
                     created_at
                 FROM series
                 WHERE id = {}",
                world.id(series)
            )
        })
        .collect();
    world.script(&script).await.unwrap();
    // Assignments: as many as one batch takes have an impossible rhythm.
    let daily = Frequency::Every(Rhythm { days: 1, from: day("2026-11-24"), until: None });
    let good = assign(&cast, "small", daily).await;
    let script: Vec<String> = (0..limits::MADE_AT_ONCE)
        .map(|_| {
            format!(
                "INSERT INTO assignment (id, client_id, exercise_version_id, assigned_by, assigned_at, due,
                     due_on, every_days, each_session, repeats, next_on)
                 SELECT {}, client_id, exercise_version_id, assigned_by, assigned_at, due, due_on, 99999,
                     each_session, repeats, {}
                 FROM assignment
                 WHERE id = {}",
                world.id(id()),
                world.day(day("2026-11-01")),
                world.id(good.0)
            )
        })
        .collect();
    world.script(&script).await.unwrap();
    world.clock.advance(Duration::days(21));
    assert_eq!(world.store.worker().extend_series().await.unwrap(), 3, "EXTENDED_AT_ONCE");
    assert_eq!(world.store.worker().extend_series().await.unwrap(), 0);
    assert!(world.store.worker().make_occurrences().await.unwrap() > 0, "MADE_AT_ONCE");
    assert_eq!(world.store.worker().make_occurrences().await.unwrap(), 0);
});

both!(new_lead_times_replan_every_readable_session, |world| {
    let cast = Cast::new(&world.store).await;
    let base = base(&world, &cast).await;
    let (sessions, script) =
        copies(&world, base, at("2027-01-04T09:00:00Z"), Duration::days(1), one_more_than(limits::REPLANNED_AT_ONCE));
    world.script(&script).await.unwrap();
    // One of the first sessions has an unknown time zone.
    world.by_hand("UPDATE session SET zone = 'Nowhere/Land' WHERE id = $1", sessions[1]).await.unwrap();
    let practice = cast.owner.practice().await.unwrap();
    let leads = vec!["6d".parse().unwrap()];
    assert!(cast.owner.update_practice(&domain::practice::settings::Practice { leads, ..practice }).await.is_ok());
    while world.store.worker().replan_some().await.unwrap() > 0 {}
    assert_eq!(world.number("SELECT count(*) FROM practice WHERE replan_after IS NOT NULL").await.unwrap(), 0);
    let planned = "SELECT count(DISTINCT session_id) FROM email WHERE state = 'planned' AND lead = '6d'";
    let all = one_more_than(limits::REPLANNED_AT_ONCE);
    assert_eq!(world.number(planned).await.unwrap(), all, "base and all copies but one: REPLANNED_AT_ONCE");
});

both!(all_old_email_bodies_are_forgotten, |world| {
    let cast = Cast::new(&world.store).await;
    let base = base(&world, &cast).await;
    let (old, bytes) = (world.instant(at("2026-01-01T00:00:00Z")), world.id(id()));
    let bytes = if world.backend == tests::Backend::Sqlite { bytes } else { "'\\x00'::bytea".to_owned() };
    let script: Vec<String> = (0..one_more_than(limits::FORGOTTEN_AT_ONCE))
        .map(|n| {
            format!(
                "INSERT INTO email (id, dedupe, kind, session_id, session_version, due_at, not_after,
                     state, attempts, created_at, sent_at, bytes)
                 VALUES ({}, 'old {n}', 'reminder', {}, 0, {old}, {old}, 'sent', 1, {old}, {old}, {bytes})",
                world.id(id()),
                world.id(base.0)
            )
        })
        .collect();
    world.script(&script).await.unwrap();
    let forgotten = i64::try_from(world.store.worker().forget_bodies().await.unwrap()).unwrap();
    assert_eq!(forgotten, one_more_than(limits::FORGOTTEN_AT_ONCE), "FORGOTTEN_AT_ONCE");
});

/// An exercise with many scales, each of one item.
fn scales() -> domain::exercises::exercise::Document {
    let step = |n: i64| {
        serde_json::json!({"key": format!("s{n}"), "kind": "scale", "scope": "therapist", "prompt": format!("Scale {n}"),
            "low": "no", "high": "yes", "items": [{"key": "a", "text": "A"}]})
    };
    serde_json::from_value(serde_json::json!({
        "slug": "scales", "title": "Scales", "purpose": "For tests.", "article": "own", "section": "none",
        "themes": [], "minutes": 5, "mode": "together", "cautions": "None.",
        "steps": (0..SCALES).map(step).collect::<Vec<_>>()
    }))
    .unwrap()
}

const SCALES: i64 = 20;

both!(course_and_adherence_count_every_response, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let document = scales();
    world.store.load_library(std::slice::from_ref(&document)).await.unwrap();
    let form = Form::from_pairs((0..SCALES).map(|n| (format!("s.s{n}.a"), "7")));
    let answers = domain::exercises::response::read(&document, &form);
    // Send 11 times 20 scales for two people: more answers than the course once read.
    for _ in 0..11 {
        let id = assign(&cast, "scales", Frequency::BeforeNext).await;
        let occurrence = cast.ruth.assignment(id, None, None).await.unwrap().unwrap().summary.occurrence;
        for partner in [&cast.amara, &cast.jonas] {
            assert_eq!(partner.submit(occurrence, &answers).await.unwrap(), store::SubmitOutcome::Done);
        }
    }
    let courses = cast.ruth.courses(cast.couple, "scales").await.unwrap().unwrap();
    for (prompt, course) in &courses.scales {
        assert_eq!(course.points.len(), 11, "{prompt}");
        assert!(course.points.iter().all(|p| p.values == [Some(7.0); 2]), "{prompt}");
    }
    // Create more occurrences than adherence once read: the sums count all of them, and
    // the chart says how many it draws.
    let daily = Frequency::Every(Rhythm { days: 1, from: day("2026-11-23"), until: None });
    let id = assign(&cast, "small", daily).await;
    let mut script = Vec::new();
    for n in 2..=450 {
        let occurrence = world.id(self::id());
        let days = Duration::days(451 - n);
        let (opens, made) = (world.day(day("2026-11-23") - days), world.instant(at("2026-11-23T06:00:00Z") - days));
        script.push(format!(
            "INSERT INTO occurrence (id, assignment_id, number, submissions, opens_on, due_on, made_at)
            VALUES ({occurrence}, {}, {n}, 0, {opens}, {opens}, {made})",
            world.id(id.0)
        ));
        for partner in [&cast.amara, &cast.jonas] {
            script.push(format!(
                "INSERT INTO response (id, occurrence_id, person_id, draft_number) VALUES ({}, {occurrence}, {}, 0)",
                world.id(self::id()),
                world.id(partner.person().0)
            ));
        }
    }
    world.script(&script).await.unwrap();
    let since = world.store.now() - Duration::weeks(70);
    let (turns, _) = cast.ruth.adherence(cast.couple, since).await.unwrap().unwrap();
    assert_eq!(turns.len(), 11 + 450);
    let page = app.get(&format!("/clients/{}/adherence?weeks=70", cast.couple), Some(&ruth)).await.text;
    assert!(page.contains("Amara Nwosu: 11 of 461 due in 70 weeks."), "{page}");
    assert!(page.contains("Drawn: the latest 40 of 461."));
    // What does not fit on the session brief is one press away.
    for _ in 0..20 {
        assign(&cast, "open", Frequency::BeforeNext).await;
    }
    let brief = app.get(&format!("/clients/{}/brief", cast.couple), Some(&ruth)).await.text;
    let all = brief.split("brief?all=1\">Show ").nth(1).unwrap().split(' ').next().unwrap().parse::<usize>().unwrap();
    let count = |text: &str| text.matches("<li><a href=\"/assignments/").count();
    let whole = app.get(&format!("/clients/{}/brief?all=1", cast.couple), Some(&ruth)).await.text;
    assert_eq!(count(&whole), count(&brief) + all);
    assert!(count(&whole) >= 31);
});

both!(switching_nudges_off_covers_every_open_exercise, |world| {
    let cast = Cast::new(&world.store).await;
    // More assignments than the sixty that were once replanned.
    for n in 0..61 {
        assign(&cast, "small", Frequency::OnDate(day("2026-12-01") + Duration::days(n))).await;
    }
    let planned = async || {
        world
            .number(
                "SELECT count(DISTINCT m.occurrence_id)
                FROM email m
                JOIN person p ON p.id = m.person_id
                WHERE m.kind = 'nudge' AND m.state = 'planned' AND p.name = 'Amara Nwosu'",
            )
            .await
            .unwrap()
    };
    assert_eq!(planned().await, 61);
    let contact = cast.amara.contact().await.unwrap();
    cast.amara.set_contact(&domain::clients::person::SafeContact { nudges: false, ..contact.clone() }).await.unwrap();
    assert_eq!(planned().await, 0);
    cast.amara.set_contact(&contact).await.unwrap();
    assert_eq!(planned().await, 61);
});
