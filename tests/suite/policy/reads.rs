//! Everything that an actor can read, as one text: what every reading method of their
//! scopes returns for every id on the stage.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{AccountId, ClientId, PersonId},
    outbox::log::LogTab,
    records::note_search::{NoteRange, NoteSearch},
    scheduling::{
        fee::FeeList,
        inquiry::MeetingWish,
        slots::{DayPart, SlotPlace, SlotWish, Suits},
    },
};
use store::{Bookings, Clinician, Owner, Partner, SignedIn};

use super::{doors::Doors, stage::Stage};

/// Writes the results of these reads into the text: values, refusals and errors.
macro_rules! look {
    ($text:ident: $($read:expr),+ $(,)?) => {{
        $(let _ = writeln!($text, "{:?}", $read.await);)+
    }};
}

/// Everyone and everything on the stage that is read.
struct Ids {
    clients: [ClientId; 3],
    people: [PersonId; 3],
    clinicians: [AccountId; 3],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    first: NaiveDate,
    last: NaiveDate,
}

/// Everything that an actor with these scopes can read.
pub(super) async fn everything(stage: &Stage, doors: &Doors) -> String {
    let cast = &stage.cast;
    let ids = Ids {
        clients: [cast.couple, stage.solo, cast.other_couple],
        people: [cast.amara.person(), cast.jonas.person(), cast.stranger.person()],
        clinicians: [cast.ruth.me(), stage.covering.me(), cast.emeka.me()],
        from: "2026-11-01T00:00:00Z".parse().expect("an instant"),
        until: "2027-03-01T00:00:00Z".parse().expect("an instant"),
        first: "2026-11-01".parse().expect("a day"),
        last: "2027-03-01".parse().expect("a day"),
    };
    let mut text = String::new();
    anyone(doors, &mut text).await;
    if let Some(signed_in) = &doors.signed_in {
        account(signed_in, &mut text).await;
    }
    if let Some(owner) = &doors.owner {
        practice(owner, &mut text).await;
    }
    if let Some(clinician) = &doors.clinician {
        caseload(stage, &ids, clinician, &mut text).await;
    }
    if let Some(bookings) = &doors.bookings {
        calendar(stage, &ids, bookings, &mut text).await;
        mails(stage, &ids, bookings, &mut text).await;
    }
    if let Some(partner) = &doors.partner {
        portal(stage, &ids, partner, &mut text).await;
    }
    text
}

/// What is readable without a login, with guessed tokens. The demo's mailbox is closed
/// elsewhere (`server/src/access/public.rs`).
async fn anyone(doors: &Doors, text: &mut String) {
    let Doors { store, guest, .. } = doors;
    let guess = "x".repeat(43);
    look!(text: guest.practice(), guest.invitation(&guess), guest.reset_for(&guess), guest.is_inquiry_open(&guess),
        guest.reply_link(&guess), guest.unsubscribe_link(&guess), store.find_visitor(&guess, true),
        store.account_of_login(&guess));
    let _ = writeln!(text, "{:?}", guest.feed(&guess).await.map(|feed| feed.is_some()));
}

async fn account(signed_in: &SignedIn, text: &mut String) {
    look!(text: signed_in.account(), signed_in.logins(), signed_in.password_hash(), signed_in.own_address(),
        signed_in.pending_email_change(), signed_in.is_fresh(), signed_in.account_events(None));
    let _ = writeln!(text, "{:?}", signed_in.feed().await.map(|feed| feed.is_some()));
}

async fn practice(owner: &Owner, text: &mut String) {
    look!(text: owner.intake_list(), owner.intake_exercises());
    look!(text: owner.supervisions(), owner.supervisions_of(owner.me()), owner.staff(), owner.audited_staff(), owner.locations(), owner.mail_stop(), owner.practice(), owner.rooms(),
        owner.undelivered(), owner.note_templates(), owner.consent_texts(), owner.wordings(), owner.zones_changed(), owner.first_steps(true), owner.example(), owner.names_openers(), owner.backups(), owner.last_good_backup(), owner.factor_rules(), owner.factor_resets(), owner.factor_of(owner.me()));
    for consent in owner.consent_texts().await.expect("the texts") {
        look!(text: owner.consent_text(consent.id));
    }
    look!(text: owner.client_imports(None), owner.retention_years(), owner.due_for_deletion(None), owner.holds(), owner.erasures_to_finish(), owner.staff_events(None), owner.is_deletion_due());
    for import in owner.client_imports(None).await.expect("the imports").rows {
        look!(text: owner.client_import(import.id), owner.open_client_import(import.id));
    }
    let mut after = None;
    loop {
        let page = owner.audit_log(store::AuditFilter::default(), after).await.expect("the audit log");
        for store::AuditEntry { row, who, what, .. } in page.rows {
            // The ids of an entry reveal nothing of what was written, so they are left
            // out.
            let _ = writeln!(text, "{} {} {} {who} {what}", row.action, row.thing, row.detail);
        }
        after = page.more;
        if after.is_none() {
            return;
        }
    }
}

/// What left the practice, and what is to leave.
async fn left(stage: &Stage, ids: &Ids, clinician: &Clinician, text: &mut String) {
    let (release, disclosure, handover) = stage.left;
    for client in ids.clients {
        look!(text: clinician.releases(client, None), clinician.disclosures(client, None),
            clinician.handovers(client, None), clinician.release_offer(client), clinician.disclosure_offer(client));
    }
    look!(text: clinician.leaving_tasks(None), clinician.release(release), clinician.release_to_send(release),
        clinician.handovers_of_release(release), clinician.disclosure(disclosure), clinician.disclosure_role(disclosure),
        clinician.disclosure_to_send(disclosure), clinician.disclosure_order(disclosure), clinician.handover(handover),
        clinician.handed_file(handover, 1));
}

async fn caseload(stage: &Stage, ids: &Ids, clinician: &Clinician, text: &mut String) {
    look!(text: clinician.unmailed(&ids.people), clinician.note_templates());
    look!(text: clinician.missing_notes(None), clinician.draft_notes(None), clinician.returned_notes(None),
        clinician.waiting_notes(None), clinician.missing_notes_count(), clinician.note_counts(),
        clinician.notes_to_cosign(None), clinician.note_to_cosign(stage.supervised), clinician.was_to_cosign(stage.supervised), clinician.supervisions(),
        clinician.goal(stage.goal, None), clinician.note_to_print(stage.supervised), clinician.note(stage.supervised));
    for client in ids.clients {
        look!(text: clinician.open_goals(client), clinician.goals(client, store::GoalPages::default()),
            clinician.note_filters(client), clinician.find_notes(client, &NoteSearch::default(), None));
        for person in ids.people {
            look!(text: clinician.imported_details(client, person), clinician.erasure_preview(client, person));
        }
        for only_process in [false, true] {
            let range = NoteRange { only_process, ..NoteRange::default() };
            look!(text: clinician.notes_to_print(client, range));
        }
    }
    for note in &stage.notes {
        look!(text: clinician.note_to_print(*note), clinician.note_to_cosign(*note));
    }
    let mut rows = clinician.clients().await.expect("a caseload");
    look!(text: clinician.load_ahead(&mut rows), clinician.load_signs(&mut rows));
    let _ = writeln!(text, "{rows:?}");
    look!(text: clinician.put_off_as_unsafe(), clinician.possible_individuals(), clinician.people(), clinician.messages_waiting(),
        clinician.offered_clients(None),
        clinician.message_list(None),
        clinician.people_not_reached(), clinician.notes_to_finish(None, None), clinician.new_answers(None),
        clinician.library(), clinician.pathways(), clinician.pathway("own-way"),
        clinician.drafts(None), clinician.draft(stage.draft), clinician.exercise("small"), clinician.versions("small"));
    for client in ids.clients {
        look!(text: clinician.has_next_session(client), clinician.running_exercises(client), clinician.assignments(client, None),
            clinician.names(client), clinician.recipients(client), clinician.client(client), clinician.sessions_ahead(client, None),
            clinician.past_sessions(client, None), clinician.next_session(client), clinician.adherence(client, ids.from),
            clinician.brief(client), clinician.attendance(client), clinician.notes(client, None), clinician.separation_preview(client),
            clinician.undelivered(client), clinician.pathways_of(client, None), clinician.last_note(client),
            clinician.notes_to_finish(Some(client), None), clinician.documents(client, None));
        for session in &stage.sessions {
            look!(text: clinician.session_of(client, *session));
        }
        for slug in ["small", "open", "plans"] {
            look!(text: clinician.courses(client, slug));
        }
        for person in ids.people {
            look!(text: clinician.messages(client, person, None));
        }
    }
    for assignment in &stage.assignments {
        look!(text: clinician.assignment(*assignment, None, None), clinician.assignment(*assignment, Some(1), None));
        for person in ids.people {
            look!(text: clinician.paper_form(*assignment, 1, person));
        }
    }
    for note in &stage.notes {
        look!(text: clinician.note(*note), clinician.note_page(*note));
    }
    look!(text: clinician.new_documents());
    left(stage, ids, clinician, text).await;
    for document in &stage.documents {
        look!(text: clinician.document(*document));
        let file = clinician.document_file(*document).await.map(|found| found.map(|(document, _)| document));
        let _ = writeln!(text, "{file:?}");
    }
    look!(text: clinician.pathway_progress(stage.progress));
    look!(text: clinician.withdrawn_consents(), clinician.couple_of_policy(stage.policy));
    for form in stage.forms {
        look!(text: clinician.consent(form), clinician.client_of_consent(form), clinician.consent_versions(form));
    }
    for client in ids.clients {
        look!(text: clinician.consents(client), clinician.consent_choices(client), clinician.policies(client),
            clinician.policy_state(client));
    }
    for client in ids.clients {
        look!(text: clinician.intake(client), clinician.intake_standing(client));
    }
    look!(text: clinician.data_tasks(), clinician.data_case(stage.data_request, None));
    for client in ids.clients {
        look!(text: clinician.data_requests_of(client));
    }
    for note in &stage.notes {
        look!(text: clinician.data_item(stage.data_request, note.0));
    }
}

async fn calendar(stage: &Stage, ids: &Ids, bookings: &Bookings, text: &mut String) {
    look!(text: bookings.exceptions(ids.first, ids.last), bookings.calendar(ids.from, ids.until, None, None),
        bookings.session_starts(ids.from, ids.until, None, None),
        bookings.desk_clients("", None), bookings.desk_clients("amara", None),
        bookings.first_session_times(DayPart::Any, MeetingWish::Any), bookings.first_sessions(&[(ids.from, ids.until)], None, None),
        bookings.working_hours(&ids.clinicians, ids.first, ids.last), bookings.clinicians(), bookings.free_today(),
        bookings.count_earlier_wishes(), bookings.earlier_wishes(None), bookings.locations(), bookings.rooms(),
        bookings.room_offers(), bookings.series_gaps(None), bookings.series_gaps_count(),
        bookings.open_replies(None, None), bookings.confirmed(ids.from, ids.until),
        bookings.people_without_login(ids.from, ids.until),
        bookings.attendees_between(ids.from, ids.until), bookings.requests(None), bookings.inquiries(None),
        bookings.inquiries_waiting(), bookings.inquiry(stage.inquiry), bookings.find_clients("amara", 50, None),
        bookings.find_clients("yusuf", 50, None));
    look!(text: bookings.intake_standings(&ids.clients), bookings.intakes_of_sessions(&stage.sessions));
    for client in ids.clients {
        look!(text: bookings.desk_intake(client), bookings.first_session_warning(client));
    }
    for list in FeeList::ALL {
        look!(text: bookings.fees(*list, None), bookings.export_fees(*list));
    }
    for clinician in ids.clinicians {
        look!(text: bookings.therapist_name(clinician), bookings.hours(clinician, None, None),
            bookings.calendar(ids.from, ids.until, Some(clinician), None),
            bookings.free_days(clinician, ids.first, 100, 50), bookings.open_replies(Some(clinician), None),
            bookings.requests_for(clinician));
        for client in ids.clients {
            look!(text: bookings.free_times(client, None, clinician, None, ids.from, 50, 20));
        }
    }
    for client in ids.clients {
        let wish = SlotWish {
            client,
            attendee: None,
            clinician: None,
            place: SlotPlace::Online,
            minutes: 50,
            from: ids.first,
            cursor: None,
            part: DayPart::Any,
            preferred_times: Suits::NoMatter,
        };
        look!(text: bookings.form_states(client), bookings.desk_client(client), bookings.usual_session(client), bookings.next_session(client), bookings.client_to_book(client),
            bookings.slots(&wish, 20), bookings.week_of_slots(&wish, None, None));
    }
    for session in &stage.sessions {
        look!(text: bookings.session(*session), bookings.changes(*session), bookings.earlier_wish(*session),
            bookings.fee(*session), bookings.replies(*session));
        if let Some(view) = bookings.session(*session).await.expect("a session") {
            look!(text: bookings.series_of(&view), bookings.undo_deadline(&view));
        }
    }
}

async fn mails(stage: &Stage, ids: &Ids, bookings: &Bookings, text: &mut String) {
    look!(text: bookings.emails_needing_attention(), bookings.mail_stop(),
        bookings.returned(None), bookings.undelivered(None), bookings.undelivered_inquiries());
    for tab in LogTab::ALL {
        look!(text: bookings.email_log(*tab, "", None));
    }
    for person in ids.people {
        look!(text: bookings.emails_of(person, None));
    }
    for session in &stage.sessions {
        look!(text: bookings.session_emails(*session));
    }
    for email in [stage.sent, stage.failed] {
        let mail = bookings.sent_mail(email).await.expect("a mail");
        let _ = writeln!(text, "{:?}", mail.map(|mail| (email, String::from_utf8_lossy(&mail.bytes).into_owned())));
    }
}

async fn portal(stage: &Stage, ids: &Ids, partner: &Partner, text: &mut String) {
    look!(text: partner.own_releases(), partner.own_release(stage.left.0), partner.told_disclosures());
    look!(text: partner.contact(), partner.prefers(), partner.partner_name(), partner.is_welcomed(), partner.messages(None), partner.therapist(),
        partner.unread_messages(), partner.sessions_ahead(None), partner.bookable_clients(), partner.requests(),
        partner.exercises(None), partner.submitted_exercises(None), partner.done_together(), partner.next_session(),
        partner.document_clients(), partner.own_documents(None));
    for document in &stage.documents {
        look!(text: partner.own_document(*document));
        let file = partner.own_document_file(*document).await.map(|found| found.map(|(document, _)| document));
        let _ = writeln!(text, "{file:?}");
    }
    look!(text: partner.intake_standings(), partner.intakes(), partner.intake(stage.intake));
    look!(text: partner.data_requests(None), partner.current_data_request());
    look!(text: partner.own_consents());
    for form in stage.forms {
        look!(text: partner.own_consent(form));
    }
    for session in &stage.sessions {
        look!(text: partner.own_reply(*session), partner.own_session(*session),
            partner.requestable_times(Some(*session), None, None, 20),
            partner.review_request(Some(*session), None, stage.world.store.now() + chrono::Duration::days(3)));
    }
    for client in ids.clients {
        look!(text: partner.requestable_times(None, Some(client), None, 20));
    }
    for occurrence in &stage.occurrences {
        look!(text: partner.agreements(*occurrence), partner.plans(*occurrence), partner.occurrence(*occurrence),
            partner.own_answers(*occurrence), partner.shared_answers(*occurrence), partner.offers(*occurrence));
    }
}
