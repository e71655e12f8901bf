"""Values that are fine by themselves and do not go together."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Final

from fairlead.settings.problem import Problem
from fairlead.settings.sections import Settings

# What the journal takes together at most (docs/reference/journal.md).
_BATCH_RECORDS_MAX: Final = 65_536


def broken_rules(settings: Settings, *, origins: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each rule that the configuration breaks.

    Args:
        settings: values that are each within their range.
        origins: where each value came from; a problem names that of its key.
    """
    rules = (_ports, _proxies, _gateway, _durability, _tls, _bus, _cache, _tokens, _pages, _mail)
    return [problem for rule in rules for problem in rule(settings, origins)]


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _problem(origins: Mapping[str, str], key: str, what: str, *, fix: str, value: object, limit: str) -> Problem:
    return Problem(origin=origins[key], key=key, what=what, value=str(value), limit=limit, fix=fix)


def _ports(settings: Settings, origins: Mapping[str, str]) -> Iterator[Problem]:
    server = settings.server
    if server.port == server.gateway_port != 0:
        yield _problem(
            origins,
            "server.gateway_port",
            "is the port of HTTP too",
            value=server.gateway_port,
            limit=f"not server.port={server.port}",
            fix="give each its own port",
        )


def _proxies(settings: Settings, origins: Mapping[str, str]) -> Iterator[Problem]:
    for proxy in settings.server.trusted_proxies:
        try:
            ip_network(proxy)
        except ValueError:
            limit = "an address, or a network whose other bits are 0, such as 10.0.0.0/8"
            what, fix = "is neither an address nor a network", "correct it"
            yield _problem(origins, "server.trusted_proxies", what, value=proxy, limit=limit, fix=fix)


def _gateway(settings: Settings, origins: Mapping[str, str]) -> Iterator[Problem]:
    host, engine = settings.server.gateway_host, settings.engine
    if not is_loopback(host) and engine.tls_cert is None and not engine.allow_plain_remote:
        yield _problem(
            origins,
            "server.gateway_host",
            "is reached by others, and nothing is encrypted",
            value=host,
            limit="loopback",
            fix="set engine.tls_cert and engine.tls_key, or engine.allow_plain_remote = true on a network of your own",
        )


def _durability(settings: Settings, origins: Mapping[str, str]) -> Iterator[Problem]:
    durability = settings.engine.durability
    word, _, numbers = durability.partition("(")
    records = int(numbers.rstrip(")").partition(",")[2]) if word == "group" and numbers else 1
    if not 1 <= records <= _BATCH_RECORDS_MAX:
        limit = f"max_n from 1 to {_BATCH_RECORDS_MAX}"
        what = "cannot write so many records together"
        fix = "give another max_n, as in group(0,4096)"
        yield _problem(origins, "engine.durability", what, value=durability, limit=limit, fix=fix)


def _tls(settings: Settings, origins: Mapping[str, str]) -> Iterator[Problem]:
    engine = settings.engine
    parts = {"engine.tls_cert": engine.tls_cert, "engine.tls_key": engine.tls_key}
    given = [key for key, path in parts.items() if path is not None]
    if engine.tls_client_ca is not None:
        given.append("engine.tls_client_ca")
    missing = [key for key, path in parts.items() if path is None]
    # Of an engine that runs by itself only its certificate is known here.
    is_trusted_only = bool(engine.address) and given == ["engine.tls_cert"]
    if given and missing and not is_trusted_only:
        yield _problem(
            origins,
            given[0],
            "is half of a pair",
            value=getattr(engine, given[0].partition(".")[2]),
            limit="certificate and key together",
            fix=f"set {' and '.join(missing)} too",
        )


def _bus(settings: Settings, origins: Mapping[str, str]) -> Iterator[Problem]:
    bus = settings.bus
    if bus.kind == "kafka" and not bus.servers:
        fix = "set bus.servers, as in bus.servers = ['127.0.0.1:9092']"
        yield _problem(origins, "bus.kind", "has no servers", value=bus.kind, limit="one server or more", fix=fix)
    if bus.kind == "kafka" and bus.security == "sasl_tls" and not (bus.username and bus.password.reveal()):
        fix = "set bus.username, and bus.password in a file of mode 600 or in FAIRLEAD_BUS__PASSWORD"
        limit = "a name and a password"
        yield _problem(origins, "bus.security", "has nobody to log on as", value=bus.security, limit=limit, fix=fix)
    if bus.kind == "kafka" and bus.password.reveal() and bus.security != "sasl_tls":
        fix = "set bus.security = 'sasl_tls', or leave bus.password out"
        limit = "sasl_tls"
        yield _problem(origins, "bus.security", "would not use the password", value=bus.security, limit=limit, fix=fix)


def _cache(settings: Settings, origins: Mapping[str, str]) -> Iterator[Problem]:
    if settings.cache.kind == "redis" and not settings.cache.url.reveal():
        fix = "set cache.url, as in redis://127.0.0.1:6379/0"
        yield _problem(origins, "cache.kind", "has no server", value="redis", limit="cache.url set", fix=fix)


def _tokens(settings: Settings, origins: Mapping[str, str]) -> Iterator[Problem]:
    auth = settings.auth
    if auth.refresh_ttl_s <= auth.access_ttl_s:
        yield _problem(
            origins,
            "auth.refresh_ttl_s",
            "is not longer than the access token's",
            value=auth.refresh_ttl_s,
            limit=f"more than auth.access_ttl_s={auth.access_ttl_s}",
            fix="let refresh tokens last longer than access tokens",
        )
    if auth.session_ttl_s < auth.refresh_ttl_s:
        yield _problem(
            origins,
            "auth.session_ttl_s",
            "is shorter than its refresh tokens",
            value=auth.session_ttl_s,
            limit=f"auth.refresh_ttl_s={auth.refresh_ttl_s} or more",
            fix="let sessions last at least as long as one refresh token",
        )


def _pages(settings: Settings, origins: Mapping[str, str]) -> Iterator[Problem]:
    limits = settings.limits
    if limits.page_size > limits.page_size_max:
        yield _problem(
            origins,
            "limits.page_size",
            "is above the most a page may have",
            value=limits.page_size,
            limit=f"limits.page_size_max={limits.page_size_max}",
            fix="lower it, or raise limits.page_size_max",
        )


def _mail(settings: Settings, origins: Mapping[str, str]) -> Iterator[Problem]:
    mail = settings.mail
    if mail.kind != "smtp":
        return
    if not mail.host or not mail.sender:
        fix = "set mail.host and mail.sender, as in mail.sender = 'no-reply@desk.example'"
        limit = "mail.host and mail.sender set"
        yield _problem(origins, "mail.kind", "has no server or no sender", value=mail.kind, limit=limit, fix=fix)
    if mail.username and not mail.password.reveal():
        fix = "set mail.password in a file of mode 600 or in FAIRLEAD_MAIL__PASSWORD, or leave mail.username out"
        limit = "a name and a password"
        yield _problem(origins, "mail.username", "has no password", value=mail.username, limit=limit, fix=fix)
    if mail.security == "plain" and not is_loopback(mail.host):
        # Whoever hears a token of a letter is who it was sent to.
        fix = "set mail.security = 'starttls' or 'tls'"
        limit = "loopback, or encrypted"
        yield _problem(origins, "mail.security", "sends tokens in the open", value="plain", limit=limit, fix=fix)
