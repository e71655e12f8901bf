//! How a block of a message that is as it should be is read and written in one go.
//!
//! A plan does what the codec does field by field, and gives up where that would raise: it has no errors of its own.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyInt, PyString};

/// Numbers of this size are read and written as text is: as bytes.
const WIDE: usize = 16;
/// A field as Python gives it: name, form, size, the row it depends on, the bit of that, its numbers, words.
type Row<'py> = (Bound<'py, PyString>, String, usize, isize, i32, Vec<u64>, BTreeMap<u64, String>);

/// What stands in a field.
#[derive(Debug)]
enum Form {
    Unsigned,
    Signed,
    Bool,
    Code { words: BTreeMap<u64, Py<PyString>>, numbers: BTreeMap<String, u64> },
    Mask { known: u64, bits: Vec<(Py<PyString>, u64)> },
    Count,
    Text,
    Bytes,
}

/// Of what it depends whether a field counts.
#[derive(Debug)]
enum When {
    Always,
    Bit(usize, u64),
    Numbers(usize, Vec<u64>),
}

/// One field.
#[derive(Debug)]
struct Step {
    name: Py<PyString>,
    form: Form,
    at: usize,
    size: usize,
    when: When,
}

/// A block of fields, in their order, without holes between them.
#[pyclass(frozen, module = "fairlead._core._native")]
pub struct MessagePlan {
    steps: Vec<Step>,
    size: usize,
}

#[pymethods]
impl MessagePlan {
    #[new]
    fn new(rows: Vec<Row<'_>>) -> PyResult<Self> {
        let owned: Vec<(Bound<'_, PyString>, isize, i32)> =
            rows.iter().map(|(name, _, _, row, bit, _, _)| (name.clone(), *row, *bit)).collect();
        let mut steps = Vec::with_capacity(rows.len());
        let mut at = 0;
        for (index, (name, form, size, row, bit, values, words)) in rows.into_iter().enumerate() {
            let bits = owned.iter().filter(|(_, row, bit)| usize::try_from(*row) == Ok(index) && *bit >= 0);
            let bits = bits.map(|(name, _, bit)| (name.clone().unbind(), 1_u64 << bit)).collect();
            let when = match usize::try_from(row) {
                Err(_) => When::Always,
                Ok(row) if bit >= 0 => When::Bit(row, 1 << bit),
                Ok(row) => When::Numbers(row, values),
            };
            let form = form_of(name.py(), &form, &words, bits)?;
            steps.push(Step { name: name.unbind(), form, at, size, when });
            at += size;
        }
        Ok(Self { steps, size: at })
    }

    /// The fields of a block; `None`: something is wrong with one.
    fn read<'py>(&self, py: Python<'py>, data: &[u8], start: usize) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(block) = data.get(start..).and_then(|rest| rest.get(..self.size)) else { return Ok(None) };
        let found = PyDict::new(py);
        for step in &self.steps {
            let raw = step.of(block);
            if !self.counts(step, |step| number(step.of(block))) {
                if raw.iter().any(|byte| *byte != 0) {
                    return Ok(None);
                }
                if !step.is_unsaid() {
                    found.set_item(&step.name, py.None())?;
                }
                continue;
            }
            match step.told(py, raw)? {
                Told::Value(value) => found.set_item(&step.name, value)?,
                Told::Unsaid => {}
                Told::Wrong => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    /// A block; `None`: something is wrong with one of the values.
    fn write<'py>(&self, py: Python<'py>, values: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let Ok(values) = values.cast::<PyDict>() else { return Ok(None) };
        let mut block = vec![0_u8; self.size];
        let mut known = 0;
        for step in &self.steps {
            let value = values.get_item(&step.name)?;
            known += usize::from(value.is_some());
            let value = value.filter(|value| !value.is_none());
            let is_due = self.counts(step, |step| number(step.of(&block)));
            match &step.form {
                Form::Mask { bits, .. } if is_due => {
                    let mut said = 0;
                    for (name, bit) in bits {
                        if values.get_item(name)?.is_some_and(|value| !value.is_none()) {
                            said |= bit;
                        }
                    }
                    block[step.at..step.at + step.size].copy_from_slice(&said.to_be_bytes()[8 - step.size..]);
                }
                Form::Count | Form::Mask { .. } => {}
                Form::Unsigned | Form::Signed | Form::Bool | Form::Code { .. } | Form::Text | Form::Bytes => {
                    let place = &mut block[step.at..step.at + step.size];
                    let is_right = match &value {
                        Some(value) => is_due && step.put(value, place),
                        None => !is_due,
                    };
                    if !is_right {
                        return Ok(None);
                    }
                }
            }
        }
        Ok((known == values.len()).then(|| PyBytes::new(py, &block)))
    }
}

impl MessagePlan {
    /// Whether a field counts, where `number` tells what stands in one before it.
    fn counts(&self, step: &Step, number: impl Fn(&Step) -> u64) -> bool {
        match &step.when {
            When::Always => true,
            When::Bit(row, bit) => number(&self.steps[*row]) & bit != 0,
            When::Numbers(row, values) => values.contains(&number(&self.steps[*row])),
        }
    }
}

/// What a field tells.
enum Told<'py> {
    Value(Bound<'py, PyAny>),
    /// It is there for the others.
    Unsaid,
    Wrong,
}

impl Step {
    fn of<'a>(&self, block: &'a [u8]) -> &'a [u8] {
        &block[self.at..self.at + self.size]
    }

    fn is_unsaid(&self) -> bool {
        matches!(self.form, Form::Mask { .. } | Form::Count)
    }

    fn told<'py>(&self, py: Python<'py>, raw: &[u8]) -> PyResult<Told<'py>> {
        let value = match &self.form {
            Form::Unsigned => number(raw).into_pyobject(py)?.into_any(),
            Form::Signed => match (signed(raw), i64::try_from(signed(raw))) {
                (_, Ok(small)) => small.into_pyobject(py)?.into_any(),
                (large, Err(_)) => large.into_pyobject(py)?.into_any(),
            },
            Form::Bool if raw[0] > 1 => return Ok(Told::Wrong),
            Form::Bool => PyBool::new(py, raw[0] == 1).to_owned().into_any(),
            Form::Code { words, .. } => match words.get(&number(raw)) {
                Some(word) => word.bind(py).clone().into_any(),
                None => return Ok(Told::Wrong),
            },
            Form::Mask { known, .. } if number(raw) & !known != 0 => return Ok(Told::Wrong),
            Form::Mask { .. } | Form::Count => return Ok(Told::Unsaid),
            Form::Text => match text(raw) {
                Some(text) => PyString::new(py, text).into_any(),
                None => return Ok(Told::Wrong),
            },
            Form::Bytes => PyBytes::new(py, raw).into_any(),
        };
        Ok(Told::Value(value))
    }

    /// Writes a value to its place; `false`: it cannot stand there.
    fn put(&self, value: &Bound<'_, PyAny>, place: &mut [u8]) -> bool {
        match &self.form {
            Form::Unsigned | Form::Signed => {
                if value.is_instance_of::<PyBool>() || !value.is_instance_of::<PyInt>() {
                    return false;
                }
                self.put_number(value, place)
            }
            Form::Bool => value.cast::<PyBool>().is_ok_and(|said| {
                place[0] = u8::from(said.is_true());
                true
            }),
            Form::Code { numbers, .. } => {
                let number = value.cast::<PyString>().ok().and_then(|word| numbers.get(word.to_str().ok()?));
                number.is_some_and(|number| {
                    place.copy_from_slice(&number.to_be_bytes()[8 - self.size..]);
                    true
                })
            }
            Form::Text => {
                let Ok(given) = value.cast::<PyString>() else { return false };
                given.to_str().is_ok_and(|given| {
                    let is_text = given.len() <= self.size && text(given.as_bytes()) == Some(given);
                    if is_text {
                        place[..given.len()].copy_from_slice(given.as_bytes());
                    }
                    is_text
                })
            }
            Form::Bytes => value.cast::<PyBytes>().is_ok_and(|given| {
                let is_whole = given.as_bytes().len() == self.size;
                if is_whole {
                    place.copy_from_slice(given.as_bytes());
                }
                is_whole
            }),
            Form::Mask { .. } | Form::Count => false,
        }
    }

    fn put_number(&self, value: &Bound<'_, PyAny>, place: &mut [u8]) -> bool {
        let bits = 8 * self.size;
        let number = match (value.extract::<i64>(), &self.form) {
            (Ok(small), _) => i128::from(small),
            (Err(_), _) => match value.extract::<i128>() {
                Ok(large) => large,
                Err(_) => return false,
            },
        };
        let fits = match (&self.form, self.size) {
            (Form::Signed, WIDE) => true,
            (Form::Signed, _) => number >= -(1_i128 << (bits - 1)) && number < 1_i128 << (bits - 1),
            _ => number >= 0 && number < 1_i128 << bits,
        };
        if fits {
            place.copy_from_slice(&number.to_be_bytes()[WIDE - self.size..]);
        }
        fits
    }
}

fn form_of(
    py: Python<'_>,
    form: &str,
    words: &BTreeMap<u64, String>,
    bits: Vec<(Py<PyString>, u64)>,
) -> PyResult<Form> {
    Ok(match form {
        "u8" | "u16" | "u32" | "u64" => Form::Unsigned,
        "i32" | "i64" | "i128" | "price" | "qty" | "money" => Form::Signed,
        "bool" => Form::Bool,
        "code" => Form::Code {
            numbers: words.iter().map(|(number, word)| (word.clone(), *number)).collect(),
            words: words.iter().map(|(number, word)| (*number, PyString::intern(py, word).unbind())).collect(),
        },
        "mask" => {
            let last = bits.iter().map(|(_, bit)| *bit).max().unwrap_or(0);
            Form::Mask { known: (2 * last).max(1) - 1, bits }
        }
        "count" => Form::Count,
        "text" => Form::Text,
        "bytes" => Form::Bytes,
        other => return Err(pyo3::exceptions::PyValueError::new_err(format!("no form of a field: form={other}"))),
    })
}

/// A whole number of at most eight bytes.
fn number(raw: &[u8]) -> u64 {
    raw.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn signed(raw: &[u8]) -> i128 {
    let is_negative = raw.first().is_some_and(|byte| *byte >= 0x80);
    raw.iter().fold(-i128::from(is_negative), |number, byte| number << 8 | i128::from(*byte))
}

/// Printable characters without spaces, one at least, before the zeros that fill up.
fn text(raw: &[u8]) -> Option<&str> {
    let end = raw.iter().rposition(|byte| *byte != 0)? + 1;
    let text = &raw[..end];
    text.iter().all(u8::is_ascii_graphic).then(|| std::str::from_utf8(text).ok())?
}
