//! Books, arenas and indexes come back so that every later call has the same effect, and damage never panics.

use model::image::{Image, ImageError, Input};

use crate::{Arena, Book, Display, Iceberg, OrderIndex, Resting, Side, Slot};

fn saved(value: &impl Image) -> Vec<u8> {
    let mut out = Vec::new();
    value.save(&mut out);
    out
}

fn loaded<T: Image>(bytes: &[u8]) -> Result<T, ImageError> {
    let mut input = Input::new(bytes);
    let value = T::load(&mut input)?;
    input.end().map(|()| value)
}

/// A small generator of choices.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).cast_signed() % sides
    }

    fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        let sides = i64::try_from(values.len()).unwrap();
        values[usize::try_from(self.roll(sides)).unwrap()]
    }
}

/// A book with its orders.
struct Desk {
    arena: Arena,
    book: Book,
    index: OrderIndex,
    resting: Vec<Slot>,
    next: u64,
}

impl Desk {
    fn new() -> Self {
        Desk { arena: Arena::new(), book: Book::new(), index: OrderIndex::new(), resting: Vec::new(), next: 1 }
    }

    /// Does something at random and tells what came of it.
    fn step(&mut self, dice: &mut Dice) -> String {
        let Desk { arena, book, index, resting, next } = self;
        if resting.is_empty() || dice.roll(100) < 52 {
            let side = dice.pick(&[Side::Bid, Side::Ask]);
            // Far prices move the window.
            let tick = (dice.roll(200) - 100) * dice.pick(&[1, 3, 700_000]) + if side == Side::Bid { 0 } else { 50 };
            let rule = Iceberg { display_size: 2, threshold: 0, variance_bps: 5_000, seed: *next, refills: 0 };
            let display = dice.pick(&[Display::All, Display::Hidden, Display::Iceberg(rule)]);
            let (slot, leaves) = (arena.alloc(), 1 + dice.roll(9));
            let order = Resting { order_id: *next, owner: slot % 7, leaves, display };
            let tip = book.insert(arena, slot, side, tick, &order);
            index.insert(*next, slot);
            // Some ids are far from the one before.
            *next += dice.pick(&[1, 1, 2, 90, 40_000]);
            resting.push(slot);
            return format!("{slot} {tip}");
        }
        let slot = dice.pick(resting);
        let (tip, id) = (arena.tip(slot), arena.order_id(slot));
        let told = if dice.roll(2) == 0 {
            format!("{:?}", book.fill(arena, slot, 1 + dice.roll(tip)))
        } else {
            format!("{:?}", book.remove(arena, slot))
        };
        if !arena.node(slot).is_linked() {
            resting.retain(|other| *other != slot);
            index.remove(id);
            arena.free(slot);
        }
        let fronts = [Side::Bid, Side::Ask].map(|side| book.front(arena, side));
        format!("{slot} {told} {fronts:?} {:?}", index.get(id))
    }

    fn images(&self) -> [Vec<u8>; 3] {
        [saved(&self.arena), saved(&self.book), saved(&self.index)]
    }

    fn reloaded(&self) -> Self {
        let [arena, book, index] = self.images();
        let (arena, book, index) = (loaded::<Arena>(&arena), loaded::<Book>(&book), loaded::<OrderIndex>(&index));
        let (arena, book, index) = (arena.unwrap(), book.unwrap(), index.unwrap());
        assert!(book.is_linked(&arena) && index.is_within(arena.slots()));
        assert_eq!(book.count(), self.resting.len());
        Desk { arena, book, index, resting: self.resting.clone(), next: self.next }
    }
}

#[test]
fn what_is_loaded_goes_on_as_what_was_saved() {
    for seed in 0..20 {
        let mut desk = Desk::new();
        let mut dice = Dice(seed);
        for _ in 0..20 {
            let mut twin = desk.reloaded();
            assert_eq!(twin.images(), desk.images());
            let mut same = Dice(dice.0);
            for _ in 0..50 {
                assert_eq!(twin.step(&mut same), desk.step(&mut dice), "seed={seed}");
            }
            assert_eq!(twin.images(), desk.images(), "seed={seed}");
            twin.book.check_invariants(&twin.arena);
        }
    }
}

/// Each byte in turn becomes another: the bytes are refused or are some state, but loading ends.
#[test]
fn no_damage_makes_loading_panic() {
    let (mut desk, mut dice) = (Desk::new(), Dice(9));
    for _ in 0..100 {
        desk.step(&mut dice);
    }
    let mut refused = 0;
    for (which, image) in desk.images().into_iter().enumerate() {
        for at in (0..image.len()).step_by(3) {
            let mut bytes = image.clone();
            bytes[at] ^= 1 << dice.roll(8);
            let result = match which {
                0 => loaded::<Arena>(&bytes).map(|_| ()),
                1 => loaded::<Book>(&bytes).map(|_| ()),
                _ => loaded::<OrderIndex>(&bytes).map(|_| ()),
            };
            refused += usize::from(result.is_err());
        }
    }

    assert!(refused > 100, "refused={refused}");
}
