//! The files that are made from the tables of crate `wire`: the page of layouts, the table for other languages, the
//! messages both sides check.

mod page;
mod table;
mod vectors;

/// Path from the repository's root and content of each.
pub fn all() -> Vec<(&'static str, String)> {
    vec![
        ("docs/reference/wire-layout.md", page::write()),
        ("python/fairlead/wire/layout.json", table::write()),
        ("vectors/wire/valid.hex", vectors::valid()),
        ("vectors/wire/invalid.hex", vectors::invalid()),
    ]
}

/// What a class is called on the page and in the table.
fn class_name(class: wire::Class) -> &'static str {
    match class {
        wire::Class::ClientCommand => "client command",
        wire::Class::OperatorCommand => "operator command",
        wire::Class::Session => "session",
        wire::Class::Report => "report",
        wire::Class::MarketData => "market data",
    }
}

/// What a form is called.
fn form_name(form: wire::spec::Form) -> &'static str {
    use wire::spec::Form;
    match form {
        Form::U8 => "u8",
        Form::U16 => "u16",
        Form::U32 => "u32",
        Form::U64 => "u64",
        Form::I32 => "i32",
        Form::I64 => "i64",
        Form::I128 => "i128",
        Form::Price => "price",
        Form::Qty => "qty",
        Form::Money => "money",
        Form::Bool => "bool",
        Form::Code | Form::WideCode => "code",
        Form::Mask(_) => "mask",
        Form::Bytes(_) => "bytes",
        Form::Text(_) => "text",
        Form::Count => "count",
    }
}

/// Every list of codes that a kind uses, by name.
fn code_lists() -> std::collections::BTreeMap<&'static str, wire::spec::Codes> {
    let specs = wire::Kind::ALL.iter().map(|kind| kind.spec());
    let rows = specs.flat_map(|spec| spec.rows.into_iter().chain(spec.entry));
    rows.filter_map(|row| row.codes).map(|codes| (codes.name, codes)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_of_one_name_are_one_list() {
        let lists = super::code_lists();
        for kind in wire::Kind::ALL {
            let spec = kind.spec();
            for codes in spec.rows.iter().chain(&spec.entry).filter_map(|row| row.codes.as_ref()) {
                assert_eq!(&lists[codes.name], codes);
            }
        }
    }
}
