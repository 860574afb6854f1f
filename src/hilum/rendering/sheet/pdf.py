"""The sheet as PDF, printed from its HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hilum.errors import MissingExtra
from hilum.rendering.sheet.html import html

INNER = re.compile(r' href="#[^"]*"')

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.sheet import Sheet


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
    page = html(sheet, words, open_all=True, full=full)
    # What the appendix would hold cannot be gone to without it.
    document = HTML(string=page if full else INNER.sub("", page))
    return bytes(document.write_pdf(pdf_tags=True) or b"")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
