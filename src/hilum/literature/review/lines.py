"""Rows as they are appended to a table of a review: one line each, nothing that is computed."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from hilum.tabular.safe import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable


def head(names: Iterable[str]) -> bytes:
    """The first line of a file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(names)
    return out.getvalue().encode("utf-8", "replace")


def appended(cells: Iterable[object]) -> bytes:
    """A row: texts folded into one line, formulas made text, nothing for None."""
    texts = ("" if one is None else str(one) for one in cells)
    return head(safe_cell(" ".join(one.split())) for one in texts)
