"""A board on paper: the cover and every patient's sheet as one PDF, with an outline."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from hilum.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterable

NEEDS: Final = "printing a board needs the extra documents: pip install 'hilum[documents]'"


def bound(
    cover: bytes,
    sheets: Iterable[tuple[str, bytes]],
    title: str,
    contents: str,
    language: str = "en",
) -> bytes:
    """The cover, then each sheet under its name in the outline, read aloud as each of them is.

    Raises
    ------
    MissingExtra
        When pypdf is not installed.
    """
    try:
        from pypdf import PdfReader, PdfWriter
    except ImportError as error:
        raise MissingExtra(NEEDS) from error
    from hilum.rendering.bound_tags import Tags

    made = PdfWriter()
    made.pdf_header = "%PDF-1.7"
    tags = Tags(made)
    for name, one in ((contents, cover), *sheets):
        first = len(made.pages)
        part = PdfReader(io.BytesIO(one))
        for page in part.pages:
            made.add_page(page)
        tags.add(part, first)
        made.add_outline_item(title=name, page_number=first)
    tags.end(title, language)
    made.add_metadata(infos={"/Title": title, "/Creator": "hilum"})
    made.compress_identical_objects()
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()
