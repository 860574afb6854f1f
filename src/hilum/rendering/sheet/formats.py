"""The output formats by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.sheet import Sheet

FORMATS: Final = ("html", "json", "docx", "pdf")


def render(sheet: Sheet, form: str, words: Words, *, full: bool = False) -> bytes:
    """Render a sheet in one of :data:`FORMATS`; ``full`` adds its appendix to paper and Word.

    Raises
    ------
    MissingExtra
        When DOCX or PDF is asked for and its library is not installed.
    """
    if form == "json":
        return (sheet.model_dump_json(indent=2) + "\n").encode()
    if form == "html":
        from hilum.rendering.sheet.html import html

        return html(sheet, words).encode()
    if form == "pdf":
        from hilum.rendering.sheet.pdf import pdf

        return pdf(sheet, words, full=full)
    if form == "docx":
        from hilum.rendering.sheet.docx import docx

        return docx(sheet, words, full=full)
    raise InputError(
        Fault("", None, "format", form, phrased("one of {known}", known=", ".join(FORMATS)))
    )
