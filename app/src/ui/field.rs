//! Form fields whose label, hint and error are connected for screen readers.

use domain::zone;
use leptos::prelude::*;

use super::FormState;

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
        self.state.errors.message(&self.name).map(str::to_owned)
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
        let optional =
            (self.marked && !self.required).then(|| view! { <span class="optional">" optional"</span> }.into_any());
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

/// The list of a refused form's errors with a link to each field; empty without
/// errors.
pub fn error_summary(state: &FormState) -> AnyView {
    if state.errors.is_empty() {
        return ().into_any();
    }
    let errors: Vec<AnyView> = state
        .errors
        .iter()
        .map(|(name, message)| {
            let message = message.to_owned();
            if name.is_empty() {
                view! { <li>{message}</li> }.into_any()
            } else {
                view! { <li><a href=format!("#{}", id(name))>{message}</a></li> }.into_any()
            }
        })
        .collect();
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus>
            <h2>"Please look at this again"</h2>
            <ul>{errors}</ul>
        </div>
    }
    .into_any()
}

/// A select field with all time zones, grouped by region.
pub fn zone_select(state: &FormState, name: &str, label: &str) -> AnyView {
    let chosen = state.form.get(name).to_owned();
    let mut groups: Vec<(String, Vec<AnyView>)> = Vec::new();
    for zone in zone::all() {
        let region = zone.name().split('/').next().unwrap_or("").to_owned();
        let selected = zone.name() == chosen;
        let text =
            zone.name().split_once('/').map_or(zone.name(), |(_, rest)| rest).replace('_', " ").replace('/', ", ");
        let option = view! { <option value=zone.name().to_owned() selected=selected>{text}</option> }.into_any();
        match groups.last_mut() {
            Some((last, options)) if *last == region => options.push(option),
            _ => groups.push((region, vec![option])),
        }
    }
    let none = (chosen.is_empty() || !zone::all().iter().any(|z| z.name() == chosen))
        .then(|| view! { <option value="" selected=true>"Please choose"</option> }.into_any());
    let groups: Vec<AnyView> = groups
        .into_iter()
        .map(|(region, options)| view! { <optgroup label=region>{options}</optgroup> }.into_any())
        .collect();
    let field = Field::new(state, name, label).required();
    field.wrap(
        view! {
            <select id=field.id() name=name.to_owned() required aria-describedby=field.described() aria-invalid=field.invalid()>{none}{groups}</select>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use domain::form::Form;

    use super::*;

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
