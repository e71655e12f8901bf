"""TLS on the client's side: which certificates are trusted, and what went wrong in words."""

import ssl
from pathlib import Path
from typing import Final

from fairlead.errors import DataError, NotFoundError, UnavailableError, UsageError

__all__ = ["context_of", "is_lasting", "refusal"]

# What OpenSSL says where the other side does not speak TLS at all; its versions differ.
_NOT_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "HTTP_REQUEST"})


def context_of(*, tls: ssl.SSLContext | bool, ca: Path | str | None) -> ssl.SSLContext | None:
    """Return the context of a connection, ``None`` where it is plain.

    Args:
        tls: ``False`` plain, ``True`` trusts ``ca`` or, without it, the authorities of the system; or a context.
        ca: a PEM file of authorities.

    Raises:
        UsageError: ``ca`` is given and would not be looked at.
        NotFoundError: there is no such file.
        DataError: it holds no certificate.
    """
    if ca is not None and tls is not True:
        raise UsageError(f"ca={ca} is looked at with tls=True only: load it into the context, or give tls=True")
    if isinstance(tls, ssl.SSLContext):
        return tls
    if not tls:
        return None
    try:
        context = ssl.create_default_context(cafile=ca)
    except FileNotFoundError as error:
        raise NotFoundError(f"no file of authorities: ca={ca}") from error
    except (OSError, ValueError) as error:
        raise DataError(f"no certificate to trust in it: ca={ca}: {error}; give a PEM file") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def is_lasting(error: ssl.SSLError) -> bool:
    """Whether trying again cannot help: the other side answered and one of the two refuses the other."""
    return not isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError))


def refusal(error: ssl.SSLError, host: str, port: int) -> UnavailableError:
    """Return what went wrong, with what to do about it."""
    reason = error.reason or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"the certificate of the gateway is not trusted: {error.verify_message}"
        fix = "give the file of its authority as ca=, and as host= a name that is in the certificate"
    elif reason in _NOT_TLS:
        what = "the gateway does not speak TLS"
        fix = "leave tls= out, or start the engine with --tls-cert and --tls-key"
    elif "CERTIFICATE" in reason or "UNKNOWN_CA" in reason:
        what = f"the gateway does not accept this client's certificate, or misses one: {reason}"
        fix = "give as tls= an ssl.SSLContext with load_cert_chain() of a certificate its --tls-client-ca issued"
    else:
        what, fix = f"TLS failed: {reason or error}", "the gateway speaks TLS 1.3"
    return UnavailableError(f"{what}: address={host}:{port}; {fix}")
