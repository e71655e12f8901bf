//! Each codec of the measurement reads back what it wrote, and each is measured on both kinds of message.

use bench_core::codec::run;

#[test]
fn every_codec_is_measured_on_every_kind() {
    // B-58: what codecs cost is measured, not claimed. Building the entries already compares each message with what is read of its bytes.
    let figures = run(1);

    let names: Vec<_> = figures.iter().map(|figure| (figure.message, figure.codec)).collect();
    assert_eq!(names.len(), 8);
    for message in ["NewOrder", "ExecutionReport"] {
        for codec in ["fairlead", "sbe-style", "messagepack", "json"] {
            assert!(names.contains(&(message, codec)), "{message} {codec}");
        }
    }
    assert!(figures.iter().all(|figure| figure.bytes > 0 && figure.encode_ps > 0 && figure.decode_ps > 0));
}
