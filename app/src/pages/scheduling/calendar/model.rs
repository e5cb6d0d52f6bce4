//! The view model of the calendar.

use domain::{
    ids::SessionId,
    scheduling::session::{SessionKind, SessionState},
};

use crate::ui::Pager;

domain::words! {
    /// The view of the calendar.
    pub enum CalView {
        Day = "day", "Day";
        Week = "week", "Week";
        Month = "month", "Month";
        Agenda = "agenda", "List";
    }
}

domain::words! {
    /// The grouping of the columns of a day.
    pub enum CalBy {
        Therapist = "therapist", "By therapist";
        Room = "room", "By room";
    }
}

/// The view model of the calendar.
#[derive(Clone, Debug)]
pub struct Model {
    /// Whether it shows the sessions of the whole practice and not only the
    /// reader's own.
    pub desk: bool,
    pub view: CalView,
    pub title: String,
    /// The date shown, or a date of the week or month shown, as `2026-11-23`.
    pub date: String,
    /// The address of the previous period.
    pub prev: String,
    /// The address of the next period.
    pub next: String,
    /// The address of the current period.
    pub today: String,
    /// The links to the views on this date.
    pub views: Vec<ViewLink>,
    /// The links to the groupings of a day; empty if there is no choice.
    pub by: Vec<GroupingLink>,
    /// The weeks of the month view; empty in the other views.
    pub month: Vec<Vec<MonthDay>>,
    /// The therapists.
    pub clinicians: Vec<Choice>,
    /// What the colours and initials mean; empty if one therapist is shown, or
    /// too many to list.
    pub legend: Vec<Whose>,
    /// The locations; empty if the practice has only one.
    pub locations: Vec<Choice>,
    /// The columns, or the days of the agenda.
    pub days: Vec<Day>,
    /// The first hour of the grid.
    pub grid_from: u32,
    /// The hour at which the grid ends.
    pub grid_until: u32,
    /// The name of the zone in which all times are.
    pub zone: String,
    /// The days on which a session of a series could not be booked, as far as
    /// this page lists them.
    pub gaps: Vec<GapItem>,
    pub gaps_pager: Pager,
    /// How many such days there are on all pages.
    pub gaps_count: usize,
}

impl Model {
    /// Whether a day has a column for each room, not for each therapist.
    pub(super) fn is_by_room(&self) -> bool {
        self.by.iter().any(|link| link.here && link.by == CalBy::Room)
    }

    /// Whether a week has a row for each hour instead of a grid to scale: with
    /// several therapists side by side, a grid has no space for names.
    pub(super) fn is_dense(&self) -> bool {
        self.view == CalView::Week
            && self.desk
            && self.clinicians.iter().all(|c| !c.chosen)
            && self.clinicians.len() > 1
    }
}

/// A link to a view of the calendar.
#[derive(Clone, Debug)]
pub struct ViewLink {
    pub href: String,
    pub view: CalView,
    /// Whether it is the current one.
    pub here: bool,
}

/// A link to a grouping of a day's columns.
#[derive(Clone, Debug)]
pub struct GroupingLink {
    pub href: String,
    pub by: CalBy,
    /// Whether it is the current one.
    pub here: bool,
}

/// A therapist or a location to which the calendar can be limited.
#[derive(Clone, Debug)]
pub struct Choice {
    pub id: String,
    pub name: String,
    /// Whether the calendar shows only this one.
    pub chosen: bool,
}

/// A therapist as the calendar marks them: by a colour, and by initials for
/// those who do not see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    pub name: String,
    pub initials: String,
    /// The number of the colour, from 0 to [`HUES`] (excluded).
    pub hue: usize,
}

/// How many colours the style sheet has for therapists.
pub const HUES: usize = 8;

/// A day on which a session of a series could not be booked.
#[derive(Clone, Debug)]
pub struct GapItem {
    /// The date and time, such as "Thu 3 Jun, 10:00".
    pub when: String,
    pub title: String,
    pub clinician: String,
    /// The address of the form that books it by hand.
    pub book: String,
    /// The address that marks it as looked after.
    pub seen: String,
}

/// A column of the calendar: a day of the week, or the day of a therapist or
/// room.
#[derive(Clone, Debug)]
pub struct Day {
    pub iso: String,
    pub label: String,
    /// The address of the day for a column of the week, or of the week for a
    /// therapist's column.
    pub href: String,
    pub today: bool,
    /// The current time in minutes from the top of the grid; `None` if it is
    /// not in this column.
    pub now: Option<i64>,
    /// The id of the column's therapist; empty if it is not of one.
    pub clinician: String,
    /// The place of the column's room; empty if it is not of one.
    pub place: String,
    /// An absence, such as "Closed" or "Away 10:00–12:00"; otherwise empty.
    pub note: String,
    /// The spans outside working hours, in minutes from the top of the grid.
    pub shut: Vec<(i64, i64)>,
    pub items: Vec<Item>,
}

/// A day of the month view.
#[derive(Clone, Debug)]
pub struct MonthDay {
    /// The weekday, such as "Mon", for narrow screens that show no column
    /// heads.
    pub weekday: String,
    /// The date in the cell, such as "23" or "1 Dec".
    pub label: String,
    pub href: String,
    /// The full date, such as "Monday 23 November 2026".
    pub long: String,
    pub in_month: bool,
    pub today: bool,
    /// An absence, such as "Closed"; otherwise empty.
    pub note: String,
    /// How many sessions the day has.
    pub count: usize,
    /// The first free time; `None` if no time is free or several therapists
    /// are shown.
    pub free: Option<FreeTime>,
    /// The first sessions, when there is space to name them.
    pub items: Vec<MonthItem>,
}

/// A free time that can be booked.
#[derive(Clone, Debug)]
pub struct FreeTime {
    /// The time, such as "09:00".
    pub time: String,
    /// The address of the form that books it.
    pub href: String,
}

/// A session in the month view.
#[derive(Clone, Debug)]
pub struct MonthItem {
    pub id: SessionId,
    /// The time and the client, such as "10:00 Amara & Jonas".
    pub text: String,
    pub state: SessionState,
    /// The therapist, if the sessions of several are shown.
    pub whose: Option<Whose>,
}

/// A session in the calendar.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: SessionId,
    pub starts: String,
    pub ends: String,
    /// The start in minutes from the top of the grid.
    pub top_minutes: i64,
    pub minutes: i64,
    /// The index of its lane, from 0.
    pub lane: usize,
    /// How many lanes its group of overlapping sessions has.
    pub lanes: usize,
    /// The full names of the people who come.
    pub title: String,
    /// Their first names, for the narrow columns of a grid.
    pub short_title: String,
    pub whose: Whose,
    pub place: String,
    pub kind: SessionKind,
    /// Whether it was booked over another session by an override.
    pub over: bool,
    pub state: SessionState,
    /// Whether it can be dragged, because it is still booked.
    pub movable: bool,
}
