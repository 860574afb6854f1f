"""A group of commands that takes ``--language`` before its command, or alone beside ``--help``."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class Hinting(TyperGroup):
    """A group that names the commands that take a file, where the file stands for a command."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of the first argument; a refusal says which command a file belongs to."""
        if args and self.get_command(ctx, args[0]) is None:
            from hilum.cli.takes import refusal

            root = ctx.find_root().command_path
            said = refusal(ctx.command_path.removeprefix(root).strip(), args[0])
            if said:
                ctx.fail(said)
        return super().resolve_command(ctx, args)


class Grouped(Hinting):
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
