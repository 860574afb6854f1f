"""Tables as an XLSX workbook in which nothing is ever computed."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMES_OF_NONE: Final = ("nan", "inf", "-inf")
# Beyond it a spreadsheet drops digits: the text keeps them.
LARGEST: Final = 1e15


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Rows as sheets of one workbook; a text is a text, whatever it begins with.

    Raises
    ------
    MissingExtra
        The extra ``tables`` is not installed.
    """
    try:
        from openpyxl import Workbook
        from openpyxl.utils.exceptions import IllegalCharacterError
    except ImportError as error:
        message = "workbooks need the extra tables: pip install 'hilum[tables]'"
        raise MissingExtra(message) from error
    made = Workbook()
    made.remove(made["Sheet"])
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for at, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                cell = page.cell(at, place)
                try:
                    cell.value = value
                except IllegalCharacterError:
                    cell.value = "".join(one for one in value if one.isprintable())
                if isinstance(value, str):
                    cell.data_type = "s"
    made.properties.creator = "hilum"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def numbered(text: str) -> list[list[str | float]]:
    """The rows of a CSV text: below the head, what reads as a number is one."""
    head, *rows = csv.reader(io.StringIO(text))
    return [[*head], *([_typed(cell) for cell in row] for row in rows)]


def _typed(cell: str) -> str | float:
    try:
        found = float(cell)
    except ValueError:
        return cell
    plain = abs(found) < LARGEST and cell.strip().lower() not in NAMES_OF_NONE
    return found if plain else cell
