"""The sheet as PDF, printed from its HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.board.render.html import html
from hilum.errors import MissingExtra

if TYPE_CHECKING:
    from hilum.board.sheet import Sheet
    from hilum.language import Words


def pdf(sheet: Sheet, words: Words, *, full: bool = False) -> bytes:
    """Render A4 pages: the verdicts and the tables; with ``full`` every rule and study too.

    Raises
    ------
    MissingExtra
        When WeasyPrint or the Pango library it draws text with is not installed.
    """
    try:
        from weasyprint import HTML  # pyright: ignore[reportUnknownVariableType]
    except (ImportError, OSError) as error:
        message = "PDF needs the 'documents' extra and Pango: pip install 'hilum[documents]'"
        raise MissingExtra(message) from error
    document = HTML(string=html(sheet, words, open_all=True, full=full))
    return bytes(document.write_pdf() or b"")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
