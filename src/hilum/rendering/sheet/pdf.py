"""The sheet as PDF, printed from its HTML: two pages, and with ``full`` the appendix.

The file is PDF/A-2a and PDF/UA-1: it can be archived, and a screen reader follows its headings,
table heads, lists and alternative texts in reading order, with title and language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.rendering.press import Press, Running
from hilum.rendering.sheet.html import made_line, whose
from hilum.rendering.sheet.print_page import PrintPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.language import Words
    from hilum.sheet.sheet import Sheet

TWO = 2
# Tries of a share between none and all; where on the second page the last lines are to begin, and
# from where on it counts as full; how much of what lies between two tries the next one moves.
TRIES, AIM, FULL, NEAREST = 4, 1.91, 1.8, 0.2


@dataclass(frozen=True, slots=True)
class Look:
    """One try: its pages, the rows of the table after page 1, and where the last part begins.

    ``end`` counts in pages: 1.5 is half way down the second.
    """

    pages: int
    rows: int
    end: float


def pdf(sheet: Sheet, words: Words, *, full: bool = False) -> bytes:
    """Render two A4 pages; with ``full`` every rule, figure, study and source after them.

    Raises
    ------
    MissingExtra
        When Typst, or a font with the sheet's characters, is not installed.
    """
    paper = PrintPage(sheet, words, full=full)
    with Press("sheet", words, running(sheet, words), sheet.made.date) as press:

        def look(share: float, moved: int) -> Look:
            pages, places = press.places(paper.html(share, moved))
            rows = sum(name.startswith("o-") and at.page > 1 for name, at in places.items())
            return Look(pages, rows, places["end"].page - 1 + places["end"].down)

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


def fitted(look: Callable[[float, int], Look]) -> tuple[float, int]:
    """The most that two pages hold: its share, and the rows that go on to page 2.

    That rows go on is said on page 1, which may move another one. The share is looked for between
    one that has room and one that has not, where the ends of both say that page 2 is full; the
    least of the second page's own parts is printed even where it takes a third page.
    """
    moved = 0
    while (least := look(0.0, moved)).rows > moved:
        moved = least.rows
    most = least if least.pages > TWO else look(1.0, moved)
    if most.pages <= TWO:
        return 1.0, moved
    low, high = (0.0, least.end), (1.0, most.end)
    for _ in range(TRIES if least.pages <= TWO else 0):
        if low[1] >= FULL:
            break
        part = (AIM - low[1]) / (high[1] - low[1])
        share = low[0] + (high[0] - low[0]) * min(max(part, NEAREST), 1 - NEAREST)
        found = look(share, moved)
        if found.pages <= TWO:
            low = (share, found.end)
        else:
            high = (share, found.end)
    return low[0], moved
