//! Form fields whose label, hint and error are connected for screen readers, and
//! the error summary of a refused form.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{form::needs_label, zone, zone_names};
use leptos::prelude::*;

use super::FormState;
use crate::{say, words::words};

/// A form field, for example `Field::new(&state, "name", "Your
/// name").hint("…").text()`.
pub struct Field<'a> {
    state: &'a FormState,
    name: String,
    label: String,
    hint: String,
    required: bool,
    /// Whether an optional field is marked as optional.
    marked: bool,
    autocomplete: &'static str,
    /// The suffix of the ids that tells several forms of a page apart.
    within: String,
}

impl<'a> Field<'a> {
    /// A field that is optional and has no hint; its value and error come from
    /// `state`.
    pub fn new(state: &'a FormState, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            state,
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            required: false,
            marked: true,
            autocomplete: "off",
            within: String::new(),
        }
    }

    /// Adds a hint below the label.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Makes the field required.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Removes the mark "optional", for a field that depends on another one.
    pub fn unmarked(mut self) -> Self {
        self.marked = false;
        self
    }

    /// Sets the attribute `autocomplete`, which is "off" by default.
    pub fn autocomplete(mut self, value: &'static str) -> Self {
        self.autocomplete = value;
        self
    }

    /// Makes the field's id unique on a page that has the same form several
    /// times.
    pub fn within(mut self, form: impl std::fmt::Display) -> Self {
        self.within = format!("-{form}");
        self
    }

    /// The id of the control.
    fn id(&self) -> String {
        format!("{}{}", id(&self.name), self.within)
    }

    /// The field's error.
    fn error(&self) -> Option<String> {
        self.state.errors.message(&self.name).map(|message| words().sentence(message))
    }

    /// The ids of the hint and the error; `None` if the field has neither.
    fn described(&self) -> Option<String> {
        let id = self.id();
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{id}-hint"));
        }
        if self.error().is_some() {
            ids.push(format!("{id}-error"));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// The value of `aria-invalid`; `None` without an error.
    fn invalid(&self) -> Option<&'static str> {
        self.error().map(|_| "true")
    }

    /// The hint and the error.
    fn notes(&self) -> AnyView {
        let id = self.id();
        let hint = (!self.hint.is_empty())
            .then(|| view! { <p class="hint" id=format!("{id}-hint")>{self.hint.clone()}</p> }.into_any());
        let error = self.error().map(|e| view! { <p class="error" id=format!("{id}-error")>{e}</p> }.into_any());
        view! { {hint}{error} }.into_any()
    }

    /// Puts label, hint and error before a control.
    fn wrap(&self, control: AnyView) -> AnyView {
        let optional = (self.marked && !self.required)
            .then(|| view! { <span class="optional">" "{say!(words(), "form-optional")}</span> }.into_any());
        view! {
            <div class="field">
                <label for=self.id()>{self.label.clone()}{optional}</label>
                {self.notes()}
                {control}
            </div>
        }
        .into_any()
    }

    /// An input of this type; a password is never shown again.
    fn input(&self, kind: &'static str) -> AnyView {
        let value = if kind == "password" { String::new() } else { self.state.form.get(&self.name).to_owned() };
        self.wrap(
            view! {
                <input id=self.id() name=self.name.clone() type=kind value=value autocomplete=self.autocomplete
                    required=self.required aria-describedby=self.described() aria-invalid=self.invalid()/>
            }
            .into_any(),
        )
    }

    /// Renders a text field.
    pub fn text(self) -> AnyView {
        self.input("text")
    }

    /// Renders a field for an email address. Only the server checks it:
    /// browsers refuse valid addresses (maría@…) with messages of their own,
    /// and change the domain of others.
    pub fn email(self) -> AnyView {
        let value = self.state.form.get(&self.name).to_owned();
        self.wrap(
            view! {
                <input id=self.id() name=self.name.clone() type="text" inputmode="email" autocapitalize="none" spellcheck="false" value=value
                    autocomplete=self.autocomplete required=self.required aria-describedby=self.described() aria-invalid=self.invalid()/>
            }
            .into_any(),
        )
    }

    /// Renders a field for a phone number.
    pub fn tel(self) -> AnyView {
        self.input("tel")
    }

    /// Renders a password field, which never shows the typed text again.
    pub fn password(self) -> AnyView {
        self.input("password")
    }

    /// Renders a date field.
    pub fn date(self) -> AnyView {
        self.input("date")
    }

    /// Renders a time field.
    pub fn time(self) -> AnyView {
        self.input("time")
    }

    /// Renders a field for a number from `min` to `max`.
    pub fn number(self, min: i64, max: i64) -> AnyView {
        self.wrap(
            view! {
                <input id=self.id() name=self.name.clone() type="number" min=min max=max class="short" value=self.state.form.get(&self.name).to_owned()
                    required=self.required aria-describedby=self.described() aria-invalid=self.invalid()/>
            }
            .into_any(),
        )
    }

    /// Renders a text area with this number of rows.
    pub fn area(self, rows: u32) -> AnyView {
        self.wrap(
            view! {
                <textarea id=self.id() name=self.name.clone() rows=rows required=self.required
                    aria-describedby=self.described() aria-invalid=self.invalid()>{raw_text(self.state.form.get(&self.name))}</textarea>
            }
            .into_any(),
        )
    }

    /// Renders a select field; `options` are values and labels.
    pub fn select(self, options: Vec<(String, String)>) -> AnyView {
        let chosen = self.state.form.get(&self.name).to_owned();
        let options: Vec<AnyView> = options
            .into_iter()
            .map(|(value, text)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{text}</option> }.into_any()
            })
            .collect();
        self.wrap(
            view! {
                <select id=self.id() name=self.name.clone() required=self.required aria-describedby=self.described() aria-invalid=self.invalid()>{options}</select>
            }
            .into_any(),
        )
    }

    /// Renders radio buttons; `options` are values and labels.
    pub fn radios(self, options: Vec<(String, String)>) -> AnyView {
        self.group("radio", options)
    }

    /// Renders tick boxes with the same name; `options` are values and labels.
    pub fn ticks(self, options: Vec<(String, String)>) -> AnyView {
        self.group("checkbox", options)
    }

    /// Renders a fieldset of radio buttons or tick boxes.
    fn group(self, kind: &'static str, options: Vec<(String, String)>) -> AnyView {
        let id = self.id();
        let options: Vec<AnyView> = options
            .into_iter()
            .enumerate()
            .map(|(n, (value, text))| {
                let own = if n == 0 { id.clone() } else { format!("{id}-{n}") };
                let checked = self.state.form.all(&self.name).any(|v| v == value);
                view! {
                    <label class="choice" for=own.clone()>
                        <input id=own.clone() type=kind name=self.name.clone() value=value checked=checked/>
                        <span>{text}</span>
                    </label>
                }
                .into_any()
            })
            .collect();
        view! {
            <fieldset class="field" aria-describedby=self.described()>
                <legend>{self.label.clone()}</legend>
                {self.notes()}
                <div class="choices">{options}</div>
            </fieldset>
        }
        .into_any()
    }

    /// Renders a single tick box.
    pub fn tick(self) -> AnyView {
        let checked = !self.state.form.get(&self.name).is_empty();
        view! {
            <div class="field field-tick">
                <label class="choice" for=self.id()>
                    <input id=self.id() type="checkbox" name=self.name.clone() value="yes" checked=checked aria-describedby=self.described()/>
                    <span>{self.label.clone()}</span>
                </label>
                {self.notes()}
            </div>
        }
        .into_any()
    }
}

/// The id of a field's control, to which an error summary links.
pub fn id(name: &str) -> String {
    format!("f-{}", name.replace('.', "-"))
}

/// Makes the form keys of a page. The server puts it into the context in which
/// the page is rendered.
#[derive(Clone)]
pub struct FormKeys(pub std::sync::Arc<dyn Fn() -> String + Send + Sync>);

/// The hidden field with the form key, with which a form that is sent twice
/// acts only once. Every form with the method POST begins with it. It is empty
/// if the page is rendered without [`FormKeys`], as in tests.
pub fn form_key() -> AnyView {
    let key = use_context::<FormKeys>().map(|FormKeys(fresh)| fresh()).unwrap_or_default();
    view! { <input type="hidden" name="key" value=key autocomplete="off"/> }.into_any()
}

/// Escapes the content of a text area. Leptos treats it as raw text and escapes
/// nothing there, but browsers read character references in it (RCDATA) and
/// drop a first line break.
pub fn raw_text(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    if escaped.starts_with('\n') { format!("\n{escaped}") } else { escaped }
}

/// The beginning of the list in an error summary, as HTML.
const ERROR_LIST: &str = "<ul class=\"errors\">";

/// The list of a refused form's errors with a link to each field; empty without
/// errors. The errors are in no particular order: when the page is finished,
/// [`errors_in_page_order`] puts them into the order of the fields.
pub fn error_summary(state: &FormState) -> AnyView {
    if state.errors.is_empty() {
        return ().into_any();
    }
    let errors: Vec<AnyView> = state
        .errors
        .iter()
        .map(|(name, message)| {
            let message = words().sentence(message);
            if name.is_empty() {
                view! { <li>{message}</li> }.into_any()
            } else {
                view! { <li><a href=format!("#{}", id(name))>{message}</a></li> }.into_any()
            }
        })
        .collect();
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus>
            <h2>{say!(words(), "form-errors")}</h2>
            <ul class="errors">{errors}</ul>
        </div>
    }
    .into_any()
}

/// The page with each error summary in the order of its fields, which only the
/// finished page knows: errors of the whole form first, then those of fields from
/// top to bottom. An error that is understood only beside its field gets the
/// field's label before it.
pub fn errors_in_page_order(page: &str) -> String {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (at, found) in page.match_indices(" id=\"") {
        let id = page[at + found.len()..].split('"').next().unwrap_or_default();
        places.entry(id).or_insert(at);
    }
    let mut parts = page.split(ERROR_LIST);
    let mut sorted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        sorted.push_str(ERROR_LIST);
        let (list, rest) = part.split_at(part.find("</ul>").unwrap_or(part.len()));
        let mut items: Vec<&str> = list.split_inclusive("</li>").collect();
        // An item without a link is about the whole form. What is no item is a
        // mark of the renderer at the end of the list.
        items.sort_by_key(|item| match linked_id(item) {
            Some(id) => places.get(id).copied().unwrap_or(usize::MAX),
            None if item.contains("</li>") => 0,
            None => usize::MAX,
        });
        for item in items {
            let is_lost = linked_id(item).is_some_and(|id| !places.contains_key(id));
            match (is_lost, label_of(page, item)) {
                (true, _) => sorted.push_str(&without_link(item)),
                (false, Some((link, label, message))) => sorted.push_str(&format!("{link}{label}: {message}")),
                (false, None) => sorted.push_str(item),
            }
        }
        sorted.push_str(rest);
    }
    sorted
}

/// An item of an error summary as plain text: its field is not on the page, as
/// that of a hidden field whose value was changed by hand.
fn without_link(item: &str) -> String {
    let Some((before, link)) = item.split_once("<a href=\"#") else { return item.to_owned() };
    let text = link.split_once('>').map_or("", |(_, text)| text);
    format!("{before}{}", text.replacen("</a>", "", 1))
}

/// The id to which an item of an error summary links; `None`: it has no link.
fn linked_id(item: &str) -> Option<&str> {
    item.split_once("<a href=\"#")?.1.split('"').next()
}

/// An item of an error summary whose message needs the label of its field, as three
/// pieces of HTML: the item up to the message, the label, and the message with the
/// rest. `None`: the message names its field.
fn label_of<'a>(page: &'a str, item: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
    let id = linked_id(item)?;
    let at = item.find("\">")? + 2;
    let (link, message) = item.split_at(at);
    if !needs_label(message.split('<').next()?) {
        return None;
    }
    let label = page.split_once(&format!("<label for=\"{id}\">"))?.1.split('<').next()?;
    (!label.is_empty()).then_some((link, label, message))
}

/// The instant at which a page is rendered. The server puts it into the context in
/// which the page is rendered.
#[derive(Clone, Copy)]
pub struct RenderedAt(pub DateTime<Utc>);

/// A field for a time zone, with a list to choose from that narrows while a place is
/// typed. The form sends the place ("London (UTC+0)"), which
/// [`domain::form::Reader::zone`] reads. Offsets are those of the context's
/// [`RenderedAt`]; without it, as in tests, those of the first day of 2026.
pub fn zone_select(state: &FormState, name: &str, label: &str) -> AnyView {
    let at = use_context::<RenderedAt>().map_or(DEFAULT_DAY, |RenderedAt(at)| at);
    let typed = state.form.get(name);
    // A zone that is stored is shown as it is offered; other text as it was typed.
    let value = zone_names::find(typed).map_or_else(|| typed.to_owned(), |zone| zone_names::label(&zone, at));
    let options: Vec<AnyView> = zone::all()
        .iter()
        .map(|zone| view! { <option value=zone_names::label(zone, at)></option> }.into_any())
        .collect();
    let field = Field::new(state, name, label).hint(say!(words(), "form-zone-hint")).required();
    let list = format!("{}-list", field.id());
    field.wrap(
        view! {
            <input id=field.id() name=name.to_owned() type="text" list=list.clone() value=value autocomplete="off" spellcheck="false"
                required aria-describedby=field.described() aria-invalid=field.invalid()/>
            <datalist id=list>{options}</datalist>
        }
        .into_any(),
    )
}

/// The day whose offsets are shown where no day is known.
const DEFAULT_DAY: DateTime<Utc> = match DateTime::from_timestamp(1_767_225_600, 0) {
    Some(at) => at,
    None => DateTime::UNIX_EPOCH,
};

#[cfg(test)]
mod tests {
    use domain::form::Form;

    use super::*;

    #[test]
    fn errors_are_listed_in_the_order_of_the_fields_on_the_page() {
        let mut state = FormState::new(Form::default());
        for (field, message) in
            [("a", "Enter A."), ("b.x", "Use at most 3 characters."), ("c", "Choose C."), ("", "It is taken.")]
        {
            state.errors.add(field, message);
        }
        let page = view! {
            <main>
                {error_summary(&state)}
                {Field::new(&state, "c", "C").radios(vec![("1".into(), "One".into())])}
                {Field::new(&state, "b.x", "The <B>").text()}
                {Field::new(&state, "a", "A").area(2)}
            </main>
        };
        let html = errors_in_page_order(&page.to_html());
        let summary = html.split_once("</h2>").unwrap().1.split_once("</ul>").unwrap().0;
        let texts: Vec<&str> =
            summary.split('>').filter_map(|t| t.split('<').next()).filter(|t| !t.is_empty()).collect();
        assert_eq!(texts, ["It is taken.", "Choose C.", "The &lt;B&gt;: Use at most 3 characters.", "Enter A."]);
        assert_eq!(html.matches("Enter A.").count(), 2, "nothing is lost: {html}");
        assert_eq!(errors_in_page_order("<p>No errors</p>"), "<p>No errors</p>");
        // An error without a field on the page is no link.
        let lost = format!("{ERROR_LIST}<li><a href=\"#f-gone\">Choose it again.</a></li></ul>");
        assert_eq!(errors_in_page_order(&lost), format!("{ERROR_LIST}<li>Choose it again.</li></ul>"));
    }

    #[test]
    fn stored_zone_is_shown_with_its_offset_and_typed_text_as_it_was_typed() {
        let html = |zone: &str| {
            let state = FormState::new(Form::from_pairs([("zone", zone)]));
            Owner::new().with(|| zone_select(&state, "zone", "Time zone").to_html())
        };
        assert!(html("Europe/London").contains("value=\"London (UTC+0)\""), "{}", html("Europe/London"));
        assert!(html("Atlantis").contains("value=\"Atlantis\""));
        assert!(!html("").contains("LHI") && html("").contains("<option value=\"Lord Howe ("));
    }

    #[test]
    fn typed_text_cannot_break_out_of_its_field() {
        let typed = "\"></textarea><script>alert(1)</script>&lt;";
        let state = FormState::new(Form::from_pairs([("x", typed)]));
        for html in [
            Field::new(&state, "x", "X").area(3).to_html(),
            Field::new(&state, "x", typed).hint(typed).text().to_html(),
        ] {
            assert!(!html.contains("<script"), "{html}");
        }
        assert_eq!(raw_text("\na < b &amp;"), "\n\na &lt; b &amp;amp;");
    }
}
