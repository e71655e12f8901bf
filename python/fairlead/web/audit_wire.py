"""The answers of the audit: what the exchange said, word by word."""

from collections.abc import Sequence
from decimal import Decimal

from fairlead.model.api_words import word
from fairlead.model.instants import iso
from fairlead.model.report import BEGINNING, Report
from fairlead.ports.access_trail import AccessEvent, KeptAccessEvent
from fairlead.ports.audit import AuditPage, LimitChange
from fairlead.web.order_wire import decimal_text
from fairlead.web.paging import cursor_of
from fairlead.web.wire import Answer

__all__ = ["AccessAudit", "AccessEntry", "Audit", "AuditEntry", "access_of", "audit_of"]

# Where the number of the operator stands in a report.
_BY_ID = frozenset({"HaltOrdered", "ResumeOrdered"})
_BY_VALUE = frozenset({"KillSwitchCleared", "KillSwitchSet"})
_LIMITS = "LimitsSet"


class LimitChanged(Answer, frozen=True, kw_only=True):
    """One limit, by its name in ``PUT /accounts/{account}/limits``; ``null``: no limit of that kind."""

    field: str
    old: str | None
    new: str | None


class AuditEntry(Answer, frozen=True, kw_only=True):
    """A report of the exchange. ``value`` and ``limit`` are whole numbers, in the unit of ``reason``.

    ``operator`` is the account of who ordered it, where the exchange was told; ``subject`` what a command made or
    names. ``changes``, and ``userId`` of who asked for it over HTTP, are those of ``LIMITS_SET``.
    """

    position: str
    time: str
    action: str
    account: int | None
    operator: int | None
    symbol: str | None
    order_id: str | None
    client_order_id: str | None
    status: str | None
    side: str | None
    order_type: str | None
    quantity: str | None
    price: str | None
    trigger_price: str | None
    last_quantity: str | None
    last_price: str | None
    fee: str | None
    trade_id: str | None
    is_rejected: bool
    reason: str | None
    value: str | None
    limit: str | None
    count: int | None
    subject: str | None
    user_id: str | None
    changes: list[LimitChanged] | None


class Audit(Answer, frozen=True, kw_only=True):
    """Reports, newest first. A page may be short, even empty, and have more behind it: ``nextCursor`` says it."""

    entries: list[AuditEntry]
    next_cursor: str | None


def audit_of(page: AuditPage) -> Audit:
    """Return the answer of a page."""
    following = None if page.following is None else cursor_of(*page.following)
    return Audit(entries=[_entry(report, page) for report in page.reports], next_cursor=following)


def _entry(report: Report, page: AuditPage) -> AuditEntry:
    action, account, number = report.exec_type, report.fields.get("account"), report.fields.get("instrument")
    by_value, position = action in _BY_VALUE, report.position or BEGINNING
    limits = page.limits.get(position.event_seq) if action == _LIMITS else None
    return AuditEntry(
        position=".".join(map(str, position)),
        time=iso(report.ts_ns),
        action=word(action or report.kind),
        account=account if isinstance(account, int) else None,
        operator=(report.id if action in _BY_ID else report.value if by_value else 0) or None,
        symbol=report.symbol or (page.symbols.get(number) if isinstance(number, int) else None),
        order_id=_number(report.order_id),
        client_order_id=report.cl_ord_id,
        status=None if report.ord_status is None else word(report.ord_status),
        side=None if report.side is None else report.side.upper(),
        order_type=None if report.ord_type is None else report.ord_type.upper(),
        quantity=_decimal(report.order_qty),
        price=_decimal(report.price),
        trigger_price=_decimal(report.trigger_price),
        last_quantity=_decimal(report.last_qty),
        last_price=_decimal(report.last_px),
        fee=_decimal(report.fee),
        trade_id=_number(report.trade_id),
        is_rejected=report.is_rejected,
        reason=report.reason,
        value=None if by_value else _number(report.value),
        limit=_number(report.limit),
        count=report.count or None,
        subject=None if action in _BY_ID else _number(report.id),
        user_id=None if limits is None else limits.set_by,
        changes=None if limits is None else [_changed(one) for one in limits.changes],
    )


def _changed(change: LimitChange) -> LimitChanged:
    return LimitChanged(field=change.field, old=change.old, new=change.new)


def _number(value: int) -> str | None:
    return str(value) if value else None


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


class AccessEntry(Answer, frozen=True, kw_only=True):
    """What somebody did. ``subject``: another user, a key, a session, or method and path of what was ordered."""

    time: str
    action: str
    user_id: str | None
    key_id: str | None
    subject: str | None
    correlation_id: str | None


class AccessAudit(Answer, frozen=True, kw_only=True):
    """What people did, newest first."""

    entries: list[AccessEntry]
    next_cursor: str | None


def access_of(found: Sequence[KeptAccessEvent], *, count: int) -> AccessAudit:
    """Return the answer of a page, of which one more was asked for."""
    shown = found[:count]
    following = cursor_of(shown[-1].number) if len(found) > count else None
    return AccessAudit(entries=[_access_entry(one.event) for one in shown], next_cursor=following)


def _access_entry(event: AccessEvent) -> AccessEntry:
    return AccessEntry(
        time=iso(event.ts_ns),
        action=event.action.value,
        user_id=event.user_id,
        key_id=event.key_id,
        subject=event.subject,
        correlation_id=event.correlation_id,
    )
