"""How Kafka is reached: addresses, encryption and the name one has there, as options of its library."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from confluent_kafka import KafkaException

from fairlead.domain.access.secret import Secret
from fairlead.errors import UnavailableError

__all__ = ["KafkaLink", "unavailable"]

_PROTOCOLS: Final = {"plain": "PLAINTEXT", "tls": "SSL", "sasl_tls": "SASL_SSL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaLink:
    """A way to Kafka.

    Attributes:
        servers: brokers as ``HOST:PORT``, one or more.
        topic_prefix: the first part of the name of each topic.
        security: ``plain``, ``tls`` or ``sasl_tls``.
        username: one's name there, for ``sasl_tls``.
        password: with its password.
        ca_file: the authority (PEM) of the brokers; that of the system where it is left out.
    """

    servers: Sequence[str]
    topic_prefix: str = "fairlead"
    security: str = "plain"
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    ca_file: Path | None = None

    def topic(self, name: str) -> str:
        """Return the full name of a topic."""
        return f"{self.topic_prefix}.{name}"

    def options(self) -> dict[str, Any]:
        """Return what every client of the library is made with."""
        options: dict[str, Any] = {
            "bootstrap.servers": ",".join(self.servers),
            "security.protocol": _PROTOCOLS[self.security],
            # What fails is raised; the library's own lines go to standard error.
            "log_level": 0,
            "reconnect.backoff.max.ms": 1_000,
        }
        if self.ca_file is not None:
            options["ssl.ca.location"] = str(self.ca_file)
        if self.security == "sasl_tls":
            options |= {
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": self.username,
                "sasl.password": self.password.reveal(),
            }
        return options


def unavailable(error: KafkaException, *, what: str) -> UnavailableError:
    """Return what to raise where the library failed."""
    told = error.args[0] if error.args else error
    why = told.name() if hasattr(told, "name") else type(error).__name__
    return UnavailableError(f"Kafka does not do that: what={what} why={why}")
