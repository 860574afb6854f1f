"""Write docs/commands.md: every command with its help, as the terminal shows it."""

from pathlib import Path

import typer
from typer.main import get_command

from hilum.cli.main import app
from hilum.language import words

TARGET = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = "# Commands\n\nWritten from the program itself by `make commands`.\n"


def page() -> str:
    """The page's text."""
    parts = [HEAD]
    walk(get_command(app), "hilum", None, parts)
    return "\n".join(parts)


def walk(command: object, name: str, parent: object, parts: list[str]) -> None:
    """One command, then those under it."""
    if hasattr(command, "complete"):
        command.complete(words("en"))
    context = typer.Context(command, info_name=name, parent=parent)
    path = context.command_path
    parts.append(f"## `{path}`\n\n{(command.help or '').strip()}\n")
    lines = []
    for one in command.params:
        if one.name == "help":
            continue
        record = one.get_help_record(context)
        if record is None:
            label = one.make_metavar(context).strip("[]")
            record = (label, getattr(one, "help", "") or "")
        lines.append(f"- `{record[0]}`: {record[1]}".rstrip(": "))
    if lines:
        parts.append("\n".join(lines) + "\n")
    for key in command.list_commands(context) if hasattr(command, "commands") else ():
        walk(command.commands[key], key, context, parts)


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")
