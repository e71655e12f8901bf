"""The whole service in one process, put together from a configuration: the only file that knows every adapter."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from litestar import Litestar

from fairlead import aio
from fairlead.adapters.access import (
    Argon2Hasher,
    DerivedKeys,
    FileMailer,
    JwtSigner,
    KeyRing,
    MemoryNonces,
    SystemClock,
    SystemSecrets,
    master_secret,
    token_keys,
)
from fairlead.adapters.serving import EngineThread, HttpServer, front_end_key, listen, trust_only
from fairlead.adapters.stores import (
    Database,
    SqlApiKeys,
    SqlLoginAttempts,
    SqlRefreshTokens,
    SqlUsers,
    migrate,
    open_database,
)
from fairlead.client.keys import read_secret
from fairlead.domain.access.policy import NS_PER_S, AccessPolicy
from fairlead.engine.server import EngineServer
from fairlead.errors import FairleadError, UnavailableError
from fairlead.services.access import Entry, KeyDesk, Needs, Registration, sweep
from fairlead.services.readiness import Readiness
from fairlead.settings import Loaded, Problem, Settings, SettingsError
from fairlead.web.app import make_app
from fairlead.web.bodies import BodyLimits
from fairlead.web.services import Services

__all__ = ["Addresses", "serve"]

_SWEEP_S: Final = 60.0
# An address that stands for every address of the machine, and how the machine reaches itself then.
_LOOPBACK_OF: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_log = logging.getLogger("fairlead.service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a running service is reached, as host and port."""

    http: tuple[str, int]
    gateway: tuple[str, int]


async def serve(loaded: Loaded, *, on_ready: Callable[[Addresses], None]) -> None:
    """Run the service until SIGTERM or SIGINT, or until its engine cannot go on.

    It ends in this order: accept no more requests, finish those in work, log out of the gateway, end the engine with
    its log sealed, close the store.

    Args:
        loaded: the configuration.
        on_ready: hears the addresses once requests are answered.

    Raises:
        SettingsError: a setting asks for what this version cannot do.
        WeakSecretError: a key or secret must not be used.
        LockedError: another process has the data directory.
        DataError: log, keys or certificates are damaged.
        UnavailableError: a port is taken, the store does not answer, or the engine cannot go on.
    """
    settings = loaded.settings
    _refuse_what_is_not_there(loaded)
    ended = _ended_by_signals()
    settings.engine.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    ring, master = token_keys(loaded), master_secret(loaded)
    async with AsyncExitStack() as parts:
        engine, gateway, key_id = await _open_engine(settings, ended=ended)
        parts.push_async_callback(asyncio.to_thread, engine.stop)
        database = await parts.enter_async_context(_store(settings))
        needs = await parts.enter_async_context(_needs(settings, database=database, ring=ring, master=master))
        # Again: of all that is open the store is closed last.
        parts.push_async_callback(asyncio.to_thread, engine.stop)
        engine.start()
        front = await parts.enter_async_context(_front_end(settings, gateway=gateway, key_id=key_id))
        await parts.enter_async_context(_swept(needs))
        app = _app(settings, needs=needs, database=database, front=front, engine=engine)
        await _answer(settings, app, gateway=gateway, ended=ended, on_ready=on_ready)
    engine.check()


def _refuse_what_is_not_there(loaded: Loaded) -> None:
    """Refuse settings that would be ignored and that somebody counts on: for safety, or for more than one machine."""
    known = {
        "server.workers": 1,
        "bus.kind": "memory",
        "cache.kind": "memory",
        "engine.tls_client_ca": None,
    }
    problems = [
        Problem(
            origin=loaded.origins[key],
            key=key,
            what="is not possible with fairlead serve yet",
            value=str(loaded.value(key)),
            limit=str(limit),
            fix="leave it out",
        )
        for key, limit in known.items()
        if loaded.value(key) != limit
    ]
    if problems:
        raise SettingsError(problems)


def _ended_by_signals() -> asyncio.Event:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    return ended


async def _open_engine(settings: Settings, *, ended: asyncio.Event) -> tuple[EngineThread, tuple[str, int], str]:
    """Recover the engine and return it, where its gateway is, and the key of the front end."""
    engine, loop = settings.engine, asyncio.get_running_loop()

    def start() -> tuple[EngineServer, str]:
        server = EngineServer(
            engine.data_dir,
            host=settings.server.gateway_host,
            port=settings.server.gateway_port,
            durability=engine.durability,
            snapshot_every=engine.snapshot_every,
            allow_plain_remote=engine.allow_plain_remote,
            tls_cert=engine.tls_cert,
            tls_key=engine.tls_key,
            spin_us=engine.spin_us,
            latency=engine.latency,
        )
        try:
            return server, front_end_key(server, engine.data_dir)
        except BaseException:
            server.stop()
            raise

    server, key_id = await asyncio.to_thread(start)

    def say_end() -> None:
        loop.call_soon_threadsafe(ended.set)

    thread = EngineThread(server, on_end=say_end)
    return thread, server.address, key_id


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Database]:
    store = settings.store
    database = open_database(store.driver_url.reveal(), pool_size=store.pool_size, wait_ms=store.statement_timeout_ms)
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def _needs(settings: Settings, *, database: Database, ring: KeyRing, master: bytes) -> AsyncIterator[Needs]:
    auth, directory = settings.auth, settings.engine.data_dir
    hasher = Argon2Hasher(
        memory_kib=auth.password_memory_kib,
        passes=auth.password_passes,
        lanes=auth.password_lanes,
        threads=auth.password_threads,
    )
    clock, policy = SystemClock(), _policy(settings)
    try:
        yield Needs(
            users=SqlUsers(database),
            attempts=SqlLoginAttempts(database),
            tokens=SqlRefreshTokens(database),
            api_keys=SqlApiKeys(database),
            # One process: no disk write for each signed request.
            nonces=MemoryNonces(begin_ns=clock.now_ns() + policy.sign_ahead_s * NS_PER_S),
            hasher=hasher,
            signer=JwtSigner(ring),
            vault=DerivedKeys(master),
            mailer=FileMailer(directory / "outbox.jsonl"),
            clock=clock,
            secrets=SystemSecrets(),
            policy=policy,
        )
    finally:
        hasher.close()


def _policy(settings: Settings) -> AccessPolicy:
    auth = settings.auth
    return AccessPolicy(
        issuer=auth.issuer,
        audience=auth.audience,
        access_s=auth.access_ttl_s,
        leeway_s=auth.leeway_s,
        refresh_s=auth.refresh_ttl_s,
        session_s=auth.session_ttl_s,
        verify_s=auth.verify_ttl_s,
        keys_max=auth.api_keys_max,
        sign_window_s=auth.sign_window_s,
        failures_max=auth.lockout_failures,
        failures_s=auth.lockout_window_s,
        locked_s=auth.lockout_s,
    )


@asynccontextmanager
async def _front_end(settings: Settings, *, gateway: tuple[str, int], key_id: str) -> AsyncIterator[aio.Client]:
    host, port = gateway
    certificate = settings.engine.tls_cert
    client = aio.Client(
        _LOOPBACK_OF.get(host, host),
        port,
        key_id=key_id,
        secret=read_secret(settings.engine.data_dir / "gateway.keys", key_id),
        role="front_end",
        tls=False if certificate is None else trust_only(certificate),
    )
    async with client:
        yield client


@asynccontextmanager
async def _swept(needs: Needs) -> AsyncIterator[None]:
    """Forget each minute what decides nothing any more."""

    async def run() -> None:
        while True:
            try:
                await sweep(needs)
            except FairleadError as error:
                _log.warning("nothing was forgotten this time: why=%s", error)
            await asyncio.sleep(_SWEEP_S)

    task = asyncio.create_task(run(), name="fairlead-sweep")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _app(settings: Settings, *, needs: Needs, database: Database, front: aio.Client, engine: EngineThread) -> Litestar:
    async def ask_engine() -> None:
        if not engine.is_running or not front.is_connected:
            raise UnavailableError("the engine is not reached through its gateway")
        await front.refresh_instruments()

    services = Services(
        registration=Registration(needs),
        entry=Entry(needs),
        desk=KeyDesk(needs),
        readiness=Readiness({"engine": ask_engine, "store": database.ping}, clock=needs.clock),
        clock=needs.clock,
    )
    limits = BodyLimits(bytes_max=settings.limits.body_bytes_max, depth_max=settings.limits.json_depth_max)
    return make_app(
        services,
        limits=limits,
        timeout_s=settings.server.request_timeout_s,
        allowed_origins=settings.server.allowed_origins,
    )


async def _answer(
    settings: Settings,
    app: Litestar,
    *,
    gateway: tuple[str, int],
    ended: asyncio.Event,
    on_ready: Callable[[Addresses], None],
) -> None:
    """Answer HTTP until somebody says the end."""
    if ended.is_set():
        return
    listening = listen(settings.server.host, settings.server.port)
    host, port = listening.getsockname()[:2]
    http = HttpServer(
        app,
        grace_s=settings.server.shutdown_grace_s,
        on_ready=lambda: on_ready(Addresses(http=(host, port), gateway=gateway)),
    )
    await http.serve(listening, until=ended)
