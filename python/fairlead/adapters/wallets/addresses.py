"""What an address of a chain looks like: the EIP-55 checksum of EVM chains, bech32 and bech32m of Bitcoin."""

import re
from typing import Final

from fairlead.domain.funding.chains import Chain, Family
from fairlead.domain.funding.errors import FundsValueError

__all__ = ["ChainAddresses"]

_EVM: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_EVM_SAYS: Final = "0x and 40 hexadecimal digits, in lower case or with their EIP-55 checksum"
_NOBODYS: Final = "0x" + "0" * 40
_ADDRESS_MAX: Final = 90
_UPPER_FROM: Final = 8


class ChainAddresses:
    """The addresses of every chain that ``chain_of`` knows."""

    def parse(self, address: str, /, *, chain: Chain) -> str:
        """Return the one form of an address: with its checksum on EVM chains, in lower case on Bitcoin.

        Raises:
            FundsValueError: it is none of this chain, or its checksum is wrong.
        """
        if chain.family is Family.EVM:
            return _evm(address)
        return _segwit(address, prefix=chain.prefix)


def _evm(address: str) -> str:
    if _EVM.fullmatch(address) is None:
        raise FundsValueError("not an address of this chain", field="address", value=address, limit=_EVM_SAYS)
    form = _with_checksum(address[2:].lower())
    digits = address[2:]
    # One case says nothing about the checksum; EIP-55 takes both.
    if digits not in (digits.lower(), digits.upper()) and address != form:
        raise FundsValueError("the checksum of the address is wrong", field="address", value=address, limit=_EVM_SAYS)
    if form == _NOBODYS:
        raise FundsValueError("nobody has the address of zeros", field="address", value=address, limit=_EVM_SAYS)
    return form


def _with_checksum(digits: str) -> str:
    """Source: EIP-55; a letter is upper case where the hash of the digits has 8 or more at its place."""
    # Loaded with the first address, as it brings a library in C.
    from Crypto.Hash import keccak

    wanted = keccak.new(digest_bits=256, data=digits.encode("ascii")).hexdigest()
    cased = [
        digit.upper() if int(rank, 16) >= _UPPER_FROM else digit for digit, rank in zip(digits, wanted, strict=False)
    ]
    return "0x" + "".join(cased)


def _segwit(address: str, *, prefix: str) -> str:
    """Source: BIP-173 and BIP-350; addresses of the older forms (1..., 3...) have a weaker checksum and are refused."""
    import bech32m  # type: ignore[import-untyped]

    says = f"an address that begins with {prefix}1, bech32 or bech32m"
    try:
        # The library asks for an ASCII text of a sane length.
        if not address.isascii() or len(address) > _ADDRESS_MAX:
            raise ValueError(address)
        bech32m.decode(prefix, address)
    except ValueError:
        what = "not an address of this chain, or its checksum is wrong"
        raise FundsValueError(what, field="address", value=address, limit=says) from None
    return address.lower()
