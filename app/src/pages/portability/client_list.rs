//! The page of one import: what the columns mean, what becomes of each row, and what
//! came of it.

use domain::{
    ids::ClientImportId,
    portability::client_list::{Choices, DateOrder, Inactive, Match, Meaning, Outcome, Pairing},
};
use leptos::prelude::*;

use super::client_lists::State;
use crate::ui::{
    Field, FilterLink, FormState, Pager, Tone, badge, card, empty, error_summary, facts, filters, form_key, page_head,
    pager, table,
};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: ClientImportId,
    pub file: String,
    /// When and by whom, such as "Tue 1 Dec 2026, 10:00, Marlene Vogt".
    pub when: String,
    pub stage: Stage,
}

/// How far the import is.
#[derive(Clone, Debug)]
pub enum Stage {
    Open(Box<DryRun>),
    /// This many of all clients are there; `None`: another process imports.
    Running {
        done: Option<usize>,
        all: usize,
    },
    Done(Result),
    Undone {
        when: String,
        kept: i64,
    },
    Discarded,
}

/// What came of an import.
#[derive(Clone, Debug, Default)]
pub struct Result {
    pub clients: i64,
    pub people: i64,
    pub left_out: i64,
    /// How many people are still held.
    pub held: i64,
    /// Until when it can be undone; empty: it is too late.
    pub undo_until: String,
}

/// What an import would do.
#[derive(Clone, Debug, Default)]
pub struct DryRun {
    pub form: FormState,
    /// What was noticed about the file, as sentences.
    pub remarks: Vec<String>,
    pub columns: Vec<Column>,
    /// The therapists: account and name.
    pub therapists: Vec<(String, String)>,
    pub couples: usize,
    pub individuals: usize,
    pub people: usize,
    pub left_out: usize,
    /// How many rows have a remark.
    pub remarked: usize,
    /// How many rows there are.
    pub all: usize,
    pub shown: Shown,
    pub rows: Vec<Row>,
    pub pager: Pager,
    /// The mark of the dry run that is shown.
    pub seen: String,
}

/// A column of the file.
#[derive(Clone, Debug)]
pub struct Column {
    /// The heading; may be empty.
    pub head: String,
    /// The first texts of it.
    pub samples: Vec<String>,
}

/// Which rows are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    #[default]
    All,
    Remarked,
    LeftOut,
}

impl Shown {
    /// The word in the address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Remarked => "remarks",
            Self::LeftOut => "left-out",
        }
    }
}

/// A row of the report.
#[derive(Clone, Debug)]
pub struct Row {
    pub number: usize,
    /// The names in it; may be empty.
    pub title: String,
    pub outcome: Outcome,
    /// What is to be said about it, as sentences.
    pub problems: Vec<String>,
    /// Whether the row matches a person, so that there is a choice.
    pub has_choice: bool,
    /// Whether it can be added to the person who is here.
    pub can_be_same: bool,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let body = match &m.stage {
        Stage::Open(run) => dry_run(m, run),
        Stage::Running { done, all } => progress(*done, *all),
        Stage::Done(result) => result_cards(m, result),
        Stage::Undone { when, kept } => undone(when, *kept),
        Stage::Discarded => view! { <p>"The file was discarded. Nothing was imported."</p> }.into_any(),
    };
    let state = match &m.stage {
        Stage::Open(_) => State::Open,
        Stage::Running { .. } => State::Running,
        Stage::Done(_) => State::Done,
        Stage::Undone { .. } => State::Undone,
        Stage::Discarded => State::Discarded,
    };
    view! {
        {page_head(m.file.clone(), m.when.clone(), vec![])}
        <p>{state.badge()}</p>
        {body}
        <p class="after"><a href="/practice/imports">"All imports"</a></p>
    }
    .into_any()
}

/// A number with its noun: "1 row", "3 rows".
fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// What the import would do, as a sentence.
fn summary(run: &DryRun) -> String {
    let clients = match (run.couples, run.individuals) {
        (0, 0) => return "No row would be imported.".to_owned(),
        (0, alone) => count(alone, "individual client", "individual clients"),
        (couples, 0) => count(couples, "couple", "couples"),
        (couples, alone) => {
            let (couples, alone) =
                (count(couples, "couple", "couples"), count(alone, "individual client", "individual clients"));
            format!("{couples} and {alone}")
        }
    };
    let people = count(run.people, "new person", "new people");
    match run.left_out {
        0 => format!("{clients}, {people}. No row is left out."),
        n => format!("{clients}, {people}. {} left out.", count(n, "row is", "rows are")),
    }
}

/// The form with the choices and the report.
fn dry_run(m: &Model, run: &DryRun) -> AnyView {
    let remarks: Vec<AnyView> = run.remarks.iter().map(|r| view! { <li>{r.clone()}</li> }.into_any()).collect();
    let remarks = (!remarks.is_empty()).then(|| card("About this file", view! { <ul>{remarks}</ul> }.into_any()));
    let columns: Vec<Vec<AnyView>> =
        run.columns.iter().enumerate().map(|(n, column)| column_row(run, n, column)).collect();
    let clients = run.couples + run.individuals;
    let import = (clients > 0).then(|| {
        view! {
            <button class="button button-primary" type="submit" name="do" value="import">
                {format!("Import {}", count(clients, "client", "clients"))}
            </button>
        }
        .into_any()
    });
    let href = |shown: Shown| format!("/practice/imports/{}?rows={}#rows", m.id, shown.word());
    let number = |n: usize| i64::try_from(n).ok();
    let links = [
        (Shown::All, "All rows", run.all),
        (Shown::Remarked, "With a remark", run.remarked),
        (Shown::LeftOut, "Left out", run.left_out),
    ];
    let links = links.map(|(shown, text, n)| FilterLink {
        count: number(n),
        ..FilterLink::new(href(shown), text, shown == run.shown)
    });
    let rows: Vec<Vec<AnyView>> = run.rows.iter().map(|row| row_item(run, row)).collect();
    let rows = if rows.is_empty() {
        empty("There is no such row.", None)
    } else {
        table("Rows", &["Row", "Name", "What happens", "Remarks"], rows)
    };
    let form = &run.form;
    let discard = format!("/practice/imports/{}", m.id);
    view! {
        {error_summary(form)}
        <p class="lead">{summary(run)}</p>
        {remarks}
        <form class="form" method="post" action=format!("/practice/imports/{}", m.id) novalidate>
            {form_key()}
            <input type="hidden" name="seen" value=run.seen.clone() autocomplete="off"/>
            <input type="hidden" name="rows" value=run.shown.word() autocomplete="off"/>
            {card("What the columns mean", view! {
                {table("Columns", &["Heading", "First texts", "Meaning"], columns)}
            }.into_any())}
            {card("How to import", view! {
                {Field::new(form, "pairing", "How are couples written?").required().radios(words(Pairing::ALL.iter().map(|w| (w.word(), w.label()))))}
                {Field::new(form, "dates", "Dates with numbers only").required().radios(words(DateOrder::ALL.iter().map(|w| (w.word(), w.label()))))}
                {Field::new(form, "inactive", "Clients who are not active").required().radios(words(Inactive::ALL.iter().map(|w| (w.word(), w.label()))))}
                {Field::new(form, "therapist", "Therapist").required().hint("Of clients whose row names none.").select(therapists(run))}
            }.into_any())}
            <p class="form-actions">
                <button class="button" type="submit" name="do" value="choices">"Update the preview"</button>
                {import}
            </p>
            <section class="card" id="rows" aria-labelledby="rows-head">
                <h2 id="rows-head">"What becomes of each row"</h2>
                {filters("Which rows", links.to_vec())}
                {rows}
                {pager(&run.pager)}
            </section>
        </form>
        <form class="inline-form" method="post" action=discard>
            {form_key()}
            <button class="button" type="submit" name="do" value="discard">"Discard this file"</button>
        </form>
    }
    .into_any()
}

/// Words with their labels, as the options of a field.
fn words(words: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<(String, String)> {
    words.map(|(word, label)| (word.to_owned(), label.to_owned())).collect()
}

/// The therapists to choose from.
fn therapists(run: &DryRun) -> Vec<(String, String)> {
    let none = (String::new(), "Choose a therapist".to_owned());
    std::iter::once(none).chain(run.therapists.iter().cloned()).collect()
}

/// The row of a column.
fn column_row(run: &DryRun, n: usize, column: &Column) -> Vec<AnyView> {
    let head = if column.head.is_empty() { format!("Column {}", n + 1) } else { column.head.clone() };
    let samples = column.samples.join(" · ");
    let meanings = words(Meaning::ALL.iter().map(|w| (w.word(), w.label())));
    let field =
        Field::new(&run.form, Choices::column_field(n), format!("Meaning of {head}")).unmarked().select(meanings);
    vec![
        view! { <strong class="wrap">{head}</strong> }.into_any(),
        view! { <span class="wrap">{samples}</span> }.into_any(),
        field,
    ]
}

/// A row of the report.
fn row_item(run: &DryRun, row: &Row) -> Vec<AnyView> {
    let outcome = match row.outcome {
        Outcome::Individual => badge(Tone::Good, "Individual client"),
        Outcome::Couple => badge(Tone::Good, "Couple"),
        Outcome::LeftOut => badge(Tone::Care, "Left out"),
    };
    let title = if row.title.is_empty() { "No name".to_owned() } else { row.title.clone() };
    let problems: Vec<AnyView> = row.problems.iter().map(|p| view! { <li>{p.clone()}</li> }.into_any()).collect();
    let problems = (!problems.is_empty()).then(|| view! { <ul class="plain">{problems}</ul> }.into_any());
    let choice = row.has_choice.then(|| {
        let offered = Match::ALL.iter().filter(|chosen| row.can_be_same || **chosen != Match::Same);
        Field::new(&run.form, Choices::match_field(row.number), format!("What to do with row {}", row.number))
            .unmarked()
            .select(words(offered.map(|w| (w.word(), w.label()))))
    });
    vec![
        format!("Row {}", row.number).into_any(),
        view! { <strong class="wrap">{title}</strong> }.into_any(),
        outcome,
        view! { {problems}{choice} }.into_any(),
    ]
}

/// How far a running import is.
fn progress(done: Option<usize>, all: usize) -> AnyView {
    let text = match done {
        Some(done) => format!("{done} of {}.", count(all, "client", "clients")),
        None => "The import is running.".to_owned(),
    };
    let bar = done.map(|done| {
        view! { <progress value=done.to_string() max=all.max(1).to_string() aria-label="Clients imported"></progress> }
            .into_any()
    });
    view! {
        {card("Importing", view! {
            <p role="status">{text}</p>
            {bar}
            <p class="hint">"This page shows the progress by itself. You can leave it: the import goes on."</p>
        }.into_any())}
    }
    .into_any()
}

/// What came of the import.
fn result_cards(m: &Model, result: &Result) -> AnyView {
    let action = format!("/practice/imports/{}", m.id);
    let button = |act: &'static str, text: String| {
        let action = action.clone();
        view! {
            <form class="inline-form" method="post" action=action>
                {form_key()}
                <button class="button" type="submit" name="do" value=act>{text}</button>
            </form>
        }
        .into_any()
    };
    let held = (result.held > 0).then(|| {
        let people = if result.held == 1 { "1 person is".to_owned() } else { format!("{} people are", result.held) };
        card(
            "Emails and invitations",
            view! {
                <p>{format!("{people} held: they get no email and can’t be invited. Their therapist can release each client in its record.")}</p>
                {button("release", format!("Release all {}", result.held))}
            }
            .into_any(),
        )
    });
    let undo = if result.undo_until.is_empty() {
        view! { <p>"The import was more than 24 hours ago and can’t be undone any more."</p> }.into_any()
    } else {
        view! {
            <p>{format!("Until {} you can undo the import. Clients whom anyone has worked with since stay.", result.undo_until)}</p>
            {button("undo", "Undo the import".to_owned())}
        }
        .into_any()
    };
    let number = |n: i64| n.to_string().into_any();
    view! {
        {card("Imported", facts(vec![
            ("Clients".to_owned(), number(result.clients)),
            ("New people".to_owned(), number(result.people)),
            ("Rows left out".to_owned(), number(result.left_out)),
        ]))}
        {held}
        {card("Undo", undo)}
    }
    .into_any()
}

/// What is said of an import that was undone.
fn undone(when: &str, kept: i64) -> AnyView {
    let kept = match kept {
        0 => String::new(),
        1 => " 1 client stayed, because it was used before.".to_owned(),
        n => format!(" {n} clients stayed, because they were used before."),
    };
    view! { <p>{format!("Undone on {when}: the clients that came with it were removed.{kept}")}</p> }.into_any()
}

/// Sample models: a dry run with everything; one with errors; a part without rows; each
/// later stage.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let row = |number, outcome, problems: &[&str], has_choice| Row {
        number,
        title: "अनन्या <b> & Ben 💛".into(),
        outcome,
        problems: problems.iter().map(|p| (*p).to_owned()).collect(),
        has_choice,
        can_be_same: number == 3,
    };
    let form = Form::from_pairs([
        ("column.0", "name"),
        ("column.1", "detail"),
        ("pairing", "names"),
        ("dates", "day"),
        ("inactive", "archive"),
        ("therapist", ""),
        ("match.3", "leave_out"),
    ]);
    let run = DryRun {
        form: FormState::new(form.clone()),
        remarks: vec!["2 rows before the headings were not read.".into()],
        columns: vec![
            Column { head: "Client".into(), samples: vec!["Anna & Ben <Lind>".into(), "x".repeat(80)] },
            Column { head: String::new(), samples: vec![] },
        ],
        therapists: vec![("7".into(), "Vera <b>".into())],
        couples: 2,
        individuals: 1,
        people: 5,
        left_out: 1,
        remarked: 2,
        all: 4,
        shown: Shown::All,
        rows: vec![
            row(2, Outcome::Couple, &[], false),
            row(3, Outcome::LeftOut, &["“<b>”: a person with this name and date of birth is here already."], true),
            row(4, Outcome::LeftOut, &["Row 3 has the same name and date of birth."], true),
            Row {
                title: String::new(),
                ..row(5, Outcome::Individual, &["Phone, “x”: this is no phone number."], false)
            },
        ],
        pager: Pager { first: None, more: Some(("/practice/imports/1?part=2".into(), "More rows")) },
        seen: "ab12".into(),
    };
    let refused = DryRun {
        form: FormState {
            form,
            errors: Errors::at_field("column.1", "“Full name” is chosen for another column already.")
                .and(Errors::at_field("therapist", "Choose a therapist."))
                .and(Errors::of_form("The practice has changed since.")),
        },
        rows: vec![],
        couples: 0,
        individuals: 0,
        shown: Shown::LeftOut,
        ..run.clone()
    };
    let model = |stage| Model {
        id: ClientImportId::from(uuid::Uuid::from_u128(1)),
        file: "clients <b>.csv".into(),
        when: "Tue 1 Dec 2026, 10:00, Marlene Vogt".into(),
        stage,
    };
    let result = Result { clients: 3, people: 5, left_out: 1, held: 5, undo_until: "Wed 2 Dec 2026, 10:00".into() };
    vec![
        model(Stage::Open(Box::new(run.clone()))),
        model(Stage::Open(Box::new(DryRun { individuals: 0, left_out: 0, ..run.clone() }))),
        model(Stage::Open(Box::new(DryRun { couples: 0, ..run }))),
        model(Stage::Open(Box::new(refused))),
        model(Stage::Running { done: Some(2), all: 3 }),
        model(Stage::Running { done: None, all: 0 }),
        model(Stage::Done(result.clone())),
        model(Stage::Done(Result { held: 1, undo_until: String::new(), ..result.clone() })),
        model(Stage::Done(Result { held: 0, ..result })),
        model(Stage::Undone { when: "Tue 1 Dec 2026, 11:00".into(), kept: 0 }),
        model(Stage::Undone { when: "Tue 1 Dec 2026, 11:00".into(), kept: 1 }),
        model(Stage::Undone { when: "Tue 1 Dec 2026, 11:00".into(), kept: 2 }),
        model(Stage::Discarded),
    ]
}
