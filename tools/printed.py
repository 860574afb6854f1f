"""Fill the pages of the docs with what their commands print and what their files hold.

A block of a page that follows ``<!-- printed: COMMAND -->`` is replaced by the output of the
command, run in the repository; one that follows ``<!-- shown: FILE -->`` by the file.
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
FILE = re.compile(r"<!-- shown: (?P<file>[^\n]*?) -->\n+```(?P<kind>\w+)\n(?P<text>.*?)```", re.S)
WIDTH = "100"


def pages() -> list[Path]:
    """Pages that hold such a block."""
    found = sorted((ROOT / "docs").glob("*.md"))
    return [page for page in found if _blocks(page.read_text("utf-8"))]


def _blocks(text: str) -> bool:
    return BLOCK.search(text) is not None or FILE.search(text) is not None


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

    def whole(match: re.Match[str]) -> str:
        held = (ROOT / match["file"]).read_text("utf-8").strip()
        return f"<!-- shown: {match['file']} -->\n\n```{match['kind']}\n{held}\n```"

    return FILE.sub(whole, BLOCK.sub(block, text))


if __name__ == "__main__":
    for path in pages():
        path.write_text(filled(path.read_text("utf-8")), "utf-8")
