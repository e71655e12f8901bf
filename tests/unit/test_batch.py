"""Batches: same outcome as single calls, with or without NumPy, and the GIL free meanwhile."""

import random
import struct
import sys
import threading
from collections.abc import Sequence

import numpy as np
import pytest
from tests.unit.markets import open_market

from fairlead import DataError, Exchange, Instrument, WrongTypeError
from fairlead.model.batch import COMMAND_FIELDS, COMMAND_STRUCT, EVENT_FIELDS, EVENT_KINDS, EVENT_STRUCT, OPS, TIFS

COMMAND = struct.Struct(COMMAND_STRUCT)
EVENT = struct.Struct(EVENT_STRUCT)
Row = tuple[int, ...]


def _row(op: str, **fields: int) -> Row:
    values = {name: 0 for name, _ in COMMAND_FIELDS} | {"op": OPS[op]} | fields
    return tuple(values[name] for name, _ in COMMAND_FIELDS)


def _packed(rows: Sequence[Row]) -> bytes:
    return b"".join(COMMAND.pack(*row) for row in rows)


def _flow(count: int) -> list[Row]:
    draw = random.Random(7)
    rows: list[Row] = []
    for number in range(1, count + 1):
        kind = draw.choices(["limit", "market", "cancel", "reduce", "replace"], [60, 5, 20, 5, 10])[0]
        target = draw.randint(max(1, number - 30), number)
        fields = {"account": draw.randint(1, 2), "side": draw.randint(0, 1), "px": 10_000 + draw.randint(-20, 20)}
        fields |= {"qty": draw.randint(1, 9), "cl_id": number, "by": 1, "target": target}
        fields["tif"] = TIFS["ioc"] if kind == "market" or draw.random() < 0.1 else TIFS["gtc"]
        rows.append(_row(kind, **fields))
    return rows


def _call(ex: Exchange, row: Row) -> None:
    fields = dict(zip((name for name, _ in COMMAND_FIELDS), row, strict=True))
    account = ("alice", "bob")[fields["account"] - 1]
    price = f"{fields['px'] / 100:.2f}"
    op = next(name for name, code in OPS.items() if code == fields["op"])
    new, target = str(fields["cl_id"]), str(fields["target"])
    if op in ("limit", "market"):
        ex.submit(
            account=account, cl_ord_id=new, symbol="AAPL", side=("buy", "sell")[fields["side"]], ord_type=op,
            order_qty=fields["qty"], price=price if op == "limit" else None,
            time_in_force=next(word for word, code in TIFS.items() if code == fields["tif"]),
        )  # fmt: skip
    elif op == "cancel":
        ex.cancel(account=account, orig_cl_ord_id=target)
    else:
        open_orders = {order.order_id: order for order in ex.open_orders(account=account)}
        report = ex.order(account=account, cl_ord_id=target) if _knows(ex, account, target) else None
        order = open_orders.get(report.order_id) if report else None
        gone = int(order.order_qty - order.leaves_qty) if order else 0
        ex.amend(
            account=account, cl_ord_id=new, orig_cl_ord_id=target, order_qty=fields["qty"] + gone,
            price=price if op == "replace" else None,
        )  # fmt: skip


def _knows(ex: Exchange, account: str, cl_ord_id: str) -> bool:
    try:
        ex.order(account=account, cl_ord_id=cl_ord_id)
    except LookupError:
        return False
    return True


def test_the_layout_is_the_same_for_numpy_and_for_struct() -> None:
    assert np.dtype(COMMAND_FIELDS).itemsize == COMMAND.size == 64
    assert np.dtype(EVENT_FIELDS).itemsize == EVENT.size == 96


def test_a_batch_gives_the_state_and_the_events_of_single_calls() -> None:
    rows = _flow(600)
    single, batched, in_pieces = (open_market(kind="credit", history_max=10_000) for _ in range(3))

    for row in rows:
        _call(single, row)
    events = np.frombuffer(batched.run(_packed(rows)), dtype=np.dtype(EVENT_FIELDS))
    for start in range(0, len(rows), 7):
        in_pieces.run(_packed(rows[start : start + 7]))

    assert batched.state_hash() == single.state_hash() == in_pieces.state_hash()
    assert batched.events() == single.events()
    trades = events[events["kind"] == EVENT_KINDS.index("trade")]
    assert len(trades) > 50
    assert [(trade.trade_id, int(trade.price * 100), int(trade.qty)) for trade in single.trades("AAPL")] == [
        (int(row["id"]), int(row["px"]), int(row["qty"])) for row in trades
    ]


def test_event_records_say_what_event_objects_say() -> None:
    ex = open_market(kind="credit", history_max=10_000)
    before = ex.events()[-1].seq

    records = list(EVENT.iter_unpack(ex.run(_packed(_flow(300)))))

    names = [name for name, _ in EVENT_FIELDS]
    objects = ex.events(since=before)
    assert len(records) == len(objects)
    for record, event in zip(records, objects, strict=True):
        fields = dict(zip(names, record, strict=True))
        kind = "".join(part.title() for part in EVENT_KINDS[fields["kind"]].split("_"))
        assert (fields["seq"], fields["sub"], fields["ts_ns"]) == (event.seq, event.sub, event.ts_ns)
        assert kind == type(event).__name__
        order_id = getattr(event, "order_id", None) or getattr(event, "buy_order_id", None) or 0
        assert fields["order_id"] == order_id


def test_pairs_that_a_trade_makes_are_told_before_it() -> None:
    ex = Exchange()
    for asset, decimals in (("USD", 2), ("RAIN", 0), ("NO-RAIN", 0)):
        ex.add_asset(asset, decimals=decimals)
    ex.list(Instrument("RAIN", quote="USD", tick_size="0.01", lot_size=1, max_price="0.99"), state="pre_listed")
    ex.set_outcome("RAIN", no="NO-RAIN")
    ex.set_state("RAIN", "continuous")
    for account in ("alice", "bob"):
        ex.add_account(account, kind="credit")
    sell, buy = _row("limit", account=1, side=1, px=60, qty=5), _row("limit", account=2, side=0, px=60, qty=3)

    records = list(EVENT.iter_unpack(ex.run(_packed([sell, buy]))))

    names = [name for name, _ in EVENT_FIELDS]
    told = [dict(zip(names, record, strict=True)) for record in records]
    kinds = [EVENT_KINDS[fields["kind"]] for fields in told]
    assert kinds[kinds.index("outcome") :][:2] == ["outcome", "trade"]
    (minted,) = (fields for fields in told if EVENT_KINDS[fields["kind"]] == "outcome")
    assert (minted["id"], minted["account"], minted["qty"]) == (1, 1, 3)


def test_arrays_give_arrays_and_buffers_give_bytes() -> None:
    rows = [_row("limit", account=1, px=10_000, qty=1, cl_id=1)]
    array = np.frombuffer(_packed(rows), dtype=np.dtype(COMMAND_FIELDS))

    of_array = open_market().run(array)
    of_bytes = open_market().run(_packed(rows))

    assert of_array.dtype == np.dtype(EVENT_FIELDS)
    assert isinstance(of_bytes, bytes)
    assert of_array.tobytes() == of_bytes == open_market().run(memoryview(_packed(rows)))
    assert open_market().run(array[::-1]).tobytes() == of_bytes


def test_a_record_that_cannot_be_read_stops_the_batch_before_it_begins() -> None:
    good = _row("limit", account=1, px=10_000, qty=1, cl_id=1)
    bad = [
        ({"op": 6}, "record 1: no meaning for its op"),
        ({"side": 2}, "its side"),
        ({"tif": 8}, "its tif"),
        ({"post_only": 3}, "its post_only"),
        ({"by": 2}, "its by"),
        ({"stp": 6}, "its stp"),
        ({"ts_ns": 2**63 - 1}, "record 1: ts_ns=9223372036854775807 is too late"),
    ]
    ex = open_market()
    before = ex.state_hash()

    for change, words in bad:
        record = dict(zip((name for name, _ in COMMAND_FIELDS), good, strict=True)) | change
        with pytest.raises(DataError, match=words):
            ex.run(_packed([good, tuple(record.values())]))
    with pytest.raises(DataError, match="bytes=63"):
        ex.run(_packed([good])[:-1])
    with pytest.raises(WrongTypeError, match="dtype"):
        ex.run(np.zeros(64, dtype=np.uint8))
    with pytest.raises(WrongTypeError, match="list"):
        ex.run([1, 2])  # type: ignore[call-overload]

    assert ex.state_hash() == before
    assert ex.run(b"") == b""


def test_refusals_of_the_engine_are_events_of_the_batch() -> None:
    rows = [
        _row("limit", account=1, px=10_000, qty=0, cl_id=1),
        _row("limit", account=9, px=10_000, qty=1, cl_id=2),
        _row("limit", account=1, instrument=5, px=10_000, qty=1, cl_id=3),
        _row("cancel", account=1, target=44),
        _row("replace", account=1, target=44, px=1, qty=1, cl_id=4),
        _row("tick"),
    ]

    records = list(EVENT.iter_unpack(open_market().run(_packed(rows))))

    kinds = [(EVENT_KINDS[record[3]], record[5]) for record in records]
    assert kinds == [
        ("order_rejected", 301),
        ("order_rejected", 101),
        ("order_rejected", 104),
        ("cancel_rejected", 106),
        ("amend_rejected", 106),
        ("time_passed", 0),
    ]


def test_other_threads_run_during_a_batch() -> None:
    batches_max = 2_000
    ex = open_market(kind="credit", history_max=0)
    batch = _packed([_row("limit", account=1, px=1, qty=1), *[_row("tick")] * 999])
    started, seen, noticed = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        for _ in range(batches_max):
            ex.run(batch)
            if seen.is_set():
                noticed.set()
                return

    # No thread is switched unless it lets go by itself: the main thread can only run while a batch has let go.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1_000)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        started.wait()
        seen.set()
        thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert noticed.is_set()
