//! The same layouts as JSON, for codecs in other languages.

use std::fmt::Write;

use wire::spec::{Row, When};
use wire::{HEADER_SIZE, Kind, VERSION};

/// The table: one row on each line.
pub fn write() -> String {
    let lists: Vec<String> = super::code_lists()
        .values()
        .map(|codes| {
            let values: Vec<String> =
                codes.values.iter().map(|(code, name, _)| format!("[{code}, {}]", text(name))).collect();
            format!("    {}: [{}]", text(codes.name), values.join(", "))
        })
        .collect();
    let kinds: Vec<String> = Kind::ALL.iter().map(|kind| one_kind(*kind)).collect();
    format!(
        "{{\n  \"version\": {VERSION},\n  \"header_size\": {HEADER_SIZE},\n  \"codes\": {{\n{}\n  }},\n  \
         \"kinds\": [\n{}\n  ]\n}}\n",
        lists.join(",\n"),
        kinds.join(",\n")
    )
}

fn one_kind(kind: Kind) -> String {
    let spec = kind.spec();
    format!(
        "    {{\"name\": {}, \"code\": {}, \"class\": {}, \"size\": {}, \"entry_size\": {}, \"entries_max\": {},\n     \
         \"rows\": [{}],\n     \"entry\": [{}]}}",
        text(kind.name()),
        kind.code(),
        text(super::class_name(kind.class())),
        spec.size(),
        spec.entry_size(),
        spec.entries_max,
        rows(&spec.rows),
        rows(&spec.entry)
    )
}

fn rows(rows: &[Row]) -> String {
    let lines: Vec<String> = rows.iter().map(|row| format!("\n      {}", one_row(row))).collect();
    lines.join(",")
}

fn one_row(row: &Row) -> String {
    let mut out = format!(
        "{{\"name\": {}, \"offset\": {}, \"size\": {}, \"form\": {}",
        text(&row.name),
        row.offset,
        row.form.size(),
        text(super::form_name(row.form))
    );
    if let Some(codes) = &row.codes {
        let _ = write!(out, ", \"codes\": {}", text(codes.name));
    }
    match &row.when {
        When::Always => {}
        When::Bit { mask, bit } => {
            let _ = write!(out, ", \"when\": {{\"row\": {mask}, \"bit\": {bit}}}");
        }
        When::Code { row, values } => {
            let _ = write!(out, ", \"when\": {{\"row\": {row}, \"values\": {values:?}}}");
        }
    }
    out.push('}');
    out
}

/// A JSON text; names hold letters, digits and dots only.
fn text(name: &str) -> String {
    debug_assert!(!name.contains(['"', '\\']), "nothing to escape");
    format!("\"{name}\"")
}
