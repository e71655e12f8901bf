"""A group of commands whose modules are imported when they are run, not when they are listed."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
import typer.core
import typer.main


@dataclass(frozen=True, slots=True, kw_only=True)
class LazyCommand:
    """One command that is not imported yet.

    Attributes:
        module: where its function is.
        function: its name there, whose signature and docstring are the command's; or of a ``typer.Typer`` with commands
            of its own.
        summary: the line the list of commands shows; a test compares it with the docstring's first.
    """

    module: str
    function: str
    summary: str


class LazyGroup(typer.core.TyperGroup):
    """Lists lazy commands by their summaries and imports the one that is run."""

    lazy: ClassVar[Mapping[str, LazyCommand]] = {}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, command in self.lazy.items():
            self.commands[name] = typer.core.TyperCommand(name, help=command.summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the command that is run, imported, and the rest of the arguments."""
        if args and (lazy := self.lazy.get(args[0])) is not None:
            return args[0], _load(args[0], lazy=lazy), args[1:]
        return super().resolve_command(ctx, args)


def _load(name: str, *, lazy: LazyCommand) -> Any:
    found = getattr(import_module(lazy.module), lazy.function)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    single.command(name)(found)
    return typer.main.get_command(single)
