"""``fairlead explain``: why an order is where it is."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from fairlead.domain.explain import Trace, explain
from fairlead.errors import NotFoundError
from fairlead.services.scenario import Played, play


def explain_order(
    order: Annotated[str, typer.Argument(help="The order: its client id, or its number as 7 or #7.")],
    scenario: Annotated[Path, typer.Argument(help="A scenario file (.vec); it is run first.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell what happened to an order of a scenario, and why.

    The scenario is run on the engine; the trace is read from its events alone.

    Exit codes: 0 told, 3 no such file or order, 4 the scenario cannot be read or does not hold.
    """
    if not scenario.is_file():
        raise NotFoundError(f"{scenario}: no such file; give a scenario such as vectors/stops/NAME.vec")
    played = play(scenario.read_text(encoding="utf-8"))
    trace = explain(played.events, _order_id(order, played), names=played.names)
    if trace is None:
        raise NotFoundError(f"{order}: no such order in {scenario}; accepted were {_accepted(played)}")
    typer.echo(json.dumps(_as_json(trace, played), indent=2) if as_json else _as_text(trace, played))


def _order_id(order: str, played: Played) -> int:
    digits = order.removeprefix("#")
    by_name = [order_id for order_id, name in played.names.items() if name == order]
    return by_name[0] if by_name else int(digits) if digits.isdecimal() else 0


def _accepted(played: Played) -> str:
    return ", ".join(played.names.values()) or "none"


def _ends(trace: Trace) -> str:
    return trace.steps[-1].text


def _as_text(trace: Trace, played: Played) -> str:
    accepted = trace.accepted
    lines = [f"{accepted.cl_ord_id} #{trace.order_id} of {accepted.account}, {accepted.symbol}"]
    seq = 0
    for step in trace.steps:
        if step.event.seq != seq:
            seq = step.event.seq
            first = played.commands.get(seq, "").split("\n")[0]
            lines.append(f"  {step.event.ts_ns / 1e9:.9f} s  seq {seq}  > {first}")
        lines.append(f"    {step.event.cause:<11} {step.text}")
    named = sorted(trace.orders)
    lines.append(f"orders: {', '.join(played.names.get(order_id, f'#{order_id}') for order_id in named) or 'none'}")
    lines.append(f"trades: {', '.join(str(trade_id) for trade_id in sorted(trace.trades)) or 'none'}")
    return "\n".join(lines)


def _as_json(trace: Trace, played: Played) -> dict[str, Any]:
    accepted = trace.accepted
    return {
        "order_id": trace.order_id,
        "cl_ord_id": accepted.cl_ord_id,
        "account": accepted.account,
        "symbol": accepted.symbol,
        "side": accepted.side,
        "order_qty": str(accepted.order_qty),
        "last": _ends(trace),
        "steps": [
            {
                "seq": step.event.seq,
                "ts_ns": step.event.ts_ns,
                "sub": step.event.sub,
                "cause": step.event.cause,
                "event": type(step.event).__name__,
                "command": played.commands.get(step.event.seq),
                "text": step.text,
                "orders": list(step.orders),
                "trades": list(step.trades),
            }
            for step in trace.steps
        ],
        "orders": [
            {"order_id": order_id, "cl_ord_id": played.names.get(order_id)} for order_id in sorted(trace.orders)
        ],
        "trades": sorted(trace.trades),
    }
