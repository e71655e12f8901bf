"""Where the time of an engine's commands goes: the figures it keeps, from inside or from its data directory."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.errors import DataError, NotFoundError, UnavailableError

__all__ = ["LATENCY_FILE", "LatencyReport", "StageLatency", "parse", "read"]

# Written into the data directory by a running engine, about once a second.
LATENCY_FILE = "latency.json"

_SCHEMA = 1
_STATES = ("running", "ended", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLatency:
    """Figures of one stage; 0 where nothing was counted. Three digits are kept; 10 s stands for everything longer.

    Attributes:
        stage: ``decode``, ``queue``, ``journal``, ``match``, ``publish``, ``total``, ``turn`` or ``total_corrected``.
        count: how many were counted.
        min_ns: the shortest, in nanoseconds.
        mean_ns: the mean, cut to whole nanoseconds.
        p50_ns: half did not take longer, in nanoseconds; nearest rank.
        p90_ns: 90 of 100 did not take longer.
        p95_ns: 95 of 100 did not take longer.
        p99_ns: 99 of 100 did not take longer.
        p99_9_ns: 999 of 1,000 did not take longer.
        max_ns: the longest.
    """

    stage: str
    count: int
    min_ns: int
    mean_ns: int
    p50_ns: int
    p90_ns: int
    p95_ns: int
    p99_ns: int
    p99_9_ns: int
    max_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyReport:
    """What an engine says about its latencies, from its start until the report was written.

    Attributes:
        state: ``running``; ``ended``, after a clean end; ``off``, where it runs without stamps.
        began_ns: when it began to listen, nanoseconds since the Unix epoch.
        written_ns: when this was said, nanoseconds since the Unix epoch.
        stamp_ns: what taking one stamp costs on its machine, in nanoseconds.
        expected_interval_ns: the pace of clients it was told, from one command to the next, or ``None``.
        gone: commands whose connection was gone before their answer was written; they are not in ``total``.
        unstamped: commands that were answered without stamps.
        stages: figures of each stage, in order; empty without stamps.
    """

    state: str
    began_ns: int
    written_ns: int
    stamp_ns: int
    expected_interval_ns: int | None
    gone: int
    unstamped: int
    stages: tuple[StageLatency, ...]

    def stage(self, name: str) -> StageLatency:
        """Return the figures of a stage.

        Raises:
            NotFoundError: there is no such stage in the report.
        """
        for found in self.stages:
            if found.stage == name:
                return found
        names = ", ".join(stage.stage for stage in self.stages) or "none, the engine runs without stamps"
        raise NotFoundError(f"no such stage: stage={name}; there are {names}")


def parse(text: str) -> LatencyReport:
    """Return the report that is written in a text.

    Raises:
        DataError: the text is no report.
        UnavailableError: a newer engine wrote it.
    """
    try:
        said: dict[str, Any] = json.loads(text)
        schema = said.pop("schema")
        if schema != _SCHEMA:
            raise UnavailableError(f"the figures have a newer format: schema={schema} known={_SCHEMA}; use its program")
        stages = tuple(StageLatency(**stage) for stage in said.pop("stages"))
        report = LatencyReport(**said, stages=stages)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"no latency figures: {error}") from error
    if report.state not in _STATES:
        raise DataError(f"no latency figures: state={report.state} is none of {', '.join(_STATES)}")
    return report


def read(directory: Path | str) -> LatencyReport:
    """Return the newest figures in a data directory, whether its engine runs or not.

    Raises:
        NotFoundError: there is no such directory, or no engine has left figures in it.
        DataError: the file of figures is damaged.
        UnavailableError: it cannot be read, or a newer engine wrote it.
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise NotFoundError(f"no such directory: path={directory}; give the --data of an engine")
    path = directory / LATENCY_FILE
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        what = "no engine has left latency figures here; start one with fairlead engine --data"
        raise NotFoundError(f"{what} {directory}: path={path}") from error
    except OSError as error:
        raise UnavailableError(f"latency figures cannot be read: path={path}: {error}") from error
    except UnicodeDecodeError as error:
        raise _damaged(path, error) from error
    except DataError as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(f"{error}: path={path}; a running engine writes the file again within a second, else delete it")
