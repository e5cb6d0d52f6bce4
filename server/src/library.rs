//! The exercises that the program ships, embedded as they are written.

use domain::exercise::Document;
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../app/library"]
struct Files;

/// Every exercise, read and checked. An error names the file.
pub fn documents() -> Result<Vec<Document>, String> {
    let mut documents = Vec::new();
    for name in Files::iter().filter(|name| name.ends_with(".toml")) {
        let file = Files::get(&name).ok_or_else(|| format!("{name} is not there"))?;
        let text = std::str::from_utf8(&file.data).map_err(|e| format!("{name}: {e}"))?;
        let document: Document = toml::from_str(text).map_err(|e| format!("{name}: {e}"))?;
        if let Some(problem) = document.problems().first() {
            return Err(format!("{name}: {problem}"));
        }
        documents.push(document);
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_exercise_can_be_read() {
        let documents = super::documents().unwrap();
        assert!(documents.len() > 10, "{}", documents.len());
    }
}
