//! A stream is cut into messages however it arrives.

use model::SplitMix64;
use wire::{FrameError, Frames, HEADER_SIZE, Kind, PREFIX_SIZE, frame, sample};

/// Frames of random messages, and the messages.
fn stream(seed: u64) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut rng = SplitMix64::new(seed);
    let kinds = Kind::ALL.len() as u64;
    let messages: Vec<Vec<u8>> = (0..30)
        .map(|_| sample::message(Kind::ALL[usize::try_from(rng.below(kinds)).expect("small")], &mut rng))
        .collect();
    let mut bytes = Vec::new();
    for message in &messages {
        frame(&mut bytes, |out| {
            out.extend_from_slice(message);
            Ok::<(), ()>(())
        })
        .expect("nothing fails");
    }
    (bytes, messages)
}

fn drain(frames: &mut Frames, into: &mut Vec<Vec<u8>>) {
    while let Some(message) = frames.next_message().expect("lengths are right") {
        into.push(message.to_vec());
    }
}

#[test]
fn messages_arrive_whole_however_the_stream_is_split() {
    // B-56 and the vector "a partial frame must not consume the prefix".
    for seed in 0..100 {
        let (bytes, messages) = stream(seed);
        let mut rng = SplitMix64::new(seed);
        let mut frames = Frames::new(u16::MAX);
        let (mut got, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let len = usize::try_from(rng.below([1, 3, 40, 5_000][usize::try_from(seed % 4).expect("small")]))
                .expect("small");
            let end = (at + 1 + len).min(bytes.len());
            frames.feed(&bytes[at..end]);
            drain(&mut frames, &mut got);
            at = end;
        }
        assert!(got == messages, "seed {seed}");
        assert_eq!(frames.pending(), 0);
    }
}

#[test]
fn a_partial_frame_waits_with_its_length() {
    let mut frames = Frames::new(64);
    let mut whole = vec![0, 16];
    whole.extend_from_slice(&[7; 16]);

    for (count, byte) in whole.iter().enumerate() {
        assert_eq!(frames.next_message(), Ok(None));
        assert_eq!(frames.pending(), count);
        frames.feed(&[*byte]);
    }

    assert_eq!(frames.next_message(), Ok(Some(&[7; 16][..])));
    assert_eq!(frames.next_message(), Ok(None));
    assert_eq!(frames.pending(), 0);
}

#[test]
fn an_impossible_length_is_refused_at_once_and_for_good() {
    for (len, ok) in [(0, false), (15, false), (16, true), (64, true), (65, false), (u16::MAX, false)] {
        let mut frames = Frames::new(64);
        frames.feed(&len.to_be_bytes());
        let value = usize::from(len);

        let expected = if ok { Ok(None) } else { Err(FrameError { value, min: HEADER_SIZE, max: 64 }) };
        assert_eq!(frames.next_message(), expected);

        frames.feed(&[0; 10]);
        assert_eq!(frames.next_message(), expected);
    }
}

#[test]
fn memory_is_one_partial_message_and_what_just_came() {
    let (bytes, _) = stream(1);
    let mut frames = Frames::new(u16::MAX);
    for chunk in bytes.chunks(100) {
        frames.feed(chunk);
        drain(&mut frames, &mut Vec::new());
        assert!(frames.pending() < PREFIX_SIZE + usize::from(u16::MAX));
    }
}

#[test]
fn a_frame_that_cannot_be_encoded_leaves_nothing() {
    let mut out = vec![1, 2, 3];

    let failed = frame(&mut out, |out| {
        out.extend_from_slice(&[9; 40]);
        Err("no")
    });

    assert_eq!((failed, out), (Err("no"), vec![1, 2, 3]));
}
