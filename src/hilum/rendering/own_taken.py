"""Everything of an analysis of one's own table as files, whatever the analysis."""

from __future__ import annotations

import csv
import io
import platform
import shlex
import zipfile
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from hilum._version import __version__
from hilum.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.analyses.tables import Table

TABLE: Final = "table.csv"
# One date for every file: the same answer gives the same bytes.
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
DOTS: Final = 200
"""Dots per inch of a picture."""
FOUND: Final = (
    "command -v hilum >/dev/null || {\n"
    "  echo 'hilum is not found: activate the environment that it is installed in, or install it"
    " (README), then run this script again in the folder that it lies in' >&2\n"
    "  exit 127\n"
    "}\n"
)
BENEATH: Final = ("numpy", "scipy")
"""Packages whose versions may move the last digits of a figure."""


def zipped(held: Mapping[str, str | bytes]) -> bytes:
    """Files as a ZIP; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in held.items():
            raw = content.encode() if isinstance(content, str) else content
            whole.writestr(zipfile.ZipInfo(name, EPOCH), raw)
    return out.getvalue()


def noted(lines: Sequence[str]) -> str:
    """Lines as a comment of a shell, of Python and of R."""
    return "".join(f"# {line}\n" for line in lines)


def script(lines: Sequence[str], command: str) -> str:
    """A command as a shell script, which says what to do where hilum is not found."""
    return f"{noted(lines)}{FOUND}{command}\n"


def table_text(table: Table) -> str:
    """The table as it was sent, under the file's own names of columns."""
    own = dict(table.renamed)
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow([own.get(name, name) for name in table.header])
    rows.writerows(table.rows)
    return out.getvalue()


def versions() -> str:
    """What computed it."""
    lines = [f"hilum {__version__}", f"Python {platform.python_version()}"]
    for name in BENEATH:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            lines.append(f"{name} not installed")
    return "\n".join(lines) + "\n"


def pictures(drawn: Mapping[str, str]) -> dict[str, str | bytes]:
    """Each drawing as SVG and PNG; without the extra that sets PNG, a file says what it needs."""
    from hilum.rendering.press import figure

    held: dict[str, str | bytes] = {f"{name}.svg": svg for name, svg in drawn.items()}
    try:
        held |= {f"{name}.png": figure(svg, ".png", DOTS) for name, svg in drawn.items()}
    except MissingExtra as error:
        held["png.txt"] = f"{error}\n"
    return held


def command(
    words: Sequence[str], texts: Mapping[str, str], flags: Mapping[str, str], table: bool = True
) -> str:
    """The command that asks the same; ``texts`` are those that were typed.

    Without a ``table`` it asks the shipped evidence.
    """
    parts = ["hilum", *words, *([TABLE] if table else [])]
    for name, text in texts.items():
        flag = f"--{flags.get(name, name).replace('_', '-')}"
        for one in text.splitlines() or [""]:
            parts += [flag] if text == "yes" else [flag, one]
    return shlex.join([*parts, "--json"])
