//! Decimal text to mantissa and back, exactly: the only way numbers enter and leave as text.

use core::fmt;

/// Why a text is not a number on the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// Not of the form `[+-]digits[.digits]`, or longer than [`TEXT_MAX`] characters.
    NotANumber,
    /// A digit other than 0 stands beyond the last decimal.
    TooPrecise,
    /// Larger than 128 bits hold.
    Overflow,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DecimalError::NotANumber => "not a decimal number",
            DecimalError::TooPrecise => "more decimals than the grid has",
            DecimalError::Overflow => "number too large",
        })
    }
}

impl std::error::Error for DecimalError {}

/// Longest accepted text in bytes.
pub const TEXT_MAX: usize = 64;

/// The mantissa of `text` at `decimals` decimals.
///
/// # Errors
/// [`DecimalError`]; nothing is ever rounded.
pub fn parse_decimal(text: &str, decimals: u8) -> Result<i128, DecimalError> {
    let (negative, digits) = match text.as_bytes() {
        [] => return Err(DecimalError::NotANumber),
        bytes if bytes.len() > TEXT_MAX => return Err(DecimalError::NotANumber),
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] | rest => (false, rest),
    };
    let point = digits.iter().position(|b| *b == b'.').unwrap_or(digits.len());
    let (whole, fraction) = (&digits[..point], digits.get(point + 1..).unwrap_or(&[]));
    let dangling = point + 1 == digits.len();
    if whole.is_empty() || dangling || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return Err(DecimalError::NotANumber);
    }
    let kept = fraction.len().min(usize::from(decimals));
    if fraction[kept..].iter().any(|b| *b != b'0') {
        return Err(DecimalError::TooPrecise);
    }
    let padding = core::iter::repeat_n(b'0', usize::from(decimals) - kept);
    let magnitude = whole
        .iter()
        .chain(&fraction[..kept])
        .copied()
        .chain(padding)
        .try_fold(0_i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(digit - b'0')));
    let magnitude = magnitude.ok_or(DecimalError::Overflow)?;
    Ok(if negative { -magnitude } else { magnitude })
}

/// The shortest text of `mantissa / 10^decimals` with exactly `decimals` decimals.
pub fn format_decimal(mantissa: i128, decimals: u8) -> String {
    let sign = if mantissa < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", mantissa.unsigned_abs(), width = usize::from(decimals) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(decimals));
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_a_mantissa_without_rounding() {
        assert_eq!(parse_decimal("189.50", 2), Ok(18_950));
        assert_eq!(parse_decimal("-0.5", 3), Ok(-500));
        assert_eq!(parse_decimal("+7", 0), Ok(7));
        assert_eq!(parse_decimal("1.2300", 2), Ok(123));
        assert_eq!(parse_decimal("64000.123456789012345678", 18), Ok(64_000_123_456_789_012_345_678));
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in ["", "-", ".5", "5.", "1e3", "NaN", "Infinity", "1 000", "1,5", "٣", "--1", "1.2.3", "0x10"] {
            assert_eq!(parse_decimal(text, 2), Err(DecimalError::NotANumber), "{text}");
        }
        assert_eq!(parse_decimal(&"9".repeat(65), 0), Err(DecimalError::NotANumber));
        assert_eq!(parse_decimal("0.001", 2), Err(DecimalError::TooPrecise));
        assert_eq!(parse_decimal(&"9".repeat(60), 0), Err(DecimalError::Overflow));
    }

    #[test]
    fn a_mantissa_prints_with_all_its_decimals() {
        assert_eq!(format_decimal(18_950, 2), "189.50");
        assert_eq!(format_decimal(-5, 3), "-0.005");
        assert_eq!(format_decimal(7, 0), "7");
    }
}
