"""A file where a command is asked for: which commands take it, by ``takes.csv``."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

FOLDER = "folder"


class Takes(NamedTuple):
    """A command of a group (empty: of the program) and what it takes first."""

    group: str
    command: str
    endings: tuple[str, ...]


@cache
def table() -> tuple[Takes, ...]:
    """Every command that takes a file or a folder first."""
    text = files("hilum.cli").joinpath("takes.csv").read_text("utf-8")
    return tuple(
        Takes(row["group"], row["command"], tuple(row["endings"].split()))
        for row in csv.DictReader(text.splitlines())
    )


def refusal(group: str, name: str) -> str:
    """What is said of a file or folder in the place of a command; empty where it is neither.

    Parameters
    ----------
    group : str
        The group as it was called: ``liver``; empty of the program.
    name : str
        What stands where its command should.
    """
    try:
        there = Path(name)
        kind = FOLDER if there.is_dir() else "file" if there.is_file() else ""
    except (OSError, ValueError):
        return ""
    rows = [one for one in table() if one.group == group]
    if not kind or not rows:
        return ""
    # What no ending tells is shown with all of them: a reader goes by the content.
    fitting = [one for one in rows if _fits(one, name, kind)]
    if not fitting and kind == "file":
        fitting = [one for one in rows if one.endings != (FOLDER,)]
    shown = f'"{name}"' if " " in name else name
    called = (" ".join(filter(None, ("hilum", group, one.command, shown))) for one in fitting)
    said = "; ".join(called)
    return f"'{name}' is a {kind}, no command: {said}" if said else ""


def _fits(one: Takes, name: str, kind: str) -> bool:
    return FOLDER in one.endings if kind == FOLDER else name.lower().endswith(one.endings)
