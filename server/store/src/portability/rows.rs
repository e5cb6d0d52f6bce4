//! One row: as it is read from a database, as a line of JSON, and as it is written.
//!
//! In JSON an id is a string with hyphens, bytes are base64, an instant is RFC 3339
//! with microseconds and `Z`, a date is `2026-11-30`, a time `09:30:00`, and an
//! empty value `null`. The members of a line are in the order of the columns, so that the same row
//! is the same line on both databases.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};
use sqlx::Row;
use uuid::Uuid;

use super::catalogue::{Kind, Table};
use crate::{Error, Result};

/// How a wall time is written.
const WALL: &str = "%Y-%m-%dT%H:%M:%S%.f";
/// How a time of day is written.
const TIME: &str = "%H:%M:%S%.f";

/// The value of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Id(Uuid),
    Bytes(Vec<u8>),
    Text(String),
    Number(i64),
    Flag(bool),
    Instant(DateTime<Utc>),
    Wall(NaiveDateTime),
    Date(NaiveDate),
    Time(NaiveTime),
    Json(Json),
}

/// Reads the values of a row in the order of the table's columns.
macro_rules! read_row {
    ($row:expr, $table:expr) => {{
        let row = $row;
        let mut values = Vec::with_capacity($table.columns.len());
        for (at, column) in $table.columns.iter().enumerate() {
            values.push(match column.kind {
                Kind::Id => row.try_get::<Option<uuid::Uuid>, _>(at)?.map(Value::Id),
                Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(at)?.map(Value::Bytes),
                Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Value::Text),
                Kind::Number => row.try_get::<Option<i64>, _>(at)?.map(Value::Number),
                Kind::Flag => row.try_get::<Option<bool>, _>(at)?.map(Value::Flag),
                Kind::Instant => row.try_get::<Option<chrono::DateTime<chrono::Utc>>, _>(at)?.map(Value::Instant),
                Kind::Wall => row.try_get::<Option<chrono::NaiveDateTime>, _>(at)?.map(Value::Wall),
                Kind::Date => row.try_get::<Option<chrono::NaiveDate>, _>(at)?.map(Value::Date),
                Kind::Time => row.try_get::<Option<chrono::NaiveTime>, _>(at)?.map(Value::Time),
                Kind::Json => {
                    row.try_get::<Option<sqlx::types::Json<serde_json::Value>>, _>(at)?.map(|json| Value::Json(json.0))
                }
            });
        }
        values.into_iter().map(|value| value.unwrap_or(Value::Null)).collect::<Vec<Value>>()
    }};
}

/// The values of a row of SQLite.
pub(super) fn of_sqlite(row: &sqlx::sqlite::SqliteRow, table: &Table) -> Result<Vec<Value>> {
    Ok(read_row!(row, table))
}

/// The values of a row of PostgreSQL.
pub(super) fn of_postgres(row: &sqlx::postgres::PgRow, table: &Table) -> Result<Vec<Value>> {
    Ok(read_row!(row, table))
}

impl Value {
    /// The value as JSON.
    fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Id(id) => Json::String(id.to_string()),
            Self::Bytes(bytes) => Json::String(BASE64.encode(bytes)),
            Self::Text(text) => Json::String(text.clone()),
            Self::Number(number) => Json::from(*number),
            Self::Flag(flag) => Json::Bool(*flag),
            Self::Instant(at) => Json::String(at.to_rfc3339_opts(SecondsFormat::Micros, true)),
            Self::Wall(at) => Json::String(at.format(WALL).to_string()),
            Self::Date(date) => Json::String(date.to_string()),
            Self::Time(time) => Json::String(time.format(TIME).to_string()),
            Self::Json(json) => json.clone(),
        }
    }

    /// The value of a column of this kind in JSON; `None`: it is none.
    fn of_json(kind: Kind, json: &Json) -> Option<Self> {
        if kind == Kind::Json {
            // A JSON null in the column and no value are both `null` in a line; the
            // schema has no column in which they differ.
            return Some(if json.is_null() { Self::Null } else { Self::Json(json.clone()) });
        }
        Some(match (kind, json) {
            (_, Json::Null) => Self::Null,
            (Kind::Id, Json::String(text)) => Self::Id(text.parse().ok()?),
            (Kind::Bytes, Json::String(text)) => Self::Bytes(BASE64.decode(text).ok()?),
            (Kind::Text, Json::String(text)) => Self::Text(text.clone()),
            (Kind::Number, Json::Number(number)) => Self::Number(number.as_i64()?),
            (Kind::Flag, Json::Bool(flag)) => Self::Flag(*flag),
            (Kind::Instant, Json::String(text)) => {
                Self::Instant(DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc))
            }
            (Kind::Wall, Json::String(text)) => Self::Wall(NaiveDateTime::parse_from_str(text, WALL).ok()?),
            (Kind::Date, Json::String(text)) => Self::Date(text.parse().ok()?),
            (Kind::Time, Json::String(text)) => Self::Time(NaiveTime::parse_from_str(text, TIME).ok()?),
            _ => return None,
        })
    }

    /// Appends the value in the text format of PostgreSQL's COPY.
    fn write_copy(&self, out: &mut Vec<u8>) {
        let text = match self {
            Self::Null => return out.extend(b"\\N"),
            Self::Bytes(bytes) => {
                out.extend(b"\\\\x");
                out.extend(bytes.iter().flat_map(|byte| hex(*byte)));
                return;
            }
            Self::Flag(flag) => return out.push(if *flag { b't' } else { b'f' }),
            Self::Json(json) => json.to_string(),
            other => match other.to_json() {
                Json::String(text) => text,
                json => json.to_string(),
            },
        };
        for byte in text.bytes() {
            match byte {
                b'\\' => out.extend(b"\\\\"),
                b'\n' => out.extend(b"\\n"),
                b'\r' => out.extend(b"\\r"),
                b'\t' => out.extend(b"\\t"),
                byte => out.push(byte),
            }
        }
    }
}

/// A byte as two hexadecimal digits.
fn hex(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// Appends a row as a line of JSON.
pub(super) fn write_line(values: &[Value], table: &Table, out: &mut Vec<u8>) -> Result<()> {
    let stored = |error: serde_json::Error| Error::Stored(error.to_string());
    out.push(b'{');
    for (at, (value, column)) in values.iter().zip(&table.columns).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, &column.name).map_err(stored)?;
        out.push(b':');
        serde_json::to_writer(&mut *out, &value.to_json()).map_err(stored)?;
    }
    out.extend(b"}\n");
    Ok(())
}

/// The values of a line of JSON in the order of the table's columns. Gives
/// [`Error::Refused`] for a line that is no row of it.
pub(super) fn read_line(line: &[u8], table: &Table) -> Result<Vec<Value>> {
    let wrong = |what: &str| Error::Refused(format!("The archive has a row of “{}” that {what}.", table.name));
    let json: Map<String, Json> = serde_json::from_slice(line).map_err(|_| wrong("is not JSON"))?;
    if json.len() != table.columns.len() {
        return Err(wrong("has other columns"));
    }
    let values = table.columns.iter().map(|column| {
        let json = json.get(&column.name).ok_or_else(|| wrong("has other columns"))?;
        Value::of_json(column.kind, json)
            .ok_or_else(|| wrong(&format!("has a wrong value in the column “{}”", column.name)))
    });
    values.collect()
}

/// Appends a row in the text format of PostgreSQL's COPY.
pub(super) fn write_copy(values: &[Value], out: &mut Vec<u8>) {
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push(b'\t');
        }
        value.write_copy(out);
    }
    out.push(b'\n');
}

/// Binds a row to a statement of SQLite.
pub(super) fn bind(
    mut query: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    values: Vec<Value>,
) -> sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments> {
    for value in values {
        query = match value {
            Value::Null => query.bind(None::<i64>),
            Value::Id(id) => query.bind(id),
            Value::Bytes(bytes) => query.bind(bytes),
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
            Value::Flag(flag) => query.bind(flag),
            Value::Instant(at) => query.bind(at),
            Value::Wall(at) => query.bind(at),
            Value::Date(date) => query.bind(date),
            Value::Time(time) => query.bind(time),
            Value::Json(json) => query.bind(sqlx::types::Json(json)),
        };
    }
    query
}

/// The rows of a table, counted and summed: two tables with the same rows have the
/// same sum, in whatever order they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub rows: u64,
    xor: [u8; 32],
}

impl Sum {
    /// Adds a row by its line, without the line end.
    pub(super) fn add(&mut self, line: &[u8]) {
        self.rows += 1;
        for (sum, byte) in self.xor.iter_mut().zip(Sha256::digest(line)) {
            *sum ^= byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::catalogue::Column, *};

    const KINDS: [Kind; 10] = [
        Kind::Id,
        Kind::Bytes,
        Kind::Text,
        Kind::Number,
        Kind::Flag,
        Kind::Instant,
        Kind::Wall,
        Kind::Date,
        Kind::Time,
        Kind::Json,
    ];

    fn table() -> Table {
        let columns = KINDS.iter().enumerate().map(|(at, kind)| Column { name: format!("c{at}"), kind: *kind });
        Table { name: "things".into(), columns: columns.collect() }
    }

    fn row(text: &str, bytes: Vec<u8>, micros: i64) -> Vec<Value> {
        let at = DateTime::from_timestamp_micros(micros).unwrap();
        vec![
            Value::Id(Uuid::from_u128(7)),
            Value::Bytes(bytes),
            Value::Text(text.to_owned()),
            Value::Number(micros),
            Value::Flag(true),
            Value::Instant(at),
            Value::Wall(at.naive_utc()),
            Value::Date(at.date_naive()),
            Value::Time(at.time()),
            Value::Json(serde_json::json!({"b": [1, null], "a": text})),
        ]
    }

    proptest! {
        #[test]
        fn row_is_read_back_from_its_line(
            text in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..40), micros in 0..4_000_000_000_000_000_i64
        ) {
            let values = row(&text, bytes, micros);
            let mut line = Vec::new();
            write_line(&values, &table(), &mut line).unwrap();
            prop_assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1, "one row is one line");
            prop_assert_eq!(read_line(&line, &table()).unwrap(), values);
        }
    }

    #[test]
    fn line_is_as_the_format_says() {
        let mut line = Vec::new();
        write_line(&row("a\"b", vec![0, 255], 1_800_000_000_000_001), &table(), &mut line).unwrap();
        assert_eq!(
            String::from_utf8(line).unwrap(),
            "{\"c0\":\"00000000-0000-0000-0000-000000000007\",\"c1\":\"AP8=\",\"c2\":\"a\\\"b\",\
             \"c3\":1800000000000001,\"c4\":true,\"c5\":\"2027-01-15T08:00:00.000001Z\",\
             \"c6\":\"2027-01-15T08:00:00.000001\",\"c7\":\"2027-01-15\",\"c8\":\"08:00:00.000001\",\
             \"c9\":{\"a\":\"a\\\"b\",\"b\":[1,null]}}\n"
        );
    }

    #[test]
    fn line_of_another_table_is_refused() {
        let table = table();
        let whole = KINDS.iter().enumerate().map(|(at, _)| format!("\"c{at}\":null")).collect::<Vec<_>>().join(",");
        assert_eq!(read_line(format!("{{{whole}}}").as_bytes(), &table).unwrap(), vec![Value::Null; 10]);
        let wrong = ["", "[]", "{}", "{\"c0\":1}"].map(str::to_owned);
        let extra = format!("{{{whole},\"more\":1}}");
        let no_id = format!("{{{}}}", whole.replace("\"c0\":null", "\"c0\":\"x\""));
        for line in wrong.iter().chain([&extra, &no_id]) {
            let error = read_line(line.as_bytes(), &table).unwrap_err();
            assert!(error.to_string().contains("things"), "{line}: {error}");
        }
    }

    #[test]
    fn copy_format_escapes_what_would_end_a_field() {
        let mut out = Vec::new();
        let values = [Value::Null, Value::Text("a\tb\nc\\N\r".into()), Value::Bytes(vec![1, 171]), Value::Flag(false)];
        write_copy(&values, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "\\N\ta\\tb\\nc\\\\N\\r\t\\\\x01ab\tf\n");
    }

    #[test]
    fn sum_tells_rows_apart_and_not_their_order() {
        let sum = |lines: &[&str]| {
            let mut sum = Sum::default();
            lines.iter().for_each(|line| sum.add(line.as_bytes()));
            sum
        };
        assert_eq!(sum(&["a", "b"]), sum(&["b", "a"]));
        assert_ne!(sum(&["a", "b"]), sum(&["a", "c"]));
        assert_ne!(sum(&["a", "a"]), sum(&[]), "the number of rows is part of it");
    }
}
