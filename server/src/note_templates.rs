//! The note templates that the program contains, embedded as they are written.

use domain::records::note::NoteTemplate;
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../app/note_templates"]
struct Files;

/// All templates, read and checked, each with the name of its file. The error names
/// the file.
pub fn templates() -> Result<Vec<(String, NoteTemplate)>, String> {
    let mut templates = Vec::new();
    for name in Files::iter() {
        let Some(slug) = name.strip_suffix(".toml") else { continue };
        let file = Files::get(&name).ok_or_else(|| format!("{name} is not there"))?;
        let text = std::str::from_utf8(&file.data).map_err(|e| format!("{name}: {e}"))?;
        let template: NoteTemplate = toml::from_str(text).map_err(|e| format!("{name}: {e}"))?;
        if let Some(problem) = template.problem() {
            return Err(format!("{name}: {problem}"));
        }
        templates.push((slug.to_owned(), template));
    }
    Ok(templates)
}

#[cfg(test)]
mod tests {
    use domain::form::Form;

    use super::*;

    #[test]
    fn shipped_templates_are_those_that_are_promised() {
        let templates = templates().unwrap();
        let mut slugs: Vec<&str> = templates.iter().map(|(slug, _)| slug.as_str()).collect();
        slugs.sort_unstable();
        assert_eq!(slugs, ["birp", "couple-session", "dap", "ending", "free-text", "girp", "intake", "soap"]);
        for (slug, template) in &templates {
            assert!(template.sections.iter().any(|section| section.required), "{slug}: an empty note can be signed");
            // The owner's form takes each of them as it is.
            let mut form = Form::default();
            template.fill(&mut form);
            assert_eq!(NoteTemplate::read(&form).as_ref(), Ok(template), "{slug}");
        }
    }

    #[test]
    fn couple_session_has_a_report_and_a_risk_of_each_partner_and_one_for_an_individual() {
        let templates = templates().unwrap();
        let (_, couple) = templates.iter().find(|(slug, _)| slug == "couple-session").unwrap();
        let keys = |names: &[&str]| -> Vec<String> {
            couple.for_people(names).sections.into_iter().map(|section| section.key).collect()
        };
        let both = keys(&["Amara Nwosu", "Jonas Weber"]);
        assert_eq!(both, ["report-a", "report-b", "between", "interventions", "risk-a", "risk-b", "goals", "plan"]);
        assert!(!keys(&["Amara Nwosu"]).contains(&"risk-b".to_owned()));
    }
}
