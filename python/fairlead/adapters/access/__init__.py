"""Passwords, tokens, mail, time and randomness as the libraries and the machine give them."""

from fairlead.adapters.access.hashing import Argon2Hasher
from fairlead.adapters.access.key_files import (
    KeyRing,
    TokenKey,
    load_key_ring,
    load_secret,
    new_secret_file,
    new_token_key,
)
from fairlead.adapters.access.mail import KeepingMailer, PrintingMailer
from fairlead.adapters.access.nonces import MemoryNonces
from fairlead.adapters.access.outbox import FileMailer
from fairlead.adapters.access.service_keys import figures_token, master_secret, token_keys
from fairlead.adapters.access.smtp import SmtpLink, SmtpMailer
from fairlead.adapters.access.surroundings import SystemClock, SystemSecrets
from fairlead.adapters.access.tokens import JwtSigner
from fairlead.adapters.access.vault import DerivedKeys

__all__ = [
    "Argon2Hasher",
    "DerivedKeys",
    "FileMailer",
    "JwtSigner",
    "KeepingMailer",
    "KeyRing",
    "MemoryNonces",
    "PrintingMailer",
    "SmtpLink",
    "SmtpMailer",
    "SystemClock",
    "SystemSecrets",
    "TokenKey",
    "figures_token",
    "load_key_ring",
    "load_secret",
    "master_secret",
    "new_secret_file",
    "new_token_key",
    "token_keys",
]
