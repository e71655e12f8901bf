//! Client ids that are made of a number, without going through text formatting.

use model::ClOrdId;

/// Most digits of a 64-bit number, and the mark in front.
const LEN_MAX: usize = 21;

/// The decimal digits of `number`, behind a tilde where the exchange made the id up.
pub fn number_id(number: u64, is_generated: bool) -> ClOrdId {
    let mut text = [b'~'; LEN_MAX];
    let mut at = LEN_MAX;
    let mut rest = number;
    loop {
        at -= 1;
        text[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if is_generated {
        at -= 1;
    }
    let text = core::str::from_utf8(&text[at..]).expect("digits are ASCII");
    ClOrdId::new(text).expect("21 printable characters fit")
}
