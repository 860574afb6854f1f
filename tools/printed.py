"""Fill the pages of the docs with what their commands print.

A block of a page that follows ``<!-- printed: COMMAND -->`` is replaced by the output of the
command, run in the repository.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(
    r"<!-- printed: (?P<command>hilum [^\n]*?) -->\n+```text\n(?P<text>.*?)```", re.S
)
WIDTH = "100"


def pages() -> list[Path]:
    """Pages that hold such a block."""
    found = sorted((ROOT / "docs").glob("*.md"))
    return [page for page in found if BLOCK.search(page.read_text("utf-8"))]


def printed(command: str) -> str:
    """What a ``hilum`` command prints, at a fixed width."""
    words = shlex.split(command)[1:]
    done = subprocess.run(
        [sys.executable, "-m", "hilum", *words],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1", "HILUM_LANGUAGE": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"


def filled(text: str) -> str:
    """A page with every block as its command prints it today."""

    def block(match: re.Match[str]) -> str:
        return f"<!-- printed: {match['command']} -->\n\n```text\n{printed(match['command'])}```"

    return BLOCK.sub(block, text)


if __name__ == "__main__":
    for path in pages():
        path.write_text(filled(path.read_text("utf-8")), "utf-8")
