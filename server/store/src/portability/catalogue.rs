//! The tables of the schema with the types of their columns.
//!
//! SQLite keeps an id and a file both as BLOB, and a time and a name both as TEXT: what
//! a column holds is not to be seen there. The catalogue says it for both databases. A
//! test prints it from the schema on PostgreSQL.

use serde::{Deserialize, Serialize};

/// The catalogue as the test prints it: a line for each column, with its table, its
/// name and its type.
const PRINTED: &str = include_str!("columns.txt");

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A UUID.
    Id,
    /// Bytes, such as a sealed value.
    Bytes,
    Text,
    Number,
    Flag,
    /// An instant in UTC, to the microsecond.
    Instant,
    /// A date and time of the wall clock, without a zone.
    Wall,
    Date,
    Time,
    Json,
}

impl Kind {
    /// The kind of a column with this type on PostgreSQL; `None`: the schema has no
    /// such type.
    pub fn of_postgres(name: &str) -> Option<Self> {
        Some(match name {
            "uuid" => Self::Id,
            "bytea" => Self::Bytes,
            "text" => Self::Text,
            "bigint" => Self::Number,
            "boolean" => Self::Flag,
            "timestamp with time zone" => Self::Instant,
            "timestamp without time zone" => Self::Wall,
            "date" => Self::Date,
            "time without time zone" => Self::Time,
            "jsonb" => Self::Json,
            _ => return None,
        })
    }

    /// The kind with this word of the catalogue.
    fn of_word(word: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// A table with its columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
}

impl Table {
    /// The names of the columns, quoted, with commas between them.
    pub(super) fn column_list(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        names.join(", ")
    }
}

/// Every table of this program's schema, by name.
pub(super) fn tables() -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for line in PRINTED.lines() {
        let mut words = line.split(' ');
        let (Some(table), Some(name), Some(kind)) = (words.next(), words.next(), words.next().and_then(Kind::of_word))
        else {
            continue;
        };
        let column = Column { name: name.to_owned(), kind };
        match tables.last_mut().filter(|last| last.name == table) {
            Some(last) => last.columns.push(column),
            None => tables.push(Table { name: table.to_owned(), columns: vec![column] }),
        }
    }
    tables
}

/// A name as SQL quotes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_catalogue_is_a_column() {
        let tables = tables();
        let columns: usize = tables.iter().map(|table| table.columns.len()).sum();
        assert_eq!(columns, PRINTED.lines().count());
        let answer = tables.iter().find(|table| table.name == "answer").unwrap();
        let kind = |name: &str| answer.columns.iter().find(|column| column.name == name).unwrap().kind;
        assert_eq!((kind("id"), kind("body"), kind("shared_at")), (Kind::Id, Kind::Bytes, Kind::Instant));
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
    }
}
