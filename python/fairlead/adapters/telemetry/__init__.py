"""What the service says of itself: figures for Prometheus, and lines of a log."""

from fairlead.adapters.telemetry.engine_figures import EngineFigures
from fairlead.adapters.telemetry.gauges import Counts, Gauges
from fairlead.adapters.telemetry.logs import write_logs
from fairlead.adapters.telemetry.metrics import Metrics

__all__ = ["Counts", "EngineFigures", "Gauges", "Metrics", "write_logs"]
