//! The times at which a client would like to come, as they choose them: usual parts
//! of the week to tick, and hours of their own for each weekday.
//!
//! Both are kept as one [`Week`]. A part is shown as ticked if the week contains all
//! of it, so nothing is stored twice.

use chrono::NaiveTime;

use crate::{
    form::{Errors, Form},
    practice::hours::{Hours, Week},
};

/// The name of the form field for the ticked parts of the week.
pub const PARTS: &str = "parts";

crate::words! {
    /// A usual part of the week.
    pub enum WeekPart {
        WeekdayMornings = "weekday_mornings", "Weekday mornings (08:00–12:00)";
        WeekdayAfternoons = "weekday_afternoons", "Weekday afternoons (12:00–17:00)";
        WeekdayEvenings = "weekday_evenings", "Weekday evenings (17:00–21:00)";
        Saturdays = "saturdays", "Saturdays (09:00–18:00)";
    }
}

impl WeekPart {
    /// The weekdays, counted from Monday, and the hours in the form "8-12".
    const fn days_and_hours(self) -> (std::ops::Range<usize>, (u32, u32)) {
        match self {
            Self::WeekdayMornings => (0..5, (8, 12)),
            Self::WeekdayAfternoons => (0..5, (12, 17)),
            Self::WeekdayEvenings => (0..5, (17, 21)),
            Self::Saturdays => (5..6, (9, 18)),
        }
    }

    /// The hours of this part.
    fn hours(self) -> Hours {
        let (_, (from, until)) = self.days_and_hours();
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
        Hours { from: at(from), until: at(until) }
    }

    /// Whether a week contains all of this part.
    fn is_in(self, week: &Week) -> bool {
        let (mut days, _) = self.days_and_hours();
        let own = self.hours();
        days.all(|day| week.0[day].iter().any(|h| h.from <= own.from && own.until <= h.until))
    }
}

/// Reads the ticked parts and the hours of each weekday as one week; empty: any time
/// suits.
pub fn read(form: &Form) -> Result<Week, Errors> {
    let mut week = Week::read(form)?;
    for part in form.all(PARTS).filter_map(|word| word.parse::<WeekPart>().ok()) {
        let (days, _) = part.days_and_hours();
        for day in days {
            week.0[day].push(part.hours());
        }
    }
    for hours in &mut week.0 {
        *hours = joined(std::mem::take(hours));
    }
    Ok(week)
}

/// Writes a week into its form: the parts that it contains, and the hours that no
/// such part covers.
pub fn fill(week: &Week, form: &mut Form) {
    let ticked: Vec<WeekPart> = WeekPart::ALL.iter().copied().filter(|part| part.is_in(week)).collect();
    let mut rest = week.clone();
    for part in &ticked {
        let (days, _) = part.days_and_hours();
        for day in days {
            rest.0[day] = without(&rest.0[day], part.hours());
        }
    }
    rest.fill(form);
    form.0.extend(ticked.iter().map(|part| (PARTS.to_owned(), part.word().to_owned())));
}

/// The hours of a day in order, with those that touch or overlap joined.
fn joined(mut hours: Vec<Hours>) -> Vec<Hours> {
    hours.sort_unstable();
    let mut joined: Vec<Hours> = Vec::new();
    for next in hours {
        match joined.last_mut() {
            Some(last) if next.from <= last.until => last.until = last.until.max(next.until),
            _ => joined.push(next),
        }
    }
    joined
}

/// The hours of a day without those of a part.
fn without(hours: &[Hours], part: Hours) -> Vec<Hours> {
    let before = |h: &Hours| Hours { from: h.from, until: h.until.min(part.from) };
    let after = |h: &Hours| Hours { from: h.from.max(part.until), until: h.until };
    hours.iter().flat_map(|h| [before(h), after(h)]).filter(|h| h.from < h.until).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::{
        hours::{field, hours_text, read_hours},
        settings::WEEK,
    };

    #[test]
    fn ticked_parts_and_own_hours_become_one_week() {
        let form = Form::from_pairs([
            (PARTS, "weekday_evenings"),
            (PARTS, "weekday_afternoons"),
            (PARTS, "nonsense"),
            ("hours.mon", "16-22"),
            ("hours.sun", "10-11"),
        ]);
        let week = read(&form).unwrap();
        assert_eq!(
            week.0.each_ref().map(|hours| hours_text(hours)),
            ["12:00–22:00", "12:00–21:00", "12:00–21:00", "12:00–21:00", "12:00–21:00", "", "10:00–11:00"]
        );
        assert_eq!(read(&Form::default()), Ok(Week::default()));
        assert!(read(&Form::from_pairs([("hours.mon", "evenings")])).is_err());
    }

    #[test]
    fn any_week_is_read_back_from_its_form() {
        let days = ["", "8-12", "8-21", "7:30-12:30", "9-18", "12-17, 18-21", "17-21:15", "0-23"];
        for n in 0..days.len() {
            for parts in [vec![], vec![WeekPart::Saturdays], WeekPart::ALL.to_vec()] {
                let mut week = Week::default();
                for (day, hours) in week.0.iter_mut().enumerate() {
                    *hours = read_hours(days[(n + day * day) % days.len()]).unwrap();
                    hours.extend(parts.iter().filter(|p| p.days_and_hours().0.contains(&day)).map(|p| p.hours()));
                    *hours = joined(std::mem::take(hours));
                }
                let mut form = Form::default();
                fill(&week, &mut form);
                assert_eq!(read(&form), Ok(week), "{form:?}");
            }
        }
    }

    #[test]
    fn hours_of_a_ticked_part_are_not_shown_twice() {
        let form = Form::from_pairs([(PARTS, "weekday_mornings"), ("hours.tue", "12-14")]);
        let mut shown = Form::default();
        fill(&read(&form).unwrap(), &mut shown);
        assert_eq!(shown.all(PARTS).collect::<Vec<_>>(), ["weekday_mornings"]);
        assert_eq!(WEEK.map(|day| shown.get(&field(day)).to_owned()), ["", "12:00–14:00", "", "", "", "", ""]);
    }
}
