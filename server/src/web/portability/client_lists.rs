//! The import of a client list: a file is read, looked at row by row, and imported in
//! the background.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

use app::{
    pages::portability::{
        client_list::{self, Column, DryRun, Model, Row, Shown, Stage},
        client_lists::{self, Import, State},
    },
    ui::{FormState, Pager, shell::Notice},
};
use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use domain::{
    clients::person::Zone,
    form::{Errors, Form},
    ids::ClientImportId,
    portability::client_list::{Choices, ClientList, Match, Outcome, Problem, RowReport, Trouble},
};
use store::{ClientImport, ImportBegun, ImportRun, ImportState, ImportUndone, OpenImport};
use tokio::sync::Semaphore;

use crate::{
    access::Owner,
    client_list as reading,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with},
    paging::List,
    upload::{File, LONGEST_FILE, WithFile},
    web::day_time,
};

/// How many rows of the report a page lists.
const ROWS: usize = 50;
/// How many texts of a column are shown.
const SAMPLES: usize = 3;

const TITLE: &str = "Import clients";

/// Limits how many files are read at the same time.
static READERS: Semaphore = Semaphore::const_new(1);

/// How many clients each import of this process has taken on so far. It is not in the
/// database, because an import is one transaction, of which nobody sees a part.
static RUNNING: LazyLock<Mutex<HashMap<ClientImportId, (usize, usize)>>> = LazyLock::new(Mutex::default);

fn running() -> MutexGuard<'static, HashMap<ClientImportId, (usize, usize)>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The list of imports.
async fn list_model(owner: &Owner, page: &Page, asked: &Form, form: FormState) -> Result<client_lists::Model, Failure> {
    let zone = page.zone();
    let list = List::new("/practice/imports", "imports", "imports", asked);
    let imports = owner.client_imports(list.after()).await?;
    Ok(client_lists::Model {
        form,
        pager: list.pager(imports.more, ["Latest imports", "Older imports"]),
        imports: imports.rows.iter().map(|import| list_item(import, &zone)).collect(),
    })
}

/// An import in the list.
fn list_item(import: &ClientImport, zone: &Zone) -> Import {
    let state = match import.state {
        ImportState::Read => State::Open,
        ImportState::Running => State::Running,
        ImportState::Done => State::Done,
        ImportState::Undone => State::Undone,
        ImportState::Discarded => State::Discarded,
    };
    let detail = match (import.state, import.held) {
        (ImportState::Done, 0) => format!("{} clients", import.clients),
        (ImportState::Done, held) => format!("{} clients, {held} people held", import.clients),
        (ImportState::Read | ImportState::Running | ImportState::Undone | ImportState::Discarded, _) => String::new(),
    };
    Import { id: import.id, file: import.file_name.clone(), when: when(import, zone), state, detail }
}

/// When and by whom a file was chosen.
fn when(import: &ClientImport, zone: &Zone) -> String {
    format!("{}, {}", day_time(import.created_at, zone), import.created_by)
}

/// GET /practice/imports?imports=: the form that takes a client list, and the earlier
/// imports.
pub async fn index(owner: Owner, page: Page, Query(asked): Query) -> Answer {
    let model = list_model(&owner, &page, &asked, FormState::default()).await?;
    page.ok(TITLE, model, client_lists::view).await
}

/// POST /practice/imports: reads an uploaded `file`.
pub async fn create(owner: Owner, page: Page, WithFile { form, file, file_name }: WithFile) -> Answer {
    let named = domain::typed::line(&file_name);
    let list = match file {
        File::Whole(bytes) => read(bytes).await?.map_err(|why| why.to_string()),
        File::None => Err("Choose a client list.".to_owned()),
        File::TooLong(bytes) => Err(format!(
            "This file has {} MB; {} MB is the most. Split it into several files.",
            bytes.div_ceil(1024 * 1024),
            LONGEST_FILE / 1024 / 1024
        )),
    };
    match list {
        Ok(list) => {
            let name = if named.is_empty() { "Client list" } else { named.as_str() };
            let id = owner.read_client_list(name, &list).await?;
            Ok(redirect(&format!("/practice/imports/{id}")))
        }
        Err(why) => {
            let form = FormState { form, errors: Errors::at_field("file", why) };
            let model = list_model(&owner, &page, &Form::default(), form).await?;
            page.invalid(TITLE, model, client_lists::view).await
        }
    }
}

/// Reads a file on a thread for blocking work.
async fn read(bytes: Vec<u8>) -> Result<Result<ClientList, reading::Unread>, Failure> {
    let _one_of_few = READERS.acquire().await.map_err(|_| Failure::Busy)?;
    let read = tokio::task::spawn_blocking(move || reading::read(&bytes)).await;
    read.map_err(|error| Failure::from(store::Error::Stored(error.to_string())))
}

/// GET /practice/imports/{id}?rows=&part=: the dry run of an import with this part of
/// the report, or what came of it.
pub async fn show(owner: Owner, page: Page, PathIds(id): PathIds<ClientImportId>, Query(asked): Query) -> Answer {
    let import = owner.client_import(id).await?.found()?;
    let is_running = import.state == ImportState::Running && !import.is_interrupted(owner.now());
    let response = answer(&owner, &page, import, &asked, None).await?;
    Ok(if is_running { with_refresh(response) } else { response })
}

/// Makes the browser ask again after two seconds, with JavaScript or without it.
fn with_refresh(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("2"));
    response
}

/// The page of an import; `refused` is its form with errors.
async fn answer(owner: &Owner, page: &Page, import: ClientImport, asked: &Form, refused: Option<FormState>) -> Answer {
    let zone = page.zone();
    let stage = match import.state {
        ImportState::Read => open_stage(owner, import.id, asked, refused.clone()).await?,
        ImportState::Running => match running().get(&import.id) {
            Some((done, all)) => Stage::Running { done: Some(*done), all: *all },
            None => Stage::Running { done: None, all: 0 },
        },
        ImportState::Done => Stage::Done(client_list::Result {
            clients: import.clients,
            people: import.people,
            left_out: import.left_out,
            held: import.held,
            undo_until: import
                .undo_until()
                .filter(|until| *until > owner.now())
                .map(|until| day_time(until, &zone))
                .unwrap_or_default(),
        }),
        ImportState::Undone => Stage::Undone {
            when: import.undone_at.map(|at| day_time(at, &zone)).unwrap_or_default(),
            kept: import.kept,
        },
        ImportState::Discarded => Stage::Discarded,
    };
    let title = import.file_name.clone();
    let model = Model { id: import.id, file: import.file_name.clone(), when: when(&import, &zone), stage };
    match refused {
        None => page.ok(&title, model, client_list::view).await,
        Some(_) => page.invalid(&title, model, client_list::view).await,
    }
}

/// The dry run as the page shows it.
async fn open_stage(
    owner: &Owner,
    id: ClientImportId,
    asked: &Form,
    refused: Option<FormState>,
) -> Result<Stage, Failure> {
    let open = owner.open_client_import(id).await?.found()?;
    let form = refused.unwrap_or_else(|| FormState::new(shown_form(&open)));
    let shown = match asked.get("rows") {
        "remarks" => Shown::Remarked,
        "left-out" => Shown::LeftOut,
        _ => Shown::All,
    };
    let is_shown = |row: &&RowReport| match shown {
        Shown::All => true,
        Shown::Remarked => !row.problems.is_empty() || row.chosen.is_some(),
        Shown::LeftOut => row.outcome == Outcome::LeftOut,
    };
    let rows: Vec<&RowReport> = open.plan.rows.iter().filter(is_shown).collect();
    let parts = rows.len().div_ceil(ROWS).max(1);
    let part = asked.get("part").parse::<usize>().unwrap_or(1).clamp(1, parts);
    let href = |part: usize| format!("/practice/imports/{id}?rows={}&part={part}#rows", shown.word());
    let count = |is: fn(&&RowReport) -> bool| open.plan.rows.iter().filter(is).count();
    let couples = open.plan.clients.iter().filter(|client| client.b.is_some()).count();
    Ok(Stage::Open(Box::new(DryRun {
        form,
        remarks: open.list.remarks.clone(),
        columns: columns(&open.list),
        therapists: open.therapists.iter().map(|t| (t.id.to_string(), t.name.clone())).collect(),
        couples,
        individuals: open.plan.clients.len() - couples,
        people: open.plan.new_people(),
        left_out: open.plan.left_out(),
        remarked: count(|row| !row.problems.is_empty() || row.chosen.is_some()),
        all: open.plan.rows.len(),
        shown,
        rows: rows.iter().skip((part - 1) * ROWS).take(ROWS).map(|row| report(row)).collect(),
        pager: Pager {
            first: (part > 1).then(|| (href(1), "First rows")),
            more: (part < parts).then(|| (href(part + 1), "More rows")),
        },
        seen: open.fingerprint(),
    })))
}

/// The fields of the choices, with the one that applies to each row that matches
/// somebody.
fn shown_form(open: &OpenImport) -> Form {
    let mut form = open.choices.form();
    for row in &open.plan.rows {
        if let Some(chosen) = row.chosen {
            form.set(&Choices::match_field(row.number), chosen.word());
        }
    }
    form
}

/// The columns of a list with their first texts.
fn columns(list: &ClientList) -> Vec<Column> {
    let short = |text: &str| text.chars().take(60).collect::<String>();
    let column = |(at, head): (usize, &String)| {
        let texts = list.rows.iter().filter_map(|row| row.cells.get(at)).filter(|text| !text.trim().is_empty());
        Column { head: head.clone(), samples: texts.take(SAMPLES).map(|text| short(text)).collect() }
    };
    list.heads.iter().enumerate().map(column).collect()
}

/// A row of the report.
fn report(row: &RowReport) -> Row {
    let is_known = row.problems.iter().any(|problem| problem.trouble == Trouble::Known);
    Row {
        number: row.number,
        title: row.title.clone(),
        outcome: row.outcome,
        problems: row.problems.iter().map(Problem::sentence).collect(),
        has_choice: row.chosen.is_some(),
        can_be_same: is_known || row.chosen == Some(Match::Same),
    }
}

/// POST /practice/imports/{id}: with `do` as `choices`, keeps what was chosen; as
/// `import`, begins the import; as `discard`, `undo` and `release`, what they say.
pub async fn update(
    owner: Owner,
    page: Page,
    PathIds(id): PathIds<ClientImportId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let here = format!("/practice/imports/{id}");
    match form.get("do") {
        "undo" => match owner.undo_import(id).await? {
            ImportUndone::Done { .. } | ImportUndone::Gone => Ok(redirect(&here)),
            ImportUndone::TooLate => Ok(redirect_with(&here, Notice::TooLateToUndoImport)),
        },
        "release" => {
            owner.release_import(id).await?.found()?;
            Ok(redirect_with(&here, Notice::Released))
        }
        "discard" => {
            owner.discard_import(id).await?;
            Ok(redirect("/practice/imports"))
        }
        _ => choose(owner, page, id, form).await,
    }
}

/// Keeps the choices, and begins the import if they are those of the dry run that was
/// shown.
async fn choose(owner: Owner, page: Page, id: ClientImportId, form: Form) -> Answer {
    let here = format!("/practice/imports/{id}");
    let import = owner.client_import(id).await?.found()?;
    let Some(open) = owner.open_client_import(id).await?.filter(|_| import.state == ImportState::Read) else {
        return Ok(redirect(&here));
    };
    let rows = format!("{here}?rows={}", form.get("rows"));
    let refuse = |errors: Errors| FormState { form: form.clone(), errors };
    let choices = match open.choices.read(&form, &open.list) {
        Ok(choices) => choices,
        Err(errors) => return answer(&owner, &page, import, &form, Some(refuse(errors))).await,
    };
    if choices != open.choices && !owner.choose_for_import(id, &choices).await? {
        return Ok(redirect(&here));
    }
    if form.get("do") != "import" {
        return Ok(redirect(&rows));
    }
    let updated = "The preview was updated. Check it, then import.";
    // What is not in the stored choices of a row is the default that was shown.
    if choices.meanings != open.choices.meanings || changes_plan(&owner, &open, id).await? {
        return answer(&owner, &page, import, &form, Some(fresh(&owner, id, Errors::of_form(updated)).await?)).await;
    }
    match owner.begin_import(id, form.get("seen")).await? {
        ImportBegun::Run(run) => {
            start(&owner, run);
            Ok(redirect(&here))
        }
        ImportBegun::Gone => Ok(redirect(&here)),
        ImportBegun::Changed => {
            answer(&owner, &page, import, &form, Some(fresh(&owner, id, Errors::of_form(updated)).await?)).await
        }
        ImportBegun::NoTherapist => {
            let errors = Errors::at_field("therapist", "Choose the therapist of the clients whose row names none.");
            answer(&owner, &page, import, &form, Some(refuse(errors))).await
        }
        ImportBegun::Nothing => {
            let errors = Errors::of_form("No row would be imported.");
            answer(&owner, &page, import, &form, Some(refuse(errors))).await
        }
    }
}

/// Whether the stored choices lead to another dry run than the one that was opened.
async fn changes_plan(owner: &Owner, open: &OpenImport, id: ClientImportId) -> Result<bool, Failure> {
    let now = owner.open_client_import(id).await?.found()?;
    Ok(now.fingerprint() != open.fingerprint())
}

/// The form of the present dry run with these errors.
async fn fresh(owner: &Owner, id: ClientImportId, errors: Errors) -> Result<FormState, Failure> {
    let open = owner.open_client_import(id).await?.found()?;
    Ok(FormState { form: shown_form(&open), errors })
}

/// Imports in the background.
fn start(owner: &Owner, run: ImportRun) {
    running().insert(run.id, (0, run.clients));
    let owner = owner.beyond_request();
    tokio::spawn(async move {
        let each = move |done: usize| {
            running().insert(run.id, (done, run.clients));
        };
        if let Err(error) = owner.run_import(run, each).await {
            tracing::error!(%error, import = %run.id, "a client list could not be imported");
        }
        running().remove(&run.id);
    });
}
