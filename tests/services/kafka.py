"""A Kafka broker for the tests: one node, its own controller, from the jars that ``tools/test-services`` brings."""

import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from tests.services.process import MissingError, Server, free_port, program

__all__ = ["Kafka"]

_JARS = Path(__file__).resolve().parents[2] / ".ci" / "kafka" / "lib"
# A small heap and no optimizing compiler: it starts in seconds and leaves the processors to the tests.
_JAVA = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", str(_JARS / "*"))
_SETTINGS = """\
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=2000
"""


class Kafka:
    """A running broker.

    Raises:
        MissingError: Java is not installed, or the jars are not there.
    """

    def __init__(self) -> None:
        self._java = program("java", package="default-jre-headless")
        if not (_JARS / "pom.xml").is_file():
            raise MissingError("the jars of Kafka are not there; bring them with: tools/test-services")
        self._port = free_port()
        self._server = Server("kafka")
        self._settings = self._server.folder / "server.properties"
        folder = self._server.folder
        self._settings.write_text(_SETTINGS.format(port=self._port, controller=free_port(), folder=folder))
        try:
            cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            tool = ("kafka.tools.StorageTool", "format", "--standalone", "-t", cluster, "-c", self._settings)
            self._server.run(self._java, *_JAVA, *tool)
            self.start()
        except BaseException:
            self._server.stop()
            raise

    @property
    def servers(self) -> str:
        """Where it is, as host and port."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, again where it was killed: it knows what it acknowledged."""
        self._server.start([self._java, *_JAVA, "kafka.Kafka", self._settings], answers=self._answers)

    def kill(self) -> None:
        """End it as a crash does."""
        self._server.kill()

    def stop(self) -> None:
        """End it for good."""
        self._server.stop()

    def _answers(self) -> bool:
        asker = AdminClient({"bootstrap.servers": self.servers, "log_level": 0, "socket.timeout.ms": 1_000})
        try:
            return bool(asker.list_topics(timeout=1.0).brokers)
        except KafkaException:
            return False
