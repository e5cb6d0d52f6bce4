//! The schema of each database as a file that people read: `migrations/schema.sqlite.sql`
//! and `migrations/schema.postgres.sql`. Nothing applies these files; a change of the schema
//! is reviewed as their diff.

use sqlx::Connection as _;
use tests::{Backend, World};

/// Compares what was printed with the file in `migrations`; writes the file and fails
/// where they differ.
fn compare(file: &str, printed: &str) {
    let path = format!("{}/../migrations/{file}", env!("CARGO_MANIFEST_DIR"));
    if std::fs::read_to_string(&path).unwrap_or_default() != printed {
        std::fs::write(&path, printed).unwrap();
        panic!("the schema changed: look at the diff of migrations/{file}, and commit it if it is meant");
    }
}

/// SQL without comments, each run of white space as one space.
fn plain(sql: &str) -> String {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap());
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ").replace("( ", "(").replace(" )", ")")
}

/// The items of a list, divided at the commas outside of brackets and quotes.
fn items(list: &str) -> Vec<&str> {
    let (mut found, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_i32, false);
    for (at, c) in list.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                found.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(list[start..].trim());
    found
}

/// A `CREATE TABLE` with one column or constraint on each line.
fn table(sql: &str) -> String {
    let sql = plain(sql);
    let (head, rest) = sql.split_once('(').unwrap();
    let (body, tail) = rest.rsplit_once(')').unwrap();
    let body = items(body).join(",\n    ");
    format!("{} (\n    {body}\n){};\n", head.trim(), tail.trim_end())
}

/// A trigger with its condition and each statement on a line of its own.
fn trigger(sql: &str) -> String {
    let sql = plain(sql);
    let (head, rest) = sql.split_once(" BEGIN ").unwrap();
    let body = rest.strip_suffix("END").unwrap().trim();
    let head = head.replacen(" WHEN ", "\nWHEN ", 1);
    format!("{head}\nBEGIN\n    {}\nEND;\n", body.replace("; ", ";\n    "))
}

#[tokio::test]
async fn the_sqlite_schema_is_the_printed_one() {
    let world = World::new(Backend::Sqlite).await;
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT type, sql FROM sqlite_schema
         WHERE sql IS NOT NULL AND tbl_name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND tbl_name NOT LIKE 'sqlite%'
         ORDER BY tbl_name, CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, name",
    )
    .fetch_all(&mut c)
    .await
    .unwrap();
    let mut text = String::from("-- Printed by a test; nothing applies this file.\n");
    for (kind, sql) in rows {
        match kind.as_str() {
            "table" => text += &format!("\n{}", table(&sql)),
            "trigger" => text += &trigger(&sql),
            _ => text += &format!("{};\n", plain(&sql)),
        }
    }
    compare("schema.sqlite.sql", &text);
}

/// All of a schema but its columns: kind, the table that it belongs to, and its definition.
const PARTS: &str = "
    SELECT '2 constraint', r.relname::text, k.conname::text,
           format('ALTER TABLE %I ADD CONSTRAINT %I %s', r.relname, k.conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid
    WHERE r.relnamespace = 'public'::regnamespace AND k.contype <> 'n'
    UNION ALL
    SELECT '3 index', r.relname::text, i.relname::text, pg_get_indexdef(i.oid)
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid
    WHERE r.relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT '4 trigger', r.relname::text, t.tgname::text, pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
    WHERE r.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal";

#[tokio::test]
async fn the_postgres_schema_is_the_printed_one() {
    let world = World::new(Backend::Postgres).await;
    let mut c = sqlx::PgConnection::connect(&world.address_text).await.unwrap();
    let extensions: Vec<String> =
        sqlx::query_scalar("SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1")
            .fetch_all(&mut c)
            .await
            .unwrap();
    let functions: Vec<String> = sqlx::query_scalar(
        "SELECT pg_get_functiondef(p.oid) FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
         ORDER BY p.proname",
    )
    .fetch_all(&mut c)
    .await
    .unwrap();
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT r.relname::text,
                format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
                || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
                || COALESCE(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
         FROM pg_class r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
           LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
         WHERE r.relnamespace = 'public'::regnamespace AND r.relkind = 'r' AND r.relname NOT LIKE '\\_sqlx%'
         ORDER BY r.relname COLLATE \"C\", a.attnum",
    )
    .fetch_all(&mut c)
    .await
    .unwrap();
    let parts: Vec<(String, String, String, String)> = sqlx::query_as(PARTS).fetch_all(&mut c).await.unwrap();
    let mut text = String::from("-- Printed by a test; nothing applies this file.\n\n");
    for extension in extensions {
        text += &format!("CREATE EXTENSION {extension};\n");
    }
    for function in functions {
        let lines: Vec<&str> =
            function.lines().map(str::trim_end).filter(|l| !l.trim_start().starts_with("--")).collect();
        text += &format!("\n{};\n", lines.join("\n").trim_end());
    }
    let mut tables: Vec<&String> = columns.iter().map(|(table, _)| table).collect();
    tables.dedup();
    for table in tables {
        let own: Vec<&str> = columns.iter().filter(|(t, _)| t == table).map(|(_, column)| column.as_str()).collect();
        text += &format!("\nCREATE TABLE {table} (\n    {}\n);\n", own.join(",\n    "));
        let mut own: Vec<_> = parts.iter().filter(|(_, t, ..)| t == table).collect();
        own.sort();
        for (.., definition) in own {
            text += &format!("{definition};\n");
        }
    }
    compare("schema.postgres.sql", &text);
}

/// The catalogue by which the whole practice is read and written: each column of the
/// schema with its type on PostgreSQL, in the words of `store::Kind`.
#[tokio::test]
async fn the_catalogue_of_columns_is_the_printed_one() {
    let world = World::new(Backend::Postgres).await;
    let mut c = sqlx::PgConnection::connect(&world.address_text).await.unwrap();
    let columns: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text
         FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'
         ORDER BY table_name COLLATE \"C\", ordinal_position",
    )
    .fetch_all(&mut c)
    .await
    .unwrap();
    let mut printed = String::new();
    for (table, column, name) in columns {
        let kind = store::Kind::of_postgres(&name).unwrap_or_else(|| panic!("{table}.{column} is a {name}"));
        let word = serde_json::to_value(kind).unwrap();
        printed.push_str(&format!("{table} {column} {}\n", word.as_str().unwrap()));
    }
    let path = format!("{}/../server/store/src/portability/columns.txt", env!("CARGO_MANIFEST_DIR"));
    if std::fs::read_to_string(&path).unwrap_or_default() != printed {
        std::fs::write(&path, printed).unwrap();
        panic!("the catalogue of columns changed: look at its diff, and commit it if it is meant");
    }
}
