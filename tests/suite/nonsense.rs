//! No input of any length or shape breaks a page: every parameter of every route gets
//! values that no person would type and that somebody will send.
//!
//! The routes come from the program's own table, and their well-formed requests from
//! [`crate::recipes`]. The names of fields come from the recipe, from the page with the
//! form, and from the source: every name that a handler or a type of `domain` reads is
//! tried, even if no page has it.
//!
//! The error summary of a refused form must link to fields that are on the page, in
//! their order.
//!
//! No answer may be 5xx, no handler may panic, and every answer must come soon: work that
//! a request starts must end, because closing the browser stops no loop. Not every value
//! is tried in every field each time; the choice is fixed and moves from field to field,
//! so that each value is tried in some field. With `NONSENSE=all` in the environment
//! every value is tried in every field.

mod probe;
mod values;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::http::Method;
use duologue::routes::{self, RouteInfo};
use tests::Backend;

use self::{
    probe::{Probe, Seen},
    values::{field_names, long_values, short_values},
};
use crate::{
    matrix::Base,
    recipes::{self, Sent},
};

/// The places of panics in the program, even if they were caught.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn count_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        if !place.starts_with("tests/") && !place.contains("/tests/suite/") {
            PANICS.lock().unwrap().push(place);
        }
        before(info);
    }));
}

async fn check_nothing_breaks(backend: Backend) {
    count_panics();
    let base = Arc::new(Base::new(backend).await);
    #[expect(clippy::disallowed_methods, reason = "how much is tried is the caller's to say")]
    let all = std::env::var("NONSENSE").is_ok_and(|word| word == "all");
    #[expect(clippy::disallowed_methods, reason = "how much is tried is the caller's to say")]
    let only = std::env::var("NONSENSE_OF").unwrap_or_default();
    // Reading a body is the same on both databases, so long values are tried on SQLite
    // only.
    let long = if backend == Backend::Sqlite { long_values() } else { vec![] };
    let (short, long, names) = (Arc::new(short_values()), Arc::new(long), Arc::new(field_names()));
    let lines: Vec<(RouteInfo, &'static str)> = routes::table()
        .into_iter()
        .filter(|route| route.path.contains(&only))
        .map(|route| {
            let variant = recipes::variants(&route)[0];
            (route, variant)
        })
        .collect();
    let (lines, next, seen) = (Arc::new(lines), Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Seen::default())));
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let (base, lines, next, seen) = (base.clone(), lines.clone(), next.clone(), seen.clone());
            let (short, long, names) = (short.clone(), long.clone(), names.clone());
            tokio::spawn(async move {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some((route, variant)) = lines.get(place) else { return };
                    let Some(mut probe) = Probe::new(&base, route, variant, all).await else { continue };
                    probe.path(place, &short).await;
                    if route.method == Method::GET {
                        probe.query(place, &short, &names).await;
                    } else if matches!(probe.line.sent, Sent::Json(_)) {
                        probe.call(place, &long).await;
                    } else {
                        probe.form(place, &short, &long, &names).await;
                    }
                    let mut seen = seen.lock().unwrap();
                    seen.tried += probe.seen.tried;
                    seen.wrong.extend(probe.seen.wrong);
                    seen.slowest.extend(probe.seen.slowest);
                    seen.refused.extend(probe.seen.refused);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let mut seen = std::mem::take(&mut *seen.lock().unwrap());
    seen.slowest.sort_by_key(|slow| std::cmp::Reverse(slow.0));
    println!("{} requests; the slowest:", seen.tried);
    for (took, what) in seen.slowest.iter().take(25) {
        println!("{took:?} {what}");
    }
    println!("{} forms were refused with several errors: {:?}", seen.refused.len(), seen.refused);
    let panics = std::mem::take(&mut *PANICS.lock().unwrap());
    assert!(
        panics.is_empty() && seen.wrong.is_empty(),
        "{panics:?}\n{} faults\n{}",
        seen.wrong.len(),
        seen.wrong.join("\n")
    );
    assert!(seen.tried > 1_500 || !only.is_empty(), "{}", seen.tried);
    assert!(
        seen.refused.len() >= 12 || !only.is_empty(),
        "the order of errors is seen in few forms: {:?}",
        seen.refused
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_input_is_answered_soon_and_without_a_server_error_sqlite() {
    check_nothing_breaks(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_input_is_answered_soon_and_without_a_server_error_postgres() {
    check_nothing_breaks(Backend::Postgres).await;
}
