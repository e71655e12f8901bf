//! Any bytes as a stream of frames that arrives in pieces, held to the rules of the seeded fuzzer. The first eight
//! bytes say how it is cut.
#![no_main]

#[allow(dead_code, reason = "the seeded half is not used here")]
#[path = "../../crates/sim/src/fuzz/wire.rs"]
mod rules;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((seed, stream)) = bytes.split_first_chunk::<8>() else { return };
    let mut cuts = model::SplitMix64::new(u64::from_be_bytes(*seed));
    if let Err(what) = rules::check_stream(stream, 200, &mut cuts) {
        panic!("{what}");
    }
});
