"""What is wrong with a machine or a configuration before a venue runs on it, and what to do about it."""

from fairlead.services.doctor.finding import Fault, Finding, Status
from fairlead.services.doctor.run import examine

__all__ = ["Fault", "Finding", "Status", "examine"]
