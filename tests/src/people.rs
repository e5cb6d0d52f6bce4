//! People to act as, created through the same functions as real ones.

use domain::{
    clients::person::{EmailAddress, Language, PersonDetails, Role, SafeContact, Zone},
    exercises::{
        assignment::{Audience, Frequency, NewAssignment},
        exercise::{Article, Document},
        pathway::{PathStep, Pathway},
        response::{self, Answers},
    },
    form::Form,
    ids::{AccountId, ClientId, OccurrenceId, PersonId},
    practice::settings::Practice,
    scheduling::session::{NewSession, Place, SessionKind},
};
use store::{
    Booked, Bookings, Clinician, EmailFacts, InvitationAccepted, Invite, NewClient, NewStaff, Owner, Partner, Setup,
    Store, Visitor,
};

/// A password hash that costs nothing to check, for tests that do not sign in over HTTP.
/// No password matches it.
pub const NO_HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A practice with an owner, two clinicians, a front desk and two couples.
pub struct Cast {
    pub owner: Owner,
    pub ruth: Clinician,
    pub emeka: Clinician,
    pub desk: Bookings,
    pub couple: ClientId,
    pub amara: Partner,
    pub jonas: Partner,
    pub other_couple: ClientId,
    pub stranger: Partner,
    pub room: domain::ids::RoomId,
}

/// Parses the name of a time zone.
pub fn zone(name: &str) -> Zone {
    Zone::parse(name).expect("a zone")
}

/// The details of a person with this name, email address and zone.
pub fn details(name: &str, email: &str, at: &str) -> PersonDetails {
    PersonDetails {
        name: name.to_owned(),
        pronouns: String::new(),
        email: EmailAddress::parse(email).ok(),
        phone: String::new(),
        zone: zone(at),
        language: Language::English,
        contact: SafeContact::default(),
    }
}

/// Signs an account in and returns its visitor.
pub async fn visitor(store: &Store, account: AccountId) -> Visitor {
    let token = store.start_login(account, "test", None).await.expect("a login");
    store.find_visitor(&token, true).await.expect("a visitor").expect("signed in")
}

/// The token of the link to a new address that is due, or `None`. Its email is marked as
/// sent; all other emails are left as they were.
pub async fn address_link(store: &Store) -> Option<String> {
    let mut found = None;
    for email in store.worker().claim_due(100, chrono::Duration::minutes(1)).await.expect("claims") {
        match &email.facts {
            EmailFacts::NewAddress { token, .. } => found = Some(token.clone()),
            EmailFacts::AddressChanged { .. } => {}
            _ => {
                store.worker().return_claim_early(email.id, email.token, false).await.expect("released");
                continue;
            }
        }
        assert!(store.worker().store_body(email.id, email.token, b"x").await.expect("stored"));
        assert!(store.worker().finish_sent(email.id, email.token).await.expect("sent"));
    }
    found
}

/// Changes the email address of a signed-in person: asks for the change and opens the
/// link.
pub async fn change_address(store: &Store, who: &Visitor, email: &EmailAddress) {
    let me = store.signed_in(who);
    if me.request_email_change(email).await.expect("asked") == store::EmailChange::LinkSent {
        let token = address_link(store).await.expect("a link");
        assert!(me.confirm_email_change(&token).await.expect("confirmed"));
        // Send the notice to the old address.
        address_link(store).await;
    }
}

/// Accepts every invitation that is due, in order, and returns the accounts. The sign-in
/// name is the first name in lower case.
pub async fn accept_invitations(store: &Store, hash: &str) -> Vec<AccountId> {
    let mut accounts = Vec::new();
    for email in store.worker().claim_due(100, chrono::Duration::minutes(1)).await.expect("claims") {
        if let EmailFacts::Invitation { token, .. } = &email.facts {
            let login = email.recipient_name.split_whitespace().next().expect("a name").to_lowercase();
            match store.guest().accept_invitation(token, &login, hash).await.expect("accepted") {
                InvitationAccepted::Done(account) => accounts.push(account),
                other => panic!("{login}: {other:?}"),
            }
        }
        store.worker().return_claim_early(email.id, email.token, false).await.expect("released");
    }
    // Claim until nothing is due, so that the emails of accepted invitations are dropped.
    while !store.worker().claim_due(100, chrono::Duration::minutes(1)).await.expect("claims").is_empty() {}
    accounts
}

impl Cast {
    /// Sets up the practice; everyone's password hash is [`NO_HASH`].
    pub async fn new(store: &Store) -> Self {
        Self::with_hash(store, NO_HASH).await
    }

    /// Sets up the practice; everyone's password has this hash.
    pub async fn with_hash(store: &Store, hash: &str) -> Self {
        store.load_library(&[small_document(), open_document()]).await.expect("a library");
        let intake = duologue::library::intake_list().expect("a list");
        store.load_intake_list(&intake).await.expect("an intake list");
        let owner = store
            .guest()
            .set_up(&Setup {
                factor_rules: None,
                // Notices are sent at once, except in the tests about the waiting time.
                practice: Practice { quiet_minutes: 0, ..Practice::new("Lakeside".into(), zone("Europe/Berlin")) },
                display_name: "Olive Owner".into(),
                email: EmailAddress::parse("olive@example.org").expect("an address"),
                login_name: "olive".into(),
                password_hash: hash.into(),
                roles: vec![],
            })
            .await
            .expect("set up")
            .expect("the first time");
        let owner = store.owner(&visitor(store, owner).await).expect("an owner");
        for (name, role) in
            [("Ruth Abrahams", Role::Clinician), ("Emeka Obi", Role::Clinician), ("Kofi Mensah", Role::FrontDesk)]
        {
            let local = name.split(' ').next().expect("a name").to_lowercase();
            owner
                .invite_staff(&NewStaff {
                    display_name: name.into(),
                    email: EmailAddress::parse(&format!("{local}@example.org")).expect("an address"),
                    zone: zone("Europe/Berlin"),
                    roles: vec![role],
                })
                .await
                .expect("invited");
        }
        owner.add_room("Garden room", None).await.expect("a room");
        let room = owner.rooms().await.expect("rooms")[0].room.id;
        accept_invitations(store, hash).await;
        let account = async |name: &str| store.sign_in(name).await.expect("a look").expect("an account").account;
        let ruth = store.clinician(&visitor(store, account("ruth").await).await).expect("a clinician");
        let emeka = store.clinician(&visitor(store, account("emeka").await).await).expect("a clinician");
        let desk = store.front_desk(&visitor(store, account("kofi").await).await).expect("a desk");
        let couple = new_couple(&ruth, "Amara Nwosu", "Jonas Weber").await;
        let other_couple = new_couple(&emeka, "Yusuf Demir", "Elif Demir").await;
        for (clinician, client) in [(&ruth, couple), (&emeka, other_couple)] {
            for (person, _) in clinician.names(client).await.expect("names").expect("own") {
                assert_eq!(clinician.invite_partner(client, person).await.expect("invited"), Invite::Mailed);
            }
        }
        accept_invitations(store, hash).await;
        let partner = async |name: &str| store.partner(&visitor(store, account(name).await).await).expect("a partner");
        Self {
            owner,
            couple,
            amara: partner("amara").await,
            jonas: partner("jonas").await,
            stranger: partner("yusuf").await,
            ruth,
            emeka,
            desk,
            other_couple,
            room,
        }
    }

    /// The booking form as the front desk fills it in: a session of a couple with a
    /// therapist in the room, at an unusual time too. The fields about repetition are left
    /// out.
    pub fn form(
        &self,
        store: &Store,
        client: ClientId,
        clinician: AccountId,
        starts: &str,
    ) -> Vec<(&'static str, String)> {
        let (date, time) = starts.split_once(' ').expect("a date and a time");
        vec![
            ("client", client.to_string()),
            ("key", store.clock().id().to_string()),
            ("attendee", "everyone".to_owned()),
            ("clinician", clinician.to_string()),
            ("kind", "regular".to_owned()),
            ("place", self.room.to_string()),
            ("link", String::new()),
            ("date", date.to_owned()),
            ("time", time.to_owned()),
            ("minutes", "50".to_owned()),
            ("outside", "yes".to_owned()),
        ]
    }

    /// Assigns the small document to both partners of the couple.
    pub async fn assign(&self) -> OccurrenceId {
        self.assign_for(Audience::Everyone).await
    }

    /// Assigns the small document to the couple or to one partner.
    pub async fn assign_for(&self, for_whom: Audience) -> OccurrenceId {
        self.assign_exercise("small", for_whom).await
    }

    /// Assigns an exercise to the couple or to one partner, due before the next session.
    pub async fn assign_exercise(&self, slug: &str, for_whom: Audience) -> OccurrenceId {
        let new = NewAssignment { for_whom, frequency: Frequency::BeforeNext, word_along: "Take your time.".into() };
        let id = self.ruth.assign(self.couple, slug, &new, None).await.expect("assigned").expect("own");
        self.ruth
            .assignments(self.couple, None)
            .await
            .expect("list")
            .rows
            .into_iter()
            .find(|a| a.id == id)
            .expect("there")
            .occurrence
    }

    /// A new session of the couple with Ruth in the garden room, at an unusual time too.
    pub fn wish(&self, store: &Store, starts: &str) -> NewSession {
        NewSession {
            client: self.couple,
            attendee: None,
            clinician: self.ruth.me(),
            kind: SessionKind::Regular,
            place: Place::Room(self.room),
            starts: chrono::NaiveDateTime::parse_from_str(starts, "%Y-%m-%d %H:%M").expect("a time"),
            fold: None,
            minutes: 50,
            outside: true,
            over: None,
            key: store.clock().id(),
        }
    }

    /// Books [`Cast::wish`] as the front desk.
    pub async fn book(&self, store: &Store, starts: &str) -> Booked {
        let wish = self.wish(store, starts);
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).expect("a timing");
        self.desk.book(&wish, &timing).await.expect("an answer")
    }
}

/// Creates a couple of this clinician: the first partner lives in Berlin, the second in
/// London.
pub async fn new_couple(clinician: &Clinician, a: &str, b: &str) -> ClientId {
    let address = |name: &str| format!("{}@example.org", name.split(' ').next().expect("a name").to_lowercase());
    clinician
        .create_client(&NewClient::Couple {
            a: details(a, &address(a), "Europe/Berlin").into(),
            b: Some(details(b, &address(b), "Europe/London").into()),
        })
        .await
        .expect("created")
        .expect("a client")
}

/// The person of a client whose name begins like this.
pub async fn person(clinician: &Clinician, client: ClientId, name: &str) -> PersonId {
    clinician
        .names(client)
        .await
        .expect("names")
        .expect("own")
        .into_iter()
        .find(|(_, n)| n.starts_with(name))
        .expect("there")
        .0
}

/// An exercise with one step of each scope, so that every boundary has something to leak.
pub fn small_document() -> Document {
    serde_json::from_value(serde_json::json!({
        "slug": "small", "title": "Small exercise", "purpose": "For tests.", "article": "own", "section": "none",
        "themes": ["safety"], "minutes": 5, "mode": "reveal", "cautions": "None.",
        "steps": [
            {"key": "mine", "kind": "text", "scope": "mine", "prompt": "For you", "long": true},
            {"key": "therapist", "kind": "text", "scope": "therapist", "prompt": "For your therapist", "long": true},
            {"key": "reveal", "kind": "text", "scope": "reveal", "prompt": "For both, later", "long": true},
            {"key": "couple", "kind": "text", "scope": "couple", "prompt": "For both", "long": true},
            {"key": "pact", "kind": "agreement", "scope": "couple", "prompt": "Our words", "starter": "We"}
        ]
    }))
    .expect("a document")
}

/// A pathway of two steps with the same exercise.
pub fn pathway(slug: &str, exercise: &str) -> Pathway {
    let step = |both, days| PathStep { exercise: exercise.into(), both, days, ..PathStep::default() };
    Pathway {
        slug: slug.into(),
        title: "A way".into(),
        purpose: "For tests.".into(),
        article: Article::Own,
        cautions: String::new(),
        steps: vec![step(false, None), step(true, Some(14))],
    }
}

/// The small document without its blind step.
pub fn open_document() -> Document {
    let mut document = Document { slug: "open".into(), ..small_document() };
    document.steps.retain(|s| s.key != "reveal");
    document
}

/// Answers to the small document; each names its writer and scope, as
/// `canary-amara-mine`.
pub fn small_answers(who: &str) -> Answers {
    let form = Form::from_pairs(
        ["mine", "therapist", "reveal", "couple"].map(|s| (format!("s.{s}"), format!("canary-{who}-{s}"))),
    );
    response::read(&small_document(), &form)
}
