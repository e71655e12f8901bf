//! Client ids that count up, one run per account and form: the common case, kept without a hash table.
//!
//! A form is a prefix, followed either by numbers without leading zeros or by numbers of one width with them: within it
//! an id is its number, one to one. Numbers that come in ascending order are appended; one above the last is new without
//! looking anywhere. Ids that come out of order belong elsewhere.

use std::collections::VecDeque;

use model::{AccountId, ClOrdId};

/// Forms an account may have at the same time; ids of further forms are kept elsewhere.
const RUNS_MAX: usize = 8;
/// Longest number in digits: any fits 64 bits.
const DIGITS_MAX: usize = 18;

/// What the ids of a run have in common.
#[derive(Clone, Copy, Debug)]
struct Form {
    /// The words of the prefix.
    prefix: [u64; 5],
    /// Width of numbers with leading zeros; 0 where there are none.
    width: u8,
    /// Length of the prefix.
    len: u8,
}

impl Form {
    /// Word by word: a call to compare memory would cost more than the comparison.
    #[inline]
    fn is(&self, other: &Form) -> bool {
        let differs = self.prefix.iter().zip(&other.prefix).fold(0, |sum, (a, b)| sum | (a ^ b));
        self.len == other.len && self.width == other.width && differs == 0
    }
}

/// A client id taken apart: its form and its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    form: Form,
    number: u64,
    numbered: bool,
}

impl Parts {
    #[inline]
    pub(crate) fn of(id: &ClOrdId) -> Self {
        let text = id.as_bytes();
        let (mut number, mut scale, mut digits, mut first) = (0, 1, 0_u8, 1);
        for byte in text.iter().rev().take(DIGITS_MAX) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            number += u64::from(digit) * scale;
            scale *= 10;
            digits += 1;
            first = digit;
        }
        let width = if first == 0 && digits > 1 { digits } else { 0 };
        let len = text.len() - usize::from(digits);
        let form = Form { prefix: id.head(len), width, len: u8::try_from(len).unwrap_or(u8::MAX) };
        Parts { form, number, numbered: digits > 0 }
    }
}

/// What a run knows of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It has this entry.
    Entry(u32),
    /// It was never used.
    New,
    /// The run cannot tell: it is below the last one and not in the run, or of a form without a run.
    Elsewhere,
}

#[derive(Debug)]
struct Run {
    form: Form,
    last: u64,
    /// Numbers ascending, with their entries; `None` where one was taken out.
    entries: VecDeque<(u64, Option<u32>)>,
}

impl Run {
    fn place(&self, number: u64) -> Option<usize> {
        self.entries.binary_search_by_key(&number, |(own, _)| *own).ok()
    }
}

/// Runs of all accounts.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    by_account: Vec<Vec<Run>>,
}

impl Runs {
    #[inline]
    fn run(&self, account: AccountId, parts: &Parts) -> Option<&Run> {
        self.by_account.get(account.0 as usize)?.iter().find(|run| run.form.is(&parts.form))
    }

    #[inline]
    fn run_mut(&mut self, account: AccountId, parts: &Parts) -> Option<&mut Run> {
        self.by_account.get_mut(account.0 as usize)?.iter_mut().find(|run| run.form.is(&parts.form))
    }

    /// What is known of an id here.
    #[inline]
    pub(crate) fn find(&self, account: AccountId, parts: &Parts) -> Known {
        match self.run(account, parts) {
            Some(run) if parts.number > run.last => Known::New,
            Some(run) => {
                run.place(parts.number).and_then(|at| run.entries[at].1).map_or(Known::Elsewhere, Known::Entry)
            }
            None => Known::Elsewhere,
        }
    }

    /// Takes an id in; `false` where it comes out of order or its form may not have a run.
    #[inline]
    pub(crate) fn append(&mut self, account: AccountId, parts: &Parts, entry: u32) -> bool {
        if let Some(run) = self.run_mut(account, parts) {
            let in_order = parts.number > run.last;
            if in_order {
                run.last = parts.number;
                run.entries.push_back((parts.number, Some(entry)));
            }
            return in_order;
        }
        self.start(account, parts, entry)
    }

    #[cold]
    fn start(&mut self, account: AccountId, parts: &Parts, entry: u32) -> bool {
        let at = account.0 as usize;
        if self.by_account.len() <= at {
            self.by_account.resize_with(at + 1, Vec::new);
        }
        let runs = &mut self.by_account[at];
        if runs.len() == RUNS_MAX || !parts.numbered {
            return false;
        }
        let entries = VecDeque::from([(parts.number, Some(entry))]);
        runs.push(Run { form: parts.form, last: parts.number, entries });
        true
    }

    /// Takes an id out; `false` where it is not here.
    pub(crate) fn remove(&mut self, account: AccountId, parts: &Parts, entry: u32) -> bool {
        let Some(run) = self.run_mut(account, parts) else { return false };
        let Some(at) = run.place(parts.number).filter(|at| run.entries[*at].1 == Some(entry)) else { return false };
        run.entries[at].1 = None;
        while run.entries.front().is_some_and(|(_, entry)| entry.is_none()) {
            run.entries.pop_front();
        }
        true
    }

    /// All entries, by account and form.
    pub(crate) fn entries(&self) -> impl Iterator<Item = u32> {
        self.by_account.iter().flatten().flat_map(|run| run.entries.iter().filter_map(|(_, entry)| *entry))
    }

    pub(crate) fn bytes(&self) -> usize {
        let runs = self.by_account.iter().flatten();
        runs.map(|run| run.entries.capacity() * size_of::<(u64, Option<u32>)>() + size_of::<Run>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: AccountId = AccountId(1);

    fn id(text: &str) -> ClOrdId {
        ClOrdId::new(text).unwrap()
    }

    fn append(runs: &mut Runs, text: &str, entry: u32) -> bool {
        runs.append(ACCOUNT, &Parts::of(&id(text)), entry)
    }

    fn find(runs: &Runs, text: &str) -> Known {
        runs.find(ACCOUNT, &Parts::of(&id(text)))
    }

    fn form(text: &str) -> (u8, u8, u64) {
        let parts = Parts::of(&id(text));
        (parts.form.len, parts.form.width, parts.number)
    }

    #[test]
    fn an_id_falls_into_form_and_number() {
        assert_eq!(form("A-42"), (2, 0, 42));
        assert_eq!(form("A-0042"), (2, 4, 42));
        assert_eq!(form("A0"), (1, 0, 0));
        assert_eq!(form(&"9".repeat(36)), (18, 0, 10_u64.pow(18) - 1));
        assert!(!Parts::of(&id("abc")).numbered);
    }

    #[test]
    fn ascending_ids_are_found_and_higher_ones_are_new() {
        let mut runs = Runs::default();

        assert!(append(&mut runs, "A7", 70) && append(&mut runs, "A9", 90) && append(&mut runs, "A10", 100));

        assert_eq!(find(&runs, "A7"), Known::Entry(70));
        assert_eq!(find(&runs, "A10"), Known::Entry(100));
        assert_eq!(find(&runs, "A11"), Known::New);
        assert_eq!(find(&runs, "A8"), Known::Elsewhere);
        assert_eq!(find(&runs, "B9"), Known::Elsewhere);
        assert!(!append(&mut runs, "A8", 80));
    }

    #[test]
    fn leading_zeros_make_other_ids() {
        let mut runs = Runs::default();

        assert!(append(&mut runs, "1", 1) && append(&mut runs, "01", 2) && append(&mut runs, "001", 3));

        assert_eq!(find(&runs, "1"), Known::Entry(1));
        assert_eq!(find(&runs, "01"), Known::Entry(2));
        assert_eq!(find(&runs, "001"), Known::Entry(3));
        assert_eq!(find(&runs, "0001"), Known::Elsewhere);
        assert_eq!(find(&runs, "02"), Known::New);
    }

    #[test]
    fn what_was_taken_out_is_not_found_and_the_rest_is() {
        let mut runs = Runs::default();
        let remove = |runs: &mut Runs, n: u32| runs.remove(ACCOUNT, &Parts::of(&id(&n.to_string())), n);
        for n in 10..20 {
            assert!(append(&mut runs, &n.to_string(), n));
        }

        assert!(remove(&mut runs, 12) && remove(&mut runs, 10));
        assert!(!remove(&mut runs, 10));

        assert_eq!(find(&runs, "11"), Known::Entry(11));
        assert_eq!(find(&runs, "12"), Known::Elsewhere);
        assert_eq!(runs.entries().count(), 8);
    }

    #[test]
    fn an_account_has_a_bounded_number_of_forms() {
        let mut runs = Runs::default();
        let forms = ["a1", "b1", "c1", "d1", "e1", "f1", "g1", "h1"];

        assert!(forms.iter().all(|text| append(&mut runs, text, 1)));
        assert!(!append(&mut runs, "i1", 1));
        assert!(!append(&mut runs, "plain", 1));
    }
}
