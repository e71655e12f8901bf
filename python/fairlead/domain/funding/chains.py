"""Which blockchains there are, and what a transaction of each is called."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fairlead.domain.funding.errors import FundsValueError

__all__ = ["Chain", "Family", "chain_of", "parse_tx_hash"]


class Family(StrEnum):
    """How addresses and transactions of a chain are written."""

    EVM = "evm"
    SEGWIT = "segwit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A blockchain.

    Attributes:
        name: as requests name it.
        family: how its addresses look.
        prefix: the first part of a segwit address; empty on others.
        is_test: its coins are worth nothing.
    """

    name: str
    family: Family
    prefix: str = ""
    is_test: bool = False


_CHAINS: Final = {
    chain.name: chain
    for chain in (
        Chain(name="bitcoin", family=Family.SEGWIT, prefix="bc"),
        Chain(name="ethereum", family=Family.EVM),
        Chain(name="bitcoin-testnet", family=Family.SEGWIT, prefix="tb", is_test=True),
        Chain(name="sepolia", family=Family.EVM, is_test=True),
    )
}
_HASHES: Final = {
    Family.EVM: (re.compile(r"0x[0-9a-fA-F]{64}"), "0x and 64 hexadecimal digits"),
    Family.SEGWIT: (re.compile(r"[0-9a-fA-F]{64}"), "64 hexadecimal digits"),
}


def chain_of(name: str, *, with_tests: bool) -> Chain:
    """Return a chain by its name.

    Raises:
        FundsValueError: there is none, or it is a test network and those are not configured.
    """
    known = [chain.name for chain in _CHAINS.values() if with_tests or not chain.is_test]
    if name not in known:
        raise FundsValueError("no such chain here", field="chain", value=name, limit=", ".join(known))
    return _CHAINS[name]


def parse_tx_hash(text: str, *, chain: Chain) -> str:
    """Return the one form of a transaction's hash: lower case, so that one transaction has one name.

    Raises:
        FundsValueError: it has another shape.
    """
    form, what = _HASHES[chain.family]
    if form.fullmatch(text) is None:
        raise FundsValueError("not the hash of a transaction", field="transactionHash", value=text, limit=what)
    return text.lower()
