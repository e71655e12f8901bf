"""What can be configured, and where each value came from: defaults, user file, project file, environment, flags."""

from fairlead.settings.layers import Flag
from fairlead.settings.load import load
from fairlead.settings.merge import Loaded
from fairlead.settings.problem import Problem, SettingsError
from fairlead.settings.secret import SecretUrl
from fairlead.settings.sections import Auth, Bus, Cache, Engine, Limits, Log, Metrics, Server, Settings, Store

__all__ = [
    "Auth",
    "Bus",
    "Cache",
    "Engine",
    "Flag",
    "Limits",
    "Loaded",
    "Log",
    "Metrics",
    "Problem",
    "SecretUrl",
    "Server",
    "Settings",
    "SettingsError",
    "Store",
    "load",
]
