"""What is old taken away, oldest first and a little at a time. Sums, open orders and positions stay.

Rows of the log come in the order of their times, so the row that stands at the end of a portion tells of all before it.
Less than a portion is left for later. SQLite uses the pages again; nothing is shrunk.
"""

from dataclasses import dataclass
from typing import Final

from fairlead.adapters.stores.projection_tables import STATUSES_OPEN, fills, ledger, order_events
from fairlead.adapters.stores.step import Step

__all__ = ["Pruned", "prune", "tell_pruned"]

# So many rows take some milliseconds, in which others wait for the store.
_PORTION: Final = 500
_DAY_NS: Final = 86_400 * 1_000_000_000
_SYMBOLS: Final = "SELECT symbol FROM instruments"
_FINE: Final = "candles WHERE symbol = ? AND interval_s = 1"
_EXAMINED: Final = (
    "SELECT order_id, status, created_ts_ns, updated_ts_ns, first_seq FROM orders"
    " WHERE order_id > ? ORDER BY order_id LIMIT ?"
)


@dataclass(slots=True)
class Pruned:
    """How far the thread that writes came in this round.

    Attributes:
        order_id: the last order that was looked at; those that live stay and need not be looked at twice.
        day_ts_ns: days before this one are gone.
    """

    order_id: int = 0
    day_ts_ns: int = 0


def prune(step: Step, pruned: Pruned, *, kept_from_ns: int, held_from_seq: int | None = None) -> bool:
    """Take a portion of each table away; return whether there is more to do now.

    Args:
        step: the transaction.
        pruned: how far this round is.
        kept_from_ns: what is older goes.
        held_from_seq: events of this record of the log and later ones stay, however old.
    """
    found = [_prune_log(step, order_events.name, kept_from_ns, held_from_seq)]
    found += [_prune_log(step, table.name, kept_from_ns) for table in (fills, ledger)]
    found.append(_prune_orders(step, pruned, kept_from_ns))
    found += [_prune_candles(step, symbol, kept_from_ns) for (symbol,) in step.rows(_SYMBOLS)]
    if not step.has_partitions:
        found.append(_prune_trades(step, kept_from_ns))
        _prune_days(step, pruned, kept_from_ns)
    return any(found)


def tell_pruned(step: Step, seq: int) -> None:
    """Remember that reports up to a record of the log may be gone from the audit."""
    step.execute("UPDATE projection_cursor SET kept_after_seq = ? WHERE kept_after_seq < ?", (seq, seq))


def _prune_log(step: Step, name: str, kept_from_ns: int, held_from_seq: int | None = None) -> bool:
    end = f"SELECT event_seq, ts_ns FROM {name} ORDER BY event_seq, sub, leg LIMIT 1 OFFSET ?"
    rows = step.rows(end, (_PORTION - 1,))
    if not rows or rows[0][1] >= kept_from_ns:
        return False
    seq = rows[0][0]
    if held_from_seq is not None and seq >= held_from_seq:
        return False
    step.execute(f"DELETE FROM {name} WHERE event_seq <= ?", (seq,))
    if name == order_events.name:
        tell_pruned(step, seq)
    return True


def _prune_trades(step: Step, kept_from_ns: int) -> bool:
    rows = step.rows("SELECT trade_id, ts_ns FROM trades ORDER BY trade_id LIMIT 1 OFFSET ?", (_PORTION - 1,))
    if not rows or rows[0][1] >= kept_from_ns:
        return False
    step.execute("DELETE FROM trades WHERE trade_id <= ?", (rows[0][0],))
    return True


def _prune_candles(step: Step, symbol: str, kept_from_ns: int) -> bool:
    end = f"SELECT open_ts_ns FROM {_FINE} ORDER BY open_ts_ns LIMIT 1 OFFSET ?"
    rows = step.rows(end, (symbol, _PORTION - 1))
    if not rows or rows[0][0] >= kept_from_ns:
        return False
    step.execute(f"DELETE FROM {_FINE} AND open_ts_ns <= ?", (symbol, rows[0][0]))
    return True


def _prune_days(step: Step, pruned: Pruned, kept_from_ns: int) -> None:
    day_ts_ns = kept_from_ns - kept_from_ns % _DAY_NS
    if day_ts_ns != pruned.day_ts_ns:
        step.execute("DELETE FROM position_days WHERE day_ts_ns < ?", (day_ts_ns,))
        pruned.day_ts_ns = day_ts_ns


def _prune_orders(step: Step, pruned: Pruned, kept_from_ns: int) -> bool:
    """Take orders away that ended long ago, those of one command together; ids and terms go with them."""
    rows = step.rows(_EXAMINED, (pruned.order_id, _PORTION))
    has_more = len(rows) == _PORTION and rows[-1][2] < kept_from_ns
    if has_more:
        # The legs of its group may go on behind the end of the portion; a group is never that large.
        rows = [row for row in rows if row[4] != rows[-1][4]] or rows
    living = {row[4] for row in rows if row[1] in STATUSES_OPEN or row[3] >= kept_from_ns}
    ended = [(row[0],) for row in rows if row[4] not in living]
    for name in ("advanced_orders", "order_terms", "order_client_ids", "orders"):
        step.remove(f"DELETE FROM {name} WHERE order_id IN", ended)
    # The next round begins at the first one again: who lived then may have ended.
    pruned.order_id = rows[-1][0] if has_more else 0
    return has_more
