//! The first page of a partner's portal. What it shows must not depend on what the
//! other partner has done, except for what the other has opened to this one.

use app::{
    pages::{
        exercises::own_exercises::{ExerciseItem, Exercises},
        portal,
        records::messages::MessageCount,
        scheduling::own_sessions::{NextSession, Sessions},
    },
    text,
    ui::Pager,
};
use domain::{clients::person::Zone, form::Form, zone};
use store::{DueAt, PortalItem, RequestView, SessionView};

use super::scheduling::own_requests;
use crate::{access::Partner, error::Answer, form::Query, page::Page, paging::List};

/// GET /portal?sessions=&open=&done=: the partner's home page. Each parameter
/// chooses the page of one list.
pub async fn show(partner: Partner, page: Page, Query(asked): Query) -> Answer {
    let zone = page.zone();
    let NextSessions { next, later, later_pager } = next_sessions(&partner, &asked, &zone).await?;
    let ExerciseLists { today, begun, open_pager, done, done_pager } = exercise_lists(&partner, &asked, &zone).await?;
    let (waiting, own) = partner.requests().await?;
    let wishes =
        |requests: &[RequestView], own| requests.iter().map(|q| own_requests::request_item(q, &zone, own)).collect();
    let may_book = partner.bookable_clients().await?.into_iter().map(|(client, _, name)| (client, name)).collect();
    let messages = match partner.therapist().await? {
        Some(therapists) => Some(MessageCount { therapists, unread: partner.unread_messages().await? }),
        None => None,
    };
    let together = partner.done_together().await?;
    let model = portal::Model {
        name: partner.visitor().name.clone(),
        sessions: Sessions {
            phone: page.practice().map(|p| p.phone.clone()).unwrap_or_default(),
            next,
            later,
            later_pager,
            asked: wishes(&waiting, false),
            own: wishes(&own, true),
            may_book,
        },
        exercises: Exercises { today, begun, open_pager, done, done_pager, together },
        messages,
    };
    page.ok("Home", model, portal::view).await
}

/// One of the page's lists, with its place in the address.
fn list(field: &'static str, anchor: &'static str, asked: &Form) -> List {
    List::new("/portal", field, anchor, asked)
}

/// The partner's sessions that are still to come.
struct NextSessions {
    /// The first of them; `None`: there is none.
    next: Option<NextSession>,
    /// One page of the others.
    later: Vec<NextSession>,
    later_pager: Pager,
}

/// Reads the partner's next session and one page of the later ones.
async fn next_sessions(partner: &Partner, asked: &Form, zone: &Zone) -> store::Result<NextSessions> {
    let later_list = list("sessions", "next", asked);
    let later_pager = |more| later_list.pager(more, ["Next sessions", "Later sessions"]);
    let session_item = |session: SessionView| own_requests::session_item(&session, zone);
    let first = partner.sessions_ahead(None).await?;
    let mut sessions = first.rows.into_iter().map(session_item);
    let next = sessions.next();
    let (later, later_pager) = match later_list.after() {
        None => (sessions.collect(), later_pager(first.more)),
        Some(after) => {
            let page = partner.sessions_ahead(Some(after)).await?;
            (page.rows.into_iter().map(session_item).collect(), later_pager(page.more))
        }
    };
    Ok(NextSessions { next, later, later_pager })
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
async fn exercise_lists(partner: &Partner, asked: &Form, zone: &Zone) -> store::Result<ExerciseLists> {
    let (open_list, done_list) = (list("open", "today", asked), list("done", "done", asked));
    let open = partner.exercises(open_list.after()).await?;
    let sent = partner.submitted_exercises(done_list.after()).await?;
    let day = zone::date_of(partner.now(), zone);
    let (mut today, mut begun) = (Vec::new(), Vec::new());
    for i in &open.rows {
        let list = if i.over { &mut begun } else { &mut today };
        list.push(exercise_item(i, zone, day));
    }
    // Exercises that were put off come last.
    today.sort_by_key(|i| i.put_off);
    Ok(ExerciseLists {
        today,
        begun,
        open_pager: open_list.pager(open.more, ["First exercises", "More exercises"]),
        done_pager: done_list.pager(sent.more, ["Newest", "Older"]),
        done: sent.map(|i| exercise_item(&i, zone, day)).rows,
    })
}

/// An exercise as the home page lists it; `today` is the reader's day.
fn exercise_item(i: &PortalItem, zone: &Zone, today: chrono::NaiveDate) -> ExerciseItem {
    ExerciseItem {
        occurrence: i.occurrence,
        title: i.title.clone(),
        minutes: i.minutes,
        due: match i.due_at {
            _ if i.withdrawn => "taken back; what you wrote is kept".to_owned(),
            // A day that has passed must put no pressure on the partner.
            Some(DueAt::Day(day)) if day < today => "whenever it suits you".to_owned(),
            Some(DueAt::Day(day)) if day == today => "today".to_owned(),
            Some(DueAt::Day(day)) => format!("by {}", text::short_day(day)),
            Some(DueAt::Session(at)) => format!("before {}", text::short(at, zone)),
            None => "before the next session".to_owned(),
        },
        rhythm: i.rhythm.clone(),
        planned: i.planned.map(|at| text::short(at, zone)).unwrap_or_default(),
        withdrawn: i.withdrawn,
        put_off: i.not_now,
        state: i.state,
        word_along: i.word_along.clone(),
        therapist: i.therapist.clone(),
        opened: i.opened,
        sent: i.submitted_at.map(|at| text::short_day(zone::date_of(at, zone))).unwrap_or_default(),
    }
}
