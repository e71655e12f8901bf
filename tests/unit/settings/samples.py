"""Values that each setting allows and that are not its default, and what has to stand beside them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairlead.settings.catalog import SETTINGS, Kind, Setting
from fairlead.settings.render import toml_value

# Texts that no general rule makes: by setting, four each.
_TEXTS: Mapping[str, list[Any]] = {
    "engine.address": ["127.0.0.1:7411", "localhost:1", "h.example:9080", "10.0.0.1:65535"],
    "engine.durability": ["always", "os", "group(100,16)", "group(0,4096)"],
    "server.allowed_origins": [["https://a.example"], ["http://b.example:1"], [], ["https://c", "https://d"]],
    "server.trusted_proxies": [["10.0.0.7"], ["10.0.0.0/8", "::1"], ["fd00::/8"], ["127.0.0.1"]],
    "bus.servers": [["a:1"], ["b:2", "c:3"], ["d:4"], ["e:5"]],
    "auth.earlier_key_files": [["a.key"], ["b.key", "c.key"], ["d.key"], ["e.key"]],
    "store.url": ["sqlite:///one.db", "postgresql://u:p@h/d", "postgresql+asyncpg://h/d", "sqlite+aiosqlite:///two.db"],
    "mail.sender": ["a@b.example", "no-reply@desk.example", "x+y@z", "u_1@h.example"],
    "cache.url": ["redis://h:1/0", "rediss://u:p@h/1", "unix:///run/r.sock", "redis://h:2/0"],
}
_BESIDE: Mapping[str, Mapping[str, Any]] = {
    "engine.tls_cert": {"engine.tls_key": "key.pem"},
    "engine.tls_key": {"engine.tls_cert": "cert.pem"},
    "engine.tls_client_ca": {"engine.tls_cert": "cert.pem", "engine.tls_key": "key.pem"},
    "bus.kind": {"bus.servers": ["h:1"]},
    "cache.kind": {"cache.url": "redis://h"},
    "mail.kind": {"mail.host": "h.example", "mail.sender": "a@b.example"},
    "server.gateway_host": {"engine.allow_plain_remote": True},
    "limits.page_size": {"limits.page_size_max": 1_000},
    "limits.page_size_max": {"limits.page_size": 1},
    "auth.refresh_ttl_s": {"auth.access_ttl_s": 30, "auth.session_ttl_s": 31_622_400},
    "auth.session_ttl_s": {"auth.access_ttl_s": 30, "auth.refresh_ttl_s": 300},
}


def samples(setting: Setting) -> list[Any]:
    """Return at least one value that is allowed, none of them the default, as a file has them."""
    if setting.key in _TEXTS:
        return list(_TEXTS[setting.key])
    if setting.kind is Kind.SWITCH:
        return [not setting.default]
    if setting.kind is Kind.CHOICE:
        return [word for word in setting.choices if word != setting.default]
    if setting.kind is Kind.NUMBER:
        low, high, step = bounds(setting)
        return [value for value in (low, low + step, high - step, high) if value != setting.default]
    return ["one", "two", "three", "four"]


def bounds(setting: Setting) -> tuple[int, int, int]:
    """Return the least and the greatest number, and the step between two."""
    meta = setting.check.__metadata__[0]
    return meta.ge, meta.le, meta.multiple_of or 1


def beside(key: str) -> Mapping[str, Any]:
    """Return what has to be set with a setting so that the two go together."""
    return _BESIDE.get(key, {})


def as_file(values: Mapping[str, Any]) -> str:
    """Return a TOML file that sets these keys."""
    lines = []
    for key, value in values.items():
        section, _, name = key.partition(".")
        lines.append(f"{section}.{name} = {toml_value(value)}")
    return "\n".join(lines) + "\n"


def as_variable(value: Any) -> str:
    """Return a value as a variable has it."""
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_held(setting: Setting, value: Any, *, folder: Path) -> Any:
    """Return what the sections hold for a value that was written in ``folder``; secrets as their text."""
    if setting.kind is Kind.PATH:
        return folder / value
    if setting.kind is Kind.PATHS:
        return tuple(folder / part for part in value)
    return tuple(value) if isinstance(value, list) else value


KEYS = list(SETTINGS)
