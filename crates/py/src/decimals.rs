//! Python numbers to mantissas and back. Nothing is rounded: what is off its grid is named with its neighbours.

use model::{DecimalError, TickTable, format_decimal, parse_decimal};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString, PyType};

use crate::errors::{Kind, raise};

/// Most digits before or after the point that a text is expanded to; the core holds 38.
const DIGITS_MAX: usize = 64;

/// The values a number may take.
#[derive(Clone, Copy, Debug)]
pub enum Grid<'a> {
    /// Prices of an instrument.
    Ticks(&'a TickTable, u8),
    /// Multiples of a lot.
    Lots(i64, u8),
    /// Every multiple of the smallest unit.
    Units(u8),
}

/// Why a number was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no plain decimal number.
    NotANumber,
    /// It needs more than 128 bits.
    TooLarge,
    /// It has more decimals than the grid.
    TooFine {
        /// The largest value of the grid below it.
        below: i128,
        /// The smallest value of the grid above it.
        above: i128,
    },
}

impl Grid<'_> {
    /// Decimals of the mantissas.
    pub fn decimals(self) -> u8 {
        match self {
            Grid::Ticks(_, decimals) | Grid::Lots(_, decimals) | Grid::Units(decimals) => decimals,
        }
    }

    /// The step of the grid, where it has one for all values.
    pub fn step(self) -> Option<i128> {
        match self {
            Grid::Ticks(ticks, _) => match ticks.bands() {
                [only] => Some(i128::from(only.tick)),
                _ => None,
            },
            Grid::Lots(lot, _) => Some(i128::from(lot)),
            Grid::Units(_) => Some(1),
        }
    }

    /// The nearest values of the grid around a number in `[floor, floor + 1]`, open at the top unless `exact`.
    pub fn around(self, floor: i128, exact: bool) -> (i128, i128) {
        match (self, i64::try_from(floor)) {
            (Grid::Ticks(ticks, _), Ok(floor)) => {
                let price = model::Price(floor);
                let below = ticks.floor(price);
                let above = if exact { ticks.ceil(price) } else { ticks.up(below) };
                (i128::from(below.0), i128::from(above.0))
            }
            (Grid::Lots(lot, _), _) => {
                let below = floor - floor.rem_euclid(i128::from(lot));
                (below, if exact && below == floor { below } else { below + i128::from(lot) })
            }
            (Grid::Ticks(..), Err(_)) | (Grid::Units(_), _) => (floor, if exact { floor } else { floor + 1 }),
        }
    }
}

/// The mantissa of a Python number.
///
/// # Errors
/// `WrongTypeError` for what is no number, `OffGridError` for a float that is not exactly a value of the grid.
pub fn mantissa(value: &Bound<'_, PyAny>, name: &str, grid: Grid<'_>) -> PyResult<Result<i128, Fault>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(parse(text.to_str()?, grid));
    }
    if let Ok(float) = value.cast::<PyFloat>() {
        return of_float(float.extract()?, name, grid).map(Ok).or_else(|fault| fault);
    }
    if value.is_instance_of::<PyBool>() {
        return Err(wrong_type(value, name));
    }
    if value.is_instance_of::<PyInt>() || value.hasattr("__index__")? {
        let Ok(int) = value.extract::<i128>() else { return Ok(Err(Fault::TooLarge)) };
        let scaled = int.checked_mul(10_i128.pow(u32::from(grid.decimals())));
        return Ok(scaled.ok_or(Fault::TooLarge));
    }
    if value.is_instance(decimal_class(value.py())?)? {
        let text = value.str()?;
        return Ok(plain(text.to_str()?).and_then(|text| parse(&text, grid)));
    }
    Err(wrong_type(value, name))
}

fn wrong_type(value: &Bound<'_, PyAny>, name: &str) -> PyErr {
    let kind = value.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
    raise(Kind::WrongType, format!("{name} has type {kind}; give a str, a Decimal, an int, or a float on the grid"))
}

/// A float is taken only where its shortest text is exactly a value of the grid.
fn of_float(value: f64, name: &str, grid: Grid<'_>) -> Result<i128, PyResult<Result<i128, Fault>>> {
    if !value.is_finite() {
        return Err(Ok(Err(Fault::NotANumber)));
    }
    let text = format!("{value}");
    let (below, above) = match parse(&text, grid) {
        Ok(mantissa) => {
            let (below, above) = grid.around(mantissa, true);
            if below == above {
                return Ok(mantissa);
            }
            (below, above)
        }
        Err(Fault::TooFine { below, above }) => (below, above),
        Err(fault) => return Err(Ok(Err(fault))),
    };
    let show = |mantissa| format_decimal(mantissa, grid.decimals());
    let what = format!(
        "{name}={value:?} is a float off the grid; the nearest valid values are {} and {}: give one of them as text",
        show(below),
        show(above)
    );
    Err(Err(raise(Kind::OffGrid, what)))
}

/// The mantissa of a plain decimal text.
fn parse(text: &str, grid: Grid<'_>) -> Result<i128, Fault> {
    match parse_decimal(text, grid.decimals()) {
        Ok(mantissa) => Ok(mantissa),
        Err(DecimalError::Overflow) => Err(Fault::TooLarge),
        Err(DecimalError::TooPrecise) => too_fine(text, grid),
        // A float of many digits is a number all the same.
        Err(DecimalError::NotANumber) if text.len() > DIGITS_MAX && is_plain(text) => match text.find('.') {
            Some(point) if point <= DIGITS_MAX / 2 => too_fine(text, grid),
            Some(_) | None => Err(Fault::TooLarge),
        },
        Err(DecimalError::NotANumber) => Err(Fault::NotANumber),
    }
}

fn too_fine(text: &str, grid: Grid<'_>) -> Result<i128, Fault> {
    let point = text.find('.').unwrap_or(text.len());
    let end = text.len().min(point + 1 + usize::from(grid.decimals()));
    let cut = text[..end].trim_end_matches('.');
    let toward_zero = parse_decimal(cut, grid.decimals()).map_err(|_| Fault::TooLarge)?;
    let floor = if text.starts_with('-') { toward_zero - 1 } else { toward_zero };
    let (below, above) = grid.around(floor, false);
    Err(Fault::TooFine { below, above })
}

fn is_plain(text: &str) -> bool {
    text.len() < 1_024 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
}

/// A `Decimal`'s text without an exponent.
fn plain(text: &str) -> Result<String, Fault> {
    let Some(at) = text.find('E') else { return Ok(text.to_owned()) };
    let exponent: i64 = text[at + 1..].parse().map_err(|_| Fault::NotANumber)?;
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", &rest[..at - 1]),
        None => ("", &text[..at]),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction}");
    if digits.bytes().all(|b| b == b'0') {
        return Ok("0".to_owned());
    }
    let whole_len = i64::try_from(whole.len()).map_err(|_| Fault::TooLarge)? + exponent;
    let bound = i64::try_from(DIGITS_MAX).map_err(|_| Fault::TooLarge)?;
    if whole_len > bound {
        return Err(Fault::TooLarge);
    }
    // Whatever lies further below the point than any grid reaches only has to stay different from zero.
    let zeros = usize::try_from((-whole_len).clamp(0, 24)).map_err(|_| Fault::TooLarge)?;
    let whole_len = usize::try_from(whole_len.max(0)).map_err(|_| Fault::TooLarge)?;
    let padded = format!("{}{digits:0<whole_len$}", "0".repeat(zeros));
    let (whole, fraction) = padded.split_at(whole_len);
    let whole = if whole.is_empty() { "0" } else { whole };
    Ok(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();

fn decimal_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    DECIMAL.import(py, "decimal", "Decimal")
}

/// `mantissa / 10^decimals` as a `Decimal` with exactly `decimals` decimals.
pub fn decimal(py: Python<'_>, mantissa: i128, decimals: u8) -> PyResult<Bound<'_, PyAny>> {
    decimal_class(py)?.call1((format_decimal(mantissa, decimals),))
}

/// `mantissa / 10^decimals` as a `Decimal` without trailing zeros after the point: for amounts of assets, whose
/// decimals leave room for any notional and say nothing about the amount.
pub fn short_decimal(py: Python<'_>, mantissa: i128, decimals: u8) -> PyResult<Bound<'_, PyAny>> {
    let (mantissa, decimals) = shortened(mantissa, decimals);
    decimal(py, mantissa, decimals)
}

/// The text of [`short_decimal`].
pub fn short_text(mantissa: i128, decimals: u8) -> String {
    let (mantissa, decimals) = shortened(mantissa, decimals);
    format_decimal(mantissa, decimals)
}

fn shortened(mut mantissa: i128, mut decimals: u8) -> (i128, u8) {
    while decimals > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        decimals -= 1;
    }
    (mantissa, decimals)
}

/// `sum / (count x 10^decimals)` as a `Decimal` by the default context: 28 significant digits, half to even.
pub fn decimal_ratio(py: Python<'_>, sum: i128, count: i128, decimals: u8) -> PyResult<Bound<'_, PyAny>> {
    decimal(py, sum, decimals)?.div(decimal(py, count, 0)?)
}
