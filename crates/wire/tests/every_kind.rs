//! What holds for every kind of message, shown on random ones written from the specification.

use std::collections::BTreeSet;

use model::SplitMix64;
use wire::sample;
use wire::spec::{Form, Row, When};
use wire::{Class, Fault, HEADER_SIZE, Header, Kind, Message, decode_command, encode_command_from};

const SAMPLES: u64 = 200;

fn samples(kind: Kind) -> impl Iterator<Item = Vec<u8>> {
    (0..SAMPLES).map(move |seed| sample::message(kind, &mut SplitMix64::new(seed * 256 + u64::from(kind.code()))))
}

fn encode(header: Header, message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(header.session, header.seq, &mut bytes).expect("what was read can be written");
    bytes
}

#[test]
fn each_kind_has_one_number_and_the_fixed_ones_are_as_agreed() {
    let codes: BTreeSet<u8> = Kind::ALL.iter().map(|kind| kind.code()).collect();

    assert_eq!(codes.len(), Kind::ALL.len());
    for (code, name) in [
        (1, "NewOrder"),
        (2, "CancelOrder"),
        (3, "ModifyOrder"),
        (4, "ExecutionReport"),
        (5, "OrderBookSnapshot"),
        (6, "Trade"),
        (255, "Heartbeat"),
    ] {
        assert_eq!(Kind::from_code(code).map(Kind::name), Some(name));
    }
    assert_eq!((0..=255).filter_map(Kind::from_code).collect::<Vec<_>>(), Kind::ALL);
}

#[test]
fn every_message_has_one_form() {
    // B-55: one layout, from which the page, the size and both directions follow.
    for kind in Kind::ALL {
        for bytes in samples(*kind) {
            let (header, message) = Message::decode(&bytes).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
            assert_eq!(encode(header, &message), bytes, "{kind:?} {message:?}");
        }
    }
}

#[test]
fn commands_alone_are_read_as_commands() {
    for kind in Kind::ALL {
        for bytes in samples(*kind).take(20) {
            let header = Header::read(&bytes).expect("a whole message");
            match decode_command(&bytes) {
                Ok(command) => {
                    let mut again = Vec::new();
                    encode_command_from(&command, header.session, header.seq, &mut again).expect("it was read");
                    assert_eq!(again, bytes);
                    assert!(matches!(kind.class(), Class::ClientCommand | Class::OperatorCommand));
                }
                Err(error) => {
                    assert_eq!(error.fault, Fault::UnknownKind);
                    assert!(!kind.is_command(), "{kind:?}");
                }
            }
        }
    }
}

#[test]
fn a_changed_byte_is_refused_or_means_something_else() {
    for kind in Kind::ALL {
        for bytes in samples(*kind).take(3) {
            for at in 0..bytes.len().min(600) {
                for change in [1, 0x80, 0xFF] {
                    let mut changed = bytes.clone();
                    changed[at] ^= change;
                    if let Ok((header, message)) = Message::decode(&changed) {
                        assert_eq!(encode(header, &message), changed, "{kind:?} byte {at}");
                    }
                }
            }
        }
    }
}

/// The rows of the fixed part with their places in a message.
fn rows(kind: Kind) -> Vec<(usize, Row)> {
    kind.spec().rows.into_iter().map(|row| (HEADER_SIZE + row.offset, row)).collect()
}

/// The part of a name that errors give: the field within its own block.
fn leaf(name: &str) -> &str {
    name.rsplit('.').find(|part| part.parse::<u8>().is_err()).unwrap_or(name)
}

#[test]
fn every_code_without_meaning_is_refused_by_name() {
    for kind in Kind::ALL {
        let some: Vec<Vec<u8>> = samples(*kind).take(10).collect();
        for (at, row) in rows(*kind) {
            let known: BTreeSet<u16> = if row.form == Form::Bool {
                [0, 1].into()
            } else if row.form == Form::Code {
                row.codes.iter().flat_map(|codes| &codes.values).map(|(code, ..)| *code).collect()
            } else {
                continue;
            };
            for code in (0..=255).filter(|code| !known.contains(&u16::from(*code))) {
                // Where the field is absent in this one, another has it.
                let errors = some.iter().filter_map(|bytes| {
                    let mut bytes = bytes.clone();
                    let is_present = row.when == When::Always || bytes[at] != 0;
                    bytes[at] = code;
                    is_present.then(|| Message::decode(&bytes).expect_err("the code has no meaning"))
                });
                for error in errors {
                    assert_eq!((error.fault, error.field), (Fault::UnknownCode, leaf(&row.name)), "{kind:?}");
                    assert_eq!((error.at, error.value), (at, i128::from(code)), "{kind:?} {}", row.name);
                    assert!(known.contains(&u16::try_from(error.limit).expect("a code")), "{kind:?} {error}");
                }
            }
        }
    }
}

#[test]
fn absent_fields_are_zero_or_refused() {
    let mut checked = 0;
    for kind in Kind::ALL {
        let rows = rows(*kind);
        for bytes in samples(*kind).take(20) {
            for (at, row) in &rows {
                let When::Bit { mask, bit } = row.when else { continue };
                let (mask_at, mask) = &rows[mask];
                let last = mask_at + mask.form.size() - 1;
                let byte = bytes[last - usize::try_from(bit / 8).expect("small")];
                if byte >> (bit % 8) & 1 == 1 {
                    continue;
                }
                for offset in 0..row.form.size() {
                    let mut changed = bytes.clone();
                    changed[at + offset] = 1;
                    assert!(Message::decode(&changed).is_err(), "{kind:?} {} is absent", row.name);
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 1_000, "only {checked}");
}

#[test]
fn every_cut_and_every_longer_message_is_refused() {
    for kind in Kind::ALL {
        for bytes in samples(*kind).filter(|bytes| bytes.len() < 1_000).take(3) {
            for len in (0..bytes.len()).chain(bytes.len() + 1..bytes.len() + 40) {
                let mut changed = bytes.clone();
                changed.resize(len, 0);
                assert!(Message::decode(&changed).is_err_and(|error| error.is_framing()), "{kind:?} {len}");
                if let Some(block_len) = len.checked_sub(HEADER_SIZE) {
                    changed[2..4].copy_from_slice(&u16::try_from(block_len).expect("short").to_be_bytes());
                    let error = Message::decode(&changed).expect_err("the length is not that of the kind");
                    assert!(!error.is_framing(), "{kind:?} {len} {error}");
                    assert!(error.at <= len.max(2), "{kind:?} {len} {error}");
                }
            }
        }
    }
}

#[test]
fn a_list_of_one_entry_too_many_is_refused_before_it_is_read() {
    for kind in Kind::ALL {
        let spec = kind.spec();
        if spec.entry.is_empty() {
            continue;
        }
        let len = HEADER_SIZE + spec.size() + spec.entry_size();
        let whole = samples(*kind).find(|bytes| bytes.len() == len).expect("one of them has one entry");
        let (front, entry) = whole.split_at(HEADER_SIZE + spec.size());
        let with_entries = |count: usize| {
            let mut bytes = [front, &entry.repeat(count)].concat();
            let block_len = u16::try_from(bytes.len() - HEADER_SIZE).expect("it fits");
            bytes[2..4].copy_from_slice(&block_len.to_be_bytes());
            let at = HEADER_SIZE + spec.size() - 2;
            bytes[at..at + 2].copy_from_slice(&u16::try_from(count).expect("it fits").to_be_bytes());
            bytes
        };

        // Equal bands are no grid, so of grids only the refusal is looked at.
        let most = Message::decode(&with_entries(spec.entries_max)).err().map(|error| error.fault);
        assert!(most.is_none() || most == Some(Fault::TickBands), "{kind:?} {most:?}");
        let error = Message::decode(&with_entries(spec.entries_max + 1)).expect_err("one too many");

        assert_eq!(error.fault, Fault::TooMany, "{kind:?}");
        assert_eq!(error.value, error.limit + 1);
    }
}

#[test]
fn the_longest_message_of_each_kind_fits_a_frame() {
    for kind in Kind::ALL {
        let spec = kind.spec();
        let longest = HEADER_SIZE + spec.size() + spec.entries_max * spec.entry_size();
        assert!(u16::try_from(longest).is_ok(), "{kind:?} {longest}");
    }
}

#[test]
fn what_a_report_answers_is_written_into_its_bytes_and_nothing_else_is() {
    for kind in Kind::ALL {
        for mut bytes in samples(*kind) {
            let (header, mut message) = Message::decode(&bytes).expect("a sample");
            if let Message::ExecutionReport(wire::ExecutionReport { ref_seq, .. })
            | Message::CancelReject(wire::CancelReject { ref_seq, .. })
            | Message::CommandReport(wire::CommandReport { ref_seq, .. }) = &mut message
            {
                *ref_seq = 0x0102_0304_0506_0708;
            }

            wire::set_ref_seq(&mut bytes, 0x0102_0304_0506_0708);

            assert_eq!(bytes, encode(header, &message), "{kind:?}");
        }
    }
}
