"""How the service knows its own gateway where that speaks TLS: by the very certificate of the configuration."""

import ssl
from pathlib import Path

from fairlead.errors import DataError

__all__ = ["trust_only"]


def trust_only(certificate: Path) -> ssl.SSLContext:
    """Return what trusts this certificate and no other, whatever name it is made out to.

    Raises:
        DataError: it is no certificate.
    """
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(certificate)
    except OSError as error:
        raise DataError(
            f"certificate cannot be read: path={certificate} why={error.strerror}; give a PEM file"
        ) from None
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
