"""An asyncio client that keeps one session alive: it reconnects, resumes, and sends again what was not answered."""

import asyncio
import contextlib
import logging
import random
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Final, Self

from fairlead.client.backlog import Backlog
from fairlead.client.book import Book
from fairlead.client.deadlines import Deadlines
from fairlead.client.heart import Heart
from fairlead.client.instruments import Instruments
from fairlead.client.keys import prover
from fairlead.client.link import Link, Pending
from fairlead.client.pace import Pace
from fairlead.client.protocol import FATAL_REASONS, Protocol, SessionEndedError
from fairlead.client.report import place_in, report_of
from fairlead.client.tls import context_of, is_lasting, refusal
from fairlead.client.told import Told
from fairlead.client.verbs import Verbs
from fairlead.errors import DataError, FairleadError, UnavailableError, UsageError
from fairlead.model.listing import Listing
from fairlead.model.report import Position, Report, ReportBatch
from fairlead.wire import Message
from fairlead.wire.codec import Value, encode

__all__ = ["Client"]

_ROLES: Final = {
    "trading": "Trading",
    "drop_copy": "DropCopy",
    "market_data": "MarketData",
    "operator": "Operator",
    "front_end": "FrontEnd",
}
# Requests that are answered by what happens to one order; of a group, to the first that is cancelled.
_OF_ONE_ORDER: Final = frozenset({"NewOrder", "NewStop", "ModifyOrder", "CancelOrder", "CancelGroup"})
_SUBSCRIBE: Final = 96
_NO_INSTRUMENT: Final = 2**32 - 1
_BACKOFF_S_MIN, _BACKOFF_S_MAX = 0.05, 5.0
_GOOD_BYE_S_MAX = 1.0
_READ_MAX = 65_536
_PENDING_MAX = 100_000
# More than one read can bring.
_READ_REPORTS_MAX = 1_024
_log: Final = logging.getLogger("fairlead.client")


class Client(Verbs):
    """A session of the gateway.

    Orders carry a client id, by which the engine does them once however often they are sent; so after a lost connection
    the client sends again what was not answered, and resumes the reports where they broke off: none is missing, none
    comes twice.

    Args:
        host: address of the gateway.
        port: its port.
        key_id: which key.
        secret: its HMAC secret, bytes or hexadecimal; see ``read_secret``. Never print it.
        private_key: its Ed25519 private key instead, 32 bytes or hexadecimal.
        tls: ``True`` for an encrypted connection, or an ``ssl.SSLContext`` with what you want in it.
        ca: with ``tls=True`` the PEM file of the authorities to trust; the system's where it is left out.
        role: ``trading``, ``drop_copy``, ``market_data``, ``operator`` or ``front_end``.
        cancel_on_disconnect_ms: cancel the session's orders so long after the connection is lost; ``None``: never.
        resume: the last report there is of an earlier life; those after it come first.
        heartbeat_ms: 1,000 to 60,000.
        timeout_s: how long a call waits for its answer, in seconds.
        reconnect: whether to come back after a lost connection.
        events_max: reports kept for ``events``; when more wait, the oldest are dropped and ``events`` says so.
        patient: read no further instead while so many wait, 2,048 or more then. Whoever takes them too slowly ends up
            behind the gateway's history, which ``take`` tells as a gap.
        share: the largest part of the time that is spent on what arrives, above 0 to 1. Of a session that reads slowly
            the gateway conflates the books.
        lister: another session of the same gateway, which ``take`` asks for instruments that are not known yet; their
            instruments are one. This one would hear the answer behind all that waits for it.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 7411,
        *,
        key_id: str,
        secret: bytes | str | None = None,
        private_key: bytes | str | None = None,
        tls: ssl.SSLContext | bool = False,
        ca: Path | str | None = None,
        role: str = "trading",
        cancel_on_disconnect_ms: int | None = None,
        resume: Position | None = None,
        heartbeat_ms: int = 10_000,
        timeout_s: float = 5.0,
        reconnect: bool = True,
        events_max: int = 100_000,
        patient: bool = False,
        share: float = 1.0,
        lister: "Client | None" = None,
    ) -> None:
        if role not in _ROLES:
            raise UsageError(f"unknown role: role={role} known={', '.join(_ROLES)}")
        self.position = resume
        self._lister = self if lister is None else lister
        self.instruments = Instruments() if lister is None else lister.instruments
        self.ack: Mapping[str, Value] = {}
        self.connections = self.asked = 0
        self.hole: Position | None = None
        self._address = (host, port)
        self._key_id, self._role = key_id, _ROLES[role]
        self._prover = prover(secret=secret, private_key=private_key)
        self._tls = context_of(tls=tls, ca=ca)
        self._cancel_on_disconnect_ms, self._heartbeat_ms = cancel_on_disconnect_ms, heartbeat_ms
        self._timeout_s, self._reconnect = timeout_s, reconnect
        self._deadlines = Deadlines(timeout_s)
        self._is_flushing = False
        self._link: Link | None = None
        self._pending: dict[Pending, None] = {}
        # Those of them that another connection has carried too: their answer may come as a report of then.
        self._sent_again: dict[Pending, None] = {}
        # Beyond the bound of a patient session there is what it reads on its way to a list of instruments.
        self._backlog, self._events_max = Backlog(2 * events_max if patient else events_max), events_max
        if patient and events_max < 2 * _READ_REPORTS_MAX:
            raise UsageError(f"out of range: events_max={events_max} min={2 * _READ_REPORTS_MAX} where patient=True")
        self._patient, self._room, self._pace = patient, asyncio.Event(), Pace(share)
        self._books: dict[tuple[int, str], Book] = {}
        self._listening: set[tuple[int, str]] = set()
        self._on_market_data: list[Callable[[Message], None]] = []
        self._on_report: list[Callable[[Report], None]] = []
        self._on_place: list[Callable[[Position, int], None]] = []
        self._on_entered: list[Callable[[Message, Position], None]] = []
        self._changed = asyncio.Condition()
        self._listed = self._is_closed = False
        # The last list that was asked for.
        self._list_number = 0
        self._failure: FairleadError | None = None
        self._task: asyncio.Task[None] | None = None

    async def connect(self) -> Self:
        """Connect and log on.

        Raises:
            UnavailableError: nobody answers within ``timeout_s``, or the gateway refuses the logon.
        """
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="fairlead-client")
        try:
            await self._wait(lambda: self._listed, what=f"logon to {self._address[0]}:{self._address[1]}")
        except BaseException:
            await self._rest()
            raise
        return self

    async def _rest(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def close(self) -> None:
        """Log out and close; again is nothing."""
        self._is_closed = True
        if self._link is not None:
            self._link.protocol.send("Logout", {"reason": "Requested", "ref_seq": 0, "value": 0, "limit": 0})
            self._flush()
        await self._rest()
        await self._notify()

    async def __aenter__(self) -> Self:
        return await self.connect()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def is_connected(self) -> bool:
        """Whether a session is there now."""
        return self._link is not None and self._link.protocol.ack is not None

    @property
    def unanswered(self) -> int:
        """How many requests have no answer yet; after a time-out their outcome is in doubt until it comes."""
        return len(self._pending)

    @property
    def unread(self) -> int:
        """How many reports wait for ``events`` or ``take``."""
        return len(self._backlog)

    async def refresh_instruments(self) -> Instruments:
        """Ask for the list of instruments again and return it."""
        self._listed = False
        # The list comes behind reports that wait to be read.
        self._room.set()
        self._send_list_request()
        await self._wait(lambda: self._listed, what="list of instruments")
        return self.instruments

    async def settle(self) -> None:
        """Wait until every report is heard that was due when this was asked.

        What another session of this account was answered before is heard here then.

        Raises:
            UnavailableError: no answer came in time.
        """
        # The gateway has no such instrument and says so, behind the reports that were due.
        await self._ask("SecurityListRequest", {"request_id": 0, "instrument": _NO_INSTRUMENT})

    async def subscribe(self, symbol: str, depth: str = "L2") -> Book:
        """Return the public book of an instrument, kept up to date from now on.

        Args:
            symbol: which instrument.
            depth: ``L1`` best prices, ``L2`` every price, ``L3`` every order.
        """
        if depth not in {"L1", "L2", "L3"}:
            raise UsageError(f"unknown depth: depth={depth} known=L1, L2, L3")
        instrument = self.instruments.by_symbol(symbol)
        key = (instrument.id, depth)
        book = self._books.setdefault(key, Book(instrument, depth))
        self._send_subscribe(key)
        await self._wait(lambda: book.is_ready, what=f"book of {symbol}")
        return book

    async def changes(self, book: Book) -> AsyncIterator[Book]:
        """Yield a book each time it has changed; changes between two looks are one."""
        seen = [(0, 0)]
        while True:
            await self._wait(lambda: (book.epoch, book.seq) != seen[0], what=f"change of {book.symbol}", forever=True)
            seen[0] = (book.epoch, book.seq)
            yield book

    def listen(self, hear: Callable[[Message], None]) -> None:
        """Call ``hear`` with each message of every subscribed channel, in their order, after the book took it.

        Messages carry ``channel.epoch``, ``channel.prev_seq`` and ``seq``: where one does not follow the last, messages
        are missing, and a snapshot comes. ``hear`` runs in the client's task: it must neither wait nor raise.
        """
        self._on_market_data.append(hear)

    def listen_reports(self, hear: Callable[[Report], None]) -> None:
        """Call ``hear`` with each report once, in their order, beside ``events``; it must neither wait nor raise."""
        self._on_report.append(hear)

    def listen_entered(self, hear: Callable[[Message, Position], None]) -> None:
        """Call ``hear`` with each command of this session that entered orders of which their reports do not say all.

        It comes with the place of its answer, once, and before that answer; it must neither wait nor raise.
        """
        self._on_entered.append(hear)

    def listen_places(self, note: Callable[[Position, int], None]) -> None:
        """Call ``note`` with the place and the time (``ts_ns``) of each report once, in order; nothing else is read."""
        self._on_place.append(note)

    async def events(self) -> AsyncIterator[Report]:
        """Yield every report once, oldest first, across reconnections, until the client is closed.

        Raises:
            UnavailableError: reports were dropped because nobody took them; the next ones follow.
        """
        waiting = self._backlog
        while True:
            await self._wait(
                lambda: len(waiting) > 0 or waiting.missed > 0 or self._is_closed, what="events", forever=True
            )
            if waiting.missed:
                missed, waiting.missed = waiting.missed, 0
                raise UnavailableError(f"reports were dropped: missed={missed} events_max={waiting.count_max}")
            if not waiting:
                return
            yield waiting.pop(self.instruments)
            self._room.set()

    @property
    def listings(self) -> Mapping[int, Listing]:
        """The instruments that the gateway told of, by the number that reports name them with."""
        return self.instruments.listings

    async def take(self, count_max: int) -> ReportBatch:
        """Wait for reports and return them, at most ``count_max``, each once, oldest first: ``events`` many at a time.

        Raises:
            UnavailableError: the gateway ended the session for good, or does not tell of an instrument; none is taken.
        """
        waiting = self._backlog
        await self._wait(lambda: len(waiting) > 0 or waiting.has_gap, what="reports", forever=True)
        if waiting.has_unread(count_max, self.instruments):
            await self._lister.refresh_instruments()
        self._room.set()
        return waiting.take(count_max, self.instruments)

    # What follows runs in the client's task.

    async def _run(self) -> None:
        backoff_s = _BACKOFF_S_MIN
        while not self._is_closed:
            before = self.connections
            try:
                lost = await self._outlive()
            except FairleadError as error:
                await self._fail(error)
                return
            if self.connections > before and not self._is_closed:
                told = (self._key_id, self._role, "the other end closed it" if lost is None else lost)
                _log.warning("a session with the gateway is lost: key_id=%s role=%s why=%s", *told)
            if not self._reconnect and self.connections:
                await self._fail(UnavailableError("the connection is lost: reconnect=False"))
                return
            backoff_s = _BACKOFF_S_MIN if self.connections > before else min(backoff_s * 2, _BACKOFF_S_MAX)
            await asyncio.sleep(backoff_s * random.uniform(0.5, 1.0))

    async def _outlive(self) -> Exception | None:
        """Keep one connection until it is lost, and return why; ``None``: the other end closed it.

        Raises:
            FairleadError: another connection would end the same way.
        """
        try:
            await self._session()
        except SessionEndedError as error:
            if error.reason in FATAL_REASONS or not self._reconnect:
                raise
            return error
        except ssl.SSLError as error:
            if is_lasting(error):
                raise refusal(error, *self._address) from error
            return error
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            return error
        except FairleadError:
            raise
        except Exception as error:  # noqa: BLE001 - logged with its trace
            # A fault of ours, or of who listens: a session that nobody keeps would look like a silent gateway for ever.
            _log.exception("a session with the gateway ends in a fault: key_id=%s role=%s", self._key_id, self._role)
            return error
        finally:
            await self._hang_up()
        return None

    async def _session(self) -> None:
        connecting = asyncio.open_connection(*self._address, ssl=self._tls)
        reader, writer = await asyncio.wait_for(connecting, self._timeout_s)
        protocol = Protocol(
            key_id=self._key_id,
            prover=self._prover,
            role=self._role,
            heartbeat_ms=self._heartbeat_ms,
            cancel_on_disconnect_ms=self._cancel_on_disconnect_ms,
            resume=self.position,
        )
        link = self._link = Link(protocol, writer)
        self._flush()

        def beat() -> None:
            if protocol.ack is not None:
                protocol.send("Heartbeat", {"test_id": 0})
                self._flush()

        heart = Heart(reader, interval_s=self._heartbeat_ms / 1_000, beat=beat)
        loop = asyncio.get_running_loop()
        try:
            while data := await reader.read(_READ_MAX):
                heart.heard()
                came_s = loop.time()
                for message in protocol.receive(data):
                    self._take(link, message)
                self._pace.spent(loop.time() - came_s)
                self._flush()
                await writer.drain()
                await self._notify()
                await self._pace.rest()
                if self._patient and self._listed and len(self._backlog) > self._events_max - _READ_REPORTS_MAX:
                    await self._until_there_is_room(heart)
        finally:
            heart.stop()

    async def _until_there_is_room(self, heart: Heart) -> None:
        """Read nothing until reports are taken; the silence is this side's."""
        self._room.clear()
        with heart.deaf():
            await self._room.wait()

    async def _hang_up(self) -> None:
        link, self._link = self._link, None
        self._listening.clear()
        for book in self._books.values():
            book.lose()
        if link is None:
            return
        link.writer.close()
        if self._tls is not None:
            # TLS says good-bye too; a gateway that does not answer is not waited for.
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(link.writer.wait_closed(), _GOOD_BYE_S_MAX)
            link.writer.transport.abort()

    async def _fail(self, error: FairleadError) -> None:
        self._failure = error
        for pending in self._pending:
            if not pending.answer.done():
                pending.answer.set_exception(error)
        self._pending.clear()
        await self._notify()

    def _take(self, link: Link, message: Message | Told) -> None:
        if isinstance(message, Told):
            self._take_report(link, message)
            return
        kind = message.kind
        if kind == "LogonAck":
            self._begin(link, message)
        elif kind == "SecurityDefinition":
            self.instruments.add(message)
            # One that nobody asked for, of what is new or has changed, ends no list.
            asked, left = message.fields["request_id"], message.fields["remaining"]
            self._listed |= asked == self._list_number and left == 0
        elif kind == "SequenceReset":
            self._note_hole(message)
        elif kind == "Reject":
            self._take_reject(link, message)
        elif "channel.instrument" in message.fields:
            self._take_market_data(message)
        else:
            raise DataError(f"the gateway says what it does not say to clients: kind={kind}")

    def _begin(self, link: Link, ack: Message) -> None:
        self.connections += 1
        self.ack = ack.fields
        if self.position is None:
            # Where the stream began: what comes while a connection is lost is asked for too.
            self.position = place_in(ack)
        self._send_list_request()
        for pending in list(self._pending):
            if pending.is_safe:
                self._send(link, pending)
                self._sent_again[pending] = None
            elif not pending.answer.done():
                del self._pending[pending]
                what = f"the connection was lost before an answer: kind={pending.kind}; look whether it was done"
                pending.answer.set_exception(UnavailableError(what))
        for key in self._books:
            self._send_subscribe(key)

    def _note_hole(self, message: Message) -> None:
        reached = place_in(message)
        if self.position is not None and reached > self.position:
            self.hole = self.position = reached
            self._backlog.note_hole()

    def _take_reject(self, link: Link, message: Message) -> None:
        fields = message.fields
        if fields["ref_kind"] == _SUBSCRIBE and fields["reason"] == "SlowReader":
            self._begin_again((int(str(fields["value"])), "L3"))
            return
        pending = link.asked.pop(int(str(fields["ref_seq"])), None)
        if pending is not None:
            self._answer(pending, report_of(message, self.instruments))
        elif fields["ref_kind"] == 97 and fields["reason"] == "UnknownInstrument":  # the list is empty
            self._listed = True

    def _begin_again(self, key: tuple[int, str]) -> None:
        """The gateway has ended a channel of single orders because it was not read fast enough."""
        if (book := self._books.get(key)) is not None:
            book.lose()
            self._listening.discard(key)
            self._send_subscribe(key)

    def _take_market_data(self, message: Message) -> None:
        key = (int(str(message.fields["channel.instrument"])), str(message.fields["channel.depth"]))
        book = self._books.get(key)
        if book is not None and not book.apply(message):
            book.lose()
            if key in self._listening:
                # Once: what comes until the snapshot does is behind it.
                self._listening.discard(key)
                self._send_subscribe(key, action="Snapshot")
        for hear in self._on_market_data:
            hear(message)

    def _take_report(self, link: Link, told: Told) -> None:
        pending = link.asked.get(told.ref_seq)
        if pending is None and self._sent_again:
            pending = self._by_id(told.report(self.instruments))
        if pending is not None:
            report = told.report(self.instruments)
            # What a command did to single orders is told before what became of the command.
            is_answer = report.kind == "CommandReport" or report.repeated
            if is_answer or pending.kind in _OF_ONE_ORDER:
                link.asked.pop(told.ref_seq, None)
                self._answer(pending, report)
        if self.position is None or told.position > self.position:
            self.position = told.position
            self._backlog.put(told)
            for note in self._on_place:
                note(told.position, told.ts_ns)
            if self._on_report:
                report = told.report(self.instruments)
                for hear in self._on_report:
                    hear(report)

    def _by_id(self, report: Report) -> Pending | None:
        """The order that was sent on a connection that is lost, and is answered on this one."""
        if report.cl_ord_id is None:
            return None
        mine, named = (0, report.cl_ord_id), (report.fields.get("account"), report.cl_ord_id)
        return next((pending for pending in self._sent_again if pending.order in {mine, named}), None)

    def _answer(self, pending: Pending, report: Report) -> None:
        self._pending.pop(pending, None)
        if self._on_entered and pending.says_more and report.position is not None and not report.repeated:
            entered = Message(kind=pending.kind, fields=pending.fields, entries=pending.entries)
            for hear in self._on_entered:
                hear(entered, report.position)
        self._sent_again.pop(pending, None)
        if not pending.answer.done():
            pending.answer.set_result(report)

    async def _ask(
        self,
        kind: str,
        fields: Mapping[str, Value],
        *,
        cl_ord_id: str | None = None,
        account: int = 0,
        entries: tuple[Mapping[str, Value], ...] = (),
        is_safe: bool = True,
    ) -> Report:
        self._check()
        if len(self._pending) >= _PENDING_MAX:
            raise UnavailableError(f"too many requests without an answer: unanswered={_PENDING_MAX}")
        answer: asyncio.Future[Report] = asyncio.get_running_loop().create_future()
        pending = Pending(kind, fields, answer, entries, is_safe, (account, cl_ord_id))
        if self._link is not None and self.is_connected:
            self._send(self._link, pending)
            self._flush_soon()
        else:
            # What cannot be sent is refused to who asks, not met by the next connection.
            encode(Message(kind=kind, fields=fields, entries=entries))
        self.asked += 1
        self._pending[pending] = None
        self._deadlines.watch(pending)
        return await answer

    def _send(self, link: Link, pending: Pending) -> None:
        link.asked[link.protocol.send(pending.kind, pending.fields, pending.entries)] = pending

    def _send_list_request(self) -> None:
        if self._link is not None:
            self._list_number += 1
            self._link.protocol.send("SecurityListRequest", {"request_id": self._list_number})
            self._flush()

    def _send_subscribe(self, key: tuple[int, str], *, action: str = "Subscribe") -> None:
        if self._link is None or not self.is_connected or key in self._listening:
            return
        self._listening.add(key)
        fields: dict[str, Value] = {"request_id": 0, "instrument": key[0], "depth": key[1], "action": action}
        self._link.protocol.send("Subscribe", fields)
        self._flush()

    def _flush_soon(self) -> None:
        # What is asked in one turn of the loop is one write, and one batch of the exchange.
        if not self._is_flushing:
            self._is_flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._is_flushing = False
        # Of a connection that is lost already the reading end says so; what is unanswered goes out on the next.
        if self._link is None or self._link.writer.is_closing():
            return
        if out := self._link.protocol.take_out():
            self._link.writer.write(out)

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._is_closed:
            raise UsageError("the client is closed: make another")

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _wait(self, is_so: Callable[[], bool], *, what: str, forever: bool = False) -> None:
        try:
            async with asyncio.timeout(None if forever else self._timeout_s), self._changed:
                await self._changed.wait_for(lambda: is_so() or self._failure is not None or self._is_closed)
        except TimeoutError:
            raise UnavailableError(f"not in time: {what} timeout_s={self._timeout_s}") from None
        if not is_so():
            self._check()
