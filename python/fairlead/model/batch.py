"""The layout of batches: fixed-size records of integers, little endian, usable with or without NumPy.

``numpy.dtype(COMMAND_FIELDS)`` and ``numpy.dtype(EVENT_FIELDS)`` are the dtypes of what ``Exchange.run`` takes and
returns; ``struct.Struct(COMMAND_STRUCT)`` and ``struct.Struct(EVENT_STRUCT)`` read and write the same records.

A command record (64 bytes):

==========  =================================================================================================
op          a key of ``OPS``: limit, market, cancel, reduce, replace, tick
side        0 buy, 1 sell
tif         a key of ``TIFS``
post_only   0 no, 1 reject, 2 slide
by          what ``target`` is: 0 an order id, 1 the ``cl_id`` of an earlier record
stp         0 the instrument's, 1 none, 2 cancel newest, 3 cancel oldest, 4 cancel both, 5 decrement and cancel
session     the connection, 0 to 65,535
account     ``exchange.account_id(name)``
instrument  ``exchange.instrument_id(symbol)``
cl_id       number of the client id, whose text is its decimal digits; 0 lets the exchange make one up
target      the order of a cancel, reduce or replace
px          price in base ticks (limit, replace)
qty         lots: the order's (limit, market), what shall remain open (reduce, replace)
expire_ns   expiry of a gtd order, nanoseconds since the Unix epoch
ts_ns       time of the command; 0 takes the exchange's clock at the start of the batch
==========  =================================================================================================

A time that is not after the last command's becomes one nanosecond after it.

An event record (96 bytes) names its command by ``seq`` and its kind by ``EVENT_KINDS[kind]``; prices are base ticks
(where the grid was changed, of all grids the instrument has had), quantities lots, fields a kind does not have are 0,
and ``side`` is 255 where there is none.

- trade: ``order_id``, ``account`` and ``leaves`` are the buyer's, the ``other_`` fields the seller's; ``id`` is the
  trade id, ``side`` the aggressor's, ``flag`` a self-match.
- trade_prevented: ``order_id`` is the incoming order, ``other_order_id`` the resting one, ``id`` the mode.
- order_accepted: ``flag`` says that there is a price.
- order_posted, order_refreshed: ``id`` is the public id, ``qty`` what is displayed.
- order_replaced, order_restated: ``other_leaves`` is what is displayed; ``flag`` says that priority was kept.
- indicative_price, uncrossed: ``qty`` is the volume, ``leaves`` the imbalance; ``flag`` says that there is a price.
- state_changed: ``order_id`` is the state left, ``id`` the state entered.
- order_suspended, order_triggered: ``px`` is the trigger, ``id`` the source; ``flag`` says that there is a trigger.
- trigger_rejected: ``qty`` is what it lost. order_released: ``qty`` is its total from now on.
- group_accepted: ``id`` is the group, ``order_id`` its first order. group_rejected: ``id`` is the leg at fault.
- guard, breaker: only that something happened, a breaker's ``instrument`` and kind (``id``); ``events`` tells what.
- outcome: ``id`` is 0 where a market of an event was set, 1 and 2 where ``qty`` pairs of ``account`` were made and
  taken back, 3 where ``account`` was paid, 4 where it ended; ``px`` is what one YES paid, ``flag`` that it is not void.
- account_fees_set: ``id`` is the schedule of ``account``.
- trade_amended: as trade; ``px`` and ``qty`` are what it is from now on, ``flag`` says that it was taken back.
- ticks_set: ``instrument`` has another grid.

Fees are not in records: ask ``balances`` or ``events``.
"""

OPS = {"limit": 0, "market": 1, "cancel": 2, "reduce": 3, "replace": 4, "tick": 5}
TIFS = {"gtc": 0, "ioc": 1, "fok": 2, "day": 3, "gtd": 4, "ato": 5, "atc": 6, "gfa": 7}

COMMAND_FIELDS = [
    ("op", "u1"),
    ("side", "u1"),
    ("tif", "u1"),
    ("post_only", "u1"),
    ("by", "u1"),
    ("stp", "u1"),
    ("session", "<u2"),
    ("account", "<u4"),
    ("instrument", "<u4"),
    ("cl_id", "<u8"),
    ("target", "<u8"),
    ("px", "<i8"),
    ("qty", "<i8"),
    ("expire_ns", "<i8"),
    ("ts_ns", "<i8"),
]
COMMAND_STRUCT = "<6BHIIQQqqqq"

EVENT_FIELDS = [
    ("seq", "<u8"),
    ("ts_ns", "<i8"),
    ("sub", "<u4"),
    ("kind", "u1"),
    ("cause", "u1"),
    ("reason", "<u2"),
    ("instrument", "<u4"),
    ("account", "<u4"),
    ("other_account", "<u4"),
    ("side", "u1"),
    ("flag", "u1"),
    ("reserved", "<u2"),
    ("order_id", "<u8"),
    ("other_order_id", "<u8"),
    ("id", "<u8"),
    ("px", "<i8"),
    ("qty", "<i8"),
    ("leaves", "<i8"),
    ("other_leaves", "<i8"),
]
EVENT_STRUCT = "<QqIBBHIIIBBHQQQqqqq"

EVENT_KINDS = (
    "asset_added",
    "instrument_listed",
    "account_added",
    "fees_set",
    "deposited",
    "withdrawn",
    "order_accepted",
    "order_rejected",
    "amend_rejected",
    "cancel_rejected",
    "command_rejected",
    "repeated",
    "order_posted",
    "order_refreshed",
    "order_replaced",
    "order_restated",
    "order_parked",
    "trade",
    "trade_prevented",
    "order_canceled",
    "order_expired",
    "mass_canceled",
    "state_changed",
    "indicative_price",
    "uncrossed",
    "time_passed",
    "order_suspended",
    "order_triggered",
    "trigger_rejected",
    "order_released",
    "group_accepted",
    "group_rejected",
    "guard",
    "breaker",
    "outcome",
    "account_fees_set",
    "trade_amended",
    "ticks_set",
)
