"""The public channels that a live client listens to, and who reads each of them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from fairlead.sdk.inbox import Inbox
from fairlead.sdk.live_book import LiveBook
from fairlead.sdk.live_messages import Head, Missed, read

__all__ = ["BookFeed", "Feed", "Feeds", "Key"]


class Key(NamedTuple):
    """One channel."""

    name: str
    symbol: str
    depth: str = ""
    interval: str = ""

    def channel(self) -> dict[str, str]:
        """Return it as the service is asked for it."""
        return {name: value for name, value in self._asdict().items() if value}


class Feed:
    """One channel, and who reads it.

    Args:
        key: which.
    """

    def __init__(self, key: Key) -> None:
        self.key = key
        self.asked_id = ""
        # The connection that was last asked for it.
        self.asked_in = 0
        self.readers: list[Inbox[Any]] = []

    def asked(self, numbers: Iterator[int]) -> dict[str, Any]:
        """Return the message that asks for it, under a new id."""
        self.asked_id = f"c{next(numbers)}"
        return {"op": "subscribe", "id": self.asked_id, "channels": [self.key.channel()]}

    def join(self, inbox: Inbox[Any]) -> None:
        """Add a reader."""
        self.readers.append(inbox)

    def hear(self, head: Head, text: str) -> bool:
        """Take a message; ``False``: the channel has to be begun again."""
        message = read(head, text)
        for inbox in self.readers:
            inbox.push(message)
        return True

    def lose(self) -> None:
        """The connection is lost; what happens meanwhile is missed."""
        if self.key.name == "trades":
            for inbox in self.readers:
                inbox.push(Missed(symbol=self.key.symbol))

    def fail(self, error: Exception) -> None:
        """Nothing comes any more."""
        for inbox in self.readers:
            inbox.fail(error)


class BookFeed(Feed):
    """A book; its readers are told that it has moved."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.book = LiveBook(key.symbol, key.depth)

    def join(self, inbox: Inbox[Any]) -> None:
        """Add a reader, who sees the book as it is."""
        super().join(inbox)
        if self.book.is_whole:
            inbox.push(None)

    def hear(self, head: Head, text: str) -> bool:
        """Take a message; ``False``: the book is lost."""
        is_fit = self.book.apply(read(head, text))
        if self.book.is_whole:
            for inbox in self.readers:
                inbox.push(None)
        return is_fit

    def lose(self) -> None:
        """The connection is lost: it is out of date."""
        self.book.lose()


class Feeds:
    """All channels of a client."""

    def __init__(self) -> None:
        self._feeds: dict[Key, Feed] = {}

    def __iter__(self) -> Iterator[Feed]:
        return iter(list(self._feeds.values()))

    def join(self, key: Key, inbox: Inbox[Any]) -> Feed:
        """Add a reader and return the channel."""
        if key not in self._feeds:
            self._feeds[key] = BookFeed(key) if key.name == "book" else Feed(key)
        self._feeds[key].join(inbox)
        return self._feeds[key]

    def leave(self, feed: Feed, inbox: Inbox[Any]) -> bool:
        """Take a reader away; whether nobody reads the channel any more."""
        feed.readers.remove(inbox)
        if not feed.readers:
            del self._feeds[feed.key]
        return not feed.readers

    def of(self, head: Head) -> Feed | None:
        """Return the channel of a message."""
        return self._feeds.get(Key(head.channel or "", head.symbol, head.depth, head.interval))

    def asked_as(self, ident: str) -> Feed | None:
        """Return the channel that was asked for under an id."""
        return next((feed for feed in self._feeds.values() if feed.asked_id == ident), None)

    def lose(self) -> None:
        """The connection is lost."""
        for feed in self._feeds.values():
            feed.lose()

    def fail(self, error: Exception) -> None:
        """Nothing comes any more."""
        for feed in self._feeds.values():
            feed.fail(error)
