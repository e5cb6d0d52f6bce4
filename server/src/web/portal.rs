//! The first page of a partner's portal. What it shows must not depend on what the
//! other partner has done, except for what the other has opened to this one.

use app::{
    pages::{
        exercises::own_exercises::{ExerciseItem, Exercises},
        portal,
        records::messages::MessageCount,
    },
    say,
    ui::Pager,
    words::Words,
};
use domain::{clients::person::Zone, form::Form, zone};
use store::{DueAt, PortalItem};

use super::{records::intake, scheduling::own_requests};
use crate::{access::Partner, error::Answer, form::Query, page::Page, paging::List};

/// GET /portal?open=&done=: the partner's home page. Each parameter chooses the
/// page of one list.
pub async fn show(partner: Partner, page: Page, Query(asked): Query) -> Answer {
    let (zone, w) = (page.zone(), page.words());
    let next = partner.sessions_ahead(None).await?.rows.into_iter().next();
    let ExerciseLists { today, begun, open_pager, done, done_pager } =
        exercise_lists(&partner, &asked, &zone, w).await?;
    let messages = match partner.therapist().await? {
        Some(therapists) => Some(MessageCount { therapists, unread: partner.unread_messages().await? }),
        None => None,
    };
    let together = partner.done_together().await?;
    let model = portal::Model {
        name: partner.visitor().name.clone(),
        next: next.map(|session| own_requests::session_item(&session, &zone, w)),
        requests: own_requests::requests(&partner, &zone, w).await?,
        exercises: Exercises { today, begun, open_pager, done, done_pager, together },
        messages,
        has_documents: !partner.document_clients().await?.is_empty(),
        intake: intake::own::portal_card(&partner).await?,
    };
    page.ok(&say!(w, "portal-title"), model, portal::view).await
}

/// One of the page's lists, with its place in the address.
fn list(field: &'static str, anchor: &'static str, asked: &Form) -> List {
    List::new("/portal", field, anchor, asked)
}

/// The partner's exercises.
struct ExerciseLists {
    /// Those to fill in.
    today: Vec<ExerciseItem>,
    /// Those that are over, and were begun and not sent.
    begun: Vec<ExerciseItem>,
    open_pager: Pager,
    /// Those that were sent.
    done: Vec<ExerciseItem>,
    done_pager: Pager,
}

/// Reads one page of the open exercises and one of those that were sent.
async fn exercise_lists(partner: &Partner, asked: &Form, zone: &Zone, w: Words) -> store::Result<ExerciseLists> {
    let (open_list, done_list) = (list("open", "today", asked), list("done", "done", asked));
    let open = partner.exercises(open_list.after()).await?;
    let sent = partner.submitted_exercises(done_list.after()).await?;
    let day = zone::date_of(partner.now(), zone);
    let (mut today, mut begun) = (Vec::new(), Vec::new());
    for i in &open.rows {
        let list = if i.over { &mut begun } else { &mut today };
        list.push(exercise_item(i, zone, day, w));
    }
    // Exercises that were put off come last.
    today.sort_by_key(|i| i.put_off);
    Ok(ExerciseLists {
        today,
        begun,
        open_pager: open_list.pager(open.more, ["First exercises", "More exercises"]),
        done_pager: done_list.pager(sent.more, ["Newest", "Older"]),
        done: sent.map(|i| exercise_item(&i, zone, day, w)).rows,
    })
}

/// An exercise as the home page lists it; `today` is the reader's day.
fn exercise_item(i: &PortalItem, zone: &Zone, today: chrono::NaiveDate, w: Words) -> ExerciseItem {
    ExerciseItem {
        occurrence: i.occurrence,
        title: i.title.clone(),
        minutes: i.minutes,
        due: match i.due_at {
            _ if i.withdrawn => say!(w, "due-withdrawn"),
            // A day that has passed must put no pressure on the partner.
            Some(DueAt::Day(day)) if day < today => say!(w, "due-whenever"),
            Some(DueAt::Day(day)) if day == today => say!(w, "due-today"),
            Some(DueAt::Day(day)) => say!(w, "due-day", day = w.short_day(day)),
            Some(DueAt::Session(at)) => say!(w, "due-before", when = w.short(at, zone)),
            None => say!(w, "due-next-session"),
        },
        rhythm: w.sentence(&i.rhythm),
        planned: i.planned.map(|at| w.short(at, zone)).unwrap_or_default(),
        withdrawn: i.withdrawn,
        put_off: i.not_now,
        state: i.state,
        word_along: i.word_along.clone(),
        therapist: i.therapist.clone(),
        opened: i.opened,
        sent: i.submitted_at.map(|at| w.short_day(zone::date_of(at, zone))).unwrap_or_default(),
    }
}
