"""``fairlead serve`` with Kafka and Redis: a demo's trades are told to both, and it does without them."""

import asyncio
import json
import signal
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from tests.contract.buses import TRIES_MAX
from tests.e2e.test_serve import Service
from tests.services.redis_server import RedisServer

from fairlead.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from tests.services.kafka import Kafka


def test_trades_of_a_demo_come_out_of_kafka_and_redis_and_neither_is_needed(
    tmp_path: Path, kafka: "Kafka", redis_server: RedisServer
) -> None:
    from fairlead.adapters.bus.kafka_link import KafkaLink
    from fairlead.adapters.bus.kafka_reader import KafkaReader
    from fairlead.adapters.cache.redis_cache import RedisCache

    link = KafkaLink(servers=[kafka.servers], topic_prefix=f"e-{uuid.uuid4().hex[:12]}")
    (tmp_path / "fairlead.toml").write_text(
        f'[bus]\nkind = "kafka"\nservers = ["{kafka.servers}"]\ntopic_prefix = "{link.topic_prefix}"\n'
        f'[cache]\nkind = "redis"\nurl = "{redis_server.url}"\n'
    )

    async def first_trade() -> dict[str, str]:
        reader = KafkaReader(link, topics=["trades"])
        try:
            for _ in range(TRIES_MAX):
                if found := await reader.read(count_max=10, wait_s=1.0):
                    return dict(json.loads(found[0].body))
        finally:
            await reader.close()
        raise AssertionError("nothing was published")

    async def is_cached(symbol: str) -> bool:
        cache = RedisCache(redis_server.url, timeout_ms=5_000)
        try:
            for _ in range(TRIES_MAX):
                if await cache.last(symbol) is not None:
                    return True
                await asyncio.sleep(0.1)
        finally:
            await cache.close()
        return False

    with Service(tmp_path / "venue", "--demo") as service:
        # The topics are made by the publisher; the demo trades at once.
        asyncio.run(_until_there(link))
        trade = asyncio.run(first_trade())
        assert set(trade) >= {"position", "symbol", "tradeId", "price", "quantity", "time"}
        assert asyncio.run(is_cached(trade["symbol"]))
        redis_server.kill()
        try:
            answer = service.http.get("/ready")
            parts = {part["name"]: part["isReady"] for part in answer.json()["parts"]}
            assert (parts["bus"], parts["cache"]) == (True, False)
            assert answer.status_code == 200, answer.text
        finally:
            redis_server.start()
        code, _ = service.end(signal.SIGTERM)
        assert code == ExitCode.OK


async def _until_there(link: object) -> None:
    from confluent_kafka.admin import AdminClient

    from fairlead.adapters.bus.kafka_link import KafkaLink

    assert isinstance(link, KafkaLink)
    asker = AdminClient(link.options())
    for _ in range(10 * TRIES_MAX):
        if link.topic("trades") in asker.list_topics(timeout=5).topics:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the topics were not made")
