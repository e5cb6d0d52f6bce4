//! Helpers with which the islands read and change the page: forms, fields,
//! focus and the address.

use leptos::{
    ev,
    prelude::{document, window_event_listener},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, Event, FormData, HtmlDocument, HtmlFormElement, HtmlInputElement, HtmlOptionElement, HtmlTextAreaElement,
    js_sys::Array,
};

/// The form with this id.
pub fn form(id: &str) -> Option<HtmlFormElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus to the field with this id and selects its text; `false` if
/// there is no such field.
pub fn focus_and_select(id: &str) -> bool {
    let field = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    if let Some(field) = &field {
        let _ = field.focus();
        field.select();
    }
    field.is_some()
}

/// Selects the text of the field with this id and copies it; `false`: there is no
/// such field, or the browser refuses. It works on pages without TLS as well, where
/// browsers offer no other clipboard.
pub fn copy_text(id: &str) -> bool {
    focus_and_select(id)
        && document().dyn_into::<HtmlDocument>().is_ok_and(|page| page.exec_command("copy").unwrap_or(false))
}

/// Whether the focus is on an element in which the reader types or chooses.
pub fn is_typing() -> bool {
    document()
        .active_element()
        .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// Submits the form of a field, as Enter in the field does.
pub fn submit_form_of(field: Option<HtmlInputElement>) {
    if let Some(form) = field.and_then(|field| field.form()) {
        let _ = form.request_submit();
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

/// The element with this id.
pub fn with_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// The elements within another one that fit a selector.
pub fn children(of: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = of.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|n| found.item(n)?.dyn_into().ok()).collect()
}

/// Hides an element, or shows it again.
pub fn set_hidden(element: &Element, hidden: bool) {
    let _ = element.toggle_attribute_with_force("hidden", hidden);
}

/// Replaces the text of the element with this id.
pub fn put_text(id: &str, text: &str) {
    if let Some(element) = with_id(id) {
        element.set_text_content(Some(text));
    }
}
