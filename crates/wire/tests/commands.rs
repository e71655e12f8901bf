//! Commands keep their meaning as messages, and bytes that are no command are refused by name.

use model::{
    AccountId, Activation, ClOrdId, Command, Display, FeeBase, FeeRates, FeeScheduleId, GroupKind, GroupLeg, GroupMode,
    InstrumentId, NewGroup, NewOrder, OrdType, Peg, PegReference, PostOnly, Price, Qty, RejectReason, SessionId, Side,
    StpMode, TimeInForce,
};
use wire::{Fault, HEADER_SIZE, Header, Kind, WireError, decode_command, encode_command, kind_of};

fn order() -> NewOrder {
    NewOrder {
        account: AccountId(7),
        session: SessionId(9),
        instrument: InstrumentId(3),
        cl_ord_id: ClOrdId::new("A-1").expect("a client id"),
        side: Side::Sell,
        ord_type: OrdType::Pegged,
        tif: TimeInForce::Gtd { expire_ns: 1_700_000_000_000_000_000 },
        order_qty: Qty(500),
        price: Some(Price(-25)),
        protection_price: None,
        quote_qty: None,
        peg: Some(Peg { reference: PegReference::Far, offset_ticks: -2 }),
        min_qty: Qty(0),
        display: Display::Iceberg { display_qty: Qty(50), threshold: Qty(5), variance_bps: 1_000 },
        post_only: PostOnly::Slide,
        reduce_only: true,
        stp: Some(StpMode::DecrementAndCancel),
    }
}

fn bytes_of(command: &Command) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_command(command, 42, &mut bytes).expect("what a command holds can be written");
    bytes
}

/// Where a field of a new order stands, from the page of layouts.
fn offset(name: &str) -> usize {
    let spec = Kind::NewOrder.spec();
    HEADER_SIZE + spec.rows.iter().find(|row| row.name == name).expect("a field of an order").offset
}

#[test]
fn an_order_is_read_back_as_it_was() {
    let command = Command::NewOrder(order());

    let bytes = bytes_of(&command);

    let header = Header::read(&bytes).unwrap();
    assert_eq!((header.kind, header.session, header.seq), (Kind::NewOrder, 9, 42));
    assert_eq!(usize::from(header.block_len), bytes.len() - HEADER_SIZE);
    assert_eq!(decode_command(&bytes), Ok(command));
    assert_eq!(kind_of(&bytes), Ok(Kind::NewOrder));
}

#[test]
fn an_order_is_small() {
    assert!(bytes_of(&Command::NewOrder(order())).len() <= 160);
}

#[test]
fn the_codes_are_those_of_the_ruling() {
    // C-19: side 0 buy 1 sell; type 0 limit 1 market; time in force 0 GTC 1 IOC 2 FOK. B-57: nothing else passes.
    let code = |order: NewOrder, name| bytes_of(&Command::NewOrder(order))[offset(name)];

    assert_eq!([Side::Buy, Side::Sell].map(|side| code(NewOrder { side, ..order() }, "side")), [0, 1]);
    let types = [OrdType::Limit, OrdType::Market];
    assert_eq!(types.map(|ord_type| code(NewOrder { ord_type, ..order() }, "ord_type")), [0, 1]);
    let tifs = [TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::Fok];
    assert_eq!(tifs.map(|tif| code(NewOrder { tif, ..order() }, "tif")), [0, 1, 2]);
}

#[test]
fn an_unknown_code_is_refused_with_field_value_and_limit() {
    for (name, limit, reason) in [
        ("side", 1, RejectReason::UnknownSide),
        ("ord_type", 3, RejectReason::UnknownOrdType),
        ("tif", 7, RejectReason::UnknownTimeInForce),
        ("stp", 4, RejectReason::UnknownStpMode),
        ("post_only", 2, RejectReason::UnknownInstruction),
        ("reduce_only", 1, RejectReason::UnknownInstruction),
        ("display", 2, RejectReason::UnknownInstruction),
    ] {
        for value in [limit + 1, 0x80, 0xFF] {
            let mut bytes = bytes_of(&Command::NewOrder(order()));
            bytes[offset(name)] = value;

            let error = decode_command(&bytes).unwrap_err();

            let (value, limit) = (i128::from(value), i128::from(limit));
            assert_eq!(error, WireError { fault: Fault::UnknownCode, field: name, at: offset(name), value, limit });
            assert_eq!(error.reason(), reason);
            assert!(!error.is_framing());
            assert!(error.to_string().contains(&format!("field={name}")), "{error}");
        }
    }
}

#[test]
fn what_is_absent_is_zero_or_refused() {
    for name in ["protection_price", "quote_qty"] {
        let mut bytes = bytes_of(&Command::NewOrder(order()));
        bytes[offset(name)] = 1;

        let error = decode_command(&bytes).unwrap_err();

        assert_eq!((error.fault, error.field, error.value), (Fault::NotZero, name, 1));
    }
    let mut bytes = bytes_of(&Command::NewOrder(NewOrder { tif: TimeInForce::Gtc, ..order() }));
    bytes[offset("expire_ns") + 7] = 1;
    assert_eq!(decode_command(&bytes).map_err(|error| error.reason()), Err(RejectReason::ExpireTimeMismatch));
    let mut bytes = bytes_of(&Command::NewOrder(order()));
    bytes[offset("present")] |= 0x80;
    assert_eq!(decode_command(&bytes).unwrap_err().field, "present");
}

#[test]
fn a_client_id_is_one_to_36_printable_characters_and_padding() {
    // B-57: no text is cut and no other id is made of it.
    let at = offset("cl_ord_id");
    for (index, byte) in [(0, 0), (0, b' '), (1, 0), (5, b'x'), (35, b'x'), (2, 0xE9), (2, b'\n')] {
        let mut bytes = bytes_of(&Command::NewOrder(order()));
        bytes[at + index] = byte;

        let error = decode_command(&bytes).unwrap_err();

        assert_eq!((error.fault, error.field, error.at), (Fault::NotText, "cl_ord_id", at), "{index} {byte}");
        assert_eq!(error.reason(), RejectReason::BadClOrdId);
    }
}

#[test]
fn every_length_but_the_right_one_is_refused() {
    // B-56: neither a short message nor a tail passes.
    let whole = bytes_of(&Command::NewOrder(order()));
    for len in (0..whole.len() + 20).filter(|len| *len != whole.len()) {
        let mut bytes = whole.clone();
        bytes.resize(len, 0);
        assert!(decode_command(&bytes).unwrap_err().is_framing(), "the header does not say {len}");

        if let Some(block_len) = len.checked_sub(HEADER_SIZE) {
            bytes[2..4].copy_from_slice(&u16::try_from(block_len).unwrap().to_be_bytes());
            let error = decode_command(&bytes).unwrap_err();
            assert_eq!((error.fault, error.is_framing()), (Fault::BlockLength, false), "{error}");
        }
    }
}

#[test]
fn a_newer_version_and_an_unknown_kind_have_their_own_errors() {
    let mut bytes = bytes_of(&Command::Tick);
    bytes[1] = 2;
    assert_eq!(decode_command(&bytes).unwrap_err().fault, Fault::NewerVersion);
    bytes[1] = 0;
    assert_eq!(decode_command(&bytes).unwrap_err().field, "version");
    bytes[..2].copy_from_slice(&[200, 1]);
    assert_eq!(decode_command(&bytes).unwrap_err().fault, Fault::UnknownKind);
    bytes[0] = Kind::Heartbeat.code();
    assert_eq!(decode_command(&bytes).unwrap_err().fault, Fault::UnknownKind);
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    let blank = Command::NewOrder(NewOrder { cl_ord_id: ClOrdId::BLANK, ..order() });
    let leg = GroupLeg { order: order(), trigger: None };
    let group = |legs| {
        Command::NewGroup(Box::new(NewGroup {
            kind: GroupKind::Oco,
            mode: GroupMode::default(),
            activation: Activation::default(),
            legs: vec![leg; legs],
        }))
    };
    let mut bytes = vec![1, 2, 3];

    assert_eq!(encode_command(&blank, 0, &mut bytes).unwrap_err().fault, Fault::NotText);
    let error = encode_command(&group(9), 0, &mut bytes).unwrap_err();

    assert_eq!((error.fault, error.value, error.limit), (Fault::TooMany, 9, 8));
    assert_eq!(bytes, [1, 2, 3]);
    for legs in 0..=8 {
        assert_eq!(decode_command(&bytes_of(&group(legs))), Ok(group(legs)));
    }
}

/// A log keeps what it says for good: kind 35 is as it was before markets of events had rates of their own.
#[test]
fn fees_of_either_base_are_kinds_of_their_own() {
    let set = |base| {
        let rates = FeeRates { maker_ppm: -500, taker_ppm: 2_000 };
        Command::SetFees { schedule: FeeScheduleId(3), base, rates }
    };
    let header = |kind| [kind, 1, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 42];
    let block = [0, 3, 0xFF, 0xFF, 0xFE, 0x0C, 0, 0, 0x07, 0xD0];

    for (kind, base) in [(35, FeeBase::Notional), (58, FeeBase::Variance)] {
        let written = [header(kind).as_slice(), &block].concat();

        assert_eq!(decode_command(&written), Ok(set(base)));
        assert_eq!(bytes_of(&set(base)), written);
    }
}
