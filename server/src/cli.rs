//! The command line. An error is printed on one line, and the exit code is then 1.

mod practice;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use domain::{
    clients::person::{EmailAddress, Language, Role, Zone, login_name},
    form::{Errors, Form},
    ids::{AccountId, LoginId},
};
use store::{Clock, NewStaff, Owner, Size, Store, Visitor};

use crate::{
    audit_heads,
    config::{Config, REFERENCE, Transport},
    demo, doctor, log, outbox, password,
    serve::{self, Running},
    web::accounts::setup,
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
    #[command(after_help = PASSWORD_HELP)]
    Setup(SetUp),
    /// The staff's accounts
    #[command(subcommand)]
    User(User),
    /// Write the whole practice into one encrypted file, for another program or
    /// another database; the server may go on meanwhile
    Export {
        file: PathBuf,
        #[command(flatten)]
        to: practice::To,
    },
    /// Put an exported file or a backup into an empty database; emails that may
    /// have gone out since are kept back for the front desk
    Import {
        file: PathBuf,
        #[command(flatten)]
        from: practice::From,
    },
    /// Copy the practice into an empty PostgreSQL database
    CopyTo {
        /// Such as postgres://duologue:…@localhost/duologue
        address: String,
    },
    /// Make a backup and check it; the server may go on meanwhile
    Backup {
        /// Without it, a new file in the folder of the settings
        file: Option<PathBuf>,
        #[command(flatten)]
        to: practice::To,
    },
    /// Restore a backup into an empty database; the same as import
    Restore {
        file: PathBuf,
        #[command(flatten)]
        from: practice::From,
    },
    /// Replace the key in the key file; the server may keep running
    RotateKey {
        /// Only write the new key file, to be copied to the other machines first
        #[arg(long)]
        only_key_file: bool,
    },
    /// Try a restore in a scratch folder, and say what is in the backup
    Drill {
        /// Without it, the latest backup in the folder of the settings
        file: Option<PathBuf>,
        #[command(flatten)]
        from: practice::From,
    },
    /// The database was brought back by other means, such as pg_restore: let
    /// mails that may have gone out since wait in the front desk's list. Before
    /// the server starts again
    Restored,
    /// Print the settings
    #[command(subcommand)]
    Config(Settings),
    /// Ask the server on this machine whether it runs; for containers
    Health,
    /// Print the completions for a shell
    #[command(hide = true)]
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    #[command(hide = true)]
    Man,
    /// Look whether everything is as it should be
    Doctor {
        /// Compare the audit log with a head of it that was kept elsewhere: as it
        /// stands in the server's log, a backup, or a folder of backups; may be
        /// given more than once
        #[arg(long = "head", value_name = "HEAD OR FOLDER")]
        heads: Vec<String>,
    },
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

/// The help text on how to give the owner's password.
const PASSWORD_HELP: &str = "The owner's password is asked for in the terminal. Without a terminal, in a script or a container, it is the first line of standard input:
  duologue setup --practice Lakeside --zone Europe/Berlin --name 'Ada Lind' --email ada@example.org --login-name ada < password.txt";

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
enum Settings {
    /// Print a settings file with every setting, its meaning and its default
    Print,
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
    /// Print the link that confirms a new address, for a practice that sends no
    /// mail yet: hand it to the person who asked for it alone
    AddressLink {
        /// What they sign in with
        login_name: String,
    },
    /// Remove a person's two-step sign-in at once, such as the last owner's who
    /// has lost the phone and the recovery codes
    ResetTwoStep {
        /// What they sign in with
        login_name: String,
    },
    /// Close an account and end its logins
    Disable {
        /// What they sign in with, or their e-mail address
        who: String,
    },
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    // No other user of this machine may read the database, the log and the emails.
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

/// Prints the error on one line.
fn fail(error: &dyn std::error::Error) -> ExitCode {
    let line = error.to_string().replace('\n', " ");
    let _ = writeln!(std::io::stderr(), "duologue: {line}");
    ExitCode::FAILURE
}

/// Prints a line for the person who runs the program. A closed pipe does not stop
/// the program.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints what needs no settings. `false`: the command is another.
fn print(command: &Command) -> std::io::Result<bool> {
    use clap::CommandFactory as _;
    match command {
        Command::Config(Settings::Print) => std::io::stdout().write_all(REFERENCE.as_bytes())?,
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "duologue", &mut std::io::stdout());
        }
        Command::Man => clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout())?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Asks the server that listens here whether it runs.
fn ask_health(config: &Config) -> Outcome {
    use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
    let ip = if config.listen.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { config.listen.ip() };
    let address = SocketAddr::new(ip, config.listen.port());
    let wait = std::time::Duration::from_secs(4);
    let mut stream = TcpStream::connect_timeout(&address, wait)?;
    stream.set_read_timeout(Some(wait))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut std::io::Read::take(&mut stream, 4_096), &mut answer)?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err("the server does not answer as it should".into()) }
}

/// Runs one command.
async fn run(cli: Cli) -> Outcome {
    if print(&cli.command)? {
        return Ok(());
    }
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
        Command::Export { file, to } => practice::export(&config, &file, &to).await?,
        Command::Import { file, from } | Command::Restore { file, from } => {
            practice::import(&config, &file, &from).await?;
        }
        Command::CopyTo { address } => practice::copy_to(&config, &address).await?,
        Command::Backup { file, to } => practice::back_up(&config, file.as_deref(), &to).await?,
        Command::RotateKey { only_key_file } => practice::rotate_key(&config, only_key_file).await?,
        Command::Drill { file, from } => practice::drill(&config, file.as_deref(), &from).await?,
        Command::Restored => {
            let (store, _) = serve::open(&config, Clock::System).await?;
            let held = store.hold_after_restore().await;
            store.close().await;
            let held = held?;
            begin_head_anew(&config).await?;
            say_held(held);
        }
        Command::Health => ask_health(&config)?,
        Command::Config(_) | Command::Completions { .. } | Command::Man => {}
        Command::Doctor { heads } => examine(&config, &heads).await?,
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

/// Prints what the doctor finds; an error if there is a fault.
async fn examine(config: &Config, heads: &[String]) -> Outcome {
    let report = doctor::examine(config, heads).await;
    for finding in &report {
        say(&finding.to_string());
    }
    let faults = report.iter().filter(|f| f.is_fault()).count();
    if faults > 0 {
        return Err(format!("{faults} of {} checks found a fault", report.len()).into());
    }
    Ok(())
}

/// Prints the address, and the code for the first run if the practice is not set
/// up.
fn greet(running: &Running) {
    let config = running.state.config();
    say(&format!("Duologue is at {} (listening on {}).", config.base_url, running.addr));
    if let Some(code) = &running.setup_code {
        say(&format!("Set up the practice at {}/setup with this code: {code}", config.base_url));
    }
}

/// Prints which entries of the audit log a restore has lost, as far as heads of it
/// were noted, and notes the head of the present log instead.
async fn begin_head_anew(config: &Config) -> Outcome {
    let known = audit_heads::read(&config.audit_head_file()).unwrap_or_else(|trouble| {
        say(&trouble);
        None
    });
    audit_heads::set_aside(config)?;
    let (store, _) = serve::open(config, Clock::System).await?;
    if let Some(known) = known {
        let continues = store.compare_audit_head(&known.head).await?;
        if let Some(fault) = continues.fault(&known.head, &known.place) {
            say(&format!("{fault} If that is the backup’s age, all is well; the restore is on record."));
        }
    }
    audit_heads::Heads::default().look(config, &store).await;
    store.close().await;
    Ok(())
}

/// Prints how many emails wait for a person's decision after a restore.
fn say_held(mails: u64) {
    match mails {
        0 => say("No mail waits for a look."),
        n => say(&format!(
            "Mails about sessions that may have gone out since the backup: {n}. They are not sent; the front desk finds them under Messages, and sends again what is still needed."
        )),
    }
}

/// Notes email that came back. Any failure is reported as temporary: the mail
/// server that pipes a report in keeps it and tries again.
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
    let bounced = noted?;
    let count = |n: usize, one: &str, many: &str| if n == 1 { one.to_owned() } else { format!("{n} {many}") };
    if bounced == outbox::Bounced::default() {
        say("No permanent bounces.");
    }
    if bounced.addresses > 0 {
        say(&format!(
            "{} because of a bad address. Nothing more is sent there until the practice has looked at it.",
            count(bounced.addresses, "One mail came back", "mails came back")
        ));
    }
    if bounced.emails > 0 {
        say(&format!(
            "{}. Marked as not delivered; the address is used as before.",
            count(bounced.emails, "One mail did not arrive", "mails did not arrive")
        ));
    }
    if bounced.ours > 0 {
        say(&format!(
            "{} by a fault on our side. All mail is stopped: see duologue doctor.",
            count(bounced.ours, "One mail came back", "mails came back")
        ));
    }
    Ok(())
}

/// The longest report that is read, in bytes.
const BOUNCE: u64 = 10 * 1024 * 1024;

/// Runs the demo: a practice of its own beside the real one, whose emails are
/// always files.
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
        // Log lines must not push the address and the sign-ins off the screen.
        config.log.filter = "warn".to_owned();
    }
    log::start(&config.log);
    let listener = serve::listen(&config).await?;
    let (store, code) = serve::open(&config, Clock::System).await?;
    if store.guest().practice().await?.is_none() {
        say("Creating the demo practice; this takes a moment.");
        let hash = tokio::task::spawn_blocking(|| password::hash(demo::PASSWORD)).await??;
        demo::fill(&store, &hash).await?;
    } else if !is_demo(&store).await? {
        return Err(format!("{} holds a practice already: a demo needs an empty database", config.database).into());
    }
    let place = demo::place_text(&store).await?;
    let running = serve::serve_store(config, listener, store, &code).await?;
    greet(&running);
    say(&format!("{place} Everyone in it is invented. Sign in as:"));
    for (who, name, password) in demo::sign_ins() {
        say(&format!("  {name:<10} {password:<24} {who}"));
    }
    running.until_told().await;
    Ok(())
}

/// Fills a database with the practice of `make bench`, with the sign-ins of
/// [`Store::generate`] and the demo's password.
async fn generate(config: &Config, size: &str) -> Outcome {
    let size = match size {
        "large" => Size::LARGE,
        "peer" => Size::PEER,
        other => return Err(format!("no such size: {other}; it is peer or large").into()),
    };
    let (store, _) = serve::open(config, Clock::System).await?;
    if store.guest().practice().await?.is_some() {
        return Err(format!("{} holds a practice already", config.database).into());
    }
    let hash = tokio::task::spawn_blocking(|| password::hash(demo::PASSWORD)).await??;
    let made = store.generate(size, &hash).await;
    store.close().await;
    Ok(made?)
}

/// Whether a database contains the demo: all its sign-ins exist.
async fn is_demo(store: &Store) -> store::Result<bool> {
    for (_, name, _) in demo::sign_ins() {
        if store.sign_in(&name).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Sets up the practice from the arguments.
async fn set_up(config: &Config, arguments: SetUp) -> Outcome {
    let password = ask_password()?;
    if password.is_empty() {
        return Err(NO_PASSWORD.into());
    }
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
    let made = store.guest().set_up(&new).await;
    store.close().await;
    match made? {
        Some(_) => {
            say(&format!("{} is set up. Sign in as {} at {}.", new.practice.name, new.login_name, config.base_url));
            say(&format!(
                "Links for a new password go to {}, which is used as you typed it. Once mail goes out, confirm it on the page Account.",
                new.email.as_str()
            ));
        }
        None => return Err("the practice was set up before; invite people with: duologue user invite".into()),
    }
    Ok(())
}

/// The errors in the arguments, as one line.
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

/// The error if no password was given.
const NO_PASSWORD: &str = "no password was given: enter one in a terminal, or hand it over as the first line of standard input, such as: duologue setup … < password.txt";

/// Reads a password from the terminal without showing it, or the first line of a
/// pipe.
fn ask_password() -> std::io::Result<String> {
    practice::ask(&format!("Password (at least {} characters): ", domain::accounts::password::MIN))
}

/// Runs a command on the staff's accounts.
async fn user(config: &Config, store: &Store, command: User) -> Outcome {
    let zone = store.guest().practice().await?.ok_or("the practice is not set up yet: run duologue setup")?.zone;
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
            let token = store.hand_out_reset(owner.me(), &login_name).await?;
            let token = token.ok_or_else(|| format!("nobody signs in as {login_name}"))?;
            say(&format!("This link works once, within the hour: {}/reset/{token}", config.base_url));
        }
        User::AddressLink { login_name } => {
            let token = owner
                .address_link_by_hand(&login_name)
                .await?
                .ok_or_else(|| format!("no new address of {login_name} is to be confirmed"))?;
            say(&format!(
                "Opened while signed in as {login_name}, this link works once: {}/account/address/{token}",
                config.base_url
            ));
        }
        User::ResetTwoStep { login_name } => match store.remove_second_step(owner.me(), &login_name).await? {
            None => return Err(format!("nobody signs in as {login_name}; see: duologue user list").into()),
            Some(false) => say(&format!("{login_name} has no two-step sign-in.")),
            Some(true) => say(&format!(
                "Two-step sign-in of {login_name} is removed. If the practice requires it, they set it up when they sign in."
            )),
        },
        User::Disable { who } => {
            let (name, address) = (login_name(&who), EmailAddress::key_of(&who));
            let staff = owner.staff().await?;
            let mut found = staff.iter().filter(|m| {
                m.login_name.as_deref() == Some(name.as_str())
                    || (!address.is_empty() && EmailAddress::key_of(&m.email) == address)
            });
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

/// The scope of the practice's first owner: a person who has access to the machine
/// acts as that owner, which the audit log records.
async fn first_owner(store: &Store, zone: &Zone) -> Result<Owner, Box<dyn std::error::Error + Send + Sync>> {
    let acting = |account: AccountId| {
        let visitor = Visitor {
            account,
            login: LoginId(account.0),
            name: "The command line".to_owned(),
            zone: zone.clone(),
            language: Language::English,
            roles: vec![Role::Owner],
            slash_search: false,
            owes_second_step: false,
            person: None,
        };
        store.owner(&visitor).ok_or("the practice has no owner")
    };
    // The list of staff may be read without an account; nothing is written yet.
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
    fn the_commands_and_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
