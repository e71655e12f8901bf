//! Rings between real threads: nothing lost, nothing twice, nothing torn (invariants 1 to 4).
#![cfg(not(loom))]

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use ring::{Closed, NotTaken, Wait, broadcast, mpsc, spsc};

/// A value over two cache lines that shows whether it was read while it was written.
#[derive(Clone, Copy)]
struct Wide([u64; 16]);

impl Wide {
    fn of(value: u64) -> Self {
        Wide(core::array::from_fn(|place| value.wrapping_mul(place as u64 + 1)))
    }

    fn is_whole(&self) -> bool {
        self.0 == Wide::of(self.0[0]).0
    }
}

/// How many values a test moves; `RING_ITEMS` asks for more (the soak takes 20 million).
fn items() -> u64 {
    std::env::var("RING_ITEMS").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000_000)
}

#[test]
fn spsc_moves_millions_without_a_wrong_read() {
    let items = items();
    let (mut producer, mut consumer) = spsc::ring::<Wide>(1 << 10, Wait::Yield);
    let writer = thread::spawn(move || {
        for value in 0..items {
            assert!(producer.push(Wide::of(value)).is_ok());
        }
    });
    let (mut next, mut wrong) = (0, 0_u64);
    while consumer.wait().is_ok() {
        consumer.drain(usize::MAX, |wide| {
            wrong += u64::from(!wide.is_whole() || wide.0[0] != next);
            next += 1;
        });
    }
    writer.join().expect("no panic");
    assert_eq!((next, wrong), (items, 0));
}

#[test]
fn mpsc_moves_millions_without_a_wrong_read() {
    const WRITERS: usize = 3;
    let each = items() / WRITERS as u64;
    let (producer, mut consumer) = mpsc::ring::<(usize, Wide)>(1 << 8, Wait::Yield);
    let writers: Vec<_> = (0..WRITERS)
        .map(|who| {
            let producer = producer.clone();
            thread::spawn(move || {
                for value in 0..each {
                    assert!(producer.push((who, Wide::of(value))).is_ok());
                }
            })
        })
        .collect();
    drop(producer);
    let (mut next, mut wrong) = ([0; WRITERS], 0_u64);
    while consumer.wait().is_ok() {
        consumer.drain(usize::MAX, |(who, wide)| {
            let place = &mut next[who];
            wrong += u64::from(!wide.is_whole() || wide.0[0] != *place);
            *place += 1;
        });
    }
    for writer in writers {
        writer.join().expect("no panic");
    }
    assert_eq!((next, wrong), ([each; WRITERS], 0));
}

#[test]
fn broadcast_shows_millions_to_everyone_without_a_wrong_read() {
    let items = items() / 2;
    let (mut producer, consumers) = broadcast::ring::<Wide>(1 << 8, 2, Wait::Yield);
    let readers: Vec<_> = consumers
        .into_iter()
        .map(|mut consumer| {
            thread::spawn(move || {
                let (mut next, mut wrong) = (0, 0_u64);
                while consumer.wait().is_ok() {
                    consumer.drain(usize::MAX, |wide| {
                        wrong += u64::from(!wide.is_whole() || wide.0[0] != next);
                        next += 1;
                    });
                }
                (next, wrong)
            })
        })
        .collect();
    for value in 0..items {
        assert!(producer.push(Wide::of(value)).is_ok());
    }
    drop(producer);
    for reader in readers {
        assert_eq!(reader.join().expect("no panic"), (items, 0));
    }
}

#[test]
fn a_full_ring_says_so_and_gives_the_value_back() {
    let (mut one, _reader) = spsc::ring::<u8>(2, Wait::Spin);
    let (many, _sink) = mpsc::ring::<u8>(2, Wait::Spin);
    let (mut all, _readers) = broadcast::ring::<u8>(2, 1, Wait::Spin);
    for value in [1, 2] {
        assert_eq!(one.try_push(value), Ok(()));
        assert_eq!(many.try_push(value), Ok(()));
        assert_eq!(all.try_push(value), Ok(()));
    }

    assert_eq!(one.try_push(3), Err(NotTaken::Full(3)));
    assert_eq!(many.try_push(3), Err(NotTaken::Full(3)));
    assert_eq!(all.try_push(3).map_err(NotTaken::into_value), Err(3));
}

#[test]
fn what_is_written_is_not_seen_before_it_is_published() {
    let (mut producer, mut consumer) = spsc::ring::<u8>(4, Wait::Spin);
    producer.try_write(1).expect("room");
    producer.try_write(2).expect("room");
    assert_eq!(consumer.drain(4, |_| unreachable!("nothing is published")), 0);

    producer.publish();

    let mut seen = Vec::new();
    assert_eq!(consumer.drain(1, |value| seen.push(value)), 1);
    assert_eq!(consumer.drain(4, |value| seen.push(value)), 1);
    assert_eq!(seen, [1, 2]);
}

#[test]
fn a_reader_gets_what_was_left_and_then_the_news_that_nobody_writes() {
    for wait in [Wait::Spin, Wait::Yield, Wait::Block] {
        let (mut producer, mut consumer) = spsc::ring::<u8>(4, wait);
        producer.try_push(7).expect("room");
        drop(producer);
        assert_eq!((consumer.recv(), consumer.recv()), (Ok(7), Err(Closed)));

        let (producer, mut consumer) = mpsc::ring::<u8>(4, wait);
        producer.try_push(7).expect("room");
        drop(producer);
        assert_eq!((consumer.recv(), consumer.recv()), (Ok(7), Err(Closed)));
    }
}

#[test]
fn a_consumer_that_panics_does_not_leave_the_producer_waiting() {
    for wait in [Wait::Spin, Wait::Yield, Wait::Block] {
        let (mut producer, mut consumer) = spsc::ring::<u64>(1, wait);
        let reader = thread::spawn(move || {
            consumer.wait().expect("a value comes");
            consumer.drain(1, |value| assert_ne!(value, 0, "planted"));
        });
        let refused = (0..).find_map(|value| producer.push(value).err());
        assert!(matches!(refused, Some(NotTaken::Closed(_))));
        assert!(reader.join().is_err());
    }
}

#[test]
fn every_value_is_dropped_once_wherever_it_is_left() {
    let value = Arc::new(());
    let count = || Arc::strong_count(&value) - 1;

    let (mut one, mut reader) = spsc::ring(4, Wait::Spin);
    let (many, mut sink) = mpsc::ring(4, Wait::Spin);
    let (mut all, mut readers) = broadcast::ring(4, 2, Wait::Spin);
    for _ in 0..3 {
        assert!(one.try_push(Arc::clone(&value)).is_ok());
        assert!(many.try_push(Arc::clone(&value)).is_ok());
        assert!(all.try_push(Arc::clone(&value)).is_ok());
    }
    assert_eq!(count(), 9);
    reader.drain(1, drop);
    sink.drain(2, drop);
    assert_eq!(count(), 6);
    // A broadcast value stays in its slot until that is used again.
    for reader in &mut readers {
        reader.drain(3, |_| ());
    }
    for _ in 0..3 {
        assert!(all.try_push(Arc::clone(&value)).is_ok());
    }
    assert_eq!(count(), 7);

    drop((one, reader, many, sink));
    drop((all, readers));

    assert_eq!(count(), 0);
}

#[test]
fn a_value_counts_as_consumed_when_its_reader_panics() {
    let (mut producer, mut consumer) = spsc::ring::<u8>(2, Wait::Spin);
    producer.try_push(1).expect("room");
    producer.try_push(2).expect("room");
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        consumer.drain(2, |_| panic!("planted"));
    }));
    assert!(failed.is_err());

    assert_eq!(producer.try_push(3), Ok(()), "its slot is free");
    assert_eq!((consumer.recv(), consumer.recv()), (Ok(2), Ok(3)));
}

#[test]
#[should_panic(expected = "capacity must be a power of two from 1 to 2147483648: capacity=3")]
fn a_capacity_that_is_no_power_of_two_is_refused() {
    drop(spsc::ring::<u8>(3, Wait::Spin));
}

#[test]
#[should_panic(expected = "capacity must be at least 2: capacity=1")]
fn a_ring_of_one_slot_cannot_tell_turns_apart() {
    drop(mpsc::ring::<u8>(1, Wait::Spin));
}

#[test]
#[should_panic(expected = "a ring needs a consumer: consumers=0")]
fn a_ring_without_consumers_is_refused() {
    drop(broadcast::ring::<u8>(2, 0, Wait::Spin));
}

#[test]
fn the_reader_may_keep_what_cannot_change_threads() {
    // The callback is the reader's own: it may use what never leaves its thread.
    let sum = Rc::new(Cell::new(0));
    let (mut producer, mut consumer) = spsc::ring::<u32>(8, Wait::Spin);
    (1..=4).for_each(|value| producer.try_push(value).expect("room"));
    let seen = Rc::clone(&sum);
    consumer.drain(usize::MAX, move |value| seen.set(seen.get() + value));
    assert_eq!(sum.get(), 10);
}
