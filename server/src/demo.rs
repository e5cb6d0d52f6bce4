//! Demo data: a practice of invented people, with an example of every state that
//! the program knows, so that each screen has something to show.
//!
//! The demo uses the same functions of the store as a real practice: invitations
//! are accepted, sessions are booked and exercises are submitted by their partners.
//!
//! It is always a working day in it ([`place`]): whenever it starts, some sessions
//! of today are over, one is in progress and some are still to come.

mod acts;
mod answers;
mod consents;
mod day;
mod documents;
pub mod example;
mod intake;
mod leaving;
mod notes;
mod people;
mod place;
mod supervision;

use std::collections::HashMap;

pub use self::answers::answers;
use self::{
    acts::{answer, assign, book},
    answers::week_of,
    people::{BERLIN, HERE, Invited, PAIRS, PORTAL_ONLY, SAFE_HOURS, SHARED_ADDRESS},
};
use chrono::{Duration, NaiveDate, NaiveTime};
use domain::{
    clients::{
        client::ClientKind,
        person::{EmailAddress, Language, PersonDetails, Role, SafeContact, Zone},
    },
    exercises::{
        assignment::{Audience, Frequency, NewAssignment, Rhythm},
        exercise::Document,
    },
    ids::{AccountId, ClientId, PersonId, SessionId},
    practice::{
        hours::{Buffers, Week, WorkingWeek, read_hours},
        settings::{Location, Practice, SettingsTab},
    },
    records::note::{NoteScope, NoteText},
    scheduling::{
        inquiry::{Inquiry, MeetingWish},
        session::{Cancellation, CancelledBy, Timing},
        slots::DayPart,
    },
    zone,
};
use store::{Bookings, Clinician, EmailFacts, InvitationAccepted, NewClient, NewMember, NewStaff, Setup, Store};

/// The password of every account of the demo.
pub const PASSWORD: &str = "an evening by the lake";

/// One sign-in that the program prints: who it is for, the login name and the
/// password.
pub type SignInLine = (String, String, String);

type Result<T> = store::Result<T>;

/// How many weeks of history the first demo couples get.
const WEEKS: i64 = 6;

/// Fills an empty database with the demo and returns the sign-ins to print. A
/// database that is already set up is left as it is. `hash` is the hash of
/// [`PASSWORD`].
pub async fn fill(store: &Store, hash: &str) -> Result<Vec<SignInLine>> {
    let zone = place::zone_at(store.now());
    let owner = store
        .guest()
        .set_up(&Setup {
            factor_rules: None,
            practice: Practice {
                phone: phone(0),
                open_days: place::open_days(place::weekday_of(store.now(), &zone)),
                inquiries: true,
                // Until all is filled: what is asked for and told is due at once.
                quiet_minutes: 0,
                late_fee: "60 €".to_owned(),
                ..Practice::new("Lakeside Practice".to_owned(), zone.clone())
            },
            display_name: "Marlene Voss".to_owned(),
            email: address("marlene.voss")?,
            login_name: "marlene".to_owned(),
            password_hash: hash.to_owned(),
            roles: vec![],
        })
        .await?;
    let Some(owner) = owner else { return Ok(sign_ins()) };
    // Clients with an account were created some weeks ago.
    let past = store.with_clock(store::Clock::fixed(store.now() - Duration::weeks(WEEKS)));
    let mut demo = Demo { store, past, hash, zone, today: NaiveDate::MIN, passwords: HashMap::new() };
    demo.today = zone::date_of(store.now(), &demo.zone);
    demo.add_staff(owner).await?;
    demo.add_clients().await?;
    demo.add_supervision(owner).await?;
    demo.ask_for_other_times().await?;
    demo.add_inquiry().await?;
    demo.lose_an_email().await?;
    demo.set_undo_window(owner).await?;
    demo.end_logins().await?;
    Ok(sign_ins())
}

/// The sentence that says where the demo practice is, and what time it is there.
pub async fn place_text(store: &Store) -> Result<String> {
    let practice = store.guest().practice().await?.ok_or_else(missing_scope)?;
    let (place, now) = (domain::zone_names::place(&practice.zone), zone::wall_time(store.now(), &practice.zone));
    Ok(format!("The practice is in {place}, where it is {}.", now.format("%A %-d %B, %H:%M")))
}

/// The sign-ins that the program prints: one for each role.
pub fn sign_ins() -> Vec<SignInLine> {
    [
        ("Practice owner", "marlene"),
        ("Therapist", "ruth"),
        ("Front desk", "kofi"),
        ("Client, Amara (a couple with Jonas)", "amara"),
        ("Client, Jonas", "jonas"),
    ]
    .map(|(who, name)| (who.to_owned(), name.to_owned(), PASSWORD.to_owned()))
    .into()
}

/// The email address `local@example.org`.
fn address(local: &str) -> Result<EmailAddress> {
    EmailAddress::parse(&format!("{local}@example.org")).map_err(|e| store::Error::Stored(e.to_owned()))
}

/// The login name of a demo person: the first name in small letters, as "lucía" for
/// "Lucía Fernández".
fn login_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or(name).to_lowercase()
}

/// The state that is needed while the demo is filled.
struct Demo<'a> {
    store: &'a Store,
    /// The same store with a clock that is [`WEEKS`] weeks back.
    past: Store,
    hash: &'a str,
    zone: Zone,
    today: NaiveDate,
    /// The login name that each invited member of staff will choose.
    passwords: HashMap<AccountId, String>,
}

impl Demo<'_> {
    /// Starts a login of this account and returns its visitor.
    async fn visitor(&self, account: AccountId) -> Result<store::Visitor> {
        let token = self.store.start_login(account, "Demo", None).await?;
        self.store
            .find_visitor(&token, true)
            .await?
            .ok_or_else(|| store::Error::Stored("a demo account cannot sign in".to_owned()))
    }

    /// Adds the locations, the rooms and the staff; the staff accept their
    /// invitations.
    async fn add_staff(&mut self, owner: AccountId) -> Result<()> {
        let visitor = self.visitor(owner).await?;
        let scope = self.store.owner(&visitor).ok_or_else(missing_scope)?;
        // The demo is past its first steps.
        scope.hide_first_steps().await?;
        for (name, address) in [("Lakeside", "4 Shore Road"), ("Old Town", "31 Mill Street, third floor")] {
            scope.add_location(&Location { name: name.to_owned(), address: address.to_owned() }).await?;
        }
        let locations = scope.locations().await?;
        for (room, location, offers) in [
            ("Garden room", 0, &["Step-free", "Hearing loop"][..]),
            ("Blue room", 0, &["Step-free", "Hearing loop"]),
            ("Attic room", 1, &["Large table"]),
        ] {
            let location = locations.get(location).map(|(id, _)| *id);
            scope.add_room(room, location).await?;
            for found in scope.rooms().await?.into_iter().filter(|found| found.name == room) {
                let offers: Vec<String> = offers.iter().map(|o| (*o).to_owned()).collect();
                scope.set_room(found.room.id, &offers, location).await?;
            }
        }
        for (name, login, roles) in [
            ("Dr Ruth Abrahams", "ruth", vec![Role::Clinician]),
            ("Dr Emeka Obi", "emeka", vec![Role::Clinician]),
            ("Sofia Lindgren", "sofia", vec![Role::Clinician, Role::FrontDesk]),
            ("Kofi Mensah", "kofi", vec![Role::FrontDesk]),
        ] {
            let new =
                NewStaff { display_name: name.to_owned(), email: address(login)?, zone: self.zone.clone(), roles };
            let account = scope.invite_staff(&new).await?;
            self.passwords.insert(account, login.to_owned());
        }
        self.accept_staff_invitations().await
    }

    /// Accepts the invitations of the staff, by the links in their emails.
    async fn accept_staff_invitations(&mut self) -> Result<()> {
        loop {
            let claimed = self.store.worker().claim_due(50, Duration::minutes(5)).await?;
            if claimed.is_empty() {
                return Ok(());
            }
            let mut others = Vec::new();
            for email in claimed {
                if let EmailFacts::Invitation { token, .. } = &email.facts
                    && let Some(invitation) = self.store.guest().invitation(token).await?
                    && let Some(login) = self.passwords.get(&invitation.account)
                {
                    if self.store.guest().accept_invitation(token, login, self.hash).await?
                        != InvitationAccepted::Done(invitation.account)
                    {
                        return Err(store::Error::Stored(format!("the demo's invitation of {login} did not work")));
                    }
                    self.store.worker().return_claim_early(email.id, email.token, false).await?;
                } else {
                    others.push(email);
                }
            }
            // Emails that are not invitations of the staff stay for the worker.
            let stop = !others.is_empty();
            for email in others {
                self.store.worker().return_claim_early(email.id, email.token, false).await?;
            }
            if stop {
                return Ok(());
            }
        }
    }

    /// The account with this login name.
    async fn account(&self, login: &str) -> Result<AccountId> {
        Ok(self
            .store
            .sign_in(login)
            .await?
            .ok_or_else(|| store::Error::Stored(format!("{login} has no account")))?
            .account)
    }

    /// Adds the clients with their sessions, exercises and notes.
    async fn add_clients(&mut self) -> Result<()> {
        let mut clinicians = Vec::new();
        for login in ["ruth", "emeka", "sofia"] {
            let visitor = self.visitor(self.account(login).await?).await?;
            clinicians.push(self.store.clinician(&visitor).ok_or_else(missing_scope)?);
        }
        let visitor = self.visitor(self.account("kofi").await?).await?;
        let desk = self.store.front_desk(&visitor).ok_or_else(missing_scope)?;
        let library: HashMap<String, Document> =
            clinicians[0].library().await?.into_iter().map(|e| (e.document.slug.clone(), e.document)).collect();

        let mut units = Vec::new();
        for (index, pair) in PAIRS.iter().enumerate() {
            let clinician = &clinicians[pair.clinician];
            let new = NewClient::Couple {
                a: self.person_details((index, 0), pair.a)?.into(),
                b: pair.b.map(|b| self.person_details((index, 1), b)).transpose()?.map(Into::into),
            };
            // Couples with an account were created weeks ago, the others today.
            let then = self.past.clinician(clinician.visitor()).ok_or_else(missing_scope)?;
            let by = if pair.invited == Invited::Both { &then } else { clinician };
            let client = by.create_client(&new).await?.ok_or_else(missing_scope)?;
            let people = by.names(client).await?.unwrap_or_default();
            for (person, _) in &people {
                if pair.invited != Invited::Nobody {
                    by.invite_partner(client, *person).await?;
                }
            }
            units.push((client, people));
        }
        self.accept_partner_invitations().await?;
        self.fill_past_weeks(&clinicians[0], &units, &library).await?;
        self.fill_today(&desk, &clinicians, &units).await?;
        for (pair, (client, people)) in PAIRS.iter().zip(&units) {
            let clinician = &clinicians[pair.clinician];
            for (day, hour) in pair.sessions {
                self.book(&desk, *client, clinician.me(), *day, *hour).await?;
            }
            for (slug, a, b) in pair.exercises {
                self.assign_and_answer(clinician, *client, people, slug, [*a, *b], &library).await?;
            }
        }
        // One person who is an individual client beside the couple, and one who is
        // in no couple at all.
        let (_, people) = &units[1];
        clinicians[0].create_client(&NewClient::Individual(NewMember::Known(people[0].0))).await?;
        let alone = clinicians[0]
            .create_client(&NewClient::Individual(
                self.person_details((PAIRS.len(), 0), ("Wren Castellanos", "they/them", "Europe/Madrid"))?.into(),
            ))
            .await?;
        if let Some(alone) = alone {
            self.book(&desk, alone, clinicians[0].me(), 1, 17).await?;
        }
        if let Some((client, _)) = units.get(3) {
            let note = NoteText::free(
                NoteScope::Joint,
                "Intake by phone. Both want to begin with the conversations that go wrong in the evening. Agreed on one exercise before we meet.",
            );
            clinicians[0].create_note(*client, None, None, &note, store::SaveKind::Saved).await?;
        }
        let (first, _) = &units[0];
        self.set_goals(&clinicians[0], *first).await?;
        notes::signed_note(&clinicians[0], *first).await?;
        self.add_documents(&clinicians[0], *first).await?;
        leaving::waiting_release(&clinicians[0], *first, self.today).await?;
        self.ask_for_data("jonas").await?;
        self.write_notes(&clinicians).await?;
        self.begin_intakes(&clinicians[0], *first, units[1].0).await?;
        self.set_two_locations(&desk, clinicians[2].me()).await?;
        self.cancel_one_session(&desk, first).await
    }

    /// Lets a partner ask for a copy of their own data, which their therapist has not
    /// decided about.
    async fn ask_for_data(&self, login: &str) -> Result<()> {
        let visitor = self.visitor(self.account(login).await?).await?;
        let partner = self.store.partner(&visitor).ok_or_else(missing_scope)?;
        partner.ask_for_data(None).await?;
        Ok(())
    }

    /// Starts the intakes of the first couple, which is under way, and of the second,
    /// which is ready.
    async fn begin_intakes(&self, clinician: &Clinician, first: ClientId, second: ClientId) -> Result<()> {
        let (amara, jonas) = (self.partner_in(self.store, "Amara").await?, self.partner_in(self.store, "Jonas").await?);
        intake::under_way(clinician, first, [&amara, &jonas]).await?;
        consents::policy(clinician, first, [&amara, &jonas]).await?;
        consents::treatment(clinician, first, [&amara, &jonas]).await?;
        let (priya, daniel) =
            (self.partner_in(self.store, "Priya").await?, self.partner_in(self.store, "Daniel").await?);
        intake::ready(clinician, second, [&priya, &daniel]).await
    }

    /// Adds documents to the first couple's record: a letter, what one partner
    /// handed in alone, and what the other shared.
    async fn add_documents(&self, clinician: &Clinician, client: ClientId) -> Result<()> {
        documents::add_letter(self.store, clinician, client).await?;
        for (login, page, share) in [
            ("amara", ("My list for the next session", "What I would like to speak about alone."), false),
            ("jonas", ("Our first letter", "You wrote that the lake was colder than you had promised."), true),
        ] {
            let visitor = self.visitor(self.account(login).await?).await?;
            let partner = self.store.partner(&visitor).ok_or_else(missing_scope)?;
            documents::hand_in(self.store, &partner, client, page, share).await?;
        }
        Ok(())
    }

    /// Sets the hours of a therapist who works at both locations from four weeks
    /// on.
    async fn set_two_locations(&self, desk: &Bookings, clinician: AccountId) -> Result<()> {
        let ours = [("Lakeside", 0..3, "9–12, 13–17"), ("Old Town", 3..5, "10–14, 15–18:30")];
        let mut week = WorkingWeek::default();
        for (id, location) in desk.locations().await? {
            let mut there = Week::default();
            for (_, days, hours) in ours.iter().filter(|(name, ..)| *name == location.name) {
                there.0[days.clone()].fill(read_hours(hours).unwrap_or_default());
            }
            week.at.insert(id, there);
        }
        let buffers = Buffers { before: 0, after: 10 };
        desk.set_week(clinician, self.today + Duration::days(28), &week, buffers).await?;
        Ok(())
    }

    /// Cancels one session of the coming weeks that is not the first couple's.
    async fn cancel_one_session(&self, desk: &Bookings, first: &ClientId) -> Result<()> {
        let now = self.store.now();
        // Those of the next days are asked about and shown elsewhere.
        let rows = desk.calendar(now + Duration::days(11), now + Duration::days(25), None, None).await?;
        for row in rows {
            let Some(session) = desk.session(row.id).await? else { continue };
            if session.client == *first {
                continue;
            }
            desk.cancel(
                row.id,
                &Cancellation { by: CancelledBy::Client, reason: "Away for work that week".to_owned() },
            )
            .await?;
            break;
        }
        Ok(())
    }

    /// Accepts the invitations of the partners, by the links in their emails.
    async fn accept_partner_invitations(&mut self) -> Result<()> {
        let expected: Vec<&str> = PAIRS
            .iter()
            .filter(|p| p.invited == Invited::Both)
            .flat_map(|p| [Some(p.a.0), p.b.map(|b| b.0)])
            .flatten()
            .collect();
        let claimed = self.past.worker().claim_due(200, Duration::minutes(5)).await?;
        for email in claimed {
            if let EmailFacts::Invitation { token, .. } = &email.facts
                && expected.contains(&email.recipient_name.as_str())
            {
                self.past.guest().accept_invitation(token, &login_name(&email.recipient_name), self.hash).await?;
                // They know their way already.
                self.partner_in(&self.past, &email.recipient_name).await?.finish_welcome().await?;
            }
            self.past.worker().return_claim_early(email.id, email.token, false).await?;
        }
        Ok(())
    }

    /// Fills the past weeks: a measure that repeats, thanks on each day, a pathway
    /// half done, a message and a plan.
    async fn fill_past_weeks(
        &self,
        ruth: &Clinician,
        units: &[(ClientId, Vec<(PersonId, String)>)],
        library: &HashMap<String, Document>,
    ) -> Result<()> {
        let then = self.past.clinician(ruth.visitor()).ok_or_else(missing_scope)?;
        let begin = self.today - Duration::weeks(WEEKS);
        let weekly = Frequency::Every(Rhythm { days: 7, from: begin, until: None });
        // The first couple gets it with their pathway.
        for unit in [1, 3] {
            self.assign_to_both(&then, units[unit].0, "weekly-connection", weekly).await?;
        }
        let (first, people) = &units[0];
        then.start_pathway(*first, "small-moments-path", Audience::Everyone, None).await?;
        let measure = library.get("weekly-connection").ok_or_else(missing_scope)?;
        for week in 0..WEEKS {
            for (n, unit) in [0, 1, 3].into_iter().enumerate() {
                for (seat, (_, name)) in units[unit].1.iter().enumerate() {
                    // The third of these couples stops answering after two weeks.
                    if (n == 2 && week > 1) || (n == 1 && week == 2 && seat == 1) {
                        continue;
                    }
                    let partner = self.partner_in(&self.past, name).await?;
                    let open = partner.exercises(None).await?;
                    for item in open.rows {
                        if item.title == measure.title {
                            partner
                                .submit(
                                    item.occurrence,
                                    &week_of(measure, n, seat, week, zone::date_of(self.past.now(), &self.zone)),
                                )
                                .await?;
                        } else if n == 0 && week + 1 < WEEKS {
                            let document = partner.occurrence(item.occurrence).await?.map(|v| v.document);
                            if let Some(document) = document {
                                partner
                                    .submit(
                                        item.occurrence,
                                        &answers(&document, seat, zone::date_of(self.past.now(), &self.zone)),
                                    )
                                    .await?;
                            }
                        }
                    }
                }
            }
            self.past.clock().advance(Duration::weeks(1));
            self.past.worker().make_occurrences().await?;
            self.past.worker().give_due_steps().await?;
        }
        ruth.start_draft(Some("reachable"), &domain::form::Form::default()).await?;
        let amara = self.partner_in(self.store, &people[0].1).await?;
        let mut evenings = Week::default();
        for day in &mut evenings.0[..4] {
            *day = read_hours("16:30-20:00").unwrap_or_default();
        }
        amara.set_prefers(Some(&evenings)).await?;
        amara
            .write_message(
                *first,
                None,
                "I did not want to say it in front of Jonas: the evenings are better, and I am afraid to trust it. May I bring that to our session today?",
                None,
            )
            .await?;
        self.assign_to_both(ruth, *first, "us-time", Frequency::OnDate(self.today + Duration::days(6))).await?;
        let open = amara.exercises(None).await?;
        let plan = open.rows.into_iter().find(|i| i.title == library["us-time"].title);
        if let Some(item) = plan {
            let starts = (self.today + Duration::days(3)).and_time(full_hour(19));
            let at = zone::instant(starts, &amara.visitor().zone)?;
            amara.set_plan(item.occurrence, "when", None, starts, at).await?;
        }
        Ok(())
    }

    /// Assigns the exercise with this slug to both partners.
    async fn assign_to_both(&self, by: &Clinician, client: ClientId, slug: &str, frequency: Frequency) -> Result<()> {
        let new = NewAssignment { for_whom: Audience::Everyone, frequency, word_along: String::new() };
        by.assign(client, slug, &new, None).await?.ok_or_else(missing_scope)?;
        Ok(())
    }

    /// The portal of the person with this name; `store` decides whether now or in
    /// the past.
    async fn partner_in(&self, store: &Store, name: &str) -> Result<store::Partner> {
        let visitor = self.visitor(self.account(&login_name(name)).await?).await?;
        store.partner(&visitor).ok_or_else(missing_scope)
    }

    /// Books a session of the demo; see [`book`].
    async fn book(
        &self,
        desk: &Bookings,
        client: ClientId,
        clinician: AccountId,
        day: i64,
        hour: u32,
    ) -> Result<Option<(SessionId, Timing)>> {
        book(desk, (&self.zone, self.today), (client, clinician), day, hour).await
    }

    /// Assigns an exercise to both partners. `done` says for each partner how far
    /// they are: 0 not begun, 1 a draft, 2 submitted.
    async fn assign_and_answer(
        &self,
        clinician: &Clinician,
        client: ClientId,
        people: &[(PersonId, String)],
        slug: &str,
        done: [u8; 2],
        library: &HashMap<String, Document>,
    ) -> Result<()> {
        let Some(document) = library.get(slug) else { return Ok(()) };
        if !assign(clinician, self.today, client, slug, done).await? {
            return Ok(());
        }
        for (seat, ((_, name), how_far)) in people.iter().zip(done).enumerate() {
            let Some(sign_in) = self.store.sign_in(&login_name(name)).await? else { continue };
            if let Some(partner) = self.store.partner(&self.visitor(sign_in.account).await?) {
                answer(&partner, self.today, document, (seat, how_far)).await?;
            }
        }
        Ok(())
    }

    /// Adds an inquiry for a first meeting, which the inquirer has confirmed.
    async fn add_inquiry(&self) -> Result<()> {
        let new = Inquiry {
            name: "Ana Ruiz Moreno".to_owned(),
            email: Some(address("ana.ruiz")?),
            phone: phone(377),
            kind: ClientKind::Couple,
            part: DayPart::Evening,
            meeting: MeetingWish::Any,
        };
        self.store.guest().inquire(&new).await?;
        for email in self.store.worker().claim_due(200, Duration::minutes(1)).await? {
            if let EmailFacts::Inquiry { token, .. } = &email.facts {
                self.store.guest().confirm_inquiry(token).await?;
            }
            self.store.worker().return_claim_early(email.id, email.token, false).await?;
        }
        Ok(())
    }

    /// Gives the practice the usual minutes in which a change can be undone.
    async fn set_undo_window(&self, owner: AccountId) -> Result<()> {
        let visitor = self.visitor(owner).await?;
        let scope = self.store.owner(&visitor).ok_or_else(missing_scope)?;
        let usual = Practice::new(String::new(), self.zone.clone()).quiet_minutes;
        let practice = Practice { quiet_minutes: usual, ..scope.practice().await? };
        scope.update_settings(SettingsTab::Cancellations, &practice).await
    }

    /// Ends the logins that were used to fill the demo.
    async fn end_logins(&self) -> Result<()> {
        for login in ["marlene", "ruth", "emeka", "sofia", "kofi"] {
            let visitor = self.visitor(self.account(login).await?).await?;
            let me = self.store.signed_in(&visitor);
            me.end_other_logins().await?;
            me.end_login(visitor.login).await?;
        }
        for pair in PAIRS {
            for name in [Some(pair.a.0), pair.b.map(|b| b.0)].into_iter().flatten() {
                if let Some(sign_in) = self.store.sign_in(&login_name(name)).await? {
                    let visitor = self.visitor(sign_in.account).await?;
                    let me = self.store.signed_in(&visitor);
                    me.end_other_logins().await?;
                    me.end_login(visitor.login).await?;
                }
            }
        }
        Ok(())
    }
}

/// The error of a demo account that lacks the role that is needed.
fn missing_scope() -> store::Error {
    store::Error::Stored("the demo's scope is missing".to_owned())
}

/// The full hour of a day.
fn full_hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

/// A telephone number of the demo; no two people have the same. The Federal Network
/// Agency keeps these numbers free for films.
fn phone(number: usize) -> String {
    format!("+49 30 23125 {number:03}")
}

impl Demo<'_> {
    /// The details of a demo person: the index of their couple and their seat in it
    /// keep their addresses and telephone numbers apart.
    fn person_details(
        &self,
        (index, seat): (usize, usize),
        (name, pronouns, zone): (&str, &str, &str),
    ) -> Result<PersonDetails> {
        let email = if index == SHARED_ADDRESS.0 {
            EmailAddress::parse(SHARED_ADDRESS.1).map_err(|e| store::Error::Stored(e.to_owned()))?
        } else {
            address(&format!("{}.{index}", login_name(name)))?
        };
        let contact = SafeContact {
            // An invitation needs an email: the partner sets this switch later.
            portal_only: false,
            hours: (name == SAFE_HOURS).then(|| (full_hour(9), full_hour(17))),
            reminders: name != PORTAL_ONLY,
            ..SafeContact::default()
        };
        // Clients from nearby live where the practice is, wherever that is today.
        let moved = self.zone.name() != BERLIN && ["Europe/", "Africa/"].iter().any(|near| zone.starts_with(near));
        let zone = Some(zone).filter(|zone| *zone != HERE && !moved).and_then(Zone::parse);
        Ok(PersonDetails {
            name: name.to_owned(),
            pronouns: pronouns.to_owned(),
            email: Some(email),
            phone: phone(200 + index * 2 + seat),
            language: match &zone {
                Some(zone) if zone.name() == "Asia/Kolkata" => Language::Hindi,
                _ => Language::English,
            },
            zone: zone.unwrap_or_else(|| self.zone.clone()),
            contact,
        })
    }
}
