//! Tables as CSV files (RFC 4180) that a spreadsheet opens without running
//! anything.

/// The line of a CSV file with these fields, with its line break (RFC 4180
/// §2). Every field is quoted.
///
/// A spreadsheet reads a field that begins with one of `= + - @`, a tab or a
/// carriage return as a formula, so such a field begins with an apostrophe
/// instead (OWASP, "CSV Injection"). The same is done behind spaces, which some
/// programs skip.
pub fn line<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let fields: Vec<String> = fields.into_iter().map(field).collect();
    format!("{}\r\n", fields.join(","))
}

fn field(text: &str) -> String {
    let is_formula = text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let mark = if is_formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_commas_quotes_and_line_breaks() {
        assert_eq!(
            line(["Amara, Jonas", "60 €", "", "so-called \"fee\""]),
            "\"Amara, Jonas\",\"60 €\",\"\",\"so-called \"\"fee\"\"\"\r\n"
        );
        assert_eq!(line(["two\r\nlines"]), "\"two\r\nlines\"\r\n");
    }

    #[test]
    fn no_field_is_a_formula() {
        for text in ["=1+1", "+49 30", "-2", "@sum", "\t=1", "\r=1", " =1", "＝1"] {
            assert_eq!(line([text]), format!("\"'{text}\"\r\n"), "{text:?}");
        }
        assert_eq!(line(["a=1", "60 €", "’tis"]), "\"a=1\",\"60 €\",\"’tis\"\r\n");
    }
}
