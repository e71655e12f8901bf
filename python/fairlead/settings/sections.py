"""The sections of the configuration: every setting with its default, its range, its unit and what it is for.

Times end in ``_us``, ``_ms`` or ``_s``, sizes in ``_bytes`` or ``_kib``, rates in ``_per_s`` or ``_per_min``. Objects
of these classes come from :func:`fairlead.settings.load`, which resolves ``~`` and ``{data_dir}`` in the defaults.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from fairlead.domain.access.secret import Secret
from fairlead.settings.secret import SecretUrl

_NAME = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}$"
_DURABILITY = r"^(always|group|os|group\([0-9]{1,6}, ?[0-9]{1,5}\))$"


def _about(description: str) -> Meta:
    return Meta(description=description)


def _int(low: int, high: int, description: str, *, step: int | None = None) -> Meta:
    return Meta(ge=low, le=high, multiple_of=step, description=description)


def _text(pattern: str, limit: str, description: str) -> Meta:
    return Meta(pattern=pattern, description=description, extra={"limit": limit})


def _host(description: str) -> Meta:
    return _text(r"^[A-Za-z0-9._:-]{1,255}$", "a name or an address of 1 to 255 characters", description)


class Server(Struct, frozen=True, kw_only=True):
    """Where the service listens."""

    host: Annotated[str, _host("Address of HTTP and WebSocket.")] = "127.0.0.1"
    port: Annotated[int, _int(0, 65_535, "Port of HTTP and WebSocket; 0 lets the system choose.")] = 8080
    gateway_host: Annotated[str, _host("Address of the binary gateway.")] = "127.0.0.1"
    gateway_port: Annotated[int, _int(0, 65_535, "Port of the binary gateway; 0 lets the system choose.")] = 9080
    workers: Annotated[int, _int(1, 4, "Processes that answer HTTP; 1 is that of the engine, more are beside it.")] = 1
    allowed_origins: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^https?://[^\s/]+$")], ...],
        Meta(
            max_length=64,
            description="Web pages that may use the service from a browser, as scheme://host:port; none by default.",
            extra={"limit": "at most 64 origins such as https://desk.example:8443"},
        ),
    ] = ()
    trusted_proxies: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?$")], ...],
        Meta(
            max_length=64,
            description="Proxies whose X-Forwarded-For is believed, as addresses or networks; none by default.",
            extra={"limit": "at most 64 addresses or networks such as 10.0.0.0/8"},
        ),
    ] = ()
    request_timeout_s: Annotated[int, _int(1, 300, "A request that takes longer is ended.")] = 30
    shutdown_grace_s: Annotated[int, _int(1, 300, "How long a stop waits for requests in work.")] = 10


class Engine(Struct, frozen=True, kw_only=True):
    """The matching engine, its log and its gateway."""

    data_dir: Annotated[
        Path,
        _about("Directory of log, snapshots and keys; by default under $XDG_DATA_HOME where that is set."),
    ] = Path("~/.local/share/fairlead")
    address: Annotated[
        str,
        _text(
            r"^([A-Za-z0-9._-]{1,255}:[0-9]{1,5})?$",
            "empty, or HOST:PORT",
            "Gateway of a fairlead engine that runs by itself on data_dir; empty: the service runs its own engine.",
        ),
    ] = ""
    durability: Annotated[
        str,
        _text(
            _DURABILITY,
            "always, group, os or group(max_us,max_n) with max_us up to 999999 and max_n from 1 to 65536",
            "When a command counts as written: always, group, group(max_us,max_n), or os, which a power cut undoes.",
        ),
    ] = "group"
    snapshot_every: Annotated[
        int, _int(0, 1_000_000_000, "Commands between two snapshots; 0 makes none.", step=10_000)
    ] = 1_000_000
    client_ids_max: Annotated[
        int,
        _int(
            1_000,
            1_000_000_000,
            "Client order ids that are remembered so that a repeat is no second order; fixed when the log is begun.",
        ),
    ] = 10_000_000
    spin_us: Annotated[int, _int(0, 1_000_000, "Microseconds to look for work before sleeping.")] = 0
    latency: Annotated[bool, _about("Stamp commands for fairlead latency.")] = True
    tls_cert: Annotated[Path | None, _about("Certificate of the gateway (PEM); then it speaks TLS 1.3 only.")] = None
    tls_key: Annotated[Path | None, _about("Private key of that certificate (PEM), mode 600.")] = None
    tls_client_ca: Annotated[Path | None, _about("Authority (PEM) of certificates that clients must have.")] = None
    allow_plain_remote: Annotated[bool, _about("Let the gateway listen unencrypted where others reach it.")] = False
    disk_free_min_bytes: Annotated[
        int, _int(134_217_728, 2**50, "Free space below which fairlead doctor calls the disk full.")
    ] = 1_073_741_824


class Store(Struct, frozen=True, kw_only=True):
    """Where users, keys, sessions and projections are kept."""

    url: Annotated[
        SecretUrl,
        _text(
            r"^(sqlite(\+aiosqlite)?:///|postgresql(\+psycopg|\+asyncpg)?://)[^\s]+$",
            "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE",
            "The database: a SQLite file, or PostgreSQL.",
        ),
    ] = SecretUrl("sqlite:///{data_dir}/store.sqlite3")
    pool_size: Annotated[int, _int(1, 100, "Connections to the database.")] = 5
    statement_timeout_ms: Annotated[int, _int(100, 60_000, "A statement that takes longer is ended.")] = 5_000
    keep_hours: Annotated[
        int,
        _int(0, 1_000_000, "How long events, fills, ledger, trades and ended orders stay; 0: for ever, 6 in a demo."),
    ] = 0

    @property
    def driver_url(self) -> SecretUrl:
        """The address with the name of its driver, ``aiosqlite`` or ``psycopg`` where it names none."""
        scheme, _, rest = self.url.reveal().partition(":")
        driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}.get(scheme, scheme)
        return SecretUrl(f"{driver}:{rest}")


class Bus(Struct, frozen=True, kw_only=True):
    """Where events are published."""

    kind: Annotated[Literal["memory", "kafka"], _about("memory stays in the process; kafka needs servers.")] = "memory"
    servers: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[^\s,:]+:[0-9]{1,5}$")], ...],
        Meta(max_length=64, description="Kafka brokers.", extra={"limit": "at most 64 of the form HOST:PORT"}),
    ] = ()
    topic_prefix: Annotated[
        str, _text(r"^[a-z][a-z0-9-]{0,62}$", "1 to 63 of a-z, 0-9 and -, a letter first", "First part of each topic.")
    ] = "fairlead"
    security: Annotated[
        Literal["plain", "tls", "sasl_tls"], _about("Connection to the brokers; sasl_tls needs username and password.")
    ] = "plain"
    username: Annotated[str, Meta(max_length=255, description="Name at the brokers.")] = ""
    password: Annotated[Secret, Meta(max_length=1_024, description="Password at the brokers.")] = Secret("")
    ca_file: Annotated[Path | None, _about("Authority (PEM) of the brokers; that of the system by default.")] = None


class Cache(Struct, frozen=True, kw_only=True):
    """Where last prices and rate limits are shared."""

    kind: Annotated[Literal["memory", "redis"], _about("memory stays in the process; redis needs url.")] = "memory"
    url: Annotated[
        SecretUrl,
        _text(
            r"^((rediss?|unix)://[^\s]+)?$",
            "empty, redis://, rediss:// or unix://",
            "Redis, as rediss://USER:PASSWORD@HOST:PORT/NUMBER.",
        ),
    ] = SecretUrl("")
    timeout_ms: Annotated[int, _int(10, 10_000, "An answer that takes longer counts as none.")] = 200


class Auth(Struct, frozen=True, kw_only=True):
    """Tokens, passwords and lockout."""

    algorithm: Annotated[
        Literal["EdDSA", "RS256", "HS256"],
        _about("How tokens are signed; HS256 needs a secret of 32 random bytes or more."),
    ] = "EdDSA"
    key_file: Annotated[Path, _about("Key that signs tokens, mode 600.")] = Path("{data_dir}/token.key")
    earlier_key_files: Annotated[
        tuple[Path, ...],
        Meta(
            max_length=16,
            description="Keys that signed before and still check.",
            extra={"limit": "at most 16 paths"},
        ),
    ] = ()
    master_file: Annotated[
        Path, _about("Master secret of API keys, mode 600: 32 random bytes or more as hexadecimal.")
    ] = Path("{data_dir}/master.key")
    issuer: Annotated[str, _text(_NAME, "1 to 255 characters without spaces", "iss of every token.")] = "fairlead"
    audience: Annotated[str, _text(_NAME, "1 to 255 characters without spaces", "aud of every token.")] = "fairlead-api"
    access_ttl_s: Annotated[int, _int(1, 900, "Life of an access token.")] = 900
    refresh_ttl_s: Annotated[int, _int(300, 7_776_000, "Life of a refresh token, longer than access.")] = 1_209_600
    session_ttl_s: Annotated[int, _int(300, 31_622_400, "Life of a session however often refreshed.")] = 7_776_000
    verify_ttl_s: Annotated[int, _int(60, 604_800, "How long the link in the e-mail works.")] = 86_400
    leeway_s: Annotated[int, _int(0, 60, "How far the clocks of two machines may be apart.")] = 30
    sign_window_s: Annotated[int, _int(1, 60, "How far the time of a signed request may be from ours.")] = 30
    api_keys_max: Annotated[int, _int(1, 1_000, "API keys of a user that are in use.")] = 20
    lockout_failures: Annotated[int, _int(3, 100, "Failed logins within lockout_window_s that lock an address.")] = 5
    lockout_window_s: Annotated[int, _int(60, 86_400, "The window they are counted in.")] = 900
    lockout_s: Annotated[int, _int(60, 86_400, "How long the lock lasts.")] = 900
    password_memory_kib: Annotated[int, _int(19_456, 1_048_576, "Memory of one Argon2id hash.")] = 65_536
    password_passes: Annotated[int, _int(2, 20, "Passes of one Argon2id hash.")] = 3
    password_lanes: Annotated[int, _int(1, 16, "Lanes of one Argon2id hash.")] = 4
    password_threads: Annotated[int, _int(1, 16, "Hashes at once, each with its own memory.")] = 2


class Limits(Struct, frozen=True, kw_only=True):
    """What one account, key, address or connection may use."""

    account_reads_per_s: Annotated[
        int, _int(1, 100_000, "Reads of an account, and what is neither order nor cancel.")
    ] = 100
    account_orders_per_s: Annotated[int, _int(1, 100_000, "New orders and amends of an account.")] = 100
    account_cancels_per_s: Annotated[int, _int(1, 100_000, "Cancels of an account, counted apart.")] = 200
    key_requests_per_s: Annotated[int, _int(1, 100_000, "Requests of an API key, cancels not counted.")] = 200
    ip_requests_per_s: Annotated[
        int, _int(1, 100_000, "Requests of an address, besides those of the next two keys.")
    ] = 200
    ip_cancels_per_s: Annotated[int, _int(1, 100_000, "Cancels of an address.")] = 400
    ip_market_data_per_s: Annotated[int, _int(1, 100_000, "Reads of public market data of an address.")] = 100
    ip_logins_per_min: Annotated[int, _int(1, 1_000, "Logins and the like tried from an address.")] = 10
    ip_bytes_per_s: Annotated[int, _int(1_024, 2**30, "Bytes of the bodies of an address, cancels not counted.")] = (
        2_097_152
    )
    account_bytes_per_s: Annotated[int, _int(1_024, 2**30, "Bytes of the bodies and orders of an account.")] = 1_048_576
    connection_bytes_per_s: Annotated[int, _int(1_024, 2**30, "Bytes of messages of a WebSocket connection.")] = (
        1_048_576
    )
    order_to_trade_max: Annotated[
        int, _int(0, 1_000_000, "Orders and amends of an account for each of its trades in a window; 0: no limit.")
    ] = 0
    order_to_trade_free: Annotated[int, _int(1, 1_000_000_000, "Orders and amends of a window without a trade.")] = (
        1_000
    )
    order_to_trade_window_s: Annotated[int, _int(1, 86_400, "Seconds of such a window.")] = 3_600
    connection_messages_per_s: Annotated[int, _int(1, 100_000, "Messages of a WebSocket connection.")] = 100
    burst_s: Annotated[int, _int(1, 60, "Seconds of each rate per second that may come at once.")] = 2
    body_bytes_max: Annotated[int, _int(1_024, 65_536, "Bytes of a request.")] = 65_536
    json_depth_max: Annotated[int, _int(4, 16, "Levels of JSON inside each other.")] = 16
    page_size: Annotated[int, _int(1, 1_000, "Rows of a page where the request names none.")] = 100
    page_size_max: Annotated[int, _int(1, 1_000, "Rows of a page at most.")] = 500
    batch_orders_max: Annotated[int, _int(1, 100, "Orders of one batch request.")] = 50
    connections_max: Annotated[int, _int(1, 65_536, "Connections of HTTP and WebSocket in all.")] = 4_096
    ip_connections_max: Annotated[
        int, _int(1, 65_536, "Connections of an address, which many people may share; of a proxy, connections_max.")
    ] = 256
    account_connections_max: Annotated[int, _int(1, 1_024, "WebSocket connections of an account.")] = 16
    subscriptions_max: Annotated[int, _int(1, 10_000, "Subscriptions of a connection.")] = 200
    queue_bytes_max: Annotated[int, _int(4_096, 1_048_576, "Bytes that wait for a slow connection.")] = 32_768
    auth_wait_s: Annotated[
        int, _int(1, 30, "How long a connection may take to ask: to the end of a head, or to say who it is.")
    ] = 5
    idle_s: Annotated[int, _int(10, 3_600, "A connection without a request, or a message, for longer is closed.")] = 60


class Funding(Struct, frozen=True, kw_only=True):
    """Deposits and withdrawals."""

    testnets: Annotated[bool, _about("Take addresses of test networks, whose coins are worth nothing.")] = False


class Log(Struct, frozen=True, kw_only=True):
    """What is written down about the running service."""

    level: Annotated[Literal["debug", "info", "warning", "error"], _about("The least important that is written.")] = (
        "warning"
    )
    format: Annotated[Literal["text", "json"], _about("One line of words, or one JSON object, an event.")] = "text"
    file: Annotated[Path | None, _about("File it goes to; standard error by default.")] = None


class Demo(Struct, frozen=True, kw_only=True):
    """The agents of ``fairlead serve --demo``."""

    seed: Annotated[int, _int(0, 2**63 - 1, "Chooses what the agents do.")] = 7
    commands_per_s: Annotated[int, _int(1, 10_000, "Commands of all agents together.")] = 50


class Metrics(Struct, frozen=True, kw_only=True):
    """What the service counts, and how often it looks at itself."""

    access: Annotated[
        Literal["loopback", "token", "anyone", "off"],
        _about("Who reads /metrics: the machine itself, who has the token, anyone, nobody."),
    ] = "loopback"
    token_file: Annotated[
        Path, _about("The token, mode 600: 32 random bytes or more as hexadecimal; made where access is token.")
    ] = Path("{data_dir}/metrics.token")
    health_s: Annotated[int, _int(1, 3_600, "Seconds between two looks at the parts that /ready names.")] = 10
    breaker_s: Annotated[int, _int(1, 3_600, "Seconds between two looks at halts and spreads of the markets.")] = 5


class Mail(Struct, frozen=True, kw_only=True):
    """How letters to users go out."""

    kind: Annotated[Literal["file", "smtp"], _about("file is outbox.jsonl in the data directory; smtp needs host.")] = (
        "file"
    )
    host: Annotated[
        str,
        _text(r"^[A-Za-z0-9._:-]{0,255}$", "empty, a name or an address of at most 255 characters", "Mail server."),
    ] = ""
    port: Annotated[int, _int(1, 65_535, "Its port: 587 for starttls, 465 for tls.")] = 587
    security: Annotated[
        Literal["starttls", "tls", "plain"], _about("Connection to it; starttls is never left out where it is asked.")
    ] = "starttls"
    username: Annotated[str, Meta(max_length=255, description="Name at the mail server; empty: without.")] = ""
    password: Annotated[Secret, Meta(max_length=1_024, description="Password at the mail server.")] = Secret("")
    sender: Annotated[
        str,
        _text(
            r"^([A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,189})?$",
            "empty, or an address such as no-reply@desk.example",
            "Address that letters are from.",
        ),
    ] = ""
    timeout_s: Annotated[int, _int(1, 30, "How long one letter may take, with all attempts.")] = 5
    ca_file: Annotated[Path | None, _about("Authority (PEM) of the mail server; that of the system by default.")] = None


class Settings(Struct, frozen=True, kw_only=True):
    """The whole configuration, checked."""

    server: Server
    engine: Engine
    store: Store
    bus: Bus
    cache: Cache
    auth: Auth
    limits: Limits
    funding: Funding
    log: Log
    demo: Demo
    metrics: Metrics
    mail: Mail


SECTIONS: dict[str, type[Any]] = {
    "server": Server,
    "engine": Engine,
    "store": Store,
    "bus": Bus,
    "cache": Cache,
    "auth": Auth,
    "limits": Limits,
    "funding": Funding,
    "log": Log,
    "demo": Demo,
    "metrics": Metrics,
    "mail": Mail,
}
