"""Checks of the servers that the configuration names: whether each answers, which it is, and whether it can be used."""

from collections.abc import Iterable, Iterator

from fairlead.errors import UnavailableError
from fairlead.ports.servers import Server
from fairlead.services.doctor.finding import Finding


def servers(configured: Iterable[Server]) -> Iterator[Finding]:
    """One finding a server; none where its library is missing, which is a finding of the libraries."""
    for server in configured:
        try:
            found = server.look()
        except ModuleNotFoundError:
            continue
        except UnavailableError as error:
            remedy = f"start it, or mend {server.key}: address, name, password"
            yield Finding.unavailable(server.name, seen=str(error), limit=server.limit, remedy=remedy)
            continue
        if found.obstacle:
            seen, remedy = f"{found.about}: {found.obstacle}", f"mend that, or set {server.key} to another server"
            yield Finding.unavailable(server.name, seen=seen, limit=server.limit, remedy=remedy)
        else:
            yield Finding.ok(server.name, seen=found.about, limit=server.limit)
