"""The sheet as PDF, printed from its HTML: two pages, and with ``full`` the appendix.

The file is PDF/A-2a and PDF/UA-1: it can be archived, and a screen reader follows its headings,
table heads, lists and alternative texts in reading order, with title and language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.rendering.press import Press, Running
from hilum.rendering.sheet.html import made_line, whose
from hilum.rendering.sheet.print_page import PrintPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.language import Words
    from hilum.sheet.sheet import Sheet

TWO = 2
# The share of what page 2 may hold is halved so often: to two figures more or less.
STEPS = 4


def pdf(sheet: Sheet, words: Words, *, full: bool = False) -> bytes:
    """Render two A4 pages; with ``full`` every rule, figure, study and source after them.

    Raises
    ------
    MissingExtra
        When Typst, or a font with the sheet's characters, is not installed.
    """
    paper = PrintPage(sheet, words, full=full)
    with Press("sheet", words, running(sheet, words), sheet.made.date) as press:

        def look(share: float, moved: int) -> tuple[int, int]:
            pages, places = press.places(paper.html(share, moved))
            return pages, sum(name.startswith("o-") and at > 1 for name, at in places.items())

        share, moved = fitted(look)
        return press.pdf(paper.html(share, moved, full=full))


def running(sheet: Sheet, words: Words) -> Running:
    """Head and foot of every page on paper: whose sheet, of when, what made it."""
    return Running(
        whose(sheet, words),
        words("Tumour-board sheet"),
        made_line(sheet, words),
        words("informs a tumour board, does not prescribe"),
    )


def fitted(look: Callable[[float, int], tuple[int, int]]) -> tuple[float, int]:
    """The most that two pages hold: its share, and the rows that go on to page 2.

    ``look`` says how many pages a try takes and how many rows stand after page 1. That rows go on
    is said on page 1, which may move another one; the least of the second page's own parts is
    printed even where it takes a third page.
    """
    moved = 0
    while (found := look(0.0, moved)[1]) > moved:
        moved = found
    if look(1.0, moved)[0] <= TWO:
        return 1.0, moved
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if look(middle, moved)[0] <= TWO:
            low = middle
        else:
            high = middle
    return low, moved
