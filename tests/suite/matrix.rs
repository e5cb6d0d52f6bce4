//! Requests every route as every kind of visitor, for something that really exists: those
//! who may, succeed; everyone else is refused and changes nothing.
//!
//! The routes come from the program's own table, and each names its recipe in
//! [`crate::recipes`]: who may use it, a well-formed request with ids of its own, and
//! what counts as success. `tests/route_matrix.txt` is the result, to be reviewed as a
//! diff. Meanwhile everything that is not for everyone contains canaries.
//!
//! Each line starts from its own copy of the database. The visitors who may not use the
//! route are tried first, all on that copy: a refused request that changed a row anywhere
//! is found there. Then those who may are tried. For a form each of them gets a copy of
//! their own, because what one does cannot be done again by the next (on PostgreSQL,
//! where copies take long, only the first of them is tried).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::{
    clients::person::{EmailAddress, Role},
    ids::AccountId,
};
use duologue::{
    access::Access,
    routes::{self, RouteInfo},
};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use store::{EmailFacts, Invite, NewClient, NewMember, NewStaff, Store};
use tests::{
    Backend, World,
    app::{App, Got},
    people::{Cast, new_couple, visitor, zone},
};

use crate::{
    recipes::{self, Answer, Effect, Line, Recipe, Sent},
    routes::{CANARIES, Stage},
};

/// A kind of visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    Anonymous,
    /// A therapist whose login was ended elsewhere.
    Ended,
    /// An account with every staff role that was disabled.
    Disabled,
    Owner,
    OwnClinician,
    OtherClinician,
    /// Covered for the couple's therapist until yesterday.
    FormerCover,
    FrontDesk,
    PartnerA,
    PartnerB,
    /// A partner of another therapist's couple.
    Stranger,
    /// A partner of a separated couple who continues alone.
    Separated,
    /// A partner of an archived couple.
    Archived,
}

impl Who {
    /// Every kind of visitor, in the order of the matrix's columns.
    pub(crate) const ALL: [Self; 13] = [
        Self::Anonymous,
        Self::Ended,
        Self::Disabled,
        Self::Owner,
        Self::OwnClinician,
        Self::OtherClinician,
        Self::FormerCover,
        Self::FrontDesk,
        Self::PartnerA,
        Self::PartnerB,
        Self::Stranger,
        Self::Separated,
        Self::Archived,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Ended => "ended",
            Self::Disabled => "disabled",
            Self::Owner => "owner",
            Self::OwnClinician => "own-clinician",
            Self::OtherClinician => "other-clinician",
            Self::FormerCover => "former-cover",
            Self::FrontDesk => "front-desk",
            Self::PartnerA => "partner-a",
            Self::PartnerB => "partner-b",
            Self::Stranger => "stranger",
            Self::Separated => "separated",
            Self::Archived => "archived",
        }
    }

    /// Whether a route of this class admits a visitor at all.
    fn is_admitted(self, access: Access) -> bool {
        use Who::{
            Anonymous, Archived, Disabled, Ended, FormerCover, FrontDesk, OtherClinician, OwnClinician, Owner,
            PartnerA, PartnerB, Separated, Stranger,
        };
        match access {
            Access::Plain | Access::Public => true,
            Access::SignedIn => !matches!(self, Anonymous | Ended | Disabled),
            Access::Owner => self == Owner,
            Access::Clinician => matches!(self, OwnClinician | OtherClinician | FormerCover),
            Access::FrontDesk => self == FrontDesk,
            Access::Bookings => matches!(self, OwnClinician | OtherClinician | FormerCover | FrontDesk),
            Access::Partner => matches!(self, PartnerA | PartnerB | Stranger | Separated | Archived),
        }
    }
}

/// The hash of "password" from the test vectors of Argon2's authors: it costs almost
/// nothing to check.
const HASH: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
/// The password of everyone.
pub(crate) const PASSWORD: &str = "password";

/// A practice in which every visitor has a login. Each line begins with a copy of it.
pub(crate) struct Base {
    /// A query for every row of every table: the table's name, and the row as text.
    rows: String,
    stage: Stage,
    cookies: BTreeMap<Who, String>,
}

/// Accepts every invitation that is due and releases all claimed emails.
async fn accept_invitations(store: &Store) -> BTreeMap<String, AccountId> {
    let mut accounts = BTreeMap::new();
    for email in store.worker().claim_due(100, chrono::Duration::minutes(1)).await.unwrap() {
        if let EmailFacts::Invitation { token, .. } = &email.facts {
            let login = email.recipient_name.split(' ').next().unwrap().to_lowercase();
            let done = store.guest().accept_invitation(token, &login, HASH).await.unwrap();
            let store::InvitationAccepted::Done(account) = done else { panic!("{login}: {done:?}") };
            accounts.insert(login, account);
        }
        store.worker().return_claim_early(email.id, email.token, false).await.unwrap();
    }
    accounts
}

impl Base {
    /// Creates the practice and the logins on this backend.
    pub(crate) async fn new(backend: Backend) -> Self {
        let stage = Stage::with_hash(World::new(backend).await, HASH).await;
        let (cast, store) = (&stage.cast, &stage.world.store);
        for (name, roles) in
            [("Kaya Oz", vec![Role::Clinician]), ("Dora Daum", vec![Role::Owner, Role::Clinician, Role::FrontDesk])]
        {
            let email = format!("{}@example.org", name.split(' ').next().unwrap().to_lowercase());
            let email = EmailAddress::parse(&email).unwrap();
            let new = NewStaff { display_name: name.into(), email, zone: zone("Europe/Berlin"), roles };
            cast.owner.invite_staff(&new).await.unwrap();
        }
        let separated = new_couple(&cast.emeka, "Mina Rahimi", "Omar Rahimi").await;
        let archived = new_couple(&cast.emeka, "Petra Lang", "Quirin Lang").await;
        for client in [separated, archived] {
            for (person, _) in cast.emeka.names(client).await.unwrap().unwrap() {
                assert_eq!(cast.emeka.invite_partner(client, person).await.unwrap(), Invite::Mailed);
            }
        }
        let accounts = accept_invitations(store).await;
        let account = |name: &str| accounts[name];
        // One of the separated partners continues alone, and signs in again like the
        // others.
        let mina = cast.emeka.names(separated).await.unwrap().unwrap()[0].0;
        let alone = NewClient::Individual(NewMember::Known(mina));
        cast.emeka.create_client(&alone).await.unwrap().unwrap();
        assert!(cast.emeka.separate(separated).await.unwrap());
        assert!(cast.emeka.set_archived(archived, true).await.unwrap());
        let mut cookies = BTreeMap::new();
        for who in Who::ALL {
            let account = match who {
                Who::Anonymous => continue,
                Who::Owner => cast.owner.me(),
                Who::Ended | Who::OwnClinician => cast.ruth.me(),
                Who::OtherClinician => cast.emeka.me(),
                Who::FrontDesk => cast.desk.me(),
                Who::PartnerA => cast.amara.me(),
                Who::PartnerB => cast.jonas.me(),
                Who::Stranger => cast.stranger.me(),
                Who::Disabled => account("dora"),
                Who::FormerCover => account("kaya"),
                Who::Separated => account("mina"),
                Who::Archived => account("petra"),
            };
            cookies.insert(who, stage.app.cookie(&stage.world, account).await);
            // A second browser of each.
            stage.app.cookie(&stage.world, account).await;
        }
        let ended = visitor_of(store, &cookies[&Who::Ended]).await;
        store.signed_in(&ended).end_login(ended.login).await.unwrap();
        assert!(cast.owner.set_disabled(account("dora"), true).await.unwrap());
        let world = &stage.world;
        let covers = format!(
            "INSERT INTO care (client_id, clinician_id, covering, starts_on, ends_on)
             VALUES ({}, {}, {}, '2026-11-01', '2026-11-22')",
            world.id(cast.couple.0),
            world.id(account("kaya").0),
            if backend == Backend::Sqlite { "1" } else { "true" },
        );
        // Disabling the account ended its logins; one is revived here.
        let revived = format!("UPDATE login SET ended_at = NULL WHERE account_id = {}", world.id(account("dora").0));
        world.script(&[covers, revived]).await.unwrap();
        let rows = rows_query(world).await;
        // Everything written must be in the one file, and nobody may be connected to it.
        world.store.close().await;
        if backend == Backend::Sqlite {
            world.raw("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        }
        Self { rows, stage, cookies }
    }

    /// The practice on a copy of its database.
    pub(crate) async fn copy(&self) -> Stage {
        let world = self.stage.world.copy().await;
        let (app, cast) = (App::new(&world), sign_in_again(&self.stage.cast, &world.store).await);
        let mut ids = self.stage.ids.clone();
        ids.insert("/account/logins/{id}", cast.amara.visitor().login.to_string());
        Stage { world, app, cast, ids }
    }

    /// The cookie of a visitor; `None` for an anonymous one.
    pub(crate) fn cookie(&self, who: Who) -> Option<&str> {
        self.cookies.get(&who).map(String::as_str)
    }
}

async fn visitor_of(store: &Store, cookie: &str) -> store::Visitor {
    store.find_visitor(cookie.trim_start_matches("duologue="), true).await.unwrap().unwrap()
}

/// Signs everyone in to another store of the same practice.
async fn sign_in_again(cast: &Cast, store: &Store) -> Cast {
    let partner = async |account| store.partner(&visitor(store, account).await).unwrap();
    Cast {
        owner: store.owner(&visitor(store, cast.owner.me()).await).unwrap(),
        ruth: store.clinician(&visitor(store, cast.ruth.me()).await).unwrap(),
        emeka: store.clinician(&visitor(store, cast.emeka.me()).await).unwrap(),
        desk: store.front_desk(&visitor(store, cast.desk.me()).await).unwrap(),
        couple: cast.couple,
        amara: partner(cast.amara.me()).await,
        jonas: partner(cast.jonas.me()).await,
        other_couple: cast.other_couple,
        stranger: partner(cast.stranger.me()).await,
        room: cast.room,
    }
}

/// Builds the query for all rows of all tables.
async fn rows_query(world: &World) -> String {
    let tables: Vec<String> = match world.backend {
        Backend::Sqlite => {
            let mut c = SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
            let columns: Vec<(String, String)> = sqlx::query_as(
                "SELECT m.name, p.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p
                 WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'",
            )
            .fetch_all(&mut c)
            .await
            .unwrap();
            let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (table, column) in columns {
                tables.entry(table).or_default().push(format!("'{column}=' || quote(\"{column}\")"));
            }
            let of = |(table, columns): (String, Vec<String>)| {
                format!("SELECT '{table}' AS t, {} AS r FROM {table}", columns.join(" || ' ' || "))
            };
            tables.into_iter().map(of).collect()
        }
        Backend::Postgres => {
            let mut c = PgConnection::connect(&world.address_text).await.unwrap();
            let names: Vec<String> = sqlx::query_scalar(
                "SELECT table_name::text
                 FROM information_schema.tables
                 WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'",
            )
            .fetch_all(&mut c)
            .await
            .unwrap();
            names.iter().map(|name| format!("SELECT '{name}' AS t, {name}::text AS r FROM {name}")).collect()
        }
    };
    assert!(tables.len() > 50, "{}", tables.len());
    tables.join(" UNION ALL ")
}

/// Finds out whether another connection changed rows.
struct Watch {
    connection: Watching,
    rows: String,
    seen: BTreeSet<(String, String)>,
}

enum Watching {
    /// With the version of the file that was seen last.
    Sqlite(SqliteConnection, i64),
    Postgres(PgConnection),
}

impl Watch {
    async fn begin(world: &World, rows: &str) -> Self {
        let connection = match world.backend {
            Backend::Sqlite => {
                let path = format!("sqlite://{}", world.address_text);
                Watching::Sqlite(SqliteConnection::connect(&path).await.unwrap(), 0)
            }
            Backend::Postgres => Watching::Postgres(PgConnection::connect(&world.address_text).await.unwrap()),
        };
        let mut watch = Self { connection, rows: rows.to_owned(), seen: BTreeSet::new() };
        watch.changed().await;
        watch
    }

    /// The rows that were added, removed or changed since the last call, by table.
    #[expect(clippy::disallowed_methods, reason = "the names of tables and columns come from the database")]
    async fn changed(&mut self) -> BTreeMap<String, Vec<String>> {
        let rows = sqlx::AssertSqlSafe(self.rows.clone());
        let all: Vec<(String, String)> = match &mut self.connection {
            Watching::Sqlite(c, seen) => {
                let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *c).await.unwrap();
                if version == *seen {
                    return BTreeMap::new();
                }
                *seen = version;
                sqlx::query_as(rows).fetch_all(c).await.unwrap()
            }
            Watching::Postgres(c) => sqlx::query_as(rows).fetch_all(c).await.unwrap(),
        };
        let all: BTreeSet<_> = all.into_iter().collect();
        let mut changed: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, row) in all.symmetric_difference(&self.seen) {
            changed.entry(table.clone()).or_default().push(row.clone());
        }
        self.seen = all;
        changed
    }
}

async fn ask(stage: &Stage, method: &Method, line: &Line, cookie: Option<&str>) -> Got {
    match &line.sent {
        Sent::Nothing => stage.app.ask(method.clone(), &line.path, cookie, &[]).await,
        Sent::Form(pairs) => {
            let pairs: Vec<_> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            stage.app.ask(method.clone(), &line.path, cookie, &pairs).await
        }
        Sent::Json(body) => {
            let mut request = Request::builder()
                .method(method)
                .uri(&line.path)
                .header(header::HOST, "localhost:3000")
                .header(header::ORIGIN, "http://localhost:3000")
                .header("sec-fetch-site", "same-origin")
                .header(header::CONTENT_TYPE, "application/json");
            if let Some(cookie) = cookie {
                request = request.header(header::COOKIE, cookie);
            }
            stage.app.send(request.body(Body::from(body.clone())).unwrap()).await
        }
    }
}

/// Notices which say that a press had no effect.
const IN_VAIN: [&str; 11] = [
    "not_restored",
    "too_late_to_undo",
    "taken_meanwhile",
    "not_sent_again",
    "sessions_ahead",
    "request_gone",
    "please_call",
    "not_reset",
    "not_resent",
    "no_link",
    "not_invited",
];

/// Tables that a request may write to besides its purpose: audit entries, counted
/// attempts, form keys, and when a login was seen.
const BESIDE: [&str; 6] = ["audit", "audit_head", "audit_named", "throttle", "press", "login"];

/// What is wrong with the answer to a visitor who may; `None` if they succeeded.
fn failure(line: &Line, got: &Got, changed: &BTreeMap<String, Vec<String>>) -> Option<String> {
    let describe = || format!("{} {} {}", got.status, got.location(), plain(&got.text));
    let other_writes = |allowed: Option<&str>| {
        let other = changed.keys().find(|t| !BESIDE.contains(&t.as_str()) && Some(t.as_str()) != allowed);
        other.map(|table| format!("wrote to {table}: {:?}", changed[table]))
    };
    match line.effect {
        Effect::Shows { marks } if got.status == StatusCode::OK => other_writes(marks),
        Effect::Leads { to } if got.status == StatusCode::SEE_OTHER && to.contains(&got.location()) => {
            other_writes(None)
        }
        Effect::Shows { .. } | Effect::Leads { .. } => Some(describe()),
        Effect::Writes { table, answer } => {
            let fits = match answer {
                Answer::Page => got.status == StatusCode::OK,
                Answer::To(to) => {
                    let vain = IN_VAIN.iter().any(|n| got.location().contains(&format!("notice={n}")));
                    got.status == StatusCode::SEE_OTHER && got.location().starts_with(to) && !vain
                }
            };
            if !fits {
                Some(describe())
            } else if !changed.contains_key(table) {
                Some(format!("{} {}: no row of {table}, but {:?}", got.status, got.location(), changed.keys()))
            } else {
                None
            }
        }
    }
}

/// The text of a page's main part, without tags: at most 300 characters.
fn plain(text: &str) -> String {
    let body = text.split_once("<main").map_or(text, |(_, main)| main);
    let mut inside = false;
    let words: String = body
        .chars()
        .filter(|c| match c {
            '<' => {
                inside = true;
                false
            }
            '>' => {
                inside = false;
                false
            }
            _ => !inside,
        })
        .collect();
    words.chars().take(300).collect()
}

/// Whether an answer refuses a visitor: nothing is there, or they have to sign in.
/// Visitors with a login are led to their own start page.
fn is_refusal(who: Who, got: &Got) -> bool {
    let away = got.status == StatusCode::SEE_OTHER;
    let signed_in = who.is_admitted(Access::SignedIn);
    match got.status {
        // A link of another account is answered as if it were used or expired.
        StatusCode::NOT_FOUND | StatusCode::GONE => true,
        StatusCode::UNAUTHORIZED => !signed_in,
        _ => away && if signed_in { got.location() == "/" } else { got.location().starts_with("/sign-in") },
    }
}

/// The result of one line.
struct Found {
    text: String,
    read: Vec<(&'static str, &'static str)>,
    wrong: Vec<String>,
}

/// Tries one line as every visitor.
async fn try_line(base: &Base, route: &RouteInfo, variant: &'static str) -> Found {
    let mut stage = base.copy().await;
    let name = format!(
        "{} {}{}",
        route.method,
        route.path,
        if variant.is_empty() { String::new() } else { format!(" ({variant})") }
    );
    let mut found = Found {
        text: format!("{:6} {:45} {:16} {:10} ", route.method, route.path, variant, format!("{:?}", route.access)),
        read: vec![],
        wrong: vec![],
    };
    let line = match recipes::recipe(&mut stage, route, variant).await {
        Recipe::Line(line) => line,
        Recipe::Refuses(why) => {
            found.text = format!("{}nobody: {why}", found.text);
            return found;
        }
    };
    if line.may.is_empty() {
        found.wrong.push(format!("{name}: nobody succeeds"));
    }
    for who in line.may.iter().filter(|who| !who.is_admitted(route.access)) {
        found.wrong.push(format!("{name}: {} is not of {:?}", who.word(), route.access));
    }
    let mut cells: BTreeMap<Who, String> = BTreeMap::new();
    let mut read = |who: Who, got: &Got| {
        for (canary, _) in CANARIES {
            if got.text.contains(canary) {
                found.read.push((*canary, who.word()));
            }
        }
    };
    let mut wrong = Vec::new();
    let mut watch = Watch::begin(&stage.world, &base.rows).await;
    for who in Who::ALL.into_iter().filter(|who| !line.may.contains(who)) {
        let got = ask(&stage, &route.method, &line, base.cookie(who)).await;
        read(who, &got);
        if !is_refusal(who, &got) {
            wrong.push(format!(
                "{name}: {} is not refused: {} {} {}",
                who.word(),
                got.status,
                got.location(),
                plain(&got.text)
            ));
        }
        let changed = watch.changed().await;
        if !changed.is_empty() {
            wrong.push(format!("{name}: {} was refused and left rows: {changed:?}", who.word()));
        }
        cells.insert(who, got.status.as_u16().to_string());
    }
    for (n, who) in line.may.iter().enumerate() {
        // The first visitor acts on the copy where the others were refused; pages are
        // opened there by all.
        let own = if n == 0 || route.method == Method::GET {
            None
        } else if stage.world.backend == Backend::Sqlite {
            let mut stage = base.copy().await;
            let Recipe::Line(line) = recipes::recipe(&mut stage, route, variant).await else { continue };
            let watch = Watch::begin(&stage.world, &base.rows).await;
            Some((stage, line, watch))
        } else {
            continue;
        };
        let (got, changed, line) = match own {
            None => {
                let got = ask(&stage, &route.method, &line, base.cookie(*who)).await;
                (got, watch.changed().await, &line)
            }
            Some((stage, own, mut watch)) => {
                let got = ask(&stage, &route.method, &own, base.cookie(*who)).await;
                (got, watch.changed().await, &line)
            }
        };
        read(*who, &got);
        if let Some(why) = failure(line, &got, &changed) {
            wrong.push(format!("{name}: {} does not succeed: {why}", who.word()));
        }
        cells.insert(*who, format!("+{}", got.status.as_u16()));
    }
    found.wrong.extend(wrong);
    found.text +=
        &Who::ALL.iter().map(|who| format!("{:>16}", cells.get(who).map_or("", String::as_str))).collect::<String>();
    found
}

/// Tries every line and returns the results.
async fn try_every_line(backend: Backend) -> Vec<Found> {
    let base = Arc::new(Base::new(backend).await);
    let lines: Vec<(RouteInfo, &'static str)> = routes::table()
        .into_iter()
        .flat_map(|route| recipes::variants(&route).iter().map(move |variant| (route.clone(), *variant)))
        .collect();
    assert!(lines.len() > 170, "{}", lines.len());
    let found: Arc<Mutex<BTreeMap<usize, Found>>> = Arc::default();
    let next = Arc::new(AtomicUsize::new(0));
    let lines = Arc::new(lines);
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let (base, lines, found, next) = (base.clone(), lines.clone(), found.clone(), next.clone());
            tokio::spawn(async move {
                while let Some((n, (route, variant))) = {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    lines.get(n).cloned().map(|line| (n, line))
                } {
                    let one = {
                        let (base, route) = (base.clone(), route.clone());
                        tokio::spawn(async move { try_line(&base, &route, variant).await }).await
                    };
                    let one = one.unwrap_or_else(|error| {
                        let panic = error.into_panic();
                        let text = panic.downcast_ref::<String>().cloned();
                        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|t| (*t).to_owned()));
                        let why = format!("{} {} {variant}: {}", route.method, route.path, text.unwrap_or_default());
                        Found { text: why.clone(), read: vec![], wrong: vec![why] }
                    });
                    found.lock().unwrap().insert(n, one);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let found = std::mem::take(&mut *found.lock().unwrap());
    let wrong: Vec<String> = found.values().flat_map(|f| f.wrong.clone()).collect();
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
    found.into_values().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_serves_only_the_allowed_visitors_postgres() {
    try_every_line(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_serves_only_the_allowed_visitors_sqlite() {
    let found = try_every_line(Backend::Sqlite).await;

    for (canary, allowed) in CANARIES {
        let readers: BTreeSet<&str> =
            found.iter().flat_map(|f| &f.read).filter(|(c, _)| c == canary).map(|(_, who)| *who).collect();
        for reader in &readers {
            assert!(allowed.contains(reader), "{reader} read {canary}");
        }
        // A canary that nobody ever sees would prove nothing.
        assert!(!readers.is_empty(), "nobody read {canary}");
    }
    let head = Who::ALL.iter().map(|who| format!("{:>16}", who.word())).collect::<String>();
    let mut text = format!("{:6} {:45} {:16} {:10} {head}\n", "", "", "", "");
    for line in &found {
        text += line.text.trim_end();
        text.push('\n');
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/route_matrix.txt");
    if std::fs::read_to_string(path).unwrap_or_default() != text {
        std::fs::write(path, &text).expect("written");
        panic!("the routes' answers changed: look at the diff of tests/route_matrix.txt, and commit it if it is meant");
    }
}
