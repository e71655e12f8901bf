//! Every interleaving of small programs, under every reordering the memory model allows (invariants 1 to 3).
//!
//! Runs with `RUSTFLAGS="--cfg loom"`; without it there is nothing here.
#![cfg(loom)]

use loom::thread;
use ring::{Closed, NotTaken, Wait, broadcast, mpsc, spsc};

/// Explores with a bound on how often a thread may be interrupted: what stays unseen needs more than three.
fn check(program: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(program);
}

#[test]
fn spsc_values_arrive_whole_and_in_order_around_the_ring() {
    check(|| {
        let (mut producer, mut consumer) = spsc::ring::<Box<u64>>(2, Wait::Spin);
        let writer = thread::spawn(move || {
            for value in 0..3 {
                producer.push(Box::new(value)).expect("the consumer stays");
            }
        });
        for value in 0..3 {
            assert_eq!(consumer.recv().map(|boxed| *boxed), Ok(value));
        }
        writer.join().expect("no panic");
        assert_eq!(consumer.recv(), Err(Closed));
    });
}

#[test]
fn spsc_a_batch_is_seen_whole_or_not_at_all() {
    check(|| {
        let (mut producer, mut consumer) = spsc::ring::<u64>(4, Wait::Spin);
        let writer = thread::spawn(move || {
            producer.try_write(1).expect("room");
            producer.try_write(2).expect("room");
            producer.publish();
        });
        let mut seen = Vec::new();
        consumer.drain(4, |value| seen.push(value));
        assert!(seen.is_empty() || seen == [1, 2], "half a batch: {seen:?}");
        writer.join().expect("no panic");
    });
}

#[test]
fn spsc_a_sleeper_is_woken_by_a_value_and_by_room() {
    check(|| {
        let (mut producer, mut consumer) = spsc::ring::<u64>(1, Wait::Block);
        let writer = thread::spawn(move || {
            producer.push(1).expect("the consumer stays");
            producer.push(2).expect("the consumer stays");
        });
        assert_eq!(consumer.recv(), Ok(1));
        assert_eq!(consumer.recv(), Ok(2));
        assert_eq!(consumer.recv(), Err(Closed));
        writer.join().expect("no panic");
    });
}

#[test]
fn spsc_a_full_ring_without_a_reader_ends_the_wait() {
    for wait in [Wait::Spin, Wait::Block] {
        check(move || {
            let (mut producer, consumer) = spsc::ring::<u64>(1, wait);
            producer.push(1).expect("room");
            let reader = thread::spawn(move || drop(consumer));
            assert_eq!(producer.push(2), Err(NotTaken::Closed(2)));
            reader.join().expect("no panic");
        });
    }
}

#[test]
fn spsc_values_left_behind_are_dropped_once() {
    check(|| {
        let (mut producer, mut consumer) = spsc::ring::<loom::sync::Arc<()>>(2, Wait::Spin);
        let value = loom::sync::Arc::new(());
        let copy = loom::sync::Arc::clone(&value);
        let writer = thread::spawn(move || {
            producer.try_write(loom::sync::Arc::clone(&copy)).expect("room");
            producer.try_write(copy).expect("room");
        });
        consumer.drain(1, drop);
        drop(consumer);
        writer.join().expect("no panic");
        assert_eq!(loom::sync::Arc::strong_count(&value), 1);
    });
}

#[test]
fn mpsc_each_value_arrives_once_and_each_producer_in_order() {
    check(|| {
        let (producer, mut consumer) = mpsc::ring::<Box<u64>>(2, Wait::Spin);
        let second = producer.clone();
        let writers = [(producer, 10), (second, 20)].map(|(producer, base)| {
            thread::spawn(move || {
                producer.try_push(Box::new(base)).expect("room for one of each");
            })
        });
        let mut seen = Vec::new();
        while let Ok(value) = consumer.recv() {
            seen.push(*value);
        }
        seen.sort_unstable();
        assert_eq!(seen, [10, 20]);
        for writer in writers {
            writer.join().expect("no panic");
        }
    });
}

#[test]
fn mpsc_a_slot_is_used_again_only_after_it_was_read() {
    check(|| {
        let (producer, mut consumer) = mpsc::ring::<Box<u64>>(2, Wait::Yield);
        producer.try_push(Box::new(0)).expect("room");
        let writer = thread::spawn(move || {
            producer.push(Box::new(1)).expect("the consumer stays");
            producer.push(Box::new(2)).expect("the consumer stays");
        });
        for value in 0..3 {
            assert_eq!(consumer.recv().map(|boxed| *boxed), Ok(value));
        }
        writer.join().expect("no panic");
    });
}

#[test]
fn mpsc_sleepers_are_woken() {
    check(|| {
        let (producer, mut consumer) = mpsc::ring::<u64>(2, Wait::Block);
        let writer = thread::spawn(move || {
            for value in 0..3 {
                producer.push(value).expect("the consumer stays");
            }
        });
        for value in 0..3 {
            assert_eq!(consumer.recv(), Ok(value));
        }
        assert_eq!(consumer.recv(), Err(Closed));
        writer.join().expect("no panic");
    });
}

#[test]
fn broadcast_every_consumer_sees_every_value_and_holds_back_the_producer() {
    check(|| {
        let (mut producer, mut consumers) = broadcast::ring::<Box<u64>>(1, 2, Wait::Spin);
        let (mut second, mut first) = (consumers.pop().expect("two"), consumers.pop().expect("two"));
        let writer = thread::spawn(move || {
            producer.push(Box::new(1)).expect("consumers stay");
            producer.push(Box::new(2)).expect("consumers stay");
        });
        let (mut one, mut two) = (Vec::new(), Vec::new());
        while first.wait().is_ok() {
            first.drain(2, |value| one.push(**value));
            while two.len() < one.len() {
                second.drain(1, |value| two.push(**value));
            }
        }
        assert_eq!((one, two), (vec![1, 2], vec![1, 2]));
        writer.join().expect("no panic");
    });
}

#[test]
fn broadcast_a_consumer_that_leaves_holds_nothing_back() {
    check(|| {
        let (mut producer, mut consumers) = broadcast::ring::<u64>(1, 2, Wait::Block);
        let (second, mut first) = (consumers.pop().expect("two"), consumers.pop().expect("two"));
        let leaver = thread::spawn(move || drop(second));
        let writer = thread::spawn(move || {
            producer.push(1).expect("one stays");
            producer.push(2).expect("one stays");
        });
        let mut seen = Vec::new();
        while first.wait().is_ok() {
            first.drain(1, |value| seen.push(*value));
        }
        assert_eq!(seen, [1, 2]);
        leaver.join().expect("no panic");
        writer.join().expect("no panic");
    });
}
