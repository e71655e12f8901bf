"""What the configuration allows is allowed where it is used: by the rules of access, the hasher and the engine."""

from pathlib import Path

import pytest
from tests.unit.settings.samples import KEYS, as_variable, beside, bounds

from fairlead.adapters.access.hashing import Argon2Hasher
from fairlead.domain.access.policy import AccessPolicy
from fairlead.engine.server import EngineServer
from fairlead.settings import Auth, Settings, load
from fairlead.settings.catalog import SETTINGS, Kind

NUMBERS_OF_AUTH = [key for key in KEYS if key.startswith("auth.") and SETTINGS[key].kind is Kind.NUMBER]


def _settings(tmp_path: Path, values: dict[str, object]) -> Settings:
    environment = {SETTINGS[key].variable: as_variable(value) for key, value in values.items()}
    return load(environment={"HOME": str(tmp_path)} | environment, folder=tmp_path).settings


def _policy(auth: Auth) -> AccessPolicy:
    return AccessPolicy(
        issuer=auth.issuer,
        audience=auth.audience,
        access_s=auth.access_ttl_s,
        leeway_s=auth.leeway_s,
        refresh_s=auth.refresh_ttl_s,
        session_s=auth.session_ttl_s,
        verify_s=auth.verify_ttl_s,
        failures_max=auth.lockout_failures,
        failures_s=auth.lockout_window_s,
        locked_s=auth.lockout_s,
        keys_max=auth.api_keys_max,
        sign_window_s=auth.sign_window_s,
    )


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("key", NUMBERS_OF_AUTH)
def test_access_takes_each_figure_at_its_limits(key: str, end: int, tmp_path: Path) -> None:
    auth = _settings(tmp_path, dict(beside(key)) | {key: bounds(SETTINGS[key])[end]}).auth

    _policy(auth)
    Argon2Hasher(
        memory_kib=auth.password_memory_kib,
        passes=auth.password_passes,
        lanes=auth.password_lanes,
        threads=auth.password_threads,
    ).close()


def test_the_defaults_of_access_are_those_of_the_configuration(tmp_path: Path) -> None:
    assert _policy(_settings(tmp_path, {}).auth) == AccessPolicy()


@pytest.mark.parametrize("durability", ["always", "os", "group", "group(0,1)", "group(999999,65536)", "group(5, 6)"])
def test_the_engine_takes_each_durability(durability: str, tmp_path: Path) -> None:
    engine = _settings(tmp_path, {"engine.durability": durability, "engine.data_dir": str(tmp_path / "venue")}).engine

    with EngineServer(
        engine.data_dir,
        port=0,
        durability=engine.durability,
        snapshot_every=engine.snapshot_every,
        spin_us=engine.spin_us,
        latency=engine.latency,
    ) as server:
        assert server.address[1] > 0
