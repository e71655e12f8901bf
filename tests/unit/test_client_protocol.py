"""The client's half of the protocol without sockets: proofs, numbers, splits, books."""

import hashlib
import hmac
from decimal import Decimal
from pathlib import Path

import pytest

from fairlead.client.book import Book
from fairlead.client.instruments import Instruments
from fairlead.client.keys import prover, read_secret, secret_bytes
from fairlead.client.protocol import Protocol, SessionEndedError
from fairlead.client.report import Position, report_of
from fairlead.engine.keys import public_key, sign_logon
from fairlead.errors import DataError, NotFoundError, UsageError, WrongTypeError
from fairlead.wire import Frames, Message, decode, encode, frame
from fairlead.wire.codec import Value

SECRET = bytes(range(32))
NONCE = bytes([7]) * 32


def _protocol(resume: Position | None = None) -> Protocol:
    return Protocol(key_id="a", prover=prover(secret=SECRET, private_key=None), role="Trading", resume=resume)


def _said(protocol: Protocol) -> list[Message]:
    return [decode(raw) for raw in Frames().feed(protocol.take_out())]


def _heard(kind: str, seq: int = 0, session: int = 0, **fields: Value) -> bytes:
    return frame(encode(Message(kind=kind, session=session, seq=seq, fields=fields)))


def _reject(seq: int) -> bytes:
    return _heard("Reject", seq, 1, ref_seq=1, ref_kind=1, reason="Busy", at=0, value=0, limit=0)


def test_the_proof_is_made_over_purpose_nonce_and_logon() -> None:
    protocol = _protocol(Position(5, 2, 1))
    hello = protocol.take_out()
    logon = decode(hello[2:])

    assert list(protocol.receive(_heard("Challenge", scheme="HmacSha256", nonce=NONCE))) == []

    [reply] = _said(protocol)
    expected = hmac.digest(SECRET, b"fairlead logon 1" + NONCE + hello[2:], hashlib.sha256)
    assert reply.fields["proof"] == expected + bytes(32)
    assert [logon.fields[f"resume.{name}"] for name in Position._fields] == [5, 2, 1]


def test_the_proof_of_a_private_key_is_the_signature_of_rfc_8032() -> None:
    # Test 1 of the RFC: this private key has this public key.
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    protocol = Protocol(key_id="a", prover=prover(secret=None, private_key=private), role="Trading")
    hello = protocol.take_out()

    list(protocol.receive(_heard("Challenge", scheme="Ed25519", nonce=NONCE)))

    [reply] = _said(protocol)
    assert public_key(private) == public
    assert reply.fields["proof"] == sign_logon(private, NONCE, hello[2:])
    assert private.hex() not in repr(prover(secret=None, private_key=private))


def test_a_client_has_one_secret_of_the_right_kind() -> None:
    for both in ({"secret": SECRET, "private_key": SECRET}, {"secret": None, "private_key": None}):
        with pytest.raises(UsageError, match=r"secret=.*private_key="):
            prover(**both)
    for bad in ("xyz", "00" * 31, "00" * 33):
        with pytest.raises(DataError) as caught:
            prover(secret=None, private_key=bad)
        assert bad not in str(caught.value)


@pytest.mark.parametrize(("scheme", "given"), [("Ed25519", "secret"), ("HmacSha256", "private_key")])
def test_a_key_of_another_scheme_is_refused(scheme: str, given: str) -> None:
    secrets: dict[str, bytes | None] = {"secret": None, "private_key": None, given: SECRET}
    protocol = Protocol(key_id="a", prover=prover(**secrets), role="Trading")

    with pytest.raises(DataError, match=f"scheme='{scheme}'"):
        list(protocol.receive(_heard("Challenge", scheme=scheme, nonce=NONCE)))
    assert [message.kind for message in _said(protocol)] == ["Logon"]


def test_bytes_may_be_split_anywhere() -> None:
    stream = b"".join(_reject(seq) for seq in (1, 2, 3))
    for at in range(len(stream) + 1):
        protocol = _protocol()
        heard = [message.seq for part in (stream[:at], stream[at:]) for message in protocol.receive(part)]
        assert heard == [1, 2, 3]


@pytest.mark.parametrize("seq", [1, 3])
def test_a_number_twice_or_left_out_is_noticed(seq: int) -> None:
    protocol = _protocol()
    list(protocol.receive(_reject(1)))

    with pytest.raises(DataError, match="expected=2"):
        list(protocol.receive(_reject(seq)))


def test_what_is_sent_is_numbered_and_what_is_about_the_connection_is_not() -> None:
    protocol = _protocol()
    protocol.take_out()
    numbers = [protocol.send("SecurityListRequest", {"request_id": 0}) for _ in range(2)]
    list(protocol.receive(_heard("TestRequest", test_id=9)))

    assert numbers == [1, 2]
    assert [(message.kind, message.seq) for message in _said(protocol)] == [
        ("SecurityListRequest", 1),
        ("SecurityListRequest", 2),
        ("Heartbeat", 0),
    ]


def test_a_good_bye_names_its_reason() -> None:
    with pytest.raises(SessionEndedError, match="reason=SlowReader value=1 limit=2") as caught:
        list(_protocol().receive(_heard("Logout", reason="SlowReader", ref_seq=0, value=1, limit=2)))

    assert caught.value.reason == "SlowReader"


def test_a_secret_is_read_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "gateway.keys"
    path.write_text(f"# keys\na 1 1 trading hmac {SECRET.hex()}\nb 2 2 trading ed25519 {SECRET.hex()}\n")

    assert read_secret(path, "a") == SECRET
    for key, error in (("b", DataError), ("c", NotFoundError)):
        with pytest.raises(error) as caught:
            read_secret(path, key)
        assert SECRET.hex() not in str(caught.value)
    for bad in ("xyz", "00" * 31):
        with pytest.raises(DataError) as caught:
            secret_bytes(bad)
        assert bad not in str(caught.value)


def _instruments() -> Instruments:
    instruments = Instruments()
    fields: dict[str, Value] = {
        "instrument": 0,
        "symbol": "ABC",
        "price_decimals": 2,
        "qty_decimals": 1,
        "quote_decimals": 3,
        "base": 1,
        "base_symbol": "ABC",
        "base_decimals": 1,
        "quote": 2,
        "quote_symbol": "USD",
    }
    instruments.add(Message(kind="SecurityDefinition", fields=fields))
    return instruments


NO_PRICES: list[tuple[str | float, type[Exception]]] = [
    ("1.255", UsageError),
    (1.25, WrongTypeError),
    (True, WrongTypeError),
    *(
        (text, UsageError)
        for text in ("NaN", "Infinity", "", "1e999999", "1e-999999", "1." + "0" * 40 + "1", "1" * 50, str(2**63))
    ),
]


def test_numbers_are_exact_or_refused() -> None:
    abc = _instruments().by_symbol("ABC")

    assert (abc.price("1.25"), abc.price(Decimal("1E+2")), abc.qty(3)) == (125, 10_000, 30)
    for value, error in NO_PRICES:
        with pytest.raises(error, match="symbol=ABC"):
            abc.price(value)


def test_a_report_without_an_instrument_has_no_symbol() -> None:
    position: dict[str, Value] = {f"position.{name}": 1 for name in Position._fields}
    fields: dict[str, Value] = {**position, "ref_seq": 3, "event": "MassCanceled", "count": 7, "resent": False}

    report = report_of(Message(kind="CommandReport", fields=fields), _instruments())

    assert (report.exec_type, report.count, report.position, report.symbol) == (
        "MassCanceled",
        7,
        Position(1, 1, 1),
        None,
    )


class _Channel:
    """Messages of one channel, numbered."""

    def __init__(self, depth: str) -> None:
        self.book = Book(_instruments().by_symbol("ABC"), depth)
        self.depth = depth
        self.seq = 0

    def picture(self, *entries: dict[str, Value], part: int = 0, parts: int = 1) -> bool:
        fields: dict[str, Value] = {"channel.epoch": 1, "part": part, "parts": parts, "state": "Continuous"}
        return self.book.apply(Message(kind="OrderBookSnapshot", seq=self.seq, fields=fields, entries=entries))

    def say(self, kind: str, *, skip: int = 0, **fields: Value) -> bool:
        prev, self.seq = self.seq + skip, self.seq + skip + 1
        head: dict[str, Value] = {"channel.epoch": 1, "channel.prev_seq": prev}
        named = {name.replace("__", "."): value for name, value in fields.items()}
        return self.book.apply(Message(kind=kind, seq=self.seq, fields={**head, **named}))


def _level(side: str, price: int, qty: int, orders: int) -> dict[str, Value]:
    return {"public_id": 0, "side": side, "price": price, "qty": qty, "orders": orders}


def test_a_book_is_a_snapshot_and_the_changes_after_it() -> None:
    channel = _Channel("L2")
    assert not channel.say("BookDelta", side="Buy", level__price=100, level__qty=5, level__orders=1)
    assert channel.picture(_level("Buy", 100, 50, 2), part=0, parts=2)
    assert not channel.book.is_ready
    assert channel.picture(_level("Sell", 110, 20, 1), part=1, parts=2)
    assert channel.say("BookDelta", side="Buy", level__price=101, level__qty=10, level__orders=1)
    assert channel.say("BookDelta", side="Sell", level__price=110, level__qty=0, level__orders=0)

    assert [tuple(level) for level in channel.book.bids] == [
        (Decimal("1.01"), Decimal("1.0"), 1),
        (Decimal("1.00"), Decimal("5.0"), 2),
    ]
    assert channel.book.asks == []


def test_a_gap_is_noticed_and_mended_by_a_snapshot() -> None:
    channel = _Channel("L2")
    channel.picture(_level("Buy", 100, 50, 2))

    assert not channel.say("BookDelta", skip=1, side="Buy", level__price=100, level__qty=10, level__orders=1)
    assert [level.qty for level in channel.book.bids] == [5]
    assert channel.picture(_level("Buy", 100, 10, 1))
    assert channel.say("InstrumentStatus", state="Halted")
    assert [level.qty for level in channel.book.bids] == [1]
    assert channel.book.state == "Halted"


def test_a_book_of_orders_adds_up() -> None:
    channel = _Channel("L3")
    orders = ((1, 50), (2, 30))
    channel.picture(*({**_level("Buy", 100, qty, 1), "public_id": public_id} for public_id, qty in orders))
    assert channel.say("OrderDelta", action="Reduced", public_id=1, qty=20)
    assert channel.say("OrderDelta", action="Deleted", public_id=2, qty=0)
    assert channel.say("OrderDelta", action="Added", public_id=3, side="Buy", price=100, qty=40)

    assert [tuple(level) for level in channel.book.bids] == [(Decimal("1.00"), Decimal("6.0"), 2)]
