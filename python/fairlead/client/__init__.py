"""Clients of the binary gateway: sessions that survive lost connections, for asyncio and for plain calls."""

from fairlead.client.book import Book, Level
from fairlead.client.keys import read_secret
from fairlead.client.sync import Client
from fairlead.model.report import Position, Report

__all__ = ["Book", "Client", "Level", "Position", "Report", "read_secret"]
