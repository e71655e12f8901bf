//! Any bytes as a message, held to the rules of the seeded fuzzer.
#![no_main]

#[allow(dead_code, reason = "the seeded half is not used here")]
#[path = "../../crates/sim/src/fuzz/wire.rs"]
mod rules;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(what) = rules::check_message(bytes) {
        panic!("{what}");
    }
});
