//! People to act as, made through the same doors as real ones.

use domain::{
    assignment::{For, Frequency, NewAssignment},
    exercise::{Article, Document},
    form::Form,
    ids::{AccountId, ClientId, OccurrenceId, PersonId},
    pathway::{PathStep, Pathway},
    person::{Email, Language, PersonDetails, Role, SafeContact, Zone},
    practice::Practice,
    response::{self, Answers},
    session::{NewSession, Place, SessionKind},
};
use store::{Accepted, Booked, Bookings, Clinician, Facts, NewClient, NewStaff, Owner, Partner, Setup, Store, Visitor};

/// A hash of "three tired swans" that costs nothing to check in tests that do
/// not sign in over HTTP.
pub const NO_HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A practice with an owner, two clinicians, a front desk, two couples.
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

pub fn zone(name: &str) -> Zone {
    Zone::parse(name).expect("a zone")
}

pub fn details(name: &str, email: &str, at: &str) -> PersonDetails {
    PersonDetails {
        name: name.to_owned(),
        pronouns: String::new(),
        email: Email::parse(email).ok(),
        phone: String::new(),
        zone: zone(at),
        language: Language::English,
        contact: SafeContact::default(),
    }
}

pub async fn visitor(store: &Store, account: AccountId) -> Visitor {
    let token = store.start_login(account, "test", None).await.expect("a login");
    store.visitor(&token, true).await.expect("a visitor").expect("signed in")
}

/// Takes up every invitation that waits, in order; the sign-in name is the
/// first name in lower case.
pub async fn take_up(store: &Store, hash: &str) -> Vec<AccountId> {
    let mut accounts = Vec::new();
    for message in store.claim_due(100, chrono::Duration::minutes(1)).await.expect("claims") {
        if let Facts::Invitation { token, .. } = &message.facts {
            let login = message.recipient_name.split_whitespace().next().expect("a name").to_lowercase();
            match store.accept_invitation(token, &login, hash).await.expect("accepted") {
                Accepted::Done(account) => accounts.push(account),
                other => panic!("{login}: {other:?}"),
            }
        }
        store.release(message.id, message.token, false).await.expect("released");
    }
    // What was taken up is not sent any more.
    while !store.claim_due(100, chrono::Duration::minutes(1)).await.expect("claims").is_empty() {}
    accounts
}

impl Cast {
    pub async fn new(store: &Store) -> Self {
        Self::with_hash(store, NO_HASH).await
    }

    pub async fn with_hash(store: &Store, hash: &str) -> Self {
        store.load_library(&[small_document(), open_document()]).await.expect("a library");
        let owner = store
            .set_up(&Setup {
                // Notices go at once, but in the tests that are about the wait.
                practice: Practice { quiet_minutes: 0, ..Practice::new("Lakeside".into(), zone("Europe/Berlin")) },
                display_name: "Olive Owner".into(),
                email: Email::parse("olive@example.org").expect("an address"),
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
                    email: Email::parse(&format!("{local}@example.org")).expect("an address"),
                    zone: zone("Europe/Berlin"),
                    roles: vec![role],
                })
                .await
                .expect("invited");
        }
        owner.add_room("Garden room", None).await.expect("a room");
        let room = owner.rooms().await.expect("rooms")[0].room.id;
        take_up(store, hash).await;
        let account = async |name: &str| store.sign_in(name).await.expect("a look").expect("an account").account;
        let ruth = store.clinician(&visitor(store, account("ruth").await).await).expect("a clinician");
        let emeka = store.clinician(&visitor(store, account("emeka").await).await).expect("a clinician");
        let desk = store.front_desk(&visitor(store, account("kofi").await).await).expect("a desk");
        let couple = new_couple(&ruth, "Amara Nwosu", "Jonas Weber").await;
        let other_couple = new_couple(&emeka, "Yusuf Demir", "Elif Demir").await;
        for (clinician, client) in [(&ruth, couple), (&emeka, other_couple)] {
            for (person, _) in clinician.names(client).await.expect("names").expect("own") {
                assert_eq!(clinician.invite_partner(client, person).await.expect("invited"), Some(true));
            }
        }
        take_up(store, hash).await;
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

    /// The booking form as the front desk fills it in, without how often: of a
    /// couple with a therapist, in the room.
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
        ]
    }

    /// Assigns the small document to the couple.
    pub async fn assign(&self) -> OccurrenceId {
        self.assign_for(For::Everyone).await
    }

    pub async fn assign_for(&self, for_whom: For) -> OccurrenceId {
        self.assign_exercise("small", for_whom).await
    }

    pub async fn assign_exercise(&self, slug: &str, for_whom: For) -> OccurrenceId {
        let new = NewAssignment { for_whom, frequency: Frequency::BeforeNext, word_along: "Take your time.".into() };
        let id = self.ruth.assign(self.couple, slug, &new, None).await.expect("assigned").expect("own");
        self.ruth
            .assignments(self.couple)
            .await
            .expect("list")
            .into_iter()
            .find(|a| a.id == id)
            .expect("there")
            .occurrence
    }

    /// A wish for a session of the couple with Ruth in the garden room.
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
            outside: false,
            over: None,
            key: store.clock().id(),
        }
    }

    pub async fn book(&self, store: &Store, starts: &str) -> Booked {
        let wish = self.wish(store, starts);
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).expect("a timing");
        self.desk.book(&wish, &timing).await.expect("an answer")
    }
}

pub async fn new_couple(clinician: &Clinician, a: &str, b: &str) -> ClientId {
    let address = |name: &str| format!("{}@example.org", name.split(' ').next().expect("a name").to_lowercase());
    clinician
        .create_client(&NewClient::Couple {
            a: details(a, &address(a), "Europe/Berlin").into(),
            b: Some(details(b, &address(b), "America/New_York").into()),
        })
        .await
        .expect("created")
        .expect("a client")
}

/// A person of a client by the begin of their name.
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

/// One step of each scope, so that every boundary has something to leak.
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

/// The same without the blind step.
pub fn open_document() -> Document {
    let mut document = Document { slug: "open".into(), ..small_document() };
    document.steps.retain(|s| s.key != "reveal");
    document
}

/// Answers that name their writer and scope.
pub fn small_answers(who: &str) -> Answers {
    let form = Form::from_pairs(
        ["mine", "therapist", "reveal", "couple"].map(|s| (format!("s.{s}"), format!("canary-{who}-{s}"))),
    );
    response::read(&small_document(), &form)
}
