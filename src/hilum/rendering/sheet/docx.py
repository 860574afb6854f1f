"""The sheet as a Word document: what the printed pages say, and with ``full`` the appendix."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

from hilum.rendering.sheet.docx_changes import add_changes
from hilum.rendering.sheet.docx_liver import add_liver
from hilum.rendering.sheet.docx_second import add_second
from hilum.rendering.sheet.docx_verdict import add_opened, add_verdict
from hilum.rendering.sheet.html import Page, made_line, whose
from hilum.rendering.sheet.paper import Room, second_page
from hilum.rendering.sheet.word import (
    add_picture,
    add_table,
    drawn,
    landscape,
    new_document,
    running,
)
from hilum.rendering.sheet.word_styles import NOTE

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.rendering.sheet.pictures import Picture
    from hilum.sheet.sheet import Sheet

WIDEST_MM = 165.0
# Word turns pages by itself: nothing is left to an appendix for want of room.
EVERYTHING = Room(10_000, 10_000, 10_000, 10_000, 10_000)


def docx(sheet: Sheet, words: Words, *, full: bool = False) -> bytes:
    """Render the document: what the two printed pages hold, and with ``full`` the appendix.

    Raises
    ------
    MissingExtra
        When python-docx is not installed.
    """
    made = Page(sheet, words, paper=True)
    page = cast("dict[str, Any]", made.context() | second_page(made, EVERYTHING))
    document = new_document(
        whose(sheet, words),
        page=(210, 297),
        margins=(12, 14),
        size=8.5,
        language=words.language,
    )
    running(
        document,
        whose(sheet, words),
        words("Tumour-board sheet"),
        words,
        made_line(sheet, words),
        words("informs a tumour board, does not prescribe"),
    )
    document.add_heading(page["heading"], 0)
    if page["question"]:
        asked = words("Question for the board")
        document.add_paragraph(f"{asked}{page['colon']}{page['question']}")
    add_verdict(document, page, words)
    document.add_paragraph(
        words(
            "This sheet informs a tumour board and does not prescribe. Research software, not a "
            "medical device. It shows options, published figures, their uncertainty and their "
            "sources."
        ),
        style=NOTE,
    )
    if page["changes"]:
        add_changes(document, page["changes"])
    add_second(document, page, words)
    if full:
        _appendix(document, sheet, page, words)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _appendix(document: Any, sheet: Sheet, page: dict[str, Any], words: Words) -> None:
    """The liver, survival, every rule and every figure of each treatment, the patient, sources."""
    landscape(document)
    if page["liver"]:
        add_liver(document, page["liver"], words)
    if page["survival"]:
        _survival_table(document, page, words)
    document.add_heading(words("Rules and figures, opened"), 1)
    opened = [cell for option in page["options"] for cell in _opened(option)] + page["frame"]
    drawings = [part["forest"] for cell in opened for part in cell["parts"]]
    found = drawn(document, drawings, words)
    for option in page["options"]:
        document.add_heading(f"{option['label']}: {option['word']}", 2)
        add_opened(document, option, words)
        for cell in _opened(option):
            _evidence(document, cell, found, words)
    if page["frame"]:
        document.add_heading(words("In the published record:").rstrip(":："), 2)
        for cell in page["frame"]:
            _evidence(document, cell, found, words)
    document.add_heading(words("The patient as described"), 1)
    add_table(
        document,
        [words("Fact"), words("Value"), words("As written")],
        ([one["label"], one["value"], one["written"]] for one in page["given"]),
    )
    if page["assumed"]:
        document.add_heading(words("Not mentioned, taken as absent or normal"), 2)
        document.add_paragraph(page["assumed"])
    document.add_heading(words("Sources"), 1)
    for source in sheet.sources:
        document.add_paragraph(
            f"{source.name}. {source.title or ''} {source.link or source.source}",
            style="List Number",
        )


def _survival_table(document: Any, page: dict[str, Any], words: Words) -> None:
    document.add_heading(words("Overall survival, all reports together"), 1)
    times = ("1 year", "3 years", "5 years", "10 years", "Median, months")
    head = [words("Treatment"), *(words(time) for time in times), "k", "n", words("Went in")]
    add_table(document, head, (_survival(row, words) for row in page["survival"]))


def _opened(option: dict[str, Any]) -> list[dict[str, Any]]:
    """What is shown of a treatment's evidence: pooled survival first."""
    return [*filter(None, [option["survival"]]), *option["details"]]


def _evidence(document: Any, cell: dict[str, Any], found: dict[str, Picture], words: Words) -> None:
    """A pooled figure with its certainty, its picture and every study's own figure."""
    text = f"{cell['title']}: {cell['figure']} {cell.get('interval', '')}".rstrip()
    if form := cell.get("form"):
        text += f" · {form}"
    document.add_paragraph(text)
    for part in cell["parts"]:
        for line in part["told"]:
            document.add_paragraph(line, style="List Bullet 2")
        apart = (
            (words("Largest:"), part["largest"]),
            (words("Randomised arms as printed:"), words("; ").join(part["randomised"])),
            (words("Beside it, not in it:"), words("; ").join(part["beside"])),
        )
        for title, text in apart:
            if text:
                document.add_paragraph(f"{title} {text}", style="List Bullet 2")
        if part["rated"]["line"]:
            text = f"{words('Certainty')} ({part['population']}): "
            document.add_paragraph(text + _reasons(part["rated"]))
        if part["joint"]:
            document.add_paragraph(part["joint"], style="List Bullet 2")
        # A curve has its title drawn into it.
        titled = part.get("compact", False)
        add_picture(document, found.get(part["forest"]), WIDEST_MM, caption=not titled)
        for row in part["rows"]:
            document.add_paragraph(
                f"{row['name']} · {part['population']} · {row['arm']} · {row['figure']} · "
                f"{row['locator']} · {row['reason'] or words('yes')}",
                style="List Bullet 2",
            )


def _survival(row: dict[str, Any], words: Words) -> list[str]:
    mark = " †" if row["other"] else ""
    cells = [
        "\n".join(
            part
            for part in (
                f"{cell['figure']}{mark}",
                cell["interval"],
                cell["form"],
                f"{words('new study')} {cell['prediction']}" if cell["prediction"] else "",
            )
            if part
        )
        if cell["k"]
        else "–"
        for cell in row["cells"]
    ]
    where = f"\n{row['population']}" if row["other"] else ""
    return [row["label"], *cells, str(row["k"]), str(row["n"]), row["reports"] + where]


def _reasons(rated: dict[str, Any]) -> str:
    """A certainty and why, in one paragraph."""
    parts: list[str] = []
    for row in rated["reasons"]:
        steps = f" ({row['steps']})" if row["steps"] else ""
        why = "; ".join(part for part in (row["edit"], row["reason"]) if part)
        parts.append(f"{row['domain']}: {row['judgement']}{steps}" + (f", {why}" if why else ""))
    return f"{rated['line']}. {rated['sentence']} {'; '.join(parts)}."
