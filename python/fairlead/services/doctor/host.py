"""Checks of interpreter, core, processor, clock and libraries."""

from datetime import UTC, datetime
from typing import Final

from fairlead.ports.machine import Machine
from fairlead.services.doctor.finding import Finding
from fairlead.settings import Settings

PYTHON_MIN: Final = (3, 11)
# Before the first version of Fairlead, and when certificates and tokens of today are long over.
WALL_NS_MIN: Final = 1_767_225_600_000_000_000
WALL_NS_MAX: Final = 4_102_444_800_000_000_000
PROCESSORS_ADVISED: Final = 2
# What checksums of the log are computed with; without it they cost many times as much.
_FEATURES: Final = {"x86_64": "sse4_2", "AMD64": "sse4_2", "aarch64": "crc32", "arm64": "crc32"}
# Reading one of these is a call into the system each time, for every stamp of a command.
_SLOW_CLOCKS: Final = frozenset({"acpi_pm", "hpet", "jiffies", "pit", "refined-jiffies"})
_EXTRA: Final = "serve"


def python(machine: Machine) -> Finding:
    """Whether the interpreter is new enough."""
    version = machine.python_version()
    seen, limit = ".".join(map(str, version)), f"{'.'.join(map(str, PYTHON_MIN))} or newer"
    if version[:2] < PYTHON_MIN:
        remedy = f"install Python {limit} and make the environment again"
        return Finding.unavailable("python", seen=seen, limit=limit, remedy=remedy)
    return Finding.ok("python", seen=seen, limit=limit)


def core(machine: Machine) -> Finding:
    """Whether the compiled core loads."""
    limit = "loads"
    try:
        version = machine.core_version()
    except ImportError as error:
        remedy = "install the wheel for this machine again; in a clone: make setup"
        return Finding.unavailable("core", seen=f"does not load: {error}", limit=limit, remedy=remedy)
    return Finding.ok("core", seen=f"version {version}", limit=limit)


def processor(machine: Machine) -> Finding:
    """Whether the processor has what checksums are fast with, and whether there is one for the engine alone."""
    found = machine.processor()
    feature = _FEATURES.get(found.kind)
    seen = f"{found.kind}, {found.count} usable"
    limit = f"{feature or 'any'}, {PROCESSORS_ADVISED} or more"
    if feature is not None and found.features and feature not in found.features:
        remedy = (
            f"give the machine a processor with {feature}, or do not hide it from the guest; the log is slow without"
        )
        return Finding.warn("processor", seen=f"{seen}, without {feature}", limit=limit, remedy=remedy)
    if found.count < PROCESSORS_ADVISED:
        remedy = f"give the process {PROCESSORS_ADVISED} processors: the engine and the requests wait for each other"
        return Finding.warn("processor", seen=seen, limit=limit, remedy=remedy)
    return Finding.ok("processor", seen=f"{seen}{f', {feature}' if feature in found.features else ''}", limit=limit)


def clock_source(machine: Machine) -> Finding:
    """Whether time is read without a call into the system."""
    source, limit = machine.clock_source(), "one that is read without a system call, such as tsc"
    if source in _SLOW_CLOCKS:
        remedy = "set clocksource=tsc (or kvm-clock in a guest) on the kernel's command line; stamps are slow without"
        return Finding.warn("clock source", seen=source, limit=limit, remedy=remedy)
    return Finding.ok("clock source", seen=source or "not told by this system", limit=limit)


def wall_clock(machine: Machine) -> Finding:
    """Whether the time of day can be right."""
    now_ns = machine.wall_ns()
    limit = f"{day(WALL_NS_MIN)} to {day(WALL_NS_MAX)}"
    if not WALL_NS_MIN <= now_ns < WALL_NS_MAX:
        remedy = "set the clock and keep it right with chrony or systemd-timesyncd; tokens and the log depend on it"
        return Finding.invalid("wall clock", seen=day(now_ns), limit=limit, remedy=remedy)
    return Finding.ok("wall clock", seen=day(now_ns), limit=limit)


def libraries(machine: Machine, settings: Settings | None) -> Finding:
    """Whether the libraries of the service are there, and those that the configuration asks for."""
    asked = _asked_modules(settings) if settings is not None else {}
    limit = ", ".join([f"fairlead[{_EXTRA}]", *asked])
    if lacking := {module: why for module, why in asked.items() if not machine.is_installed(module)}:
        seen = ", ".join(f"{module} is missing ({why})" for module, why in lacking.items())
        remedy = f"install {' and '.join(lacking)}, or configure the kind that needs no server"
        return Finding.unavailable("libraries", seen=seen, limit=limit, remedy=remedy)
    missing = machine.lacking(_EXTRA)
    if missing:
        remedy = f"install fairlead[{_EXTRA}] to run the service; engine and Python interface do without"
        return Finding.warn("libraries", seen=f"missing: {', '.join(missing)}", limit=limit, remedy=remedy)
    seen = "all there" if missing is not None else "this copy of fairlead does not say what the service needs"
    return Finding.ok("libraries", seen=seen, limit=limit)


def day(ts_ns: int) -> str:
    """Return a time as ISO 8601 in seconds; what no calendar holds as nanoseconds."""
    try:
        return datetime.fromtimestamp(ts_ns // 1_000_000_000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return f"{ts_ns} ns"


def _asked_modules(settings: Settings) -> dict[str, str]:
    driver = settings.store.driver_url.reveal().partition(":")[0]
    asked = {
        "confluent_kafka": ("bus.kind = kafka", settings.bus.kind == "kafka"),
        "redis": ("cache.kind = redis", settings.cache.kind == "redis"),
        "psycopg": ("store.url is PostgreSQL", driver == "postgresql+psycopg"),
        "asyncpg": ("store.url names it", driver == "postgresql+asyncpg"),
    }
    return {module: why for module, (why, is_asked) in asked.items() if is_asked}
