"""What doctor finds at a real PostgreSQL, Kafka and Redis, and where there is none."""

from typing import TYPE_CHECKING

import pytest
from tests.services.process import free_port
from tests.services.redis_server import RedisServer as RunningRedis

from fairlead.adapters.cache.redis_server import RedisServer
from fairlead.adapters.stores.postgres_server import PostgresServer
from fairlead.errors import UnavailableError

if TYPE_CHECKING:
    from tests.services.kafka import Kafka

CANARY = "canary-7"


def test_postgres_tells_its_version(postgres_url: str) -> None:
    found = PostgresServer(postgres_url).look()
    assert found.obstacle == ""
    assert found.about.split(".")[0].isdecimal()
    assert "127.0.0.1" in found.about


def test_a_postgres_that_takes_no_writes_is_no_store(postgres_url: str) -> None:
    joint = "&" if "?" in postgres_url else "?"
    found = PostgresServer(f"{postgres_url}{joint}options=-c%20default_transaction_read_only%3Don").look()
    assert "takes no writes" in found.obstacle


def test_a_user_who_may_make_no_tables_cannot_keep_a_store(postgres_url: str) -> None:
    joint = "&" if "?" in postgres_url else "?"
    found = PostgresServer(f"{postgres_url}{joint}options=-c%20search_path%3Dnowhere").look()
    assert "may not make tables" in found.obstacle


@pytest.mark.parametrize("url", [f"postgresql://me:{CANARY}@127.0.0.1:PORT/desk", f"postgresql://me:{CANARY}@:x:/"])
def test_without_a_postgres_it_says_where_it_asked_and_no_password(url: str) -> None:
    port = str(free_port())
    with pytest.raises(UnavailableError) as refused:
        PostgresServer(url.replace("PORT", port)).look()
    assert CANARY not in str(refused.value)
    assert (port in str(refused.value)) == ("PORT" in url)


def test_redis_tells_its_version(redis_server: RunningRedis) -> None:
    found = RedisServer(redis_server.url, timeout_ms=5_000).look()
    assert found.obstacle == ""
    assert found.about.split(".")[0].isdecimal()


def test_a_redis_that_is_away_or_wants_a_password_says_so_without_ours(redis_server: RunningRedis) -> None:
    away = f"redis://me:{CANARY}@127.0.0.1:{free_port()}/0"
    stranger = redis_server.url.replace("redis://", f"redis://me:{CANARY}@")
    for url, why in ((away, "ConnectionError"), (stranger, "AuthenticationError")):
        with pytest.raises(UnavailableError, match=why) as refused:
            RedisServer(url, timeout_ms=5_000).look()
        assert CANARY not in str(refused.value)


def test_kafka_tells_who_it_is(kafka: "Kafka") -> None:
    from fairlead.adapters.bus.kafka_link import KafkaLink
    from fairlead.adapters.bus.kafka_server import KafkaServer

    assert "1 brokers of cluster" in KafkaServer(KafkaLink(servers=[kafka.servers])).look().about


def test_without_a_kafka_it_says_where_it_asked() -> None:
    from fairlead.adapters.bus.kafka_link import KafkaLink
    from fairlead.adapters.bus.kafka_server import KafkaServer

    at = f"127.0.0.1:{free_port()}"
    with pytest.raises(UnavailableError, match=at):
        KafkaServer(KafkaLink(servers=[at])).look()
