"""A group of commands that takes ``--language`` before its command, or alone beside ``--help``."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class Grouped(TyperGroup):
    """See the module; the language itself is read from the whole command line."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take out a language that was said before any command."""
        return super().parse_args(ctx, without_language(args))


def without_language(args: list[str]) -> list[str]:
    """Arguments of a group without the ``--language`` that stands before its command."""
    kept: list[str] = []
    rest = list(args)
    while rest and rest[0].startswith("-"):
        one = rest.pop(0)
        if one == "--language" and rest:
            rest.pop(0)
        elif not one.startswith("--language="):
            kept.append(one)
    return kept + rest
