"""The sheet's HTML for paper: two pages, and the appendix; what stays the same is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.rendering.sheet.appendix import appendix
from hilum.rendering.sheet.html import (
    STYLES,
    Page,
    made_line,
    sheet_style,
    sheet_template,
    surroundings,
    whose,
)
from hilum.rendering.sheet.paper import room_at, second_page

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.sheet import Sheet

# The screen's own additions are left out.
PRINT_STYLES = (*(name for name in STYLES if name != "screen.css"), "paper.css")


class PrintPage:
    """One sheet on its way to paper: printed several times until its two pages are full."""

    def __init__(self, sheet: Sheet, words: Words) -> None:
        self.made = Page(sheet, words, paper=True, forests=False)
        self.context = self.made.context()
        self.template = sheet_template()

    def style(self, *, full: bool = False) -> str:
        """The style sheet, with the head and foot of every page."""
        names = (*PRINT_STYLES, "appendix.css") if full else PRINT_STYLES
        return sheet_style(names) + running(self.made.sheet, self.made.words)

    def html(self, share: float, moved: int, *, full: bool = False) -> str:
        """The page with a share of what page 2 may hold, ``moved`` rows of the table on it.

        The style is not in it: it is read once for all tries.
        """
        words = self.made.words
        more = (
            {"contents": contents(self.context, words)} | appendix(self.made, self.context)
            if full
            else {}
        )
        made = self.template.render(
            **surroundings(self.made),
            running="",
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


def running(sheet: Sheet, words: Words) -> str:
    """Head and foot of every page on paper: whose sheet, of when, which page of how many."""
    left = quoted(whose(sheet, words))
    page = words("page {page} of {pages}", page="\0", pages="\1")
    parts = [quoted(part) for part in page.replace("\1", "\0").split("\0")]
    number = f"{parts[0]} counter(page) {parts[1]} counter(pages) {parts[2]}"
    title = quoted(words("Tumour-board sheet"))
    foot = quoted(made_line(sheet, words))
    informs = quoted(words("informs a tumour board, does not prescribe"))
    font = 'font:7.75pt "Noto Sans","Noto Sans CJK SC",sans-serif;color:#46525e;'
    head = font + "border-bottom:1.2pt solid #17202a;padding-bottom:1mm;vertical-align:bottom;"
    head += "margin-bottom:2mm;"
    return (
        f"@page{{@top-left{{content:{left};{head}font-weight:600;color:#17202a;width:60%}}"
        f'@top-right{{content:{title} " · " {number};{head}width:40%}}'
        f"@bottom-left{{content:{foot};{font}width:60%}}"
        f"@bottom-right{{content:{informs};{font}width:40%}}}}"
    )


def quoted(text: str) -> str:
    """A text as a CSS string; nothing in it can end the string or the style sheet."""
    safe = "".join(one if one.isalnum() or one in " .,:·/-" else f"\\{ord(one):x} " for one in text)
    return f'"{safe}"'
