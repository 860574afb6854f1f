"""Write docs/commands.md and its Chinese twin: every command with its help, as it shows it."""

from pathlib import Path

import typer
from click import Command
from typer.main import get_command

from hilum.language import Words, words

DOCS = Path(__file__).parents[1] / "docs"
TARGETS = {"en": DOCS / "commands.md", "zh-Hans": DOCS / "commands.zh.md"}
HEADS = {
    "en": "# Commands\n\nWritten from the program itself by `make commands`.\n",
    "zh-Hans": "# 命令\n\n由程序自身生成（`make commands`）。\n",
}


def page(language: str = "en") -> str:
    """The page's text."""
    parts = [HEADS[language]]
    walk(application(), "hilum", None, parts, words(language))
    return "\n".join(parts)


def application() -> Command:
    """A program of its own: help that was said in one language stays in it."""
    from hilum.cli.main import application as made

    return get_command(made())


def walk(command: object, name: str, parent: object, parts: list[str], tongue: Words) -> None:
    """One command, then those under it."""
    if hasattr(command, "complete"):
        command.complete(tongue)
    context = typer.Context(command, info_name=name, parent=parent)
    path = context.command_path
    parts.append(f"## `{path}`\n\n{(command.help or '').strip()}\n")
    lines = []
    for one in command.params:
        if one.name == "help" or getattr(one, "hidden", False):
            continue
        record = one.get_help_record(context)
        if record is None:
            label = one.make_metavar(context).strip("[]")
            record = (label, getattr(one, "help", "") or "")
        lines.append(f"- `{record[0]}`: {record[1]}".rstrip(": "))
    if lines:
        parts.append("\n".join(lines) + "\n")
    for key in command.list_commands(context) if hasattr(command, "commands") else ():
        walk(command.commands[key], key, context, parts, tongue)


if __name__ == "__main__":
    for language, target in TARGETS.items():
        target.write_text(page(language), "utf-8")
