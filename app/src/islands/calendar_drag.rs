//! Drag and drop in the calendar.
//!
//! A session dragged to another time opens the form of the move with that time;
//! dragged at its lower end, with another length. A click on an empty time
//! opens the booking form for that time.
//!
//! A slip of the mouse changes nothing, because a person must still submit the
//! form. The same forms can be reached by keyboard and without scripts.

use leptos::prelude::*;

/// Adds drag and drop to the calendar that contains it.
#[island]
pub fn CalendarDrag() -> impl IntoView {
    let said = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    hand::watch(said);
    view! { <p class="cal-said" role="status">{move || said.get()}</p> }
}

/// The grid on which dragged sessions begin and end, in minutes.
#[cfg(any(feature = "hydrate", test))]
const STEP: f64 = 15.0;

/// The wall time (`10:15`) that is `minutes` after `from_hour`, rounded to
/// [`STEP`] and limited to the day.
#[cfg(any(feature = "hydrate", test))]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies within a day")]
fn wall(from_hour: f64, minutes: f64) -> String {
    let at = ((from_hour * 60.0 + minutes) / STEP).round() * STEP;
    let at = at.clamp(0.0, 24.0 * 60.0 - STEP) as u32;
    format!("{:02}:{:02}", at / 60, at % 60)
}

#[cfg(feature = "hydrate")]
mod hand {
    use std::{cell::RefCell, rc::Rc};

    use leptos::{ev, prelude::*};
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, HtmlElement, PointerEvent};

    use super::{STEP, wall};

    /// The session that is being dragged.
    struct Held {
        item: HtmlElement,
        column: Element,
        from: (f64, f64),
        /// The distance of the pointer from the item's top, in pixels.
        grip: f64,
        /// Whether the lower end is dragged: this changes the length and not
        /// the time.
        at_end: bool,
        moved: bool,
    }

    /// The movement in pixels up to which a press is a click and not a drag.
    const SLACK: f64 = 6.0;
    /// The width in pixels from which the calendar is a grid: the style sheet's
    /// 56rem.
    const WIDE: f64 = 896.0;
    /// The height in pixels of the lower end that changes the length.
    const END: f64 = 8.0;

    fn element(event: &Event) -> Option<Element> {
        event.target()?.dyn_into().ok()
    }

    fn closest(element: &Element, selector: &str) -> Option<Element> {
        element.closest(selector).ok().flatten()
    }

    /// Whether a column is a grid of hours. On a small screen, and in the week
    /// of the whole practice, it is a list, in which a height means no time.
    fn is_grid(column: &Element) -> bool {
        let wide = window().inner_width().ok().and_then(|w| w.as_f64()).is_some_and(|w| w >= WIDE);
        wide && closest(column, ".cal-dense").is_none()
    }

    fn number(element: &Element, name: &str) -> f64 {
        element.get_attribute(name).and_then(|v| v.parse().ok()).unwrap_or_default()
    }

    /// The minutes from the top of a column to the height `y`.
    fn minutes(column: &Element, y: f64) -> f64 {
        let area = column.get_bounding_client_rect();
        let hours = number(column, "data-hours").max(1.0);
        (y - area.top()) / area.height() * hours * 60.0
    }

    fn time_in(column: &Element, y: f64) -> String {
        wall(number(column, "data-from"), minutes(column, y))
    }

    /// The grid column under the pointer.
    fn column_at(event: &PointerEvent) -> Option<Element> {
        #[expect(clippy::cast_precision_loss, reason = "pixels")]
        let at = (event.client_x() as f32, event.client_y() as f32);
        closest(&document().element_from_point(at.0, at.1)?, ".cal-items[data-date]").filter(is_grid)
    }

    fn go(path: &str) {
        drop(window().location().assign(path));
    }

    /// The date, time, clinician and place of a column as the query of a form's
    /// address.
    fn booking_query(column: &Element, time: &str) -> String {
        let date = column.get_attribute("data-date").unwrap_or_default();
        let mut query = format!("date={date}&time={}", time.replace(':', "%3A"));
        for (name, attribute) in [("clinician", "data-clinician"), ("place", "data-place")] {
            if let Some(value) = column.get_attribute(attribute).filter(|v| !v.is_empty()) {
                query.push_str(&format!("&{name}={value}"));
            }
        }
        query
    }

    /// The length in minutes when the lower end is dragged to the height `y`.
    fn length(held: &Held, y: f64) -> f64 {
        let top = minutes(&held.column, held.item.get_bounding_client_rect().top());
        ((minutes(&held.column, y) - top) / STEP).round().max(1.0) * STEP
    }

    /// The address and label of the move if the session were dropped here;
    /// `None` where it cannot be dropped.
    fn drop_target(held: &Held, event: &PointerEvent) -> Option<(String, String)> {
        let y = f64::from(event.client_y());
        let id = held.item.get_attribute("data-id")?;
        if held.at_end {
            let long = length(held, y);
            return Some((format!("/sessions/{id}/move?minutes={long}"), format!("{long} minutes")));
        }
        let column = column_at(event)?;
        // A session keeps its therapist, so it cannot move to another
        // therapist's column.
        if column.get_attribute("data-clinician") != held.column.get_attribute("data-clinician") {
            return None;
        }
        let time = time_in(&column, y - held.grip);
        let label = column.get_attribute("aria-label").unwrap_or_default();
        Some((format!("/sessions/{id}/move?{}", booking_query(&column, &time)), format!("{label} {time}")))
    }

    /// The session that a press of the pointer picks up; `None` if there is none
    /// that can be dragged.
    fn pick_up(event: &PointerEvent) -> Option<Held> {
        if event.button() != 0 || event.pointer_type() == "touch" {
            return None;
        }
        let target = element(event)?;
        let item = closest(&target, ".cal-item[data-id]")?.dyn_into::<HtmlElement>().ok()?;
        let column = closest(&item, ".cal-items[data-date]").filter(is_grid)?;
        let area = item.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        Some(Held { at_end: area.bottom() - y < END, grip: y - area.top(), from: (x, y), moved: false, item, column })
    }

    /// Moves the session, or its lower end, with the pointer. Returns a sentence
    /// on where it would go; `None` while the press may still be a click.
    fn drag(held: &mut Held, event: &PointerEvent) -> Option<String> {
        let (dx, dy) = (f64::from(event.client_x()) - held.from.0, f64::from(event.client_y()) - held.from.1);
        if !held.moved && dx.abs().max(dy.abs()) < SLACK {
            return None;
        }
        if !held.moved {
            held.moved = true;
            drop(held.item.class_list().add_1("cal-held"));
            drop(held.item.style().set_property("pointer-events", "none"));
        }
        if held.at_end {
            let area = held.item.get_bounding_client_rect();
            let high = (f64::from(event.client_y()) - area.top()).max(12.0);
            drop(held.item.style().set_property("height", &format!("{high}px")));
        } else {
            drop(held.item.style().set_property("transform", &format!("translate({dx}px, {dy}px)")));
        }
        let target = drop_target(held, event);
        Some(target.map_or_else(|| "Not here.".to_owned(), |(_, label)| format!("Move to {label}?")))
    }

    /// Listens to the pointer and the Escape key, and writes to `said` where
    /// the session would go.
    pub fn watch(said: RwSignal<String>) {
        let held: Rc<RefCell<Option<Held>>> = Rc::default();
        // The browser sends a click after a drag; it must be ignored.
        let dropped = Rc::new(std::cell::Cell::new(false));
        let let_go = {
            let held = Rc::clone(&held);
            move || {
                if let Some(held) = held.borrow_mut().take() {
                    for name in ["transform", "pointer-events", "height"] {
                        drop(held.item.style().remove_property(name));
                    }
                    drop(held.item.class_list().remove_1("cal-held"));
                }
                said.set(String::new());
            }
        };
        let taken = Rc::clone(&held);
        window_event_listener(ev::pointerdown, move |event| {
            if let Some(held) = pick_up(&event) {
                *taken.borrow_mut() = Some(held);
            }
        });
        let moving = Rc::clone(&held);
        window_event_listener(ev::pointermove, move |event| {
            let target = moving.borrow_mut().as_mut().and_then(|held| drag(held, &event));
            if let Some(target) = target {
                said.set(target);
            }
        });
        let up = Rc::clone(&held);
        let (end, ended) = (let_go.clone(), Rc::clone(&dropped));
        window_event_listener(ev::pointerup, move |event| {
            let path = up.borrow().as_ref().filter(|held| held.moved).map(|held| drop_target(held, &event));
            end();
            if let Some(path) = path {
                ended.set(true);
                let ended = Rc::clone(&ended);
                set_timeout(move || ended.set(false), std::time::Duration::from_millis(300));
                if let Some((path, _)) = path {
                    go(&path);
                }
            }
        });
        let stop = let_go.clone();
        window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                stop();
            }
        });
        window_event_listener(ev::dragstart, move |event| {
            if element(&event).and_then(|e| closest(&e, ".cal-item[data-id]")).is_some() {
                event.prevent_default();
            }
        });
        window_event_listener(ev::click, move |event| {
            let Some(target) = element(&event) else { return };
            if dropped.replace(false) {
                event.prevent_default();
                return;
            }
            // A click on an empty part of a column.
            if target.matches(".cal-items[data-date]").unwrap_or(false) && is_grid(&target) && event.detail() > 0 {
                let time = time_in(&target, f64::from(event.client_y()) - STEP / 2.0);
                go(&format!("/sessions/new?{}", booking_query(&target, &time)));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::wall;

    #[test]
    fn dragged_times_are_rounded_to_quarters_within_the_day() {
        assert_eq!(wall(8.0, 0.0), "08:00");
        assert_eq!(wall(8.0, 127.0), "10:00");
        assert_eq!(wall(8.0, 128.0), "10:15");
        assert_eq!(wall(0.0, -30.0), "00:00");
        assert_eq!(wall(8.0, 5_000.0), "23:45");
    }
}
