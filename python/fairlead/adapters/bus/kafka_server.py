"""Kafka as ``fairlead doctor`` asks about it: brokers do not tell their version, but who they are."""

from typing import Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from fairlead.adapters.bus.kafka_link import KafkaLink, unavailable
from fairlead.errors import UnavailableError
from fairlead.ports.servers import ServerLook

__all__ = ["KafkaServer"]

_WAIT_S: Final = 5


class KafkaServer:
    """The bus of a configuration.

    Args:
        link: the way to it.
    """

    name: Final = "Kafka"
    key: Final = "bus.servers"
    limit: Final = f"a broker answers within {_WAIT_S} s"

    def __init__(self, link: KafkaLink) -> None:
        self._link = link

    def look(self) -> ServerLook:
        """Connect and ask."""
        at = f"at {', '.join(self._link.servers)}"
        try:
            cluster = AdminClient(self._link.options()).list_topics(timeout=_WAIT_S)
        except KafkaException as error:
            raise UnavailableError(f"{at}: {unavailable(error, what='answer')}") from None
        if not cluster.brokers:
            raise UnavailableError(f"{at}: no broker is known there")
        return ServerLook(about=f"{len(cluster.brokers)} brokers of cluster {cluster.cluster_id} {at}")
