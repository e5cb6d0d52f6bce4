//! The form of a note as a browser reads and sends it, for tests.

/// The fields of the form with this id on a page, as a browser without scripts would
/// send them without pressing a button.
pub(crate) fn fields_of(page: &str, id: &str) -> Vec<(String, String)> {
    let form = page.split(&format!("<form id=\"{id}\"")).nth(1).unwrap_or_else(|| panic!("no form {id}: {page}"));
    let mut rest = form.split("</form>").next().unwrap();
    let mut fields = Vec::new();
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let end = rest.find('>').unwrap_or(rest.len() - 1);
        let tag = &rest[..=end];
        rest = &rest[end + 1..];
        let name = attribute(tag, "name");
        if tag.starts_with("<input") {
            let kind = attribute(tag, "type").unwrap_or_default();
            let is_box = kind == "radio" || kind == "checkbox";
            if let Some(name) = name.filter(|_| !is_box || has_flag(tag, "checked")) {
                fields.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("<textarea") {
            let text = rest.split("</textarea>").next().unwrap();
            fields.push((name.expect("a name"), unescape(text.strip_prefix('\n').unwrap_or(text))));
        } else if tag.starts_with("<select") {
            let options = rest.split("</select>").next().unwrap();
            let all: Vec<&str> = options.split("<option").skip(1).collect();
            let chosen = all.iter().find(|option| has_flag(option.split('>').next().unwrap(), "selected"));
            if let Some(option) = chosen.or(all.first()) {
                fields.push((name.expect("a name"), attribute(option, "value").unwrap_or_default()));
            }
        }
    }
    fields
}

/// The value of an attribute of a tag; `None`: the tag has no such attribute.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescape(rest.split('"').next()?))
}

/// Whether a tag has an attribute without a value.
fn has_flag(tag: &str, name: &str) -> bool {
    tag.split_whitespace().any(|word| word.trim_end_matches(['>', '/']) == name)
}

/// A text without character references.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'").replace("&amp;", "&")
}

/// Sets a field of a form.
pub(crate) fn set(form: &mut Vec<(String, String)>, name: &str, value: &str) {
    form.retain(|(n, _)| n != name);
    form.push((name.to_owned(), value.to_owned()));
}

/// The value of a field; empty: there is none.
pub(crate) fn get<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    form.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
}
