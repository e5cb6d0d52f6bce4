//! Helpers with which the islands read and change the page: forms, fields,
//! focus and the address.

use leptos::{
    ev,
    prelude::{document, window_event_listener},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, Event, FormData, HtmlFormElement, HtmlInputElement, HtmlOptionElement, HtmlTextAreaElement, js_sys::Array,
};

/// The form with this id.
pub fn form(id: &str) -> Option<HtmlFormElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus to the element with this id; `false` if there is none.
pub fn focus(id: &str) -> bool {
    let element = document().get_element_by_id(id);
    focus_on(element.as_ref());
    element.is_some()
}

/// Moves the focus to an element, if it can take it.
pub fn focus_on(element: Option<&Element>) {
    if let Some(element) = element.and_then(|e| e.dyn_ref::<web_sys::HtmlElement>()) {
        let _ = element.focus();
    }
}

/// Whether an event happened in a field of the form with this id. The field may
/// be outside the form's element (attribute `form`).
pub fn is_in(event: &Event, id: &str) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    match element.get_attribute("form") {
        Some(form) => form == id,
        None => element.closest("form").ok().flatten().is_some_and(|form| form.id() == id),
    }
}

/// The name of the field in which an event happened.
pub fn field_name(event: &Event) -> Option<String> {
    event.target()?.dyn_into::<Element>().ok()?.get_attribute("name")
}

/// Whether the browser has a network connection.
pub fn is_online() -> bool {
    leptos::prelude::window().navigator().on_line()
}

/// The form's fields as a submission would send them; empty if there is no such
/// form.
pub fn fields(id: &str) -> Vec<(String, String)> {
    let Some(data) = form(id).and_then(|form| FormData::new_with_form(&form).ok()) else { return Vec::new() };
    let entries = data.entries();
    let mut fields = Vec::new();
    while let Ok(next) = entries.next() {
        if next.done() {
            break;
        }
        let pair: Array = next.value().unchecked_into();
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            fields.push((name, value));
        }
    }
    fields
}

/// The names of the fields whose value differs from what the server rendered. A
/// reader may type before this script has loaded.
pub fn changed(id: &str) -> Vec<String> {
    let Some(found) = form(id).and_then(|form| form.query_selector_all("[name]").ok()) else { return Vec::new() };
    (0..found.length())
        .filter_map(|n| found.item(n)?.dyn_into::<Element>().ok())
        .filter(differs)
        .filter_map(|element| element.get_attribute("name"))
        .collect()
}

fn differs(field: &Element) -> bool {
    if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
        return match input.type_().as_str() {
            "hidden" => false,
            "checkbox" | "radio" => input.checked() != input.default_checked(),
            _ => input.value() != input.default_value(),
        };
    }
    if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
        return area.default_value().is_ok_and(|drawn| drawn != area.value());
    }
    let Ok(options) = field.query_selector_all("option") else { return false };
    let options: Vec<HtmlOptionElement> =
        (0..options.length()).filter_map(|n| options.item(n)?.dyn_into().ok()).collect();
    // If the server selected no option, the browser shows the first.
    let drawn = options.iter().position(HtmlOptionElement::default_selected).unwrap_or(0);
    options.iter().position(HtmlOptionElement::selected).is_some_and(|shown| shown != drawn)
}

/// Sets the value of the form's field with this name, if there is one.
pub fn set_field(id: &str, name: &str, value: &str) {
    let selector = format!("[name=\"{name}\"]");
    let Some(field) = form(id).and_then(|form| form.query_selector(&selector).ok().flatten()) else { return };
    match field.dyn_into::<HtmlInputElement>() {
        Ok(input) => input.set_value(value),
        Err(field) => {
            drop(web_sys::js_sys::Reflect::set(&field, &JsValue::from_str("value"), &JsValue::from_str(value)));
        }
    }
}

/// Replaces the content of the element with this id by HTML that the server
/// rendered.
pub fn put_html(id: &str, html: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.set_inner_html(html);
    }
}

/// Changes the address that the browser shows, without loading another page.
pub fn now_at(path: &str) {
    if let Ok(history) = leptos::prelude::window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Asks before the reader leaves the page, as long as `is_unsaved` returns
/// true.
pub fn ask_before_leaving(is_unsaved: impl Fn() -> bool + 'static) {
    window_event_listener(ev::beforeunload, move |event| {
        if is_unsaved() {
            event.prevent_default();
            // Browsers before 2024 ask only if this is set.
            event.set_return_value("unsaved");
        }
    });
}
