"""The sheet as PDF, printed from its HTML: two pages, and with ``full`` the appendix.

The file is PDF/UA-1: tagged headings, table heads, lists and alternative texts in reading order,
title and language. PDF/A is not claimed beside it, since the library writes one or the other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hilum.errors import MissingExtra
from hilum.rendering.sheet.print_page import PrintPage

INNER = re.compile(r' href="#[^"]*"')
VARIANT = "pdf/ua-1"
TWO = 2
# Pixels: what a page holds between its margins and above them, the least of the second page,
# what lies between the table and the parts that follow it.
TALL, EDGE, SMALLEST, GAP = 1020.0, 53.0, 480.0, 16.0
# The share of the first try, what is kept free of an estimate, a page that is not full.
FIRST, MARGIN, HALF_EMPTY = 0.5, 0.03, 0.8

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.language import Words
    from hilum.sheet.sheet import Sheet


def pdf(sheet: Sheet, words: Words, *, full: bool = False) -> bytes:
    """Render two A4 pages; with ``full`` every rule, figure, study and source after them.

    Raises
    ------
    MissingExtra
        When WeasyPrint or the Pango library it draws text with is not installed.
    """
    try:
        from weasyprint import CSS, HTML  # pyright: ignore[reportUnknownVariableType]
        from weasyprint.text.fonts import FontConfiguration
    except (ImportError, OSError) as error:
        message = "PDF needs the 'documents' extra and Pango: pip install 'hilum[documents]'"
        raise MissingExtra(message) from error

    paper, fonts = PrintPage(sheet, words), FontConfiguration()
    style = CSS(string=paper.style(), font_config=fonts)

    def printed(share: float, moved: int) -> Any:
        # What the appendix would hold cannot be gone to without it.
        text = INNER.sub("", paper.html(share, moved))
        return HTML(string=text).render(stylesheets=[style], font_config=fonts, pdf_variant=VARIANT)

    share, moved, document = fitted(printed)
    if full:
        whole = CSS(string=paper.style(full=True), font_config=fonts)
        document = HTML(string=paper.html(share, moved, full=True)).render(
            stylesheets=[whole], font_config=fonts, pdf_variant=VARIANT
        )
    return bytes(document.write_pdf(pdf_variant=VARIANT) or b"")


def fitted(printed: Callable[[float, int], Any]) -> tuple[float, int, Any]:
    """The most that two pages hold: its share, the rows moved to page 2, and the document.

    Rows that page 1 has no room for go on to page 2; the more they are, the less of the second
    page's own parts is set. A first try with half of them says how much has room; the least of
    them is printed even where it takes a third page.
    """
    document = printed(FIRST, 0)
    moved = rows_after_first(document)
    start, height = second_of(document, moved=bool(moved))
    room = TALL - start
    tried, tall, slope = FIRST, height, max((height - SMALLEST) / FIRST, 1.0)
    share, most = within(tried + (room - tall) / slope - MARGIN), 1.0
    if not moved and len(document.pages) <= TWO and share <= tried:
        return tried, moved, document
    while True:
        document = printed(share, moved)
        if len(document.pages) <= TWO or share == 0.0:
            return fuller(printed, share, most, moved, document)
        _, found = second_of(document, moved=False)
        if share != tried:
            slope = max((tall - found) / (tried - share), 1.0)
        tried, tall, most = share, found, share
        share = within(min(tried + (room - tall) / slope, tried) - MARGIN)


def within(share: float) -> float:
    """A share between none and all."""
    return min(max(share, 0.0), 1.0)


def fuller(
    printed: Callable[[float, int], Any], share: float, most: float, moved: int, document: Any
) -> tuple[float, int, Any]:
    """One more try where a page was left half empty: midway to what no longer fitted."""
    low = max(bottom for _, _, _, bottom in document.pages[-1].anchors.values()) - EDGE
    if len(document.pages) <= TWO and low < HALF_EMPTY * TALL and share < most:
        middle = share + (most - share) / 2
        other = printed(middle, moved)
        if len(other.pages) <= TWO:
            return middle, moved, other
    return share, moved, document


def rows_after_first(document: Any) -> int:
    """How many treatments of the table stand after page 1."""
    return sum(name.startswith("o-") for page in document.pages[1:] for name in page.anchors)


def second_of(document: Any, *, moved: bool) -> tuple[float, float]:
    """How low the parts of the second page begin, and how high they are together, in pixels."""
    places: dict[str, tuple[int, float, float]] = {}
    ends: dict[str, tuple[int, float, float]] = {}
    for number, page in enumerate(document.pages):
        for name, (_, top, _, bottom) in page.anchors.items():
            # What goes over several pages begins on the first of them.
            places.setdefault(name, (number, top, bottom))
            ends[name] = (number, top, bottom)
    (first, top, _), (last, _, bottom) = places["second"], ends["end"]
    height = bottom - top + (last - first) * TALL
    if not moved:
        return 0.0, height
    # The parts began a page of their own here; in the end they follow the moved rows.
    rows = [end for name, (page, _, end) in places.items() if name.startswith("o-") and page]
    return max(rows) - EDGE + GAP, height
