//! What the layout tables say, as data: the specification page and other languages' codecs are made from it.

use crate::field::{Entry, Field};

/// How a field's bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Unsigned.
    U8,
    /// Unsigned.
    U16,
    /// Unsigned.
    U32,
    /// Unsigned.
    U64,
    /// Two's complement.
    I32,
    /// Two's complement.
    I64,
    /// Two's complement.
    I128,
    /// An `i64`: a mantissa at the instrument's price decimals.
    Price,
    /// An `i64`: a mantissa at the instrument's quantity decimals.
    Qty,
    /// An `i128`: a mantissa at the asset's decimals.
    Money,
    /// One byte, 0 or 1.
    Bool,
    /// One byte, a code of a list.
    Code,
    /// Two bytes, a code of a list.
    WideCode,
    /// Which of the optional fields of the block are there, one bit each from the lowest; so many bytes.
    Mask(usize),
    /// Bytes as they are.
    Bytes(usize),
    /// Printable ASCII padded with zeros.
    Text(usize),
    /// How many entries follow the fixed part, as `u16`.
    Count,
}

impl Form {
    /// Bytes.
    pub fn size(self) -> usize {
        match self {
            Form::U8 | Form::Bool | Form::Code => 1,
            Form::U16 | Form::WideCode | Form::Count => 2,
            Form::U32 | Form::I32 => 4,
            Form::U64 | Form::I64 | Form::Price | Form::Qty => 8,
            Form::I128 | Form::Money => 16,
            Form::Mask(size) | Form::Bytes(size) | Form::Text(size) => size,
        }
    }
}

/// The meaning of the numbers of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes {
    /// Names the list; equal names, equal lists.
    pub name: &'static str,
    /// Number, name and what it says, where the name does not say it all.
    pub values: Vec<(u16, &'static str, &'static str)>,
}

/// When a field counts; otherwise its bytes are zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// Where a bit of a presence mask is set.
    Bit {
        /// Which mask, as an index of a row.
        mask: usize,
        /// Which bit, from the lowest.
        bit: u32,
    },
    /// Where a code has one of these values.
    Code {
        /// Which code, as an index of a row.
        row: usize,
        /// The values.
        values: &'static [u8],
    },
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name; those of fields of a block within a block are joined by dots.
    pub name: String,
    /// Where it starts in its block.
    pub offset: usize,
    /// How its bytes are read.
    pub form: Form,
    /// When it counts.
    pub when: When,
    /// What its codes mean, where it is one.
    pub codes: Option<Codes>,
    /// What it says.
    pub doc: &'static str,
}

/// The layout of a block and of the entries of its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// The fixed part.
    pub rows: Vec<Row>,
    /// One entry of the list, where there is one.
    pub entry: Vec<Row>,
    /// Most entries.
    pub entries_max: usize,
    offset: usize,
    prefix: String,
    when: Option<When>,
}

impl Spec {
    /// The layout of a block.
    pub fn of<T: Field>() -> Spec {
        let mut spec = Spec::default();
        T::describe(&mut spec, "", "");
        debug_assert_eq!(spec.offset, T::SIZE, "the rows are what is written");
        spec
    }

    /// Bytes of the fixed part.
    pub fn size(&self) -> usize {
        self.offset
    }

    /// Bytes of one entry.
    pub fn entry_size(&self) -> usize {
        self.entry.last().map_or(0, |row| row.offset + row.form.size())
    }

    pub(crate) fn row(&mut self, name: &str, form: Form, doc: &'static str) {
        self.add(name, form, None, doc);
    }

    pub(crate) fn code(&mut self, name: &str, form: Form, codes: Codes, doc: &'static str) {
        self.add(name, form, Some(codes), doc);
    }

    fn add(&mut self, name: &str, form: Form, codes: Option<Codes>, doc: &'static str) {
        let name = format!("{}{name}", self.prefix);
        let when = self.when.clone().unwrap_or(When::Always);
        self.rows.push(Row { name, offset: self.offset, form, when, codes, doc });
        self.offset += form.size();
    }

    /// The fields of a block within a block.
    pub(crate) fn nested(&mut self, name: &str, fields: impl FnOnce(&mut Spec)) {
        let outer = self.prefix.len();
        if !name.is_empty() {
            self.prefix.push_str(name);
            self.prefix.push('.');
        }
        fields(self);
        self.prefix.truncate(outer);
    }

    /// Fields that count only sometimes. A field that is optional twice has the inner condition: its mask is zero
    /// where the outer one does not hold.
    pub(crate) fn only(&mut self, when: When, fields: impl FnOnce(&mut Spec)) {
        let outer = self.when.replace(when);
        fields(self);
        self.when = outer;
    }

    pub(crate) fn list<T: Entry>(&mut self, name: &str, doc: &'static str) {
        self.row(name, Form::Count, doc);
        self.entry = Spec::of::<T>().rows;
        self.entries_max = T::COUNT_MAX;
    }
}
