//! The page of layouts, for people.

use std::fmt::Write;

use wire::spec::{Form, Row, When};
use wire::{HEADER_SIZE, Kind, VERSION};

/// The page as Markdown.
pub fn write() -> String {
    let mut page = format!(
        "# Layouts of the binary protocol, version {VERSION}\n\n\
         Written by `cargo run -p xtask -- wire` from the tables of crate `wire`; what the words mean is on\n\
         [wire](wire.md). Offsets count from the start of the body, {HEADER_SIZE} bytes after that of the message. Sizes \
         are bytes.\n\n\
         ## Kinds\n\n| code | kind | part of | body | |\n|--:|---|---|--:|---|\n"
    );
    for kind in Kind::ALL {
        let spec = kind.spec();
        let list = if spec.entry.is_empty() { String::new() } else { format!(" + n x {}", spec.entry_size()) };
        let (class, doc) = (super::class_name(kind.class()), kind.doc());
        line(&mut page, &format!("| {} | {} | {class} | {}{list} | {doc} |", kind.code(), kind.name(), spec.size()));
    }
    for kind in Kind::ALL {
        let spec = kind.spec();
        line(&mut page, &format!("\n## {} ({})\n", kind.name(), kind.code()));
        line(&mut page, kind.doc());
        if !spec.rows.is_empty() {
            rows(&mut page, &spec.rows);
        }
        if !spec.entry.is_empty() {
            line(&mut page, &format!("\nThen at most {} entries of {} bytes:", spec.entries_max, spec.entry_size()));
            rows(&mut page, &spec.entry);
        }
    }
    line(&mut page, "\n## Codes");
    for codes in super::code_lists().values() {
        line(&mut page, &format!("\n### {}\n", codes.name));
        for (code, name, doc) in &codes.values {
            let doc = if doc.is_empty() { String::new() } else { format!(": {doc}") };
            line(&mut page, &format!("- {code} {name}{doc}"));
        }
    }
    page
}

fn line(page: &mut String, text: &str) {
    let _ = writeln!(page, "{text}");
}

fn rows(page: &mut String, rows: &[Row]) {
    line(page, "\n| offset | size | field | type | counts | |\n|--:|--:|---|---|---|---|");
    for row in rows {
        let counts = match &row.when {
            When::Always => String::new(),
            When::Bit { mask, bit } => format!("{} bit {bit}", rows[*mask].name),
            When::Code { row, values } => format!("{} in {values:?}", rows[*row].name),
        };
        let form = match (&row.codes, row.form) {
            (Some(codes), _) => format!("[{}](#{})", codes.name, codes.name.to_lowercase()),
            (None, Form::Text(_)) => "text".to_owned(),
            (None, form) => super::form_name(form).to_owned(),
        };
        let Row { name, offset, doc, .. } = row;
        line(page, &format!("| {offset} | {} | {name} | {form} | {counts} | {doc} |", row.form.size()));
    }
}
