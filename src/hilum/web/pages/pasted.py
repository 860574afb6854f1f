"""A table that was pasted or sent, and how pictures of an answer are served."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from hilum.analyses.tables import table_of
from hilum.errors import Fault, InputError
from hilum.tabular import decode, sheet_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.analyses.tables import Table
    from hilum.errors import Phrase
    from hilum.web.asking import Ask, Form

NAME: Final = "table.csv"
# A drawing brings its own style and runs nothing; it is shown as a picture, never as a page.
DRAWING: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


def pasted(ask: Ask, wanted: Iterable[str]) -> tuple[Table, tuple[Phrase, ...]]:
    """The table of a file, or of what was pasted, with how it was read.

    Raises
    ------
    InputError
        There is none, or it is no table.
    """
    said: list[Phrase] = []
    sent = ask.form.uploads.get("file")
    if sent is not None and sent.content:
        name = f"table{PurePath(sent.name).suffix.lower()}"
        return table_of(sheet_of(sent.content, name), wanted, said.append), tuple(said)
    text = ask.form.get("table")
    if not text.strip():
        expected = "a table: a file, or lines pasted"
        raise InputError(Fault("", None, "table", "", expected))
    return table_of(sheet_of(text.encode(), NAME), wanted, said.append), tuple(said)


def text_of(form: Form) -> str:
    """What was pasted, or the text of the file, so that nothing typed is lost."""
    sent = form.uploads.get("file")
    if sent is None or not sent.content:
        return form.get("table")
    try:
        return decode(sent.content, NAME)[0]
    except InputError:
        return ""
