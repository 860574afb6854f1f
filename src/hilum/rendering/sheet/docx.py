"""The sheet as a Word document: the first page, the rules that fired and every figure."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

from hilum.rendering.sheet.docx_changes import add_changes
from hilum.rendering.sheet.docx_liver import add_liver
from hilum.rendering.sheet.docx_verdict import add_opened, add_verdict, running
from hilum.rendering.sheet.html import Page
from hilum.rendering.sheet.word import add_picture, add_table, drawn, landscape, new_document

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.rendering.sheet.pictures import Picture
    from hilum.sheet.sheet import Sheet

WIDEST_MM = 165.0


def docx(sheet: Sheet, words: Words) -> bytes:
    """Render the document.

    Raises
    ------
    MissingExtra
        When python-docx is not installed.
    """
    page = cast("dict[str, Any]", Page(sheet, words, paper=True).context())
    document = new_document(sheet.case.name, page=(210, 297), margins=(12, 14), size=8.5)
    day = f" · {sheet.case.date}" if sheet.case.date else ""
    running(
        document,
        f"{sheet.case.name}{day}",
        words("Tumour-board sheet"),
        words,
        f"hilum {sheet.hilum_version} · " + words("informs a tumour board, does not prescribe"),
    )
    document.add_heading(page["heading"], 0)
    add_verdict(document, page, words)
    document.add_paragraph(
        words(
            "This sheet informs a tumour board and does not prescribe. Research software, not a "
            "medical device. It shows options, published figures, their uncertainty and their "
            "sources."
        )
    )
    if page["changes"]:
        add_changes(document, page["changes"])
    landscape(document)
    if page["liver"]:
        add_liver(document, page["liver"], words)
    if page["survival"]:
        document.add_heading(words("Overall survival, all reports together"), 1)
        add_table(
            document,
            [
                words("Treatment"),
                words("1 year"),
                words("3 years"),
                words("5 years"),
                words("10 years"),
                words("Median, months"),
                "k",
                "n",
                words("Went in"),
            ],
            (_survival(row, words) for row in page["survival"]),
        )
    document.add_heading(words("What has been compared"), 1)
    document.add_paragraph(f"{page['certainty_note']} {page['appraised']}")
    for group in page["comparisons"]:
        document.add_heading(group["title"], 2)
        add_table(
            document,
            [
                words("Comparison"),
                words("Outcome"),
                words("Ratio"),
                words("95 % interval"),
                "k",
                words("Population"),
                words("Certainty"),
                words("Studies"),
            ],
            (
                [
                    row["name"],
                    row["outcome"],
                    row["figure"],
                    row["interval"],
                    str(row["k"]),
                    row["population"],
                    _reasons(row["rated"]),
                    "\n".join(
                        f"{trial['name']}: {trial['text']}"
                        + (f" ({trial['reason']})" if trial["reason"] else "")
                        for trial in row["trials"]
                    ),
                ]
                for row in group["rows"]
            ),
        )
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
    if page["derived"]:
        document.add_heading(words("Derived from stated facts"), 2)
        add_table(
            document,
            None,
            (
                [one["label"], one["value"], f"{one['from']} · {one['kind']}"]
                for one in page["derived"]
            ),
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
    out = BytesIO()
    document.save(out)
    return out.getvalue()


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
            (words("Randomised arms as printed:"), "; ".join(part["randomised"])),
            (words("Beside it, not in it:"), "; ".join(part["beside"])),
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
