//! Decides which version of an entry counts, and computes when its series takes
//! place.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use domain::{
    clients::person::Zone,
    practice::hours::{Exception, ExceptionKind},
};

use super::{
    Days, ENTRY, Entry, Found, LeftOut, Row, TOO_MUCH, Unread, days,
    events::{Event, Length, Part, is_within},
    rules::{Budget, Spent},
    zones::{Clock, Time},
};

/// How many days before the first day an entry may begin and still reach into the
/// days, and how many days an occurrence may be moved.
const REACH: i64 = 800;

/// The steps that making a row takes from the budget.
const ROW: u64 = 20;

/// What happened to an entry.
#[derive(Clone, Debug, Default)]
struct Fate {
    /// How many rows it has.
    rows: usize,
    /// Whether some of its times are before the days.
    is_past: bool,
    /// Whether some of its times are after the days.
    is_later: bool,
    /// Whether it has a time without length.
    is_empty: bool,
    /// The reason why it has no rows; `None`: that is not decided, or it has rows.
    why: Option<String>,
}

/// Makes the rows of all entries of a file, and adds the entries without rows to
/// `found`.
pub fn lay_out(
    entries: Vec<Entry>,
    days: Days,
    practice: &Zone,
    budget: &Budget<'_>,
    found: &mut Found,
) -> Result<(), Unread> {
    let mut layer = Layer {
        entries: &entries,
        days,
        practice,
        budget,
        fates: vec![Fate::default(); entries.len()],
        rows: vec![],
        shared: HashMap::new(),
    };
    let mut groups: BTreeMap<(&str, usize), Vec<usize>> = BTreeMap::new();
    for (n, entry) in entries.iter().enumerate() {
        let uid = entry.event.uid.as_str();
        groups.entry((uid, if uid.is_empty() { n } else { 0 })).or_default().push(n);
    }
    for group in groups.into_values() {
        layer.add_group(&group)?;
    }
    let Layer { fates, rows, .. } = layer;
    found.rows = rows;
    let mut given_up = found.left_out.iter().filter(|l| l.why == TOO_MUCH).count();
    for (entry, fate) in entries.iter().zip(fates) {
        let event = &entry.event;
        if fate.rows > 0 {
            found.shown += 1;
            continue;
        }
        let why = match (fate.why, fate.is_past, fate.is_later) {
            (Some(why), ..) => why,
            (None, ..) if event.is_rule_lost => event.doubts.join("; "),
            (None, _, true) => {
                found.later += 1;
                continue;
            }
            (None, true, false) => {
                found.past += 1;
                continue;
            }
            (None, false, false) if fate.is_empty => "it has no length".to_owned(),
            (None, false, false) => "it has no date in these days".to_owned(),
        };
        given_up += usize::from(why == TOO_MUCH);
        found.left_out.push(LeftOut { title: event.title.clone(), line: event.line, why });
    }
    if given_up > 0 {
        found.remarks.insert(
            0,
            match given_up {
                1 => {
                    "This file is too long or repeats too much: 1 entry was left out. Export a shorter time.".to_owned()
                }
                n => format!(
                    "This file is too long or repeats too much: {n} entries were left out. Export a shorter time."
                ),
            },
        );
    }
    Ok(())
}

/// A number of things as a number of steps.
fn as_steps(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// The state while the rows of a file are made. Entries are named by their index.
struct Layer<'a> {
    entries: &'a [Entry],
    days: Days,
    practice: &'a Zone,
    budget: &'a Budget<'a>,
    fates: Vec<Fate>,
    rows: Vec<Row>,
    /// Entries that have the same id and version as another one, with the doubt
    /// about them.
    shared: HashMap<usize, &'static str>,
}

/// One time of a series, in the wall time of its start.
#[derive(Clone, Debug)]
struct Occurrence {
    /// When it begins.
    wall: NaiveDateTime,
    /// Its own length; `None`: the series' length.
    length: Option<Length>,
    /// Why it may be wrong; `None`: it is certain.
    doubt: Option<&'static str>,
}

/// An entry that replaces times of a series.
struct Replaced {
    /// The time that it replaces, or from which on it replaces all.
    at: NaiveDateTime,
    /// The entry that replaces it.
    by: usize,
    /// Whether the file names only the day of that time.
    is_day: bool,
}

impl<'a> Layer<'a> {
    /// The event of an entry.
    fn event(&self, n: usize) -> &'a Event {
        &self.entries[n].event
    }

    /// Decides that an entry has no rows, with the reason.
    fn leave_out(&mut self, n: usize, why: &str) {
        self.fates[n].why = Some(why.to_owned());
    }

    /// Makes the rows of all entries with one id: a series, its exceptions, and
    /// versions of both.
    fn add_group(&mut self, group: &[usize]) -> Result<(), Unread> {
        let mut versions: BTreeMap<Option<(bool, i64)>, Vec<usize>> = BTreeMap::new();
        for n in group {
            let key = match &self.event(*n).part {
                Part::Whole => None,
                Part::One(at) | Part::Following(at) => Some((at.clock.is_some(), at.instant().timestamp())),
            };
            versions.entry(key).or_default().push(*n);
        }
        let newest: Vec<usize> = versions.into_values().flat_map(|versions| self.newest(versions)).collect();
        let (whole, parts): (Vec<usize>, Vec<usize>) =
            newest.into_iter().partition(|n| matches!(self.event(*n).part, Part::Whole));
        for n in whole.iter().chain(&parts) {
            if self.event(*n).is_cancelled {
                self.leave_out(*n, "it is cancelled");
            }
        }
        let Some((first, others)) = whole.split_first() else {
            for n in parts {
                self.add_single(n)?;
            }
            return Ok(());
        };
        if self.event(*first).is_cancelled {
            for n in parts {
                self.leave_out(n, "its series is cancelled");
            }
        } else {
            self.add_series(*first, &parts)?;
        }
        for n in others {
            if !self.event(*n).is_cancelled {
                self.add_series(*n, &[])?;
            }
        }
        Ok(())
    }

    /// The version that counts: the highest SEQUENCE, then the newest. Several are
    /// returned if nothing tells which one counts.
    fn newest(&mut self, versions: Vec<usize>) -> Vec<usize> {
        let Some(highest) = versions.iter().map(|n| self.event(*n).version).max() else { return vec![] };
        let (newest, older): (Vec<usize>, Vec<usize>) =
            versions.into_iter().partition(|n| self.event(*n).version == highest);
        for n in older {
            self.leave_out(n, "the file has a newer version of it");
        }
        let mut kept: Vec<usize> = Vec::new();
        for n in newest {
            if self.budget.spend(as_steps(kept.len())).is_err() {
                self.leave_out(n, TOO_MUCH);
                continue;
            }
            let is_same = |other: &usize| {
                let (a, b) = (self.event(*other), self.event(n));
                a.title == b.title
                    && a.start.wall == b.start.wall
                    && a.length == b.length
                    && a.rules == b.rules
                    && a.is_cancelled == b.is_cancelled
            };
            if kept.iter().any(is_same) {
                self.leave_out(n, "the file has it twice");
            } else {
                kept.push(n);
            }
        }
        if kept.len() > 1 {
            self.shared.extend(kept.iter().map(|n| (*n, "another entry in the file has the same UID")));
        }
        kept
    }

    /// Makes the row of an entry whose series is not in the file, or was given up.
    fn add_single(&mut self, n: usize) -> Result<(), Unread> {
        let event = self.event(n);
        if event.is_cancelled {
            return Ok(());
        }
        let doubt = matches!(event.part, Part::Following(_)).then_some("it changes a series that isn’t in the file");
        self.add_rows(n, &event.start, None, doubt);
        Ok(())
    }

    /// Makes the rows of a series or of one event, and of the entries (`parts`)
    /// that replace times of it.
    fn add_series(&mut self, n: usize, parts: &[usize]) -> Result<(), Unread> {
        let event = self.event(n);
        let floating = &self.entries[n].floating;
        let counted = self.times_around_days(n, floating, parts).and_then(|times| {
            // A row costs as much as looking at some days.
            self.budget.spend((ROW + as_steps(parts.len())).saturating_mul(as_steps(times.len())))?;
            Ok(times)
        });
        let mut times = match counted {
            Ok(times) => times,
            Err(Spent::Stopped) => return Err(Unread::Stopped),
            Err(Spent::Steps) => {
                self.leave_out(n, TOO_MUCH);
                for n in parts {
                    self.add_single(*n)?;
                }
                return Ok(());
            }
        };
        let (mut one, mut following) = (Vec::new(), Vec::new());
        for by in parts {
            match &self.event(*by).part {
                Part::One(at) => {
                    let is_day = at.clock.is_none() && event.start.clock.is_some();
                    one.push(Replaced { at: at.on(&event.start, floating), by: *by, is_day });
                }
                Part::Following(at) => {
                    let is_day = at.clock.is_none() && event.start.clock.is_some();
                    following.push(Replaced { at: at.on(&event.start, floating), by: *by, is_day });
                }
                Part::Whole => {}
            }
        }
        following.sort_by_key(|r| r.at);
        let is_at =
            |r: &Replaced, wall: NaiveDateTime| if r.is_day { r.at.date() == wall.date() } else { r.at == wall };
        // An entry that replaces a time which the series does not have is still an
        // appointment.
        for replaced in &following {
            if !times.iter().any(|t| is_at(replaced, t.wall)) {
                self.add_replacement(replaced.by);
            }
        }
        for replaced in &one {
            self.add_replacement(replaced.by);
        }
        times.retain(|t| !one.iter().any(|r| is_at(r, t.wall)));
        for time in times {
            let begins = |r: &&Replaced| if r.is_day { r.at.date() <= time.wall.date() } else { r.at <= time.wall };
            match following.iter().rev().find(begins) {
                None => self.add_rows(n, &event.start.at(time.wall), time.length, time.doubt),
                Some(replaced) => {
                    let by = self.event(replaced.by);
                    let Part::Following(from) = &by.part else { continue };
                    if by.is_cancelled {
                        continue;
                    }
                    // It is moved by as much as the first replaced time was moved,
                    // in the wall time of the replacing entry.
                    let moved = by.start.wall - from.on(&by.start, floating);
                    let own = event.start.at(time.wall).on(&by.start, floating);
                    let moved = if from.clock.is_none() && by.start.clock.is_some() { Duration::zero() } else { moved };
                    self.add_rows(replaced.by, &by.start.at(own + moved), None, time.doubt);
                }
            }
        }
        Ok(())
    }

    /// Makes the row of an entry that replaces a time of a series, at its own start.
    fn add_replacement(&mut self, n: usize) {
        let event = self.event(n);
        if !event.is_cancelled {
            self.add_rows(n, &event.start, None, None);
        }
    }

    /// The times of a series around the days, without those that are removed.
    fn times_around_days(&mut self, n: usize, floating: &Clock, parts: &[usize]) -> Result<Vec<Occurrence>, Spent> {
        let event = self.event(n);
        let (from, until) = self.days;
        let longest =
            parts.iter().map(|n| self.event(*n)).chain([event]).map(|e| e.length.days + e.length.exact.num_days());
        let moves = parts.iter().filter_map(|n| match &self.event(*n).part {
            Part::Following(at) => {
                Some((self.event(*n).start.wall - at.on(&event.start, floating)).num_days().abs() + 1)
            }
            Part::One(_) | Part::Whole => None,
        });
        let moved = moves.max().unwrap_or(0);
        let before = Duration::days((longest.max().unwrap_or(0) + moved + 2).min(REACH));
        let after = Duration::days((moved + 2).min(REACH));
        let around = (from - before, until + after);
        let mut times: Vec<Occurrence> = Vec::new();
        let add = |times: &mut Vec<Occurrence>, wall, length, doubt| times.push(Occurrence { wall, length, doubt });
        let (mut walls, mut is_over) = (Vec::new(), true);
        for rule in &event.rules {
            let series = rule.times(event.start.wall, around, self.budget)?;
            is_over &= series.is_over;
            walls.extend(series.times);
        }
        walls.sort_unstable();
        walls.dedup();
        if event.rules.is_empty() {
            add(&mut times, event.start.wall, None, None);
        } else if (around.0..around.1).contains(&event.start.wall.date()) && !walls.contains(&event.start.wall) {
            add(&mut times, event.start.wall, None, Some("its first date doesn’t fit its rule"));
        }
        for wall in walls {
            add(&mut times, wall, None, None);
        }
        for rule in &event.except {
            let left_out = rule.times(event.start.wall, around, self.budget)?.times;
            times.retain(|t| !left_out.contains(&t.wall));
        }
        let mut known: HashSet<NaiveDateTime> = times.iter().map(|t| t.wall).collect();
        for (at, length) in &event.extra {
            self.budget.spend(ENTRY)?;
            let wall = at.on(&event.start, floating);
            if (around.0..around.1).contains(&wall.date()) && known.insert(wall) {
                add(&mut times, wall, *length, None);
            }
        }
        // Removed times of the series, removed days, and days with a removed time
        // that the series does not have.
        let (mut left_out, mut off, mut odd) = (HashSet::new(), HashSet::new(), HashSet::new());
        for at in &event.left_out {
            self.budget.spend(ENTRY)?;
            let wall = at.on(&event.start, floating);
            if at.clock.is_none() && event.start.clock.is_some() {
                off.insert(wall.date());
            } else if known.contains(&wall) {
                left_out.insert(wall);
            } else {
                odd.insert(wall.date());
            }
        }
        times.retain(|t| !left_out.contains(&t.wall) && !off.contains(&t.wall.date()));
        for time in times.iter_mut().filter(|t| odd.contains(&t.wall.date())) {
            time.doubt = Some("an exception on this day names another time");
        }
        times.sort_by_key(|t| t.wall);
        let start = event.start.wall.date();
        if times.is_empty() {
            self.fates[n].is_past = is_over && start < from;
            self.fates[n].is_later = start >= until;
        }
        Ok(times)
    }

    /// Makes the rows of one time of an entry.
    fn add_rows(&mut self, n: usize, start: &Time, length: Option<Length>, doubt: Option<&'static str>) {
        let event = self.event(n);
        let (from, until) = self.days;
        let length = length.unwrap_or(event.length);
        if !is_within(start.wall.date()) {
            return;
        }
        let (parts, hint) = self.parts(event, start, length);
        let fate = &mut self.fates[n];
        fate.is_empty |= parts.is_empty();
        // A time without length is past or later all the same.
        if parts.is_empty() {
            fate.is_past |= start.wall.date() < from;
            fate.is_later |= start.wall.date() >= until;
        }
        let mut doubts = event.doubts.clone();
        doubts.extend(doubt.map(str::to_owned));
        doubts.extend(self.shared.get(&n).map(|d| (*d).to_owned()));
        for part in parts {
            if part.last < from {
                fate.is_past = true;
            } else if part.first >= until {
                fate.is_later = true;
            } else {
                fate.rows += 1;
                self.rows.push(Row {
                    day: Exception {
                        first: part.first.max(from),
                        last: part.last.min(until - Duration::days(1)),
                        hours: part.hours,
                        kind: ExceptionKind::Away,
                        whole_practice: false,
                        reason: event.title.clone(),
                    },
                    is_free: event.is_free,
                    doubts: doubts.clone(),
                    hint,
                });
            }
        }
    }

    /// The days and hours of one time of an entry, and a hint about a change of the
    /// clocks.
    fn parts(&self, event: &Event, start: &Time, length: Length) -> (Vec<days::Part>, Option<&'static str>) {
        let whole = |first: NaiveDate, days: i64| {
            vec![days::Part { first, last: first + Duration::days(days.max(1) - 1), hours: None }]
        };
        let Some(clock) = &start.clock else {
            return (whole(start.wall.date(), length.days), None);
        };
        let (begin, end) = length.span(start, clock);
        let (from, to) = (clock.wall(begin), clock.wall(end));
        // Outlook writes whole days as midnights in the zone of the computer that
        // wrote the file.
        if event.is_all_day && from.time() == NaiveTime::MIN && to.time() == NaiveTime::MIN && to > from {
            return (whole(from.date(), (to.date() - from.date()).num_days()), None);
        }
        let hint = if clock.skips(start.wall) {
            Some("The clocks skip its start that night: it starts later.")
        } else if days::is_second_of_two(end, self.practice) {
            Some("The clocks go back during it: the whole doubled hour is included.")
        } else {
            None
        };
        (days::between(begin, end, self.practice), hint)
    }
}
