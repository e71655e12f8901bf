//! Replays a workload file through the book alone, checks its totals, and prints speed and memory.
//!
//! `cargo run --release -p book --example book_bench -- mixed.bin [passes]`, or `-- age`: the cost of a command while a
//! hundred million ids go by. The file format is that of the workload
//! generator: a 128-byte header with the expected totals, then records of 32 bytes, little endian.
#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "figures for people, and a file of the generator's own"
)]

use std::time::Instant;

use book::{Arena, Book, Display, Fill, OrderIndex, Resting, Side};

const HEADER_BYTES: usize = 128;
const RECORD_BYTES: usize = 32;

#[derive(Clone, Copy)]
struct Record {
    order_id: u64,
    tick: i64,
    lots: u32,
    symbol: u16,
    op: u8,
    side: Side,
}

/// One execution as it is reported.
#[derive(Clone, Copy)]
struct Trade {
    maker: u64,
    taker: u64,
    tick: i64,
    lots: i64,
}

/// Totals of a run, as the header states them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Totals {
    fills: u64,
    lots: u64,
    notional: u64,
    hash: u64,
    resting: u64,
}

impl Totals {
    const NONE: Self = Self { fills: 0, lots: 0, notional: 0, hash: 1_469_598_103_934_665_603, resting: 0 };

    fn add(&mut self, trade: Trade) {
        let (tick, lots) = (trade.tick.cast_unsigned(), trade.lots.cast_unsigned());
        self.fills += 1;
        self.lots += lots;
        self.notional += tick * lots;
        for word in [trade.maker, trade.taker, tick, lots] {
            self.hash = (self.hash ^ word).wrapping_mul(1_099_511_628_211);
        }
    }
}

struct Workload {
    preload: usize,
    symbols: usize,
    expected: Totals,
    records: Vec<Record>,
}

fn word(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn record(bytes: &[u8]) -> Record {
    let tail = word(bytes, 16);
    Record {
        order_id: word(bytes, 0),
        tick: word(bytes, 8).cast_signed(),
        lots: (tail & 0xFFFF_FFFF) as u32,
        symbol: (tail >> 32 & 0xFFFF) as u16,
        op: (tail >> 48 & 0xFF) as u8,
        side: if tail >> 56 == 0 { Side::Bid } else { Side::Ask },
    }
}

fn load(path: &str) -> std::io::Result<Workload> {
    let bytes = std::fs::read(path)?;
    let records = bytes[HEADER_BYTES..].chunks_exact(RECORD_BYTES).map(record).collect();
    Ok(Workload {
        preload: word(&bytes, 8) as usize,
        symbols: word(&bytes, 40) as usize,
        expected: Totals {
            fills: word(&bytes, 48),
            lots: word(&bytes, 56),
            notional: word(&bytes, 64),
            hash: word(&bytes, 72),
            resting: word(&bytes, 80),
        },
        records,
    })
}

struct Market {
    arena: Arena,
    index: OrderIndex,
    books: Vec<Book>,
    trades: Vec<Trade>,
}

impl Market {
    fn new(symbols: usize) -> Self {
        Self {
            arena: Arena::new(),
            index: OrderIndex::new(),
            books: (0..symbols).map(|_| Book::new()).collect(),
            trades: Vec::with_capacity(1_024),
        }
    }

    /// Trades `lots` and returns what is left of them.
    #[inline]
    fn take(&mut self, taker: &Record) -> i64 {
        let (mut lots, maker_side) = (i64::from(taker.lots), taker.side.opposite());
        let book = &mut self.books[usize::from(taker.symbol)];
        while lots > 0 {
            let Some(maker) = book.front_within(&self.arena, maker_side, taker.tick) else { break };
            let traded = lots.min(maker.qty);
            lots -= traded;
            self.trades.push(Trade { maker: maker.order_id, taker: taker.order_id, tick: maker.tick, lots: traded });
            match book.fill(&mut self.arena, maker.slot, traded) {
                Fill::Done => {
                    self.index.remove(maker.order_id);
                    self.arena.free(maker.slot);
                }
                Fill::Partial | Fill::Refilled { .. } => {}
            }
        }
        lots
    }

    #[inline]
    fn rest(&mut self, slot: u32, record: &Record, leaves: i64) {
        let order = Resting { order_id: record.order_id, owner: 0, leaves, display: Display::All };
        self.books[usize::from(record.symbol)].insert(&mut self.arena, slot, record.side, record.tick, &order);
    }

    #[inline]
    fn apply(&mut self, record: &Record) {
        self.trades.clear();
        match record.op {
            0 => {
                let crosses = self.books[usize::from(record.symbol)].reaches(record.side.opposite(), record.tick);
                let leaves = if crosses { self.take(record) } else { i64::from(record.lots) };
                if leaves > 0 {
                    let slot = self.arena.alloc();
                    self.index.insert(record.order_id, slot);
                    self.rest(slot, record, leaves);
                }
            }
            1 => {
                if let Some(slot) = self.index.remove(record.order_id) {
                    self.books[usize::from(record.symbol)].remove(&mut self.arena, slot);
                    self.arena.free(slot);
                }
            }
            2 => {
                if let Some(slot) = self.index.get(record.order_id) {
                    self.books[usize::from(record.symbol)].reduce(&mut self.arena, slot, i64::from(record.lots));
                }
            }
            3 => self.replace(record),
            _ => {
                self.take(record);
            }
        }
    }

    fn replace(&mut self, record: &Record) {
        let Some(slot) = self.index.get(record.order_id) else { return };
        self.books[usize::from(record.symbol)].remove(&mut self.arena, slot);
        let leaves = self.take(record);
        if leaves > 0 {
            self.rest(slot, record, leaves);
        } else {
            self.index.remove(record.order_id);
            self.arena.free(slot);
        }
    }

    fn bytes(&self) -> usize {
        self.arena.bytes() + self.index.bytes() + self.books.iter().map(Book::bytes).sum::<usize>()
    }
}

fn verify(work: &Workload) {
    let mut market = Market::new(work.symbols);
    let mut totals = Totals::NONE;
    for record in &work.records {
        market.apply(record);
        for trade in &market.trades {
            totals.add(*trade);
        }
    }
    totals.resting = market.index.len() as u64;
    assert_eq!(totals, work.expected, "the book does not reproduce the workload");
    for book in &market.books {
        book.check_invariants(&market.arena);
    }
    let bytes = market.bytes() as f64 / market.index.len() as f64;
    let (arena, index) = (market.arena.bytes(), market.index.bytes());
    println!("totals agree; {bytes:.1} bytes per resting order (arena {arena}, index {index}, all {})", market.bytes());
}

/// Million commands a second of one pass, the preload not counted.
#[allow(clippy::disallowed_methods, reason = "a stopwatch outside the pure code")]
fn timed(work: &Workload) -> f64 {
    let mut market = Market::new(work.symbols);
    let (preload, commands) = work.records.split_at(work.preload);
    for record in preload {
        market.apply(record);
    }
    let start = Instant::now();
    for record in commands {
        market.apply(record);
        std::hint::black_box(&market.trades);
    }
    commands.len() as f64 / start.elapsed().as_secs_f64() / 1e6
}

/// Adds and cancels with 10,000 orders resting, half of the cancels among the latest 256, as in *mixed*.
#[allow(clippy::disallowed_methods, reason = "a stopwatch outside the pure code")]
fn age() {
    let mut market = Market::new(1);
    let (mut live, mut state): (Vec<u64>, u64) = (Vec::new(), 1);
    let mut start = Instant::now();
    for order_id in 1..=100_000_000_u64 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let draw = (state >> 33) as usize;
        let side = if draw & 1 == 0 { Side::Bid } else { Side::Ask };
        let distance = 1 + (draw >> 1 & 127) as i64;
        let tick = if side == Side::Bid { 32_768 - distance } else { 32_768 + distance };
        let mut record = Record { order_id, tick, lots: 1, symbol: 0, op: 0, side };
        market.apply(&record);
        live.push(order_id);
        if live.len() > 10_000 {
            let among = if draw >> 8 & 1 == 0 { 256 } else { live.len() };
            let place = live.len() - 1 - (draw >> 9) % among;
            record.order_id = live.swap_remove(place);
            record.op = 1;
            market.apply(&record);
        }
        if order_id % 10_000_000 == 0 {
            let ns = start.elapsed().as_nanos() as f64 / 2e7;
            println!("{order_id} ids: {ns:.2} ns a command, {} bytes of ids", market.index.bytes());
            start = Instant::now();
        }
    }
}

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap_or_else(|| "mixed.bin".to_owned());
    if path == "age" {
        age();
        return Ok(());
    }
    let passes = args.next().and_then(|passes| passes.parse().ok()).unwrap_or(5_usize);
    let work = load(&path)?;
    verify(&work);
    let mut speeds: Vec<f64> = (0..passes).map(|_| timed(&work)).collect();
    speeds.sort_by(f64::total_cmp);
    if let (Some(best), median) = (speeds.last(), speeds[passes / 2]) {
        println!("{path}: median {median:.2}, best {best:.2} M commands/s of {passes} passes");
    }
    Ok(())
}
