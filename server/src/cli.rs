//! The command line: one line for each error, and 1 as the exit code.

use std::{
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use domain::{
    form::{Errors, Form},
    ids::{AccountId, LoginId},
    person::{Role, Zone},
};
use store::{Clock, NewStaff, Owner, Size, Store, Visitor};

use crate::{
    config::{Config, Transport},
    demo, doctor, log, outbox, password,
    serve::{self, Running},
    web::setup,
};

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

#[derive(Parser)]
#[command(
    name = "duologue",
    version,
    about = "Practice management for relationship counsellors",
    propagate_version = true
)]
struct Cli {
    /// The settings file; without it duologue.toml, where there is one
    #[arg(long, global = true, env = "DUOLOGUE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the practice's server
    Serve,
    /// Run a server full of invented people, to try things out
    Demo {
        /// Where the invented practice is kept
        #[arg(long, default_value = "data/demo", value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Bring the database up to date without serving
    Migrate,
    /// Set up the practice and its owner here instead of in the browser
    Setup(SetUp),
    /// The staff's accounts
    #[command(subcommand)]
    User(User),
    /// Write a backup into a new folder; the server may go on meanwhile
    Backup { folder: PathBuf },
    /// Put a backup in the place of a database that does not exist yet; mails
    /// that may have gone out since wait in the front desk's list
    Restore { folder: PathBuf },
    /// The database was brought back by other means, such as pg_restore: let
    /// mails that may have gone out since wait in the front desk's list. Before
    /// the server starts again
    Restored,
    /// Look whether everything is as it should be
    Doctor,
    /// Send a test mail
    SendTest { address: String },
    /// Note mail that came back: one report from standard input, as a mail
    /// server's pipe hands it over, or a mailbox file of many
    Bounce {
        #[arg(long, value_name = "FILE")]
        mailbox: Option<PathBuf>,
    },
    /// Print the record of the name server for the signatures of mails
    DkimRecord,
    /// Fill an empty database with a large made-up practice, for measuring
    #[command(hide = true)]
    Generate {
        /// peer (20 clinicians, 20,800 sessions) or large (50, 250,000)
        #[arg(default_value = "large")]
        size: String,
    },
}

#[derive(Args)]
struct SetUp {
    /// The practice's name
    #[arg(long)]
    practice: String,
    /// Its time zone, such as Europe/Berlin
    #[arg(long)]
    zone: String,
    /// The owner's name
    #[arg(long)]
    name: String,
    #[arg(long)]
    email: String,
    /// What the owner signs in with
    #[arg(long)]
    login_name: String,
    /// Further roles of the owner: clinician, front_desk
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
}

#[derive(Subcommand)]
enum User {
    /// List the staff
    List,
    /// Invite a member of staff
    Invite {
        #[arg(long)]
        name: String,
        #[arg(long)]
        email: String,
        /// Without it, the practice's zone
        #[arg(long)]
        zone: Option<String>,
        /// owner, clinician or front_desk; may be given more than once
        #[arg(long = "role", required = true, value_name = "ROLE")]
        roles: Vec<String>,
    },
    /// Print a link for a new password, for somebody whom no mail reaches, or
    /// who shares an address: hand it to that person alone
    ResetLink {
        /// What they sign in with
        login_name: String,
    },
    /// Close an account and end its logins
    Disable {
        /// What they sign in with, or their e-mail address
        who: String,
    },
}

/// The program.
pub fn main() -> ExitCode {
    // The database, its log and the mails hold what is nobody else's on this
    // machine to read.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&*error),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    let line = error.to_string().replace('\n', " ");
    let _ = writeln!(std::io::stderr(), "duologue: {line}");
    ExitCode::FAILURE
}

/// A line for who runs the program; a closed pipe is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

async fn run(cli: Cli) -> Outcome {
    let config = Config::load(cli.config.as_deref())?;
    match cli.command {
        Command::Serve => {
            log::start(&config.log);
            let running = serve::serve(config, Clock::System).await?;
            greet(&running);
            running.until_told().await;
        }
        Command::Demo { folder } => run_demo(config, &folder).await?,
        Command::Migrate => {
            let (store, _) = serve::open(&config, Clock::System).await?;
            store.close().await;
            if let Some((number, name)) = store::migrations().last() {
                say(&format!("The database is up to date: migration {number}, {name}."));
            }
        }
        Command::Setup(arguments) => set_up(&config, arguments).await?,
        Command::User(command) => {
            let (store, _) = serve::open(&config, Clock::System).await?;
            let outcome = user(&config, &store, command).await;
            store.close().await;
            outcome?;
        }
        Command::Backup { folder } => {
            let report = store::backup(&config.address()?, &config.key_file, &folder).await?;
            let rows: i64 = report.rows.values().sum();
            say(&format!(
                "Backed up {rows} rows to {}. The key file is in it: keep it where only you can read it.",
                folder.display()
            ));
        }
        Command::Restore { folder } => {
            let (report, held) = store::restore(&folder, &config.address()?, &config.key_file, Clock::System).await?;
            let rows: i64 = report.rows.values().sum();
            say(&format!("Restored {rows} rows to {}.", config.database));
            say_held(held);
        }
        Command::Restored => {
            let (store, _) = serve::open(&config, Clock::System).await?;
            let held = store.hold_after_restore().await;
            store.close().await;
            say_held(held?);
        }
        Command::Doctor => {
            let report = doctor::examine(&config).await;
            for finding in &report {
                say(&finding.to_string());
            }
            let faults = report.iter().filter(|f| f.is_fault()).count();
            if faults > 0 {
                return Err(format!("{faults} of {} checks found a fault", report.len()).into());
            }
        }
        Command::Bounce { mailbox } => bounce(&config, mailbox.as_deref()).await?,
        Command::DkimRecord => match outbox::dkim_record(&config)? {
            Some((name, text)) => say(&format!("{name} TXT \"{text}\"")),
            None => return Err("mail.dkim is not set: mails are not signed here".into()),
        },
        Command::Generate { size } => generate(&config, &size).await?,
        Command::SendTest { address } => {
            outbox::send_test(&config, &address).await?;
            match config.mail.transport {
                Transport::Smtp => say(&format!("The mail server took a test mail for {address}.")),
                Transport::Files => say(&format!(
                    "The test mail lies in {}: mails are written to files, not sent.",
                    config.mail.folder.display()
                )),
            }
        }
    }
    Ok(())
}

fn greet(running: &Running) {
    let config = running.state.config();
    say(&format!("Duologue is at {} (listening on {}).", config.base_url, running.addr));
    if let Some(code) = &running.setup_code {
        say(&format!("Set up the practice at {}/setup with this code: {code}", config.base_url));
    }
}

/// How many mails wait for a person after a restore.
fn say_held(mails: u64) {
    match mails {
        0 => say("No mail waits for a look."),
        n => say(&format!(
            "Mails about sessions that may have gone out since the backup: {n}. They are not sent; the front desk finds them under Messages, and sends again what is still needed."
        )),
    }
}

/// Notes mail that came back. A failure is a failure of the moment: the mail
/// server that pipes it in keeps the report and tries again.
async fn bounce(config: &Config, mailbox: Option<&Path>) -> Outcome {
    let mails = match mailbox {
        Some(file) => {
            let file = std::io::BufReader::new(std::fs::File::open(file)?);
            let mut mails = Vec::new();
            for mail in mail_parser::mailbox::mbox::MessageIterator::new(file) {
                mails.push(mail.map_err(|_| "this is no mailbox file (mbox)")?.unwrap_contents());
            }
            mails
        }
        None => {
            let mut mail = Vec::new();
            std::io::Read::read_to_end(&mut std::io::Read::take(std::io::stdin(), BOUNCE), &mut mail)?;
            vec![mail]
        }
    };
    let (store, _) = serve::open(config, Clock::System).await?;
    let noted = outbox::note_bounces(config, &store, &mails).await;
    store.close().await;
    match noted? {
        0 => say("Nothing of ours came back for good."),
        1 => say("One mail came back: nothing more goes to its address until somebody has looked at it."),
        n => say(&format!(
            "{n} mails came back: nothing more goes to their addresses until somebody has looked at them."
        )),
    }
    Ok(())
}

/// A report is read up to so many bytes.
const BOUNCE: u64 = 10 * 1024 * 1024;

/// A practice of its own beside the real one; its mails are files, always.
async fn run_demo(mut config: Config, folder: &Path) -> Outcome {
    let defaults = Config::default();
    if config.database == defaults.database {
        config.database = folder.join("duologue.db").display().to_string();
    }
    if config.key_file == defaults.key_file {
        config.key_file = folder.join("duologue.key");
    }
    if config.mail.folder == defaults.mail.folder {
        config.mail.folder = folder.join("mail");
    }
    config.mail.transport = Transport::Files;
    config.demo = true;
    if config.log.filter == defaults.log.filter {
        // The address and the sign-ins are not to be scrolled away.
        config.log.filter = "warn".to_owned();
    }
    log::start(&config.log);
    let (store, code) = serve::open(&config, Clock::System).await?;
    if store.practice().await?.is_none() {
        say("Inventing a practice; this takes a moment.");
        let hash = tokio::task::spawn_blocking(|| password::hash(demo::PASSWORD)).await??;
        demo::fill(&store, &hash).await?;
    } else if !is_demo(&store).await? {
        return Err(format!("{} holds a practice already: a demo needs an empty database", config.database).into());
    }
    let running = serve::serve_store(config, store, &code).await?;
    greet(&running);
    say("Everyone in it is invented. Sign in as:");
    for (who, name, password) in demo::sign_ins() {
        say(&format!("  {name:<10} {password:<24} {who}"));
    }
    running.until_told().await;
    Ok(())
}

/// The practice of `make bench`, with the sign-ins of [`Store::generate`] and
/// the demo's password.
async fn generate(config: &Config, size: &str) -> Outcome {
    let size = match size {
        "large" => Size::LARGE,
        "peer" => Size::PEER,
        other => return Err(format!("no such size: {other}; it is peer or large").into()),
    };
    let (store, _) = serve::open(config, Clock::System).await?;
    if store.practice().await?.is_some() {
        return Err(format!("{} holds a practice already", config.database).into());
    }
    let hash = tokio::task::spawn_blocking(|| password::hash(demo::PASSWORD)).await??;
    let made = store.generate(size, &hash).await;
    store.close().await;
    Ok(made?)
}

/// Whether a database holds the demo: all its sign-ins are there.
async fn is_demo(store: &Store) -> store::Result<bool> {
    for (_, name, _) in demo::sign_ins() {
        if store.sign_in(&name).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn set_up(config: &Config, arguments: SetUp) -> Outcome {
    let password = ask_password()?;
    let mut form = Form::from_pairs([
        ("name", arguments.practice),
        ("zone", arguments.zone),
        ("display_name", arguments.name),
        ("email", arguments.email),
        ("login_name", arguments.login_name),
        ("password", password),
    ]);
    form.0.extend(arguments.roles.into_iter().map(|role| ("role".to_owned(), role)));
    let mut new = setup::read(&form).map_err(one_line)?;
    let typed = form.get("password").to_owned();
    new.password_hash = tokio::task::spawn_blocking(move || password::hash(&typed)).await??;
    let (store, _) = serve::open(config, Clock::System).await?;
    let made = store.set_up(&new).await;
    store.close().await;
    match made? {
        Some(_) => {
            say(&format!("{} is set up. Sign in as {} at {}.", new.practice.name, new.login_name, config.base_url));
        }
        None => return Err("the practice was set up before; invite people with: duologue user invite".into()),
    }
    Ok(())
}

/// What is wrong with the arguments, as one line.
fn one_line(errors: Errors) -> String {
    errors
        .iter()
        .map(
            |(field, message)| {
                if field.is_empty() { message.to_owned() } else { format!("{}: {message}", field.replace('_', "-")) }
            },
        )
        .collect::<Vec<_>>()
        .join(" ")
}

/// Reads a password from the terminal without showing it, or from a pipe.
fn ask_password() -> std::io::Result<String> {
    let is_terminal = std::io::stdin().is_terminal();
    let echo =
        |way: &str| is_terminal && std::process::Command::new("stty").arg(way).status().is_ok_and(|s| s.success());
    if is_terminal {
        let mut out = std::io::stdout();
        write!(out, "Password (at least {} characters): ", domain::password::MIN)?;
        out.flush()?;
    }
    let hidden = echo("-echo");
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    if hidden {
        echo("echo");
        say("");
    }
    read?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn user(config: &Config, store: &Store, command: User) -> Outcome {
    let zone = store.practice().await?.ok_or("the practice is not set up yet: run duologue setup")?.zone;
    let owner = first_owner(store, &zone).await?;
    match command {
        User::List => {
            for member in owner.staff().await? {
                let roles = member.roles.iter().map(|r| r.label()).collect::<Vec<_>>().join(", ");
                let state = match (member.disabled, member.active, member.invited_until) {
                    (true, _, _) => "closed",
                    (_, true, _) => "active",
                    (_, _, Some(_)) => "invited",
                    _ => "the invitation has run out",
                };
                say(&format!(
                    "{:<24} {:<20} {:<32} {roles} ({state})",
                    member.name,
                    member.login_name.as_deref().unwrap_or("-"),
                    member.email
                ));
            }
        }
        User::Invite { name, email, zone: own, roles } => {
            let mut form = Form::from_pairs([
                ("display_name", name),
                ("email", email),
                ("zone", own.unwrap_or_else(|| zone.name().to_owned())),
            ]);
            form.0.extend(roles.into_iter().map(|role| ("role".to_owned(), role)));
            let new = NewStaff::read(&form).map_err(one_line)?;
            if !domain::zone::exists(&new.zone) {
                return Err(format!("there is no time zone {}", new.zone.name()).into());
            }
            owner.invite_staff(&new).await?;
            say(&format!(
                "{} is invited; the mail to {} goes out with the server.",
                new.display_name,
                new.email.as_str()
            ));
        }
        User::ResetLink { login_name } => {
            let token =
                owner.reset_by_hand(&login_name).await?.ok_or_else(|| format!("nobody signs in as {login_name}"))?;
            say(&format!("This link works once, within the hour: {}/reset/{token}", config.base_url));
        }
        User::Disable { who } => {
            let wanted = who.trim().to_lowercase();
            let staff = owner.staff().await?;
            let mut found = staff
                .iter()
                .filter(|m| m.login_name.as_deref() == Some(wanted.as_str()) || m.email.to_lowercase() == wanted);
            let (Some(member), None) = (found.next(), found.next()) else {
                return Err(format!("there is no one account of {who}; see: duologue user list").into());
            };
            if !owner.set_disabled(member.id, true).await? {
                return Err(
                    format!("{} is the only owner who can act; an account does not close itself", member.name).into()
                );
            }
            say(&format!("{}'s account is closed and signed out everywhere.", member.name));
        }
    }
    Ok(())
}

/// Whoever holds the machine acts as the practice's first owner, and the
/// audit log says so.
async fn first_owner(store: &Store, zone: &Zone) -> Result<Owner, Box<dyn std::error::Error + Send + Sync>> {
    let acting = |account: AccountId| {
        let visitor = Visitor {
            account,
            login: LoginId(account.0),
            name: "The command line".to_owned(),
            zone: zone.clone(),
            roles: vec![Role::Owner],
            person: None,
        };
        store.owner(&visitor).ok_or("the practice has no owner")
    };
    // Nobody in particular may list; nothing is written yet.
    let nobody = acting(AccountId(uuid::Uuid::nil()))?;
    let staff = nobody.staff().await?;
    let first = staff
        .iter()
        .find(|m| m.active && !m.disabled && m.roles.contains(&Role::Owner))
        .ok_or("the practice has no owner who can act")?;
    Ok(acting(first.id)?)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_commands_fit_together() {
        super::Cli::command().debug_assert();
    }
}
