"""The sheet's HTML for paper: two pages, and the appendix; what stays the same is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.rendering.sheet.appendix import appendix
from hilum.rendering.sheet.html import Page, sheet_template, surroundings
from hilum.rendering.sheet.paper import room_at, second_page

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.sheet import Sheet


class PrintPage:
    """One sheet on its way to paper: printed several times until its two pages are full."""

    def __init__(self, sheet: Sheet, words: Words, *, full: bool = False) -> None:
        # The forest plots are drawn for the appendix alone.
        self.made = Page(sheet, words, paper=True, forests=full)
        self.context = self.made.context()
        self.template = sheet_template()

    def html(self, share: float, moved: int, *, full: bool = False) -> str:
        """The page with a share of what page 2 may hold, ``moved`` rows of the table on it."""
        words = self.made.words
        more = (
            {"contents": contents(self.context, words)} | appendix(self.made, self.context)
            if full
            else {}
        )
        made = self.template.render(
            **surroundings(self.made),
            css="",
            script="",
            linked=None,
            open_all=True,
            full=full,
            second=True,
            moved=moved,
            **(self.context | second_page(self.made, room_at(share)) | more),
        )
        return words.page(made)


def contents(context: dict[str, object], words: Words) -> list[dict[str, str]]:
    """Sections of the appendix that there are, in their order."""
    found = {
        "way": words("What stands in the way of resection") if context["obstacles"] else "",
        "patient": words("The patient as described"),
        "liver": words("The liver: burden, distribution, remnant") if context["liver"] else "",
        "survival": words("Overall survival, all reports together") if context["survival"] else "",
        "comparisons": words("What has been compared"),
        "unknowns": words("What is unknown"),
        "details": words("Rules and figures, opened"),
        "notes": words("Notes"),
        "ranked": words("Sources of the rules, strongest first"),
        "sources": words("Sources"),
    }
    return [{"id": key, "name": name} for key, name in found.items() if name]
