"""A page of HTML as a tagged PDF."""

from __future__ import annotations

from hilum.errors import MissingExtra


def printed(page: str) -> bytes:
    """Print a self-contained page.

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
    found = HTML(string=page).write_pdf(pdf_tags=True)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return bytes(found or b"")  # pyright: ignore[reportUnknownArgumentType]
