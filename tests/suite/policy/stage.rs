//! One of each thing of the policy, all of them Amara's, each with a mark that nothing
//! else has; and functions that create fresh ones to try.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use domain::{
    access::{Actor, AnswerState},
    clients::person::{EmailAddress, Role, SafeContact},
    exercises::{
        assignment::{Audience, Frequency, NewAssignment},
        exercise::{Document, Scope},
        response::{self, Answers, NotNow},
    },
    form::Form,
    ids::{
        AccountId, AskId, AssignmentId, ClientId, DisclosureId, DocumentId, EmailId, GoalId, HandoverId, NoteId,
        OccurrenceId, PersonId, PolicyId, ReleaseId, SessionId,
    },
    practice::{
        hours::{Exception, ExceptionKind, Hours, Week},
        settings::Practice,
    },
    records::{
        consents::{BlankValues, ConsentKind},
        goal::{GoalBody, GoalText, ReviewRule},
        note::{NoteScope, NoteTemplate, NoteText},
        policy::{Decisions, Preset},
        supervision::NewSupervision,
    },
    scheduling::{
        inquiry::Inquiry,
        reply::Reply,
        request::{PortalRule, PortalRules},
        session::{NewSession, Place},
    },
};
use store::{
    AskOutcome, Booked, Claimed, Clinician, EmailFacts, GoalWrite, NewClient, NewMember, NewStaff, NoteWrite,
    PolicyProposed, ReplyLink, SaveKind, SubmitOutcome, SupervisionSet,
};
use tests::{
    World,
    people::{Cast, NO_HASH, accept_invitations, open_document, pathway, small_document, visitor, zone},
};
use uuid::Uuid;

use super::doors::Doors;
use crate::records::{documents, leaving};

/// A practice with one of each thing of the policy.
pub(super) struct Stage {
    pub world: World,
    pub cast: Cast,
    /// Covers for Ruth with the couple until Christmas.
    pub covering: Clinician,
    /// Supervises the one who covers.
    pub supervisor: Clinician,
    /// A note of the one who covers, to be co-signed.
    pub supervised: NoteId,
    pub goal: GoalId,
    /// Amara as an individual client of Ruth's, besides the couple.
    pub solo: ClientId,
    pub joint: SessionId,
    pub alone: SessionId,
    pub sessions: Vec<SessionId>,
    /// Two requests: one waits for Jonas, and one for the practice.
    pub asked: [Uuid; 2],
    pub asked_alone: Uuid,
    pub occurrences: Vec<OccurrenceId>,
    pub assignments: Vec<AssignmentId>,
    pub progress: Uuid,
    pub notes: Vec<NoteId>,
    pub documents: Vec<DocumentId>,
    pub data_request: domain::ids::DataRequestId,
    /// The intake of the couple, in which Amara has answered two items.
    pub intake: domain::ids::IntakeId,
    /// Two forms of Amara's: one that only she and her therapists know of, and one whose
    /// state the front desk reads.
    pub forms: [AskId; 2],
    pub policy: PolicyId,
    /// A release that nobody has signed; a disclosure that was sent and not told, and
    /// what left by it.
    pub left: (ReleaseId, DisclosureId, HandoverId),
    pub inquiry: Uuid,
    pub draft: Uuid,
    /// An email to Amara about the joint session that was sent.
    pub sent: EmailId,
    /// An email to Amara about another session that failed.
    pub failed: EmailId,
    /// A session with a reminder to Amara, and the reply token in it.
    pub reminded: (SessionId, String),
    numbers: AtomicI64,
    days: AtomicI64,
    offers: AtomicI64,
}

/// The mark of an answer.
pub(super) fn answer_mark(scope: Scope, state: AnswerState) -> String {
    format!("canary-{}-{}", state.word(), scope.word())
}

/// The mark of a note.
pub(super) fn note_mark(scope: NoteScope) -> String {
    format!("canary-note-{}", scope.word())
}

/// The mark of a document that the practice added.
pub(super) fn document_mark(scope: NoteScope) -> String {
    format!("canary-document-{}", scope.word())
}

/// The mark of a document that Amara handed in.
pub(super) const fn own_document_mark(shared: bool) -> &'static str {
    if shared { "canary-shared-document" } else { "canary-own-document" }
}

/// The wall time of the plan with this scope, which nothing else has.
pub(super) fn plan_start(scope: Scope) -> NaiveDateTime {
    let minute = 3 + Scope::ALL.iter().position(|s| *s == scope).expect("a scope");
    format!("2026-12-03T19:{minute:02}:00").parse().expect("a time")
}

/// The step with this scope in the two documents that have one step of each.
pub(super) const fn step_of(scope: Scope) -> &'static str {
    match scope {
        Scope::Mine => "mine",
        Scope::Therapist => "therapist",
        Scope::Reveal => "reveal",
        Scope::Couple => "couple",
    }
}

/// The document in which an answer keeps this scope: in a document with a blind step,
/// answers for both wait for the reveal, too.
pub(super) const fn document_of(scope: Scope) -> &'static str {
    match scope {
        Scope::Mine | Scope::Therapist | Scope::Reveal => "small",
        Scope::Couple => "open",
    }
}

/// The step for a plan of this scope.
pub(super) fn plan_step(scope: Scope) -> String {
    format!("plan-{}", scope.word())
}

/// A document with a plan of each scope that a plan can have, and one text to answer.
pub(super) fn plans_document() -> Document {
    let plan = |scope: Scope| serde_json::json!({"key": plan_step(scope), "kind": "plan", "scope": scope.word(), "prompt": "When"});
    serde_json::from_value(serde_json::json!({
        "slug": "plans", "title": "Plans", "purpose": "For tests.", "article": "own", "section": "none",
        "themes": [], "minutes": 5, "mode": "alone", "cautions": "None.",
        "steps": [
            plan(Scope::Mine), plan(Scope::Therapist), plan(Scope::Couple),
            {"key": "word", "kind": "text", "scope": "couple", "prompt": "A word", "long": true}
        ]
    }))
    .expect("a document")
}

/// Answers with the same words for every text of a document.
pub(super) fn words(document: &str, text: &str) -> Answers {
    let document = match document {
        "small" => small_document(),
        "open" => open_document(),
        other => {
            assert_eq!(other, "plans");
            plans_document()
        }
    };
    let all = ["mine", "therapist", "reveal", "couple", "word"];
    response::read(&document, &Form::from_pairs(all.map(|step| (response::field(step), text.to_owned()))))
}

/// Answers with the mark of their scope and state. In a blind exercise an answer for both
/// waits like the blind one, and has its mark.
fn marked_answers(document: &str, state: AnswerState) -> Answers {
    let mut answers = Answers::new();
    for scope in Scope::ALL {
        let step = step_of(*scope);
        let bears = if document == "small" && *scope == Scope::Couple && state != AnswerState::Draft {
            Scope::Reveal
        } else {
            *scope
        };
        if let Some(answer) = words(document, &answer_mark(bears, state)).remove(step) {
            answers.insert(step.to_owned(), answer);
        }
    }
    answers
}

/// A week with one hour on Mondays.
pub(super) fn liked_week(hour: &str) -> Week {
    let from: chrono::NaiveTime = hour.parse().expect("a time");
    let mut week = Week::default();
    week.0[0] = vec![Hours { from, until: from + Duration::hours(1) }];
    week
}

/// A day on which Ruth is away.
pub(super) fn away_exception(day: NaiveDate, reason: &str) -> Exception {
    Exception {
        first: day,
        last: day,
        hours: None,
        kind: ExceptionKind::Away,
        whole_practice: false,
        reason: reason.to_owned(),
    }
}

/// A goal with these words.
pub(super) fn goal(text: &str) -> GoalText {
    GoalText {
        body: GoalBody { text: text.to_owned(), measure: String::new() },
        since: NaiveDate::from_ymd_opt(2026, 11, 3).expect("a day"),
        exercise: String::new(),
        review: ReviewRule::default(),
    }
}

/// An inquiry by a person of this name.
pub(super) fn inquirer(name: &str) -> Inquiry {
    let email = format!("{}@example.org", name.to_lowercase().replace(' ', "-"));
    let form = [("name", name), ("email", email.as_str()), ("kind", "couple"), ("meeting", "any"), ("part", "any")];
    Inquiry::read(&Form::from_pairs(form), &zone("Europe/Berlin")).expect("an inquiry")
}

impl Stage {
    /// Creates the practice with one of each thing.
    pub async fn new(world: World) -> Self {
        let cast = Cast::new(&world.store).await;
        world.store.load_library(&[small_document(), open_document(), plans_document()]).await.unwrap();
        let practice = cast.owner.practice().await.unwrap();
        let portal = PortalRules { rule: PortalRule::Ask, max_coming_sessions: 30, ..practice.portal };
        cast.owner.update_practice(&Practice { inquiries: true, portal, ..practice }).await.unwrap();

        // Ines covers for Ruth; another person is invited, whom only the owner can see.
        let staff = |name: &str, email: &str, role| NewStaff {
            display_name: name.to_owned(),
            email: EmailAddress::parse(email).expect("an address"),
            zone: zone("Europe/Berlin"),
            roles: vec![role],
        };
        cast.owner.invite_staff(&staff("Ines Costa", "ines@example.org", Role::Clinician)).await.unwrap();
        cast.owner.invite_staff(&staff("Vera Lind", "vera@example.org", Role::Clinician)).await.unwrap();
        accept_invitations(&world.store, NO_HASH).await;
        cast.owner.invite_staff(&staff("Nele Noor", "canary-staff@example.org", Role::FrontDesk)).await.unwrap();
        let template = NoteTemplate { title: "canary-template".to_owned(), ..NoteTemplate::free() };
        cast.owner.add_note_template(&template, None).await.unwrap();
        let ines = world.store.sign_in("ines").await.unwrap().unwrap().account;
        let covering = world.store.clinician(&visitor(&world.store, ines).await).unwrap();
        cover(&world, cast.couple, ines).await;
        // Vera supervises Ines, and nobody else.
        let vera = world.store.sign_in("vera").await.unwrap().unwrap().account;
        let supervisor = world.store.clinician(&visitor(&world.store, vera).await).unwrap();
        let supervision = NewSupervision { supervisor: vera, from: "2026-11-01".parse().unwrap(), until: None };
        assert_eq!(cast.owner.set_supervision(ines, &supervision).await.unwrap(), SupervisionSet::Done);
        let solo = cast
            .ruth
            .create_client(&NewClient::Individual(NewMember::Known(cast.amara.person())))
            .await
            .unwrap()
            .unwrap();
        let mut stage = Self {
            world,
            covering,
            supervisor,
            supervised: NoteId(Uuid::nil()),
            goal: GoalId(Uuid::nil()),
            solo,
            joint: SessionId(Uuid::nil()),
            alone: SessionId(Uuid::nil()),
            sessions: vec![],
            asked: [Uuid::nil(); 2],
            asked_alone: Uuid::nil(),
            occurrences: vec![],
            assignments: vec![],
            progress: Uuid::nil(),
            notes: vec![],
            documents: vec![],
            data_request: domain::ids::DataRequestId::from(Uuid::nil()),
            intake: domain::ids::IntakeId::from(Uuid::nil()),
            forms: [AskId(Uuid::nil()); 2],
            policy: PolicyId(Uuid::nil()),
            left: (ReleaseId(Uuid::nil()), DisclosureId(Uuid::nil()), HandoverId(Uuid::nil())),
            inquiry: Uuid::nil(),
            draft: Uuid::nil(),
            sent: EmailId(Uuid::nil()),
            failed: EmailId(Uuid::nil()),
            reminded: (SessionId(Uuid::nil()), String::new()),
            numbers: AtomicI64::new(0),
            days: AtomicI64::new(0),
            offers: AtomicI64::new(0),
            cast,
        };
        stage.book_and_remind().await;
        stage.write().await;
        stage.supervised = stage.supervised_note("canary-supervised-note").await;
        stage.goal = stage.set_goal("canary-goal").await;
        let release = leaving::release(&stage.cast, "canary-release").await;
        let (disclosure, handover) =
            leaving::sent_disclosure(&stage.world.store, (&stage.cast, &stage.covering), "canary-disclosure").await;
        stage.left = (release, disclosure, handover);
        stage.exercise().await;
        stage.ask_to_sign().await;
        stage.begin_intake().await;
        stage
    }

    /// Starts the intake of the couple, in which Amara answers two items.
    async fn begin_intake(&mut self) {
        let started = self.cast.ruth.start_intake(self.cast.couple).await.unwrap();
        let Some(store::IntakeStarted::Started(intake)) = started else { panic!("{started:?}") };
        for (screen, field, text) in
            [("health", "s.health.value", "canary-intake-health"), ("facts", "s.facts.since", "canary-intake-facts")]
        {
            let form = Form::from_pairs([(field, text)]);
            let saved = self.cast.amara.save_intake(intake, screen, &form, false).await.unwrap();
            assert_eq!(saved, store::IntakeSaved::Done);
        }
        self.intake = intake;
    }

    /// Creates sessions, with replies and requests about them and emails.
    async fn book_and_remind(&mut self) {
        let (world, cast) = (&self.world, &self.cast);
        let Booked::Done(reminded) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
        self.drain().await;
        world.clock.advance(Duration::days(4));
        let asks = self.drain().await.into_iter().find_map(|mail| match mail.facts {
            EmailFacts::Session(facts) if mail.recipient_name.starts_with("Amara") => facts.asks,
            _ => None,
        });
        let reminded = (reminded, asks.expect("three days before, she is asked"));
        let Booked::Done(joint) = cast.book(&world.store, "2027-01-20 10:07").await else { panic!("free") };
        let sent = self.drain().await;
        let alone = self.book("2027-01-21 11:07", true).await;
        self.drain().await;
        let missed = self.book("2027-01-22 11:07", false).await;
        let failed = self.deliver(Some("Amara")).await;
        let mut waiting = Vec::new();
        for (starts, at) in [("2027-01-18 10:00", "2026-12-03T10:00:00Z"), ("2027-01-19 10:00", "2026-12-04T10:00:00Z")]
        {
            let session = self.book(starts, false).await;
            waiting.push((session, self.ask(Some(session), None, at.parse().unwrap()).await));
        }
        let cast = &self.cast;
        cast.jonas.answer_request(waiting[1].1, true).await.unwrap();
        let asked = [waiting[0].1, waiting[1].1];
        let asks_alone = self.book("2027-01-22 14:00", false).await;
        let cast = &self.cast;
        cast.amara.request_alone(asks_alone).await.unwrap();
        let own = cast.amara.requests().await.unwrap().1;
        let asked_alone = own.iter().find(|q| q.session == Some(asks_alone)).expect("asked").id;
        assert!(cast.amara.confirm_session(joint).await.unwrap());
        let to_amara = |mails: &[Claimed], about: SessionId| {
            let mail = mails.iter().find(|mail| {
                mail.recipient_name.starts_with("Amara")
                    && matches!(&mail.facts, EmailFacts::Session(facts) if facts.session == about)
            });
            mail.expect("a mail to her").id
        };
        self.sent = to_amara(&sent, joint);
        self.failed = to_amara(&failed, missed);
        self.sessions = vec![joint, alone, missed, waiting[0].0, waiting[1].0, asks_alone, reminded.0];
        (self.joint, self.alone, self.asked, self.asked_alone, self.reminded) =
            (joint, alone, asked, asked_alone, reminded);
    }

    /// Sets what is stored about people and the practice, and writes notes and messages.
    async fn write(&mut self) {
        let (store, cast) = (&self.world.store, &self.cast);
        self.set_pronouns(self.cast.amara.person(), "canary-pronouns").await;
        self.set_pronouns(self.cast.jonas.person(), "canary-his-pronouns").await;
        let nudge_at = "21:37:00".parse().unwrap();
        cast.amara.set_contact(&SafeContact { nudge_at, ..SafeContact::default() }).await.unwrap();
        cast.amara.set_prefers(Some(&liked_week("06:41:00"))).await.unwrap();
        let own = store.bookings(cast.ruth.visitor()).unwrap();
        assert!(
            own.add_exception(cast.ruth.me(), &away_exception("2027-02-01".parse().unwrap(), "canary-hours"))
                .await
                .unwrap()
        );
        let inquiry = self.noted("Canary Inquirer").await;
        let cast = &self.cast;
        assert!(cast.amara.write_message(cast.couple, None, "canary-message", None).await.unwrap());
        let mut notes = Vec::new();
        for scope in NoteScope::ALL {
            notes.push(self.note(*scope, &note_mark(*scope)).await);
        }
        let mut documents = Vec::new();
        for scope in NoteScope::ALL {
            documents.push(self.document(*scope, &document_mark(*scope)).await);
        }
        for shared in [false, true] {
            documents.push(self.own_document(shared, own_document_mark(shared)).await);
        }
        self.documents = documents;
        let asked = self.cast.amara.ask_for_data(None).await.unwrap();
        let store::DataAsked::Asked(data_request) = asked else { panic!("asked") };
        self.data_request = data_request;
        let cast = &self.cast;
        let draft =
            cast.ruth.start_draft(None, &Form::from_pairs([("title", "An own exercise")])).await.unwrap().unwrap();
        assert!(cast.ruth.save_pathway(&pathway("own-way", "small")).await.unwrap());
        let progress = cast
            .ruth
            .start_pathway(cast.couple, "own-way", Audience::One(cast.amara.person()), None)
            .await
            .unwrap()
            .unwrap();
        self.world.store.record_failed_sign_in(None).await.unwrap();
        (self.inquiry, self.notes, self.draft, self.progress) = (inquiry, notes, draft, progress);
    }

    /// Assigns exercises, and creates an answer in every state.
    async fn exercise(&mut self) {
        let (amara, jonas) = (self.cast.amara.clone(), self.cast.jonas.clone());
        let mut given = vec![self.give("small", Audience::One(amara.person()), "canary-word-along").await];
        let started = self.fresh("small").await;
        amara.save_draft(started.1, &marked_answers("small", AnswerState::Draft), 0, None).await.unwrap();
        let mut submitted = Vec::new();
        for document in ["small", "open"] {
            let one = self.fresh(document).await;
            let answers = marked_answers(document, AnswerState::Submitted);
            assert_eq!(amara.submit(one.1, &answers).await.unwrap(), SubmitOutcome::Done);
            let both = self.fresh(document).await;
            assert_eq!(jonas.submit(both.1, &words(document, "x")).await.unwrap(), SubmitOutcome::Done);
            let answers = marked_answers(document, AnswerState::Revealed);
            assert_eq!(amara.submit(both.1, &answers).await.unwrap(), SubmitOutcome::Done);
            submitted.extend([one, both]);
        }
        let agreed = amara.write_agreement(submitted[2].1, "pact", 0, "canary-agreement").await.unwrap();
        assert_eq!(agreed, store::AgreementOutcome::Done);
        let put_off = self.fresh("small").await;
        assert!(amara.set_not_now(put_off.1, Some(NotNow::OurWay)).await.unwrap());
        let planned = self.fresh("plans").await;
        for scope in [Scope::Mine, Scope::Therapist, Scope::Couple] {
            assert!(self.plan(planned.1, scope, plan_start(scope)).await);
        }
        given.extend([started, put_off, planned]);
        given.extend(submitted);
        self.assignments = given.iter().map(|(assignment, _)| *assignment).collect();
        self.occurrences = given.iter().map(|(_, occurrence)| *occurrence).collect();
    }

    /// The scopes that an actor gets.
    pub async fn doors(&self, actor: Actor) -> Doors {
        let (store, cast) = (&self.world.store, &self.cast);
        let visitor = match actor {
            Actor::Anonymous => None,
            Actor::Owner => Some(cast.owner.visitor()),
            Actor::OwnClinician => Some(cast.ruth.visitor()),
            Actor::CoveringClinician => Some(self.covering.visitor()),
            Actor::OtherClinician => Some(cast.emeka.visitor()),
            Actor::Supervisor => Some(self.supervisor.visitor()),
            Actor::FrontDesk => Some(cast.desk.visitor()),
            Actor::Self_ => Some(cast.amara.visitor()),
            Actor::OtherPartner => Some(cast.jonas.visitor()),
            Actor::Stranger => Some(cast.stranger.visitor()),
        };
        Doors::for_visitor(store, visitor)
    }

    /// A number that no other try has.
    pub fn number(&self) -> i64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// A day from March on that no other try has.
    pub fn day(&self) -> NaiveDate {
        let day = self.days.fetch_add(1, Ordering::Relaxed);
        NaiveDate::from_ymd_opt(2027, 3, 1).expect("a day") + Duration::days(day)
    }

    /// An instant that the portal offers and that no other try has: five a day on the
    /// weekdays of six weeks.
    pub fn offered(&self) -> DateTime<Utc> {
        let n = self.offers.fetch_add(1, Ordering::Relaxed);
        assert!(n < 150, "the portal's window is full");
        let begin: DateTime<Utc> = "2026-12-07T08:00:00Z".parse().expect("an instant");
        begin + Duration::weeks(n / 5 % 6) + Duration::days(n % 5) + Duration::hours(2 * (n / 30))
    }

    /// Books a session with Ruth online, for the couple or for Amara alone.
    pub async fn book(&self, starts: &str, alone: bool) -> SessionId {
        let cast = &self.cast;
        let attendee = alone.then(|| cast.amara.person());
        let wish = NewSession { attendee, place: Place::Link(String::new()), ..cast.wish(&self.world.store, starts) };
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
        match cast.desk.book(&wish, &timing).await.unwrap() {
            Booked::Done(id) => id,
            taken => panic!("{starts}: {taken:?}"),
        }
    }

    /// Books a session on a day that no other try has.
    pub async fn fresh_session(&self, alone: bool) -> SessionId {
        let day = self.day();
        self.book(&format!("{day} 10:00"), alone).await
    }

    /// Sends everything that is due.
    pub async fn drain(&self) -> Vec<Claimed> {
        self.deliver(None).await
    }

    /// Sends everything that is due, except emails to this person, which fail.
    pub async fn deliver(&self, but: Option<&str>) -> Vec<Claimed> {
        let store = &self.world.store;
        let mut all = Vec::new();
        loop {
            let claimed = store.worker().claim_due(100, Duration::minutes(2)).await.unwrap();
            if claimed.is_empty() {
                return all;
            }
            for mail in &claimed {
                assert!(store.worker().store_body(mail.id, mail.token, b"Subject: x\r\n\r\nx").await.unwrap());
                if but.is_some_and(|name| mail.recipient_name.starts_with(name)) {
                    assert!(store.worker().finish_failed(mail.id, mail.token, "refused").await.unwrap());
                } else {
                    assert!(store.worker().finish_sent(mail.id, mail.token).await.unwrap());
                }
            }
            all.extend(claimed);
        }
    }

    /// An email to Amara about a fresh session, which was sent or failed.
    pub async fn fresh_mail(&self, fails: bool) -> EmailId {
        self.drain().await;
        let session = self.fresh_session(false).await;
        let mails = self.deliver(fails.then_some("Amara")).await;
        let hers = mails.iter().find(|mail| {
            mail.recipient_name.starts_with("Amara")
                && matches!(&mail.facts, EmailFacts::Session(facts) if facts.session == session)
        });
        hers.expect("she is told").id
    }

    /// Amara requests a time; returns the request. Her earlier requests are not counted.
    pub async fn ask(&self, session: Option<SessionId>, client: Option<ClientId>, at: DateTime<Utc>) -> Uuid {
        self.date_requests_back().await;
        let amara = &self.cast.amara;
        let asked = amara.request_time(session, client, at).await.unwrap();
        assert!(matches!(asked, store::RequestOutcome::Pending(_)), "{at}: {asked:?}");
        let own = amara.requests().await.unwrap().1;
        own.iter().find(|q| q.starts_at == at && q.state.is_open()).expect("asked").id
    }

    /// Dates all requests back, so that none counts against today's limit.
    pub async fn date_requests_back(&self) {
        self.world.raw("UPDATE session_request SET made_at = '2026-11-01T11:00:00+00:00'").await.unwrap();
    }

    /// Sets what the practice lets clients do by themselves.
    pub async fn rule(&self, rule: PortalRule) {
        let practice = self.cast.owner.practice().await.unwrap();
        let portal = PortalRules { rule, ..practice.portal };
        self.cast.owner.update_practice(&Practice { portal, ..practice }).await.unwrap();
    }

    /// Assigns an exercise to the couple or to one partner.
    pub async fn give(&self, slug: &str, for_whom: Audience, word_along: &str) -> (AssignmentId, OccurrenceId) {
        let cast = &self.cast;
        self.world.clock.advance(Duration::seconds(1));
        let new = NewAssignment { for_whom, frequency: Frequency::BeforeNext, word_along: word_along.to_owned() };
        let id = cast.ruth.assign(cast.couple, slug, &new, None).await.unwrap().unwrap();
        let view = cast.ruth.assignment(id, None, None).await.unwrap().unwrap();
        (id, view.summary.occurrence)
    }

    /// Assigns an exercise to both that nobody has begun.
    pub async fn fresh(&self, slug: &str) -> (AssignmentId, OccurrenceId) {
        self.give(slug, Audience::Everyone, "").await
    }

    /// Amara sets a plan; returns whether it was accepted.
    pub async fn plan(&self, occurrence: OccurrenceId, scope: Scope, starts: NaiveDateTime) -> bool {
        let timing = store::timing(starts, &zone("Europe/Berlin"), 50, None).unwrap();
        let amara = &self.cast.amara;
        amara.set_plan(occurrence, &plan_step(scope), None, starts, timing.starts_at).await.unwrap()
    }

    /// Ines, who is supervised, signs a note.
    pub async fn supervised_note(&self, body: &str) -> NoteId {
        let text = NoteText::free(NoteScope::Joint, body);
        match self.covering.create_note(self.cast.couple, None, None, &text, SaveKind::Signed).await.unwrap() {
            NoteWrite::Saved(id) => id,
            other => panic!("{other:?}"),
        }
    }

    /// Ruth sets a goal.
    pub async fn set_goal(&self, text: &str) -> GoalId {
        match self.cast.ruth.create_goal(self.cast.couple, &goal(text)).await.unwrap() {
            GoalWrite::Saved(id) => id,
            other => panic!("{other:?}"),
        }
    }

    /// Ruth writes a note.
    pub async fn note(&self, scope: NoteScope, body: &str) -> NoteId {
        let text = NoteText::free(scope, body);
        match self.cast.ruth.create_note(self.cast.couple, None, None, &text, SaveKind::Saved).await.unwrap() {
            NoteWrite::Saved(id) => id,
            other => panic!("{other:?}"),
        }
    }

    /// Ruth asks Amara to sign two texts, and proposes a secrets policy to both.
    async fn ask_to_sign(&mut self) {
        let (ruth, couple) = (&self.cast.ruth, self.cast.couple);
        let topic = vec![("topic".to_owned(), "canary-form".to_owned())];
        let secret = self.form(ConsentKind::Confidences, &topic).await;
        let open = self.form(ConsentKind::Treatment, &vec![]).await;
        let decisions = Decisions::of(Preset::NoSecrets);
        let blanks = vec![("decisions".to_owned(), "- One.".to_owned())];
        let proposed = ruth.propose_policy(couple, (Preset::NoSecrets, &decisions), &blanks, None).await.unwrap();
        let Some(PolicyProposed::Asked(policy)) = proposed else { panic!("{proposed:?}") };
        (self.forms, self.policy) = ([secret, open], policy);
    }

    /// Ruth asks Amara to sign the text of this kind.
    pub async fn form(&self, kind: ConsentKind, blanks: &BlankValues) -> AskId {
        let (ruth, couple, amara) = (&self.cast.ruth, self.cast.couple, self.cast.amara.person());
        let (texts, _) = ruth.consent_choices(couple).await.unwrap().unwrap();
        let text = texts.iter().find(|text| text.kind == kind).expect("a text of this kind").id;
        let asked = ruth.ask_consents(couple, &[amara], &[text], blanks).await.unwrap();
        // The intake has asked for the treatment already.
        assert!(matches!(asked, Some(AskOutcome::Asked(_))), "{asked:?}");
        let states = ruth.consents(couple).await.unwrap().unwrap();
        states.iter().rev().find(|state| state.text == text && state.person == amara).expect("asked").ask
    }

    /// Ruth adds a document with this title.
    pub async fn document(&self, scope: NoteScope, title: &str) -> DocumentId {
        let (ruth, bytes) = (&self.cast.ruth, format!("{title} {}", self.number()));
        let upload = documents::upload(&self.world.store, ruth.me(), bytes.as_bytes()).await;
        documents::add(ruth, self.cast.couple, scope, title, &upload).await
    }

    /// Amara hands in a document with this title.
    pub async fn own_document(&self, shared: bool, title: &str) -> DocumentId {
        let (amara, bytes) = (&self.cast.amara, format!("{title} {}", self.number()));
        let upload = documents::upload(&self.world.store, amara.me(), bytes.as_bytes()).await;
        documents::hand_in(amara, self.cast.couple, title, &upload, shared).await
    }

    /// The front desk notes an inquiry by this name.
    pub async fn noted(&self, name: &str) -> Uuid {
        self.cast.desk.add_inquiry(&inquirer(name), None).await.unwrap();
        let all = self.cast.desk.inquiries(None).await.unwrap();
        assert!(all.more.is_none(), "few enough to find it");
        all.rows.iter().find(|i| i.name == name).expect("noted").id
    }

    /// Ruth sets a person's pronouns.
    async fn set_pronouns(&self, person: PersonId, pronouns: &str) {
        let cast = &self.cast;
        let record = cast.ruth.client(cast.couple).await.unwrap().unwrap();
        let member = record.members.iter().find(|m| m.person == person).unwrap();
        let details =
            domain::clients::person::PersonDetails { pronouns: pronouns.to_owned(), ..member.details.clone() };
        cast.ruth.update_person(cast.couple, person, &details).await.unwrap();
    }

    /// Sets Amara's reply about the reminded session to "both come", not yet settled by
    /// anyone.
    pub async fn reset_reply(&self) {
        let (session, token) = &self.reminded;
        let said = self.world.store.guest().reply_by_link(token, Reply::Alone).await.unwrap();
        assert!(matches!(said, ReplyLink::Open(_)), "{said:?}");
        assert!(self.cast.amara.confirm_session(*session).await.unwrap());
        assert_eq!(self.cast.amara.own_reply(*session).await.unwrap(), Some(Reply::Coming));
    }
}

/// Lets another clinician cover for a client for some weeks; no page does that yet.
pub(super) async fn cover(world: &World, client: ClientId, clinician: AccountId) {
    let day = |text: &str| world.day(text.parse().expect("a day"));
    world
        .script(&[format!(
            "INSERT INTO care (client_id, clinician_id, covering, starts_on, ends_on) VALUES ({}, {}, TRUE, {}, {})",
            world.id(client.0),
            world.id(clinician.0),
            day("2026-11-20"),
            day("2026-12-24"),
        )])
        .await
        .unwrap();
}
