"""Addresses of blockchains, read with the libraries that know their checksums."""

from fairlead.adapters.wallets.addresses import ChainAddresses

__all__ = ["ChainAddresses"]
