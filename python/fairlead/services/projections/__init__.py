"""Tables that follow the reports of the exchange, who hears of it, and what is read."""

from fairlead.services.projections.caretaker import Caretaker
from fairlead.services.projections.command_onlooker import CommandOnlooker
from fairlead.services.projections.commands import CommandFollower
from fairlead.services.projections.courtesy import Courtesy
from fairlead.services.projections.follower import GATHER_S, Follower
from fairlead.services.projections.onlooker import Onlooker
from fairlead.services.projections.records import Records

__all__ = [
    "GATHER_S",
    "Caretaker",
    "CommandFollower",
    "CommandOnlooker",
    "Courtesy",
    "Follower",
    "Onlooker",
    "Records",
]
