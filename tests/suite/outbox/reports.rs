//! Bounces in the formats of many mail servers (`tests/mail/reports`), about every kind
//! of email.

use chrono::Duration;
use domain::{
    clients::person::EmailAddress,
    outbox::reminder::{EmailKind, EmailState},
    practice::settings::Practice,
};
use duologue::outbox::{Bounced, note_bounces};
use store::{Booked, Claimed, Invite, NewStaff, ReportOutcome};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, zone},
    smtp::{Mailer, Working, config},
};

/// Passes a bounce about an email to the program, as if it came through the pipe.
async fn report_bounce(world: &World, way_back: &str, file: &str) -> Bounced {
    let path = format!("{}/mail/reports/{file}.eml", env!("CARGO_MANIFEST_DIR"));
    let report = std::fs::read_to_string(path).unwrap().replace("TAG", way_back);
    note_bounces(&config(25), &world.store, &[report.into_bytes()]).await.unwrap()
}

/// The count of one noted email, one address, or one fault of our own.
fn count_of(what: ReportOutcome) -> Bounced {
    let none = Bounced::default();
    match what {
        ReportOutcome::Nothing => none,
        ReportOutcome::Message => Bounced { emails: 1, ..none },
        ReportOutcome::Address => Bounced { addresses: 1, ..none },
        ReportOutcome::Ourselves => Bounced { ours: 1, ..none },
    }
}

async fn send_all(world: &World) -> Vec<Claimed> {
    let claimed = world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap();
    for message in &claimed {
        assert!(world.store.worker().store_body(message.id, message.token, b"bytes").await.unwrap());
        assert!(world.store.worker().finish_sent(message.id, message.token).await.unwrap());
    }
    claimed
}

const STATE: &str =
    "SELECT CAST(CASE state WHEN 'failed' THEN 1 WHEN 'planned' THEN 2 WHEN 'sent' THEN 3 ELSE 0 END AS BIGINT)
    FROM email
    ORDER BY created_at DESC, id DESC
    LIMIT 1";

/// The state of the newest email.
async fn newest_state(world: &World) -> &'static str {
    match world.number(STATE).await.unwrap() {
        1 => "failed",
        2 => "planned",
        3 => "sent",
        _ => "something else",
    }
}

both!(bounce_report_stops_an_address_only_if_it_says_the_address_is_bad, |world| {
    let cast = Cast::new(&world.store).await;
    let mut hour = 8;
    for (file, noted) in [
        ("postfix-expired", ReportOutcome::Message),
        ("exchange-expired", ReportOutcome::Message),
        ("mailbox-full", ReportOutcome::Message),
        ("too-large", ReportOutcome::Message),
        ("delayed", ReportOutcome::Nothing),
        ("relayed", ReportOutcome::Nothing),
        ("expanded", ReportOutcome::Nothing),
        ("away", ReportOutcome::Nothing),
        ("postfix-unknown", ReportOutcome::Address),
        ("exchange-unknown", ReportOutcome::Address),
        ("gmail-unknown", ReportOutcome::Address),
        ("qmail-unknown", ReportOutcome::Address),
        ("exim-unknown", ReportOutcome::Address),
        ("first-delivered-then-failed", ReportOutcome::Address),
    ] {
        hour += 1;
        let Booked::Done(id) = cast.book(&world.store, &format!("2026-12-{:02} 10:00", hour - 8)).await else {
            panic!("{file}")
        };
        let sent = send_all(&world).await;
        let hers = sent.iter().find(|m| m.recipient_name.starts_with("Amara")).unwrap();
        assert_eq!(report_bounce(&world, &hers.return_tag, file).await, count_of(noted), "{file}");
        let rows = cast.desk.session_emails(id).await.unwrap();
        let row = rows.iter().find(|m| m.id == hers.id).unwrap();
        if noted == ReportOutcome::Nothing {
            assert_eq!(row.state, EmailState::Sent, "{file}");
        } else {
            assert_eq!(row.state, EmailState::Failed, "{file}");
            assert!(row.last_error.as_deref().unwrap().starts_with("It came back: "), "{file}: {row:?}");
        }
        assert_eq!(
            cast.desk.returned(None).await.unwrap().rows.len(),
            usize::from(noted == ReportOutcome::Address),
            "{file}"
        );
        assert!(world.store.mail_stop().await.unwrap().is_none(), "{file}");
        // A second copy of the same bounce changes nothing.
        assert_eq!(report_bounce(&world, &hers.return_tag, file).await, Bounced::default(), "{file}");
        cast.desk.try_address_again(cast.amara.person()).await.unwrap();
    }
});

both!(bounce_report_is_matched_for_every_kind_of_email, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let count_marked = async |table: &str| {
        let sql = match table {
            "account" => "SELECT count(*) FROM account WHERE returned_at IS NOT NULL",
            "inquiry" => "SELECT count(*) FROM inquiry WHERE returned_at IS NOT NULL",
            _ => "SELECT count(*) FROM person WHERE returned_at IS NOT NULL",
        };
        world.number(sql).await.unwrap()
    };
    // An invitation to a member of staff.
    let mut staff = NewStaff {
        display_name: "Nia Novak".into(),
        email: EmailAddress::parse("nia@example.org").unwrap(),
        zone: zone("Europe/Berlin"),
        roles: vec![domain::clients::person::Role::Clinician],
    };
    let nia = cast.owner.invite_staff(&staff).await.unwrap();
    let sent = send_all(&world).await;
    assert_eq!(sent[0].kind, EmailKind::Invitation);
    assert_eq!(report_bounce(&world, &sent[0].return_tag, "postfix-unknown").await, count_of(ReportOutcome::Address));
    assert_eq!((newest_state(&world).await, count_marked("account").await), ("failed", 1));
    // Invited again, the address is tried again.
    assert!(cast.owner.invite_again(nia).await.unwrap());
    let sent = send_all(&world).await;
    assert_eq!((sent.len(), count_marked("account").await), (1, 0));
    assert_eq!(report_bounce(&world, &sent[0].return_tag, "mailbox-full").await, count_of(ReportOutcome::Message));
    assert_eq!((newest_state(&world).await, count_marked("account").await), ("failed", 0));
    // An invitation to a partner: the person has the same address and is marked, too.
    let new = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let ines = cast.ruth.names(new).await.unwrap().unwrap()[0].0;
    assert_eq!(cast.ruth.invite_partner(new, ines).await.unwrap(), Invite::Mailed);
    let sent = send_all(&world).await;
    assert_eq!(report_bounce(&world, &sent[0].return_tag, "exim-unknown").await, count_of(ReportOutcome::Address));
    assert_eq!(
        (newest_state(&world).await, count_marked("person").await, count_marked("account").await),
        ("failed", 1, 1)
    );
    // A link for a new password.
    world.clock.advance(Duration::minutes(1));
    world.store.guest().request_reset("amara").await.unwrap();
    let sent = send_all(&world).await;
    assert_eq!(sent[0].kind, EmailKind::PasswordReset);
    assert_eq!(report_bounce(&world, &sent[0].return_tag, "postfix-unknown").await, count_of(ReportOutcome::Address));
    assert_eq!((newest_state(&world).await, count_marked("account").await), ("failed", 2));
    // The email that confirms an inquirer's address.
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { inquiries: true, ..practice }).await.unwrap();
    let form =
        [("name", "Ana Lima"), ("email", "ana@example.org"), ("kind", "couple"), ("meeting", "room"), ("part", "any")];
    world.clock.advance(Duration::minutes(1));
    assert_eq!(app.post("/inquire", None, &form).await.status, 200);
    let sent = send_all(&world).await;
    assert_eq!(sent[0].kind, EmailKind::Inquiry);
    assert_eq!(report_bounce(&world, &sent[0].return_tag, "qmail-unknown").await, count_of(ReportOutcome::Address));
    assert_eq!((newest_state(&world).await, count_marked("inquiry").await), ("failed", 1));
    // An invitation to another address is not stopped.
    staff.email = EmailAddress::parse("other@example.org").unwrap();
    cast.owner.invite_staff(&staff).await.unwrap();
    assert_eq!(send_all(&world).await.len(), 1);
});

both!(bounce_is_matched_to_either_spelling_of_an_international_domain, |world| {
    let cast = Cast::new(&world.store).await;
    let change = async |address: &str| {
        tests::people::change_address(&world.store, cast.amara.visitor(), &EmailAddress::parse(address).unwrap()).await;
    };
    change("amara@bücher.example").await;
    let Booked::Done(_) = cast.book(&world.store, "2026-12-01 10:00").await else { panic!("free") };
    let sent = send_all(&world).await;
    let hers = sent.iter().find(|m| m.recipient_name.starts_with("Amara")).unwrap();
    change("Amara@XN--BCHER-KVA.example").await;
    assert_eq!(report_bounce(&world, &hers.return_tag, "utf8-address").await, count_of(ReportOutcome::Address));
    assert_eq!(cast.desk.returned(None).await.unwrap().rows.len(), 1);
});

both!(bounce_report_that_blames_us_stops_all_mail_but_no_address, |world| {
    let (app, cast, mailer) = (App::new(&world), Cast::new(&world.store).await, Mailer::start(&world.clock));
    let Booked::Done(id) = cast.book(&world.store, "2026-12-01 10:00").await else { panic!("free") };
    let working = Working::start(&world, &mailer);
    working.settle().await;
    let way_back = |n: usize| {
        let from = &mailer.received()[n].from;
        from.split_once('+').unwrap().1.split_once('@').unwrap().0.to_owned()
    };
    let hers = mailer.received().iter().position(|m| m.to.starts_with("amara")).unwrap();
    assert_eq!(
        report_bounce(&world, &way_back(hers), "gmail-unauthenticated").await,
        count_of(ReportOutcome::Ourselves)
    );
    assert!(cast.desk.returned(None).await.unwrap().rows.is_empty());
    let stop = cast.desk.mail_stop().await.unwrap().unwrap();
    assert!(stop.ours && stop.code == "550 5.7.26" && stop.reason.contains("DMARC"), "{stop:?}");
    let desk = app.cookie(&world, cast.desk.me()).await;
    assert!(app.get("/desk", Some(&desk)).await.text.contains("No email has gone out since"));
    let row = async || {
        let rows = cast.desk.session_emails(id).await.unwrap();
        rows.into_iter().find(|m| m.person.starts_with("Amara") && m.lead.is_none()).unwrap()
    };
    let owed = row().await;
    assert_eq!(owed.state, EmailState::Planned, "not charged: it is owed once more");
    assert!(owed.last_error.unwrap().starts_with("It came back: 550-5.7.26"));
    // Sessions that are booked meanwhile wait, too.
    let Booked::Done(_) = cast.book(&world.store, "2026-12-02 10:00").await else { panic!("free") };
    working.settle().await;
    assert_eq!(mailer.received().len(), 2);
    // One email is sent as a probe. That it is accepted proves nothing for ten minutes,
    // the time within which a bounce usually arrives.
    world.clock.advance(Duration::minutes(1));
    working.settle().await;
    assert_eq!(mailer.received().len(), 3);
    world.clock.advance(Duration::minutes(9));
    working.settle().await;
    assert_eq!(mailer.received().len(), 3);
    world.clock.advance(Duration::minutes(2));
    working.settle().await;
    assert_eq!(mailer.received().len(), 5, "it ends by itself");
    assert!(world.store.mail_stop().await.unwrap().is_none());
    assert_eq!(row().await.state, EmailState::Sent);
    // After the second bounce it is not sent again.
    assert_eq!(
        report_bounce(&world, &way_back(hers), "gmail-unauthenticated").await,
        count_of(ReportOutcome::Ourselves)
    );
    assert_eq!(row().await.state, EmailState::Failed);
    let again = mailer.received().iter().filter(|m| m.to.starts_with("jonas")).count();
    assert_eq!(again, 2, "nobody else's was sent twice");
    working.stop().await;
});
