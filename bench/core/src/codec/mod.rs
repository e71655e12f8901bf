//! What turning messages into bytes and back costs: our codec beside JSON, `MessagePack` and an SBE-style layout.
//!
//! Each codec holds the messages in the form that suits it best, so only bytes are made and read; ours alone checks
//! every code, every text and every byte that must be zero. All take turns in each pass.

mod mirror;
mod ours;
mod sbe;
mod serde_based;

use std::hint::black_box;

use crate::clock::thread_cpu_ns;

/// How many different messages there are of each kind.
const MESSAGES: usize = 2_048;
/// How often all of them are encoded and decoded in one pass.
const ROUNDS: usize = 8;

/// Turns messages of one kind into bytes and back.
trait Codec {
    /// Appends message `index`.
    fn encode(&self, index: usize, out: &mut Vec<u8>);

    /// Reads a message, uses all of it and says whether it is one.
    fn decode(&self, bytes: &[u8]) -> bool;

    /// Whether the bytes are read as message `index`.
    fn is_message(&self, index: usize, bytes: &[u8]) -> bool;
}

/// One codec on one kind of message.
struct Entry {
    message: &'static str,
    codec: &'static str,
    bytes: u64,
    pass: Box<dyn Fn() -> (u64, u64)>,
}

impl Entry {
    fn new(message: &'static str, codec: &'static str, what: impl Codec + 'static) -> Self {
        let mut all = Vec::new();
        let mut ends = Vec::new();
        for index in 0..MESSAGES {
            let start = all.len();
            what.encode(index, &mut all);
            assert!(what.is_message(index, &all[start..]), "{codec} does not read {message} {index} as it was");
            ends.push(all.len());
        }
        let bytes = (all.len() / MESSAGES) as u64;
        Entry { message, codec, bytes, pass: Box::new(move || pass(&what, &all, &ends)) }
    }
}

/// Nanoseconds of all rounds of encoding and of decoding.
fn pass(codec: &impl Codec, all: &[u8], ends: &[usize]) -> (u64, u64) {
    let mut out = Vec::with_capacity(all.len());
    let start = thread_cpu_ns();
    for _ in 0..ROUNDS {
        out.clear();
        for index in 0..MESSAGES {
            codec.encode(index, &mut out);
        }
        black_box(&out);
    }
    let encoded = thread_cpu_ns();
    for _ in 0..ROUNDS {
        let mut begin = 0;
        for end in ends {
            assert!(codec.decode(&all[begin..*end]), "what was written is read");
            begin = *end;
        }
    }
    (encoded - start, thread_cpu_ns() - encoded)
}

/// What one codec costs on one kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Which kind.
    pub message: &'static str,
    /// Which codec.
    pub codec: &'static str,
    /// Mean size.
    pub bytes: u64,
    /// Median over the passes, picoseconds a message.
    pub encode_ps: u64,
    /// Median over the passes, picoseconds a message.
    pub decode_ps: u64,
}

/// Measures every codec on every kind, in turn.
///
/// # Panics
/// Where a codec does not read what it wrote.
pub fn run(passes: usize) -> Vec<Figure> {
    let orders = mirror::orders(MESSAGES);
    let reports = mirror::reports(MESSAGES);
    let entries = [
        Entry::new("NewOrder", "fairlead", ours::Orders::new(&orders)),
        Entry::new("NewOrder", "sbe-style", sbe::Orders::new(&orders)),
        Entry::new("NewOrder", "messagepack", serde_based::MessagePack(orders.clone())),
        Entry::new("NewOrder", "json", serde_based::Json(orders)),
        Entry::new("ExecutionReport", "fairlead", ours::Reports::new(&reports)),
        Entry::new("ExecutionReport", "sbe-style", sbe::Reports::new(&reports)),
        Entry::new("ExecutionReport", "messagepack", serde_based::MessagePack(reports.clone())),
        Entry::new("ExecutionReport", "json", serde_based::Json(reports)),
    ];
    let mut costs: Vec<(Vec<u64>, Vec<u64>)> = entries.iter().map(|_| (Vec::new(), Vec::new())).collect();
    for _ in 0..passes.max(1) {
        for (entry, (encode, decode)) in entries.iter().zip(&mut costs) {
            let (encode_ns, decode_ns) = (entry.pass)();
            encode.push(encode_ns);
            decode.push(decode_ns);
        }
    }
    let figure = |(entry, (encode, decode)): (&Entry, (Vec<u64>, Vec<u64>))| Figure {
        message: entry.message,
        codec: entry.codec,
        bytes: entry.bytes,
        encode_ps: median_ps(encode),
        decode_ps: median_ps(decode),
    };
    entries.iter().zip(costs).map(figure).collect()
}

fn median_ps(mut all_ns: Vec<u64>) -> u64 {
    all_ns.sort_unstable();
    all_ns[all_ns.len() / 2] * 1_000 / (MESSAGES * ROUNDS) as u64
}
