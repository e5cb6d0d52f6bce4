//! A timer beside an exercise step that has a set time. Without scripts the
//! text names the length, and any clock will do.

use leptos::prelude::*;

use super::CountdownTexts;

/// Counts down from `seconds` to zero. `label` says what the timer is for.
#[island]
pub fn Countdown(seconds: u32, label: String, texts: CountdownTexts) -> impl IntoView {
    let left = RwSignal::new(seconds);
    let runs = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    run(seconds, left, runs);
    let CountdownTexts { start, pause, go_on, again, over } = texts;
    let act = move || match (runs.get(), left.get()) {
        (true, _) => pause.clone(),
        (false, 0) => again.clone(),
        (false, n) if n < seconds => go_on.clone(),
        _ => start.clone(),
    };
    let over = StoredValue::new(over);
    let end = move || if left.get() == 0 { over.get_value() } else { String::new() };
    let press = move |_| {
        if !runs.get_untracked() && left.get_untracked() == 0 {
            left.set(seconds);
        }
        runs.update(|r| *r = !*r);
    };
    view! {
        <div class="countdown" role="group" aria-label=label>
            <span class="countdown-time" aria-hidden="true">{move || clock(left.get())}</span>
            <button class="button" type="button" on:click=press>{act}</button>
            // A screen reader announces the end, not each second.
            <span class="quiet" role="status">{end}</span>
            <span class="countdown-end" aria-hidden="true">{end}</span>
        </div>
    }
}

/// Minutes and seconds, such as `4:05`.
fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Runs the countdown by the clock and not by counting ticks, so that it is
/// right after the phone was asleep.
#[cfg(feature = "hydrate")]
fn run(seconds: u32, left: RwSignal<u32>, runs: RwSignal<bool>) {
    use std::time::Duration;

    use web_sys::js_sys::Date;

    let until = StoredValue::new(0.0);
    Effect::new(move |_| {
        if runs.get() {
            let now = left.get_untracked().min(seconds);
            until.set_value(Date::now() + f64::from(now) * 1000.0);
        }
    });
    let tick = move || {
        if runs.get_untracked() {
            let rest = ((until.get_value() - Date::now()) / 1000.0).ceil().max(0.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it lies between 0 and an hour"
            )]
            left.set(rest as u32);
            if rest <= 0.0 {
                runs.set(false);
            }
        }
    };
    let _ = set_interval_with_handle(tick, Duration::from_millis(250));
}

#[cfg(test)]
mod tests {
    #[test]
    fn clock_shows_minutes_and_seconds() {
        assert_eq!([super::clock(300), super::clock(65), super::clock(0)], ["5:00", "1:05", "0:00"]);
    }
}
