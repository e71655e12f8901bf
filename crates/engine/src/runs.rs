//! Client ids that count up, one run per account and form: the common case, kept without a hash table.
//!
//! A form is a prefix, followed either by numbers without leading zeros or by numbers of one width with them: within it
//! an id is its number, one to one. Numbers that come in ascending order are appended; one above the last is new without
//! looking anywhere. Ids that come out of order belong elsewhere.

use model::image;
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

image!(Form { prefix: [u64; 5], width: u8, len: u8 });

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
    /// Its number within its form.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    #[inline]
    pub(crate) fn of(id: &ClOrdId) -> Self {
        let text = id.as_bytes();
        let (mut number, mut scale, mut len) = (0_u64, 1_u64, text.len());
        let mut first = 1;
        while len > text.len().saturating_sub(DIGITS_MAX) {
            let digit = text[len - 1].wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            // 18 digits fit 64 bits, so nothing wraps.
            number = number.wrapping_add(u64::from(digit).wrapping_mul(scale));
            scale = scale.wrapping_mul(10);
            first = digit;
            len -= 1;
        }
        let digits = u8::try_from(text.len() - len).unwrap_or(0);
        let width = if first == 0 && digits > 1 { digits } else { 0 };
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
    /// Entries by ascending number; the numbers stand in the entries' ids.
    entries: Vec<u32>,
    /// How many of them are forgotten.
    forgotten: usize,
}

image!(Run { form: Form, last: u64, entries: Vec<u32>, forgotten: usize });
image!(Runs { by_account: Vec<Vec<Run>> });

impl Run {
    fn entry(&self, number: u64, number_of: impl Fn(u32) -> u64) -> Option<u32> {
        let at = self.entries.binary_search_by_key(&number, |entry| number_of(*entry)).ok()?;
        Some(self.entries[at])
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

    /// What is known of an id here; `number_of` gives the number of an entry's id.
    #[inline]
    pub(crate) fn find(&self, account: AccountId, parts: &Parts, number_of: impl Fn(u32) -> u64) -> Known {
        match self.run(account, parts) {
            Some(run) if parts.number > run.last => Known::New,
            Some(run) => run.entry(parts.number, number_of).map_or(Known::Elsewhere, Known::Entry),
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
                run.entries.push(entry);
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
        runs.push(Run { form: parts.form, last: parts.number, entries: vec![entry], forgotten: 0 });
        true
    }

    /// One more entry of the run that an id belongs to is forgotten. Once half of them are, they are taken out: so many
    /// were forgotten since the last time that it costs each a constant.
    pub(crate) fn forget(
        &mut self,
        account: AccountId,
        parts: &Parts,
        is_forgotten: impl Fn(u32) -> bool,
        mut free: impl FnMut(u32),
    ) {
        let Some(run) = self.run_mut(account, parts) else { return };
        run.forgotten += 1;
        if run.forgotten * 2 < run.entries.len() {
            return;
        }
        run.forgotten = 0;
        run.entries.retain(|entry| {
            let kept = !is_forgotten(*entry);
            if !kept {
                free(*entry);
            }
            kept
        });
    }

    /// All entries, by account and form.
    pub(crate) fn entries(&self) -> impl Iterator<Item = u32> {
        self.by_account.iter().flatten().flat_map(|run| run.entries.iter().copied())
    }

    pub(crate) fn bytes(&self) -> usize {
        let runs = self.by_account.iter().flatten();
        runs.map(|run| run.entries.capacity() * size_of::<u32>() + size_of::<Run>()).sum()
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

    /// In these tests an entry is its id's number.
    fn find(runs: &Runs, text: &str) -> Known {
        runs.find(ACCOUNT, &Parts::of(&id(text)), u64::from)
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

        assert!(append(&mut runs, "A7", 7) && append(&mut runs, "A9", 9) && append(&mut runs, "A10", 10));

        assert_eq!(find(&runs, "A7"), Known::Entry(7));
        assert_eq!(find(&runs, "A10"), Known::Entry(10));
        assert_eq!(find(&runs, "A11"), Known::New);
        assert_eq!(find(&runs, "A8"), Known::Elsewhere);
        assert_eq!(find(&runs, "B9"), Known::Elsewhere);
        assert!(!append(&mut runs, "A8", 8));
    }

    #[test]
    fn leading_zeros_make_other_ids() {
        let mut runs = Runs::default();

        assert!(append(&mut runs, "1", 1) && append(&mut runs, "02", 2) && append(&mut runs, "003", 3));

        assert_eq!(find(&runs, "1"), Known::Entry(1));
        assert_eq!(find(&runs, "02"), Known::Entry(2));
        assert_eq!(find(&runs, "003"), Known::Entry(3));
        assert_eq!(find(&runs, "2"), Known::New);
        assert_eq!(find(&runs, "0003"), Known::Elsewhere);
    }

    #[test]
    fn forgotten_entries_leave_once_half_are_forgotten() {
        let mut runs = Runs::default();
        for n in 10..20 {
            assert!(append(&mut runs, &n.to_string(), n));
        }
        let forgotten = [10, 12, 13, 15, 19];
        let mut freed = Vec::new();

        for _ in forgotten {
            assert_eq!(freed, []);
            let any = Parts::of(&id("10"));
            runs.forget(ACCOUNT, &any, |entry| forgotten.contains(&entry), |entry| freed.push(entry));
        }

        assert_eq!(freed, forgotten);
        assert_eq!(runs.entries().collect::<Vec<u32>>(), [11, 14, 16, 17, 18]);
        assert_eq!(find(&runs, "14"), Known::Entry(14));
        assert_eq!(find(&runs, "12"), Known::Elsewhere);
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
