"""One connection of the binary protocol without I/O: bytes in, messages out; requests in, bytes out."""

from collections.abc import Iterator, Mapping
from typing import Final

from fairlead.client.keys import Prover
from fairlead.client.told import Told, told_of
from fairlead.errors import DataError, UnavailableError
from fairlead.model.report import Position
from fairlead.wire import Frames, Message, encode, frame
from fairlead.wire import decode as decode_message
from fairlead.wire.codec import Value

__all__ = ["FATAL_REASONS", "Protocol", "SessionEndedError"]

# After these reasons nothing but a person may log on again.
FATAL_REASONS: Final = frozenset({"Superseded", "NotAuthenticated", "NotPermitted", "BadLogon", "NewerVersion"})

# How a TLS record with an alert begins. As the length of a frame it would be more than the first message ever has.
_ALERT: Final = b"\x15\x03"
_UNNUMBERED: Final = frozenset({"Logon", "ChallengeReply", "Heartbeat", "TestRequest", "Logout"})


class SessionEndedError(UnavailableError):
    """The gateway ended the session.

    Attributes:
        reason: why, a name of ``LogoutReason``.
    """

    def __init__(self, reason: str, value: object, limit: object) -> None:
        super().__init__(f"the gateway ended the session: reason={reason} value={value} limit={limit}")
        self.reason = reason


class Protocol:
    """Numbers what is sent, checks the numbers of what is received, answers challenges and test requests by itself.

    Args:
        key_id: which key.
        prover: its secret.
        role: ``Trading``, ``DropCopy``, ``MarketData`` or ``Operator``.
        heartbeat_ms: 1,000 to 60,000, or 0 for the gateway's own.
        cancel_on_disconnect_ms: grace after which the session's orders are cancelled when the connection is lost;
            ``None``: never.
        resume: the last report there is; those after it come first.
    """

    def __init__(
        self,
        *,
        key_id: str,
        prover: Prover,
        role: str,
        heartbeat_ms: int = 0,
        cancel_on_disconnect_ms: int | None = None,
        resume: Position | None = None,
    ) -> None:
        self._prover = prover
        self._frames = Frames()
        self._has_heard = False
        self._out = bytearray()
        self._next_out = 1
        self._next_in = 1
        self.ack: Message | None = None
        fields: dict[str, Value] = {
            "key_id": key_id,
            "role": role,
            "heartbeat_ms": heartbeat_ms,
            "cancel_on_disconnect_ms": cancel_on_disconnect_ms,
        }
        if resume is not None:
            fields |= {f"resume.{name}": value for name, value in zip(Position._fields, resume, strict=True)}
        self._logon = encode(Message(kind="Logon", fields=fields))
        self._out += frame(self._logon)

    def send(self, kind: str, fields: Mapping[str, Value], entries: tuple[Mapping[str, Value], ...] = ()) -> int:
        """Put a message on the way and return its number, 0 where it has none.

        Raises:
            WireError: a field is missing or out of its range; nothing is sent.
        """
        seq = 0 if kind in _UNNUMBERED else self._next_out
        self._out += frame(encode(Message(kind=kind, seq=seq, fields=fields, entries=entries)))
        self._next_out += seq > 0
        return seq

    def take_out(self) -> bytes:
        """Return the bytes to be written; they are not given again."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def receive(self, data: bytes) -> Iterator[Message | Told]:
        """Take bytes that arrived and yield the messages for the application, ``LogonAck`` among them.

        What the exchange told of orders and commands is not read yet.

        Raises:
            SessionEndedError: the gateway says good-bye.
            DataError: what arrived is not the protocol.
        """
        if not self._has_heard and data.startswith(_ALERT):
            raise DataError("the gateway speaks TLS: give tls=True, and ca= where its authority is not the system's")
        self._has_heard |= bool(data)
        for raw in self._frames.feed(data):
            if (told := told_of(raw)) is not None:
                self._check_number(told)
                yield told
                continue
            message = decode_message(raw)
            self._check_number(message)
            if not self._handle(message):
                yield message

    def _check_number(self, message: Message | Told) -> None:
        if message.seq == 0 or message.session == 0:
            return
        if message.seq != self._next_in:
            raise DataError(f"messages of the gateway are missing: seq={message.seq} expected={self._next_in}")
        self._next_in += 1

    def _handle(self, message: Message) -> bool:
        """Whether the message is about the connection alone."""
        fields = message.fields
        if message.kind == "Challenge":
            if fields["scheme"] != self._prover.scheme:
                raise DataError(
                    f"the key proves itself otherwise: scheme={fields['scheme']!r} given={self._prover.scheme}; "
                    "HmacSha256 takes secret=, Ed25519 private_key=; a key id that is unknown counts as HmacSha256"
                )
            nonce = fields["nonce"]
            assert isinstance(nonce, bytes)
            self.send("ChallengeReply", {"proof": self._prover.prove(nonce, self._logon)})
        elif message.kind == "TestRequest":
            self.send("Heartbeat", {"test_id": fields["test_id"]})
        elif message.kind == "Logout":
            raise SessionEndedError(str(fields["reason"]), fields["value"], fields["limit"])
        elif message.kind == "LogonAck":
            self.ack = message
            return False
        return message.kind in {"Challenge", "TestRequest", "Heartbeat"}
