"""Redis, or what speaks like it, as a cache that several processes share.

| key | what |
|---|---|
| ``fairlead:reached`` | how far the trades reach, as ``LOG EVENT_SEQ.SUB.LEG`` |
| ``fairlead:trades:SYMBOL`` | sorted set by trade id of the newest trades, each as JSON |
| ``fairlead:rate:KEY`` | when a token bucket will be full, in microseconds of the server since 2023; gone once it is |
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final

import msgspec
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as LostError
from redis.exceptions import RedisError

from fairlead.domain.limits.bucket import Rate
from fairlead.domain.publishing.cursor import Cursor
from fairlead.errors import UnavailableError
from fairlead.ports.cache import AHEAD_SHARE, CachedTrade, Taken

__all__ = ["RedisCache"]

_REACHED: Final = "fairlead:reached"
_TRADES, _RATE = "fairlead:trades:", "fairlead:rate:"
_CLEAR_PAGE: Final = 500
_US_PER_S, _NS_PER_US = 1_000_000, 1_000
# The bucket of domain.limits.bucket: one number, the moment it will be full. What is there and is none counts as full.
_TAKE: Final = """
local time = redis.call('TIME')
local now = (time[1] - 1672531200) * 1000000 + time[2]
local token, room = tonumber(ARGV[1]), ARGV[1] * ARGV[2]
local needed, ahead = tonumber(ARGV[3]), tonumber(ARGV[4])
local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0) or 0)
local excess = full + math.min(needed, tonumber(ARGV[2])) * token - now - room
local granted, more = 0, 0
if excess <= 0 or needed == 0 then
  granted = 1
  full = full + needed * token
  more = math.min(ahead, math.floor(math.max(0, math.floor((now + room - full) / token)) / ARGV[5]))
  full = full + more * token
  excess = 0
end
if full > now then
  redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil((full - now) / 1000))
end
local left = math.max(0, math.floor((now + room - full) / token))
return {granted, more, left, math.ceil(excess), math.ceil(full - now)}
"""


class _Row(msgspec.Struct, frozen=True, array_like=True):
    trade_id: int
    price: Decimal
    quantity: Decimal
    ts_ns: int


class RedisCache:
    """A cache at one server.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``; it may hold a password and is not said in errors.
        timeout_ms: an answer that takes longer counts as none, in milliseconds.
        history_max: trades kept of each instrument.
    """

    def __init__(self, url: str, *, timeout_ms: int = 200, history_max: int = 1_000) -> None:
        self._history_max = history_max
        wait_s = timeout_ms / 1_000
        # Who finds every connection in use waits for one.
        connections: Any = BlockingConnectionPool.from_url(
            url,
            timeout=wait_s,
            socket_timeout=wait_s,
            socket_connect_timeout=wait_s,
            # A connection that broke while nobody used it is no failure; one that is silent is not asked twice.
            retry=Retry(NoBackoff(), 1, supported_errors=(LostError,)),
            max_connections=16,
        )
        self._redis: Redis = Redis.from_pool(connections)
        self._take = self._redis.register_script(_TAKE)

    async def reached(self) -> Cursor | None:
        """Return up to where the trades are in it."""
        async with _translated():
            text: Any = await self._redis.get(_REACHED)
        return None if text is None else Cursor.read(text.decode())

    async def put_trades(self, trades: Sequence[CachedTrade], /, *, reached: Cursor) -> None:
        """Add trades and how far they reach."""
        before = await self.reached()
        if before is not None and before.log_id != reached.log_id:
            await self._clear()
        async with _translated(), self._redis.pipeline(transaction=True) as step:
            for symbol in {trade.symbol for trade in trades}:
                rows = {_row_of(trade): trade.trade_id for trade in trades if trade.symbol == symbol}
                step.zadd(_TRADES + symbol, rows)
                step.zremrangebyrank(_TRADES + symbol, 0, -self._history_max - 1)
            step.set(_REACHED, str(reached))
            await step.execute()

    async def last(self, symbol: str, /) -> CachedTrade | None:
        """Return the newest trade of an instrument."""
        newest = await self.history(symbol, count_max=1)
        return newest[0] if newest else None

    async def history(self, symbol: str, /, *, count_max: int) -> list[CachedTrade]:
        """Return the newest trades of an instrument, newest first."""
        async with _translated():
            rows: Any = await self._redis.zrevrange(_TRADES + symbol, 0, count_max - 1)
        return [_trade_of(symbol, row) for row in rows]

    async def take(self, key: str, rate: Rate, /, *, needed: int, ahead: int = 0) -> Taken:
        """Take tokens from the bucket of a key, by the clock of the server."""
        token_us = rate.period_s * _US_PER_S / rate.count
        asked = (token_us, rate.burst, needed, ahead, AHEAD_SHARE)
        async with _translated():
            answered: Any = await self._take(keys=[_RATE + key], args=asked)
        is_granted, more, remaining, wait_us, full_us = (int(it) for it in answered)
        return Taken(
            is_granted=bool(is_granted),
            ahead=more,
            remaining=remaining,
            wait_ns=wait_us * _NS_PER_US,
            full_ns=full_us * _NS_PER_US,
        )

    async def close(self) -> None:
        """Let go of it."""
        await self._redis.aclose()

    async def _clear(self) -> None:
        """Remove what is of another log: first how far it reaches, so that a half-cleared cache says nothing."""
        async with _translated():
            await self._redis.delete(_REACHED)
            async for name in self._redis.scan_iter(f"{_TRADES}*", count=_CLEAR_PAGE):
                await self._redis.delete(name)


def _row_of(trade: CachedTrade) -> bytes:
    return msgspec.json.encode(_Row(trade.trade_id, trade.price, trade.quantity, trade.ts_ns))


def _trade_of(symbol: str, text: bytes) -> CachedTrade:
    row = msgspec.json.decode(text, type=_Row)
    return CachedTrade(symbol=symbol, trade_id=row.trade_id, price=row.price, quantity=row.quantity, ts_ns=row.ts_ns)


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise UnavailableError(f"the cache does not answer: why={type(error).__name__}") from None
